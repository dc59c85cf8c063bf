"""Text formats by chance: what nobody translates is the same to the byte, and what is translated is found again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.segments import SegmentedDocument, is_code, without_codes
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.splicing import Translatable

PIECES = [
    *("word", "Hello", "the", "house", "a", "1.", "2)", "-", "*", "_x_", "**", "`", "[", "]", "(", ")", "<", "&"),
    *("&amp;", "<b>", "$5", "\\", "!", "#", "##", ">", "+", "=", "==", "---", "~~", "|", "http://a.b/c", "a_b_c"),
    *(
        "{name}",
        "%s",
        "你好",
        "世界。",
        "“引用”",
        "：",
        "é",
        "3.14",
        "it's",
        '"quoted"',
        "'",
        "@x",
        "\xa0",
        "x:",
        "key: v",
    ),
    *("# c", "[x]", "[^1]", "![", "😀", "...", "—", "e.g.", "Mr.", "null", "12", "{{x}}", ",", ";", "]]>", "::"),
]
"""What formats, sentences and quotation trip over."""
ODD = ["\ue005", "\xad", "\t", "\u200b", "{#a}", "\\(", "$", "-->", "\\n", "\\u00e9", ":::", "\u2028", "\x0b"]
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

words = st.lists(st.sampled_from([*PIECES, *ODD]), min_size=1, max_size=8).map(" ".join)
few = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join)


def _markdown() -> st.SearchStrategy[str]:
    block = st.one_of(
        words,
        st.tuples(words, words).map("\n".join),
        st.tuples(words, words).map(lambda two: f"{two[0]}  \n{two[1]}\\\nend"),
        words.map(lambda one: f"## {one}"),
        words.map(lambda one: f"{one}\n===="),
        st.tuples(words, words).map(lambda two: f"- {two[0]}\n  {two[1]}\n- *{two[1]}*"),
        st.tuples(words, words).map(lambda two: f"> {two[0]}\n> {two[1]}"),
        words.map(lambda one: f"```\n{one}\n```"),
        st.tuples(few, few).map(lambda two: f"| {two[0]} | {two[1]} |\n|---|---|\n| {two[1]} | x {two[0]} |"),
        st.tuples(few, few).map(
            lambda two: f"[{two[0]}](http://x.y) ![alt {two[1]}](i.png) **{two[0]}** and `{two[1]}`"
        ),
        words.map(lambda one: f"<div>\n{one}\n</div>"),
        words.map(lambda one: f"[ref]: http://a\n\nSee [ref], [text][ref] {one}"),
    )
    return st.lists(block, min_size=1, max_size=5).map("\n\n".join)


def _html() -> st.SearchStrategy[str]:
    inline = st.recursive(
        st.one_of(words, few.map(escape)),
        lambda inner: st.one_of(
            inner.map(lambda one: f"<b>{one}</b>"),
            inner.map(lambda one: f"<a href='x' title='t'>{one}</a> <br> "),
            inner.map(lambda one: f"<code>{one}</code><img src=x alt='words'>"),
            st.tuples(inner, inner).map("<!-- c --> ".join),
        ),
        max_leaves=5,
    )
    tags = st.sampled_from(
        ["p", "div", "h1", "li", "td", "pre", "script", "span", "p translate=no", "textarea", "option"]
    )
    block = st.tuples(tags, inline).map(lambda two: f"<{two[0]}>{two[1]}</{two[0].split()[0]}>")
    return st.lists(block, min_size=1, max_size=4).map(lambda all: f"<html lang=en><body>{chr(10).join(all)}</body>")


_values = st.recursive(
    st.one_of(words, st.tuples(words, words).map("\n".join), st.sampled_from([1, None, True, 2.5])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=6,
)


def _yaml() -> st.SearchStrategy[str]:
    how = st.fixed_dictionaries(
        {"allow_unicode": st.booleans(), "default_style": st.sampled_from([None, '"', "'", "|", ">"]),
         "default_flow_style": st.sampled_from([None, True, False])}
    )  # fmt: skip
    return st.tuples(_values, how).map(lambda two: yaml.safe_dump({"k": two[0]}, **two[1]))


def _subtitles(head: str) -> st.SearchStrategy[str]:
    lines = st.lists(words.map(lambda one: "x " + re.sub("-->|\x0b|\u2028", "", one)), min_size=1, max_size=3)
    cues = st.lists(lines.map("\n".join), min_size=1, max_size=4)
    return cues.map(
        lambda all: head + "\n\n".join(f"{n}\n00:00:0{n}.000 --> 00:00:0{n}.900\n{cue}" for n, cue in enumerate(all))
    )


def _po() -> st.SearchStrategy[str]:
    def entry(three: tuple[str, str, bool]) -> str:
        one, two, done = (json.dumps(each, ensure_ascii=False) for each in three[:2]), three[1], three[2]
        first, second = one
        return f"#. {two}\nmsgid {first}\nmsgstr {second if done else chr(34) * 2}"

    plain = words.map(lambda one: re.sub("[\x0b\u2028\t]", "", one))
    entries = st.lists(st.tuples(plain, plain, st.booleans()).map(entry), min_size=1, max_size=4)
    return entries.map(lambda all: 'msgid ""\nmsgstr "Language: de\\n"\n\n' + "\n\n".join(all) + "\n")


def _xliff() -> st.SearchStrategy[str]:
    plain = words.map(lambda one: escape(re.sub("[\x0b\ue005]", "", one)))
    unit = st.tuples(plain, plain).map(
        lambda two: f'<trans-unit id="1"><source>{two[0]} <g id="1">{two[1]}</g><x id="2"/></source></trans-unit>'
    )
    return st.lists(unit, min_size=1, max_size=4).map(
        lambda all: f'<xliff version="1.2"><file source-language="en"><body>{"".join(all)}</body></file></xliff>'
    )


FORMATS: dict[str, st.SearchStrategy[str]] = {
    "a.txt": st.lists(words, min_size=1, max_size=8).map("\n".join),
    "a.md": _markdown(),
    "a.html": _html(),
    "a.json": st.tuples(_values, st.booleans()).map(
        lambda two: json.dumps({"k": two[0]}, ensure_ascii=two[1], indent=1)
    ),
    "a.yaml": _yaml(),
    "a.csv": st.lists(words, min_size=1, max_size=6).map(
        lambda all: (
            "id,text\n" + "".join(f'{n},"The words {one.replace(chr(34), chr(34) * 2)}"\n' for n, one in enumerate(all))
        )
    ),
    "a.srt": _subtitles(""),
    "a.vtt": _subtitles("WEBVTT\n\n"),
    "a.po": _po(),
    "a.xlf": _xliff(),
}
BILINGUAL = ("a.po", "a.xlf")


def opened(data: bytes, name: str) -> Translatable | None:
    """The document; None: there is nothing to translate in it."""
    try:
        return open_translatable(data, name)
    except AssistantError as error:
        if error.kind is not ErrorKind.DOCUMENT_EMPTY:
            raise
        return None


@pytest.mark.parametrize("name", FORMATS)
def test_identity_by_chance(name: str) -> None:
    @MANY
    @given(text=FORMATS[name], line_end=st.sampled_from(["\n", "\r\n"]))
    def check(text: str, line_end: str) -> None:
        data = text.replace("\r", "").replace("\n", line_end).encode()
        if document := opened(data, name):
            segments = document.document.segments
            assert all(one.text == one.text.strip() != "" for one in segments)
            assert document.write([one.text for one in segments], language="de", source="en") == data
            assert document.write([None] * len(segments), language="zh", source="en") == data

    check()


def spread(words: str, codes: list[str], random: Callable[[int], int]) -> str:
    """``words`` with ``codes`` somewhere between them, in their order."""
    parts = words.split()
    for place, code in sorted(zip(sorted(random(len(parts)) for _ in codes), codes, strict=True), reverse=True):
        parts.insert(place, code)
    return " ".join(parts)


def blocks(document: SegmentedDocument, texts: list[str]) -> list[str]:
    found: dict[int, str] = {}
    for segment, text in zip(document.segments, texts, strict=True):
        found[segment.block] = found.get(segment.block, "") + segment.before + text + segment.after
    return [re.sub(r"\s", "", without_codes(one)) for one in found.values()]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "a.txt"])
def test_translations_are_found_again(name: str) -> None:
    """Whatever the words are and wherever the codes stand: no block is lost, doubled or changed by another."""
    new = few.filter(lambda one: not re.search(r"[<>]", one)) if name in ("a.srt", "a.vtt") else few

    @MANY
    @given(text=FORMATS[name].filter(lambda one: "</" not in one or name != "a.md"), data=st.data())
    def check(text: str, data: st.DataObject) -> None:
        document = opened(text.replace("\r", "").encode(), name)
        if document is None:
            return
        texts = []
        for segment in document.document.segments:
            given_words = f"Wort {data.draw(new)} ende".replace("$", "").replace("\xa0", " ")
            codes = [one for one in segment.text if is_code(one)]
            texts.append(spread(given_words, codes, lambda most: data.draw(st.integers(0, most))))
        written = document.write(texts, language="de", source="en")
        again = open_translatable(written, name).document
        if name in BILINGUAL:
            assert [without_codes(one.target).split() for one in again.segments] == [
                without_codes(one).split() for one in texts
            ]
        else:
            assert blocks(again, [one.text for one in again.segments]) == blocks(document.document, texts)

    check()

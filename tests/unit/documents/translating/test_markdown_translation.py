"""Markdown for translation: what is translated, and that new words never become markup."""

from __future__ import annotations

import pytest
from markdown_it.parser_inline import ParserInline

from assistant.documents.segments import is_code, without_codes
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.splicing import Translatable

WHOLE = """---
title: My title
layout: post
---
# Hello *world* {#id}

This is **bold.** And [a link](http://x "T") with `code` here,
soft break $a_1 b_2$ and a\\* star. ![Alt text](img.png)

> Quote line one
> goes on here. Second sentence.

- item one
  continued
- [ ] task **two**
  1. nested _em_ word

| Head A | Head B |
|---|---|
| cell one `a\\|b` | two \\| three |

    indented code

```
fence
```

See [Foo] and [foo][] or [bar][foo] <http://auto.link> &copy; 2020.[^1]

[foo]: http://foo
[^1]: Footnote.

<div title="Html title">Raw html <b>bold</b></div>

Setext head # one
=================

::: warning
Inside words.
:::
"""


def opened(text: str) -> Translatable:
    return open_translatable(text.encode(), "a.md")


def translated(text: str, *texts: str | None, language: str = "de") -> str:
    return opened(text).write(texts, language=language, source="en").decode()


def shown(text: str) -> list[str]:
    return [without_codes(one.text) for one in opened(text).document.segments]


def test_what_is_translated() -> None:
    assert shown(WHOLE) == [
        "My title",
        "Hello world",
        "This is bold.",
        "And a link with  here, soft break  and a* star.",
        "T",
        "Alt text",
        "Quote line one goes on here.",
        "Second sentence.",
        "item one continued",
        "task two",
        "nested em word",
        "Head A",
        "Head B",
        "cell one ",
        "two | three",
        "See Foo and foo or bar  © 2020.",
        "Footnote.",
        "Html title",
        "Raw html bold",
        "Setext head # one",
        "Inside words.",
    ]
    assert opened(WHOLE).document.title == "Hello world"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_identity(line_end: str) -> None:
    data = WHOLE.replace("\n", line_end).encode()
    document = open_translatable(data, "a.md")
    assert document.write([one.text for one in document.document.segments], language="de", source="en") == data


def test_translated_it_has_the_same_structure() -> None:
    document = opened(WHOLE)
    texts = [one.text.upper() for one in document.document.segments]
    written = document.write(texts, language="de", source="en").decode()
    assert [one.text for one in opened(written).document.segments] == texts
    for kept in ("layout: post", "{#id}", "](http://x \"T\")", "`code`", "$a_1 b_2$", "a\\|b", "    indented code",
                 "fence", "[FOO][Foo]", "[FOO][foo]", "[BAR][foo]", "<http://auto.link>", "[foo]: http://foo",
                 "::: warning\nINSIDE WORDS.\n:::"):  # fmt: skip
        assert kept in written


@pytest.mark.parametrize(
    "words",
    [
        "Ein *Stern* und **zwei**", "snake_case und _kursiv_", "Ein `Akzent`", "[Text](http://x)", "![Bild](x)",
        "<b>fett</b> & <br>", "AT&T, &amp; und &copy;", "# kein Titel", "- kein Punkt", "1. keine Zahl", "> kein Zitat",
        "~~durch~~", "$5 und 6$ kosten", "\\* und \\", "a | b", "+ mehr", "=== gleich", "{name} und %s",
    ],
)  # fmt: skip
def test_new_words_are_words(words: str) -> None:
    for source in ("One two three.", "# Head", "- item", "> quote", "Three [linked words](http://x) here."):
        document = opened(source)
        (segment,) = document.document.segments
        codes = [one for one in segment.text if is_code(one)]
        target = f"{codes[0]}{words}{codes[1]} ende" if codes else words
        again = opened(document.write([target], language="de", source="en").decode()).document.segments
        assert [one.text for one in again] == [target]


def test_a_cell_stays_one() -> None:
    written = translated("| a b | c d |\n|---|---|\n| e f | g h |\n", None, None, "x | y", None)
    assert "| x \\| y | g h |" in written


@pytest.mark.parametrize("source", ["Two words", "# Two words", "- Two words", "1. Two words", "> Two words",
                                    "Two words\n---", "| Two words | b c |\n|---|---|\n| d e | f g |",
                                    "a b | c d\n--|--\nTwo words | f g"])  # fmt: skip
@pytest.mark.parametrize("words", ["1. - \n- - \n- - \n- - x", "a\nb\nc\n\nd", "x\r\n# y", "x\r> y", "x\u2028| y",
                                   "- - - x", "| x", "x |", "``` x", "--- x", "# x", "> x | y", "1) x"])  # fmt: skip
def test_a_line_stays_one_line_of_its_kind(source: str, words: str) -> None:
    document = opened(source)
    texts = [words if one.text == "Two words" else None for one in document.document.segments]
    written = document.write(texts, language="de", source="en").decode()
    assert len(written.splitlines()) == len(source.splitlines())
    joined = " ".join(words.split())
    again = [one.text for one in opened(written).document.segments]
    assert again == [joined if one.text == "Two words" else one.text for one in document.document.segments]
    kinds = [one.kind for one in opened(written).document.segments]
    assert kinds == [one.kind for one in document.document.segments]


def test_emphasis_stays_emphasis_between_characters() -> None:
    note = opened("**Note:** do not press.")
    (segment,) = note.document.segments
    codes = [one for one in segment.text if is_code(one)]
    written = note.write([f"{codes[0]}注意：{codes[1]}不要按。"], language="zh", source="en").decode()
    assert written == "**注意：** 不要按。"
    italic = opened("Some _emphasized_ words.")
    written = italic.write([f"一些{codes[0]}强调{codes[1]}词。"], language="zh", source="en").decode()
    assert written == "一些*强调*词。"


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("Eins \ue000 \ue400 zwei\ue200 drei.", "Eins   \n*zwei* drei."),
        ("Eins \ue000zwei \ue400 \ue200drei.", "Eins *zwei*   \ndrei."),
    ],
)
def test_a_line_break_at_the_edge_of_emphasis_stands_beside_it(words: str, written: str) -> None:
    assert translated("One *two* three  \nfour.", words) == written


def test_an_exclamation_mark_before_a_link_makes_no_picture() -> None:
    document = opened("See: [the page](http://x).")
    (segment,) = document.document.segments
    written = document.write([segment.text.replace("See: ", "Hallo!")], language="de", source="en").decode()
    assert written == "Hallo\\![the page](http://x)."


def test_codes_that_a_model_lost_are_put_back() -> None:
    written = translated("Some **bold words** and [a link](http://x) here.", "Ohne alles, aber doch mit Wörtern.")
    assert written.count("**") == 2
    assert "](http://x)" in written


def test_a_quotation_of_several_lines_stays_one() -> None:
    written = translated("> One two\n> three. Four\n> five.\n", "Eins.", None)
    assert written == "> Eins. Four\n> five.\n"


def test_chinese_lines_are_joined_without_a_space() -> None:
    assert shown("今天我们在家，\n明天出门。\n") == ["今天我们在家，明天出门。"]


def test_a_backslash_before_a_space_is_not_doubled() -> None:
    assert translated("word \\ \ue005\n", "Wort") == "Wort \ue005\n"


def test_a_heading_that_holds_a_hash_is_found() -> None:
    assert shown("One [two # three](x) four\n====\n") == ["One two # three four"]


def test_deep_nesting_and_endless_marks_end_soon() -> None:
    for text in (
        "> " * 3000 + "words here",
        "[" * 5000 + " words",
        "*a " * 5000,
        "- " * 2000 + "words",
        "`" * 5001 + "a",
    ):
        data = f"Plain words first.\n\n{text}\n".encode()
        document = open_translatable(data, "a.md")
        assert document.write([one.text for one in document.document.segments], language="de", source="en") == data


@pytest.mark.parametrize("open_one", ["[", "[a ", "![a "])
def test_brackets_that_never_end_cost_no_more_than_others(open_one: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    once = ParserInline.skipToken

    def counted(parser: ParserInline, state: object) -> None:
        steps.append(1)
        once(parser, state)  # type: ignore[arg-type]

    monkeypatch.setattr(ParserInline, "skipToken", counted)
    text = open_one * 1000
    open_translatable(f"Words. {text}".encode(), "a.md")
    assert len(steps) < 100 * len(text)


def test_links_in_brackets_are_links_as_deep_as_anybody_nests_them() -> None:
    text = "[" * 12 + "[a link](http://x)" + "]" * 12
    (one,) = open_translatable(text.encode(), "a.md").document.segments
    assert without_codes(one.text) == "[" * 12 + "a link" + "]" * 12


DIALECTS = """See[^1].

[^1]: The first note
goes on.
[^b]: The second note.

Term one
: Its meaning here.
: Another meaning.

!!! warning "Careful"
    Hot content.

Abbr HTML here.
*[HTML]: Hyper Text
[r]: https://r.r 'Title'
"""


def test_footnotes_definitions_and_admonitions_keep_their_lines() -> None:
    opened = open_translatable(DIALECTS.encode(), "a.md")
    found = [without_codes(one.text) for one in opened.document.segments]
    assert found == [
        *("See.", "The first note goes on.", "The second note.", "Term one", "Its meaning here.", "Another meaning."),
        *("Hot content.", "Abbr HTML here."),
    ]
    new = opened.write([one.text.upper() for one in opened.document.segments], language="de", source="en").decode()
    assert new == (
        "SEE[^1].\n\n[^1]: THE FIRST NOTE GOES ON.\n[^b]: THE SECOND NOTE.\n\nTERM ONE\n: ITS MEANING HERE.\n"
        ': ANOTHER MEANING.\n\n!!! warning "Careful"\n    HOT CONTENT.\n\nABBR HTML HERE.\n*[HTML]: Hyper Text\n'
        "[r]: https://r.r 'Title'\n"
    )


def test_emphasis_beside_a_sign_that_nobody_knows_stays_emphasis() -> None:
    opened = open_translatable("_x_ \ue005\nword".encode(), "a.md")
    (one,) = opened.document.segments
    begin, end, sign = (character for character in one.text if is_code(character))
    written = opened.write([f"{begin}Wort{end}{sign}ende"], language="de", source="en")
    assert written.decode() == "*Wort*\ue005ende"
    (again,) = open_translatable(written, "a.md").document.segments
    assert without_codes(again.text) == "Wortende"


def test_a_link_that_is_found_by_its_words_is_found_when_these_are_all_there_is() -> None:
    opened = open_translatable(b"* [acorn][]\n* [oak]\n\n[acorn]: #a\n[oak]: #o\n", "a.md")
    written = opened.write(["Eichel", None], language="de", source="en").decode()
    assert written == "* [Eichel][acorn]\n* [oak]\n\n[acorn]: #a\n[oak]: #o\n"


def test_of_ruby_the_words_are_translated() -> None:
    text = "これは<ruby>漢字<rt>かんじ</rt></ruby>と`code`です。\n"
    assert shown(text) == ["これは漢字とです。"]
    assert "かんじ" not in translated(text, "These are signs.", language="en")


def test_the_title_of_a_link_and_of_a_picture_is_translated() -> None:
    text = 'See [it](a_(b) "Our \\"own\\" &amp; more") and ![one](p.png "A *wide* view"), [two](<a b> (Two)).\n'
    assert shown(text) == ["See it and , two.", 'Our "own" & more', "one", "A *wide* view"]
    new = translated(text, None, 'Unser "eigenes" \\ &amp;', None, "Breiter\nBlick")
    assert new == text.replace('Our \\"own\\" &amp; more', "Unser &#34;eigenes&#34; &#92; &#38;amp;").replace(
        "A *wide* view", "Breiter Blick"
    )
    assert shown(new)[1] == 'Unser "eigenes" \\ &amp;'


def test_the_title_of_a_link_in_a_cell_stays_in_it() -> None:
    new = translated('| [a b](u "one word") |\n|---|\n', None, "ein | Wort")
    assert new == '| [a b](u "ein &#124; Wort") |\n|---|\n'


def test_many_titles_are_found_as_fast_as_few() -> None:
    text = '[a](b "word") ' * 4000
    assert len(shown(text)) == 4001

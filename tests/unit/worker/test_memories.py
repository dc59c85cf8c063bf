"""Translation memories out of TMX files: languages, inline markup, pieces, and files that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.segments import ALONE, CLOSE, OPEN
from assistant.texts.errors import hint, summary
from assistant.worker import memories
from assistant.worker.messages import MemoryRead, MemoryUnit, ReadMemory

_MOST = 10 << 20
A, B = chr(OPEN), chr(CLOSE)
IT = chr(ALONE)


def tmx(*units: str, source: str = "en") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">'
        f'<header srclang="{source}" segtype="sentence" datatype="plaintext"/><body>{"".join(units)}</body></tmx>'
    )


def unit(source: str, target: str, *, languages: tuple[str, str] = ("en", "zh-CN"), more: str = "") -> str:
    return (
        f'<tu {more}><tuv xml:lang="{languages[0]}"><seg>{source}</seg></tuv>'
        f'<tuv xml:lang="{languages[1]}"><seg>{target}</seg></tuv></tu>'
    )


def read(folder: Path, text: str | bytes, *, first: int = 0) -> MemoryRead:
    path = folder / "memory.tmx"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return memories.read(ReadMemory(id="1", path=str(path), name=path.name, first=first), path, _MOST)


def test_a_unit_with_its_languages_and_its_day(tmp_path: Path) -> None:
    found = read(tmp_path, tmx(unit("A lamp &amp; a book.", "一盏灯和一本书。", more='changedate="20240229T120000Z"')))
    assert found.units == (MemoryUnit("en", "zh-Hans", "A lamp & a book.", "一盏灯和一本书。", 1709208000.0),)
    assert (found.total, found.skipped) == (1, 0)


@pytest.mark.parametrize(
    ("languages", "pair"),
    [
        (("en-US", "zh_TW"), ("en", "zh-Hant")),
        (("ZH-CN", "EN-GB"), ("zh", "en")),
        (("de-AT", "pt-BR"), ("de", "pt-BR")),
    ],
)
def test_languages_are_called_as_everywhere(tmp_path: Path, languages: tuple[str, str], pair: tuple[str, str]) -> None:
    one = read(tmp_path, tmx(unit("a b", "c d", languages=languages), source="*all*")).units[0]
    assert (one.source_language, one.target_language) == pair


def test_what_is_translated_from_is_what_the_file_says(tmp_path: Path) -> None:
    chinese = unit("灯", "lamp", languages=("zh-CN", "en"))
    assert read(tmp_path, tmx(chinese)).units[0].source == "lamp"
    assert read(tmp_path, tmx(chinese.replace("<tu ", '<tu srclang="zh-CN"'))).units[0].source == "灯"


def test_one_source_with_several_translations(tmp_path: Path) -> None:
    more = unit("lamp", "灯").replace("</tu>", '<tuv lang="de"><seg>Lampe</seg></tuv></tu>')
    assert [(one.target_language, one.target) for one in read(tmp_path, tmx(more)).units] == [
        ("zh-Hans", "灯"),
        ("de", "Lampe"),
    ]


def test_markup_within_a_sentence(tmp_path: Path) -> None:
    source = 'Press <bpt i="1" x="1">&lt;b&gt;</bpt>OK<ept i="1">&lt;/b&gt;</ept> <ph x="2">{0}</ph>'
    target = '<ph x="2"/>请按<bpt i="7" x="1"/>确定<ept i="7"/>'
    one = read(tmp_path, tmx(unit(source, target))).units[0]
    assert (one.source, one.target) == (f"Press {A}OK{B} {IT}", f"{IT}请按{A}确定{B}")


def test_a_highlight_is_a_stretch(tmp_path: Path) -> None:
    one = read(tmp_path, tmx(unit("a <hi>b</hi> c", "甲<hi>乙</hi>丙"))).units[0]
    assert (one.source, one.target) == (f"a {A}b{B} c", f"甲{A}乙{B}丙")


def test_markup_that_does_not_match_is_left_out(tmp_path: Path) -> None:
    one = read(tmp_path, tmx(unit('a <ph x="1"/>b', "甲乙"))).units[0]
    assert (one.source, one.target) == ("a b", "甲乙")
    one = read(tmp_path, tmx(unit(f"a {A}b", "甲乙"))).units[0]  # a character of its own that looks like ours
    assert (one.source, one.target) == ("a b", "甲乙")


@pytest.mark.parametrize(
    ("source", "target", "sentences"),
    [
        ("The lamp is on. It was built in 1903!", "灯亮着。它建于1903年！", 2),
        ("One lamp. Two lamps. Three.", "一盏灯。两盏灯。三盏。", 3),
        ("The lamp is on. It was built in 1903.", "灯亮着，它建于1903年。", 0),  # one sentence of two
        ("The lamp that we saw burns all night. Yes.", "是。我们看到的那盏灯整夜亮着。", 0),  # in another order
        ("The lamp is on.", "灯亮着。", 0),
        (
            '<bpt i="1" x="1"/>The lamp is on. It<ept i="1"/> burns.',
            '<bpt i="1" x="1"/>灯亮着。它<ept i="1"/>燃着。',
            0,
        ),
    ],
)
def test_a_unit_of_several_sentences_is_known_by_each_of_them(
    tmp_path: Path, source: str, target: str, sentences: int
) -> None:
    whole, *parts = read(tmp_path, tmx(unit(source, target))).units
    assert len(parts) == sentences
    assert (len(whole.source), len(whole.target)) >= (7, 4)
    if parts:
        assert " ".join(one.source for one in parts) == whole.source == source
        assert "".join(one.target for one in parts) == whole.target == target


def test_what_is_no_translation_is_counted(tmp_path: Path) -> None:
    same, empty = unit("a", "b", languages=("en", "en-US")), unit("a", " ")
    strange = unit("a", "b", languages=("en", "123"))
    found = read(tmp_path, tmx(unit("lamp", "灯"), same, empty, strange, "<tu/>"))
    assert (found.total, found.skipped) == (1, 4)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "gb18030"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = tmx(unit("lamp", "灯")).replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    assert read(tmp_path, text.encode(encoding)).units[0].target == "灯"


def test_many_come_in_pieces(tmp_path: Path) -> None:
    text = tmx(*(unit(f"lamp {n}", f"{n}号灯") for n in range(450)))
    sources, first = [], 0
    while first < 450:
        found = read(tmp_path, text, first=first)
        assert found.total == 450
        sources += [one.source for one in found.units]
        first += len(found.units)
    assert sources == [f"lamp {n}" for n in range(450)]
    assert not read(tmp_path, text, first=450).units


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    read(tmp_path, tmx(*(unit(f"lamp {n}", "灯") for n in range(300))))
    assert read(tmp_path, tmx(unit("book", "书"))).units[0].source == "book"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (tmx(), ErrorKind.DOCUMENT_EMPTY),
        (tmx(unit("a", "b", languages=("en", "en"))), ErrorKind.DOCUMENT_EMPTY),
        ("no markup at all", ErrorKind.DOCUMENT_UNKNOWN),
        (tmx(unit("a", "b"))[:-30], ErrorKind.DOCUMENT_UNKNOWN),
        (tmx("<tu>" * 300), ErrorKind.DOCUMENT_UNKNOWN),
        ('<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><tmx>&b;</tmx>', ErrorKind.DOCUMENT_UNKNOWN),
    ],
)
def test_what_is_no_memory(tmp_path: Path, text: str, kind: ErrorKind) -> None:
    with pytest.raises(AssistantError) as caught:
        read(tmp_path, text)
    assert caught.value.kind is kind
    if kind is ErrorKind.DOCUMENT_EMPTY:
        assert summary(caught.value) == "There are no translations in this file."
        assert hint(caught.value) == "Export it as TMX in two languages that are known here."
    else:
        assert summary(caught.value) == "memory.tmx is not a translation memory that can be read."
        assert hint(caught.value) == "Export it as TMX from the program that has it."


def test_a_file_that_is_too_large_or_gone(tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx"
    request = ReadMemory(id="1", path=str(path), name=path.name)
    with pytest.raises(AssistantError) as caught:
        memories.read(request, path, _MOST)
    assert caught.value.kind is ErrorKind.DOCUMENT_UNREADABLE
    path.write_text(tmx(unit("lamp", "灯")), encoding="utf-8")
    with pytest.raises(AssistantError) as caught:
        memories.read(request, path, 10)
    assert caught.value.kind is ErrorKind.DOCUMENT_TOO_LARGE

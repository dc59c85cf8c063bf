"""The translation memory and glossaries as the faces use them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import GlossariesChanged, MemoryChanged
from assistant.core.translation.glossaries import GlossaryRow, GlossaryTerm, Imported
from assistant.core.translation.memory import TranslationMemory, alike
from assistant.core.translation.memory_files import ImportedMemory
from assistant.core.translation.views import MemoryMatch, SegmentState
from assistant.documents.segments import ALONE, CLOSE, OPEN, Term, renumbered, with_codes
from assistant.tasks.translation import TranslateOptions
from assistant.worker.messages import ReadMemory
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translators import story


@pytest.fixture
def desk() -> Iterator[TranslationDesk]:
    desk = TranslationDesk()
    yield desk
    desk.close()


@pytest.fixture
def memory(desk: TranslationDesk) -> TranslationMemory:
    return desk.core.memory


def remember(desk: TranslationDesk, *pairs: tuple[str, str], source: str = "en") -> None:
    before = desk.core.memory.count()
    for text, translation in pairs:
        desk.core.memory.remember(text, translation, source, "zh-Hans", origin="test")
    desk.wait(lambda: desk.core.memory.count() == before + len(pairs))


# ---------------------------------------------------------------- how alike two texts are


def _distance(one: str, other: str) -> int:
    """Written down as everybody knows it."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        new = [number]
        for at, against in enumerate(other, 1):
            new.append(min(row[at] + 1, new[-1] + 1, row[at - 1] + (letter != against)))
        row = new
    return row[-1]


def test_the_share_is_that_of_the_edit_distance() -> None:
    chance = random.Random(1)
    for _ in range(1500):
        one, other = ("".join(chance.choice("ab灯桥") for _ in range(chance.randint(0, 12))) for _ in range(2))
        longer = max(len(one), len(other))
        assert alike(one, other) == pytest.approx(1 - _distance(one, other) / longer if longer else 1.0)


def test_the_share_of_long_texts() -> None:
    text = "the lamp by the window " * 20
    assert alike(text, text) == 1.0
    assert alike(text, text.replace("window", "winter", 1)) == pytest.approx(1 - 3 / len(text), abs=0.003)
    assert alike(text, "") == 0.0


# ---------------------------------------------------------------- the memory


def test_codes_are_the_same_wherever_a_sentence_stands(desk: TranslationDesk, memory: TranslationMemory) -> None:
    first = f"The {chr(OPEN + 7)}lamp{chr(CLOSE + 7)}{chr(ALONE + 3)} is on."
    second = f"The {chr(OPEN)}lamp{chr(CLOSE)}{chr(ALONE + 1)} is on."
    remember(desk, (first, f"{chr(OPEN + 7)}灯{chr(CLOSE + 7)}{chr(ALONE + 3)}亮着。"))
    assert memory.exact({4: second, 5: "x"}, "en", "zh-Hans") == {4: f"{chr(OPEN)}灯{chr(CLOSE)}{chr(ALONE + 1)}亮着。"}


def test_new_numbers_for_codes_can_be_taken_back() -> None:
    text = f"{chr(CLOSE + 5)}a{chr(ALONE + 9)}b{chr(OPEN + 2)}c{chr(CLOSE + 2)}{chr(ALONE + 1)}{chr(ALONE + 9)}"
    bare, codes = renumbered(text)
    assert bare == f"{chr(CLOSE)}a{chr(ALONE)}b{chr(OPEN + 1)}c{chr(CLOSE + 1)}{chr(ALONE + 1)}{chr(ALONE)}"
    assert with_codes(bare, codes) == text


@pytest.mark.parametrize(
    ("language", "known", "asked", "unlike"),
    [
        ("en", "The lamp by the window was lit.", "The lamp by the window was lit twice.", "Somebody came in."),
        ("zh", "窗边的灯在客人来之前点亮了。", "窗边的灯在客人来之后点亮了。", "有人走了进来。"),
    ],
)
def test_near_matches(desk: TranslationDesk, language: str, known: str, asked: str, unlike: str) -> None:
    remember(desk, (known, "1"), (unlike, "2"), source=language)
    found = desk.result(lambda done: desk.core.memory.near(asked, language, "zh-Hans", done))
    assert [match.target for match in found] == ["1"]
    assert 0.7 <= found[0].share < 1.0
    assert found[0].origin == "test"
    exact = desk.result(lambda done: desk.core.memory.near(known, language, "zh-Hans", done))
    assert [(match.target, match.share) for match in exact] == [("1", 1.0)]
    assert desk.result(lambda done: desk.core.memory.near(asked, language, "fr", done)) == ()


def test_the_memory_is_searched_cleared_and_comes_back(desk: TranslationDesk, memory: TranslationMemory) -> None:
    remember(desk, ("lamp", "灯"), ("bridge", "桥"), ("tower", "塔"))
    assert (memory.count("en", "zh-Hans"), memory.count("en"), memory.count("fr")) == (3, 3, 0)
    (found,) = desk.result(lambda done: memory.search("桥", done))
    assert (found.source, found.target) == ("bridge", "桥")
    memory.remove([found.id])
    desk.wait(lambda: memory.count() == 2)
    memory.clear()
    desk.wait(lambda: memory.count() == 0)
    assert desk.result(lambda done: memory.search("", done)) == ()
    assert memory.undo_remove() == 2
    desk.wait(lambda: memory.count() == 2)
    assert memory.undo_remove() == 1
    assert memory.undo_remove() == 0
    assert MemoryChanged() in desk.events
    memory.clear()
    desk.wait(lambda: memory.count() == 0)
    desk.close()
    again = TranslationDesk()
    try:
        again.pump()
        assert again.result(lambda done: again.core.memory.search("", done)) == ()
    finally:
        again.close()


# ---------------------------------------------------------------- files

_HERE, _TITLE = 'a <lamp> & a "book"', "灯 & 书"


def test_a_memory_goes_into_a_file_and_comes_back(
    desk: TranslationDesk, memory: TranslationMemory, tmp_path: Path
) -> None:
    marked = f"a {chr(OPEN + 4)}lamp{chr(CLOSE + 4)}{chr(ALONE + 9)}\nhere"
    remember(desk, ("lamp", "灯"), (_HERE, _TITLE), (marked, marked.replace("lamp", "灯")))
    memory.remember("Lampe", "lâmpada", "de", "pt-BR", origin="x < y")
    desk.wait(lambda: memory.count() == 4)
    path, chinese = tmp_path / "memory.tmx", tmp_path / "中文.tmx"
    assert desk.result(lambda done: memory.export_file(path, done)) == 4
    assert desk.result(lambda done: memory.export_file(chinese, done, source="en-US", target="zh-Hans")) == 3
    before = {one.source: (one.target, int(one.edited), one.origin) for one in found(desk, memory)}
    memory.clear()
    desk.wait(lambda: memory.count() == 0)
    assert desk.result(lambda done: memory.import_file(chinese, done)) == ImportedMemory(3)
    assert desk.result(lambda done: memory.import_file(path, done)) == ImportedMemory(4)
    desk.wait(lambda: memory.count() == 4)
    assert {one.source: (one.target, int(one.edited), one.origin) for one in found(desk, memory)} == before
    assert memory.exact({7: marked}, "en", "zh-Hans") == {7: marked.replace("lamp", "灯")}
    assert memory.count("de", "pt-BR") == 1


def found(desk: TranslationDesk, memory: TranslationMemory) -> tuple[MemoryMatch, ...]:
    return desk.result(lambda done: memory.search("", done))


def test_what_was_edited_here_later_stays(desk: TranslationDesk, memory: TranslationMemory, tmp_path: Path) -> None:
    path = tmp_path / "memory.tmx"
    unit = '<tu changedate="{}"><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="zh"><seg>老译文</seg></tuv></tu>'
    units = [unit.format("20010101T000000Z", "lamp"), *(unit.format("", f"lamp {n}") for n in range(450))]
    path.write_text(f'<tmx version="1.4"><header srclang="en"/><body>{"".join(units)}</body></tmx>', encoding="utf-8")
    remember(desk, ("lamp", "灯"), ("lamp 7", "七"))
    assert desk.result(lambda done: memory.import_file(path, done)) == ImportedMemory(449, kept=2)
    desk.wait(lambda: memory.count() == 451)
    texts = {0: "lamp", 7: "lamp 7", 449: "lamp 449"}
    assert memory.exact(texts, "en", "zh-Hans") == {0: "灯", 7: "七", 449: "老译文"}, "without a date it is no later"
    path.write_text(path.read_text("utf-8").replace("老译文", "新译文"), encoding="utf-8")
    assert desk.result(lambda done: memory.import_file(path, done)) == ImportedMemory(449, kept=2)
    assert memory.exact(texts, "en", "zh-Hans") == {0: "灯", 7: "七", 449: "新译文"}, "a file may be brought in again"
    assert desk.result(lambda done: memory.export_file(path, done)) == 451
    assert path.read_text("utf-8").count("changedate") == 2, "what has no date gets none"


def test_what_came_of_a_file_that_was_given_up_is_counted(
    desk: TranslationDesk, memory: TranslationMemory, tmp_path: Path
) -> None:
    path = tmp_path / "memory.tmx"
    unit = '<tu><tuv xml:lang="en"><seg>lamp {}</seg></tuv><tuv xml:lang="zh"><seg>灯</seg></tuv></tu>'
    units = "".join(unit.format(number) for number in range(900))
    path.write_text(f'<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>', encoding="utf-8")
    got: list[object] = []
    give_up = memory.import_file(path, got.append)
    desk.wait(lambda: sum(isinstance(one, ReadMemory) for child in desk.workers for one in child.requests) == 2)
    give_up()
    desk.wait(lambda: memory.count() > 0)
    assert [one.kind for one in got if isinstance(one, AssistantError)] == [ErrorKind.CANCELLED]
    assert memory.count() < 900


def test_a_file_of_a_memory_that_cannot_be_read_or_written(
    desk: TranslationDesk, memory: TranslationMemory, tmp_path: Path
) -> None:
    gone = desk.result(lambda done: memory.import_file(tmp_path / "none.tmx", done))
    assert gone.kind is ErrorKind.DOCUMENT_UNREADABLE
    other = tmp_path / "other.tmx"
    other.write_text("<tmx/>", encoding="utf-8")
    assert desk.result(lambda done: memory.import_file(other, done)).kind is ErrorKind.DOCUMENT_EMPTY
    refused = desk.result(lambda done: memory.export_file(tmp_path / "no" / "x.tmx", done))
    assert refused.kind is ErrorKind.FOLDER_MISSING
    got: list[object] = []
    memory.import_file(other, got.append)()
    assert [one.kind for one in got if isinstance(one, AssistantError)] == [ErrorKind.CANCELLED]
    assert memory.count() == 0


# ---------------------------------------------------------------- glossaries


def test_a_glossary_is_made_changed_and_kept(desk: TranslationDesk) -> None:
    glossaries = desk.core.glossaries
    number = glossaries.create(" Harbour words ", source="en", target="zh-Hans")
    lamp = glossaries.set_term(number, Term("lamp", "灯"))
    buoy = glossaries.set_term(number, Term("buoy", "浮标", exact=True, note="at sea"))
    glossaries.set_term(number, Term("lamp", "灯盏"), number=lamp)
    terms = Term("lamp", "灯盏"), Term("buoy", "浮标", exact=True, note="at sea")
    kept = [GlossaryTerm(lamp, terms[0]), GlossaryTerm(buoy, terms[1])]
    assert glossaries.terms(number) == kept
    assert glossaries.rows() == [GlossaryRow(number, "Harbour words", "en", "zh-Hans", 2)]
    glossaries.rename(number, "Words", source="en", target="zh-Hant")
    desk.close()
    again = TranslationDesk()
    try:
        glossaries = again.core.glossaries
        assert glossaries.rows() == [GlossaryRow(number, "Words", "en", "zh-Hant", 2)]
        assert glossaries.all_terms(number) == tuple(one.term for one in kept)
        assert glossaries.terms(number) == kept
        glossaries.remove_term(number, lamp)
        assert glossaries.rows()[0].terms == 1
        glossaries.remove(number)
        assert glossaries.rows() == []
        assert glossaries.undo_remove() == number
        assert glossaries.terms(number) == kept[1:]
        assert glossaries.undo_remove() is None
        assert GlossariesChanged() in again.events
    finally:
        again.close()


def test_the_languages_of_a_glossary_say_where_it_counts(desk: TranslationDesk) -> None:
    glossaries = desk.core.glossaries
    number = glossaries.create("Town", source="en", target="zh-Hans")
    terms = Term("lamp", "油灯"), Term("Aldgrove", ""), Term("tower", "高塔", forbidden=True)
    for term in terms:
        glossaries.set_term(number, term)
    for source in ("en", "en-GB", ""):
        assert glossaries.terms_for(number, source, "zh-Hans") == terms
    assert glossaries.terms_for(number, "zh-Hans", "en") == (Term("油灯", "lamp"), Term("Aldgrove", ""))
    assert glossaries.terms_for(number, "en", "de") is None
    assert glossaries.terms_for(number, "de", "zh-Hans") is None
    before = glossaries.revision(number)
    glossaries.rename(number, "Words", source="en", target="zh-Hans")
    assert glossaries.revision(number) == before
    glossaries.rename(number, "Words", source="de", target="")
    assert glossaries.revision(number) != before
    assert glossaries.terms_for(number, "de", "fr") == terms


def test_a_glossary_of_other_languages_is_not_enforced_and_the_plan_says_so(desk: TranslationDesk) -> None:
    number = desk.core.glossaries.create("Town", source="de", target="zh-Hans")
    desk.core.glossaries.set_term(number, Term("lamp", "油灯"))
    document = desk.read(story(1))
    wanted = TranslateOptions(target="zh-Hans", glossary=number)
    assert not desk.planned(document.digest, wanted).glossary_fits
    assert desk.made(desk.begin(document.digest, wanted)).segments[0].state is SegmentState.DONE
    desk.core.glossaries.rename(number, "Town", source="en", target="zh-Hans")
    assert desk.planned(document.digest, wanted).glossary_fits
    assert desk.made(desk.begin(document.digest, wanted)).segments[0].state is SegmentState.MARKED


def test_a_glossary_out_of_a_file_and_into_one(desk: TranslationDesk, tmp_path: Path) -> None:
    glossaries = desk.core.glossaries
    source = tmp_path / "words.csv"
    source.write_text("en,zh\nlamp,灯\nlarge language model,大语言模型\n", encoding="utf-8")
    found = desk.result(lambda done: glossaries.import_file(source, done))
    assert isinstance(found, Imported), found
    assert found.terms == 2
    assert glossaries.rows() == [GlossaryRow(found.id, "words", "en", "zh-Hans", 2)]
    for ending in ("csv", "tsv"):
        target = tmp_path / f"out.{ending}"
        assert desk.result(lambda done, target=target: glossaries.export_file(found.id, target, done)) is None
        again = desk.result(lambda done, target=target: glossaries.import_file(target, done, name="again"))
        assert isinstance(again, Imported), again
        assert glossaries.all_terms(again.id) == glossaries.all_terms(found.id)
    missing = desk.result(lambda done: glossaries.import_file(tmp_path / "none.csv", done))
    assert isinstance(missing, AssistantError)
    assert missing.kind is ErrorKind.DOCUMENT_UNREADABLE
    refused = desk.result(lambda done: glossaries.export_file(found.id, tmp_path / "no" / "x.csv", done))
    assert refused.kind is ErrorKind.FOLDER_MISSING


def test_a_term_of_no_glossary_is_refused(desk: TranslationDesk) -> None:
    with pytest.raises(AssistantError):
        desk.core.glossaries.set_term(99, Term("a", "b"))
    desk.core.glossaries.remove_term(99, 1)


def test_a_language_is_told(desk: TranslationDesk) -> None:
    found = desk.result(lambda done: desk.core.languages.detect("Die Lampe steht am Fenster und brennt hell.", done))
    assert found[0].language == "de"
    assert desk.result(lambda done: desk.core.languages.detect("", done)) == ()

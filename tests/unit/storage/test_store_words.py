"""Glossaries and the translation memory: kept, found again, thrown away with an undo, and really gone after that."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.storage.answers import Stored, StoreFailed
from assistant.storage.grams import grams, key_of
from assistant.storage.migrations import MIGRATIONS, migrate
from assistant.storage.rows import Glossary, GlossaryTerm, MemoryEntry
from assistant.storage.store import Store
from assistant.storage.words import StoredWords, words_in_memory
from tests.fakes.stores import conversation, files_with, message, opened

CANARY = "kanarienvogel-灯下-9142"
PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lamplight.sqlite3"


def entry(words: StoredWords, source: str, target: str, **other: object) -> MemoryEntry:
    row = MemoryEntry(words.new_id(), "en", "zh-Hans", source, target, 1_700_000_000.0)
    row = replace(row, **other)  # type: ignore[arg-type]
    words.remember(row)
    return row


def glossary(words: StoredWords, name: str, *pairs: tuple[str, str]) -> Glossary:
    row = Glossary(words.new_id(), name, "en", "zh-Hans", 1_700_000_000.0)
    words.put_glossary(row)
    words.put_terms([GlossaryTerm(words.new_id(), row.id, source, target) for source, target in pairs])
    return row


def with_each_keeper(path: Path, check: Callable[[StoredWords], None]) -> None:
    """Do it to the store, and to what a program has that keeps nothing."""
    with opened(path) as (store, _, _):
        check(store.words)
        assert store.drain(10)
    delivered: list[object] = []
    with closing(words_in_memory(delivered.append)) as words:
        check(words)
    assert delivered
    assert all(isinstance(one, Stored) for one in delivered)


def settled(words: StoredWords, read: Callable[[], object], wanted: object) -> None:
    """The storage thread writes a little later: its last word counts."""
    words.restore_entries(())
    for _ in range(2000):
        if read() == wanted:
            return
    assert read() == wanted


# ---------------------------------------------------------------- glossaries


def test_glossaries_come_back_with_their_terms(path: Path) -> None:
    with opened(path) as (store, answers, _):
        second = glossary(store.words, "Z-words", ("lamp", "灯"), ("harbour", "港"))
        first = glossary(store.words, "a-words")
        terms = store.words.terms(second.id) if store.drain(10) else []
        changed = replace(terms[0], target="灯盏", exact=True, forbidden=True, note="说明")
        answers.to(store.words.put_terms([changed]))
    with opened(path) as (store, _, _):
        assert store.words.glossaries() == [first, replace(second, terms=2)]
        assert store.words.terms(second.id) == [changed, terms[1]]
        assert store.new_id() > max(one.id for one in terms)


def test_a_glossary_in_the_trash_is_not_listed(path: Path) -> None:
    with opened(path) as (store, answers, _):
        row = glossary(store.words, "words", ("lamp", "灯"))
        answers.to(store.words.trash_glossary(row.id))
        assert store.words.glossaries() == []
        answers.to(store.words.restore_glossary(row.id))
        assert [one.id for one in store.words.glossaries()] == [row.id]


# ---------------------------------------------------------------- the memory


def test_a_text_is_found_as_it_is_and_between_its_languages_only(path: Path) -> None:
    def check(words: StoredWords) -> None:
        one = entry(words, "Open the lamp.", "开灯。", origin="manual")
        entry(words, "Open the lamp.", "Öffne die Lampe.", target_language="de")
        texts = ["Open the lamp.", "Open the lamps.", "Open the lamp."]
        settled(words, lambda: words.exact_entries(texts, "en", "zh-Hans"), {one.source: one})
        assert words.exact_entries(texts, "en", "fr") == {}
        assert words.count_entries() == {("en", "zh-Hans"): 1, ("en", "de"): 1}

    with_each_keeper(path, check)


def test_a_text_too_short_to_tell_its_language_is_found_all_the_same(path: Path) -> None:
    def check(words: StoredWords) -> None:
        told = entry(words, "Good morning.", "早上好。")
        nobody = entry(words, "Hi, Tom.", "嗨，汤姆。", source_language="")
        settled(words, lambda: words.exact_entries([told.source], "", "zh-Hans"), {told.source: told})
        settled(words, lambda: words.exact_entries([nobody.source], "en", "zh-Hans"), {nobody.source: nobody})
        assert words.exact_entries([told.source], "de", "zh-Hans") == {}

    with_each_keeper(path, check)


def test_a_later_translation_of_the_same_text_takes_the_place(path: Path) -> None:
    def check(words: StoredWords) -> None:
        first = entry(words, "cafe\u0301", "咖啡店")
        entry(words, "caf\u00e9", "咖啡馆", edited=1_800_000_000.0)  # composed in another way
        wanted = replace(first, source="caf\u00e9", target="咖啡馆", edited=1_800_000_000.0)
        settled(words, lambda: words.entries_with("", 10), [wanted])

    with_each_keeper(path, check)


def test_the_memory_is_searched_in_both_languages(path: Path) -> None:
    with opened(path) as (store, _, _):
        lamp = entry(store.words, "The Lamp is on.", "灯亮着。", edited=1.0)
        bridge = entry(store.words, "The bridge, too.", "桥也是。", edited=2.0)
        assert store.drain(10)
        assert store.words.entries_with("LAMP", 10) == [lamp]
        assert store.words.entries_with("桥", 10) == [bridge]
        assert store.words.entries_with("the", 10) == [bridge, lamp]
        assert store.words.entries_with("the", 1) == [bridge]


ENGLISH = "The committee of the town decided on {} to rebuild the old bridge near the harbour before winter."
CHINESE_TEXT = "镇上的委员会在{}决定，要在冬天以前重建港口附近的那座老桥。"


@pytest.mark.parametrize(("form", "language"), [(ENGLISH, "en"), (CHINESE_TEXT, "zh")])
def test_a_likely_entry_is_not_hidden_by_others_that_are_not_wanted(path: Path, form: str, language: str) -> None:
    def check(words: StoredWords) -> None:
        for number in range(60):
            other = {"target_language": "de"} if number % 2 else {"source_language": "it"}
            entry(words, form.format(f"Friday {number}"), "?", **{"source_language": language, **other})
        cleared = [entry(words, form.format(f"Friday {n}"), "?", source_language=language).id for n in range(60)]
        words.trash_entries(cleared)
        wanted = entry(words, form.format("Monday 星期一"), "!", source_language=language)
        settled(words, lambda: words.likely_entries(form.format("Friday"), language, "zh-Hans", least=0.7), [wanted])

    with_each_keeper(path, check)


@pytest.mark.parametrize(("form", "language"), [(ENGLISH, "en"), (CHINESE_TEXT, "zh")])
def test_nearly_the_same_text_is_among_the_likely_ones(path: Path, form: str, language: str) -> None:
    chance = random.Random(2)
    letters = form.replace("{}", "").replace(" ", "")
    with opened(path) as (store, _, _):
        wanted = entry(store.words, form.format("Monday 星期一"), "!", source_language=language)
        for number in range(300):
            source = "".join(chance.choice(letters) for _ in range(chance.randint(20, 90)))
            entry(store.words, f"{source}{number}", "?", source_language=language)
        assert store.drain(20)
        found = store.words.likely_entries(form.format("Friday 星期五"), language, "zh-Hans", least=0.7)
        assert found[0] == wanted
        assert store.words.likely_entries(form.format("x"), "fr", "zh-Hans", least=0.7) == []
        longer = form.format("x") * 3
        assert wanted not in store.words.likely_entries(longer, language, "zh-Hans", least=0.7)


def test_what_is_nearly_the_same_is_found_where_nobody_knows_the_language(path: Path) -> None:
    """A text of one short sentence does not tell it."""

    def check(words: StoredWords) -> None:
        one = entry(words, "Good morning, Tom.", "早上好，汤姆。")
        other = entry(words, "Good morning, Tim.", "早上好，蒂姆。", source_language="")

        def likely(source: str) -> set[int]:
            found = words.likely_entries("Good morning, Tam.", source, "zh-Hans", least=0.7)
            return {row.id for row in found}

        settled(words, lambda: likely(""), {one.id, other.id})
        assert likely("en") == {one.id, other.id}
        assert likely("fr") == {other.id}

    with_each_keeper(path, check)


def test_texts_of_any_kind_have_pieces() -> None:
    for text in ("", "a", "灯", "!", "\ue000\ue200", "𠀀", "a" * 10_000, "\ud800"):
        assert 1 <= len(grams(text)) <= 12
        assert all(0 <= one < 1 << 32 for one in grams(text))
        assert 0 <= key_of(text) < 1 << 63
    assert grams("Ａ  lamp") == grams("a LAMP")


def test_half_characters_do_not_lose_an_entry(path: Path) -> None:
    with opened(path) as (store, _, _):
        entry(store.words, "half \ud83d", "半个 \ude00")
        assert store.drain(10)
        (found,) = store.words.entries_with("half", 5)
        assert (found.source, found.target) == ("half \ufffd", "半个 \ufffd")


# ---------------------------------------------------------------- thrown away


def test_entries_in_the_trash_are_not_found_and_come_back(path: Path) -> None:
    with opened(path) as (store, answers, _):
        one, two = entry(store.words, "one lamp", "一盏灯"), entry(store.words, "two lamps", "两盏灯")
        assert store.drain(10)
        answers.to(store.words.trash_entries([one.id, 9999]))
        assert store.words.exact_entries(["one lamp"], "en", "zh-Hans") == {}
        assert one not in store.words.likely_entries("one lamp", "en", "zh-Hans", least=0.7)
        assert store.words.entries_with("", 9) == [two]
        answers.to(store.words.restore_entries([one.id]))
        assert store.words.exact_entries(["one lamp"], "en", "zh-Hans") == {"one lamp": one}
        store.words.trash_entries([two.id])
        store.words.trash_all_entries(5.0)
        assert store.drain(10)
        assert store.words.entries_with("", 9) == []
        store.words.restore_all_entries(5.0)
        assert store.drain(10)
        assert store.words.entries_with("", 9) == [one]


def secrets(store: Store) -> tuple[Glossary, list[MemoryEntry], int]:
    """A glossary and entries that hold the canary, and the number of a term in a glossary that stays."""
    row = glossary(store.words, CANARY, *((f"{CANARY} {number}", CANARY) for number in range(40)))
    entries = [entry(store.words, f"{CANARY} {number} " * 9, CANARY * 5, origin=CANARY) for number in range(40)]
    kept = glossary(store.words, "kept", (CANARY, CANARY), ("lamp", "灯"))
    assert store.drain(10)
    return row, entries, store.words.terms(kept.id)[0].id


def test_nothing_is_left_in_any_file(path: Path) -> None:
    with opened(path) as (store, answers, _):
        row, entries, term = secrets(store)
        stays = entry(store.words, "stays", "留下")
        answers.to(store.backup())
        entry(store.words, "later", "后来")
        answers.to(store.backup())
        assert store.counts()["backups"] == 2
        assert len(files_with(path.parent, CANARY)) >= 3  # else this test would prove nothing
        store.words.trash_glossary(row.id)
        store.words.trash_entries([one.id for one in entries])
        store.words.remove_term(term)
        ticket = store.purge_trash()
        assert answers.to(ticket) == Stored(ticket)
        assert files_with(path.parent, CANARY) == []
        assert [one.name for one in store.words.glossaries()] == ["kept"]
        assert stays in store.words.entries_with("", 9)
    assert files_with(path.parent, CANARY) == []
    for copy in [path, *(path.parent / "backups").iterdir()]:
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("SELECT source FROM glossary_terms").fetchall() == [("lamp",)]
            left = {row[0] for row in db.execute("SELECT DISTINCT entry FROM memory_grams")}
            assert left == {row[0] for row in db.execute("SELECT id FROM memory")}


def test_a_deletion_is_not_undone_by_a_rescue(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as (store, answers, _):
        row, entries, term = secrets(store)
        answers.to(store.backup())
        store.words.trash_glossary(row.id)
        store.words.trash_entries([one.id for one in entries])
        store.words.remove_term(term)
        with monkeypatch.context() as patch:
            patch.setattr("assistant.storage.backups.Backups.scrub", _refuse)
            assert isinstance(answers.to(store.purge_trash()), StoreFailed)
            store.close()  # before the disk is well again
    data = bytearray(path.read_bytes())
    data[:100] = b"\x00" * 100
    path.write_bytes(data)
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        assert [one.name for one in store.words.glossaries()] == ["kept"]
        assert store.words.count_entries() == {}
        assert store.drain(30)
        report.set_aside.unlink()  # kept for the user, who decides
        assert files_with(path.parent, CANARY) == []


def _refuse(*_: object) -> None:
    raise sqlite3.OperationalError("disk")


# ---------------------------------------------------------------- damage, and files of older programs


def test_what_the_backup_does_not_have_is_added(path: Path) -> None:
    with opened(path) as (store, answers, _):
        message(store, conversation(store, "talk"), "a message")
        old = entry(store.words, "old", "旧")
        glossary(store.words, "one", ("a", "甲"))
        answers.to(store.backup())
        new = entry(store.words, "new", "新")
        trashed = entry(store.words, "thrown", "扔掉")
        answers.to(store.words.trash_entries([trashed.id]))
        glossary(store.words, "two", ("b", "乙"), ("c", "丙"))
        assert store.drain(10)
    data = bytearray(path.read_bytes())
    data[:100] = b"\x00" * 100
    path.write_bytes(data)
    with opened(path) as (store, _, report):
        assert report.restored is not None
        assert {one.id for one in store.words.entries_with("", 9)} == {old.id, new.id}
        assert store.words.exact_entries(["new"], "en", "zh-Hans") == {"new": new}
        assert store.words.likely_entries("new", "en", "zh-Hans", least=0.7) == [new]
        assert [(one.name, one.terms) for one in store.words.glossaries()] == [("one", 1), ("two", 2)]


def test_an_older_file_has_no_words_until_it_can_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrate(db, MIGRATIONS[:2])
    with monkeypatch.context() as patch:
        patch.setattr("assistant.storage.opening.migrate", _refuse)
        with opened(path) as (store, _, report):
            assert report.read_only
            assert store.words.glossaries() == []
            assert store.words.terms(1) == []
            assert store.words.count_entries() == {}
            assert store.words.exact_entries(["a"], "en", "de") == {}
            assert store.words.likely_entries("a", "en", "de", least=0.7) == []
            assert store.words.entries_with("a", 3) == []
    with opened(path) as (store, _, report):
        assert report.migrated == ("glossaries_and_memory",)
        entry(store.words, "a", "甲")
        assert store.drain(10)
        assert store.words.count_entries() == {("en", "zh-Hans"): 1}


def test_odd_values_become_harmless_ones(path: Path) -> None:
    with opened(path) as (store, _, _):
        entry(store.words, "a", "甲")
        glossary(store.words, "one", ("a", "甲"))
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE memory SET target = CAST(x'ff' AS TEXT)")
        db.commit()
    with opened(path) as (store, _, _):
        assert [one.source for one in store.words.entries_with("a", 5)] == ["a"]

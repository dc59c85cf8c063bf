"""Logs that cannot hold content: canaries are planted everywhere they could come from, and looked for in every file."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import Paths, default_paths
from assistant.storage import logbook
from assistant.storage.logbook import FIELDS, Entry, Logbook, event, setup_logging
from assistant.storage.settings import Settings
from tests.fakes.stores import conversation, files_with, message, opened

TEXT = "canary-chat-灯下-text"
TOKEN = "hf_canarytoken0123456789"
FILE = "canary-file-name.txt"


class Foreign(Enum):
    WORD = TEXT


@pytest.fixture
def paths(lamplight_home: Path) -> Paths:
    return default_paths()


@pytest.fixture
def book(paths: Paths) -> Iterator[Logbook]:
    book = setup_logging(paths)
    yield book
    book.close()


def lines(book: Logbook) -> list[str]:
    return book.path.read_text(encoding="utf-8").splitlines() if book.path.exists() else []


def raised(error: BaseException) -> BaseException:
    """The error with a traceback through this file and the standard library."""
    try:
        sorted([1, 2], key=lambda _: (_ for _ in ()).throw(error))
    except BaseException as caught:
        return caught
    raise AssertionError("nothing was raised")


# ---------------------------------------------------------------- what is written


def test_the_first_line_says_what_runs(book: Logbook) -> None:
    (line,) = lines(book)
    assert " INFO start " in line
    assert sqlite3.sqlite_version in line
    assert line[:4].isdigit()
    assert "Z " in line


def test_an_entry_with_its_fields(book: Logbook) -> None:
    event(Entry.STORE_SLOW, ms=120, count=98_362_432, ok=True, kind=ErrorKind.OFFLINE, seconds=12.34567)
    assert lines(book)[-1].endswith("INFO store_slow count=98362432 kind=offline ms=120 ok=True seconds=12.346")


def test_an_error_is_types_and_places(book: Logbook) -> None:
    try:
        try:
            int(TEXT)
        except ValueError as error:
            raise AssistantError(ErrorKind.INTERNAL, TEXT, name=FILE) from error
    except AssistantError as error:
        event(Entry.CRASHED, error=error)
    text = "\n".join(lines(book))
    assert "WARNING crashed" in text
    assert "AssistantError (internal)" in text
    assert "ValueError" in text
    assert TEXT not in text
    assert FILE not in text


def test_of_a_library_only_level_module_and_line_are_kept(book: Logbook) -> None:
    logging.getLogger("huggingface_hub.file_download").warning("token %s for %s", TOKEN, FILE)
    logging.getLogger("asyncio").error(TEXT, exc_info=raised(OSError(28, TEXT, FILE)), stack_info=True)
    logging.getLogger(TEXT).critical("logger named by content")
    logging.getLogger("assistant.core.core").warning("a stray sentence: %s", TEXT)
    logging.getLogger("huggingface_hub").info("too quiet to be kept")
    found = lines(book)[1:]
    assert "WARNING huggingface_hub.file_download:" in found[0]
    assert "ERROR asyncio:" in found[1]
    assert any("OSError (ENOSPC)" in line for line in found)
    assert any("CRITICAL elsewhere:" in line for line in found)
    assert not any("quiet" in line for line in found)
    assert files_with(book.path.parent, TEXT, TOKEN, FILE) == []


@pytest.mark.parametrize(
    "value", [TEXT, TEXT.encode(), Foreign.WORD, [TEXT], {"a": TEXT}, Path(FILE), None, object(), ValueError(TEXT)]
)
def test_what_is_no_number_and_no_word_of_ours_is_left_out(book: Logbook, value: object) -> None:
    event(Entry.STORE_CHECKED, kind=value, ms=5)  # type: ignore[arg-type]
    assert lines(book)[-1].endswith("INFO store_checked ms=5")


def test_fields_that_are_not_declared_are_left_out(book: Logbook) -> None:
    event(Entry.STORE_CHECKED, **{TEXT: 1, "ms": 2, "message": 3})
    assert lines(book)[-1].endswith("INFO store_checked ms=2")
    assert "message" not in FIELDS


def test_a_sentence_is_no_entry(book: Logbook) -> None:
    event(TEXT)  # type: ignore[arg-type]
    event("start")  # type: ignore[arg-type]
    assert len(lines(book)) == 1


# ---------------------------------------------------------------- files


def test_logs_rotate(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "_BYTES", 2000)
    book = setup_logging(paths)
    for number in range(500):
        event(Entry.STORE_SLOW, ms=number)
    book.close()
    files = sorted(paths.logs.iterdir())
    assert [file.name for file in files] == ["lamplight.log", "lamplight.log.1", "lamplight.log.2", "lamplight.log.3"]
    assert all(file.stat().st_size <= 2200 for file in files)  # and the entry that filled it
    assert "ms=499" in files[0].read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_costs_only_the_log(
    lamplight_home: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    lamplight_home.write_bytes(b"a file")
    book = setup_logging(paths)
    event(Entry.STORE_CHECKED, ms=1)
    logging.getLogger("somewhere").warning(TEXT)
    book.close()
    assert capsys.readouterr() == ("", "")


def test_closing_puts_everything_back(paths: Paths) -> None:
    root, ours = logging.getLogger(), logging.getLogger("assistant")
    before = list(root.handlers), ours.level
    setup_logging(paths).close()
    assert (list(root.handlers), ours.level) == before


def test_nothing_is_printed_without_a_log(capsys: pytest.CaptureFixture[str]) -> None:
    event(Entry.STORE_CHECKED, ms=1)
    assert "store_checked" not in "".join(capsys.readouterr())


# ---------------------------------------------------------------- the whole room


def test_the_store_and_the_settings_leave_no_content_in_the_logs(paths: Paths, book: Logbook) -> None:
    """A conversation, its search, failures of every kind, a repair, damaged settings: and not a word in the logs."""
    paths.settings.parent.mkdir(parents=True)
    paths.settings.write_text(f"{{{TEXT} {TOKEN}", encoding="utf-8")
    settings = Settings(paths.settings)
    settings.set("system_prompt", TEXT)
    with opened(paths.database) as (store, answers, _):
        place = conversation(store, TEXT)
        row = message(store, place, f"{TEXT} {TOKEN} {FILE}", model=FILE, error_detail=TEXT)
        store.set_draft(place, TEXT)
        answers.to(store.finish_answer(row.__class__(**{**row.__dict__, "id": 999, "text": TEXT})))
        store.search(TEXT)
        answers.to(store.backup())
    paths.database.write_bytes(b"x" * 50 + paths.database.read_bytes()[50:])
    with opened(paths.database) as (store, answers, report):
        assert report.set_aside is not None
        answers.to(store.trash_conversation(place))
        answers.to(store.purge_trash())

        def fail(news: object) -> None:
            raise ValueError(TEXT, FILE)

        store._writer._deliver = fail
        store.set_draft(0, TOKEN)
        store.drain()
    text = "\n".join(lines(book))
    for what in ("settings_damaged", "opened", "failed", "backup", "scrubbed", "listener"):
        assert what in text
    assert files_with(paths.logs, TEXT, TOKEN, FILE) == []
    assert files_with(paths.data, TOKEN) != []  # where it belongs: the damaged file that was kept

"""Opening documents through the core: files, pasted text, what is kept of them, and what is removed."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core import documents as core_documents
from assistant.core import worker_child as helper
from assistant.core.documents import Documents, OpenDocument
from assistant.core.inbox import Inbox
from assistant.core.threads import Threads
from assistant.documents import model, reading
from assistant.storage.rows import Job
from assistant.storage.store import Store
from assistant.worker import documents as worker_documents
from assistant.worker.messages import CutDocument, DocumentCut
from tests.fakes.summary_desk import InlineWorker, SummaryDesk, story


class Room:
    """Documents without a core around them."""

    def __init__(self, folder: Path) -> None:
        self.inbox = Inbox(lambda: None)
        self.workers: list[InlineWorker] = []
        self.documents = Documents(
            self.inbox,
            Threads(self.inbox),
            folder,
            connect=self._worker,  # type: ignore[arg-type]
        )

    def _worker(self, deliver: Any, log: Path | None) -> InlineWorker:
        self.workers.append(InlineWorker(deliver, log))
        return self.workers[-1]

    def result(self, start: Any) -> Any:
        got: list[Any] = []
        start(got.append)
        end = time.monotonic() + 20
        while not got:
            assert time.monotonic() < end
            self.inbox.pump(0.1)
        return got[0]

    def open(self, path: Path | None = None, **options: Any) -> Any:
        return self.result(lambda done: self.documents.open(path, done=done, **options))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path / "documents")
    yield room
    room.documents.close()


def kind_of(found: object) -> ErrorKind:
    assert isinstance(found, AssistantError), found
    return found.kind


def test_a_file_is_opened_and_can_be_shown_again(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "灯下.md"
    path.write_text("# The title\n\nThe first sentence. The second one.\n", "utf-8")
    document = room.open(path)
    assert isinstance(document, OpenDocument)
    assert (document.title, document.format, document.language) == ("The title", "markdown", "en")
    assert [document.text[start:end] for start, end in document.sentences] == [
        "The title",
        "The first sentence.",
        "The second one.",
    ]
    assert document.characters == len(document.text)
    assert document.words == 8
    assert room.documents.get(document.digest) is document
    path.unlink()
    other = Room(room.documents.folder)
    again = other.result(lambda done: other.documents.stored(document.digest, done=done))
    assert (again.text, again.paragraphs, again.sentences) == (document.text, document.paragraphs, document.sentences)
    assert (again.words, again.characters) == (document.words, document.characters)
    assert other.workers == []  # no child is needed for that


def test_the_characters_of_a_chinese_document_are_known_when_it_is_shown_again(room: Room) -> None:
    document = room.open(text="灯塔建于一九一一年。\n\n守塔人后来退休了。")
    other = Room(room.documents.folder)
    again = other.result(lambda done: other.documents.stored(document.digest, done=done))
    assert again.words == document.words == 17


def test_a_document_that_was_kept_without_its_words_is_shown(room: Room) -> None:
    document = room.open(text="Two words.")
    path = room.documents.folder / f"{document.digest}.document"
    kept = msgspec.msgpack.decode(path.read_bytes())
    del kept["words"]
    path.write_bytes(msgspec.msgpack.encode(kept))
    other = Room(room.documents.folder)
    again = other.result(lambda done: other.documents.stored(document.digest, done=done))
    assert (again.text, again.words) == ("Two words.", 0)


def test_pasted_text_and_bytes_are_documents(room: Room) -> None:
    assert room.open(text="Half a \ud83d character. 灯下。").text == "Half a \ufffd character. 灯下。"
    assert room.open(data="Grüße aus Köln.".encode("utf-16")).text == "Grüße aus Köln."
    assert kind_of(room.open(text="  \n")) is ErrorKind.INPUT_EMPTY


def test_what_cannot_be_opened_is_said(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = room.open(tmp_path / "missing.txt")
    assert (kind_of(missing), missing.values["name"]) == (ErrorKind.DOCUMENT_UNREADABLE, "missing.txt")
    assert kind_of(room.open(tmp_path)) is ErrorKind.DOCUMENT_FOLDER
    monkeypatch.setattr(core_documents, "LARGEST_FILE", 10)
    monkeypatch.setattr(core_documents, "LARGEST_PASTE", 10)
    large = tmp_path / "large.txt"
    large.write_text("more than ten bytes", "utf-8")
    error = room.open(large)
    assert (kind_of(error), error.values) == (ErrorKind.DOCUMENT_TOO_LARGE, {"size": 19, "limit": 10})
    assert kind_of(room.open(text="more than ten bytes")) is ErrorKind.DOCUMENT_TOO_LARGE
    assert room.workers == []  # nothing of it was read
    gone = room.result(lambda done: room.documents.stored("0" * 32, done=done))
    assert kind_of(gone) is ErrorKind.DOCUMENT_UNREADABLE


def test_the_same_text_in_another_file_is_a_document_of_its_own(room: Room, tmp_path: Path) -> None:
    one, other = tmp_path / "one.txt", tmp_path / "other.md"
    for path in (one, other):
        path.write_text("Grüße aus Köln.", "utf-8")
    first, second = room.open(one), room.open(other)
    assert (first.title, first.format, second.title, second.format) == ("one", "text", "other", "markdown")
    assert first.digest != second.digest
    for made in (first, second):
        shown = room.result(lambda done, made=made: room.documents.stored(made.digest, done=done))
        assert (shown.title, shown.format) == (made.title, made.format)


def test_a_file_that_was_written_anew_is_the_same_document(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_bytes("Grüße aus Köln.".encode("utf-16"))
    first = room.open(path)
    path.write_text("Grüße aus Köln.", "utf-8")
    second = room.open(path)
    assert first.digest == second.digest
    assert first.encoding != second.encoding
    assert room.documents.get(first.digest) is second


def test_what_is_no_file_is_not_opened(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a pipe that nobody writes into was opened")

    path = Path(os.devnull)  # no file, though everybody may read it
    if hasattr(os, "mkfifo"):
        path = tmp_path / "pipe.txt"
        os.mkfifo(path)
    monkeypatch.setattr(Path, "open", opened)
    found = room.open(path)
    assert (kind_of(found), found.values["name"]) == (ErrorKind.DOCUMENT_UNREADABLE, path.name)
    assert room.workers == []


def test_there_is_one_limit_for_the_size_of_a_file() -> None:
    assert core_documents.LARGEST_FILE is reading.LARGEST_FILE is model.LARGEST_FILE
    assert worker_documents.LARGEST_FILE is model.LARGEST_FILE
    assert core_documents.LARGEST_PASTE < model.LARGEST_FILE


def test_a_stored_document_that_is_damaged_is_said(room: Room) -> None:
    document = room.open(text="A text.")
    path = room.documents.folder / f"{document.digest}.document"
    path.write_bytes(b"nothing")
    other = Room(room.documents.folder)
    found = other.result(lambda done: other.documents.stored(document.digest, done=done))
    assert kind_of(found) is ErrorKind.DOCUMENT_UNREADABLE


def test_giving_up_is_answered_once(room: Room) -> None:
    got: list[Any] = []
    cancel = room.documents.open(text="A text.", done=got.append)
    cancel()
    cancel()
    end = time.monotonic() + 1
    while time.monotonic() < end and not room.workers:
        room.inbox.pump(0.01)
    assert [kind_of(one) for one in got] == [ErrorKind.CANCELLED]


def test_only_a_few_stay_in_memory(room: Room) -> None:
    digests = [room.open(text=f"Text number {number}.").digest for number in range(6)]
    held = [digest for digest in digests if room.documents.get(digest) is not None]
    assert held == digests[-4:]


def test_an_idle_child_ends_and_another_one_takes_up_the_work(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.open(text="One.")
    room.documents.tick()
    assert not room.workers[0].closed
    monkeypatch.setattr(helper, "_IDLE_SECONDS", -1)
    room.documents.tick()
    assert room.workers[0].closed
    room.open(text="Two.")
    assert len(room.workers) == 2


def test_a_file_that_is_lost_is_kept_again_from_memory(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    document = room.open(text="The keeper retired in 1938. 灯塔建于一九一一年。")
    shutil.rmtree(room.documents.folder)
    worker_documents._shelf.clear()  # as in a child that was started since

    def cut() -> Any:
        costs = (1,) * len(document.sentences)
        return room.result(
            lambda done: room.documents.ask(
                document.digest, lambda number, path: CutDocument(id=number, path=path, costs=costs, budget=99), done
            )
        )

    assert isinstance(cut(), DocumentCut)
    again = Room(room.documents.folder)
    assert again.result(lambda done: again.documents.stored(document.digest, done=done)) == document
    room.documents._open.clear()  # and what is not in memory cannot be kept again
    shutil.rmtree(room.documents.folder)
    worker_documents._shelf.clear()
    assert kind_of(cut()) is ErrorKind.DOCUMENT_UNREADABLE


def test_files_that_nothing_refers_to_go_at_the_next_start() -> None:
    desk = SummaryDesk()
    kept = desk.open(story(3))
    desk.end(desk.start(kept.digest))
    folder = desk.core.documents.folder
    desk.close()
    orphan = folder / f"{'a' * 32}.document"
    rest = folder / ".x.document.123.tmp"
    for path in (orphan, rest):
        path.write_bytes(b"left by a program that was killed")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    young = folder / f"{'b' * 32}.document"
    again = SummaryDesk()
    young.write_bytes(b"of this program")
    again.wait(lambda: not orphan.exists() and not rest.exists())
    assert (folder / f"{kept.digest}.document").exists()
    assert young.exists()
    again.close()
    assert [path.name for path in folder.iterdir()] == [f"{kept.digest}.document"]


def test_nothing_is_removed_where_the_history_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = SummaryDesk()
    document = desk.open(story(3))
    desk.end(desk.start(document.digest))
    path = desk.core.documents.folder / f"{document.digest}.document"
    desk.close()
    os.utime(path, (1_700_000_000, 1_700_000_000))

    def damaged(_: object) -> set[str]:
        raise AssistantError(ErrorKind.DATABASE_DAMAGED)

    monkeypatch.setattr("assistant.storage.jobs.StoredJobs.documents", damaged)
    again = SummaryDesk()
    again.open(story(2))  # by then the folder was looked through
    again.core.documents.tick()
    again.pump()
    assert path.exists()
    again.close()


def test_a_history_that_cannot_be_read_at_the_start_costs_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = SummaryDesk()
    document = desk.open(story(3))
    job = desk.start(document.digest)
    desk.end(job)
    desk.close()

    def busy(_: object) -> list[Job]:
        raise AssistantError(ErrorKind.DATABASE_BUSY)

    with monkeypatch.context() as patch:
        patch.setattr("assistant.storage.jobs.StoredJobs.all", busy)
        again = SummaryDesk()
        assert (again.summaries.rows(), again.summaries.documents()) == ([], None)
        again.close()
    third = SummaryDesk()
    assert third.view(job).document == document.digest
    assert third.result(lambda done: third.core.documents.stored(document.digest, done=done)).text == document.text
    third.close()


def test_a_document_that_is_open_stays_though_nothing_refers_to_it() -> None:
    first = SummaryDesk()
    document = first.open(story(3))
    first.end(first.start(document.digest))
    path = first.core.documents.folder / f"{document.digest}.document"
    first.summaries.remove(first.summaries.rows()[0].id)
    first.core._store.drain()  # type: ignore[union-attr]
    data = path.read_bytes()
    first.close()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    second = SummaryDesk()
    second.result(lambda done: second.core.documents.stored(document.digest, done=done))
    for _ in range(5):
        second.core.documents.tick()
        second.pump()
    assert path.exists()
    second.close()
    assert not path.exists()


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SummaryDesk, SummaryDesk]]:
    """Two programs on one home: the one that keeps the history, and one that came later."""
    monkeypatch.setitem(Store.__init__.__kwdefaults__, "lock_seconds", 0.0)  # no waiting for the lock
    first = SummaryDesk()
    first.end(first.start(first.open(story(3)).digest))
    first.core._store.drain()  # type: ignore[union-attr]
    second = SummaryDesk()
    yield first, second
    first.close()
    second.close()


def test_what_a_second_program_opens_stays_when_the_first_one_ends(two: tuple[SummaryDesk, SummaryDesk]) -> None:
    first, second = two
    (known,) = second.summaries.documents()
    shown = second.result(lambda done: second.core.documents.stored(known, done=done))
    assert shown.text == story(3)  # of the history of the first one
    opened = second.open("Only the second program has this open.")
    first.close()
    assert second.plan(opened.digest).parts == 1
    apart = second.core.paths.cache / "documents" / str(os.getpid())
    assert [path.stem for path in apart.iterdir()] == [opened.digest]
    assert [path.stem for path in first.core.documents.folder.iterdir()] == [known]
    second.close()
    assert not apart.exists()
    assert [path.stem for path in first.core.documents.folder.iterdir()] == [known]


def test_a_second_program_that_takes_over_the_history_keeps_its_documents(
    two: tuple[SummaryDesk, SummaryDesk],
) -> None:
    first, second = two
    first.close()
    opened = second.open(story(4))
    assert not (second.core.documents.folder / f"{opened.digest}.document").exists()
    second.end(second.start(opened.digest))
    second.close()
    again = SummaryDesk()
    assert opened.digest in again.summaries.documents()
    shown = again.result(lambda done: again.core.documents.stored(opened.digest, done=done))
    assert (shown.text, shown.words) == (opened.text, opened.words)
    again.close()


def test_one_document_that_cannot_be_brought_over_does_not_cost_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart, folder = tmp_path / "apart", tmp_path / "kept"
    apart.mkdir()
    for name in "abcd":
        (apart / f"{name}.document").write_text(name, "utf-8")
    (apart / ".x.tmp").write_text("half", "utf-8")
    copyfile = shutil.copyfile

    def refuse(source: Path, target: Path) -> None:
        copyfile(source, target)
        if source.stem == "b":
            raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", refuse)
        core_documents.take_over(apart, folder, {"a", "b", "c"})
    assert sorted(path.name for path in folder.iterdir()) == ["a.document", "c.document"]
    assert [path.name for path in apart.iterdir()] == ["b.document"]  # for the next start
    core_documents.take_over(apart, folder, {"a", "b", "c"})
    assert (folder / "b.document").read_text("utf-8") == "b"
    assert not apart.exists()


def test_a_document_whose_summary_was_not_kept_is_not_handed_over(two: tuple[SummaryDesk, SummaryDesk]) -> None:
    first, second = two
    opened = second.open(story(4))
    second.end(second.start(opened.digest))  # the first one has the database
    second.close()
    assert not (first.core.documents.folder / f"{opened.digest}.document").exists()


def test_an_old_file_that_is_opened_again_is_no_orphan(room: Room) -> None:
    document = room.open(text="Opened once more.")
    path = room.documents.folder / f"{document.digest}.document"
    other = Room(room.documents.folder)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    other.documents._remove_orphan(path.with_name("gone.document"))
    shown = other.result(lambda done: other.documents.stored(document.digest, done=done))
    for number in range(5):
        other.open(text=f"Text number {number}.")
    assert other.documents.get(shown.digest) is None  # no longer held
    other.documents._remove_orphan(path)
    assert path.exists()
    third = Room(room.documents.folder)
    os.utime(path)  # another one reads the same text
    third.documents._started = path.stat().st_mtime - 1
    third.documents._remove_orphan(path)
    assert path.exists()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    third.documents._remove_orphan(path)
    assert not path.exists()
    assert [one.name for one in third.documents._older_files()] == []


def test_a_file_that_vanishes_does_not_end_the_search_for_old_ones(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    document = room.open(text="Old.")
    folder = room.documents.folder
    old = folder / f"{document.digest}.document"
    os.utime(old, (1_700_000_000, 1_700_000_000))
    monkeypatch.setattr(Path, "iterdir", lambda _: iter([folder / "vanished.document", old]))
    assert room.documents._older_files() == [old]


def test_what_a_killed_program_had_apart_is_kept_where_the_history_refers_to_it() -> None:
    desk = SummaryDesk()
    document = desk.open(story(3))
    desk.end(desk.start(document.digest))
    kept = desk.core.documents.folder / f"{document.digest}.document"
    left = desk.core.paths.cache / "documents" / "999999999"
    desk.close()
    left.mkdir(parents=True)
    kept.rename(left / kept.name)
    again = SummaryDesk()
    again.wait(lambda: not left.exists())
    assert again.result(lambda done: again.core.documents.stored(document.digest, done=done)).text == document.text
    again.close()


def test_folders_of_killed_programs_that_kept_nothing_go() -> None:
    desk = SummaryDesk(keep=False)
    passing = desk.core.paths.cache / "documents"
    left = passing / "999999999"
    left.mkdir(parents=True)
    (left / "x.document").write_bytes(b"left")
    mine = desk.core.documents.folder
    desk.close()
    again = SummaryDesk(keep=False)
    again.wait(lambda: not left.exists())
    again.close()
    assert not mine.exists()


def test_a_folder_goes_also_where_another_process_has_its_number_now() -> None:
    desk = SummaryDesk(keep=False)
    passing = desk.core.paths.cache / "documents"
    desk.close()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        reused, running = passing / str(process.pid), passing / str(os.getppid())
        for folder in (reused, running):
            folder.mkdir(parents=True)
            (folder / "x.document").write_bytes(b"plain text")
        os.utime(reused, (1_700_000_000, 1_700_000_000))  # before that process began
        again = SummaryDesk(keep=False)
        again.wait(lambda: not reused.exists())
        again.close()
        assert (running / "x.document").exists()  # its process began before the folder was written
        process.communicate(b"\n")
    shutil.rmtree(running)

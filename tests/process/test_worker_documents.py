"""Documents through a real worker child: what is read, what is refused, and what a request may cost."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import psutil
import pytest

from assistant.base.errors import ErrorKind
from assistant.documents import model
from assistant.worker.client import WorkerClient
from assistant.worker.limits import LIMITS
from assistant.worker.messages import (
    Answer,
    CutDocument,
    DocumentCut,
    DocumentRead,
    DocumentRequest,
    Export,
    Exported,
    Link,
    Linked,
    ReadDocument,
    Refused,
    Render,
    Rendered,
    Request,
    Retrieve,
    Retrieved,
    Turn,
)
from tests.fakes.fake_worker import COMMAND

SOON = 40.0
STORY = "Chapter 1\n\nIt rained. We stayed home.\n\n第二章 晴天\n\n今天晴。我们出门。\n"


class Desk:
    """A worker for documents with a folder to keep them in."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.client = WorkerClient(self.answers.put, log=folder / "worker.log", **options)
        self._count = 0

    def ask(self, make: type[DocumentRequest] | type[Render], **fields: Any) -> Answer:
        self._count += 1
        self.client.submit(make(id=f"r{self._count}", **fields))
        answer = self.answers.get(timeout=SOON)
        assert answer.id == f"r{self._count}"
        return answer

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def read(self, data: bytes, name: str = "file.txt", **fields: Any) -> DocumentRead:
        answer = self.ask(ReadDocument, path=str(self.file(name, data)), store=str(self.store), **fields)
        assert isinstance(answer, DocumentRead), answer
        return answer

    def refusal(self, data: bytes, name: str = "file.txt") -> Refused:
        answer = self.ask(ReadDocument, path=str(self.file(name, data)), store=str(self.store))
        assert isinstance(answer, Refused), answer
        return answer


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.client.close(SOON)
    assert desk.answers.empty()


def test_a_document_is_read_and_kept(desk: Desk) -> None:
    read = desk.read(STORY.encode(), "story.txt")
    assert (read.title, read.format, read.encoding) == ("Chapter 1", "text", "utf-8")
    assert (read.paragraphs, read.sentences, read.words) == (4, 6, 2 + 5 + 5 + 7)
    assert Path(read.path) == desk.store / f"{read.digest}.document"
    document = model.unpack(Path(read.path).read_bytes())
    assert len(document.text) == read.characters
    assert [document.text[p.start : p.end] for p in document.paragraphs][1] == "It rained. We stayed home."
    assert document.paragraphs[3].path == ("第二章 晴天",)
    assert [one.name for one in desk.store.iterdir()] == [f"{read.digest}.document"]


def test_bytes_that_were_pasted_are_read_without_a_file(desk: Desk) -> None:
    answer = desk.ask(ReadDocument, data="你好。Hello there.".encode(), store=str(desk.store))
    assert isinstance(answer, DocumentRead)
    assert answer.title == "你好。Hello there"
    assert answer.sentences == 2


def test_the_same_text_has_the_same_digest(desk: Desk) -> None:
    first = desk.read("一。\r\n\r\n二。".encode("gb18030"), "a.txt")
    again = desk.read("一。\n\n二。\n".encode("utf-16"), "a.txt")
    other = desk.read("一。\n\n三。".encode(), "a.txt")
    assert first.digest == again.digest != other.digest


def test_the_same_text_by_another_name_is_another_document(desk: Desk) -> None:
    data = b"Item,Price\nBread,2\n"
    table, text = desk.read(data, "prices.csv"), desk.read(data, "prices.txt")
    copy = desk.read(data, "prices of May.csv")
    assert len({table.digest, text.digest, copy.digest}) == 3
    kept = [model.unpack(Path(one.path).read_bytes()) for one in (table, text, copy)]
    assert [(one.title, one.format) for one in kept] == [(one.title, one.format) for one in (table, text, copy)]


def test_a_kept_document_is_cut_also_by_another_child(desk: Desk) -> None:
    read = desk.read(("Some words here. And more of them.\n\n" * 50).encode())
    costs = (5,) * read.sentences
    first = desk.ask(CutDocument, path=read.path, costs=costs, budget=120)
    psutil.Process(desk.client.pid).kill()
    again = desk.ask(CutDocument, path=read.path, costs=costs, budget=120)
    assert isinstance(first, DocumentCut)
    assert isinstance(again, DocumentCut)
    assert first.parts == again.parts
    assert sum(part.tokens for part in first.parts) == sum(costs)
    assert max(part.tokens for part in first.parts) <= 120


def test_a_kept_document_is_searched_linked_to_and_quoted_in_a_file(desk: Desk, tmp_path: Path) -> None:
    read = desk.read("The bridge was built in 1932.\n\nIt rained.\n\n桥长一千米。".encode())
    text = model.unpack(Path(read.path).read_bytes()).text
    found = desk.ask(Retrieve, path=read.path, question="When was the bridge built?", limit=40)
    assert isinstance(found, Retrieved)
    assert "1932" in text[found.passages[0].start : found.passages[0].end]
    linked = desk.ask(Link, path=read.path, text="The bridge dates from 1932.")
    assert isinstance(linked, Linked)
    assert "1932" in text[linked.sentences[0].sources[0].start : linked.sentences[0].sources[0].end]
    assert len(linked.coverage) == 3
    target = tmp_path / "out.md"
    exported = desk.ask(
        Export,
        target=str(target),
        format="markdown",
        title="Bridge",
        text="The bridge dates from 1932.",
        sentences=linked.sentences,
        path=read.path,
    )
    assert isinstance(exported, Exported)
    assert "dates from 1932" in target.read_text("utf-8")


def test_a_file_is_written_though_the_document_is_gone(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    answer = desk.ask(
        Export,
        target=str(target),
        format="text",
        title="灯塔",
        text="It was lit in 1911.",
        sentences=(model.LinkedSentence(0, 19, (model.Source(0, 5, 1.0),)),),
        path=str(tmp_path / "gone.document"),
    )
    assert isinstance(answer, Exported), answer
    assert "It was lit in 1911." in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"", "a.txt", ErrorKind.DOCUMENT_EMPTY),
        (b" \n\t\r\n", "a.txt", ErrorKind.DOCUMENT_EMPTY),
        (b"\x00" * 5000, "a.txt", ErrorKind.DOCUMENT_UNKNOWN),
        (bytes(range(256)) * 64, "photo.jpg", ErrorKind.DOCUMENT_UNKNOWN),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "a.txt", ErrorKind.DOCUMENT_UNKNOWN),
        (b"\x7fELF\x02\x01\x01" + bytes(500), "a.txt", ErrorKind.DOCUMENT_UNKNOWN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), "old.doc", ErrorKind.DOCUMENT_UNKNOWN),
    ],
    ids=str,
)
def test_what_is_no_document_is_refused_in_words(data: bytes, name: str, kind: ErrorKind, desk: Desk) -> None:
    refused = desk.refusal(data, name)
    assert refused.kind is kind
    if kind is ErrorKind.DOCUMENT_UNKNOWN:
        assert refused.values["name"] == name


def test_what_cannot_be_opened_is_refused(desk: Desk, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.txt", tmp_path, Path("/dev/zero")):
        answer = desk.ask(ReadDocument, path=str(path), store=str(desk.store))
        assert isinstance(answer, Refused)
        assert answer.kind is ErrorKind.DOCUMENT_UNREADABLE
    missing = desk.ask(CutDocument, path=str(tmp_path / "no.document"), costs=(), budget=5)
    assert isinstance(missing, Refused)
    assert missing.kind is ErrorKind.DOCUMENT_UNREADABLE


def test_a_store_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    answer = desk.ask(ReadDocument, data=b"Hello.", store=str(tmp_path / "file" / "store"))
    assert isinstance(answer, Refused)
    assert answer.kind is ErrorKind.READ_ONLY


def test_a_kept_document_that_is_damaged_is_refused(desk: Desk) -> None:
    read = desk.read(b"Hello there.")
    desk.read(b"Another one.")
    broken = desk.file("x.document", Path(read.path).read_bytes()[:-5])
    answer = desk.ask(CutDocument, path=str(broken), costs=(1,), budget=5)
    assert isinstance(answer, Refused)
    assert answer.kind is ErrorKind.DOCUMENT_UNREADABLE


def test_a_file_with_a_name_that_is_no_unicode_is_read(desk: Desk) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        path = desk.file(name, b"Hello there.")
    except OSError:  # this system has only names that are
        path = desk.file("caf\u00e9.txt", b"Hello there.")
    answer = desk.ask(ReadDocument, path=str(path), store=str(desk.store))
    assert isinstance(answer, DocumentRead)


def test_a_child_for_documents_renders_too(desk: Desk) -> None:
    desk.read(b"Hello there.")
    answer = desk.ask(Render, template="{{ messages[0].content }}", turns=(Turn(role="user", text="Hi"),))
    assert isinstance(answer, Rendered)


FORMATS = {
    "text": ("a.txt", "Chapter 1\n\n今天晴。".encode("gb18030")),
    "markdown": ("a.md", "# Chapter 1\n\n今天**晴**。".encode()),
    "html": ("a.html", "<html><h1>Chapter 1</h1><p>今天<b>晴</b>。".encode("utf-16")),
    "eml": ("a.eml", "From: a@example.org\nDate: today\nSubject: Chapter 1\n\n今天晴。".encode()),
    "srt": ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nChapter 1.\n今天晴。\n".encode()),
    "vtt": ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nChapter 1.\n今天晴。\n".encode()),
}


@pytest.mark.parametrize("format", FORMATS)
def test_every_text_format_is_read_in_the_child(format: str, desk: Desk) -> None:
    name, data = FORMATS[format]
    read = desk.read(data, name)
    text = model.unpack(Path(read.path).read_bytes()).text
    assert read.format == format
    assert "Chapter 1" in text
    assert "今天晴。" in text
    assert read.language in ("zh-Hans", "en", "")
    desk.refusal(bytes(range(256)) * 40, name)


# ---------------------------------------------------------------- limits


def test_a_child_that_renders_loads_nothing_for_documents_and_the_other_way_round(desk: Desk) -> None:
    maps = Path(f"/proc/{desk.client.pid}/maps")
    desk.ask(Render, template="x", turns=())
    rendering = psutil.Process(desk.client.pid).memory_info().rss
    assert rendering < 60 << 20
    assert not maps.exists() or "chardet" not in maps.read_text()


def test_ten_megabytes_of_one_line_are_read_within_limits(desk: Desk) -> None:
    start = time.monotonic()
    read = desk.read(b"It rained all day long and we stayed at home " * 230_000)
    assert read.characters <= 10_000_000
    assert [note.kind for note in read.notes] == [model.NoteKind.CUT]
    assert time.monotonic() - start < 20
    assert psutil.Process(desk.client.pid).memory_info().rss < 512 << 20


def test_what_takes_too_long_is_ended_and_the_next_one_works(tmp_path: Path) -> None:
    desk = Desk(tmp_path, limit_seconds=0.5)
    answer = desk.ask(ReadDocument, data="第一，。".encode() * 3_000_000, store=str(desk.store))
    assert isinstance(answer, Refused)
    assert (answer.kind, answer.values) == (ErrorKind.DOCUMENT_SLOW, {"seconds": 1, "format": "text"})
    desk.client._limit_seconds = None  # a busy machine may take longer than that for anything
    assert desk.read(b"Hello there.").sentences == 1
    desk.client.close(SOON)


def test_a_document_is_read_on_where_the_program_slept_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept, clock = [0.0], time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + slept[-1])
    desk = Desk(tmp_path, command=COMMAND, limit_seconds=10.0)
    assert isinstance(desk.ask(Render, template="good", turns=()), Rendered)
    threading.Timer(0.4, slept.append, (3600.0,)).start()
    assert isinstance(desk.ask(ReadDocument, name="slow", store=""), Rendered)
    assert slept[-1]
    desk.client.close(SOON)


def test_a_child_that_swells_is_ended_by_its_client(tmp_path: Path) -> None:
    """Where the system counts no memory, and for libraries that do not ask before they take."""
    desk = Desk(tmp_path, command=COMMAND)
    answer = desk.ask(ReadDocument, name="swell", store="")
    assert isinstance(answer, Refused)
    assert answer.kind is ErrorKind.DOCUMENT_MEMORY
    assert "bytes of memory" in answer.detail
    assert isinstance(desk.ask(Render, template="good", turns=()), Rendered)
    desk.client.close(SOON)


def test_what_others_left_in_memory_is_not_held_against_a_request(tmp_path: Path) -> None:
    desk = Desk(tmp_path, command=COMMAND)
    first = desk.ask(ReadDocument, name="full", store="")
    again = desk.ask(ReadDocument, name="full", store="")  # refused by a child that has answered before
    assert isinstance(first, Rendered)
    assert isinstance(again, Rendered), again
    assert first.parts[0].text != again.parts[0].text  # another child
    pid = desk.client.pid
    refused = desk.ask(ReadDocument, name="small", store="")  # too much for a fresh one as well
    assert isinstance(refused, Refused)
    assert refused.kind is ErrorKind.DOCUMENT_MEMORY
    assert refused.detail == str(desk.client.pid) != str(pid)  # it was tried once more, and no more than that
    desk.client.close(SOON)


def test_what_was_too_much_for_one_child_has_only_the_time_left_in_the_next(tmp_path: Path) -> None:
    desk = Desk(tmp_path, command=COMMAND, limit_seconds=2.0)
    assert isinstance(desk.ask(ReadDocument, name="full", store=""), Rendered)
    refused = desk.ask(ReadDocument, name="full and slow", store="")
    assert isinstance(refused, Refused)
    assert refused.kind is ErrorKind.DOCUMENT_MEMORY
    assert "no answer" in refused.detail  # of the second child
    desk.client.close(SOON)


def test_nobody_waits_for_a_request_that_was_cancelled(tmp_path: Path) -> None:
    desk = Desk(tmp_path, command=COMMAND)
    assert isinstance(desk.ask(Render, template="good", turns=()), Rendered)
    desk.client.submit(ReadDocument(id="long", name="hang", store=""))
    start = time.monotonic()
    desk.client.cancel("long")
    assert isinstance(desk.ask(Render, template="good", turns=()), Rendered)
    assert time.monotonic() - start < 5
    desk.client.close(SOON)


def test_a_document_that_ends_every_child_is_damaged(tmp_path: Path) -> None:
    desk = Desk(tmp_path, command=COMMAND)
    answer = desk.ask(ReadDocument, name="die", store="")
    assert isinstance(answer, Refused)
    assert answer.kind is ErrorKind.DOCUMENT_DAMAGED
    desk.client.close(SOON)


def test_nothing_is_left_of_a_file_whose_child_was_killed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, command=COMMAND)
    target, other = tmp_path / "out.md", tmp_path / ".other.md.a1b2c3d4.tmp"
    for path in (target, other):
        path.write_bytes(b"old")
    answer = desk.ask(Export, target=str(target), format="markdown", title="", text="New.")
    assert isinstance(answer, Refused)
    assert sorted(path.name for path in tmp_path.iterdir() if "log" not in path.name) == [other.name, target.name]
    assert target.read_bytes() == b"old"
    desk.client.close(SOON)


def test_each_kind_of_request_has_its_limit() -> None:
    assert set(LIMITS) == set(get_args(Request))
    assert LIMITS[Render].seconds == 4.0
    assert LIMITS[ReadDocument].seconds < 20
    assert LIMITS[ReadDocument].memory == 512 << 20


def test_a_text_of_nothing_but_sentences_stays_in_its_memory(desk: Desk) -> None:
    peak = 0
    desk.client.submit(ReadDocument(id="many", data=b"a.\n" * 4_000_000, store=str(desk.store)))
    while desk.answers.empty():
        pid = desk.client.pid
        if pid is not None and psutil.pid_exists(pid):
            peak = max(peak, psutil.Process(pid).memory_info().rss)
        time.sleep(0.01)
    answer = desk.answers.get()
    assert peak < 512 << 20
    if isinstance(answer, Refused):
        assert answer.kind is ErrorKind.DOCUMENT_MEMORY
    assert desk.read(b"Hello there.").sentences == 1


def test_an_opening_is_refused_while_the_wall_is_up_and_only_then(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", "utf-8")
    code = (
        "from pathlib import Path\n"
        "from assistant.worker.filewall import Wall\n"
        f"secret, store = Path({str(secret)!r}), Path({str(tmp_path / 'store')!r})\n"
        "store.mkdir()\n"
        "def tried(action):\n"
        "    try: action()\n"
        "    except PermissionError: return 'refused'\n"
        "    return 'done'\n"
        "wall = Wall()\n"
        "with wall.around([], [str(store)]):\n"
        "    import email.message, html.parser\n"
        "    found = [tried(secret.read_text), tried(lambda: secret.write_text('x')),\n"
        "             tried(lambda: (store / 'a').write_text('x')), tried(lambda: (store / 'a').read_text()),\n"
        "             tried(secret.unlink), tried(lambda: secret.rename(store / 'b')),\n"
        "             tried(lambda: (store / 'c').symlink_to(secret)), tried((store / 'a').unlink)]\n"
        "found.append(tried(secret.read_text))\n"
        "print(*found)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    expected = ["refused", "refused", "done", "refused", "refused", "refused", "refused", "done", "done"]
    assert done.stdout.split() == expected, done.stderr
    assert secret.read_text("utf-8") == "secret"

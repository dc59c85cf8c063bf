"""A real worker child that reads and translates documents, a file and an address beside it that nobody may touch."""

from __future__ import annotations

import os
import queue
import socket
import time
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import model
from assistant.documents.segments import unpack_segments
from assistant.texts.errors import sentence
from assistant.worker.client import WorkerClient
from assistant.worker.limits import LIMITS
from assistant.worker.messages import (
    Answer,
    DocumentRead,
    ReadDocument,
    ReadSegments,
    Refused,
    SegmentsRead,
    TranslationWritten,
    WriteTranslation,
)
from tests.fakes.hostile_amounts import REFUSED, Large, Much
from tests.fakes.hostile_documents import Hostile, Trap

SECONDS = 20.0
MEMORY = 512 << 20
WRITING_SECONDS, WRITING_MEMORY = 60.0, 1 << 30
LONG_AGO = 1_000_000_000  # a time: a file that is read afterwards shows it


@dataclass
class Outcome:
    """What came of a document.

    :ivar memory: the most bytes that the child was seen to hold.
    """

    answer: Answer
    seconds: float
    memory: int


class Bench:
    """The real worker, with a file and an address beside it that nobody may touch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.trap = Trap(folder / "secret.txt", f"http://127.0.0.1:{self.listener.getsockname()[1]}")
        self.trap.file.write_text("the secret of the house", "utf-8")
        # Some systems do not note that a file was read; then only its words tell whether it was.
        self.notes_reading = _notes_reading(self.trap.file)
        self._answers: queue.Queue[Answer] = queue.Queue()
        self._client = WorkerClient(self._answers.put)
        self._asked = 0

    def read(self, name: str, data: bytes) -> Outcome:
        path = self.folder / name
        path.write_bytes(data)
        del data
        return self._ask(ReadDocument(id=self._id(), store=str(self.folder), path=str(path)))

    def translate(self, name: str, data: bytes) -> Iterator[Outcome]:
        """Open a document; write it by a translator that changes nothing, and by one that changes every segment."""
        path, target = self.folder / name, self.folder / f"translated-{name}"
        path.write_bytes(data)
        del data
        outcome = self._ask(ReadSegments(id=self._id(), store=str(self.folder), path=str(path)))
        yield outcome
        if not isinstance(outcome.answer, SegmentsRead):
            return
        kept = outcome.answer.path
        segments = unpack_segments(Path(kept).read_bytes()).document.segments
        same = tuple(one.target or one.text for one in segments)
        other = tuple(text.upper() for text in same)
        del segments
        for texts in (same, other):
            writing = WriteTranslation(id=self._id(), path=kept, target=str(target), texts=texts, language="de")
            yield self._ask(writing)
            if texts is same:
                assert target.read_bytes() == path.read_bytes()

    def _id(self) -> str:
        self._asked += 1
        return f"d{self._asked}"

    def _ask(self, request: ReadDocument | ReadSegments | WriteTranslation) -> Outcome:
        os.utime(self.trap.file, (LONG_AGO, LONG_AGO))
        pid = self._client.pid
        if pid is not None:
            _forget_peak(pid)
        start, most = time.monotonic(), 0
        self._client.submit(request)
        while True:
            most = max(most, _peak(self._client.pid))
            try:
                answer = self._answers.get(timeout=0.02)
            except queue.Empty:
                assert time.monotonic() - start < 2 * LIMITS[type(request)].seconds + SECONDS, "no answer at all"
                continue
            return Outcome(answer, time.monotonic() - start, max(most, _peak(self._client.pid)))

    def was_touched(self) -> list[str]:
        """What the document reached although it must not."""
        touched = []
        if self.notes_reading and self.trap.file.stat().st_atime != LONG_AGO:
            touched.append("the file")
        try:
            connection, _ = self.listener.accept()
            connection.close()
            touched.append("the network")
        except BlockingIOError:
            pass
        return touched

    def close(self) -> None:
        self._client.close(10)
        self.listener.close()


def _notes_reading(file: Path) -> bool:
    """Whether the system writes down when a file was last read."""
    os.utime(file, (LONG_AGO, LONG_AGO))
    file.read_bytes()
    return file.stat().st_atime != LONG_AGO


def _forget_peak(pid: int) -> None:
    """Let the system measure the peak anew, where it can."""
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        return


def _peak(pid: int | None) -> int:
    """The most bytes that the process has held (where only the present number is told: that)."""
    if pid is None:
        return 0
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
        return int(psutil.Process(pid).memory_info().rss)
    except (OSError, psutil.Error):
        return 0


def check_harmless(bench: Bench, hostile: Hostile) -> None:
    """It is refused with a sentence or read, soon, in little memory, and reaches nothing."""
    outcome = bench.read(hostile.name, hostile.make(bench.trap))
    kind = outcome.answer.kind if isinstance(outcome.answer, Refused) else None
    assert kind in hostile.answers, outcome.answer
    assert outcome.seconds < SECONDS
    assert 0 < outcome.memory < MEMORY
    assert bench.was_touched() == []
    if isinstance(outcome.answer, Refused):
        assert _sentence_of(outcome.answer).endswith(".")
    else:
        assert isinstance(outcome.answer, DocumentRead)
        document = model.unpack(Path(outcome.answer.path).read_bytes())
        assert hostile.text in document.text
        assert "secret of the house" not in document.text


def _sentence_of(refused: Refused) -> str:
    return sentence(AssistantError(refused.kind, refused.detail, **refused.values))


def check_borne(bench: Bench, document: Large, much: Much, *, without: Container[ErrorKind] = ()) -> None:
    """It is refused with a sentence, or read and translated, soon and in little memory.

    :param without: these are no reasons to refuse so much of it.
    """
    data = document.make(much)
    outcomes = [bench.read(document.name, data)] if document.read else []
    if document.translated:
        outcomes += bench.translate(document.name, data)
    for outcome in outcomes:
        answer = outcome.answer
        if isinstance(answer, TranslationWritten):  # as long as it takes: nobody wants to lose what was translated
            assert outcome.seconds < WRITING_SECONDS
            assert outcome.memory < WRITING_MEMORY
            continue
        assert outcome.seconds < SECONDS, document.name
        assert outcome.memory < MEMORY, document.name
        if isinstance(answer, Refused):
            assert answer.kind in REFUSED, document.name
            assert answer.kind not in without, document.name
            assert _sentence_of(answer).endswith(".")
        else:
            assert isinstance(answer, DocumentRead | SegmentsRead), document.name

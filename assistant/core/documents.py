"""Documents that are open: read in a child with limits, kept as files by their digest, shown from memory."""

from __future__ import annotations

import contextlib
import stat
import time
from collections import OrderedDict
from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import write_atomic
from assistant.core.cancel import Cancel
from assistant.core.inbox import Inbox
from assistant.core.kept_files import DOCUMENT, digest_of, remove, take_over
from assistant.core.threads import ThreadJob, Threads
from assistant.core.worker_child import Connect, Question, WorkerChild
from assistant.documents.model import LARGEST_FILE, Document, Note, Paragraph, pack, unpack
from assistant.storage.writing import whole
from assistant.worker.messages import DocumentRead, DocumentRequest, ReadDocument

LARGEST_PASTE = 60 << 20
"""Bytes of a text that comes from a person or a pipe instead of a file: it has to fit one message to the child."""

_KEPT_OPEN = 4


@dataclass(frozen=True)
class OpenDocument:
    """A document as the faces show it. Offsets are characters of ``text``.

    :ivar digest: what the other verbs take.
    :ivar sentences: start and end of each sentence.
    :ivar language: BCP 47, empty: not recognized.
    """

    digest: str
    title: str
    format: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[tuple[int, int], ...]
    language: str = ""
    characters: int = 0
    words: int = 0
    pages: int = 0
    notes: tuple[Note, ...] = ()
    encoding: str = ""


Done = Callable[[OpenDocument | AssistantError], None]


class Documents:
    """Opens documents and has work done on them. Every method runs on the pumping thread.

    :param folder: where the read documents lie.
    :param log: file for what the child prints.
    :param connect: how to reach the child; tests give their own.
    """

    def __init__(
        self, inbox: Inbox, threads: Threads, folder: Path, *, log: Path | None = None, connect: Connect | None = None
    ) -> None:
        self.folder = folder
        self._apart: Path | None = None  # where new ones lie instead
        self._opened_apart: set[str] = set()
        self._inbox = inbox
        self._threads = threads
        self._worker = WorkerChild(inbox, "document", log=log, connect=connect)
        self._open: OrderedDict[str, OpenDocument] = OrderedDict()
        self._opening = 0  # documents that are being read now
        self._orphans: list[Path] = []
        self._used_since: set[str] = set()  # digests of what was shown, also of what is no longer held
        self._started = time.time()

    # ------------------------------------------------------------ opening

    def open(
        self,
        path: Path | None = None,
        *,
        done: Done,
        text: str = "",
        data: bytes = b"",
        name: str = "",
        password: str = "",
    ) -> Cancel:
        """Read a file, a pasted text or the bytes of a file, and call ``done`` once.

        :param name: what it is called, where there is no path.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        question = self._question(done)
        called = name or (path.name if path is not None else "")
        return self.take_in(
            question,
            lambda number, store, place, taken: ReadDocument(
                id=number, store=store, path=place, data=taken, name=called, password=password
            ),
            lambda answer: self._was_read(question, answer),
            path=path,
            text=text,
            data=data,
        )

    def stored(self, digest: str, *, done: Done) -> Cancel:
        """Show a document again that was opened earlier.

        :returns: as ``open``. DOCUMENT_UNREADABLE: it is not there any more.
        """
        question = self._question(done)
        found = self.get(digest)
        if found is not None:
            self._inbox.put(question.answer, found)
        else:
            self._load(question, digest, None)
        return question.give_up

    def get(self, digest: str) -> OpenDocument | None:
        """A document that was opened lately."""
        found = self._open.get(digest)
        if found is not None:
            self._open.move_to_end(digest)
        return found

    # ------------------------------------------------------------ work in the child

    def ask(self, digest: str, request: Callable[[str, str], DocumentRequest], done: Callable[[Any], None]) -> Cancel:
        """Have something done with a stored document. One that is open is kept again if its file has gone meanwhile.

        :param request: makes the request from its id and the document's path.
        :param done: gets the answer, or the error.
        :returns: gives up; ``done`` gets CANCELLED then.
        """
        path = self._path(digest)
        question = Question(done)

        def submit(answered: Callable[[Any], None]) -> None:
            question.cancel = self._worker.submit(lambda number: request(number, str(path)), answered)

        def first(answer: Any) -> None:
            document = self.get(digest)
            lost = isinstance(answer, AssistantError) and answer.kind is ErrorKind.DOCUMENT_UNREADABLE
            if not lost or document is None or question.over:
                question.answer(answer)
                return

            def written(failure: AssistantError | None) -> None:
                if isinstance(failure, AssistantError):
                    question.answer(answer)
                elif not question.over:
                    submit(question.answer)

            question.cancel = self._threads.run("document", lambda _: _keep_again(path, document), written)

        submit(first)
        return question.give_up

    def request(self, make: Callable[[str], DocumentRequest], done: Callable[[Any], None]) -> Cancel:
        """Have the child do something, whatever it is.

        :param make: makes the request from its id.
        :returns: as ``ask``.
        """
        return self._worker.ask(make, done)

    def take_in(
        self,
        question: Question,
        make: Callable[[str, str, str, bytes], DocumentRequest],
        answered: Callable[[Any], None],
        *,
        path: Path | None,
        text: str,
        data: bytes,
    ) -> Cancel:
        """Look at what there is to read, and have the child read it into ``store``.

        :param question: gets what is wrong with it.
        :param make: makes the request from its id, the store, the file's path (empty: none) and the bytes.
        :param answered: gets the child's answer, or the error.
        :returns: gives up what is asked.
        """
        store = self.store

        def look(_: ThreadJob) -> bytes:
            store.mkdir(parents=True, exist_ok=True, mode=0o700)
            if path is not None:
                check_file(path)
                return b""
            return pasted(text, data)

        def looked(found: bytes | AssistantError) -> None:
            if isinstance(found, AssistantError):
                question.answer(found)
            elif not question.over:
                place = str(path.absolute()) if path is not None else ""
                question.cancel = self._worker.submit(lambda number: make(number, str(store), place, found), answered)

        question.cancel = self._threads.run("document", look, looked)
        return question.give_up

    # ------------------------------------------------------------ files that others keep here

    @property
    def store(self) -> Path:
        """Where what is read from now on lies; the folder may not be there yet."""
        return self._apart or self.folder

    def was_kept(self, digest: str) -> None:
        """A file was put into ``store`` that is called by this digest."""
        self.was_used(digest)
        if self._apart is not None:
            self._opened_apart.add(digest)

    def was_used(self, digest: str) -> None:
        """A kept file was shown: it is no orphan, whatever was known at the start."""
        self._used_since.add(digest)

    def place(self, digest: str, ending: str) -> Path:
        """Where a kept file lies."""
        folder = self._apart if self._apart is not None and digest in self._opened_apart else self.folder
        return folder / f"{digest}{ending}"

    # ------------------------------------------------------------ life

    def set_apart(self, folder: Path) -> None:
        """Somebody else looks after the kept documents, and may remove what only this program has open.

        :param folder: where the documents lie that are opened from now on, until this program ends.
        """
        self._apart = folder

    def clean(self, in_use: Callable[[], Set[str] | None]) -> None:
        """Remove, a little later, files that nothing refers to and that were there before this program started.

        :param in_use: digests that are referred to, asked when the folder has been looked through; None: nobody knows.
        """

        def found(victims: list[Path] | AssistantError) -> None:
            kept = in_use()
            if not isinstance(victims, AssistantError) and kept is not None:
                self._orphans = [path for path in victims if digest_of(path) not in kept]

        self._threads.run("documents", lambda _: self._older_files(), found)

    def clean_up(self, in_use: Set[str] | None) -> None:
        """The program ends: remove every file that nothing refers to.

        :param in_use: digests that are referred to; None: nobody knows, and nothing is removed.
        """
        if in_use is None:
            return
        with contextlib.suppress(OSError):
            for path in list(self.folder.iterdir()):
                if digest_of(path) not in in_use:
                    remove(path)
            if not in_use:
                self.folder.rmdir()

    def give_over(self, in_use: Set[str]) -> None:
        """The program ends: what was set apart goes, but for what is referred to, which joins the kept ones.

        :param in_use: digests that the store has rows of.
        """
        if self._apart is not None:
            take_over(self._apart, self.folder, in_use)

    def tick(self) -> None:
        """Called twice a second: ends an idle child, and removes a file that nothing refers to."""
        if self._orphans and not self._opening:
            self._remove_orphan(self._orphans.pop())
        self._worker.tick()

    def close(self) -> None:
        """End the child."""
        self._worker.close()

    # ------------------------------------------------------------ inside

    def _question(self, done: Done) -> Question:
        self._opening += 1

        def answered(what: OpenDocument | AssistantError) -> None:
            self._opening -= 1
            done(what)

        return Question(answered)

    def _was_read(self, question: Question, answer: DocumentRead | AssistantError) -> None:
        if isinstance(answer, AssistantError):
            question.answer(answer)
            return
        self.was_kept(answer.digest)
        if not question.over:
            found = self.get(answer.digest)
            if found is None:
                self._load(question, answer.digest, answer)
                return
            # The same document in another file: how it was read is that file's.
            self._open[answer.digest] = replace(found, pages=answer.pages, notes=answer.notes, encoding=answer.encoding)
            question.answer(self._open[answer.digest])

    def _load(self, question: Question, digest: str, read: DocumentRead | None) -> None:
        path = self._path(digest)

        def loaded(document: OpenDocument | AssistantError) -> None:
            if isinstance(document, OpenDocument):
                self._open[digest] = document
                self.was_used(digest)
                while len(self._open) > _KEPT_OPEN:
                    self._open.popitem(last=False)
            question.answer(document)

        question.cancel = self._threads.run("document", lambda _: _document(path, digest, read), loaded)

    def _path(self, digest: str) -> Path:
        return self.place(digest, DOCUMENT)

    def _remove_orphan(self, path: Path) -> None:
        """Remove a file that nothing referred to at the start, unless it was opened since: reading writes it anew."""
        digest = digest_of(path)
        if digest not in self._open and digest not in self._used_since and self._is_older(path):
            remove(path)

    def _older_files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [path for path in self.folder.iterdir() if self._is_older(path)]

    def _is_older(self, path: Path) -> bool:
        """Whether it was there before this program started; False: it is gone."""
        try:
            return path.stat().st_mtime < self._started
        except OSError:
            return False


def check_file(path: Path) -> None:
    """Whether there is a file that can be read.

    :raises AssistantError: DOCUMENT_FOLDER, DOCUMENT_UNREADABLE, DOCUMENT_TOO_LARGE.
    """
    if path.is_dir():  # which Windows says of in the same words as of a file that nobody may read
        raise AssistantError(ErrorKind.DOCUMENT_FOLDER, name=path.name or str(path))
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # opening a pipe waits until somebody writes into it
            raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, "not a file", name=path.name)
        with path.open("rb"):
            pass
    except OSError as error:
        raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, type(error).__name__, name=path.name) from error
    if found.st_size > LARGEST_FILE:
        raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=found.st_size, limit=LARGEST_FILE)


def pasted(text: str, data: bytes) -> bytes:
    """The bytes of a text, or of a file.

    :raises AssistantError: INPUT_EMPTY, DOCUMENT_TOO_LARGE.
    """
    data = data or whole(text).encode("utf-8")
    if not data.strip():
        raise AssistantError(ErrorKind.INPUT_EMPTY)
    if len(data) > LARGEST_PASTE:
        raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=len(data), limit=LARGEST_PASTE)
    return data


def _document(path: Path, digest: str, read: DocumentRead | None) -> OpenDocument:
    """:raises AssistantError: DOCUMENT_UNREADABLE: the stored file is gone, or damaged."""
    try:
        document = unpack(path.read_bytes())
    except (OSError, ValueError) as error:
        raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, type(error).__name__, name=path.name) from error
    return OpenDocument(
        digest=digest,
        title=read.title if read is not None else document.title,
        format=document.format,
        text=document.text,
        paragraphs=document.paragraphs,
        sentences=document.sentences,
        language=document.language,
        characters=len(document.text),
        words=document.words,
        pages=document.pages,
        notes=document.notes,
        encoding=document.encoding,
    )


def _keep_again(path: Path, document: OpenDocument) -> None:
    """:raises OSError: the disk would not take it."""
    again = Document(
        text=document.text,
        paragraphs=document.paragraphs,
        title=document.title,
        format=document.format,
        encoding=document.encoding,
        pages=document.pages,
        language=document.language,
        notes=document.notes,
        sentences=document.sentences,
        words=document.words,
    )
    write_atomic(path, pack(again))

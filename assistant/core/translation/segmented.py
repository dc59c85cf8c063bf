"""Documents that are open for translation: cut by the child, kept as files by their digest, shown from memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.documents import Documents
from assistant.core.inbox import Inbox
from assistant.core.kept_files import SEGMENTS
from assistant.core.threads import Threads
from assistant.core.translation.views import OpenTranslation
from assistant.core.worker_child import Question
from assistant.documents.segments import SegmentedDocument, unpack_cut, unpack_segments
from assistant.worker.messages import ReadSegments, SegmentsRead

_KEPT_OPEN = 3

Done = Callable[[OpenTranslation | AssistantError], None]


class Segmented:
    """Every method runs on the pumping thread.

    :param documents: has the child, and the folder where what was read lies.
    """

    def __init__(self, documents: Documents, inbox: Inbox, threads: Threads) -> None:
        self._documents = documents
        self._inbox = inbox
        self._threads = threads
        self._open: OrderedDict[str, OpenTranslation] = OrderedDict()

    def read(
        self,
        path: Path | None = None,
        *,
        done: Done,
        text: str = "",
        data: bytes = b"",
        name: str = "",
        columns: tuple[str, ...] = (),
        format: str = "",
    ) -> Cancel:
        """Read a file, a pasted text or the bytes of a file, and call ``done`` once.

        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        question = Question(done)
        called = name or (path.name if path is not None else "")
        return self._documents.take_in(
            question,
            lambda number, store, place, taken: ReadSegments(
                id=number, store=store, path=place, data=taken, name=called, columns=columns, format=format
            ),
            lambda answer: self._was_read(question, answer, called),
            path=path,
            text=text,
            data=data,
        )

    def stored(self, digest: str, *, done: Done) -> Cancel:
        """Show a document again that was read earlier.

        :returns: as ``read``. DOCUMENT_UNREADABLE: it is not there any more.
        """
        question = Question(done)
        found = self.get(digest)
        if found is not None:
            self._inbox.put(question.answer, found)
        else:
            self._load(question, digest, None, "")
        return question.give_up

    def original(self, digest: str, done: Callable[[str | AssistantError], None]) -> Cancel:
        """Call ``done`` once with a stored document of plain text as it was read."""
        path = self._documents.place(digest, SEGMENTS)

        def read(_: object) -> str:
            try:
                kept = unpack_segments(path.read_bytes())
                return kept.data.decode(kept.document.encoding or "utf-8")
            except (OSError, ValueError, LookupError) as error:
                raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, type(error).__name__, name=path.name) from error

        return self._threads.run("segments", read, done)

    def get(self, digest: str) -> OpenTranslation | None:
        """A document that was opened lately."""
        found = self._open.get(digest)
        if found is not None:
            self._open.move_to_end(digest)
        return found

    # ------------------------------------------------------------ inside

    def _was_read(self, question: Question, answer: SegmentsRead | AssistantError, name: str) -> None:
        if isinstance(answer, AssistantError):
            question.answer(answer)
            return
        self._documents.was_kept(answer.digest)
        found = self.get(answer.digest)
        if found is None:
            self._load(question, answer.digest, answer, name)
            return
        # The same bytes in another file: what it is called is that file's. What the history opened was not counted.
        self._open[answer.digest] = replace(
            found, title=answer.title, name=name, characters=answer.characters, words=answer.words, notes=answer.notes
        )
        question.answer(self._open[answer.digest])

    def _load(self, question: Question, digest: str, read: SegmentsRead | None, name: str) -> None:
        path = self._documents.place(digest, SEGMENTS)

        def loaded(document: OpenTranslation | AssistantError) -> None:
            if isinstance(document, OpenTranslation):
                self._documents.was_used(digest)
                self._open[digest] = document
                while len(self._open) > _KEPT_OPEN:
                    self._open.popitem(last=False)
            question.answer(document)

        question.cancel = self._threads.run("segments", lambda _: _opened(path, digest, read, name), loaded)


def opened(document: SegmentedDocument, digest: str = "", read: SegmentsRead | None = None) -> OpenTranslation:
    """A document as the faces get to see it.

    :param read: what the child said of it beside the document itself.
    """
    return OpenTranslation(
        digest=digest,
        title=read.title if read is not None else document.title,
        name="",
        format=document.format,
        language=document.language,
        target_language=document.target_language,
        segments=document.segments,
        characters=read.characters if read is not None else 0,
        words=read.words if read is not None else 0,
        columns=document.columns,
        chosen=document.chosen,
        notes=document.notes,
        encoding=document.encoding,
    )


def _opened(path: Path, digest: str, read: SegmentsRead | None, name: str) -> OpenTranslation:
    """:raises AssistantError: DOCUMENT_UNREADABLE: the stored file is gone, or damaged."""
    try:
        document = unpack_cut(path.read_bytes())
    except (OSError, ValueError) as error:
        raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, type(error).__name__, name=path.name) from error
    return replace(opened(document, digest, read), name=name)

"""Questions about the open document: the conversation that is kept with it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.base.errors import AssistantError
from assistant.core.asking import DocumentAnswer, Exchange
from assistant.storage.rows import Message, MessageHead, MessageState, Role

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.documents import OpenDocument
    from assistant.documents.model import LinkedSentence


@dataclass
class _Exchange:
    """A question and its answer, as far as it is.

    :ivar interrupted: it is from an earlier day, and was never brought to its end.
    """

    question: str
    answer: DocumentAnswer | None = None
    error: AssistantError | None = None
    running: bool = True
    stopped: bool = False
    interrupted: bool = False


class DocumentTalk(QObject):
    """The questions about one document, as the transcript asks for them: two messages each.

    Signals: ``path_changed()`` when there is another message; ``grew(message)``; ``changed(message)``.
    """

    path_changed = Signal()
    grew = Signal(object)
    changed = Signal(object)

    def __init__(self, core: Core, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._document: OpenDocument | None = None
        self._all: list[_Exchange] = []
        self._cancel: Callable[[], None] | None = None

    # -------------------------------------------------------------- asking

    @property
    def busy(self) -> bool:
        return self._cancel is not None

    @property
    def empty(self) -> bool:
        return not self._all

    @property
    def answered(self) -> bool:
        """Is there anything that was answered?"""
        return any(each.answer is not None and each.answer.text for each in self._all)

    @property
    def digest(self) -> str:
        """Of the document that is asked about, or an empty string."""
        return self._document.digest if self._document is not None else ""

    def begin(self, document: OpenDocument | None) -> None:
        """Another document is open, or none: show what was asked about it before.

        :raises AssistantError: that cannot be read; one can ask nevertheless.
        """
        if document is not None and self._document is not None and document.digest == self._document.digest:
            self._document = document
            return
        self.stop()
        self._document = document
        self.reload()

    def reload(self) -> None:
        """Show what is kept about the document.

        :raises AssistantError: it cannot be read.
        """
        self.stop()
        self._cancel = None
        self._all = []
        try:
            if self._document is not None:
                self._all = [_kept(answer) for answer in self._core.asking.history(self._document.digest)]
        finally:
            self.path_changed.emit()

    def refresh(self) -> None:
        """Show what has come back from the trash."""
        if self._document is None or self.busy or self._all:
            return
        with contextlib.suppress(AssistantError):  # it was said when the document was opened
            if self._core.asking.history(self._document.digest):
                self.reload()

    def ask(self, question: str, *, again: bool = False) -> None:
        """Ask this.

        :param again: in place of the last exchange that is kept.

        :raises AssistantError: as ``core.asking.ask``.
        """
        document = self._document
        if document is None or self.busy:
            return
        exchange = _Exchange(question)
        self._cancel = lambda: None  # the core tells of it before it returns
        try:
            cancel = self._submit(document.digest, exchange, again=again)
        except AssistantError:
            self._cancel = None
            raise
        self._all.append(exchange)
        self._cancel = cancel if exchange.running else None
        self.path_changed.emit()

    def _submit(self, digest: str, exchange: _Exchange, *, again: bool) -> Callable[[], None]:
        history = [
            Exchange(each.question, each.answer.text)
            for each in self._all
            if each.answer is not None and each.answer.text and each.error is None
        ]
        return self._core.asking.ask(
            digest,
            exchange.question,
            history=history,
            again=again,
            grew=lambda answer: self._grew(exchange, answer),
            done=lambda answer: self._done(exchange, answer),
        )

    def again(self) -> None:
        """Ask the last question again, in place of its answer.

        :raises AssistantError: as ``ask``.
        """
        if self._all and not self.busy:
            last = self._all.pop()
            try:
                self.ask(last.question, again=True)
            except AssistantError:
                self._all.append(last)
                raise

    def stop(self) -> bool:
        """Stop the answer that is being written; False if there was none."""
        cancel = self._cancel
        if cancel is None:
            return False
        self._all[-1].stopped = True
        cancel()
        return True

    def answer_of(self, message: int | None) -> DocumentAnswer | None:
        """The answer that a message is or belongs to; of none: the last one."""
        at = message // 2 if message is not None else len(self._all) - 1
        return self._all[at].answer if 0 <= at < len(self._all) else None

    def linked_text(self, message: int) -> tuple[str, Sequence[LinkedSentence]] | None:
        """The text of an answer and what its sentences rest on; None where that is not known."""
        answer = self.answer_of(message) if message % 2 else None
        if answer is None or answer.linked is None:
            return None
        return answer.text, answer.linked.sentences

    @property
    def last_question(self) -> str:
        """What was asked last, or an empty string."""
        return self._all[-1].question if self._all else ""

    def question_of(self, message: int) -> str:
        return self._all[message // 2].question

    def _grew(self, exchange: _Exchange, answer: DocumentAnswer) -> None:
        if not self._is_there(exchange):
            return
        before = exchange.answer.text if exchange.answer is not None else ""
        exchange.answer = answer
        number = 2 * len(self._all) - 1
        if (answer.text and not before) or len(answer.text) < len(before):  # some of it was no answer
            self.changed.emit(number)
        self.grew.emit(number)

    def _done(self, exchange: _Exchange, answer: DocumentAnswer) -> None:
        exchange.answer, exchange.error, exchange.running = answer, answer.error, False
        if self._is_there(exchange):
            self._cancel = None
            self.grew.emit(2 * len(self._all) - 1)
            self.changed.emit(2 * len(self._all) - 1)
        elif not self.busy and self._document is not None and self._document.digest == answer.document:
            with contextlib.suppress(AssistantError):  # it was said when the document was opened again
                self.reload()

    def _is_there(self, exchange: _Exchange) -> bool:
        return bool(self._all) and self._all[-1] is exchange

    # -------------------------------------------------------------- what the transcript asks

    def heads(self) -> Sequence[MessageHead]:
        found = []
        for number, each in enumerate(self._all):
            length = len(each.answer.text) if each.answer is not None else 0
            found.append(
                MessageHead(
                    2 * number, 2 * number - 1 if number else None, Role.USER, MessageState.COMPLETE, len(each.question)
                )
            )
            found.append(MessageHead(2 * number + 1, 2 * number, Role.ASSISTANT, self._state(each), length))
        return found

    def read_from(self) -> int | None:
        return None

    def message(self, message_id: int) -> Message:
        each = self._all[message_id // 2]
        if message_id % 2 == 0:
            return Message(message_id, 0, None, Role.USER, each.question, time.time())
        answer = each.answer
        return Message(
            message_id, 0, message_id - 1, Role.ASSISTANT, answer.text if answer is not None else "", time.time(),
            state=self._state(each),
            error=each.error.kind.value if each.error is not None else "",
            error_detail=each.error.detail if each.error is not None else "",
        )  # fmt: skip

    def text_from(self, message_id: int, start: int) -> str:
        return self.message(message_id).text[start:]

    def reasoning_from(self, _message_id: int, _start: int) -> str:
        return ""

    @staticmethod
    def _state(each: _Exchange) -> MessageState:
        if each.running:
            return MessageState.WRITING if each.answer is not None and each.answer.text else MessageState.WAITING
        if each.interrupted:
            return MessageState.INTERRUPTED
        return MessageState.FAILED if each.error is not None else MessageState.COMPLETE


def _kept(answer: DocumentAnswer) -> _Exchange:
    """An exchange of the history."""
    interrupted = not answer.finish and answer.error is None
    return _Exchange(answer.question, answer, answer.error, running=False, interrupted=interrupted)

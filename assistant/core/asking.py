"""Questions about open documents: what was asked, what is being answered, and what becomes of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Answers
from assistant.core.cancel import Cancel
from assistant.core.counting import Counting
from assistant.core.document_answers import DocumentAnswer, Exchange
from assistant.core.documents import Documents
from assistant.core.engines import Engines
from assistant.core.exports import export
from assistant.core.load_plan import LoadPlan
from assistant.core.meanings import Meanings
from assistant.core.question_job import QuestionRun, Tell
from assistant.core.questions import QuestionHistory, as_paper
from assistant.library.models import InstalledModel

__all__ = ["Asking", "DocumentAnswer", "Exchange"]


class Asking:
    """Every method runs on the pumping thread.

    :param model: the one that is used where none is named; raises AssistantError when there is none.
    :param load: how a model is loaded; raises AssistantError.
    :param meanings: knows what passages mean, where there is a model for that.
    """

    def __init__(
        self,
        documents: Documents,
        answers: Answers,
        counting: Counting,
        engines: Engines,
        *,
        model: Callable[[], InstalledModel],
        load: Callable[[InstalledModel], LoadPlan],
        meanings: Meanings,
    ) -> None:
        self.documents = documents
        self.meanings = meanings
        self.answers = answers
        self.counting = counting
        self._engines = engines
        self._model = model
        self._load = load
        self._ids = itertools.count(1)
        self._running: dict[int, QuestionRun] = {}
        self._kept: QuestionHistory | None = None

    @property
    def kept(self) -> QuestionHistory:
        if self._kept is None:
            raise RuntimeError("the core has not been started")
        return self._kept

    def start(self, kept: QuestionHistory) -> None:
        """:param kept: has what was asked, and takes what will be."""
        self._kept = kept

    def history(self, digest: str) -> list[DocumentAnswer]:
        """What was asked about a document and answered, the first first; one that has neither ``finish`` nor
        ``error`` was interrupted, or is on its way.

        :raises AssistantError: it cannot be read.
        """
        return [
            DocumentAnswer(
                next(self._ids),
                digest,
                one.question,
                text=one.text,
                whole=one.whole,
                passages=one.passages,
                meaning=one.meaning,
                no_meaning=one.no_meaning,
                linked=one.linked,
                unlinked=one.unlinked,
                finish=one.finish,
                error=one.error,
                model=one.model,
                tokens=one.tokens,
                seconds=one.seconds,
            )
            for one in self.kept.exchanges(digest)
        ]

    def ask(
        self,
        digest: str,
        question: str,
        *,
        done: Tell,
        grew: Tell = lambda _: None,
        history: Sequence[Exchange] = (),
        model: InstalledModel | None = None,
        again: bool = False,
    ) -> Cancel:
        """Answer a question about an open document. It is on disk before the model gets it.

        :param done: called once with the answer and its links; what went wrong is in its ``error``.
        :param grew: called when there is more of the answer.
        :param again: the exchange takes the place of the last one about this document.
        :returns: stops; what was written stays, and ``done`` gets it.
        :raises AssistantError: INPUT_EMPTY; INTERNAL: the document is not open; NO_MODEL.
        """
        if not question.strip():
            raise AssistantError(ErrorKind.INPUT_EMPTY)
        document = self.documents.get(digest)
        if document is None:
            raise AssistantError(ErrorKind.INTERNAL, "the document is not open")
        chosen = model or self._model()
        plan = self._load(chosen)
        number = next(self._ids)
        begun = DocumentAnswer(number, digest, question, model=chosen.name)

        def ended(answer: DocumentAnswer) -> None:
            del self._running[number]
            done(answer)

        asked = QuestionRun(self, begun, document, plan=plan, history=history, grew=grew, done=ended)
        self._running[number] = asked
        asked.place = self.kept.begin(document, question, chosen.name, again=again, kept=asked.question_kept)
        return asked.stop

    def export(
        self,
        digest: str,
        path: Path,
        form: str,
        done: Callable[[AssistantError | None], None],
        *,
        title: str,
    ) -> Cancel:
        """Write what was asked about a document and answered, with its links, into a file; ``done`` gets None, or why
        it could not be written.

        :param form: ``markdown``, ``text``, ``docx`` or ``html``.
        """
        try:
            text, sentences = as_paper(self.kept.exchanges(digest))
        except AssistantError as error:
            done(error)
            return lambda: None
        return export(self.documents, digest, (path, form), done, title=title, text=text, sentences=sentences)

    def acquire(self, plan: LoadPlan, done: Callable[[Any], None]) -> None:
        self._engines.acquire(plan, done)

    def grew(self, answer: Answer) -> None:
        """Text was added to an answer."""
        for question in self._running.values():
            if question.answer is answer:
                question.tell()

    def changed(self, answer: Answer) -> None:
        """An answer reached another stage."""
        for question in list(self._running.values()):
            if question.answer is answer:
                question.answer_changed()

    def interrupt_all(self) -> None:
        """The program ends: nobody is told anything any more."""
        running, self._running = list(self._running.values()), {}
        for question in running:
            question.abandon()

"""The program's own way from a document to its summary, its answers and its links, for scoring."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError
from assistant.cli.session import Session
from assistant.core.documents import OpenDocument
from assistant.core.summary.views import JobState, SummaryView
from assistant.documents.model import LinkedSentence, MarkKind, MarkState
from assistant.library.models import InstalledModel
from assistant.tasks.summary import Depth, Format, Length, SummaryOptions
from assistant.worker.messages import Link
from tests.eval import linking
from tests.eval.cases import Case, Question
from tests.eval.links import LinkSet
from tests.eval.scoring import SummaryScore, is_right, score_summary

_FIGURES = (MarkKind.NUMBER, MarkKind.DATE, MarkKind.AMOUNT)


@dataclass(frozen=True)
class Answered:
    """An answer to one of a case's questions; ``error``: why there is none."""

    question: str
    text: str
    right: bool
    seconds: float
    error: str = ""


@dataclass(frozen=True)
class Result:
    """What a model made of one case; ``error``: why there is no summary, or only a part of one."""

    name: str
    summary: str
    score: SummaryScore
    seconds: float
    answers: tuple[Answered, ...]
    error: str = ""


def run_case(session: Session, case: Case, model: InstalledModel) -> Result:
    """Summarize the case's document and ask its questions. What fails scores nothing, and ``error`` says why."""
    try:
        return _run(session, case, model)
    except AssistantError as error:
        answers = tuple(Answered(one.text, "", right=False, seconds=0.0) for one in case.questions)
        return Result(case.name, "", score_summary(case, ""), 0.0, answers, error.kind.value)


def _run(session: Session, case: Case, model: InstalledModel) -> Result:
    """:raises AssistantError: the document cannot be read, or the model not be used."""
    document = _opened(session, case.path)
    began = time.monotonic()
    job = session.core.summaries.start(document.digest, options_of(case), model=model)
    view = _ended(session, job)
    seconds = time.monotonic() - began
    answers = tuple(_answer(session, document, question, model) for question in case.questions)
    return Result(
        name=case.name,
        summary=view.text,
        score=score_summary(case, view.text, _unsupported(view)),
        seconds=seconds,
        answers=answers,
        error=view.error.kind.value if view.error is not None else "",
    )


def run_links(session: Session, link_set: LinkSet, folder: Path, *, alone: bool) -> Iterator[linking.Outcome]:
    """Link and check every item of a set.

    :param folder: where the texts of the documents may be written.
    :param alone: only against the document that the item belongs to, not against all of the set.
    """
    if not alone:
        document = _written(session, folder / f"{link_set.name}.txt", link_set.pool().text)
        spans = linking.places(link_set.passages(), document.text)
        for item in link_set.items:
            true, planted = (_linked(session, document, text) for text in (item.text, item.planted.text))
            yield linking.judge(item, true, planted, spans)
        return
    for source in link_set.documents:
        document = _written(session, folder / f"{link_set.name}-{source.id}.txt", link_set.pool(source).text)
        passages = [passage for paragraph in source.paragraphs for passage in paragraph]
        spans = linking.places(passages, document.text)
        for item in link_set.items:
            if link_set.document_of(item) is source:
                true, planted = (_linked(session, document, text) for text in (item.text, item.planted.text))
                yield linking.judge(item, true, planted, spans)


def options_of(case: Case) -> SummaryOptions:
    """What is set for a case; the rest as it comes."""
    wishes: dict[str, Any] = dict(case.options)
    for name, kind in (("depth", Depth), ("length", Length), ("format", Format)):
        if name in wishes:
            wishes[name] = kind(wishes[name])
    return SummaryOptions(**wishes)


def _opened(session: Session, path: Path) -> OpenDocument:
    document: OpenDocument = session.result(lambda done: session.core.documents.open(path, done=done))
    return document


def _written(session: Session, path: Path, text: str) -> OpenDocument:
    path.write_text(text, encoding="utf-8")
    return _opened(session, path)


def _ended(session: Session, job: int) -> SummaryView:
    summaries = session.core.summaries

    def view() -> SummaryView:
        found = summaries.view(job)
        assert found is not None
        return found

    session.wait_for(lambda: view().state is not JobState.RUNNING, lambda: summaries.stop(job))
    if session.interrupted:
        raise KeyboardInterrupt
    return view()


def _answer(session: Session, document: OpenDocument, question: Question, model: InstalledModel) -> Answered:
    try:
        answer = session.result(
            lambda done: session.core.asking.ask(document.digest, question.text, done=done, model=model)
        )
    except AssistantError as error:
        return Answered(question.text, "", right=False, seconds=0.0, error=error.kind.value)
    if session.interrupted:
        raise KeyboardInterrupt
    why = answer.error.kind.value if answer.error is not None else ""
    return Answered(question.text, answer.text, is_right(question.expected, answer.text), answer.seconds, why)


def _linked(session: Session, document: OpenDocument, text: str) -> Sequence[LinkedSentence]:
    answer = session.result(
        lambda done: session.core.documents.ask(
            document.digest, lambda number, path: Link(id=number, path=path, text=text), done
        )
    )
    sentences: tuple[LinkedSentence, ...] = answer.sentences
    return sentences


def _unsupported(view: SummaryView) -> int | None:
    """Numbers, dates and amounts that the program marks as not in the source."""
    if view.linked is None:
        return None
    marks = [mark for sentence in view.linked.sentences for mark in sentence.marks]
    return sum(mark.state is MarkState.MISSING and mark.kind in _FIGURES for mark in marks)

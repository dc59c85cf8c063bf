"""What was asked about documents and answered: one job for each document, kept as it is asked and written."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.documents import OpenDocument
from assistant.core.job_history import short
from assistant.core.pending_writes import PendingWrites
from assistant.core.summary.history import QUESTIONS, SummaryHistory
from assistant.documents.model import LinkedSentence, Source, moved
from assistant.engine.messages import Counts
from assistant.storage.jobs import JobStore
from assistant.storage.rows import Job, JobState, JobStep, StepState
from assistant.texts import errors, states, summaries, tr
from assistant.worker.messages import Linked, pack_linked, unpack_linked

_QUESTION, _ANSWER = 0, 1  # levels of the job's steps; the exchange is their place
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_ESCAPED = r"\\\1"


@dataclass(frozen=True)
class Kept:
    """An exchange as it is kept. The fields are those of an answer about a document.

    :ivar finish: empty with no error: it was never brought to its end.
    """

    question: str
    text: str = ""
    finish: str = ""
    error: AssistantError | None = None
    model: str = ""
    whole: bool = False
    passages: tuple[Source, ...] = ()
    meaning: float = 0.0
    no_meaning: AssistantError | None = None
    linked: Linked | None = None
    unlinked: AssistantError | None = None
    tokens: Counts = field(default_factory=Counts)
    seconds: float = 0.0


@dataclass(frozen=True)
class Place:
    """Where an exchange is kept."""

    job: int
    index: int


class QuestionHistory:
    """Every method runs on the pumping thread.

    :param history: has the jobs, with those of the summaries; ``changed``: called when its list is another one.
    :param jobs: keeps them; ``writes``: through which everything is written.
    """

    def __init__(
        self, history: SummaryHistory, jobs: JobStore, writes: PendingWrites, *, changed: Callable[[], None]
    ) -> None:
        self._history = history
        self._jobs = jobs
        self._writes = writes
        self._changed = changed
        self._known: dict[int, dict[int, Kept]] = {}  # by job: the disk has not yet all of what was written

    def exchanges(self, digest: str) -> list[Kept]:
        """What was asked about a document, the first question first.

        :raises AssistantError: it cannot be read.
        """
        return [
            kept for row in self._history.asked_about(digest) for _, kept in sorted(self._exchanges(row.id).items())
        ]

    def begin(
        self, document: OpenDocument, question: str, model: str, *, again: bool, kept: Callable[[], None]
    ) -> Place:
        """Keep a question.

        :param again: it takes the place of the last one, whose answer stays until there is another.
        :param kept: called when it is on disk, or the disk refuses it, which is told elsewhere.
        """
        row, known = self._job(document, model)
        index = max(known, default=-1) + 1
        if again and known:
            index -= 1
        known[index] = replace(known.get(index, Kept(question)), question=question)
        step = JobStep(row.id, _QUESTION, index, StepState.DONE, question)
        self._writes.write(partial(self._jobs.add_step, step), kept, refused=kept)
        self._changed()
        return Place(row.id, index)

    def keep(self, place: Place, kept: Kept, *, ended: bool) -> None:
        """Keep an answer as far as it is."""
        self._known.setdefault(place.job, {})[place.index] = kept
        state = StepState.WRITING
        if ended:
            state = StepState.DONE if kept.error is None else StepState.FLAWED
        step = JobStep(
            place.job,
            _ANSWER,
            place.index,
            state,
            kept.text,
            problems=_facts_to_json(kept),
            prompt_tokens=kept.tokens.prompt,
            cached_tokens=kept.tokens.cached,
            generated_tokens=kept.tokens.generated,
            seconds=kept.seconds,
        )
        self._writes.write(partial(self._jobs.add_step, step))

    # ------------------------------------------------------------ inside

    def _job(self, document: OpenDocument, model: str) -> tuple[Job, dict[int, Kept]]:
        """The job of a document, made if there is none; it becomes the first of the list."""
        for row in reversed(self._history.asked_about(document.digest)):
            with contextlib.suppress(AssistantError):  # what cannot be read must not be written over
                known = self._exchanges(row.id)
                self._history.update(replace(row, model=model))
                return row, known
        row = self._history.new(QUESTIONS, document.digest, document.title, text=document.text, model=model)
        row = replace(row, state=JobState.DONE)
        self._history.create(row)
        return row, self._known.setdefault(row.id, {})

    def _exchanges(self, job: int) -> dict[int, Kept]:
        known = self._known.get(job)
        if known is None:
            steps = {(step.level, step.index): step for step in self._jobs.steps(job)}
            known = {
                index: _kept(step.text, steps.get((_ANSWER, index)))
                for (level, index), step in steps.items()
                if level == _QUESTION
            }
            self._known[job] = known
        return known


def as_paper(exchanges: Sequence[Kept]) -> tuple[str, tuple[LinkedSentence, ...]]:
    """What was asked and answered as Markdown: each question a heading, and behind an answer what there is to say about
    it; and the sentences of the answers in that."""
    text = ""
    sentences: list[LinkedSentence] = []
    for one in exchanges:
        if not one.text.strip():
            continue
        text += f"## {_SPECIAL.sub(_ESCAPED, ' '.join(one.question.split()))}\n\n"
        sentences += [moved(each, len(text)) for each in (one.linked.sentences if one.linked is not None else ())]
        text += f"{one.text.rstrip()}\n\n"
        text += "".join(f"> {_SPECIAL.sub(_ESCAPED, remark)}\n\n" for remark in _remarks(one))
    return text.rstrip(), tuple(sentences)


def _remarks(one: Kept) -> list[str]:
    """What one should know before relying on an answer."""
    if one.error is not None:
        ending = errors.summary(one.error)
    else:
        ending = states.ending(one.finish, one.text) if one.finish else tr("This answer is not finished.")
    unchecked = summaries.unchecked(one.unlinked) if one.linked is None else ""
    return [remark for remark in (ending, unchecked) if remark]


def _kept(question: str, step: JobStep | None) -> Kept:
    if step is None:
        return Kept(question)
    kept = _with_facts(Kept(question, step.text, seconds=step.seconds), step.problems)
    tokens = Counts(prompt=step.prompt_tokens, cached=step.cached_tokens, generated=step.generated_tokens)
    return replace(kept, tokens=tokens)


def _facts_to_json(kept: Kept) -> str:
    """What is known of an answer beside its text."""
    error = kept.error
    facts: dict[str, Any] = {"finish": kept.finish, "model": kept.model, "whole": kept.whole}
    if error is not None:
        facts["error"] = [error.kind.value, short(error.detail)]
    if kept.passages:
        facts["passages"] = [[one.start, one.end, one.score, one.page, list(one.path)] for one in kept.passages]
    if kept.meaning:
        facts["meaning"] = round(kept.meaning, 3)
    if kept.no_meaning is not None:
        facts["no_meaning"] = [kept.no_meaning.kind.value, short(kept.no_meaning.detail)]
    if kept.linked is not None:
        facts["linked"] = base64.b64encode(pack_linked(kept.linked)).decode("ascii")
    if kept.unlinked is not None:
        facts["unlinked"] = [kept.unlinked.kind.value, short(kept.unlinked.detail)]
    return json.dumps(facts)


def _with_facts(kept: Kept, text: str) -> Kept:
    """``kept`` with what ``_facts_to_json`` wrote; as it is where that was damaged."""
    try:
        facts = json.loads(text)
        kept = replace(kept, finish=str(facts["finish"]), model=str(facts["model"]), whole=bool(facts["whole"]))
        if "error" in facts:
            kind, detail = facts["error"]
            kept = replace(kept, error=AssistantError(ErrorKind(kind), str(detail), name=kept.model))
        if "unlinked" in facts:
            kind, detail = facts["unlinked"]
            kept = replace(kept, unlinked=AssistantError(ErrorKind(kind), str(detail)))
        if "no_meaning" in facts:
            kind, detail = facts["no_meaning"]
            kept = replace(kept, no_meaning=AssistantError(ErrorKind(kind), str(detail)))
        kept = replace(kept, meaning=float(facts.get("meaning", 0.0)))
        passages = tuple(
            Source(int(start), int(end), float(score), int(page), tuple(str(one) for one in path))
            for start, end, score, page, path in facts.get("passages", ())
        )
        linked = unpack_linked(base64.b64decode(facts["linked"])) if "linked" in facts else None
        return replace(kept, passages=passages, linked=linked)
    except (ValueError, KeyError, TypeError, AttributeError):
        return kept

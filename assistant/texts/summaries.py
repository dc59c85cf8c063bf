"""Words about summaries that both faces show. States and kinds come as their plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from assistant.base.errors import AssistantError
from assistant.texts import errors, lists, units
from assistant.texts.catalogue import current_language, tr, trn


def share_read(share: float) -> str:
    """Which share of a document (0 to 1) a quick look reads."""
    percent = max(1, round(share * 100))
    return tr("The most telling sentences are read: {percent} % of the text.", percent=percent)


class Plan(Protocol):
    """What a summary will take (``core.summary.views.PlanView``)."""

    @property
    def parts(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def measured(self) -> bool: ...
    @property
    def share(self) -> float: ...
    @property
    def parallel(self) -> int: ...


def plan(view: Plan) -> str:
    """What will be done, before it is done: in how many parts and passes, and how long that takes here."""
    sentences = []
    if view.share < 1:
        sentences.append(share_read(view.share))
    if view.steps == 1:
        sentences.append(tr("It is read in one go."))
    else:
        work = trn("{n} part is read", "{n} parts are read", view.parts)
        beside = tr(", {n} at a time", n=view.parallel) if view.parallel > 1 else ""
        passes = view.steps - view.parts
        merges = trn("then {n} pass brings them together.", "then {n} passes bring them together.", passes)
        sentences.append(tr("{work}{beside}, {merges}", work=work, beside=beside, merges=merges))
    sentences.append(expected(view.seconds, measured=view.measured))
    return _joined(sentences)


def expected(seconds: float | None, *, measured: bool = True) -> str:
    """How long it will take."""
    if seconds is None:
        return tr("How long it takes is known once this model has been used here.")
    if measured:
        return tr("It takes about {time}.", time=units.duration(_round(seconds)))
    return tr("It takes about {time}, going by other models.", time=units.duration(_round(seconds)))


def left(seconds: float | None) -> str:
    """How long it still takes; empty: nobody knows."""
    return tr("about {time} left", time=units.duration(_round(seconds))) if seconds is not None else ""


def problem(kind: str, values: Mapping[str, int | str]) -> str:
    """What is wrong with a result (a ``tasks.summary.ProblemKind``)."""
    words = _PROBLEMS.get(kind)
    return words(values) if words is not None else tr("Something is wrong with this text.")


def state(value: str) -> str:
    """What there is to say about a summary beside its text (a ``storage.rows.JobState``); empty: nothing."""
    return _STATES[value]()


def unchecked(why: AssistantError | None = None) -> str:
    """That nobody knows what a text rests on, and why."""
    words = [tr("The sentences could not be checked against the document.")]
    return _joined([*words, errors.summary(why)] if why is not None else words)


def partly_checked(sentences: int) -> str:
    """How many sentences hold more than is looked up; a clause, as no full stop ends it."""
    return trn("{n} sentence was checked only in part", "{n} sentences were checked only in part", sentences)


def quick_look(share: float) -> str:
    """Which share of a document (0 to 1) a quick look has read."""
    return tr("A quick look: {percent} % of the document was read.", percent=max(1, round(100 * share)))


def unfinished() -> str:
    """That a text is what there was of a summary when it was stopped or interrupted."""
    return tr("This summary is not finished: parts of the document may be missing, and nothing in it was checked.")


def export_labels() -> dict[str, str]:
    """Words that stand in an exported file (``worker.messages.Export.labels``); what is in braces stays."""
    return {
        "sources": tr("Sources"),
        "page": tr("page {page}"),
        "placed": lists.clauses("{page}", "{headings}"),
        "quoted": lists.labelled("{place}", "{quote}"),
        "listed": lists.listed("{words}", "{word}"),
        "no_source": tr("No passage of the document supports this."),
        "missing": tr("Not supported: {words}"),
        "unchecked": tr("Not checked: {words}"),
        "back": tr("Back to the text"),
    }


_STATES: Mapping[str, Callable[[], str]] = {
    "running": lambda: tr("Being written…"),
    "stopped": lambda: tr("Stopped. When it resumes, finished parts stay and unfinished ones start over."),
    "done": lambda: "",
    "failed": lambda: tr("This summary failed."),
    "waiting": lambda: tr("Interrupted. When it resumes, finished parts stay and unfinished ones start over."),
}
_PROBLEMS: Mapping[str, Callable[[Mapping[str, int | str]], str]] = {
    "preamble": lambda _: tr("The model wrote an introduction that nobody asked for."),
    "instruction": lambda _: tr("The model repeated its instructions in the text."),
    "reasoning": lambda _: tr("The model wrote its thoughts into the text."),
    "loop": lambda _: tr("The model repeated itself; what repeats was taken off."),
    "echo": lambda v: (
        tr("{percent} % of this is copied word for word from the text.", percent=v["percent"])
        if "percent" in v
        else tr("Much of this is copied word for word from the text.")
    ),
    "empty": lambda _: tr("The model gave nothing usable, so this is the beginning of the text itself."),
    "refusal": lambda _: tr("The model refused to summarize this."),
    "language": lambda _: tr("This is not in the language that was asked for."),
    "form": lambda _: tr("This is not in the form that was asked for."),
    "cut": lambda _: tr("It was cut off at the length limit."),
}


def _round(seconds: float) -> float:
    """As exact as an estimate is."""
    if seconds < 10:
        return max(1, round(seconds))
    step = 5 if seconds < 60 else 10 if seconds < 600 else 60
    return round(seconds / step) * step


def _joined(sentences: list[str]) -> str:
    return ("" if current_language() == "zh_CN" else " ").join(sentences)

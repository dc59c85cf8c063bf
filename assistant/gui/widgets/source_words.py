"""Words about documents, summaries and what they rest on. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.base.languages import own_name
from assistant.core.summary.caveats import remarks
from assistant.documents.model import LinkedSentence, MarkKind, MarkState, Note, Source
from assistant.storage.rows import JobState, StepState
from assistant.tasks.summary import Depth, Format, Length
from assistant.texts import documents, errors, languages, lists, summaries, tr, trn

if TYPE_CHECKING:
    from assistant.core.documents import OpenDocument
    from assistant.core.summary.views import StepView, SummaryRow, SummaryView

_LANGUAGES = "en zh-Hans zh-Hant ja ko de fr es pt it nl pl ru uk tr ar vi"
LANGUAGES = tuple((tag, own_name(tag)) for tag in _LANGUAGES.split())
"""Code (BCP 47) and the language's own name, which is the same in every language of the window."""

DEPTHS: Mapping[Depth, Callable[[], str]] = {
    Depth.THOROUGH: lambda: tr("Thorough: read everything"),
    Depth.QUICK: lambda: tr("Quick look: the most telling passages"),
}
DEPTHS_SHORT: Mapping[Depth, Callable[[], str]] = {
    Depth.THOROUGH: lambda: tr("Thorough"),
    Depth.QUICK: lambda: tr("Quick look"),
}
LENGTHS: Mapping[Length, Callable[[], str]] = {
    Length.SHORT: lambda: tr("Short"),
    Length.MEDIUM: lambda: tr("Medium length"),
    Length.LONG: lambda: tr("Long"),
}
FORMATS: Mapping[Format, Callable[[], str]] = {
    Format.PARAGRAPH: lambda: tr("Paragraph"),
    Format.BULLETS: lambda: tr("Key points"),
    Format.ABSTRACT: lambda: tr("Abstract"),
    Format.MINUTES: lambda: tr("Minutes with action items"),
    Format.QA: lambda: tr("Questions and answers"),
    Format.TABLE: lambda: tr("Table of facts"),
}
_FORMAT_NAMES = {
    "text": lambda: tr("Text"), "markdown": lambda: "Markdown", "html": lambda: tr("Web page"),
    "mail": lambda: tr("E-mail"), "subtitles": lambda: tr("Subtitles"), "csv": lambda: "CSV",
}  # fmt: skip


def format_name(format_id: str) -> str:
    """How a document's format is called."""
    name = _FORMAT_NAMES.get(format_id)
    return name() if name is not None else format_id.upper()


def document_line(document: OpenDocument) -> str:
    """Format, pages and words of a document in one line."""
    parts = [format_name(document.format)]
    if document.pages:
        parts.append(trn("{n} page", "{n} pages", document.pages))
    if not document.words:
        return " · ".join(parts)
    if document.language[:2] in ("zh", "ja"):
        parts.append(trn("{count} character", "{count} characters", document.words, count=f"{document.words:,}"))
    else:
        parts.append(trn("{count} word", "{count} words", document.words, count=f"{document.words:,}"))
    return " · ".join(parts)


def notes_words(notes: Iterable[Note]) -> str:
    """What the reader should know about how a document was read."""
    return lists.sentences(*(documents.note(note.kind.value, note.values) for note in notes))


def place_words(source: Source) -> str:
    """Where a passage stands: its page and the last heading above it; empty if neither is known."""
    parts = []
    if source.page:
        parts.append(tr("Page {n}", n=source.page))
    if source.path:
        parts.append(source.path[-1])
    return " · ".join(parts)


# ---------------------------------------------------------------- what a sentence rests on

_MARKS: dict[tuple[MarkKind, MarkState], Callable[[], str]] = {
    (MarkKind.NUMBER, MarkState.MISSING): lambda: tr("A number is not supported by the document."),
    (MarkKind.DATE, MarkState.MISSING): lambda: tr("A date is not supported by the document."),
    (MarkKind.AMOUNT, MarkState.MISSING): lambda: tr("An amount is not supported by the document."),
    (MarkKind.NAME, MarkState.MISSING): lambda: tr("A name is not supported by the document."),
    (MarkKind.QUOTE, MarkState.MISSING): lambda: tr("A quotation is not in the document."),
}


def sentence_words(sentence: LinkedSentence, *, place: bool = True) -> str:
    """What of a sentence does not occur in the document, and (``place``) where its best passage is."""
    parts = []
    if not sentence.supported:
        parts.append(tr("No passage of the document supports this."))
    for kind, state in dict.fromkeys((mark.kind, mark.state) for mark in sentence.marks):
        if kind is MarkKind.REST:
            words = tr("The rest of this sentence was not checked: it holds too many details.")
        elif state is MarkState.UNCHECKED:
            words = tr("A name in another script was not checked.")
        else:
            words = _MARKS[kind, state]()
        if words not in parts:
            parts.append(words)
    if place and sentence.supported and sentence.sources:
        where = place_words(sentence.sources[0])
        parts.append(tr("Rests on: {place}.", place=where) if where else tr("Click to see what it rests on."))
    return lists.sentences(*parts)


def sign_of(sentence: LinkedSentence) -> str:
    """The icon beside a sentence that is not supported; empty for one that is."""
    if any(mark.state is MarkState.MISSING for mark in sentence.marks):
        return "triangle-alert"
    if not sentence.supported:
        return "circle-question-mark"
    return "info" if sentence.marks else ""


def links_line(sentences: Sequence[LinkedSentence], share: float | None) -> str:
    """How well a text is supported, in one line."""
    if not sentences:
        return ""
    count = len(sentences)
    supported = sum(each.supported for each in sentences)
    parts = [tr("Sentences with a source: {n} of {all}", n=supported, all=count)]
    missing = sum(mark.state is MarkState.MISSING for each in sentences for mark in each.marks)
    partly = sum(mark.kind is MarkKind.REST for each in sentences for mark in each.marks)
    unchecked = sum(mark.state is MarkState.UNCHECKED for each in sentences for mark in each.marks) - partly
    if missing:
        parts.append(trn("{n} detail is not supported", "{n} details are not supported", missing))
    if unchecked:
        parts.append(trn("{n} name was not checked", "{n} names were not checked", unchecked))
    if partly:
        parts.append(summaries.partly_checked(partly))
    if share is not None:
        parts.append(tr("covers {percent} % of the document", percent=round(100 * share)))
    return " · ".join(parts)


def trouble_words(view: SummaryView) -> str:
    """What there is to say beside a summary."""
    if view.error is not None:
        words = [errors.sentence(view.error)]
    else:
        words = [summaries.state(view.state.value)] if view.state is not JobState.RUNNING else []
    return lists.sentences(*words, *remarks(view))


# ---------------------------------------------------------------- progress


def progress_words(view: SummaryView) -> str:
    """How far a summary is."""
    if not view.total:
        return tr("Getting ready…")
    parts = [tr("Step {n} of {all}", n=min(view.done + 1, view.total), all=view.total)]
    return " · ".join(part for part in (*parts, summaries.left(view.seconds_left)) if part)


def step_words(step: StepView) -> str:
    """Which step of a summary this is, and how it stands."""
    states = {
        StepState.WAITING: tr("waiting"),
        StepState.READING: tr("being read"),
        StepState.WRITING: tr("being written"),
        StepState.DONE: tr("done"),
        StepState.FLAWED: tr("done, with problems"),
    }
    if step.level:
        return tr("Bringing together {n}: {state}", n=step.index + 1, state=states[step.state])
    return tr("Part {n}: {state}", n=step.index + 1, state=states[step.state])


def state_words(row: SummaryRow) -> str:
    """How a summary in the history stands, with what was asked for."""
    states = {
        JobState.RUNNING: tr("Being written"),
        JobState.STOPPED: tr("Stopped"),
        JobState.FAILED: tr("Failed"),
        JobState.WAITING: tr("Interrupted"),
    }
    if row.questions:
        return tr("Questions")
    parts = [states[row.state]] if row.state in states else []
    parts.append(FORMATS[row.options.format]())
    options = row.options
    if options.depth is Depth.QUICK:
        parts.append(DEPTHS_SHORT[Depth.QUICK]())
    if options.length is not Length.MEDIUM:
        parts.append(LENGTHS[options.length]())
    if options.language:
        parts.append(languages.name(options.language))
    parts += [wish for wish in (options.focus, options.audience) if wish]
    return " · ".join(parts)

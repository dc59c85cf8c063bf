"""Words for translations: documents, segments and what was found in them. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.base.languages import language_name, unspaced
from assistant.core.translation.views import SegmentState
from assistant.documents.segments import FindingKind, without_codes
from assistant.gui.widgets.clean_text import clean, isolated
from assistant.gui.widgets.source_words import format_name
from assistant.storage.rows import JobState
from assistant.tasks.translation import Formality
from assistant.texts import languages, lists, summaries, tr, translations, translators, trn

if TYPE_CHECKING:
    from assistant.core.translation.views import (
        MemoryMatch,
        ModelHint,
        OpenTranslation,
        SegmentView,
        TranslationPlan,
        TranslationRow,
        TranslationView,
        Version,
    )
    from assistant.documents.segments import Finding

FORMALITIES = {
    Formality.AUTO: lambda: tr("Tone of the text"),
    Formality.FORMAL: lambda: tr("Formal"),
    Formality.INFORMAL: lambda: tr("Informal"),
}
_SIGNS = {
    SegmentState.EDITED: "pencil", SegmentState.MEMORY: "history",
    SegmentState.REDONE: "refresh-cw",
}  # fmt: skip


# ---------------------------------------------------------------- segments


def sign_of(segment: SegmentView) -> str:
    """The icon beside a segment, empty: none."""
    return "triangle-alert" if segment.doubtful else _SIGNS.get(segment.state, "")


def finding_words(finding: Finding) -> str:
    """What was found, in one sentence."""
    values = dict(finding.values)
    if finding.kind is FindingKind.LANGUAGE:
        found = str(values.pop("found", ""))
        if language_name(found):
            values["found"] = languages.name(found)
    source, target = finding.source_start >= 0, finding.start >= 0
    text = isolated(clean(finding.text))
    return translations.finding(finding.kind.value, text, source=source, target=target, values=values)


def segment_words(segment: SegmentView) -> str:
    """What there is to say about a segment: its state and what was found; empty: nothing."""
    found = dict.fromkeys(finding_words(finding) for finding in segment.findings if not finding.mended)
    if segment.state is SegmentState.DONE and not found:
        return ""
    state = SegmentState.MARKED if segment.doubtful else segment.state
    return " · ".join(part for part in (translations.segment_state(state.value), lists.sentences(*found)) if part)


def item_words(segment: SegmentView) -> str:
    """A segment for screen readers: the translation, its source, and what there is to say about it."""
    target, source = (clean(without_codes(text, segment.things)) for text in (segment.target, segment.source))
    return "\n".join(part for part in (target, source, segment_words(segment)) if part)


def version_words(number: int, version: Version) -> tuple[str, str]:
    """What a version is called, and what was found in it."""
    found = lists.sentences(
        *dict.fromkeys(finding_words(finding) for finding in version.findings if not finding.mended)
    )
    if version.doubtful:
        return tr("Version {n}, to be checked", n=number), found
    return tr("Version {n}", n=number), found


def match_words(match: MemoryMatch) -> str:
    """How near an entry of the memory is."""
    percent = int(100 * match.share)
    return tr("From memory, {percent} % alike", percent=percent) if percent < 100 else tr("From memory")


# ---------------------------------------------------------------- documents and jobs


def document_line(document: OpenTranslation) -> str:
    """Format and size of a document, in one line."""
    parts = [
        format_name(document.format),
        trn("{n} sentence", "{n} sentences", len(document.segments)),
        _size(document),
    ]
    return " · ".join(parts)


def _size(document: OpenTranslation) -> str:
    """How long a text is, as its readers count: Chinese and Japanese have no words to be seen."""
    if unspaced(document.language):
        return trn("{n} character", "{n} characters", document.characters)
    return trn("{n} word", "{n} words", document.words)


def view_line(view: TranslationView) -> str:
    """Format and size of the document of a kept translation, in one line."""
    return " · ".join((format_name(view.format), trn("{n} sentence", "{n} sentences", view.total)))


def plan_words(plan: TranslationPlan) -> str:
    """What will be done, before it is done."""
    return translations.plan(
        segments=plan.segments, from_memory=plan.from_memory, in_file=plan.in_file, seconds=plan.seconds,
        measured=plan.measured, glossary_fits=plan.glossary_fits,
    )  # fmt: skip


def hint_words(hint: ModelHint) -> str:
    """What speaks against the chosen model; empty: nothing."""
    named = [languages.name(tag) for tag in hint.languages]
    return translators.hint(hint.kind, languages=named, better=hint.better)


def progress_words(view: TranslationView) -> str:
    """How far a translation is."""
    if not view.total:
        return tr("Getting ready…")
    parts = [tr("{n} of {all} sentences", n=view.done, all=view.total), summaries.left(view.seconds_left)]
    return " · ".join(part for part in parts if part)


def result_line(segments: Sequence[SegmentView]) -> str:
    """What became of the segments, in one line, besides what is to be checked."""
    counts = Counter(segment.state for segment in segments)
    parts = []
    if counts[SegmentState.EDITED]:
        parts.append(tr("{n} edited", n=counts[SegmentState.EDITED]))
    if counts[SegmentState.MEMORY]:
        parts.append(tr("{n} from memory", n=counts[SegmentState.MEMORY]))
    return " · ".join(parts)


def row_words(row: TranslationRow) -> str:
    """How a translation in the history stands, and into which language it is."""
    states = {
        JobState.RUNNING: tr("Being translated"),
        JobState.STOPPED: tr("Stopped"),
        JobState.FAILED: tr("Failed"),
        JobState.WAITING: tr("Interrupted"),
    }
    parts = [states[row.state]] if row.state in states else []
    parts.append(tr("Into {language}", language=languages.name(row.options.target)))
    if row.format not in ("", "text"):
        parts.append(format_name(row.format))
    return " · ".join(parts)

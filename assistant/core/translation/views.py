"""Translations as the faces get them: snapshots, which do not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from assistant.base.errors import AssistantError
from assistant.base.languages import normalize
from assistant.base.scripts import is_same_written
from assistant.documents.model import Note
from assistant.documents.segments import Finding, Segment, SegmentKind, untranslated
from assistant.engine.messages import Counts
from assistant.storage.rows import JobState
from assistant.tasks.translation import TranslateOptions

__all__ = [
    "Alternative",
    "Counts",
    "Exported",
    "JobState",
    "MemoryMatch",
    "OpenTranslation",
    "SegmentState",
    "SegmentView",
    "TranslationPlan",
    "TranslationRow",
    "TranslationView",
    "Version",
    "Weighed",
]

Unsure = tuple[int, int, float]
"""Start and end of words in a target, and how probable the model found them (below 0.5)."""


@dataclass(frozen=True)
class OpenTranslation:
    """A document that can be translated.

    :ivar digest: what the other verbs take; empty for a text that is only being typed.
    :ivar name: what the file is called; ``title``: what it calls itself, else empty.
    :ivar language: of its text, BCP 47, empty: not recognized; ``target_language``: what it says it is translated into.
    :ivar columns: of a table: those one can choose among; ``chosen``: those that are translated.
    """

    digest: str
    title: str
    name: str
    format: str
    language: str
    target_language: str
    segments: tuple[Segment, ...]
    characters: int = 0
    words: int = 0
    columns: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    encoding: str = ""

    @property
    def left_columns(self) -> tuple[str, ...]:
        """Those of a table that stay as they are."""
        return tuple(name for name in self.columns if name not in self.chosen)

    def column_into(self, language: str) -> str:
        """The column of a table that takes what is new in this language, where there is one for it; empty: what is new
        stands in the place of what is translated."""
        headed = [name for name in self.chosen if normalize(name)]
        if not self.left_columns or len(headed or self.chosen) != 1:
            return ""
        tags = {name: normalize(name) for name in self.left_columns}
        return next((name for name, tag in tags.items() if tag and is_same_written(tag, language)), "")

    def into(self, language: str) -> OpenTranslation:
        """The same to be translated into ``language``: what it says in another one already is no translation then."""
        if not self.target_language or is_same_written(self.target_language, language):
            return self
        return replace(self, segments=untranslated(self.segments))


class SegmentState(StrEnum):
    """How a segment came to what it is."""

    WAITING = "waiting"
    WRITING = "writing"
    DONE = "done"
    REDONE = "redone"  # a first answer was no good
    MARKED = "marked"  # something may be wrong with it: ``findings``
    EDITED = "edited"  # by hand
    MEMORY = "memory"  # it was translated by hand before
    IN_FILE = "in_file"  # the file had it, or is in the language there already


ENDED = frozenset(SegmentState) - {SegmentState.WAITING, SegmentState.WRITING}


@dataclass(frozen=True)
class SegmentView:
    """One segment, as far as it is. Source and target hold codes (``documents.segments.is_code``).

    :ivar before: ``after``, ``lead``, ``trail`` and ``things``: as in the segment of the document.
    :ivar target: while it is being written, as far as it is.
    :ivar findings: all that was found; those that are not ``mended`` are still so: doubts, or mere notes
        (``Finding.doubtful``).
    :ivar confidence: 0 to 1, the geometric mean of the probabilities of its tokens; 0: not known (not by the model).
    :ivar unsure: words that the model found improbable.
    """

    index: int
    block: int
    source: str
    before: str = ""
    after: str = ""
    target: str = ""
    state: SegmentState = SegmentState.WAITING
    findings: tuple[Finding, ...] = ()
    confidence: float = 0.0
    unsure: tuple[Unsure, ...] = ()
    kind: SegmentKind = SegmentKind.TEXT
    lead: str = ""
    trail: str = ""
    things: Mapping[str, str] = field(default_factory=dict)

    @property
    def doubtful(self) -> bool:
        """Whether somebody should look at it: something may be wrong that nobody has written so by hand."""
        if self.state is SegmentState.EDITED:
            return False
        return self.state is SegmentState.MARKED or any(finding.doubtful for finding in self.findings)


def first_view(number: int, segment: Segment) -> SegmentView:
    """A segment before anything was done for it; its target is what the file has."""
    return SegmentView(
        number,
        segment.block,
        segment.text,
        before=segment.before,
        after=segment.after,
        target=segment.target,
        kind=segment.kind,
        lead=segment.lead,
        trail=segment.trail,
        things=segment.things,
    )


@dataclass(frozen=True)
class ModelHint:
    """What speaks against translating with the chosen model.

    :ivar kind: a value of ``library.translators.Weakness``; empty: it will do.
    :ivar languages: those that it is not known for.
    :ivar better: the name of a better one in the catalogue; empty: there is none.
    """

    kind: str = ""
    languages: tuple[str, ...] = ()
    better: str = ""


@dataclass(frozen=True)
class TranslationPlan:
    """What a translation will take, before it starts.

    :ivar segments: all of them; ``made`` (earlier), ``from_memory`` and ``in_file`` (as of ``SegmentState``): those
        among them that no model is asked for.
    :ivar prompt_tokens: to be read, ``answer_tokens``: to be written, about.
    :ivar seconds: the model being loaded; None: this machine was never measured; ``measured``: with this very model.
    :ivar parallel: segments that are read and written side by side.
    :ivar language: that it will be translated from; ``glossary_fits``: the glossary is of these languages, or any.
    :ivar hint: a better model for these languages, where the chosen one is weak: its name in the catalogue; else empty.
    :ivar hint_kind: why: a value of ``library.translators.Weakness``; empty: the chosen one will do.
    :ivar hint_languages: those that the chosen one is not known for.
    """

    segments: int
    made: int = 0
    from_memory: int = 0
    in_file: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    seconds: float | None = None
    measured: bool = False
    parallel: int = 1
    language: str = ""
    glossary_fits: bool = True
    hint: str = ""
    hint_kind: str = ""
    hint_languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class TranslationRow:
    """One line of the history. ``created`` is in seconds since 1970."""

    id: int
    title: str
    created: float
    state: JobState
    options: TranslateOptions
    model: str
    format: str = ""


@dataclass(frozen=True)
class TranslationView:
    """A translation, as far as it is.

    :ivar id: 0: the one that is not kept (``Translations.live``).
    :ivar loading: it is being read from the disk: ``TranslationChanged`` comes when it is here.
    :ivar document: digest of the document; ``format``: of the document.
    :ivar language: that it is translated from.
    :ivar done: segments that have ended, of ``total`` (0: not yet known).
    :ivar seconds_left: None: not running, or nobody knows.
    :ivar finish: as in the contract (end, limit, stop, cancelled); empty while it runs.
    :ivar seconds: of work, over all runs; ``load_seconds``: of loading the model; ``first_token``: to the first word.
    """

    id: int
    state: JobState
    document: str
    title: str
    options: TranslateOptions
    segments: tuple[SegmentView, ...] = ()
    format: str = ""
    language: str = ""
    done: int = 0
    total: int = 0
    loading: bool = False
    seconds_left: float | None = None
    error: AssistantError | None = None
    model: str = ""
    finish: str = ""
    tokens: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    load_seconds: float = 0.0
    first_token: float = 0.0


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    :ivar missing: segments that stand in it as in the source, since they have no translation yet; ``total``: of all.
    """

    missing: int = 0
    total: int = 0


@dataclass(frozen=True)
class Alternative:
    """A word that the model weighed at a place of a target.

    :ivar text: what would stand there; ``at``: where it would begin, which may be before the place (a word's first
        token brings its space), in characters of the target.
    :ivar probability: 0 to 1, the model's own, of all of ``text``.
    :ivar whole: no more of the word can come.
    """

    text: str
    probability: float
    at: int
    whole: bool = True


@dataclass(frozen=True)
class Weighed:
    """All that the model weighed at a place.

    :ivar complete: no more will be known of it; else the words of ``found`` are still being written to their ends.
    """

    found: tuple[Alternative, ...]
    complete: bool = True


@dataclass(frozen=True)
class Version:
    """Another translation of a segment.

    :ivar findings: what is wrong with it, and ``confidence``: as of a ``SegmentView``.
    """

    text: str
    findings: tuple[Finding, ...] = ()
    confidence: float = 0.0

    @property
    def doubtful(self) -> bool:
        """Whether something may be wrong with it."""
        return any(finding.doubtful for finding in self.findings)


@dataclass(frozen=True)
class MemoryMatch:
    """A translation of an equal or similar text that was made by hand.

    :ivar id: for ``core.memory.remove``.
    :ivar share: how alike the sources are, 1: equal.
    :ivar edited: when, in seconds since 1970; ``origin``: title of the document.
    """

    id: int
    source: str
    target: str
    share: float
    edited: float
    origin: str = ""

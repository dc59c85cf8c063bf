"""What the core tells a face. Events carry ids, never objects: the face asks for what it wants to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from assistant.base.errors import AssistantError


class Phase(StrEnum):
    """What the engine of the model that is shown is doing, for the status line."""

    NONE = "none"  # no model chosen or installed
    ASLEEP = "asleep"  # not loaded
    LOADING = "loading"
    READY = "ready"
    READING = "reading"
    WRITING = "writing"
    MEASURING = "measuring"  # the self-test
    TROUBLE = "trouble"


@dataclass(frozen=True)
class EngineView:
    """A picture of the engine for the status line.

    :ivar progress: 0 to 1 while loading or reading, else 0.
    :ivar speed: tokens per second while writing, else that of the last answer (0: none yet).
    :ivar loaded: keys of all models that are in memory.
    """

    phase: Phase = Phase.NONE
    model: str = ""
    progress: float = 0.0
    speed: float = 0.0
    context: int = 0
    used: int = 0
    device: str = ""
    error: AssistantError | None = None
    loaded: frozenset[str] = frozenset()


class NoticeLevel(StrEnum):
    """How much a notice matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class NoticeAction(StrEnum):
    """What the user can do about a notice; the face knows the words and calls the core's verb."""

    RETRY = "retry"
    UNDO_DELETE = "undo_delete"
    DROP_OLDEST = "drop_oldest"
    ENLARGE_CONTEXT = "enlarge_context"
    OPEN_CHAT = "open_chat"
    OPEN_MODELS = "open_models"
    OPEN_SETTINGS = "open_settings"
    LOAD_ANYWAY = "load_anyway"
    STOP_LOADING = "stop_loading"
    SHOW_REPORT = "show_report"
    NEW_CONVERSATION = "new_conversation"
    GIVE_TOKEN = "give_token"


@dataclass(frozen=True)
class Notice:
    """One sentence for the bar at the top of the page.

    :ivar key: a notice with the same key replaces an older one.
    :ivar sentence: already in the current language.
    :ivar subject: what the actions are about (a conversation's id, a model's key).
    :ivar setting: the key of the setting that ``OPEN_SETTINGS`` leads to.
    """

    key: str
    level: NoticeLevel
    sentence: str
    detail: str = ""
    actions: tuple[NoticeAction, ...] = ()
    subject: str = ""
    setting: str = ""


# ---------------------------------------------------------------- events


@dataclass(frozen=True)
class EngineChanged:
    """``Core.chosen.view`` has news."""


@dataclass(frozen=True)
class ModelsChanged:
    """``Core.models.installed()`` has news."""


@dataclass(frozen=True)
class DownloadsChanged:
    """``Core.downloads.rows()`` has news: also the speed and what is left, a few times a second."""


@dataclass(frozen=True)
class ConversationsChanged:
    """The list of conversations changed (order, titles, one more or less)."""


@dataclass(frozen=True)
class PathChanged:
    """The messages shown for a conversation are others now (sent, regenerated, edited, switched)."""

    conversation: int


@dataclass(frozen=True)
class MessageGrew:
    """Text was added at the end of an answer that is being written."""

    conversation: int
    message: int


@dataclass(frozen=True)
class MessageChanged:
    """A message changed in another way than growing: its state, its ending."""

    conversation: int
    message: int


@dataclass(frozen=True)
class MessageKept:
    """What the user said is on disk: from now on no end of the program can lose it."""

    conversation: int
    message: int


@dataclass(frozen=True)
class UsageChanged:
    """``Core.conversations.usage(conversation)`` has news, for the context meter."""

    conversation: int


@dataclass(frozen=True)
class SummariesChanged:
    """The history of summaries changed (order, titles, states, one more or less)."""


@dataclass(frozen=True)
class SummaryGrew:
    """``Core.summaries.view(job)`` has more text, or another share is done: a few times a second."""

    job: int


@dataclass(frozen=True)
class SummaryChanged:
    """A summary changed in another way than growing: its state, a step that ended, its links."""

    job: int


@dataclass(frozen=True)
class TranslationsChanged:
    """``Core.translations.rows()`` has news (order, titles, states, one more or less)."""


@dataclass(frozen=True)
class TranslationGrew:
    """There is more of a segment that is being written. Number 0 is the translation that is not kept."""

    job: int
    index: int


@dataclass(frozen=True)
class TranslationChanged:
    """A translation changed in another way than growing: a segment ended, its state, its ending; it was read."""

    job: int


@dataclass(frozen=True)
class LiveChanged:
    """The translation of what is being typed has news: ``Core.translations.view(LIVE)``."""


@dataclass(frozen=True)
class GlossariesChanged:
    """``Core.glossaries.rows()``, or the terms of one, have news."""


@dataclass(frozen=True)
class MemoryChanged:
    """The translation memory has other entries."""


@dataclass(frozen=True)
class NoticePosted:
    notice: Notice


@dataclass(frozen=True)
class NoticeCleared:
    key: str


@dataclass(frozen=True)
class SettingsChanged:
    keys: frozenset[str] = field(default_factory=frozenset)


CoreEvent = (
    EngineChanged
    | ModelsChanged
    | DownloadsChanged
    | ConversationsChanged
    | PathChanged
    | MessageGrew
    | MessageChanged
    | MessageKept
    | UsageChanged
    | SummariesChanged
    | SummaryGrew
    | SummaryChanged
    | TranslationsChanged
    | TranslationGrew
    | TranslationChanged
    | LiveChanged
    | GlossariesChanged
    | MemoryChanged
    | NoticePosted
    | NoticeCleared
    | SettingsChanged
)

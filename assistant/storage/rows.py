"""Plain values that the store takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """Who says a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class MessageState(StrEnum):
    """Where a message is in its life; kept as text in the database."""

    COMPLETE = "complete"
    WAITING = "waiting"  # an answer whose first word has not come
    WRITING = "writing"
    STOPPED = "stopped"  # by the user
    CUT = "cut"  # by the token limit
    LOOPED = "looped"  # it repeated itself and was stopped
    FAILED = "failed"  # an error; ``error`` holds its kind
    INTERRUPTED = "interrupted"  # the program ended while it was being written


@dataclass(frozen=True)
class Conversation:
    """One row of the list. Times are seconds since 1970; order is by ``changed`` (a sequence number, not a clock)."""

    id: int
    title: str
    created: float
    updated: float
    changed: int
    leaf: int | None = None  # the last message of the path that is shown
    system: str = ""
    titled: bool = False  # the user gave the title; it is not replaced
    context_from: int | None = None  # first message that the model still gets; older ones were dropped by the user


class MessageHead(NamedTuple):
    """What a transcript needs to lay out a message before its text is read.

    A tuple, because a long conversation makes ten thousand of them at once (a third of a dataclass's time).
    """

    id: int
    parent: int | None
    role: Role
    state: MessageState
    length: int  # characters of text
    siblings: int = 1
    position: int = 0  # among its siblings, from 0


@dataclass(frozen=True)
class Message:
    """One message. ``ids`` are the sampled ids of the answer's text, valid for ``fingerprint`` only."""

    id: int
    conversation: int
    parent: int | None
    role: Role
    text: str
    created: float
    state: MessageState = MessageState.COMPLETE
    reasoning: str = ""
    model: str = ""
    error: str = ""  # ErrorKind value
    error_detail: str = ""
    ids: tuple[int, ...] = ()
    fingerprint: str = ""
    reasoning_seconds: float = 0.0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    seconds: float = 0.0
    speed: float = 0.0  # tokens per second


class JobState(StrEnum):
    """Where a job on a document is in its life; kept as text in the database."""

    RUNNING = "running"
    STOPPED = "stopped"  # by the user: what there is stays, and it can go on
    DONE = "done"
    FAILED = "failed"  # an error that going on does not mend; ``error`` holds its kind
    WAITING = "waiting"  # the program or the engine ended in the middle: it can go on


class StepState(StrEnum):
    """Where one call to the model is. Only what has ended is kept."""

    WAITING = "waiting"
    READING = "reading"
    WRITING = "writing"
    DONE = "done"
    FLAWED = "flawed"  # there is a text, and something is wrong with it


@dataclass(frozen=True)
class Job:
    """One piece of work on a document. Times are seconds since 1970; order is by ``changed`` (a sequence number).

    :ivar kind: which task it is of.
    :ivar document: digest of the stored document.
    :ivar options: what was asked for, and ``plan``: how the document was cut, as the task's room writes them (JSON).
    :ivar model: the model's name; ``fingerprint``: of its tokenizer, by which the plan was made.
    :ivar finish: how it ended, in the words of the contract; empty while it can go on.
    :ivar problems: what is wrong with the result (JSON); ``linked``: what its sentences rest on (MessagePack).
    :ivar seconds: of work so far, over all runs.
    """

    id: int
    kind: str
    title: str
    document: str
    options: str
    created: float
    state: JobState = JobState.RUNNING
    changed: int = 0
    model: str = ""
    model_key: str = ""
    fingerprint: str = ""
    finish: str = ""
    error: str = ""  # ErrorKind value
    error_detail: str = ""
    problems: str = ""
    seconds: float = 0.0
    plan: str = ""
    result: str = ""
    linked: bytes = b""


@dataclass(frozen=True)
class JobStep:
    """One call to the model that has ended: part ``index`` of level ``level`` of the job's tree.

    :ivar problems: what is wrong with the text, as its task says it (JSON).
    :ivar prompt_tokens: and the other counts: of all attempts together.
    """

    job: int
    level: int
    index: int
    state: StepState
    text: str
    problems: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Glossary:
    """A list of terms. ``source`` and ``target``: its languages, BCP 47, empty: any. ``terms``: how many it has."""

    id: int
    name: str
    source: str = ""
    target: str = ""
    created: float = 0.0
    terms: int = 0


@dataclass(frozen=True)
class GlossaryTerm:
    """One line of a glossary; see :class:`assistant.documents.segments.Term`."""

    id: int
    glossary: int
    source: str
    target: str
    exact: bool = False
    forbidden: bool = False
    note: str = ""


@dataclass(frozen=True)
class MemoryEntry:
    """A text and its translation by hand. Times are seconds since 1970; ``origin``: title of the document."""

    id: int
    source_language: str
    target_language: str
    source: str
    target: str
    edited: float
    origin: str = ""

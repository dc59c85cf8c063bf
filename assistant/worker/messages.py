"""What the program and the worker child say to each other. One answer for each ``id``."""

from __future__ import annotations

from typing import Any

import msgspec

from assistant.base.errors import ErrorKind


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """Base of everything on the pipe: immutable, tagged by its class name."""


class Turn(Message, frozen=True):
    """One message for a template: role (system, user, assistant), text, and what was reasoned before it."""

    role: str
    text: str
    reasoning: str = ""


class Part(Message, frozen=True):
    """A stretch of a rendered prompt.

    :ivar turn: index of the turn whose text this is, -1: the template's own text.
    :ivar whole: this is the turn's text to the letter (not trimmed or changed by the template).
    :ivar checkpoint: a turn of the user (or the prompt for an answer) starts here.
    """

    text: str
    turn: int = -1
    whole: bool = False
    checkpoint: bool = False


class ReasoningMarks(Message, frozen=True):
    """How the model behind this template marks reasoning (see ``engine.messages.Marks``)."""

    start: str
    end: str
    opened: bool = False


class Render(Message, frozen=True):
    """Render a conversation with a model's chat template. Answer: ``Rendered`` or ``Refused``.

    :ivar thinking: ask the model to reason (None: the template's default).
    :ivar answer: add the prompt for an answer at the end.
    :ivar extra: further variables for the template.
    """

    id: str
    template: str
    turns: tuple[Turn, ...]
    bos: str = ""
    eos: str = ""
    thinking: bool | None = None
    answer: bool = True
    extra: dict[str, Any] = {}


class Rendered(Message, frozen=True):
    """``parts`` joined is what the reference rendering gives.

    :ivar broken: control spellings inside turns had to be broken because the template defeats the marks.
    :ivar can_think: the template knows a switch for reasoning, or always reasons.
    """

    id: str
    parts: tuple[Part, ...]
    marks: tuple[ReasoningMarks, ...] = ()
    can_think: bool = False
    broken: bool = False
    system_merged: bool = False  # the template has no system turn: it went ahead of the first user text


class Refused(Message, frozen=True):
    """The template could not be rendered; ``detail`` holds its own words."""

    id: str
    kind: ErrorKind
    detail: str = ""


class Ready(Message, frozen=True):
    """The child has started; its client's clock for requests runs from here."""


Request = Render
Answer = Rendered | Refused
FromChild = Rendered | Refused | Ready

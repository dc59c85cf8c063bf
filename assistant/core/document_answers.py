"""Answers about documents as the faces get them: snapshots, which do not change."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.base.errors import AssistantError
from assistant.documents.model import Source
from assistant.engine.messages import Counts
from assistant.worker.messages import Linked


@dataclass(frozen=True)
class Exchange:
    """A question about a document that was answered before."""

    question: str
    answer: str


@dataclass(frozen=True)
class DocumentAnswer:
    """An answer about a document, as far as it is.

    :ivar id: of the question, new for each.
    :ivar whole: the model gets the whole document; otherwise ``passages``.
    :ivar passages: what the model gets of a document that is longer than the context, in the document's order.
    :ivar search: share of the document that was looked at for its meaning, 1: this is over, or not wanted.
    :ivar meaning: share of it of which the passages were found by words and meaning, elsewhere by words alone.
    :ivar no_meaning: why the model for that could not help.
    :ivar linked: what each sentence of the answer rests on; None until the answer has ended and is linked.
    :ivar unlinked: why its sentences could not be linked.
    :ivar read: share of the prompt that was read, 0 to 1.
    :ivar finish: as in the contract (end, limit, stop, cancelled); empty while it runs.
    :ivar seconds: from the request to the end; ``load_seconds``: of loading the model, before that.
    """

    id: int
    document: str
    question: str
    text: str = ""
    whole: bool = False
    passages: tuple[Source, ...] = ()
    search: float = 1.0
    meaning: float = 0.0
    no_meaning: AssistantError | None = None
    linked: Linked | None = None
    unlinked: AssistantError | None = None
    read: float = 0.0
    finish: str = ""
    error: AssistantError | None = None
    model: str = ""
    tokens: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    load_seconds: float = 0.0
    first_token: float = 0.0

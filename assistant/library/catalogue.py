"""The catalogue of models that are worth having, as data (``resources/models.json``), checked when read."""

from __future__ import annotations

from typing import Literal

import msgspec

Task = Literal["chat", "summarize", "translate", "chinese", "fast", "embed"]


class Thinking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model's thinking is switched.

    :ivar default: what it does when the template is given nothing: off, on, always, never, unknown.
    :ivar switch: the template's variable, empty: there is none.
    :ivar off: the value of ``switch`` that keeps it from thinking (or makes it think least); ``on``: that lets it.
    """

    default: Literal["off", "on", "always", "never", "unknown"]
    switch: str = ""
    off: bool | str | None = None
    on: bool | str | None = None


class CatalogueModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model. Sizes in bytes, ``context_max`` in tokens (0: not known)."""

    id: str
    name: str
    name_zh: str
    note: str
    note_zh: str
    tasks: frozenset[Task]
    tier: str
    repo: str
    file: str
    revision: str
    size: int
    sha256: str
    licence: str
    licence_url: str
    architecture: str
    parameters: int
    quantization: str
    thinking: Thinking
    languages: tuple[str, ...]
    context_max: int = 0

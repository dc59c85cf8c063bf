"""Models that other programs have on this computer: found, offered in place, and never touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from assistant.library.index import HeaderFacts


@dataclass(frozen=True)
class Elsewhere:
    """One model in another program's folder.

    :ivar app: huggingface, lmstudio, ollama, gpt4all, jan or llama.cpp.
    :ivar name: what a person reads.
    :ivar path: its file, the first of several parts; to take it in: ``Models.adopt``.
    :ivar size: bytes of all parts.
    :ivar installed: it is among the models already.
    :ivar extras: what the other program adds to the file and Lamplight does not use (template, params, adapter...).
    """

    app: str
    name: str
    path: Path
    size: int
    facts: HeaderFacts = field(default=HeaderFacts(), repr=False)
    installed: bool = False
    extras: tuple[str, ...] = ()

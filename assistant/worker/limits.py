"""What one request may cost: time and memory, by its kind. The child keeps to it, and its client makes sure."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.base.errors import ErrorKind
from assistant.worker.messages import (
    CheckSegments,
    CutDocument,
    DetectLanguage,
    Export,
    FindTranslated,
    Link,
    ListPassages,
    RankSentences,
    ReadDocument,
    ReadGlossary,
    ReadMemory,
    ReadSegments,
    Render,
    Request,
    Retrieve,
    WriteTranslation,
)

ADDRESS_SPACE = 2 << 30
"""Bytes of address space of the whole child. What wants more gets a MemoryError, not the machine."""
_NATIVE = 64 << 20  # bytes of the child's memory that are programs and libraries, not data
_TEXTS = (".txt", ".text", ".md", ".markdown", ".log")  # saving one as text changes nothing


@dataclass(frozen=True)
class Limit:
    """What a request may cost.

    :ivar seconds: from its start in the child.
    :ivar memory: bytes that the child's process may hold meanwhile; 0: only ``ADDRESS_SPACE`` bounds it.
    """

    seconds: float
    memory: int = 0


LIMITS: Mapping[type[Request], Limit] = {
    Render: Limit(4.0),
    ReadDocument: Limit(18.0, 512 << 20),  # with the child's start within 20 seconds
    CutDocument: Limit(20.0, 512 << 20),
    RankSentences: Limit(60.0, 1 << 30),
    Link: Limit(120.0, 1 << 30),
    ListPassages: Limit(60.0, 1 << 30),
    Retrieve: Limit(60.0, 1 << 30),
    Export: Limit(30.0, 512 << 20),
    ReadSegments: Limit(18.0, 512 << 20),
    WriteTranslation: Limit(60.0, 1 << 30),  # what could be read must be written, or its translation were lost
    DetectLanguage: Limit(10.0, 512 << 20),
    CheckSegments: Limit(30.0, 512 << 20),
    FindTranslated: Limit(30.0, 512 << 20),
    ReadGlossary: Limit(18.0, 512 << 20),
    ReadMemory: Limit(60.0, 1 << 30),
}


def slow(request: Request, seconds: float) -> tuple[ErrorKind, dict[str, str | int | float]]:
    """The error, with its values, of a request that was ended after ``seconds``."""
    if isinstance(request, Render):
        return ErrorKind.TEMPLATE_SLOW, {}
    values: dict[str, str | int | float] = {"seconds": max(1, round(seconds))}
    if isinstance(request, ReadDocument | ReadSegments) and _is_text(request.name or request.path):
        values["format"] = "text"
    return ErrorKind.DOCUMENT_SLOW, values


def _is_text(name: str) -> bool:
    """Whether a file of this name is text already; one without a name was pasted."""
    return not name or name.lower().endswith(_TEXTS)


def limit_address_space(size: int) -> None:
    """Bound this process's address space to ``size`` bytes and switch core files off, where the system can."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


def limit_memory(size: int) -> None:
    """Let this process hold ``size`` bytes (0: as many as it may); beyond them it meets a MemoryError.

    Linux counts what a process can write to (``RLIMIT_DATA``), which is what a document grows by; the address space is
    no measure, since libraries and threads reserve far more of it than they use. Other systems do not count: there
    only the client watches.
    """
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = size - _NATIVE if size else hard
    if hard != resource.RLIM_INFINITY and (wanted == resource.RLIM_INFINITY or wanted > hard):
        wanted = hard
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))

"""The second wall in the net child: only what the gate opens is let through, whatever a library tries by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.base import nonetwork

_here = threading.local()


@contextmanager
def opened() -> Iterator[None]:
    """Within this, the calling thread may look up and open one connection. Only the gate's own dialling uses it."""
    _here.open = True
    try:
        yield
    finally:
        _here.open = False


def install() -> None:
    """Put the wall up, for the life of this process."""
    nonetwork.forbid(lambda: bool(getattr(_here, "open", False)))

"""Where the engine's events go: the pipe to the parent, or a test."""

from __future__ import annotations

from typing import Protocol

import msgspec


class Sink(Protocol):
    """Takes events; the loop does not know where they go."""

    def send(self, *messages: msgspec.Struct) -> None:
        """Send the messages with one write. May be called from any thread."""
        ...

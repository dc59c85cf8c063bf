"""The two net children without a child: what was sent is kept, what they say is said by the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


class FakeNet:
    """Stands where a ``NetClient`` stands."""

    def __init__(self, deliver: Callable[[Any], None], name: str) -> None:
        self.deliver = deliver
        self.name = name
        self.setups: list[Any] = []
        self.sent: list[Any] = []
        self.cancelled: list[tuple[str, bool]] = []
        self.closed = False

    def setup(self, setup: Any) -> None:
        self.setups.append(setup)

    def send(self, request: Any) -> None:
        self.sent.append(request)

    def cancel(self, request_id: str, *, keep: bool = True) -> None:
        self.cancelled.append((request_id, keep))

    def close(self, wait: float | None = None) -> None:
        self.closed = True


class FakeNets:
    """Makes them, and finds them by what they are for."""

    def __init__(self) -> None:
        self.made: dict[str, FakeNet] = {}

    def __call__(self, deliver: Callable[[Any], None], log: Path | None) -> FakeNet:
        assert log is not None
        name = log.stem.removeprefix("net-")
        self.made[name] = FakeNet(deliver, name)
        return self.made[name]

    @property
    def questions(self) -> FakeNet:
        return self.made["questions"]

    @property
    def transfers(self) -> FakeNet:
        return self.made["transfers"]

"""How a child process ended, as a small value with questions."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from enum import StrEnum

from assistant.base.errors import ErrorKind

# Windows reports native faults as NTSTATUS codes (winnt.h).
_NT_ILLEGAL_INSTRUCTION = 0xC000001D
_NT_NO_MEMORY = 0xC0000017
EXIT_NO_LIBRARY = 70
"""Exit code by which a child says that a native library could not be loaded."""


class Ending(StrEnum):
    """Why the child is gone."""

    CLOSED = "closed"  # we closed it, or it left as agreed
    FAILED_TO_START = "failed_to_start"
    CRASHED = "crashed"  # a signal or a native fault, or an exit code other than 0
    KILLED = "killed"  # SIGKILL from outside: on Linux usually the out-of-memory killer
    HUNG = "hung"  # we ended it because it gave no sign of life
    BABBLED = "babbled"  # we ended it because it spoke nonsense


@dataclass(frozen=True)
class Outcome:
    """The end of one child.

    :ivar code: exit code as ``subprocess`` gives it (negative: the signal's number), None if it never started.
    :ivar detail: for the curious: the last lines of its log or the reason.
    """

    ending: Ending
    code: int | None = None
    detail: str = ""

    @property
    def expected(self) -> bool:
        return self.ending is Ending.CLOSED

    @property
    def signal_name(self) -> str:
        """``SIGSEGV`` and the like, or an empty string."""
        if self.code is None or self.code >= 0:
            return ""
        try:
            return signal.Signals(-self.code).name
        except ValueError:
            return f"signal {-self.code}"

    @property
    def code_name(self) -> str:
        """The code as one can look it up: ``SIGBUS``, ``0xC0000005``, ``1``; empty: there is none."""
        if self.code is None:
            return ""
        return self.signal_name or (str(self.code) if self.code < 256 else f"0x{self.code:X}")

    @property
    def kind(self) -> ErrorKind:
        """The error that a request meets whose engine ended this way."""
        if self.ending is Ending.HUNG:
            return ErrorKind.ENGINE_HUNG
        if self.code == EXIT_NO_LIBRARY or self.ending is Ending.FAILED_TO_START:
            return ErrorKind.ENGINE_MISSING
        if self.signal_name == "SIGILL" or self.code == _NT_ILLEGAL_INSTRUCTION:
            return ErrorKind.ENGINE_CPU
        if self.ending is Ending.KILLED or self.code == _NT_NO_MEMORY:
            return ErrorKind.ENGINE_MEMORY
        return ErrorKind.ENGINE_CRASHED


def outcome_of(code: int, *, closing: bool, detail: str = "") -> Outcome:
    """The outcome of a child that ended by itself with ``code``; ``closing`` if we had asked it to."""
    if closing:
        return Outcome(Ending.CLOSED, code, detail)
    if code == 0:
        # It left without being asked, with work possibly undone.
        return Outcome(Ending.CRASHED, code, detail)
    if hasattr(signal, "SIGKILL") and code == -signal.SIGKILL:
        return Outcome(Ending.KILLED, code, detail)
    return Outcome(Ending.CRASHED, code, detail)

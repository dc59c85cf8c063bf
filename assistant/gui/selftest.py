"""A check at start for a pair of PySide6 and Python that corrupts memory.

PySide6 6.12.0 on Python older than 3.12 drops one reference of ``True`` with every emitted signal and aborts after a
few hundred of them. The program's requirements exclude the pair, but an environment can be forced.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, Signal

_EMITS = 100


class _Bell(QObject):
    rang = Signal()


def signals_are_safe() -> bool:
    """Whether emitting signals leaves the reference count of ``True`` alone."""
    bell = _Bell()
    before = sys.getrefcount(True)
    for _ in range(_EMITS):
        bell.rang.emit()
    return sys.getrefcount(True) > before - _EMITS // 2


def immortal_true() -> None:
    """Make ``True`` outlive every emitted signal: the program then runs on with the faulty pair."""
    import ctypes  # noqa: PLC0415

    ctypes.c_ssize_t.from_address(id(True)).value += 1 << 40

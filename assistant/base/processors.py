"""How many processors this process has."""

from __future__ import annotations

import os


def usable() -> int:
    """Hardware threads that this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1

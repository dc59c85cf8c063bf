"""Whether this program itself was stopped while one of its threads waited, as when a laptop sleeps."""

from __future__ import annotations

import time

_LATE = 1.0  # seconds by which a thread wakes up too late only where it could not run


def overslept(due: float) -> float:
    """Seconds by which now is so long after ``due`` that this program was stopped in between; 0.0: it was not.

    Meanwhile its children were stopped too, or could not be heard: nobody may hold that time against them.

    :param due: when the thread was to wake up, on the clock of ``time.monotonic``.
    """
    late = time.monotonic() - due
    return late if late > _LATE else 0.0

"""Work on files, on a thread of its own: it reports, it can be cancelled, and its end comes back through the inbox."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.inbox import Inbox
from assistant.storage.disk import explain_disk

T = TypeVar("T")
_REPORT_SECONDS = 0.05  # between two reports of progress


class ThreadJob:
    """What the work itself sees: how to report, and whether it is still wanted."""

    def __init__(self, report: Callable[[float], None] | None) -> None:
        self._report = report
        self._cancelled = threading.Event()
        self._reported = 0.0

    def cancel(self) -> None:
        self._cancelled.set()

    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def progress(self, done: int, total: int) -> None:
        """So much of it is done; told on at most twenty times a second."""
        now = time.monotonic()
        if self._report is not None and (done >= total or now - self._reported >= _REPORT_SECONDS):
            self._reported = now
            self._report(done / max(total, 1))


class Threads:
    """Starts work. ``done`` and ``progress`` are called on the pumping thread."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def run(
        self,
        name: str,
        work: Callable[[ThreadJob], T],
        done: Callable[[T | AssistantError], None],
        *,
        progress: Callable[[float], None] | None = None,
    ) -> Cancel:
        """Do ``work`` on another thread and call ``done`` once, with what it returned or why it could not.

        :param progress: called with the share that is done, 0 to 1.
        :returns: asks the work to stop; ``done`` is called with CANCELLED then, unless it was too late.
        """
        job = ThreadJob(None if progress is None else lambda share: self._inbox.put(progress, share))

        def run() -> None:
            self._inbox.put(done, _outcome(work, job))

        threading.Thread(target=run, name=name, daemon=True).start()
        return job.cancel


def _outcome(work: Callable[[ThreadJob], Any], job: ThreadJob) -> Any:
    try:
        return work(job)
    except AssistantError as error:
        return error
    except OSError as error:
        return explain_disk(error, "")
    except Exception as error:  # the face waits for an end, also of what has a defect
        return AssistantError(ErrorKind.INTERNAL, repr(error))

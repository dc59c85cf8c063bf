"""Room on the disk of the models: how much of it stays free, and what a failed write means."""

from __future__ import annotations

import contextlib
import errno
import shutil
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind

_FLOOR = 1 << 30  # bytes


def kept_free(total: int) -> int:
    """Bytes that stay free on a disk of ``total`` bytes: a gibibyte, or a twentieth of a small one."""
    return min(_FLOOR, total // 20)


def explain_writing(
    error: OSError, size: int, folder: Path, *, full: ErrorKind = ErrorKind.DISK_FULL
) -> AssistantError:
    """What a failed write of ``size`` bytes into ``folder`` means: ``full`` (needed, free, folder) or READ_ONLY
    (folder)."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        values: dict[str, object] = {}
        with contextlib.suppress(OSError):
            values = {"needed": size, "free": shutil.disk_usage(folder).free, "folder": str(folder)}
        return AssistantError(full, str(error), **values)
    return AssistantError(ErrorKind.READ_ONLY, str(error), folder=str(folder))

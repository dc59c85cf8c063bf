"""What the system's errors about files mean to a user."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_PROBE = 1024 * 1024  # bytes; what SQLite may need at once for its log and the index of it


def explain_disk(error: OSError, name: str) -> AssistantError:
    """DISK_FULL, READ_ONLY, or FILE_UNREADABLE for ``name``. The detail is the system's code, never a path."""
    detail = errno.errorcode.get(error.errno or 0, type(error).__name__)
    if error.errno in _FULL:
        return AssistantError(ErrorKind.DISK_FULL, detail)
    if isinstance(error, PermissionError | FileExistsError | NotADirectoryError) or error.errno == errno.EROFS:
        return AssistantError(ErrorKind.READ_ONLY, detail)
    return AssistantError(ErrorKind.FILE_UNREADABLE, detail, name=name)


def probe(folder: Path, name: str) -> AssistantError | None:
    """Why nothing can be written in ``folder`` at this moment, or None when it can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_PROBE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return explain_disk(error, name)
    return None

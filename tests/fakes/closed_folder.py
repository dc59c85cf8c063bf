"""A folder that this user may not enter, also where the tests run as one who may enter all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest


def close_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the system refuse to look at what lies in ``folder``."""
    stat = os.stat

    def refused(path: Any, *rest: Any, **how: Any) -> os.stat_result:
        if not isinstance(path, int) and folder in Path(os.fsdecode(path)).parents:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, *rest, **how)

    monkeypatch.setattr(os, "stat", refused)

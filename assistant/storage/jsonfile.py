"""Small files of settings that people may edit as well: written readably, and read again when they have changed."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LARGEST = 4 * 1024 * 1024  # bytes; a larger file is not one of ours


def read_json_object(path: Path) -> dict[str, object]:
    """The object in a JSON file.

    :raises OSError: it cannot be read now. ValueError: it is not a file with a JSON object of a sane size.
    """
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > _LARGEST:  # reading a pipe would wait for ever
        raise ValueError("not a small file")
    try:
        content = json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(content, dict):
        raise ValueError("not an object")
    return content


def set_aside(path: Path) -> Path | None:
    """Rename a damaged file so that it is kept and no longer in the way; None: it cannot be renamed."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    target = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 1
    while os.path.lexists(target):
        target = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
        number += 1
    with contextlib.suppress(OSError):
        path.rename(target)
        return target
    return None


def to_json(content: Mapping[str, Any]) -> bytes:
    """Readable JSON with sorted keys, UTF-8."""
    try:
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair, in a key that is not ours
        return json.dumps(content, indent=1, sort_keys=True).encode("ascii")


def signature(path: Path) -> tuple[int, int] | None:
    """Time of the last change (ns) and size (bytes): has somebody else written the file? None: there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size

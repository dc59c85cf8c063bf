"""Small files of settings that people may edit as well: written readably, and read again when they have changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


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

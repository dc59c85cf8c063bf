"""Where the window was: small values that may be lost without harm, and that never trouble the user."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from assistant.base.files import write_atomic
from assistant.storage.jsonfile import read_json_object


class StateFile:
    """Values by key in a small JSON file. Damaged or missing: empty. It is written by ``flush`` only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed = False
        self._values: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            self._values = read_json_object(path)

    def get(self, key: str, default: Any = None) -> Any:
        """What was set, else ``default``; also when what was set is of another type than ``default``."""
        value = self._values.get(key, default)
        if default is None or isinstance(value, type(default)):
            return value
        return default

    def set(self, key: str, value: Any) -> None:
        """Keep a value of JSON's types; one that is not is left out."""
        with contextlib.suppress(TypeError, ValueError, RecursionError):
            json.dumps(value, allow_nan=False)
            if key not in self._values or self._values[key] != value:
                self._values[key] = value
                self._changed = True

    def flush(self) -> None:
        """Write the file if something changed. A disk that does not take it is tried again next time."""
        if not self._changed:
            return
        with contextlib.suppress(OSError):
            # Not durable: after a power cut an older state is as good.
            write_atomic(self._path, json.dumps(self._values, indent=1).encode("ascii"), durable=False)
            self._changed = False

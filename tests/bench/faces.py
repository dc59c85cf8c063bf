"""The window's own measurements, which are tests (``-m bench``) in processes of their own because they want a screen.

Each prints its numbers as lines of JSON: a row, or ``{"name of the row": {"got": ..., "reach": ..., ...}}``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.setting import Setting
from tests.bench.stats import Row

_HERE = Path(__file__).resolve().parent
_FIELDS = frozenset({"measure", "got", "bound", "reach", "unit", "note"})


def window(setting: Setting) -> list[Row]:
    """When the window is visible, against a bare PySide6 window."""
    return _tests(setting, "bench_window.py")


def transcript(setting: Setting) -> list[Row]:
    """Long answers at high speed and conversations of ten thousand messages."""
    return _tests(setting, "bench_transcript.py")


def live(setting: Setting) -> list[Row]:
    """Typing in the Translate pane while the engine translates."""
    return _tests(setting, "bench_live.py")


def _tests(setting: Setting, name: str) -> list[Row]:
    path = _HERE / name
    if not path.is_file():
        return [Row(name, None, "at least", 0.0, note="this measurement is missing")]
    from tests.bench.bench_window import screen

    command = [sys.executable, "-m", "pytest", str(path), "-m", "bench", "-s", "-q", "-p", "no:cacheprovider"]
    with screen() as display:
        result = subprocess.run(
            command,
            cwd=_HERE.parents[1],
            env={**os.environ, **display},
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
        )
    rows = parse_rows(result.stdout)
    for row in rows:
        setting.say(f"    {row.measure}: {row.got} {row.unit}")
    if result.returncode and all(row.ok is not False for row in rows):
        rows.append(Row(name, None, "at least", 0.0, note=f"failed: {(result.stdout + result.stderr)[-300:]}"))
    return rows


def parse_rows(text: str) -> list[Row]:
    """The rows in what such tests have printed; every other line is left out."""
    rows: list[Row] = []
    for line in text.splitlines():
        start = line.find('{"')
        try:
            data = json.loads(line[start:]) if start >= 0 else None
        except ValueError:
            continue
        if not isinstance(data, dict):
            continue
        if "measure" in data:
            rows.append(parse_row(data))
        else:
            rows += [parse_row({"measure": name, **entry}) for name, entry in data.items() if isinstance(entry, dict)]
    return rows


def parse_row(entry: Mapping[str, Any]) -> Row:
    """One measurement: measure, got, bound (at most, if it does not say), reach, unit, note; the rest is told."""
    bound = entry.get("bound", "at most")
    if bound not in ("at least", "at most"):
        raise ValueError(f"no such bound: {bound!r}")
    got, reach = entry.get("got"), entry.get("reach")
    told = [str(entry["note"])] if entry.get("note") else []
    told += [f"{name.replace('_', ' ')} {value}" for name, value in entry.items() if name not in _FIELDS]
    return Row(
        str(entry["measure"]),
        None if got is None else float(got),
        bound if reach is not None else "",
        float(reach or 0.0),
        str(entry.get("unit", "")),
        ", ".join(told),
    )

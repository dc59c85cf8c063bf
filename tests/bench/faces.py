"""The window's own measurements, which are tests (``-m bench``) in processes of their own because they want a screen.

Each prints its numbers as lines of JSON, ``{"name": {"got": ..., "reach": ..., ...}}``; how they are read is here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.setting import Setting
from tests.bench.stats import Row

_HERE = Path(__file__).resolve().parent
_VALUES = ("got", "ratio", "value")
_BOUNDS = ("at least", "at most")


def window(setting: Setting) -> list[Row]:
    """When the window is visible, against a bare PySide6 window."""
    return _tests(setting, "bench_window.py")


def transcript(setting: Setting) -> list[Row]:
    """Long answers at high speed and conversations of ten thousand messages."""
    return _tests(setting, "bench_transcript.py")


def _tests(setting: Setting, name: str) -> list[Row]:
    path = _HERE / name
    if not path.is_file():
        return [Row(name, None, "at least", 0.0, note="this measurement is missing")]
    command = [sys.executable, "-m", "pytest", str(path), "-m", "bench", "-s", "-q", "-p", "no:cacheprovider"]
    result = subprocess.run(command, cwd=_HERE.parents[1], capture_output=True, text=True, check=False, timeout=1800)
    rows = parse_rows(result.stdout)
    if rows:
        for row in rows:
            setting.say(f"    {row.measure}: {row.got} {row.unit} {row.note}")
        return rows
    return [Row(name, None, "at least", 0.0, note=f"said no number: {(result.stdout + result.stderr)[-300:]}")]


def parse_rows(text: str) -> list[Row]:
    """The rows in what such a test has printed; every other line is left out."""
    rows: list[Row] = []
    for line in text.splitlines():
        start = line.find('{"')
        if start < 0:
            continue
        try:
            entries = json.loads(line[start:].strip())
        except ValueError:
            continue
        rows += [parse_row(name, entry) for name, entry in entries.items() if isinstance(entry, dict)]
    return rows


def parse_row(name: str, entry: Mapping[str, Any]) -> Row:
    """One measurement: the first of ``got``, ``ratio`` and ``value`` is held against ``reach``, the rest is told."""
    key = next((key for key in _VALUES if key in entry), None)
    bound = entry.get("bound", "at most")
    if bound not in _BOUNDS:
        raise ValueError(f"no such bound: {bound!r}")
    told = {other: value for other, value in entry.items() if other not in {key, "reach", "bound", "unit", "measure"}}
    return Row(
        str(entry.get("measure", name)),
        None if key is None or entry[key] is None else float(entry[key]),
        bound if entry.get("reach") is not None else "",
        float(entry.get("reach") or 0.0),
        str(entry.get("unit", "")),
        ", ".join(f"{other} {value}" for other, value in told.items()),
    )

"""The window's own measurements, which run in processes of their own because they want a screen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.setting import Setting
from tests.bench.stats import Row

_HERE = Path(__file__).resolve().parent


def window(setting: Setting) -> list[Row]:
    """When the window is visible, against a bare PySide6 window."""
    return _script(setting, "bench_window.py")


def transcript(setting: Setting) -> list[Row]:
    """Long answers at high speed and conversations of ten thousand messages."""
    return _script(setting, "bench_transcript.py")


def _script(setting: Setting, name: str) -> list[Row]:
    """Run a script that writes its rows as JSON to the file it is given."""
    path = _HERE / name
    if not path.is_file():
        return [Row(name, None, "at least", 0.0, note="this measurement is missing")]
    target = setting.scratch / f"{name}.json"
    command = [sys.executable, str(path), "--json", str(target)]
    result = subprocess.run(command, cwd=_HERE.parents[1], capture_output=True, text=True, check=False, timeout=900)
    setting.say("    " + "\n    ".join(result.stdout.strip().splitlines()))
    if not target.is_file():
        return [Row(name, None, "at least", 0.0, note=f"ended with {result.returncode}: {result.stderr[-200:]}")]
    return [parse_row(entry) for entry in json.loads(target.read_text(encoding="utf-8"))]


def parse_row(entry: dict[str, object]) -> Row:
    """One row as a script writes it: measure, got, bound, reach, unit, note."""
    bound = entry.get("bound", "")
    if bound not in ("at least", "at most", ""):
        raise ValueError(f"no such bound: {bound!r}")
    got, reach = entry.get("got"), entry.get("reach") or 0.0
    assert isinstance(got, int | float | None)
    assert isinstance(reach, int | float)
    return Row(
        str(entry["measure"]),
        None if got is None else float(got),
        bound,
        float(reach),
        str(entry.get("unit", "")),
        str(entry.get("note", "")),
    )

"""The file of measured speeds: what is known of each model on this machine, written and read back."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from assistant.base.files import write_atomic
from assistant.core.redoing import Redoing, redoing_of
from assistant.core.timing import Line, Observation, fit, kept
from assistant.storage.jsonfile import read_json_object

_MOST_MODELS = 200
_BEGINNINGS_KEPT = 15
_JOBS_KEPT = 9
_PAIRS_KEPT = 60
_JOB_LIMITS = {
    "company": (0.02, 1.0),
    "filled": (0.05, 2.5),
    "final": (0.05, 2.5),
    "endless": (0.0, 1.0),
    "rambled": (0.05, 1.0),
    "asked": (1.0, 2.0),
    "beside": (0.02, 1.5),
}


@dataclass
class SpeedRecord:
    """What is known of one model.

    :ivar weights: bytes that are read to write a token, ``parameters``: how many; for conclusions about others.
    :ivar jobs: what jobs with many answers have taught, by the names that they have in ``Pace``.
    :ivar pairs: what has happened with segments of translations, by the names of ``pair_name``, the newest last.
    """

    stamp: str = ""
    weights: int = 0
    parameters: int = 0
    tested: float = 0.0
    reading: list[Observation] = field(default_factory=list)
    writing: list[Observation] = field(default_factory=list)
    beginnings: list[float] = field(default_factory=list)
    jobs: dict[str, list[float]] = field(default_factory=dict)
    pairs: dict[str, Redoing] = field(default_factory=dict)
    lines: tuple[Line | None, Line | None] | None = None

    def fitted(self) -> tuple[Line | None, Line | None]:
        """Lines of reading and writing."""
        if self.lines is None:
            self.lines = fit(self.reading), fit(self.writing)
        return self.lines

    def note_beginning(self, seconds: float) -> None:
        """So many seconds an answer took beside reading and writing."""
        self.beginnings = [*self.beginnings, _within(seconds, 0.0, 1.0)][-_BEGINNINGS_KEPT:]

    def note_job(self, name: str, value: float) -> None:
        """What ``name`` of ``Pace`` was for a job."""
        self.jobs[name] = [*self.jobs.get(name, []), _within(value, *_JOB_LIMITS[name])][-_JOBS_KEPT:]

    def note_segments(self, pair: str, happened: Redoing) -> None:
        """What has happened with segments of a translation between two languages."""
        self.pairs[pair] = self.pairs.pop(pair, Redoing()).then(happened)
        for oldest in list(self.pairs)[:-_PAIRS_KEPT]:
            del self.pairs[oldest]


def read_speeds(path: Path) -> dict[str, SpeedRecord]:
    """What the file says; nothing where it is damaged or of another machine."""
    try:
        content = read_json_object(path)
    except (OSError, ValueError):
        return {}
    models = content.get("models")
    if content.get("version") != 1 or content.get("machine") != _machine() or not isinstance(models, Mapping):
        return {}
    found = {}
    for key, value in models.items():
        record = _from_json(value)
        if record is not None:
            found[str(key)] = record
    return found


def write_speeds(path: Path, records: Mapping[str, SpeedRecord]) -> None:
    """:raises OSError: the disk does not take it."""
    newest = list(records.items())[-_MOST_MODELS:]
    content = {"version": 1, "machine": _machine(), "models": {key: _as_json(record) for key, record in newest}}
    write_atomic(path, json.dumps(content).encode("ascii"), durable=False)


def _machine() -> str:
    """What kind of computer this is: a home folder may move to another one."""
    cores = f"{psutil.cpu_count(logical=False)}/{psutil.cpu_count()}"
    return f"{platform.system()} {platform.machine()} {platform.processor()} {cores}"


def _as_json(record: SpeedRecord) -> dict[str, Any]:
    def rows(observations: list[Observation]) -> list[list[float]]:
        return [[o.tokens, round(o.seconds, 5), o.depth, int(o.probe)] for o in observations]

    return {
        "stamp": record.stamp,
        "weights": record.weights,
        "parameters": record.parameters,
        "tested": record.tested,
        "reading": rows(record.reading),
        "writing": rows(record.writing),
        "beginnings": [round(seconds, 4) for seconds in record.beginnings],
        "jobs": {name: [round(value, 4) for value in values] for name, values in record.jobs.items()},
        "pairs": {name: [round(value, 2) for value in pair.values()] for name, pair in record.pairs.items()},
    }


def _from_json(value: Any) -> SpeedRecord | None:
    def observations(rows: Any) -> list[Observation]:
        return [Observation(int(t), float(s), int(d), bool(p)) for t, s, d, p in rows if t > 0 and 0 < s < 1e6]

    try:
        return SpeedRecord(
            str(value["stamp"]),
            int(value["weights"]),
            int(value["parameters"]),
            float(value["tested"]),
            kept(observations(value["reading"])),
            kept(observations(value["writing"])),
            [_within(seconds, 0.0, 1.0) for seconds in value["beginnings"]][-_BEGINNINGS_KEPT:],
            _jobs_from(value.get("jobs", {})),
            {str(name): redoing_of(values) for name, values in value.get("pairs", {}).items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return None


def _jobs_from(values: Any) -> dict[str, list[float]]:
    found = {}
    for name, (least, most) in _JOB_LIMITS.items():
        found[name] = [_within(value, least, most) for value in values.get(name, [])][-_JOBS_KEPT:]
    return found


def _within(value: Any, least: float, most: float) -> float:
    return min(max(float(value), least), most)

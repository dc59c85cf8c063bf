"""What is known about the speed of each model on this machine, in one file, and what follows for others."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.core.redoing import (
    Redoing,
    expected_elsewhere,
    pair_name,
    usual_answers,
    usual_rambling,
    usual_wording,
)
from assistant.core.speed_records import SpeedRecord, read_speeds, write_speeds
from assistant.core.timing import Line, Observation, kept
from assistant.library.models import InstalledModel

_LEAST_READ = 24  # tokens: shorter readings are mostly the cost of beginning
_LEAST_WRITTEN = 6
_BEGINNING = 0.03  # seconds from the request to the first work, while nothing is known
_NEAR, _FAR = 128, 2048  # tokens: depths of which a face tells the speed
_COMPANY = 0.5  # until a job has told: eight answers at once take about four times as long as one
_FILLED = 0.7
_RAMBLED = 0.7  # a loop is ended once it has gone round a few times
_TRUST = 1.0  # jobs that what is expected beforehand counts as much as


@dataclass(frozen=True)
class Speed:
    """Tokens per second, reading and writing, near the beginning of a context and deep in it (2,048 tokens).

    :ivar measured: with this model here; otherwise concluded from another one.
    """

    reading_short: float = 0.0
    reading_long: float = 0.0
    writing_near: float = 0.0
    writing_far: float = 0.0
    measured: bool = True
    tested_at: float = 0.0  # when the self-test ran (seconds since 1970), 0: it did not


@dataclass(frozen=True)
class Estimate:
    """How long something will take.

    :ivar seconds: from the request to its last token, the model being loaded.
    :ivar measured: it rests on measurements with this model on this machine; otherwise it is concluded from others.
    """

    seconds: float
    measured: bool = True


@dataclass(frozen=True)
class Circumstances:
    """What the speed depends on beside the model; another one makes what was measured worthless."""

    threads: int = 0
    gpu_layers: int = 0
    cache_type: str = "f16"


@dataclass(frozen=True)
class Pace:
    """What the time of a job with many answers follows from.

    :ivar reading: and ``writing``: seconds for a token behind others.
    :ivar beginning: seconds that each answer takes beside reading and writing.
    :ivar company: what one more answer adds to a step of writing, as a share of what the first one takes (0 to 1).
    :ivar filled: how long answers for a job are that come to an end, as a share of what they may be (not longer than
        what they sum up); ``final``: and its last one.
    :ivar endless: the share of its answers that go on to their limit, or go round until they are ended; ``rambled``:
        how long these are, as a share of their limit.
    :ivar asked: how often a step of a job is asked: an answer that will not do is asked for again.
    :ivar redone: the same for a segment of a translation between two languages; ``worded``: how long its answers are,
        as a share of what was expected; ``beside``: what ``company`` is for such short answers.
    :ivar measured: as of ``Estimate``.
    """

    reading: Line
    writing: Line
    beginning: float = _BEGINNING
    company: float = _COMPANY
    filled: float = _FILLED
    final: float = _FILLED
    endless: float = 0.0
    rambled: float = _RAMBLED
    asked: float = 1.0
    redone: float = 1.0
    worded: float = 1.0
    beside: float = _COMPANY
    measured: bool = True


class Speeds:
    """Observations by model, kept in one file. Every method runs on the pumping thread.

    :param circumstances: how a model would be loaded now.
    """

    def __init__(self, path: Path, circumstances: Callable[[InstalledModel], Circumstances]) -> None:
        self._path = path
        self._circumstances = circumstances
        self._records: dict[str, SpeedRecord] | None = None
        self._changed = False

    # ------------------------------------------------------------ asking

    def estimate(
        self, model: InstalledModel, prompt_tokens: int, answer_tokens: int, *, cached: int = 0
    ) -> Estimate | None:
        """How long an answer of so many tokens to a prompt of so many will take; None: nothing is known yet.

        :param cached: tokens of the prompt that were read before.
        """
        record = self._record(model)
        lines = record.fitted() if record is not None else (None, None)
        if record is not None and lines[0] is not None and lines[1] is not None:
            return Estimate(_total((lines[0], lines[1]), record.beginnings, prompt_tokens, answer_tokens, cached))
        guessed = self._guess(_weights_of(model), model.parameters)
        if guessed is None:
            return None
        return Estimate(_total(guessed, [], prompt_tokens, answer_tokens, cached), measured=False)

    def pace(self, model: InstalledModel, pair: tuple[str, str] | None = None) -> Pace | None:
        """What the time of a job with many answers follows from; None: nothing is known.

        :param pair: of a translation: from, to.
        """
        record = self._record(model)
        reading, writing = record.fitted() if record is not None else (None, None)
        measured = reading is not None and writing is not None
        beginning = (_middle(record.beginnings) if record is not None else 0.0) or _BEGINNING
        if reading is None or writing is None:
            guessed = self._guess(_weights_of(model), model.parameters)
            if guessed is None:
                return None
            reading, writing = guessed
        jobs = record.jobs if record is not None else {}
        rambling = usual_rambling(model)
        redone, worded = _redoing(record, model, pair)
        return Pace(
            reading,
            writing,
            beginning,
            company=_middle(jobs.get("company", [])) or _COMPANY,
            filled=_mean(jobs.get("filled", []), _FILLED),
            final=_mean(jobs.get("final", []), _FILLED),
            endless=_mean(jobs.get("endless", []), rambling),
            rambled=_mean(jobs.get("rambled", []), _RAMBLED),
            asked=_mean(jobs.get("asked", []), 1.0 + rambling),
            redone=redone,
            worded=worded,
            beside=_middle(jobs.get("beside", [])) or _COMPANY,
            measured=measured,
        )

    def speed(self, model: InstalledModel) -> Speed | None:
        """How fast it reads and writes; None: nothing is known."""
        record = self._record(model)
        lines = record.fitted() if record is not None else (None, None)
        if record is not None and lines[0] is not None and lines[1] is not None:
            return _speed((lines[0], lines[1]), tested_at=record.tested)
        return self.guess(_weights_of(model), model.parameters)

    def guess(self, weights: int, parameters: int) -> Speed | None:
        """How fast a model of so many bytes (those that are read for each token) and parameters is likely to be,
        concluded from the ones that were measured here; None: none was."""
        lines = self._guess(weights, parameters)
        return _speed(lines, measured=False) if lines is not None else None

    def tested(self, model: InstalledModel) -> bool:
        """Whether the self-test has measured this very file with the present settings."""
        record = self._record(model)
        return record is not None and record.tested > 0

    # ------------------------------------------------------------ learning

    def learn(
        self,
        model: InstalledModel,
        *,
        read: Observation | None,
        written: Observation | None,
        beginning: float | None = None,
    ) -> None:
        """One answer that had the machine for itself.

        :param beginning: seconds that were neither reading nor writing.
        """
        record = self._record(model, make=True)
        assert record is not None
        if read is not None and read.tokens >= _LEAST_READ and read.seconds > 0:
            record.reading = kept([*record.reading, read])
        if written is not None and written.tokens >= _LEAST_WRITTEN and written.seconds > 0:
            record.writing = kept([*record.writing, written])
        if beginning is not None:
            record.note_beginning(beginning)
        record.lines = None
        self._changed = True

    def learn_job(self, model: InstalledModel, **taught: float) -> None:
        """What a job that had the machine for itself has taught, by the names of ``Pace``."""
        record = self._record(model, make=True)
        assert record is not None
        for name, value in taught.items():
            record.note_job(name, value)
        self._changed = True

    def learn_segments(self, model: InstalledModel, pair: tuple[str, str], happened: Redoing) -> None:
        """What has happened with segments of a translation. ``pair``: from, to."""
        record = self._record(model, make=True)
        assert record is not None
        record.note_segments(pair_name(*pair), happened)
        self._changed = True

    def begin_test(self, model: InstalledModel) -> None:
        """Forget what an earlier self-test has measured: another one is there to replace it."""
        record = self._record(model, make=True)
        assert record is not None
        record.reading = [o for o in record.reading if not o.probe]
        record.writing = [o for o in record.writing if not o.probe]
        record.lines = None

    def end_test(self, model: InstalledModel) -> None:
        """The self-test is complete."""
        record = self._record(model, make=True)
        assert record is not None
        record.tested = time.time()
        self._changed = True
        self.flush()

    def flush(self) -> None:
        """Write what was learned. A disk that does not take it loses a few observations, no more."""
        if not self._changed or self._records is None:
            return
        self._changed = False
        with contextlib.suppress(OSError):
            write_speeds(self._path, self._records)

    # ------------------------------------------------------------ inside

    def _known(self) -> dict[str, SpeedRecord]:
        if self._records is None:
            self._records = read_speeds(self._path)
        return self._records

    def _record(self, model: InstalledModel, *, make: bool = False) -> SpeedRecord | None:
        records = self._known()
        record = records.get(model.key)
        stamp = _stamp(model, self._circumstances(model))
        if record is not None and record.stamp == stamp:
            return record
        if not make:
            return None
        records.pop(model.key, None)
        record = SpeedRecord(stamp, _weights_of(model), model.parameters)
        records[model.key] = record
        return record

    def _guess(self, weights: int, parameters: int) -> tuple[Line, Line] | None:
        """Reading costs arithmetic, in proportion to the parameters; writing costs memory, in proportion to the bytes.

        The measured model that is nearest in size is asked: small ones partly live in the processor's cache.
        """
        if weights <= 0 or parameters <= 0:
            return None
        known = [
            (_apart(record.weights, weights), reading, writing, record)
            for record in self._known().values()
            for reading, writing in (record.fitted(),)
            if reading is not None and writing is not None and record.weights > 0 and record.parameters > 0
        ]
        if not known:
            return None
        _, reading, writing, record = min(known, key=lambda entry: entry[0])
        assert reading is not None
        assert writing is not None
        more, heavier = parameters / record.parameters, weights / record.weights
        return Line(reading.base * more, reading.slope * more), Line(writing.base * heavier, writing.slope * heavier)


def _redoing(record: SpeedRecord | None, model: InstalledModel, pair: tuple[str, str] | None) -> tuple[float, float]:
    """``redone`` and ``worded`` of ``Pace``."""
    if pair is None:
        return 1.0, 1.0
    name, pairs = pair_name(*pair), record.pairs if record is not None else {}
    happened = pairs.get(name, Redoing())
    others = expected_elsewhere(other for known, other in pairs.items() if known != name)
    return (
        happened.redone(others.redone(usual_answers(model))),
        happened.worded(others.worded(usual_wording(model))),
    )


def _apart(one: int, other: int) -> float:
    return max(one, other) / min(one, other)


def _total(
    lines: tuple[Line, Line], beginnings: list[float], prompt_tokens: int, answer_tokens: int, cached: int
) -> float:
    reading, writing = lines
    beginning = _middle(beginnings) if beginnings else _BEGINNING
    fresh = max(0, prompt_tokens - cached)
    return beginning + reading.seconds(fresh, cached) + writing.seconds(max(0, answer_tokens - 1), prompt_tokens)


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


def _mean(values: list[float], usual: float) -> float:
    """Of what varies from job to job: some are asked once, some twice, and the middle one of them tells little."""
    return (sum(values) + _TRUST * usual) / (len(values) + _TRUST)


def _speed(lines: tuple[Line, Line], *, measured: bool = True, tested_at: float = 0.0) -> Speed:
    reading, writing = lines
    return Speed(
        reading_short=reading.speed(_NEAR / 2),
        reading_long=reading.speed(_FAR / 2),
        writing_near=writing.speed(_NEAR),
        writing_far=writing.speed(_FAR),
        measured=measured,
        tested_at=tested_at,
    )


def _weights_of(model: InstalledModel) -> int:
    return model.shape.weights_per_token if model.shape is not None else 0


def _stamp(model: InstalledModel, how: Circumstances) -> str:
    """Of the very file and how it is run. (The machine is in the head.) Another file under the same name may answer
    at other lengths and be asked again more often, even where it is as large."""
    file = f"{model.stamp} {model.size} {model.architecture} {model.quantization}"
    return f"{file} {how.threads} {how.gpu_layers} {how.cache_type}"

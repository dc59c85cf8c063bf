"""What is known about speed: kept in a file, tied to model, settings and machine, and carried over to other models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.core import speed_records
from assistant.core.speeds import Circumstances, Speeds
from assistant.core.timing import Observation
from assistant.library.fit import Shape
from assistant.library.models import InstalledModel


def model(
    key: str = "m", *, size: int = 1000, weights: int = 900, parameters: int = 2000, stamp: str = "1000:1"
) -> InstalledModel:
    shape = Shape(
        weights=weights,
        weights_per_token=weights,
        context_trained=8192,
        vocabulary=1,
        width=1,
        feed_forward=1,
        blocks=1,
    )
    return InstalledModel(key, key, Path(f"{key}.gguf"), size, parameters=parameters, shape=shape, stamp=stamp)


class Home:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "measures.json"
        self.how = Circumstances()
        self.speeds = self.open()

    def open(self) -> Speeds:
        return Speeds(self.path, lambda _: self.how)

    def measure(self, of: InstalledModel, *, read: float = 0.01, write: float = 0.1) -> None:
        self.speeds.begin_test(of)
        for depth in (64, 1024):
            self.speeds.learn(
                of,
                read=Observation(depth, depth * read, 0, probe=True),
                written=Observation(20, 20 * write, depth, probe=True),
            )
        self.speeds.end_test(of)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_an_estimate_adds_reading_and_writing(home: Home) -> None:
    home.measure(model())
    estimate = home.speeds.estimate(model(), 1000, 51)
    assert estimate is not None
    assert estimate.measured
    assert estimate.seconds == pytest.approx(10 + 5, rel=0.02)
    cached = home.speeds.estimate(model(), 1000, 51, cached=900)
    assert cached is not None
    assert cached.seconds == pytest.approx(1 + 5, rel=0.02)


def test_nothing_is_known_before_a_measurement(home: Home) -> None:
    assert home.speeds.estimate(model(), 100, 10) is None
    assert home.speeds.speed(model()) is None
    assert not home.speeds.tested(model())


def test_it_is_known_after_a_restart(home: Home) -> None:
    home.measure(model())
    again = home.open()
    assert again.tested(model())
    assert again.estimate(model(), 500, 20) == home.speeds.estimate(model(), 500, 20)


@pytest.mark.parametrize("change", ["size", "file", "settings", "machine"])
def test_other_circumstances_make_it_worthless(home: Home, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home.measure(model())
    asked: Any = model()
    if change == "size":
        asked = model(size=1001)
    elif change == "file":  # as large, of the same kind, under the same name
        asked = model(stamp="1000:2")
    elif change == "settings":
        home.how = Circumstances(threads=7)
    else:
        monkeypatch.setattr(speed_records, "_machine", lambda: "another one")
    assert not home.open().tested(asked)


def test_another_model_is_judged_by_what_it_has_to_read(home: Home) -> None:
    home.measure(model())
    other = model("other", size=9, weights=1800, parameters=6000)
    guess = home.speeds.estimate(other, 100, 11)
    assert guess is not None
    assert not guess.measured
    assert guess.seconds == pytest.approx(100 * 0.01 * 3 + 10 * 0.1 * 2, rel=0.05)
    speed = home.speeds.guess(1800, 6000)
    assert speed is not None
    assert speed.writing_near == pytest.approx(5)
    assert home.speeds.guess(0, 6000) is None


def test_the_nearest_in_size_is_asked(home: Home) -> None:
    home.measure(model("small", weights=100, parameters=100), write=0.001)
    home.measure(model("large", weights=100_000, parameters=100_000), write=1.0)
    speed = home.speeds.guess(90_000, 90_000)
    assert speed is not None
    assert speed.writing_near == pytest.approx(1 / 0.9, rel=0.01)


def test_a_new_test_replaces_the_old_one(home: Home) -> None:
    home.measure(model(), write=0.1)
    home.measure(model(), write=0.2)
    speed = home.speeds.speed(model())
    assert speed is not None
    assert speed.writing_near == pytest.approx(5)
    assert speed.measured
    assert speed.tested_at > 0


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": 2}', b'{"version": 1, "models": []}',
     b'{"version": 1, "machine": "M", "models": {"m": {"stamp": 1}}}',
     b'{"version": 1, "machine": "M", "models": {"m": {"stamp": "", "weights": 1, "parameters": 1, "tested": 1, '
     b'"reading": [[1]], "writing": [], "beginnings": []}}}'],
)  # fmt: skip
def test_a_damaged_file_is_no_file(home: Home, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed_records, "_machine", lambda: "M")
    home.path.write_bytes(content)
    assert home.open().speed(model()) is None


def test_a_full_disk_costs_only_what_was_learned(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(speed_records, "write_atomic", full)
    home.measure(model())
    assert home.speeds.tested(model())
    assert not home.path.exists()

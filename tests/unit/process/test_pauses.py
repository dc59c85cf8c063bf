"""That a pause of the whole program is told from a thread that wakes up a little late."""

from __future__ import annotations

import time

import pytest

from assistant.process import overslept


@pytest.mark.parametrize(("late", "told"), [(-5.0, 0.0), (0.0, 0.0), (0.9, 0.0), (1.5, 1.5), (3600.0, 3600.0)])
def test_only_a_long_delay_means_that_the_program_was_stopped(
    monkeypatch: pytest.MonkeyPatch, late: float, told: float
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0 + late)
    assert overslept(1000.0) == told

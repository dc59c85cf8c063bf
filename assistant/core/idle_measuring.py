"""The self-test that nobody has to ask for: a new model is measured once, while the machine has nothing else to do."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from assistant.core.engines import Engine
from assistant.core.measures import Measures

IDLE_SECONDS = 20.0
"""How long the model must have been left alone before."""


class IdleMeasuring:
    """Starts the self-test of the loaded model when it was never measured here. It lives on the pumping thread.

    One try for each model and start of the program: an answer that begins ends the test, and from then on answers
    teach what it would have told.

    :param engine: the engine of the chosen model, if there is one.
    :param wanted: whether the user lets it.
    :param on_battery: whether the machine runs on its battery, which is not to be spent on this.
    """

    def __init__(
        self,
        measures: Measures,
        engine: Callable[[], Engine | None],
        *,
        wanted: Callable[[], bool],
        on_battery: Callable[[], bool] | None = None,
    ) -> None:
        self._measures = measures
        self._engine = engine
        self._wanted = wanted
        self._on_battery = on_battery or _on_battery
        self._tried: set[str] = set()

    def tick(self) -> None:
        """Called once a second."""
        engine = self._engine()
        if engine is None or engine.loading or engine.busy or not self._wanted():
            return
        key = engine.plan.key
        if key in self._tried or time.monotonic() - engine.last_used < IDLE_SECONDS:
            return
        self._tried.add(key)
        if not self._measures.tested(key) and not self._on_battery():
            self._measures.selftest(key, _nothing)


def _nothing(_result: object) -> None:
    """What was learned is in the measures; what went wrong is nobody's business who did not ask."""


def _on_battery() -> bool:
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return battery is not None and battery.power_plugged is False

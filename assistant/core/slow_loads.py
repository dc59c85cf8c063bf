"""Loads that take long: the user is told and can stop them. A slow disk is no reason to end one."""

from __future__ import annotations

import time

from assistant.core.engines import Engine, Engines
from assistant.core.notices import Notices

STILL_SECONDS = 20.0  # without a sign of life
SLOW_SECONDS = 30.0  # with signs of life, but no progress


class SlowLoads:
    """Looks at loads now and then; on the pumping thread."""

    def __init__(self, engines: Engines, notices: Notices) -> None:
        self._engines = engines
        self._notices = notices
        self._told: dict[str, bool] = {}  # keys of models -> they stand still

    def tick(self) -> None:
        """Tell what has become true, and take back what no longer is."""
        now = time.monotonic()
        found = {engine.plan.key: _stands(engine, now) for engine in self._engines.loading}
        for key in [key for key in self._told if found.get(key) is None]:
            del self._told[key]
            self._notices.load_goes_on(key)
        for engine in self._engines.loading:
            key, stands = engine.plan.key, found[engine.plan.key]
            if stands is not None and self._told.get(key) is not stands:
                self._told[key] = stands
                self._notices.load_takes_long(key, engine.plan.name, stands=stands)


def _stands(engine: Engine, now: float) -> bool | None:
    """Whether a load stands still (True) or only goes slowly (False); None: all is well."""
    if now - engine.heard >= STILL_SECONDS:
        return True
    return False if now - engine.moved >= SLOW_SECONDS else None

"""A load that takes long is told, with a way to stop it, and goes on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core import engines, slow_loads
from assistant.core.engines import Engine, Engines
from assistant.core.events import NoticeAction, NoticeCleared, NoticePosted
from assistant.core.inbox import Inbox
from assistant.core.load_plan import LoadPlan
from assistant.core.notices import Notices
from assistant.core.slow_loads import SLOW_SECONDS, STILL_SECONDS, SlowLoads
from assistant.engine.messages import Loading
from tests.fakes.engine_client import FakeEngines


class Stage:
    """A model on its way, and a clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        clock = SimpleNamespace(monotonic=lambda: self.now)
        monkeypatch.setattr(slow_loads, "time", clock)
        monkeypatch.setattr(engines, "time", clock)
        self.said: list[str] = []
        self.actions: tuple[NoticeAction, ...] = ()
        self.inbox = Inbox(lambda: None)
        self.fakes = FakeEngines(auto_load=False)
        self.engines = Engines(self.inbox, changed=lambda: None, budget=lambda: 1000, log=None, connect=self.fakes)
        self.loads = SlowLoads(self.engines, Notices(self._told))
        self.got: list[Engine | AssistantError] = []
        self.engines.acquire(LoadPlan("a", Path("a"), "Alpha"), self.got.append)
        # The default of a dataclass has the real clock.
        for engine in self.engines.loading:
            engine.heard = engine.moved = self.now

    def _told(self, event: Any) -> None:
        if isinstance(event, NoticePosted):
            self.said.append(event.notice.sentence)
            self.actions = event.notice.actions
        elif isinstance(event, NoticeCleared):
            self.said.append("")

    def pass_time(self, seconds: float) -> list[str]:
        """What is said after so many seconds."""
        self.now += seconds
        self.said.clear()
        self.loads.tick()
        return self.said

    def progress(self, done: float) -> None:
        self.fakes.last.deliver(Loading(id=self.fakes.last.load_message.id, progress=done))
        while self.inbox.pump(1.0):
            pass


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_a_load_that_stands_still_is_told_once_and_goes_on(stage: Stage) -> None:
    assert stage.pass_time(STILL_SECONDS - 1) == []
    (sentence,) = stage.pass_time(1)
    assert "Alpha" in sentence
    assert "stands still" in sentence
    assert "very busy" in sentence  # a processor that has no time for it looks the same from here
    assert "2 min" in sentence
    assert stage.actions == (NoticeAction.STOP_LOADING,)
    assert stage.pass_time(30) == []
    stage.progress(0.2)
    assert stage.pass_time(0) == [""]
    assert stage.engines.loading


def test_a_load_with_signs_of_life_is_slow(stage: Stage) -> None:
    stage.progress(0.3)
    for _ in range(int(SLOW_SECONDS) - 1):
        assert stage.pass_time(1) == []
        stage.progress(0.3)
    (sentence,) = stage.pass_time(1)
    assert "slow" in sentence
    (sentence,) = stage.pass_time(STILL_SECONDS)
    assert "stands still" in sentence
    stage.progress(0.3)
    (sentence,) = stage.pass_time(0)
    assert "slow" in sentence
    stage.progress(0.31)
    assert stage.pass_time(0) == [""]


def test_what_was_said_goes_with_the_load(stage: Stage) -> None:
    stage.pass_time(STILL_SECONDS)
    stage.engines.stop_loading("a")
    (error,) = stage.got
    assert isinstance(error, AssistantError)
    assert error.kind is ErrorKind.CANCELLED
    assert stage.pass_time(1) == [""]
    assert stage.pass_time(100) == []


def test_a_loaded_model_is_not_looked_at(stage: Stage) -> None:
    stage.fakes.last.say_loaded()
    while stage.inbox.pump(1.0):
        pass
    assert stage.pass_time(1000) == []

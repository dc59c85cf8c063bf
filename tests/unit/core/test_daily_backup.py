"""The history is copied while the program runs, not only at a clean end."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.paths import default_paths
from assistant.core import daily_backup
from assistant.core.core import Core
from assistant.core.daily_backup import FIRST_SECONDS, DailyBackup
from assistant.storage.backups import Backups
from tests.fakes.engine_client import FakeEngines
from tests.fakes.net_client import FakeNets

MINUTE = 60.0
DAY = 24 * 3600.0


class Asked:
    """A store that notes what it is asked for, and a clock that goes when it is told to."""

    def __init__(self) -> None:
        self.copies: list[float] = []
        self.now = 1000.0
        self.busy = False
        self.wanted = True
        self.daily = DailyBackup(
            self,  # type: ignore[arg-type]
            wanted=lambda: self.wanted,
            busy=lambda: self.busy,
            clock=lambda: self.now,
        )

    def backup_if_due(self, seconds: float) -> None:
        self.copies.append(seconds)

    def wait(self, seconds: float) -> int:
        """Let so much time pass, tick by tick; how often a copy was asked for."""
        before = len(self.copies)
        end = self.now + seconds
        while self.now < end:
            self.now += 0.5
            self.daily.tick()
        return len(self.copies) - before


def test_minutes_after_the_start_and_then_now_and_again() -> None:
    asked = Asked()
    assert asked.wait(FIRST_SECONDS - 1) == 0
    assert asked.wait(2) == 1
    assert asked.wait(5 * MINUTE) == 0
    assert asked.wait(60 * MINUTE) == 6
    assert set(asked.copies) == {DAY}


def test_a_model_at_work_is_waited_for_but_not_for_ever() -> None:
    asked = Asked()
    asked.busy = True
    assert asked.wait(30 * MINUTE) == 0
    asked.busy = False
    assert asked.wait(1) == 1
    asked.busy = True
    assert asked.wait(65 * MINUTE) == 0
    assert asked.wait(10 * MINUTE) == 1


def test_none_where_the_user_wants_none() -> None:
    asked = Asked()
    asked.wanted = False
    assert asked.wait(60 * MINUTE) == 0
    asked.wanted = True
    assert asked.wait(10 * MINUTE) == 1


@pytest.mark.parametrize("wanted", [True, False])
def test_the_core_has_a_copy_before_its_end(wanted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_backup, "FIRST_SECONDS", 0.0)
    core = Core(default_paths(), connect=FakeEngines(), connect_net=FakeNets())
    core.settings.set("backups", wanted)
    core.start()
    try:
        core.conversations.set_draft(core.conversations.create(), "A long letter, not sent yet")
        assert core._store.drain()
        core._tick()
        assert core._store.drain()
        folder: Path = core.paths.database.parent / "backups"
        assert len(Backups(folder).all()) == wanted
    finally:
        core.close()

"""Real programs that write are killed at random moments: nothing that was acknowledged is lost."""

from __future__ import annotations

import random
from pathlib import Path

from tests.fakes.store_killer import Promises, check, kill_often, run_and_kill


def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    promises = kill_often(tmp_path, times=20, seed=11)
    assert len(promises.messages) > 50  # else there would have been little to lose
    assert promises.failed == []


def test_a_database_that_was_killed_again_and_again_without_a_look(tmp_path: Path) -> None:
    """Each start finds what the kill before left, and is killed itself."""
    chance, promises = random.Random(12), Promises()
    for _ in range(6):
        run_and_kill(tmp_path, promises, chance)
    check(tmp_path, promises)

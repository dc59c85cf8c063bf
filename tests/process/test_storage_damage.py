"""Databases damaged at random: each one starts, none is deleted."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.store_damage import survive_many


def test_twenty_damaged_databases_start(tmp_path: Path) -> None:
    endings = survive_many(tmp_path, many=20, seed=3)
    assert endings["repaired"] >= 5  # else the damage was too mild
    assert endings["from a backup"] >= 1

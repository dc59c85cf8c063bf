"""Seconds told beforehand, with the starter model on this machine (the benchmark holds it to 25 %)."""

from __future__ import annotations

import statistics
from pathlib import Path

from tests.bench.estimates import desk, errors_over

DOCUMENTS = ((150, 20), (500, 40), (1000, 20))


def test_what_is_said_after_the_self_test_is_about_what_it_takes(starter_path: Path, tmp_path: Path) -> None:
    said: list[str] = []
    with desk(tmp_path / "home", starter_path) as made:
        speed = made.selftest()
        assert speed.measured
        assert made.core.measures.tested(made.model.key)
        errors = errors_over(made, DOCUMENTS, seed=7, say=said.append)
    assert statistics.median(errors) < 0.6, said  # others may work on this machine, too

"""The full dose of hostile model files: ten thousand of them, of every family, each to its end (about an hour).

The log of each seed has a line for each file: what was changed, how it ended, processor seconds.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.library.gguf import read_header
from tests.fakes import tiny_models
from tests.fakes.gguf_mutants import Mutant, Mutator
from tests.fakes.gguf_trial import CPU_SECONDS, FAILURES, REFUSALS, Engine, refusal
from tests.fakes.soak_log import SoakLog

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]

SEEDS = range(3001, 3011)
EACH = 1000
FAMILIES = tuple(tiny_models.CHAT_MODELS)


def trial(path: Path, mutant: Mutant) -> dict[str, Any]:
    """Take one file to its end."""
    path.write_bytes(mutant.content)
    begin = time.process_time()
    kind = refusal(path)
    line: dict[str, Any] = {"changed": mutant.name, "by": "check", "check": round(time.process_time() - begin, 4)}
    assert kind is None or kind in REFUSALS, mutant.name
    if kind is None:
        with Engine() as engine:
            began = time.monotonic()
            kind = engine.speak(path)
            line |= {"by": "engine", "seconds": round(engine.seconds, 2), "wall": round(time.monotonic() - began, 2)}
            assert kind is None or kind in FAILURES, mutant.name
            assert engine.seconds < CPU_SECONDS, mutant.name
    return {**line, "end": kind.value if kind else "runs"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_thousand_hostile_files(seed: int, tmp_path: Path, soak_log: SoakLog) -> None:
    family = FAMILIES[seed % len(FAMILIES)]
    good = tiny_models.CHAT_MODELS[family](tmp_path / "good.gguf")
    assert read_header(good)
    ends: Counter[str] = Counter()
    for mutant in Mutator(good).mutants(EACH, seed=seed):
        line = trial(tmp_path / "mutant.gguf", mutant)
        soak_log(**line)
        ends[f"{line['by']}: {line['end']}"] += 1
    with Engine() as engine:
        assert engine.speak(good) is None
    soak_log(seed=seed, family=family, ends=ends)
    assert sum(ends.values()) == EACH
    assert ends["engine: runs"] > EACH // 50

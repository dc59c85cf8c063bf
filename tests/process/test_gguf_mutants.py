"""Hostile model files: our own check refuses most of them, and what it lets through never takes more than its child.

The full dose is in ``tests/soak/test_gguf_mutants_soak.py``.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.client import EngineEnded
from assistant.library.gguf import read_header
from assistant.library.models import Models
from assistant.texts.errors import sentence
from tests.fakes import tiny_models
from tests.fakes.gguf_mutants import Mutant, Mutator
from tests.fakes.gguf_trial import CPU_SECONDS, FAILURES, REFUSALS, Engine, refusal

HEADERS = 600
ENGINES = 30
KNOWN = 100


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.write_plain(tmp_path_factory.mktemp("good") / "good.gguf", sampling={"temp": 0.6, "top_k": 20})


@pytest.fixture(scope="module")
def survivors(good: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Mutant]:
    """Variants that our check lets through, as mixed as can be."""
    path = tmp_path_factory.mktemp("survivors") / "mutant.gguf"
    found = []
    for mutant in Mutator(good).mutants(2000, seed=2):
        path.write_bytes(mutant.content)
        if refusal(path) is None:
            found.append(mutant)
        if len(found) == ENGINES:
            return found
    raise AssertionError("too few variants pass the check to try the engine with")


def test_every_variant_ends_in_our_own_words_quickly_and_in_little_memory(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "mutant.gguf"
    assert refusal(good) is None
    mutator = Mutator(good)
    assert mutator.fields > HEADERS // 2
    kinds: dict[ErrorKind | None, int] = {}
    slowest = 0.0
    for mutant in mutator.mutants(HEADERS):
        path.write_bytes(mutant.content)
        begin = time.process_time()
        kind = refusal(path)
        slowest = max(slowest, time.process_time() - begin)
        assert kind is None or kind in REFUSALS, mutant.name
        kinds[kind] = kinds.get(kind, 0) + 1
    assert slowest < 0.1
    assert sum(kinds.values()) == HEADERS
    assert kinds[ErrorKind.MODEL_DAMAGED] > HEADERS // 5
    assert kinds[ErrorKind.MODEL_TRUNCATED] > HEADERS // 20
    assert kinds[None] > HEADERS // 20  # among them those whose tensors alone are damaged


def test_a_refusal_is_a_sentence_with_the_models_name(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "mutant.gguf"
    seen = set()
    for mutant in Mutator(good).mutants(100, seed=6):
        path.write_bytes(mutant.content)
        if refusal(path) is None:
            continue
        with pytest.raises(AssistantError) as caught:
            read_header(path)
        seen.add(caught.value.kind)
        words = sentence(caught.value)
        assert "mutant" in words, mutant.name
        assert "{" not in words
    assert len(seen) >= 3


def test_where_the_hash_is_known_every_variant_is_refused(good: Path, tmp_path: Path) -> None:
    """Also those whose header is flawless."""
    path = tmp_path / "models" / "model.gguf"
    path.parent.mkdir()
    path.write_bytes(good.read_bytes())
    models = Models(path.parent, tmp_path / "index.json")
    (model,) = models.installed()
    assert models.verify(model.key).ok  # from now on its hash is known
    passed = 0
    for mutant in Mutator(good).mutants(KNOWN, seed=4):
        path.write_bytes(mutant.content)
        passed += refusal(path) is None
        verified = models.verify(model.key)
        assert (verified.ok, verified.known) == (mutant.content == good.read_bytes(), True), mutant.name
    assert passed > KNOWN // 20
    path.write_bytes(good.read_bytes())
    assert models.verify(model.key).ok


def test_no_variant_makes_us_allocate(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "mutant.gguf"
    tracemalloc.start()
    try:
        for mutant in Mutator(good).mutants(100, seed=3):
            path.write_bytes(mutant.content)
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            refusal(path)
            assert tracemalloc.get_traced_memory()[1] - before < 16 << 20, mutant.name
    finally:
        tracemalloc.stop()


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine() as one:
        yield one


@pytest.mark.parametrize("number", range(ENGINES))
def test_what_passes_the_check_runs_or_fails_in_words(
    number: int, survivors: list[Mutant], engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "mutant.gguf"
    path.write_bytes(survivors[number].content)
    kind = engine.speak(path)
    assert kind is None or kind in FAILURES, survivors[number].name
    assert engine.seconds < CPU_SECONDS, survivors[number].name


def test_after_an_abort_a_good_model_loads(engine: Engine, good: Path, tmp_path: Path) -> None:
    path = tiny_models.write_aborting(tmp_path / "aborting.gguf")
    assert refusal(path) is None
    assert engine.speak(path) is ErrorKind.ENGINE_CRASHED
    assert isinstance(engine.answer(EngineEnded), EngineEnded)
    with Engine() as following:
        assert following.speak(good) is None

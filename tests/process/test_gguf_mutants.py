"""Hostile model files: our own check refuses most of them, and what it lets through never takes more than its child."""

from __future__ import annotations

import queue
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.client import EngineClient, EngineEnded
from assistant.engine.messages import Failed, Finished, Generate, Load, Loaded, Piece
from assistant.library.gguf import read_header
from tests.fakes import tiny_models
from tests.fakes.gguf_mutants import Mutant, Mutator

HEADERS = 600
ENGINES = 30
CPU_SECONDS = 5.0
WALL_SECONDS = 60.0
REFUSALS = {
    ErrorKind.MODEL_NOT_A_MODEL, ErrorKind.MODEL_TRUNCATED, ErrorKind.MODEL_DAMAGED, ErrorKind.MODEL_UNSUPPORTED,
    ErrorKind.MODEL_NOT_FOR_TEXT, ErrorKind.MODEL_MISSING,
}  # fmt: skip
FAILURES = REFUSALS | {
    ErrorKind.MODEL_LOAD_FAILED, ErrorKind.MODEL_TOO_LARGE, ErrorKind.ENGINE_CRASHED, ErrorKind.ENGINE_MEMORY,
    ErrorKind.CONTEXT_FULL, ErrorKind.PROMPT_EMPTY,
}  # fmt: skip


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.write_plain(tmp_path_factory.mktemp("good") / "good.gguf", sampling={"temp": 0.6, "top_k": 20})


def refusal(path: Path) -> ErrorKind | None:
    try:
        read_header(path)
    except AssistantError as error:
        return error.kind
    return None


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


class Engine:
    """A real engine's child for one file."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.client = EngineClient(self._events.put)
        self.seconds = 0.0  # of the processor, as far as seen

    def answer(self, *kinds: type) -> Any:
        """The next event of one of ``kinds``."""
        end = time.monotonic() + WALL_SECONDS
        while time.monotonic() < end:
            try:
                event = self._events.get(timeout=0.1)
            except queue.Empty:
                self._look()
                continue
            if isinstance(event, kinds):
                self._look()
                return event
        raise AssertionError(f"no answer in {WALL_SECONDS} seconds")

    def _look(self) -> None:
        if self.client.pid is None:
            return
        try:
            times = psutil.Process(self.client.pid).cpu_times()
        except psutil.Error:
            return
        self.seconds = max(self.seconds, times.user + times.system)


@pytest.fixture
def engine() -> Iterator[Engine]:
    one = Engine()
    yield one
    one.client.close(5)


def speak(engine: Engine, path: Path) -> ErrorKind | None:
    """Load the file and have it write two tokens; the error's kind if that fails."""
    engine.client.load(Load(id="load", path=str(path), context=256, threads=1, gpu_layers=0))
    event = engine.answer(Loaded, Failed)
    if isinstance(event, Loaded):
        prompt = (Piece(text="hello", trusted=True),)
        engine.client.send(Generate(id="say", prompt=prompt, raw=True, max_tokens=2))
        event = engine.answer(Finished, Failed)
    return event.kind if isinstance(event, Failed) else None


@pytest.mark.parametrize("number", range(ENGINES))
def test_what_passes_the_check_runs_or_fails_in_words(
    number: int, survivors: list[Mutant], engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "mutant.gguf"
    path.write_bytes(survivors[number].content)
    kind = speak(engine, path)
    assert kind is None or kind in FAILURES, survivors[number].name
    assert engine.seconds < CPU_SECONDS, survivors[number].name


def test_after_an_abort_a_good_model_loads(engine: Engine, good: Path, tmp_path: Path) -> None:
    path = tiny_models.write_aborting(tmp_path / "aborting.gguf")
    assert refusal(path) is None
    assert speak(engine, path) is ErrorKind.ENGINE_CRASHED
    assert isinstance(engine.answer(EngineEnded), EngineEnded)
    following = Engine()
    try:
        assert speak(following, good) is None
    finally:
        following.client.close(5)

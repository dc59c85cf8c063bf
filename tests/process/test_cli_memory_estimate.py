"""What we say a model will need, beside what a real engine then holds."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any, Literal

import psutil
import pytest

from assistant.engine.client import EngineClient
from assistant.engine.messages import Facts, Failed, Finished, Generate, Load, Loaded, Piece
from assistant.library import fit
from assistant.library.gguf import read_header
from tests.fakes import tiny_models
from tests.fakes.hollow_models import GEOMETRIES, write_hollow

SECONDS = 100
CacheType = Literal["f16", "q8_0"]


def held(path: Path, context: int, cache_type: CacheType = "f16", words: int = 0) -> tuple[Facts, int]:
    """The facts of a loaded model and the bytes that its process holds after reading ``words`` words."""
    arrived = threading.Event()
    events: list[Any] = []

    def deliver(event: Any) -> None:
        if isinstance(event, Loaded | Failed | Finished):
            events.append(event)
            arrived.set()

    client = EngineClient(deliver)
    try:
        client.load(Load(id="load", path=str(path), context=context, threads=2, gpu_layers=0, cache_type=cache_type))
        assert arrived.wait(SECONDS)
        assert isinstance(events[-1], Loaded), events
        facts = events[-1].facts
        if words:
            arrived.clear()
            prompt = (Piece(text="hello " * words),)
            client.send(Generate(id="read", prompt=prompt, raw=True, max_tokens=2, ignore_end=True))
            assert arrived.wait(SECONDS)
            assert isinstance(events[-1], Finished), events
        assert client.pid is not None
        return facts, int(psutil.Process(client.pid).memory_info().rss)
    finally:
        client.close(5)


def check(path: Path, context: int, cache_type: CacheType, words: int) -> None:
    _, real = held(path, context, cache_type, words)
    assert fit.memory_needed(read_header(path), context, cache_type) == pytest.approx(real, rel=0.10)


@pytest.mark.parametrize(("context", "cache_type"), [(2048, "f16"), (8192, "f16"), (8192, "q8_0")])
def test_the_estimate_is_within_ten_per_cent(context: int, cache_type: CacheType, starter_path: Path) -> None:
    check(starter_path, context, cache_type, 600)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="copies of weights are taken back on Linux only")
@pytest.mark.parametrize("kind", ["rearranged", "windows", "hybrid"])
def test_the_estimate_holds_for_other_families(kind: str, tmp_path: Path) -> None:
    """Rearranged weights, a large vocabulary, recurrent blocks; the benchmark (``--only fit``) has them all."""
    check(write_hollow(tmp_path / "model.gguf", GEOMETRIES[kind]), 4096, "f16", 100)


@pytest.mark.parametrize("family", tiny_models.CHAT_MODELS)
def test_cache_and_state_are_those_of_the_engine(family: str, tmp_path: Path) -> None:
    """Some bytes of bookkeeping apart: the engine measures what a saved sequence takes."""
    path = tiny_models.CHAT_MODELS[family](tmp_path / "model.gguf")
    facts, _ = held(path, 4096)
    header = read_header(path)
    shape = fit.shape_of(header)
    assert 0 <= facts.cache_bytes_per_token - 2 * (shape.cells + shape.window_cells) <= 32  # 16 bits a number
    assert 0 <= facts.state_bytes - shape.state <= 256
    assert facts.parameters == header.parameters
    assert facts.context_trained == header.context_length
    assert facts.template == header.template

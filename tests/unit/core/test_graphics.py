"""What a computer's graphics card could do, told by files alone."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from assistant.core import graphics
from assistant.texts.graphics import sentence


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    graphics.built_with.cache_clear()
    yield
    graphics.built_with.cache_clear()


@pytest.mark.parametrize(
    ("files", "kinds"),
    [
        (["libggml-cpu.so", "libggml-base.so", "libggml.so", "libllama.so"], set()),
        (["libggml-cpu.so", "libggml-cuda.so"], {"cuda"}),
        (["libggml-metal.dylib", "libggml-blas.dylib"], {"metal"}),
        (["ggml-vulkan.dll", "ggml-cpu.dll"], {"vulkan"}),
    ],
)
def test_the_libraries_tell_what_the_engine_was_built_with(
    files: list[str], kinds: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lib").mkdir()
    for name in files:
        (tmp_path / "lib" / name).touch()
    spec = ModuleSpec("llama_cpp", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(graphics.importlib.util, "find_spec", lambda name: spec)
    assert graphics.built_with() == kinds


def test_no_engine_is_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphics.importlib.util, "find_spec", lambda name: None)
    assert graphics.built_with() == frozenset()


@pytest.mark.parametrize(
    ("built", "cards", "backend"),
    [
        ({"cuda"}, {"nvidia"}, ""),
        (set(), {"nvidia"}, "cuda"),
        (set(), {"amd", "nvidia"}, "cuda"),
        (set(), {"amd"}, "vulkan"),
        (set(), {"apple"}, "metal"),
        (set(), set(), ""),
    ],
)
def test_what_is_missing_is_named(
    built: set[str], cards: set[str], backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphics, "built_with", _cached(frozenset(built)))
    monkeypatch.setattr(graphics, "cards", _cached(frozenset(cards)))
    assert graphics.missing_backend() == backend


def test_the_words_say_what_to_do() -> None:
    assert "--backend cuda" in sentence(frozenset(), "cuda")
    assert "cuda" in sentence({"cuda"}, "")
    assert "--backend" not in sentence(frozenset(), "")


def _cached(value: frozenset[str]) -> object:
    class Cached:
        def __call__(self) -> frozenset[str]:
            return value

        def cache_clear(self) -> None: ...

    return Cached()

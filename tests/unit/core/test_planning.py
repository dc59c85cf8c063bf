"""How a model is loaded and answers: its own options before the settings, the makers' wishes after both, and GPUs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assistant.base import processors
from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answer_options import answer_options, system_prompt
from assistant.core.planning import load_plan
from assistant.library import fit
from assistant.library.advice import Device
from assistant.library.catalogue import entry
from assistant.library.fit import Shape
from assistant.library.models import InstalledModel
from assistant.storage.model_settings import NO_TEMPLATE, ModelOptions
from assistant.storage.settings import Settings

GB = 1 << 30
SHAPE = Shape(
    weights=8 * GB,
    weights_per_token=8 * GB,
    context_trained=32768,
    vocabulary=1000,
    width=4096,
    feed_forward=8192,
    blocks=32,
    cells=2048,
)
MODEL = InstalledModel("m", "Model", Path("m.gguf"), 8 * GB, has_template=True, shape=SHAPE)
CARD = Device("CUDA0 (a card)", 24 * GB, 23 * GB)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.json")


@pytest.fixture(autouse=True)
def _memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "free_memory", lambda: 16 * GB)


@pytest.fixture
def four(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with four processors."""
    monkeypatch.setattr(processors, "usable", lambda: 4)


@pytest.mark.usefixtures("four")
def test_more_threads_than_the_computer_has_are_not_used(settings: Settings) -> None:
    settings.set("threads", 64)  # on a larger one, from which the settings come
    assert load_plan(MODEL, ModelOptions(), settings).threads == 4
    assert load_plan(MODEL, ModelOptions(threads=99), settings).threads == 4
    assert load_plan(MODEL, ModelOptions(threads=3), settings).threads == 3
    assert load_plan(MODEL, ModelOptions(threads=0), settings).threads == 0
    assert settings["threads"] == 64


@pytest.mark.usefixtures("four")
def test_what_is_set_for_a_model_comes_before_what_is_set_for_all(settings: Settings) -> None:
    settings.set("threads", 2)
    settings.set("context", 4096)
    plan = load_plan(MODEL, ModelOptions(), settings)
    assert (plan.threads, plan.context, plan.cache_type, plan.template) == (2, 4096, "f16", "")
    own = ModelOptions(threads=0, context=8192, cache_type="q8_0", gpu_layers=0, template="tool_use")
    plan = load_plan(MODEL, own, settings)
    assert (plan.threads, plan.context, plan.cache_type, plan.gpu_layers) == (0, 8192, "q8_0", 0)
    assert plan.template == "tool_use"
    assert load_plan(MODEL, ModelOptions(template=NO_TEMPLATE), settings).template == ""


def test_a_graphics_card_takes_what_the_memory_lacks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "free_memory", lambda: 4 * GB)
    with pytest.raises(AssistantError) as caught:
        load_plan(MODEL, ModelOptions(), settings)
    assert caught.value.kind is ErrorKind.MODEL_TOO_LARGE
    plan = load_plan(MODEL, ModelOptions(), settings, gpus=(CARD,))
    assert plan.needed < 4 * GB
    assert plan.on_gpu > 8 * GB
    assert 0 < plan.gpu_block < GB
    assert plan.gpu_first > 0
    with pytest.raises(AssistantError):  # who keeps the card out of it needs the memory again
        load_plan(MODEL, ModelOptions(gpu_layers=0), settings, gpus=(CARD,))


def test_a_small_card_takes_a_part(settings: Settings) -> None:
    whole = load_plan(MODEL, ModelOptions(), settings)
    part = load_plan(MODEL, ModelOptions(), settings, gpus=(replace(CARD, free=5 * GB),))
    assert 0 < part.on_gpu < 5 * GB
    assert part.needed < whole.needed
    assert part == whole  # the same wish: what fits at a moment is no reason to load again


def test_a_card_that_shares_the_memory_adds_none(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "free_memory", lambda: 4 * GB)
    with pytest.raises(AssistantError):
        load_plan(MODEL, ModelOptions(), settings, gpus=(Device("Vulkan0", 8 * GB, 8 * GB, "igpu"),))


def test_a_model_for_vectors_is_loaded_for_vectors_only(settings: Settings) -> None:
    maker = replace(MODEL, embeds=True)
    with pytest.raises(AssistantError) as caught:
        load_plan(maker, ModelOptions(), settings)
    assert caught.value.kind is ErrorKind.MODEL_EMBEDS
    assert load_plan(maker, ModelOptions(), settings, embeddings=True).embeddings
    with pytest.raises(AssistantError) as caught:
        load_plan(MODEL, ModelOptions(), settings, embeddings=True)
    assert caught.value.kind is ErrorKind.MODEL_WRITES


def test_what_was_set_for_answers_does_not_count_for_vectors(settings: Settings) -> None:
    settings.set("context", 16384)
    settings.set("cache_type", "q8_0")
    maker = replace(MODEL, embeds=True)
    plan = load_plan(maker, ModelOptions(context=4096), settings, embeddings=True)
    assert (plan.context, plan.cache_type) == (512, "f16")
    assert MODEL.shape is not None
    short = replace(maker, shape=replace(MODEL.shape, context_trained=128))
    assert load_plan(short, ModelOptions(), settings, embeddings=True).context == 128


# ---------------------------------------------------------------- answers


def options(settings: Settings, row: Any = None, **own: Any) -> Any:
    return answer_options(MODEL, ModelOptions(**own), settings, row)


def test_the_makers_recommendation_fills_what_nobody_has_set(settings: Settings) -> None:
    row = entry("qwen3-8b")
    assert row is not None
    plain = options(settings, row, thinking="off")
    assert plain.temperature == row.sampling.plain.temperature
    assert plain.top_k == row.sampling.plain.top_k
    thinking = options(settings, row, thinking="on")
    assert row.sampling.thinking is not None
    assert thinking.temperature == row.sampling.thinking.temperature
    assert thinking.thinking is True
    settings.set("temperature", 0.1)
    assert options(settings, row).temperature == 0.1
    assert options(settings, row, temperature=1.5).temperature == 1.5


def test_who_always_thinks_is_advised_so_whatever_is_wished(settings: Settings) -> None:
    row = entry("qwen3-8b")
    assert row is not None
    assert row.sampling.thinking is not None
    always = msgspec.structs.replace(row, thinking=msgspec.structs.replace(row.thinking, default="always"))
    assert options(settings, row, thinking="off").temperature == row.sampling.plain.temperature
    assert options(settings, always, thinking="off").temperature == row.sampling.thinking.temperature


def test_without_a_row_the_engine_decides(settings: Settings) -> None:
    found = options(settings)
    assert (found.temperature, found.top_p, found.thinking, found.raw) == (None, None, None, False)
    assert options(settings, template=NO_TEMPLATE).raw
    assert answer_options(replace(MODEL, has_template=False), ModelOptions(), settings, None).raw


def test_a_model_may_have_instructions_of_its_own_also_none(settings: Settings) -> None:
    settings.set("system_prompt", "For all.")
    assert system_prompt(ModelOptions(), settings) == "For all."
    assert system_prompt(ModelOptions(system_prompt="Own."), settings) == "Own."
    assert system_prompt(ModelOptions(system_prompt=""), settings) == ""

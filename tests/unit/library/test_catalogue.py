"""The catalogue that ships: whole, safe, and what it recommends for which machine."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from assistant.base.assets import resources
from assistant.library import catalogue
from assistant.library.advice import Device, Grade, Machine
from assistant.library.fit import memory_needed
from assistant.library.hub import quantization_of
from assistant.library.starter import starter

GB = 10**9
MODELS = catalogue.catalogue()


def content() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((resources() / "models.json").read_text("utf-8"))
    return read


def encoded(changed: dict[str, Any]) -> bytes:
    return json.dumps(changed).encode()


def machine(ram: int, free: float, *gpus: Device, disk: int = 500 * GB, threads: int = 8) -> Machine:
    return Machine(ram * GB, int(free * GB), gpus, disk, disk_kept=1 << 30, threads=threads)


# ---------------------------------------------------------------- the data


def test_there_is_one_starter_and_it_is_the_one_that_the_program_knows() -> None:
    (model,) = (model for model in MODELS if model.starter)
    assert (model.file, model.size, model.sha256) == (starter().file, starter().size, starter().sha256)
    assert (model.quantization, model.licence) == ("Q4_1", starter().licence)
    assert not model.tasks
    raw = next(row for row in content()["models"] if row.get("starter"))
    assert not {"file", "size", "sha256", "repo"} & set(raw)  # said once, elsewhere
    assert sum("135M" in row["name"] for row in content()["models"]) == 1


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_each_row(model: catalogue.CatalogueModel) -> None:
    assert quantization_of(model.file) == model.quantization
    assert model.size > model.parameters * 0.3  # below two and a half bits nothing is offered
    assert model.about("en").endswith(".")
    assert model.about("zh_CN").endswith("。")
    assert len(model.note) <= 100
    assert not model.note.isascii() or model.note[0].isupper()
    assert any("一" <= letter <= "鿿" for letter in model.note_zh)
    assert model.title("zh_CN")
    assert model.tasks or model.starter
    if "chinese" in model.tasks:
        assert "zh" in model.languages
    if model.thinking.default in ("on", "off"):
        assert model.thinking.switch
        assert model.thinking.on != model.thinking.off
    for sampling in (model.sampling.plain, model.sampling.thinking):
        if sampling is not None and sampling.temperature is not None:
            assert 0 <= sampling.temperature <= 2
    if "embed" not in model.tasks:
        needed = memory_needed(model.to_fit(), 8192)
        assert model.size < needed < model.size * 2 + 2 * GB


@pytest.mark.parametrize("model", catalogue.whole().models, ids=lambda model: model.id)
def test_what_is_said_in_chinese_is_spaced_as_chinese_is(model: catalogue.CatalogueModel) -> None:
    """Between Chinese and other letters or figures stands a thin space."""
    for text in (model.name_zh, model.note_zh, model.licence_note_zh):
        assert not re.search(r"[\u4e00-\u9fff][ A-Za-z0-9]|[ A-Za-z0-9][\u4e00-\u9fff]", text), text


def test_the_tasks_are_all_served() -> None:
    for task in catalogue.TASKS:
        assert catalogue.whole().ladders[task]
        assert any(task in model.tasks for model in MODELS)
        for one in catalogue.whole().ladders[task]:
            model = catalogue.entry(one)
            assert model is not None
            assert task in model.tasks
            assert model.licence in ("Apache-2.0", "MIT")  # others have terms that must be read first
    for ladder in catalogue.whole().ladders.values():
        sizes = [model.size for one in ladder if (model := catalogue.entry(one))]
        assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("repo", "../evil"), ("repo", "a/b/c"), ("revision", "main"), ("file", "../x.gguf"), ("file", "/x.gguf"),
        ("file", "a.exe"), ("sha256", "A" * 64), ("size", 0), ("size", "1"), ("licence_url", "http://x"),
        ("prompt_style", "unheard of"), ("tasks", ["sing"]), ("note_zh", ""), ("unknown", 1),
        ("accepted_older", ["abc"]), ("licence_note", "only here"),
        ("thinking", {"default": "on", "switch": "enable_thinking"}),
    ],
)  # fmt: skip
def test_a_row_that_says_nonsense_is_refused(field: str, value: object) -> None:
    changed = content()
    changed["models"][3][field] = value
    with pytest.raises(msgspec.ValidationError):
        catalogue.parse(encoded(changed))


def test_rows_have_ids_of_their_own_and_ladders_lead_somewhere() -> None:
    twice = content()
    twice["models"].append(twice["models"][2])
    with pytest.raises(msgspec.ValidationError, match="same id"):
        catalogue.parse(encoded(twice))
    gone = content()
    gone["ladders"]["chat"].append("gone")
    with pytest.raises(msgspec.ValidationError, match="gone"):
        catalogue.parse(encoded(gone))


def test_a_file_is_recognised_by_its_hash_or_by_name_and_size() -> None:
    model = MODELS[5]
    assert catalogue.entry_for(sha256=model.sha256) is model
    assert catalogue.entry_for(size=model.size, file=f"folder/{model.file.upper()}") is model
    assert catalogue.entry_for(size=model.size + 1, file=model.file) is None
    assert catalogue.entry_for(sha256="0" * 64) is None
    assert catalogue.entry("nothing") is None
    changed = content()
    changed["models"][5]["accepted_older"] = ["1" * 64]
    assert catalogue.parse(encoded(changed)).models[5].accepted_older == ("1" * 64,)


# ---------------------------------------------------------------- recommendations


@pytest.mark.parametrize(
    ("here", "task", "language", "best", "reason"),
    [
        (machine(4, 2.4, threads=2), "chat", "en", "qwen3.5-2b", "memory"),
        (machine(8, 5, threads=4), "chat", "en", "qwen3.5-4b", "memory"),
        (machine(16, 10), "chat", "zh_CN", "qwen3.5-9b", "memory"),
        (machine(16, 10, threads=4), "chat", "en", "qwen3.5-4b", "speed"),
        (machine(32, 21), "chat", "en", "gemma-4-26b-a4b", "memory"),
        (machine(32, 21), "chat", "zh_CN", "qwen3.5-9b", "memory"),
        (machine(64, 50), "summarize", "en", "qwen3.6-35b-a3b", "top"),
        (machine(8, 5), "translate", "en", "hy-mt2-1.8b", "memory"),
        (machine(16, 10), "translate", "zh_CN", "hy-mt2-7b", "memory"),
        (machine(16, 10), "fast", "en", "qwen3.5-2b", "top"),
        (machine(16, 10), "embed", "zh_CN", "bge-small-zh-v1.5", "top"),
        (machine(16, 10), "embed", "en", "qwen3-embedding-0.6b", "top"),
        (machine(64, 50, disk=6 * GB), "chat", "en", "qwen3.5-4b", "disk"),
        (machine(4, 1.2), "chat", "en", "qwen3.5-0.8b", "tight"),
    ],
)
def test_what_is_recommended(here: Machine, task: catalogue.Task, language: str, best: str, reason: str) -> None:
    found = catalogue.recommend(here, task, language)
    assert found.best is not None
    assert (found.best.id, found.reason) == (best, reason)
    sizes = [model.size for model in (found.smaller, found.best, found.larger) if model is not None]
    assert sizes == sorted(sizes)
    assert (found.larger is None) == (reason == "top")


@pytest.mark.parametrize("here", [machine(2, 0.3), machine(16, 10, disk=GB)])
def test_nothing_is_recommended_where_nothing_fits(here: Machine) -> None:
    for task in ("chat", "embed"):
        found = catalogue.recommend(here, task)
        assert (found.best, found.reason) == (None, "none")


def test_a_graphics_processor_makes_larger_models_quick() -> None:
    alone = catalogue.recommend(machine(16, 5, threads=4), "chat")
    helped = catalogue.recommend(machine(16, 5, Device("GPU", 12 * GB, 11 * GB), threads=4), "chat")
    assert alone.best is not None
    assert helped.best is not None
    assert helped.verdict is not None
    assert helped.best.size > alone.best.size
    assert helped.verdict.gpu_layers == helped.verdict.layers
    assert helped.verdict.grade is Grade.WELL


def test_a_longer_context_asks_for_a_smaller_model() -> None:
    here = machine(8, 5, threads=8)
    short, long = (catalogue.recommend(here, "chat", context=context).best for context in (8192, 131072))
    assert short is not None
    assert long is not None
    assert long.size < short.size

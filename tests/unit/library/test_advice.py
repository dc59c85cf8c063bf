"""Verdicts: the numbers of the load, the machine as it is, and one cause."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import advice, fit
from assistant.library.advice import Device, Grade, Machine, judge
from assistant.library.catalogue import entry
from assistant.library.fit import Shape

GB = 10**9
MODEL = Shape(
    weights=4 * GB,
    weights_per_token=4 * GB,
    context_trained=131072,
    vocabulary=150_000,
    width=4096,
    feed_forward=12288,
    blocks=36,
    cells=73728,
    looked_up=GB // 2,
    embedding=GB // 2,
    output=GB // 2,
)
HERE = Machine(ram_total=32 * GB, ram_free=20 * GB, disk_free=100 * GB, threads=8)


def with_free(gigabytes: float) -> Machine:
    return replace(HERE, ram_free=int(gigabytes * GB))


def test_the_number_is_the_one_of_the_load() -> None:
    for context in (2048, 8192, 100_000):
        for cache_type in ("f16", "q8_0"):
            verdict = judge(MODEL, machine=HERE, context=context, cache_type=cache_type)
            assert verdict.needed == fit.memory_needed(MODEL, context, cache_type)
            assert verdict.context == context


def test_well_tightly_not() -> None:
    needed = fit.memory_needed(MODEL, 8192)
    grades = [judge(MODEL, machine=with_free(needed * share / GB), context=8192).grade for share in (1.3, 1.05, 0.99)]
    assert grades == [Grade.WELL, Grade.TIGHT, Grade.NO]
    refused = judge(MODEL, machine=with_free(needed * 0.99 / GB), context=8192)
    assert refused.cause == "memory"
    assert refused.needed > refused.free
    assert refused.needed < refused.total  # with everything else closed it would fit


def test_without_a_wish_the_context_shrinks_and_that_is_tight() -> None:
    small = judge(MODEL, machine=with_free(fit.memory_needed(MODEL, 4096) / GB))
    assert (small.grade, small.context) == (Grade.TIGHT, 4096)
    assert judge(MODEL, machine=HERE).context == fit.SANE_CONTEXT


def test_the_largest_context_is_the_largest() -> None:
    for gigabytes in (5.6, 6, 9, 20):
        verdict = judge(MODEL, machine=with_free(gigabytes), context=2048)
        assert verdict.largest % 256 == 0
        assert fit.memory_needed(MODEL, verdict.largest) <= gigabytes * GB
        if verdict.largest < MODEL.context_trained:
            assert fit.memory_needed(MODEL, verdict.largest + 256) > gigabytes * GB
    assert judge(MODEL, machine=with_free(3), context=2048).largest == 0


def test_the_disk_counts_for_a_download_only() -> None:
    full = replace(HERE, disk_free=5 * GB, disk_kept=2 * GB)
    assert judge(MODEL, machine=full, context=2048).grade is Grade.WELL
    verdict = judge(MODEL, machine=full, context=2048, size=4 * GB)
    assert (verdict.grade, verdict.cause) == (Grade.NO, "disk")
    assert (verdict.disk_needed, verdict.disk_free) == (6 * GB, 5 * GB)
    small = replace(full, disk_kept=GB)  # a smaller disk keeps less, as the download itself does
    assert judge(MODEL, machine=small, context=2048, size=4 * GB).grade is Grade.WELL
    assert judge(MODEL, machine=replace(HERE, disk_free=-1), context=2048, size=4 * GB).grade is Grade.WELL
    both = judge(MODEL, machine=replace(full, ram_free=GB), context=2048, size=4 * GB)
    assert both.cause == "memory"  # room on the disk would not help


def test_before_the_header_is_known() -> None:
    model = entry("qwen3-8b")
    assert model is not None
    verdict = judge(model, machine=HERE, context=8192, size=model.size)
    assert (verdict.exact, verdict.grade) == (False, Grade.WELL)
    assert verdict.needed == fit.memory_needed(model.to_fit(), 8192)
    by_size = judge(None, machine=HERE, size=5 * GB)
    assert (by_size.exact, by_size.grade) == (False, Grade.WELL)
    assert 5 * GB < by_size.needed < 8 * GB
    nothing = judge(None, machine=HERE)
    assert (nothing.grade, nothing.cause) == (Grade.UNKNOWN, "size")


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (ErrorKind.MODEL_UNSUPPORTED, "architecture"),
        (ErrorKind.MODEL_NOT_FOR_TEXT, "not_text"),
        (ErrorKind.MODEL_MISSING, "split"),
        (ErrorKind.MODEL_DAMAGED, "damaged"),
        (ErrorKind.MODEL_TRUNCATED, "damaged"),
        (ErrorKind.MODEL_NOT_A_MODEL, "not_model"),
    ],
)
def test_a_refused_header_is_a_verdict(kind: ErrorKind, cause: str) -> None:
    verdict = advice.refused(AssistantError(kind, name="x", architecture="qwen9"))
    assert (verdict.grade, verdict.cause, verdict.architecture) == (Grade.NO, cause, "qwen9")
    assert advice.incomplete().cause == "split"
    later = AssistantError(ErrorKind.MODEL_DAMAGED, name="x", newer=1)
    assert advice.refused(later).cause == "strange"


def test_this_machine(tmp_path: Path) -> None:
    here = advice.machine(tmp_path / "not" / "there" / "yet", (Device("GPU", 2, 1),))
    assert 0 < here.ram_free <= here.ram_total
    assert here.disk_free > 0
    assert here.threads >= 1
    assert here.gpus == (Device("GPU", 2, 1),)


# ---------------------------------------------------------------- graphics processors


def on(*free: float, kind: str = "gpu") -> tuple[Device, ...]:
    return tuple(Device(f"card {n}", int(size * GB), int(size * GB), kind) for n, size in enumerate(free))


def test_layers_fill_the_free_graphics_memory() -> None:
    layers = [advice.gpu_layers(MODEL, 8192, "f16", on(size)) for size in (0.5, 2, 3, 4, 6, 12)]
    assert layers[0] == 0
    assert layers == sorted(layers)
    assert 0 < layers[2] < layers[-1] == MODEL.blocks + 1
    for size, count in zip((2, 3, 4), layers[1:4], strict=True):
        assert fit.gpu_memory(MODEL, 8192, "f16", count) <= size * GB
        assert fit.gpu_memory(MODEL, 8192, "f16", count + 1) > size * GB * 0.95
    assert advice.gpu_layers(MODEL, 8192, "f16", ()) == 0


def test_a_longer_context_leaves_room_for_fewer_layers() -> None:
    assert advice.gpu_layers(MODEL, 32768, "f16", on(4)) < advice.gpu_layers(MODEL, 4096, "f16", on(4))
    assert advice.gpu_layers(MODEL, 32768, "q8_0", on(4)) > advice.gpu_layers(MODEL, 32768, "f16", on(4))


def test_two_cards_hold_more_than_one_and_less_than_their_sum() -> None:
    one, two = advice.gpu_layers(MODEL, 8192, "f16", on(3)), advice.gpu_layers(MODEL, 8192, "f16", on(3, 3))
    whole = advice.gpu_layers(MODEL, 8192, "f16", on(6))
    assert one < two <= whole


def test_what_lies_on_the_card_is_not_needed_beside_it() -> None:
    whole = judge(MODEL, machine=replace(with_free(1.5), gpus=on(10)), context=8192)
    assert (whole.grade, whole.gpu_layers, whole.device) == (Grade.WELL, 37, "card 0")
    assert whole.needed < 1.5 * GB
    assert judge(MODEL, machine=with_free(1.5), context=8192).grade is Grade.NO
    half = judge(MODEL, machine=replace(with_free(6), gpus=on(3)), context=8192)
    assert 0 < half.gpu_layers < 37
    assert whole.needed < half.needed < fit.memory_needed(MODEL, 8192)


def test_a_card_that_shares_the_memory_adds_none() -> None:
    verdict = judge(MODEL, machine=replace(with_free(6.6), gpus=on(6.6, kind="igpu")), context=8192)
    assert verdict.gpu_layers > 0
    assert verdict.needed > MODEL.weights
    assert judge(MODEL, machine=replace(with_free(2), gpus=on(8, kind="igpu")), context=8192).grade is Grade.NO


def test_a_tied_embedding_is_on_both_sides() -> None:
    tied = replace(MODEL, output=0, weights=MODEL.weights - GB // 2)
    layers = tied.blocks + 1
    assert fit.gpu_memory(tied, 8192, "f16", layers) == fit.gpu_memory(MODEL, 8192, "f16", layers)
    assert fit.memory_beside_gpu(tied, 8192, layers=layers) == fit.memory_beside_gpu(MODEL, 8192, layers=layers)
    assert fit.memory_beside_gpu(tied, 8192, layers=0) == fit.memory_needed(tied, 8192)


@given(
    size=st.integers(10**7, 10**12),
    parameters=st.integers(0, 10**12),
    free=st.integers(0, 10**12),
    context=st.integers(0, 1 << 20),
    gpu=st.integers(0, 10**12),
)
def test_verdicts_on_anything(size: int, parameters: int, free: int, context: int, gpu: int) -> None:
    here = Machine(max(free, 1), free, on(gpu / GB) if gpu else (), free, threads=4)
    verdict = judge(Shape.guess(size, parameters, 32768), machine=here, context=context, size=size)
    assert verdict.needed > 0
    assert 0 <= verdict.gpu_layers <= verdict.layers
    assert 0 <= verdict.largest <= 32768
    if verdict.grade in (Grade.WELL, Grade.TIGHT):
        assert verdict.needed <= free
    else:
        assert verdict.cause in ("memory", "disk")

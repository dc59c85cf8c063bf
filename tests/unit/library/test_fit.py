"""Memory and cache from the header alone, for every kind of model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.library import fit
from assistant.library.fit import Shape
from assistant.library.gguf import Header, read_header
from tests.fakes import tiny_models
from tests.unit.library.handmade import ARRAY, BOOL, STRING, U32, Pair, Weights, model

WIDTH = tiny_models.HEAD  # of one key or value in the tiny models


def header_of(folder: Path, tensors: list[Weights], **numbers: int | list[int]) -> Header:
    """A model of architecture ``x`` with these tensors and numbers."""
    path = folder / "x.gguf"
    pairs: dict[str, Pair | None] = {f"x.{key.replace('__', '.')}": _pair(key, value) for key, value in numbers.items()}
    for key in ("block_count", "context_length", "embedding_length"):
        old = model().pairs
        pairs.setdefault(f"x.{key}", Pair(f"x.{key}", U32, next(p.value for p in old if p.key == f"llama.{key}")))
    pairs["general.architecture"] = Pair("general.architecture", STRING, "x")
    path.write_bytes(model(pairs=pairs, tensors=[Weights("token_embd.weight", [8, 100], 1), *tensors]).encode())
    return read_header(path)


def _pair(key: str, value: int | list[int]) -> Pair:
    name = f"x.{key.replace('__', '.')}"
    return Pair(name, ARRAY, value, U32) if isinstance(value, list) else Pair(name, U32, value)


def attention(blocks: int) -> list[Weights]:
    return [Weights(f"blk.{block}.attn_{part}.weight", [8, 4], 1) for block in range(blocks) for part in ("k", "v")]


# ---------------------------------------------------------------- the cache


def test_the_starters_cache_is_the_measured_one(starter_path: Path) -> None:
    header = read_header(starter_path)
    assert fit.shape_of(header).cells == 23040 // 2  # numbers of 16 bits
    saved = fit.memory_needed(header, 4096, "q8_0") - fit.memory_needed(header, 4096, "q4_0")
    assert saved == 4096 * (12240 - 6480)


def test_the_scores_of_attention_without_flash_attention_count_up_to_a_limit() -> None:
    few = Shape(10**9, 10**9, 1 << 20, vocabulary=1000, width=512, feed_forward=1024, blocks=8, cells=1000, heads=8)
    none, quantized = replace(few, heads=0), "q8_0"
    for context, more in ((8192, True), (1 << 20, False)):
        assert (fit.memory_needed(few, context) > fit.memory_needed(none, context)) is more
        assert fit.memory_needed(few, context, quantized) == fit.memory_needed(none, context, quantized)
    for step, context in ((256, 4096), (128, 8192)):
        scores = 4 * step * context * (8 + 1)
        rest = 4 * (1000 * 64 * 5 // 4 + step * (6 * 512 + 3 * 1024))
        assert fit.memory_needed(few, context) - 10**9 - 2000 * context == scores + rest + (48 << 20)


def test_plain_attention(tmp_path: Path) -> None:
    shape = fit.shape_of(read_header(tiny_models.write_plain(tmp_path / "m.gguf")))
    assert (shape.cells, shape.window_cells, shape.state) == (2 * 2 * WIDTH, 0, 0)


def test_sliding_windows_are_kept_whole_in_small_contexts_and_cut_in_large_ones(tmp_path: Path) -> None:
    header = read_header(tiny_models.write_sliding(tmp_path / "m.gguf"))
    shape = fit.shape_of(header)
    assert (shape.cells, shape.window_cells, shape.window) == (2 * WIDTH, 2 * 2 * WIDTH, tiny_models.WINDOW)
    per_token = 2 * shape.cells
    small = fit.memory_needed(header, 16384) - fit.memory_needed(header, 8192)
    large = fit.memory_needed(header, 131072) - fit.memory_needed(header, 65536)
    mask = 2 * 512  # bytes of working space for each token of the context
    assert small == 8192 * (per_token + 2 * shape.window_cells + mask)
    assert large == 65536 * (per_token + mask)


def test_a_pattern_may_be_given_for_each_block(tmp_path: Path) -> None:
    pattern = Pair("x.attention.sliding_window_pattern", ARRAY, [True, False], BOOL)
    header = header_of(tmp_path, attention(2), attention__sliding_window=16)
    with_pattern = {**header.metadata, pattern.key: (True, False)}
    shape = fit.shape_of(Header(**{**vars(header), "metadata": with_pattern}))
    assert (shape.cells, shape.window_cells) == (8, 8)
    # Unknown patterns count as seeing everything: rather too much than too little.
    assert (fit.shape_of(header).cells, fit.shape_of(header).window_cells) == (16, 0)


def test_recurrent_blocks_need_a_state_and_no_cache(tmp_path: Path) -> None:
    shape = fit.shape_of(read_header(tiny_models.write_hybrid(tmp_path / "m.gguf")))
    assert shape.cells == 2 * WIDTH  # one block of four
    inner, state, groups, conv = 64, 32, 2, 4
    assert shape.state == 3 * 4 * ((conv - 1) * (inner + 2 * groups * state) + state * inner)


def test_convolutions_need_a_small_state(tmp_path: Path) -> None:
    shape = fit.shape_of(read_header(tiny_models.write_convolution(tmp_path / "m.gguf")))
    assert shape.cells == 2 * WIDTH
    assert shape.state == 2 * 4 * tiny_models.WIDTH * 2


def test_compressed_attention_keeps_one_narrow_row(tmp_path: Path) -> None:
    tensors = [Weights(f"blk.{block}.attn_kv_a_mqa.weight", [8, 6], 1) for block in range(2)]
    shape = fit.shape_of(header_of(tmp_path, tensors, attention__key_length_mla=4, attention__value_length_mla=4))
    assert shape.cells == 12


def test_fused_tensors_are_read_from_the_numbers(tmp_path: Path) -> None:
    tensors = [Weights(f"blk.{block}.attn_qkv.weight", [8, 16], 1) for block in range(2)]
    heads = {"attention__head_count": 2, "attention__head_count_kv": 1}
    assert fit.shape_of(header_of(tmp_path, tensors, **heads)).cells == 2 * (4 + 4)
    lengths = {"attention__key_length": 16, "attention__value_length": 8}
    assert fit.shape_of(header_of(tmp_path, tensors, **heads, **lengths)).cells == 2 * (16 + 8)


def test_keys_that_are_also_the_values_are_kept_twice(tmp_path: Path) -> None:
    tensors = [Weights(f"blk.{block}.attn_k.weight", [8, 4], 1) for block in range(2)]
    assert fit.shape_of(header_of(tmp_path, tensors)).cells == 2 * (4 + 4)


def test_blocks_that_share_an_earlier_cache_have_none(tmp_path: Path) -> None:
    assert fit.shape_of(header_of(tmp_path, attention(2), attention__shared_kv_layers=1)).cells == 8


def test_blocks_that_guess_ahead_are_not_loaded(tmp_path: Path) -> None:
    without = fit.shape_of(header_of(tmp_path, attention(2)))
    plus = [*attention(2), Weights("blk.2.attn_k.weight", [8, 4], 1), Weights("blk.2.nextn.eh_proj.weight", [16, 8], 1)]
    shape = fit.shape_of(header_of(tmp_path, plus, block_count=3, nextn_predict_layers=1))
    assert shape == without


# ---------------------------------------------------------------- weights


def test_what_is_read_for_each_token(tmp_path: Path) -> None:
    tied = fit.shape_of(header_of(tmp_path, attention(2)))
    assert tied.weights == tied.weights_per_token == 1600 + 4 * 64
    untied = fit.shape_of(header_of(tmp_path, [*attention(2), Weights("output.weight", [8, 100], 1)]))
    assert untied.weights == 3200 + 4 * 64
    assert untied.weights_per_token == 1600 + 4 * 64


def test_tables_and_the_output_are_told_apart_from_the_blocks(tmp_path: Path) -> None:
    tied = fit.shape_of(header_of(tmp_path, [*attention(2), Weights("position_embd.weight", [8, 50], 1)]))
    assert (tied.blocks, tied.embedding, tied.looked_up, tied.output) == (2, 1600, 1600 + 800, 0)
    untied = fit.shape_of(header_of(tmp_path, [*attention(2), Weights("output.weight", [8, 100], 1)]))
    assert (untied.blocks, untied.embedding, untied.looked_up, untied.output) == (2, 1600, 1600, 1600)


def test_only_the_experts_in_use_are_read(tmp_path: Path) -> None:
    experts = Weights("blk.0.ffn_up_exps.weight", [8, 16, 4], 1)
    shape = fit.shape_of(header_of(tmp_path, [*attention(2), experts], expert_count=4, expert_used_count=1))
    assert shape.weights == 1600 + 4 * 64 + 1024
    assert shape.weights_per_token == 1600 + 4 * 64 + 256


# ---------------------------------------------------------------- decisions


def test_the_context_is_sane_whatever_the_file_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = header_of(tmp_path, attention(2), context_length=1_048_576)
    monkeypatch.setattr(fit, "free_memory", lambda: 64 << 30)
    assert fit.sane_context(huge) == fit.SANE_CONTEXT
    assert fit.sane_context(huge, 32768) == 32768
    small = header_of(tmp_path, attention(2), context_length=512)
    assert fit.sane_context(small) == 512
    assert fit.sane_context(small, 32768) == 512
    unknown = header_of(tmp_path, attention(2), context_length=0)
    assert fit.sane_context(unknown) == fit.SANE_CONTEXT
    assert fit.sane_context(unknown, 32768) == 32768


def test_scarce_memory_makes_the_context_smaller_but_not_useless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = header_of(tmp_path, attention(2), context_length=1_048_576)
    monkeypatch.setattr(fit, "free_memory", lambda: fit.memory_needed(header, 4096))
    assert fit.sane_context(header) == 4096
    monkeypatch.setattr(fit, "free_memory", lambda: 0)
    assert fit.sane_context(header) == fit.LEAST_CONTEXT


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    def free() -> int:
        return fit.free_memory(cgroup=tmp_path, available=lambda: 8000)

    assert free() == 8000
    (tmp_path / "memory.max").write_text("5000\n")
    (tmp_path / "memory.current").write_text("3000\n")
    (tmp_path / "memory.stat").write_text("anon 2000\ninactive_file 1000\n")
    assert free() == 3000
    (tmp_path / "memory.max").write_text("max\n")
    assert free() == 8000
    (tmp_path / "memory.max").write_text("nonsense\n")
    assert free() == 8000


def test_free_memory_is_some() -> None:
    assert 0 < fit.free_memory() < 1 << 50


def test_a_container_has_the_memory_that_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000000\n")
    assert fit.total_memory(cgroup=tmp_path) == 1000000
    (tmp_path / "memory.max").write_text("max\n")
    whole = fit.total_memory(cgroup=tmp_path)
    assert whole == fit.total_memory(cgroup=tmp_path / "none") > 1 << 28


def test_contexts_are_rounded_as_the_engine_does(tmp_path: Path) -> None:
    header = read_header(tiny_models.write_plain(tmp_path / "m.gguf"))
    cells = fit.memory_needed(header, 1025) - fit.memory_needed(header, 1024)
    assert cells > 200 * 2 * fit.shape_of(header).cells

"""What a model's header tells, and which files are refused before native code sees them."""

from __future__ import annotations

import math
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library.gguf import fingerprint, is_later_part, model_files, model_stem, read_header
from tests.fakes import tiny_models
from tests.unit.library.handmade import (
    ARRAY,
    BOOL,
    F32,
    I32,
    STRING,
    U32,
    Handmade,
    Pair,
    Weights,
    model,
    write_parts,
)


def write(path: Path, file: Handmade) -> Path:
    path.write_bytes(file.encode())
    return path


def refusal(path: Path) -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        read_header(path)
    return caught.value


def test_what_a_header_tells(tmp_path: Path) -> None:
    header = read_header(write(tmp_path / "model.gguf", model()))
    assert (header.architecture, header.name, header.quantization) == ("llama", "Handmade", "F16")
    assert (header.context_length, header.block_count, header.embedding_length) == (4096, 2, 8)
    assert header.template == "{{ messages[0].content }}"
    assert header.parameters == 2 * 800 + 2 * (32 + 32 + 128)
    assert header.size == (tmp_path / "model.gguf").stat().st_size
    assert header.files == (header.path,)


def test_the_starters_header(starter_path: Path) -> None:
    begin = time.process_time()
    header = read_header(starter_path)
    assert time.process_time() - begin < 0.5
    assert (header.architecture, header.quantization, header.context_length) == ("llama", "Q4_1", 8192)
    assert header.parameters == 134_515_008
    assert "<|im_start|>" in header.template


def test_a_very_large_vocabulary_is_read_quickly(tmp_path: Path) -> None:
    path = tiny_models.write_large_vocabulary(tmp_path / "large.gguf")
    begin = time.process_time()
    header = read_header(path)
    assert time.process_time() - begin < 1
    assert "tokenizer.ggml.tokens" not in header.metadata


def test_a_header_without_a_named_quantization_is_judged_by_its_tensors(tmp_path: Path) -> None:
    file = model(pairs={"general.file_type": None})
    assert read_header(write(tmp_path / "model.gguf", file)).quantization == "F16"


def test_numbers_for_each_block(tmp_path: Path) -> None:
    heads = Pair("llama.attention.head_count_kv", ARRAY, [1, 0], I32)
    header = read_header(write(tmp_path / "model.gguf", model(pairs={heads.key: heads})))
    assert header.per_block("attention.head_count_kv") == (1, 0)
    assert header.per_block("attention.head_count") == (2, 2)
    assert header.per_block("nothing", 5) == (5, 5)


# ---------------------------------------------------------------- refused

IMPOSSIBLE = {
    "no architecture": {"general.architecture": None},
    "no blocks": {"llama.block_count": Pair("llama.block_count", U32, 0)},
    "2^31 blocks": {"llama.block_count": Pair("llama.block_count", U32, 2**31)},
    "2^32-1 blocks": {"llama.block_count": Pair("llama.block_count", U32, 2**32 - 1)},
    "more blocks than tensors": {"llama.block_count": Pair("llama.block_count", U32, 3)},
    "no width": {"llama.embedding_length": Pair("llama.embedding_length", U32, 0)},
    "an impossible width": {"llama.embedding_length": Pair("llama.embedding_length", U32, 2**31)},
    "impossible heads": {"llama.attention.head_count": Pair("llama.attention.head_count", U32, 2**31)},
    "an impossible context": {"llama.context_length": Pair("llama.context_length", U32, 2**32 - 1)},
    "epsilon is no number": {"e": Pair("llama.attention.layer_norm_rms_epsilon", F32, math.nan)},
    "epsilon is endless": {"e": Pair("llama.attention.layer_norm_rms_epsilon", F32, -math.inf)},
    "epsilon is negative": {"e": Pair("llama.attention.layer_norm_rms_epsilon", F32, -1.0)},
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_makes_llama_cpp_abort_is_refused(name: str, tmp_path: Path) -> None:
    changes = dict(IMPOSSIBLE[name])
    if "e" in changes:
        changes["llama.attention.layer_norm_rms_epsilon"] = changes.pop("e")
    assert refusal(write(tmp_path / "model.gguf", model(pairs=changes))).kind is ErrorKind.MODEL_DAMAGED


@pytest.mark.parametrize(("count", "refused"), [(0, True), (1, True), (2**31, True), (2, False), (4, False)])
def test_a_rotation_over_nothing_is_refused(count: int, refused: bool, tmp_path: Path) -> None:
    """llama.cpp rotates in sections for ever then; without sections it refuses by itself."""
    sections = Pair("llama.rope.dimension_sections", ARRAY, [1, 1, 0, 0], I32)
    pairs = {"c": Pair("llama.rope.dimension_count", U32, count)}
    read_header(write(tmp_path / "model.gguf", model(pairs=dict(pairs))))
    path = write(tmp_path / "sections.gguf", model(pairs={**pairs, "s": sections}))
    if refused:
        assert refusal(path).kind is ErrorKind.MODEL_DAMAGED
    else:
        read_header(path)


def test_missing_tensors_are_damage(tmp_path: Path) -> None:
    whole = model()
    without = [tensor for tensor in whole.tensors if tensor.name != "token_embd.weight"]
    error = refusal(write(tmp_path / "model.gguf", model(tensors=without)))
    assert error.kind is ErrorKind.MODEL_DAMAGED


@pytest.mark.parametrize(
    "changes",
    [
        {"general.architecture": Pair("general.architecture", STRING, "clip")},
        {"general.architecture": Pair("general.architecture", STRING, "t5encoder")},
        {"general.architecture": Pair("general.architecture", STRING, "flux")},
        {"t": Pair("general.type", STRING, "adapter")},
        {"t": Pair("general.type", STRING, "mmproj")},
        {"t": Pair("llama.pooling_type", U32, 4)},
        {"t": Pair("llama.pooling_type", U32, 4), "u": Pair("llama.attention.causal", BOOL, False)},
    ],
)
def test_models_that_do_not_write_text_are_told_apart(changes: dict[str, Pair], tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "model.gguf", model(pairs=changes)))
    assert error.kind is ErrorKind.MODEL_NOT_FOR_TEXT
    assert error.values["architecture"]


def of(architecture: str, *more: Pair) -> dict[str, Pair]:
    """The changes that make the model one of another architecture."""
    pairs = {pair.key: pair for pair in model().pairs if pair.key.startswith("llama.")}
    renamed = {key: replace(pair, key=key.replace("llama", architecture)) for key, pair in pairs.items()}
    return {**renamed, "general.architecture": Pair("general.architecture", STRING, architecture)} | {
        pair.key: pair for pair in more
    }


def tags(*words: str) -> Pair:
    """What the page of a model is tagged with."""
    return Pair("general.tags", ARRAY, list(words), STRING)


EMBEDDERS = {
    "bert": of("bert"),
    "bert-pooled": of("bert", Pair("bert.pooling_type", U32, 2), Pair("bert.attention.causal", BOOL, False)),
    "nomic": of("nomic-bert"),
    "jina": of("jina-bert-v2"),
    "gemma": of("gemma-embedding"),
    "qwen3": of("qwen3", Pair("qwen3.pooling_type", U32, 3)),
    "llama-not-causal": of("llama", Pair("llama.attention.causal", BOOL, False)),
    # without a pooling type, and with a template for chats
    "by-name": of("qwen3", Pair("general.name", STRING, "Qwen3 Embedding 0.6b")),
    "by-basename": of("qwen3", tags(), Pair("general.basename", STRING, "llama-embed-nemotron")),
    "by-name-whatever-its-tags": of("qwen3", Pair("general.name", STRING, "NV-Embed-v2"), tags("text-generation"))
    | {"tokenizer.chat_template": None},
    "by-tag": of("qwen2", tags("mteb", "sentence-transformers", "Qwen2")),
}


@pytest.mark.parametrize("changes", [
    of("qwen3", Pair("general.name", STRING, "Embedded 8B"), tags("transformers")),
    of("qwen3", Pair("general.name", STRING, "Unembedding study")),
    of("qwen3", tags("sentence-similarity", "text-generation")),
    of("qwen3", tags("feature-extraction")),
])  # fmt: skip
def test_a_word_like_it_makes_no_model_of_vectors(changes: dict[str, Pair], tmp_path: Path) -> None:
    assert not read_header(write(tmp_path / "Qwen3-output-embed-Q8_0.gguf", model(pairs=changes))).embeds


NAMED_EMBED = Pair("general.name", STRING, "Tiny Embed Chat")
NO_TEMPLATE = {"tokenizer.chat_template": None}


def without_output() -> list[Weights]:
    """The tensors of a model whose output layer is its embedding, or which has none."""
    return [tensor for tensor in model().tensors if tensor.name != "output.weight"]


@pytest.mark.parametrize(
    "more",
    [Pair("qwen3.pooling_type", U32, 0), Pair("qwen3.attention.causal", BOOL, True), tags("conversational")],
    ids=["pools-nothing", "looks-one-way", "tags"],
)
def test_a_model_that_writes_may_be_called_anything(more: Pair, tmp_path: Path) -> None:
    file = model(pairs=of("qwen3", NAMED_EMBED, more), tensors=without_output())
    assert not read_header(write(tmp_path / "model.gguf", file)).embeds
    with_output = model(pairs=of("qwen3", NAMED_EMBED))
    assert not read_header(write(tmp_path / "model.gguf", with_output)).embeds


@pytest.mark.parametrize("changes", [
    of("qwen3", NAMED_EMBED) | NO_TEMPLATE,
    of("qwen3", NAMED_EMBED, tags("text-generation")) | NO_TEMPLATE,
    of("qwen3", NAMED_EMBED, tags("sentence-similarity", "text-generation")),
])  # fmt: skip
def test_an_output_layer_alone_makes_no_writer(changes: dict[str, Pair], tmp_path: Path) -> None:
    assert read_header(write(tmp_path / "model.gguf", model(pairs=changes))).embeds


@pytest.mark.parametrize("said", [Pair("general.name", STRING, "Qwen3 Reranker 0.6B"), tags("text-ranking")])
def test_what_says_that_it_ranks_is_not_for_text(said: Pair, tmp_path: Path) -> None:
    path = write(tmp_path / "model.gguf", model(pairs=of("qwen3", said)))
    error = refusal(path)
    assert (error.kind, error.values["what"]) == (ErrorKind.MODEL_NOT_FOR_TEXT, "ranks")


@pytest.mark.parametrize("changes", EMBEDDERS.values(), ids=EMBEDDERS.keys())
def test_models_that_make_vectors_are_known(changes: dict[str, Pair], tmp_path: Path) -> None:
    header = read_header(write(tmp_path / "model.gguf", model(pairs=changes, tensors=without_output())))
    assert header.embeds
    assert (header.block_count, header.embedding_length, header.context_length) == (2, 8, 4096)


@pytest.mark.parametrize("pooling", [0, -1])
def test_a_model_that_pools_nothing_writes(pooling: int, tmp_path: Path) -> None:
    assert not read_header(write(tmp_path / "plain.gguf", model())).embeds
    changes = of("llama", Pair("llama.pooling_type", I32, pooling))
    assert not read_header(write(tmp_path / "model.gguf", model(pairs=changes))).embeds


@pytest.mark.parametrize(("name", "pooling", "refused"), [
    ("cls.weight", 0, True), ("cls.output.weight", 0, True), ("cls.output.weight", 4, True),
    ("cls.weight", 2, False), ("dense.weight", 0, False),
])  # fmt: skip
def test_an_encoder_that_judges_two_texts_makes_no_vectors(
    name: str, pooling: int, refused: bool, tmp_path: Path
) -> None:
    pooled = [Pair("bert.pooling_type", U32, pooling)] if pooling else []
    file = model(pairs=of("bert", *pooled), tensors=[*model().tensors, Weights(name, [8, 8], 1)])
    path = write(tmp_path / "model.gguf", file)
    if refused:
        assert refusal(path).kind is ErrorKind.MODEL_NOT_FOR_TEXT
    else:
        assert read_header(path).embeds


def test_the_tiny_encoder_makes_vectors(tmp_path: Path) -> None:
    header = read_header(tiny_models.write_embedding(tmp_path / "vectors.gguf"))
    assert (header.embeds, header.architecture, header.block_count) == (True, "bert", 2)


def test_a_vocabulary_alone_is_not_for_text(tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "vocab.gguf", model(tensors=[])))
    assert error.kind is ErrorKind.MODEL_NOT_FOR_TEXT


def test_a_draft_head_alone_is_not_for_text(tmp_path: Path) -> None:
    tensors = [Weights("token_embd.weight", [8, 100], 1), Weights("blk.1.attn_k.weight", [8, 4], 1)]
    file = model(tensors=tensors, pairs={"n": Pair("llama.nextn_predict_layers", U32, 1)})
    assert refusal(write(tmp_path / "mtp.gguf", file)).kind is ErrorKind.MODEL_NOT_FOR_TEXT


def test_the_other_byte_order_and_other_times_are_not_supported(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "big.gguf", model(order=">"))).kind is ErrorKind.MODEL_UNSUPPORTED
    diffusion = model(pairs={"general.architecture": Pair("general.architecture", STRING, "dream")})
    assert refusal(write(tmp_path / "dream.gguf", diffusion)).kind is ErrorKind.MODEL_UNSUPPORTED


# ---------------------------------------------------------------- several files


def test_a_model_in_parts_is_one_model_from_any_of_them(tmp_path: Path) -> None:
    paths = write_parts(tmp_path)
    whole = read_header(write(tmp_path / "whole.gguf", model()))
    for path in paths:
        header = read_header(path)
        assert header.files == tuple(paths)
        assert header.size == sum(p.stat().st_size for p in paths)
        assert header.parameters == whole.parameters
        assert header.template == whole.template


def test_parts_that_are_missing_are_named(tmp_path: Path) -> None:
    paths = write_parts(tmp_path)
    paths[1].unlink()
    error = refusal(paths[0])
    assert error.kind is ErrorKind.MODEL_MISSING
    assert error.values == {"name": "Big", "part": "Big-00002-of-00003.gguf"}


def test_a_part_that_is_cut_off_is_named(tmp_path: Path) -> None:
    paths = write_parts(tmp_path)
    paths[2].write_bytes(paths[2].read_bytes()[:-100])
    error = refusal(paths[0])
    assert error.kind is ErrorKind.MODEL_TRUNCATED
    assert error.values["name"] == paths[2].name


def test_parts_that_do_not_belong_together_are_damage(tmp_path: Path) -> None:
    paths = write_parts(tmp_path)
    shutil.copyfile(paths[1], paths[2])
    assert refusal(paths[0]).kind is ErrorKind.MODEL_DAMAGED


def test_one_part_under_a_name_of_its_own_says_that_others_are_missing(tmp_path: Path) -> None:
    renamed = write_parts(tmp_path)[0].rename(tmp_path / "mine.gguf")
    assert refusal(renamed).kind is ErrorKind.MODEL_MISSING


def test_names_of_parts(tmp_path: Path) -> None:
    assert model_stem(Path("a/Big-00002-of-00003.gguf")) == "Big"
    assert model_stem(Path("a/Small.Q4_1.gguf")) == "Small.Q4_1"
    assert is_later_part(Path("Big-00002-of-00003.gguf"))
    assert not is_later_part(Path("Big-00001-of-00003.gguf"))
    impossible = tmp_path / "Big-00004-of-00003.gguf"
    assert model_files(impossible) == (impossible,)


# ---------------------------------------------------------------- the same model again


def test_a_fingerprint_knows_the_same_model_by_another_name_and_only_that(tmp_path: Path) -> None:
    one = write(tmp_path / "one.gguf", model())
    same = write(tmp_path / "same.gguf", model())
    data = bytearray(one.read_bytes())
    data[-3] ^= 1
    (tmp_path / "other.gguf").write_bytes(data)
    assert fingerprint(one) == fingerprint(same) != fingerprint(tmp_path / "other.gguf")


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    path = write(tmp_path / "模型 é 😀 (1).gguf", model())
    assert read_header(path).path == path

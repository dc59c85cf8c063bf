"""The outer form of GGUF files: the cases of llama.cpp's own test, and what is hostile beyond them."""

from __future__ import annotations

import os
import random
import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.base.container import read_container
from assistant.base.errors import AssistantError, ErrorKind
from tests.unit.library.handmade import (
    ARRAY,
    F32,
    I32,
    MAX_DIMENSIONS,
    MAX_NAME,
    STRING,
    TENSOR_TYPE_F32,
    TENSOR_TYPE_I8,
    TENSOR_TYPE_I64,
    TYPE_COUNT,
    U8,
    U32,
    Handmade,
    Pair,
    Weights,
    model,
    random_pairs,
    random_tensors,
)

GOOD = None
DAMAGED, TRUNCATED = ErrorKind.MODEL_DAMAGED, ErrorKind.MODEL_TRUNCATED
OTHER, FOREIGN = ErrorKind.MODEL_NOT_A_MODEL, ErrorKind.MODEL_UNSUPPORTED
ALL = (1 << 64) - 1
SEED = 1234


def pairs(**changes: object) -> Handmade:
    return Handmade(pairs=random_pairs(SEED), **changes)  # type: ignore[arg-type]


def tensors(change: Callable[[Weights], None] = lambda tensor: None, **changes: object) -> Handmade:
    found = random_tensors(SEED)
    for tensor in found:
        change(tensor)
    return Handmade(pairs=random_pairs(SEED), tensors=found, **changes)  # type: ignore[arg-type]


def with_pair(file: Handmade, pair: Pair) -> Handmade:
    file.pairs.append(pair)
    return file


def changed(**values: object) -> Callable[[Weights], None]:
    def change(tensor: Weights) -> None:
        for name, value in values.items():
            setattr(tensor, name, value)

    return change


def alignment(value: int, kind: int = U32) -> Pair:
    return Pair("general.alignment", kind, value)


def key_size(file: Handmade) -> Handmade:
    for pair in file.pairs:
        pair.key_size = ALL
    return file


def bad_type(file: Handmade) -> Handmade:
    for pair in file.pairs:
        pair.type, pair.raw = TYPE_COUNT - 1, b"\0"
    return file


def twice(file: Handmade) -> Handmade:
    for index, pair in enumerate(file.pairs):
        pair.key = f"my_key_{index // 2}"
    return file


def bad_key_empty(file: Handmade) -> Handmade:
    file.pairs[0].key = ""
    return file


def big(shape: list[int], kind: int) -> Handmade:
    return tensors(changed(shape=shape, type=kind, size=0), data=False)


# Name in tests/test-gguf.cpp, the file, what we say of it. llama.cpp refuses exactly those that are not GOOD there;
# where it accepts a header without its data, we say that the file is cut off.
CASES: dict[str, tuple[Handmade, ErrorKind | None]] = {
    "HEADER_BAD_MAGIC": (Handmade(magic=b"FUGG"), OTHER),
    "HEADER_BAD_VERSION_0": (Handmade(version=0), DAMAGED),
    "HEADER_BAD_VERSION_1": (Handmade(version=1), FOREIGN),
    "HEADER_BAD_VERSION_FUTURE": (Handmade(version=4), FOREIGN),
    "HEADER_BAD_N_TENSORS": (Handmade(tensor_count=ALL), DAMAGED),
    "HEADER_BAD_N_KV": (Handmade(pair_count=ALL), DAMAGED),
    "HEADER_EMPTY": (Handmade(), GOOD),
    "KV_BAD_KEY_SIZE": (key_size(pairs()), DAMAGED),
    "KV_EMPTY_KEY": (bad_key_empty(pairs()), DAMAGED),
    "KV_BAD_TYPE": (bad_type(pairs()), DAMAGED),
    "KV_BAD_VALUE_SIZE": (Handmade(pairs=[Pair("key", STRING, raw=struct.pack("<Q", ALL))]), DAMAGED),
    "KV_DUPLICATE_KEY": (twice(pairs()), DAMAGED),
    "KV_BAD_ALIGN": (with_pair(pairs(), alignment(13)), DAMAGED),
    "KV_WRONG_TYPE_ALIGN": (with_pair(pairs(), alignment(32, I32)), DAMAGED),
    "KV_SUCCESS": (pairs(), GOOD),
    "TENSORS_BAD_NAME_SIZE": (tensors(lambda t: setattr(t, "name", t.name + "x" * MAX_NAME)), DAMAGED),
    "TENSORS_BAD_N_DIMS": (tensors(changed(dimensions=MAX_DIMENSIONS + 1)), DAMAGED),
    "TENSORS_BAD_SHAPE": (tensors(lambda t: setattr(t, "shape", [-1] * len(t.shape))), DAMAGED),
    "TENSORS_ZERO_DIM": (tensors(lambda t: setattr(t, "shape", [t.shape[0], 0]), data=False), GOOD),
    "TENSORS_NE_TOO_BIG": (big([4 * (2**31 - 1)] * 2, TENSOR_TYPE_F32), DAMAGED),
    "TENSORS_NBYTES_TOO_BIG": (big([int(1.01 * (2**61) ** 0.5)] * 2, TENSOR_TYPE_I64), DAMAGED),
    "TENSORS_NBYTES_PAD_WRAP": (big([4, 2**30 - 1, 2**30 + 1], TENSOR_TYPE_F32), DAMAGED),
    "TENSORS_BAD_TYPE": (tensors(changed(type=43)), FOREIGN),
    "TENSORS_BAD_TYPE_EVER": (tensors(changed(type=1 << 30)), DAMAGED),
    "TENSORS_BAD_OFFSET": (tensors(changed(offset=ALL)), DAMAGED),
    "TENSORS_DUPLICATE_NAME": (tensors(changed(name="my_tensor")), DAMAGED),
    "TENSORS_BAD_ALIGN": (with_pair(tensors(), alignment(13)), DAMAGED),
    "TENSORS_INCONSISTENT_ALIGN": (tensors(alignment=1), DAMAGED),
    "TENSORS_SUCCESS": (tensors(data=False), TRUNCATED),
    "TENSORS_CUSTOM_ALIGN": (with_pair(tensors(data=False, alignment=1), alignment(1)), TRUNCATED),
    "DATA_NOT_ENOUGH_DATA": (with_pair(tensors(alignment=1, cut=1), alignment(1)), TRUNCATED),
    "DATA_BAD_ALIGN": (with_pair(tensors(alignment=13), alignment(13)), DAMAGED),
    "DATA_INCONSISTENT_ALIGN": (with_pair(tensors(alignment=1), alignment(64)), DAMAGED),
    "DATA_MEM_SIZE_OVERFLOW": (
        Handmade(tensors=[Weights(name, [0x7FFFFFFFFFFFFFC0], TENSOR_TYPE_I8, size=0) for name in "ab"]),
        DAMAGED,
    ),
    "DATA_SUCCESS": (tensors(), GOOD),
    "DATA_CUSTOM_ALIGN": (with_pair(tensors(alignment=1), alignment(1)), GOOD),
}  # fmt: skip


def kind_of(path: Path) -> ErrorKind | None:
    """What reading says is wrong with the file, None for nothing."""
    try:
        read_container(path)
    except AssistantError as error:
        return error.kind if error.values["name"] == path.name else ErrorKind.INTERNAL
    return None


@pytest.mark.parametrize("case", CASES)
def test_llama_cpps_own_cases(case: str, tmp_path: Path) -> None:
    file, expected = CASES[case]
    path = tmp_path / "case.gguf"
    path.write_bytes(file.encode())
    assert kind_of(path) == expected


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_what_is_read_is_what_was_written(order: str, version: int, seed: int, tmp_path: Path) -> None:
    written = Handmade(version=version, pairs=random_pairs(seed), tensors=random_tensors(seed), order=order)
    path = tmp_path / "round.gguf"
    path.write_bytes(written.encode())
    read = read_container(path)
    assert read.big_endian == (order == ">")
    assert read.version == version
    for pair in written.pairs:
        value = pair.value
        if isinstance(value, bytes):
            value = value.decode()
        elif isinstance(value, list):
            value = tuple(item.decode() if isinstance(item, bytes) else item for item in value)
        assert read.fields[pair.key] == (pytest.approx(value, rel=1e-6) if pair.type == F32 else _rough(pair, value))
    assert [(t.name, t.shape, t.type) for t in read.tensors] == [
        (t.name, tuple(t.shape), t.type) for t in written.tensors
    ]
    last = read.tensors[-1]
    assert read.data_offset < last.offset + last.size <= read.size
    assert all(tensor.offset % read.alignment == 0 for tensor in read.tensors)


def _rough(pair: Pair, value: object) -> object:
    if pair.element == F32:
        return pytest.approx(value, rel=1e-6)
    return value


def test_long_arrays_are_walked_over_and_not_kept(tmp_path: Path) -> None:
    words = [b"x" * (index % 7000) for index in range(3000)]  # more than one block of reading
    path = tmp_path / "vocabulary.gguf"
    file = Handmade(
        pairs=[
            Pair("tokens", ARRAY, words, STRING),
            Pair("scores", ARRAY, [0.5] * 5000, F32),
            Pair("per_layer", ARRAY, [1] * 40, U32),
            Pair("languages", ARRAY, ["en", "zh"], STRING),
            Pair("behind", U8, 7),
        ]
    )
    path.write_bytes(file.encode())
    read = read_container(path)
    assert read.skipped == {"tokens", "scores"}
    assert read.fields["per_layer"] == (1,) * 40
    assert read.fields["languages"] == ("en", "zh")
    assert read.fields["behind"] == 7


# ---------------------------------------------------------------- hostile

HOSTILE = {
    "an array of 2^40 numbers": Pair("a", ARRAY, [], U32, count=1 << 40),
    "an array of 2^40 texts": Pair("a", ARRAY, [], STRING, count=1 << 40),
    "an array of 2^64-1 bytes": Pair("a", ARRAY, [], U8, count=ALL),
    "a text of 2^40 bytes": Pair("a", STRING, raw=struct.pack("<Q", 1 << 40)),
    "a key of 2^40 bytes": Pair("a", U8, key_size=1 << 40),
    "an array of arrays": Pair("a", ARRAY, raw=struct.pack("<iQ", ARRAY, 1)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_bomb_of_a_kilobyte_is_refused_at_once_and_in_little_memory(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb.gguf"
    path.write_bytes(Handmade(pairs=[HOSTILE[name]]).encode().ljust(1024, b"\0"))
    tracemalloc.start()
    try:
        begin = time.process_time()
        assert kind_of(path) is DAMAGED
        seconds = time.process_time() - begin
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seconds < 0.1
    assert peak < 4 << 20


def test_many_large_texts_are_not_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "texts.gguf"
    file = Handmade(pairs=[Pair(f"text{index}", STRING, b"x" * (3 << 20)) for index in range(10)])
    path.write_bytes(file.encode())
    tracemalloc.start()
    try:
        read = read_container(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(read.fields) == 5
    assert len(read.skipped) == 5
    assert peak < 40 << 20


def test_every_cut_of_a_file_is_told_as_a_cut(tmp_path: Path) -> None:
    """Wherever a download stopped: never accepted, never taken for damage, and the size is told once it is known."""
    whole = model().encode()
    path = tmp_path / "cut.gguf"
    header = len(whole) - 1000
    points = [*range(4, 200), *range(200, header, 37), *range(header, len(whole), 11), len(whole) - 1]
    assert len(points) > 200
    for point in points:
        path.write_bytes(whole[:point])
        with pytest.raises(AssistantError) as caught:
            read_container(path)
        assert caught.value.kind is TRUNCATED, point
        assert caught.value.values["actual"] == point
        assert caught.value.values["expected"] in (0, len(whole))
    path.write_bytes(whole)
    assert kind_of(path) is GOOD


@pytest.mark.parametrize("content", [b"", b"GG", b"<html><title>Log in</title></html>", bytes(4096)])
def test_what_is_no_model_at_all(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "page.gguf"
    path.write_bytes(content)
    assert kind_of(path) is OTHER


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert kind_of(tmp_path / "none.gguf") is ErrorKind.MODEL_MISSING
    assert kind_of(tmp_path / "no\0name") is ErrorKind.FILE_UNREADABLE


def test_a_folder_and_a_pipe_are_no_models_and_nobody_waits(tmp_path: Path) -> None:
    assert kind_of(tmp_path) is OTHER
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.gguf")
        assert kind_of(tmp_path / "pipe.gguf") is OTHER


def test_random_bytes_behind_a_good_start_end_in_a_typed_error(tmp_path: Path) -> None:
    """300 seeded files: nothing but our own errors comes out, and quickly."""
    rng = random.Random(SEED)
    whole = model().encode()
    path = tmp_path / "random.gguf"
    begin = time.process_time()
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 20)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(data)
        assert kind_of(path) in (GOOD, DAMAGED, TRUNCATED, OTHER, FOREIGN)
    assert time.process_time() - begin < 10

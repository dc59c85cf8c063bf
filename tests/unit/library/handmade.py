"""GGUF files made byte by byte, also wrong ones: what llama.cpp's ``tests/test-gguf.cpp`` calls handcrafted."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.base.container import TENSOR_TYPES

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64, TYPE_COUNT = range(14)
FORMS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "?", U64: "Q", I64: "q", F64: "d"}
MAX_DIMENSIONS = 4
MAX_NAME = 64
TENSOR_TYPE_I8, TENSOR_TYPE_F32, TENSOR_TYPE_I64 = 24, 0, 27


@dataclass
class Pair:
    """One key and its value; ``raw`` replaces the bytes behind the type."""

    key: str
    type: int
    value: Any = 0
    element: int | None = None
    count: int | None = None  # claimed instead of the true length
    key_size: int | None = None
    raw: bytes | None = None

    def encode(self, order: str) -> bytes:
        name = self.key.encode()
        head = struct.pack(order + "Q", len(name) if self.key_size is None else self.key_size) + name
        head += struct.pack(order + "i", self.type)
        if self.raw is not None:
            return head + self.raw
        if self.type == ARRAY:
            assert self.element is not None
            count = len(self.value) if self.count is None else self.count
            head += struct.pack(order + "iQ", self.element, count)
            return head + b"".join(_scalar(self.element, item, order) for item in self.value)
        return head + _scalar(self.type, self.value, order)


@dataclass
class Weights:
    """One tensor's entry; the shape's first number is the length of a row."""

    name: str
    shape: Sequence[int]
    type: int = TENSOR_TYPE_F32
    offset: int | None = None  # claimed instead of the true one
    dimensions: int | None = None
    size: int | None = None  # counted instead of the true one, for the offset of the next

    def bytes_in_all(self) -> int:
        if self.size is not None:
            return self.size
        if self.type not in TENSOR_TYPES:
            return 4
        _, block, width = TENSOR_TYPES[self.type]
        size = max(self.shape[0], 0) // block * width
        for length in self.shape[1:]:
            size *= length
        return size


@dataclass
class Handmade:
    """A whole file. What is None is filled in rightly."""

    magic: bytes = b"GGUF"
    version: int = 3
    pairs: list[Pair] = field(default_factory=list)
    tensors: list[Weights] = field(default_factory=list)
    pair_count: int | None = None
    tensor_count: int | None = None
    alignment: int = 32  # that the layout really follows
    data: bool = True
    cut: int = 0  # bytes missing at the end
    order: str = "<"

    def encode(self) -> bytes:
        order = self.order
        head = self.magic + struct.pack(order + "I", self.version)
        head += struct.pack(
            order + "QQ",
            len(self.tensors) if self.tensor_count is None else self.tensor_count,
            len(self.pairs) if self.pair_count is None else self.pair_count,
        )
        head += b"".join(pair.encode(order) for pair in self.pairs)
        offset = 0
        for tensor in self.tensors:
            name = tensor.name.encode()
            head += struct.pack(order + "Q", len(name)) + name
            head += struct.pack(order + "I", len(tensor.shape) if tensor.dimensions is None else tensor.dimensions)
            head += struct.pack(f"{order}{len(tensor.shape)}q", *tensor.shape)
            head += struct.pack(order + "i", tensor.type)
            head += struct.pack(order + "Q", offset if tensor.offset is None else tensor.offset)
            offset += padded(tensor.bytes_in_all(), self.alignment)
        head += bytes(padded(len(head), self.alignment) - len(head))
        data = (bytes(range(256)) * (offset // 256 + 1))[:offset] if self.data else b""
        whole = head + data
        return whole[: len(whole) - self.cut]


def padded(size: int, alignment: int) -> int:
    return (size + alignment - 1) // alignment * alignment


def _scalar(kind: int, value: Any, order: str) -> bytes:
    if kind == STRING:
        text = value if isinstance(value, bytes) else str(value).encode()
        return struct.pack(order + "Q", len(text)) + text
    return struct.pack(order + FORMS[kind], value)


def random_pairs(seed: int) -> list[Pair]:
    """Pairs of every type, as ``get_kv_types`` makes them."""
    rng = random.Random(seed)
    pairs = []
    for index in range(100):
        kind = rng.randrange(TYPE_COUNT - 1)
        key = f"my_key_{index}"
        if kind == ARRAY:
            element = rng.choice([k for k in range(TYPE_COUNT - 1) if k != ARRAY])
            pairs.append(Pair(key, ARRAY, [_random_value(rng, element) for _ in range(rng.randrange(17))], element))
        else:
            pairs.append(Pair(key, kind, _random_value(rng, kind)))
    return pairs


def random_tensors(seed: int) -> list[Weights]:
    """Tensors of every type, as ``get_tensor_configs`` makes them (smaller)."""
    rng = random.Random(seed)
    tensors = []
    for index in range(40):
        kind = rng.choice(sorted(TENSOR_TYPES))
        block = TENSOR_TYPES[kind][1]
        shape = [(1 + rng.randrange(3)) * block]
        shape += [1 + rng.randrange(4) for _ in range(rng.randrange(MAX_DIMENSIONS))]
        tensors.append(Weights(f"my_tensor_{index}", shape, kind))
    return tensors


def _random_value(rng: random.Random, kind: int) -> Any:
    if kind == STRING:
        return bytes(rng.randrange(1, 128) for _ in range(rng.randrange(64)))
    if kind in (F32, F64):
        return rng.uniform(-1e6, 1e6)
    if kind == BOOL:
        return rng.random() < 0.5
    return rng.randrange(128)


def model(**changes: Any) -> Handmade:
    """The smallest file that passes for a text model: two blocks of eight numbers."""
    pairs = {
        "general.architecture": Pair("general.architecture", STRING, "llama"),
        "general.name": Pair("general.name", STRING, "Handmade"),
        "general.file_type": Pair("general.file_type", U32, 1),
        "llama.block_count": Pair("llama.block_count", U32, 2),
        "llama.context_length": Pair("llama.context_length", U32, 4096),
        "llama.embedding_length": Pair("llama.embedding_length", U32, 8),
        "llama.feed_forward_length": Pair("llama.feed_forward_length", U32, 16),
        "llama.attention.head_count": Pair("llama.attention.head_count", U32, 2),
        "llama.attention.head_count_kv": Pair("llama.attention.head_count_kv", U32, 1),
        "llama.attention.layer_norm_rms_epsilon": Pair("llama.attention.layer_norm_rms_epsilon", F32, 1e-5),
        "tokenizer.ggml.tokens": Pair("tokenizer.ggml.tokens", ARRAY, [f"t{i}" for i in range(100)], STRING),
        "tokenizer.chat_template": Pair("tokenizer.chat_template", STRING, "{{ messages[0].content }}"),
    }
    for key, pair in changes.pop("pairs", {}).items():
        if pair is None:
            del pairs[key]
        else:
            pairs[key] = pair
    tensors = [Weights("token_embd.weight", [8, 100], 1), Weights("output.weight", [8, 100], 1)]
    for block in range(2):
        tensors += [
            Weights(f"blk.{block}.attn_k.weight", [8, 4], 1),
            Weights(f"blk.{block}.attn_v.weight", [8, 4], 1),
            Weights(f"blk.{block}.ffn_up.weight", [8, 16], 1),
        ]
    return Handmade(pairs=list(pairs.values()), tensors=changes.pop("tensors", tensors), **changes)


def write_parts(folder: Path, stem: str = "Big", count: int = 3) -> list[Path]:
    """A model in several files, as llama.cpp splits one; the paths of the first ``count`` of them."""
    whole = model()
    shares = [whole.tensors[:3], whole.tensors[3:5], whole.tensors[5:]]
    paths = []
    for number, tensors in enumerate(shares[:count]):
        own = {
            "a": Pair("split.no", U16, number),
            "b": Pair("split.count", U16, count),
            "c": Pair("split.tensors.count", I32, len(whole.tensors)),
        }
        file = model(tensors=tensors, pairs=own)
        if number:
            file.pairs = [pair for pair in file.pairs if pair.key.startswith("split.")]
        paths.append(folder / f"{stem}-{number + 1:05}-of-{count:05}.gguf")
        paths[-1].write_bytes(file.encode())
    return paths

"""Models with the shapes of real families and nothing in them: every weight is zero, the file is a hole.

They load and decode like the real thing (into nonsense) and take the same memory, while a gigabyte of them is written
in milliseconds and takes no room on a disk that knows holes. Made for measuring memory; the geometry is what counts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES

from tests.fakes.tiny_vocabularies import spm_vocabulary

F32 = GGMLQuantizationType.F32
_ALIGNMENT = 32


@dataclass(frozen=True)
class Geometry:
    """What a model of a family looks like.

    :ivar family: llama, qwen3, gemma3 (windows in five of six blocks), qwen35 (three of four blocks recurrent), lfm2
        (two of three blocks convolutions), qwen3moe (experts).
    :ivar weights: type of the large matrices; ``table``: of the embedding and the output.
    :ivar tied: the embedding serves as the output.
    """

    family: str
    blocks: int
    width: int
    feed: int
    heads: int
    key_heads: int
    head: int
    vocabulary: int
    weights: GGMLQuantizationType = GGMLQuantizationType.Q8_0
    table: GGMLQuantizationType = GGMLQuantizationType.Q8_0
    tied: bool = True
    context: int = 32768
    window: int = 0
    experts: int = 0
    experts_used: int = 0


GEOMETRIES = {
    # a dense one with a separate output, some 300 MB
    "dense": Geometry("llama", 16, 1024, 4096, 16, 4, 64, 50000, tied=False),
    # the same kind in a type that processors get rearranged
    "rearranged": Geometry("qwen3", 20, 1024, 3072, 16, 8, 64, 50000, weights=GGMLQuantizationType.Q4_0),
    # what most downloads look like
    "k-quants": Geometry("qwen3", 16, 1024, 3072, 16, 8, 128, 50000, weights=GGMLQuantizationType.Q4_K,
                         table=GGMLQuantizationType.Q6_K),
    # Gemma's windows and vocabulary
    "windows": Geometry("gemma3", 18, 640, 2048, 4, 1, 256, 262144, window=512),
    # three recurrent blocks to one of attention
    "hybrid": Geometry("qwen35", 12, 1024, 3584, 8, 2, 256, 100000),
    # short convolutions
    "convolution": Geometry("lfm2", 16, 1024, 4608, 16, 8, 64, 65536),
    # experts
    "experts": Geometry("qwen3moe", 8, 1024, 512, 16, 4, 64, 50000, experts=32, experts_used=4),
}  # fmt: skip
"""Shapes from 200 to 500 MB, one for each way in which memory is used."""


def write_hollow(path: Path, geometry: Geometry) -> Path:
    """Write the model; the file has its full size and hardly any bytes on the disk."""
    return _Writer(path, geometry).write()


class _Writer:
    def __init__(self, path: Path, geometry: Geometry) -> None:
        self._path = path
        self._g = geometry
        self._gguf = GGUFWriter(path, geometry.family)
        self._size = 0

    def write(self) -> Path:
        self._metadata()
        self._table()
        for block in range(self._g.blocks):
            self._block(block)
        self._gguf.write_header_to_file()
        self._gguf.write_kv_data_to_file()
        self._gguf.write_ti_data_to_file()
        self._gguf.close()
        header = -(-self._path.stat().st_size // _ALIGNMENT) * _ALIGNMENT
        os.truncate(self._path, header + self._size)
        return self._path

    def _metadata(self) -> None:
        g = self._g
        numbers: dict[str, int | float] = {
            "block_count": g.blocks,
            "context_length": g.context,
            "embedding_length": g.width,
            "feed_forward_length": g.feed,
            "attention.head_count": g.heads,
            "attention.key_length": g.head,
            "attention.value_length": g.head,
            "attention.layer_norm_rms_epsilon": 1e-5,
            "rope.freq_base": 10000.0,
        }
        if g.family == "lfm2":
            self._gguf.add_array("lfm2.attention.head_count_kv", [self._key_heads(b) for b in range(g.blocks)])
            numbers["shortconv.l_cache"] = 3
        else:
            numbers["attention.head_count_kv"] = g.key_heads
        if g.window:
            numbers |= {"attention.sliding_window": g.window, "attention.sliding_window_pattern": 6}
        if g.family == "qwen35":
            numbers |= {"rope.dimension_count": g.head // 4, "full_attention_interval": 4, "ssm.conv_kernel": 4,
                        "ssm.inner_size": 2048, "ssm.state_size": 128, "ssm.time_step_rank": 16,
                        "ssm.group_count": 16}  # fmt: skip
            self._gguf.add_array("qwen35.rope.dimension_sections", [11, 11, 10, 0])
        if g.experts:
            numbers |= {"expert_count": g.experts, "expert_used_count": g.experts_used,
                        "expert_feed_forward_length": g.feed}  # fmt: skip
        for key, value in numbers.items():
            name = f"{g.family}.{key}"
            if isinstance(value, int):
                self._gguf.add_uint32(name, value)
            else:
                self._gguf.add_float32(name, value)
        spm_vocabulary(g.vocabulary).write(self._gguf)

    def _tensor(self, name: str, *shape: int, kind: GGMLQuantizationType = F32) -> None:
        """``shape`` in the file's order, the inner size first."""
        block, width = GGML_QUANT_SIZES[kind]
        elements = int(np.prod(shape, dtype=np.int64))
        size = elements // block * width
        self._gguf.add_tensor_info(name, shape[::-1], np.dtype(np.float32), size, kind)
        self._size += -(-size // _ALIGNMENT) * _ALIGNMENT

    def _matrix(self, name: str, *shape: int) -> None:
        self._tensor(f"{name}.weight", *shape, kind=self._g.weights)

    def _norms(self, block: str, *names: str, size: int = 0) -> None:
        for name in names:
            self._tensor(f"{block}{name}.weight", size or self._g.width)

    def _table(self) -> None:
        g = self._g
        self._tensor("token_embd.weight", g.width, g.vocabulary, kind=g.table)
        self._norms("", "token_embd_norm" if g.family == "lfm2" else "output_norm")
        if not g.tied:
            self._tensor("output.weight", g.width, g.vocabulary, kind=g.table)

    def _key_heads(self, block: int) -> int:
        """Of lfm2, which has attention in every third block."""
        return self._g.key_heads if block % 3 == 2 else 0

    def _block(self, number: int) -> None:
        g, block = self._g, f"blk.{number}."
        if g.family == "qwen35":
            self._norms(block, "attn_norm", "post_attention_norm")
        else:
            self._norms(block, "attn_norm", "ffn_norm")
        if g.family == "gemma3":
            self._norms(block, "post_attention_norm", "post_ffw_norm")
        if g.family == "qwen35" and number % 4 < 3:
            self._delta(block)
        elif g.family == "lfm2" and not self._key_heads(number):
            self._tensor(f"{block}shortconv.conv.weight", 3, g.width)
            self._matrix(f"{block}shortconv.in_proj", g.width, 3 * g.width)
            self._matrix(f"{block}shortconv.out_proj", g.width, g.width)
        else:
            self._attention(block)
        self._feed_forward(block)

    def _attention(self, block: str) -> None:
        g = self._g
        gate = 2 if g.family == "qwen35" else 1
        self._matrix(f"{block}attn_q", g.width, g.heads * g.head * gate)
        self._matrix(f"{block}attn_k", g.width, g.key_heads * g.head)
        self._matrix(f"{block}attn_v", g.width, g.key_heads * g.head)
        self._matrix(f"{block}attn_output", g.heads * g.head, g.width)
        if g.family != "llama":
            self._norms(block, "attn_q_norm", "attn_k_norm", size=g.head)

    def _delta(self, block: str) -> None:
        g, inner, heads = self._g, 2048, 16
        self._matrix(f"{block}attn_qkv", g.width, 3 * inner)
        self._matrix(f"{block}attn_gate", g.width, inner)
        self._tensor(f"{block}ssm_conv1d.weight", 4, 3 * inner)
        self._tensor(f"{block}ssm_dt.bias", heads)
        self._tensor(f"{block}ssm_a", heads)
        self._matrix(f"{block}ssm_beta", g.width, heads)
        self._matrix(f"{block}ssm_alpha", g.width, heads)
        self._norms(block, "ssm_norm", size=128)
        self._matrix(f"{block}ssm_out", inner, g.width)

    def _feed_forward(self, block: str) -> None:
        g = self._g
        if g.experts:
            self._tensor(f"{block}ffn_gate_inp.weight", g.width, g.experts)
            self._tensor(f"{block}ffn_gate_exps.weight", g.width, g.feed, g.experts, kind=g.weights)
            self._tensor(f"{block}ffn_up_exps.weight", g.width, g.feed, g.experts, kind=g.weights)
            self._tensor(f"{block}ffn_down_exps.weight", g.feed, g.width, g.experts, kind=g.weights)
            return
        self._matrix(f"{block}ffn_gate", g.width, g.feed)
        self._matrix(f"{block}ffn_up", g.width, g.feed)
        self._matrix(f"{block}ffn_down", g.feed, g.width)

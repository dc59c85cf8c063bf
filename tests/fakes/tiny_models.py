"""Tiny models with random weights that really load and decode, written in milliseconds with fixed seeds.

Their text is nonsense; what they are for is their shape: plain attention, sliding windows, recurrent layers that cannot
be rewound, embeddings, no template, a template that thinks, a vocabulary with leading spaces, a very large vocabulary.
``write_script`` makes one that always says the same tokens, byte for byte as given.

All answer chat templates of their family, have a trained context of 4096 tokens and heads of 32 values (so every type
of cache works), and are smaller than 3 MB (``write_large_vocabulary``: 17 MB).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter, quants

from tests.fakes.tiny_vocabularies import (
    Vocabulary,
    bpe_vocabulary,
    spm_vocabulary,
    torn_vocabulary,
    twice,
    word_vocabulary,
)

CONTEXT = 4096
WIDTH = 64
HEAD = 32
HEADS = 2
FEED = 96
WINDOW = 48
"""Tokens that a layer of the sliding-window model looks back."""
SCRIPT_END = "<|im_end|>"

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}"
    "{{ message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
THINKING = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' }}"
    "{{ message.content.split('</think>')[-1].lstrip('\\n') if message.role == 'assistant' else message.content }}"
    "{{ '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}"
    "{% if enable_thinking is defined and enable_thinking is false %}{{ '<think>\\n\\n</think>\\n\\n' }}"
    "{% else %}{{ '<think>\\n' }}{% endif %}{% endif %}"
)
TURNS = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "{{ '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\\n' }}"
    "{{ message.content | trim + '<end_of_turn>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"
)


class _Maker:
    """One file on its way: metadata and tensors under the names of one architecture."""

    def __init__(
        self,
        path: Path,
        architecture: str,
        vocabulary: Vocabulary,
        *,
        seed: int,
        layers: int,
        width: int = WIDTH,
        heads: int = HEADS,
        feed: int = FEED,
        context: int = CONTEXT,
    ) -> None:
        self.path = path
        self.architecture = architecture
        self.vocabulary = vocabulary
        self._random = np.random.default_rng(seed)
        self._writer = GGUFWriter(path, architecture)
        self._writer.add_name(f"Tiny {architecture}")
        self.number("block_count", layers)
        self.number("context_length", context)
        self.number("embedding_length", width)
        self.number("feed_forward_length", feed)
        self.number("attention.head_count", heads)
        vocabulary.write(self._writer)

    def number(self, key: str, value: float | Sequence[int] | Sequence[bool], *, general: bool = False) -> None:
        """Set a key of this architecture (``general``: as it stands)."""
        key = key if general else f"{self.architecture}.{key}"
        if isinstance(value, bool):
            self._writer.add_bool(key, value)
        elif isinstance(value, int):
            self._writer.add_uint32(key, value)
        elif isinstance(value, float):
            self._writer.add_float32(key, value)
        else:
            self._writer.add_array(key, list(value))

    def template(self, text: str | Sequence[Mapping[str, str]]) -> None:
        if text:
            self._writer.add_chat_template(text)

    def attention(self, *, key_heads: int | Sequence[int] = 1, rope: float = 10000.0) -> None:
        self.number("attention.head_count_kv", key_heads)
        self.number("attention.key_length", HEAD)
        self.number("attention.value_length", HEAD)
        self.number("attention.layer_norm_rms_epsilon", 1e-5)
        self.number("rope.freq_base", rope)

    def tensor(
        self, name: str, *shape: int, scale: float | None = None, value: Any = None, quantized: bool = False
    ) -> None:
        """Add a tensor of ``shape`` in the file's order (inner size first); random unless ``value`` says otherwise."""
        rows = shape[::-1]
        if value is not None:
            data = np.broadcast_to(np.asarray(value, np.float32), rows).copy()
        else:
            spread = scale if scale is not None else shape[0] ** -0.5
            data = (self._random.standard_normal(rows) * spread).astype(np.float32)
        if quantized:
            packed = quants.quantize(data, GGMLQuantizationType.Q4_0)
            self._writer.add_tensor(name, packed, raw_dtype=GGMLQuantizationType.Q4_0)
        else:
            self._writer.add_tensor(name, data)

    def ends(self, *, quantized: bool = False, flat: bool = False, norm: str = "output_norm") -> None:
        """The embedding and the output, scaled so that the likeliest token stands out from the rest.

        :param flat: no token stands out: a hot temperature finds any of them.
        """
        size = len(self.vocabulary)
        self.tensor("token_embd.weight", WIDTH, size, scale=1.0, quantized=quantized)
        self.tensor(f"{norm}.weight", WIDTH, value=1.0)
        if flat or not quantized:  # otherwise the output is the embedding
            scale = (1 if flat else 3) * WIDTH**-0.5
            self.tensor("output.weight", WIDTH, size, scale=scale, quantized=quantized)

    def attention_layer(self, layer: int, *, gate: int = 1, head_norms: bool = False) -> None:
        block = f"blk.{layer}."
        self.tensor(block + "attn_q.weight", WIDTH, HEADS * HEAD * gate)
        self.tensor(block + "attn_k.weight", WIDTH, HEAD)
        self.tensor(block + "attn_v.weight", WIDTH, HEAD)
        self.tensor(block + "attn_output.weight", HEADS * HEAD, WIDTH)
        if head_norms:
            self.norms(block, "attn_q_norm", "attn_k_norm", size=HEAD)

    def feed_forward(self, layer: int) -> None:
        block = f"blk.{layer}."
        self.tensor(block + "ffn_gate.weight", WIDTH, FEED)
        self.tensor(block + "ffn_up.weight", WIDTH, FEED)
        self.tensor(block + "ffn_down.weight", FEED, WIDTH)

    def norms(self, block: str, *names: str, size: int = WIDTH) -> None:
        for name in names:
            self.tensor(f"{block}{name}.weight", size, value=1.0)

    def save(self) -> Path:
        self._writer.write_header_to_file()
        self._writer.write_kv_data_to_file()
        self._writer.write_tensors_to_file()
        self._writer.close()
        return self.path


def write_plain(
    path: Path,
    *,
    template: str | Sequence[Mapping[str, str]] = CHATML,
    vocabulary: Vocabulary | None = None,
    sampling: dict[str, float | int] | None = None,
    seed: int = 1,
    context: int = CONTEXT,
) -> Path:
    """Plain attention (llama).

    :param template: or several, each with ``name`` ("default" or another) and ``template``.
    :param sampling: what the file recommends, for example ``{"temp": 0.6, "top_k": 20}``.
    """
    layers = 2
    maker = _Maker(path, "llama", vocabulary or bpe_vocabulary(), seed=seed, layers=layers, context=context)
    maker.attention()
    maker.number("rope.dimension_count", HEAD)
    for key, value in (sampling or {}).items():
        maker.number(f"general.sampling.{key}", value, general=True)
    maker.template(template)
    maker.ends()
    for layer in range(layers):
        maker.norms(f"blk.{layer}.", "attn_norm", "ffn_norm")
        maker.attention_layer(layer)
        maker.feed_forward(layer)
    return maker.save()


def write_base(path: Path) -> Path:
    """A base model: plain attention, no chat template."""
    return write_plain(path, template="", seed=2)


def write_thinking(path: Path) -> Path:
    """A model whose template opens ``<think>`` unless told not to."""
    return write_plain(path, template=THINKING, seed=3)


def write_leading_space(path: Path) -> Path:
    """A SentencePiece vocabulary (adds a leading space and a start token) with Gemma-like turns and no system turn."""
    return write_plain(path, template=TURNS, vocabulary=spm_vocabulary(), seed=4)


def write_sliding(
    path: Path, *, vocabulary: Vocabulary | None = None, quantized: bool = False, flat: bool = False
) -> Path:
    """Sliding windows of ``WINDOW`` tokens in two of three layers (gemma3)."""
    layers = 3
    maker = _Maker(path, "gemma3", vocabulary or spm_vocabulary(), seed=5, layers=layers)
    maker.attention(rope=1000000.0)
    maker.number("attention.sliding_window", WINDOW)
    maker.number("attention.sliding_window_pattern", 3)
    maker.template(TURNS)
    maker.ends(quantized=quantized, flat=flat)
    for layer in range(layers):
        maker.norms(f"blk.{layer}.", "attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")
        maker.attention_layer(layer, head_norms=True)
        maker.feed_forward(layer)
    return maker.save()


def write_large_vocabulary(path: Path, *, mixed: bool = False) -> Path:
    """262,144 tokens, as Gemma 3 has them, and next to no weights besides (17 MB).

    :param mixed: words of many scripts, any of which a hot temperature finds (26 MB).
    """
    return write_sliding(path, vocabulary=spm_vocabulary(262144, mixed=mixed), quantized=True, flat=mixed)


def write_torn_vocabulary(path: Path, size: int = 262144) -> Path:
    """As many tokens of many scripts on the level of bytes, many of them with half characters at either end."""
    return write_sliding(path, vocabulary=torn_vocabulary(size), quantized=True, flat=True)


def write_hybrid(path: Path) -> Path:
    """Three recurrent layers (gated delta net) to one of attention (qwen35): its memory cannot be rewound."""
    layers, state, heads = 4, 32, 2
    maker = _Maker(path, "qwen35", bpe_vocabulary(), seed=6, layers=layers)
    maker.attention(rope=10000000.0)
    maker.number("rope.dimension_count", HEAD // 2)
    maker.number("rope.dimension_sections", [3, 3, 2, 0])
    maker.number("full_attention_interval", 4)
    maker.number("ssm.conv_kernel", 4)
    maker.number("ssm.inner_size", state * heads)
    maker.number("ssm.state_size", state)
    maker.number("ssm.time_step_rank", heads)
    maker.number("ssm.group_count", heads)
    maker.template(THINKING)
    maker.ends()
    inner = state * heads
    for layer in range(layers):
        block = f"blk.{layer}."
        maker.norms(block, "attn_norm", "post_attention_norm")
        if layer % 4 == 3:
            maker.attention_layer(layer, gate=2, head_norms=True)
        else:
            maker.tensor(block + "attn_qkv.weight", WIDTH, 3 * inner)
            maker.tensor(block + "attn_gate.weight", WIDTH, inner)
            maker.tensor(block + "ssm_conv1d.weight", 4, 3 * inner)
            maker.tensor(block + "ssm_dt.bias", heads, value=0.5)
            maker.tensor(block + "ssm_a", heads, value=-0.5)
            maker.tensor(block + "ssm_beta.weight", WIDTH, heads)
            maker.tensor(block + "ssm_alpha.weight", WIDTH, heads)
            maker.norms(block, "ssm_norm", size=state)
            maker.tensor(block + "ssm_out.weight", inner, WIDTH)
        maker.feed_forward(layer)
    return maker.save()


def write_convolution(path: Path) -> Path:
    """Short convolutions in two of three layers (lfm2): another memory that cannot be rewound."""
    layers, look_back = 3, 3
    maker = _Maker(path, "lfm2", bpe_vocabulary(), seed=7, layers=layers)
    maker.attention(key_heads=[0, 0, 1])
    maker.number("shortconv.l_cache", look_back)
    maker.template(CHATML)
    maker.ends(norm="token_embd_norm")
    for layer in range(layers):
        block = f"blk.{layer}."
        maker.norms(block, "attn_norm", "ffn_norm")
        if layer == 2:
            maker.attention_layer(layer, head_norms=True)
        else:
            maker.tensor(block + "shortconv.conv.weight", look_back, WIDTH)
            maker.tensor(block + "shortconv.in_proj.weight", WIDTH, 3 * WIDTH)
            maker.tensor(block + "shortconv.out_proj.weight", WIDTH, WIDTH)
        maker.feed_forward(layer)
    return maker.save()


def write_embedding(path: Path, *, context: int = CONTEXT, bias: float = 0.0) -> Path:
    """A text encoder (bert) with mean pooling: vectors of 64 numbers, no text comes out of it.

    :param bias: of its first norm; what is no number there makes all vectors such.
    """
    layers, types = 2, 2
    vocabulary = word_vocabulary()
    maker = _Maker(path, "bert", vocabulary, seed=8, layers=layers, context=context)
    maker.number("attention.layer_norm_epsilon", 1e-12)
    maker.number("attention.causal", False)
    maker.number("pooling_type", 1)
    maker.number("tokenizer.ggml.token_type_count", types, general=True)
    maker.tensor("token_embd.weight", WIDTH, len(vocabulary), scale=1.0)
    maker.tensor("token_types.weight", WIDTH, types, scale=0.1)
    maker.tensor("position_embd.weight", WIDTH, context, scale=0.1)
    maker.norms("", "token_embd_norm")
    maker.tensor("token_embd_norm.bias", WIDTH, value=bias)
    for layer in range(layers):
        block = f"blk.{layer}."
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            maker.tensor(f"{block}{name}.weight", WIDTH, WIDTH)
        maker.tensor(block + "ffn_up.weight", WIDTH, FEED)
        maker.tensor(block + "ffn_down.weight", FEED, WIDTH)
        for name in ("attn_output_norm", "layer_output_norm"):
            maker.norms(block, name)
            maker.tensor(f"{block}{name}.bias", WIDTH, value=0.0)
    return maker.save()


def write_script(path: Path, parts: Sequence[str | bytes], *, template: str = CHATML, ends: bool = True) -> Path:
    """A model that always answers with ``parts``, one token each, whatever it reads, then ends.

    A part may be any bytes, also half a character. After any other token comes part 0, so a prompt may not end in a
    part (single bytes are tokens of the vocabulary already).

    :param ends: after the last part comes the end of the turn; otherwise the first part again, for ever.
    :raises ValueError: two parts are equal.
    """
    texts = tuple(part.encode() if isinstance(part, str) else part for part in parts)
    longer = tuple(text for text in texts if len(text) > 1)
    vocabulary = bpe_vocabulary(0, longer)
    tokens = [256 + longer.index(text) if len(text) > 1 else text[0] for text in texts]
    if len(set(tokens)) != len(tokens):
        raise ValueError("a part is there twice: what comes after it would not be certain")
    size = len(vocabulary)
    width = -(-size // HEAD) * HEAD
    follower = np.full(size, tokens[0])
    follower[tokens[:-1]] = tokens[1:]
    if ends:
        follower[tokens[-1]] = vocabulary.texts.index(SCRIPT_END.encode())
    maker = _Maker(path, "llama", vocabulary, seed=9, layers=1, width=width, heads=1, feed=HEAD)
    maker.attention()
    maker.number("rope.dimension_count", HEAD)
    maker.template(template)
    output = np.zeros((size, width), np.float32)
    output[follower, np.arange(size)] = 1.0
    maker.tensor("token_embd.weight", width, size, value=np.eye(size, width))
    maker.tensor("output.weight", width, size, value=output)
    maker.norms("", "output_norm", "blk.0.attn_norm", "blk.0.ffn_norm", size=width)
    # Nothing is added to the embedding on its way: the next token depends on the last one alone.
    for name, inner, outer in (("attn_q", width, HEAD), ("attn_k", width, HEAD), ("attn_v", width, HEAD),
                               ("attn_output", HEAD, width), ("ffn_gate", width, HEAD), ("ffn_up", width, HEAD),
                               ("ffn_down", HEAD, width)):  # fmt: skip
        maker.tensor(f"blk.0.{name}.weight", inner, outer, value=0.0)
    return maker.save()


def write_aborting(path: Path) -> Path:
    """A well-formed file on which llama.cpp calls ``abort()`` while it loads (a token that is there twice)."""
    return write_plain(path, vocabulary=twice(bpe_vocabulary()), seed=10)


CHAT_MODELS: dict[str, Callable[[Path], Path]] = {
    "plain": write_plain,
    "thinking": write_thinking,
    "leading-space": write_leading_space,
    "sliding": write_sliding,
    "hybrid": write_hybrid,
    "convolution": write_convolution,
}
"""Every family that can hold a conversation, by a short name for test parameters."""

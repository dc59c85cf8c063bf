"""How much memory a model will take, before it is loaded: weights, cache, working space.

Everything is read from the tensors' shapes where they say it (the width of each block's keys and values), and from the
metadata where not. The estimate is meant to be a little high: a warning too early is better than an engine that the
system ends.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

from assistant.library.gguf import Header

SANE_CONTEXT = 8192
LEAST_CONTEXT = 2048
GPU_PROCESS = 350 << 20
"""Bytes of graphics memory that a driver takes for itself in each process, on each device."""

# How the engine sets up a context.
_SLOTS = 16  # sequences that run or are kept for later; a recurrent model has a state for each
_STATES = 768 << 20  # bytes that all these states may take together
_OUTPUT_ROWS = 64  # tokens of one step whose successors are computed
_PROCESS = 48 << 20  # bytes: the interpreter, numpy and the native libraries
_GPU_SHARE = 0.95  # of the free graphics memory: it breaks into pieces
_ROUNDED = 256  # tokens: contexts are rounded up to whole ones of these
_STEP = 512  # tokens that are computed in one go,
_DENSE_STEPS = (256, 48 << 20), (128, 256 << 20)  # and where the processor computes the attention of each to all cells,
# without flash attention: the first of which the scores take no more than so many bytes
_FULL_WINDOWS_UP_TO = 16384  # tokens: below, sliding windows are kept whole so that any prefix can be reused
_CELL_BYTES = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}
_CGROUP = Path("/sys/fs/cgroup")

_BLOCK = re.compile(r"^blk\.(\d+)\.([^.]+)")
_RECURRENT = ("ssm_", "shortconv", "time_mix")
_LOOKED_UP = ("token_embd.", "per_layer_token_embd.", "position_embd.", "token_types.")
# Blocks from one that attends to everything to the next, where the file does not say (as in llama.cpp's models).
_WINDOW_PATTERNS = {
    "gemma2": 2, "gemma3": 6, "gemma3n": 5, "gpt-oss": 2, "cohere2": 4, "exaone4": 4, "exaone-moe": 4, "olmo2": 4,
    "plamo3": 8, "llama4": 4, "muse-glimmer": 4, "afmoe": 4, "mellum": 4,
}  # fmt: skip
_OWN_CACHE_BLOCKS = {"gemma3n": 20}  # the blocks behind these use the cache of an earlier one


@dataclass(frozen=True)
class Shape:
    """The sizes that memory and speed depend on.

    :ivar weights: bytes of the tensors that get loaded.
    :ivar weights_per_token: bytes of them that are read to write one token.
    :ivar cells: numbers kept for each token of the context (keys and values of all blocks that attend to everything).
    :ivar window_cells: the same for blocks that look back ``window`` tokens only.
    :ivar state: bytes that one sequence needs however long it is (recurrent blocks).
    :ivar blocks: layers that a graphics processor can take one by one.
    :ivar looked_up: bytes of tables of which only rows are read: they stay in the machine's own memory.
    :ivar embedding: bytes of the first of them, that of the tokens.
    :ivar output: bytes of the matrix behind the last block; 0: the embedding serves as that, too.
    :ivar heads: of a block's attention; 0: not known.
    """

    weights: int
    weights_per_token: int
    context_trained: int
    vocabulary: int
    width: int
    feed_forward: int
    blocks: int
    cells: int = 0
    window_cells: int = 0
    window: int = 0
    state: int = 0
    looked_up: int = 0
    embedding: int = 0
    output: int = 0
    heads: int = 0

    @classmethod
    def guess(cls, size: int, parameters: int = 0, context_trained: int = 0) -> Shape:
        """What a dense model of this size in bytes usually looks like, while nothing else is known of it."""
        count = (parameters or size * 8 / 4.85) / 1e9  # Q4_K_M has 4.85 bits for each number
        return cls(
            weights=size,
            weights_per_token=size,
            context_trained=context_trained,
            vocabulary=152_000,
            width=int(1600 * count**0.4),
            feed_forward=int(4800 * count**0.4),
            blocks=max(8, int(22 * count**0.3)),
            cells=int(36_000 * count**0.35),
        )


class Sized(Protocol):
    """What can be judged without reading its file again: an installed model."""

    @property
    def name(self) -> str: ...

    @property
    def path(self) -> Path: ...

    @property
    def shape(self) -> Shape | None: ...


def shape_of(header: Header) -> Shape:
    """The sizes of a model from its header."""
    trunk = header.block_count - header.number("nextn_predict_layers")
    tensors = [t for t in header.tensors if (match := _BLOCK.match(t.name)) is None or int(match[1]) < trunk]
    weights = sum(t.size for t in tensors)
    embedding = next((t for t in tensors if t.name == "token_embd.weight"), None)
    tied = not any(t.name == "output.weight" for t in tensors)
    experts = header.number("expert_count")
    share = header.number("expert_used_count") / experts if experts else 1.0
    per_token = 0.0
    for tensor in tensors:
        if tensor.name.startswith(_LOOKED_UP) and not (tied and tensor is embedding):
            continue
        per_token += tensor.size * (share if "_exps." in tensor.name else 1.0)
    cells, window_cells, recurrent = _cells(header, trunk)
    return Shape(
        weights=weights,
        weights_per_token=int(per_token),
        context_trained=header.context_length,
        vocabulary=embedding.shape[1] if embedding is not None and len(embedding.shape) > 1 else 0,
        width=header.embedding_length,
        feed_forward=max(header.per_block("feed_forward_length"), default=0),
        cells=cells,
        window_cells=window_cells,
        window=header.number("attention.sliding_window"),
        state=4 * recurrent * _state_numbers(header),
        blocks=trunk,
        looked_up=sum(t.size for t in tensors if t.name.startswith(_LOOKED_UP)),
        embedding=embedding.size if embedding is not None else 0,
        output=next((t.size for t in tensors if t.name == "output.weight"), 0),
        heads=max(header.per_block("attention.head_count"), default=0),
    )


def memory_needed(model: Sized | Header | Shape, context: int, cache_type: str = "f16") -> int:
    """Bytes that the engine's process will hold with this model and a context of so many tokens (estimated).

    0 for a model whose header could not be read.
    """
    shape = _shape(model)
    if shape is None:
        return 0
    return int(
        shape.weights + _cache(shape, context, cache_type) + _on_processor(shape, context, cache_type) + _PROCESS
    )


def largest_context(model: Sized | Header | Shape, cache_type: str = "f16", *, free: int, at_most: int = 0) -> int:
    """The most tokens of context with which ``model`` needs no more than ``free`` bytes; 0: not even the least.

    :param at_most: tokens; 0: what it was trained for.
    """
    shape = _shape(model)
    if shape is None:
        return 0
    most = at_most or shape.context_trained or SANE_CONTEXT
    if memory_needed(shape, most, cache_type) <= free:
        return most
    low, high = 0, most // _ROUNDED
    while low < high:
        middle = (low + high + 1) // 2
        if memory_needed(shape, middle * _ROUNDED, cache_type) <= free:
            low = middle
        else:
            high = middle - 1
    return low * _ROUNDED


def gpu_memory(shape: Shape, context: int, cache_type: str, layers: int) -> int:
    """Bytes on graphics processors when ``layers`` of ``shape.blocks + 1`` lie there (the first one is the output)."""
    if layers <= 0:
        return 0
    output = shape.output or shape.embedding
    return int(output + _moved(shape, context, cache_type, layers) + _working_space(shape, context) + GPU_PROCESS)


def gpu_layers(model: Sized | Header | Shape, context: int, cache_type: str = "f16", *, free: int) -> int:
    """How many layers fit into ``free`` bytes of graphics memory, the output counting as one (0: none)."""
    shape = _shape(model)
    if shape is None:
        return 0
    layers = shape.blocks + 1
    while layers > 0 and gpu_memory(shape, context, cache_type, layers) > free * _GPU_SHARE:
        layers -= 1
    return layers if layers > 1 else 0  # the output alone only costs the way there and back


def memory_beside_gpu(model: Sized | Header | Shape, context: int, cache_type: str = "f16", *, layers: int) -> int:
    """Bytes of the machine's own memory when ``layers`` are on graphics processors."""
    shape = _shape(model)
    if shape is None:
        return 0
    if layers <= 0:
        return memory_needed(shape, context, cache_type)
    moved = shape.output + _moved(shape, context, cache_type, layers)
    return max(memory_needed(shape, context, cache_type) - moved, _PROCESS)


def sane_context(
    model: Sized | Header | Shape, wanted: int = 0, cache_type: str = "f16", *, free: int | None = None
) -> int:
    """How many tokens of context to load ``model`` with: ``wanted``, never more than it was trained for.

    With 0: 8192, or half or a quarter of it where memory is scarce.

    :param free: bytes that may be used; None: what the system has to give.
    """
    shape = _shape(model)
    trained = (shape.context_trained if shape else 0) or max(wanted, SANE_CONTEXT)
    if wanted > 0:
        return min(wanted, trained)
    context = min(SANE_CONTEXT, trained)
    available = free_memory() if free is None else free
    while context > LEAST_CONTEXT and memory_needed(model, context, cache_type) > available:
        context = max(LEAST_CONTEXT, context // 2)
    return context


def free_memory(*, cgroup: Path = _CGROUP, available: Callable[[], int] | None = None) -> int:
    """Bytes that new processes can have without swapping; a container's limit counts as well."""
    free = psutil.virtual_memory().available if available is None else available()
    try:
        limit = (cgroup / "memory.max").read_text().strip()
        used = int((cgroup / "memory.current").read_text())
        # What was read from files can be given back at once.
        statistics = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
        used -= int(statistics.get("inactive_file", 0))
        return min(free, max(0, int(limit) - used)) if limit != "max" else free
    except (OSError, ValueError):
        return free


def total_memory(*, cgroup: Path = _CGROUP) -> int:
    """Bytes of memory that this machine, or the container that the program runs in, has."""
    total = psutil.virtual_memory().total
    try:
        return min(total, int((cgroup / "memory.max").read_text()))
    except (OSError, ValueError):
        return total


def _shape(model: Sized | Header | Shape) -> Shape | None:
    if isinstance(model, Shape):
        return model
    return shape_of(model) if isinstance(model, Header) else model.shape


def _moved(shape: Shape, context: int, cache_type: str, layers: int) -> int:
    """Bytes of weights and cache of the blocks among so many layers on a graphics processor."""
    blocks = min(layers - 1, shape.blocks)
    weights = max(shape.weights - shape.looked_up - shape.output, 0)
    return int((weights + _cache(shape, context, cache_type)) * blocks / max(shape.blocks, 1))


def _cache(shape: Shape, context: int, cache_type: str) -> float:
    """Bytes of what is kept about the tokens of a context."""
    context = -(-context // _ROUNDED) * _ROUNDED
    windowed = context
    if context > _FULL_WINDOWS_UP_TO and shape.window:
        windowed = min(context, shape.window * _SLOTS + _STEP)
    cells = shape.cells * context + shape.window_cells * windowed
    return cells * _cell_bytes(cache_type) + min(shape.state * _SLOTS, max(_STATES, 2 * shape.state))


def _cell_bytes(cache_type: str) -> float:
    return _CELL_BYTES.get(cache_type, 2.0)


def _cells(header: Header, trunk: int) -> tuple[int, int, int]:
    """Numbers kept per token by blocks that see everything, by blocks with a window, and how many are recurrent."""
    widths: dict[int, dict[str, int]] = defaultdict(dict)
    recurrent: set[int] = set()
    for tensor in header.tensors:
        match = _BLOCK.match(tensor.name)
        if match is None:
            continue
        index, part = int(match[1]), match[2]
        if part.startswith(_RECURRENT):
            recurrent.add(index)
        elif part in ("attn_k", "attn_v", "attn_qkv", "attn_kv_a_mqa") and len(tensor.shape) > 1:
            widths[index][part] = tensor.shape[1]
    windowed = _windowed_blocks(header, trunk)
    owners = trunk - header.number("attention.shared_kv_layers")
    owners = min(owners, _OWN_CACHE_BLOCKS.get(header.architecture, owners))
    full = window = 0
    for index in range(owners):
        cells = _block_cells(header, index, widths[index], recurrent=index in recurrent)
        if index in windowed:
            window += cells
        else:
            full += cells
    return full, window, sum(index < trunk for index in recurrent)


def _block_cells(header: Header, index: int, widths: dict[str, int], *, recurrent: bool) -> int:
    if "attn_k" in widths:
        return widths["attn_k"] + widths.get("attn_v", widths["attn_k"])
    if "attn_kv_a_mqa" in widths and header.number("attention.key_length_mla"):
        return widths["attn_kv_a_mqa"]
    if recurrent or not widths:
        return 0
    heads = header.per_block("attention.head_count")[index]
    key_heads = header.per_block("attention.head_count_kv", heads)[index]
    head = header.embedding_length // heads if heads else 0
    key = header.number("attention.key_length", head)
    return key_heads * (key + header.number("attention.value_length", head))


def _windowed_blocks(header: Header, trunk: int) -> frozenset[int]:
    if header.number("attention.sliding_window") <= 0:
        return frozenset()
    pattern = header.metadata.get(f"{header.architecture}.attention.sliding_window_pattern")
    if isinstance(pattern, tuple):
        return frozenset(index for index, looks_back in enumerate(pattern[:trunk]) if looks_back)
    every = pattern if isinstance(pattern, int) else _WINDOW_PATTERNS.get(header.architecture, 0)
    if every <= 1:  # not known, so count them as seeing everything
        return frozenset()
    return frozenset(index for index in range(trunk) if index % every < every - 1)


def _state_numbers(header: Header) -> int:
    """Numbers that one recurrent block keeps for one sequence (llama.cpp's ``n_embd_r`` and ``n_embd_s``)."""
    width = header.embedding_length
    head = header.number("wkv.head_size")
    if head:
        return width * (header.number("token_shift_count", 2) + head)
    if header.number("shortconv.l_cache"):
        return width * (header.number("shortconv.l_cache") - 1)
    inner, state = header.number("ssm.inner_size"), header.number("ssm.state_size")
    conv = max(header.number("ssm.conv_kernel") - 1, 0)
    return conv * (inner + 2 * header.number("ssm.group_count") * state) + state * inner


def _on_processor(shape: Shape, context: int, cache_type: str) -> int:
    """Bytes of working space in the machine's own memory.

    Not every machine computes the attention densely (see ``Model.plan``), and which one does is known when its library
    is loaded: the way that takes more counts.
    """
    usual = _working_space(shape, context)
    if cache_type != "f16" or shape.window or shape.state:
        return usual
    scores = 4 * (-(-context // _ROUNDED) * _ROUNDED) * (shape.heads + 1)  # of one token
    for step, most in _DENSE_STEPS:
        if step * scores <= most:
            return max(usual, _working_space(shape, 0, step) + step * scores)
    return usual


def _working_space(shape: Shape, context: int, step: int = _STEP) -> int:
    """Bytes for the numbers in between while a step of a prompt is computed."""
    logits = shape.vocabulary * _OUTPUT_ROWS * 5 // 4
    activations = step * (6 * shape.width + 3 * shape.feed_forward)
    mask = step * context // 2
    return 4 * (logits + activations + mask)

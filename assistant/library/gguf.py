"""A model's header: what a file says about the model in it, checked before any native code sees it."""

from __future__ import annotations

import hashlib
import math
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from assistant.base.container import TENSOR_TYPES, Container, Tensor, Value, read_container
from assistant.base.errors import AssistantError, ErrorKind

_PART = re.compile(r"^(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<end>\.gguf)$", re.IGNORECASE)
_BLOCK = re.compile(r"^blk\.(\d+)\.")
_MAX_PARTS = 1000
_MAX_BLOCKS = 4096
_MAX_WIDTH = 1 << 20
_SAMPLE = 4096  # bytes
_SAMPLES = 16

_EMBEDS = frozenset({
    "bert", "modern-bert", "nomic-bert", "nomic-bert-moe", "neo-bert", "jina-bert-v2", "jina-bert-v3", "eurobert",
    "gemma-embedding", "llama-embed",
})  # fmt: skip
_RANKS = 4  # the pooling type of a reranker, which judges two texts together
_JUDGES = frozenset({"cls.weight", "cls.output.weight"})  # its last layers
_FOR_VECTORS = frozenset({"sentence-similarity", "sentence-transformers"})  # tags of a model's page
_FOR_RANKING = frozenset({"text-ranking"})
_FOR_WRITING = frozenset({"text-generation", "image-text-to-text", "conversational"})
_NAMED_FOR_VECTORS = re.compile(r"(?<![^\W_])embed(?:ding)?s?(?![^\W_])", re.IGNORECASE)
_NAMED_FOR_RANKING = re.compile(r"(?<![^\W_])re-?rank(?:er|ing)?(?![^\W_])", re.IGNORECASE)
_NOT_FOR_TEXT = frozenset({
    # what helps another model to read, see, hear, speak or draft
    "t5encoder",
    "clip", "mmproj", "wavtokenizer-dec", "qwen3tts", "pockettts", "eagle3", "dflash", "gemma4-assistant", "whisper",
    # pictures and films
    "flux", "sd1", "sd3", "sdxl", "wan", "hunyuan_video", "hyvid", "ltxv", "hidream", "cosmos", "lumina2", "aura",
    "qwen_image", "pig",
})  # fmt: skip
_NOT_ONE_WORD_AFTER_ANOTHER = frozenset({"t5", "dream", "llada", "llada-moe", "rnd1"})
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
    12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K",
    19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL",
    26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0",
    37: "TQ2_0", 38: "MXFP4", 39: "NVFP4", 40: "Q1_0", 41: "Q2_0",
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """What is known of a model from its file or files alone.

    :ivar path: the file, the first of several parts.
    :ivar files: all parts in order (usually one).
    :ivar size: bytes of all parts.
    :ivar name: the file's own ``general.name``, often empty or odd.
    :ivar embeds: it makes vectors of texts, and writes none.
    :ivar parameters: numbers in all tensors.
    :ivar context_length: tokens it was trained for, 0: not said.
    :ivar template: the default chat template, empty: a base model.
    :ivar quantization: as ``Q4_K_M``.
    :ivar metadata: scalars, texts and short arrays of the header.
    :ivar tensors: of all parts; offsets are within each part's file.
    """

    path: Path
    files: tuple[Path, ...]
    size: int
    architecture: str
    name: str
    parameters: int
    context_length: int
    block_count: int
    embedding_length: int
    template: str
    quantization: str
    metadata: Mapping[str, Value]
    tensors: tuple[Tensor, ...]
    embeds: bool = False

    def number(self, key: str, default: int = 0) -> int:
        """The whole number ``<architecture>.<key>``; ``default`` where it is missing or something else."""
        value = self.metadata.get(f"{self.architecture}.{key}")
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def per_block(self, key: str, default: int = 0) -> tuple[int, ...]:
        """``<architecture>.<key>`` for each block: a number counts for all of them, an array is one for each."""
        value = self.metadata.get(f"{self.architecture}.{key}")
        if isinstance(value, tuple):
            numbers = [int(item) if isinstance(item, int | float) else default for item in value]
            return tuple((numbers + [default] * self.block_count)[: self.block_count])
        return (self.number(key, default),) * self.block_count


def read_header(path: Path, *, sizes: Sequence[int] = ()) -> Header:
    """Read and check the header of the model at ``path``. Any part of a model in several files leads to the whole.

    :param sizes: bytes of each whole file, when only their beginnings are there (with all of their headers).
    :raises MoreNeededError: with ``sizes``, when a header is not there completely.
    :raises AssistantError: what ``read_container`` raises, MODEL_NOT_FOR_TEXT, MODEL_UNSUPPORTED, and MODEL_MISSING
        with ``part`` for a part that is not there.
    """
    files = model_files(path)
    whole = sizes or [0] * len(files)
    containers = [_part(file, files, size) for file, size in zip(files, whole, strict=True)]
    first = containers[0]
    tensors = tuple(tensor for container in containers for tensor in container.tensors)
    name = first.path.name
    embeds = _check_kind(first, tensors, name)
    if first.big_endian != (sys.byteorder == "big"):
        raise AssistantError(ErrorKind.MODEL_UNSUPPORTED, "the other byte order", name=name, architecture="big-endian")
    _check_parts(first, containers, tensors)
    architecture = _text(first.fields, "general.architecture")
    header = Header(
        path=files[0],
        files=files,
        size=sum(container.size for container in containers),
        architecture=architecture,
        name=_text(first.fields, "general.name"),
        parameters=sum(tensor.elements for tensor in tensors),
        context_length=0,
        block_count=0,
        embedding_length=0,
        template=_text(first.fields, "tokenizer.chat_template"),
        quantization=_quantization(first.fields, tensors),
        metadata=first.fields,
        tensors=tensors,
        embeds=embeds,
    )
    header = replace(
        header,
        context_length=header.number("context_length"),
        block_count=header.number("block_count"),
        embedding_length=header.number("embedding_length"),
    )
    _check_numbers(header)
    return header


def model_files(path: Path) -> tuple[Path, ...]:
    """All files of the model that ``path`` belongs to, in order: itself, or the parts ``-00001-of-0000N``.

    :raises AssistantError: MODEL_MISSING with ``part``: the names of parts that are not there.
    """
    match = _PART.match(path.name)
    if match is None:
        return (path,)
    count = int(match["count"])
    if not 1 <= int(match["number"]) <= count <= _MAX_PARTS:
        return (path,)
    names = [f"{match['stem']}-{number:05}-of-{count:05}{match['end']}" for number in range(1, count + 1)]
    parts = tuple(path.with_name(name) for name in names)
    missing = [part.name for part in parts if not part.exists()]
    if missing:
        raise AssistantError(ErrorKind.MODEL_MISSING, name=match["stem"], part=", ".join(missing))
    return parts


def is_later_part(path: Path) -> bool:
    """Is this the second or a later part of a model in several files? (The first one stands for the whole.)"""
    match = _PART.match(path.name)
    return match is not None and int(match["number"]) > 1


def model_stem(path: Path) -> str:
    """The file name without its ending and part number."""
    match = _PART.match(path.name)
    if match is not None:
        return match["stem"]
    return path.stem if path.suffix.lower() == ".gguf" else path.name


def fingerprint(path: Path) -> str:
    """A short hash that recognises the same model under another name: its size, its header and samples of its data.

    :raises AssistantError: as ``read_container``.
    """
    digest = hashlib.sha256()
    for file in model_files(path):
        container = read_container(file)
        digest.update(f"{container.size}:{container.data_offset}:".encode())
        with file.open("rb") as stream:
            left = container.data_offset
            while left > 0 and (block := stream.read(min(left, 1 << 20))):
                digest.update(block)
                left -= len(block)
            span = container.size - container.data_offset
            for index in range(_SAMPLES):
                stream.seek(container.data_offset + max(span - _SAMPLE, 0) * index // (_SAMPLES - 1))
                digest.update(stream.read(_SAMPLE))
    return digest.hexdigest()[:32]


def _part(file: Path, files: tuple[Path, ...], size: int) -> Container:
    container = read_container(file, size=size)
    if len(files) > 1 and _number(container.fields, "split.count") not in (len(files), 0):
        _damaged(file.name, f"its part count is {container.fields.get('split.count')!r}")
    return container


def _check_kind(first: Container, tensors: tuple[Tensor, ...], name: str) -> bool:
    """Refuse what neither writes, one word after another, nor makes vectors of texts; True: it makes vectors.

    Surest is what the file says of its last step: a pooling type, attention that looks both ways. Many files of the
    Qwen3-Embedding kind, made from a model that chats, say neither, and have its chat template as well; then what they
    call themselves counts (see ``_calls_itself``), unless the name is all that says it and the rest of the file says
    that it writes (see ``_says_that_it_writes``).
    """
    fields = first.fields
    architecture = _text(fields, "general.architecture")
    kind = _text(fields, "general.type") or "model"
    if kind != "model" or architecture in _NOT_FOR_TEXT or (architecture and not tensors):
        _not_for_text(name, architecture or kind)
    if not architecture:
        _damaged(name, "it does not say which architecture it has")
    if architecture in _NOT_ONE_WORD_AFTER_ANOTHER:
        raise AssistantError(ErrorKind.MODEL_UNSUPPORTED, name=name, architecture=architecture)
    pooling = _number(fields, f"{architecture}.pooling_type")
    if pooling == _RANKS or (pooling <= 0 and any(tensor.name in _JUDGES for tensor in tensors)):
        _not_for_text(name, architecture, what="ranks")
    if architecture in _EMBEDS or pooling > 0 or fields.get(f"{architecture}.attention.causal") is False:
        return True
    if _calls_itself(fields, _NAMED_FOR_RANKING, _FOR_RANKING):
        _not_for_text(name, architecture, what="ranks")
    if _calls_itself(fields, _NAMED_FOR_VECTORS, _FOR_VECTORS):
        return bool(_tags(fields) & _FOR_VECTORS) or not _says_that_it_writes(fields, tensors, architecture)
    return False


def _says_that_it_writes(fields: Mapping[str, Value], tensors: tuple[Tensor, ...], architecture: str) -> bool:
    """Does the file say that it chats, whatever it is called: pooling is ruled out, or beside its chat template it has
    an output layer of its own (which is left out of what only makes vectors) or the tags of one that writes?"""
    if _number(fields, f"{architecture}.pooling_type", -1) == 0 or fields.get(f"{architecture}.attention.causal"):
        return True
    if not _text(fields, "tokenizer.chat_template"):
        return False
    return bool(_tags(fields) & _FOR_WRITING) or any(tensor.name == "output.weight" for tensor in tensors)


def _tags(fields: Mapping[str, Value]) -> set[str]:
    """The tags of the model's page, in small letters."""
    said = fields.get("general.tags")
    return {tag.lower() for tag in said if isinstance(tag, str)} if isinstance(said, tuple) else set()


def _calls_itself(fields: Mapping[str, Value], named: re.Pattern[str], tags: frozenset[str]) -> bool:
    """Does the header say by name, or by the tags of the model's page, what it is for? The file's name is not asked:
    there "embed" may tell how a table was quantized. A page that also tags it as one that writes does not say it, and
    the tag ``feature-extraction`` alone does not either: it is put on models that chat."""
    if any(named.search(_text(fields, f"general.{key}")) for key in ("name", "basename", "finetune")):
        return True
    own = _tags(fields)
    return bool(own & tags) and not own & _FOR_WRITING


def _check_parts(first: Container, containers: list[Container], tensors: tuple[Tensor, ...]) -> None:
    name = first.path.name
    if len(containers) == 1 and _number(first.fields, "split.count") > 1:
        # One part of several under a name that does not tell where the others are.
        raise AssistantError(ErrorKind.MODEL_MISSING, name=name, part=str(first.fields["split.count"]))
    claimed = _number(first.fields, "split.tensors.count")
    if len(containers) > 1 and claimed not in (0, len(tensors)):
        _damaged(name, f"its parts hold {len(tensors)} tensors instead of {claimed}")
    if len({tensor.name for tensor in tensors}) != len(tensors):
        _damaged(name, "two parts hold the same tensor")


def _check_numbers(header: Header) -> None:
    """Refuse what makes llama.cpp abort or allocate without bounds: impossible sizes, numbers that are none."""
    name = header.path.name
    for key, value in header.metadata.items():
        values = value if isinstance(value, tuple) else (value,)
        if key.startswith("tokenizer."):  # a vocabulary's scores may be endless
            continue
        if any(isinstance(item, float) and not math.isfinite(item) for item in values):
            _damaged(name, f"{key} is {value!r}")
        if key.endswith(("_epsilon", "rope.freq_base")) and any(isinstance(v, float) and v < 0 for v in values):
            _damaged(name, f"{key} is {value!r}")
    if not 1 <= header.block_count <= _MAX_BLOCKS:
        _damaged(name, f"it claims {header.block_count} blocks")
    if not 1 <= header.embedding_length <= _MAX_WIDTH:
        _damaged(name, f"it claims a width of {header.embedding_length}")
    if header.context_length < 0 or header.context_length > 1 << 31:
        _damaged(name, f"it claims a context of {header.context_length}")
    heads = header.per_block("attention.head_count") + header.per_block("attention.head_count_kv")
    if any(not 0 <= count <= _MAX_WIDTH for count in heads):
        _damaged(name, "it claims an impossible number of attention heads")
    # A rotation in sections over no numbers at all never ends.
    if f"{header.architecture}.rope.dimension_sections" in header.metadata:
        rotated = header.number("rope.dimension_count", 2)
        if not 2 <= rotated <= _MAX_WIDTH or rotated % 2:
            _damaged(name, f"it claims to rotate {rotated} numbers")
    blocks = {int(match[1]) for tensor in header.tensors if (match := _BLOCK.match(tensor.name))}
    trunk = header.block_count - header.number("nextn_predict_layers")
    names = {tensor.name for tensor in header.tensors}
    if trunk >= 1 and blocks and 0 not in blocks:
        _not_for_text(name, header.architecture)  # only the blocks that guess ahead for another file
    if "token_embd.weight" not in names or trunk < 1 or not {0, trunk - 1} <= blocks:
        _damaged(name, "tensors are missing", newer=1)  # or have other names by now


def _quantization(fields: Mapping[str, Value], tensors: tuple[Tensor, ...]) -> str:
    named = _FILE_TYPES.get(_number(fields, "general.file_type", -1))
    if named is not None:
        return named
    weights: Counter[int] = Counter()
    for tensor in tensors:
        weights[tensor.type] += tensor.size
    return TENSOR_TYPES[weights.most_common(1)[0][0]][0] if weights else ""


def _text(fields: Mapping[str, Value], key: str) -> str:
    value = fields.get(key, "")
    return value if isinstance(value, str) else ""


def _number(fields: Mapping[str, Value], key: str, default: int = 0) -> int:
    value = fields.get(key, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _damaged(name: str, detail: str, **values: int) -> NoReturn:
    raise AssistantError(ErrorKind.MODEL_DAMAGED, detail, name=name, **values)


def _not_for_text(name: str, architecture: str, **why: str) -> NoReturn:
    raise AssistantError(ErrorKind.MODEL_NOT_FOR_TEXT, name=name, architecture=architecture, **why)

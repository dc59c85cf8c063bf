"""Loading a model file: progress, cancel, devices, what is known about it, typed failures."""

from __future__ import annotations

import ctypes
import hashlib
import os
import time
from pathlib import Path
from typing import Any

import msgspec
import psutil

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.backend import LoadCancelledError, Progress
from assistant.engine.diagnose import diagnose
from assistant.engine.llama import AbortFlag, L, Log, devices, versions
from assistant.engine.llama_vocabulary import LlamaVocabulary
from assistant.engine.messages import Capability, Device, Facts, Load
from assistant.engine.pages import private_bytes, release_copied
from assistant.engine.sampling import recommended

DEFAULT_CONTEXT = 8192
_MICRO_BATCH = 512  # tokens that the library computes at once,
_DENSE_BATCHES = (256, 48 << 20), (128, 256 << 20)  # and where pairs of a token and a cell need so many bytes at most:
# half as many take hardly longer
_EMBED_BATCH = 2048  # longest text, in tokens, that becomes a vector
_OUTPUTS = 64  # rows with logits in one decode; each costs a float per token of the vocabulary
_PAD = 256  # cells of which a context has whole ones
_KEPT = 8  # sequences kept for later beside the running ones
_STATES = 768 << 20  # bytes that the states of all sequences of a recurrent model may take
_SWA_FULL = 16384  # up to this context sliding windows keep everything, so that any prefix can be reused
_STREAMS_SHARE = 0.5  # of the memory that is free, for a context of streams beside the first one
_STREAMS = 32  # at most: more answers at once take ever longer, and hardly less for each
_NO_FLASH_ATTENTION = 0  # LLAMA_FLASH_ATTN_TYPE_DISABLED
_MEAN, _LAST = 1, 3  # LLAMA_POOLING_TYPE_MEAN and _LAST
_GPU_SHARE = 0.95  # of the free graphics memory: it breaks into pieces
_NO_DEVICES = (ctypes.c_void_p * 1)()  # a list that ends at once
_TYPES = {"f16": 1, "q4_0": 2, "q8_0": 8}  # ggml's numbers


class ContextPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How a context is made.

    :ivar slots: sequences that the memory tells apart, for the loop; ``sequences``: for the library, more than that.
    :ivar split: each sequence has as many cells for itself; otherwise all share them.
    :ivar window: tokens of the sliding window, 0: none; ``forgets``: what lies before the window is not kept.
    :ivar dense: the attention of each token is computed to all cells in use, also those of other sequences: without
        the library's flash attention.
    """

    context: int
    slots: int
    sequences: int
    running: int
    threads: int
    batch: int
    outputs: int
    cache_type: str
    window: int = 0
    forgets: bool = False
    rewinds: bool = True
    embeddings: bool = False
    split: bool = False
    dense: bool = False


class Model:
    """The weights and the vocabulary.

    :ivar name: of the file.
    :raises AssistantError: MODEL_*, LoadCancelledError.
    """

    def __init__(self, load: Load, progress: Progress, log: Log) -> None:
        began = time.perf_counter()
        self._load = load
        self._path = Path(os.fsdecode(load.raw) if load.raw else load.path)
        self.name = Path(load.path).name
        self._log = log
        self._cancelled = False
        log.hide(os.fsencode(self._path).decode("utf-8", "replace"))  # as the library prints it
        if not self._path.is_file():
            raise AssistantError(ErrorKind.MODEL_MISSING, name=self.name)
        self._check_size()
        self._devices = devices() if load.gpu_layers and L.llama_supports_gpu_offload() else ()
        self.gpu_layers = 0
        before = private_bytes()
        self.handle = self._read_file(progress)
        release_copied(self._path, private_bytes() - before)
        self.metadata = self._metadata()
        self.vocabulary = self._vocabulary()
        self.embedding_size: int = L.llama_model_n_embd_out(self.handle)
        self.recurrent = bool(L.llama_model_is_recurrent(self.handle) or L.llama_model_is_hybrid(self.handle))
        self._began = began

    # ------------------------------------------------------------ reading the file

    def _check_size(self) -> None:
        """Weights that are larger than all memory would only be read from the disk over and over."""
        size, memory = self._path.stat().st_size, psutil.virtual_memory()
        if size > memory.available and size > 0.9 * memory.total:
            raise self._too_large(size, memory.available)

    def _too_large(self, needed: int, free: int) -> AssistantError:
        # A limit on this process is not known here: what is free would say that there is enough.
        values = {"needed": int(needed), "free": int(free)} if needed > free else {}
        return AssistantError(ErrorKind.MODEL_TOO_LARGE, self._log.tail(), name=self.name, **values)

    def _read_file(self, progress: Progress) -> Any:
        def report(done: float, _data: Any) -> bool:
            self._cancelled = self._cancelled or not progress(min(1.0, done) * 0.9)
            return not self._cancelled

        callback = L.llama_progress_callback(report)
        params = L.llama_model_default_params()
        params.n_gpu_layers = self.gpu_layers = layers_that_fit(self._load, self._devices)
        params.progress_callback = callback
        if not self.gpu_layers:  # without the empty list a graphics card would still compute long prompts
            params.devices = ctypes.addressof(_NO_DEVICES)
        handle = L.llama_model_load_from_file(os.fsencode(self._path), params)
        if handle:
            return handle
        if self._cancelled:
            raise LoadCancelledError(ErrorKind.CANCELLED)
        raise diagnose(self._path, self._log.tail())

    def _metadata(self) -> dict[str, str]:
        found = {}
        buffer = ctypes.create_string_buffer(256)
        for i in range(L.llama_model_meta_count(self.handle)):
            if L.llama_model_meta_key_by_index(self.handle, i, buffer, len(buffer)) < 0:
                continue
            key = buffer.value.decode("utf-8", "replace")
            if key.startswith(("tokenizer.chat_template", "tokenizer.ggml.tokens")):
                continue
            value = ctypes.create_string_buffer(512)
            if L.llama_model_meta_val_str_by_index(self.handle, i, value, len(value)) >= 0:
                found[key] = value.value.decode("utf-8", "replace")
        return found

    def _vocabulary(self) -> LlamaVocabulary:
        if L.llama_vocab_type(L.llama_model_get_vocab(self.handle)) == 0:
            raise self._not_for_text()
        prefix = self.metadata.get("tokenizer.ggml.add_space_prefix")
        return LlamaVocabulary(self.handle, None if prefix is None else prefix == "true")

    @property
    def identity(self) -> str:
        """Of the file: its size and its header (or the beginning of it)."""
        with self._path.open("rb") as file:
            digest = hashlib.sha256(file.read(1 << 20)).hexdigest()
        return f"{self._path.stat().st_size} {digest}"

    def close(self) -> None:
        if self.handle:
            L.llama_model_free(self.handle)
            self.handle = None

    @property
    def architecture(self) -> str:
        return self.metadata.get("general.architecture", "")

    # ------------------------------------------------------------ a context on it

    def plan(self) -> ContextPlan:
        """The context that the load asked for, within what the model and this machine can do.

        :raises AssistantError: MODEL_NOT_FOR_TEXT.
        """
        load = self._load
        if self._only_embeds() and not load.embeddings:
            raise self._not_for_text()
        if L.llama_model_has_encoder(self.handle) or L.llama_model_is_diffusion(self.handle):
            raise self._not_for_text()
        trained: int = L.llama_model_n_ctx_train(self.handle)
        context = load.context or min(DEFAULT_CONTEXT, trained or DEFAULT_CONTEXT)
        running = min(64, max(1, load.sequences))
        kept = _KEPT
        window: int = L.llama_model_n_swa(self.handle)
        forgets = window > 0 and context > _SWA_FULL
        if self.recurrent:
            room = max(2, _STATES // max(1, self._state_estimate()))
            running = min(running, max(1, room - 1))
            kept = min(2, max(1, room - running))
        slots = running + kept
        context = max(_PAD, -(-context // _PAD) * _PAD)
        # Windows that keep their past get a second number for each sequence (see LlamaBackend._guard). A graph that
        # pools embeddings must divide evenly among the sequences.
        sequences = 2 * slots if window and not forgets else slots
        if load.embeddings:
            sequences = 1 << sequences.bit_length()
        dense = self._dense_batch(context) if self._is_faster_dense(window) else 0
        return ContextPlan(
            context=context,
            slots=slots,
            sequences=sequences,
            running=running,
            threads=load.threads or _cores(),
            batch=min(context, _EMBED_BATCH) if load.embeddings else dense or _MICRO_BATCH,
            outputs=_OUTPUTS,
            cache_type=load.cache_type,
            window=window,
            forgets=forgets,
            rewinds=not self.recurrent and not forgets,
            embeddings=load.embeddings,
            dense=dense > 0,
        )

    def _is_faster_dense(self, window: int) -> bool:
        """Whether the attention of one conversation takes less time without the library's flash attention.

        It does on processors of x86 where AVX-512 is not used: a token at a depth of 4,000 is written in 26 instead of
        47 ms (starter, two cores), for there flash attention computes row by row, with sums in half precision. Neither
        other processors nor mixtures of experts, which want large batches, were measured.
        """
        load = self._load
        if self.gpu_layers or self.recurrent or window or load.embeddings or load.cache_type != "f16":
            return False
        described = L.llama_print_system_info().decode("ascii", "replace")
        narrow = "AVX2 = 1" in described and "AVX512 = 1" not in described
        return narrow and not self._number("expert_count", 0)

    def _dense_batch(self, context: int) -> int:
        """Tokens that are computed at once without flash attention, 0: the context is too large for that."""
        pair = 4 * (int(L.llama_model_n_head(self.handle)) + 1)
        return next((size for size, most in _DENSE_BATCHES if pair * size * context <= most), 0)

    def resized(self, plan: ContextPlan, context: int) -> ContextPlan:
        """The same with another number of cells, which may be too many to compute the attention to all of them."""
        if plan.dense:
            batch = self._dense_batch(context)
            plan = msgspec.structs.replace(plan, dense=batch > 0, batch=batch or _MICRO_BATCH)
        return msgspec.structs.replace(plan, context=context)

    def usable(self, plan: ContextPlan) -> int:
        """The tokens that a context may hold: rounding up lets no model read further than it was made for."""
        trained: int = L.llama_model_n_ctx_train(self.handle)
        rounded = not plan.split and 0 < trained < plan.context < trained + _PAD
        return trained if rounded else plan.context

    def plan_streams(self, first: ContextPlan, count: int, size: int) -> ContextPlan | None:
        """A context of ``count`` streams beside the ``first`` one, None where it is not sound or does not pay.

        Most layers of recurrent models have no cache that could be split; on a graphics card the first context was
        made to fit; and what is free must stay so for the most part.
        """
        if not self._splits(first):
            return None
        plan = msgspec.structs.replace(
            first,
            context=count * size,
            slots=count,
            sequences=count,
            running=count,
            outputs=count,
            forgets=False,
            rewinds=True,
            split=True,
            dense=False,
            batch=_MICRO_BATCH,
        )
        logits = 2 * 4 * count * self.vocabulary.size  # computed, and handed out
        if self._cache_bytes(plan) + logits > psutil.virtual_memory().available * _STREAMS_SHARE:
            return None
        return plan

    def _splits(self, first: ContextPlan) -> bool:
        return not (self.recurrent or self.gpu_layers or first.embeddings)

    def _only_embeds(self) -> bool:
        """An encoder, or a model that was trained for vectors and not for text."""
        causal = self.metadata.get(f"{self.architecture}.attention.causal", "true") == "true"
        return not causal or self.metadata.get(f"{self.architecture}.pooling_type", "0") not in ("0", "")

    def _not_for_text(self) -> AssistantError:
        return AssistantError(ErrorKind.MODEL_NOT_FOR_TEXT, name=self.name, architecture=self.architecture)

    def _number(self, key: str, default: int) -> int:
        """A whole number of the architecture's metadata."""
        try:
            return int(self.metadata.get(f"{self.architecture}.{key}", default))
        except ValueError:
            return default

    def _state_estimate(self) -> int:
        """Bytes of the recurrent part of one sequence, at most (some layers have none)."""

        inner, state = self._number("ssm.inner_size", 0), self._number("ssm.state_size", 0)
        convolution = self._number("ssm.conv_kernel", 4) * (inner + 2 * self._number("ssm.group_count", 0) * state)
        width: int = L.llama_model_n_embd(self.handle)
        head = self._number("wkv.head_size", 0)
        per_layer = max(inner * state + convolution, width * head, 4 * width)
        return 4 * per_layer * int(L.llama_model_n_layer(self.handle))

    def new_context(self, plan: ContextPlan, flag: AbortFlag) -> tuple[Any, ContextPlan]:
        """:raises AssistantError: MODEL_TOO_LARGE."""
        self._check_cache(plan)
        params = L.llama_context_default_params()
        params.n_ctx = plan.context
        params.n_batch = plan.batch
        params.n_ubatch = plan.batch
        params.n_seq_max = plan.sequences
        params.n_outputs_max = plan.outputs if not plan.embeddings else 0
        params.n_threads = params.n_threads_batch = plan.threads
        params.kv_unified = not plan.split
        params.swa_full = not plan.forgets
        params.type_k = params.type_v = _TYPES[plan.cache_type]
        if plan.dense:
            params.flash_attn_type = _NO_FLASH_ATTENTION
        params.abort_callback = flag.callback
        params.abort_callback_data = flag.data
        if plan.embeddings:
            params.embeddings = True
        context = L.llama_init_from_model(self.handle, params)
        if context and plan.embeddings and L.llama_pooling_type(context) == 0:
            L.llama_free(context)
            # The file does not say it. Where each token sees only those before it, the last one has seen all of them.
            params.pooling_type = _MEAN if self._only_embeds() or "bert" in self.architecture else _LAST
            context = L.llama_init_from_model(self.handle, params)
        if not context:
            raise self._too_large(self._cache_bytes(plan), psutil.virtual_memory().available)
        return context, plan

    def _cache_bytes(self, plan: ContextPlan) -> int:
        """Bytes of the cache, estimated from the header (all layers with attention, no sharing)."""
        layers: int = L.llama_model_n_layer(self.handle)
        width: int = L.llama_model_n_embd(self.handle)
        heads = max(1, int(L.llama_model_n_head(self.handle)))
        kv_heads = max(1, int(L.llama_model_n_head_kv(self.handle)))
        head = self._number("attention.key_length", width // heads)
        bytes_each = {"f16": 2.0, "q8_0": 1.0625, "q4_0": 0.5625}[plan.cache_type]
        return int(2 * layers * kv_heads * head * bytes_each * plan.context)

    def _check_cache(self, plan: ContextPlan) -> None:
        # The library commits the whole cache at once; a system that overcommits would end us later instead.
        if self.gpu_layers or self.recurrent:
            return
        needed, memory = self._cache_bytes(plan), psutil.virtual_memory()
        if needed > memory.available:
            raise self._too_large(needed, memory.available)

    # ------------------------------------------------------------ what is known

    def facts(self, plan: ContextPlan, cell_bytes: int, state_bytes: int, rewinds: bool) -> Facts:
        text = self._template()
        vocabulary = self.vocabulary
        buffer = ctypes.create_string_buffer(128)
        L.llama_model_desc(self.handle, buffer, len(buffer))
        weights: int = L.llama_model_size(self.handle)
        return Facts(
            name=self.metadata.get("general.name", "") or Path(self.name).stem,
            path=self._load.path,
            architecture=self.architecture,
            description=buffer.value.decode("utf-8", "replace"),
            parameters=L.llama_model_n_params(self.handle),
            file_size=self._path.stat().st_size,
            context_trained=L.llama_model_n_ctx_train(self.handle),
            context=self.usable(plan),
            sequences=plan.running,
            bulk=max(plan.running, _STREAMS) if self._splits(plan) else plan.running,
            vocabulary=vocabulary.size,
            template=text,
            bos_text=vocabulary.text_of(vocabulary.bos),
            eos_text=vocabulary.text_of(vocabulary.eos),
            adds_bos=vocabulary.adds_bos,
            fingerprint=vocabulary.fingerprint(self.metadata.get("tokenizer.ggml.pre", "")),
            device=", ".join(device.name for device in self._devices) if self.gpu_layers else "CPU",
            gpu_layers=self._layers_on_device(),
            devices=self._devices,
            threads=plan.threads,
            cache_bytes_per_token=cell_bytes,
            state_bytes=state_bytes,
            memory=weights + cell_bytes * plan.context + state_bytes * plan.slots,
            capabilities=_capabilities(text, plan, rewinds),
            sampling=recommended(self.metadata),
            load_seconds=time.perf_counter() - self._began,
            versions=versions(),
        )

    def _template(self) -> str:
        """The chat template that was asked for, where the file has it; else the file's own, empty: it has none."""
        wanted = self._load.template.encode() or None
        template = L.llama_model_chat_template(self.handle, wanted) or L.llama_model_chat_template(self.handle, None)
        return template.decode("utf-8", "replace") if template else ""

    def _layers_on_device(self) -> int:
        if not self.gpu_layers:
            return 0
        total = int(L.llama_model_n_layer(self.handle)) + 1  # and the output
        return total if self.gpu_layers < 0 else min(total, self.gpu_layers)


def layers_that_fit(load: Load, found: tuple[Device, ...]) -> int:
    """How many layers to put on the devices that are there, the output counting as one; -1: all, whatever it takes."""
    if not found:
        return 0
    if load.gpu_layers >= 0 or not load.gpu_block:
        return load.gpu_layers
    overhead = load.gpu_first * (len(found) - 1)  # each device needs room of its own to compute in
    free = int(sum(device.free for device in found) * _GPU_SHARE) - overhead - load.gpu_first
    layers = 1 + free // load.gpu_block if free > 0 else 0
    return layers if layers > 1 else 0  # the output alone only costs the way there and back


def _capabilities(template: str, plan: ContextPlan, rewinds: bool) -> tuple[Capability, ...]:
    found = [Capability.GRAMMAR, Capability.MASKS, Capability.ALTERNATIVES, Capability.SCORE, Capability.STATE]
    found.append(Capability.RESIZE)
    if template:
        found.append(Capability.CHAT)
    if any(mark in template for mark in ("think", "reasoning", "<|channel")):
        found.append(Capability.REASONING)
    if rewinds:
        found.append(Capability.REWIND)
    if plan.embeddings:
        found.append(Capability.EMBED)
    return tuple(found)


def _cores() -> int:
    """Physical cores that this process may use."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        physical = min(physical, len(os.sched_getaffinity(0)))
    return max(1, physical)

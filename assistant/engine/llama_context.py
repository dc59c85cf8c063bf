"""A context on a loaded model: batch, memory of sequences, states. Implements ``backend.Context``."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.backend import NoRoomError, StoppedError, Vocabulary
from assistant.engine.llama import LOG, AbortFlag, L, np
from assistant.engine.llama_model import ContextPlan, Model

PARTIAL = 1  # LLAMA_STATE_SEQ_FLAGSPARTIAL_ONLY
_ABORTED, _NO_SLOT, _NO_MEMORY = 2, 1, -2  # what llama_decode returns


class _Batch:
    """One ``llama_batch``, allocated once and filled through numpy views."""

    def __init__(self, size: int) -> None:
        self.token = np.zeros(size, np.int32)
        self.position = np.zeros(size, np.int32)
        self.output = np.zeros(size, np.int8)
        self.slot = np.zeros(size, np.int32)
        self._counts = np.ones(size, np.int32)
        # llama_batch wants a pointer per token: each points at its place in `slot`.
        self._pointers = self.slot.ctypes.data + np.arange(size, dtype=np.uint64) * np.uint64(4)
        self.raw = L.llama_batch()
        self.raw.token = self.token.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        self.raw.pos = self.position.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        self.raw.n_seq_id = self._counts.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        self.raw.seq_id = self._pointers.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(ctypes.c_int32)))
        self.raw.logits = self.output.ctypes.data_as(ctypes.POINTER(ctypes.c_int8))


class LlamaContext:
    """Memory and batch on a model that others own. Not thread safe.

    :raises AssistantError: MODEL_TOO_LARGE.
    """

    def __init__(self, model: Model, plan: ContextPlan, flag: AbortFlag) -> None:
        self._model = model
        self._flag = flag
        self.vocabulary: Vocabulary = model.vocabulary
        self._context: Any = None
        self._open(plan)

    def _open(self, plan: ContextPlan) -> None:
        self._context, self._plan = self._model.new_context(plan, self._flag)
        context = self._context
        self._memory = L.llama_get_memory(context)
        self.slots = plan.slots
        self.cells: int = min(L.llama_n_ctx(context), self._model.usable(self._plan)) if self._memory else 0
        self.stream = self.cells // plan.slots if plan.split else 0
        self.batch_size = self._plan.batch
        self.outputs = self._plan.outputs
        self.rewinds = self._plan.rewinds
        self.dense = self._plan.dense
        # A window of which the past is kept: see _guard. A stream fills its cells in order and needs none.
        self._shadow = plan.slots if plan.window and not plan.forgets and not plan.split else 0
        self._guarded = [0] * plan.slots
        self._ends: dict[int, int] = {}
        self._batch = _Batch(self.batch_size)
        self._count = 0
        self._lone = -1  # the sequence whose single token the batch holds
        self._views: dict[int, Any] = {}
        self._weights = np.empty(self.vocabulary.size, np.float32)  # a fresh array for each token costs far more
        # The binding's version builds a typed pointer for each call; an address is enough for the views.
        prototype = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)
        self._logits_at = prototype(ctypes.cast(L.llama_get_logits_ith, ctypes.c_void_p).value or 0)

    # ------------------------------------------------------------ batch

    def clear(self) -> None:
        self._count = 0
        self._lone = -1
        self._ends.clear()

    def add(self, slot: int, tokens: Sequence[int], position: int, *, output: bool, every: bool = False) -> int:
        batch, start = self._batch, self._count
        count = len(tokens)
        end = start + count
        if count == 1:
            batch.token[start] = tokens[0]
            batch.position[start] = position
            batch.slot[start] = slot
            batch.output[start] = output
        else:
            batch.token[start:end] = tokens
            batch.position[start:end] = np.arange(position, position + count, dtype=np.int32)
            batch.slot[start:end] = slot
            batch.output[start:end] = every
            batch.output[end - 1] = output or every
        self._count = end
        self._ends[slot] = position + count
        return end - 1

    def decode(self) -> None:
        raw = self._batch.raw
        raw.n_tokens = self._count
        code = L.llama_decode(self._context, raw)
        self._decoded(code)

    def _decoded(self, code: int) -> None:
        if code == 0:
            if self._shadow:
                for slot, length in self._ends.items():
                    if length - self._guarded[slot] >= self._plan.window // 2:
                        self._guard(slot, length)
            return
        if code == _ABORTED:
            LOG.forget()
            raise StoppedError
        LOG.release()
        if code == _NO_SLOT:
            raise NoRoomError
        if code == _NO_MEMORY:
            raise AssistantError(ErrorKind.MODEL_TOO_LARGE, "llama_decode got no memory", name=self._model.name)
        raise AssistantError(ErrorKind.INTERNAL, f"llama_decode returned {code}")

    def step(self, slot: int, token: int, position: int) -> None:
        batch = self._batch
        batch.token[0] = token
        batch.position[0] = position
        if self._lone != slot:  # the rest is as it was in the last step
            batch.slot[0] = slot
            batch.output[0] = True
            batch.raw.n_tokens = self._count = 1
            self._lone = slot
        if self._shadow:
            self._ends.clear()
            self._ends[slot] = position + 1
        code = L.llama_decode(self._context, batch.raw)
        if code or self._shadow:
            self._decoded(code)

    def use_threads(self, number: int) -> None:
        L.llama_set_n_threads(self._context, number, number)

    # ------------------------------------------------------------ after a decode

    def logits(self, row: int) -> Any:
        """Raw logits of an output row: a float32 view of the vocabulary's size, valid until the next decode."""
        address = self._logits_at(self._context, row)
        view = self._views.get(address)
        if view is None:
            if not address:
                raise AssistantError(ErrorKind.INTERNAL, f"row {row} has no logits")
            if len(self._views) > 64:
                self._views.clear()
            floats = (ctypes.c_float * self.vocabulary.size).from_address(address)
            view = self._views[address] = np.ctypeslib.as_array(floats)
        return view

    def sample(self, chain: Any, row: int) -> int:
        """The library's own sampling from an output row: one call, but it copies the whole vocabulary."""
        token: int = L.llama_sampler_sample(chain, self._context, row)
        return token

    def likely(self, row: int, token: int, count: int) -> tuple[float, list[tuple[int, float]]]:
        logits = self.logits(row)
        top = int(logits.argmax())
        best = float(logits[top])
        weights = np.subtract(logits, np.float32(best), out=self._weights)
        total = best + math.log(np.exp(weights, out=weights).sum())
        found: list[tuple[int, float]] = []
        if count == 1:  # for every token of a translation: sorting would take eight times as long
            found = [(top, math.exp(best - total))]
        elif count > 1:
            count = min(count, len(logits))
            ids = np.argpartition(logits, -count)[-count:]
            ids = ids[np.argsort(-logits[ids], kind="stable")]
            found = [(int(i), float(np.exp(float(logits[i]) - total))) for i in ids]
        return float(logits[token]) - total, found

    # ------------------------------------------------------------ memory

    def truncate(self, slot: int, length: int) -> bool:
        if 0 < length < self.reach(slot):
            return False
        first = length if length else -1
        if self._shadow:
            L.llama_memory_seq_rm(self._memory, slot + self._shadow, first, -1)
            self._guarded[slot] = min(self._guarded[slot], length)
        return bool(L.llama_memory_seq_rm(self._memory, slot, first, -1))

    def reach(self, slot: int) -> int:
        if not self._plan.window and self.rewinds:
            return 0
        if not self.rewinds:
            return self.length(slot)
        # The next token must see a whole window. A state that was loaded holds no more than its last one.
        oldest: int = L.llama_memory_seq_pos_min(self._memory, slot)
        return oldest + self._plan.window if oldest > 0 else 0

    def copy(self, source: int, target: int, length: int) -> None:
        if self.stream:  # only the whole of a stream can be copied
            L.llama_memory_seq_cp(self._memory, source, target, -1, -1)
            L.llama_memory_seq_rm(self._memory, target, length, -1)
            return
        L.llama_memory_seq_cp(self._memory, source, target, 0, length)
        if self._shadow:
            self._guard(target, length)

    def _guard(self, slot: int, length: int) -> None:
        """Keep the past of a sliding window.

        The library puts new tokens into any cell of one sequence alone that no window looks at any more, even if others
        are free; a conversation could then not go back to an earlier turn. Cells of two sequences are left alone, so
        every sequence has a shadow. It has to follow only before the window has moved past the tokens in question.
        """
        L.llama_memory_seq_cp(self._memory, slot, slot + self._shadow, self._guarded[slot], length)
        self._guarded[slot] = length

    def length(self, slot: int) -> int:
        return int(L.llama_memory_seq_pos_max(self._memory, slot)) + 1

    def snapshot(self, slot: int) -> bytes:
        return self._get(slot, PARTIAL)

    def restore(self, slot: int, data: bytes, length: int) -> bool:
        return self._set(slot, data, PARTIAL) and bool(L.llama_memory_seq_rm(self._memory, slot, length, -1))

    def save(self, slot: int) -> bytes:
        return self._get(slot, 0)

    def load(self, slot: int, data: bytes) -> bool:
        self.truncate(slot, 0)
        if self._set(slot, data, 0):
            if self._shadow:
                self._guard(slot, self.length(slot))
            return True
        self.truncate(slot, 0)
        return False

    def _get(self, slot: int, flags: int) -> bytes:
        size = L.llama_state_seq_get_size_ext(self._context, slot, flags)
        buffer = np.empty(size, np.uint8)
        pointer = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        written = L.llama_state_seq_get_data_ext(self._context, pointer, size, slot, flags)
        return buffer[:written].tobytes()

    def _set(self, slot: int, data: bytes, flags: int) -> bool:
        pointer = ctypes.cast(ctypes.c_char_p(data), ctypes.POINTER(ctypes.c_uint8))
        return bool(L.llama_state_seq_set_data_ext(self._context, pointer, len(data), slot, flags) == len(data))

    def close(self) -> None:
        self._views.clear()
        if self._context is not None:
            L.llama_free(self._context)
            self._context = None

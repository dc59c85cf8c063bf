"""A loaded model with its first context. Implements ``backend.Backend``."""

from __future__ import annotations

import time
from collections.abc import Sequence

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.backend import Chooser, LoadCancelledError, Progress
from assistant.engine.llama import LOG, AbortFlag, L, np, start
from assistant.engine.llama_context import PARTIAL, LlamaContext
from assistant.engine.llama_lock import LlamaLocks
from assistant.engine.llama_model import ContextPlan, Model
from assistant.engine.llama_sampler import Candidates, LlamaChooser
from assistant.engine.messages import Generate, Load, Sampling

_WARM = 8  # tokens of each of the two decodes that warm a model up
_QUIET = 0.85  # share of the time that undisturbed threads run: they spin while they wait for each other


class LlamaBackend(LlamaContext):
    """One model with one context, and the way to more of them. Not thread safe except for ``abort``."""

    def __init__(self, model: Model, plan: ContextPlan, flag: AbortFlag) -> None:
        super().__init__(model, plan, flag)
        self._candidates = Candidates(self.vocabulary.size)
        self._locks = LlamaLocks(model.vocabulary)
        self.quiet = True
        self.token_seconds = 0.0
        self.state_bytes = 0
        self._learn_facts()

    def _learn_facts(self) -> None:
        cell_bytes = self._measure()
        plan = self._plan
        self.facts = self._model.facts(plan, cell_bytes, self.state_bytes, self.rewinds)
        self.identity = f"{self._model.identity} {plan.cache_type} {plan.window} {plan.dense:d}"

    def abort(self, on: bool) -> None:
        self._flag.set(on)

    def chooser(self, request: Generate, sampling: Sampling, prompt: Sequence[int]) -> Chooser:
        lock = self._locks.of(request) if request.lock is not None else None
        return LlamaChooser(self._model.vocabulary, self._candidates, request, sampling, prompt, lock)

    def streams(self, count: int, size: int) -> LlamaContext | None:
        plan = self._model.plan_streams(self._plan, count, size)
        if plan is None:
            return None
        try:
            return LlamaContext(self._model, plan, self._flag)
        except AssistantError:  # without it everything works as well, only slower
            return None

    def embed(self, text: str) -> list[float]:
        if not self._plan.embeddings:
            raise AssistantError(ErrorKind.NOT_SUPPORTED, capability="embed")
        tokens = self._model.vocabulary.tokenize(text, special=True)
        if not tokens:
            raise AssistantError(ErrorKind.PROMPT_EMPTY)
        most = min(self.batch_size, self._model.usable(self._plan))
        if len(tokens) > most:
            raise AssistantError(ErrorKind.CONTEXT_FULL, needed=len(tokens), available=most)
        slot = self.slots  # one more than the loop knows
        L.llama_set_embeddings(self._context, True)
        try:
            if self._memory:
                self.truncate(slot, 0)
            self.clear()
            self.add(slot, tokens, 0, output=True, every=True)
            self.decode()
            pointer = L.llama_get_embeddings_seq(self._context, slot)
            if not pointer:
                raise AssistantError(ErrorKind.NOT_SUPPORTED, capability="embed")
            size = self._model.embedding_size
            vector = np.ctypeslib.as_array(pointer, shape=(size,)).astype(np.float64)
        finally:
            L.llama_set_embeddings(self._context, False)
            if self._memory:
                self.truncate(slot, 0)
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length):
            raise AssistantError(ErrorKind.MODEL_DAMAGED, "its vectors are no numbers", name=self.facts.name)
        unit: list[float] = (vector / max(length, 1e-12)).tolist()
        return unit

    def resize(self, context: int) -> None:
        old = self._plan
        super().close()
        try:
            self._open(self._model.resized(old, context))
        except AssistantError:
            try:
                self._open(old)
            except AssistantError as error:  # nothing can be done without a context: the child ends
                raise RuntimeError("the context that was given back cannot be had again") from error
            raise
        self._learn_facts()

    def close(self) -> None:
        super().close()
        self._model.close()

    def _measure(self) -> int:
        """Bytes of cache per token, and of a snapshot: measured, since every architecture counts differently.

        The decodes warm the weights up, too.
        """
        if not self._memory:
            return 0
        token = max(0, self.vocabulary.bos)
        sizes = []
        for position in (0, _WARM):
            self.clear()
            self.add(0, [token] * _WARM, position, output=True)
            began, ran = time.perf_counter(), time.process_time()
            self.decode()
            seconds = time.perf_counter() - began
            self.quiet = (time.process_time() - ran) / (seconds * self._plan.threads) > _QUIET
            self.token_seconds = seconds / _WARM  # one of a long prompt takes less: all weights are read for a few, too
            sizes.append(int(L.llama_state_seq_get_size_ext(self._context, 0, 0)))
        if not self.rewinds:
            self.state_bytes = int(L.llama_state_seq_get_size_ext(self._context, 0, PARTIAL))
        L.llama_memory_clear(self._memory, False)
        return max(0, sizes[1] - sizes[0]) // _WARM


def open_llama(load: Load, progress: Progress) -> LlamaBackend:
    """``backend.Opener`` for llama.cpp.

    :raises AssistantError: MODEL_*, LoadCancelledError.
    """
    start()
    model = Model(load, progress, LOG)
    try:
        flag = AbortFlag()
        if not progress(0.92):
            raise LoadCancelledError(ErrorKind.CANCELLED)
        backend = LlamaBackend(model, model.plan(), flag)
        if not progress(1.0):
            raise LoadCancelledError(ErrorKind.CANCELLED)
    except BaseException:
        model.close()
        raise
    return backend

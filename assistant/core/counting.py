"""How many tokens the sentences of a document have, and how many a prompt: counted by the model that will read them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.documents import OpenDocument
from assistant.core.engines import Engine, Engines, error_of
from assistant.core.rendering import Rendering
from assistant.engine.messages import Count, Counted, CountedMany, CountMany
from assistant.tasks.chat import ChatTurn, prompt_pieces

_SENTENCES, _CHARACTERS = 1500, 150_000  # in one message: what takes a millisecond to put together
_KEPT = 4

Prompt = tuple[ChatTurn, ...]


class Counting:
    """Remembers what was counted lately. Every method runs on the pumping thread."""

    def __init__(self, engines: Engines, rendering: Rendering) -> None:
        self._engines = engines
        self._rendering = rendering
        self._costs: OrderedDict[tuple[str, str], tuple[int, ...]] = OrderedDict()
        self._prompts: OrderedDict[tuple[str, str, Prompt], int] = OrderedDict()

    def costs(
        self, document: OpenDocument, engine: Engine, done: Callable[[tuple[int, ...] | AssistantError], None]
    ) -> Cancel:
        """The tokens of each sentence, with the white space behind it; together they are those of the text.

        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        assert engine.facts is not None
        name = (document.digest, engine.facts.fingerprint)
        if name in self._costs:
            self._costs.move_to_end(name)
            done(self._costs[name])
            return lambda: None

        def counted(costs: tuple[int, ...] | AssistantError) -> None:
            if not isinstance(costs, AssistantError):
                self._costs[name] = costs
                while len(self._costs) > _KEPT:
                    self._costs.popitem(last=False)
            done(costs)

        starts = [start for start, _ in document.sentences]

        def piece(index: int) -> str:
            end = starts[index + 1] if index + 1 < len(starts) else len(document.text)
            return document.text[starts[index] if index else 0 : end]

        return self.pieces(len(starts), piece, engine, counted)

    def pieces(
        self,
        count: int,
        piece: Callable[[int], str],
        engine: Engine,
        done: Callable[[tuple[int, ...] | AssistantError], None],
    ) -> Cancel:
        """The tokens of each of ``count`` texts, which ``piece`` gives by their number.

        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        counts = _Counts(self._engines, engine, count, piece, done)
        counts.go_on()
        return counts.cancel

    def longest(
        self, prompts: Sequence[Prompt], engine: Engine, done: Callable[[int | AssistantError], None]
    ) -> Cancel:
        """The tokens of the longest of these prompts, as the model's template makes them.

        :returns: gives up; ``done`` is not called then.
        """
        assert engine.facts is not None
        facts = engine.facts
        found: list[int] = []
        over: list[bool] = []

        def take(prompt: Prompt, count: int | AssistantError) -> None:
            if over:
                return
            if isinstance(count, AssistantError):
                over.append(True)
                done(count)
                return
            name = (facts.fingerprint, facts.template, prompt)
            self._prompts[name] = count
            while len(self._prompts) > _KEPT * 8:
                self._prompts.popitem(last=False)
            found.append(count)
            if len(found) == len(prompts):
                over.append(True)
                done(max(found))

        for prompt in prompts:
            known = self._prompts.get((facts.fingerprint, facts.template, prompt))
            if known is not None:
                take(prompt, known)
            else:
                self._count(prompt, engine, take)
        return lambda: over.append(True)

    def _count(self, prompt: Prompt, engine: Engine, take: Callable[[Prompt, int | AssistantError], None]) -> None:
        assert engine.facts is not None
        facts = engine.facts

        def counted(event: Any) -> None:
            take(prompt, event.tokens if isinstance(event, Counted) else error_of(event))

        def rendered(result: Any) -> None:
            if isinstance(result, AssistantError):
                take(prompt, result)
            else:
                pieces = prompt_pieces(result[0], prompt, facts.fingerprint)
                engine.send(Count(id=self._engines.new_id("count"), prompt=pieces), counted)

        self._rendering.render(facts, prompt, False, rendered)


class _Counts:
    """The texts of one document being counted, some at a time."""

    def __init__(
        self,
        engines: Engines,
        engine: Engine,
        count: int,
        piece: Callable[[int], str],
        done: Callable[[tuple[int, ...] | AssistantError], None],
    ) -> None:
        self._engines = engines
        self._engine = engine
        self._count = count
        self._piece = piece
        self._done = done
        self._costs: list[int] = []
        self._request = ""
        self._over = False

    def go_on(self) -> None:
        first = len(self._costs)
        if first == self._count:
            self._end(tuple(self._costs))
            return
        texts = []
        size = 0
        for index in range(first, min(first + _SENTENCES, self._count)):
            texts.append(self._piece(index))
            size += len(texts[-1])
            if size > _CHARACTERS:
                break
        self._request = self._engines.new_id("count")
        self._engine.send(CountMany(id=self._request, texts=tuple(texts)), self._counted)

    def cancel(self) -> None:
        if not self._over:
            self._engines.cancel(self._engine, self._request)
            self._end(AssistantError(ErrorKind.CANCELLED))

    def _counted(self, event: Any) -> None:
        if self._over:
            return
        if isinstance(event, CountedMany):
            self._costs.extend(event.tokens)
            self.go_on()
        else:
            self._end(error_of(event))

    def _end(self, result: tuple[int, ...] | AssistantError) -> None:
        self._over = True
        self._done(result)

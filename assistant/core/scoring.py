"""How likely a model finds a text after a prompt, token by token, and what else it weighed at each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.base.errors import AssistantError
from assistant.core.cancel import Cancel
from assistant.core.engines import Engine, Engines, error_of
from assistant.core.load_plan import LoadPlan
from assistant.core.rendering import Rendering
from assistant.core.stages import Stages
from assistant.engine.messages import Reading, Score, Scored
from assistant.tasks.chat import ChatTurn, prompt_pieces, resumed


class Scoring:
    """Every method runs on the pumping thread."""

    def __init__(self, engines: Engines, rendering: Rendering) -> None:
        self.engines = engines
        self.rendering = rendering

    def score(
        self,
        plan: LoadPlan,
        turns: tuple[ChatTurn, ...],
        text: str,
        done: Callable[[Scored | AssistantError], None],
        *,
        most: int,
        template: str = "",
    ) -> Cancel:
        """Call ``done`` once with the tokens of ``text`` as an answer to ``turns``.

        :param most: alternatives to each token; ``template``: as of ``AnswerOptions``.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        scoring = _Scoring(self, turns, text, done, most=most, template=template)
        scoring.start(plan)
        return scoring.give_up


class _Scoring(Stages):
    """The engine, the prompt, the answer."""

    def __init__(
        self,
        room: Scoring,
        turns: tuple[ChatTurn, ...],
        text: str,
        done: Callable[[Scored | AssistantError], None],
        *,
        most: int,
        template: str,
    ) -> None:
        super().__init__(done)
        self._room = room
        self._turns = turns
        self._text = text
        self._most = most
        self._template = template

    def start(self, plan: LoadPlan) -> None:
        self._room.engines.acquire(plan, self._step(self._has_engine))

    def _has_engine(self, engine: Engine) -> None:
        facts = engine.facts
        assert facts is not None

        def rendered(result: Any) -> None:
            parts, marks = result
            pieces = prompt_pieces(parts, self._turns, facts.fingerprint)
            begun = ChatTurn("assistant", "")
            pieces, _ = resumed(pieces, marks, begun, facts.fingerprint)  # closes reasoning that the template opens
            number = self._room.engines.new_id("score")
            self._cancel = lambda: self._room.engines.cancel(engine, number)

            def heard(event: Any) -> None:
                if not isinstance(event, Reading):  # how far a long prompt is read tells nobody anything here
                    self._end(event if isinstance(event, Scored) else error_of(event))

            engine.send(
                Score(id=number, prompt=pieces[:-1], text=self._text, alternatives=self._most), self._step(heard)
            )

        self._room.rendering.render(facts, self._turns, False, self._step(rendered), template=self._template)

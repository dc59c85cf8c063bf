"""Chat templates, rendered in the worker child, as an answer needs them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.base.errors import AssistantError
from assistant.core.inbox import Inbox
from assistant.engine.messages import Facts, Marks
from assistant.tasks.chat import ChatTurn, RenderedPart
from assistant.worker import messages as worker
from assistant.worker.client import WorkerClient
from assistant.worker.messages import Answer, Refused, Render, Turn

Rendered = tuple[tuple[RenderedPart, ...], tuple[Marks, ...]]


class Rendering:
    """Asks the worker and hands its answers to whoever asked. Every method runs on the pumping thread."""

    def __init__(self, inbox: Inbox, *, log: Path | None = None) -> None:
        self._inbox = inbox
        self._worker = WorkerClient(lambda answer: inbox.put(self._handle, answer), log=log)
        self._waiting: dict[str, Callable[[Rendered | AssistantError], None]] = {}
        self._ids = itertools.count(1)

    def render(
        self,
        facts: Facts,
        turns: Sequence[ChatTurn],
        thinking: bool | None,
        done: Callable[[Rendered | AssistantError], None],
        *,
        template: str = "",
    ) -> None:
        """Render ``turns`` with the model's own template and call ``done`` with parts and marks, or with the error.

        :param template: used instead of the model's own.
        """
        request_id = f"render{next(self._ids)}"
        self._waiting[request_id] = done
        self._worker.submit(
            Render(
                id=request_id,
                template=template or facts.template,
                turns=tuple(Turn(role=turn.role, text=turn.text, reasoning=turn.reasoning) for turn in turns),
                bos=facts.bos_text,
                eos=facts.eos_text,
                thinking=thinking,
            )
        )

    def close(self) -> None:
        self._waiting.clear()
        self._worker.close()

    def _handle(self, answer: Answer) -> None:
        done = self._waiting.pop(answer.id, None)
        if done is None:
            return
        if isinstance(answer, Refused):
            done(AssistantError(answer.kind, answer.detail))
            return
        assert isinstance(answer, worker.Rendered)
        parts = tuple(RenderedPart(p.text, p.turn, p.whole, p.checkpoint) for p in answer.parts)
        marks = tuple(Marks(start=m.start, end=m.end, opened=m.opened) for m in answer.marks)
        done((parts, marks))

"""Renders turns as ``<role>text`` without a child."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.tasks.chat import ChatTurn, RenderedPart


class PretendedRendering:
    """Stands where ``core.rendering.Rendering`` stands and answers at once."""

    def render(
        self,
        facts: Any,
        turns: Sequence[ChatTurn],
        thinking: bool | None,
        done: Callable[[Any], None],
        *,
        template: str = "",
    ) -> None:
        parts: list[RenderedPart] = []
        for index, turn in enumerate(turns):
            parts.append(RenderedPart(f"<{turn.role}>", checkpoint=turn.role == "user"))
            parts.append(RenderedPart(turn.text, index, whole=True))
        parts.append(RenderedPart("<assistant>", checkpoint=True))
        done((tuple(parts), ()))

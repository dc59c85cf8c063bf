"""The values of an error as words, for the sentences about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.base.errors import AssistantError
from assistant.texts import units
from assistant.texts.catalogue import tr


class Values:
    """The error's values as words; each has an answer when the value is not there."""

    def __init__(self, error: AssistantError) -> None:
        self.all: Mapping[str, object] = error.values
        self.detail = error.detail

    @property
    def model(self) -> str:
        return self.text("name") or tr("The model")

    @property
    def file(self) -> str:
        return self.text("name") or tr("The file")

    def text(self, key: str) -> str:
        value = self.all.get(key)
        return str(value) if value not in (None, "") else ""

    def number(self, key: str) -> int:
        value = self.all.get(key)
        return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0

    def has(self, *keys: str) -> bool:
        return all(self.number(key) > 0 for key in keys)

    def size(self, key: str) -> str:
        return units.size(self.number(key))


Words = tuple[Callable[[Values], str], Callable[[Values], str] | None]
"""Of one kind of error: what happened, and what can be done about it (None: nothing)."""

"""Something that is found out step by step: each step waits for an answer, an error or giving up ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel, Later


class Stages:
    """Every method runs on the pumping thread.

    :param done: called once, with the result or the error.
    """

    def __init__(self, done: Callable[[Any], None]) -> None:
        self._done = done
        self._over = False
        self._cancel: Cancel = lambda: None

    def give_up(self) -> None:
        """``done`` gets CANCELLED, unless it was too late."""
        if not self._over:
            self._end(AssistantError(ErrorKind.CANCELLED))
            self._cancel()

    def _wait(self) -> Later:
        """What gives the next thing up, which may have come before this is known."""
        self._cancel = later = Later()
        return later

    def _end(self, result: Any) -> None:
        self._over = True
        self._done(result)

    def _fail(self, error: AssistantError) -> None:
        """An error has come in place of what a step waited for."""
        self._end(error)

    def _step(self, go_on: Callable[[Any], None]) -> Callable[[Any], None]:
        """``go_on`` unless all is over or an error has come, which ends it."""

        def arrived(what: Any) -> None:
            if self._over:
                return
            if isinstance(what, AssistantError):
                self._fail(what)
                return
            try:
                go_on(what)
            except AssistantError as error:
                self._fail(error)

        return arrived

"""Giving up what was asked."""

from __future__ import annotations

from collections.abc import Callable

Cancel = Callable[[], None]
"""Gives up what was asked; nothing happens where it was too late."""


class Later:
    """Gives up what was asked, also where the answer came before there was anything to give up.

    :ivar act: what gives it up, set once that is known. What was asked in the meantime has a holder of its own.
    """

    act: Cancel | None = None

    def __call__(self) -> None:
        if self.act is not None:
            self.act()

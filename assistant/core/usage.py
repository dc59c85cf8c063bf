"""How full a context is, and what a text would add."""

from __future__ import annotations

from dataclasses import dataclass

_LOOKED_AT = 20_000  # characters of a text by which the rest is judged


@dataclass(frozen=True)
class Usage:
    """How full a conversation's context is, in tokens.

    :ivar exact: False while it is an estimate. ``growing``: while an answer is being written.
    """

    used: int = 0
    reserved: int = 0
    context: int = 0
    draft: int = 0
    exact: bool = True
    growing: bool = False

    @property
    def over(self) -> int:
        """By how many tokens the draft does not fit any more; 0 while it does, or while no model says how much does."""
        if not self.context or not self.draft:
            return 0
        return max(0, self.used + self.draft + self.reserved - self.context)


def estimate_tokens(text: str) -> int:
    """About how many tokens ``text`` has: a quarter of its Latin characters, and most of its Han ones."""
    start = text[:_LOOKED_AT]
    wide = sum(1 for character in start if ord(character) >= 0x2E80)
    estimate = (len(start) - wide) / 4 + wide * 0.7
    return round(estimate * max(1.0, len(text) / _LOOKED_AT))

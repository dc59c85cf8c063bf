"""How fast this machine is with a model, measured once and learned from every answer: seconds instead of labels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """Tokens per second. ``reading_*`` at two lengths of prompt, ``writing_*`` at two depths; 0: not measured."""

    reading_short: float = 0.0
    reading_long: float = 0.0
    writing_near: float = 0.0
    writing_far: float = 0.0
    measured_at: float = 0.0


@dataclass(frozen=True)
class Estimate:
    """How long something will take.

    :ivar seconds: from the request to its last token, the model being loaded.
    :ivar measured: it rests on measurements with this model on this machine; otherwise it is a guess from sizes.
    """

    seconds: float
    measured: bool = True

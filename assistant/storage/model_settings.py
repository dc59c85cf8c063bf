"""What the user has set for single models: ``models.json`` beside the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelOptions:
    """The options of one model; None: nothing is set, the default counts.

    :ivar context: tokens. ``gpu_layers``: -1: as many as fit. ``threads``: 0: automatic.
    :ivar cache_type: f16, q8_0 or q4_0.
    :ivar template: "": the file's own; the name of another template in the file; ``NO_TEMPLATE``: plain text.
    :ivar thinking: on, off or auto.
    """

    context: int | None = None
    gpu_layers: int | None = None
    threads: int | None = None
    cache_type: str | None = None
    template: str | None = None
    system_prompt: str | None = None
    thinking: str | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None


NO_TEMPLATE = "none"

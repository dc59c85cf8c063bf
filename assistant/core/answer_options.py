"""How a model answers: what the user set for it, what the user set for all, what its makers recommend, in this order.

What remains open is filled in by the engine: from the model's file, else with the house defaults.
"""

from __future__ import annotations

from typing import Any

from assistant.library.catalogue import CatalogueModel, SamplingValues
from assistant.library.models import InstalledModel
from assistant.storage.model_settings import NO_TEMPLATE, ModelOptions
from assistant.storage.settings import Settings
from assistant.tasks.chat import AnswerOptions

THINKING = {"auto": None, "on": True, "off": False}
SAMPLING = ("temperature", "top_k", "top_p", "min_p", "repeat_penalty", "presence_penalty", "frequency_penalty")


def answer_options(
    model: InstalledModel, own: ModelOptions, settings: Settings, row: CatalogueModel | None
) -> AnswerOptions:
    """The options of an answer of ``model``.

    :param own: what was set for this model. ``row``: its row in the catalogue, None: it is not in it.
    """
    thinking = THINKING.get(own.thinking or settings["thinking"])
    advised = recommended(row, thinking)
    values: dict[str, Any] = {}
    for name in SAMPLING:
        wanted = getattr(own, name)
        if wanted is None and name == "temperature":
            wanted = settings["temperature"]
        values[name] = getattr(advised, name, None) if wanted is None else wanted
    return AnswerOptions(
        **values,
        max_tokens=settings["max_tokens"],
        thinking=thinking,
        raw=own.template == NO_TEMPLATE or not model.has_template,
    )


def system_prompt(own: ModelOptions, settings: Settings) -> str:
    """What the model is told first where a conversation says nothing itself."""
    return own.system_prompt if own.system_prompt is not None else str(settings["system_prompt"])


def template_name(own: ModelOptions) -> str:
    """Which template of its file the model is loaded with; empty: the file's own."""
    return "" if own.template in (None, NO_TEMPLATE) else own.template or ""


def recommended(row: CatalogueModel | None, thinking: bool | None) -> SamplingValues:
    """What the makers of a model recommend for its answers.

    :param row: of the catalogue; None: it is not in it, and nothing is recommended.
    :param thinking: whether it is to think; None: as it does by itself. Some models always do, some never.
    """
    if row is None:
        return SamplingValues()
    default = row.thinking.default
    thinks = default == "always" or (default != "never" and (default == "on" if thinking is None else thinking))
    return row.sampling.thinking or row.sampling.plain if thinks else row.sampling.plain

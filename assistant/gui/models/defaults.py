"""What counts for a model where nothing was set for it, and who says so, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.core.answer_options import SAMPLING, THINKING, recommended
from assistant.library.advice import judge
from assistant.storage.model_settings import ModelOptions
from assistant.texts import tr, units

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.library.advice import Verdict
    from assistant.library.catalogue import CatalogueModel
    from assistant.library.models import InstalledModel


def defaults_of(core: Core, key: str) -> dict[str, tuple[str, str]]:
    """Option to the words of its default and where it comes from; an empty value: the source says it all."""
    settings = core.settings
    model = core.models.find(key)
    row = core.models.row(model)
    here, general, makers = tr("chosen for this computer"), tr("from the settings"), tr("what its makers recommend")
    file = tr("what the model's file says")
    verdict = verdict_of(core, model, own=False)
    found: dict[str, tuple[str, str]] = {}
    if settings["context"]:
        found["context"] = units.tokens(settings["context"]), general
    else:
        found["context"] = (units.tokens(verdict.context) if verdict is not None and verdict.context else ""), here
    found["cache_type"] = str(settings["cache_type"]), general
    layers = settings["gpu_layers"]
    found["gpu_layers"] = (tr("as many as fit"), here) if layers < 0 else (f"{layers}", general)
    threads = settings["threads"]
    found["threads"] = (f"{threads}", general) if threads else (tr("automatic"), here)
    found["thinking"] = _thinking(settings["thinking"], row, general, makers, file)
    values = recommended(row, THINKING[settings["thinking"]])
    for name in SAMPLING:
        value = getattr(values, name, None)
        if name == "temperature" and settings["temperature"] is not None:
            found[name] = _number(settings["temperature"]), general
        else:
            found[name] = (_number(value), makers) if value is not None else ("", _sentence(file))
    found["template"] = tr("the file's own"), file
    prompt = " ".join(str(settings["system_prompt"]).split())
    found["system_prompt"] = (prompt[:120], general) if prompt else ("", _sentence(tr("nothing is said first")))
    return found


def verdict_of(core: Core, model: InstalledModel, context: int = 0, *, own: bool = True) -> Verdict | None:
    """Whether an installed model fits as it would be loaded now, what it takes already counted as free.

    :param context: tokens to judge for; 0: what its options and the settings say.
    :param own: whether the options of this model count.
    """
    if not model.usable or model.shape is None:
        return None
    settings, options = core.settings, core.models.options(model.key) if own else ModelOptions()
    machine = core.machine()
    machine = replace(machine, ram_free=machine.ram_free + core.engines.spare(model.key))
    wanted = options.context if options.context is not None else settings["context"]
    cache = options.cache_type if options.cache_type is not None else settings["cache_type"]
    return judge(model.shape, machine=machine, context=context or wanted, cache_type=cache)


def _thinking(wish: str, row: CatalogueModel | None, *sources: str) -> tuple[str, str]:
    general, makers, file = sources
    if wish != "auto":
        return (tr("on") if wish == "on" else tr("off")), general
    if row is None:
        return "", _sentence(file)
    words = {"on": tr("on"), "off": tr("off"), "always": tr("always"), "never": tr("never")}
    return words.get(row.thinking.default, ""), makers


def _number(value: Any) -> str:
    return f"{value:g}"


def _sentence(words: str) -> str:
    """A source that stands alone."""
    return tr("Default: {value}.", value=words)

"""What the user has set for single models, by the model's key: one small file beside the settings.

Only what was set is in the file. Whatever this version does not know (options, models, other entries) stays in it, and
so does what makes no sense, which counts as not set. A file that cannot be understood is kept aside; one that cannot be
written leaves word in ``problem``, and the change lasts until the program ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError
from assistant.storage.jsonfile import SettingsFile
from assistant.storage.setting import Setting

NO_TEMPLATE = "none"
_VERSION = 1


@dataclass(frozen=True)
class ModelOptions:
    """The options of one model; None: nothing is set, the default counts.

    :ivar context: tokens, 0: automatic. ``gpu_layers``: -1: as many as fit. ``threads``: 0: automatic.
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


def _number(key: str, minimum: float, maximum: float) -> Setting:
    return Setting(key, "int", None, minimum=minimum, maximum=maximum)


def _fraction(key: str, minimum: float, maximum: float) -> Setting:
    return Setting(key, "float", None, minimum=minimum, maximum=maximum)


def _choice(key: str, *values: str) -> Setting:
    return Setting(key, "choice", None, choices=tuple((value, value) for value in values))


def _text(key: str, longest: int) -> Setting:
    return Setting(key, "text", None, maximum=longest)


OPTIONS: Mapping[str, Setting] = {
    option.key: option
    for option in (
        _number("context", 0, 1 << 22),
        _number("gpu_layers", -1, 999),
        _number("threads", 0, 256),
        _choice("cache_type", "f16", "q8_0", "q4_0"),
        _text("template", 200),
        _text("system_prompt", 100_000),
        _choice("thinking", "auto", "on", "off"),
        _fraction("temperature", 0.0, 2.0),
        _number("top_k", 0, 100_000),
        _fraction("top_p", 0.0, 1.0),
        _fraction("min_p", 0.0, 1.0),
        _fraction("repeat_penalty", 0.5, 2.0),
        _fraction("presence_penalty", -2.0, 2.0),
        _fraction("frequency_penalty", -2.0, 2.0),
    )
}
"""What each option may be, by its name: bounds and choices for a face, and the check of what is in the file."""


class ModelSettings:
    """The options of all models. One thread uses it."""

    def __init__(self, path: Path) -> None:
        self._file = SettingsFile(path, _check)
        self._unsaved: dict[str, dict[str, Any]] = {}
        self._content = self._file.read()

    @property
    def problem(self) -> AssistantError | None:
        """Why the file could not be read or written, as in ``SettingsFile``."""
        return self._file.problem

    def get(self, key: str) -> ModelOptions:
        """What is set for the model ``key``."""
        kept = self._models().get(key)
        if not isinstance(kept, dict):
            return ModelOptions()
        return ModelOptions(**{name: _valid(name, kept.get(name)) for name in OPTIONS})

    def set(self, key: str, **changes: object) -> ModelOptions:
        """Set options of the model ``key``; None takes one back to the default.

        :raises AssistantError: SETTING_INVALID, and nothing changed. A file that cannot be written raises nothing.
        """
        checked = {name: OPTIONS[name].check(value) for name, value in changes.items()}
        self._change(key, checked)
        return self.get(key)

    def reset(self, key: str) -> None:
        """Back to the defaults."""
        self._change(key, dict.fromkeys(OPTIONS))

    def forget(self, key: str) -> None:
        """The model is gone for good: nothing of it stays, also not what another version has kept for it."""
        self._take_outside_changes()
        if self._models().pop(key, None) is not None or key in self._unsaved:
            self._unsaved.pop(key, None)
            self._write()

    # ------------------------------------------------------------ the file

    def _models(self) -> dict[str, Any]:
        models = self._content.get("models")
        if not isinstance(models, dict):
            models = self._content["models"] = {}
        return models

    def _change(self, key: str, changes: Mapping[str, object]) -> None:
        self._take_outside_changes()
        self._apply(key, changes)
        self._unsaved.setdefault(key, {}).update(changes)
        self._write()

    def _apply(self, key: str, changes: Mapping[str, object]) -> None:
        models = self._models()
        kept = models.get(key)
        kept = dict(kept) if isinstance(kept, dict) else {}
        for name, value in changes.items():
            if value is None:
                kept.pop(name, None)
            else:
                kept[name] = value
        if kept:
            models[key] = kept
        else:
            models.pop(key, None)

    def _write(self) -> None:
        if self._file.write({"version": _VERSION, **self._content}):
            self._unsaved.clear()

    def _take_outside_changes(self) -> None:
        """Another process may have written the file; what could not be saved here is put on top of it."""
        if not self._file.changed:
            return
        self._content = self._file.read()
        for key, changes in self._unsaved.items():
            self._apply(key, changes)


def _check(content: Mapping[str, object]) -> None:
    """:raises ValueError: the models are no object."""
    if not isinstance(content.get("models", {}), dict):
        raise ValueError("models is not an object")


def _valid(name: str, value: object) -> Any:
    """The value, or None for one that makes no sense."""
    try:
        return OPTIONS[name].check(value)
    except AssistantError:
        return None

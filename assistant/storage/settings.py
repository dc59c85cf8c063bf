"""The settings of one home: ``settings.json``, read once, written with each change.

Only what was set is in the file; everything else has its default. Keys that this version does not know stay in the
file (an older program must not lose what a newer one wrote). A file that cannot be understood is kept aside, and a
folder that cannot be written means that changes last until the program ends: both leave word in ``problem``.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError
from assistant.storage.declared import PAGES, SETTINGS
from assistant.storage.jsonfile import SettingsFile
from assistant.storage.setting import Setting, mark

__all__ = ["PAGES", "SETTINGS", "Setting", "Settings", "declared", "mark"]

_DECLARED = {setting.key: setting for setting in SETTINGS}


def declared(key: str) -> Setting:
    """The declaration of ``key``; KeyError: there is none, a defect of ours."""
    return _DECLARED[key]


class Settings:
    """Values by key. One thread uses it.

    :param on_change: told which keys have other values now, after the file was written.
    """

    def __init__(self, path: Path, on_change: Callable[[frozenset[str]], None] | None = None) -> None:
        self._file = SettingsFile(path)
        self._on_change = on_change
        self._unsaved: set[str] = set()  # keys whose last change is not in the file
        self._values: dict[str, object] = self._read()

    @property
    def problem(self) -> AssistantError | None:
        """Why the file could not be read or written, as in ``SettingsFile``."""
        return self._file.problem

    def __getitem__(self, key: str) -> Any:
        setting = _DECLARED[key]
        return self._values.get(key, setting.default)

    def set(self, key: str, value: object) -> None:
        """Change a value and write the file.

        :raises AssistantError: SETTING_INVALID, and nothing changed. A file that cannot be written raises nothing.
        """
        value = _DECLARED[key].check(value)
        if key in self._values and self._values[key] == value and key not in self._unsaved:
            return
        before = self._picture()
        self._take_outside_changes()
        self._values[key] = value
        self._save({key}, before)

    def reset(self, *keys: str) -> None:
        """Back to the defaults; without keys, all of them."""
        before = self._picture()
        self._take_outside_changes()
        chosen = set(keys or _DECLARED) & _DECLARED.keys()
        for key in chosen:
            self._values.pop(key, None)
        self._save(chosen, before)

    def is_default(self, key: str) -> bool:
        return bool(self[key] == _DECLARED[key].default)

    # ------------------------------------------------------------ the file

    def _picture(self) -> dict[str, object]:
        return {key: self[key] for key in _DECLARED}

    def _save(self, keys: AbstractSet[str], before: dict[str, object]) -> None:
        self._unsaved |= keys
        if self._file.write(self._values):
            self._unsaved.clear()
        now = self._picture()
        changed = frozenset(key for key, value in now.items() if value != before[key])
        if changed and self._on_change is not None:
            self._on_change(changed)

    def _take_outside_changes(self) -> None:
        """Another process (the command line) may have written the file; only what is changed here is ours to change."""
        if not self._file.changed:
            return
        outside = self._read()
        for key in self._unsaved:
            if key in self._values:
                outside[key] = self._values[key]
            else:
                outside.pop(key, None)
        self._values = outside

    def _read(self) -> dict[str, object]:
        """The file's values; of those that are declared only the valid ones."""
        return {key: value for key, value in self._file.read().items() if key not in _DECLARED or _is_valid(key, value)}


def _is_valid(key: str, value: object) -> bool:
    try:
        _DECLARED[key].check(value)
    except AssistantError:
        return False
    return True

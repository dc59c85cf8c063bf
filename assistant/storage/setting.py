"""One setting as a value: its kind, its limits, the words about it, and whether a value is possible.

Labels, helps, choices, units and search words are English msgids; a face shows ``tr(setting.label)``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from assistant.base.errors import AssistantError, ErrorKind

Kind = Literal["bool", "int", "float", "choice", "text", "folder", "file", "address"]


def mark(message: str) -> str:
    """The message itself. Marks a literal for extraction; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Setting:
    """One setting.

    :ivar key: its name in the file and in code.
    :ivar default: its value when none is set. None: there may be no value, and something else decides.
    :ivar page: the page that shows it; empty: it is not shown.
    :ivar choices: for ``choice``: value and label.
    :ivar minimum: and ``maximum``: bounds of a number, or of the length of a text (characters).
    :ivar unit: shown after a number.
    :ivar least: what the minimum is called, where it is more than a number ("Automatic").
    :ivar words: more words under which the search finds it.
    :ivar schemes: for ``address``: what may stand before ``://``; the first is meant where nothing does. On this
        computer itself http is fine, too.
    :ivar restart: ``engine``: the model has to be loaded again before it has an effect.
    """

    key: str
    kind: Kind
    default: object
    page: str = ""
    label: str = ""
    help: str = ""
    choices: tuple[tuple[object, str], ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: str = ""
    least: str = ""
    words: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    restart: Literal["", "engine"] = ""

    def check(self, value: object) -> object:
        """``value`` in the form that is kept (a whole number becomes a float where one is declared).

        :raises AssistantError: SETTING_INVALID.
        """
        if value is None and self.default is None:
            return None
        fine, result = _CHECKS[self.kind](self, value)
        if not fine:
            shown = value if isinstance(value, str) else repr(value)
            raise AssistantError(ErrorKind.SETTING_INVALID, key=self.key, value=shown[:80])
        return result


def _check_bool(_setting: Setting, value: object) -> tuple[bool, object]:
    return isinstance(value, bool), value


def _check_int(setting: Setting, value: object) -> tuple[bool, object]:
    return isinstance(value, int) and not isinstance(value, bool) and _within(setting, value), value


def _check_float(setting: Setting, value: object) -> tuple[bool, object]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False, value
    if isinstance(value, float) and not math.isfinite(value):
        return False, value
    return (True, float(value)) if _within(setting, value) else (False, value)


def _check_choice(setting: Setting, value: object) -> tuple[bool, object]:
    # By type too: True equals 1, and 2048.0 equals 2048.
    return any(type(value) is type(known) and value == known for known, _ in setting.choices), value


def _check_text(setting: Setting, value: object) -> tuple[bool, object]:
    if not isinstance(value, str) or "\0" in value or not _within(setting, len(value)):
        return False, value
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False, value
    return True, value


def _check_folder(setting: Setting, value: object) -> tuple[bool, object]:
    fine, value = _check_text(setting, value)
    return fine and (value == "" or Path(str(value)).is_absolute()), value


def _check_file(setting: Setting, value: object) -> tuple[bool, object]:
    """A whole path. Whether there is such a file is for whoever sets it: a disk may be unplugged for a while."""
    return _check_folder(setting, value)


def _check_address(setting: Setting, value: object) -> tuple[bool, object]:
    fine, value = _check_text(setting, value)
    if not fine or not isinstance(value, str):
        return False, value
    value = value.strip()
    return value == "" or _is_address(value, setting.schemes), value


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    """Can it be an address: one of the schemes, a host, perhaps a port and a path, and nothing else?"""
    try:
        parts = urlsplit(text if "://" in text else f"{schemes[0]}://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets that do not match, a port that is no number
        return False
    here = host in ("localhost", "::1") or host.startswith("127.")
    scheme = parts.scheme in schemes or (here and parts.scheme == "http")
    whole = not (parts.query or parts.fragment) and not any(character.isspace() for character in text)
    named = bool(re.fullmatch(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*", host))
    return scheme and whole and named and port != 0


def _within(setting: Setting, number: float) -> bool:
    above = setting.minimum is None or number >= setting.minimum
    return above and (setting.maximum is None or number <= setting.maximum)


_CHECKS = {
    "bool": _check_bool,
    "int": _check_int,
    "float": _check_float,
    "choice": _check_choice,
    "text": _check_text,
    "folder": _check_folder,
    "file": _check_file,
    "address": _check_address,
}

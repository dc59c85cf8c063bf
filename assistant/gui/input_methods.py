"""Input methods that cannot reach the window, and what to do about it.

PySide6's wheels carry the plugins for ibus and compose, none for fcitx. Under X11 a user of fcitx can then type Latin
letters only, without a hint why.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from assistant.texts import tr

_VARIABLES = ("QT_IM_MODULE", "XMODIFIERS", "GTK_IM_MODULE")
_FOLDER = "platforminputcontexts"


def wants_fcitx(environ: Mapping[str, str]) -> bool:
    """Whether the desktop says that fcitx is the input method."""
    return any("fcitx" in environ.get(name, "").lower() for name in _VARIABLES)


def has_fcitx_plugin(plugin_folders: Iterable[str]) -> bool:
    """Whether one of Qt's plugin folders holds an input plugin for fcitx."""
    return any("fcitx" in path.name for folder in plugin_folders for path in Path(folder, _FOLDER).glob("*"))


def fcitx_trouble(environ: Mapping[str, str], plugin_folders: Iterable[str], platform: str) -> str:
    """What to tell a user of fcitx who could not type Chinese here; empty: all is well.

    :param platform: Qt's name of the display in use (``xcb``, ``wayland``, ...). Wayland has input methods of its own.
    """
    if not sys.platform.startswith("linux") or platform != "xcb" or not wants_fcitx(environ):
        return ""
    if environ.get("QT_IM_MODULE", "").lower() == "ibus" or has_fcitx_plugin(plugin_folders):
        return ""
    return tr(
        "Your input method is fcitx, which this window cannot reach by itself. Start Lamplight with QT_IM_MODULE=ibus "
        "(fcitx answers to that too), or in a Wayland session with QT_QPA_PLATFORM=wayland."
    )

"""Input methods that cannot reach the window, and what to do about it.

PySide6's wheels carry the plugins for ibus and compose; none for fcitx, and Qt 6 has none for XIM, by which uim, scim
and others are reached. Qt takes a plugin only if it is told to. Under X11 a user of another input method, or of ibus
where Qt is told nothing, can type Latin letters only, without a hint why.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from assistant.texts import tr

_FOLDER = "platforminputcontexts"
_NONE = ("", "none", "local", "simple", "compose", "xim")  # no input method, or not said which one
_COMPOSED = ("zh", "ja", "ko")  # languages that nobody writes without one


def wanted(environ: Mapping[str, str]) -> str:
    """The input method that the desktop names (``fcitx5``, ``uim``); empty: none, or it is not needed.

    Some desktops name ibus to everybody: it counts where the language is one that needs it.
    """
    modifiers = environ.get("XMODIFIERS", "").lower().rpartition("@im=")[2]
    names = (*_asked_of_qt(environ), modifiers, environ.get("GTK_IM_MODULE", "").lower())
    name = next((name for name in names if name not in _NONE), "")
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return name if name != "ibus" or locale.startswith(_COMPOSED) else ""


def trouble(environ: Mapping[str, str], plugin_folders: Iterable[str], platform: str) -> str:
    """What to tell a user of an input method who could not type Chinese here; empty: all is well.

    :param platform: Qt's name of the display in use (``xcb``, ``wayland``, ...). Wayland has input methods of its own.
    """
    name = wanted(environ)
    if not sys.platform.startswith("linux") or platform != "xcb" or not name:
        return ""
    plugins = [path.name for folder in plugin_folders for path in Path(folder, _FOLDER).glob("*")]
    # That of fcitx5 answers to both names.
    asked = [asked.rstrip("0123456789") for asked in _asked_of_qt(environ) if asked not in _NONE]
    if any(plugin.startswith(f"lib{each}") for each in asked for plugin in plugins):
        return ""
    if name == "ibus":
        return tr("Your input method is ibus, of which Qt was not told. Start Lamplight with QT_IM_MODULE=ibus.")
    if name.startswith("fcitx"):
        return tr(
            "Your input method is fcitx, which this window cannot reach by itself. Start Lamplight with "
            "QT_IM_MODULE=ibus (fcitx answers to that too), or in a Wayland session with QT_QPA_PLATFORM=wayland."
        )
    return tr(
        "Your input method is {name}, which this window cannot reach. Use ibus or fcitx and start Lamplight with "
        "QT_IM_MODULE=ibus, or start it in a Wayland session with QT_QPA_PLATFORM=wayland.",
        name=name,
    )


def _asked_of_qt(environ: Mapping[str, str]) -> list[str]:
    """The plugins that Qt is told to try, in order."""
    several = environ.get("QT_IM_MODULES") or environ.get("QT_IM_MODULE") or ""
    return [name.strip().lower() for name in several.split(";")]

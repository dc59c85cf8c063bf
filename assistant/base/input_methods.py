"""Input methods that cannot reach the window.

PySide6's wheels carry the plugins for ibus and compose; none for fcitx, and Qt 6 has none for XIM, by which uim, scim
and others are reached. Qt takes a plugin only if it is told to. Under X11 a user of another input method, or of ibus
where Qt is told nothing, can type Latin letters only, without a hint why. Wayland has input methods of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

PLUGINS = "platforminputcontexts"
"""The folder of Qt's plugins for input methods, among those of its other plugins."""

_NONE = ("", "none", "local", "simple", "compose", "xim")  # no input method, or not said which one
_COMPOSED = ("zh", "ja", "ko")  # languages that nobody writes without one


def unreachable(environ: Mapping[str, str], plugins: Iterable[str], platform: str) -> str:
    """The input method that the desktop names (``fcitx5``, ``uim``) and Qt cannot reach here; empty: all is well.

    :param plugins: names of the files in ``PLUGINS``.
    :param platform: Qt's name of the display in use (``xcb``, ``wayland``, ...).
    """
    name = _wanted(environ)
    if not sys.platform.startswith("linux") or platform != "xcb" or not name:
        return ""
    # That of fcitx5 answers to both names.
    asked = [asked.rstrip("0123456789") for asked in _asked_of_qt(environ) if asked not in _NONE]
    return "" if any(plugin.startswith(f"lib{each}") for plugin in plugins for each in asked) else name


def likely_platform(environ: Mapping[str, str]) -> str:
    """Qt's name of the display that a window would use, where there is no window to ask."""
    told = environ.get("QT_QPA_PLATFORM", "").partition(";")[0].partition(":")[0].partition("-")[0]
    return told or ("wayland" if environ.get("WAYLAND_DISPLAY") else "xcb")


def _wanted(environ: Mapping[str, str]) -> str:
    """The input method that the desktop names; empty: none, or it is not needed.

    Some desktops name ibus to everybody: it counts where the language is one that needs it.
    """
    modifiers = environ.get("XMODIFIERS", "").lower().rpartition("@im=")[2]
    names = (*_asked_of_qt(environ), modifiers, environ.get("GTK_IM_MODULE", "").lower())
    name = next((name for name in names if name not in _NONE), "")
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    return name if name != "ibus" or locale.startswith(_COMPOSED) else ""


def _asked_of_qt(environ: Mapping[str, str]) -> list[str]:
    """The plugins that Qt is told to try, in order."""
    several = environ.get("QT_IM_MODULES") or environ.get("QT_IM_MODULE") or ""
    return [name.strip().lower() for name in several.split(";")]

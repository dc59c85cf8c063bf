"""Which input methods cannot reach the window, and what is said then."""

from __future__ import annotations

import pytest

from assistant.base.input_methods import likely_platform, unreachable
from assistant.texts import input_methods

# What PySide6 brings along.
PLUGINS = [f"lib{name}platforminputcontextplugin.so" for name in ("compose", "ibus")]


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"XMODIFIERS": "@im=fcitx"}, "fcitx"),
        ({"GTK_IM_MODULE": "fcitx"}, "fcitx"),
        ({"QT_IM_MODULE": "fcitx5"}, "fcitx5"),
        ({"QT_IM_MODULE": "xim", "XMODIFIERS": "@im=uim"}, "uim"),
        ({"XMODIFIERS": "@im=SCIM"}, "scim"),
        ({"QT_IM_MODULE": "hime"}, "hime"),
        ({"XMODIFIERS": "@im=ibus", "LANG": "zh_CN.UTF-8"}, "ibus"),
        ({"QT_IM_MODULE": "xim", "XMODIFIERS": "@im=ibus", "LANG": "en_US.UTF-8", "LC_CTYPE": "zh_CN.UTF-8"}, "ibus"),
    ],
)
def test_an_input_method_without_a_plugin_is_explained(environ: dict[str, str], name: str) -> None:
    assert unreachable(environ, PLUGINS, "xcb") == name
    sentence = input_methods.unreachable(name)
    assert f"Your input method is {name.rstrip('5')}," in sentence
    assert "QT_IM_MODULE=ibus" in sentence
    assert unreachable(environ, PLUGINS, "wayland") == ""


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"LANG": "zh_CN.UTF-8"},
        {"QT_IM_MODULE": "ibus", "XMODIFIERS": "@im=fcitx", "LANG": "zh_CN.UTF-8"},
        {"QT_IM_MODULES": "wayland;fcitx;ibus", "QT_IM_MODULE": "xim", "XMODIFIERS": "@im=fcitx"},
        {"XMODIFIERS": "@im=ibus", "LANG": "en_US.UTF-8"},  # named to everybody there
        {"XMODIFIERS": "@im=none", "QT_IM_MODULE": "xim", "LANG": "zh_CN.UTF-8"},
        {"QT_IM_MODULE": "compose", "XMODIFIERS": "@im=local"},
    ],
)
def test_what_works_or_is_not_wanted_is_left_alone(environ: dict[str, str]) -> None:
    assert unreachable(environ, PLUGINS, "xcb") == ""


def test_a_plugin_that_somebody_has_added_counts_if_qt_is_told_of_it() -> None:
    plugins = [*PLUGINS, "libfcitx5platforminputcontextplugin.so"]
    for name in ("fcitx", "fcitx5"):
        assert unreachable({"QT_IM_MODULE": name, "XMODIFIERS": "@im=fcitx"}, plugins, "xcb") == ""
    assert unreachable({"XMODIFIERS": "@im=fcitx"}, plugins, "xcb") == "fcitx"


def test_only_linux_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert unreachable({"XMODIFIERS": "@im=fcitx"}, PLUGINS, "xcb") == ""


@pytest.mark.parametrize(
    ("environ", "platform"),
    [
        ({}, "xcb"),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, "xcb"),
        ({"QT_QPA_PLATFORM": "wayland-egl;xcb"}, "wayland"),
        ({"QT_QPA_PLATFORM": "offscreen:configfile=screens.json"}, "offscreen"),
    ],
)
def test_the_display_that_a_window_would_use(environ: dict[str, str], platform: str) -> None:
    assert likely_platform(environ) == platform

"""Which input methods cannot reach the window, and what is said then."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.gui.input_methods import trouble


@pytest.fixture
def plugins(tmp_path: Path) -> list[str]:
    """What PySide6 brings along."""
    folder = tmp_path / "platforminputcontexts"
    folder.mkdir()
    for name in ("compose", "ibus"):
        (folder / f"lib{name}platforminputcontextplugin.so").touch()
    return [str(tmp_path)]


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"XMODIFIERS": "@im=fcitx"}, "fcitx"),
        ({"GTK_IM_MODULE": "fcitx"}, "fcitx"),
        ({"QT_IM_MODULE": "fcitx5"}, "fcitx"),
        ({"QT_IM_MODULE": "xim", "XMODIFIERS": "@im=uim"}, "uim"),
        ({"XMODIFIERS": "@im=SCIM"}, "scim"),
        ({"QT_IM_MODULE": "hime"}, "hime"),
        ({"XMODIFIERS": "@im=ibus", "LANG": "zh_CN.UTF-8"}, "ibus"),
        ({"QT_IM_MODULE": "xim", "XMODIFIERS": "@im=ibus", "LANG": "en_US.UTF-8", "LC_CTYPE": "zh_CN.UTF-8"}, "ibus"),
    ],
)
def test_an_input_method_without_a_plugin_is_explained(environ: dict[str, str], name: str, plugins: list[str]) -> None:
    sentence = trouble(environ, plugins, "xcb")
    assert f"Your input method is {name}," in sentence
    assert "QT_IM_MODULE=ibus" in sentence
    assert trouble(environ, plugins, "wayland") == ""


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
def test_what_works_or_is_not_wanted_is_left_alone(environ: dict[str, str], plugins: list[str]) -> None:
    assert trouble(environ, plugins, "xcb") == ""


def test_a_plugin_that_somebody_has_added_counts_if_qt_is_told_of_it(plugins: list[str]) -> None:
    Path(plugins[0], "platforminputcontexts", "libfcitx5platforminputcontextplugin.so").touch()
    for name in ("fcitx", "fcitx5"):
        assert trouble({"QT_IM_MODULE": name, "XMODIFIERS": "@im=fcitx"}, plugins, "xcb") == ""
    assert trouble({"XMODIFIERS": "@im=fcitx"}, plugins, "xcb") != ""

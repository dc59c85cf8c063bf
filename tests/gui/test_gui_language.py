"""The language of what Qt says by itself: names of keys, its own dialogs, what a window belongs to."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from assistant.gui.actions import spelled
from assistant.gui.language import Language


@pytest.fixture
def language(qapp: QApplication) -> Iterator[Language]:
    before = QGuiApplication.applicationDisplayName()
    language = Language(qapp)
    yield language
    language.use("en")
    language.close()
    QGuiApplication.setApplicationDisplayName(before)


def test_a_window_belongs_to_the_program_by_its_name_in_the_language(language: Language) -> None:
    language.use("zh_CN")
    assert QGuiApplication.applicationDisplayName() == "灯下"
    language.use("en")
    assert QGuiApplication.applicationDisplayName() == "Lamplight"


def test_keys_are_called_what_is_printed_on_them(language: Language) -> None:
    for code in ("zh_CN", "en"):
        language.use(code)
        told = [spelled(QKeySequence(keys)) for keys in ("Ctrl+Return", "Ctrl+Shift+Backspace", "Ctrl+Up")]
        if sys.platform == "darwin":
            assert all(told)
        else:
            assert told == ["Ctrl+Enter", "Ctrl+Shift+Backspace", "Ctrl+Up"]


def test_the_file_dialog_of_qt_is_wholly_in_chinese(language: Language, qtbot: QtBot) -> None:
    language.use("zh_CN")
    dialog = QFileDialog()
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    told = [label.text() for label in dialog.findChildren(QLabel) if label.text()]
    assert len(told) >= 3
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in told), told
    assert QCoreApplication.translate("QFileSystemModel", "Size") == "大小"


def test_qt_speaks_english_again(language: Language) -> None:
    language.use("zh_CN")
    assert QCoreApplication.translate("QFileSystemModel", "Name") == "名称"
    language.use("en")
    assert QCoreApplication.translate("QFileSystemModel", "Name") == "Name"
    assert QCoreApplication.translate("QFileSystemModel", "Size") == "Size"

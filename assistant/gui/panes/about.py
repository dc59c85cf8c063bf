"""About: what this is, in which versions, under which licences, and where it keeps its things."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

import assistant
from assistant.base.assets import resources
from assistant.gui.dialogs import TextDialog
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label
from assistant.texts import tr

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.core.core import Core
    from assistant.gui.theme import Theme

_LAMP = 64
_NAMES = 9  # em


class AboutPage(QWidget):
    """The last page of the settings."""

    def __init__(self, core: Core, theme: Theme) -> None:
        super().__init__()
        self._core = core
        self._theme = theme
        self._lamp = QLabel()
        self._lamp.setTextFormat(Qt.TextFormat.PlainText)
        self._name = Label(role="h1")
        self._what = Label(wrap=True)
        self._licence = Label(role="quiet", wrap=True)
        self.notices = QPushButton()
        self.notices.clicked.connect(self._show_notices)
        self.copy = QPushButton()
        self.copy.clicked.connect(self._copy)
        self._paths_heading, self._versions_heading = Label(role="h3"), Label(role="h3")
        self._paths, self._versions = QGridLayout(), QGridLayout()
        self._build()
        theme.changed.connect(self._dress)
        self._dress()
        self.retranslate()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(SPACE // 2)
        for label in (self._name, self._what, self._licence):
            words.addWidget(label)
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE)
        top.addWidget(self._lamp, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.notices)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE)
        layout.addLayout(top)
        layout.addLayout(buttons)
        for heading, grid in ((self._versions_heading, self._versions), (self._paths_heading, self._paths)):
            grid.setHorizontalSpacing(2 * SPACE)
            grid.setVerticalSpacing(SPACE // 2)
            grid.setColumnStretch(1, 1)
            grid.setColumnMinimumWidth(0, self._theme.px(_NAMES))
            layout.addWidget(heading)
            layout.addLayout(grid)
        layout.addStretch(1)

    def retranslate(self) -> None:
        self._name.setText(f"Lamplight {assistant.__version__}")
        what = tr("A chat and writing assistant that runs on your own computer. Nothing that you write leaves it.")
        self._what.setText(what)
        self._licence.setText(tr("Copyright 2026 the Lamplight authors. Apache License, Version 2.0."))
        self.notices.setText(tr("Licences of what it is made with"))
        self.copy.setText(tr("Copy versions and folders"))
        self._versions_heading.setText(tr("Versions"))
        self._paths_heading.setText(tr("Folders"))
        self.refresh()

    def refresh(self) -> None:
        """Look again: a model may be loaded now."""
        _fill(self._versions, self._version_lines())
        _fill(self._paths, [(words, str(path)) for words, path in self._path_lines()])

    def _version_lines(self) -> list[tuple[str, str]]:
        facts = self._core.chosen.facts()
        lines = [
            (tr("Lamplight"), assistant.__version__),
            ("Python", platform.python_version()),
            ("Qt", qVersion()),
            (tr("System"), f"{platform.system()} {platform.release()} {platform.machine()}"),
        ]
        if facts is not None:
            lines += sorted(facts.versions.items())
            lines.append((tr("Device"), facts.device))
        return lines

    def _path_lines(self) -> list[tuple[str, Path]]:
        paths = self._core.paths
        return [
            (tr("Settings"), paths.config),
            (tr("Conversations"), paths.data),
            (tr("Models"), paths.models),
            (tr("Logs"), paths.logs),
            (tr("Cache"), paths.cache),
        ]

    def _copy(self) -> None:
        lines = [*self._version_lines(), *((words, str(path)) for words, path in self._path_lines())]
        QGuiApplication.clipboard().setText("\n".join(f"{words}: {value}" for words, value in lines))

    def _show_notices(self) -> None:
        text = (resources() / "NOTICES.txt").read_text("utf-8")
        intro = tr("Lamplight stands on the work of others. These are their licences.")
        TextDialog(self, tr("Licences"), intro, text).open()

    def _dress(self) -> None:
        self._lamp.setPixmap(self._theme.lamp(_LAMP))


def _fill(grid: QGridLayout, lines: list[tuple[str, str]]) -> None:
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
    for row, (words, value) in enumerate(lines):
        grid.addWidget(Label(words, role="quiet"), row, 0, Qt.AlignmentFlag.AlignTop)
        shown = Label(value, wrap=True)
        shown.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        shown.setAccessibleName(f"{words}: {value}")
        grid.addWidget(shown, row, 1)

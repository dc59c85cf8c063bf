"""One declared setting as a row: its name and help, the control for its kind, a way back to the default."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assistant.base import processors
from assistant.base.errors import AssistantError, ErrorKind
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import IconButton, Label, keep_room
from assistant.gui.widgets.setting_controls import Switch, control_for
from assistant.texts import current_language, errors, in_every_language, tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.gui.theme import Theme
    from assistant.storage.settings import Setting, Settings

_ROOM_FOR_TWO = 36  # in em


class SettingField(QWidget):
    """A row: name and help at the left, control and reset at the right (or below, where it is wide).

    :param names: what the object name of the control begins with: ``settings`` and ``text_size`` make
        ``settingsTextSize``.
    """

    def __init__(self, setting: Setting, settings: Settings, theme: Theme, *, names: str) -> None:
        super().__init__()
        self.setting = setting
        self._settings = settings
        self._theme = theme
        self._said = ""
        self._limit: Callable[[], str] = lambda: ""
        self._forbidden: Callable[[], str] | None = None
        self._name = Label(role="strong", wrap=True)
        self._help = Label(role="quiet", wrap=True)
        self._problem = Label(role="danger", wrap=True)
        self._problem.hide()
        self.control = control_for(setting, self._set)
        self.control.widget.setObjectName(names + setting.key.title().replace("_", ""))
        self._reset_action = QAction(self)
        self._reset_action.triggered.connect(self._reset)
        self.reset = IconButton(theme, self._reset_action, "rotate-ccw")
        keep_room(self.reset)
        self._build()
        theme.changed.connect(self._measure)
        self.retranslate()
        self.refresh()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._help)
        words.addWidget(self._problem)
        self._line = QHBoxLayout()
        self._line.setSpacing(SPACE)
        self._line.addLayout(words, 1)
        self._line.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignVCenter)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, SPACE, 0, SPACE)
        self._outer.setSpacing(SPACE)
        self.control.widget.setParent(self)  # before the way back in the order of keys
        self._outer.addLayout(self._line)
        self._beside: bool | None = None
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        """The control stands beside its words where both have room, else below them."""
        switch = isinstance(self.control, Switch)
        beside = switch or (not self.control.wide and self.width() >= self._theme.px(_ROOM_FOR_TWO))
        widget = self.control.widget
        self.control.fit(self._theme)
        if beside == self._beside:
            return
        self._beside = beside
        if beside:
            self._outer.removeWidget(widget)
            self._line.insertWidget(1, widget, 0, Qt.AlignmentFlag.AlignVCenter)
        else:
            self._line.removeWidget(widget)
            self._outer.addWidget(widget)

    def refresh(self) -> None:
        """Show the value that holds now."""
        self.control.show_value(self._settings[self.setting.key])
        self.reset.setVisible(not self._settings.is_default(self.setting.key))

    def forbid(self, why: Callable[[], str]) -> None:
        """Something outside decides this one."""
        self._forbidden = why
        self.control.widget.setEnabled(False)
        self._problem.setText(why())
        self._problem.show()

    def limit(self, most: int, why: Callable[[], str]) -> None:
        """Here nobody can give a number above ``most``. A larger one that is set already stays as it is."""
        self._limit = why
        box = self.control.widget
        blocked = box.blockSignals(True)
        box.setMaximum(most)  # type: ignore[attr-defined]
        box.blockSignals(blocked)
        self._show_help()

    def say(self, words: str) -> None:
        """Add a sentence to the help."""
        self._said = words
        self._show_help()

    def focus(self) -> None:
        self.control.widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def found_by(self, words: list[str]) -> bool:
        """Whether every one of the lower-case ``words`` occurs in what this setting is called, in any language."""
        setting = self.setting
        texts = [setting.label, setting.help, *setting.words, *(label for _, label in setting.choices)]
        heap = "\n".join(variant for text in texts for variant in in_every_language(text)).casefold()
        return all(word in heap for word in words)

    def retranslate(self) -> None:
        label = tr(self.setting.label)
        self._name.setText(label)
        self._show_help()
        if self._forbidden is not None:
            self._problem.setText(self._forbidden())
        self._reset_action.setText(tr("Back to the default: {name}", name=label))
        self._reset_action.setToolTip(tr("Back to the default"))
        self.control.widget.setAccessibleName(label)
        self.control.retranslate()
        self.control.fit(self._theme)

    def _show_help(self) -> None:
        between = "" if current_language() == "zh_CN" else " "
        told = tr(self.setting.help) if self.setting.help else ""
        more = tr("Changing this loads the model again.") if self.setting.restart else ""
        limit = self._limit()
        self._help.setText(between.join(part for part in (told, self._said, limit, more) if part))
        self._help.setVisible(bool(self._help.text()))
        self.control.widget.setAccessibleDescription(between.join(part for part in (told, self._said, limit) if part))

    def _set(self, value: Any) -> None:
        try:
            self._settings.set(self.setting.key, value)
        except AssistantError as error:
            self._problem.setText(errors.sentence(error))
            self._problem.show()
            return
        self._problem.hide()
        if self.setting.kind == "file" and value and not os.path.isfile(value):  # noqa: PTH113 - Path's may raise
            # It counts all the same: its disk may be unplugged for a while.
            self._problem.setText(errors.sentence(AssistantError(ErrorKind.FILE_MISSING, name=Path(value).name)))
            self._problem.show()
        self.refresh()

    def _reset(self) -> None:
        self._settings.reset(self.setting.key)
        self._problem.hide()
        self.refresh()
        self.focus()


def set_outside(variable: str) -> str:
    """Why a control does nothing."""
    return tr("Set by the environment variable {name}.", name=variable)


def limit_threads(field: SettingField) -> None:
    """Let nobody ask for more threads than run at the same time here: a model would only be slower with them."""
    most = processors.usable()
    field.limit(most, lambda: tr("At most {n}: this computer has no more.", n=most))

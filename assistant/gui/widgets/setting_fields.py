"""One declared setting as a row: its name and help, the control for its kind, a way back to the default."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from assistant.base.errors import AssistantError
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import IconButton, Label, TextLine, dress_list, set_role
from assistant.gui.widgets.writing_field import WritingField
from assistant.texts import current_language, errors, in_every_language, tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.gui.theme import Theme
    from assistant.storage.settings import Setting, Settings

TYPING_MS = 600
_LONG_TEXT = 10_000  # a text that may be longer gets several lines
_LONG_LINES = 5
_CONTROL_WIDTH, _ROOM_FOR_TWO = 15, 36  # in em

Changed = Callable[[Any], None]


class Control(QObject):
    """The control of one kind of setting: a widget, what it shows, and word when the user has changed it."""

    wide = False  # stands under the words instead of beside them

    def __init__(self, setting: Setting, changed: Changed) -> None:
        super().__init__()
        self.setting = setting
        self.changed = changed
        self.widget = self.build()

    def build(self) -> QWidget:
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        raise NotImplementedError

    def retranslate(self) -> None:
        """Take the words of the current language."""

    def fit(self, theme: Theme) -> None:
        """Have the room that the size of text asks for."""
        if not self.wide:
            self.widget.setFixedWidth(theme.px(_CONTROL_WIDTH))


class _Switch(Control):
    def build(self) -> QWidget:
        box = QCheckBox()
        box.clicked.connect(self.changed)
        return box

    def fit(self, theme: Theme) -> None:
        """It has the room of its tick."""

    def show_value(self, value: Any) -> None:
        self.widget.setChecked(bool(value))  # type: ignore[attr-defined]


class _Choice(Control):
    def build(self) -> QWidget:
        box = QComboBox()
        for value, label in self.setting.choices:
            box.addItem(label, value)
        box.activated.connect(lambda index: self.changed(box.itemData(index)))
        dress_list(box)
        still(box)
        return box

    def show_value(self, value: Any) -> None:
        box: QComboBox = self.widget  # type: ignore[assignment]
        box.setCurrentIndex(box.findData(value))

    def retranslate(self) -> None:
        box: QComboBox = self.widget  # type: ignore[assignment]
        for index, (_, label) in enumerate(self.setting.choices):
            box.setItemText(index, tr(label))


class _Number(Control):
    """Whole or broken numbers; where there may be none, the place below the least says who decides."""

    def build(self) -> QWidget:
        setting = self.setting
        whole = setting.kind == "int"
        box: QSpinBox | QDoubleSpinBox = QSpinBox() if whole else QDoubleSpinBox()
        step = setting.step or 1
        least = setting.minimum or 0
        if setting.default is None:
            least -= step
        box.setRange(round(least), round(setting.maximum or 0)) if whole else box.setRange(least, setting.maximum or 0)
        box.setSingleStep(round(step) if whole else step)  # type: ignore[arg-type]
        box.setKeyboardTracking(False)
        box.setGroupSeparatorShown(True)
        box.lineEdit().setTextMargins(SPACE - 2, 0, 0, 0)
        box.valueChanged.connect(self._tell)
        still(box)
        return box

    def _tell(self, value: float) -> None:
        nobody = self.setting.default is None and value < (self.setting.minimum or 0)
        if nobody:
            self.changed(None)
        else:
            self.changed(int(value) if self.setting.kind == "int" else round(value, 4))

    def show_value(self, value: Any) -> None:
        box: QSpinBox | QDoubleSpinBox = self.widget  # type: ignore[assignment]
        blocked = box.blockSignals(True)
        box.setValue(box.minimum() if value is None else value)
        box.blockSignals(blocked)

    def retranslate(self) -> None:
        box: QSpinBox | QDoubleSpinBox = self.widget  # type: ignore[assignment]
        if self.setting.unit:
            box.setSuffix(f" {tr(self.setting.unit)}")
        if self.setting.default is None:
            box.setSpecialValueText(tr("As the model suggests"))
        elif self.setting.least:
            box.setSpecialValueText(tr(self.setting.least))


class _Line(Control):
    wide = True

    def build(self) -> QWidget:
        line = TextLine()
        line.editingFinished.connect(lambda: self.changed(line.text()))
        return line

    def show_value(self, value: Any) -> None:
        line: TextLine = self.widget  # type: ignore[assignment]
        if line.text() != value:
            line.setText(value)


class _LongText(Control):
    wide = True

    def build(self) -> QWidget:
        field = WritingField(margin=4)
        set_role(field, "field")
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(TYPING_MS)
        self._delay.timeout.connect(lambda: self.changed(field.toPlainText()))
        field.textChanged.connect(self._delay.start)
        field.installEventFilter(self)
        return field

    def fit(self, theme: Theme) -> None:
        self.widget.setFixedHeight(QFontMetrics(theme.font()).lineSpacing() * _LONG_LINES + 2 * SPACE)

    def show_value(self, value: Any) -> None:
        field: WritingField = self.widget  # type: ignore[assignment]
        if field.toPlainText() != value:
            blocked = field.blockSignals(True)
            field.setPlainText(value)
            field.blockSignals(blocked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide) and self._delay.isActive():
            self._delay.stop()
            self.changed(watched.toPlainText())  # type: ignore[attr-defined]
        return False


class _Path(Control):
    """A folder or a file, typed or chosen."""

    wide = True

    def build(self) -> QWidget:
        host = QWidget()
        self.line = TextLine()
        self.line.editingFinished.connect(lambda: self.changed(self.line.text().strip()))
        self.choose = QPushButton()
        self.choose.clicked.connect(self._ask)
        layout = QHBoxLayout(host)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.choose)
        host.setFocusProxy(self.line)
        return host

    def _ask(self) -> None:
        ask = ask_for_folder if self.setting.kind == "folder" else ask_for_file
        chosen = ask(self.widget, self.line.text())
        if chosen:
            self.changed(chosen)

    def show_value(self, value: Any) -> None:
        if self.line.text() != value:
            self.line.setText(value)

    def retranslate(self) -> None:
        self.choose.setText(tr("Choose…"))
        label = tr(self.setting.label)
        folder = self.setting.kind == "folder"
        self.choose.setAccessibleName(
            tr("Choose the folder for {name}", name=label) if folder else tr("Choose the file for {name}", name=label)
        )
        self.line.setAccessibleName(label)
        self.line.setPlaceholderText(tr("The usual place") if folder else "")


def control_for(setting: Setting, changed: Changed) -> Control:
    """The control that fits a setting's kind; ``changed`` is called with the value that the user gave."""
    if setting.kind == "text":
        return (_LongText if (setting.maximum or 0) > _LONG_TEXT else _Line)(setting, changed)
    kinds: dict[str, type[Control]] = {
        "bool": _Switch, "choice": _Choice, "int": _Number, "float": _Number, "folder": _Path, "file": _Path,
        "address": _Line,
    }  # fmt: skip
    return kinds[setting.kind](setting, changed)


class SettingField(QWidget):
    """A row: name and help at the left, control and reset at the right (or below, where it is wide).

    :param names: the object name of the control.
    """

    def __init__(self, setting: Setting, settings: Settings, theme: Theme, *, name: str) -> None:
        super().__init__()
        self.setting = setting
        self._settings = settings
        self._theme = theme
        self._said = ""
        self._forbidden: Callable[[], str] | None = None
        self._name = Label(role="strong", wrap=True)
        self._help = Label(role="quiet", wrap=True)
        self._problem = Label(role="danger", wrap=True)
        self._problem.hide()
        self.control = control_for(setting, self._set)
        self.control.widget.setObjectName(name)
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
        self._outer.addLayout(self._line)
        self._beside: bool | None = None
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        """The control stands beside its words where both have room, else below them."""
        switch = isinstance(self.control, _Switch)
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

    def _show_help(self) -> None:
        between = "" if current_language() == "zh_CN" else " "
        told = tr(self.setting.help) if self.setting.help else ""
        more = tr("Changing this loads the model again.") if self.setting.restart else ""
        self._help.setText(between.join(part for part in (told, self._said, more) if part))
        self._help.setVisible(bool(self._help.text()))
        self.control.widget.setAccessibleDescription(between.join(part for part in (told, self._said) if part))

    def _set(self, value: Any) -> None:
        try:
            self._settings.set(self.setting.key, value)
        except AssistantError as error:
            self._problem.setText(errors.sentence(error))
            self._problem.show()
            return
        self._problem.hide()
        self.refresh()

    def _reset(self) -> None:
        self._settings.reset(self.setting.key)
        self._problem.hide()
        self.refresh()
        self.focus()


def set_outside(variable: str) -> str:
    """Why a control does nothing."""
    return tr("Set by the environment variable {name}.", name=variable)


class _WheelGuard(QObject):
    """A box under the mouse must not change while the page is being scrolled."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False


def still(box: QAbstractSpinBox | QComboBox) -> None:
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.installEventFilter(_WheelGuard(box))


def keep_room(widget: QWidget) -> None:
    """Keep the widget's place in its layout while it is hidden, so that nothing jumps."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def ask_for_file(parent: QWidget, start: str) -> str:
    """The system's dialog for a file; empty: none was chosen."""
    return QFileDialog.getOpenFileName(parent, tr("Choose a file"), start)[0]


def ask_for_folder(parent: QWidget, start: str) -> str:
    """The system's dialog for a folder; empty: none was chosen."""
    return QFileDialog.getExistingDirectory(parent, tr("Choose a folder"), start)

"""The control of a declared setting: one for each kind, which shows a value and tells what the user gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QFontMetrics, QKeyEvent, QValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QWidget,
)

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import TextLine, dress_list, is_typed, set_role, still
from assistant.gui.widgets.writing_field import WritingField
from assistant.texts import tr, units

if TYPE_CHECKING:
    from assistant.gui.theme import Theme
    from assistant.storage.settings import Setting

TYPING_MS = 600
_LONG_TEXT = 10_000  # a text that may be longer gets several lines
_LONG_LINES = 5
_WIDTH, _WIDEST = 15, 24  # in em; what stands in a box is not cut off as long as that is enough

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
            self.widget.setFixedWidth(theme.px(_WIDTH))


class Switch(Control):
    def build(self) -> QWidget:
        box = QCheckBox()
        box.clicked.connect(self.changed)
        return box

    def fit(self, theme: Theme) -> None:
        """It has the room of its tick."""

    def show_value(self, value: Any) -> None:
        self.widget.setChecked(bool(value))  # type: ignore[attr-defined]


class _Box(QComboBox):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_typed(event):
            event.ignore()  # a letter would change the setting; it is for the search
        else:
            super().keyPressEvent(event)


class _Choice(Control):
    def build(self) -> QWidget:
        box = _Box()
        for value, label in self.setting.choices:
            box.addItem(label, value)
        box.activated.connect(lambda index: self.changed(box.itemData(index)))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        dress_list(box)
        still(box)
        return box

    def fit(self, theme: Theme) -> None:
        words = min(self.widget.sizeHint().width(), theme.px(_WIDEST))
        self.widget.setFixedWidth(max(theme.px(_WIDTH), words))

    def show_value(self, value: Any) -> None:
        box: QComboBox = self.widget  # type: ignore[assignment]
        box.setCurrentIndex(box.findData(value))

    def retranslate(self) -> None:
        box: QComboBox = self.widget  # type: ignore[assignment]
        for index, (_, label) in enumerate(self.setting.choices):
            box.setItemText(index, tr(label))


class _Whole(QSpinBox):
    """Whole numbers, of which one is called by a name, also when it is not the lowest place of the box."""

    def __init__(self) -> None:
        super().__init__()
        self._named: tuple[int, str] | None = None

    def call(self, value: int, name: str) -> None:
        """Show ``name`` for ``value``."""
        self._named = (value, name)
        self.setSpecialValueText(self.specialValueText())  # has the text written anew

    def textFromValue(self, value: int) -> str:
        if self._named is not None and value == self._named[0]:
            return self._named[1]
        return super().textFromValue(value)

    def valueFromText(self, text: str) -> int:
        return self._named[0] if self._named is not None and text == self._named[1] else super().valueFromText(text)

    def validate(self, text: str, pos: int) -> object:
        if self._named is not None and text == self._named[1]:
            return QValidator.State.Acceptable, text, pos
        return super().validate(text, pos)


class _Number(Control):
    """Whole or broken numbers; where there may be none, the place below the least says who decides."""

    def build(self) -> QWidget:
        setting = self.setting
        whole = setting.kind == "int"
        box: QSpinBox | QDoubleSpinBox = _Whole() if whole else QDoubleSpinBox()
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
            box.setSuffix(units.behind_number(tr(self.setting.unit)))
        if self.setting.default is None:
            box.setSpecialValueText(tr("As the model suggests"))
            if self.setting.least and isinstance(box, _Whole):
                box.call(round(self.setting.minimum or 0), tr(self.setting.least))
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
        "bool": Switch, "choice": _Choice, "int": _Number, "float": _Number, "folder": _Path, "file": _Path,
        "address": _Line,
    }  # fmt: skip
    return kinds[setting.kind](setting, changed)


def ask_for_file(parent: QWidget, start: str) -> str:
    """The system's dialog for a file; empty: none was chosen."""
    return QFileDialog.getOpenFileName(parent, tr("Choose a file"), start)[0]


def ask_for_folder(parent: QWidget, start: str) -> str:
    """The system's dialog for a folder; empty: none was chosen."""
    return QFileDialog.getExistingDirectory(parent, tr("Choose a folder"), start)

"""Which model answers: the installed ones, and the way to more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import set_role
from assistant.texts import tr, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.library.models import InstalledModel

_KEY = Qt.ItemDataRole.UserRole
_MORE = Qt.ItemDataRole.UserRole + 1  # a line below the name
_MODELS = "\0models"
_WIDEST = 26  # in em


class ModelPicker(QComboBox):
    """A combo box that changes nothing by accident: neither the wheel nor an arrow key picks while it is closed.

    Signals: ``picked(key)`` when the user chose a model; ``models_wanted()``: another one is wanted.
    """

    picked = Signal(str)
    models_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("modelPicker")
        set_role(self, "flat")
        self._actions = actions
        self._models: Sequence[InstalledModel] | None = None  # until it is known which there are
        self._chosen = ""
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(16)
        self.setItemDelegate(_Delegate(theme, self))
        theme.changed.connect(self._dress)
        self._dress()
        self.activated.connect(self._activated)

    def show_models(self, models: Sequence[InstalledModel], chosen: str) -> None:
        """List those of these models that write, with the one called ``chosen`` (a key, or empty) current."""
        if self.view().isVisible():
            self.hidePopup()
        self._models, self._chosen = [model for model in models if not model.embeds], chosen
        self.clear()
        for model in self._models:
            self.addItem(model.name, model.key)
            at = self.count() - 1
            self.setItemData(at, describe(model), Qt.ItemDataRole.AccessibleDescriptionRole)
            self.setItemData(at, describe(model), _MORE)
        if not self._models:
            self.addItem(tr("No model"), "")
        self.insertSeparator(self.count())
        self.addItem(tr("More models…"), _MODELS)
        at = self.findData(chosen, _KEY)
        self.setCurrentIndex(max(at, 0))
        self._name()

    def retranslate(self) -> None:
        if self._models is None:
            self.setAccessibleName(tr("Choose the model"))
        else:
            self.show_models(self._models, self._chosen)

    def _dress(self) -> None:
        self.setMaximumWidth(self._theme.px(_WIDEST))

    def _name(self) -> None:
        self.setAccessibleName(tr("Model: {name}", name=self.currentText()))
        self.setToolTip(self._actions["model"].toolTip())

    def _activated(self, index: int) -> None:
        key = self.itemData(index, _KEY)
        if key == _MODELS:
            self.setCurrentIndex(max(self.findData(self._chosen, _KEY), 0))
            self.models_wanted.emit()
        elif key and key != self._chosen:
            self._chosen = key
            self._name()
            self.picked.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        opening = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in opening:
            self.showPopup()
        elif event.text().isprintable() and event.text():
            event.ignore()  # typing a letter in a closed box would pick
        else:
            super().keyPressEvent(event)

    def initStyleOption(self, option: Any) -> None:
        super().initStyleOption(option)
        room = self.width() - 5 * SPACE
        option.currentText = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, room)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def showPopup(self) -> None:
        widest = max((self.view().sizeHintForColumn(0), self.width()))
        self.view().setMinimumWidth(min(widest, self.window().width() // 2) + 2 * SPACE)
        super().showPopup()
        popup = self.view().window()
        right = self.mapToGlobal(self.rect().bottomRight()).x()
        popup.move(max(0, right - popup.width() + 1), popup.y())  # it is wider than the box, which stands at the right

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 12, super().minimumSizeHint().height())


class _Delegate(QStyledItemDelegate):
    """A model's name, and below it what kind it is; a line before the way to more models."""

    def __init__(self, theme: Theme, box: QComboBox) -> None:
        super().__init__(box)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        if _is_line(index):
            return QSize(0, SPACE + 1)
        base, quiet = (QFontMetrics(self._theme.font(size)) for size in ("base", "quiet"))
        more = index.data(_MORE) or ""
        width = max(base.horizontalAdvance(index.data() or ""), quiet.horizontalAdvance(more)) + 3 * SPACE
        height = base.height() + (quiet.height() if more else 0) + 2 * SPACE
        return QSize(width, height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = self._theme
        rect: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if _is_line(index):
            painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), theme.color("hairline"))
            painter.restore()
            return
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("lamp_wash"))
            painter.drawRoundedRect(rect, 6, 6)
        room = rect.adjusted(SPACE, SPACE - 1, -SPACE, -SPACE)
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        _line(painter, room, index.data())
        room.setTop(room.top() + painter.fontMetrics().height())
        painter.setFont(theme.font("quiet"))
        painter.setPen(theme.color("quiet"))
        _line(painter, room, index.data(_MORE) or "")
        painter.restore()


def _is_line(index: QModelIndex | QPersistentModelIndex) -> bool:
    return index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator"


def _line(painter: QPainter, room: QRect, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
    painter.drawText(room, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), shown)


def describe(model: InstalledModel) -> str:
    """One line about a model: what kind it is and how large."""
    parts = []
    if model.demo:
        parts.append(tr("small English demo model"))
    if model.missing:
        parts.append(tr("its file is not there now"))
    if model.quantization:
        parts.append(model.quantization)
    parts.append(units.size(model.size))
    return " · ".join(parts)

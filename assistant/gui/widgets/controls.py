"""Small controls that look and behave alike everywhere: labels, icon buttons, fields that respect input methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QIcon, QInputMethodEvent, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from assistant.base.assets import resources
from assistant.gui.dropping import has_files
from assistant.gui.theme import TARGET
from assistant.texts import tr, units

if TYPE_CHECKING:
    from assistant.gui.theme import Theme


class Label(QLabel):
    """A label that never reads its text as markup.

    :param role: how the sheet draws it: "", quiet, strong, danger, h1, h2, h3.
    """

    def __init__(self, text: str = "", *, role: str = "", wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(wrap)
        set_role(self, role)

    def text(self) -> str:
        """As it was given."""
        return self._given

    def setText(self, text: str) -> None:
        self._given = text
        super().setText(units.unbroken(text))


class Elided(Label):
    """One line that ends in an ellipsis where there is no room, with the whole text for screen readers."""

    def __init__(self, text: str = "", *, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, role=role, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 6, super().minimumSizeHint().height())


class IconButton(QToolButton):
    """A button that is only an icon: it takes its name, key and state from an action.

    :param token: the colour of the icon; ``role``: how the sheet draws the button (icon or run).
    """

    def __init__(
        self, theme: Theme, action: QAction, icon: str, *, token: str = "quiet", role: str = "icon", name: str = ""
    ) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._token = token
        self._action = action
        if name:
            self.setObjectName(name)
        set_role(self, role)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        theme.changed.connect(self._dress)
        self._follow()
        self._dress()

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text())

    def _dress(self) -> None:
        side = max(TARGET, self._theme.px(2.2))
        size = max(18, self._theme.px(1.3))
        self.setFixedSize(side, side)
        self.setIconSize(QSize(size, size))
        self.setIcon(self._theme.icon(self._icon, self._token, size=size))


class ActionButton(QPushButton):
    """A button with words that takes its name, key and state from an action."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setText(self._action.text())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text())


class WordButton(ActionButton):
    """A quiet button with a short word of its own; its name and tooltip are the action's."""

    def __init__(self, action: QAction, name: str) -> None:
        self._words = ""
        super().__init__(action)
        self.setObjectName(name)
        set_role(self, "word")

    def show_words(self, words: str) -> None:
        """Show this in place of what the action is called."""
        self._words = words
        self._follow()

    def _follow(self) -> None:
        super()._follow()
        if self._words:
            self.setText(self._words)


def action_button(action: QAction, name: str, role: str = "") -> ActionButton:
    """A button for ``action`` with an object name, drawn as the sheet draws ``role``."""
    button = ActionButton(action)
    button.setObjectName(name)
    set_role(button, role)
    return button


def even(*buttons: QPushButton) -> None:
    """Make them as wide as the widest of them."""
    for button in buttons:
        button.setMinimumWidth(0)
    widest = max(button.sizeHint().width() for button in buttons)
    for button in buttons:
        button.setMinimumWidth(widest)


class Hairline(QFrame):
    """One line between two things."""

    def __init__(self, *, upright: bool = False) -> None:
        super().__init__()
        set_role(self, "hairline-upright" if upright else "hairline")


class CompositionGuard(QObject):
    """Keeps keys away from shortcuts while an input method composes in the watched field.

    Enter that ends a composition must neither send nor run anything, and Esc belongs to the input method.
    """

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self.composing = False
        field.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.InputMethod:
            assert isinstance(event, QInputMethodEvent)
            self.composing = bool(event.preeditString())
        elif kind == QEvent.Type.FocusOut:
            self.composing = False
        elif self.composing and kind == QEvent.Type.ShortcutOverride:
            event.accept()  # it arrives as a key press instead of running a shortcut
            return True
        elif self.composing and kind == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        return False


class TextLine(QLineEdit):
    """A line of text; Return and Esc stay with the input method while it composes. A file that is dragged here is for
    what is behind it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.guard = CompositionGuard(self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if has_files(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)


class SearchLine(TextLine):
    """A search: Esc empties it, Down goes on to what was found.

    Signals: ``left_downwards()``.
    """

    left_downwards = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setClearButtonEnabled(True)
        clear = self.findChild(QAction, "_q_qlineeditclearaction")  # the name that Qt gives it
        if isinstance(clear, QAction):
            clear.setIcon(QIcon(str(resources() / "theme" / "clear.svg")))

    def setPlaceholderText(self, text: str) -> None:
        """Take the words of the current language, the cross too."""
        super().setPlaceholderText(text)
        for cross in self.findChildren(QToolButton):
            cross.setAccessibleName(tr("Clear"))
            cross.setVisible(bool(self.text()))  # a new icon shows it also where there is nothing to empty

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self.text():
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)


class _Items(QStyledItemDelegate):
    """Items as the style sheet draws them; a separator is a line, and no empty item."""

    _TALL = 9  # pixels

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), self._TALL) if _separates(index) else size

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if not _separates(index):
            super().paint(painter, option, index)
            return
        area = option.rect  # type: ignore[attr-defined]
        line = option.palette.color(QPalette.ColorRole.Mid)  # type: ignore[attr-defined]
        painter.fillRect(area.left(), area.center().y(), area.width(), 1, line)


def _separates(index: QModelIndex | QPersistentModelIndex) -> bool:
    return index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "separator"


def dress_list(box: QComboBox) -> None:
    """Let the style sheet draw the list of ``box``, which Qt's own delegate for these lists would not."""
    box.setItemDelegate(_Items(box))


class _WheelGuard(QObject):
    """A box under the mouse must not change while the page is being scrolled."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False


def still(box: QAbstractSpinBox | QComboBox) -> None:
    """Let only a click or a key change ``box``."""
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.installEventFilter(_WheelGuard(box))


def keep_room(widget: QWidget) -> None:
    """Keep the widget's place in its layout while it is hidden, so that nothing jumps."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)


def is_typed(event: QKeyEvent) -> bool:
    """Whether the key is one for writing."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    return not held and bool(event.text().strip()) and event.text().isprintable()


def set_role(widget: QWidget, role: str) -> None:
    """Choose how the style sheet draws ``widget``."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    repolish(widget)


def repolish(widget: QWidget) -> None:
    """Let the style sheet look again after a property that it asks for has changed."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()

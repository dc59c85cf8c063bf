"""What the model weighed at a word of a translation: each with a bar as long as it was probable; one can be taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QVBoxLayout, QWidget

from assistant.documents.segments import without_codes
from assistant.gui.theme import SPACE, TARGET
from assistant.gui.widgets.clean_text import clean, isolated
from assistant.gui.widgets.controls import Label, set_role
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.translation.views import Alternative, Weighed
    from assistant.gui.theme import Theme

MOST = 8
_FEW = 3  # that are worth more than what they cover
_WIDE, _BAR = 22, 3.6  # in em: the whole, and the longest bar


class AlternativesPopover(QFrame):
    """Lies below the word. The arrow keys go from one to the next, Enter takes it, Esc or a click elsewhere closes.

    Signals: ``taken(number, alternative)`` with the segment it is about; ``left()``: it has gone; ``closed()``: and the
    focus was in it.
    """

    taken = Signal(int, object)
    left = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("translateAlternatives")
        set_role(self, "popover")
        self._theme = theme
        self._number = -1  # of the segment
        self._anchor = QRect()
        self._words = Label(role="quiet", wrap=True)
        self._buttons = [_Choice(theme) for _ in range(MOST)]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(0)
        layout.addWidget(self._words)
        self._note = Label(role="quiet", wrap=True)
        for label in (self._words, self._note):
            label.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        for button in self._buttons:
            layout.addWidget(button)
            button.clicked.connect(lambda _=False, button=button: self._take(button))
        layout.addWidget(self._note)
        self.hide()

    def show_waiting(self, number: int, anchor: QRect) -> None:
        """The model is being asked about the word of a segment that stands here."""
        self._number = number
        self._anchor = anchor
        self._show(tr("Asking the model…"))

    def show_alternatives(self, weighed: Weighed) -> None:
        """Show what it weighed, as far as that is known."""
        found = weighed.found[:MOST]
        words = tr("What the model considered here") if found else tr("The model considered nothing else here.")
        begun = weighed.complete and not all(choice.whole for choice in found)
        had = next((button.choice for button in self._buttons if button.hasFocus()), None)
        self._show(words, found, tr("A word with “…” may be longer than shown.") if begun else "")
        if found and self.isVisible():
            # Words that turn out to be the same move up; the keyboard stays with the one it was at.
            at = next((n for n, one in enumerate(found) if had is not None and one.text.startswith(had.text)), 0)
            self._buttons[at].setFocus(Qt.FocusReason.PopupFocusReason)

    def show_problem(self, words: str) -> None:
        """It cannot be told."""
        self._show(words)

    def close_now(self) -> None:
        """Go away."""
        if not self.isHidden():
            had_focus = self.isAncestorOf(QApplication.focusWidget()) if QApplication.focusWidget() else False
            self.hide()
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
            self.left.emit()
            if had_focus:
                self.closed.emit()

    def _show(self, words: str, found: Sequence[Alternative] = (), note: str = "") -> None:
        self._words.setText(words)
        self.setAccessibleName(words)
        for number, button in enumerate(self._buttons):
            button.show_choice(found[number] if number < len(found) else None)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        if self.isHidden():
            QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        host = self.parentWidget()
        wide = min(self._theme.px(_WIDE), host.width() - 2 * SPACE)
        self.setFixedWidth(wide)
        high = self.layout().totalHeightForWidth(wide)
        shown = [button for button in self._buttons if not button.isHidden()]
        below, above = self._anchor.bottom() + 4, self._anchor.top() - 4
        room = max(host.height() - below, above)  # that leaves the sentence in sight
        # The least likely make room, all but a few of them; what is out of sight could not be reached either.
        while (high > room and len(shown) > _FEW) or (high > host.height() and len(shown) > 1):
            shown.pop().hide()
            high = self.layout().totalHeightForWidth(wide)
        x = max(SPACE, min(self._anchor.left() - SPACE, host.width() - wide - SPACE))
        y = below if below + high <= host.height() else max(0, above - high)
        self.setGeometry(x, y, wide, high)

    def _take(self, button: _Choice) -> None:
        chosen = button.choice
        self.close_now()
        if chosen is not None:
            self.taken.emit(self._number, chosen)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click somewhere else closes it."""
        pressed = event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget)
        if pressed and watched is not self and not self.isAncestorOf(watched):  # type: ignore[arg-type]
            self.close_now()
        return False

    def event(self, event: QEvent) -> bool:
        closes = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if closes and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        shown = [button for button in self._buttons if not button.isHidden()]
        at = next((number for number, button in enumerate(shown) if button.hasFocus()), -1)
        if event.key() == keys.Key_Escape:
            self.close_now()
        elif event.key() in (keys.Key_Down, keys.Key_Up) and shown:
            shown[(at + (1 if event.key() == keys.Key_Down else -1)) % len(shown)].setFocus()
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and at >= 0:
            self._take(shown[at])
        else:
            super().keyPressEvent(event)


class _Choice(QAbstractButton):
    """One alternative: its words, its bar, its share in percent."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.choice: Alternative | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_choice(self, choice: Alternative | None) -> None:
        self.choice = choice
        self.setVisible(choice is not None)
        if choice is not None:
            word = clean(without_codes(choice.text)).strip() or choice.text
            words = isolated(word if choice.whole else f"{word}…")
            self.setText(words)
            self.setAccessibleName(tr("{words}: {percent} %", words=words, percent=self._percent))
            self.update()

    @property
    def _percent(self) -> str:
        share = 100 * self.choice.probability if self.choice is not None else 0
        return str(round(share)) if share >= 1 else tr("under 1")

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(10), max(TARGET, self._theme.px(1.9)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, area = self._theme, QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("lamp"), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hover") if self.underMouse() or self.isDown() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, 6, 6)
        quiet = theme.font("quiet")
        number = QFontMetrics(quiet).horizontalAdvance(f"{tr('under 1')} %") + SPACE
        bar = float(theme.px(_BAR))
        right = area.right() - SPACE
        painter.setFont(quiet)
        painter.setPen(theme.color("quiet"))
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(right - number, area.top(), number, area.height()), flags, f"{self._percent} %")
        share = self.choice.probability if self.choice is not None else 0.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("hairline"))
        track = QRectF(right - number - bar, area.center().y() - 3, bar, 6)
        painter.drawRoundedRect(track, 3, 3)
        painter.setBrush(theme.color("lamp"))
        painter.drawRoundedRect(QRectF(track.left(), track.top(), max(4.0, bar * share), 6), 3, 3)
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        room = track.left() - area.left() - 2 * SPACE
        words = QFontMetrics(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room))
        left = QRectF(area.left() + SPACE, area.top(), room, area.height())
        painter.drawText(left, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)
        painter.end()

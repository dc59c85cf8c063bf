"""Mouse and keyboard of the transcript: selecting, moving from message to message."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from assistant.gui.actions import plain
from assistant.gui.widgets.source_words import sentence_words
from assistant.gui.widgets.transcript.caret import moved, unit_of
from assistant.gui.widgets.transcript.controls import MessageButton
from assistant.gui.widgets.transcript.copying import Copying
from assistant.gui.widgets.transcript.message_view import MessageView
from assistant.gui.widgets.transcript.selection import Position

if TYPE_CHECKING:
    from assistant.gui.widgets.transcript.view import Transcript

ANNOUNCED = 2000  # characters of an answer that are read out when it is there
EDGE = 24  # pixels from the edge where dragging begins to scroll


class Interaction(QObject):
    """What the user does with a transcript."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._t = transcript
        self._dragging = False
        self._press: QPoint | None = None
        self._pointer = QPoint()
        self._sentence: tuple[int, int] | None = None  # that the pointer is over
        self._clicks = 0
        self._keyboard = False
        self._scroll_timer = QTimer(self)
        self._scroll_timer.setInterval(30)
        self._scroll_timer.timeout.connect(self._drag_on)
        self.copying = Copying(transcript)
        self._click_timer = QTimer(self)
        self._click_timer.setSingleShot(True)

    # ------------------------------------------------------------ the mouse

    def viewport_event(self, event: QEvent) -> bool:
        """Take an event of the viewport; True if nobody else should."""
        kind = event.type()
        if isinstance(event, QMouseEvent):
            if kind == QEvent.Type.MouseButtonPress:
                return self._pressed(event)
            if kind == QEvent.Type.MouseButtonDblClick:
                return self._pressed(event, double=True)
            if kind == QEvent.Type.MouseMove:
                return self._moved(event)
            if kind == QEvent.Type.MouseButtonRelease:
                return self._released(event)
        elif kind == QEvent.Type.Leave:
            self._t.set_hovered(None)
            self._point_at(None)
        elif isinstance(event, QContextMenuEvent):
            menu = self.copying.menu_at(event.pos(), self.link_at(event.pos()))
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())
            return True
        elif isinstance(event, QHelpEvent) and kind == QEvent.Type.ToolTip:
            self._tell(event)
            return True
        return False

    def _pressed(self, event: QMouseEvent, *, double: bool = False) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._keyboard = False
        self._t.setFocus(Qt.FocusReason.MouseFocusReason)
        point = event.position().toPoint()
        position = self._t.position_at(point)
        if position is None:
            return True
        near = self._press is not None and (point - self._press).manhattanLength() < 8
        near = near and self._click_timer.isActive()
        self._clicks = 2 if double else (3 if near and self._clicks == 2 else 1)
        self._click_timer.start(QApplication.doubleClickInterval())
        self._press, self._pointer, self._dragging = point, point, True
        selection = self._t.selection
        if self._clicks == 3:
            self._select_paragraph(position)
        elif self._clicks == 2:
            self._select_word(position)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            selection.extend(position)
        else:
            selection.set(position, position)
        self._t.set_current(self._t.layout_of_text.views[position.row].id)
        self._t.viewport().update()
        return True

    def _moved(self, event: QMouseEvent) -> bool:
        point = event.position().toPoint()
        self._pointer = point
        if self._dragging and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_to(point)
            inside = EDGE <= point.y() <= self._t.viewport().height() - EDGE
            self._scroll_timer.stop() if inside else self._scroll_timer.start()
            return True
        self._hover(point)
        return False

    def _released(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._dragging = False
        self._scroll_timer.stop()
        point = event.position().toPoint()
        if self._t.selection.empty and self._press is not None and (point - self._press).manhattanLength() < 4:
            address = self.link_at(point)
            sentence = self._t.answers.at(point)
            if address:
                self._t.link_activated.emit(address)
            elif sentence is not None:
                self._t.sentence_chosen.emit(sentence)
        else:
            self.copying.keep_primary()
        return True

    def _drag_to(self, point: QPoint) -> None:
        position = self._t.position_at(point)
        if position is not None and self._clicks == 1:
            self._t.selection.extend(position)
            self._t.viewport().update()

    def _drag_on(self) -> None:
        """Scroll while the pointer is held beyond the edge, faster the further out it is."""
        height, y = self._t.viewport().height(), self._pointer.y()
        beyond = y - EDGE if y < EDGE else y - (height - EDGE)
        bar = self._t.verticalScrollBar()
        bar.setValue(bar.value() + max(-60, min(60, beyond)))
        self._drag_to(QPoint(self._pointer.x(), max(0, min(height - 1, y))))

    def _hover(self, point: QPoint) -> None:
        layout = self._t.layout_of_text
        if not layout.views:
            return
        y = point.y() + self._t.verticalScrollBar().value()
        row = layout.row_at(y)
        self._t.set_hovered(layout.views[row].id)
        shape = Qt.CursorShape.ArrowCursor
        found = layout.views[row].unit_at(y - layout.top_of(row))
        if found is not None:
            unit = layout.views[row].units(found[0])[found[1]]
            if 0 <= y - layout.top_of(row) - unit.y <= unit.height:
                shape = Qt.CursorShape.IBeamCursor
        sentence = self._t.answers.at(point)
        if sentence is not None or (found is not None and self.link_at(point)):
            shape = Qt.CursorShape.PointingHandCursor
        self._point_at(sentence)
        if self._t.viewport().cursor().shape() != shape:
            self._t.viewport().setCursor(shape)

    def _point_at(self, sentence: tuple[int, int] | None) -> None:
        if sentence != self._sentence:
            self._sentence = sentence
            self._t.sentence_pointed.emit(sentence)

    def _tell(self, event: QHelpEvent) -> None:
        """Where a link leads, before it is clicked; or what there is to say of a sentence."""
        address = self.link_at(event.pos())
        place = None if address else self._t.answers.at(event.pos())
        sentence = self._t.answers.sentence(place) if place is not None else None
        words = plain(sentence_words(sentence)) if sentence is not None else ""
        if address:
            words = f"<qt>{html.escape(address)}</qt>"
        if words:
            QToolTip.showText(event.globalPos(), words, self._t.viewport())
        else:
            QToolTip.hideText()

    def link_at(self, point: QPoint) -> str:
        """The address of the link under a point of the viewport, or an empty string."""
        under = self._t.unit_under(point)
        if under is None:
            return ""
        view, part, number, x, y = under
        return view.units(part)[number].link_at(x, y)

    def _select_word(self, position: Position) -> None:
        unit = unit_of(self._t, position)
        if unit is None:
            return
        cursor = QTextCursor(unit.ready())
        cursor.setPosition(position.offset)
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        self._t.selection.set(
            position._replace(offset=cursor.selectionStart()), position._replace(offset=cursor.selectionEnd())
        )

    def _select_paragraph(self, position: Position) -> None:
        unit = unit_of(self._t, position)
        if unit is None:
            return
        cursor = QTextCursor(unit.ready())
        cursor.setPosition(position.offset)
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if start > 0:
            start += 1  # the end of the paragraph before is not part of it
        self._t.selection.set(position._replace(offset=start), position._replace(offset=end))

    # ------------------------------------------------------------ the keyboard

    def shows_current(self, message: int) -> bool:
        """Whether to draw the ring around a message."""
        return self._keyboard and self._t.hasFocus() and message == self._t.current

    def focus_in(self, event: QFocusEvent) -> None:
        """The transcript has the keyboard now."""
        by_key = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        if event.reason() in by_key:
            self._keyboard = True
        if self._t.current is None and self._t.layout_of_text.views:
            self._t.set_current(self._t.layout_of_text.views[-1].id)
        self._t.viewport().update()

    def key(self, event: QKeyEvent) -> bool:
        """Take a key; False if it means nothing here."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copying.copy()
            return True
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.copying.select_all()
            return True
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return self._extend(event)
        bar = self._t.verticalScrollBar()
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ControlModifier)
        steps = {
            Qt.Key.Key_PageUp: lambda: bar.setValue(bar.value() - bar.pageStep()),
            Qt.Key.Key_PageDown: lambda: bar.setValue(bar.value() + bar.pageStep()),
            Qt.Key.Key_Home: lambda: self._go_to_row(0),
            Qt.Key.Key_End: lambda: self._go_to_row(len(self._t.layout_of_text.views) - 1),
            Qt.Key.Key_Up: lambda: self._step(-1),
            Qt.Key.Key_Down: lambda: self._step(1),
            Qt.Key.Key_Left: lambda: self._switch(-1),
            Qt.Key.Key_Right: lambda: self._switch(1),
            Qt.Key.Key_Return: self._unfold,
            Qt.Key.Key_Enter: self._unfold,
            Qt.Key.Key_Space: self._unfold,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not plain:
            return False
        self._keyboard = True
        step()
        self._t.viewport().update()
        return True

    def _extend(self, event: QKeyEvent) -> bool:
        """Shift and a key that moves: the selection follows."""
        selection, layout = self._t.selection, self._t.layout_of_text
        if selection.caret is None:
            row = layout.rows.get(self._t.current) if self._t.current is not None else None
            start = self._t.position_at(QPoint(self._t.column_left(), 0))
            units = layout.views[row].all_units() if row is not None else []
            selection.set(*[Position(row, units[0][0], units[0][1], 0) if row is not None and units else start] * 2)
        if selection.caret is None:
            return False
        far = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        caret = moved(self._t, selection.caret, Qt.Key(event.key()), far=far)
        if caret is None:
            return False
        selection.extend(caret)
        self._t.show_position(caret)
        self.copying.keep_primary()
        return True

    def _step(self, direction: int) -> None:
        """To the next message, or within one that is higher than the window a few lines on."""
        layout = self._t.layout_of_text
        row = layout.rows.get(self._t.current) if self._t.current is not None else None
        if row is None:
            row = len(layout.views) - 1
        if row < 0:
            return
        rect, height = self._t.message_rect(row), self._t.viewport().height()
        hidden = rect.bottom() - height if direction > 0 else -rect.top()
        if hidden > 4 and rect.bottom() > 0 and rect.top() < height:
            bar = self._t.verticalScrollBar()
            bar.setValue(bar.value() + direction * min(hidden + 8, 4 * bar.singleStep()))
            return
        self._go_to_row(max(0, min(len(layout.views) - 1, row + direction)))

    def _go_to_row(self, row: int) -> None:
        layout = self._t.layout_of_text
        if not 0 <= row < len(layout.views):
            return
        self._t.set_current(layout.views[row].id)
        bar, height = self._t.verticalScrollBar(), self._t.viewport().height()
        if row == len(layout.views) - 1:
            self._t.scroll_to_end()
        elif row == 0:
            bar.setValue(0)
        for _attempt in range(3):  # heights on the way may have been guesses
            rect = self._t.message_rect(row)
            if rect.top() < 0:
                bar.setValue(bar.value() + rect.top())
            elif rect.bottom() > height:
                bar.setValue(bar.value() + min(rect.top(), rect.bottom() - height))
        self._say_focus(row)

    def _say_focus(self, row: int) -> None:
        if QAccessible.isActive():
            event = QAccessibleEvent(self._t, QAccessible.Event.Focus)
            event.setChild(row)
            QAccessible.updateAccessibility(event)

    def _switch(self, step: int) -> None:
        """To another version of the message that the keyboard is at."""
        row = self._t.layout_of_text.rows.get(self._t.current) if self._t.current is not None else None
        if row is not None and self._t.layout_of_text.views.heads[row].siblings > 1:
            self._t.switch_wanted.emit(self._t.current, step)

    def _unfold(self) -> None:
        row = self._t.layout_of_text.rows.get(self._t.current) if self._t.current is not None else None
        if row is not None and self._t.layout_of_text.views[row].has_reasoning:
            self._t.toggle_reasoning(row)

    def move_focus(self, *, forward: bool) -> bool:
        """Tab: from the message to its buttons, then on to what follows the transcript."""
        focus = QApplication.focusWidget()
        # It may have come from behind, to a message that was not the current one; Qt asks, too, when it hides a button.
        if isinstance(focus, MessageButton) and not focus.isHidden():
            self._t.set_current(focus.message)
        stops = [self._t, *(self._t.buttons.of_message(self._t.current) if self._t.current is not None else [])]
        place = stops.index(focus) if focus in stops else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        following = place + (1 if forward else -1)
        if 0 <= following < len(stops):
            stops[following].setFocus(reason)
            return True
        widget: QWidget = self._t
        while True:
            widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
            if widget is self._t:
                return False
            takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.isVisible()
            if takes and not self._t.isAncestorOf(widget) and widget.window() is self._t.window():
                widget.setFocus(reason)
                return True

    def announce(self, view: MessageView) -> None:
        """Let a screen reader say that an answer is there."""
        if QAccessible.isActive():
            text = view.plain_text(most=ANNOUNCED)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._t, text))

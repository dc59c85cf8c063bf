"""A text about a document, each sentence of which leads to the passages that it rests on.

The pointer over a sentence lights its passages, a click goes there. With the keyboard the arrow keys go from sentence
to sentence and Enter goes to the source. What nothing bears out is underlined and has a sign in the margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QToolTip, QWidget

from assistant.documents.model import LinkedSentence
from assistant.gui.actions import plain
from assistant.gui.theme import SPACE
from assistant.gui.widgets.doubt_lines import GRAVITY, doubt_lines, sign_token
from assistant.gui.widgets.markdown.blocks import BULLETS
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.safe_text import SafeTextView
from assistant.gui.widgets.source_words import sentence_words, sign_of
from assistant.gui.widgets.summary.document import SummaryDocument
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

_BETWEEN = f"\u2029\u2028\u00a0\ufdd0\ufdd1 \n\t{BULLETS}"  # what stands between lines and cells, and before items
_DRAG = 4  # pixels that a click may move


class SummaryText(SafeTextView):
    """Shows a text in Markdown and its links.

    Signals: ``pointed(index)`` when the pointer or the keyboard is at another sentence (-1: at none);
    ``chosen(index)`` when the source of a sentence is to be seen.

    :ivar current: the sentence that the keyboard is at, or that was clicked; -1: none.
    """

    pointed = Signal(int)
    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str = "summarizeOutput") -> None:
        super().__init__()
        self.setObjectName(name)
        self._theme = theme
        self._style = ReadingStyle(theme)
        self._written = SummaryDocument(self.document(), self._style)  # type: ignore[arg-type]
        self.sentences: Sequence[LinkedSentence] = ()
        self._spans: list[tuple[int, int]] = []  # of each sentence in the document
        self._raw = ""
        self.current = -1
        self._hovered = -1
        self._pressed: QPoint | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setCursorWidth(0)  # the keyboard is at a sentence, which is lit
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self._margin = _Margin(self)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._margin.update())
        theme.changed.connect(self._restyle)
        self._place()

    @property
    def sign(self) -> int:
        """The side of a sign in the margin."""
        return max(18, self._theme.px(1.3))

    # -------------------------------------------------------------- what is shown

    def show_text(self, text: str, *, growing: bool = False) -> None:
        """Show this text without links; a reader at its end stays there while it grows."""
        bar = self.verticalScrollBar()
        follows = growing and bar.maximum() > 0 and bar.value() >= bar.maximum() - 2
        self._raw = text
        self.setPlaceholderText(tr("Reading…") if growing else "")
        if self._spans:
            self.show_links(())
        if self._written.show(text, growing=growing) and follows:
            bar.setValue(bar.maximum())

    def show_links(self, sentences: Sequence[LinkedSentence]) -> None:
        """Link the sentences of the text that is shown."""
        self.sentences = sentences
        self._spans = [self._trim(*self._written.positions(each.start, each.end)) for each in sentences]
        self.current = self._hovered = -1
        self._paint_marks()
        self._margin.update()

    def text(self) -> str:
        """The text as it was given."""
        return self._raw

    def words_of(self, index: int) -> str:
        """The visible words of a sentence."""
        return self._written.visible(*self._spans[index])

    def go_to(self, index: int) -> None:
        """Put the keyboard at a sentence."""
        if not 0 <= index < len(self._spans):
            return
        self.current = index
        cursor = self.textCursor()
        cursor.setPosition(self._spans[index][0])
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        self._paint_marks()
        self.pointed.emit(index)
        if QAccessible.isActive():
            words = f"{self.words_of(index)} {sentence_words(self.sentences[index])}"
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def spans_rect(self, index: int) -> QRect:
        """Where the first line of a sentence stands in the viewport."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._spans[index][0])
        return self.cursorRect(cursor)

    def signs(self) -> list[tuple[int, str]]:
        """The sentences that have a sign in the margin, and its icon."""
        return [(at, sign) for at, each in enumerate(self.sentences) if (sign := sign_of(each))]

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Summary"))
        self.setAccessibleDescription(
            tr("The arrow keys go from sentence to sentence, Enter shows what a sentence rests on.")
        )

    # -------------------------------------------------------------- marks

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        """Without the white space at its ends."""
        document = self.document()
        while start < end and (document.characterAt(start).isspace() or document.characterAt(start) in _BETWEEN):
            start += 1
        while end > start and document.characterAt(end - 1) in _BETWEEN:
            end -= 1
        return start, end

    def _paint_marks(self) -> None:
        selections: list[QTextEdit.ExtraSelection] = []
        if 0 <= self._hovered < len(self._spans) and self._hovered != self.current:
            selections.append(self._selection(self._spans[self._hovered], background="lamp/12"))
        if 0 <= self.current < len(self._spans):
            selections.append(self._selection(self._spans[self.current], background="lamp/24"))
        for span, sentence in zip(self._spans, self.sentences, strict=True):
            for start, end, style, token in doubt_lines(sentence):
                whole = (start, end) == (sentence.start, sentence.end)
                place = span if whole else self._written.positions(start, end)
                selections.append(self._selection(place, underline=(style, token)))
        self.setExtraSelections(selections)

    def _selection(
        self,
        span: tuple[int, int],
        *,
        background: str = "",
        underline: tuple[QTextCharFormat.UnderlineStyle, str] | None = None,
    ) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(span[0])
        cursor.setPosition(span[1], QTextCursor.MoveMode.KeepAnchor)
        form = QTextCharFormat()
        if background:
            form.setBackground(self._theme.color(background))
        if underline is not None:
            form.setUnderlineStyle(underline[0])
            form.setUnderlineColor(self._theme.color(underline[1]))
        selection.cursor = cursor  # type: ignore[attr-defined]
        selection.format = form  # type: ignore[attr-defined]
        return selection

    def sentence_at(self, point: QPoint) -> int:
        """The sentence under a point of the viewport, or -1."""
        position = (
            self.document()
            .documentLayout()
            .hitTest(
                point + QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value()),
                Qt.HitTestAccuracy.ExactHit,
            )
        )
        if position < 0:
            return -1
        return next((at for at, (start, end) in enumerate(self._spans) if start <= position < end), -1)

    # -------------------------------------------------------------- pointer and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._hover(self.sentence_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        point = event.position().toPoint()
        pressed, self._pressed = self._pressed, None
        moved = pressed is None or (point - pressed).manhattanLength() > _DRAG
        if moved or event.button() != Qt.MouseButton.LeftButton or self.textCursor().hasSelection():
            return
        index = self.sentence_at(point)
        if index >= 0:
            self.current = index
            self._paint_marks()
            self.pointed.emit(index)
            self.chosen.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, index: int) -> None:
        if index == self._hovered:
            return
        self._hovered = index
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.IBeamCursor)
        self._paint_marks()
        self.pointed.emit(index if index >= 0 else self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        last = len(self._spans) - 1
        steps = {
            keys.Key_Right: self.current + 1, keys.Key_Down: self.current + 1,
            keys.Key_Left: max(self.current, 1) - 1, keys.Key_Up: max(self.current, 1) - 1,
            keys.Key_Home: 0, keys.Key_End: last,
        }  # fmt: skip
        key = keys(event.key())
        if last >= 0 and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            if key in steps:
                self.go_to(min(max(steps[key], 0), last))
                return
            if key in (keys.Key_Return, keys.Key_Enter, keys.Key_Space) and self.current >= 0:
                self.chosen.emit(self.current)
                return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and self.current < 0 and self._spans:
            self.go_to(0)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.sentence_at(event.pos())
            if index >= 0:
                QToolTip.showText(event.globalPos(), plain(sentence_words(self.sentences[index])), self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    # -------------------------------------------------------------- looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """A margin at the left for the signs, and a column that is not too wide to be read."""
        area = self.contentsRect()
        left = self.sign + SPACE + SPACE // 2
        if self.viewportMargins().left() != left:
            self.setViewportMargins(left, SPACE, 0, 0)
        room = area.width() - left - SPACE - self.verticalScrollBar().sizeHint().width()  # there or not: no jumping
        self.setLineWrapColumnOrWidth(max(80, min(self._style.column, room)))
        self._margin.setGeometry(area.left(), area.top() + SPACE, left, area.height() - SPACE)

    def _restyle(self) -> None:
        self._style = ReadingStyle(self._theme)
        self._written.set_style(self._style)
        sentences, current = self.sentences, self.current
        self.show_links(sentences)
        self.current = current
        self._paint_marks()
        self._place()


class _Margin(QWidget):
    """The signs beside sentences that nothing bears out."""

    def __init__(self, text: SummaryText) -> None:
        super().__init__(text)
        self._text = text

    def paintEvent(self, event: QPaintEvent) -> None:
        text = self._text
        painter = QPainter(self)
        painter.fillRect(event.rect(), text._theme.color("page"))
        for _index, sign, area in self._places():
            text._theme.icon(sign, sign_token(sign), size=text.sign).paint(painter, area)
        painter.end()

    def _places(self) -> list[tuple[int, str, QRect]]:
        """Sentence, sign and place of what is in sight; where several would stand in one line, the gravest."""
        places: dict[int, tuple[int, str, QRect]] = {}
        side = self._text.sign
        for index, sign in self._text.signs():
            line = self._text.spans_rect(index)
            top = line.top() + (line.height() - side) // 2 + 1
            known = places.get(top)
            if -side < top < self.height() and (known is None or GRAVITY[sign] > GRAVITY[known[1]]):
                places[top] = (index, sign, QRect(SPACE // 2, top, side, side))
        return list(places.values())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for index, _sign, area in self._places():
            if area.adjusted(-4, -4, 4, 4).contains(event.position().toPoint()):
                self._text.go_to(index)
                self._text.chosen.emit(index)
                return

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for index, _sign, area in self._places():
                if area.adjusted(-4, -4, 4, 4).contains(event.pos()):
                    words = sentence_words(self._text.sentences[index])
                    QToolTip.showText(event.globalPos(), plain(words), self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

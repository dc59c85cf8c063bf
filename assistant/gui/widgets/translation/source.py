"""The left half of the Translate pane: the text that is typed, or the document that was opened, or why it was not."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTextEdit, QWidget

from assistant.base.errors import AssistantError
from assistant.gui.theme import SPACE
from assistant.gui.widgets.columns_button import ColumnsButton
from assistant.gui.widgets.controls import Elided, IconButton, Label
from assistant.gui.widgets.paper import lay_out_paper
from assistant.gui.widgets.source_editor import SourceEditor
from assistant.gui.widgets.source_states import Problem, Waiting
from assistant.gui.widgets.source_words import notes_words
from assistant.gui.widgets.text_places import UnitIndex
from assistant.gui.widgets.translation.column import TranslationColumn
from assistant.gui.widgets.translation.row_layout import goes_left
from assistant.gui.widgets.translation.units import Side
from assistant.gui.widgets.translation.words import document_line
from assistant.texts import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.core.translation.views import OpenTranslation, SegmentView
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.translation.rows import TranslationRows


_TELLING = 500  # characters that tell from which side a text is written
_MEASURED = 20_000  # characters up to which the lines of the field and of the translation stand beside each other


class TranslateEditor(SourceEditor):
    """The field with its object name ``translateInput``; it knows where the sentences stand that were translated.

    Signals: ``narrowed()`` when its size is another.
    """

    narrowed = Signal()

    def __init__(self, theme: Theme, rows: TranslationRows) -> None:
        super().__init__()
        self.setObjectName("translateInput")
        self._theme = theme
        self._rows = rows
        self._spans: list[tuple[int, int]] = []  # of each segment, in Qt's units; (-1, -1): it is not there (any more)
        rows.pointed.connect(self._light)
        self.viewport().setMouseTracking(True)
        self.cursorPositionChanged.connect(self._moved)
        self.textChanged.connect(self._align)

    def _align(self) -> None:
        """A text that is written from right to left stands at the right; each paragraph keeps its own direction."""
        block, begins = self.document().begin(), ""
        while block.isValid() and len(begins) < _TELLING:
            begins += block.text()[:_TELLING]
            block = block.next()
        sides = Qt.AlignmentFlag
        side = sides.AlignRight if goes_left(begins) else sides.AlignLeft
        option = self.document().defaultTextOption()
        if option.alignment() != side:
            option.setAlignment(side)
            self.document().setDefaultTextOption(option)

    def follow(self, segments: list[SegmentView]) -> None:
        """Find the sentences of a translation in the text."""
        text = self.toPlainText()
        index = UnitIndex(text)
        self._spans = []
        at = 0
        for segment in segments:
            start = text.find(segment.source, at)
            if start < 0:
                self._spans.append((-1, -1))
                continue
            at = start + len(segment.source)
            self._spans.append((index.unit(start), index.unit(at)))
        self._light()

    def row_heights(self, firsts: Sequence[int]) -> list[int]:
        """How tall the rows are here that begin with these segments; empty: not all of them are here."""
        if self.document().characterCount() > _MEASURED:
            return []
        if not firsts or any(number >= len(self._spans) or self._spans[number][0] < 0 for number in firsts):
            return []
        tops, y = [], 0.0
        block = self.document().begin()
        for number in firsts:
            position = self._spans[number][0]
            while block.next().isValid() and block.next().position() <= position:
                y += self.blockBoundingRect(block).height()
                block = block.next()
            line = block.layout().lineForTextPosition(position - block.position())
            tops.append(y + (line.y() if line.isValid() else 0.0))
        tops[0] = 0.0
        return [max(0, round(after - before)) for before, after in pairwise(tops)]

    def segment_at(self, position: int) -> int:
        """The sentence that a position is in or behind, or -1."""
        return next((at for at, (start, end) in enumerate(self._spans) if start <= position <= end), -1)

    def top_segment(self) -> int:
        """The first sentence in sight, or -1."""
        position = self.cursorForPosition(self.viewport().rect().topLeft()).position()
        return next((at for at, (_start, end) in enumerate(self._spans) if end > position), -1)

    def line_of(self, number: int) -> int:
        """The line that a sentence begins in, as the scroll bar counts them; behind the last sentence: how many there
        are; -1: the sentence is not there.
        """
        if number >= len(self._spans):
            last = self.document().lastBlock()
            return last.firstLineNumber() + last.lineCount()
        if self._spans[number][0] < 0:
            return -1
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._spans[number][0])
        block = cursor.block()
        line = block.layout().lineForTextPosition(cursor.positionInBlock())
        return block.firstLineNumber() + (line.lineNumber() if line.isValid() else 0)

    def _moved(self) -> None:
        if self._spans and self.hasFocus():
            number = self.segment_at(self.textCursor().position())
            self._rows.choose(number)
            self._rows.reveal(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._spans and not event.buttons():
            position = self.cursorForPosition(event.position().toPoint()).position()
            self._rows.hover(self.segment_at(position))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._rows.hover(-1)

    def _light(self) -> None:
        selections = []
        for number, token in ((self._rows.hovered, "lamp/12"), (self._rows.current, "lamp/24")):
            if not 0 <= number < len(self._spans) or self._spans[number][0] < 0:
                continue
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(min(self._spans[number][0], self.document().characterCount() - 1))
            cursor.setPosition(
                min(self._spans[number][1], self.document().characterCount() - 1), QTextCursor.MoveMode.KeepAnchor
            )
            form = QTextCharFormat()
            form.setBackground(self._theme.color(token))
            selection.cursor = cursor  # type: ignore[attr-defined]
            selection.format = form  # type: ignore[attr-defined]
            selections.append(selection)
        self.setExtraSelections(selections)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Text to translate"))
        self.setPlaceholderText(tr("Paste or type a text, or drop a file here"))


class TranslationSource(QWidget):
    """A line about the document with its buttons, and below it what there is to read or to write.

    Signals: ``given_up()``: do not wait for the document that is being read, or go on without one that could not be.
    ``columns_chosen(names)``: these columns of the table are to be translated.
    """

    given_up = Signal()
    columns_chosen = Signal(object)

    def __init__(self, theme: Theme, actions: Actions, rows: TranslationRows) -> None:
        super().__init__()
        self.setObjectName("translationSource")
        self._theme = theme
        self._document: OpenTranslation | None = None
        self._titled = True
        self.editor = TranslateEditor(theme, rows)
        self.column = TranslationColumn(theme, rows, Side.SOURCE, "translateSource")
        self.problem = Problem(theme, "translate")
        self.waiting = Waiting("translate")
        self.line = Elided(role="quiet")
        self.line.setObjectName("translateSourceLine")
        self._notes = Label(role="quiet", wrap=True)
        self._notes.setObjectName("translateNotes")
        self.paste = IconButton(theme, actions["translate_paste"], "clipboard-paste", name="translatePaste")
        self.open = IconButton(theme, actions["translate_open"], "folder-open", name="translateOpen")
        self.edit = IconButton(theme, actions["translate_text"], "pencil", name="translateText")
        self.columns = ColumnsButton()
        self.columns.chosen.connect(self.columns_chosen)
        self.stack = QStackedWidget()
        for page in (self.editor, self.column, self.waiting, self.problem):
            self.stack.addWidget(page)
        self._build()
        self.problem.left.connect(self.given_up)
        self.waiting.given_up.connect(self.given_up)
        theme.changed.connect(self._dress)
        self._dress()
        self.show_editor()

    def _build(self) -> None:
        top = self.head = QHBoxLayout()
        top.addWidget(self.line, 1)
        top.addWidget(self.columns)
        for button in (self.edit, self.paste, self.open):
            top.addWidget(button)
        lay_out_paper(self, top, self._notes, self.stack, above=3)

    @property
    def writing(self) -> bool:
        """Whether the field to write in is shown."""
        return self.stack.currentWidget() is self.editor

    @property
    def reading(self) -> bool:
        """Whether the sentences of a document are shown."""
        return self.stack.currentWidget() is self.column

    def show_editor(self) -> None:
        """Show the field to write in."""
        self._show(self.editor)

    def show_column(self, *, editable: bool) -> None:
        """Show the sentences of a document.

        :param editable: they were typed, and can be taken up again.
        """
        self._show(self.column)
        self.edit.setVisible(editable)

    def show_waiting(self, name: str) -> None:
        """A document is being read."""
        self.waiting.show_name(name)
        self._show(self.waiting)

    def show_problem(self, error: AssistantError, name: str) -> None:
        """A document could not be read: say why."""
        self.problem.show_error(error, name)
        self._show(self.problem)

    def show_document(self, document: OpenTranslation | None) -> None:
        """Say what is known about the document or text; None: nothing."""
        self._document = document
        self._name()
        offered = document if document is not None and self.reading else None
        self.columns.show_columns(offered.columns if offered else (), offered.chosen if offered else ())
        words = notes_words(document.notes) if document is not None else ""
        self._notes.setText(words)
        self._notes.setVisible(bool(words))

    def show_title(self, *, there: bool) -> None:
        """Whether an empty half is called what it is for: not beside a tab that says so."""
        self._titled = there
        self._name()

    def _name(self) -> None:
        if self._document is not None:
            self.line.setText(document_line(self._document))
        else:
            self.line.setText(tr("Source") if self._titled else "")

    def focus_text(self) -> None:
        """Put the focus into what is shown."""
        page = self.stack.currentWidget()
        (self.problem.first() if page is self.problem else page).setFocus()

    def _show(self, page: QWidget) -> None:
        self.edit.hide()
        self.stack.setCurrentWidget(page)

    def retranslate(self) -> None:
        for part in (self.editor, self.column, self.problem, self.waiting, self.columns):
            part.retranslate()

    def _dress(self) -> None:
        self.editor.setFont(self._theme.font("reading"))

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * SPACE, 8 * SPACE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.editor.narrowed.emit()

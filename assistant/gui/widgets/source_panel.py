"""The left half of the Summarize pane: the text that is typed, or the document that was opened, or why it was not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QWidget,
)

from assistant.base.errors import AssistantError
from assistant.documents.model import Kind
from assistant.gui.widgets.controls import Elided, IconButton, Label
from assistant.gui.widgets.coverage_bar import CoverageBar
from assistant.gui.widgets.document_view import DocumentView
from assistant.gui.widgets.paper import lay_out_paper
from assistant.gui.widgets.source_editor import SourceEditor
from assistant.gui.widgets.source_states import Problem, Waiting
from assistant.gui.widgets.source_words import document_line, notes_words
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.documents import OpenDocument
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme


class SourcePanel(QWidget):
    """A line about the document with its buttons, and below it what there is to read.

    Signals: ``password_given(password)`` for the document that wants one; ``given_up()``: do not wait for the
    document that is being read, or go on without the one that could not be.
    """

    password_given = Signal(str)
    given_up = Signal()

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("sourcePanel")
        self._theme = theme
        self._document: OpenDocument | None = None
        self._spans: list[tuple[int, int, int]] | None = None  # number and place of what can be covered
        self.editor = SourceEditor()
        self.view = DocumentView(theme)
        self.bar = CoverageBar(theme)
        self.problem = Problem(theme, "source")
        self._waiting = Waiting("source")
        self._line = Elided(role="quiet")
        self._line.setObjectName("sourceLine")
        self._notes = Label(role="quiet", wrap=True)
        self._notes.setObjectName("sourceNotes")
        self.paste = IconButton(theme, actions["summary_paste"], "clipboard-paste", name="summarizePaste")
        self.open = IconButton(theme, actions["summary_open"], "folder-open", name="summarizeOpen")
        self.edit = IconButton(theme, actions["summary_edit"], "pencil", name="summarizeEdit")
        self.stack = QStackedWidget()
        self._build()
        self.bar.place_wanted.connect(self._go_to)
        self.problem.password_given.connect(self.password_given)
        self.problem.left.connect(self.given_up)
        self._waiting.given_up.connect(self.given_up)
        theme.changed.connect(self._dress)
        self._dress()
        self.show_editor()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._line, 1)
        for button in (self.edit, self.paste, self.open):
            top.addWidget(button)
        self._reading = QWidget()
        row = QHBoxLayout(self._reading)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.view, 1)
        row.addWidget(self.bar)
        self.bar.hide()
        for page in (self.editor, self._reading, self._waiting, self.problem):
            self.stack.addWidget(page)
        lay_out_paper(self, top, self._notes, self.stack)

    # -------------------------------------------------------------- what is shown

    @property
    def reading(self) -> bool:
        """Whether a document is shown, and not the field to write in."""
        return self.stack.currentWidget() is self._reading

    def show_editor(self) -> None:
        """Show the field to write in."""
        self.stack.setCurrentWidget(self.editor)
        self._show_line()

    def forget(self) -> None:
        """Let the document go and show the empty field."""
        self._document = None
        self.view.show_document(None)
        self.bar.show_coverage((), (), 0)
        self.show_editor()

    def show_waiting(self, name: str) -> None:
        """A document is being read."""
        self._waiting.show_name(name)
        self.stack.setCurrentWidget(self._waiting)
        self._show_line()

    def show_problem(self, error: AssistantError, name: str) -> None:
        """A document could not be read: say why, and what can be done."""
        self.problem.show_error(error, name)
        self.stack.setCurrentWidget(self.problem)
        self._show_line()
        if self.problem.wants_password and self.isVisible():
            self.problem.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_document(self, document: OpenDocument, *, editable: bool) -> None:
        """Show a document that was read.

        :param editable: it was typed or pasted, and can be taken up again.
        """
        if document is not self._document:
            self._document = document
            self._spans = None
            self.view.show_document(document)
            self.bar.show_coverage((), (), 0)
        self.edit.setVisible(editable)
        self.stack.setCurrentWidget(self._reading)
        self._show_line()

    def know(self, document: OpenDocument | None) -> None:
        """What is typed was read as this document: say how long it is."""
        self._show_line(document)

    def show_coverage(self, coverage: Sequence[float]) -> None:
        """Show which passages a summary covers; empty: none is known."""
        document = self._document
        if document is None:
            return
        if self._spans is None:
            self._spans = [
                (at, each.start, each.end)
                for at, each in enumerate(document.paragraphs)
                if each.kind is not Kind.HEADING  # nobody misses them in a summary
            ]
        known = [(start, end) for at, start, end in self._spans if at < len(coverage)]
        shares = [coverage[at] for at, _start, _end in self._spans if at < len(coverage)]
        self.bar.show_coverage(known, shares, len(document.text))

    def highlight(self, passages: Sequence[tuple[int, int]]) -> None:
        """Light these passages in the text and on the bar."""
        if self.reading:
            self.view.highlight(passages)
            self.bar.highlight(passages)

    def reveal(self, start: int) -> None:
        """Scroll the text to a place."""
        if self.reading:
            self.view.reveal(start)

    def focus_text(self) -> None:
        """Put the focus into what is shown."""
        page = self.stack.currentWidget()
        target = {self._reading: self.view, self.problem: self.problem.first()}.get(page, self.editor)
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def retranslate(self) -> None:
        for part in (self.editor, self.view, self.bar, self.problem, self._waiting):
            part.retranslate()
        self._show_line()

    def _go_to(self, offset: int) -> None:
        document = self._document
        if document is None:
            return
        span = next((each for each in document.paragraphs if each.end > offset), None)
        start = span.start if span is not None else offset
        self.view.highlight([(span.start, span.end)] if span is not None else [])
        self.view.reveal(start)

    def _show_line(self, typed: OpenDocument | None = None) -> None:
        known = typed if not self.reading else self._document
        self._line.setText(document_line(known) if known is not None else tr("Source"))
        words = notes_words(known.notes) if known is not None else ""
        self._notes.setText(words)
        self._notes.setVisible(bool(words))
        if not self.reading:
            self.edit.hide()

    def _dress(self) -> None:
        self.editor.setFont(self._theme.font("reading"))

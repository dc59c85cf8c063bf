"""Puts a translation on the page: its rows, how far it is, what there is to say; both columns keep in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from assistant.core.translation.views import JobState, first_view
from assistant.documents.segments import without_codes
from assistant.gui.widgets.translation.units import seen
from assistant.gui.widgets.translation.words import progress_words, result_line, view_line
from assistant.texts import errors, translations

if TYPE_CHECKING:
    from assistant.base.errors import AssistantError
    from assistant.core.translation.views import OpenTranslation, TranslationView
    from assistant.gui.panes.translate_page import TranslatePage
    from assistant.gui.widgets.translation.panel import TranslationPanel
    from assistant.gui.widgets.translation.rows import TranslationRows
    from assistant.gui.widgets.translation.source import TranslationSource


class Showing(QObject):
    """Which text is where."""

    def __init__(
        self, rows: TranslationRows, source: TranslationSource, result: TranslationPanel, page: TranslatePage
    ) -> None:
        super().__init__(page)
        self._rows, self._source, self._result, self._page = rows, source, result, page
        self._leading = False  # one side is moving the other
        self._stored = False  # a translation of the history is shown
        self._trouble: AssistantError | None = None  # as it was told
        page.arranged.connect(self._use_columns)
        source.stack.currentChanged.connect(lambda _: self._use_columns())
        result.stack.currentChanged.connect(lambda _: self._use_columns())
        rows.shown.connect(self._find_sentences)
        rows.moved.connect(self._rows_moved)
        result.output.scrolled.connect(self._lead_editor)
        source.editor.verticalScrollBar().valueChanged.connect(lambda _: self._lead_rows())
        source.editor.narrowed.connect(self._find_heights)
        self._use_columns()

    # -------------------------------------------------------------- what is shown

    def show_document(self, document: OpenTranslation, target: str) -> None:
        """A document that was opened: its sentences, without a translation yet."""
        views = [first_view(number, each) for number, each in enumerate(document.segments)]
        self._stored = False
        self._rows.show(views, (document.language, target))
        self._source.show_column(editable=False)

    def show_stored(self) -> None:
        """A translation of the history is about to be shown, with its own text."""
        self._stored = True
        self._rows.show((), ("", ""))
        self._source.show_column(editable=False)

    def show_view(self, view: TranslationView) -> None:
        """A translation as far as it is."""
        if view.loading:
            return
        self._rows.update(view.segments, (view.language, view.options.target))
        running = view.state is JobState.RUNNING
        if self._result.empty:
            self._result.show_text()
        if self._stored and view.total:
            self._source.line.setText(view_line(view))
        self._result.progress.show_progress(view.done, view.total, running=running)
        self._result.show_line(result_line(view.segments), marked=len(self._rows.marked))
        self._show_trouble(view)
        self._result.strip.show_there(there=view.done > 0)

    def _show_trouble(self, view: TranslationView) -> None:
        """Why it goes no further, or why nothing came of what was wanted for the sentence at hand."""
        strip, error = self._result.strip, view.error
        if error is not None and error is not self._trouble:
            strip.tell(errors.sentence(error))
        elif error is not None:
            strip.show_line(errors.sentence(error))
        else:
            strip.show_line("" if view.state is JobState.RUNNING else translations.state(view.state.value))
        self._trouble = error

    def clear(self) -> None:
        """Nothing is shown."""
        self._stored = False
        self._rows.show((), ("", ""))

    def source_text(self) -> str:
        """The text that is translated, a line for each row."""
        lines: list[str] = []
        block = -1
        for segment in self._rows.segments:
            words = seen(segment.source, segment.things)[0].replace("\u2028", "\n")
            if segment.block == block:
                lines[-1] += segment.before + words
            else:
                lines.append(segment.lead + segment.before + words)
            lines[-1] += without_codes(segment.after).rstrip()
            if segment.trail:
                lines.append(segment.trail)
            block = segment.block
        return "\n".join(lines)

    def progress(self, view: TranslationView) -> str:
        """How far a translation is."""
        return progress_words(view)

    # -------------------------------------------------------------- keeping in step

    def _use_columns(self) -> None:
        """Which columns are seen, and so share the heights of the rows."""
        page = self._page
        target = not self._result.empty and (not page.narrow or page.view == "result")
        source = self._source.reading and (not page.narrow or page.view == "source")
        self._source.column.use(used=source, leads=source and not target)
        self._result.output.use(used=target, leads=target)
        self._result.editor.show_source(there=page.narrow)

    def _find_sentences(self) -> None:
        if self._source.writing:
            self._source.editor.follow(self._rows.segments)
        self._find_heights()

    def _find_heights(self) -> None:
        """Paragraphs stand beside those in the field."""
        beside = self._source.writing and not self._page.narrow
        firsts = [first for first, _last in self._rows.spans]
        self._rows.set_outside(self._source.editor.row_heights(firsts) if beside else [])

    def _rows_moved(self) -> None:
        """The translation is at another place, or grew; who types is not to be taken from where that is."""
        if not self._source.editor.hasFocus():
            self._lead_editor()

    def _lead_editor(self) -> None:
        """The translation was scrolled: the text in the field goes along."""
        if self._leading or not self._source.writing or not self._rows.spans:
            return
        begin, end = self._lines(self._rows.row)
        if 0 <= begin < end:
            self._leading = True
            self._source.editor.verticalScrollBar().setValue(begin + round(self._rows.above * (end - begin)))
            self._leading = False

    def _lines(self, row: int) -> tuple[int, int]:
        """The first line of a row in the field, and of what follows it; negative: it is not there (any more)."""
        first, last = self._rows.spans[row]
        return self._source.editor.line_of(first), self._source.editor.line_of(last)

    def _lead_rows(self) -> None:
        """The text in the field was scrolled: the translation goes along."""
        if self._leading or not self._source.writing or not self._rows.spans or self._result.empty:
            return
        editor = self._source.editor
        number, line = editor.top_segment(), editor.verticalScrollBar().value()
        if number < 0:
            return
        row = self._rows.row_of(min(number, len(self._rows.segments) - 1))
        begin, end = self._lines(row)
        if begin > line and row > 0:  # what is between two paragraphs belongs to the first
            row -= 1
            begin, end = self._lines(row)
        self._leading = True
        self._rows.go_to(row, min(1.0, max(0.0, (line - begin) / (end - begin))) if 0 <= begin < end else 0.0)
        self._leading = False

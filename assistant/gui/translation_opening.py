"""How a text comes into the Translate pane: typed, pasted, dropped, chosen, an example."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.jobs import Later
from assistant.gui.opening import Kinds, ask_for_document
from assistant.gui.widgets.source_editor import fits
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.translation_views import OpenTranslation
    from assistant.gui.widgets.translation_source import TranslationSource

TYPING_MS = 500
KINDS: Kinds = (
    (lambda: tr("Text documents"), ("docx", "epub")),
    (lambda: tr("Text and Markdown"), ("txt", "md", "markdown", "text")),
    (lambda: tr("Web pages"), ("html", "htm", "xhtml")),
    (lambda: tr("Slides and tables"), ("pptx", "csv", "tsv")),
    (lambda: tr("Subtitles"), ("srt", "vtt")),
    (lambda: tr("Texts of programs"), ("po", "pot", "xliff", "xlf", "json", "yaml", "yml")),
)


class TranslationOpening(QObject):
    """Knows which document or text is open.

    Signals: ``changed()`` when another one is open, or none; ``touched()`` when somebody types;
    ``failed(AssistantError)`` when there was nothing to open.

    :ivar document: the open one; of what is typed it follows a moment later.
    """

    changed = Signal()
    touched = Signal()
    failed = Signal(object)

    def __init__(self, core: Core, panel: TranslationSource, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._panel = panel
        self.document: OpenTranslation | None = None
        self._typed = True  # the text is the user's own and can be edited again
        self._cancel: Callable[[], None] | None = None
        self._asked: dict[str, Any] = {}
        self._then: Callable[[], None] | None = None
        self._started = False  # before that the core reads nothing
        self.reads_typed: Callable[[], bool] = lambda: True  # what is typed is read after a pause
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._read_typed)
        panel.editor.textChanged.connect(self._edited)
        panel.editor.too_long.connect(self.open_text)
        panel.given_up.connect(self.give_up)
        panel.columns_chosen.connect(self.choose_columns)

    @property
    def name(self) -> str:
        """The name of the file that is open or being opened, or an empty string."""
        path = self._asked.get("path")
        return path.name if path is not None else self._asked.get("name", "")

    @property
    def empty(self) -> bool:
        """Whether there is nothing to translate."""
        return self.document is None and self._cancel is None and not self.typed_text

    @property
    def typed_text(self) -> bool:
        """Whether there is a text in the field, and the field is shown."""
        return self._panel.writing and not self._panel.editor.is_empty()

    @property
    def path(self) -> Path | None:
        """The file that is open."""
        return self._asked.get("path")

    def start(self) -> None:
        """The core runs: read what came before that."""
        self._started = True
        if self._cancel is not None:
            self._start(**self._asked)

    # -------------------------------------------------------------- ways in

    def choose(self, window: QWidget, take: Callable[[Path], None]) -> None:
        """Let the user pick a file, and hand it to ``take``."""
        path = ask_for_translatable(window)
        if path is not None:
            take(path)

    def open_file(self, path: Path) -> None:
        """Open a file."""
        self._typed = False
        self._open(None, path=path)

    def choose_columns(self, columns: tuple[str, ...]) -> None:
        """Read the open table again, these columns of it."""
        if self._asked:
            self._drop()
            self._start(**{**self._asked, "columns": columns})

    def open_text(self, text: str) -> None:
        """Read a text that is too long to be edited here."""
        self._typed = fits(text)
        self._open(None, text=text)

    def type(self, text: str) -> None:
        """Put a text into the field."""
        self.new()
        if fits(text):
            self._panel.editor.insert(text)
        else:
            self.open_text(text)

    def paste(self) -> None:
        """Take what is on the clipboard: a file, or a text in place of what is there."""
        mime = QGuiApplication.clipboard().mimeData()
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()] if mime is not None else []
        text = mime.text() if mime is not None and mime.hasText() else ""
        if files:
            self.open_file(files[0])
        elif text.strip():
            self.type(text)
        else:
            self.failed.emit(AssistantError(ErrorKind.INPUT_EMPTY))

    def new(self) -> None:
        """Nothing is open; the field is empty."""
        self._drop()
        self._typed, self._asked = True, {}
        self._fill("")
        self._panel.show_editor()
        self._set(None)

    def look_away(self) -> None:
        """A kept translation is shown, which has its own text."""
        self._drop()
        self._asked = {}
        self.document = None

    def read(self, then: Callable[[], None]) -> None:
        """Have the document ready; then go on. Nothing to read: nothing happens."""
        if self._cancel is not None:
            self._then = then
        elif self.document is not None and self.document.digest and not self._typing.isActive():
            then()
        elif self.typed_text:
            self._then = then
            self._read_typed()

    def give_up(self) -> None:
        """Leave the document that is being read, or that could not be."""
        self._drop()
        self._asked = {}
        self._panel.show_editor()
        self._panel.focus_text()
        self._set(None)

    # -------------------------------------------------------------- inside

    def _fill(self, text: str) -> None:
        """Put ``text`` into the field, as if nobody had typed it."""
        blocked = self._panel.editor.blockSignals(True)
        self._panel.editor.take(text)
        self._panel.editor.blockSignals(blocked)

    def _edited(self) -> None:
        self._drop()
        self._typed, self._asked = True, {}
        self.document = None
        if self._panel.editor.is_empty():
            self._set(None)
        elif self.reads_typed():
            self._typing.start()
        self.touched.emit()

    def _read_typed(self) -> None:
        self._typing.stop()
        if self._panel.editor.guard.composing and self._then is None:
            self._typing.start()
            return
        self._typed = True
        self._start(text=self._panel.editor.toPlainText())

    def _open(self, then: Callable[[], None] | None, **what: Any) -> None:
        self._drop()
        self._then = then
        self._panel.show_waiting(what["path"].name if what.get("path") is not None else "")
        self._start(**what)

    def _start(self, **what: Any) -> None:
        self._asked = what
        cancel = Later()

        def done(result: OpenTranslation | AssistantError) -> None:
            if self._cancel is cancel:
                self._cancel = None
                self._came(result)

        self._cancel = cancel
        if self._started:
            cancel.act = self._core.translations.read(**what, done=done)

    def _came(self, result: OpenTranslation | AssistantError) -> None:
        then, self._then = self._then, None
        if isinstance(result, AssistantError):
            if result.kind is ErrorKind.CANCELLED:
                return
            if self._panel.writing and "path" not in self._asked:  # a text in which there is nothing to translate
                self._set(None)
                if then is not None:
                    self.failed.emit(result)
                return
            self._panel.show_problem(result, self.name)
            self._set(None)
            return
        self._set(result)
        if then is not None:
            then()

    def _set(self, document: OpenTranslation | None) -> None:
        self.document = document
        self.changed.emit()

    def _drop(self) -> None:
        """Wait for nothing any more."""
        self._typing.stop()
        self._then = None
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()


def ask_for_translatable(parent: QWidget) -> Path | None:
    """The system's dialog for one document."""
    return ask_for_document(parent, KINDS)

"""How a document comes into the Summarize pane: typed, pasted, dropped, chosen, an example, out of the history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.jobs import Later
from assistant.gui.drafting import Drafting
from assistant.gui.widgets.source_editor import fits
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.documents import OpenDocument
    from assistant.gui.widgets.source_panel import SourcePanel

TYPING_MS = 700
Kinds = tuple[tuple[Callable[[], str], tuple[str, ...]], ...]
"""Kinds of documents: words for each, and its endings."""

KINDS: Kinds = (
    (lambda: tr("PDF"), ("pdf",)),
    (lambda: tr("Text documents"), ("docx", "odt", "rtf", "epub")),
    (lambda: tr("Text and Markdown"), ("txt", "md", "markdown", "text", "log")),
    (lambda: tr("Web pages and e-mail"), ("html", "htm", "xhtml", "eml")),
    (lambda: tr("Slides and tables"), ("pptx", "xlsx", "csv", "tsv")),
    (lambda: tr("Subtitles"), ("srt", "vtt")),
)


class Opening(QObject):
    """Knows which document is open and shows it in the panel.

    Signals: ``changed()`` when another document is open, or none; ``touched()`` when somebody types;
    ``failed(AssistantError)`` when there was nothing to open.

    :ivar document: the open one; of what is typed it follows a moment later.
    :ivar restored: it is what was typed before the program was last closed, and nobody has touched it since.
    """

    changed = Signal()
    touched = Signal()
    failed = Signal(object)

    def __init__(self, core: Core, panel: SourcePanel, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._panel = panel
        self.document: OpenDocument | None = None
        self.restored = False
        self._typed = True  # the text is the user's own and can be edited again
        self._unfinished = False  # the field, or ``_long``, holds a text that nobody has summarized
        self._long = ""  # such a text that is too long for the field
        self._cancel: Callable[[], None] | None = None
        self._asked: dict[str, Any] = {}  # what the last document was opened with
        self._then: Callable[[], None] | None = None
        self._started = False  # before that the core reads nothing
        self.draft = Drafting(core, self._draft_text, self)
        self.draft.came.connect(self._restore)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._read_typed)
        panel.editor.textChanged.connect(self._edited)
        panel.editor.too_long.connect(self.open_text)
        panel.password_given.connect(self._unlock)
        panel.given_up.connect(self.give_up)

    @property
    def name(self) -> str:
        """The name of the file that is open or being opened, or an empty string."""
        path = self._asked.get("path")
        return path.name if path is not None else ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read."""
        return self.document is None and self._cancel is None and (self._panel.editor.is_empty() or self._panel.reading)

    def start(self) -> None:
        """The core runs: read what came before that."""
        self._started = True
        if self._cancel is not None:
            self._start(**self._asked)
        self.draft.start()

    # -------------------------------------------------------------- ways in

    def choose(self, window: QWidget) -> None:
        """Let the user pick a file."""
        path = ask_for_document(window)
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Open a file; ``then`` is called when it is there."""
        self._typed = False
        self._open(then, path=path)

    def open_text(self, text: str, then: Callable[[], None] | None = None, *, name: str = "") -> None:
        """Read a text that is too long to be edited here, or an example.

        :param name: what it would be called as a file; its ending tells its format.
        """
        self._typed = fits(text)
        self._open(then, text=text, name=name)
        if not name:
            self._unfinished, self._long = True, text
            self.draft.touch()

    def open_stored(self, digest: str, then: Callable[[], None]) -> None:
        """Show a document of the history again."""
        if self.document is not None and self.document.digest == digest:
            self._show(self.document)
            then()
            return
        self._drop()
        self._typed, self._then, self._asked = False, then, {}
        self._panel.show_waiting("")
        done, cancel = self._once()
        self._cancel = cancel
        cancel.act = self._core.documents.stored(digest, done=done)

    def paste(self) -> None:
        """Read what is on the clipboard: a file, or a text in place of what is there."""
        mime = QGuiApplication.clipboard().mimeData()
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()] if mime is not None else []
        text = mime.text() if mime is not None and mime.hasText() else ""
        if files:
            self.open_file(files[0])
        elif text.strip():
            self._clear()
            self._panel.editor.insert(text)
        else:
            self.failed.emit(AssistantError(ErrorKind.INPUT_EMPTY))

    def new(self) -> None:
        """Nothing is open; the field is empty, or has again what was typed before something else was looked at."""
        text = "" if self._shows_own else self._draft_text()
        if text:
            self._take_up(text)
        else:
            self._clear()

    def edit(self) -> None:
        """Take the text of the open document up again."""
        document = self.document
        if document is None or not self.editable:
            return
        text = self._asked.get("text") or document.text
        self._drop()
        self._fill(text)
        self._panel.show_editor()
        self._panel.know(document)
        self._panel.focus_text()

    @property
    def editable(self) -> bool:
        """Whether the open document is a text that can be edited here."""
        return self._panel.reading and self._typed and self.document is not None and fits(self.document.text)

    def read(self, then: Callable[[], None]) -> None:
        """Have the document ready, shown as such; then go on. Nothing to read: nothing happens."""
        if self._cancel is not None:
            self._then = then
        elif self.document is not None and not self._typing.isActive():
            self._show(self.document)
            then()
        elif not self._panel.editor.is_empty():
            self._then = then
            self._read_typed()

    def give_up(self) -> None:
        """Leave the document that is being read, or that could not be."""
        self._drop()
        if self.document is not None and not self._typed:
            self._show(self.document)
        else:
            self._asked = {}  # nor is it called by its name any more
            self._panel.show_editor()
            self._panel.focus_text()
            self._set(self.document)

    def summarized(self) -> None:
        """What is open has become a summary, which keeps its document: no draft is needed any more."""
        if self._shows_own:
            self._unfinished, self._long = False, ""
            self.draft.keep()

    # -------------------------------------------------------------- what is typed and not summarized

    @property
    def _shows_own(self) -> bool:
        """Whether what is typed or pasted is on view, in the field or as a document."""
        in_field = self._panel.stack.currentWidget() is self._panel.editor
        return in_field or ("text" in self._asked and not self._asked.get("name"))

    def _draft_text(self) -> str:
        text = (self._long or self._panel.editor.toPlainText()) if self._unfinished else ""
        return "" if text.isspace() else text

    def _restore(self, text: str) -> None:
        """This was typed before the program was closed. What was opened meanwhile stays on view."""
        if self._draft_text():
            return
        if self.empty:
            self._take_up(text, restored=True)
        else:
            self._hold(text)

    def _take_up(self, text: str, *, restored: bool = False) -> None:
        self._drop()
        self._hold(text)
        self.restored = restored
        self._typed = not self._long
        self._panel.forget()
        self._set(None)
        if self._long:
            self._panel.show_waiting("")
        self._start(text=text)

    def _hold(self, text: str) -> None:
        self._unfinished = True
        self._long = "" if fits(text) else text
        self._fill("" if self._long else text)

    def _fill(self, text: str) -> None:
        """Put ``text`` into the field, as if nobody had typed it."""
        blocked = self._panel.editor.blockSignals(True)
        self._panel.editor.take(text)
        self._panel.editor.blockSignals(blocked)

    def _clear(self) -> None:
        self._drop()
        self._typed = True
        self._unfinished, self._long, self._asked = False, "", {}
        self._fill("")
        self._panel.forget()
        self._set(None)
        self.draft.touch()

    # -------------------------------------------------------------- inside

    def _edited(self) -> None:
        self._drop()
        self._typed = True
        self._unfinished, self._long = True, ""
        self.draft.touch()
        if self._panel.editor.is_empty():
            self._set(None)
        else:
            self._typing.start()
        self.touched.emit()

    def _read_typed(self) -> None:
        self._typing.stop()
        text = self._panel.editor.toPlainText()
        self._typed = True
        self._start(text=text)

    def _open(self, then: Callable[[], None] | None, **what: Any) -> None:
        self._drop()
        self._then = then
        self._panel.show_waiting(what["path"].name if what.get("path") is not None else "")
        self._start(**what)

    def _unlock(self, password: str) -> None:
        asked = dict(self._asked)
        asked.pop("password", None)
        self._open(self._then, **asked, password=password)

    def _start(self, **what: Any) -> None:
        self._asked = what
        done, cancel = self._once()
        self._cancel = cancel
        if self._started:
            cancel.act = self._core.documents.open(**what, done=done)

    def _once(self) -> tuple[Callable[[OpenDocument | AssistantError], None], Later]:
        """What takes the answer unless something else was opened meanwhile."""
        cancel = Later()

        def done(result: OpenDocument | AssistantError) -> None:
            if self._cancel is cancel:
                self._cancel = None
                self._came(result)

        return done, cancel

    def _came(self, result: OpenDocument | AssistantError) -> None:
        then, self._then = self._then, None
        if isinstance(result, AssistantError):
            if result.kind is ErrorKind.CANCELLED:
                return
            if result.kind is ErrorKind.DOCUMENT_ENCRYPTED:
                self._then = then
            self._panel.show_problem(result, self.name)
            self._set(None)
            return
        in_editor = self._panel.stack.currentWidget() is self._panel.editor
        if in_editor and then is None:
            self._panel.know(result)
        else:
            self._show(result)
        self._set(result)
        if then is not None:
            then()

    def _show(self, document: OpenDocument) -> None:
        self._panel.show_document(document, editable=self._typed and fits(document.text))

    def _set(self, document: OpenDocument | None) -> None:
        self.document = document
        self.changed.emit()

    def _drop(self) -> None:
        """Wait for nothing any more."""
        self.restored = False
        self._typing.stop()
        self._then = None
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()


def ask_for_document(parent: QWidget, of: Kinds = KINDS) -> Path | None:
    """The system's dialog for one document of these kinds."""
    every = " ".join(f"*.{ending}" for _words, endings in of for ending in endings)
    kinds = [f"{tr('Documents')} ({every})"]
    kinds += [f"{words()} ({' '.join(f'*.{ending}' for ending in endings)})" for words, endings in of]
    kinds.append(f"{tr('All files')} (*)")
    name, _ = QFileDialog.getOpenFileName(parent, tr("Open a document"), str(Path.home()), ";;".join(kinds))
    return Path(name) if name else None

"""How a document comes into the Summarize pane; also out of the history, and with a password."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from assistant.base.errors import AssistantError
from assistant.gui.documents.file_dialogs import Kinds, ask_for_document
from assistant.gui.documents.opening import Opening
from assistant.gui.widgets.source_editor import fits
from assistant.gui.widgets.source_states import asks_for_password
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.cancel import Cancel
    from assistant.core.core import Core
    from assistant.core.documents import OpenDocument
    from assistant.gui.widgets.source_panel import SourcePanel

KINDS: Kinds = (
    (lambda: tr("PDF"), ("pdf",)),
    (lambda: tr("Text documents"), ("docx", "odt", "rtf", "epub")),
    (lambda: tr("Text and Markdown"), ("txt", "md", "markdown", "text", "log")),
    (lambda: tr("Web pages and e-mail"), ("html", "htm", "xhtml", "eml")),
    (lambda: tr("Slides and tables"), ("pptx", "xlsx", "csv", "tsv")),
    (lambda: tr("Subtitles"), ("srt", "vtt")),
)


class SummaryOpening(Opening):
    """Knows which document is open; its parts are those of a ``SourcePanel``."""

    document: OpenDocument | None

    def __init__(self, core: Core, panel: SourcePanel, parent: QObject) -> None:
        super().__init__(panel, parent, draft=lambda: core.source_draft)
        self._core = core
        panel.password_given.connect(self._unlock)

    def choose(self, window: QWidget) -> None:
        """Let the user pick a file."""
        path = ask_for_document(window, KINDS)
        if path is not None:
            self.open_file(path)

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

    # -------------------------------------------------------------- hooks

    def _request(self, *, done: Callable[[OpenDocument | AssistantError], None], **what: Any) -> Cancel:
        return self._core.documents.open(**what, done=done)

    def _show(self, document: OpenDocument) -> None:
        self._panel.show_document(document, editable=self._typed and fits(document.text))

    def _know(self, document: OpenDocument) -> None:
        self._panel.know(document)

    def _forget(self) -> None:
        self._panel.forget()

    def _refuse(self, error: AssistantError, then: Callable[[], None] | None) -> None:
        if asks_for_password(error):
            self._then = then
        super()._refuse(error, then)

    def _unlock(self, password: str) -> None:
        asked = dict(self._asked)
        asked.pop("password", None)
        self._open(self._then, **asked, password=password)

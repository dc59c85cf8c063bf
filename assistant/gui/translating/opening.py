"""How a text comes into the Translate pane; a table also with the columns that are chosen of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from assistant.base.errors import AssistantError
from assistant.gui.documents.file_dialogs import Kinds, ask_for_document
from assistant.gui.documents.opening import Opening
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.cancel import Cancel
    from assistant.core.core import Core
    from assistant.core.translation.views import OpenTranslation
    from assistant.gui.widgets.translation.source import TranslationSource

KINDS: Kinds = (
    (lambda: tr("Text documents"), ("docx", "epub")),
    (lambda: tr("Text and Markdown"), ("txt", "md", "markdown", "text")),
    (lambda: tr("Web pages"), ("html", "htm", "xhtml")),
    (lambda: tr("Slides and tables"), ("pptx", "csv", "tsv")),
    (lambda: tr("Subtitles"), ("srt", "vtt")),
    (lambda: tr("Texts of programs"), ("po", "pot", "xliff", "xlf", "json", "yaml", "yml")),
)


class TranslationOpening(Opening):
    """Knows which document or text is open; its parts are those of a ``TranslationSource``."""

    document: OpenTranslation | None

    def __init__(self, core: Core, panel: TranslationSource, parent: QObject) -> None:
        super().__init__(panel, parent, draft=lambda: core.translation_draft)
        self._core = core
        panel.columns_chosen.connect(self.choose_columns)

    def choose(self, window: QWidget, take: Callable[[Path], None]) -> None:
        """Let the user pick a file, and hand it to ``take``."""
        path = ask_for_translatable(window)
        if path is not None:
            take(path)

    def choose_columns(self, columns: tuple[str, ...]) -> None:
        """Read the open table again, these columns of it."""
        if self._asked:
            self._drop()
            self._start(**{**self._asked, "columns": columns})

    def look_away(self) -> None:
        """A kept translation is shown, which has its own text."""
        self._drop()
        self._asked = {}
        self.document = None

    # -------------------------------------------------------------- hooks

    def _request(self, *, done: Callable[[OpenTranslation | AssistantError], None], **what: Any) -> Cancel:
        return self._core.translations.read(**what, done=done)

    def _show(self, document: OpenTranslation) -> None:
        """A text that can be edited stays in its field, beside its translation."""
        del document
        if not self.in_field:
            self._panel.show_column(editable=False)

    def _edited(self) -> None:
        self._asked, self.document = {}, None
        super()._edited()

    def _refuse(self, error: AssistantError, then: Callable[[], None] | None) -> None:
        if self._asked.get("columns") and self.document is not None:
            self._asked = self._opened  # these columns cannot be translated: those before can
            self._set(self.document)
            self.failed.emit(error)
            return
        if not self.in_field:
            super()._refuse(error, then)
            return
        self._set(None)  # a text in which there is nothing to translate
        if then is not None:
            self.failed.emit(error)


def ask_for_translatable(parent: QWidget) -> Path | None:
    """The system's dialog for one document."""
    return ask_for_document(parent, KINDS)

"""Writing a summary, or questions and answers, into a file that the user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from assistant.base.errors import AssistantError
from assistant.core.events import Notice, NoticeLevel
from assistant.gui.documents.file_dialogs import ask_where_to_write, file_name
from assistant.gui.widgets.models.words import plain_name
from assistant.texts import errors, tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.documents import OpenDocument
    from assistant.core.summary.views import SummaryView
    from assistant.gui.notices import NoticeBar

FORMATS = {"md": "markdown", "txt": "text", "docx": "docx", "html": "html"}
_KEY = "summary_export"
_Done = Callable[[AssistantError | None], None]


def export_summary(
    core: Core, window: QWidget, notices: NoticeBar, view: SummaryView, *, said: Callable[[str], None]
) -> None:
    """Ask for a file and write the summary into it; ``said`` takes the words that name it."""

    def write(path: Path, form: str, done: _Done) -> None:
        core.summaries.export(view.id, path, form, done)

    _export(ask_for_target(window, view.title), notices, write, said)


def export_questions(
    core: Core, window: QWidget, notices: NoticeBar, document: OpenDocument, *, said: Callable[[str], None]
) -> None:
    """As ``export_summary``, for what was asked about a document and answered."""
    title = tr("Questions about {title}", title=document.title)

    def write(path: Path, form: str, done: _Done) -> None:
        core.asking.export(document.digest, path, form, done, title=title)

    _export(ask_for_target(window, title, tr("Export the answers")), notices, write, said)


def _export(
    path: Path | None, notices: NoticeBar, write: Callable[[Path, str, _Done], None], said: Callable[[str], None]
) -> None:
    if path is None:
        return

    def done(error: AssistantError | None) -> None:
        if error is not None:
            notices.post(Notice(_KEY, NoticeLevel.ERROR, plain_name(errors.sentence(error)), error.detail))
        else:
            notices.clear(_KEY)
            said(tr("Saved as {path}.", path=plain_name(str(path))))

    write(path, FORMATS[path.suffix.lower().removeprefix(".")], done)


def ask_for_target(parent: QWidget, title: str, heading: str = "") -> Path | None:
    """The system's dialog for the file; its ending says the format.

    :param heading: of the dialog.
    """
    kinds = {tr("Markdown"): "md", tr("Plain text"): "txt", tr("Word document"): "docx", tr("Web page"): "html"}
    start = Path.home() / f"{file_name(title)}.md"
    return ask_where_to_write(parent, heading or tr("Export the summary"), start, kinds)

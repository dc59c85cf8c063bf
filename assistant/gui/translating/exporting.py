"""Writing a translation into a file that the user names, in the format of its source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox, QWidget

from assistant.base.errors import AssistantError
from assistant.base.files import same_file
from assistant.core.events import Notice, NoticeLevel
from assistant.gui.documents.file_dialogs import ask_where_to_write, file_name
from assistant.gui.widgets.models.words import plain_name
from assistant.gui.widgets.source_words import format_name
from assistant.texts import errors, lists, tr, translations

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.translation.views import Exported, TranslationView
    from assistant.gui.notices import NoticeBar

_KEY = "translation_export"
_ENDINGS = {"text": "txt", "markdown": "md", "yaml": "yaml", "xliff": "xlf"}  # other formats are called as they end


def export_translation(
    core: Core,
    window: QWidget,
    notices: NoticeBar,
    view: TranslationView,
    *,
    source: Path | None,
    said: Callable[[str], None],
) -> None:
    """Ask for a file and write the translation into it; ``said`` takes the words that name it.

    :param source: the file that was translated, where it is known.
    """
    path = ask_for_target(window, view, source)
    if path is None:
        return

    def done(result: Exported | AssistantError) -> None:
        if isinstance(result, AssistantError):
            notices.post(Notice(_KEY, NoticeLevel.ERROR, plain_name(errors.sentence(result)), result.detail))
        else:
            notices.clear(_KEY)
            saved = tr("Saved as {path}.", path=plain_name(str(path)))
            said(lists.sentences(saved, translations.missing(result.missing)))

    core.translations.export(view.id, path, done)


def target_name(view: TranslationView, source: Path | None) -> str:
    """What the file is called unless the user says otherwise: ``report.zh-Hans.docx``."""
    if source is not None:
        return f"{source.stem}.{view.options.target}{source.suffix}"
    ending = _ENDINGS.get(view.format, view.format or "txt")
    title = view.title.removesuffix(f".{ending}")
    return f"{file_name(title or tr('Translation'))}.{view.options.target}.{ending}"


def ask_for_target(parent: QWidget, view: TranslationView, source: Path | None) -> Path | None:
    """The system's dialog for the file, beside its source; it asks again where that is the source itself."""
    while (path := _chosen(parent, view, source)) is not None and source is not None and same_file(path, source):
        words = tr("“{value}” is the document itself.", value=plain_name(path.name))
        QMessageBox.warning(parent, tr("Export"), f"{words} {tr('Choose another name.')}")
    return path


def _chosen(parent: QWidget, view: TranslationView, source: Path | None) -> Path | None:
    name = target_name(view, source)
    ending = Path(name).suffix.removeprefix(".")
    folder = source.parent if source is not None else Path.home()
    return ask_where_to_write(parent, tr("Export the translation"), folder / name, {format_name(view.format): ending})

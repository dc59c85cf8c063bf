"""What becomes of a translation: it is copied, put into the history, written into a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.base.errors import AssistantError
from assistant.core.events import Notice, NoticeLevel
from assistant.core.translation.translations import LIVE
from assistant.gui.translating.exporting import export_translation
from assistant.gui.translating.segment_actions import copy_text
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.gui.notices import NoticeBar
    from assistant.gui.translating.opening import TranslationOpening
    from assistant.gui.widgets.translation.panel import TranslationPanel


class Keeping(QObject):
    """Works with the translation that is shown; a sentence that is being edited is taken first.

    Signals: ``kept(job)``: what was typed is in the history now as ``job``, to be shown from there;
    ``failed(AssistantError)``.

    :param job: which translation is shown, None: none.
    """

    kept = Signal(int)
    failed = Signal(object)

    def __init__(
        self,
        core: Core,
        result: TranslationPanel,
        opening: TranslationOpening,
        notices: NoticeBar,
        parent: QObject,
        *,
        job: Callable[[], int | None],
    ) -> None:
        super().__init__(parent)
        self._core = core
        self._result = result
        self._opening = opening
        self._notices = notices
        self._job = job

    def copy(self) -> None:
        """Copy the translation."""
        self._result.editor.take()
        job = self._job()
        if job is not None:
            copy_text(self._core.translations.text(job))

    def keep_typed(self) -> None:
        """Put what was typed and translated into the history; the same text takes the place of what was kept of it."""
        self._result.editor.take()
        if self._job() == LIVE:
            self._core.translations.keep_live(self._was_kept)

    def _was_kept(self, result: int | AssistantError) -> None:
        if isinstance(result, AssistantError):
            self.failed.emit(result)
        else:
            self._notices.post(Notice("kept", NoticeLevel.INFO, tr("Kept in the history.")))

    def export(self) -> None:
        """Write the translation into a file like its source."""
        self._result.editor.take()
        job = self._job()
        view = self._core.translations.view(job) if job is not None else None
        if view is not None and job == LIVE:
            self._core.translations.keep_live(self._kept_for_export)
        elif view is not None:
            export_translation(
                self._core, self._result.window(), self._notices, view, source=self._opening.path,
                said=self._result.strip.tell,
            )  # fmt: skip

    def _kept_for_export(self, result: int | AssistantError) -> None:
        """What was typed and translated is in the history now, and can be written into a file."""
        if isinstance(result, AssistantError):
            self.failed.emit(result)
        else:
            self._opening.finished()
            self.kept.emit(result)
            self.export()

"""Translations: the history, the plan before a start, the ones that are being made, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.base.errors import AssistantError
from assistant.core.jobs import Cancel
from assistant.core.translation_views import (
    Alternative,
    MemoryMatch,
    OpenTranslation,
    SegmentView,
    TranslationPlan,
    TranslationRow,
    TranslationView,
)
from assistant.library.models import InstalledModel
from assistant.tasks.translation import TranslateOptions

LIVE = 0
"""The number of the translation of what is being typed, which is not kept: the verbs for segments take it too."""


class Translations:
    """Every method runs on the pumping thread."""

    # ------------------------------------------------------------ opening

    def read(
        self,
        path: Path | None = None,
        *,
        done: Callable[[OpenTranslation | AssistantError], None],
        text: str = "",
        data: bytes = b"",
        name: str = "",
        columns: tuple[str, ...] = (),
    ) -> Cancel:
        """Read a file, a pasted text or the bytes of a file for translation, and call ``done`` once.

        :param name: what it is called, where there is no path; empty: plain text.
        :param columns: of a table: those that are translated; empty: all that hold sentences.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        raise NotImplementedError

    def stored(self, digest: str, *, done: Callable[[OpenTranslation | AssistantError], None]) -> Cancel:
        """Show a document again that was read earlier."""
        raise NotImplementedError

    # ------------------------------------------------------------ before a start

    def plan(
        self,
        digest: str,
        options: TranslateOptions,
        done: Callable[[TranslationPlan | AssistantError], None],
        *,
        model: InstalledModel | None = None,
    ) -> Cancel:
        """Find out what a translation would take, loading the model if need be, and call ``done`` once.

        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        raise NotImplementedError

    # ------------------------------------------------------------ the history

    def rows(self) -> list[TranslationRow]:
        """All translations, the last changed first."""
        raise NotImplementedError

    def search(self, words: str) -> set[int]:
        """Those of ``rows`` that have ``words`` in their title or text, in whatever case."""
        raise NotImplementedError

    def running(self) -> list[int]:
        """The kept translations that are being made now."""
        raise NotImplementedError

    def view(self, job: int) -> TranslationView | None:
        """A translation as far as it is; None: there is none with this id."""
        raise NotImplementedError

    def segment(self, job: int, index: int) -> SegmentView | None:
        """One segment as far as it is; None: it is not there, or not read yet."""
        raise NotImplementedError

    def text(self, job: int) -> str:
        """The translation as plain text, for copying: what has no translation stands as it was."""
        raise NotImplementedError

    # ------------------------------------------------------------ making one

    def start(self, digest: str, options: TranslateOptions, *, model: InstalledModel | None = None) -> int:
        """Begin a translation of an open document; its id. What goes wrong is in its view.

        :raises AssistantError: NO_MODEL; INTERNAL: the document is not open.
        """
        raise NotImplementedError

    def stop(self, job: int) -> None:
        """Stop; what there is stays, and ``go_on`` takes it up again."""
        raise NotImplementedError

    def go_on(self, job: int) -> None:
        """Take up a translation that was stopped or interrupted, without doing a segment twice."""
        raise NotImplementedError

    def remove(self, job: int) -> None:
        """Into the trash, from which ``undo_remove`` brings it back until the program ends."""
        raise NotImplementedError

    def undo_remove(self) -> int | None:
        """Bring back what was removed last; its id, or None when nothing was."""
        raise NotImplementedError

    def export(self, job: int, path: Path, done: Callable[[AssistantError | None], None]) -> Cancel:
        """Write the document in its own format with its translation, and call ``done`` with None or the error.

        What has no translation stands as it was.
        """
        raise NotImplementedError

    # ------------------------------------------------------------ what is being typed

    def live(self, text: str, options: TranslateOptions, *, model: InstalledModel | None = None) -> None:
        """Translate a text that is being typed, in place of the one before it; nothing is kept.

        Segments that are as they were are not translated again, and nothing of an older text comes after this call.
        ``LiveChanged`` and ``TranslationGrew(LIVE, index)`` tell of ``view(LIVE)``. An empty text ends it.
        """
        raise NotImplementedError

    def stop_live(self) -> None:
        """Stop what is being written of it; what there is stays in its view."""
        raise NotImplementedError

    def keep_live(self, done: Callable[[int | AssistantError], None]) -> Cancel:
        """Put it into the history as it is, and call ``done`` with its id there."""
        raise NotImplementedError

    # ------------------------------------------------------------ single segments

    def redo(self, job: int, index: int) -> None:
        """Have the model write one segment again, otherwise than before. Its view tells."""
        raise NotImplementedError

    def edit(self, job: int, index: int, text: str) -> None:
        """Put ``text`` in the place of a target; it is remembered for equal and similar sources."""
        raise NotImplementedError

    def versions(
        self, job: int, index: int, done: Callable[[tuple[str, ...] | AssistantError], None]
    ) -> Cancel:
        """Two more ways to translate one segment; ``done`` is called once. ``use`` takes one."""
        raise NotImplementedError

    def use(self, job: int, index: int, text: str) -> None:
        """Put a version in the place of a target; it is not remembered as an edit is."""
        raise NotImplementedError

    def back(self, job: int, index: int, done: Callable[[str | AssistantError], None]) -> Cancel:
        """Translate the target of one segment back into the language of the source; ``done`` is called once."""
        raise NotImplementedError

    def alternatives(
        self, job: int, index: int, at: int, done: Callable[[tuple[Alternative, ...] | AssistantError], None]
    ) -> Cancel:
        """What the model weighed at character ``at`` of a target, the most probable first; ``done`` is called once."""
        raise NotImplementedError

    def choose(self, job: int, index: int, at: int, text: str) -> None:
        """Keep the target up to ``at``, let ``text`` follow, and have the model write the rest again.

        :param at: of an ``Alternative``, as ``text``.
        """
        raise NotImplementedError

    def near(
        self, job: int, index: int, done: Callable[[tuple[MemoryMatch, ...]], None]
    ) -> Cancel:
        """What was translated by hand and is like the source of one segment, the most alike first."""
        raise NotImplementedError

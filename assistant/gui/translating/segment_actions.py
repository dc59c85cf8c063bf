"""What is done with one sentence of a translation: edited, made again, asked about, taken from the memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Later
from assistant.core.translation.views import SegmentState
from assistant.gui.widgets.clean_text import isolated
from assistant.gui.widgets.translation.strip import VERBS, can_be_worked_with
from assistant.texts import errors, tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.translation.views import Alternative, MemoryMatch, SegmentView, Weighed
    from assistant.gui.actions import Actions
    from assistant.gui.widgets.translation.panel import TranslationPanel
    from assistant.gui.widgets.translation.rows import TranslationRows

_BY_MODEL = (SegmentState.DONE, SegmentState.REDONE, SegmentState.MARKED)


class SegmentActions(QObject):
    """Works with the segment that is current. Answers about another one than the current are dropped.

    Signals: ``failed(AssistantError)``.

    :param job: the translation that is shown, None: none.
    """

    failed = Signal(object)

    def __init__(
        self, core: Core, panel: TranslationPanel, rows: TranslationRows, parent: QObject, *,
        job: Callable[[], int | None],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._core = core
        self._panel = panel
        self._rows = rows
        self._job = job
        self._shown: tuple[int, int] | None = None  # job and number of the segment in the strip
        self._asked: tuple[int, Later] | None = None  # what the strip waits for
        self._weighed: tuple[int, Later] | None = None  # what the popover waits for
        self._near: Later | None = None
        rows.pointed.connect(self._pointed)
        rows.changed.connect(self._renew)
        panel.output.word_wanted.connect(self.weigh)
        panel.output.edit_wanted.connect(self.edit)
        panel.output.menu_wanted.connect(self._menu)
        panel.editor.written.connect(self._written)
        panel.popover.taken.connect(self._choose)
        panel.popover.left.connect(self._left)
        panel.strip.version_taken.connect(self._use)
        panel.strip.match_taken.connect(self._take_match)

    def connect_verbs(self, actions: Actions, current: Callable[[], bool]) -> None:
        """Let the keys and buttons for a sentence mean the current one; ``current``: the pane is shown."""
        self._actions, self._is_current = actions, current
        verbs = {
            "translate_edit": lambda: self.edit(self._rows.current),
            "translate_redo": self.redo,
            "translate_versions": self.versions,
            "translate_back": self.back,
            "translate_next": lambda: self.step_marked(1),
            "translate_previous": lambda: self.step_marked(-1),
        }
        actions.lead(verbs, when=current)

    def show_state(self) -> None:
        """Which verbs can be used."""
        current = self._is_current()
        usable = current and can_be_worked_with(self.segment)
        for verb in VERBS:
            self._actions[verb].setEnabled(usable)
        marked = current and bool(self._rows.marked)
        self._actions["translate_next"].setEnabled(marked)
        self._actions["translate_previous"].setEnabled(marked)

    @property
    def segment(self) -> SegmentView | None:
        """The one that is worked with."""
        number = self._rows.current
        return self._rows.segments[number] if 0 <= number < len(self._rows.segments) else None

    # -------------------------------------------------------------- verbs

    def edit(self, number: int) -> None:
        """Edit a sentence in its place."""
        if 0 <= number < len(self._rows.segments) and can_be_worked_with(self._rows.segments[number]):
            self._panel.popover.close_now()
            self._rows.choose(number)
            self._panel.editor.begin(number)

    def redo(self) -> None:
        """Have the model write the sentence again."""
        at = self._at()
        if at is not None:
            self._panel.strip.say("")
            self._return_to_text()
            self._core.translations.redo(*at)

    def versions(self) -> None:
        """Two more ways to say it."""
        self._ask(tr("Looking for other ways to say it…"), self._core.translations.versions, self._show_versions)

    def back(self) -> None:
        """What the translation says, in the language of the source."""
        self._ask(tr("Translating back…"), self._core.translations.back, self._show_back)

    def step_marked(self, by: int) -> None:
        """Go to the next sentence to check, or to the one before."""
        marked = sorted(self._rows.marked)
        if not marked:
            return
        here = self._rows.current
        at = bisect_right(marked, here) if by > 0 else bisect_left(marked, max(here, 0)) - 1
        self._panel.output.setFocus(Qt.FocusReason.OtherFocusReason)
        self._panel.output.go_to(marked[at % len(marked)])

    def weigh(self, number: int, place: int, area: QRect) -> None:
        """Ask what the model weighed at a word."""
        job = self._job()
        if job is None or self._rows.segments[number].state not in _BY_MODEL:
            return
        self._left()
        self._panel.show_waiting(number, area)
        cancel = Later()
        self._weighed = (number, cancel)

        def weighed(found: Weighed | AssistantError) -> None:
            if self._weighed is None or self._weighed[1] is not cancel or self._panel.popover.isHidden():
                return
            if isinstance(found, AssistantError):
                self._panel.popover.show_problem(errors.sentence(found))
            else:
                self._panel.popover.show_alternatives(found)

        cancel.act = self._core.translations.alternatives(job, number, place, weighed)

    # -------------------------------------------------------------- what comes back

    def _at(self) -> tuple[int, int] | None:
        job = self._job()
        return (job, self._rows.current) if job is not None and can_be_worked_with(self.segment) else None

    def _ask(self, words: str, verb: Callable[..., Callable[[], None]], show: Callable[[object], None]) -> None:
        at = self._at()
        if at is None:
            return
        self.give_up()
        self._panel.strip.say(words)
        cancel = Later()
        self._asked = (at[1], cancel)

        def came(result: object) -> None:
            if self._asked is None or self._asked[1] is not cancel:
                return
            self._asked = None
            if isinstance(result, AssistantError):
                self._panel.strip.say("" if result.kind is ErrorKind.CANCELLED else errors.sentence(result))
            else:
                show(result)

        cancel.act = verb(*at, came)

    def give_up(self) -> bool:
        """Wait for no answer about a sentence; whether one was waited for."""
        asked, self._asked = self._asked, None
        if asked is not None:
            asked[1]()
            self._panel.strip.say("")
        return asked is not None

    @property
    def waiting(self) -> bool:
        """Whether the model is at work on single sentences."""
        job = self._job()
        return job is not None and bool(self._core.translations.requested(job))

    def stop(self) -> bool:
        """Stop what was requested for the sentence at hand, or else for any; whether there was anything."""
        job = self._job()
        waited = self.give_up()
        if job is None:
            return waited
        stop = self._core.translations.stop_request
        return stop(job, self._rows.current) or stop(job) or waited

    def _left(self) -> None:
        """Nobody looks at what the model weighed any more."""
        weighed, self._weighed = self._weighed, None
        if weighed is not None:
            weighed[1]()

    def _show_versions(self, versions: object) -> None:
        assert isinstance(versions, tuple)
        self._panel.strip.show_versions(versions)

    def _show_back(self, text: object) -> None:
        self._panel.strip.say(tr("Back again: {text}", text=isolated(" ".join(str(text).split()))))

    def _written(self, number: int, text: str) -> None:
        job = self._job()
        if job is not None:
            self._core.translations.edit(job, number, text)

    def _use(self, text: str) -> None:
        at = self._at()
        if at is not None:
            self._return_to_text()
            self._core.translations.use(*at, text)

    def _take_match(self, match: MemoryMatch) -> None:
        self._use(match.target)

    def _choose(self, number: int, chosen: Alternative) -> None:
        job = self._job()
        if job is not None:
            self._core.translations.choose(job, number, chosen.at, chosen.text)

    # -------------------------------------------------------------- the strip

    def _return_to_text(self) -> None:
        """A button of the strip that is about to go, or to do nothing for a while, gives the focus to the sentence."""
        if self._panel.strip.isAncestorOf(self._panel.window().focusWidget() or self._panel):
            self._panel.output.setFocus(Qt.FocusReason.OtherFocusReason)

    def _pointed(self) -> None:
        """Another sentence is worked with."""
        job = self._job()
        shown = (job, self._rows.current) if job is not None and self._rows.current >= 0 else None
        if shown == self._shown:
            return
        self._shown = shown
        self.give_up()
        self._panel.strip.show_segment(self.segment)
        near, self._near = self._near, None
        if near is not None:
            near()
        if shown is not None:
            self._look_up(*shown)

    def _look_up(self, job: int, number: int) -> None:
        cancel = self._near = Later()

        def found(matches: tuple[MemoryMatch, ...]) -> None:
            if self._near is cancel:
                target = self._rows.segments[number].target if number < len(self._rows.segments) else ""
                self._panel.strip.show_matches([match for match in matches if match.target != target])

        cancel.act = self._core.translations.near(job, number, found)

    def _renew(self) -> None:
        segment = self.segment
        if segment is not None and self._shown is not None and segment is not self._panel.strip.segment:
            self._panel.strip.renew(segment)
            self.show_state()

    def _menu(self, _number: int, point: QPoint) -> None:
        menu = QMenu(self._panel)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(tr("Copy"))
        copy.triggered.connect(self._panel.output.copy)
        menu.addSeparator()
        for verb in VERBS:
            menu.addAction(self._actions[verb])
        menu.popup(point)


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    if text:
        QGuiApplication.clipboard().setText(text)

"""What the panes that make something of a document have in common: the history at the side, and small things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import Notice, NoticeLevel, Phase
from assistant.gui.panes.pane import Pane
from assistant.gui.widgets.welcome_page import Kind, kind_of
from assistant.texts import errors, trn

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.core.core import Core
    from assistant.gui.documents.opening import Opening
    from assistant.gui.documents.planning import Planning
    from assistant.gui.notices import NoticeBar
    from assistant.gui.widgets.history_list import HistoryList


_STATE_MS = 2000
_OTHERS = "others"  # the key of the notice that of several files one was opened
_NO_MODEL = "no-model"  # the key of a notice that is old once there is one


class DocumentPane(Pane):
    """The parts are the subclass's; it calls ``_connect_history`` when it has made them.

    Signals: ``models_wanted()``: the user wants another model.

    :param history: where the core has what was made (``core.summaries``), once it runs.
    :param samples: the examples; ``name``: the key of notices about what went wrong here.
    """

    models_wanted = Signal()
    list: HistoryList
    result: Any
    opening: Opening
    planning: Planning

    def __init__(
        self, core: Core, notices: NoticeBar, *, name: str, history: Callable[[], Any], samples: Sequence[Any]
    ) -> None:
        super().__init__()
        self._core = core
        self._notices = notices
        self._name = name
        self._unread = False  # what was said last is that something could not be opened
        self._shown = f"{name}_shown"  # in the state file
        self._last: int = core.state.get(self._shown, 0)
        self._history = history
        self._samples = samples
        self._job: int | None = None
        self._started = False  # before that the core has no history
        self._state_timer = QTimer(self)  # what is open, and how, survives also an unclean end
        self._state_timer.setSingleShot(True)
        self._state_timer.setInterval(_STATE_MS)
        self._state_timer.timeout.connect(core.state.flush)

    @property
    def job(self) -> int | None:
        """What is shown of the history, None: nothing."""
        return self._job

    @job.setter
    def job(self, job: int | None) -> None:
        self._job = job
        if self._started:
            self._keep_state(self._shown, job or 0)

    def _keep_state(self, key: str, value: object) -> None:
        """Put a value into the state file, which is written a little later."""
        self._core.state.set(key, value)
        self._state_timer.start()

    # -------------------------------------------------------------- what each does in its own way

    def _chosen(self, job: int) -> None:
        """Open something of the history."""
        raise NotImplementedError

    def _example(self, number: int) -> None:
        raise NotImplementedError

    def _show_job(self) -> None:
        raise NotImplementedError

    def _show_state(self) -> None:
        """What can be done now."""
        raise NotImplementedError

    def delete(self, job: int | None) -> None:
        """Delete something of the history, with a notice to undo it."""
        raise NotImplementedError

    def open_file(self, path: Path) -> None:
        """Open a file, with which something is done when the user wants that."""
        raise NotImplementedError

    def open_one(self, path: Path, others: int) -> None:
        """Open one of several files, and say that so many others are not."""
        self.open_file(path)
        self._say_others(path, others)

    def keep(self) -> None:
        """The window closes: what is typed is kept."""
        raise NotImplementedError

    def view(self) -> Any:
        """What is shown of the history, as the core has it."""
        return self._history().view(self.job) if self._started and self.job is not None else None

    @property
    def _plan_wanted(self) -> bool:
        """A plan takes a model: none is loaded to look at something old, or because the program starts."""
        return self.job is None and not self.opening.restored

    def _connect_history(self) -> None:
        self.opening.changed.connect(self._forget_trouble)
        self.opening.chosen_one.connect(self._say_others)
        self.list.chosen.connect(self._chosen)
        self.list.delete_wanted.connect(self.delete)
        self.list.undo_wanted.connect(self.undo_delete)
        self.result.welcome.example_chosen.connect(self._example)
        self.result.welcome.models_wanted.connect(self.models_wanted)

    # -------------------------------------------------------------- Pane

    def shown(self) -> None:
        if self._started:
            self._take_up()
        self._show_state()

    def search(self) -> None:
        self.list.search.setFocus()
        self.list.search.selectAll()

    def start(self) -> None:
        """The core runs: show what it has, and read what was typed before."""
        self._started = True
        self._show_rows()
        self.opening.start()
        if self.current:
            self._take_up()

    def _stop_elsewhere(self) -> bool:
        """Nothing is being made here: stop loading, or leave the search; False when there was nothing."""
        if self._core.chosen.view.phase is Phase.LOADING:
            self._core.chosen.stop_loading()
            return True
        return self.list.clear_search()

    def _take_up(self) -> None:
        """Show what was shown when the program ended, unless something else was opened meanwhile."""
        last, self._last = self._last, 0
        if last and self.job is None and self.opening.empty and self._history().view(last) is not None:
            self._chosen(last)

    # -------------------------------------------------------------- the history

    def _job_changed(self, job: int) -> None:
        if job == self.job:
            self._show_job()

    def _find(self, words: str, done: Callable[[set[int]], None]) -> None:
        if self._started:
            self._history().search(words, done)
        else:
            done(set())

    def _show_rows(self) -> None:
        if self._started:
            self.list.show_rows(self._history().rows())
            self.list.mark(self.job or None)

    def undo_delete(self) -> None:
        """Bring back what was deleted last."""
        job = self._history().undo_remove()
        if job is not None:
            self._notices.clear("deleted")
            self._show_rows()
            self._chosen(job)

    # -------------------------------------------------------------- small things

    def _kind(self) -> Kind:
        return kind_of(self._core.models.default_for(self._name), known=self._core.models.known)

    def _show_kind(self) -> None:
        self.result.welcome.show_kind(self._kind(), [sample.words() for sample in self._samples])

    def _models_changed(self) -> None:
        self._show_kind()
        if self._core.models.default_for(self._name) is not None:
            self._notices.clear(_NO_MODEL)
        if self._plan_wanted:
            self.planning.want()

    def _say_others(self, path: Path, others: int) -> None:
        if others:
            sentence = trn(
                "Only {name} is opened. Open the other file after that.",
                "Only {name} is opened. Open the other {n} files one at a time.",
                others, name=path.name,
            )  # fmt: skip
            self._notices.post(Notice(_OTHERS, NoticeLevel.INFO, sentence))
        else:
            self._notices.clear(_OTHERS)

    def _forget_trouble(self) -> None:
        """There is something to read now: what was said because there was nothing, or of another, is old."""
        if self._unread and self.opening.document is not None:
            self._notices.clear(self._name)

    def _say_unread(self, error: AssistantError) -> None:
        """A document could not be opened."""
        self._say(error)
        self._unread = True

    def _say(self, error: AssistantError) -> None:
        self._unread = False
        key = _NO_MODEL if error.kind is ErrorKind.NO_MODEL else self._name
        self._notices.post(Notice(key, NoticeLevel.ERROR, errors.sentence(error), error.detail))

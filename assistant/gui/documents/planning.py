"""The plan of a long job before it starts: asked for a moment after something has changed, in words for a card."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import Phase
from assistant.texts import errors, tr

if TYPE_CHECKING:
    from assistant.core.core import Core

PLAN_MS = 150


class Document(Protocol):
    """What can be planned for."""

    @property
    def digest(self) -> str: ...


class Planning(QObject):
    """Asks the core what a job would take. Only the latest wish counts.

    Signals: ``changed()`` when ``words()`` has news.

    :param ask: asks for the plan of a document (its digest) and calls back once; gives what takes it back.
    :param say: a plan in words.
    :ivar plan: what came last, None: nothing is known.
    """

    changed = Signal()

    def __init__(
        self, core: Core, parent: QObject, *,
        ask: Callable[[str, Callable[[Any], None]], Callable[[], None]], say: Callable[[Any], str],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._core = core
        self._request = ask
        self._say = say
        self._document: Document | None = None
        self.plan: Any = None
        self._cancel: Callable[[], None] | None = None
        self._asked: object = None  # what is being waited for
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PLAN_MS)
        self._timer.timeout.connect(self._ask)

    def about(self, document: Document | None, *, wanted: bool) -> None:
        """Another document is open, or none; ``wanted``: its plan is to be shown."""
        self._document, self.plan = document, None
        self.give_up()
        if wanted:
            self.want()

    def want(self) -> None:
        """Something has changed that a plan depends on."""
        self.give_up()
        self._timer.start()
        self.changed.emit()

    def give_up(self) -> None:
        """Wait for no plan."""
        self._timer.stop()
        cancel, self._cancel = self._cancel, None
        self._asked = None
        if cancel is not None:
            cancel()

    def words(self) -> str:
        """What will be done, or why that cannot be told."""
        if self._document is None:
            return ""
        if self._asked is not None or self._timer.isActive():
            loading = self._core.chosen.view.phase is Phase.LOADING
            return tr("Loading the model…") if loading else tr("Planning…")
        plan = self.plan
        if isinstance(plan, AssistantError):
            return "" if plan.kind is ErrorKind.CANCELLED else errors.sentence(plan)
        return self._say(plan) if plan is not None else ""

    def _ask(self) -> None:
        """Without a model there is nothing to be asked."""
        document = self._document
        if document is None or self._core.models.chosen() is None:
            self.changed.emit()
            return
        asked = self._asked = object()

        def planned(plan: Any) -> None:
            if self._asked is asked:
                self._cancel = self._asked = None
                self.plan = plan
                self.changed.emit()

        cancel = self._request(document.digest, planned)
        if self._asked is asked:
            self._cancel = cancel
        self.changed.emit()

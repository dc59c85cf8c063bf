"""The part of the Summarize pane in which one asks about the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.base.errors import AssistantError
from assistant.gui.summarizing.asking import DocumentTalk
from assistant.gui.widgets.ask_panel import AskPanel
from assistant.gui.widgets.composer import Composer
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.documents import OpenDocument
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme


class AskRoom(QObject):
    """Wires the talk to its transcript and its field.

    Signals: ``changed()`` when something else can be done now; ``wanted()`` when what is written is to be asked;
    ``failed(AssistantError)``.
    """

    changed = Signal()
    wanted = Signal()
    failed = Signal(object)

    def __init__(self, core: Core, theme: Theme, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self.talk = DocumentTalk(core, self)
        self._about = ""  # the digest of the document that the question in the field is about
        self._drafts: dict[str, str] = {}
        self.panel = AskPanel(theme, self.talk)
        self.composer = Composer(theme, actions, names="ask")
        self.composer.set_sends_with_enter(core.settings["send_with_enter"])
        transcript = self.panel.transcript
        transcript.regenerate_wanted.connect(lambda _: self._guarded(self.talk.again))
        transcript.retry_wanted.connect(lambda _: self._guarded(self.talk.again))
        transcript.edit_wanted.connect(lambda message: self.composer.set_text(self.talk.question_of(message)))
        self.talk.path_changed.connect(self._talk_changed)
        self.talk.changed.connect(lambda _: self._talk_changed())
        self.composer.send_wanted.connect(self.wanted)
        self.composer.edited.connect(self.changed)
        self.composer.edit_last_wanted.connect(lambda: self.composer.set_text(self.talk.last_question))

    @property
    def ready(self) -> bool:
        """Whether there is a question that can be asked now."""
        return not self.talk.busy and not self.composer.is_empty()

    def begin(self, document: OpenDocument | None) -> None:
        """Another document is open, or none: a question that was not asked stays with its document."""
        self._keep_draft(document.digest if document is not None else "")
        self._guarded(lambda: self.talk.begin(document))
        self.panel.show_document(document.text if document is not None else "")

    def reload(self, digest: str) -> None:
        """What is kept about a document is something else now."""
        if self.talk.digest == digest:
            self._guarded(self.talk.reload)

    def follow(self, document: OpenDocument) -> None:
        """What is typed has become this document: the question in the field is about it."""
        self._about = document.digest

    def _keep_draft(self, digest: str) -> None:
        if digest == self._about:
            return
        draft = "" if self.composer.is_empty() else self.composer.text()
        if self._about and draft:
            self._drafts[self._about] = draft
        kept = self._drafts.pop(digest, "")
        if kept or (self._about and draft):
            self.composer.set_text(kept)
        self._about = digest

    def may_ask(self) -> bool:
        """Whether there is a question; one that has to wait for an answer says so."""
        if self.composer.is_empty():
            return False
        if self.talk.busy:
            self.composer.say_wait()
            return False
        return True

    def ask(self) -> None:
        """Ask what is written in the field, which stays there if it cannot be asked."""
        question = self.composer.text()

        def act() -> None:
            self.talk.ask(question)
            self.composer.take()

        self._guarded(act)

    def last_answer(self) -> str:
        """The text of the last answer."""
        answer = self.talk.answer_of(None)
        return answer.text if answer is not None else ""

    def retranslate(self) -> None:
        self.panel.retranslate()
        self.composer.retranslate()
        self.composer.input.setAccessibleName(tr("Question about the document"))
        self.composer.set_placeholder(tr("Ask about the document"))

    def _talk_changed(self) -> None:
        self.composer.set_busy(self.talk.busy)
        self.changed.emit()

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except AssistantError as error:
            self.failed.emit(error)

"""Deleting with a notice that offers to undo it, and what else the buttons of notices do in the core."""

from __future__ import annotations

from collections.abc import Callable

from assistant.core.chosen import ChosenModel
from assistant.core.conversations import Conversations
from assistant.core.engines import Engines
from assistant.core.events import Notice, NoticeAction, NoticeLevel
from assistant.core.notices import Notices
from assistant.core.remedies import ContextRemedies
from assistant.core.shelf import Shelf
from assistant.core.summary.summaries import Summaries
from assistant.core.translation.translations import Translations


class NoticeActions:
    """Every method runs on the pumping thread.

    :param conversations: and ``summaries``, ``translations``: what there is once the core has started.
    :param remedies: what helps a conversation that has grown too long.
    """

    def __init__(
        self,
        notices: Notices,
        *,
        models: Shelf,
        chosen: ChosenModel,
        engines: Engines,
        remedies: ContextRemedies,
        conversations: Callable[[], Conversations],
        summaries: Callable[[], Summaries],
        translations: Callable[[], Translations],
    ) -> None:
        self._notices = notices
        self._models = models
        self._chosen = chosen
        self._engines = engines
        self._remedies = remedies
        self._conversations = conversations
        self._summaries = summaries
        self._translations = translations

    def delete_conversation(self, conversation: int) -> None:
        """Delete with a notice that offers to undo it; one without a message goes without a word."""
        row = self._conversations().get(conversation)
        self._conversations().delete(conversation)
        if row is not None and row.changed:
            self._notices.deleted(row.title)

    def undo_delete(self) -> int | None:
        """Bring back the conversation that was deleted last; its id."""
        self._notices.clear("deleted")
        return self._conversations().undo_delete()

    def delete_summary(self, job: int) -> None:
        """Delete with a notice that offers to undo it."""
        view = self._summaries().view(job)
        self._summaries().remove(job)
        if view is not None:
            self._notices.deleted(view.title, "summary")

    def delete_translation(self, job: int) -> None:
        """Delete with a notice that offers to undo it."""
        view = self._translations().view(job)
        self._translations().remove(job)
        if view is not None:
            self._notices.deleted(view.title, "translation")

    def act(self, action: NoticeAction, notice: Notice) -> None:
        """Do what a button says. Buttons that only lead somewhere are the face's own."""
        self._notices.clear(notice.key)
        if action is NoticeAction.UNDO_DELETE and notice.subject == "translation":
            self._translations().undo_remove()
        elif action is NoticeAction.UNDO_DELETE and notice.subject:
            self._summaries().undo_remove()
        elif action is NoticeAction.UNDO_DELETE:
            self.undo_delete()
        elif action is NoticeAction.LOAD_ANYWAY:
            model = self._models.get(notice.subject)
            if model is not None:  # it was not removed since
                self._models.load_anyway(model.key)
                self._chosen.load(model)
        elif action is NoticeAction.STOP_LOADING:
            self._engines.stop_loading(notice.subject)
        elif action is NoticeAction.RETRY and notice.subject:
            self._conversations().retry(int(notice.subject))
        elif action is NoticeAction.DROP_OLDEST:
            self._remedies.drop_oldest(int(notice.subject), retry=notice.level is NoticeLevel.ERROR)
        elif action is NoticeAction.ENLARGE_CONTEXT:
            self._remedies.enlarge(int(notice.subject), retry=notice.level is NoticeLevel.ERROR)

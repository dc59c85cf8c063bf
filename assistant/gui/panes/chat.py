"""The chat pane: the conversations at the side, and around the transcript what one says and does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from assistant.base.errors import AssistantError
from assistant.core.events import Notice, NoticeLevel, Phase
from assistant.gui.dialogs import ask_to_open
from assistant.gui.panes.chat_drafts import ChatDrafts
from assistant.gui.panes.chat_page import ChatPage, ConversationSource
from assistant.gui.panes.chat_verbs import ChatVerbs
from assistant.gui.panes.pane import NOT_TAKEN, Pane
from assistant.gui.widgets.composer import Composer
from assistant.gui.widgets.controls import WordButton
from assistant.gui.widgets.conversation_list import ConversationList
from assistant.gui.widgets.transcript.finding import show_found
from assistant.gui.widgets.transcript.view import Transcript
from assistant.gui.widgets.welcome import Welcome
from assistant.gui.widgets.welcome_page import Kind, kind_of
from assistant.storage.rows import MessageHead, Role
from assistant.texts import errors, tr

if TYPE_CHECKING:
    from assistant.core.conversations import Conversations
    from assistant.core.core import Core
    from assistant.core.hits import Hit
    from assistant.gui.actions import Actions
    from assistant.gui.bridge import Bridge
    from assistant.gui.theme import Theme

STATE_MS = 2000
_LAST = "conversation"  # in the state file


class ChatPane(Pane):
    """Wires list, transcript and composer to the conversations of the core.

    Signals:
        usage_shown(Usage or None): for the context meter.
        notice(Notice): something to say at the top of the page. paste_refused(Notice): the same of what is on the
            clipboard, which another pane may take. notice_settled(key): what was said is of the past.
        models_wanted(): the user wants another model.
    """

    usage_shown = Signal(object)
    notice = Signal(object)
    paste_refused = Signal(object)
    notice_settled = Signal(str)
    models_wanted = Signal()

    with_context = True

    def __init__(self, core: Core, bridge: Bridge, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._core = core
        self._theme = theme
        self.verbs = ChatVerbs(self, actions)
        self._started = False
        self._send_at_start = False
        self._context = 0  # of the engine when the usage was last shown
        self.conversation: int | None = None
        self.list = ConversationList(core, theme, actions)
        self.composer = Composer(theme, actions)
        self._instructions = WordButton(actions["instruct"], "chatInstructions")
        self.composer.add_button(self._instructions)
        self.transcript = Transcript(theme)
        self.transcript.buttons.rewrites = True
        self.welcome = Welcome(theme, actions)
        self.side = self.list
        self.page = ChatPage(theme, self.transcript, self.welcome, self.composer)
        self._drafts = ChatDrafts(core, self)
        self._drafts.due.connect(self._keep_draft)
        self._state_timer = QTimer(self)  # which conversation is open survives also an unclean end
        self._state_timer.setSingleShot(True)
        self._state_timer.setInterval(STATE_MS)
        self._state_timer.timeout.connect(core.state.flush)
        self._connect(bridge)
        self.composer.set_sends_with_enter(core.settings["send_with_enter"])
        self._show_kind()
        self._show_messages()

    def _connect(self, bridge: Bridge) -> None:
        bridge.conversations_changed.connect(self._list_changed)
        bridge.path_changed.connect(self._path_changed)
        bridge.message_grew.connect(self._message_grew)
        bridge.message_changed.connect(self._message_changed)
        bridge.usage_changed.connect(self._usage_changed)
        bridge.engine_changed.connect(self._engine_changed)
        bridge.models_changed.connect(self._show_kind)
        bridge.settings_changed.connect(self._settings_changed)
        self.list.chosen.connect(self._chosen)
        self.list.found.connect(self._found)
        self.composer.send_wanted.connect(self.send)
        self.composer.edited.connect(self._edited)
        self.composer.edit_last_wanted.connect(self.edit_last)
        self.composer.refused.connect(self._refused)
        self.composer.editing_ended.connect(self._keep_draft)
        self.welcome.example_chosen.connect(self._send_example)
        self.welcome.models_wanted.connect(self.models_wanted)
        self.verbs.connect_all()
        transcript = self.transcript
        transcript.regenerate_wanted.connect(self.regenerate)
        transcript.edit_wanted.connect(self.edit)
        transcript.continue_wanted.connect(self._continue)
        transcript.retry_wanted.connect(lambda _: self._conversations.retry(self._open_one))
        transcript.switch_wanted.connect(self._switch)
        transcript.link_activated.connect(partial(ask_to_open, self.page))

    # -------------------------------------------------------------- Pane

    def title(self) -> str:
        row = self._conversations.get(self.conversation) if self._started and self.conversation is not None else None
        return row.title if row is not None and row.title else tr("New conversation")

    def shown(self) -> None:
        self._show_busy()

    def run(self) -> None:
        self.send()

    def focus(self) -> None:
        self.composer.input.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def search(self) -> None:
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    def prepare(self) -> None:
        """Make ready, while nobody waits, what an answer will need."""
        self.transcript.preparing.start()

    def retranslate(self) -> None:
        self.list.retranslate()
        self.composer.retranslate()
        self.transcript.retranslate()
        self._show_kind()
        if self.conversation is not None:
            self._show_instructions()
        self.title_changed.emit()

    # -------------------------------------------------------------- which conversation

    def start(self) -> None:
        """The core has opened what is kept: show the last conversation, keep what was typed meanwhile."""
        typed = self.composer.text()
        self._started = True
        self.list.start()
        last = self._core.state.get(_LAST)
        known = isinstance(last, int) and self._conversations.get(last) is not None
        self.open(last if known else self._conversations.create())
        if typed:
            self.composer.set_text(typed)
            self._keep_draft()
        if self._send_at_start:
            self.send()

    def open(self, conversation: int) -> None:
        """Show a conversation."""
        if conversation == self.conversation:
            return
        self._keep_draft()
        self.notice_settled.emit(NOT_TAKEN)
        self.conversation = conversation
        self._core.notices.shown(conversation)
        self._core.state.set(_LAST, conversation)
        self._state_timer.start()
        self.composer.set_text(self._drafts.of(conversation))
        self._drafts.rest()
        self.transcript.reset(ConversationSource(self._conversations, conversation))
        self.list.mark(conversation)
        self._show_instructions()
        self._show_messages()
        self._usage_changed(conversation)
        self.title_changed.emit()

    def new(self) -> None:
        """Begin a conversation; it is kept from its first word on."""
        if self._started:
            self._keep_draft()
            self.list.clear_search()
            self.open(self._conversations.create())
            self.focus()
            self.list_done.emit()

    def rename(self) -> None:
        """Edit the title of the open conversation, in the list."""
        self.list_wanted.emit()
        self.list.rename()

    def instruct(self) -> None:
        """Write down what the open conversation tells the model first."""
        row = self._conversations.get(self._open_one) if self._started else None
        if row is None:
            return
        from assistant.gui.instructions import InstructionsDialog  # noqa: PLC0415 - seldom needed

        model = self._core.models.chosen()
        usual = self._core.system_prompt(model) if model is not None else ""
        dialog = InstructionsDialog(self.page, self._theme, row.system, usual)
        dialog.written.connect(lambda text: self._instruct(row.id, text))
        dialog.open()

    def _instruct(self, conversation: int, text: str) -> None:
        self._conversations.instruct(conversation, text)
        self._show_instructions()

    def _show_instructions(self) -> None:
        row = self._conversations.get(self._open_one)
        own = row is not None and bool(row.system)
        self._instructions.show_words(tr("Custom instructions") if own else tr("Instructions"))

    def delete(self) -> None:
        """Delete the open conversation (with a notice to undo it) and show its neighbour."""
        if not self._started or self.conversation is None or self.list.model.row_of(self.conversation) < 0:
            return
        gone = self.conversation
        neighbour = self.list.neighbour(gone)
        self._drafts.rest()
        self.conversation = None
        self._core.actions.delete_conversation(gone)
        self.open(neighbour if neighbour is not None else self._conversations.create())

    def undo_delete(self) -> None:
        back = self._core.actions.undo_delete() if self._started else None
        if back is not None:
            self.open(back)

    # -------------------------------------------------------------- saying

    def send(self) -> None:
        """Say what is in the composer, or the new wording of the message that is being edited."""
        if self.composer.is_empty():
            return
        if not self._started:
            self._send_at_start = True
            return
        conversation = self.conversation
        if conversation is None:
            return
        if self._conversations.busy(conversation):
            self.composer.say_wait()
            return
        editing, of_answer = self.composer.editing, self.composer.of_answer
        text = self.composer.take()
        self._drafts.rest()
        self.notice_settled.emit(NOT_TAKEN)
        try:
            if editing is None:
                self._drafts.sent(conversation)
                self._conversations.send(conversation, text)
            elif of_answer:
                self._conversations.rewrite(conversation, editing, text)
            else:
                self._conversations.edit(conversation, editing, text)
        except AssistantError as error:
            self._say(error)
        self.transcript.scroll_to_end()

    def stop(self) -> bool:
        """Stop what can be stopped, the nearest first; False when there was nothing."""
        if self.composer.editing is not None:
            self.composer.end_editing()
        elif self.busy():
            self._conversations.stop(self._open_one)
        elif self._core.chosen.view.phase is Phase.LOADING:
            self._core.chosen.stop_loading()
        else:
            return self.list.clear_search()
        return True

    def busy(self) -> bool:
        """Whether an answer is being written in the open conversation."""
        return self._started and self.conversation is not None and self._conversations.busy(self.conversation)

    def heads(self) -> Sequence[MessageHead]:
        """The messages that are shown, oldest first."""
        if not self._started or self.conversation is None:
            return ()
        return self._conversations.path(self.conversation)

    def tells(self, conversation: int) -> bool:
        """Whether the end of this conversation is on the screen, where it says how its last answer ended."""
        return conversation == self.conversation and self.transcript.at_end()

    def regenerate(self, message: int | None = None) -> None:
        """Another answer beside this one, or beside the last."""
        if message is None:
            message = self._last(Role.ASSISTANT)
        if message is not None and not self.busy():
            self._conversations.regenerate(self._open_one, message)
            self.transcript.scroll_to_end()
            self.focus()  # as after sending: who types on writes the next message

    def copy_answer(self) -> None:
        """Copy the text of the last answer."""
        message = self._last(Role.ASSISTANT)
        found = self._conversations.message(self._open_one, message) if message is not None else None
        if found is not None:
            QGuiApplication.clipboard().setText(found.text)

    def edit_last(self) -> None:
        """Take up the last message that was sent."""
        message = self._last(Role.USER)
        if message is not None:
            self.edit(message)

    def edit(self, message: int) -> None:
        """Take up an earlier message or answer in the composer; sending it makes a new branch."""
        found = self._conversations.message(self._open_one, message)
        if found is not None and not self.busy():
            self._keep_draft()
            self.composer.edit(message, found.text, of_answer=found.role is Role.ASSISTANT)

    def keep(self) -> None:
        """The window closes: what is typed is kept."""
        self._keep_draft()

    def _continue(self, message: int) -> None:
        if not self.busy():
            self._conversations.continue_(self._open_one, message)

    def _switch(self, message: int, step: int) -> None:
        versions = self._conversations.siblings(self._open_one, message)
        at = versions.index(message) + step if message in versions else -1
        if 0 <= at < len(versions) and not self.busy():
            self._conversations.switch(self._open_one, versions[at])
            self.transcript.set_current(versions[at])

    def step_version(self, step: int) -> None:
        """Show another version of the message that the keyboard is at, or of the last one that has any."""
        several = [head.id for head in self.heads() if head.siblings > 1]
        if several:
            at = self.transcript.current
            self._switch(at if at in several else several[-1], step)

    # -------------------------------------------------------------- what the core tells

    def _list_changed(self) -> None:
        self.list.refresh()
        self.title_changed.emit()

    def _path_changed(self, conversation: int) -> None:
        if conversation == self.conversation:
            self.transcript.path_changed()
            self._show_messages()

    def _message_grew(self, conversation: int, message: int) -> None:
        if conversation == self.conversation:
            self.transcript.message_grew(message)

    def _message_changed(self, conversation: int, message: int) -> None:
        self.list.model.refresh_busy()
        if conversation == self.conversation:
            self.transcript.message_changed(message)
            self._show_busy()

    def _usage_changed(self, conversation: int) -> None:
        if conversation == self.conversation and self._started:
            draft = "" if self.composer.is_empty() else self.composer.text()
            usage = self._conversations.usage(conversation, draft)
            self.composer.show_usage(usage)
            self.usage_shown.emit(usage)

    def _engine_changed(self) -> None:
        """A model that was loaded says how much fits: news when it is another number. One that writes fills it."""
        context = self._core.chosen.view.context
        if self.conversation is not None and (context != self._context or self.busy()):
            self._context = context
            self._usage_changed(self.conversation)

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if "send_with_enter" in keys:
            self.composer.set_sends_with_enter(self._core.settings["send_with_enter"])

    # -------------------------------------------------------------- inside

    @property
    def _conversations(self) -> Conversations:
        return self._core.conversations

    @property
    def _open_one(self) -> int:
        """The open conversation, where there must be one."""
        if self.conversation is None:
            raise RuntimeError("no conversation is open")
        return self.conversation

    def _last(self, role: Role) -> int | None:
        return next((head.id for head in reversed(self.heads()) if head.role is role), None)

    def _show_messages(self) -> None:
        self.page.show_transcript(bool(self.heads()))
        self._show_busy()

    def _show_busy(self) -> None:
        self.composer.set_busy(self.busy())
        self.transcript.set_busy(self.busy())
        self.verbs.show_state()

    def _show_kind(self) -> None:
        kind = self._kind()
        self.welcome.show_kind(kind)
        if kind is Kind.BASE:
            self.composer.set_placeholder(tr("Write a beginning; the model continues it"))
        else:
            self.composer.set_placeholder(tr("Write a message"))

    def _kind(self) -> Kind:
        return kind_of(self._core.models.chosen(), known=self._core.models.known)

    def _edited(self) -> None:
        self.verbs.show_send()
        self._drafts.touch()

    def _keep_draft(self) -> None:
        self._drafts.rest()
        if self._started and self.conversation is not None:
            if self.composer.editing is None:
                self._drafts.keep(self.conversation, self.composer.text())
            self._usage_changed(self.conversation)

    def _chosen(self, conversation: int) -> None:
        self.open(conversation)
        self.list_done.emit()

    def _found(self, hit: Hit, text: str) -> None:
        """Show what a search found in the open conversation, also in a version that is not shown now."""
        if hit.message is None or hit.row.id != self.conversation:
            return
        if all(head.id != hit.message for head in self.heads()):
            self._conversations.switch(hit.row.id, hit.message)
        show_found(self.transcript, hit.message, text)

    def _send_example(self, number: int) -> None:
        self.composer.set_text(self.welcome.examples[number].text())
        self.send()
        self.focus()

    def _refused(self, sentence: str, pasted: bool) -> None:
        notice = Notice(NOT_TAKEN, NoticeLevel.WARNING, sentence)
        (self.paste_refused if pasted else self.notice).emit(notice)

    def _say(self, error: AssistantError) -> None:
        self.notice.emit(Notice("chat", NoticeLevel.ERROR, errors.sentence(error), error.detail))

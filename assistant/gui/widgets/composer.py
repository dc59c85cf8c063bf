"""Where a person writes: a field that grows, and Send or Stop in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from assistant.core.usage import Usage
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Elided, IconButton, Label, repolish
from assistant.gui.widgets.writing_field import WritingField
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

TEXT_INSIDE = 19  # px from the edge of the card to the text in the field: a line, room, and the field's own margin
MAX_CHARACTERS = 1_000_000
MAX_LINE = 50_000  # the field lays out a line as one piece: longer ones would freeze the window
GROWS_TO = 0.4  # of the height of the page
_SHORT = 4000
WAIT_MS = 5000  # for which the hint says why nothing was sent


class Composer(QFrame):
    """The card at the bottom of the chat.

    :param names: what the object names of its parts begin with.
    :ivar editing: the earlier message that is taken up; ``of_answer``: it is an answer, whose beginning this is.

    Signals:
        send_wanted(): the key or the button; the text is asked for with ``text``.
        edited(): the text changed.
        edit_last_wanted(): Up in the empty field.
        refused(sentence, pasted): something was not taken, and why; ``pasted``: it came from the clipboard.
        editing_ended(): the user gave up editing an earlier message.
    """

    send_wanted = Signal()
    edited = Signal()
    edit_last_wanted = Signal()
    refused = Signal(str, bool)
    editing_ended = Signal()

    def __init__(self, theme: Theme, actions: Actions, *, names: str = "chat") -> None:
        super().__init__()
        self.setObjectName("composerCard")
        self._theme = theme
        self._actions = actions
        self._room = 400
        self._busy = False
        self._waiting_text: str | None = None  # what was typed before an earlier message was taken up
        self.editing: int | None = None
        self.of_answer = False
        self._with_enter = True
        self.input = _Input(self)
        self.input.setObjectName(f"{names}Input")
        look = {"token": "on_lamp", "role": "run"}
        self.send = IconButton(theme, actions["send"], "arrow-up", name=f"{names}Send", **look)
        self.stop = IconButton(theme, actions["stop"], "lamplight-stop", name=f"{names}Stop", **look)
        self._hint = Elided(role="quiet")
        self._chip = Label(role="quiet")
        self.warning = Label(role="danger", wrap=True)
        self.warning.setObjectName("composerWarning" if names == "chat" else f"{names}Warning")
        self._usage = Usage()
        self._waits = QTimer(self)
        self._waits.setSingleShot(True)
        self._waits.setInterval(WAIT_MS)
        self._waits.timeout.connect(self._tell)
        self._build()
        self.input.document().documentLayout().documentSizeChanged.connect(lambda _: self._grow())
        self.input.textChanged.connect(self._changed)
        theme.changed.connect(self._grow)
        self.set_busy(False)

    def _build(self) -> None:
        below = self._below = QHBoxLayout()
        below.setSpacing(SPACE)
        below.addWidget(self._hint, 1)
        below.addWidget(self.send)
        below.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(TEXT_INSIDE - 3, SPACE + 4, SPACE, SPACE)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self._chip)
        layout.addWidget(self.input)
        layout.addWidget(self.warning)
        layout.addLayout(below)
        for label in (self._chip, self._hint, self.warning):
            label.setContentsMargins(2, 0, 0, 0)  # they begin where the text in the field does
        self._chip.hide()
        self.warning.hide()

    def add_button(self, button: QWidget) -> None:
        """Put a button beside the one that sends."""
        self._below.insertWidget(1, button)
        self.setTabOrder(self.input, button)

    # -------------------------------------------------------------- what is written

    def text(self) -> str:
        """What is in the field."""
        return self.input.toPlainText()

    def is_empty(self) -> bool:
        """Whether there is nothing but white space, told without copying a long text."""
        document = self.input.document()
        if document.characterCount() <= 1:
            return True
        return document.characterCount() < _SHORT and not self.text().strip()

    def set_text(self, text: str) -> None:
        """Begin with this text; what was there is gone, also from undo."""
        self.end_editing(restore=False)
        self.input.replace(text)

    def take(self) -> str:
        """The text, which leaves the field (undo brings it back); what waited behind an earlier message comes back."""
        text = self.text()
        if self.editing is not None:
            self.end_editing()
            return text
        cursor = self.input.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.removeSelectedText()
        return text

    def edit(self, message: int, text: str, *, of_answer: bool = False) -> None:
        """Take up an earlier message, or an answer; what was typed so far waits."""
        problem = too_much(text)
        if problem:
            self.refused.emit(problem, False)
            return
        if self.editing is None:
            self._waiting_text = self.text()
        self.editing, self.of_answer = message, of_answer
        self.input.replace(text)
        self.input.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_chip()
        self._chip.show()
        self._tell()

    def end_editing(self, *, restore: bool = True) -> None:
        """Leave an earlier message alone again."""
        if self.editing is None:
            return
        self.editing = None
        self._chip.hide()
        if restore:
            self.input.replace(self._waiting_text or "")
        self._waiting_text = None
        self._tell()
        self.editing_ended.emit()

    # -------------------------------------------------------------- state

    def set_busy(self, busy: bool) -> None:
        """Show Stop instead of Send. A focus that was on the one goes to the other."""
        changed, self._busy = busy != self._busy, busy
        had_focus = self.send.hasFocus() or self.stop.hasFocus()
        self.stop.setVisible(busy)
        self.send.setVisible(not busy)
        if had_focus:
            (self.stop if busy else self.send).setFocus()
        if changed or not self._waits.isActive():  # an answer that goes on is no news
            self._tell()

    def say_wait(self) -> None:
        """Something was to be sent while an answer is being written: say quietly that it waits here."""
        self._hint.setText(tr("Still answering. Your text stays here; Esc stops it."))
        self._waits.start()

    def show_usage(self, usage: Usage) -> None:
        """Warn before something is sent that the model could not read whole."""
        self._usage = usage
        self.warning.setText(over_words(usage))
        self.warning.setVisible(bool(usage.over))
        self.input.setAccessibleDescription(self.warning.text())

    def set_room(self, height: int) -> None:
        """The height of the page: the field takes at most 40 % of it."""
        self._room = height
        self._grow()

    @property
    def sends_with_enter(self) -> bool:
        """Whether Enter alone sends."""
        return self._with_enter

    def set_sends_with_enter(self, sends: bool) -> None:
        self._with_enter = sends
        self._tell()

    def retranslate(self) -> None:
        self.input.setAccessibleName(tr("Message"))
        self.input.setPlaceholderText(tr("Write a message"))
        self._show_chip()
        self.show_usage(self._usage)
        self._tell()

    def _show_chip(self) -> None:
        self._chip.setText(
            tr("Editing an answer: the model continues from its end. Esc leaves it as it was.")
            if self.of_answer
            else tr("Editing an earlier message. Esc leaves it as it was.")
        )

    def set_placeholder(self, text: str) -> None:
        self.input.setPlaceholderText(text)

    def _tell(self) -> None:
        self._waits.stop()
        if self._busy:
            self._hint.setText(tr("Esc stops"))
        elif self._with_enter:
            self._hint.setText(tr("Enter sends · Shift+Enter breaks the line"))
        else:
            self._hint.setText(tr("Ctrl+Enter sends · Enter breaks the line"))

    def _changed(self) -> None:
        self.edited.emit()

    def _grow(self) -> None:
        field = self.input
        line = field.fontMetrics().lineSpacing()
        lines = max(1.0, field.document().documentLayout().documentSize().height())
        margins = round(2 * field.document().documentMargin()) + 2
        most = max(2 * line + margins, round(self._room * GROWS_TO) - 7 * SPACE)
        wanted = round(line * lines) + margins
        field.setFixedHeight(min(wanted, most))
        more = wanted > most
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if more else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        field.setVerticalScrollBarPolicy(policy)

    def _show_focus(self, active: bool) -> None:
        self.setProperty("active", active)
        repolish(self)


class _Input(WritingField):
    """The field itself: its keys, and what may be pasted into it."""

    def __init__(self, card: Composer) -> None:
        super().__init__(margin=2)
        self._card = card
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def replace(self, text: str) -> None:
        """Begin with ``text``, the caret at its end."""
        self.break_lines_for(text, afresh=True)
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and modifiers == Qt.KeyboardModifier.NoModifier and self._card.sends_with_enter:
            if not event.isAutoRepeat():
                self._card.send_wanted.emit()
        elif enter and modifiers == Qt.KeyboardModifier.ControlModifier:
            self._card.send_wanted.emit()  # comes here while the action rests, because an answer is being written
        elif enter and modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            self.insertPlainText("\n")
            self.ensureCursorVisible()
        elif key == Qt.Key.Key_Up and modifiers == Qt.KeyboardModifier.NoModifier and self._card.is_empty():
            self._card.edit_last_wanted.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._card._show_focus(True)

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._card._show_focus(False)

    def insert(self, text: str) -> None:
        problem = too_much(text, self.document().characterCount())
        if problem:
            self._card.refused.emit(problem, True)
        else:
            super().insert(text)


def over_words(usage: Usage) -> str:
    """By how much what is being written does not fit, and what helps; empty while it fits."""
    if not usage.over:
        return ""
    numbers = {"over": f"{usage.over:,}", "context": f"{usage.context:,}"}
    if usage.draft + usage.reserved > usage.context:
        return tr(
            "This text is about {over} tokens longer than the model can read at once ({context}). "
            "Shorten it, or choose a larger context in the settings.",
            **numbers,
        )
    return tr(
        "With this text the conversation is about {over} tokens longer than the model can read at once ({context}). "
        "Shorten it, or begin a new conversation.",
        **numbers,
    )


def too_much(text: str, already: int = 0) -> str:
    """Why ``text`` cannot be pasted into a field that holds ``already`` characters, or an empty string."""
    if len(text) + already > MAX_CHARACTERS:
        return tr(
            "That text has {count} characters, more than a message can hold ({limit}). Paste a part of it.",
            count=f"{len(text):,}",
            limit=f"{MAX_CHARACTERS:,}",
        )
    if len(text) > MAX_LINE and max(map(len, text.splitlines()), default=0) > MAX_LINE:
        return tr(
            "That text has a line of more than {limit} characters, which the input cannot show. "
            "Break it into lines first.",
            limit=f"{MAX_LINE:,}",
        )
    return ""

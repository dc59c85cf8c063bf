"""The one bar at the top of the page: a sentence, at most two actions, details that fold out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAction, QCursor, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from assistant.core.events import Notice, NoticeAction, NoticeLevel
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import IconButton, Label, repolish
from assistant.gui.widgets.flow import Flow
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

INFO_SECONDS = 20
DETAIL_LINES = 8
_ROOM_BESIDE = 56  # in em

ACTION_WORDS: dict[NoticeAction, Callable[[], str]] = {
    NoticeAction.RETRY: lambda: tr("Try again"),
    NoticeAction.UNDO_DELETE: lambda: tr("Undo"),
    NoticeAction.DROP_OLDEST: lambda: tr("Leave out the oldest turns"),
    NoticeAction.ENLARGE_CONTEXT: lambda: tr("Enlarge the context"),
    NoticeAction.OPEN_CHAT: lambda: tr("Begin a conversation"),
    NoticeAction.OPEN_MODELS: lambda: tr("Open the models"),
    NoticeAction.OPEN_SETTINGS: lambda: tr("Open the settings"),
    NoticeAction.LOAD_ANYWAY: lambda: tr("Load anyway"),
    NoticeAction.STOP_LOADING: lambda: tr("Stop loading the model"),
    NoticeAction.SHOW_REPORT: lambda: tr("Show the report"),
    NoticeAction.NEW_CONVERSATION: lambda: tr("New conversation"),
    NoticeAction.GIVE_TOKEN: lambda: tr("Give an access token…"),
}
_ICONS = {
    NoticeLevel.INFO: ("info", "quiet"),
    NoticeLevel.WARNING: ("triangle-alert", "lamp"),
    NoticeLevel.ERROR: ("circle-alert", "danger"),
}


@dataclass(frozen=True)
class Choice:
    """A button of a notice that the window itself posts."""

    words: str
    act: Callable[[], None]


class NoticeBar(QFrame):
    """Shows the newest of the notices that are up, which is about what was just done; the others wait behind it.

    Signals: ``chosen(NoticeAction, Notice)`` when an action was pressed; the notice is then taken down. ``left()``: the
    focus was here when the last notice went.
    """

    chosen = Signal(object, object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("noticeBar")
        self._theme = theme
        self._up: dict[str, Notice] = {}  # the newest last
        self._choices: dict[str, tuple[Choice, ...]] = {}
        self._led_to: tuple[NoticeAction, ...] = ()  # what is on the screen anyway
        self._pointer = QPoint()  # where the mouse was when it was last asked
        self._shown: Notice | None = None
        self._expiry = QTimer(self)
        self._expiry.setSingleShot(True)
        self._expiry.timeout.connect(self._expire)
        self._build()
        theme.changed.connect(self._dress)
        self.retranslate()
        self.hide()

    # -------------------------------------------------------------- what is up

    @property
    def notice(self) -> Notice | None:
        """The notice that is shown."""
        return self._shown

    def post(self, notice: Notice, *choices: Choice) -> None:
        """Put up a notice; one with the same key is replaced.

        :param choices: buttons of the window's own, in place of the notice's actions.
        """
        self._up.pop(notice.key, None)
        self._up[notice.key] = notice
        self._choices[notice.key] = choices
        self._show_first()

    def clear(self, key: str) -> None:
        """Take down the notice with this key, if it is up."""
        if self._up.pop(key, None) is not None:
            self._choices.pop(key, None)
            self._show_first()

    def dismiss(self) -> None:
        """Take down what is shown."""
        if self._shown is not None:
            self.clear(self._shown.key)

    def leave_out(self, *actions: NoticeAction) -> None:
        """Offer no buttons for these actions: where they lead to is shown already."""
        self._led_to = actions
        self._fill()

    def retranslate(self) -> None:
        """Take the words of the current language; a sentence that is up stays as it was said."""
        self.setAccessibleName(tr("Notice"))
        self._close_action.setText(tr("Dismiss"))
        self._close_action.setToolTip(tr("Dismiss (Esc)"))
        self._more_action.setText(tr("Details"))
        self._more_action.setToolTip(tr("Details"))
        self._next_action.setText(tr("Next notice"))
        self._next_action.setToolTip(tr("Next notice"))
        self._copy.setText(tr("Copy"))
        self._copy.setAccessibleName(tr("Copy the details"))
        self._detail.setAccessibleName(tr("Details"))
        self._fill()

    # -------------------------------------------------------------- building

    def _build(self) -> None:
        self._icon = QLabel()
        self._icon.setTextFormat(Qt.TextFormat.PlainText)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._sentence = Label(wrap=True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._count = Label(role="quiet")
        self._next_action, self._more_action, self._close_action = (QAction(self) for _ in range(3))
        self._next_action.triggered.connect(self._show_next)
        self._more_action.triggered.connect(self._toggle_detail)
        self._close_action.triggered.connect(self.dismiss)
        self._next = IconButton(self._theme, self._next_action, "chevron-right")
        self._more = IconButton(self._theme, self._more_action, "chevron-down")
        self._close = IconButton(self._theme, self._close_action, "x")
        self._buttons = [QPushButton(), QPushButton()]
        for index, button in enumerate(self._buttons):
            button.clicked.connect(lambda _=False, index=index: self._choose(index))
        self._detail = QPlainTextEdit()
        self._detail.setReadOnly(True)
        self._detail.setTabChangesFocus(True)
        self._copy = QPushButton()
        self._copy.clicked.connect(self._copy_detail)

        self._actions = Flow()
        self._actions.add(*self._buttons)
        self._line = QHBoxLayout()
        self._line.setSpacing(SPACE)
        self._line.addWidget(self._icon)
        self._line.addWidget(self._sentence, 1)
        for widget in (self._count, self._next, self._more, self._close):
            self._line.addWidget(widget)
        below = QHBoxLayout()
        below.addWidget(self._detail, 1)
        below.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        self._below = QWidget()
        self._below.setLayout(below)
        below.setContentsMargins(0, 0, 0, 0)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(2 * SPACE, SPACE // 2, SPACE, SPACE // 2)
        self._outer.setSpacing(SPACE // 2)
        self._outer.addLayout(self._line)
        self._outer.addWidget(self._below)
        self._beside: bool | None = None
        self._arrange()
        for before, after in pairwise((*self._buttons, self._next, self._more, self._close, self._detail, self._copy)):
            self.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """The actions stand beside the sentence, or below it where that would squeeze it."""
        beside = self.width() >= self._theme.px(_ROOM_BESIDE)
        if beside == self._beside:
            return
        self._beside = beside
        policy = self._actions.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Minimum if beside else QSizePolicy.Policy.Preferred)
        self._actions.setSizePolicy(policy)
        if beside:
            self._outer.removeWidget(self._actions)
            self._line.insertWidget(4, self._actions)
        else:
            self._line.removeWidget(self._actions)
            self._outer.insertWidget(1, self._actions)

    # -------------------------------------------------------------- showing

    def _ordered(self) -> list[Notice]:
        return list(reversed(self._up.values()))

    def _show_first(self) -> None:
        waiting = self._ordered()
        self._show(waiting[0] if waiting else None)

    def _show_next(self) -> None:
        waiting = self._ordered()
        if self._shown in waiting:
            self._show(waiting[(waiting.index(self._shown) + 1) % len(waiting)])

    def _show(self, notice: Notice | None) -> None:
        fresh = notice is not None and (self._shown is None or notice.key != self._shown.key)
        self._shown = notice
        self._expiry.stop()
        if notice is None:
            if self.isAncestorOf(QGuiApplication.focusObject()):  # type: ignore[arg-type]
                self.left.emit()
            self.hide()
            return
        if fresh:
            self._below.hide()
        self._fill()
        self._dress()
        self.show()
        if notice.level is NoticeLevel.INFO:
            self._pointer = QCursor.pos()
            self._expiry.start(INFO_SECONDS * 1000)
        if fresh:
            self._appear()
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def _appear(self) -> None:
        """Fade in, unless the system asks for less motion."""
        if not self.isVisible() or not self._theme.fade_ms():
            return
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", effect)
        fade.setDuration(self._theme.fade_ms())
        fade.setStartValue(0.0)
        fade.setEndValue(1.0)
        fade.finished.connect(lambda: self.setGraphicsEffect(None))  # type: ignore[arg-type]
        fade.start()

    def _fill(self) -> None:
        notice = self._shown
        if notice is None:
            return
        self._sentence.setText(notice.sentence)
        self.setAccessibleDescription(notice.sentence)
        words = self._button_words(notice)
        self._actions.setVisible(bool(words))
        for index, button in enumerate(self._buttons):
            button.setVisible(index < len(words))
            if index < len(words):
                button.setText(words[index])
        several = len(self._up) > 1
        self._count.setVisible(several)
        self._next.setVisible(several)
        waiting = self._ordered()
        self._count.setText(tr("{position} of {all}", position=waiting.index(notice) + 1, all=len(waiting)))
        self._more.setVisible(bool(notice.detail))
        self._detail.setPlainText(notice.detail)

    def _button_words(self, notice: Notice) -> list[str]:
        choices = self._choices.get(notice.key)
        if choices:
            return [choice.words for choice in choices]
        return [ACTION_WORDS[action]() for action in self._actions_of(notice)]

    def _actions_of(self, notice: Notice) -> list[NoticeAction]:
        return [action for action in notice.actions if action not in self._led_to]

    def _dress(self) -> None:
        if self._shown is None:
            return
        icon, token = _ICONS[self._shown.level]
        size = max(18, self._theme.px(1.3))
        self._icon.setPixmap(self._theme.pixmap(icon, token, size))
        self._icon.setContentsMargins(0, (self._close.height() - size) // 2, 0, 0)
        self._detail.setFixedHeight(self._detail.fontMetrics().lineSpacing() * DETAIL_LINES)
        if self.property("level") != self._shown.level.value:
            self.setProperty("level", self._shown.level.value)
            repolish(self)

    def _expire(self) -> None:
        """Good news goes by itself, but not from under somebody's hand. A mouse that only lies there is no hand."""
        focus = QGuiApplication.focusObject()
        pointer, before = QCursor.pos(), self._pointer
        self._pointer = pointer
        pointed = self.underMouse() and pointer != before
        held = pointed or self._below.isVisible() or (isinstance(focus, QWidget) and self.isAncestorOf(focus))
        if held:
            self._expiry.start(INFO_SECONDS * 1000)
        else:
            self.dismiss()

    def _toggle_detail(self) -> None:
        self._below.setVisible(not self._below.isVisible())

    def _copy_detail(self) -> None:
        notice = self._shown
        if notice is not None:
            QGuiApplication.clipboard().setText(f"{notice.sentence}\n\n{notice.detail}")

    def _choose(self, index: int) -> None:
        notice = self._shown
        if notice is None:
            return
        choices = self._choices.get(notice.key, ())
        self.clear(notice.key)
        if choices:
            choices[index].act()
        else:
            self.chosen.emit(self._actions_of(notice)[index], notice)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

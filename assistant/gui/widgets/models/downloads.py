"""The downloads, as a strip at the foot of the page: how far each one is, what it waits for, pause, go on, give up."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from assistant.base.errors import ErrorKind
from assistant.gui.actions import plain
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Elided, IconButton, Label, set_role
from assistant.gui.widgets.models import words
from assistant.gui.widgets.models.parts import ThinBar
from assistant.library.downloads import State
from assistant.texts import errors, lists, tr, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from assistant.gui.theme import Theme
    from assistant.library.downloads import DownloadItem

_RESTING = (State.PAUSED, State.FAILED)
_SHARE = 0.45  # of the page's height, at most
_STILL_SECONDS = 4.0  # without a byte, after which that is said


class DownloadStrip(QFrame):
    """The queue in its order; hidden while it is empty.

    Signals: ``paused(id)``, ``resumed(id)``, ``cancelled(id)``, ``first_wanted(id)``; ``left()`` when the last row is
    gone that had the keyboard.
    """

    paused = Signal(str)
    resumed = Signal(str)
    cancelled = Signal(str)
    first_wanted = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("modelsDownloads")
        self._theme = theme
        self._rows: list[_DownloadRow] = []
        host = QWidget()
        host.setObjectName("scrolled")
        self._column = QVBoxLayout(host)
        self._column.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        self._column.setSpacing(SPACE)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(host)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        self._add_row()
        self.hide()

    def show_items(self, items: Sequence[DownloadItem]) -> None:
        """Show these downloads; those that are done are models now and have no row."""
        shown = [item for item in items if item.state is not State.DONE]
        while len(self._rows) < len(shown):
            self._add_row()
        at_key = next((row for row in self._rows[len(shown) :] if row.has_key()), None)
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(shown))
            if at < len(shown):
                row.show_item(shown[at], first=at == 0)
        self.setVisible(bool(shown))
        self.updateGeometry()
        if at_key is not None:  # it would be at whatever comes next in the window
            if shown:
                self._rows[len(shown) - 1].take_key()
            else:
                self.left.emit()

    def _add_row(self) -> None:
        row = _DownloadRow(self._theme, self, len(self._rows))
        self._rows.append(row)
        self._column.addWidget(row)
        if len(self._rows) > 1:  # a row that is made later would come last in the window's order of keys
            for one, following in pairwise([self._rows[-2].buttons["cancel"], *row.buttons.values()]):
                QWidget.setTabOrder(one, following)

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Downloads"))
        for row in self._rows:
            row.retranslate()

    def sizeHint(self) -> QSize:
        """As tall as its rows, but never so tall that the page above is gone."""
        parent = self.parentWidget()
        most = max(round((parent.height() if parent is not None else 0) * _SHARE), self._theme.px(7))
        wide = max(self.width(), 200)
        wanted = (
            self._column.heightForWidth(wide) if self._column.hasHeightForWidth() else self._column.sizeHint().height()
        )
        return QSize(wide, min(wanted + 2, most))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            QTimer.singleShot(0, self, self.updateGeometry)  # other lines, another height


class _DownloadRow(QWidget):
    """One download. Rows stay and show another one when the queue changes."""

    def __init__(self, theme: Theme, strip: DownloadStrip, at: int) -> None:
        super().__init__()
        self._item: DownloadItem | None = None
        self._grew = (0, time.monotonic())  # how much is here, and since when it is no more than that
        suffix = str(at + 1) if at else ""  # the first one has the plain names
        self._name = Elided(role="strong")
        self._bar = ThinBar(f"modelsProgress{suffix}")
        self._words = Label(role="quiet", wrap=True)
        self._actions = {verb: QAction(self) for verb in ("first", "pause", "resume", "cancel")}
        icons = {"first": "arrow-up", "pause": "pause", "resume": "play", "cancel": "x"}
        self.buttons = {
            verb: IconButton(theme, action, icons[verb], name=f"models{verb.capitalize()}{suffix}")
            for verb, action in self._actions.items()
        }
        signals = {
            "first": strip.first_wanted,
            "pause": strip.paused,
            "resume": strip.resumed,
            "cancel": strip.cancelled,
        }
        for verb, action in self._actions.items():
            action.triggered.connect(lambda _=False, signal=signals[verb]: signal.emit(self._id()))
        top = QHBoxLayout()
        top.setSpacing(SPACE // 2)
        top.addWidget(self._name, 1)
        for button in self.buttons.values():
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(top)
        layout.addWidget(self._bar)
        layout.addWidget(self._words)

    def show_item(self, item: DownloadItem, *, first: bool) -> None:
        """Show how a download stands."""
        fresh = self._item is None or (item.id, item.state) != (self._item.id, self._item.state)
        self._item = item
        if fresh or item.done != self._grew[0]:
            self._grew = (item.done, time.monotonic())
        name = words.plain_name(item.name)
        if self._name.text() != name:
            self._name.setText(name)
        unknown = item.state is State.CONNECTING and not item.done
        self._bar.show_share(-1 if unknown else item.done / item.size if item.size else 0)
        said = progress_words(item, still=time.monotonic() - self._grew[1] >= _STILL_SECONDS)
        if said != self._words.text():
            self._words.setText(said)
            self._bar.setAccessibleName(tr("Progress of {name}", name=name))
            self._bar.setAccessibleDescription(said)
        if fresh:
            set_role(self._words, "danger" if item.state is State.FAILED else "quiet")
            self._show_verb("resume" if item.state in _RESTING else "pause")
            self._name_buttons(name)
        self.buttons["first"].setVisible(not first and item.state is State.QUEUED)

    def has_key(self) -> bool:
        """Is the keyboard here, or will it be once a dialog before the window is gone?"""
        return self.isAncestorOf(self.window().focusWidget())

    def take_key(self) -> None:
        self.buttons["cancel"].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_verb(self, verb: str) -> None:
        """Pause and resume stand in one place; whoever has pressed the one by key is at the other, not at cancel."""
        other = self.buttons["pause" if verb == "resume" else "resume"]
        at_key = self.window().focusWidget() is other
        self.buttons[verb].show()
        if at_key:
            self.buttons[verb].setFocus(Qt.FocusReason.OtherFocusReason)
        other.hide()

    def retranslate(self) -> None:
        if self._item is not None:
            self._words.setText(progress_words(self._item))
            self._name_buttons(words.plain_name(self._item.name))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())

    def _id(self) -> str:
        return self._item.id if self._item is not None else ""

    def _name_buttons(self, name: str) -> None:
        failed = self._item is not None and self._item.state is State.FAILED
        again = tr("Try again: {name}", name=name) if failed else tr("Resume: {name}", name=name)
        names = {
            "first": (tr("Get this one first"), tr("Get this one first: {name}", name=name)),
            "pause": (tr("Pause"), tr("Pause: {name}", name=name)),
            "resume": (tr("Try again") if failed else tr("Resume"), again),
            "cancel": (tr("Cancel the download"), tr("Cancel the download: {name}", name=name)),
        }
        for verb, (short, long) in names.items():
            self._actions[verb].setText(long)
            self._actions[verb].setToolTip(plain(short))


def _why_it_waits(item: DownloadItem) -> str:
    """What is in the way, and what can be done about it, unless that is to try again: this is done by itself."""
    if item.error is None:
        return ""
    by_itself = item.error.kind in (ErrorKind.NET_SERVER, ErrorKind.NET_BUSY)
    return words.plain_name(errors.summary(item.error) if by_itself else errors.sentence(item.error))


def progress_words(item: DownloadItem, *, still: bool = False) -> str:
    """How far a download is, how fast, how long it will take, or what it waits for.

    :param still: nothing has come for a while.
    """
    size = units.size(item.size) if item.size else ""
    amount = tr("{done} of {size}", done=units.size(item.done), size=size) if size else units.size(item.done)
    if item.state is State.QUEUED:
        return " · ".join(part for part in (tr("Waiting for its turn"), amount if item.done else size) if part)
    if item.state is State.CONNECTING:
        return tr("Connecting…")
    if item.state is State.CHECKING:
        return tr("Checking what has come: {amount}", amount=amount)
    if item.state is State.PAUSED:
        return tr("Paused: {amount}", amount=amount)
    if item.state is State.FAILED:
        known = item.error is not None
        return words.plain_name(errors.sentence(item.error)) if known else tr("The download has failed.")
    if item.state is State.WAITING:
        again = tr("Next try in {time}.", time=units.duration(max(1, round(item.wait)))) if item.wait > 0 else ""
        waits = lists.sentences(_why_it_waits(item), again) or tr("Waiting for the connection")
        return " · ".join(part for part in (amount if item.done else "", waits) if part)
    parts = [amount]
    if item.elsewhere:
        parts.append(tr("by another Lamplight, such as one in a terminal"))
    if still and not item.elsewhere:
        parts.append(tr("nothing arrives at the moment"))
    elif item.speed > 0:
        parts.append(tr("{size}/s", size=units.size(item.speed)))
    if item.left >= 0 and not still:
        parts.append(tr("{time} left", time=units.duration(max(1, round(item.left)))))
    if item.source:
        parts.append(words.plain_name(item.source))
    return " · ".join(parts)

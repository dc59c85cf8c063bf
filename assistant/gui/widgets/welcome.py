"""What an empty conversation shows: a friendly line, what this model is, examples that work when clicked, the key."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from assistant.gui.actions import key_name
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, set_role
from assistant.texts import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.library.models import InstalledModel

_LAMP = 56
_WIDTH, _TALL = 36, 30  # in em; a lower page shows no lamp


class Kind(StrEnum):
    """What can be done in an empty conversation."""

    UNKNOWN = "unknown"  # the folder of models has not been read yet
    NONE = "none"
    DEMO = "demo"
    CHAT = "chat"
    BASE = "base"


def kind_of(model: InstalledModel | None, *, known: bool) -> Kind:
    """What can be done with a model; ``known``: the folder of models has been read."""
    if model is None:
        return Kind.NONE if known else Kind.UNKNOWN
    if model.demo:
        return Kind.DEMO
    return Kind.CHAT if model.has_template else Kind.BASE


# The demo model reads English only, whatever the language of the window.
_DEMO_EXAMPLES = (
    "Write a short poem about a lamp in the evening.",
    "Give me three ideas for a rainy Sunday.",
    "Explain in two sentences why the sky is blue.",
)


class Welcome(QScrollArea):
    """The page of an empty conversation.

    Signals: ``example_chosen(text)``; ``models_wanted()``.
    """

    example_chosen = Signal(str)
    models_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        self._actions = actions
        self._kind = Kind.UNKNOWN
        self._lamp = QLabel()
        self._lamp.setTextFormat(Qt.TextFormat.PlainText)
        self._line = Label(role="h1", wrap=True)
        self._about = Label(role="quiet", wrap=True)
        self._get = QPushButton()
        self._get.clicked.connect(self.models_wanted)
        self.examples = [ExampleButton() for _ in range(3)]
        self._keys = Label(role="quiet", wrap=True)
        self._build()
        theme.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        self._column = QWidget()
        inner = QVBoxLayout(self._column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACE)
        for label in (self._lamp, self._line, self._about, self._keys):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inner.addWidget(self._lamp)
        inner.addWidget(self._line)
        inner.addWidget(self._about)
        inner.addWidget(self._get, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addSpacing(SPACE)
        for button in self.examples:
            button.clicked.connect(lambda _=False, button=button: self.example_chosen.emit(button.text()))
            inner.addWidget(button)
        inner.addSpacing(SPACE)
        inner.addWidget(self._keys)
        host = QWidget()
        host.setObjectName("scrolled")
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._column, 1000)
        middle.addStretch(1)
        outer = QVBoxLayout(host)
        outer.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)
        self.setWidget(host)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_kind(self, kind: Kind) -> None:
        """Say what the chosen model is and what can be tried with it."""
        self._kind = kind
        self.retranslate()

    def retranslate(self) -> None:
        lines = {
            Kind.UNKNOWN: (tr("What is on your mind?"), ""),
            Kind.CHAT: (tr("What is on your mind?"), tr("Everything stays on this computer.")),
            Kind.DEMO: (
                tr("Try it out"),
                tr(
                    "This is a small English demo model: enough to look around, too small for real work. "
                    "Everything stays on this computer."
                ),
            ),
            Kind.BASE: (
                tr("This model continues text"),
                tr("It was not made for conversation. Write a beginning, and it goes on from there."),
            ),
            Kind.NONE: (
                tr("No model yet"),
                tr("Lamplight needs a language model. Get one that suits this computer, or drop a file (GGUF) here."),
            ),
        }
        line, about = lines[self._kind]
        self._line.setText(line)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self._get.setText(tr("Get a model…") if self._kind is Kind.NONE else tr("Get a better model…"))
        self._get.setToolTip(self._actions["models"].toolTip())
        self._get.setVisible(self._kind in (Kind.NONE, Kind.DEMO))
        set_role(self._get, "main" if self._kind is Kind.NONE else "")
        examples = self._examples()
        for index, button in enumerate(self.examples):
            button.setVisible(index < len(examples))
            button.setText(examples[index] if index < len(examples) else "")
        self._keys.setText(
            tr("Enter sends, {new} begins anew, {keys} shows all keys.", new=self._key("new"), keys=self._key("keys"))
        )
        self._dress()

    def _examples(self) -> tuple[str, ...]:
        if self._kind is Kind.DEMO:
            return _DEMO_EXAMPLES
        if self._kind is Kind.CHAT:
            return (
                tr("Explain how tides work to a ten-year-old."),
                tr("Write a friendly note that declines an invitation."),
                tr("Give me five ideas for a rainy Sunday."),
            )
        if self._kind is Kind.BASE:
            return (tr("The lighthouse keeper opened the door and saw"), tr("A simple recipe for bread:"))
        return ()

    def _key(self, verb: str) -> str:
        return key_name(self._actions[verb])

    def _dress(self) -> None:
        self._lamp.setPixmap(self._theme.lamp(_LAMP))
        self._lamp.setMinimumHeight(_LAMP)
        self._column.setMaximumWidth(self._theme.px(_WIDTH))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        tall = self.height() >= self._theme.px(_TALL)
        self._lamp.setVisible(tall)
        self._keys.setVisible(tall and self._kind is not Kind.NONE)


class ExampleButton(QPushButton):
    """A button with a sentence, which is shortened where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "example")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # may be narrower than its words

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 10, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.width() - 4 * SPACE - 2 if self.property("role") == "example" else self.width() - 2 * SPACE
        option.text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)  # type: ignore[attr-defined]
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)

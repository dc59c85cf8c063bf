"""What stands where there is no result yet: one page for the panes that work on a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.welcome import ExampleButton, Kind
from assistant.texts import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

_WIDTH = 34  # in em


@dataclass(frozen=True)
class WelcomeWords:
    """What an empty page says.

    :ivar ask: the friendly line; ``ready``: the line once there is a text.
    :ivar chat: about a usual model; ``demo``, ``base``: about these; each with what is promised there.
    :ivar keys: the keys to begin with.
    """

    ask: str
    ready: str
    chat: str
    demo: str
    base: str
    keys: str


class PaneWelcome(QScrollArea):
    """What stands where there is no result: a friendly line, what this model is, examples that work when clicked.

    :param prefix: of the object names; ``words``: what it says, in the current language.

    Signals: ``example_chosen(number)``; ``models_wanted()``.
    """

    example_chosen = Signal(int)
    models_wanted = Signal()

    def __init__(
        self, theme: Theme, actions: Actions, *, prefix: str, words: Callable[[], WelcomeWords], examples: int = 3
    ) -> None:
        super().__init__()
        self._theme = theme
        self._actions = actions
        self._words = words
        self._kind = Kind.UNKNOWN
        self._titles: Sequence[str] = ()
        self._has_document = False
        self._line = Label(role="h2", wrap=True)
        self._about = Label(role="quiet", wrap=True)
        self._get = QPushButton()
        self._get.setObjectName(f"{prefix}GetModel")
        self._get.clicked.connect(self.models_wanted)
        self.examples = [ExampleButton() for _ in range(examples)]
        self._keys = Label(role="quiet", wrap=True)
        self._column = QWidget()
        inner = QVBoxLayout(self._column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACE)
        for label in (self._line, self._about, self._keys):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inner.addWidget(self._line)
        inner.addWidget(self._about)
        inner.addWidget(self._get, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addSpacing(SPACE)
        for number, button in enumerate(self.examples):
            button.setObjectName(f"{prefix}Example{number + 1}")
            button.clicked.connect(lambda _=False, number=number: self.example_chosen.emit(number))
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
        outer.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)
        self.setWidget(host)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.changed.connect(self._fit)
        self._fit()

    def show_kind(self, kind: Kind, titles: Sequence[str]) -> None:
        """Say what the chosen model is, and offer these examples."""
        self._kind, self._titles = kind, titles
        self.retranslate()

    def show_document(self, *, there: bool) -> None:
        """Whether there is a text: then that is what one is told, and no examples."""
        if there != self._has_document:
            self._has_document = there
            self.retranslate()

    def retranslate(self) -> None:
        words = self._words()
        abouts = {
            Kind.UNKNOWN: "",
            Kind.CHAT: words.chat,
            Kind.DEMO: words.demo,
            Kind.BASE: words.base,
            Kind.NONE: tr(
                "Lamplight needs a language model. Get one that suits this computer, or drop a file (GGUF) here."
            ),
        }
        none = self._kind is Kind.NONE
        ready = self._has_document and not none
        if ready:
            self._line.setText(words.ready)
        else:
            self._line.setText(tr("No model yet") if none else words.ask)
        self._about.setText(abouts[self._kind])
        self._about.setVisible(bool(abouts[self._kind]))
        self._get.setText(tr("Get a model…") if none else tr("Get a better model…"))
        self._get.setToolTip(self._actions["models"].toolTip())
        self._get.setVisible(self._kind in (Kind.NONE, Kind.DEMO, Kind.BASE))
        set_role(self._get, "main" if none else "")
        titles = () if none or ready else self._titles
        for number, button in enumerate(self.examples):
            button.setVisible(number < len(titles))
            button.setText(titles[number] if number < len(titles) else "")
        self._keys.setText(words.keys)
        self._keys.setVisible(not none and not ready)

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * SPACE, 8 * SPACE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._column.setMaximumWidth(self._theme.px(_WIDTH))

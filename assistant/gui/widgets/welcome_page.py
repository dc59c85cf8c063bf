"""What the pages have in common that stand where there is nothing yet: a line, what this model is, examples, keys."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.sentence_button import SentenceButton
from assistant.texts import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.core.downloads import Downloads
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.library.models import InstalledModel


_LINES = 3  # of an example at the most


class Kind(StrEnum):
    """What can be done where there is nothing yet."""

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


class WelcomePage(QScrollArea):
    """A friendly line, what the chosen model is, examples that work when clicked, the keys to begin with.

    Signals: ``example_chosen(number)``; ``models_wanted()``.

    :param heading: the role of the line; ``width``: of the column at the most, in em.
    """

    example_chosen = Signal(int)
    models_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions, *, heading: str, width: int, examples: int = 3) -> None:
        super().__init__()
        self._theme = theme
        self._actions = actions
        self._width = width
        self._kind = Kind.UNKNOWN
        self._downloads: Downloads | None = None
        self._coming = False  # a model is on its way
        self._line = Label(role=heading, wrap=True)
        self._about = Label(role="quiet", wrap=True)
        self._get = QPushButton()
        self._get.clicked.connect(self.models_wanted)
        self.examples = [SentenceButton("example", beside=4 * SPACE + 2, lines=_LINES) for _ in range(examples)]
        self._keys = Label(role="quiet", wrap=True)
        self._column = QWidget()
        self._parts = QVBoxLayout(self._column)
        self._build()
        theme.changed.connect(self._fit)

    def _build(self) -> None:
        inner = self._parts
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACE)
        for label in (self._line, self._about, self._keys):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        inner.addWidget(self._line)
        inner.addWidget(self._about)
        inner.addWidget(self._get, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addSpacing(SPACE)
        for number, button in enumerate(self.examples):
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

    def follow(self, downloads: Downloads, changed: SignalInstance) -> None:
        """Say where there is no model yet that one is on its way, as long as that is so.

        :param changed: the signal that ``downloads`` has news.
        """
        self._downloads = downloads
        changed.connect(self._show_coming)
        self._show_coming()

    def _show_coming(self) -> None:
        assert self._downloads is not None
        stopped = self._downloads.stopped()
        coming = any(row.id not in stopped for row in self._downloads.rows())
        if coming != self._coming:
            self._coming = coming
            self.retranslate()

    def retranslate(self) -> None:
        """Take the words of the current language."""
        raise NotImplementedError

    def _show_words(self, line: str, about: str, *, better: bool, titles: Sequence[str]) -> None:
        """Say this of the model, or that there is none; offer these examples, and where ``better`` another model."""
        none = self._kind is Kind.NONE
        get = tr("Get a better model…")
        if none:
            titles = ()
            line, about, get = self._nothing()
        self._line.setText(line)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self._get.setText(get)
        self._get.setToolTip(self._actions["models"].toolTip())
        self._get.setVisible(none or better)
        set_role(self._get, "main" if none else "")
        for number, button in enumerate(self.examples):
            button.setVisible(number < len(titles))
            button.setText(titles[number] if number < len(titles) else "")

    def _nothing(self) -> tuple[str, str, str]:
        """What is said where there is no model: a line, more about it, and the button."""
        if self._coming:
            about = tr("It can be used as soon as it is here. The download goes on in the background.")
            return tr("A model is being downloaded"), about, tr("Show the download")
        about = tr("Lamplight needs a language model. Get one that suits this computer, or drop a file (GGUF) here.")
        return tr("No model yet"), about, tr("Get a model…")

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * SPACE, 8 * SPACE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._column.setMaximumWidth(self._theme.px(self._width))

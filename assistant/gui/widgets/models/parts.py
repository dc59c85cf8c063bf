"""What the pages of the models pane are made of: facts under each other, the verdict."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from assistant.gui.actions import plain
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, dress_list, repolish, set_role, still
from assistant.gui.widgets.models.words import MARKS
from assistant.texts import tr, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.gui.theme import Theme
    from assistant.library.advice import Verdict

CONTEXTS = (2048, 4096, 8192, 16384, 32768, 65536, 131072)
_ICONS = {"well": "check", "tight": "triangle-alert", "no": "circle-alert", "unknown": "info"}
_NAMES = 9  # in em
_LONG_WORD = re.compile(r"[^\s/\\\-\u3000-\u9fff\uff00-\uffef]{41,}")  # between Chinese characters a line may end
_ENDS = 16  # characters


class Facts(QWidget):
    """Names and values under each other; what has no value has no line. A word that no line could hold, like a file's
    name that is a hash, is shown by its ends, and as a whole when it is pointed at.

    :param names: of each fact, in the current language.
    """

    def __init__(self, theme: Theme, names: dict[str, Callable[[], str]]) -> None:
        super().__init__()
        self._theme = theme
        self._names = names
        self._lines: dict[str, tuple[Label, Label]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * SPACE)
        self._grid.setVerticalSpacing(SPACE // 2)
        self._grid.setColumnStretch(1, 1)
        for row, key in enumerate(names):
            name, value = Label(role="quiet"), Label(wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)
            self._lines[key] = (name, value)
        theme.changed.connect(self._measure)
        self._measure()
        self.retranslate()

    def show_values(self, **values: str) -> None:
        """Show these values; a fact that is not named keeps its own."""
        for key, text in values.items():
            for label in self._lines[key]:
                label.setVisible(bool(text))
            shown = _LONG_WORD.sub(lambda word: f"{word[0][:_ENDS]}…{word[0][-_ENDS:]}", text)
            self._lines[key][1].setText(shown)
            self._lines[key][1].setToolTip(plain(text) if shown != text else "")

    def value(self, key: str) -> str:
        return self._lines[key][1].text()

    def retranslate(self) -> None:
        for key, words in self._names.items():
            self._lines[key][0].setText(words())

    def _measure(self) -> None:
        self._grid.setColumnMinimumWidth(0, self._theme.px(_NAMES))


class VerdictCard(QFrame):
    """Whether a model fits this computer, in one sentence, and the context that this holds for.

    Signals: ``context_chosen(tokens)`` when the user wants to know it for another context.
    """

    context_chosen = Signal(int)

    def __init__(self, theme: Theme, *, with_context: bool = True) -> None:
        super().__init__()
        set_role(self, "verdict")
        self._theme = theme
        self._grade = "unknown"
        self._icon = QLabel()
        self._icon.setTextFormat(Qt.TextFormat.PlainText)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.sentence = Label(wrap=True)
        self._for = Label(role="quiet")
        self.context = QComboBox()
        for tokens in CONTEXTS:
            self.context.addItem("", tokens)
        self.context.activated.connect(lambda index: self.context_chosen.emit(self.context.itemData(index)))
        dress_list(self.context)
        still(self.context)
        self._for.setBuddy(self.context)
        below = QHBoxLayout()
        below.setSpacing(SPACE)
        below.addWidget(self._for)
        below.addWidget(self.context)
        below.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(SPACE)
        words.addWidget(self.sentence)
        words.addLayout(below)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE + 4, 2 * SPACE, SPACE + 4)
        layout.setSpacing(SPACE + 4)
        layout.addWidget(self._icon)
        layout.addLayout(words, 1)
        self._with_context = with_context
        self._for.setVisible(with_context)
        self.context.setVisible(with_context)
        theme.changed.connect(self._dress)
        self.retranslate()
        self._dress()

    def show_verdict(self, verdict: Verdict, sentence: str) -> None:
        """Show what was found out, and for which context, where that matters."""
        self.show_words(verdict.grade.value, sentence)
        self.show_context(verdict.context)
        asked = self._with_context and (verdict.grade.value != "no" or verdict.cause in ("memory", "disk"))
        for widget in (self._for, self.context):
            widget.setVisible(asked)

    def show_words(self, grade: str, sentence: str) -> None:
        """Show a sentence in the colours of a grade: well, tight, no or unknown."""
        self._grade = grade if grade in MARKS else "unknown"
        self.sentence.setText(sentence)
        self._dress()

    def show_context(self, tokens: int) -> None:
        at = self.context.findData(tokens)
        if at < 0 and tokens > 0:
            self.context.addItem(units.tokens(tokens), tokens)
            at = self.context.count() - 1
        if at >= 0:
            self.context.setCurrentIndex(at)

    def retranslate(self) -> None:
        self._for.setText(tr("For a context of"))
        self.context.setAccessibleName(tr("For a context of"))
        for at in range(self.context.count()):
            self.context.setItemText(at, units.tokens(self.context.itemData(at)))

    def _dress(self) -> None:
        size = max(18, self._theme.px(1.3))
        color = {"edge": "quiet"}.get(MARKS[self._grade], MARKS[self._grade])
        self._icon.setPixmap(self._theme.pixmap(_ICONS[self._grade], color, size))
        if self.property("grade") != self._grade:
            self.setProperty("grade", self._grade)
            repolish(self)


class ThinBar(QProgressBar):
    """How far something is, as a thin bar without words of its own."""

    STEPS = 1000

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextVisible(False)
        self.setRange(0, self.STEPS)
        set_role(self, "thin")

    def show_share(self, share: float) -> None:
        """A share of 0 to 1; less than 0: it is not known how much there is."""
        if share < 0:
            self.setRange(0, 0)
        else:
            self.setRange(0, self.STEPS)
            self.setValue(round(min(1.0, share) * self.STEPS))


class SteadyButton(QPushButton):
    """A button whose words change: as wide as the widest of them, so that its neighbours stay where they are."""

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[str, ...] = ()

    def show_words(self, words: str, *others: str) -> None:
        """Show ``words`` now.

        :param others: what else it may say while the same things stand around it.
        """
        self._all = others
        self.setText(words)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        hint, flag = super().sizeHint(), Qt.TextFlag.TextShowMnemonic
        widths = [self.fontMetrics().size(flag, words).width() for words in (self.text(), *self._all)]
        return QSize(hint.width() + max(widths) - widths[0], hint.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def column_of(widgets: Sequence[QWidget], spacing: int = SPACE) -> QVBoxLayout:
    """Widgets under each other, without margins."""
    layout = QVBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    return layout

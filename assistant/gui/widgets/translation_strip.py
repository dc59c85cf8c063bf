"""The strip below a translation: what there is to say about the sentence at hand, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from assistant.core.translation_views import SegmentState
from assistant.documents.segments import without_codes
from assistant.gui.theme import SPACE
from assistant.gui.widgets.clean_text import clean
from assistant.gui.widgets.controls import Label, WordButton, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.translation_words import match_words, segment_words
from assistant.gui.widgets.welcome import ExampleButton
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.translation_views import MemoryMatch, SegmentView
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

MOST = 5
_TALL = 9.0  # in em
VERBS = ("translate_edit", "translate_redo", "translate_versions", "translate_back")


class TranslationStrip(QScrollArea):
    """Words, the verbs for a sentence, and what was offered for it: other versions, entries of the memory.

    It keeps its height while a sentence is at hand, so that the text above stays where it is.

    Signals: ``version_taken(text)``; ``match_taken(match)``.
    """

    version_taken = Signal(str)
    match_taken = Signal(object)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("translateStrip")
        self._theme = theme
        self._segment: SegmentView | None = None
        self._line = self._said = ""
        self._matches: tuple[MemoryMatch, ...] = ()
        self._versions: tuple[str, ...] = ()
        self.words = Label(role="quiet", wrap=True)
        self.words.setObjectName("translateWords")
        self.buttons = Flow()
        self._verbs = {verb: WordButton(actions[verb], f"segment-{verb}") for verb in VERBS}
        self.buttons.add(*self._verbs.values())
        self.offers = [_Offer() for _ in range(MOST)]
        for number, offer in enumerate(self.offers):
            offer.setObjectName(f"translateOffer{number + 1}")
            offer.clicked.connect(lambda _=False, number=number: self._take(number))
        self._build()
        self.show_segment(None)

    def _build(self) -> None:
        self._host = QWidget()
        self._host.setObjectName("scrolled")
        layout = QVBoxLayout(self._host)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.words)
        for offer in self.offers:
            layout.addWidget(offer)
        layout.addWidget(self.buttons)
        layout.addStretch(1)
        self.setWidget(self._host)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    # -------------------------------------------------------------- what is shown

    @property
    def segment(self) -> SegmentView | None:
        """The sentence that is at hand."""
        return self._segment

    def show_line(self, words: str) -> None:
        """What there is to say about the whole translation, shown while no sentence is at hand."""
        if words != self._line:
            self._line = words
            self._show()

    def show_segment(self, segment: SegmentView | None) -> None:
        """Show another sentence, or none; what was offered for the one before goes."""
        self._said = ""
        self._matches = self._versions = ()
        self._segment = segment
        self._show()
        self.verticalScrollBar().setValue(0)

    def renew(self, segment: SegmentView) -> None:
        """The same sentence as it is now; what was said of another translation of it goes."""
        if self._segment is not None and segment.target != self._segment.target:
            self._said = ""
        self._segment = segment
        self._show()

    def say(self, words: str) -> None:
        """Say what is being done for this sentence, or has come of it."""
        self._said = words
        self._show()

    def show_matches(self, matches: Sequence[MemoryMatch]) -> None:
        """Offer entries of the memory."""
        self._matches = tuple(matches)[:MOST]
        self._show()

    def show_versions(self, versions: Sequence[str]) -> None:
        """Offer other ways to say it."""
        self._versions = tuple(versions)
        self._said = "" if versions else tr("The model found no other way to say it.")
        self._show()
        if versions:
            self.offers[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def retranslate(self) -> None:
        words = (tr("Edit"), tr("Translate again"), tr("Two more versions"), tr("Translate back"))
        for button, short in zip(self._verbs.values(), words, strict=True):
            button.show_words(short)
        self._show()

    def _show(self) -> None:
        segment = self._segment
        at_hand = segment is not None
        about = segment_words(segment) if segment is not None else self._line
        self.words.setText("\n".join(part for part in (about, self._said) if part))
        self.words.setVisible(bool(self.words.text()))
        self.buttons.setVisible(at_hand)
        for number, offer in enumerate(self.offers):
            offer.show_offer(*self._offer(number))
        self.setVisible(at_hand or bool(self._line))
        self.updateGeometry()

    def _offer(self, number: int) -> tuple[str, str]:
        """The label and the text of an offer; both empty: there is none."""
        if number < len(self._versions):
            return tr("Version {n}", n=number + 1), self._versions[number]
        number -= len(self._versions)
        if number < len(self._matches):
            return match_words(self._matches[number]), self._matches[number].target
        return "", ""

    def _take(self, number: int) -> None:
        if number < len(self._versions):
            self.version_taken.emit(self._versions[number])
        elif number - len(self._versions) < len(self._matches):
            self.match_taken.emit(self._matches[number - len(self._versions)])

    # -------------------------------------------------------------- size

    def sizeHint(self) -> QSize:
        window = self.window().height()
        most = min(round(self._theme.px(1) * _TALL), window // 5)
        layout = self._host.layout()
        needed = layout.totalHeightForWidth(max(1, self.width())) if layout is not None else 0
        return QSize(0, most if self._segment is not None else min(needed, most))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().lineSpacing() + SPACE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


class _Offer(ExampleButton):
    """A text that can be taken with one click."""

    def __init__(self) -> None:
        super().__init__()
        set_role(self, "offer")

    def show_offer(self, label: str, text: str) -> None:
        self.setVisible(bool(label))
        words = " ".join(clean(without_codes(text)).split())
        self.setText(f"{label}:  {words}".replace("&", "&&"))
        self.setAccessibleName(tr("{label}: {text}. Take it.", label=label, text=words))
        self.setToolTip("")


def can_be_worked_with(segment: SegmentView | None) -> bool:
    """Whether there is a translation that can be edited, redone or asked about."""
    return segment is not None and segment.state not in (SegmentState.WAITING, SegmentState.WRITING)

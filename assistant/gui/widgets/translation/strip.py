"""The strip below a translation: what there is to say about the sentence at hand, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QVBoxLayout

from assistant.core.translation.views import SegmentState
from assistant.documents.segments import without_codes
from assistant.gui.actions import plain
from assistant.gui.theme import SPACE
from assistant.gui.widgets.clean_text import clean, isolated
from assistant.gui.widgets.controls import Label, WordButton
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.scrolled_strip import ScrolledStrip
from assistant.gui.widgets.sentence_button import SentenceButton
from assistant.gui.widgets.translation.words import match_words, segment_words, version_words
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.translation.views import MemoryMatch, SegmentView, Version
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

MOST = 5
_LINES = 3  # of an offer
VERBS = ("translate_edit", "translate_redo", "translate_versions", "translate_back")


@dataclass(frozen=True)
class _Offered:
    """A text that may be taken: what it is called, and what was found in it; ``match``: it is out of the memory."""

    label: str
    text: str
    found: str = ""
    match: MemoryMatch | None = None


_NOTHING = _Offered("", "")


class TranslationStrip(QFrame):
    """The verbs for a sentence stand at the foot and stay there; above them is what is said of it and offered for it.

    The part above keeps its height while a sentence is at hand, so that the text above stays where it is, too. It is
    higher only for what was asked for: other versions, the translation back.

    Signals: ``version_taken(text)``; ``match_taken(match)``.
    """

    version_taken = Signal(str)
    match_taken = Signal(object)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("translateStrip")
        self._segment: SegmentView | None = None
        self._there = False  # a translation to work with
        self._line = self._said = ""
        self._matches: tuple[MemoryMatch, ...] = ()
        self._versions: tuple[Version, ...] = ()
        self._target = self._former = ""  # of the sentence at hand: its translation, and the one before that
        self.words = Label(role="quiet", wrap=True)
        self.words.setObjectName("translateWords")
        self.offers = [_Offer() for _ in range(MOST)]
        for number, offer in enumerate(self.offers):
            offer.setObjectName(f"translateOffer{number + 1}")
            offer.clicked.connect(lambda _=False, number=number: self._take(number))
        self._about = ScrolledStrip(theme, self.words, *self.offers)
        self._verbs = {verb: WordButton(actions[verb], f"segment-{verb}") for verb in VERBS}
        self.buttons = Flow(SPACE // 2)  # in one line where the window has its first size
        self.buttons.add(*self._verbs.values())
        self._hint = Label(role="quiet", wrap=True)
        self._hint.setObjectName("translateStripHint")
        self._foot = QStackedWidget()
        self._build()
        self.show_segment(None)

    def _build(self) -> None:
        self._hint.setContentsMargins(SPACE // 2, 0, 0, 0)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for page in (self.buttons, self._hint):
            self._foot.addWidget(page)
        self._foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._foot.setContentsMargins(SPACE // 2, 0, SPACE, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE // 2, 0, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self._about)
        layout.addStretch(1)  # the verbs stay at the bottom while the strip is taking another height
        layout.addWidget(self._foot)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    # -------------------------------------------------------------- what is shown

    @property
    def segment(self) -> SegmentView | None:
        """The sentence that is at hand."""
        return self._segment

    @property
    def room_to_come(self) -> int:
        """How much higher it becomes when a sentence is taken up, in px."""
        if not self._there or self._segment is not None:
            return 0
        layout = self.layout()
        gap = layout.spacing() if layout is not None and self._about.isHidden() else 0
        return max(0, self._about.room - (0 if self._about.isHidden() else self._about.sizeHint().height())) + gap

    def show_line(self, words: str) -> None:
        """What there is to say about the whole translation, shown while no sentence is at hand."""
        if words != self._line:
            self._line = words
            self._show()

    def tell(self, words: str) -> None:
        """Say something new about the whole translation, also where a sentence is at hand."""
        if self._segment is not None:
            self._said = words
            self._show()
        self.show_line(words)

    def show_there(self, *, there: bool) -> None:
        """Whether there are sentences that can be worked with."""
        if there != self._there:
            self._there = there
            self._show()

    def show_segment(self, segment: SegmentView | None) -> None:
        """Show another sentence, or none; what was offered for the one before goes."""
        self._said = ""
        self._matches = self._versions = ()
        self._segment = segment
        self._target = segment.target if segment is not None and can_be_worked_with(segment) else ""
        self._former = ""
        self._show()
        self._about.verticalScrollBar().setValue(0)

    def renew(self, segment: SegmentView) -> None:
        """The same sentence as it is now; what was said of another translation of it goes."""
        if self._segment is not None and segment.target != self._segment.target:
            self._said = ""
        self._segment = segment
        if can_be_worked_with(segment) and segment.target != self._target:
            self._target, self._former = segment.target, self._target
        self._show()

    def say(self, words: str) -> None:
        """Say what is being done for this sentence, or has come of it."""
        self._said = words
        self._show()
        if words:
            self._about.verticalScrollBar().setValue(0)  # where it stands

    def show_matches(self, matches: Sequence[MemoryMatch]) -> None:
        """Offer entries of the memory."""
        self._matches = tuple(matches)[:MOST]
        self._show()

    def show_versions(self, versions: Sequence[Version]) -> None:
        """Offer other ways to say it."""
        self._versions = tuple(versions)
        said = {
            0: tr("The model found no other way to say it."),
            1: tr("The model found only one other way to say it."),
        }
        self._said = said.get(len(versions), "")
        self._show()
        if versions:
            self.offers[0].setFocus(Qt.FocusReason.OtherFocusReason)
            self._about.show_part(self.offers[len(versions) - 1])
            self._about.show_part(self.offers[0])

    def retranslate(self) -> None:
        words = (tr("Edit"), tr("Translate again"), tr("Two more versions"), tr("Translate back"))
        for button, short in zip(self._verbs.values(), words, strict=True):
            button.show_words(short)
        self._hint.setText(tr("Click a sentence to work with it, a word to see what else it could be."))
        self._show()

    def _show(self) -> None:
        segment = self._segment
        about = segment_words(segment) if segment is not None else self._line
        offers = list(self._offers())
        self.words.setText("\n".join(part for part in (self._said, about) if part))
        self.words.setVisible(bool(self.words.text()))
        for number, offer in enumerate(self.offers):
            offer.show_offer(offers[number] if number < len(offers) else _NOTHING)
        self._foot.setCurrentWidget(self.buttons if segment is not None else self._hint)
        self._foot.setVisible(self._there or segment is not None)
        self.setVisible(self._there or segment is not None or bool(self._line))
        self._about.keep_room(whole=segment is not None, asked=bool(self._said or self._versions))
        self._about.setVisible(segment is not None or bool(self._line))

    def _offers(self) -> Iterator[_Offered]:
        """What else the translation of the sentence could be."""
        for number, version in enumerate(self._versions, 1):
            label, found = version_words(number, version)
            if version.text != self._target:
                yield _Offered(label, version.text, found)
        if self._former and self._former not in (version.text for version in self._versions):
            yield _Offered(tr("Before"), self._former)
        for match in self._matches:
            yield _Offered(match_words(match), match.target, match=match)

    def _take(self, number: int) -> None:
        offered = next(islice(self._offers(), number, None), None)
        if offered is not None and offered.match is not None:
            self.match_taken.emit(offered.match)
        elif offered is not None:
            self.version_taken.emit(offered.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = max(1, self.width() - SPACE - SPACE // 2)
        self._foot.setFixedHeight(
            max(self.buttons.heightForWidth(room), self._hint.heightForWidth(room))
        )  # the same with and without a sentence


class _Offer(SentenceButton):
    """A text that can be taken with one click."""

    def __init__(self) -> None:
        super().__init__("offer", lines=_LINES)

    def show_offer(self, offered: _Offered) -> None:
        label, text, found = offered.label, offered.text, offered.found
        self.setVisible(bool(label))
        words = " ".join(clean(without_codes(text)).split())
        self.setText(f"{label}:  {isolated(words)}".replace("&", "&&"))
        self.setAccessibleName(tr("{label}: {text}. Take it.", label=label, text=words))
        self.setAccessibleDescription(found)
        self.setToolTip(plain(found) if found else "")


def can_be_worked_with(segment: SegmentView | None) -> bool:
    """Whether there is a translation that can be edited, redone or asked about."""
    return segment is not None and segment.state not in (SegmentState.WAITING, SegmentState.WRITING)

"""The strip below a text about a document: how well it is supported, and what the sentence at hand rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QEnterEvent

from assistant.documents.model import Source
from assistant.gui.widgets.clean_text import clean
from assistant.gui.widgets.controls import Label
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.scrolled_strip import ScrolledStrip
from assistant.gui.widgets.sentence_button import SentenceButton
from assistant.gui.widgets.source_words import place_words
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.documents.model import LinkedSentence
    from assistant.gui.theme import Theme

MOST = 6
_QUOTED = 48  # characters of a passage that stand on its button
_BESIDE = 12  # px that the sheet leaves at the sides of a button


class SourceLinks(ScrolledStrip):
    """One line of words, and a button for each passage.

    Signals: ``pointed(source)`` when the pointer is over a passage's button (None: over none);
    ``chosen(source)`` when one was pressed.
    """

    pointed = Signal(object)
    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        self.words = Label(role="quiet", wrap=True)
        self.words.setObjectName(f"{name}Words")
        self._flow = Flow()
        super().__init__(theme, self.words, self._flow)
        self.setObjectName(name)
        self._sources: Sequence[Source] = ()
        self.buttons = [_Passage(self) for _ in range(MOST)]
        self._flow.add(*self.buttons)
        self.show_links("", (), "")

    @property
    def sources(self) -> Sequence[Source]:
        """The passages that have a button."""
        return self._sources

    def show_links(self, words: str, sources: Sequence[Source], text: str, *, steady: bool = False) -> None:
        """Show these words and passages of the document ``text``.

        :param steady: passages come and go here: keep the room for them.
        """
        self._sources = sources = tuple(sources)[:MOST]
        self.words.setText(words)
        self.words.setVisible(bool(words))
        for number, button in enumerate(self.buttons):
            source = sources[number] if number < len(sources) else None
            button.show_source(number + 1, source, quote(text, source) if source is not None else "")
        self._flow.setVisible(bool(sources))
        self.keep_room(whole=steady)
        self.setVisible(bool(words or sources))
        self.verticalScrollBar().setValue(0)


class _Passage(SentenceButton):
    """A button for one passage."""

    def __init__(self, links: SourceLinks) -> None:
        super().__init__("word", beside=_BESIDE)
        self._links = links
        self._source: Source | None = None
        self.clicked.connect(lambda: links.chosen.emit(self._source))

    def show_source(self, number: int, source: Source | None, quote: str) -> None:
        self._source = source
        self.setVisible(source is not None)
        if source is None:
            return
        place = place_words(source)
        words = " · ".join(part for part in (place, tr("“{words}”", words=quote) if quote else "") if part)
        self.setText(f"{number}  {words}".replace("&", "&&"))
        self.setAccessibleName(tr("Passage {n}: {words}", n=number, words=words))
        self.setToolTip("")

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._links.pointed.emit(self._source)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._links.pointed.emit(None)


def quote(text: str, place: Source | LinkedSentence) -> str:
    """The first words of a passage of ``text``; of a row of a Markdown table its cells."""
    words = " ".join(clean(text[place.start : min(place.end, place.start + 4 * _QUOTED)]).split())
    if text[: place.end].rstrip().endswith("|"):
        words = " · ".join(filter(None, map(str.strip, words.split("|"))))
    return words if len(words) <= _QUOTED else f"{words[: _QUOTED - 1].rstrip()}…"

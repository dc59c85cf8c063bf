"""The strip below a text about a document: how well it is borne out, and what the sentence at hand rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from assistant.documents.model import Source
from assistant.gui.theme import SPACE
from assistant.gui.widgets.clean_text import clean
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.source_words import place_words
from assistant.gui.widgets.welcome import ExampleButton
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

MOST = 6
_QUOTED = 48  # characters of a passage that stand on its button


class SourceLinks(QFrame):
    """One line of words, and a button for each passage.

    Signals: ``pointed(source)`` when the pointer is over a passage's button (None: over none);
    ``chosen(source)`` when one was pressed.
    """

    pointed = Signal(object)
    chosen = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._theme = theme
        self._sources: Sequence[Source] = ()
        self.words = Label(role="quiet", wrap=True)
        self.words.setObjectName(f"{name}Words")
        self.buttons = [_Passage(self) for _ in range(MOST)]
        flow = Flow()
        flow.add(*self.buttons)
        self._flow = flow
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.words)
        layout.addWidget(flow)
        self.show_links("", (), "")

    @property
    def sources(self) -> Sequence[Source]:
        """The passages that have a button."""
        return self._sources

    def show_links(self, words: str, sources: Sequence[Source], text: str) -> None:
        """Show these words and passages of the document ``text``."""
        self._sources = sources = tuple(sources)[:MOST]
        self.words.setText(words)
        self.words.setVisible(bool(words))
        for number, button in enumerate(self.buttons):
            source = sources[number] if number < len(sources) else None
            button.show_source(number + 1, source, _quote(text, source) if source is not None else "")
        self._flow.setVisible(bool(sources))
        self.setVisible(bool(words or sources))


class _Passage(ExampleButton):
    """A button for one passage."""

    def __init__(self, links: SourceLinks) -> None:
        super().__init__()
        self._links = links
        self._source: Source | None = None
        set_role(self, "word")
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


def _quote(text: str, source: Source) -> str:
    """The first words of a passage."""
    words = " ".join(clean(text[source.start : min(source.end, source.start + 4 * _QUOTED)]).split())
    return words if len(words) <= _QUOTED else f"{words[: _QUOTED - 1].rstrip()}…"

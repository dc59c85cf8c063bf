"""The right half of the Summarize pane: the summary or what there is in its place, and how well it is supported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from assistant.documents.model import LinkedSentence, Source
from assistant.gui.actions import key_name
from assistant.gui.widgets.edge_progress import EdgeProgress
from assistant.gui.widgets.pane_welcome import PaneWelcome, WelcomeWords
from assistant.gui.widgets.source_links import SourceLinks
from assistant.gui.widgets.source_words import links_line, sentence_words
from assistant.gui.widgets.summary.text import SummaryText
from assistant.texts import lists, tr

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme


class SummaryPanel(QWidget):
    """A summary, and below it one quiet line and the passages of the sentence at hand.

    Signals: ``lit(passages)`` with the stretches of the document to be lit; ``place_wanted(source)``.
    """

    lit = Signal(object)
    place_wanted = Signal(object)

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.output = SummaryText(theme)
        self.links = SourceLinks(theme, "summaryLinks")
        self.welcome = summary_welcome(theme, actions)
        self.progress = EdgeProgress("summarizeProgress")
        self._document = ""  # the text of the document
        self._line = self._trouble = self._said = ""
        self.stack = QStackedWidget()
        self.stack.addWidget(self.welcome)
        self.stack.addWidget(self.output)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.progress)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.links)
        self.output.pointed.connect(self._pointed)
        self.output.chosen.connect(self._chosen)
        self.links.pointed.connect(self._source_pointed)
        self.links.chosen.connect(self.place_wanted)

    # -------------------------------------------------------------- what is shown

    def show_welcome(self) -> None:
        """There is no summary."""
        self.stack.setCurrentWidget(self.welcome)
        self.output.show_text("")
        self._line = self._trouble = self._said = ""
        self.links.show_links("", (), "")
        self.progress.hide()

    def show_text(self, text: str, *, growing: bool) -> None:
        """Show a summary as far as it is."""
        if text != self.output.text():
            self._said = ""
        self.stack.setCurrentWidget(self.output)
        self.output.show_text(text, growing=growing)

    def show_links(self, sentences: Sequence[LinkedSentence], share: float | None, document: str) -> None:
        """Link the sentences with the text of the document."""
        self._document = document
        if sentences is not self.output.sentences:
            self.output.show_links(sentences)
        self._line = links_line(sentences, share)
        self._show_line()

    def show_trouble(self, words: str) -> None:
        """Say what is wrong with the summary, in one quiet line."""
        self._trouble = words
        self._show_line()

    def say(self, words: str) -> None:
        """Say what has become of the summary, until a sentence is clicked or another text is shown."""
        self._said = words
        self._show_line()

    def light(self) -> None:
        """Light the passages of the sentence at hand again."""
        self._pointed(self.output.current)

    def retranslate(self) -> None:
        self.output.retranslate()
        self.welcome.retranslate()
        self.progress.setAccessibleName(tr("Progress of the summary"))
        self._line = links_line(self.output.sentences, None) if not self.output.sentences else self._line
        self._show_line()

    # -------------------------------------------------------------- the sentence at hand

    def _show_line(self) -> None:
        index = self.output.current
        if 0 <= index < len(self.output.sentences):
            sentence = self.output.sentences[index]
            words = sentence_words(sentence, place=False) or tr("This sentence rests on:")
            words = "\n".join(part for part in (self._said, words) if part)
            self.links.show_links(words, sentence.sources, self._document, steady=True)
        else:
            words = "\n".join(part for part in (self._said, self._trouble, self._line) if part)
            self.links.show_links(words, (), "", steady=bool(self.output.sentences))

    def _pointed(self, index: int) -> None:
        known = 0 <= index < len(self.output.sentences)
        self.lit.emit(_stretches(self.output.sentences[index].sources) if known else [])
        if index == self.output.current:
            self._show_line()

    def _chosen(self, index: int) -> None:
        if self._said:
            self.say("")
        sources = self.output.sentences[index].sources
        if sources:
            self.place_wanted.emit(sources[0])

    def _source_pointed(self, source: Source | None) -> None:
        if source is not None:
            self.lit.emit(_stretches((source,)))
        else:
            self._pointed(self.output.current)


def _stretches(sources: Sequence[Source]) -> list[tuple[int, int]]:
    return [(source.start, source.end) for source in sources]


def summary_welcome(theme: Theme, actions: Actions) -> PaneWelcome:
    """The page where there is no summary."""

    def words() -> WelcomeWords:
        everything = tr("Everything stays on this computer.")
        return WelcomeWords(
            ask=tr("What would you like summarized?"),
            ready=tr("{run} summarizes this", run=key_name(actions["send"])),
            chat=lists.sentences(
                tr("Each sentence of the summary leads to the passages that it rests on."), everything
            ),
            demo=tr(
                "This is a small English demo model: enough to look around, too small for real summaries. "
                "Everything stays on this computer."
            ),
            base=tr("This model only continues text. Summaries need one that was made for conversation."),
            keys=tr(
                "{open} opens a document, {run} summarizes, {keys} shows all shortcuts.",
                open=key_name(actions["summary_open"]),
                run=key_name(actions["send"]),
                keys=key_name(actions["keys"]),
            ),
        )

    return PaneWelcome(theme, actions, prefix="summarize", words=words)

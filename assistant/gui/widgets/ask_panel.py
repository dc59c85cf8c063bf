"""Questions about a document: what was asked and answered, and the passages that the answer at hand rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label
from assistant.gui.widgets.source_links import SourceLinks, quote
from assistant.gui.widgets.source_words import links_line, sentence_words
from assistant.gui.widgets.transcript.view import Transcript
from assistant.texts import documents, lists, summaries, tr

if TYPE_CHECKING:
    from assistant.documents.model import LinkedSentence, Source
    from assistant.gui.summarizing.asking import DocumentTalk
    from assistant.gui.theme import Theme

_MOST_DOUBTFUL = 3  # sentences that are named


class AskPanel(QWidget):
    """The transcript of a talk about a document, and its sources.

    Signals: ``lit(passages)``; ``place_wanted(source)``.
    """

    lit = Signal(object)
    place_wanted = Signal(object)

    def __init__(self, theme: Theme, talk: DocumentTalk) -> None:
        super().__init__()
        self._talk = talk
        self._document = ""
        self._said = ("", "")  # about the questions on which document, and what
        self.transcript = Transcript(theme)
        self.transcript.setObjectName("askTranscript")
        self.transcript.buttons.to_end.setObjectName("askToEnd")
        self.links = SourceLinks(theme, "askLinks")
        self._empty = Label(role="quiet", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._empty)
        self.stack.addWidget(self.transcript)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.links)
        talk.path_changed.connect(self._path_changed)
        talk.grew.connect(self._grew)
        talk.changed.connect(self._changed)
        self.links.pointed.connect(self._pointed)
        self.links.chosen.connect(self.place_wanted)
        self.transcript.sentence_pointed.connect(self._sentence_pointed)
        self.transcript.sentence_chosen.connect(self._sentence_chosen)
        self.transcript.answers.find = talk.linked_text
        self.transcript.reset(talk)

    def show_document(self, text: str) -> None:
        """The text of the document that is asked about; empty: there is none."""
        self._document = text
        self.retranslate()

    def say(self, digest: str, words: str) -> None:
        """Say what has become of the answers about a document, until there is another one."""
        self._said = (digest, words)
        self._show_sources()

    def retranslate(self) -> None:
        self.transcript.retranslate()
        self._empty.setText(
            tr("Ask about the document. Each answer names the passages that it rests on.")
            if self._document
            else tr("Open a document or paste a text, then ask about it.")
        )
        self._show_sources()

    def _path_changed(self) -> None:
        self.transcript.reset(self._talk)
        self.transcript.scroll_to_end()
        self.stack.setCurrentWidget(self._empty if self._talk.empty else self.transcript)
        self.transcript.set_busy(self._talk.busy)
        self._show_sources()

    def _grew(self, message: int) -> None:
        self.transcript.message_grew(message)
        answer = self._talk.answer_of(message)
        if answer is not None and not answer.text:  # it is still being searched for
            self._show_sources()

    def _changed(self, message: int) -> None:
        self._said = ("", "")
        self.transcript.message_changed(message)
        self.transcript.set_busy(self._talk.busy)
        self._show_sources()

    def _show_sources(self) -> None:
        answer = self._talk.answer_of(self.transcript.current)
        said = self._said[1] if self._said[0] == self._talk.digest else ""
        if answer is not None and answer.search < 1:
            said = documents.searching(answer.search)
        if (
            answer is None
            or answer.error is not None
            or not answer.text
            or (not answer.finish and answer.linked is None)
        ):
            self.links.show_links(said, (), "")
            return
        sentences = answer.linked.sentences if answer.linked is not None else ()
        best: dict[tuple[int, int], Source] = {}
        for sentence in sentences:
            for source in sentence.sources[:1]:
                best.setdefault((source.start, source.end), source)
        sources = list(best.values()) or list(answer.passages)
        words = "\n".join((links_line(sentences, None), *_doubtful(answer.text, sentences)))
        if answer.unlinked is not None:
            words = summaries.unchecked(answer.unlinked)
        found = documents.search(answer.meaning, answer.no_meaning) if answer.passages else ""
        self.links.show_links(
            "\n".join(part for part in (said, words, found) if part), sources, self._document, steady=True
        )

    def _sentence_pointed(self, place: tuple[int, int] | None) -> None:
        sentence = self.transcript.answers.sentence(place) if place is not None else None
        self.lit.emit([(each.start, each.end) for each in sentence.sources] if sentence is not None else [])

    def _sentence_chosen(self, place: tuple[int, int]) -> None:
        sentence = self.transcript.answers.sentence(place)
        if sentence is not None and sentence.sources:
            self.place_wanted.emit(sentence.sources[0])

    def _pointed(self, source: Source | None) -> None:
        self.lit.emit([(source.start, source.end)] if source is not None else [])


def _doubtful(answer: str, sentences: Sequence[LinkedSentence]) -> list[str]:
    """A line for each sentence that nothing bears out, or with a detail that is not in the document."""
    found = [(each, words) for each in sentences if (words := sentence_words(each, place=False))]
    found.sort(key=lambda one: one[0].supported)  # what nothing bears out comes first
    return [
        lists.sentences(tr("“{words}”", words=quote(answer, each)), words) for each, words in found[:_MOST_DOUBTFUL]
    ]

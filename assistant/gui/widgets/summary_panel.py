"""The right half of the Summarize pane: the summary or what there is in its place, and how well it is borne out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from assistant.documents.model import LinkedSentence, Source
from assistant.gui.actions import key_name
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.source_links import SourceLinks
from assistant.gui.widgets.source_words import links_line, sentence_words
from assistant.gui.widgets.summary_text import SummaryText
from assistant.gui.widgets.welcome import ExampleButton, Kind
from assistant.texts import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme

_WIDTH = 34  # in em


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
        self.welcome = SummaryWelcome(theme, actions)
        self.progress = QProgressBar()
        self.progress.setObjectName("summarizeProgress")
        self.progress.setTextVisible(False)
        set_role(self.progress, "edge")
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
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.hide()

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

    def show_progress(self, done: int, total: int, *, running: bool) -> None:
        """The thin bar at the top edge."""
        self.progress.setVisible(running)
        self.progress.setRange(0, total if done else 0)
        self.progress.setValue(done)

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


class SummaryWelcome(QScrollArea):
    """What stands where there is no summary: a friendly line, what this model is, examples that work when clicked.

    Signals: ``example_chosen(number)``; ``models_wanted()``.
    """

    example_chosen = Signal(int)
    models_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme = theme
        self._actions = actions
        self._kind = Kind.UNKNOWN
        self._titles: Sequence[str] = ()
        self._has_document = False
        self._line = Label(role="h2", wrap=True)
        self._about = Label(role="quiet", wrap=True)
        self._get = QPushButton()
        self._get.setObjectName("summarizeGetModel")
        self._get.clicked.connect(self.models_wanted)
        self.examples = [ExampleButton() for _ in range(3)]
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
            button.setObjectName(f"summarizeExample{number + 1}")
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
        """Whether there is something to summarize: then that is what one is told, and no examples."""
        if there != self._has_document:
            self._has_document = there
            self.retranslate()

    def retranslate(self) -> None:
        everything = tr("Everything stays on this computer.")
        abouts = {
            Kind.UNKNOWN: "",
            Kind.CHAT: tr("Each sentence of the summary leads to the passages that it rests on.") + " " + everything,
            Kind.DEMO: tr(
                "This is a small English demo model: enough to look around, too small for real summaries. "
                "Everything stays on this computer."
            ),
            Kind.BASE: tr("This model only continues text. Summaries need one that was made for conversation."),
            Kind.NONE: tr(
                "Lamplight needs a language model. Get one that suits this computer, or drop a file (GGUF) here."
            ),
        }
        none = self._kind is Kind.NONE
        ready = self._has_document and not none
        if ready:
            self._line.setText(tr("{run} summarizes this", run=key_name(self._actions["send"])))
        else:
            self._line.setText(tr("No model yet") if none else tr("What would you like to have read?"))
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
        self._keys.setText(
            tr(
                "{open} opens a document, {run} summarizes, {keys} shows all keys.",
                open=key_name(self._actions["summary_open"]),
                run=key_name(self._actions["send"]),
                keys=key_name(self._actions["keys"]),
            )
        )
        self._keys.setVisible(not none and not ready)

    def minimumSizeHint(self) -> QSize:
        return QSize(12 * SPACE, 8 * SPACE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._column.setMaximumWidth(self._theme.px(_WIDTH))

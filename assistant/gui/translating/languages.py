"""The two boxes at the top of the Translate pane: from which language into which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.base.languages import same
from assistant.gui.translating.direction import Direction
from assistant.texts import languages

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.gui.panes.translate_page import LanguageBar
    from assistant.storage.settings import Settings
    from assistant.tasks.translation import TranslateOptions

PAIR = frozenset({"translate_first", "translate_second"})


class Languages(QObject):
    """Shows the direction in the boxes, and takes from them what the user chose.

    Signals: ``changed()``: the user chose another language.

    :param target: what the user chose to translate into the last time, empty: nothing.
    """

    changed = Signal()

    def __init__(self, core: Core, bar: LanguageBar, parent: QObject, *, target: str) -> None:
        super().__init__(parent)
        self._core = core
        self._bar = bar
        self.direction = Direction(pair_of(core.settings), target)
        bar.source.picked.connect(self._source_picked)
        bar.target.picked.connect(self._target_picked)

    @property
    def source(self) -> str:
        """What the user says the text is in, empty: it is recognized."""
        return self.direction.source

    @property
    def target(self) -> str:
        """What it is translated into."""
        return self.direction.target

    @property
    def pair(self) -> tuple[str, str]:
        """From which language into which the text at hand goes; what it is in is empty while nobody knows."""
        return self.direction.language, self.direction.target

    @property
    def chosen(self) -> str:
        """What the user chose to translate into, empty: nothing."""
        return self.direction.chosen

    def recognize(self, language: str) -> None:
        """The text is in this language, empty: nobody knows."""
        self.direction.recognize(language)
        self.show()

    def begin_anew(self, target: str = "") -> None:
        """As ``begin``, and nobody has said what the text is in; ``target``: what it is to become."""
        self.direction.source = ""
        self.direction.begin(target)
        self.show()

    def begin(self) -> None:
        """Another text comes, whose language is not known yet."""
        self.direction.begin()
        self.show()

    def swap(self) -> None:
        """The other way round."""
        self.direction.swap()
        self.show()

    def show_kept(self, options: TranslateOptions, language: str) -> None:
        """What a kept translation was made with."""
        self.direction.show(options.source, options.target)
        self.know(language)

    def know(self, language: str) -> None:
        """A translation is made from this language."""
        if language and not self.direction.source:
            self.direction.detected = language
        self.show()

    def settle(self) -> None:
        """The user's two languages, or the language of the window, are others now."""
        self.direction.set_pair(pair_of(self._core.settings))
        self._bar.show_languages(self.direction.pair)
        self.show()

    def show(self) -> None:
        """Show it in the boxes."""
        bar, direction = self._bar, self.direction
        bar.source.show_detected(direction.detected)
        bar.source.choose(direction.source)
        bar.target.choose(direction.target)

    def _source_picked(self, language: str) -> None:
        self.direction.choose_source(language)
        self.show()
        self.changed.emit()

    def _target_picked(self, language: str) -> None:
        self.direction.choose_target(language)
        self.show()
        self.changed.emit()


def pair_of(settings: Settings) -> tuple[str, str]:
    """The user's own language and the other one; where nobody has chosen them, by what the user reads here."""
    first, second = settings["translate_first"], settings["translate_second"]
    if first == "auto":
        first = languages.own(settings["language"])
    if second == "auto":
        second = "zh-Hans" if same(first, "en") else "en"
    return first, second

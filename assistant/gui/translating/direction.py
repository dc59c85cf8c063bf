"""From which language into which: what the user chose, what was recognized, and the pair that needs no click. No Qt."""

from __future__ import annotations

from assistant.base.languages import primary, same


class Direction:
    """Keeps target and source apart: a text in the language that it would be translated into goes the other way.

    :param pair: the user's own language, into which a text in any other one goes, and the one for texts in that.
    :param chosen: what the user chose to translate into the last time, empty: nothing.
    :ivar source: chosen for the text, empty: it is recognized. ``detected``: what was recognized, empty: nothing.
    :ivar target: what it is translated into.
    """

    def __init__(self, pair: tuple[str, str], chosen: str = "") -> None:
        self.pair = pair
        self.chosen = chosen
        self.source = self.detected = ""
        self.target = chosen or pair[1]
        self._settled = False  # into what the text at hand goes, whatever language it is recognized to be in

    @property
    def language(self) -> str:
        """The language of the text as far as it is known."""
        return self.source or self.detected

    def recognize(self, language: str) -> None:
        """The text is in this language, empty: nobody knows."""
        self.detected = language
        self._aim()

    def begin(self, target: str = "") -> None:
        """Another text comes; ``target``: what it is to become, empty: what the user wants in general."""
        self.detected = ""
        if self._settled and not self.source:
            self.target = self.chosen or self.pair[1]
        self._settled = bool(target or self.source)
        self.target = target or self.target

    def choose_source(self, language: str) -> None:
        """The user says what the text is in, empty: it is to be recognized."""
        before = self.language
        self.source = language
        self._settled = bool(language)
        if same(self.language, self.target):
            self.target = before if before and not same(before, self.language) else self._other(self.language)

    def choose_target(self, language: str) -> None:
        """The user says what it is to become; a text that is chosen to be in this language is in another one then."""
        before, self.target = self.target, language
        self.chosen = language
        if self.source and same(self.source, language):
            self.source = before if not same(before, language) else ""

    def swap(self) -> None:
        """The other way round."""
        source = self.language or self._other(self.target)
        self.source, self.target = self.target, source
        self.chosen, self._settled = source, True

    def show(self, source: str, target: str) -> None:
        """What a kept translation was made with."""
        self.source, self.target = source, target or self.target
        self._settled = True

    def set_pair(self, pair: tuple[str, str]) -> None:
        """The user's two languages are others now."""
        if pair != self.pair and not (self.language or self.chosen or self._settled):
            self.target = pair[1]
        self.pair = pair
        self._aim()

    def _aim(self) -> None:
        if not self.language:
            return
        if not self._settled:
            first, second = self.pair  # who reads one script of a language does not want the other one translated
            self.target = self.chosen or (second if primary(first) == primary(self.language) else first)
        if same(self.language, self.target):
            self.target = self._other(self.language)

    def _other(self, language: str) -> str:
        """Into what a text in ``language`` goes when nobody says."""
        first, second = self.pair
        for each in (first, second):
            if not same(each, language):
                return each
        return "en" if not same("en", language) else "zh-Hans"

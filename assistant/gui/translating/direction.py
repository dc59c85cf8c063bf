"""From which language into which: what the user chose, what was recognized, and the pair that needs no click. No Qt."""

from __future__ import annotations

from assistant.base.languages import same


class Direction:
    """Keeps target and source apart: a text in the language that it would be translated into goes the other way.

    :ivar source: chosen for the text, empty: it is recognized. ``detected``: what was recognized, empty: nothing.
    :ivar target: what it is translated into.
    """

    def __init__(self, pair: tuple[str, str], target: str = "") -> None:
        self.pair = pair
        self.source = self.detected = ""
        self.target = target or pair[1]

    @property
    def language(self) -> str:
        """The language of the text as far as it is known."""
        return self.source or self.detected

    def recognize(self, language: str) -> None:
        """The text is in this language, empty: nobody knows."""
        self.detected = language
        self._part()

    def choose_source(self, language: str) -> None:
        """The user says what the text is in, empty: it is to be recognized."""
        before = self.language
        self.source = language
        if same(self.language, self.target):
            self.target = before if before and not same(before, self.language) else self._other(self.language)

    def choose_target(self, language: str) -> None:
        """The user says what it is to become; a text that is chosen to be in this language is in another one then."""
        before, self.target = self.target, language
        if self.source and same(self.source, language):
            self.source = before if not same(before, language) else ""

    def swap(self) -> None:
        """The other way round."""
        source = self.language or self._other(self.target)
        self.source, self.target = self.target, source

    def show(self, source: str, target: str) -> None:
        """What a kept translation was made with."""
        self.source, self.target = source, target or self.target

    def set_pair(self, pair: tuple[str, str]) -> None:
        """The user's two languages are others now."""
        self.pair = pair
        self._part()

    def _part(self) -> None:
        if self.language and same(self.language, self.target):
            self.target = self._other(self.language)

    def _other(self, language: str) -> str:
        """Into what a text in ``language`` goes when nobody says."""
        first, second = self.pair
        for each in (first, second):
            if not same(each, language):
                return each
        return "en" if not same("en", language) else "zh-Hans"

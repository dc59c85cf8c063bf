"""Where a language is chosen: the usual ones first; typing finds one by its name in several languages, or its code."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QSize, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView

from assistant.gui.theme import SPACE
from assistant.gui.widgets.choice_box import ChoiceBox
from assistant.gui.widgets.controls import dress_list
from assistant.texts import languages, tr

DETECT = ""
_TYPING_MS = 1000


class LanguageBox(ChoiceBox):
    """A box of languages.

    Signals: ``picked(code)``: the user chose this one (BCP 47; empty: it is to be detected).

    :param detects: the first item leaves it to the program.
    """

    picked = Signal(str)

    def __init__(self, name: str, *, detects: bool = False) -> None:
        super().__init__(name)
        self._detects = detects
        self._detected = ""
        self._first: tuple[str, ...] = ()
        self.setView(_Finding(self))
        dress_list(self)  # again: it is the view that is dressed
        self.setMaxVisibleItems(16)
        self.activated.connect(lambda _: self.picked.emit(self.language))

    @property
    def language(self) -> str:
        """What is chosen, empty: it is to be detected."""
        return self.currentData() or DETECT

    def show_languages(self, codes: Sequence[str], first: Sequence[str]) -> None:
        """Offer these languages, ``first`` before all others, and keep what is chosen."""
        kept = self.language
        self._first = tuple(dict.fromkeys(first))
        blocked = self.blockSignals(True)
        self.clear()
        if self._detects:
            self.addItem("", DETECT)
        for code in self._first:
            self.addItem(languages.name(code), code)
        self.insertSeparator(self.count())
        for code in codes:
            if code not in self._first:
                self.addItem(languages.name(code), code)
        self.blockSignals(blocked)
        self._name_detection()
        self.choose(kept)

    def choose(self, code: str) -> None:
        """Show this language as chosen, without telling anybody; one that is not offered is offered from now on."""
        at = self.findData(code)
        if at < 0 and code:
            self.addItem(languages.name(code), code)
            at = self.count() - 1
        blocked = self.blockSignals(True)
        self.setCurrentIndex(max(0, at))
        self.blockSignals(blocked)
        self.updateGeometry()
        self.update()

    def show_detected(self, code: str) -> None:
        """Say which language was recognized, empty: none."""
        self._detected = code
        self._name_detection()
        self.updateGeometry()

    def find(self, words: str) -> int:
        """The item that best answers to ``words``, or -1."""
        wanted = words.strip()
        if not wanted:
            return -1
        for code in languages.search(wanted):
            at = self.findData(code)
            if at >= 0:
                return at
        return -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().strip() and self.view().isHidden():
            self.showPopup()
            self.view().keyboardSearch(event.text())
        else:
            super().keyPressEvent(event)

    def _name_detection(self) -> None:
        if self._detects and self.count():
            name = languages.name(self._detected) if self._detected else ""
            self.setItemText(0, tr("Detected: {language}", language=name) if name else tr("Detect the language"))

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(SPACE, 0)


class _Finding(QListView):
    """The list of the box; what is typed finds languages, also by Chinese or Latin names and by codes."""

    def __init__(self, box: LanguageBox) -> None:
        super().__init__()
        self._box = box
        self._typed = ""
        self._since = QElapsedTimer()

    def keyboardSearch(self, search: str) -> None:
        if not self._since.isValid() or self._since.elapsed() > _TYPING_MS:
            self._typed = ""
        self._since.restart()
        self._typed += search
        at = self._box.find(self._typed)
        if at >= 0:
            self.setCurrentIndex(self.model().index(at, 0))

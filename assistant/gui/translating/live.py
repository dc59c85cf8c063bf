"""Live mode: a text is translated a moment after its writer has paused. Only the latest text counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from assistant.core.cancel import Later
from assistant.gui.widgets.translation.words import hint_words

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.documents.segments import Guess
    from assistant.gui.widgets.translation.source import TranslateEditor
    from assistant.tasks.translation import TranslateOptions

MOST = 20_000  # characters; a longer text is translated when it is asked for


class Live(QObject):
    """Hands what is typed to the core, which drops the one before.

    Signals: ``recognized(language)`` of the text that is about to be handed over, empty: nobody knows; ``began()``: it
    was handed over.

    :param options: what it is translated with.
    """

    recognized = Signal(str)
    began = Signal()

    def __init__(
        self, core: Core, editor: TranslateEditor, parent: QObject, *, options: Callable[[], TranslateOptions]
    ) -> None:
        super().__init__(parent)
        self._core = core
        self._editor = editor
        self._options = options
        self._given: tuple[str, TranslateOptions, int] | None = None  # handed over last, and the glossary's revision
        self._hinted: tuple[tuple[object, ...], str] = ((), "")
        self.on = False
        self._cancel: Callable[[], None] | None = None  # of finding out the language
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._hand_over)

    def switch(self, *, on: bool) -> None:
        """Translate while somebody types, or no longer."""
        self.on = on
        if on:
            self.touch()
        else:
            self.stop()

    def touch(self) -> None:
        """The text, or what it is translated with, has changed.

        A language that is being found out is waited for all the same: who pauses a little longer than the delay and
        types on would otherwise never see a word.
        """
        if self.works:
            self._pause.start(round(1000 * self._core.settings["translate_live_delay"]))
        elif self.on:
            self._forget()  # the text that was short enough

    def now(self) -> None:
        """Do not wait for a pause."""
        self._forget()
        self._given = None
        self._hand_over()

    def stop(self) -> None:
        """Wait for nothing, write nothing any more."""
        self._forget()
        self._given = None
        self._core.translations.stop_live()

    def hint(self, language: str) -> str:
        """What speaks against the chosen model for a text in ``language``, in words; empty: nothing."""
        options, model = self._options(), self._core.models.default_for("translate")
        pair = (options.source or language, options.target)
        about = (*pair, model.key if model is not None else "")
        if self._hinted[0] != about:  # it is asked for often
            self._hinted = about, hint_words(self._core.translations.hint(pair))
        return self._hinted[1]

    @property
    def fits(self) -> bool:
        """Whether the text is short enough to be translated while it is typed."""
        return self._editor.document().characterCount() - 1 <= MOST  # Qt counts the end, too

    @property
    def works(self) -> bool:
        """Whether the text is translated while it is typed; otherwise when that is asked for."""
        return self.on and self.fits

    @property
    def waiting(self) -> bool:
        """Whether a text is about to be handed over."""
        return self._pause.isActive() or self._cancel is not None

    def _hand_over(self) -> None:
        if self._editor.guard.composing:  # what an input method has not finished is no text yet
            self.touch()
            return
        if not self.fits:
            return
        text = self._editor.toPlainText()
        if not text.strip():
            self._given = None
            self._core.translations.live("", self._options())
            return
        self._drop_question()
        cancel = Later()

        def recognized(guesses: tuple[Guess, ...]) -> None:
            if self._cancel is cancel:
                self._cancel = None
                if not self._editor.is_empty():
                    self.recognized.emit(guesses[0].language if guesses else "")
                    self._give(text)

        self._cancel = cancel
        cancel.act = self._core.languages.detect(text, recognized)

    def _give(self, text: str) -> None:
        options = self._options()
        given = (text, options, self._core.glossaries.revision(options.glossary))
        if self._given != given:
            self._given = given
            self._core.translations.live(text, options)
            self.began.emit()

    def _forget(self) -> None:
        """Wait for nothing."""
        self._pause.stop()
        self._drop_question()

    def _drop_question(self) -> None:
        """Do not wait for the language of an older text."""
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()

"""Which language a text is in: told by the worker child."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.core.cancel import Cancel
from assistant.documents.segments import Guess
from assistant.worker.messages import DetectLanguage, DocumentRequest, LanguageDetected

_MOST = 4000  # characters that tell as much as all of a text


class Languages:
    """Every method runs on the pumping thread.

    :param ask: has the child do something (``WorkerChild.ask``).
    """

    def __init__(self, ask: Callable[[Callable[[str], DocumentRequest], Callable[[Any], None]], Cancel]) -> None:
        self._ask = ask

    def detect(self, text: str, done: Callable[[tuple[Guess, ...]], None]) -> Cancel:
        """Call ``done`` once with the likeliest languages, best first; none: there is too little to tell, or nobody to
        ask.

        :returns: gives up; ``done`` gets none then.
        """

        def detected(answer: object) -> None:
            done(answer.guesses[0] if isinstance(answer, LanguageDetected) and answer.guesses else ())

        return self._ask(lambda number: DetectLanguage(id=number, texts=(text[:_MOST],)), detected)

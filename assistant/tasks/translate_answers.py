"""What of an answer is the answer: not the lines around the text in the prompt, and not the prompt itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LABEL = re.compile(r"\A[^\n]{0,40}[:：][ \t]*\Z")
_SENTENCES = re.compile(r"[\n.。:：;；!！?？]+")
_LONG = 20  # letters of a sentence of the prompt that no translation has by chance; a Chinese character counts thrice


def between_lines(text: str, fence: str) -> tuple[str, bool]:
    """The answer in what a model wrote, and whether it had ended before the model did.

    Small models go on with the form of the prompt: a label, the line, the translation, the line, and then something
    else. What comes after a line that closes the answer is none of it.
    """
    parts = re.split(rf"^[ \t]*{re.escape(fence)}[ \t]*$\n?", text, flags=re.MULTILINE)
    if len(parts) == 1:
        return text, False
    first = parts[0].strip()
    if first and not (_LABEL.fullmatch(first) and parts[1].strip()):
        return parts[0], True
    return parts[1], len(parts) > 2


class Instructions:
    """Recognizes sentences of the prompt in answers.

    :param prompt: the texts of a prompt without any text to be translated.
    """

    def __init__(self, prompt: Iterable[str]) -> None:
        sentences = {sentence.strip() for text in prompt for sentence in _SENTENCES.split(text)}
        self._sentences = {sentence for sentence in sentences if _size(sentence) >= _LONG}

    def repeated(self, text: str, source: str) -> str:
        """The sentences of the prompt in ``text``, the longest one; empty: none. What the source says, too, is none."""
        found = [one for one in self._sentences if one in text and one not in source]
        return max(found, key=len, default="")

    def is_all(self, text: str, source: str) -> bool:
        """``text`` is hardly anything else."""
        rest = text
        for sentence in self._sentences:
            if sentence not in source:
                rest = rest.replace(sentence, "")
        return 2 * _size(rest) < _size(text)


def _size(text: str) -> int:
    return sum(3 if "\u3041" <= sign <= "\u9fff" else 1 for sign in text if sign.isalnum())

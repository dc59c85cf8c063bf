"""Sentences of a prompt in answers: small models repeat what they were told, in nearly the same words, instead of doing
it or besides.

A sentence is compared by stretches of letters, so that "Translate the text into Chinese" is known by "Translate this
text into Simplified Chinese". What the source says itself is no repetition, in whatever language it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_SENTENCE = re.compile(r"[^\n.。:：;；!！?？]+[.。:：;；!！?？]*")
_EAST = re.compile("[\u3041-\u30fa\u3400-\u9fff\uf900-\ufaff]")
_FENCE_LINE = re.compile(r"^={5,}(?: \d+)?[ \t]*$", re.MULTILINE)
_LABEL = re.compile(r"[:：]\s*\Z")
_LONG = 20  # letters of a sentence of the prompt that no answer has by chance; a Chinese character counts thrice
_GRAM, _GRAM_EAST = 6, 3  # letters of a stretch that two texts share
_REST = 4  # times as long as what is left of it: a text that is hardly anything but its prompt
_REPEATS = 0.75  # share of a sentence that stands in the prompt
_SAYS_SO = 0.5  # share of a sentence of the source that stands in the prompt for its language, or in the answer's
_WORK = re.compile(
    "translat|übersetz|traduc|traduz|tradui|перев[оеё]|vertaal|översätt|tłumacz|번역|[译譯訳]|summar|总结|總結|概括|摘要",
    re.IGNORECASE,
)
"""What instructions here are about: a source that speaks of it may have them as its own."""


class Instructions:
    """Recognizes sentences of a prompt.

    :param prompt: its texts, without any text that is to be worked on.
    :param wishes: words of the user in it: an answer may well have them, but not the line around them.
    :param others: the same prompt in other languages, which a source may be in.
    """

    def __init__(self, prompt: Iterable[str], *, wishes: Iterable[str] = (), others: Iterable[str] = ()) -> None:
        texts = list(prompt)
        self._wishes = [wish for wish in wishes if wish]
        self._wished = {
            _letters(line) for text in texts for line in text.splitlines() for wish in self._wishes if wish in line
        }
        bare = [self._without_wishes(text) for text in texts]
        self._known = [_grams([text[start:end]]) for text in bare for start, end in _sentences(text)]
        self._all = frozenset().union(*self._known)
        self._brief = {_letters(text[start:end]) for text in bare for start, end in _sentences(text)}
        self._others = _grams([*bare, *others])

    def spans(self, text: str, source: str) -> list[tuple[int, int]]:
        """Where sentences of the prompt stand in ``text``, without those that ``source`` has."""
        pieces = list(_sentences(text))
        if _LABEL.search(text) and not _LABEL.search(source):
            labels = [_letters(text[start:end]) for start, end in pieces]
            if all(label in self._brief for label in labels):
                return pieces  # "The text:" and nothing behind it
        wished = [one.span() for one in re.finditer(r"[^\n]+", text) if _letters(one[0]) in self._wished]
        found = [
            (start, end)
            for start, end in pieces
            if self._repeats(text[start:end]) or any(first <= start < last for first, last in wished)
        ]
        if not found or any(_share(source[start:end], self._others) >= _SAYS_SO for start, end in _sentences(source)):
            return []
        own = _grams([source])
        works = _WORK.search(source) is not None
        told = [
            (start, end)
            for start, end in found
            if _share(text[start:end], own) < _SAYS_SO and not (works and _WORK.search(text[start:end]))
        ]
        if not told:
            return []
        # What is too short to tell by itself does so beside the others.
        return [piece for piece in pieces if piece in told or _letters(text[slice(*piece)]) in self._brief]

    def without(self, text: str, source: str) -> str:
        """``text`` without sentences of the prompt, and without what is left of their lines if that says nothing."""
        spans = self.spans(text, source)
        if not spans:
            return text
        lines = []
        for found in re.finditer(r"[^\n]*\n?", text):
            within = [(a, b) for a, b in spans if found.start() <= a < found.end()]
            line = found[0]
            for start, end in reversed(within):
                line = line[: start - found.start()] + line[end - found.start() :].lstrip(" \t")
            if not within or any(map(str.isalnum, line)):
                lines.append(line if line.endswith("\n") or not found[0].endswith("\n") else line + "\n")
        return "".join(lines).strip()

    def without_end(self, text: str) -> str:
        """``text`` without the end of the prompt: the line that closes the material, and what is said below it."""
        fences = list(_FENCE_LINE.finditer(text))
        if not fences:
            return text
        last = fences[-1]
        below = [text[last.end() :][start:end] for start, end in _sentences(text[last.end() :])]
        if not below or any(_letters(sentence) not in self._brief for sentence in below):
            return text
        return text[: last.start()].rstrip()

    def is_all(self, text: str, source: str) -> bool:
        """``text`` is hardly anything else."""
        return _REST * _size(self.without(text, source)) < _size(text)

    def _repeats(self, sentence: str) -> bool:
        bare = self._without_wishes(sentence)
        if _size(bare) < _LONG or _share(bare, self._all) < _REPEATS:
            return False
        return any(_share(bare, one) >= _REPEATS for one in self._known)

    def _without_wishes(self, text: str) -> str:
        for wish in self._wishes:
            text = re.sub(re.escape(wish), " ", text, flags=re.IGNORECASE)
        return text


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for found in _SENTENCE.finditer(text):
        if any(map(str.isalnum, found[0])):
            yield found.end() - len(found[0].lstrip()), found.end()


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _size(text: str) -> int:
    return sum(3 if _EAST.match(sign) else 1 for sign in text if sign.isalnum())


def _gram(letters: str) -> int:
    return _GRAM_EAST if 2 * len(_EAST.findall(letters)) > len(letters) else _GRAM


def _grams(texts: Iterable[str]) -> frozenset[str]:
    """Stretches of the sentences of ``texts``, of both lengths."""
    found: set[str] = set()
    for text in texts:
        for start, end in _sentences(text):
            letters = _letters(text[start:end])
            for size in (_GRAM, _GRAM_EAST):
                found.update(letters[at : at + size] for at in range(len(letters) - size + 1))
    return frozenset(found)


def _share(sentence: str, known: frozenset[str]) -> float:
    """Which share of the letters of a sentence stands in stretches that are known: 0 to 1."""
    letters = _letters(sentence)
    size = _gram(letters)
    covered = bytearray(len(letters))
    for at in range(len(letters) - size + 1):
        if letters[at : at + size] in known:
            covered[at : at + size] = b"\x01" * size
    return sum(covered) / len(letters) if letters else 0.0


NOTHING_TOLD = Instructions(())
"""Of a prompt that nobody knows."""

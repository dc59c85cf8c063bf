"""Whether a name, a title or a quotation of a statement is in the document, and where it speaks of the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import numpy as np

from assistant.documents.model import MarkState
from assistant.worker.grounds import CLOSE, Grounds, Statement
from assistant.worker.han_names import is_slip
from assistant.worker.lexicon import chinese, stem
from assistant.worker.names import Name, Sort, names
from assistant.worker.passages import NEARBY, Passages, Setting
from assistant.worker.retrieval import choose
from assistant.worker.wording import Wording, is_proper

_CERTAIN = 1.5  # certainty from which another name in the best sentence contradicts one
_LOOKED_AT = 40  # sentences that are searched for a name
_KEPT = 2000
_BEFORE = 8  # sentences in which somebody is named whom a pronoun means
_PRONOUN = re.compile(
    r"\b(?:he|she|they|him|his|her|hers|them|their|I|my)\b|[他她我]|本(?:公司|院|馆|校|店|社|会|行|局|厂|人|刊)",
    re.IGNORECASE,
)
_MOST = 200  # names of the sources that a statement is searched for slips of
_LONG_SENTENCE = 1000  # characters of one that is searched for slips
_LONG_NAME = 3  # characters of a name that another one may be a slip of


class NameCheck:
    """Looks up the names of statements about one document."""

    def __init__(self, grounds: Grounds) -> None:
        self._grounds = grounds
        self._wordings: dict[int, Wording] = {}

    def holds(self, name: Name, said: Statement) -> bool:
        """Whether the document names it, and nobody else in its place."""
        if not self._is_in(name, self._grounds.wording, said.across):
            return False
        if name.sort in (Sort.QUOTE, Sort.TITLE, Sort.CODE):
            return True
        if said.across and name.sort in (Sort.CHINESE, Sort.SURNAME):
            return True
        setting = self._grounds.setting(said, name.start, name.end)
        for place in np.argsort(-setting.near, kind="stable")[:_LOOKED_AT]:
            if setting.near[place] < (NEARBY if name.sort is Sort.SURNAME else CLOSE):
                break  # who is called 老王 was named in full before
            if self._is_in(name, self._wording_of(int(place)), said.across):
                return True
        if setting.certainty < _CERTAIN or self._is_spoken_of(name, said, setting):
            return True
        own = Wording(said.reading.even, is_chinese=said.is_chinese)
        return all(
            self._is_told(other, own, said) for other in names(setting.best.text, language=self._grounds.language)
        )

    def _is_spoken_of(self, name: Name, said: Statement, setting: Setting) -> bool:
        """Whether the best sentence says ``he`` of somebody who is named a little before it."""
        best = max(setting.best.sentences, default=0)
        return _PRONOUN.search(setting.best.text) is not None and any(
            self._is_in(name, self._wording_of(place), said.across) for place in range(max(0, best - _BEFORE), best)
        )

    def _wording_of(self, sentence: int) -> Wording:
        """The words of a sentence, and of who is said to speak."""
        if sentence not in self._wordings:
            if len(self._wordings) >= _KEPT:
                self._wordings.clear()
            self._wordings[sentence] = Passages(self._grounds.index, [sentence]).with_labels().wording
        return self._wordings[sentence]

    def _is_in(self, name: Name, wording: Wording, across: bool) -> bool:
        if name.sort is Sort.CAPITALS:
            return (
                wording.has_words(name.words)
                and self._is_one(name.words)
                and not self._grounds.wording.has_other_bearers(name.words)
            )
        if name.sort is Sort.CODE:
            return wording.has_code(name.words[0])
        if name.sort is Sort.SURNAME:
            return wording.has_surname(name.words[0])
        if any(map(wording.has_text, name.words)):
            return True
        if name.sort is Sort.CHINESE and not across and any(map(wording.has_form_of, name.words)):
            return True
        return across and name.sort is Sort.CHINESE and wording.has_translation(name.words[0])

    def _is_told(self, other: Name, own: Wording, said: Statement) -> bool:
        """Whether the statement has a name of the source, if only its last part."""
        if other.sort is Sort.CAPITALS and any(own.has_word(word) for word in other.words if is_proper(word)):
            return True
        return self._is_in(other, own, said.across)

    def _is_one(self, words: tuple[str, ...]) -> bool:
        """Whether the parts of a name stand in one sentence somewhere, and are not of different names.

        A part that is a common word there (``Ragnhild Lie``, where something lies) has to stand beside the others.
        """
        parts = [word for word in words if is_proper(word) or not self._grounds.wording.has_capital(word)]
        held = [found for word in parts if (found := self._grounds.index.sentences_with(stem(word)))]
        return len(held) < 2 or bool(set.intersection(*held))

    def state(self, name: Name, said: Statement) -> MarkState:
        """A name in another script may be the same name; the same letters can be looked up in any language."""
        if not said.across or name.sort is Sort.CODE:
            return MarkState.MISSING
        if name.sort is Sort.CAPITALS and not self._grounds.index.is_chinese and said.is_chinese:
            return MarkState.MISSING  # a Chinese text that leaves a name in Latin letters has it from its source
        return MarkState.UNCHECKED

    def misspelt(self, said: Statement) -> Iterator[Name]:
        """Stretches of a Chinese statement that differ in one character from a name of its sources, and stand nowhere.

        A person's name is often made of words, and only beside the right one it can be told to be a name.
        """
        plain = said.reading.even
        if not self._grounds.index.is_chinese or said.across or len(plain) > _LONG_SENTENCE:
            return
        sources = Passages(
            self._grounds.index, (one for one, _ in choose(self._grounds.index, said.query))
        ).with_labels()
        taken = bytearray(len(plain))
        for found in names(plain, language=said.language):
            taken[found.start : found.end] = b"\1" * (found.end - found.start)
        for name in islice(sources.wording.han_names, _MOST):
            if name in plain:
                continue
            short = len(name) < _LONG_NAME
            for start in range(len(plain) - len(name) + 1):
                other = plain[start : start + len(name)]
                if (
                    not any(taken[start : start + len(name)])
                    and is_slip(other, name)
                    and not (short and (other[0] != name[0] or chinese().frequency(other)))
                    and not self._grounds.wording.has_text(other)
                ):
                    yield Name(start, start + len(name), Sort.CHINESE, (other,))

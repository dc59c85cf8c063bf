"""What a model weighed at a word of a translation: the other words that could stand there.

A model weighs pieces of words. Each of them is written on, side by side with the others, until its word is whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from assistant.base.scripts import is_traditional, only_simplified, only_traditional, script_of, scripts_of
from assistant.base.words import may_join, words_in
from assistant.core.answers import Answer
from assistant.core.translation.plans import Equipped
from assistant.core.translation.segment_work import Bench
from assistant.core.translation.views import Alternative, SegmentView
from assistant.engine.messages import FinishReason, Scored
from assistant.tasks.markers import Markers
from assistant.tasks.translation import TranslateStep

_MOST = 8  # that are shown, and written on
_MORE = 12  # tokens that the rest of a word may have
_LOST = "\ufffd"  # a part of a character


def weighed(view: SegmentView, at: int, scored: Scored, language: str) -> tuple[Alternative, ...]:
    """The words that could stand where the one with character ``at`` of the target stands, that one among them, the
    most probable beginning first. Those of the others that letters can follow are not ``whole``.
    """
    markers, target = Markers(view.source), view.target

    def shown(place: int) -> int:
        return len(markers.show(target[:place]))

    at = next((start for start, end in words_in(target) if start <= at < end), min(at, len(target)))
    there = shown(at)
    step = next((one for one in scored.steps if one.at <= there < one.at + max(1, len(one.text))), None)
    if step is None:
        return ()
    start = at
    while start > 0 and shown(start) > step.at:
        start -= 1
    end = at
    while end < len(target) and shown(end) < step.at + len(step.text):
        end += 1
    end = next((last for first, last in words_in(target) if first < end < last), end)
    chance = math.prod(one.probability for one in scored.steps if step.at <= one.at < shown(end))
    here = (step.probability, Alternative(target[start:end], round(chance, 4), start))
    others = [
        (one.probability, Alternative(one.text, round(one.probability, 4), start, whole=not _goes_on(one.text)))
        for one in step.alternatives
        if one.token != step.token and _is_choice(one.text, view.source, language)
    ][: _MOST - 1]
    found = sorted((here, *others), key=lambda entry: -entry[0])
    return tuple(alternative for _, alternative in found if alternative.text)


def visible(found: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Those of which there is something to see: a space may become a word, or the end of the sentence."""
    return tuple(one for one in found if any(sign.isprintable() and not sign.isspace() for sign in one.text))


def ranked(found: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """As they are shown in the end: the most probable first."""
    return tuple(sorted(visible(found), key=lambda one: -one.probability))


class Spelling:
    """Alternatives on their way to whole words. Every method runs on the pumping thread.

    :param told: called with all of them when there is more of one, and whether that is all there will be.
    """

    def __init__(
        self,
        bench: Bench,
        equipped: Equipped,
        view: SegmentView,
        found: tuple[Alternative, ...],
        told: Callable[[tuple[Alternative, ...], bool], None],
    ) -> None:
        self._bench = bench
        self._found = list(found)
        self._told = told
        self._words: dict[int, _Word] = {}
        head = Markers(view.source).show(view.target[: found[0].at]) if found else ""
        for number, one in enumerate(found):
            step = equipped.task.reflow(view.index, view.target[: one.at] + one.text)
            if not one.whole and step.begun.startswith(head):
                self._words[number] = _Word(one, step, len(head), partial(self._heard, number))
        self._plan = equipped.load

    def begin(self) -> None:
        """Ask for all of them. It may end before this returns."""
        for number, word in list(self._words.items()):
            word.answer = answer = self._bench.ask(word, self._plan, word.step, bulk=False)
            if answer.ended:
                self._heard(number, word)
        if not self._words:
            self._told(self._merged(), True)

    def drop(self) -> None:
        """Give it up; nobody is told anything."""
        words, self._words = list(self._words.values()), {}
        for word in words:
            word.stop(self._bench)

    def _heard(self, number: int, word: _Word) -> None:
        """More of a word has come."""
        if self._words.get(number) is not word:
            return
        self._found[number] = known = word.known()
        if not (known.whole or word.ended):
            return
        del self._words[number]
        word.stop(self._bench)
        self._told(self._merged(), not self._words)

    def _merged(self) -> tuple[Alternative, ...]:
        """Two beginnings of one word are one alternative, and so is one with a space in front of it and one without.

        They stay where they are while words are written.
        """
        found: dict[tuple[str, bool], Alternative] = {}
        for one in self._found:
            key = (one.text.strip() or one.text, one.whole)
            first = found.setdefault(key, one)
            if first is not one:
                both = round(first.probability + one.probability, 4)
                found[key] = replace(first, probability=min(1.0, both))
        return visible(found.values()) if self._words else ranked(found.values())


class _Word:
    """One of them.

    :param head: characters that stand before it in what the model is given as its own.
    """

    def __init__(self, begun: Alternative, step: TranslateStep, head: int, heard: Callable[[_Word], None]) -> None:
        # The likeliest rest, whatever the model is sampled with else.
        options = replace(
            step.options,
            temperature=0.0,
            repeat_penalty=1.0,
            presence_penalty=0.0,
            frequency_penalty=0.0,
            max_tokens=_MORE,
        )
        self.step = replace(step, options=options)
        self.answer: Answer | None = None
        self._begun = begun
        self._piece = step.begun[head:]
        self._listener = heard

    @property
    def ended(self) -> bool:
        """No more of it will come."""
        return self.answer is not None and self.answer.ended

    def stop(self, bench: Bench) -> None:
        """Nobody waits for it."""
        if self.answer is not None:
            bench.answers.stop(self.answer)

    def answer_grew(self) -> None:
        self._listener(self)

    def answer_changed(self, answer: Answer) -> None:
        if answer.ended:
            self._listener(self)

    def known(self) -> Alternative:
        """It, as far as it is written; with the probability of all of it if it is whole."""
        answer = self.answer
        if answer is None:
            return self._begun
        rest = answer.text
        before = self._piece + (self.step.gap if rest[:1].strip() else "")
        word = _first_word(before + rest, len(self._piece), ended=answer.finish is FinishReason.END)
        if not word:
            return self._begun
        rest_of_it = (one.probability for one in answer.steps if not one.reasoning and len(before) + one.at < len(word))
        chance = self._begun.probability * math.prod(rest_of_it)
        return Alternative(word, round(chance, 4), self._begun.at, whole=True)


def _first_word(text: str, least: int, *, ended: bool) -> str:
    """``text`` as far as the word goes that its first ``least`` characters end in; empty: more of it may come."""
    least = max(least, len(text) - len(text.lstrip()) + 1)
    if least > len(text):
        return ""
    end = next((last for first, last in words_in(text) if first < least <= last), least)
    following = text[end : end + 2]
    known = ended or len(following) > 1 or (following and not may_join(following)) or not _goes_on(text[:end])
    return text[:end] if known else ""


def _goes_on(text: str) -> bool:
    """Whether letters that follow a piece would belong to its last word."""
    return not text.strip() or any(start < len(text) < end for start, end in words_in(f"{text}x"))


def _is_choice(text: str, source: str, language: str) -> bool:
    """Whether a piece is something to choose: no half of a character, no tag, no line that the source does not have,
    nothing that the lock keeps out.
    """
    if not text or _LOST in text or (text.lstrip()[:1] == "<" and Markers(source).spellings):
        return False
    if "\n" in text and "\n" not in source:
        return False
    return _fits(text, language) or text.strip() in source


def _fits(text: str, language: str) -> bool:
    """Whether a text in this language can have these letters; a lock keeps the model from others, too."""
    own = scripts_of(language)
    if not own:
        return True
    others: frozenset[str] = frozenset()
    if "Hani" in own and language.startswith(("zh", "yue")):
        others = only_simplified() if is_traditional(language) else only_traditional()
    return all(
        not character.isalpha() or (script_of(character) in own and character not in others) for character in text
    )

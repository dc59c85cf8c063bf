"""What a text about a document says that the document does not: numbers, dates, amounts, names, quotations.

A long document holds many numbers and names, and a wrong one often stands somewhere in it. So each must stand near the
sentence that says most of the rest of the statement, the nearer where that has another one in its place, or follow from
what stands there. Where nothing is known to say the rest, it may stand anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from assistant.documents.languages import detect
from assistant.documents.model import Mark, MarkKind, MarkState
from assistant.worker.characters import HAN_RUN, even, has_kana
from assistant.worker.counted_things import counted, counts_something_else
from assistant.worker.counting_out import is_spelled, listed
from assistant.worker.dates import Moment, within
from assistant.worker.deriving import TOTAL, follows, is_change, with_units
from assistant.worker.evidence import Evidence, counts_things
from assistant.worker.han_names import is_slip
from assistant.worker.lexicon import chinese, stem
from assistant.worker.names import Name, Sort, names
from assistant.worker.passages import NEARBY, Passages, Setting
from assistant.worker.quantities import Figure
from assistant.worker.reckoning import fits, works_out
from assistant.worker.replaced import is_replaced, speaks_of_the_past
from assistant.worker.retrieval import Index, Query, choose
from assistant.worker.slips import is_slip_of_date, is_slip_of_number
from assistant.worker.terms import Reading, read
from assistant.worker.timing import as_age, between, lasts_since, minute_of, minutes_of, reached, repeats, spans
from assistant.worker.units import same_unit
from assistant.worker.wording import Wording, is_proper

_MOST = 200  # pieces of one sentence that are looked up; a sentence that people wrote has a few
_FRESH = 0.15  # of the statement, by weight: so much a further one must add to be one of its sources
_LIKELY = 5  # sentences from which a number may be worked out
_REACH, _REACH_HAN = 12.0, 6.0  # characters of a clause
_CLOSE = 0.6  # so near is what a number may be worked out from
_SURE = 1.0  # certainty from which the best sentence tells how many there are
_CERTAIN = 1.5  # certainty from which another name in the best sentence contradicts one
_AROUND = (0, 1, 3)  # sentences before and after: from so many a number may be worked out, if that is no chance
_LOOKED_AT = 40  # sentences that are searched for a name
_KEPT = 2000
_BEFORE = 8  # sentences in which somebody is named whom a pronoun means
_PRONOUN = re.compile(
    r"\b(?:he|she|they|him|his|her|hers|them|their|I|my)\b|[他她我]|本(?:公司|院|馆|校|店|社|会|行|局|厂|人|刊)",
    re.IGNORECASE,
)
_LONG_SENTENCE = 1000  # characters of one that is searched for slips
_LONG_NAME = 3  # characters of a name that another one may be a slip of
_COUNTED = re.compile(r" ?[^\W\d]")  # behind a number: what it counts
_HALVED = re.compile("halv\\w+", re.IGNORECASE)
_LAPSE_BEFORE = re.compile(r"(?:提前|为期|\bwithin |\bafter |\bafter only |\bat least |\bfull )$", re.IGNORECASE)
_LAPSE_AFTER = re.compile("以?[后内]|[之以][后内]|'s notice")
_LIST_NUMBER = re.compile(r"[ \t>*#|-]*\d{1,3}[.)、]")


@dataclass(frozen=True)
class Statement:
    """A sentence to be checked. ``reading`` is of it alone, ``query`` what it asks of the document.

    :ivar whole: the sentence of the document that says most of all of it.
    """

    reading: Reading
    query: Query
    language: str
    across: bool
    whole: int

    @property
    def is_chinese(self) -> bool:
        return is_chinese(self.reading.even)


class Checker:
    """Looks up what a text about one document says."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._numbers = Evidence(index.reading.numbers, index.reading.even)
        self._moments = index.reading.moments
        years = Counter(one.year for one in self._moments if one.year is not None)
        self._years = frozenset(years)
        self._nows = frozenset((max(years), years.most_common(1)[0][0])) if years else frozenset[int]()
        self._language = index.document.language or detect(index.document.text)
        self._wordings: dict[int, Wording] = {}
        self._wording = Wording(index.reading.even, is_chinese=index.is_chinese)

    def is_across(self, text: str) -> bool:
        """Whether ``text`` is in another language than the document."""
        own, other = self._language.partition("-")[0], detect(text).partition("-")[0]
        plain = even(text)
        if is_chinese(plain) != self._index.is_chinese:
            return True
        return bool(own and other and own != other and len(plain) > 40)

    def marks(self, text: str, span: tuple[int, int], query: Query) -> tuple[Mark, ...]:
        """What of ``text[start:end]`` is not in the document, in order. ``query`` is made of the same stretch."""
        start, end = span
        plain, language = even(text[start:end]), detect(text)
        scores = self._index.scores(query)
        whole = int(scores.argmax()) if len(scores) else -1
        said = Statement(read(plain, language), query, language, self.is_across(text[start:end]), whole)
        chosen: list[Mark] = []
        taken = bytearray(end - start)
        for first, last, kind, state in self._found(said):
            if not any(taken[first:last]):
                taken[first:last] = b"\1" * (last - first)
                chosen.append(Mark(start + first, start + last, kind, state))
        return tuple(sorted(chosen, key=lambda mark: mark.start))

    def _found(self, said: Statement) -> Iterator[tuple[int, int, MarkKind, MarkState]]:
        for looked_up, piece in enumerate(chain(_pieces(said), self._misspelt(said))):
            if looked_up == _MOST:
                yield piece.start, len(said.reading.even), MarkKind.NUMBER, MarkState.UNCHECKED
                return
            if isinstance(piece, Moment):
                if not self._happened(piece, said):
                    yield piece.start, piece.end, MarkKind.DATE, MarkState.MISSING
            elif isinstance(piece, Figure):
                if not self._counted(piece, said):
                    kind = MarkKind.AMOUNT if piece.unit else MarkKind.NUMBER
                    yield piece.start, piece.end, kind, MarkState.MISSING
            elif not self._named(piece, said):
                kind = MarkKind.QUOTE if piece.sort is Sort.QUOTE else MarkKind.NAME
                yield piece.start, piece.end, kind, self._state(piece, said)

    def _setting(self, said: Statement, start: int, end: int) -> Setting:
        """Where the document says what the statement says beside ``start:end``, of all of it and of what is near."""
        index = self._index
        rest = said.query.without(start, end)
        near = np.zeros(index.size, np.float32)
        likely: list[int] = []
        certainty = 0.0
        for query in (rest, rest.towards(start, end, _REACH_HAN if said.is_chinese else _REACH)):
            scores = index.scores(query)
            best = float(scores.max(initial=0.0))
            if not best:
                continue
            order = [int(one) for one in np.argsort(-scores, kind="stable")[:_LIKELY] if scores[one] >= _CLOSE * best]
            near = np.maximum(near, index.spread(scores) / best)
            likely += [one for one in order if one not in likely]
            certainty = max(certainty, index.certainty(query, order[0]))
        sources = set(_adding(rest, choose(index, rest)))
        if index.size and near[said.whole] >= NEARBY:
            sources.add(said.whole)  # the piece itself may decide
        if not likely:  # nothing is known of the rest: it may be anywhere
            near = np.ones(index.size, np.float32)
        return Setting(near, Passages(index, likely), Passages(index, likely[:1]), certainty, frozenset(sources))

    def _misspelt(self, said: Statement) -> Iterator[Name]:
        """Stretches of a Chinese statement that differ in one character from a name of its sources, and stand nowhere.

        A person's name is often made of words, and only beside the right one it can be told to be a name.
        """
        plain = said.reading.even
        if not self._index.is_chinese or said.across or len(plain) > _LONG_SENTENCE:
            return
        sources = Passages(self._index, (one for one, _ in choose(self._index, said.query))).with_labels()
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
                    and not self._wording.has_text(other)
                ):
                    yield Name(start, start + len(name), Sort.CHINESE, (other,))

    # ---------------------------------------------------------------- dates

    def _happened(self, claim: Moment, said: Statement) -> bool:
        setting = self._setting(said, claim.start, claim.end)
        years = self._years
        if claim.season is not None:  # there is one in every year
            years = frozenset(one.year for one in setting.likely.moments if one.year is not None)
        places = [one.start for one in self._moments if within(claim, one, years)]
        if claim.bare and claim.year:
            places += [one.start for one in self._numbers.between(claim.year, claim.year)]
        if claim.minute is not None:  # at 8.35
            places += [one.start for one in self._index.reading.numbers if minute_of(one) in minutes_of(claim)]
        others = [one for one in said.reading.moments if one is not claim]
        contradicted = any(
            _like(claim, known) and not _used(known, others, self._years) for known in setting.best.moments
        )
        if claim.minute is not None:
            times = {minute for one in setting.best.numbers if (minute := minute_of(one)) is not None}
            contradicted = contradicted or (bool(times) and not times & minutes_of(claim))
        slip = any(is_slip_of_date(claim, known) and not _used(known, others, years) for known in setting.best.moments)
        whole = None not in (claim.year, claim.month, claim.day) and not slip
        found = map(self._index.sentence_at, places)
        if setting.bears(found, contradicted=contradicted, weak=slip, telling=whole):
            return True
        if slip:
            return False
        if claim.day is not None or claim.year is None:
            return False
        near = setting.best if contradicted else setting.best.with_neighbours()
        later = list(reached(near.moments, near.numbers))
        years = frozenset(one.year for one in later if one.year is not None)
        return any(within(claim, one, years) for one in (*later, *(near.moments if claim.month else ())))

    def _is_replaced(
        self, claim: tuple[int, str], bearing: Iterable[Figure], rivals: Iterable[Figure], setting: Setting
    ) -> bool:
        """Whether every sentence near that has a number says that another one holds instead.

        :param claim: where it stands in which text.
        """
        start, plain = claim
        near = [one for one in bearing if setting.near[self._index.sentence_at(one.start)] >= _CLOSE]
        if not near or speaks_of_the_past(plain, start):
            return False
        instead = [(one.start, one.end) for one in rivals]
        return all(is_replaced(self._index.reading.even, (one.start, one.end), instead) for one in near)

    def _is_counted_otherwise(self, claim: Figure, said: Statement) -> bool:
        """Whether the best sentence has another number of the two things that a statement speaks of."""
        things = counted(said.reading.even, claim.end)
        if not things:
            return False
        setting = self._setting(said, claim.start, claim.end)
        numbers = [one for one in setting.best.numbers if not one.unit and not one.ordinal]
        text = self._index.reading.even
        return (
            setting.certainty >= _SURE
            and not any(one.value == claim.value for one in numbers)
            and any(things & counted(text, one.end) for one in numbers)
        )

    def _counts_something_else(
        self, claim: tuple[int, str], bearing: Iterable[Figure], rivals: Iterable[Figure], setting: Setting
    ) -> bool:
        """Whether the best sentence has the number of something else, and another number of what the claim counts."""
        best = [one for one in bearing if self._index.sentence_at(one.start) in setting.best.sentences]
        bare = [one for one in rivals if not one.unit]
        return counts_something_else(claim, best, bare, self._index.reading.even)

    # ---------------------------------------------------------------- numbers

    def _counted(self, claim: Figure, said: Statement) -> bool:
        plain = said.reading.even
        if _counts_nothing(claim, plain):
            return not (claim.is_weak and self._is_counted_otherwise(claim, said))
        setting = self._setting(said, claim.start, claim.end)
        others = [one for one in said.reading.numbers if one is not claim]
        rivals = [
            one for one in setting.best.numbers if same_unit(claim.unit, one.unit) and one.ordinal == claim.ordinal
        ]
        rivals = [known for known in rivals if not any(_bears(known, other) for other in others)]
        contradicted = bool(rivals)
        slip = any(is_slip_of_number(claim, known) for known in rivals) and not any(
            _bears(known, claim) for known in setting.best.numbers
        )
        counts = claim.is_weak and counts_things(plain, claim.end)
        bearing = [
            one
            for one in self._numbers.bearing(claim, counts=counts)
            if one.ordinal == claim.ordinal or not (contradicted and counts)
        ]
        places = [one.start for one in bearing]
        if not claim.unit:
            places += [one.start for one in self._moments if claim.value in one.says().values()]
        found = map(self._index.sentence_at, places)
        telling = claim.is_telling and not slip
        others_own = self._is_replaced((claim.start, plain), bearing, rivals, setting) or (
            claim.is_weak and contradicted and self._counts_something_else((claim.end, plain), bearing, rivals, setting)
        )
        borne = setting.bears(found, contradicted=contradicted, weak=claim.is_weak or slip, telling=telling)
        if borne and not others_own:
            return True
        if slip and claim.is_telling and not (is_change(claim, plain) or TOTAL.search(plain)):
            return False
        sentences = setting.likely.by_sentence()
        if any(_has_unit_of(claim, numbers, source) for numbers, source in sentences):
            return True
        listed_in = setting.best if contradicted else setting.likely.with_neighbours()
        if _is_told_otherwise(claim, said, listed_in):
            return True
        if follows(claim, plain, sentences) or repeats(claim, plain, sentences):
            return True
        near = setting.best if contradicted else setting.best.with_neighbours()
        aged = as_age(claim, plain)
        if lasts_since(aged, near.text, near.moments, self._nows):
            return True
        return spans(aged, near.moments) or any(
            works_out(claim, plain, [(one.numbers, one.text) for one in windows], others)
            or fits(aged, chain.from_iterable(between(aged, one.moments) for one in windows))
            for windows in ([setting.drawn_from], *(list(setting.drawn_from.windows(reach)) for reach in _AROUND))
        )

    # ---------------------------------------------------------------- names

    def _named(self, name: Name, said: Statement) -> bool:
        if not self._is_in(name, self._wording, said.across):
            return False
        if name.sort in (Sort.QUOTE, Sort.TITLE, Sort.CODE):
            return True
        if said.across and name.sort in (Sort.CHINESE, Sort.SURNAME):
            return True
        setting = self._setting(said, name.start, name.end)
        for place in np.argsort(-setting.near, kind="stable")[:_LOOKED_AT]:
            if setting.near[place] < (NEARBY if name.sort is Sort.SURNAME else _CLOSE):
                break  # who is called 老王 was named in full before
            if self._is_in(name, self._wording_of(int(place)), said.across):
                return True
        if setting.certainty < _CERTAIN or self._is_spoken_of(name, said, setting):
            return True
        own = Wording(said.reading.even, is_chinese=said.is_chinese)
        return all(self._is_told(other, own, said) for other in names(setting.best.text, language=self._language))

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
            self._wordings[sentence] = Passages(self._index, [sentence]).with_labels().wording
        return self._wordings[sentence]

    def _is_in(self, name: Name, wording: Wording, across: bool) -> bool:
        if name.sort is Sort.CAPITALS:
            return (
                wording.has_words(name.words)
                and self._is_one(name.words)
                and not self._wording.has_other_bearers(name.words)
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
        parts = [word for word in words if is_proper(word) or not self._wording.has_capital(word)]
        held = [found for word in parts if (found := self._index.sentences_with(stem(word)))]
        return len(held) < 2 or bool(set.intersection(*held))

    def _state(self, name: Name, said: Statement) -> MarkState:
        """A name in another script may be the same name; the same letters can be looked up in any language."""
        if not said.across or name.sort is Sort.CODE:
            return MarkState.MISSING
        if name.sort is Sort.CAPITALS and not self._index.is_chinese and said.is_chinese:
            return MarkState.MISSING  # a Chinese text that leaves a name in Latin letters has it from its source
        return MarkState.UNCHECKED


def is_chinese(plain: str) -> bool:
    """Whether a text (as ``characters.even`` gives it) is in Chinese, whatever it has of other scripts."""
    return HAN_RUN.search(plain) is not None and not has_kana(plain)


def _pieces(said: Statement) -> Iterator[Moment | Figure | Name]:
    """What is to be looked up: dates, numbers, names that are neither (星期四 stands in the dictionary as a name)."""
    told = bytearray(len(said.reading.even))
    stated: list[Moment | Figure] = [*said.reading.moments, *said.reading.numbers]
    for one in stated:
        told[one.start : one.end] = b"\1" * (one.end - one.start)
        yield one
    for name in names(said.reading.even, language=said.language):
        if not all(told[name.start : name.end]):
            yield name


def _adding(query: Query, found: list[tuple[int, float]]) -> Iterator[int]:
    """Sentences that say something of the statement that those before them do not: it is drawn from several."""
    total = float(query.weights.sum())
    named = np.zeros(len(query.groups), np.float32)
    for sentence, _ in found:
        own = query.found[:, sentence]
        if float(query.weights @ np.maximum(own - named, 0.0)) >= _FRESH * total:
            yield sentence
        named = np.maximum(named, own)


def _like(claim: Moment, known: Moment) -> bool:
    """Whether two dates say the same kind of thing, so that one stands in the other's place."""
    return bool(claim.says().keys() & known.says().keys())


def _used(known: Moment, others: Iterable[Moment], years: frozenset[int]) -> bool:
    return any(within(one, known, years) for one in others)


def _is_told_otherwise(claim: Figure, said: Statement, rest: Passages) -> bool:
    """A count of what the source lists, a numeral that counts nothing there, a discount for what is left to pay."""
    if claim.unit == "%":
        folded = "折" in said.reading.even or "折" in rest.text
        return folded and any(one.unit == "%" and abs(one.value + claim.value - 1) < 1e-6 for one in rest.numbers)
    if claim.unit or claim.ordinal:
        return False
    counts = _COUNTED.match(said.reading.even, claim.end) is not None
    return is_spelled(claim.value, rest.text) or (
        counts and any(claim.value in listed(text) for _, text in rest.by_sentence())
    )


def _has_unit_of(claim: Figure, numbers: Sequence[Figure], source: str) -> bool:
    """``within two hours, on site within six``: a number without a unit has that of another in its sentence."""
    if any(one not in numbers and _bears(one, claim) for one in with_units(numbers, source)):
        return True
    if not claim.unit or not claim.count:
        return False
    worth = claim.value / claim.count
    return any(not known.unit and not known.ordinal and known.value == claim.count for known in numbers) and any(
        known.unit
        and known.count
        and same_unit(claim.unit, known.unit)
        and abs(known.value / known.count - worth) < 1e-9
        for known in numbers
    )


def _counts_nothing(claim: Figure, plain: str) -> bool:
    """The number of a list item; ``two``, which is said of much that nobody has counted; ``a day``, ``by half``."""
    spelled = not plain[claim.start].isdigit()
    if claim.is_weak:
        listed_as = _LIST_NUMBER.match(plain, 0, claim.end + 1)
        return (spelled and claim.value <= 2) or (listed_as is not None and listed_as.end() > claim.start)
    if spelled and _HALVED.fullmatch(plain, claim.start, claim.end):
        return True
    loosely = plain[claim.start : claim.end].lower() == "half" and not plain.startswith(" of", claim.end)
    one = claim.bare == 1 and not _is_lapse(claim, plain)
    return spelled and (one or (claim.unit == "times" and claim.bare <= 2) or loosely)


def _is_lapse(claim: Figure, plain: str) -> bool:
    """``一个月后``, ``within a week``: when something is due is counted exactly, also where it is one."""
    return claim.unit in ("s", "month") and (
        _LAPSE_BEFORE.search(plain[: claim.start]) is not None or _LAPSE_AFTER.match(plain, claim.end) is not None
    )


def _bears(known: Figure, claim: Figure) -> bool:
    return any(True for _ in Evidence([known]).bearing(claim))

"""Names in Chinese characters: people by surname and given name, organisations by their endings, foreign names by the
characters that they are written with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import msgspec

from assistant.base.assets import resources
from assistant.worker.characters import HAN_RUN
from assistant.worker.lexicon import chinese, empty_words
from assistant.worker.numerals import CHINESE_DIGITS


class Signs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shows names: see the comment of ``names.json``. Words are separated by spaces."""

    comment: str
    titles: str
    endings: str
    trades: str
    generic: str
    before_person: str
    after_person: str
    titles_han: str
    offices: str
    surnames: str
    double_surnames: str
    no_surnames: str
    given: str
    foreign: str


SIGNS = msgspec.json.decode((resources() / "lexicon" / "names.json").read_bytes(), type=Signs)
_ENDINGS = frozenset(SIGNS.endings.split())
_TRADES = frozenset(SIGNS.trades.split())
_GENERIC = frozenset(SIGNS.generic.split())
_GIVEN = frozenset(SIGNS.given)
_GIVEN_ALONE = _GIVEN - frozenset("家才")  # but for those that are more often a word behind a name
_FOREIGN = frozenset(SIGNS.foreign)
_TITLES = "|".join(sorted(SIGNS.titles_han.split(), key=len, reverse=True))
_TITLE = re.compile(_TITLES)
_BEFORE = re.compile(f"(?:{_TITLES}|{'|'.join(SIGNS.before_person.split())})$")
_AFTER = re.compile("|".join(map(re.escape, [*SIGNS.titles_han.split(), *SIGNS.after_person.split()])))
_ROLE = re.compile("[长员家师人者授士监理记商匠侨手父母妻夫子女哥弟姐妹友生徒][：:]?$")
_SCALES = "万千"  # surnames as well
_PLACES = "中上下里内外前后边间旁"  # behind a word for a place, which may be a surname: 溺死江中
_PLAIN = "新旧老大小高长"  # before a common word: a place is often named like that
_PREPOSITIONS = "向与由给对从将被在和及为把让"
_FAMILIAR = "老小阿"  # before a surname: 老王
_FORMED = frozenset([*_ENDINGS, *SIGNS.offices.split()])
_OFFICE = re.compile("|".join(sorted(_FORMED, key=len, reverse=True)))
_LONGEST_OFFICE = 12  # characters before the ending of an organisation's whole name
_SAYS_HOW_MANY = re.compile("中共[有计记收录列含设]")  # 账簿中 共 记下
_APART = 4  # characters that a short form may leave out between two of its own
_WITH_POINT = re.compile(f"[{SIGNS.foreign}]{{1,10}}(?:·[{SIGNS.foreign}]{{1,10}})+")
_LONGEST_CUE = 6
_COMMON = 13  # a word used so often is no given name
_SELDOM = 6  # a word used so seldom may name a firm

# Logarithms of how likely what is: that a word is a name at all, its surname, each character of the given name.
_NAME, _SHORT_NAME = -6.5, -11.0
_RANKS = (-4.1, -5.5, -7.3)
_DOUBLE = -8.0
_USUAL_GIVEN, _OTHER_GIVEN = -6.2, -9.5
_CUE, _WEAK_CUE = 4.0, 2.0  # what a title or a verb of speech beside it adds; what a word for any person adds


class Found(NamedTuple):
    """A name. ``forms``: of which one in the source is enough; ``title``: it is a surname before a title only."""

    start: int
    end: int
    forms: tuple[str, ...]
    title: bool = False


@cache
def _surnames() -> dict[str, float]:
    ranks = SIGNS.surnames.split()
    found = {sign: weight for signs, weight in zip(ranks, _RANKS, strict=True) for sign in signs}
    return found | dict.fromkeys(SIGNS.double_surnames.split(), _DOUBLE)


@cache
def _double_surnames() -> frozenset[str]:
    return frozenset(SIGNS.double_surnames.split())


def han_names(text: str) -> Iterator[Found]:
    """Names in the Chinese characters of ``text`` (as ``characters.even`` gives it); some may overlap."""
    for match in _WITH_POINT.finditer(text):
        last = match[0].split("·")[-1]
        yield Found(*match.span(), (match[0], last) if len(last) > 1 else (match[0],))
    for run in HAN_RUN.finditer(text):
        likely = _likely(text, run.start(), run.end())
        words: list[tuple[str, int]] = []
        people: set[int] = set()
        place = run.start()
        for word in chinese().cut(run[0], likely):
            here = place - run.start()
            if _is_unusual(word) and any(end == here + len(word) for end, _ in likely.get(here, ())):
                people.add(place)
            words.append((word, place))
            place += len(word)
        for word, start in words:
            if start in people:
                yield Found(start, start + len(word), (word,))
        yield from _titled(words)
        yield from _organisations(words)
        yield from _foreign([(word if start not in people else "，", start) for word, start in words])
        for word, start in words:
            if len(word) > 1 and start not in people and _is_known(word) and not _SAYS_HOW_MANY.match(text, start):
                yield Found(start, start + len(word), (word,))


def _is_unusual(word: str) -> bool:
    """Whether a word is not known, or as a person's name. What only the frequencies call so is often none (高水平)."""
    return chinese().kind(word) in ("r", "") and chinese().frequency(word[1:]) < _COMMON


def _likely(text: str, first: int, last: int) -> dict[int, list[tuple[int, float]]]:
    """Stretches of the run that may be a person's name, by where they begin in it: where they end, how likely."""
    found: dict[int, list[tuple[int, float]]] = {}
    for start in range(first, last - 1):
        if text[start] in _SCALES and text[start - 1 : start].isdigit():
            continue
        for size in (2, 1):
            weight = _surnames().get(text[start : start + size]) if start + size < last else None
            if weight is None or (size == 2 and _TITLE.match(text, start + size)):
                continue  # 欧阳法官
            for given in (2, 1):
                end = start + size + given
                if end <= last and text[end - 1] not in CHINESE_DIGITS:
                    signs, cues = text[start + size : end], _cues(text, start, end)
                    if signs in _PLACES and not cues:
                        continue
                    value = weight + (_NAME if given == 2 else _SHORT_NAME) + cues
                    value += sum(_USUAL_GIVEN if sign in _GIVEN else _OTHER_GIVEN for sign in signs)
                    found.setdefault(start - first, []).append((end - first, value))
    return found


def _cues(text: str, start: int, end: int) -> float:
    before = text[max(0, start - _LONGEST_CUE) : start]
    value = _CUE if _BEFORE.search(before) else _WEAK_CUE if _ROLE.search(before) else 0.0
    return value + (_CUE if _AFTER.match(text, end) else 0.0)


def _titled(words: list[tuple[str, int]]) -> Iterator[Found]:
    """``房教授``, ``冯总``, ``老王``: a surname alone."""
    for (word, start), (after, place) in pairwise(words):
        is_surname = word in _surnames() and word not in SIGNS.no_surnames
        if is_surname and (_TITLE.match(after) or (after == "总" and len(word) == 1)):
            yield Found(start, place + len(after), (word,), title=True)
        if word in _FAMILIAR and len(word) == 1 and _surnames().get(after, _RANKS[-1]) > _RANKS[-1]:
            yield Found(start, place + len(after), (after,), title=True)
    for word, start in words:
        familiar = len(word) == 2 and word[0] in _FAMILIAR and chinese().kind(word) in ("r", "p", "")
        if familiar and _surnames().get(word[1], _RANKS[-1]) > _RANKS[-1]:
            yield Found(start, start + 2, (word[1],), title=True)


def _is_known(word: str) -> bool:
    """Whether the dictionary has a word as a name."""
    kind = chinese().kind(word)
    if word.endswith(("元", "语", "文")):  # currencies and languages
        return False
    if len(word) == 2 and not chinese().meanings(word) and (word[0] in _PLAIN or word[1] in _PLACES):
        return False  # 新桥 and 江中 are places as well
    return kind in ("p", "o") or (kind == "r" and bool(chinese().meanings(word)))


def _organisations(words: list[tuple[str, int]]) -> Iterator[Found]:
    """``晨光公司``, ``临川市``: an ending behind a word that is not one of the usual ones."""
    for index, (ending, place) in enumerate(words[1:]):
        before, start = words[index]
        if before in _GENERIC or before in empty_words() or not (_is_ending(ending) or ending in _TRADES):
            continue
        stem_text = before
        if len(before) == 1 and index and len(words[index - 1][0]) == 1 and words[index - 1][0] not in empty_words():
            stem_text = words[index - 1][0] + before  # 临 川 市
        kind = chinese().kind(before)
        if kind in ("v", "m", "q") or (ending in _TRADES and not _may_name_firm(stem_text, before)):
            continue
        if len(stem_text) > 1 or len(ending) > 1:
            whole = stem_text + ending
            alone = len(stem_text) > 1 and ending not in _TRADES
            first = start + len(before) - len(stem_text)
            forms: tuple[str, ...] = (whole, stem_text) if alone else (whole,)
            if len(stem_text) > 2 and stem_text[0] in _PREPOSITIONS:  # 向骏途公司 is 骏途公司
                forms += (whole[1:],)
            yield Found(first, place + len(ending), forms)


def _is_ending(word: str) -> bool:
    """``大学``, and ``理工大学``."""
    return word in _ENDINGS or (len(word) > 2 and word[-2:] in _ENDINGS)


def _may_name_firm(stem_text: str, before: str) -> bool:
    """Whether what stands before ``药业`` is a name: a name anyway, an unusual word, two that make no word."""
    if len(before) == 1:
        return len(stem_text) > 1
    return chinese().kind(before) in ("p", "r", "o", "") or chinese().frequency(before) < _SELDOM


def _foreign(words: list[tuple[str, int]]) -> Iterator[Found]:
    """Three and more characters together that foreign names are written with and that make no words."""
    run: list[tuple[str, int]] = []
    for word, place in [*words, ("", -1)]:
        if word and set(word) <= _FOREIGN and (len(word) == 1 or chinese().kind(word) in ("p", "r", "")):
            run.append((word, place))
            continue
        whole = "".join(one for one, _ in run)
        if len(whole) > 2:
            yield Found(run[0][1], run[0][1] + len(whole), (whole,))
        run = []


def is_short_for(short: str, whole: str) -> bool:
    """Whether an organisation may be called ``short`` for its whole name: ``北大`` for ``北京大学``.

    A short form has some characters of the name in their order, the last one of its ending.
    """
    ending = next((match for match in _OFFICE.finditer(whole) if match.end() == len(whole)), None)
    if ending is None or not 1 < len(short) < len(whole) or short[-1] not in ending[0]:
        return False
    place = -1
    for sign in short:
        found = whole.find(sign, place + 1, place + 2 + _APART if place >= 0 else len(whole))
        if found < 0:
            return False
        place = found
    return place >= ending.start()


def wholes(text: str) -> Iterator[str]:
    """Stretches of ``text`` that end like an organisation; longer at their beginning than its name may be."""
    for run in HAN_RUN.finditer(text):
        for ending in _OFFICE.finditer(run[0]):
            if ending.start() > 1:
                yield run[0][max(0, ending.start() - _LONGEST_OFFICE) : ending.end()]


def has_short_name(name: str, text: str) -> bool:
    """Whether a person's name without its last character is a whole name in ``text``: ``张维欠`` of ``张维欠米娜``, but
    not ``冯静仪`` where there is a ``冯静怡``."""
    short, last = name[:-1], name[-1:]
    if len(short) != (3 if short[:2] in _double_surnames() else 2) or last in _GIVEN_ALONE:
        return False
    return re.search(f"{short}(?![{''.join(_GIVEN_ALONE)}])", text) is not None


def is_slip(other: str, name: str) -> bool:
    """Whether ``other`` is ``name`` with one character changed for another that names are written with."""
    apart = [place for place, (one, two) in enumerate(zip(other, name, strict=True)) if one != two]
    if len(apart) != 1:
        return False
    changed = {other[apart[0]], name[apart[0]]}
    return changed <= _GIVEN | _FOREIGN | (_surnames().keys() if apart[0] == 0 else set())

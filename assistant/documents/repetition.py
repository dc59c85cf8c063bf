"""Small models that do not come to an end say the same again and again. This finds it and takes it off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_UNIT = re.compile(r"[\u3041-\u30fa\u3400-\u9fff\uf900-\ufaff]|[^\W\u3041-\u30fa\u3400-\u9fff\uf900-\ufaff]+")
_EAST = re.compile(r"[\u3041-\u30fa\u3400-\u9fff\uf900-\ufaff]")
_SENTENCE = re.compile(r".+?(?:[.!?]+[\"”’)*]*(?=\s)|[。！？]+[”’」』）]*|$)\s*")
END = re.compile(r"[.!?][\"”’)*]*(?=\s|$)|[。！？…][”’」』）]*")
"""The end of a sentence."""
_LONGEST_PERIOD = 400  # characters
_OFTEN = 3  # times that the same sentence makes a loop
_ROUNDS, _LONG_ROUND = 4, 300  # how often the same comes in a row, and in characters
_CERTAIN, _CERTAIN_EAST = 160, 80  # characters of nothing but rounds
_SAME = 6  # sentences in a row that differ only in their numbers
_GRAM = 4  # words, twice as many Chinese characters


def units(text: str) -> list[str]:
    """Words in lower case, and single characters of Chinese and Japanese."""
    return _UNIT.findall(text.casefold())


def is_eastern(words: Sequence[str]) -> bool:
    """Most units are single Chinese or Japanese characters."""
    return sum(1 for word in words if _EAST.match(word)) * 2 > len(words)


def without_loops(text: str, source: str = "") -> tuple[str, int]:
    """``text`` with each thing said once, and how bad it was: 0 not at all, 1 a sentence came twice, 2 a loop.

    :param source: what the text is about: numbers that stand there are not made up by counting on.
    """
    shorter = _without_tail(text)
    bad = 2 if shorter != text else 0
    shorter, counted = _without_counting(shorter, source)
    shorter, twice = _without_doubles(shorter)
    worn = _without_worn(shorter, source)
    if counted or worn != shorter:
        bad = 2
    return worn.strip(), max(bad, twice)


def goes_in_circles(text: str) -> bool:
    """Whether a text that is still being written has said the same so often that nothing that follows makes it good.

    Of the whole text ``without_loops`` would say that it is a loop. Constant cost for each character.
    """
    sentences = [sentence for line in text.split("\n") if not is_row(line) for sentence in sentences_of(line)]
    seen = Counter(" ".join(words) for one in sentences[:-1] if _says_enough(words := units(one)))
    if max(seen.values(), default=0) >= _OFTEN:
        return True
    tail = text[-_LONG_ROUND * _ROUNDS :].rstrip()
    for period in range(1, len(tail) // _ROUNDS + 1):
        size = max(_ROUNDS * period, _CERTAIN_EAST if _EAST.search(tail[-period:]) else _CERTAIN)
        if size <= len(tail) and tail[-size:-period] == tail[-size + period :]:
            return bool(units(tail[-period:]))
    return False


def up_to_a_sentence(text: str) -> str:
    """``text`` up to its last whole sentence or line; empty if there is none."""
    ends = [found.end() for found in END.finditer(text)]
    line = text.rstrip().rfind("\n")
    return text[: max([*ends, line, 0])].rstrip()


# ---------------------------------------------------------------- the end goes in circles


def _without_tail(text: str) -> str:
    """A text whose end repeats with some period keeps one round of it, up to the end of a sentence."""
    text = text.rstrip()
    size = len(text)
    for period in range(1, min(_LONGEST_PERIOD, size // 3) + 1):
        start = size
        while start > period and text[start - 1] == text[start - 1 - period]:
            start -= 1
        run = size - start  # what comes after the first round
        least = 20 if _EAST.match(text[-1]) or _EAST.search(text[-period:]) else 36
        if run >= max(2 * period - 2, least - period) and run > 2:
            return _one_round(text, start, period)
    return text


def _one_round(text: str, start: int, period: int) -> str:
    round_end = END.search(text, max(0, start - 1), start + period)
    if round_end:
        return text[: round_end.end()].rstrip()
    return up_to_a_sentence(text[:start]) or _whole_words(text[:start])


def _whole_words(text: str) -> str:
    space = text.rstrip().rfind(" ")
    return text[:space] if space > 0 else text


# ---------------------------------------------------------------- sentences


def _without_doubles(text: str) -> tuple[str, int]:
    """Each longer sentence once. 1: one or the other came twice; 2: one came three times, or much came twice."""
    seen: Counter[str] = Counter()
    lines, total, dropped = [], 0, 0
    for line in text.split("\n"):
        if is_row(line):
            lines.append(line)
            continue
        left = []
        for sentence in sentences_of(line):
            words = units(sentence)
            total += 1
            key = " ".join(words)
            seen[key] += 1
            if _says_enough(words) and seen[key] > 1:
                dropped += 1
            else:
                left.append(sentence)
        if left or not line.strip():
            lines.append("".join(left).rstrip())
    if not dropped:
        return text, 0
    often = max((count for key, count in seen.items() if _says_enough(key.split())), default=0) >= _OFTEN
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), 2 if often or dropped * 4 > total else 1


def _without_counting(text: str, source: str) -> tuple[str, bool]:
    """Without a row of sentences that only count on: "Chapter 1 tells more. Chapter 2 tells more." """
    sentences = [sentence for line in text.splitlines(keepends=True) for sentence in sentences_of(line)]
    masked = [re.sub(r"\d+", "0", " ".join(units(sentence))) for sentence in sentences]
    known = set(re.findall(r"\d+", source))
    begin = 0
    while begin < len(sentences):
        end = begin + 1
        while end < len(sentences) and masked[end] == masked[begin]:
            end += 1
        row = sentences[begin:end]
        if end - begin >= _SAME and "0" in masked[begin] and not _known(row, known):
            return "".join(sentences[:begin] + sentences[end:]).strip(), True
        begin = end
    return text, False


def _known(row: Iterable[str], known: set[str]) -> bool:
    numbers = [number for sentence in row for number in re.findall(r"\d+", sentence)]
    return sum(1 for number in numbers if number in known) * 2 >= len(numbers)


def sentences_of(line: str) -> list[str]:
    """The sentences of a line, with the spaces behind them; what is left at its end is one, too."""
    return [found[0] for found in _SENTENCE.finditer(line) if found[0]]


def is_row(line: str) -> bool:
    """A row of a table, of which one may be as another."""
    return line.lstrip().startswith("|")


def _says_enough(words: Sequence[str]) -> bool:
    return len(words) >= (8 if is_eastern(words) else 5)


# ---------------------------------------------------------------- always the same words


def _without_worn(text: str, source: str) -> str:
    """The beginning of a text, up to where it goes over the same words again and again; the source may do so too."""
    found = list(_UNIT.finditer(text.casefold()))
    words = [one[0] for one in found]
    size = 2 * _GRAM if is_eastern(words) else _GRAM
    if len(words) < 20 * _GRAM or text.lstrip().startswith("|"):
        return text
    seen: set[tuple[str, ...]] = set()
    fresh = [0]
    for at in range(len(words) - size + 1):
        gram = tuple(words[at : at + size])
        fresh.append(fresh[-1] + (gram not in seen))
        seen.add(gram)
    if fresh[-1] * 100 >= 45 * (len(fresh) - 1):
        return text
    known = units(source)
    worded = {tuple(known[at : at + size]) for at in range(len(known) - size + 1)}
    if 2 * len(seen & worded) > len(seen):
        return text
    last = max(at for at in range(1, len(fresh)) if fresh[at] * 10 >= at * 7)
    cut = text[: found[min(last + size, len(found)) - 1].end()]
    return up_to_a_sentence(cut) or cut


# ---------------------------------------------------------------- copies


def copied(words: Sequence[str], known: Sequence[str]) -> float:
    """Which share of a text stands in its source word for word, in stretches of ten words or more: 0 to 1.

    :param words: ``units`` of the text; ``known``: those of the source.
    """
    size = 16 if is_eastern(words) else 10
    if len(words) < size:
        return 0.0
    grams = {tuple(known[at : at + size]) for at in range(len(known) - size + 1)}
    covered = bytearray(len(words))
    for at in range(len(words) - size + 1):
        if tuple(words[at : at + size]) in grams:
            covered[at : at + size] = b"\x01" * size
    return sum(covered) / len(words)

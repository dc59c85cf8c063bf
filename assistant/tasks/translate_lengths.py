"""How many tokens texts and their translations take, about; and long texts in pieces. Arithmetic only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from assistant.base import languages
from assistant.documents.segments import is_code
from assistant.tasks.presets import translate_preset

_EAST = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]")
_CUTS = (
    re.compile(r"\n+[ \t]*"),
    re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？])[”’」』）]*"),
    re.compile(r"(?<=[;:,])\s+|\s+(?=[—–-]\s)|(?<=[；：，、])"),
    re.compile(r"\s+"),
)
"""Where a text may be cut, the better places first."""


def estimated_tokens(text: str) -> int:
    """Tokens of a text in a vocabulary that may not have been made for it: rather too many."""
    return round(sum(map(_weight, text)) + 0.5)


def answer_tokens(text: str, source: str, target: str) -> int:
    """The longest translation of ``text`` that is to be expected: a good one ends well before.

    :param source: BCP 47, empty: unknown; ``target``: of the translation.
    """
    preset = translate_preset()
    sizes, lengths = preset.sizes, preset.lengths
    codes = sum(1 for sign in text if is_code(sign))
    characters = (len(text) - codes) * _of(lengths.density, target) / _density(text, source)
    most = characters * _tokens_per_character(target) * sizes.generous / 100
    # What stays as it is (code, links, numbers) takes what it takes in the source.
    kept = sum(1 for sign in text if sign.isascii() and not sign.isalpha() and not sign.isspace())
    return round(sizes.answer_own + most + kept + sizes.code * codes)


def pieces(text: str, most: int) -> list[tuple[str, str]]:
    """``text`` in pieces of at most ``most`` estimated tokens, each with the white space before it.

    They are cut at the ends of lines and sentences, else between clauses, else between words, else anywhere.
    """
    found: list[tuple[str, str]] = []
    gap, rest = "", text
    while rest and estimated_tokens(rest) > most:
        end, begin = _cut(rest, most)
        found.append((gap, rest[:end]))
        gap, rest = rest[end:begin], rest[begin:]
    if rest:
        found.append((gap, rest))
    return found


def joined(texts: Sequence[str], cut: Sequence[tuple[str, str]], *, source: str, target: str) -> str:
    """The translations of ``pieces`` as one text.

    :param source: BCP 47, empty: unknown; ``target``: of the translation.
    """
    text = last = ""
    for translated, (gap, piece) in zip(texts, cut, strict=True):
        between = languages.between_sentences(gap, last, source=source, target=target) if text else ""
        text += between + translated
        last = piece[-1:]
    return text


def _cut(text: str, most: int) -> tuple[int, int]:
    """Where the first piece ends, and where the next one begins."""
    sums = accumulate(map(_weight, text))
    limit = max(1, next((at for at, tokens in enumerate(sums) if tokens > most), len(text)))
    for pattern, share in zip(_CUTS, (0.3, 0.3, 0.3, 0.0), strict=True):
        best = max(
            (found for found in _places(pattern, text, limit) if found[0] > share * limit), default=None
        )  # fmt: skip
        if best is not None and best[1] < len(text):
            return best
    return limit, limit


def _places(pattern: re.Pattern[str], text: str, limit: int) -> Iterator[tuple[int, int]]:
    for found in pattern.finditer(text):
        if found.start() > limit:
            return
        # Closing quotation marks after a full stop belong to the sentence.
        end = found.start() + len(found[0].rstrip()) if found[0].strip() else found.start()
        if 0 < end <= limit:
            yield end, found.end()


def _weight(sign: str) -> float:
    if sign.isascii():
        return 0.32 if sign.isalpha() or sign == " " else 0.7
    if is_code(sign):
        return translate_preset().sizes.code
    return 1.6 if _EAST.match(sign) else 1.0


def _density(text: str, source: str) -> float:
    """By what the text is written in, whatever language somebody says it is."""
    eastern = len(_EAST.findall(text))
    if eastern * 3 > len(text):
        known = _of(translate_preset().lengths.density, source)
        return known if known < 0.8 else 0.36
    return max(0.8, _of(translate_preset().lengths.density, source))


def _tokens_per_character(tag: str) -> float:
    table = translate_preset().lengths.tokens
    return table.get(languages.primary(tag)) or table.get(languages.script(tag), table["other"])


def _of(table: dict[str, float], tag: str) -> float:
    return table.get(languages.primary(tag), table["other"])

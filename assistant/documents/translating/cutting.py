"""Where the segments of a block are: sentences with the markup that belongs to them, and nothing without words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.documents import detection, sentences
from assistant.documents.segments import ALONE, CLOSE, OPEN, is_code
from assistant.documents.translating.blocks import Block, Code, Role

SHORT = 400
"""Characters of a cell or a string that is translated as a whole; a longer one is cut into sentences."""
_SAMPLE = 20_000  # characters that tell a document's language
_MOST_MERGED = 1500  # characters of sentences that are kept together because markup goes across them
_WORD = "word"  # stands for code and formulas where sentences are sought
_NOTE = re.compile(r"(?<=[.!?。！？…”\"’)」])([\ue000-\ue1ff])[\[(]?[\d*†‡§]{1,4}[\])]?([\ue200-\ue3ff])")
"""The number of a note behind a sentence: it is no part of the next one."""
# Names and addresses are of ASCII: what stands beside them in Chinese are words. Each run of characters is tried once.
_NO_WORDS = re.compile(
    r"(?:https?|ftp|file|mailto|tel|data)://?[^\s<>\"'\u2e80-\uffef]+|www\.[^\s<>\"'\u2e80-\uffef]+"
    r"|(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]++@[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]++)+"
    r"|(?<![A-Za-z0-9_./~%-])[A-Za-z0-9_./~%-]*\."
    r"(?:png|jpe?g|gif|svg|webp|bmp|tiff?|ico|mp[34]|css|js|json|xml|x?html?|pdf|docx?)(?![A-Za-z0-9_.])"
    r"|\{\{[^{}\n]*\}\}|\{%[^\n]{0,500}?%\}|\$?\{[^{}\n]*\}|<%[^\n]{0,500}?%>|%\([\w.]+\)[#0 +-]*+[\d.]*+[a-zA-Z]"
    r"|%[-_0^#]?[A-Za-z](?![A-Za-z])"
    r"|%(?:\d+\$)?[#0 +-]*+[\d.*]*+(?:hh?|ll?|[jztL])?[diouxXeEfFgGcspn@](?![A-Za-z])|%\d+|\$\w+\$"
    r"|</?[A-Za-z][^<>\n]*>|&#?\w+;"
)


def has_words(text: str) -> bool:
    """Is there anything to translate: a letter that is not part of an address, a placeholder, a tag or an entity?"""
    return any(map(str.isalpha, text)) and any(map(str.isalpha, _NO_WORDS.sub("", text)))


def language_of(blocks: Iterable[Block]) -> str:
    """The language that these blocks are in, BCP 47; empty where it cannot be told."""
    sample: list[str] = []
    size = 0
    for block in blocks:
        sample.append("".join(one for one in block.text if not is_code(one)))
        size += len(block.text)
        if size > _SAMPLE:
            break
    return detection.language_of("\n".join(sample))


def cut(block: Block, language: str) -> list[tuple[int, int]]:
    """Start and end of each segment in the block's text."""
    text = block.text
    if block.cuts:
        found = block.cuts
    elif block.whole:
        found = [(0, len(text))]
    else:
        plain, places = _plain(text, block.codes)
        found = [(places[start], places[end - 1] + 1) for start, end in sentences.split(plain, language)]
    spans = _whole_pairs(text, [_with_halves(text, span) for span in found])
    trimmed = [_trimmed(text, span, block.codes) for span in spans]
    return [(start, end) for start, end in trimmed if end > start and has_words(text[start:end])]


def _plain(text: str, codes: Mapping[str, Code]) -> tuple[str, list[int]]:
    """The text without codes, and where each of its characters stands in ``text``."""
    if not any(map(is_code, text)):
        return text, list(range(len(text)))
    shown: list[str] = []
    places: list[int] = []
    noted = {at for found in _NOTE.finditer(text) if partner(found[1]) == found[2] for at in range(*found.span())}
    for at, character in enumerate(text):
        if at in noted:
            stands = ""
        elif is_code(character):
            code = codes.get(character)
            stands = _WORD if code and code.role is Role.WORD else "\n" if code and code.role is Role.BREAK else ""
        else:
            stands = character
        shown.append(stands)
        places += [at] * len(stands)
    return "".join(shown), places


def _with_halves(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span with the codes around it that are halves of pairs in it."""
    start, end = span
    inside = set(text[start:end])
    while end < len(text) and CLOSE <= ord(text[end]) < ALONE and partner(text[end]) in inside:
        end += 1
    while start and OPEN <= ord(text[start - 1]) < CLOSE and partner(text[start - 1]) in inside:
        start -= 1
    return start, end


def partner(code: str) -> str:
    """The other half of a pair."""
    return chr(ord(code) + CLOSE - OPEN) if ord(code) < CLOSE else chr(ord(code) - CLOSE + OPEN)


def _whole_pairs(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, those together in one that a pair begins in the middle of one and ends in another."""
    found: list[tuple[int, int]] = []
    for span in spans:
        if found and span[1] - found[-1][0] <= _MOST_MERGED and _is_cut(text, found[-1]):
            found[-1] = _with_halves(text, (found[-1][0], span[1]))
        else:
            found.append(span)
    return found


def _is_cut(text: str, span: tuple[int, int]) -> bool:
    """Does a pair begin inside the span, behind words, that does not end in it?"""
    inside = text[span[0] : span[1]]
    opened = [at for at, one in enumerate(inside) if OPEN <= ord(one) < CLOSE and partner(one) not in inside]
    return any(not _is_edge(inside[:at]) and not _is_edge(inside[at:]) for at in opened)


def _is_edge(text: str) -> bool:
    return all(is_code(one) or one.isspace() for one in text)


def _trimmed(text: str, span: tuple[int, int], codes: Mapping[str, Code]) -> tuple[int, int]:
    """The span without white space at its ends, and without codes there that can stand between two segments."""
    start, end = span
    while end > start:
        first, last = text[start], text[end - 1]
        inside = text[start:end]
        if first.isspace() or _is_mark(first, codes) or (_is_half(first) and partner(first) not in inside):
            start += 1
        elif last.isspace() or _is_mark(last, codes) or (_is_half(last) and partner(last) not in inside):
            end -= 1
        elif _is_half(first) and partner(first) == last:
            start, end = start + 1, end - 1
        else:
            break
    return start, end


def _is_half(character: str) -> bool:
    return OPEN <= ord(character) < ALONE


def _is_mark(character: str, codes: Mapping[str, Code]) -> bool:
    if ord(character) < ALONE or not is_code(character):
        return False
    code = codes.get(character)
    return code is None or code.role is not Role.WORD

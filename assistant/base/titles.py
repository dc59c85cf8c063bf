"""Titles: what a conversation or a text is called, by the words it begins with."""

from __future__ import annotations

import re
import unicodedata

_FENCE = re.compile(r"(?:```|~~~)[\w+#.-]*\Z")
_AT_START = re.compile(r"(?:(?:>|#{1,6}|[-*+](?: \[[ xX]\])?)(?: +|\Z))+")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?: \"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9_*~`\\])(\*{1,3}|_(?!_)|~~|`+)(?=[^\s*~`])(.*?)(?<=\S)\1(?![A-Za-z0-9_*~`])")
_LOOKED_AT = 20_000  # characters of a text in which its first words are looked for
_LONGEST = 600  # characters of a line of which a title is made
_SENTENCE_END = re.compile(r"(?<!\b\w)[.?!](?=[ \"”’)])|[。？！](?![”’」』）])")
_CLAUSE_END = re.compile(r"[,;:](?= )|[，；：、]| [-–—] |——")
_WORD_END = re.compile(r" |(?<=[^\x00-\xff])(?=[A-Za-z0-9])")
_LOOSE = " ,.;:，。；：、-–—"
_STOP = re.compile(r"(?<=[^.。\s])(?<!\.\w)(?<!\betc)[.。]\Z")


def title_from(text: str, width: int) -> str:
    """A title from the first line with words in it, without Markdown: as much of it as there is room for, up to the end
    of a sentence, else of a clause, else of a word.

    :param width: the most that it may have, in Latin letters; a Chinese character counts as two.
    """
    lines = [" ".join(line[:_LONGEST].split()) for line in text.lstrip()[:_LOOKED_AT].splitlines()]
    line = next((plain for line in lines if (plain := _without_markup(line))), next(filter(None, lines), ""))
    begun = line[: _fitting(line, width)]
    if begun == line:
        return without_stop(line)
    least = len(begun) // 2
    ends = [found.end() for found in _SENTENCE_END.finditer(line, least, len(begun) + 1) if found.end() <= len(begun)]
    if ends:
        return without_stop(line[: ends[-1]])
    for kind in (_CLAUSE_END, _WORD_END):
        places = [found.start() for found in kind.finditer(line, least, len(begun) + 1) if found.start() <= len(begun)]
        if places:
            begun = line[: places[-1]]
            break
    return begun.rstrip(_LOOSE) + "…"


def without_stop(title: str) -> str:
    """A title without a full stop at its end, which would stand within the sentences that name it. Those of ``etc.``,
    ``U.S.`` and ``...`` belong to the words.
    """
    return _STOP.sub("", title)


def _fitting(line: str, width: int) -> int:
    """How many characters of ``line`` have room in ``width`` Latin letters."""
    for at, character in enumerate(line):
        width -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width < 0:
            return at
    return len(line)


def _without_markup(line: str) -> str:
    """A line without what Markdown marks it with: as a heading, a list, code, a link, emphasis in emphasis. Empty: it
    has no words.
    """
    if _FENCE.match(line):
        return ""
    plain = _LINK.sub(r"\1", line[found.end() :] if (found := _AT_START.match(line)) else line)
    for _ in range(2):
        plain = _EMPHASIS.sub(r"\2", plain)
    return plain.strip() if any(map(str.isalnum, plain)) else ""

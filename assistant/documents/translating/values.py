"""Values that are written anew as a whole when they change: strings of programs, cells of tables."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from assistant.documents.segments import ALONE, CODES, SegmentKind
from assistant.documents.translating.blocks import Block, Code, Item, Role
from assistant.documents.translating.cutting import SHORT, has_words
from assistant.documents.translating.icu import cuts_of, message_in, quoted

_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\ue5ff]")
_IDENTIFIER = re.compile(
    r"[A-Za-z0-9]+(?:[_/\\@:#][A-Za-z0-9.-]+)+|[a-z0-9]+(?:-[a-z0-9]+){2,}|[a-z]+[A-Z][A-Za-z0-9]*"
    r"|(?:\.{0,2}/|[#.$@])[\w./-]+|#[0-9A-Fa-f]{3,8}|[\w./-]+\.(?:png|jpe?g|gif|svg|css|js|html?|json|md|txt|pdf|mp[34]|py)"
    r"|[\w./-]{3,}\.(?:[ch]|cc|cpp|hpp|ts|rs|go|rb|sh|xml|ya?ml|toml|zip|gz)"
    r"|[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|0[xX][0-9A-Fa-f]+|[a-z_][a-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]+)+"
)


_LONGEST_NAME = 500


def is_identifier(text: str) -> bool:
    """Is this a name for programs (``btn_primary``, ``images/a.png``, ``#fff``) and not for people?"""
    return len(text) <= _LONGEST_NAME and bool(_IDENTIFIER.fullmatch(text.strip()))


def value_block(
    start: int, end: int, value: str, kind: SegmentKind = SegmentKind.STRING, *, forms: bool = True
) -> Block | None:
    """A block for a value that stands from ``start`` to ``end`` in the original; None: there are no words in it.

    :param forms: the forms of a message are translated each by itself.
    """
    if not has_words(value) or is_identifier(value):
        return None
    message = message_in(value) if forms else None
    things = [(*found.span(), Role.MARK) for found in _ODD.finditer(value)]
    things += [(*place, Role.WORD) for place in message.things] if message else []
    if len(things) > CODES:
        return None
    codes: dict[str, Code] = {}
    shown: list[str] = []
    places: list[tuple[int, int]] = [(0, 0)]  # of the value, and how much longer it is than what is shown up to there
    at = 0
    for begin, stop, role in sorted(things):
        code = chr(ALONE + len(codes))
        codes[code] = Code(start, start, role, value[begin:stop])
        shown += (value[at:begin], code)
        places.append((stop, places[-1][1] + stop - begin - 1))
        at = stop
    text = "".join([*shown, value[at:]])

    def moved(place: int) -> int:
        return place - places[bisect_right(places, place, key=lambda one: one[0]) - 1][1]

    cuts = [(moved(begin), moved(stop)) for begin, stop in cuts_of(message)]
    return Block(start, end, text, [(0, start, False)], codes, kind, whole=len(text) <= SHORT, cuts=cuts)


def value_of(block: Block, items: Sequence[Item]) -> str:
    """The value that a block has now."""
    return "".join(
        block.codes[one.text].fresh or ""
        if one.code
        else quoted(one.text, block.text)
        if block.cuts and one.raw is None
        else one.text
        for one in items
    )

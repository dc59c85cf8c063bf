"""Codes put back into a translation that has lost them, by where they stood in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assistant.documents.segments import CLOSE, CODES, OPEN, codes_of, is_code, without_codes
from assistant.tasks.glossing import EAST

_SNAP = 12  # characters that a place may move to reach the edge of a word
_STOP = re.compile(r"[.!?。！？…:：;；,，、\"'”’»」』）)\]]+\Z")


@dataclass
class _Node:
    """A code that stands alone, or a stretch with what is inside it. Places are in the text without codes.

    :ivar start: and ``end``: in the source; ``new``: in the translation, None: it has to be found.
    :ivar first: where it begins in the translation, where only that is known; ``last``: where only its end is.
    """

    open: str = ""
    close: str = ""
    start: int = 0
    end: int = 0
    new: tuple[int, int] | None = None
    first: int = -1
    last: int = -1
    inside: list[_Node] = field(default_factory=list)

    def walk(self) -> Iterator[_Node]:
        for node in self.inside:
            yield node
            yield from node.walk()


def is_sound(source: str, target: str) -> bool:
    """Every code of the source stands in the target exactly once, and no stretch crosses another one."""
    if codes_of(source) != codes_of(target):
        return False
    opened: list[int] = []
    begun = {ord(sign) - OPEN for sign in source if OPEN <= ord(sign) < OPEN + CODES}
    ended = {ord(sign) - CLOSE for sign in source if CLOSE <= ord(sign) < CLOSE + CODES}
    for sign in filter(is_code, target):
        code = ord(sign)
        if code < OPEN + CODES and code - OPEN in ended:
            opened.append(code - OPEN)
        elif CLOSE <= code < CLOSE + CODES and code - CLOSE in begun and (not opened or opened.pop() != code - CLOSE):
            return False
    return not opened


def completed(source: str, target: str) -> str:
    """``target`` with every code of ``source`` exactly once: those that stand well stay, the others are put by place.

    :param source: of the segment; ``target``: its translation, which may have lost, doubled or crossed codes.
    """
    if is_sound(source, target):
        return target
    for keeps in (True, False):
        root = _tree(source)
        plain = without_codes(target)
        if keeps:
            _keep(root, target)
        _find(root, without_codes(source), plain)
        text = "".join(_written(root, plain, 0, len(plain)))
        if is_sound(source, text):
            break
    return text


def moved(place: int, old: str, new: str) -> int:
    """Where the place ``place`` of ``old`` is in ``new``, which differs in its codes only; -1 stays -1."""
    if place < 0:
        return place
    before = sum(1 for sign in old[:place] if not is_code(sign))
    for at, sign in enumerate(new):
        if not is_code(sign):
            if not before:
                return at
            before -= 1
    return len(new)


def _tree(source: str) -> _Node:
    """The codes of the source. What opens or closes outside of it stands alone."""
    stack = [_Node(end=len(without_codes(source)))]
    pairs = {ord(sign) - CLOSE for sign in source if CLOSE <= ord(sign) < CLOSE + CODES}
    at = 0
    for sign in source:
        code = ord(sign)
        if not is_code(sign):
            at += 1
        elif code < OPEN + CODES and code - OPEN in pairs:
            node = _Node(sign, chr(CLOSE + code - OPEN), at, at)
            stack[-1].inside.append(node)
            stack.append(node)
        elif len(stack) > 1 and sign == stack[-1].close:
            stack.pop().end = at
        else:
            stack[-1].inside.append(_Node(sign, "", at, at))
    return stack[0]


def _keep(root: _Node, target: str) -> None:
    """Take over the places of codes that stand in the target once, a stretch in the right order."""
    places: dict[str, list[int]] = {}
    at = 0
    for sign in target:
        if is_code(sign):
            places.setdefault(sign, []).append(at)
        else:
            at += 1
    for node in root.walk():
        starts, ends = places.get(node.open, []), places.get(node.close, []) if node.close else []
        if len(starts) == 1 and not node.close:
            node.new = (starts[0], starts[0])
        elif len(starts) == len(ends) == 1 and starts[0] <= ends[0]:
            node.new = (starts[0], ends[0])
        elif node.close and len(starts) == 1 and not ends:
            node.first = starts[0]
        elif len(ends) == 1 and not starts:
            node.last = ends[0]


def _find(root: _Node, source: str, plain: str) -> None:
    """Give every code that has no place the one that corresponds to its own, and settle what would cross."""
    root.new = (0, len(plain))
    for node in root.walk():
        if node.new is None:
            node.new = _quoted(source[node.start : node.end], plain) or _proportional(node, source, plain)
    _settle(root)


def _quoted(words: str, plain: str) -> tuple[int, int] | None:
    """Where a name or a number of the source stands in the translation, too."""
    words = words.strip()
    at = plain.casefold().find(words.casefold()) if len(words) > 1 and len(plain) == len(plain.casefold()) else -1
    if at < 0 or plain.casefold().count(words.casefold()) > 1:
        return None
    return at, at + len(words)


def _proportional(node: _Node, source: str, plain: str) -> tuple[int, int]:
    length = round((node.end - node.start) * len(plain) / max(1, len(source)))
    if node.first >= 0:
        start, end = node.first, _edge(plain, min(len(plain), node.first + length))
    elif node.last >= 0:
        start, end = _edge(plain, max(0, node.last - length)), node.last
    else:
        start, end = _corresponding(node.start, source, plain), _corresponding(node.end, source, plain)
    if end <= start and node.end > node.start:
        end = _edge(plain, min(len(plain), start + 1))
        start = start if end > start else _edge(plain, max(0, start - 1))
    while start < end and plain[start].isspace():
        start += 1
    while start < end and plain[end - 1].isspace():
        end -= 1
    return start, max(start, end)


def _corresponding(place: int, source: str, plain: str) -> int:
    """The place in the translation, at the edge of a word; before its full stop where it stood before the source's."""
    stop, its = _STOP.search(source), _STOP.search(plain)
    length, other = stop.start() if stop else len(source), its.start() if its else len(plain)
    if place >= len(source):
        return len(plain)
    if place >= length:
        return other
    return _edge(plain, round(place * other / max(1, length)))


def _edge(text: str, place: int) -> int:
    for away in range(_SNAP):
        for at in (place - away, place + away):
            if 0 <= at <= len(text) and not is_inside_word(text, at):
                return at
    return place


def is_inside_word(text: str, place: int) -> bool:
    """A place in the middle of a word; between two Chinese characters is none."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if EAST.match(before) or EAST.match(after):
        return False
    return (before.isalnum() and (after.isalnum() or after in "'’")) or (before in "'’" and after.isalnum())


def _settle(node: _Node) -> None:
    """What is inside a stretch stays in there, and no two stretches cross."""
    assert node.new is not None
    least, most = node.new
    node.inside.sort(key=lambda one: one.new or (0, 0))
    for one in node.inside:
        start, end = one.new or (0, 0)
        start = min(max(start, least), most)
        one.new = (start, min(max(start, end), most))
        least = one.new[1]
        _settle(one)


def _written(node: _Node, plain: str, start: int, end: int) -> Iterator[str]:
    at = start
    for one in node.inside:
        first, last = one.new or (at, at)
        yield plain[at:first]
        yield one.open
        yield from _written(one, plain, first, last)
        yield one.close
        at = last
    yield plain[at:end]

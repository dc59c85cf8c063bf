"""Paragraphs that consist of runs, as Office writes them: text with codes out, runs with other text back in.

A run is a stretch of text with one look. Runs that look the same are one stretch here, whatever cut them apart: a
sentence must not reach a translator in pieces. What looks different from most of its paragraph, and what encloses text
(a link, a content control, a tracked insertion), is a pair of codes; what has no text (a picture, a tab, a field) is a
code by itself. What has no place that a reader sees (a bookmark, the end of a comment's range, deleted text) is an
*anchor*: no code, it keeps its place in proportion.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.documents import sentences
from assistant.documents.segments import ALONE, CLOSE, CODES, OPEN
from assistant.documents.translating.blocks import Role
from assistant.documents.translating.located import escaped

_NEUTRAL = 2  # blanks of another look that are not worth a code
_MANY = CODES // 2  # codes that a stretch has at most before its looks are cut at the ends of sentences


@dataclass(frozen=True, eq=False, slots=True)
class Shell:
    """What makes a run of text: everything around it. One for each run of the document.

    :ivar head: start tag and properties; ``tail``: end tag.
    :ivar name: of the element that holds text, with the document's prefix.
    :ivar key: the same for all runs that look the same.
    :ivar preserving: blanks at the ends of a text have to be asked for.
    """

    head: bytes
    tail: bytes
    name: bytes
    key: bytes
    preserving: bool

    def filled(self, text: str) -> bytes:
        """A run with this text."""
        keep = b' xml:space="preserve"' if self.preserving and text != text.strip() else b""
        return b"%s<%s%s>%s</%s>%s" % (self.head, self.name, keep, escaped(text), self.name, self.tail)


class AttributeShell(Shell):
    """What makes words the value of an attribute: nothing is around them."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(b"", b"", b"", b"", preserving=False)

    def filled(self, text: str) -> bytes:
        """The value, between whichever quotation marks."""
        return escaped(text).replace(b'"', b"&quot;").replace(b"'", b"&apos;")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the part that is copied, in a run of its own if it has a shell; or ``text`` in such a run."""

    start: int
    end: int
    shell: Shell | None = None
    text: str = ""


@dataclass(slots=True)
class Text:
    """Text of a run. ``start`` and ``end``: the element that holds it."""

    text: str
    start: int
    end: int
    shell: Shell


@dataclass(slots=True)
class Thing:
    """What has no text."""

    pieces: list[Piece]
    role: Role = Role.MARK


@dataclass(slots=True)
class Anchor:
    """What has no place that a reader sees. ``begins``: something begins here, so it stays in front of a word."""

    pieces: list[Piece]
    begins: bool = False


@dataclass(slots=True)
class Group:
    """What encloses text: the pieces before and after it.

    :ivar codes: that it takes with all that is in it; known once it is tidy, so that no level counts them anew.
    """

    opening: list[Piece]
    closing: list[Piece]
    items: list[Item]
    codes: int = 0


Item = Text | Thing | Anchor | Group


@dataclass(slots=True)
class Stretch:
    """A paragraph, or a part of a very long one, as text with codes.

    :ivar pairs: what each pair of codes stands for: a look or an enclosure.
    :ivar base: the look of text outside of all pairs.
    :ivar anchors: with their places in ``text``.
    """

    text: str = ""
    pairs: list[Shell | Group] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    anchors: list[tuple[int, Anchor]] = field(default_factory=list)
    base: Shell | None = None
    bases: dict[int, Shell | None] = field(default_factory=dict)  # the look of most of an enclosure, by its number


def stretches(items: Iterable[Item]) -> list[Stretch]:
    """The items of one paragraph as text: one stretch, but for a paragraph of hundreds of codes."""
    out: list[Stretch] = []
    tidy = _tidy(items)
    while tidy:
        end = _first_end(tidy)
        out.append(_Builder(tidy[:end]).stretch)
        tidy = tidy[end:]
    return out


def _first_end(items: Sequence[Item]) -> int:
    """How many of the items make the first stretch."""
    count = 0
    for at, item in enumerate(items):
        count += _codes(item)
        if at and count > _MANY:
            return at
    return len(items)


def has_letters(items: Iterable[Item]) -> bool:
    """Is there anything that could be translated?"""
    for item in items:
        if isinstance(item, Text) and any(map(str.isalpha, item.text)):
            return True
        if isinstance(item, Group) and has_letters(item.items):
            return True
    return False


def pieces_of(items: Iterable[Item]) -> Iterator[Piece]:
    """What items consist of, for copying them as they are."""
    for item in items:
        if isinstance(item, Text):
            yield Piece(item.start, item.end, item.shell)
        elif isinstance(item, Group):
            yield from item.opening
            yield from pieces_of(item.items)
            yield from item.closing
        else:
            yield from item.pieces


def _tidy(items: Iterable[Item]) -> list[Item]:
    """The items with as few codes as possible: an enclosure without text is a thing, neighbouring things are one."""
    out: list[Item] = []
    last = -1  # index of the thing that nothing but anchors came after
    for one in items:
        item = one
        if isinstance(item, Group):
            inside = _tidy(item.items)
            codes = sum(map(_codes, inside))
            if any(isinstance(each, (Text, Group)) for each in inside) and codes < _MANY:
                item = Group(item.opening, item.closing, inside, 1 + codes)
            else:
                pieces = [*item.opening, *_flat(inside), *item.closing]
                only_anchors = inside and all(isinstance(each, Anchor) for each in inside)
                item = Anchor(pieces) if only_anchors else Thing(pieces, _role(inside))
        if isinstance(item, Thing) and last >= 0:
            first, between = out[last], out[last + 1 :]
            assert isinstance(first, Thing)
            first.pieces += pieces_of([*between, item])
            first.role = _role([first, *between, item])
            del out[last + 1 :]
            continue
        if isinstance(item, Thing):
            last = len(out)
            item = Thing([*item.pieces], item.role)
        elif not isinstance(item, Anchor):
            last = -1
        out.append(item)
    return out


def _role(items: Iterable[Item]) -> Role:
    """What one thing stands for that is all of these."""
    roles = {item.role for item in items if isinstance(item, Thing)}
    return next((one for one in (Role.WORD, Role.BREAK) if one in roles), Role.MARK)


def _flat(inside: list[Item]) -> Iterable[Piece]:
    """What tidy items consist of. One that has taken in all others is not gone through again at each level."""
    if len(inside) == 1 and isinstance(inside[0], (Thing, Anchor)):
        return inside[0].pieces
    return pieces_of(inside)


def _codes(item: Item) -> int:
    """How many codes a tidy item takes."""
    if isinstance(item, Group):
        return item.codes
    return 0 if isinstance(item, Anchor) else 1


_SHOWN = {Role.MARK: "", Role.WORD: "x", Role.BREAK: "\n"}


def _plain_text(items: Iterable[Item]) -> str:
    """What is shown, to find sentences in it."""
    out = []
    for item in items:
        if isinstance(item, Text):
            out.append(item.text)
        elif isinstance(item, Thing):
            out.append(_SHOWN[item.role])
        elif isinstance(item, Group):
            out.append(_plain_text(item.items))
    return "".join(out)


class _Builder:
    """Makes the text of one stretch."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.stretch = Stretch()
        self._pieces: list[str] = []
        self._length = 0  # of what is put together so far
        self._plain = 0  # the same without codes, as in ``_plain_text``
        self._look: Shell | None = None  # of the pair that is open, the last one
        self._number = 0  # of that pair
        looks = {item.shell.key for item in items if isinstance(item, Text)}
        self._ends = [end for _, end in sentences.split(_plain_text(items), "")] if len(looks) > 1 else []
        self.stretch.base = self._level(items, None)
        self.stretch.text = "".join(self._pieces)

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _level(self, items: Sequence[Item], inherited: Shell | None) -> Shell | None:
        """Everything of an enclosure, or of the paragraph; the look of most of it."""
        base = _commonest(items) or inherited
        for item, following in zip(items, _next_looks(items, base), strict=True):
            if isinstance(item, Anchor):
                self.stretch.anchors.append((self._length, item))
            elif isinstance(item, Thing):
                self._put(chr(ALONE + len(self.stretch.things)))
                self._plain += len(_SHOWN[item.role])
                self.stretch.things.append(item)
            elif isinstance(item, Group):
                self._group(item, base)
            else:
                self._text(item, base)
            if self._look and following != self._look.key:
                self._close_look()
        return base

    def _text(self, item: Text, base: Shell | None) -> None:
        """Text, in a pair of codes if it does not look like most; such a pair ends with its sentence."""
        text, start, at = item.text, self._plain, 0
        self._plain += len(text)
        following = start
        if not (self._look or _is_neutral(item) or (base and item.shell.key == base.key)):
            self._open_look(item.shell)
            following += 1
        while (look := self._look) and len(self.stretch.pairs) < CODES - _MANY:
            index = bisect_left(self._ends, following)
            end = self._ends[index] - start if index < len(self._ends) else len(text)
            goes_on = len(text) - len(text[end:].lstrip())
            if goes_on >= len(text):
                break
            self._put(text[at:end])
            self._close_look()
            self._put(text[end:goes_on])
            self._open_look(look)
            at, following = goes_on, start + goes_on + 1
        self._put(text[at:])

    def _open_look(self, look: Shell) -> None:
        self._look = look
        self._open(look)

    def _close_look(self) -> None:
        self._look = None
        self._put(chr(CLOSE + self._number))

    def _open(self, pair: Shell | Group) -> int:
        self._number = len(self.stretch.pairs)
        self.stretch.pairs.append(pair)
        self._put(chr(OPEN + self._number))
        return self._number

    def _group(self, group: Group, base: Shell | None) -> None:
        number = self._open(group)
        self.stretch.bases[number] = self._level(group.items, base)
        self._put(chr(CLOSE + number))


def _is_neutral(item: Text) -> bool:
    return len(item.text) <= _NEUTRAL and not item.text.strip(" ")


def _commonest(items: Iterable[Item]) -> Shell | None:
    """The look of most letters directly in ``items``."""
    shells: dict[bytes, Shell] = {}
    counts: Counter[bytes] = Counter()
    for item in items:
        if isinstance(item, Text):
            shells.setdefault(item.shell.key, item.shell)
            counts[item.shell.key] += 1 + 8 * sum(map(str.isalnum, item.text))
    return shells[max(counts, key=lambda one: counts[one])] if counts else None


def _next_looks(items: Sequence[Item], base: Shell | None) -> list[bytes]:
    """For each item the look of the text that comes next, where a pair that was opened may reach so far."""
    looks, look = [], b""
    for item in reversed(items):
        looks.append(look)
        if isinstance(item, Group):
            look = b""
        elif isinstance(item, Text) and not _is_neutral(item):
            look = b"" if base and item.shell.key == base.key else item.shell.key
    return looks[::-1]

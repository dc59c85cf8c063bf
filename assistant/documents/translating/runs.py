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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from assistant.documents import sentences
from assistant.documents.segments import ALONE, CLOSE, CODES, OPEN, is_code
from assistant.documents.translating.blocks import Role
from assistant.documents.translating.located import escaped

_NEUTRAL = 2  # blanks of another look that are not worth a code
_MANY = CODES // 2  # codes that a stretch has at most before its looks are cut at the ends of sentences
_EASTERN = "\u2e80"  # from here on words are not told by spaces


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
    """What encloses text: the pieces before and after it."""

    opening: list[Piece]
    closing: list[Piece]
    items: list[Item]


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


# ---------------------------------------------------------------- in


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
            if any(isinstance(each, (Text, Group)) for each in inside) and sum(map(_codes, inside)) < _MANY:
                item = Group(item.opening, item.closing, inside)
            elif inside and all(isinstance(each, Anchor) for each in inside):
                item = Anchor(list(pieces_of([item])))
            else:
                item = Thing(list(pieces_of([item])), _role(inside))
        if isinstance(item, Thing) and last >= 0:
            together = [*out[last:], item]
            out[last:] = [Thing(list(pieces_of(together)), _role(together))]
            continue
        if isinstance(item, Thing):
            last = len(out)
        elif not isinstance(item, Anchor):
            last = -1
        out.append(item)
    return out


def _role(items: Iterable[Item]) -> Role:
    """What one thing stands for that is all of these."""
    roles = {item.role for item in items if isinstance(item, Thing)}
    return next((one for one in (Role.WORD, Role.BREAK) if one in roles), Role.MARK)


def _codes(item: Item) -> int:
    if isinstance(item, Group):
        return 1 + sum(_codes(each) for each in item.items)
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


# ---------------------------------------------------------------- out


class Writer:
    """Writes stretches as runs.

    :param copy: gives the bytes of a stretch of the part, with what has changed inside it.
    :param dressed: what to make of the head of a run whose text is new, for its language.
    """

    def __init__(self, copy: Callable[[int, int], bytes], dressed: Callable[[bytes], bytes]) -> None:
        self._copy, self._dressed = copy, dressed

    def written(self, stretch: Stretch, segments: Sequence[tuple[str, str]]) -> bytes:
        """A stretch with other text.

        :param segments: what its text consists of, piece by piece, and what each becomes; joined, the first ones are
            ``stretch.text``.
        """
        writing = _Writing(self, stretch)
        anchors = _places(stretch, segments)
        target = "".join(new for _, new in segments)
        next_anchor = 0
        for at, character in enumerate(target):
            while next_anchor < len(anchors) and anchors[next_anchor][0] <= at:
                writing.thing(anchors[next_anchor][1].pieces)
                next_anchor += 1
            writing.character(character)
        for _, anchor in anchors[next_anchor:]:
            writing.thing(anchor.pieces)
        return writing.finish()

    def bytes_of(self, pieces: Sequence[Piece]) -> bytes:
        """Things and ends of enclosures as they are; what comes from one run stays in one."""
        out = []
        for _, together in groupby(pieces, key=lambda one: id(one if one.shell is None or one.text else one.shell)):
            same = list(together)
            first, shell = same[0], same[0].shell
            if shell is None:
                out.append(self._copy(first.start, first.end))
            elif first.text:
                out.append(shell.filled(first.text))
            else:
                out += [shell.head, *(self._copy(one.start, one.end) for one in same), shell.tail]
        return b"".join(out)

    def run(self, shell: Shell, text: str) -> bytes:
        """A run with new text."""
        return Shell(self._dressed(shell.head), shell.tail, shell.name, shell.key, shell.preserving).filled(text)


class _Writing:
    """One stretch while it is written. Whatever codes come, in whatever order: what comes of it is well formed."""

    def __init__(self, writer: Writer, stretch: Stretch) -> None:
        self._writer, self._stretch = writer, stretch
        self._out: list[bytes] = []
        self._text: list[str] = []
        self._open: list[int] = []  # numbers of the pairs that are open, looks and enclosures
        self._seen: set[int] = set()  # things and enclosures that are written

    def character(self, character: str) -> None:
        code = ord(character)
        if not is_code(character):
            self._text.append(character)
        elif code < CLOSE:
            self._begin(code - OPEN)
        elif code < ALONE:
            self._finish(code - CLOSE)
        elif code - ALONE < len(self._stretch.things) and code not in self._seen:
            self._seen.add(code)
            self.thing(self._stretch.things[code - ALONE].pieces)

    def thing(self, pieces: Sequence[Piece]) -> None:
        self._flush()
        self._out.append(self._writer.bytes_of(pieces))

    def finish(self) -> bytes:
        """All of it. A thing that no code stood for any more is added: a picture or a footnote is never lost."""
        while self._open:
            self._finish(self._open[-1])
        for number, thing in enumerate(self._stretch.things):
            if ALONE + number not in self._seen:
                self.thing(thing.pieces)
        self._flush()
        return b"".join(self._out)

    def _begin(self, number: int) -> None:
        pairs = self._stretch.pairs
        if number >= len(pairs) or number in self._open or number in self._seen:
            return
        self._flush()
        pair = pairs[number]
        if isinstance(pair, Group):
            self._seen.add(number)
            self._out.append(self._writer.bytes_of(pair.opening))
        self._open.append(number)

    def _finish(self, number: int) -> None:
        if number not in self._open:
            return
        self._flush()
        pair = self._stretch.pairs[number]
        if isinstance(pair, Group):
            for inner in reversed(self._open[self._open.index(number) + 1 :]):
                if isinstance(self._stretch.pairs[inner], Group):  # crossed: it ends with what it began in
                    self._finish(inner)
            self._out.append(self._writer.bytes_of(pair.closing))
        self._open.remove(number)

    def _flush(self) -> None:
        if not self._text:
            return
        text = " ".join("".join(self._text).splitlines())
        self._text.clear()
        shell = self._look()
        if text and shell is not None:
            self._out.append(self._writer.run(shell, text))

    def _look(self) -> Shell | None:
        for number in reversed(self._open):
            pair = self._stretch.pairs[number]
            look = self._stretch.bases.get(number) if isinstance(pair, Group) else pair
            if look is not None:
                return look
        return self._stretch.base or next((one for one in self._looks() if one is not None), None)

    def _looks(self) -> Iterator[Shell | None]:
        yield from (pair for pair in self._stretch.pairs if isinstance(pair, Shell))
        yield from self._stretch.bases.values()


# ---------------------------------------------------------------- anchors


def _places(stretch: Stretch, segments: Sequence[tuple[str, str]]) -> list[tuple[int, Anchor]]:
    """Where the anchors stand in the new text, in their order."""
    if not stretch.anchors:
        return []
    marks = [(0, 0)]  # places that belong together
    for source, new in segments:
        begin = marks[-1]
        marks += _equal_places(source, new, begin)
        marks.append((begin[0] + len(source), begin[1] + len(new)))
    target = "".join(new for _, new in segments)
    placed, least, at, last = [], 0, 0, -1
    for offset, anchor in stretch.anchors:
        if offset == last:  # nothing was between the two, and nothing comes between them
            placed.append((least, anchor))
            continue
        last = offset
        while at + 1 < len(marks) - 1 and marks[at + 1][0] <= offset:
            at += 1
        begin, end = marks[at], marks[min(at + 1, len(marks) - 1)]
        share = (offset - begin[0]) / (end[0] - begin[0]) if end[0] > begin[0] else 0.0
        place = round(begin[1] + (end[1] - begin[1]) * share)
        least = max(least, _snapped(target, place, (begin[1], end[1]), begins=anchor.begins))
        placed.append((least, anchor))
    return placed


def _equal_places(source: str, new: str, begin: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Where the codes of a segment stand in both texts, if they come in the same order."""
    places = [at for at, character in enumerate(source) if is_code(character)]
    others = [at for at, character in enumerate(new) if is_code(character)]
    if [source[at] for at in places] == [new[at] for at in others]:
        for at, other in zip(places, others, strict=True):
            yield begin[0] + at, begin[1] + other
            yield begin[0] + at + 1, begin[1] + other + 1


def _snapped(text: str, place: int, limits: tuple[int, int], *, begins: bool) -> int:
    """The nearest place in front of a word, or behind one, if ``place`` is inside one."""
    low, high = limits
    step = -1 if begins else 1
    while low < place < high and _is_word(text[place - 1]) and _is_word(text[place]):
        place += step
    return place


def _is_word(character: str) -> bool:
    return character.isalnum() and character < _EASTERN

"""Texts with blocks: cut into segments, and written again with other words in the places of these.

What is not changed is copied from the original. A block in which every segment is its own translation is not touched
at all, and a document in which every one is comes out as it was, to the byte.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import between_sentences
from assistant.documents.building import MAX_CHARACTERS
from assistant.documents.model import Note
from assistant.documents.segments import CLOSE, OPEN, Segment, SegmentedDocument, is_code
from assistant.documents.translating import surroundings
from assistant.documents.translating.blocks import Block, Item, Role
from assistant.documents.translating.codes import fitted
from assistant.documents.translating.cutting import cut, language_of, partner
from assistant.documents.translating.original import Original, notes_of

MAX_BLOCKS = 300_000
Edit = tuple[int, int, str]
"""Start and end in the original, and what stands there instead."""


class Translatable(Protocol):
    """A document that is open for translation."""

    @property
    def document(self) -> SegmentedDocument:
        """What is translated."""

    @property
    def long_lines(self) -> int:
        """How many lines of subtitles were longer than they should be when it was last written."""

    def write(self, texts: Sequence[str | None], *, language: str, source: str, doubtful: Sequence[bool] = ()) -> bytes:
        """The document in another language.

        :param texts: for each segment its translation, codes included; None: the source stays.
        :param language: of the translation, ``source``: of the document; BCP 47.
        :param doubtful: for each segment whether somebody should look at it, which some formats can say; empty: none.
        :raises ValueError: there are not as many texts as segments.
        """


def as_many(texts: Sequence[str | None], segments: Sequence[Segment]) -> None:
    """A translation must have a text for each segment.

    :raises ValueError: there are not as many texts as segments.
    """
    if len(texts) != len(segments):
        raise ValueError(f"{len(texts)} texts for {len(segments)} segments")


class Style:
    """How a format writes what is new. The usual way: letter by letter, block by block in its own place.

    :cvar plain: people read such a text as it is, with what stands between its blocks.
    """

    plain = False

    def escape(self, text: str, block: Block) -> str:  # noqa: ARG002
        """``text`` as the format has to write it."""
        return text

    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:  # noqa: ARG002
        """A block that has something new in it."""
        return "".join(self.escape(one.text, block) if one.raw is None else one.raw for one in items)


class Part:
    """A text with its blocks, in the order of their places; one can stand inside a code of another.

    :param text: the original.
    :param style: how what is new is written.
    :raises AssistantError: DOCUMENT_TOO_LARGE.
    """

    def __init__(self, text: str, blocks: Iterable[Block], style: Style) -> None:
        self.text = text
        self.blocks = sorted(bounded(blocks), key=lambda block: (block.start, -block.end))
        self._style = style

    def cut(self, language: str) -> None:
        """Find the segments of all blocks; those without any are dropped."""
        for block in self.blocks:
            block.spans = cut(block, language)
        self.blocks = [block for block in self.blocks if block.spans]

    def segments(self, first: int) -> Iterator[Segment]:
        """The segments, once it is cut; its blocks are numbered from ``first`` on."""
        at = 0
        for index, block in enumerate(self.blocks):
            lead = surroundings.before(self.text, at, block) if self._style.plain and block.start >= at else ""
            at = max(at, block.end)
            last = self._style.plain and index == len(self.blocks) - 1
            trail = surroundings.after(self.text, at) if last else ""
            things = partial(surroundings.things, self.text, block, marked_up=not self._style.plain)
            yield from _segments(block, first + index, around=(lead, trail), things=things)

    @property
    def count(self) -> int:
        """How many segments there are."""
        return sum(len(block.spans) for block in self.blocks)

    def written(self, texts: Sequence[str | None], *, language: str, source: str, edits: Iterable[Edit] = ()) -> str:
        """The text with these translations of its segments.

        :param edits: what else changes, outside of the blocks.
        """
        return _Writing(self, self._style, Spacing(source, language), language).text(texts, edits)

    def composed(
        self,
        block: Block,
        texts: Sequence[str | None],
        *,
        language: str,
        source: str,
        inner: Iterable[tuple[Block, Sequence[str | None]]] = (),
    ) -> str:
        """One block of this part with these translations, as it is written in another place than its own.

        :param inner: blocks that stand inside of its codes, with theirs.
        """
        writing = _Writing(self, self._style, Spacing(source, language), language)
        writing.change([(block, texts), *inner])
        return writing.block(block, texts)


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with these changes, which do not overlap."""
    pieces: list[str] = []
    at = 0
    for start, end, new in sorted(edits):
        pieces += (text[at:start], new)
        at = end
    return "".join([*pieces, text[at:]])


class Spacing:
    """Between two segments of which one is new."""

    def __init__(self, source: str, target: str) -> None:
        self._source, self._target = source, target

    def between(self, items: list[Item], last: str = "") -> list[Item]:
        """What stands between two segments of which one is new.

        :param last: the last character of the first one in the source.
        """
        shown = "".join(one.text for one in items if not one.code)
        wanted = between_sentences(shown, last, source=self._source, target=self._target)
        if wanted == shown:
            return items
        if len(wanted) < len(shown):
            return [one for one in items if one.code]
        at = len(items)
        while at and items[at - 1].code and OPEN <= ord(items[at - 1].text) < CLOSE:
            at -= 1
        return [*items[:at], Item(" ", " "), *items[at:]]


class _Writing:
    """One writing of a part."""

    def __init__(self, part: Part, style: Style, spacing: Spacing, language: str) -> None:
        self._part, self._style, self._spacing, self._language = part, style, spacing, language
        self._changed: list[tuple[int, int, Callable[[], str]]] = []
        self._starts: list[int] = []

    def text(self, texts: Sequence[str | None], edits: Iterable[Edit]) -> str:
        at = 0
        changes: list[tuple[Block, Sequence[str | None]]] = []
        for block in self._part.blocks:
            own = [
                None if text is None or text == block.text[start:end] else text
                for text, (start, end) in zip(texts[at : at + len(block.spans)], block.spans, strict=True)
            ]
            at += len(block.spans)
            if any(one is not None for one in own):
                changes.append((block, own))
        self.change(changes, edits)
        return self._stretch(0, len(self._part.text), 0)

    def change(self, blocks: Iterable[tuple[Block, Sequence[str | None]]], edits: Iterable[Edit] = ()) -> None:
        """These blocks get these translations, and that changes besides."""
        self._changed = [(one.start, one.end, partial(self.block, one, texts)) for one, texts in blocks]
        self._changed += [(start, end, partial(str, new)) for start, end, new in edits]
        self._changed.sort(key=lambda one: (one[0], -one[1]))
        self._starts = [start for start, _, _ in self._changed]

    def _stretch(self, start: int, end: int, first: int) -> str:
        """What stands from ``start`` to ``end``, with what changes in it.

        :param first: the number of the first change that can be meant.
        """
        pieces: list[str] = []
        at = start
        index = max(first, bisect_left(self._starts, start))
        while index < len(self._changed) and self._changed[index][0] < end:
            begin, stop, write = self._changed[index]
            if begin >= at and stop <= end:
                pieces += (self._part.text[at:begin], write())
                at = stop
            index += 1
        return "".join([*pieces, self._part.text[at:end]])

    def _raw(self, start: int, end: int, outer: Block) -> str:
        """What stands from ``start`` to ``end`` inside a block, with the changes of the blocks inside of it."""
        first = bisect_left(self._starts, outer.start)
        while first < len(self._changed) and self._changed[first][:2] != (outer.start, outer.end):
            first += 1
        return self._stretch(start, end, first + 1)

    def block(self, block: Block, texts: Sequence[str | None]) -> str:
        """A block with these translations."""
        items: list[Item] = []
        breaks = {one for one, code in block.codes.items() if code.role is Role.BREAK}
        at = 0
        for number, (text, (start, end)) in enumerate(zip(texts, block.spans, strict=True)):
            between = list(self._items(block, at, start))
            changes = number and (text is not None or texts[number - 1] is not None)
            if changes and not block.cuts and not _is_broken(block, at, start):
                between = self._spacing.between(between, block.text[at - 1])
            items += between
            if text is None:
                items += self._items(block, start, end)
            else:
                items += self._fresh(block, fitted(text, block.text[start:end], breaks))
            at = end
        items += self._items(block, at, len(block.text))
        _renew(block, items)
        style = block.style if isinstance(block.style, Style) else self._style
        return style.compose(block, items, self._language)

    def _items(self, block: Block, start: int, end: int) -> Iterator[Item]:
        for shown, begin, stop, _ in block.stretches(start, end):
            yield Item(shown, self._raw(begin, stop, block))

    def _fresh(self, block: Block, text: str) -> Iterator[Item]:
        """A translation: its words are new, its codes are those of the block."""
        words: list[str] = []
        for character in text:
            code = block.codes.get(character) if is_code(character) else None
            if code is None:
                words.append(character)
                continue
            if words:
                yield Item("".join(words))
                words.clear()
            fresh = code.fresh
            yield Item(character, self._raw(code.start, code.end, block) if fresh is None else fresh)
        if words:
            yield Item("".join(words))


def _renew(block: Block, items: list[Item]) -> None:
    """Ends of pairs around something new are written anew where that is told of them."""
    for at, item in enumerate(items):
        code = block.codes.get(item.text)
        if code is None or code.fresh is None or item.raw == code.fresh:
            continue
        begun = next((place for place in range(at) if items[place].text == partner(item.text)), at)
        if any(one.raw is None for one in items[begun:at]):
            items[at] = Item(item.text, code.fresh)


def _is_broken(block: Block, start: int, end: int) -> bool:
    """Is there a line break from ``start`` to ``end`` of what is shown?"""
    return any(code.role is Role.BREAK for code in map(block.codes.get, block.text[start:end]) if code)


class Text:
    """A document that is one text: common to all formats but the archives.

    :param original: its bytes and what they say.
    :param part: its text with the blocks, not yet cut.
    :param format: as in ``SegmentedDocument``.
    """

    format: str

    def __init__(self, original: Original, part: Part) -> None:
        self._original = original
        self._part = part
        self.long_lines = 0
        self._doubtful: Sequence[bool] = ()
        self.document = self._cut()

    def _cut(self) -> SegmentedDocument:
        language = self._language() or language_of(self._part.blocks)
        self._part.cut(language)
        return SegmentedDocument(
            segments=segments_of([self._part]),
            title=self._title(),
            format=self.format,
            encoding=self._original.encoding,
            language=language,
            target_language=self._target_language(),
            columns=self._columns(),
            chosen=self._chosen_columns(),
            notes=self._notes(),
        )

    def write(self, texts: Sequence[str | None], *, language: str, source: str, doubtful: Sequence[bool] = ()) -> bytes:
        """See ``Translatable``."""
        segments = self.document.segments
        as_many(texts, segments)
        self.long_lines = 0
        self._doubtful = doubtful or [False] * len(segments)
        # What the file already says stays as it says it, codes and line breaks included.
        texts = [None if one.target and text == one.target else text for text, one in zip(texts, segments, strict=True)]
        if all(text is None or text == one.text for text, one in zip(texts, segments, strict=True)):
            return self._original.data
        return self._original.encoded(self._written(texts, language, source or self.document.language), self._charref)

    def _written(self, texts: Sequence[str | None], language: str, source: str) -> str:
        return self._part.written(texts, language=language, source=source, edits=self._edits(language))

    # ------------------------------------------------------------ what a format can know better

    def _charref(self, character: str) -> str:  # noqa: ARG002
        """How the format writes a character that its encoding does not have; empty: not at all."""
        return ""

    def _edits(self, language: str) -> Iterable[Edit]:  # noqa: ARG002
        return ()

    def _language(self) -> str:
        return ""

    def _target_language(self) -> str:
        return ""

    def _title(self) -> str:
        return ""

    def _columns(self) -> tuple[str, ...]:
        return ()

    def _chosen_columns(self) -> tuple[str, ...]:
        return ()

    def _notes(self) -> tuple[Note, ...]:
        return notes_of(self._original)


def check_size(characters: int) -> None:
    """There must not be more ``characters`` to translate than a program can hold.

    :raises AssistantError: DOCUMENT_TOO_LARGE.
    """
    if characters > MAX_CHARACTERS:
        raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=characters, limit=MAX_CHARACTERS)


def bounded(blocks: Iterable[Block]) -> Iterator[Block]:
    """``blocks`` as they come, as long as they are not more than a program can hold.

    :raises AssistantError: DOCUMENT_TOO_LARGE.
    """
    size = 0
    for count, block in enumerate(blocks):
        size += len(block.text)
        check_size(size)
        if count >= MAX_BLOCKS:
            raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE)
        yield block


def segments_of(parts: Iterable[Part]) -> tuple[Segment, ...]:
    """The segments of parts that were cut, their blocks numbered through.

    :raises AssistantError: DOCUMENT_EMPTY: there are none. DOCUMENT_TOO_LARGE: there is too much to translate.
    """
    found: list[Segment] = []
    number = size = 0
    for part in parts:
        size += sum(len(block.text) for block in part.blocks)
        check_size(size)
        found += part.segments(number)
        number += len(part.blocks)
    if not found:
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY)
    return tuple(found)


def _segments(
    block: Block, number: int, *, around: tuple[str, str], things: Callable[[int, int], dict[str, str]]
) -> Iterator[Segment]:
    at = 0
    for index, (start, end) in enumerate(block.spans):
        last = index == len(block.spans) - 1
        yield Segment(
            block=number,
            text=block.text[start:end],
            before=block.text[at:start],
            after=block.text[end:] if last else "",
            kind=block.kind,
            line=block.line,
            note=block.note,
            target=block.target if len(block.spans) == 1 else "",
            lead=around[0] if index == 0 else "",
            trail=around[1] if last else "",
            things=things(start, end),
        )
        at = end

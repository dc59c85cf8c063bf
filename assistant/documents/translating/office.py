"""What DOCX and PPTX have in common for translation: parts with lines of runs, read into blocks and written again."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from assistant.documents.model import Note
from assistant.documents.ooxml import Package
from assistant.documents.segments import ALONE, SegmentedDocument, SegmentKind, is_code
from assistant.documents.translating.blocks import Block, Code, Item, Role
from assistant.documents.translating.codes import fitted
from assistant.documents.translating.cutting import language_of
from assistant.documents.translating.located import Located, raw
from assistant.documents.translating.run_writing import Writer
from assistant.documents.translating.runs import Item as RunItem
from assistant.documents.translating.runs import Piece, Shell, Stretch, Text, Thing, stretches
from assistant.documents.translating.splicing import Part as Cut
from assistant.documents.translating.splicing import Spacing, Style, check_size, segments_of
from assistant.documents.translating.zipped_parts import Zipped

SHORT_CELL = 400
"""Characters of a table's cell that is translated as a whole; a longer one is cut into sentences."""

_REGIONS = {
    "zh": "zh-CN", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "ja": "ja-JP", "ko": "ko-KR", "en": "en-US", "de": "de-DE",
    "fr": "fr-FR", "es": "es-ES", "it": "it-IT", "pt": "pt-PT", "nl": "nl-NL", "pl": "pl-PL", "cs": "cs-CZ",
    "sv": "sv-SE", "da": "da-DK", "fi": "fi-FI", "el": "el-GR", "hu": "hu-HU", "ro": "ro-RO", "tr": "tr-TR",
    "ru": "ru-RU", "uk": "uk-UA", "vi": "vi-VN", "th": "th-TH", "id": "id-ID", "hi": "hi-IN", "ar": "ar-SA",
    "he": "he-IL", "fa": "fa-IR", "nb": "nb-NO",
}  # fmt: skip
"""Languages as Office names them: it knows none without a region."""
_PREFIX = re.compile(rb"<([^\s/>:]+:)?")
_BLANKS = re.compile("[\t\n\x0b\x0c\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]")
_NOT_SHOWN = re.compile("[\xad\u200b\u2060\ufeff]")


@dataclass(slots=True)
class Line:
    """The runs of one paragraph.

    :ivar start: where they begin in their part, ``end``: where they end; what is there is written anew if it changes.
    :ivar blocks: for each stretch the number of its block, -1: it has no letter.
    :ivar properties: start and end of what is said of the paragraph, in front of its runs; both the same: nothing is.
        None: that stays whatever the words are.
    """

    start: int
    end: int
    stretches: list[Stretch]
    blocks: list[int] = field(default_factory=list)
    properties: tuple[int, int] | None = None


@dataclass(slots=True)
class Part:
    """A part of the document with its lines, in the order in which they begin.

    :ivar content: XML in UTF-8.
    """

    name: str
    content: bytes
    lines: list[Line] = field(default_factory=list)


class Lines:
    """Collects the lines of a document, in the order in which they are read."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._size = 0
        self._shown_twice: dict[tuple[str, ...], Line] = {}

    def add(self, part: Part, line: Line, kind: SegmentKind = SegmentKind.TEXT) -> None:
        """Every stretch of the line that has letters becomes a block.

        :raises AssistantError: DOCUMENT_TOO_LARGE: there is too much to translate.
        """
        self._size += sum(len(stretch.text) for stretch in line.stretches)
        check_size(self._size)
        part.lines.append(line)
        for stretch in line.stretches:
            if not any(map(str.isalpha, stretch.text)):
                line.blocks.append(-1)
                continue
            line.blocks.append(len(self.blocks))
            whole = kind is SegmentKind.CELL and len(stretch.text) <= SHORT_CELL
            self.blocks.append(Block(0, 0, stretch.text, [], _codes(stretch), kind=kind, whole=whole))

    def add_first(self, part: Part, line: Line, kind: SegmentKind = SegmentKind.TEXT) -> None:
        """A line that may come again in another form for older programs."""
        self.add(part, line, kind)
        self._shown_twice[_key(line)] = line

    def add_again(self, part: Part, line: Line) -> bool:
        """The same line in another form: it becomes what the first one becomes. False: there was none."""
        first = self._shown_twice.get(_key(line))
        if first is not None:
            line.blocks = first.blocks
            part.lines.append(line)
        return first is not None

    def forget(self) -> None:
        """What comes from here on is no other form of anything before."""
        self._shown_twice.clear()


def _key(line: Line) -> tuple[str, ...]:
    return tuple(stretch.text for stretch in line.stretches)


def _codes(stretch: Stretch) -> dict[str, Code]:
    codes = {}
    for one in stretch.text:
        if is_code(one):
            codes[one] = Code(0, 0, stretch.things[ord(one) - ALONE].role if ord(one) >= ALONE else Role.MARK)
    return codes


def line_of(items: Sequence[RunItem], start: int, end: int) -> Line:
    """A line of these items."""
    return Line(start, end, stretches(items))


def properties_of(paragraph: Located, name: str) -> tuple[int, int]:
    """Where the element ``name`` that says something of a paragraph stands, or could stand."""
    said = paragraph.find(name)
    return (said.start, said.end) if isinstance(said, Located) else (paragraph.inside, paragraph.inside)


def texts_of(text: str, start: int, end: int, shell: Shell) -> Iterator[RunItem]:
    """Text of a run as it is shown. What would be taken for a code is something without text.

    :param start: where the element that holds it begins.
    """
    shown = _NOT_SHOWN.sub("", _BLANKS.sub(" ", text))
    at = 0
    for place, character in enumerate(shown):
        if is_code(character):
            if place > at:
                yield Text(shown[at:place], start, end, shell)
            yield Thing([Piece(start, end, shell, character)])
            at = place + 1
    if at < len(shown):
        yield Text(shown[at:], start, end, shell)


def look(properties: Element | None, ignored: Callable[[Element], bool], attributes: frozenset[str]) -> bytes:
    """The same bytes for all properties of runs that look the same.

    :param ignored: properties that nobody sees.
    :param attributes: names of attributes that nobody sees.
    """
    return repr(_look(properties, ignored, attributes)).encode() if properties is not None else repr(((), ())).encode()


def _look(element: Element, ignored: Callable[[Element], bool], attributes: frozenset[str]) -> tuple[object, ...]:
    own = tuple(sorted((name, value) for name, value in element.items() if name not in attributes))
    inside = [(child.tag, _look(child, ignored, attributes)) for child in element if not ignored(child)]
    return own, tuple(one for one in inside if one[1] != ((), ()) or one[0] != "w|rFonts")


def said_in(tag: bytes, attribute: bytes, language: str) -> bytes:
    """``tag`` with ``attribute`` saying ``language``, if it is there and says another one."""
    wanted = _REGIONS.get(language, language).encode("ascii", "ignore")

    def other(found: re.Match[bytes]) -> bytes:
        same = found[2].split(b"-")[0].lower() == wanted.split(b"-")[0].lower()
        return found[0] if same and not wanted.startswith(b"zh") else found[1] + wanted

    return re.sub(rb"""(\b%s\s*=\s*["'])([^"']*)""" % attribute, other, tag, count=1)


@dataclass(frozen=True, slots=True)
class Clothes:
    """What is around words, made to suit words in another language.

    :ivar run: given the head of a run and a language, that head.
    :ivar paragraph: given what is said of a paragraph (empty: nothing), the prefix of its names and a language, the
        same.
    :ivar beside: given a language and all parts with new words, what changes in these and in others.
    """

    run: Callable[[bytes, str], bytes]
    paragraph: Callable[[bytes, bytes, str], bytes]
    beside: Callable[[str, dict[str, bytes]], dict[str, bytes]]


class PartWriter:
    """Writes one part.

    :param targets: for each block what its pieces become, None: it stays.
    :param language: of what is new.
    """

    def __init__(
        self,
        part: Part,
        targets: Sequence[Sequence[tuple[str, str]] | None],
        clothes: Clothes,
        language: str,
    ) -> None:
        self._part, self._targets = part, targets
        self._clothes, self._language = clothes, language
        self._starts = [line.start for line in part.lines]
        self._writer = Writer(self.copy, lambda head: clothes.run(head, language))

    def copy(self, start: int, end: int) -> bytes:
        """A stretch of the part with all that changes inside of it."""
        splices: list[tuple[int, int, bytes]] = []
        at = start
        for index in range(bisect_right(self._starts, start), len(self._starts)):
            line = self._part.lines[index]
            if line.start >= end:
                break
            if line.start >= at and any(number >= 0 and self._targets[number] for number in line.blocks):
                splices += self._properties(line)
                splices.append((line.start, line.end, self._line(line)))
                at = line.end
        return raw(self._part.content, start, end, splices)

    def _properties(self, line: Line) -> Iterator[tuple[int, int, bytes]]:
        if line.properties is not None:
            start, end = line.properties
            content = self._part.content
            prefix = _PREFIX.match(content, content.rindex(b"<", 0, start if start == end else start + 1))
            old = content[start:end]
            new = self._clothes.paragraph(old, prefix[1] or b"" if prefix else b"", self._language)
            if new != old:
                yield start, end, new

    def _line(self, line: Line) -> bytes:
        out = []
        for stretch, number in zip(line.stretches, line.blocks, strict=True):
            target = self._targets[number] if number >= 0 else None
            out.append(self._writer.written(stretch, target or [(stretch.text, stretch.text)]))
        return b"".join(out)


class Office(Zipped):
    """A document of parts with lines."""

    def __init__(
        self,
        package: Package,
        data: bytes,
        parts: Sequence[Part],
        lines: Lines,
        *,
        notes: tuple[Note, ...],
        clothes: Clothes,
    ) -> None:
        self._parts, self._blocks, self._clothes = parts, lines.blocks, clothes
        for part in parts:
            part.lines.sort(key=lambda line: line.start)
        language = language_of(self._blocks)
        cut = Cut("", self._blocks, Style())
        cut.cut(language)
        document = SegmentedDocument(
            segments=segments_of([cut]),
            title=package.title(),
            format=package.format,
            language=language,
            notes=notes,
        )
        super().__init__(data, package.archive, document)

    def _changes(self, texts: Sequence[str | None], *, language: str, source: str) -> dict[str, bytes]:
        spacing = Spacing(source, language)
        targets: list[list[tuple[str, str]] | None] = []
        at = 0
        for block in self._blocks:
            targets.append(_target(block, texts[at : at + len(block.spans)], spacing))
            at += len(block.spans)
        changes = {}
        for part in self._parts:
            if any(number >= 0 and targets[number] for line in part.lines for number in line.blocks):
                changes[part.name] = PartWriter(part, targets, self._clothes, language).copy(0, len(part.content))
        return changes | self._clothes.beside(language, changes)


def _target(block: Block, texts: Sequence[str | None], spacing: Spacing) -> list[tuple[str, str]] | None:
    """The block piece by piece, each as it was and as it becomes; None: nothing changes."""
    olds = [block.text[start:end] for start, end in block.spans]
    news = [None if new is None else fitted(new.strip(), old) for new, old in zip(texts, olds, strict=True)]
    if all(new is None for new in news):
        return None
    pieces: list[tuple[str, str]] = []
    at = 0
    for number, (start, end) in enumerate(block.spans):
        between = block.text[at:start]
        changed = number > 0 and (news[number] is not None or news[number - 1] is not None)
        broken = any(block.codes[one].role is Role.BREAK for one in between if is_code(one))
        if changed and not broken:
            items = spacing.between([Item(one, one) for one in between], block.text[at - 1])
            pieces.append((between, "".join(item.text for item in items)))
        else:
            pieces.append((between, between))
        new = news[number]
        pieces.append((olds[number], olds[number] if new is None else new))
        at = end
    return [*pieces, (block.text[at:], block.text[at:])]

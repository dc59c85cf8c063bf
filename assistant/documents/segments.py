"""A document as it is translated: sentences with their inline markup as single characters, and what was found in them.

Values, no machinery. What is markup inside a sentence (bold, a link, a picture, a code span) is a *code*: one character
of a range that no text uses for itself, so that it can be counted, moved and compared like any other character.
Offsets are in characters (code points).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from assistant.documents.model import Note, Value

CODES = 512
"""How many codes of each kind one block can have."""
OPEN, CLOSE, ALONE = 0xE000, 0xE200, 0xE400
"""``chr(OPEN + n)`` begins the stretch number ``n`` of a block, ``chr(CLOSE + n)`` ends it; ``chr(ALONE + n)`` is a
thing without text. A reader turns such characters of the document itself into things without text."""
_NOTHING: Mapping[str, str] = {}
_CODE = re.compile(f"[{chr(OPEN)}-{chr(ALONE + CODES - 1)}]")


def is_code(character: str) -> bool:
    """Is this one character markup?"""
    return OPEN <= ord(character) < ALONE + CODES


def codes_of(text: str) -> Counter[str]:
    """The codes of ``text``, each with how often it stands there."""
    return Counter(_CODE.findall(text))


def without_codes(text: str, things: Mapping[str, str] = _NOTHING) -> str:
    """What a reader sees of ``text``.

    :param things: what codes show that are no mere markup, as in ``Segment``.
    """
    return _CODE.sub(lambda found: things.get(found[0], ""), text) if things else _CODE.sub("", text)


def renumbered(text: str) -> tuple[str, dict[str, str]]:
    """``text`` with its codes counted anew in the order in which they come, and which code each new one stands for.

    So that the same sentence is the same wherever it stands in its block.
    """
    fresh: dict[str, str] = {}
    pairs = alone = 0
    for character in _CODE.findall(text):
        if character in fresh:
            continue
        if ord(character) >= ALONE:
            fresh[character] = chr(ALONE + alone)
            alone += 1
        else:
            number = (ord(character) - OPEN) % CODES
            fresh[chr(OPEN + number)], fresh[chr(CLOSE + number)] = chr(OPEN + pairs), chr(CLOSE + pairs)
            pairs += 1
    return with_codes(text, fresh), {new: old for old, new in fresh.items()}


def with_codes(text: str, codes: dict[str, str]) -> str:
    """``text`` with other codes in the place of these."""
    return text.translate({ord(old): new for old, new in codes.items()}) if codes else text


class SegmentKind(StrEnum):
    """What a segment is part of."""

    TEXT = "text"
    HEADING = "heading"
    ITEM = "item"  # of a list
    CELL = "cell"  # of a table
    CUE = "cue"  # of subtitles
    STRING = "string"  # of a program: PO, XLIFF, JSON, YAML


class Segment(Value, frozen=True, gc=False):
    """A stretch that is translated by itself: a sentence, or a cell, cue or string as a whole.

    :ivar block: number of the paragraph, cell, cue or string that it is in, from 0, in the document's order.
    :ivar text: what is translated, codes included; never without a letter, no white space at its ends.
    :ivar before: what stands between it and the segment before it in its block, or at the block's beginning: white
        space and codes. ``after``: the same at the end of a block's last segment.
    :ivar line: subtitles: characters that a line should have at most; 0: any.
    :ivar note: what tells what is meant: a developer's comment, the name of the string.
    :ivar target: the translation that the file already has (PO, XLIFF); it is kept.
    :ivar lead: what a reader sees between its block and the one before, and is not translated: lines that end with a
        line feed (empty ones, code, a line without letters), and what its own line begins with (a bullet). ``trail``:
        the same behind the last segment of all. Empty where the format shows no such thing as text.
    :ivar things: what those of its codes show that belong to the sentence: code, a formula, a line break.
    """

    block: int
    text: str
    before: str = ""
    after: str = ""
    kind: SegmentKind = SegmentKind.TEXT
    line: int = 0
    note: str = ""
    target: str = ""
    lead: str = ""
    trail: str = ""
    things: dict[str, str] = msgspec.field(default_factory=dict)


def untranslated(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """``segments`` without the translations that the file has."""
    return tuple(msgspec.structs.replace(one, target="") if one.target else one for one in segments)


class SegmentedDocument(Value, frozen=True):
    """A document cut into what is translated.

    :ivar format: ``text``, ``markdown``, ``html``, ``docx``, ``pptx``, ``epub``, ``srt``, ``vtt``, ``po``, ``xliff``,
        ``json``, ``yaml``, ``csv``.
    :ivar language: of its text, BCP 47; as the file says, else detected, else empty.
    :ivar target_language: what the file says it is translated into, else empty.
    :ivar columns: names of the columns of a table, where one can choose among them; ``chosen``: of those that were cut.
    """

    segments: tuple[Segment, ...]
    title: str = ""
    format: str = ""
    encoding: str = ""
    language: str = ""
    target_language: str = ""
    columns: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


class FindingKind(StrEnum):
    """What can be wrong with the translation of a segment."""

    NUMBER = "number"  # differs, is missing or new
    UNIT = "unit"
    DATE = "date"
    OPPOSITE = "opposite"  # denied where the source does not, more in the place of less
    LINK = "link"
    EMAIL = "email"
    CODE = "code"
    PLACEHOLDER = "placeholder"  # %s, {name}, <b>, &amp;
    TAG = "tag"  # a code of the segment is missing, doubled or crossed
    FORGED = "forged"  # markup that the source does not have
    EMOJI = "emoji"
    LINES = "lines"  # other line breaks
    TERM = "term"  # (source, target) of the glossary
    LOOP = "loop"
    COMMENTARY = "commentary"  # an explanation, a preamble, a second version
    INSTRUCTION = "instruction"  # of its prompt; (all) hardly anything else
    REASONING = "reasoning"
    REFUSAL = "refusal"
    ANSWER = "answer"  # the text was answered or obeyed, not translated
    ECHO = "echo"  # the source, not translated
    LANGUAGE = "language"  # (wanted, found)
    SCRIPT = "script"  # characters of another script
    EMPTY = "empty"
    CUT = "cut"  # ended at its longest length
    LENGTH = "length"  # far too short or too long to be whole
    OMISSION = "omission"  # a clause of the source is missing
    UNCHECKED = "unchecked"  # the checks came to no end with it


class Finding(Value, frozen=True):
    """Something that was found in the translation of a segment.

    :ivar text: what it is about, in the source or in the target, as a person would quote it.
    :ivar start: its place in the target; -1: nowhere (it is missing there).
    :ivar source_start: its place in the segment's source; -1: nowhere.
    :ivar mended: it was taken away or put right, and nothing is missing.
    :ivar minor: not worth asking the model again.
    """

    kind: FindingKind
    text: str = ""
    start: int = -1
    end: int = -1
    source_start: int = -1
    source_end: int = -1
    mended: bool = False
    minor: bool = False
    values: dict[str, str | int] = msgspec.field(default_factory=dict)

    @property
    def doubtful(self) -> bool:
        """Whether somebody should look at the translation for it; else it is only a note."""
        return not self.mended and (not self.minor or self.kind in _DOUBTFUL)


_DOUBTFUL = frozenset((FindingKind.TAG, FindingKind.UNCHECKED))
"""Nobody knows whether these are right, and asking again would not tell."""


class Term(Value, frozen=True):
    """A line of a glossary.

    :ivar target: what the source term must become; empty: it stays as it is.
    :ivar exact: upper and lower case matter in the source.
    :ivar forbidden: ``target`` must not be used for it.
    :ivar note: for the person.
    """

    source: str
    target: str
    exact: bool = False
    forbidden: bool = False
    note: str = ""


class Guess(Value, frozen=True):
    """A language that a text may be in. ``share``: 0 to 1, how sure."""

    language: str
    share: float


class Pair(Value, frozen=True):
    """A source segment and what a model made of it, to be checked.

    :ivar finish: how the model ended: ``end``, ``stop``, ``limit``, ``loop`` or ``cancelled``.
    :ivar line: as in the segment.
    """

    source: str
    target: str
    finish: str = "end"
    line: int = 0


class Checked(Value, frozen=True):
    """``text``: the translation with what could safely be put right; ``findings``: all that was found."""

    text: str
    findings: tuple[Finding, ...] = ()


class KeptSegments(Value, frozen=True):
    """What ``<digest>.segments`` holds: a document cut for translation, and all that writing it again takes.

    :ivar data: the original bytes; ``name``: what the file was called; ``columns``: as the reader was told.
    """

    document: SegmentedDocument
    name: str = ""
    columns: tuple[str, ...] = ()
    data: bytes = b""


_PIECE = 1000  # segments


class _OnDisk(Value, frozen=True):
    """``KeptSegments`` on disk. The segments are in pieces: whoever reads them on a thread beside a window must not
    hold the interpreter's lock for as long as decoding a whole book takes.
    """

    document: SegmentedDocument  # without its segments
    segments: tuple[bytes, ...]
    name: str = ""
    columns: tuple[str, ...] = ()
    data: bytes = b""


class _Cut(Value, frozen=True):
    """``_OnDisk`` without what only the writer needs, which is not even copied."""

    document: SegmentedDocument
    segments: tuple[bytes, ...]


_encoder = msgspec.msgpack.Encoder()
_on_disk = msgspec.msgpack.Decoder(_OnDisk)
_cut = msgspec.msgpack.Decoder(_Cut)
_segments = msgspec.msgpack.Decoder(list[Segment])


def pack_segments(kept: KeptSegments) -> bytes:
    """``kept`` as it lies on disk."""
    segments = kept.document.segments
    pieces = tuple(_encoder.encode(segments[start : start + _PIECE]) for start in range(0, len(segments), _PIECE))
    document = msgspec.structs.replace(kept.document, segments=())
    return _encoder.encode(_OnDisk(document, pieces, kept.name, kept.columns, kept.data))


def unpack_segments(data: bytes) -> KeptSegments:
    """What ``pack_segments`` made ``data`` of.

    :raises ValueError: it is none.
    """
    kept = _on_disk.decode(data)
    return KeptSegments(_whole(kept.document, kept.segments), kept.name, kept.columns, kept.data)


def unpack_cut(data: bytes) -> SegmentedDocument:
    """The document alone of what ``pack_segments`` made.

    :raises ValueError: it is none.
    """
    kept = _cut.decode(data)
    return _whole(kept.document, kept.segments)


def _whole(document: SegmentedDocument, pieces: tuple[bytes, ...]) -> SegmentedDocument:
    return msgspec.structs.replace(document, segments=tuple(one for piece in pieces for one in _segments.decode(piece)))


def findings_to_values(findings: tuple[Finding, ...]) -> list[dict[str, object]]:
    """``findings`` as values that JSON has."""
    return msgspec.to_builtins(findings)  # type: ignore[no-any-return]


def findings_of_values(values: object) -> tuple[Finding, ...]:
    """The findings that ``findings_to_values`` made ``values`` of.

    :raises ValueError: it is none.
    """
    return msgspec.convert(values, tuple[Finding, ...])

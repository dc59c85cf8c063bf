"""What a document is once it has been read: its text, and where everything stands in it. Values, no machinery.

Every place is a pair of offsets in characters (code points, as Python counts them), the end not included.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

LARGEST_FILE = 128 << 20
"""Bytes of a file; a longer one is not read at all."""


class Kind(StrEnum):
    """What a paragraph is."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"  # of a list
    TABLE = "table"  # one row in each line, cells separated by tabs
    CODE = "code"
    QUOTE = "quote"
    CAPTION = "caption"


class NoteKind(StrEnum):
    """What a reader has to say about a document. The values in brackets are those of the note."""

    PAGES_WITHOUT_TEXT = "pages_without_text"  # (pages) scanned ones
    PARTS_UNREADABLE = "parts_unreadable"  # (parts) damaged ones were left out
    IMAGES_IGNORED = "images_ignored"  # (images)
    LINES_LEFT_OUT = "lines_left_out"  # (lines) running heads and page numbers, which repeat on most pages
    ATTACHMENTS_IGNORED = "attachments_ignored"  # (attachments)
    ENCODING_GUESSED = "encoding_guessed"  # (encoding)
    CHARACTERS_LOST = "characters_lost"  # (characters) bytes that are none in this encoding
    EMBEDDED_LEFT = "embedded_left"  # (texts) of a page that is translated, but not in it: those of its frames
    NAMED_OTHERWISE = "named_otherwise"  # (named, format) the ending of its name is that of another
    CUT = "cut"  # (characters) what comes after so many was left out


class MarkKind(StrEnum):
    """What of a sentence was looked up in the source."""

    NUMBER = "number"
    DATE = "date"
    AMOUNT = "amount"
    NAME = "name"
    QUOTE = "quote"
    REST = "rest"  # of a sentence that holds more than is looked up


class MarkState(StrEnum):
    """What looking it up gave; nothing is marked that was found."""

    MISSING = "missing"  # it is not in the source
    UNCHECKED = "unchecked"  # it was not looked up: a name in another script, or too much for one sentence


class Value(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of the values here: immutable, small on the pipe and on disk.

    None of them can be part of a cycle, so the collector need not look at them: a book has a hundred thousand.
    """


class Paragraph(Value, frozen=True, gc=False):
    """A stretch of the document's text.

    :ivar level: of a heading 1 (highest) to 6, of a list item its depth from 1; 0: none.
    :ivar page: from 1; a slide, sheet or chapter where the format has no pages; 0: unknown.
    :ivar path: the headings that it stands under, the highest first.
    """

    start: int
    end: int
    kind: Kind = Kind.TEXT
    level: int = 0
    page: int = 0
    path: tuple[str, ...] = ()


class Note(Value, frozen=True):
    """Something about the reading that the reader of the result should know."""

    kind: NoteKind
    values: dict[str, int | str] = {}


class Document(Value, frozen=True):
    """A document that has been read.

    :ivar text: the whole text: paragraphs separated by an empty line, list items and table rows by a line break.
    :ivar paragraphs: in order, not overlapping; ``text[p.start:p.end]`` is what stands in one.
    :ivar format: as the readers name it: ``text``, ``markdown``, ``pdf``.
    :ivar encoding: of the bytes, where the format does not prescribe one.
    :ivar pages: how many there are, 0 where the format has none.
    :ivar language: BCP 47 (``en``, ``zh-Hans``), empty where it could not be told.
    :ivar words: how many there are; in Chinese and Japanese each character counts as one. 0 in files of before this
        was kept.
    :ivar sentences: start and end of each in ``text``, in order; each is inside one paragraph, and together they hold
        everything but white space.
    """

    text: str
    paragraphs: tuple[Paragraph, ...]
    title: str = ""
    format: str = ""
    encoding: str = ""
    pages: int = 0
    language: str = ""
    notes: tuple[Note, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    words: int = 0


class Part(Value, frozen=True):
    """A stretch of a document that fits a budget.

    :ivar start: of its first sentence in the document's text; ``end``: of its last one.
    :ivar tokens: what its sentences cost together.
    :ivar paragraphs: index of the first one it touches, and one more than that of the last.
    :ivar path: the headings above its beginning.
    """

    index: int
    start: int
    end: int
    tokens: int
    paragraphs: tuple[int, int]
    path: tuple[str, ...] = ()


class Source(Value, frozen=True):
    """A passage of a document that a statement rests on, or that a question is about.

    :ivar start: in the document's text.
    :ivar score: 0 to 1, how well it fits.
    """

    start: int
    end: int
    score: float
    page: int = 0
    path: tuple[str, ...] = ()


class Mark(Value, frozen=True):
    """A stretch of a checked text that the source does not bear out. Places are in the checked text."""

    start: int
    end: int
    kind: MarkKind
    state: MarkState


class LinkedSentence(Value, frozen=True):
    """One sentence of a text about a document. ``start`` and ``end`` are places in that text.

    :ivar sources: what it rests on, best first, at most three.
    :ivar supported: does it rest on anything?
    """

    start: int
    end: int
    sources: tuple[Source, ...] = ()
    supported: bool = False
    marks: tuple[Mark, ...] = ()


def moved(sentence: LinkedSentence, by: int) -> LinkedSentence:
    """The sentence in a text in which it stands ``by`` characters further on."""
    marks = tuple(Mark(mark.start + by, mark.end + by, mark.kind, mark.state) for mark in sentence.marks)
    return LinkedSentence(sentence.start + by, sentence.end + by, sentence.sources, sentence.supported, marks)


_PIECE = 2000  # paragraphs or sentences


class _Kept(Value, frozen=True):
    """A document on disk. Paragraphs and sentences are in pieces: whoever reads them on a thread beside a window must
    not hold the interpreter's lock for as long as decoding a whole book takes.
    """

    text: str
    paragraphs: tuple[bytes, ...]
    title: str = ""
    format: str = ""
    encoding: str = ""
    pages: int = 0
    language: str = ""
    notes: tuple[Note, ...] = ()
    sentences: tuple[bytes, ...] = ()
    words: int = 0


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)
_paragraphs = msgspec.msgpack.Decoder(list[Paragraph])
_sentences = msgspec.msgpack.Decoder(list[tuple[int, int]])


def pack(document: Document) -> bytes:
    """``document`` as it is kept on disk."""
    return _encoder.encode(
        _Kept(
            text=document.text,
            paragraphs=_pieces(document.paragraphs),
            title=document.title,
            format=document.format,
            encoding=document.encoding,
            pages=document.pages,
            language=document.language,
            notes=document.notes,
            sentences=_pieces(document.sentences),
            words=document.words,
        )
    )


def unpack(data: bytes) -> Document:
    """The document that ``pack`` made ``data`` of.

    :raises ValueError: it is none.
    """
    kept = _decoder.decode(data)
    return Document(
        text=kept.text,
        paragraphs=tuple(each for piece in kept.paragraphs for each in _paragraphs.decode(piece)),
        title=kept.title,
        format=kept.format,
        encoding=kept.encoding,
        pages=kept.pages,
        language=kept.language,
        notes=kept.notes,
        sentences=tuple(each for piece in kept.sentences for each in _sentences.decode(piece)),
        words=kept.words,
    )


def _pieces(values: Sequence[Paragraph] | Sequence[tuple[int, int]]) -> tuple[bytes, ...]:
    return tuple(_encoder.encode(values[at : at + _PIECE]) for at in range(0, len(values), _PIECE))

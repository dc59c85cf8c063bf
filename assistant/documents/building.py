"""How a reader puts a document together: paragraphs in, clean text with their places out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Document, Kind, Note, NoteKind, Paragraph

MAX_CHARACTERS = 10_000_000
"""Characters of text that are kept of one document; what comes after is left out, and a note says so."""
_MAX_HEADING = 200  # characters of a heading in the paths of what stands under it
_MAX_LEVEL = 9

# Line ends of other systems, control characters, invisible marks, odd spaces, halves of surrogate pairs. Joiners stay:
# emoji, Persian and Indian scripts need them.
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_SPACES = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACE_RUNS = re.compile("[ \t]{2,}|\t")
_AROUND_BREAKS = re.compile("[ \u3000]*\n\\s*")
_TRAILING = re.compile("[ \t]+$", re.MULTILINE)
_BLANK_LINES = re.compile("\n{3,}")


def clean(text: str) -> str:
    """``text`` with line ends as line feeds, plain spaces, and without control and invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _SPACES.sub(" ", text)
    return _SURROGATES.sub("\ufffd", text)


class Builder:
    """Collects the paragraphs of a document in their order.

    :param format: the document's format, in small letters.
    :ivar title: of the document, as the format names it; may stay empty.
    :ivar pages: how many it has.
    :ivar encoding: of its bytes, where it has one.
    :ivar shortened: the reader left out what comes after; a note says so.
    """

    def __init__(self, format: str) -> None:
        self.format = format
        self.title = ""
        self.pages = 0
        self.encoding = ""
        self.shortened = False
        self._pieces: list[str] = []
        self._size = 0
        self._paragraphs: list[Paragraph] = []
        self._path: list[tuple[int, str]] = []  # level and words of the headings above
        self._above: tuple[str, ...] = ()  # their words alone: one value for all that stands under them
        self._notes: dict[NoteKind, dict[str, int | str]] = {}
        self._dropped = False

    @property
    def full(self) -> bool:
        """There is as much text as is kept: a reader can stop."""
        return self._dropped

    @property
    def empty(self) -> bool:
        """Nothing has been added so far."""
        return not self._paragraphs

    def heading(self, text: str, level: int, *, page: int = 0) -> None:
        """Add a heading; what follows stands under it until one of the same or a higher level comes."""
        level = min(max(level, 1), _MAX_LEVEL)
        text = _one_line(text)
        if not text:
            return
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        self._above = tuple(words for _, words in self._path)
        self._append(text, Kind.HEADING, level, page)
        self._path.append((level, text[:_MAX_HEADING]))
        self._above = tuple(words for _, words in self._path)

    def leave(self) -> None:
        """What follows stands under no heading: a slide or a sheet of its own begins."""
        self._path.clear()
        self._above = ()

    def add(self, text: str, kind: Kind = Kind.TEXT, *, level: int = 0, page: int = 0, place: str = "") -> None:
        """Add a paragraph. A line break in ``text`` stays one; white space around it goes; nothing is added for none.

        :param level: of a list item, its depth from 1. The number of a numbered item belongs to its text.
        :param place: where it is, beyond its headings and its page (a time); goes to the end of its path.
        """
        text = clean(text)
        if kind is Kind.CODE:
            text = _BLANK_LINES.sub("\n\n", _TRAILING.sub("", text.expandtabs(4))).strip("\n")
        else:
            text = _AROUND_BREAKS.sub("\n", _SPACE_RUNS.sub(" ", text)).strip()
        if text.strip():
            self._append(text, kind, min(level, _MAX_LEVEL), page, place)

    def table(self, rows: Iterable[Sequence[str]], *, page: int = 0) -> None:
        """Add a table: a line for each row, cells separated by tabs; empty rows are left out."""
        lines = []
        size = 0
        for row in rows:
            line = "\t".join(_one_line(cell) for cell in row).rstrip("\t")
            if line.strip():
                lines.append(line)
                size += len(line) + 1
            if self._size + size > MAX_CHARACTERS:
                break
        if lines:
            self._append("\n".join(lines), Kind.TABLE, 0, page)

    def note(self, kind: NoteKind, **values: int | str) -> None:
        """Add a note; the numbers of two of the same kind are added up."""
        kept = self._notes.setdefault(kind, {})
        for name, value in values.items():
            old = kept.get(name)
            kept[name] = old + value if isinstance(old, int) and isinstance(value, int) else value

    def finish(self) -> Document:
        """The document, without its sentences.

        :raises AssistantError: ``DOCUMENT_EMPTY``.
        """
        if not self._paragraphs:
            raise AssistantError(ErrorKind.DOCUMENT_EMPTY)
        if self._dropped or self.shortened:
            self._notes[NoteKind.CUT] = {"characters": self._size}
        return Document(
            text="".join(self._pieces),
            paragraphs=tuple(self._paragraphs),
            title=_one_line(self.title)[:_MAX_HEADING],
            format=self.format,
            encoding=self.encoding,
            pages=self.pages,
            notes=tuple(Note(kind, values) for kind, values in self._notes.items()),
        )

    def _append(self, text: str, kind: Kind, level: int, page: int, place: str = "") -> None:
        before = self._paragraphs[-1].kind if self._paragraphs else None
        between = "" if before is None else "\n" if before is kind is Kind.ITEM else "\n\n"
        room = MAX_CHARACTERS - self._size - len(between)
        if len(text) > room:
            self._dropped = True
            text = text[: max(room, 0)].rstrip()
            if not text:
                return
        start = self._size + len(between)
        self._pieces += [between, text]
        self._size = start + len(text)
        path = (*self._above, place) if place else self._above
        self._paragraphs.append(Paragraph(start, self._size, kind, level, page, path))


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())

"""XLSX and CSV: tables as text, a line for each row; long ones in stretches that repeat the names of their columns."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import encodings
from assistant.documents.building import MAX_CHARACTERS, Builder
from assistant.documents.model import Document, NoteKind
from assistant.documents.ooxml import Package
from assistant.documents.readers.plain import note_encoding
from assistant.documents.readers.xlsx import Row, Workbook

_STRETCH = 40  # rows of a table that stand under one line of names
_ZIP = b"PK\x03\x04"
_DELIMITERS = ",\t;|"
_SAMPLE = 50  # lines that are looked at to find the delimiter
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NUMERIC = re.compile(r"[-+(]?[$€£¥]?[\d.,\s]*\d[\d.,\s]*%?\)?|\d{4}-\d\d-\d\d.*")
_FIELD = 100_000  # characters of a cell; more is a quote that nobody closed
_MAX_NAME = 60
_LEAST_ROWS, _MOST_ROWS = 3, 200  # that are looked at to tell a table from prose
_OF_NUMBERS = 0.8  # of the cells of a column: so many are numbers, or it is none of numbers
_GROUPED = re.compile(r"[-+]?[$€£¥]?\d{1,3}(?:,\d{3})+")
_PROSE_END = re.compile(r"[.!?:,;。！？：，；、…]$")
_HAN = re.compile("[\u3400-\u9fff]")
_MAX_COLUMNS = 4_000
MAX_ROWS = 200_000
"""Rows that are kept of one document; what comes after them is left out, and a note says so."""


def read(data: bytes, name: str) -> Document:
    """The document in ``data``: a workbook, or lines of values.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB, DOCUMENT_ENCRYPTED, DOCUMENT_MEMORY, DOCUMENT_UNKNOWN or
        DOCUMENT_EMPTY.
    """
    return _workbook(data) if data.startswith(_ZIP) else _values(data, name)


def _workbook(data: bytes) -> Document:
    package = Package(data, "xlsx")
    workbook = Workbook(package)
    builder = Builder("xlsx")
    builder.title = package.title()
    builder.shortened = workbook.shortened
    empty, left = True, MAX_ROWS
    for number, (name, part) in enumerate(workbook.sheets, 1):
        builder.leave()
        builder.heading(name, 1, page=number)
        before = left
        left = _add(builder, workbook.rows(part), left, page=number)
        empty = empty and left == before
        builder.pages += 1
        if not part:
            builder.note(NoteKind.PARTS_UNREADABLE, parts=1)
    if empty:  # nothing but the names of sheets
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY)
    return builder.finish()


def _add(builder: Builder, rows: Iterator[Row], most: int, *, page: int = 0) -> int:
    """Add so many of the rows at most; gives how many more there may be."""
    characters = 0
    for stretch in _stretches(itertools.islice(rows, most)):
        builder.table(stretch, page=page)
        characters += sum(len(text) + 1 for row in stretch for text in row)
        most -= len(stretch)
        if builder.full:
            return most
    if most <= 0 and next(rows, None) is not None:
        builder.note(NoteKind.CUT, characters=characters)
    return most


def _stretches(rows: Iterable[Row]) -> Iterator[list[list[str]]]:
    """The rows in tables of a size, each beginning with the names of its columns if the first row is such."""
    names: Row | None = None
    stretch: list[Row] = []
    for at, row in enumerate(rows):
        if at == 0 and _are_names(row):
            names = row
        stretch.append(row[:_MAX_COLUMNS])
        if len(stretch) >= _STRETCH:
            yield _aligned(stretch)
            stretch = [names] if names else []
    if len(stretch) > (1 if names and at >= _STRETCH else 0):
        yield _aligned(stretch)


def _are_names(row: Row) -> bool:
    return len(row) > 1 and all(len(text) <= _MAX_NAME and not _NUMERIC.fullmatch(text) for _, text in row)


def _aligned(rows: Sequence[Row]) -> list[list[str]]:
    """The rows with a cell for each column that holds anything in one of them."""
    columns = {column: at for at, column in enumerate(sorted({column for row in rows for column, _ in row}))}
    found = []
    for row in rows:
        cells: list[str] = []
        for column, text in row:
            cells += [""] * (columns[column] - len(cells))
            cells.append(text)
        found.append(cells)
    return found


# ---------------------------------------------------------------- lines of values


def _values(data: bytes, name: str) -> Document:
    decoded = encodings.decode(data, name=name)
    builder = Builder("csv")
    note_encoding(builder, decoded)
    text = decoded.text[: 2 * MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    _add(builder, _rows(text), MAX_ROWS)
    return builder.finish()


def _rows(text: str) -> Iterator[Row]:
    """The rows of the text; from a quote that is never closed on, every line is taken as it is."""
    delimiter = delimiter_of(text)
    lines = _Lines(text)
    csv.field_size_limit(_FIELD)
    reader = csv.reader(lines, delimiter=delimiter)
    done = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            break
        if lines.ended and text.count("\n", done) > 1 and text.count('"', done) % 2:
            break  # it was closed by nothing but the end
        done = lines.at
        if row := _row(cells):
            yield row
    lines.at = done
    for line in lines:
        if row := _row(line.split(delimiter)):
            yield row


class _Lines:
    """The lines of a text, one after the other.

    :ivar at: where the next one begins.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    @property
    def ended(self) -> bool:
        return self.at >= len(self._text)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.ended:
            raise StopIteration
        end = self._text.find("\n", self.at) + 1 or len(self._text)
        line, self.at = self._text[self.at : end], end
        return line


def _row(cells: Sequence[str]) -> Row:
    return [(at, text) for at, cell in enumerate(cells) if (text := cell.strip())]


def is_table(text: str) -> bool:
    """Whether lines of values stand there and no prose, of which nothing else tells: it came without a name.

    Every row has as many cells, and a column of numbers stands below names, or there are several. Names alone are
    enough where tabs stand between cells, which prose and poems do not have, or commas that no space follows, which
    those of Latin letters do not have either.
    """
    if _named_delimiter(text):
        return True
    delimiter = delimiter_of(text)
    lines = text.split("\n")[: _MOST_ROWS + 1]
    if len(lines) > _SAMPLE:
        lines.pop()  # it may have been cut in its middle
    csv.field_size_limit(_FIELD)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        rows += (row for row in reader if any(cell.strip() for cell in row))
    except csv.Error:
        if reader.line_num < len(lines) or len(lines) < _SAMPLE:  # else a cell goes on behind what is looked at
            return False
    width = len(rows[0]) if rows else 0
    if len(rows) < _LEAST_ROWS or width < 2 or any(len(row) != width for row in rows):
        return False
    if not any(row[0].strip() for row in rows):  # paragraphs that are indented, or a table of Markdown
        return False
    names, *body = ([cell.strip() for cell in row] for row in rows)
    numbers = sum(_is_of_numbers(column) for column in zip(*body, strict=True))
    if _could_name(names):
        close = delimiter != "|" and width > 2 and not any(cell[:1] == " " for row in rows for cell in row)
        return delimiter == "\t" or numbers > 0 or (close and not _HAN.search(text))
    grouped = delimiter == "," and (width == 2 or all(_GROUPED.fullmatch(line.strip()) for line in lines if line))
    return numbers > 1 and not grouped  # 1,200 is one number


def _is_of_numbers(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell]
    return bool(filled) and sum(map(_is_number, filled)) >= _OF_NUMBERS * len(filled)


def _is_number(cell: str) -> bool:
    return _NUMERIC.fullmatch(cell) is not None


def _could_name(cells: Sequence[str]) -> bool:
    """Whether these could be the names of columns: short, each another, none a number or the end of a sentence."""
    return len(set(cells)) == len(cells) and all(
        cell and len(cell) <= _MAX_NAME and not _is_number(cell) and not _PROSE_END.search(cell) for cell in cells
    )


def _named_delimiter(text: str) -> str:
    """What the first line says, a hint for Excel: ``sep=;``. Empty: it says nothing."""
    first = text[:_FIELD].split("\n", 1)[0].strip(" \r\ufeff").lower()
    return first[-1] if first.startswith("sep=") and len(first) == 5 else ""


def delimiter_of(text: str) -> str:
    """The character that stands equally often, and most often, in the first lines."""
    if named := _named_delimiter(text):
        return named
    lines = [_QUOTED.sub("", line) for line in io.StringIO(text[: _FIELD * 10]).readlines(_FIELD)[:_SAMPLE]]
    best, points = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines if line.strip())
        if not counts:
            continue
        number, times = max(counts.items(), key=lambda one: (one[0] > 0, one[1]))
        score = times / counts.total() * (1 + min(number, 50) / 50) if number else 0.0
        if score > points:
            best, points = delimiter, score
    return best

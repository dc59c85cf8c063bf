"""Tables (CSV, TSV): the cells of some columns; delimiter, quotation marks and line ends stay as they are.

A table with a column for each language, as those of the strings of programs, gets what is new in the column that is
headed by the language: what is translated stays beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import KNOWN, normalize, primary
from assistant.base.scripts import is_same_written
from assistant.documents import detection
from assistant.documents.readers.sheets import delimiter_of
from assistant.documents.segments import SegmentKind
from assistant.documents.translating.blocks import Block, Item
from assistant.documents.translating.cutting import has_words
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.splicing import Edit, Part, Style, Text
from assistant.documents.translating.values import is_identifier, value_block, value_of

_SAMPLE = 200  # rows that tell what a column holds
_MOST_CELLS = 2_000_000
_MAX_NAME = 60
_NUMERIC = re.compile(r"[-+(]?[$€£¥]?[\d.,\s]*\d[\d.,\s]*%?\)?|\d{4}-\d\d-\d\d.*")
_NAMED = re.compile(r"[\w.-]*\d[\w.-]*")  # what rows are called: k1, T-07
_EASTERN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell. ``start`` and ``end``: with its quotation marks."""

    start: int
    end: int
    text: str
    quoted: bool


def open_csv(data: bytes, name: str, columns: Sequence[str] = ()) -> Text:
    """A table.

    :param columns: names (or numbers from 1) of those that are translated; none: all that hold sentences,
        but those that are headed by a language which is not that of the source.
    :raises AssistantError: DOCUMENT_UNKNOWN, DOCUMENT_EMPTY (with ``what="columns"``: the chosen ones hold no text),
        DOCUMENT_TOO_LARGE.
    """
    source = original(data, name=name)
    delimiter = delimiter_of(source.text)
    rows = _rows(source.text, delimiter)
    return _Csv(source, rows, delimiter, columns)


class _Csv(Text):
    format = "csv"

    def __init__(self, source: Original, rows: list[list[_Cell]], delimiter: str, columns: Sequence[str]) -> None:
        width = max(map(len, rows), default=0)
        headed = len(rows) > 1 and _are_names(rows[0])
        first = [cell.text.strip() for cell in rows[0]] if headed else []
        self._names = tuple(first[at] if at < len(first) and first[at] else str(at + 1) for at in range(width))
        body = rows[1:] if headed else rows
        chosen = self._chosen(columns) if columns else _of_source(_with_sentences(body, width), self._names, body)
        self._taken = tuple(self._names[at] for at in sorted(chosen))
        self._delimiter = delimiter
        own = _of_languages(chosen, first, body)
        self._into = own[1] if own else {}
        self._beside = {row[own[0]].start: row for row in body if own[0] < len(row)} if own else {}
        blocks = list(_blocks(body, chosen, self._names if headed else ()))
        for block in blocks if len(self._into) == 1 else ():
            block.target = self._said(block, *self._into).strip()
            block.whole = block.whole or bool(block.target)
        if columns and not blocks:
            raise AssistantError(ErrorKind.DOCUMENT_EMPTY, what="columns")
        super().__init__(source, Part(source.text, blocks, _Style(delimiter)))

    def _chosen(self, columns: Sequence[str]) -> set[int]:
        wanted = set(columns)
        return {at for at, name in enumerate(self._names) if name in wanted or str(at + 1) in wanted}

    def _target_language(self) -> str:
        return next(iter(self._into.values())) if len(self._into) == 1 else ""

    def _said(self, block: Block, column: int) -> str:
        """What stands in a column beside a block of the one that is translated into it."""
        row = self._beside.get(block.start, ())
        return row[column].text if column < len(row) else ""

    def _written(self, texts: Sequence[str | None], language: str, source: str) -> str:
        column = next((at for at, tag in self._into.items() if is_same_written(tag, language)), None)
        if column is None:
            return super()._written(texts, language, source)
        edits: list[Edit] = []
        others: list[str | None] = []
        for block in self._part.blocks:
            own = texts[len(others) : len(others) + len(block.spans)]
            row = self._beside.get(block.start)
            others += own if row is None else [None] * len(own)
            if row is None or all(text is None for text in own):
                continue
            # What somebody wrote there is theirs, unless it was given to be gone through with the rest.
            if block.target or not self._said(block, column).strip():
                new = self._part.composed(block, own, language=language, source=source)
                edits.append(self._edit(row, column, new))
        return self._part.written(others, language=language, source=source, edits=edits)

    def _edit(self, row: Sequence[_Cell], column: int, text: str) -> Edit:
        if column < len(row):
            return row[column].start, row[column].end, text
        return row[-1].end, row[-1].end, self._delimiter * (column - len(row) + 1) + text

    def _columns(self) -> tuple[str, ...]:
        return self._names

    def _chosen_columns(self) -> tuple[str, ...]:
        return self._taken


def _blocks(rows: Sequence[Sequence[_Cell]], chosen: set[int], names: Sequence[str]) -> Iterator[Block]:
    for row in rows:
        for at, cell in enumerate(row):
            block = value_block(cell.start, cell.end, cell.text, SegmentKind.CELL) if at in chosen else None
            if block:
                block.note = names[at] if at < len(names) else ""
                block.extra = cell.quoted
                yield block


def _are_names(row: Sequence[_Cell]) -> bool:
    texts = [cell.text.strip() for cell in row if cell.text.strip()]
    return (
        len(row) > 1
        and bool(texts)
        and all(
            len(text) <= _MAX_NAME and not _NUMERIC.fullmatch(text) and text[-1] not in ".!?。！？" for text in texts
        )
    )


def _with_sentences(rows: Sequence[Sequence[_Cell]], width: int) -> set[int]:
    """Columns of which enough cells hold several words; if there is none, those that hold words at all."""
    filled, sentences, words = [0] * width, [0] * width, [0] * width
    for row in rows[:_SAMPLE]:
        for at, cell in enumerate(row):
            text = cell.text.strip()
            if not text:
                continue
            filled[at] += 1
            if has_words(text) and not is_identifier(text) and not _NUMERIC.fullmatch(text):
                words[at] += 1
                sentences[at] += len(text.split()) > 1 or len(_EASTERN.findall(text)) > 3
    found = {at for at in range(width) if filled[at] and sentences[at] >= 0.3 * filled[at]}
    return found or {at for at in range(width) if filled[at] and words[at] >= 0.5 * filled[at]}


def _of_source(chosen: set[int], names: Sequence[str], rows: Sequence[Sequence[_Cell]]) -> set[int]:
    """``chosen`` without the columns that are translations already: those of another language than the source's.

    That is the one that the other columns are in; where there are none, or they are in none of these, the one of the
    column with the most cells.
    """
    headed = {at: tag for at in sorted(chosen) if primary(tag := normalize(names[at])) in KNOWN}
    if not headed:
        return chosen
    texts = {at: [row[at].text for row in rows[:_SAMPLE] if at < len(row) and row[at].text.strip()] for at in chosen}
    others = detection.language_of("\n".join(text for at in chosen - headed.keys() for text in texts[at]))
    source = next((tag for tag in headed.values() if others and primary(tag) == primary(others)), "")
    if not source and not (others and len(headed) == 1):
        source = headed[max(headed, key=lambda at: len(texts[at]))]
    return {at for at in chosen if at not in headed or headed[at] == source}


def _of_languages(
    chosen: set[int], heads: Sequence[str], rows: Sequence[Sequence[_Cell]]
) -> tuple[int, dict[int, str]] | None:
    """The column of ``chosen`` whose translations have columns of their own, and those with their languages.

    They are headed by a language and empty, or mostly with words in it: ``id`` is Indonesian, too.
    """
    headed: dict[int, str] = {}
    for place, head in enumerate(heads):
        cells = [text for row in rows[:_SAMPLE] if place < len(row) and (text := row[place].text.strip())]
        words = [text for text in cells if has_words(text) and not is_identifier(text) and not _NAMED.fullmatch(text)]
        if primary(tag := normalize(head)) in KNOWN and 2 * len(words) >= len(cells):
            headed[place] = tag
    sources = [place for place in chosen if place in headed] or list(chosen)
    if len(sources) != 1:
        return None
    own = headed.get(sources[0], "")
    into = {at: tag for at, tag in headed.items() if at not in chosen and not (own and is_same_written(tag, own))}
    return sources[0], into


def _rows(text: str, delimiter: str) -> list[list[_Cell]]:
    """All rows. A quotation mark that nobody closes is but a character."""
    plain = re.compile(f"[^\r\n{re.escape(delimiter)}]*")
    quoted = re.compile(r'[ \t]*"([^"]*+(?:""[^"]*+)*+)"[ \t]*' if delimiter != "\t" else r'"([^"]*+(?:""[^"]*+)*+)"')
    last_quote = text.rfind('"')
    rows: list[list[_Cell]] = []
    row: list[_Cell] = []
    at = count = 0
    first = re.match(r"sep=.(?:\r\n|\r|\n)", text, re.IGNORECASE)
    at = first.end() if first else 0
    while at < len(text):
        found = quoted.match(text, at) if at < last_quote else None
        if found and (found.end() == len(text) or text[found.end()] in delimiter + "\r\n"):
            row.append(_Cell(found.start(1) - 1, found.end(1) + 1, found[1].replace('""', '"'), True))
        else:
            found = plain.match(text, at)
            assert found is not None
            row.append(_Cell(*found.span(), found[0], False))
        at = found.end()
        count += 1
        if count > _MOST_CELLS:
            raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=len(text), limit=at)
        if at < len(text) and text[at] == delimiter:
            at += 1
            continue
        rows.append(row)
        row = []
        at += 2 if text.startswith("\r\n", at) else 1
    return [*rows, row] if row else rows


class _Style(Style):
    def __init__(self, delimiter: str) -> None:
        self._needs = re.compile(f'[\r\n{re.escape(delimiter)}]|^"|^\\s|\\s$' + ('|"' if delimiter != "\t" else ""))

    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:  # noqa: ARG002
        text = value_of(block, items)
        if not block.extra and not self._needs.search(text):
            return text
        return '"' + text.replace('"', '""') + '"'

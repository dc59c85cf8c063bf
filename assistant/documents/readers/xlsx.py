"""What a workbook's cells show: texts, numbers, dates and percentages, as far as their formats tell."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import xmltree
from assistant.documents.ooxml import Package

Row = list[tuple[int, str]]
"""The cells of a row that hold something, from left to right: column from 0, and text."""

MAX_SHARED = 60_000_000
"""Characters that the texts shared by all cells may have together."""
MAX_COLUMN, MAX_ROW = 16_384, 1_048_576
"""As many columns and rows as a sheet can have."""

_MAX_SHEETS = 1_000
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))  # numbers of built-in formats
_PERCENT = frozenset((9, 10))
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_DATE_CODE = re.compile(r"[ymdhs年月日时]", re.IGNORECASE)
_TIME = re.compile(r"[hs时]", re.IGNORECASE)
_DAY = re.compile(r"[yd年日]", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_FIRST_DAY, _FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_TRUTH = {"0": "FALSE", "1": "TRUE"}


class Workbook:
    """A workbook, its sheets read row by row.

    :ivar sheets: name and part of each in their order; the part is empty where it is missing.
    :ivar shortened: there are more of them.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        main = package.main_part("xl/workbook.xml")
        if main.endswith(".bin"):
            raise AssistantError(ErrorKind.DOCUMENT_OLD, "a binary workbook", format="XLSB", new="XLSX")
        links = package.relationships(main)
        self.sheets: list[tuple[str, str]] = []
        self.shortened = False
        self._first_day = _FIRST_DAY
        chunks = package.archive.chunks(main)
        for one in xmltree.subtrees(chunks, ["x|sheet", "x|workbookPr"], package.format):
            if one.tag == "x|workbookPr":
                self._first_day = _FIRST_DAY_1904 if one.get("date1904") in ("1", "true") else _FIRST_DAY
            elif len(self.sheets) >= _MAX_SHEETS:
                self.shortened = True
            else:
                link = links.get(one.get("r|id", ""))
                if link is not None and link.kind != "worksheet":
                    continue  # a chart, a dialog
                part = link.target if link is not None and link.target in package.archive else ""
                self.sheets.append((one.get("name", ""), part))
        if not self.sheets:
            raise package.archive.damaged("no sheets")
        self._shared = self._shared_texts(package.part_of(main, "sharedStrings"))
        self._formats = self._cell_formats(package.part_of(main, "styles"))

    def rows(self, part: str) -> Iterator[Row]:
        """The rows of a sheet that hold anything.

        :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB or DOCUMENT_MEMORY.
        """
        if not part:
            return
        elements = xmltree.subtrees(self._package.archive.chunks(part), ["x|row"], self._package.format)
        for element in itertools.islice(elements, MAX_ROW):
            if row := self._row(element):
                yield row

    def _row(self, element: Element) -> Row:
        row: dict[int, str] = {}
        column = -1
        for cell in element.iterfind("x|c"):
            column = _column(cell.get("r", ""), column + 1)
            text = self._shown(cell)
            if text and column < MAX_COLUMN:
                row[column] = text
        return sorted(row.items())

    def _shown(self, cell: Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find("x|is")
            return "" if inline is None else _rich(inline)
        value = cell.findtext("x|v") or ""
        if kind == "s":
            at = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
            return self._shared[at] if 0 <= at < len(self._shared) else ""
        if kind == "b":
            return _TRUTH.get(value, value)
        if kind in ("n", "") and value:
            return self._number(value, cell.get("s", "0"))
        formula = cell.findtext("x|f")
        return value or (f"={formula}" if formula else "")

    def _number(self, value: str, style: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        at = int(style) if style.isascii() and style.isdigit() and len(style) < 7 else 0
        form = self._formats[at] if at < len(self._formats) else ""
        if form == "%":
            return f"{number * 100:.10g}%"
        if form:
            return self._date(number, form) or value
        return f"{number:.15g}" if abs(number) < 1e15 else value

    def _date(self, number: float, form: str) -> str:
        if not 0 <= number < 2_958_466:  # the year 9999
            return ""
        moment = self._first_day + timedelta(days=int(number), seconds=round(number % 1 * 86_400))
        if form == "hours":
            minutes = round(number * 1440)
            return f"{minutes // 60}:{minutes % 60:02}"
        if form == "time":
            return f"{moment:%H:%M:%S}".removesuffix(":00")
        return moment.date().isoformat() if form == "date" else f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(":00")

    def _shared_texts(self, part: str) -> list[str]:
        found: list[str] = []
        size = 0
        if part:
            for one in xmltree.subtrees(self._package.archive.chunks(part), ["x|si"], self._package.format):
                found.append(_rich(one))
                size += len(found[-1]) + 40
                if size > MAX_SHARED:
                    raise AssistantError(ErrorKind.DOCUMENT_MEMORY, "too many shared texts")
        return found

    def _cell_formats(self, part: str) -> list[str]:
        """For each cell style: ``date``, ``time``, ``both``, ``hours``, ``%`` or nothing."""
        if not part:
            return []
        root = xmltree.parse(self._package.archive.chunks(part), self._package.format)
        own = {one.get("numFmtId", ""): _form(one.get("formatCode", "")) for one in root.iter("x|numFmt")}
        cells = root.find("x|cellXfs")
        return [_format(one.get("numFmtId", "0"), own) for one in cells] if cells is not None else []


def _format(key: str, own: dict[str, str]) -> str:
    if key in own:
        return own[key]
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 7 else 0
    if number in _PERCENT:
        return "%"
    if number not in _DATES:
        return ""
    if number == 46:
        return "hours"
    return "time" if number in (18, 19, 20, 21, 45, 47) else "both" if number == 22 else "date"


def _form(code: str) -> str:
    plain = _QUOTED.sub("", code[:200])
    if "%" in plain:
        return "%"
    if "[h" in code.lower():  # they go on beyond a day
        return "hours"
    if not _DATE_CODE.search(plain) or "0" in plain.split(".")[0] or "#" in plain:
        return ""
    if _TIME.search(plain):
        return "both" if _DAY.search(plain) else "time"
    return "date"


def _rich(parent: Element) -> str:
    """The text of a shared or inline string, without the readings above its characters."""
    pieces = []
    for child in parent:
        if child.tag == "x|t":
            pieces.append(child.text or "")
        elif child.tag == "x|r":
            pieces.append(child.findtext("x|t") or "")
    return "".join(pieces)


def _column(reference: str, otherwise: int) -> int:
    match = _LETTERS.match(reference)
    if match is None:
        return otherwise
    number = 0
    for letter in match.group().upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1

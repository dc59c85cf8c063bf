"""One page of a PDF as lines: which characters stand on a line, and where."""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from assistant.documents.readers.pdf_lines import WIDE, Line

_CELL_GAP = 1.25  # a gap of so many sizes separates cells
_BREAKS = frozenset((10, 13))
_SPACE = 32
_HYPHEN = 2  # PDFium's sign for a hyphen at the end of a line
_BOLD_NAME = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_FORCE_BOLD = 1 << 18

_RADICALS = (
    "⺁厂⺌小⺎兀⺐尢⺒巳⺓幺⺗心⺛旡⺜日⺝月⺟母⺠民⺢氺⺩王⺪疋⺬示⺮竹⺯糸⺶羊⺻聿⺼月⻁虎⻄西⻅见⻆角⻉贝⻊足⻋车⻑長⻓长⻔门"
    "⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_PLAIN = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in (*range(0x2F00, 0x2FD6), *range(0xFB00, 0xFB07))},
    **{ord(_RADICALS[at]): _RADICALS[at + 1] for at in range(0, len(_RADICALS), 2)},
}
"""Radicals and ligatures to what they stand for: a font's table often names the wrong one of two that look the same."""


def lines(page: pypdfium2.PdfPage) -> Iterator[Line]:
    """The lines of ``page`` in the order of the file.

    :raises PdfiumError: the text cannot be read.
    """
    _turn_upright(page)
    glyphs = _Glyphs(page)
    try:
        start = 0
        for at, code in enumerate([*glyphs.codes, _HYPHEN]):
            if code in _BREAKS or code == _HYPHEN:
                end = at + 1 if code == _HYPHEN and at < len(glyphs.codes) else at
                yield from _level(glyphs, start, end)
                start = at + 1
    finally:
        glyphs.close()


def _turn_upright(page: pypdfium2.PdfPage) -> None:
    """Turn what stands on the page as it is shown.

    Text that lies on its side in a font that is not in the file would have no extent for PDFium, and be left out.
    """
    width, height = page.get_size()  # as it is shown
    turns = {1: (0, -1, 1, 0, 0, height), 2: (-1, 0, 0, -1, width, height), 3: (0, 1, -1, 0, width, 0)}
    matrix = turns.get(pdfium.FPDFPage_GetRotation(page.raw))
    if matrix:
        for at in range(pdfium.FPDFPage_CountObjects(page.raw)):
            pdfium.FPDFPageObj_Transform(pdfium.FPDFPage_GetObject(page.raw, at), *matrix)
        pdfium.FPDFPage_SetRotation(page.raw, 0)


class _Glyphs:
    """The characters of an upright page with their places."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._text = page.get_textpage()
        self._raw = self._text.raw
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._box, self._matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        self._name = ctypes.create_string_buffer(64)
        self._flags = ctypes.c_int()
        get, raw = pdfium.FPDFText_GetUnicode, self._raw
        self.codes: list[int] = [get(raw, at) for at in range(pdfium.FPDFText_CountChars(raw))]

    def close(self) -> None:
        self._text.close()

    def edges(self, at: int) -> tuple[float, float]:
        """Left and right edge of a character."""
        pdfium.FPDFText_GetLooseCharBox(self._raw, at, self._box)
        box = self._box
        return box.left, box.right

    def size(self, *places: int) -> float:
        """The size that most of the characters at three ``places`` have; a raised number is smaller."""
        sizes: list[float] = []
        for at in places:
            pdfium.FPDFText_GetMatrix(self._raw, at, self._matrix)
            scale = math.hypot(self._matrix.c, self._matrix.d)
            sizes.append(pdfium.FPDFText_GetFontSize(self._raw, at) * scale)
        return sorted(sizes)[len(sizes) // 2]

    def base(self, at: int) -> float:
        """How high the character's base line is."""
        pdfium.FPDFText_GetCharOrigin(self._raw, at, self._x, self._y)
        return self._y.value

    def is_bold(self, at: int) -> bool:
        pdfium.FPDFText_GetFontInfo(self._raw, at, self._name, len(self._name), self._flags)
        return bool(_BOLD_NAME.search(self._name.value)) or bool(self._flags.value & _FORCE_BOLD)

    def is_generated(self, at: int) -> bool:
        return bool(pdfium.FPDFText_IsGenerated(self._raw, at) == 1)


def _level(glyphs: _Glyphs, start: int, end: int) -> Iterator[Line]:
    """The lines between two breaks: PDFium leaves a break out where the upper line is a short one."""
    codes = glyphs.codes
    gaps: list[int] = []
    for at in range(start + 1, end - 1):
        if codes[at] == _SPACE and glyphs.is_generated(at):
            size = glyphs.size(at - 1)
            drop = abs(glyphs.base(at + 1) - glyphs.base(at - 1))
            back = glyphs.edges(at - 1)[1] - glyphs.edges(at + 1)[0]
            if drop > 0.5 * size or (back > size and drop > 0.2 * size):
                yield from _line(glyphs, start, at, gaps)
                start, gaps = at + 1, []
            else:
                gaps.append(at)
    yield from _line(glyphs, start, end, gaps)


def _line(glyphs: _Glyphs, start: int, end: int, gaps: Sequence[int]) -> Iterator[Line]:
    """The line of these characters, none if they are all space.

    :param gaps: where PDFium put spaces that are not in the file.
    """
    codes = glyphs.codes
    while start < end and codes[start] in (0, _SPACE):
        start += 1
    while end > start and codes[end - 1] in (0, _SPACE):
        end -= 1
    if start == end:
        return
    left, right = glyphs.edges(start)[0], glyphs.edges(end - 1)[1]
    size = glyphs.size(start, (start + end) // 2, end - 1)
    cells: list[tuple[float, float, str]] = []
    text, cell_left = "", left
    for at in (one for one in gaps if start < one < end):
        before, after = glyphs.edges(at - 1)[1], glyphs.edges(at + 1)[0]
        text += _decoded(codes[start:at])
        start = at + 1
        if after - before > _CELL_GAP * size and text.strip():
            cells.append((cell_left, before, text.strip()))
            cell_left, text = after, ""
        elif not (after - before < 0.9 * size and _is_wide(codes[at - 1]) and _is_wide(codes[at + 1])):
            text += " "  # else Chinese that was spaced out to fill the line
    text += _decoded(codes[start:end])
    cells.append((cell_left, right, text.strip()))
    whole = " ".join(cell[2] for cell in cells)
    if whole.strip():
        bold = glyphs.is_bold(end - 1) and glyphs.is_bold(start)
        yield Line(whole, left, right, glyphs.base(end - 1), size, bold, tuple(cells))


def _decoded(codes: Sequence[int]) -> str:
    text = "".join("-" if code == _HYPHEN else chr(code) for code in codes if 0 < code <= 0x10FFFF)
    return text if text.isascii() else text.translate(_PLAIN)


def _is_wide(code: int) -> bool:
    return 0x2E80 < code <= 0x10FFFF and bool(WIDE.match(chr(code)))

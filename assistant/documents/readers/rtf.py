"""RTF: what its control words make of the text between them, in whichever code page each font has."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.building import Builder
from assistant.documents.model import Document, Kind, NoteKind

_TOKEN = re.compile(rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,9})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)")
_HEADING = re.compile(r"heading ([1-9])$")
_MAX_GROUPS = 200_000
_BODY = 9  # the outline level that stands for none

_CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "nestcell": " | ",
    "nestrow": "; ",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
_SYMBOLS = {b"~": " ", b"_": "\u2011", b"\n": "\\par", b"\r": "\\par", b"\\": "\\", b"{": "{", b"}": "}"}
_SKIPPED = frozenset(
    (
        *("colortbl", "pict", "object", "objdata", "header", "headerl", "headerr", "headerf", "footer", "footerl"),
        *("footerr", "footerf", "xe", "tc", "rxe", "fldinst", "datafield", "themedata", "colorschememapping", "sn"),
        *("latentstyles", "datastore", "rsidtbl", "generator", "listtable", "listoverridetable", "revtbl", "sv"),
        *("template", "nonshppict", "bkmkstart", "bkmkend", "atnid", "annotation", "atnauthor", "shprslt", "do"),
        *("ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc", "aftncn", "private", "filetbl", "objclass", "author"),
        *("operator", "subject", "keywords", "comment", "doccomm", "company", "manager", "category", "hlinkbase"),
    )
)
_READ_ALTHOUGH_STARRED = frozenset(("shpinst", "shptxt", "ud", "fldrslt", "shppict"))


def read(data: bytes, name: str) -> Document:  # noqa: ARG001 - every reader is told the name
    """The document in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED or DOCUMENT_EMPTY.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "no RTF header", format="rtf")
    return _Reader(data).read()


@dataclass(slots=True)
class _Group:
    """What holds inside a pair of braces.

    :ivar into: where text goes: ``text``, ``skip``, ``fonts``, ``styles``, ``title``, ``number`` or ``note``.
    """

    into: str = "text"
    codec: str = "cp1252"
    fallback: int = 1  # characters after \\u that stand in for it
    hidden: bool = False
    starred: bool = False
    fresh: bool = True  # nothing but a star has come since its brace
    outer: list[str] | None = None  # the text around a note


@dataclass
class _Paragraph:
    """What holds until the end of the paragraph."""

    outline: int = 0
    style: int = 0
    level: int = 0
    listed: bool = False
    in_table: bool = False
    number: str = ""


@dataclass
class _Style:
    name: str = ""
    outline: int = 0


@dataclass
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)


class _Reader:
    """Reads one document, token by token."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._builder = Builder("rtf")
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0  # the one that the font table is describing
        self._styles: dict[int, _Style] = {}
        self._style = 0  # the one that the style sheet is describing
        self._group = _Group()
        self._groups: list[_Group] = []
        self._paragraph = _Paragraph()
        self._pieces: list[str] = []  # of the paragraph
        self._pending = bytearray()  # bytes that have not been decoded yet
        self._skip = 0  # stand-ins that are still to be passed over
        self._notes: list[str] = []
        self._noted = self._notes_open = 0
        self._table = _Table()
        self._words: dict[str, Callable[[int], None]] = {
            "par": lambda _: self._end_paragraph(),
            "sect": lambda _: self._end_paragraph(),
            "page": lambda _: self._end_paragraph(),
            "pard": lambda _: self._reset(),
            "plain": lambda _: self._set_hidden(0),
            "v": self._set_hidden,
            "deleted": self._set_hidden,
            "cell": lambda _: self._end_cell(),
            "row": lambda _: self._end_row(),
            "intbl": lambda _: setattr(self._paragraph, "in_table", True),
            "f": self._set_font,
            "fcharset": self._set_charset,
            "ansicpg": self._set_page,
            "mac": lambda _: self._set_page(10000),
            "uc": lambda value: setattr(self._group, "fallback", min(max(value, 0), 9)),
            "u": self._unicode,
            "s": self._set_style,
            "outlinelevel": self._set_outline,
            "ilvl": lambda value: setattr(self._paragraph, "level", min(max(value, 0), 8)),
            "ls": lambda value: setattr(self._paragraph, "listed", value > 0),
        }

    def read(self) -> Document:
        at, data = 0, self._data
        while match := _TOKEN.search(data, at):
            at = match.end()
            word, value, byte, symbol, brace, text = match.groups()
            if text is not None:
                self._text(text)
            elif brace is not None:
                if not (self._open() if brace == b"{" else self._close()):
                    break
            elif byte is not None:
                self._text(bytes((int(byte, 16),)))
            elif symbol is not None:
                self._symbol(symbol)
            elif word == b"bin":
                at += max(int(value or 0), 0)
            else:
                self._word(word.decode("ascii"), value)
            if self._builder.full:
                break
        self._group, self._notes_open = _Group(), 0
        self._paragraph.in_table = False
        self._end_paragraph()
        self._end_table()
        return self._builder.finish()

    # ------------------------------------------------------------ tokens

    def _open(self) -> bool:
        self._flush()
        self._skip = 0
        if len(self._groups) >= _MAX_GROUPS:
            raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "nested too deeply", format="rtf")
        self._groups.append(self._group)
        outer = self._group
        self._group = _Group(outer.into, outer.codec, outer.fallback, outer.hidden)
        return True

    def _close(self) -> bool:
        """End a group; false: it was the last, what follows belongs to no document."""
        self._flush()
        self._skip = 0
        if self._group.outer is not None:
            note = "".join(self._pieces).strip()
            self._notes.append(f"[{self._noted}] {note}")
            self._pieces = self._group.outer
            self._notes_open -= 1
        if not self._groups:
            return False
        self._group = self._groups.pop()
        return bool(self._groups)

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._group.starred = True
            return
        text = _SYMBOLS.get(symbol, "")
        if text == "\\par":
            self._end_paragraph()
        elif text:
            self._text(text.encode("ascii")) if text.isascii() else self._say(text)

    def _word(self, word: str, value: bytes | None) -> None:
        group = self._group
        if group.fresh:
            group.fresh = False
            if self._destination(word):
                return
        if group.into == "skip":
            return
        if word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in self._words:
            if word not in ("u", "uc"):
                self._flush()
            self._words[word](int(value) if value is not None else 0 if word == "u" else 1)

    def _destination(self, word: str) -> bool:
        """Whether the word, the first one of its group, says what the group is for."""
        group = self._group
        if group.into == "skip":
            return False
        if word in ("fonttbl", "stylesheet"):
            group.into = "fonts" if word == "fonttbl" else "styles"
        elif word == "info":
            group.into = "info"
        elif word == "title" and group.into == "info":
            group.into = "title"
        elif word in ("listtext", "pntext"):
            group.into, self._paragraph.number = "number", ""
        elif word == "footnote":
            self._note()
        elif word in _SKIPPED or (group.starred and word not in _READ_ALTHOUGH_STARRED and group.into == "text"):
            if word == "nonshppict" or (word == "pict" and not self._inside_alternative()):
                self._builder.note(NoteKind.IMAGES_IGNORED, images=1)
            group.into = "skip"
        else:
            return False
        return True

    def _inside_alternative(self) -> bool:
        return bool(self._groups) and self._groups[-1].into == "skip"

    def _note(self) -> None:
        self._noted += 1
        self._notes_open += 1
        self._pieces.append(f"[{self._noted}]")
        self._group.outer, self._pieces = self._pieces, []

    # ------------------------------------------------------------ text

    def _text(self, data: bytes) -> None:
        self._group.fresh = False
        if self._skip:
            passed = min(self._skip, len(data))
            self._skip -= passed
            data = data[passed:]
        if data and self._group.into != "skip" and not self._group.hidden:
            self._pending += data

    def _flush(self) -> None:
        if self._pending:
            text = self._pending.decode(self._group.codec, "replace")
            self._pending.clear()
            self._put(text)

    def _say(self, text: str) -> None:
        self._flush()
        self._skip = 0
        if self._group.into != "skip" and not self._group.hidden:
            self._put(text)

    def _put(self, text: str) -> None:
        into = self._group.into
        if into == "text":
            self._pieces.append(text)
        elif into == "title":
            self._builder.title += text
        elif into == "number":
            self._paragraph.number += text
        elif into == "styles" and self._style >= 0:
            style = self._styles.setdefault(self._style, _Style())
            style.name = (style.name + text).strip().rstrip(";").lower()[:80]

    def _unicode(self, value: int) -> None:
        self._say(chr(value & 0xFFFF))
        self._skip = self._group.fallback

    # ------------------------------------------------------------ what words set

    def _set_hidden(self, value: int) -> None:
        self._group.hidden = value != 0

    def _set_font(self, number: int) -> None:
        if self._group.into == "fonts":
            self._font = number
        else:
            self._group.codec = self._fonts.get(number, self._page)

    def _set_charset(self, number: int) -> None:
        if self._group.into == "fonts" and len(self._fonts) < 10_000:
            self._fonts[self._font] = _CHARSETS.get(number, self._page)

    def _set_page(self, number: int) -> None:
        name = {936: "gb18030", 10000: "mac-roman", 65001: "utf-8"}.get(number, f"cp{number}")
        try:
            self._page = self._group.codec = codecs.lookup(name).name
        except LookupError:
            return
        for group in self._groups:
            group.codec = self._page

    def _set_style(self, number: int) -> None:
        if self._group.into == "styles":
            self._style = number if len(self._styles) < 10_000 else -1
        else:
            self._paragraph.style = number

    def _set_outline(self, number: int) -> None:
        level = number + 1 if 0 <= number < _BODY else 0
        if self._group.into == "styles":
            self._styles.setdefault(self._style, _Style()).outline = level
        else:
            self._paragraph.outline = level

    def _reset(self) -> None:
        number = self._paragraph.number
        self._paragraph = _Paragraph(number=number)

    # ------------------------------------------------------------ paragraphs and tables

    def _end_paragraph(self) -> None:
        self._flush()
        if self._group.into != "text":
            return
        if self._notes_open or self._paragraph.in_table:
            self._pieces.append("\n")
            return
        self._end_table()
        text = _whole("".join(self._pieces))
        self._pieces.clear()
        if text.strip():
            self._add(text)
        for note in self._notes:
            self._builder.add(_whole(note))
        self._notes.clear()
        self._paragraph.number = ""

    def _add(self, text: str) -> None:
        paragraph = self._paragraph
        style = self._styles.get(paragraph.style, _Style())
        named = _HEADING.match(style.name)
        outline = paragraph.outline or style.outline or (int(named.group(1)) if named else 0)
        number = paragraph.number.strip().strip("\u00b7•\uf0b7\uf0a7\uf0d8§o").strip()
        if outline or style.name == "title":
            self._builder.heading(f"{number} {text}".strip(), outline or 1)
        elif paragraph.listed or paragraph.number:
            self._builder.add(f"{number} {text}".strip(), Kind.ITEM, level=paragraph.level + 1)
        else:
            self._builder.add(text)

    def _end_cell(self) -> None:
        self._flush()
        self._table.row.append(_whole("".join(self._pieces)))
        self._pieces.clear()

    def _end_row(self) -> None:
        self._flush()
        if self._table.row:
            self._table.rows.append(self._table.row)
        self._table.row = []
        self._paragraph.in_table = False

    def _end_table(self) -> None:
        self._end_row()
        rows, self._table.rows = self._table.rows, []
        self._builder.table(rows)


def _whole(text: str) -> str:
    """``text`` with the halves of surrogate pairs, which RTF writes one after the other, joined."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

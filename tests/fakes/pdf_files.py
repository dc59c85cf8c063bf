"""Small real PDF files, written object by object: text in English and Chinese, columns, scans, passwords, outlines."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_ID = b"0123456789abcdef"


@dataclass(frozen=True)
class Words:
    """One stretch of text on a page; ``y`` counts from the bottom, in points."""

    x: float
    y: float
    text: str
    size: float = 11
    bold: bool = False


@dataclass
class Page:
    """What stands on a page of A4 size."""

    words: list[Words] = field(default_factory=list)
    picture: bool = False
    turned: int = 0  # degrees by which a viewer has to turn it to show it upright

    def lines(self, texts: Sequence[str], *, x: float = 72, top: float = 760, size: float = 11, pitch: float = 14,
              bold: bool = False) -> float:  # fmt: skip
        """Set lines below each other; gives the place of the next."""
        for text in texts:
            self.words.append(Words(x, top, text, size, bold))
            top -= pitch
        return top


class Objects:
    """Numbered objects and the file around them."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def add(self, body: bytes) -> int:
        self.bodies.append(body)
        return len(self.bodies)

    def reserve(self) -> int:
        return self.add(b"null")

    def put(self, number: int, body: bytes) -> None:
        self.bodies[number - 1] = body

    def stream(self, data: bytes, entries: bytes = b"", *, pack: bool = True) -> int:
        if pack:
            data, entries = zlib.compress(data), entries + b" /Filter /FlateDecode"
        return self.add(b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream")

    def file(self, root: int, extra: bytes = b"") -> bytes:
        out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self.bodies, 1):
            places.append(len(out))
            out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\n" % (len(places) + 1, root, extra)
        return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def pdf(
    pages: Sequence[Page], *, title: str = "", outline: Sequence[tuple[str, int]] = (), password: str = ""
) -> bytes:
    """A file with these pages.

    :param outline: title and page (from 0) of each bookmark.
    :param password: needed to open it (RC4, 128 bits); the texts are encrypted.
    """
    objects = Objects()
    key = _key(password) if password else b""
    root, tree = objects.reserve(), objects.reserve()
    helvetica = objects.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    bold = objects.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
    song = _chinese_font(objects, key)
    image = objects.stream(b"\x00" * 64, b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 "
                           b"/ColorSpace /DeviceGray") if not key else 0  # fmt: skip
    resources = b"<< /Font << /F1 %d 0 R /F2 %d 0 R /F3 %d 0 R >> " % (helvetica, bold, song)
    resources += b"/XObject << /Im %d 0 R >> >>" % image if image else b">>"
    kids = []
    for page in pages:
        content = _content(page).encode("latin-1")
        number = len(objects.bodies) + 1
        if key:
            content = _rc4(_object_key(key, number), content)
        objects.stream(content, pack=not key)
        kids.append(
            objects.add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Rotate %d /Resources %s /Contents %d 0 R >>"
                % (tree, page.turned, resources, number)
            )
        )
    objects.put(tree, b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), _references(kids)))
    marks = b" /Outlines %d 0 R" % _outline(objects, outline, kids) if outline else b""
    objects.put(root, b"<< /Type /Catalog /Pages %d 0 R%s >>" % (tree, marks))
    extra = b"/Info %d 0 R " % objects.add(b"<< /Title <FEFF%s> >>" % _utf16(title)) if title else b""
    if key:
        extra += b"/Encrypt %d 0 R /ID [<%s> <%s>]" % (objects.add(_encryption(password)), _ID.hex().encode(),
                                                      _ID.hex().encode())  # fmt: skip
    return objects.file(root, extra)


def simple(texts: Sequence[str], **options: str) -> bytes:
    """A page for each text, its lines below each other."""
    pages = []
    for text in texts:
        page = Page()
        page.lines(text.split("\n"))
        pages.append(page)
    return pdf(pages, **options)  # type: ignore[arg-type]


def _references(numbers: Sequence[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


_TURNS = {0: "", 90: "0 1 -1 0 595 0 cm", 180: "-1 0 0 -1 595 842 cm", 270: "0 -1 1 0 0 842 cm"}


def _content(page: Page) -> str:
    out = [_TURNS[page.turned]]
    out += ["q 500 0 0 700 40 40 cm /Im Do Q"] if page.picture else []
    for words in page.words:
        wide = any(ord(letter) > 255 for letter in words.text)
        font = "F3" if wide else "F2" if words.bold else "F1"
        shown = f"<{_utf16(words.text).decode()}>" if wide else f"({_escaped(words.text)})"
        out.append(f"BT /{font} {words.size} Tf {words.x} {words.y} Td {shown} Tj ET")
    return "\n".join(out)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-be").hex().upper().encode()


def _chinese_font(objects: Objects, key: bytes) -> int:
    """Codes are UTF-16 units; what they mean is said by a table, as in the files of most programs."""
    table = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n1 beginbfrange <0000> <FFFF> <0000> endbfrange\n"
        b"endcmap end end"
    )
    number = len(objects.bodies) + 1
    meaning = objects.stream(_rc4(_object_key(key, number), table) if key else table, pack=not key)
    below = objects.add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) "
        b"/Ordering (Identity) /Supplement 0 >> /DW 1000 /FontDescriptor %d 0 R >>"
        % objects.add(
            b"<< /Type /FontDescriptor /FontName /SimSun /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 "
            b"/Ascent 860 /Descent -140 /CapHeight 700 /StemV 80 >>"
        )
    )
    return objects.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /Identity-H /DescendantFonts [%d 0 R] "
        b"/ToUnicode %d 0 R >>" % (below, meaning)
    )


def _outline(objects: Objects, marks: Sequence[tuple[str, int]], kids: Sequence[int]) -> int:
    head = objects.reserve()
    first = len(objects.bodies) + 1
    last = first + len(marks) - 1
    for number, (title, page) in enumerate(marks, first):
        following = b" /Next %d 0 R" % (number + 1) if number < last else b""
        objects.add(
            b"<< /Title <FEFF%s> /Parent %d 0 R /Dest [%d 0 R /Fit]%s >>" % (_utf16(title), head, kids[page], following)
        )
    objects.put(head, b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % (first, last, len(marks)))
    return head


# ---------------------------------------------------------------- encryption: the standard handler, revision 3


def _padded(password: str) -> bytes:
    return (password.encode("latin-1") + _PADDING)[:32]


def _owner(password: str) -> bytes:
    key = hashlib.md5(_padded(password)).digest()
    for _ in range(50):
        key = hashlib.md5(key).digest()
    value = _padded(password)
    for turn in range(20):
        value = _rc4(bytes(byte ^ turn for byte in key), value)
    return value


def _key(password: str) -> bytes:
    key = hashlib.md5(_padded(password) + _owner(password) + (0xFFFFFFFC).to_bytes(4, "little") + _ID).digest()
    for _ in range(50):
        key = hashlib.md5(key).digest()
    return key


def _encryption(password: str) -> bytes:
    value = hashlib.md5(_PADDING + _ID).digest()
    for turn in range(20):
        value = _rc4(bytes(byte ^ turn for byte in _key(password)), value)
    return b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <%s> /U <%s> >>" % (
        _owner(password).hex().encode(),
        (value + bytes(16)).hex().encode(),
    )


def _object_key(key: bytes, number: int) -> bytes:
    return hashlib.md5(key + number.to_bytes(3, "little") + bytes(2)).digest()


def _rc4(key: bytes, data: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)

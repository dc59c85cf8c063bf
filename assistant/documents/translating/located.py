"""XML parts as trees that know where in the part every element stands, so that text can be put into its place.

All places are bytes of a part in UTF-8 (see ``in_utf8``). What is between two places of a part is never written anew,
only copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import encodings, xmltree

_CHUNK = 1 << 16
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\bencoding\s*=\s*(["'])([A-Za-z0-9._-]+)\1""")
_START_TAG = re.compile(rb"""<[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")
_WIDE = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Located(Element):
    """An element with its place.

    :ivar start: its first byte; ``end``: one past its last.
    :ivar inside: where what it holds begins, ``close``: where that ends; both are ``end`` if it is an empty tag.
    """

    start = end = inside = close = 0


@dataclass(frozen=True)
class Found:
    """A subtree, and the names of the elements that it is in, the root first."""

    root: Located
    path: tuple[str, ...]


def in_utf8(data: bytes, format: str) -> bytes:
    """A part of XML in UTF-8, whatever it was in; ``data`` itself if it already is.

    :raises AssistantError: DOCUMENT_DAMAGED: its encoding is none.
    """
    encoding = next((name for mark, name in _WIDE if data.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(data[:1000])
        name = declared[2].decode().lower() if declared else "utf-8"
        if name in ("utf-8", "utf8", "us-ascii", "ascii"):
            return data
        encoding = encodings.known(name)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except (LookupError, ValueError) as error:
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "encoding", format=format) from error
    changed = text.encode("utf-8", "surrogatepass")
    found = _DECLARED.match(changed[:1000])
    return changed[: found.start(2)] + b"UTF-8" + changed[found.end(2) :] if found else changed


def located(part: bytes, names: Iterable[str], format: str) -> Iterator[Found]:
    """The outermost elements that have one of ``names``, each as soon as it is whole; nothing else is kept.

    :param part: XML in UTF-8.
    :raises AssistantError: DOCUMENT_DAMAGED or DOCUMENT_MEMORY.
    """
    parser = _Parser(part, frozenset(names), format)
    for at in range(0, len(part), _CHUNK):
        parser.feed(part[at : at + _CHUNK])
        yield from parser.found
        parser.found.clear()
    parser.close()
    yield from parser.found


class _Parser(xmltree.Parser):
    """Writes down where everything stands."""

    def __init__(self, part: bytes, names: frozenset[str], format: str) -> None:
        super().__init__(names, self._whole, format, encoding="utf-8")
        self.found: list[Found] = []
        self._part = part
        self._path: list[str] = []
        self._open: list[Located] = []

    def _whole(self, root: Element) -> None:
        assert isinstance(root, Located)
        self.found.append(Found(root, tuple(self._path)))

    def _new_tree(self) -> TreeBuilder:
        return TreeBuilder(element_factory=self._element)

    def _element(self, tag: str, attributes: dict[str, str]) -> Located:
        element = Located(tag, attributes)
        element.start = self._parser.CurrentByteIndex
        self._open.append(element)
        return element

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        super()._start(name, attributes)
        if self._tree is None:
            self._path.append(self._known.get(name) or self._name(name))

    def _end(self, name: str) -> None:
        if self._tree is None:
            self._path.pop()
        else:
            element, at = self._open.pop(), self._parser.CurrentByteIndex
            tag = _START_TAG.match(self._part, element.start)
            element.inside = tag.end() if tag else at
            if self._part.startswith(b"/>", element.inside - 2) and at == element.inside:
                element.end = element.close = at
            else:
                element.close, element.end = at, self._part.index(b">", at) + 1
        super()._end(name)


def raw(part: bytes, start: int, end: int, splices: Sequence[tuple[int, int, bytes]] = ()) -> bytes:
    """A stretch of ``part`` with other bytes in some places of it.

    :param splices: start, end and the new bytes of each, in order, not overlapping.
    """
    pieces: list[bytes] = []
    at = start
    for begin, stop, new in splices:
        pieces += (part[at:begin], new)
        at = stop
    return b"".join((*pieces, part[at:end]))


def escaped(text: str) -> bytes:
    """``text`` as it stands between two tags. What XML cannot hold at all is left out."""
    text = _ILLEGAL.sub("", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;").encode()

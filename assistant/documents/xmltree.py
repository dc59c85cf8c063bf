"""XML of documents, parsed for what it is: no entities, nothing loaded from elsewhere, no depth without end.

The names of elements and attributes carry short prefixes that are ours, not the document's: ``w|p`` is a paragraph of
WordprocessingML whichever prefix and whichever of its two namespaces the document uses.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.encodings import decode

MAX_DEPTH = 200
MAX_ELEMENTS = 1_200_000
"""Elements that one subtree in memory may have."""
MAX_TOKEN = 4 << 20
"""Bytes that may pass without anything to see. An older expat reads an endless attribute again with every piece."""

_OOXML = "http://schemas.openxmlformats.org"
_STRICT = "http://purl.oclc.org/ooxml"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_PREFIXES = {
    f"{_OOXML}/wordprocessingml/2006/main": "w",
    f"{_STRICT}/wordprocessingml/main": "w",
    f"{_OOXML}/drawingml/2006/main": "a",
    f"{_STRICT}/drawingml/main": "a",
    f"{_OOXML}/presentationml/2006/main": "p",
    f"{_STRICT}/presentationml/main": "p",
    f"{_OOXML}/spreadsheetml/2006/main": "x",
    f"{_STRICT}/spreadsheetml/main": "x",
    f"{_OOXML}/officeDocument/2006/relationships": "r",
    f"{_STRICT}/officeDocument/relationships": "r",
    f"{_OOXML}/officeDocument/2006/math": "m",
    f"{_STRICT}/officeDocument/math": "m",
    f"{_OOXML}/package/2006/relationships": "rel",
    f"{_OOXML}/markup-compatibility/2006": "mc",
    f"{_OOXML}/package/2006/metadata/core-properties": "cp",
    f"{_ODF}:office:1.0": "office",
    f"{_ODF}:text:1.0": "text",
    f"{_ODF}:table:1.0": "table",
    f"{_ODF}:style:1.0": "style",
    f"{_ODF}:drawing:1.0": "draw",
    f"{_ODF}:presentation:1.0": "presentation",
    f"{_ODF}:svg-compatible:1.0": "svg",
    f"{_ODF}:manifest:1.0": "manifest",
    "urn:oasis:names:tc:opendocument:xmlns:container": "ocf",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://www.idpf.org/2007/opf": "opf",
    "http://www.daisy.org/z3986/2005/ncx/": "ncx",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.w3.org/1999/xhtml": "h",
}


_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([\w.-]+)")
_CHUNK = 1 << 16  # bytes


def in_utf8(data: bytes) -> Iterator[bytes]:
    """A document in whatever encoding, in UTF-8 and without a declaration, a piece at a time.

    :raises AssistantError: DOCUMENT_UNKNOWN: these bytes are no text.
    """
    declared = _DECLARED.search(data[:200])
    text = decode(data, declared[1].decode("ascii") if declared else "").text
    plain = _DECLARATION.sub("", text).encode("utf-8", "replace")
    for start in range(0, len(plain), _CHUNK):
        yield plain[start : start + _CHUNK]


def parse(chunks: Iterable[bytes], format: str) -> Element:
    """The whole document as a tree.

    :raises AssistantError: DOCUMENT_DAMAGED or DOCUMENT_MEMORY.
    """
    found: list[Element] = []
    Parser(None, found.append, format).feed_all(chunks)
    if not found:
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "no XML element", format=format)
    return found[0]


def subtrees(chunks: Iterable[bytes], names: Iterable[str], format: str) -> Iterator[Element]:
    """The outermost elements that have one of ``names``, each as soon as it is whole; nothing else is kept.

    :raises AssistantError: DOCUMENT_DAMAGED or DOCUMENT_MEMORY.
    """
    found: list[Element] = []
    parser = Parser(frozenset(names), found.append, format)
    for chunk in chunks:
        parser.feed(chunk)
        yield from found
        found.clear()
    parser.close()
    yield from found


class Parser:
    """Expat with walls around it.

    :param names: which subtrees to build, None: the root.
    :param done: given each subtree when it is whole.
    :param encoding: counts whatever the document says; empty: as it says.
    """

    def __init__(
        self, names: frozenset[str] | None, done: Callable[[Element], object], format: str, *, encoding: str = ""
    ) -> None:
        self._names, self._done, self._format = names, done, format
        self._known: dict[str, str] = {}  # expat's names to ours
        self._depth = 0
        self._from = 0  # depth at which the subtree began, 0: outside
        self._elements = 0
        self._silent = 0  # bytes since anything was seen
        self._tree: TreeBuilder | None = None
        parser = self._parser = expat.ParserCreate(encoding or None, " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._skipped
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._seen

    def feed_all(self, chunks: Iterable[bytes]) -> None:
        for chunk in chunks:
            self.feed(chunk)
        self.close()

    def feed(self, chunk: bytes) -> None:
        self._silent += len(chunk)
        self._parse(chunk, last=False)
        if self._silent > MAX_TOKEN:
            raise self._damaged("a token without an end")

    def close(self) -> None:
        self._parse(b"", last=True)

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, detail: str) -> AssistantError:
        return AssistantError(ErrorKind.DOCUMENT_DAMAGED, detail, format=self._format)

    def _declared(self, detail: str) -> AssistantError:
        return AssistantError(ErrorKind.DOCUMENT_DAMAGED, detail, format=self._format, what="declarations")

    # ------------------------------------------------------------ what expat calls

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._silent = 0
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._damaged("nested too deeply")
        known = self._known
        name = known.get(name) or self._name(name)
        if self._tree is None:
            if self._names is not None and name not in self._names:
                return
            self._tree, self._from, self._elements = self._new_tree(), self._depth, 0
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise AssistantError(ErrorKind.DOCUMENT_MEMORY, "too many elements")
        if attributes:
            attributes = {known.get(key) or self._name(key): value for key, value in attributes.items()}
        self._tree.start(name, attributes)

    def _end(self, name: str) -> None:
        self._silent = 0
        if self._tree is not None:
            self._tree.end(self._known.get(name) or self._name(name))
            if self._depth == self._from:
                self._done(self._tree.close())
                self._tree = None
        self._depth -= 1

    def _new_tree(self) -> TreeBuilder:
        return TreeBuilder()

    def _data(self, text: str) -> None:
        self._silent = 0
        if self._tree is not None:
            self._tree.data(text)

    def _seen(self, *_: str) -> None:
        self._silent = 0

    def _doctype(self, _name: str, _system: str | None, _public: str | None, internal: int) -> None:
        if internal:
            raise self._declared("a document type with declarations of its own")

    def _entity(self, *_: object) -> None:
        raise self._declared("an entity is declared")

    def _skipped(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self._data(html.unescape(f"&{name};"))

    def _name(self, name: str) -> str:
        known = self._known.get(name)
        if known is None:
            space, _, local = name.rpartition(" ")
            prefix = _PREFIXES.get(space, "?" if space else "")
            known = f"{prefix}|{local}" if prefix else local
            if len(self._known) < 10_000:
                self._known[name] = known
        return known

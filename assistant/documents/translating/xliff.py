"""XLIFF 1.2 and 2.x: units with their inline codes. The translation goes into the target, made where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from assistant.base.languages import primary
from assistant.documents import xmltree
from assistant.documents.segments import SegmentKind
from assistant.documents.translating.blocks import Block, Builder, Role
from assistant.documents.translating.cutting import SHORT
from assistant.documents.translating.html import escaped
from assistant.documents.translating.icu import cuts_of, message_in
from assistant.documents.translating.markup import Tag, Token, entities, tokens
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.splicing import Edit, Part, Style, Text, spliced

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})")
_PAIRS = frozenset(("g", "mrk", "pc"))
_OPENING = {"bpt": "i", "bx": "b", "sc": "s", "sm": "m"}
_CLOSING = {"ept": "i", "ex": "b", "ec": "s", "em": "m"}
_SPACE = re.compile(r"(?<![ \t])[ \t]*+[\r\n][ \t\r\n]*+")
_CDATA = "<![CDATA["
_VERBATIM = re.compile(r"\s*+<!\[CDATA\[((?:(?!\]\]>).)*+)\]\]>\s*+", re.DOTALL)
_STATE = re.compile(r"""\sstate\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_UNTRANSLATED = frozenset(("new", "needs-translation", "initial"))
_DONE = "translated"
_DOUBTFUL = "needs-review-translation"  # of XLIFF 1.2
_OPEN = "initial"  # of XLIFF 2: of what is not yet agreed upon


def open_xliff(data: bytes, name: str) -> Text:
    """A file of units to translate.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_UNKNOWN, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE, DOCUMENT_MEMORY.
    """
    declared = _DECLARED.search(data[:1000])
    for _ in xmltree.subtrees([data], (), "xliff"):  # it is sound, and not too deep
        pass
    source = original(data, declared[1].decode() if declared else "", name=name, exact=True)
    reader = _Reader(source.text)
    return _Xliff(source, reader)


@dataclass
class _Element:
    """An element: its tags; ``close`` is the end tag, None: it is an empty tag."""

    open: Token
    close: Token | None = None

    @property
    def inside(self) -> tuple[int, int]:
        return (self.open.end, self.close.start) if self.close else (self.open.end, self.open.end)

    @property
    def end(self) -> int:
        return self.close.end if self.close else self.open.end


@dataclass
class _Unit:
    """What is translated together: a trans-unit (1.2) or a segment (2.x).

    :ivar outer: the element itself.
    :ivar shown: what is read: its source, or the same divided into segments.
    :ivar preserve: its white space is that of what it says, not of the file.
    :ivar verbatim: its text stands in a section without entities and tags.
    """

    outer: Token
    name: str = ""
    source: _Element | None = None
    divided: _Element | None = None
    target: _Element | None = None
    notes: list[str] = field(default_factory=list)
    translate: bool = True
    preserve: bool = False
    verbatim: bool = False

    @property
    def shown(self) -> _Element | None:
        return self.divided or self.source


class _Reader:
    """Finds the units of a file.

    :ivar language: of the sources, ``target_language``: of the targets, as the file says.
    :ivar languages: start and end of each place that says the latter; ``untold``: tags that could and do not.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.units: list[_Unit] = []
        self.language = self.target_language = ""
        self.languages: list[tuple[int, int]] = []
        self.untold: list[Token] = []
        self.version_2 = False
        self._stack: list[tuple[str, bool, bool]] = []  # what is open: name, is it translated, white space preserved
        self._unit: _Unit | None = None
        self._field: tuple[str, _Element] | None = None
        self._names: list[str] = []
        self._notes: list[str] = []
        for token in tokens(text, xml=True):
            self._take(token)

    def _attribute(self, token: Token, name: str) -> str:
        return self.text[slice(*token.attributes[name])] if name in token.attributes else ""

    def _take(self, token: Token) -> None:
        name = token.name.rpartition(":")[2]
        if self._field:
            if token.tag is Tag.CLOSE and name == self._field[0] and len(self._names) == 0:
                self._field[1].close = token
                self._end_field(name, self._field[1])
            elif token.tag is Tag.OPEN and name == self._field[0]:
                self._names.append(name)
            elif token.tag is Tag.CLOSE and name == self._field[0]:
                self._names.pop()
        elif token.tag in (Tag.OPEN, Tag.EMPTY):
            self._open(token, name)
        elif token.tag is Tag.CLOSE and self._stack:
            closed = self._stack.pop()[0]
            if closed in ("trans-unit", "segment"):
                self._unit = None
            elif closed in ("unit", "header"):  # what is said of a whole file tells nothing of a unit
                self._notes = []

    def _open(self, token: Token, name: str) -> None:
        _, translate, preserve = self._stack[-1] if self._stack else ("", True, False)
        if said := self._attribute(token, "translate"):
            translate = said != "no"
        if said := self._attribute(token, "xml:space"):
            preserve = said == "preserve"
        if name in ("xliff", "file"):
            self._languages(token, name)
        elif name in ("trans-unit", "segment"):
            label = self._attribute(token, "resname") or self._attribute(token, "id")
            notes = list(self._notes)
            self._unit = _Unit(token, label, translate=translate, preserve=preserve, notes=notes)
            self.units.append(self._unit)
        elif self._is_field(name):
            element = _Element(token)
            if token.tag is Tag.EMPTY:
                self._end_field(name, element)
            else:
                self._field = (name, element)
            return
        if token.tag is Tag.OPEN:
            self._stack.append((name, translate, preserve))

    def _is_field(self, name: str) -> bool:
        """Does this element hold text, and is it that of a unit, not of a proposal?"""
        known = name == "note" or (self._unit is not None and name in ("source", "seg-source", "target"))
        return known and not any(one in ("alt-trans", "bin-unit") for one, *_ in self._stack)

    def _languages(self, token: Token, name: str) -> None:
        if name == "xliff":
            self.version_2 = self._attribute(token, "version").startswith("2")
        ours, theirs = ("srcLang", "trgLang") if name == "xliff" else ("source-language", "target-language")
        self.language = self.language or self._attribute(token, ours)
        if theirs in token.attributes:
            self.languages.append(token.attributes[theirs])
            self.target_language = self.target_language or self._attribute(token, theirs)
        elif ours in token.attributes:
            self.untold.append(token)

    def _end_field(self, name: str, element: _Element) -> None:
        self._field = None
        if name == "note":
            words = " ".join(self.text[slice(*element.inside)].split())
            (self._unit.notes if self._unit else self._notes).append(words)
        elif self._unit and name == "source" and self._unit.source is None:
            self._unit.source = element
            self._unit.preserve |= self._attribute(element.open, "xml:space") == "preserve"
        elif self._unit and name == "seg-source":
            self._unit.divided = element
        elif self._unit and name == "target" and self._unit.target is None:
            self._unit.target = element


class _Xliff(Text):
    format = "xliff"

    def __init__(self, source: Original, reader: _Reader) -> None:
        self._reader = reader
        blocks = [block for unit in reader.units if unit.translate and (block := _block(reader, unit))]
        super().__init__(source, Part(source.text, blocks, _STYLE))

    def _language(self) -> str:
        return self._reader.language

    def _target_language(self) -> str:
        return self._reader.target_language

    def _charref(self, character: str) -> str:
        return f"&#{ord(character)};"

    def _written(self, texts: Sequence[str | None], language: str, source: str) -> str:
        edits = list(self._edits(language))
        at = 0
        for block in self._part.blocks:
            own = list(texts[at : at + len(block.spans)])
            doubtful = any(self._doubtful[at : at + len(block.spans)])
            at += len(block.spans)
            if any(one is not None for one in own) and isinstance(block.extra, _Unit):
                written = self._part.composed(block, own, language=language, source=source)
                edits += self._unit(block.extra, written, doubtful=doubtful)
        return spliced(self._original.text, edits)

    def _unit(self, unit: _Unit, written: str, *, doubtful: bool) -> Iterator[Edit]:
        text, target, source = self._original.text, unit.target, unit.shown
        assert source is not None
        if unit.verbatim:
            written = f"<![CDATA[{written}]]>"
        if target is not None and text[slice(*target.inside)] == written:
            return
        name = (target.open if target else source.open).name
        prefix = name.rpartition(":")[0]
        name = f"{prefix}:target" if prefix else "target"
        said = _DONE if not doubtful else _OPEN if self._reader.version_2 else _DOUBTFUL
        state = "" if self._reader.version_2 else f' state="{said}"'
        if target is None:
            begin = text.rfind(">", 0, source.open.start) + 1
            between = text[begin : source.open.start]
            yield source.end, source.end, f"{between if not between.strip() else ''}<{name}{state}>{written}</{name}>"
        elif target.close is None:
            opening = text[target.open.start : target.open.end].rstrip("/> \t\r\n")
            yield target.open.start, target.open.end, f"{_with_state(opening, state)}>{written}</{target.open.name}>"
        else:
            yield target.open.end - 1, target.open.end - 1, "" if _STATE.search(_tag(text, target.open)) else state
            yield from _state_edit(target.open, said)
            yield target.open.end, target.close.start, written
        if self._reader.version_2:
            yield from _state_edit(unit.outer, said)

    def _edits(self, language: str) -> Iterable[Edit]:
        for start, end in self._reader.languages:
            if primary(self._original.text[start:end]) != primary(language):
                yield start, end, language
        name = "trgLang" if self._reader.version_2 else "target-language"
        for token in self._reader.untold:
            at = max(end for _, end in token.attributes.values()) + 1
            yield at, at, f' {name}="{language}"'


def _tag(text: str, token: Token) -> str:
    return text[token.start : token.end]


def _with_state(opening: str, state: str) -> str:
    found = _STATE.search(opening)
    return opening + state if not found else f"{opening[: found.start()]}{state}{opening[found.end() :]}"


def _state_edit(token: Token, said: str) -> Iterator[Edit]:
    """A tag that says how far its translation is says what is ``said`` of it now."""
    if "state" in token.attributes:
        start, end = token.attributes["state"]
        yield start, end, said


# ---------------------------------------------------------------- blocks


def _block(reader: _Reader, unit: _Unit) -> Block | None:
    element = unit.shown
    if element is None:
        return None
    block = _content(reader.text, *element.inside, preserve=unit.preserve)
    if block is None:
        return None
    unit.verbatim = block.start > 0 and reader.text.startswith(_CDATA, block.start - len(_CDATA))
    block.kind = SegmentKind.STRING
    block.note = "\n".join([*([unit.name] if unit.name else []), *unit.notes])
    block.extra = unit
    block.whole = len(block.text) <= SHORT
    tags = [unit.outer, *([unit.target.open] if unit.target else [])]
    states = {reader.text[slice(*tag.attributes["state"])] for tag in tags if "state" in tag.attributes}
    if unit.target and not states & _UNTRANSLATED:
        block.target = _as_target(reader.text, unit.target, block, preserve=unit.preserve)
        block.whole = block.whole or bool(block.target)
    if not block.target:
        block.cuts = cuts_of(message_in(block.text))
    return block


def _as_target(text: str, target: _Element, block: Block, *, preserve: bool) -> str:
    """The translation that is there already, with the codes of its source; those are told by how they are written."""
    found = _content(text, *target.inside, preserve=preserve)
    if found is None:
        return ""
    known = {text[code.start : code.end]: character for character, code in reversed(block.codes.items())}
    pairs: dict[str, str] = {}
    for character, code in found.codes.items():
        pairs[character] = known.get(text[code.start : code.end], "")
    return "".join(pairs.get(one, one) for one in found.text).strip()


def _content(text: str, start: int, end: int, *, preserve: bool) -> Block | None:
    """A block of what stands between the tags of a source."""
    if verbatim := _VERBATIM.fullmatch(text, start, end):
        builder = Builder(text, verbatim.start(1))
        builder.text(*verbatim.span(1))
        return builder.finish()
    builder = Builder(text, start)
    hidden: list[tuple[str, int, str]] = []  # what is open of codes that hold something: name, beginning, pair
    for token in tokens(text, xml=True, start=start, end=end):
        name = token.name.rpartition(":")[2]
        if hidden:
            if token.tag is Tag.OPEN:
                hidden.append((name, token.start, ""))
            elif token.tag is Tag.CLOSE:
                closed = hidden.pop()
                if not hidden:
                    _code(builder, closed[0], closed[1], token.end, pair=closed[2])
            continue
        if token.tag is Tag.TEXT:
            _words(builder, text, token.start, token.end, preserve=preserve)
        elif token.tag is Tag.CLOSE:
            builder.close(name, token.start, token.end)
        elif token.tag in (Tag.OPEN, Tag.EMPTY):
            pair = _pair(text, token, name)
            if token.tag is Tag.EMPTY:
                _code(builder, name, token.start, token.end, pair=pair)
            elif name in _PAIRS and not _is_protected(text, token):
                builder.open(name, token.start, token.end)
            else:
                hidden.append((name, token.start, pair))
        else:
            builder.alone(token.start, token.end, Role.WORD)
    return builder.finish()


def _pair(text: str, token: Token, name: str) -> str:
    """What the two ends of a pair have in common that is written as two elements."""
    for key in ("startRef", "rid", "i", "id"):
        if key in token.attributes:
            return text[slice(*token.attributes[key])]
    return name


def _is_protected(text: str, token: Token) -> bool:
    kind, translate = token.attributes.get("mtype"), token.attributes.get("translate")
    return (kind is not None and text[slice(*kind)] == "protected") or (
        translate is not None and text[slice(*translate)] == "no"
    )


def _code(builder: Builder, name: str, start: int, end: int, *, pair: str) -> None:
    if name in _OPENING:
        builder.open(_OPENING[name] + pair, start, end)
    elif name in _CLOSING:
        builder.close(_CLOSING[name] + pair, start, end)
    else:
        builder.alone(start, end, Role.WORD if name in ("mrk", "ph", "x") else Role.MARK)


def _words(builder: Builder, text: str, start: int, end: int, *, preserve: bool) -> None:
    run = builder.text if preserve else partial(_run, builder, text)
    at = start
    for begin, stop, meant in entities(text, start, end):
        run(at, begin)
        builder.shown(meant, begin, stop)
        at = stop
    run(at, end)


def _run(builder: Builder, text: str, start: int, end: int) -> None:
    """Text whose line breaks are those of the file, not of what it says, if lines are indented."""
    at = start
    for found in _SPACE.finditer(text, start, end):
        if found[0] in ("\n", "\r\n"):
            continue
        builder.text(at, found.start())
        builder.shown(" ", *found.span())
        at = found.end()
    builder.text(at, end)


class _Style(Style):
    def escape(self, text: str, block: Block) -> str:
        if isinstance(block.extra, _Unit) and block.extra.verbatim:
            return text.replace("]]>", "]]]]><![CDATA[>")
        return escaped(text)


_STYLE = _Style()

"""XLIFF 1.2 and 2.x: units with their inline codes. The translation goes into the target, made where there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby

from assistant.documents import xmltree
from assistant.documents.segments import SegmentKind
from assistant.documents.translating.blocks import Block, Builder, Code, Role
from assistant.documents.translating.cutting import SHORT
from assistant.documents.translating.html_words import escaped
from assistant.documents.translating.icu import cuts_of, message_in
from assistant.documents.translating.markup import Tag, Token, entities, tokens
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.regional import is_named, spelled_like
from assistant.documents.translating.splicing import Edit, Part, Style, Text, spliced
from assistant.documents.translating.xliff_units import Unit, UnitReader

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})")
_PAIRS = frozenset(("g", "mrk", "pc"))
_OPENING = {"bpt": "i", "bx": "b", "sc": "s", "sm": "m"}
_CLOSING = {"ept": "i", "ex": "b", "ec": "s", "em": "m"}
_WITH_TEXT = frozenset(("bpt", "ept", "it", "ph", "ut"))
_TEXT, _KEPT = "sub", "protected"
"""What holds text inside of these codes: what a picture is called, say."""
_TEXT_INSIDE = re.compile(r"(<(?:\w+:)?sub(?:\s[^<>]*)?>).*?(?=</(?:\w+:)?sub\s*>)", re.DOTALL)
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
    reader = UnitReader(source.text)
    return _Xliff(source, reader)


_New = tuple[Block, Sequence[str | None]]
"""A block, and for each of its segments what is new."""


class _Xliff(Text):
    format = "xliff"

    def __init__(self, source: Original, reader: UnitReader) -> None:
        self._reader = reader
        blocks = [block for unit in reader.units if unit.translate for block in _blocks(source.text, unit)]
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
        for _, blocks in groupby(self._part.blocks, lambda block: id(block.extra)):
            own: list[_New] = []
            first = at
            for block in blocks:
                own.append((block, list(texts[at : at + len(block.spans)])))
                at += len(block.spans)
            unit = own[0][0].extra
            if any(text is not None for _, new in own for text in new) and isinstance(unit, Unit):
                written = self._composed(unit, own, language=language, source=source)
                edits += self._unit(unit, written, doubtful=any(self._doubtful[first:at]))
        return spliced(self._original.text, edits)

    def _composed(self, unit: Unit, own: list[_New], *, language: str, source: str) -> str:
        """What the target of a unit holds now.

        :param own: its blocks with what is new.
        """
        own = [(block, [block.target] if block.target and new == [None] else new) for block, new in own]
        compose = partial(self._part.composed, language=language, source=source)
        if own[0][0] is unit.text:
            return compose(*own[0], inner=own[1:])
        assert unit.shown is not None  # there is nothing to translate but inside of its codes
        start, end = unit.shown.inside
        edits = [(block.start - start, block.end - start, compose(block, new)) for block, new in own]
        return spliced(self._original.text[start:end], edits).strip()

    def _unit(self, unit: Unit, written: str, *, doubtful: bool) -> Iterator[Edit]:
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
            said = self._original.text[start:end]
            if not is_named(said, language):
                yield start, end, spelled_like(language, said)
        name = "trgLang" if self._reader.version_2 else "target-language"
        for token in self._reader.untold:
            at = max(end for _, end in token.attributes.values()) + 1
            yield at, at, f' {name}="{spelled_like(language, self._reader.language)}"'


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


def _blocks(text: str, unit: Unit) -> Iterator[Block]:
    """What is translated of a unit: its text, and the texts inside of its codes."""
    element = unit.shown
    if element is None:
        return
    tags = [unit.outer, *([unit.target.open] if unit.target else [])]
    states = {text[slice(*tag.attributes["state"])] for tag in tags if "state" in tag.attributes}
    places = [element.inside, *_inner(text, *element.inside)]
    done: list[tuple[int, int]] = []
    if unit.target and not states & _UNTRANSLATED:
        done = [unit.target.inside, *_inner(text, *unit.target.inside)]
    for number, place in enumerate(places):
        block = _content(text, *place, preserve=unit.preserve)
        if block is None:
            continue
        if number == 0:
            unit.text = block
            unit.verbatim = block.start > 0 and text.startswith(_CDATA, block.start - len(_CDATA))
        block.kind = SegmentKind.STRING
        block.note = "\n".join([*([unit.name] if unit.name else []), *unit.notes])
        block.extra = unit
        if number == 0 or len(done) == len(places):
            block.target = _as_target(text, done[number : number + 1], block, preserve=unit.preserve)
        block.whole = len(block.text) <= SHORT or bool(block.target)
        if not block.target:
            block.cuts = cuts_of(message_in(block.text))
        yield block


def _inner(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each text inside of a code."""
    opened: list[str] = []
    begin = start
    for token in tokens(text, xml=True, start=start, end=end):
        name = token.name.rpartition(":")[2]
        if token.tag is Tag.OPEN:
            if name == _TEXT and opened and opened[-1] in _WITH_TEXT and not {_TEXT, _KEPT} & {*opened}:
                begin = token.end
            elif name == _TEXT:
                name = ""
            opened.append(_KEPT if _is_protected(text, token) else name)
        elif token.tag is Tag.CLOSE and opened and opened.pop() == _TEXT:
            yield begin, token.start


def _as_target(text: str, places: Sequence[tuple[int, int]], block: Block, *, preserve: bool) -> str:
    """The translation that is there already, with the codes of its source; those are told by how they are written.

    :param places: where it stands; none: nowhere.
    """
    found = _content(text, *places[0], preserve=preserve) if places else None
    if found is None:
        return ""

    def written(one: Code) -> str:
        return _TEXT_INSIDE.sub(r"\1", text[one.start : one.end])

    known = {written(code): character for character, code in reversed(block.codes.items())}
    pairs = {character: known.get(written(code), "") for character, code in found.codes.items()}
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
        if isinstance(block.extra, Unit) and block.extra.verbatim:
            return text.replace("]]>", "]]]]><![CDATA[>")
        return escaped(text)


_STYLE = _Style()

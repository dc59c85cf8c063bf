"""The units of XLIFF: where each says what, in which language, and what is said about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.documents.translating.blocks import Block
from assistant.documents.translating.markup import Tag, Token, tokens


@dataclass
class Element:
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
class Unit:
    """What is translated together: a trans-unit (1.2) or a segment (2.x).

    :ivar outer: the element itself.
    :ivar shown: what is read: its source, or the same divided into segments.
    :ivar text: the block of what it says, but what its codes do; None: that is nothing to translate.
    :ivar preserve: its white space is that of what it says, not of the file.
    :ivar verbatim: its text stands in a section without entities and tags.
    """

    outer: Token
    name: str = ""
    source: Element | None = None
    divided: Element | None = None
    target: Element | None = None
    notes: list[str] = field(default_factory=list)
    text: Block | None = None
    translate: bool = True
    preserve: bool = False
    verbatim: bool = False

    @property
    def shown(self) -> Element | None:
        return self.divided or self.source


class UnitReader:
    """Finds the units of a file.

    :ivar language: of the sources, ``target_language``: of the targets, as the file says.
    :ivar languages: start and end of each place that says the latter; ``untold``: tags that could and do not.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.units: list[Unit] = []
        self.language = self.target_language = ""
        self.languages: list[tuple[int, int]] = []
        self.untold: list[Token] = []
        self.version_2 = False
        self._stack: list[tuple[str, bool, bool]] = []  # what is open: name, is it translated, white space preserved
        self._unit: Unit | None = None
        self._field: tuple[str, Element] | None = None
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
            self._unit = Unit(token, label, translate=translate, preserve=preserve, notes=notes)
            self.units.append(self._unit)
        elif self._is_field(name):
            element = Element(token)
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

    def _end_field(self, name: str, element: Element) -> None:
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

"""What the paragraphs of a DOCX are: headings by their outline level, list items with their numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from assistant.documents.numbering import spelled

_HEADING = re.compile(r"heading ([1-9])$")
_PLACEHOLDER = re.compile(r"%([1-9])")
_BODY = 9  # the outline level that stands for none
_CHAIN = 20  # styles that stand on each other; more is a loop


@dataclass(frozen=True)
class Place:
    """Which list a paragraph belongs to, and how deep (from 0)."""

    list: str
    level: int


@dataclass(frozen=True)
class Style:
    """What matters of a paragraph's style, all that it stands on included.

    :ivar name: in small letters; Word keeps its own ones in English whatever language it speaks.
    :ivar outline: level of a heading from 1, 0: none.
    """

    name: str = ""
    outline: int = 0
    place: Place | None = None

    def list_of(self, properties: Element | None) -> Place | None:
        """The list that a paragraph of this style with these own properties belongs to."""
        return _place(properties, self.place)


class Styles:
    """The styles of a document.

    :param root: of its part with styles, None: it has none.
    """

    def __init__(self, root: Element | None) -> None:
        self._elements = {one.get("w|styleId", ""): one for one in root.iter("w|style")} if root is not None else {}
        self._known: dict[str, Style] = {}
        self._default = next(
            (key for key, one in self._elements.items() if one.get("w|default") == "1" and _is_paragraph(one)), ""
        )

    def of(self, properties: Element | None) -> Style:
        """The style of a paragraph with these properties (its ``pPr``)."""
        named = properties.find("w|pStyle") if properties is not None else None
        style = self._style(named.get("w|val", "") if named is not None else self._default)
        outline = _outline(properties)
        return style if outline is None else Style(style.name, outline, style.place)

    def _style(self, key: str) -> Style:
        if key not in self._known:
            self._known[key] = self._resolved(key)
        return self._known[key]

    def _resolved(self, key: str) -> Style:
        name, outline, place = "", None, None
        for _ in range(_CHAIN):
            element = self._elements.get(key)
            if element is None:
                break
            own_name = _value(element, "w|name").lower()
            properties = element.find("w|pPr")
            name = name or own_name
            if outline is None:
                outline = _outline(properties)
            if outline is None and (match := _HEADING.match(own_name)):
                outline = int(match.group(1))
            if outline is None and own_name == "title":
                outline = 1
            place = place or _place(properties, None)
            key = _value(element, "w|basedOn")
        return Style(name, outline or 0, place)


class Numbering:
    """The lists of a document, and how far each has counted.

    :param root: of its part with numbering, None: it has none.
    """

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, dict[int, Element]] = {}  # by abstract list
        self._lists: dict[str, str] = {}  # list to abstract list
        self._restarts: dict[str, dict[int, int]] = {}  # by list, for its first use
        self._counts: dict[str, dict[int, int]] = {}  # by abstract list: lists that share one go on counting
        if root is None:
            return
        for abstract in root.iter("w|abstractNum"):
            levels = {_integer(one.get("w|ilvl", "0")): one for one in abstract.iter("w|lvl")}
            self._levels[abstract.get("w|abstractNumId", "")] = levels
        for one in root.iter("w|num"):
            key = one.get("w|numId", "")
            self._lists[key] = _value(one, "w|abstractNumId")
            starts = {
                _integer(over.get("w|ilvl", "0")): _integer(_value(over, "w|startOverride"))
                for over in one.iter("w|lvlOverride")
                if over.find("w|startOverride") is not None
            }
            if starts:
                self._restarts[key] = starts

    def next(self, place: Place | None) -> tuple[str, int]:
        """The number of the next item at ``place`` (empty for a bullet) and its depth from 1; 0: no list item."""
        if place is None or place.list == "0":
            return "", 0
        abstract = self._lists.get(place.list, "")
        levels, counts = self._levels.get(abstract, {}), self._counts.setdefault(abstract, {})
        for level, start in self._restarts.pop(place.list, {}).items():
            counts[level] = start - 1
        counts[place.level] = counts.get(place.level, _start(levels.get(place.level)) - 1) + 1
        for deeper in [one for one in counts if one > place.level]:
            del counts[deeper]
        shape = levels.get(place.level)
        if shape is None or _value(shape, "w|numFmt") in ("bullet", "none", ""):
            return "", place.level + 1

        def number(match: re.Match[str]) -> str:
            level = int(match.group(1)) - 1
            count = counts.get(level, _start(levels.get(level)))
            return spelled(count, _value(levels[level], "w|numFmt") if level in levels else "decimal")

        return _PLACEHOLDER.sub(number, _value(shape, "w|lvlText")[:40]).strip(), place.level + 1


def _is_paragraph(style: Element) -> bool:
    return style.get("w|type") == "paragraph"


def _value(element: Element, name: str) -> str:
    child = element.find(name)
    return child.get("w|val", "") if child is not None else ""


def _outline(properties: Element | None) -> int | None:
    """Level of a heading from 1, 0 for body text, None: nothing is said."""
    found = properties.find("w|outlineLvl") if properties is not None else None
    if found is None:
        return None
    level = _integer(found.get("w|val", "9"))
    return 0 if level >= _BODY else level + 1


def _place(properties: Element | None, inherited: Place | None) -> Place | None:
    numbered = properties.find("w|numPr") if properties is not None else None
    if numbered is None:
        return inherited
    key = _value(numbered, "w|numId") or (inherited.list if inherited else "")
    level = _value(numbered, "w|ilvl")
    depth = _integer(level) if level else inherited.level if inherited else 0
    return Place(key, min(depth, 8)) if key else None


def _start(level: Element | None) -> int:
    text = _value(level, "w|start") if level is not None else ""
    return _integer(text) if text else 1


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0

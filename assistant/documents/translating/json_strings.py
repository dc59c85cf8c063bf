"""JSON: the words in values, also of files with comments; keys and everything else stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.translating.blocks import Block, Item
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.splicing import Edit, Part, Style, Text
from assistant.documents.translating.values import value_block, value_of

_MOST_DEPTH = 200
_TOKEN = re.compile(
    r'[\s,]+|//[^\r\n]*|/\*(?s:.*?)\*/|(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")|(?P<sign>[{}\[\]:])'
    r"|(?P<plain>[-+\w.]+)"
)
_ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}")


def open_json(data: bytes, name: str) -> Text:
    """A JSON file of strings.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_UNKNOWN, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE.
    """
    source = original(data, name=name)
    return _Json(source, list(_values(source.text)))


@dataclass(frozen=True)
class _Value:
    """A string that is a value. ``path``: the keys that lead to it."""

    start: int
    end: int
    path: tuple[str, ...]


class _Json(Text):
    format = "json"

    def __init__(self, source: Original, values: Sequence[_Value]) -> None:
        text = source.text
        self._locales = [one for one in values if one.path[-1:] == ("@@locale",) and len(one.path) == 1]
        self._text = text
        ascii_only = text.isascii() and bool(_ESCAPED.search(text))
        style = _Style(ascii_only=ascii_only, slashes="\\/" in text and not re.search(r"[^\\<]/", text))
        super().__init__(source, Part(text, _blocks(text, values), style))

    def _language(self) -> str:
        return json.loads(self._text[self._locales[0].start : self._locales[0].end]) if self._locales else ""

    def _edits(self, language: str) -> Iterable[Edit]:
        """Files of the ARB kind say which language they are in."""
        return [(one.start, one.end, json.dumps(language)) for one in self._locales]

    def _charref(self, character: str) -> str:
        return json.dumps(character)[1:-1]


def _is_of_an_extension(values: Sequence[_Value]) -> bool:
    """Is this a ``messages.json`` of a browser's extension, where every string is an object?"""
    messages = {one.path[0] for one in values if len(one.path) == 2 and one.path[1] == "message"}
    return bool(messages) and all(one.path and one.path[0] in messages for one in values)


def _blocks(text: str, values: Sequence[_Value]) -> Iterator[Block]:
    extension = _is_of_an_extension(values)
    for value in values:
        if any(key.startswith("@") for key in value.path):
            continue  # what ARB says about a string
        if extension and value.path[1:] != ("message",):
            continue  # what is said to translators, and examples
        try:
            shown = json.loads(text[value.start : value.end])
        except ValueError as error:
            raise _damaged("string") from error
        if block := value_block(value.start, value.end, shown):
            block.note = ".".join(value.path)
            yield block


def _damaged(detail: str) -> AssistantError:
    return AssistantError(ErrorKind.DOCUMENT_DAMAGED, detail, format="json")


def _values(text: str) -> Iterator[_Value]:
    """All strings that are values, in order.

    :raises AssistantError: DOCUMENT_DAMAGED.
    """
    walk = _Walk()
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _damaged(f"at {at}")
        at = found.end()
        if found["sign"]:
            walk.sign(found["sign"])
        elif found["string"]:
            if walk.scalar(found["string"][1:-1]):
                yield _Value(*found.span(), walk.path)
                walk.past()
        elif found["plain"] and walk.scalar(found["plain"]):
            walk.past()
    if walk.open:
        raise _damaged("it does not end")


class _Next(Enum):
    """What comes next inside of something that is open."""

    KEY = "key"
    COLON = "colon"
    VALUE = "value"


@dataclass
class _Frame:
    """What is open. ``key``: of the value that is next; in a list its number."""

    mapping: bool
    key: str = ""
    count: int = 0
    next: _Next = _Next.VALUE


class _Walk:
    """Where in the structure a reader is."""

    def __init__(self) -> None:
        self._frames: list[_Frame] = []

    @property
    def open(self) -> bool:
        return bool(self._frames)

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to the next value."""
        return tuple(frame.key if frame.mapping else str(frame.count) for frame in self._frames)

    def scalar(self, text: str) -> bool:
        """A string or a bare word comes. Is it a value?"""
        frame = self._frames[-1] if self._frames else None
        if frame is None or frame.next is _Next.VALUE:
            return True
        if frame.next is _Next.COLON:
            raise _damaged("a colon is missing")
        frame.key, frame.next = text, _Next.COLON
        return False

    def sign(self, sign: str) -> None:
        """A bracket or a colon."""
        if sign in "{[":
            mapping = sign == "{"
            self._frames.append(_Frame(mapping, next=_Next.KEY if mapping else _Next.VALUE))
            if len(self._frames) > _MOST_DEPTH:
                raise _damaged("nested too deeply")
        elif sign == ":":
            if not self._frames or self._frames[-1].next is not _Next.COLON:
                raise _damaged("a colon")
            self._frames[-1].next = _Next.VALUE
        elif not self._frames or self._frames.pop().mapping != (sign == "}"):
            raise _damaged("brackets")
        else:
            self.past()

    def past(self) -> None:
        """A value has ended."""
        if self._frames:
            frame = self._frames[-1]
            frame.count += 1
            frame.next = _Next.KEY if frame.mapping else _Next.VALUE


class _Style(Style):
    """How strings are written: ``ascii_only``: all else as ``\\u0000``; ``slashes``: as ``\\/``."""

    def __init__(self, *, ascii_only: bool, slashes: bool) -> None:
        self._ascii_only, self._slashes = ascii_only, slashes

    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:  # noqa: ARG002
        text = value_of(block, items)
        lone = re.search("[\ud800-\udfff]", text) is not None
        written = json.dumps(text, ensure_ascii=self._ascii_only or lone)
        return written.replace("/", "\\/") if self._slashes else written

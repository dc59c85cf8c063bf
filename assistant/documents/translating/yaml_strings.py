"""YAML: the words in values. What is changed keeps its style where that can hold it, else it is quoted."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import KNOWN, normalize, primary
from assistant.documents.translating.blocks import Block, Item
from assistant.documents.translating.cutting import language_of
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.regional import regional
from assistant.documents.translating.splicing import Edit, Part, Style, Text
from assistant.documents.translating.values import value_block, value_of

_LARGEST = 8_000_000  # characters
_MOST_DEPTH = 200
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_AS_WORDS = "am ar be el et eu fa ga he hi id is it la lo ml ms my no or si so sw te to ug uk"
_WORDS_TOO = frozenset(_AS_WORDS.split())
"""Codes that are words or abbreviations of English as well: a key of these needs proof."""
_NO_STRING = re.compile(
    r"~|null|true|false|yes|no|on|off|y|n|[-+]?(?:\.inf|\.nan|0x[0-9a-f]+|0o[0-7]+|[\d_.,:]+(?:e[-+]?\d+)?)"
    r"|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|=|<<",
    re.IGNORECASE,
)
_PLAIN_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<]")
_PLAIN_NEVER = re.compile(r":(?:\s|$)|\s#")
_FLOW = re.compile(r"[,\[\]{}]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s+(?:#[^\r\n]*)?)*)+")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def open_yaml(data: bytes, name: str) -> Text:
    """A YAML file of strings.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_UNKNOWN, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE.
    """
    source = original(data, name=name)
    if len(source.text) > _LARGEST:
        raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=len(data), limit=_LARGEST)
    scalars = list(_scalars(source.text, 0))
    return _Yaml(source, scalars, name)


def blocks_of(text: str, start: int, end: int, *, keys: Container[str]) -> list[Block]:
    """What is translated of a piece of YAML inside another text: the values of some keys. None if it is damaged."""
    try:
        found = [one for one in _scalars(text[start:end], start) if not one.is_key and len(one.path) == 1]
    except AssistantError:
        return []
    return [block for one in found if one.path[0].lower() in keys and (block := _block(text, one))]


@dataclass(frozen=True)
class _Scalar:
    """A value.

    :ivar path: the keys that lead to it.
    :ivar style: how it is quoted: empty (not at all), a quotation mark, ``|`` or ``>``.
    :ivar flow: it stands in brackets.
    """

    start: int
    end: int
    value: str
    style: str
    path: tuple[str, ...]
    is_key: bool = False
    flow: bool = False


class _Yaml(Text):
    format = "yaml"

    def __init__(self, source: Original, scalars: Sequence[_Scalar], name: str) -> None:
        roots = [one for one in scalars if one.is_key and len(one.path) == 1]
        self._root = roots[0] if len(roots) == 1 and _LANGUAGE.fullmatch(roots[0].value) else None
        blocks = [block for one in scalars if not one.is_key and (block := _block(source.text, one))]
        self._said = self._root.value if self._root and _names_language(self._root.value, name, blocks) else ""
        super().__init__(source, Part(source.text, blocks, _STYLE))

    def _language(self) -> str:
        """Files of the Rails kind have everything under the name of their language."""
        return normalize(self._said)

    def _written(self, texts: Sequence[str | None], language: str, source: str) -> str:
        edits = self._renamed(language, source)
        return self._part.written(texts, language=language, source=source, edits=edits)

    def _renamed(self, language: str, source: str) -> Iterator[Edit]:
        root = self._root
        if root is None or not (self._said or _tag(root.value) == _tag(source) != ""):
            return
        separator = "_" if "_" in root.value else "-"
        by_script = any(len(part) == 4 and part.isalpha() for part in root.value.split(separator)[1:])
        spelled = language.replace("-", separator) if by_script else regional(language, separator=separator)
        quotes = len(root.style)
        yield root.start + quotes, root.end - quotes, spelled.partition("@")[0]


def _names_language(key: str, name: str, blocks: Iterable[Block]) -> bool:
    """Is this key the name of a language, and not a word for what is under it (``app``, ``ui``, ``my``)?

    :param name: of the file; Rails calls it after the language.
    :param blocks: what is said under the key.
    """
    tag = _tag(key)
    if tag not in KNOWN:
        return False
    if key.lower() in re.split(r"[./\\]", name.lower())[:-1]:
        return True
    detected = language_of(blocks)
    return _tag(detected) == tag if detected else key not in _WORDS_TOO


def _tag(words: str) -> str:
    """A language without script and region, whatever its tag is spelled like; empty: it is none."""
    return primary(normalize(words))


def _scalars(text: str, moved: int) -> Iterator[_Scalar]:
    """All values and keys of a text, in order.

    :raises AssistantError: DOCUMENT_DAMAGED.
    """
    frames: list[_Frame] = []
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.CollectionEndEvent):
                frames.pop()
            elif isinstance(event, yaml.NodeEvent):
                frame = frames[-1] if frames else None
                is_key = frame is not None and frame.next_is_key()
                if isinstance(event, yaml.ScalarEvent):
                    yield _scalar(event, frames, (text, moved), is_key=is_key)
                    if is_key and frame:
                        frame.key = event.value
                elif isinstance(event, yaml.CollectionStartEvent):
                    frames.append(_Frame(isinstance(event, yaml.MappingStartEvent), event.flow_style))
                    if len(frames) > _MOST_DEPTH:
                        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "nested too deeply", format="yaml")
    except yaml.YAMLError as error:
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, type(error).__name__, format="yaml") from error


class _Frame:
    """A mapping or a list that is open."""

    def __init__(self, mapping: bool, flow: bool | None) -> None:
        self.mapping, self.flow = mapping, bool(flow)
        self.key = ""
        self._count = 0

    def next_is_key(self) -> bool:
        self._count += 1
        if not self.mapping:
            self.key = str(self._count)
        return self.mapping and self._count % 2 == 1


def _scalar(event: Any, frames: Sequence[_Frame], where: tuple[str, int], *, is_key: bool) -> _Scalar:
    """:param where: the text, and where it begins in the document."""
    text, moved = where
    start = event.start_mark.index
    if (event.anchor or event.tag) and (properties := _PROPERTIES.match(text, start)):
        start = properties.end()
    plain = not event.style
    own = (event.tag is None or event.tag in ("!", "tag:yaml.org,2002:str")) and not (
        plain and event.tag is None and _NO_STRING.fullmatch(event.value)
    )
    return _Scalar(
        start=start + moved,
        end=event.end_mark.index + moved,
        value=event.value if own or is_key else "",
        style=event.style or "",
        path=(*(frame.key for frame in frames[:-1]), event.value if is_key else frames[-1].key) if frames else (),
        is_key=is_key,
        flow=any(frame.flow for frame in frames),
    )


def _block(text: str, scalar: _Scalar) -> Block | None:
    start, end = scalar.start, scalar.end
    if scalar.style not in ("|", ">"):
        end = start + len(text[start:end].rstrip())
    block = value_block(start, end, scalar.value)
    if block is not None:
        block.note = ".".join(scalar.path)
        block.extra = _Raw(text[start:end], scalar)
        block.style = _STYLE
    return block


@dataclass(frozen=True)
class _Raw:
    """A value as it was written."""

    text: str
    scalar: _Scalar


class _Style(Style):
    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:  # noqa: ARG002
        raw = block.extra
        assert isinstance(raw, _Raw)
        value = value_of(block, items)
        if raw.scalar.style in ("|", ">"):
            return _literal(value, raw.text)
        if raw.scalar.style == '"' or "\n" in value or _UNPRINTABLE.search(value):
            return _double(value)
        if raw.scalar.style == "'" or not _is_plain(value, flow=raw.scalar.flow):
            return "'" + value.replace("'", "''") + "'"
        return value


_STYLE = _Style()


def _is_plain(value: str, *, flow: bool) -> bool:
    """Does ``value`` need no quotes?"""
    return (
        bool(_PLAIN_START.match(value))
        and not _PLAIN_NEVER.search(value)
        and not (flow and _FLOW.search(value))
        and not _NO_STRING.fullmatch(value)
        and value == value.strip()
    )


def _double(value: str) -> str:
    text = "".join(_ESCAPES.get(one, one) for one in value)
    return '"' + _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + '"'


def _literal(value: str, raw: str) -> str:
    """A block of lines, each as it is; one that cannot be written so is quoted."""
    header, line_end, body = raw.partition("\r\n" if "\r\n" in raw else "\n")
    trailing = raw[len(raw.rstrip()) :]
    first = next((line for line in body.splitlines() if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" "))]
    lines = value.rstrip("\n").split("\n")
    shown = next((line for line in lines if line), "")
    if _UNPRINTABLE.search(value) or shown[:1].isspace() or not indent or re.search(r"\d", header.split("#")[0]):
        return _double(value) + trailing
    written = line_end.join(indent + line if line else "" for line in lines)
    return header.replace(">", "|", 1) + line_end + written + trailing

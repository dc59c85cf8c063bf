"""Reads translation memories: TMX 1.4, the format in which other programs hand theirs over."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from assistant.base import languages
from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.segments import (
    ALONE,
    CLOSE,
    CODES,
    OPEN,
    codes_of,
    is_code,
    renumbered,
    with_codes,
    without_codes,
)
from assistant.documents.sentences import split
from assistant.documents.xmltree import in_utf8, subtrees
from assistant.worker.messages import MemoryRead, MemoryUnit, ReadMemory

_WHAT = "memory"  # what an error is about
_PIECE = 200  # units in one answer: what is done with them must not take long
_MOST = 300_000  # units in one file
_LONGEST = 10_000  # characters of a text
_NAMES = ("header", "tu", "?|header", "?|tu")
_UNLIKE = 2.0  # how much longer or shorter in proportion a sentence may be
_SINGLE = frozenset(("ph", "it", "ut"))
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?")


class _File(NamedTuple):
    """A file that was read; ``key``: where it is, and how it was then."""

    key: tuple[str, int, int]
    units: tuple[MemoryUnit, ...]
    skipped: int


_last: _File | None = None  # it is handed over in pieces


def read(request: ReadMemory, path: Path, most: int) -> MemoryRead:
    """The units of a file from ``request.first`` on, as many as go into one answer.

    :param most: bytes that the file may have.
    :raises AssistantError: ``DOCUMENT_EMPTY``: there is no translation in it; ``DOCUMENT_UNKNOWN``: it is no TMX, or
        damaged; ``DOCUMENT_TOO_LARGE`` and what else keeps a file from being read.
    """
    global _last
    try:
        found = path.stat()
        key = (os.fspath(path), found.st_mtime_ns, found.st_size)
        if _last is None or _last.key != key:
            if found.st_size > most:
                raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=found.st_size, limit=most)
            _last = _read(key, path.read_bytes(), request.name)
    except OSError as error:
        raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, type(error).__name__, name=request.name) from error
    units, skipped = _last.units, _last.skipped
    piece = units[request.first : request.first + _PIECE]
    if request.first + len(piece) >= len(units):
        _last = None
    return MemoryRead(id=request.id, units=piece, total=len(units), skipped=skipped)


def _read(key: tuple[str, int, int], data: bytes, name: str) -> _File:
    try:
        return _file(key, data)
    except AssistantError as error:
        if error.kind is not ErrorKind.DOCUMENT_DAMAGED:
            raise AssistantError(error.kind, error.detail, **{**error.values, "what": _WHAT, "name": name}) from error
        # Half of a memory is none either.
        raise AssistantError(ErrorKind.DOCUMENT_UNKNOWN, error.detail, what=_WHAT, name=name) from error


def _file(key: tuple[str, int, int], data: bytes) -> _File:
    units: list[MemoryUnit] = []
    skipped = 0
    usual = ""  # the language that is translated from
    for element in subtrees(in_utf8(data), _NAMES, "tmx"):
        if _local(element) == "header":
            usual = element.get("srclang", "")
            continue
        found = list(_units(element, usual))
        units += found
        skipped += not found
        if len(units) > _MOST:
            raise AssistantError(ErrorKind.DOCUMENT_MEMORY, "too many translations")
    if not units:
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY, f"{skipped} units are no translations", what=_WHAT)
    return _File(key, tuple(units), skipped)


def _units(element: Element, usual: str) -> Iterator[MemoryUnit]:
    """A text and each of its translations."""
    codes = _Codes()
    texts = [(language, text) for part in element if _local(part) == "tuv" for language, text in codes.texts(part)]
    wanted = languages.primary(element.get("srclang") or usual).lower()
    at = next((at for at, (tag, _) in enumerate(texts) if languages.primary(tag).lower() == wanted), 0)
    if not texts or not (source := _tag(texts[at][0])):
        return
    edited = _seconds(element.get("changedate") or element.get("creationdate") or "")
    origin = next((_plain(part) for part in element if _local(part) == "prop" and part.get("type") == "x-origin"), "")
    for place, (language, translation) in enumerate(texts):
        target = _tag(language)
        if place == at or not target or languages.same(source, target):
            continue
        pair = texts[at][1], translation
        for text, translated in (pair, *_sentences(*pair, source, target)):
            bare, moved = _alike(text, translated)
            if bare and moved and max(len(bare), len(moved)) <= _LONGEST:
                yield MemoryUnit(languages.primary(source), target, bare, moved, edited, origin)


def _sentences(source: str, target: str, *languages: str) -> Iterator[tuple[str, str]]:
    """The sentences of a unit that has several, each with its own: documents are translated sentence by sentence.

    None where it cannot be told what belongs together: as many must be on both sides, and each about as long in
    proportion as all of it. Markup may go across sentences.
    """
    if any(map(is_code, source + target)):
        return
    cut = [
        [text[start:end] for start, end in split(text, language)]
        for text, language in zip((source, target), languages, strict=True)
    ]
    if not 1 < len(cut[0]) == len(cut[1]):
        return
    pairs = list(zip(*cut, strict=True))
    usual = len(target) / len(source)
    if all(1 / _UNLIKE < len(other) / len(one) / usual < _UNLIKE for one, other in pairs):
        yield from pairs


def _alike(source: str, target: str) -> tuple[str, str]:
    """Two texts with the same codes, counted as the memory counts them; without any where they do not match."""
    source, target = source.strip(), target.strip()
    bare, old = renumbered(source)
    moved = with_codes(target, {was: new for new, was in old.items()})
    if codes_of(bare) == codes_of(moved):
        return bare, moved
    return without_codes(source).strip(), without_codes(target).strip()


class _Codes:
    """The inline markup of one unit as codes: what belongs together in its languages is the same one."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[bool, str], int] = {}
        self._counts = [0, 0]

    def texts(self, variant: Element) -> Iterator[tuple[str, str]]:
        """The language of a variant, and its text."""
        language = next((value for key, value in variant.attrib.items() if key.endswith("lang")), "")
        segment = next((part for part in variant if _local(part) == "seg"), None)
        if language and segment is not None:
            yield language, "".join(self._inside(segment, {}, [0]))

    def _inside(self, element: Element, begun: dict[str, str], singles: list[int]) -> Iterator[str]:
        """The text of an element; ``begun``: the key of each stretch by its number, ``singles``: seen things."""
        yield without_codes(element.text or "")
        for part in element:
            name, number = _local(part), part.get("i", "")
            if name == "bpt":
                begun[number] = part.get("x") or number
                yield self._code(OPEN, begun[number])
            elif name == "ept":
                yield self._code(CLOSE, begun.get(number, number))
            elif name in _SINGLE:
                singles[0] += 1
                yield self._code(ALONE, part.get("x") or f"#{singles[0]}")
            elif name == "hi":
                key = part.get("x") or f"hi {part.get('type', '')}"
                yield self._code(OPEN, key)
                yield from self._inside(part, begun, singles)
                yield self._code(CLOSE, key)
            yield without_codes(part.tail or "")

    def _code(self, first: int, key: str) -> str:
        alone = first == ALONE
        if (alone, key) not in self._numbers:
            if self._counts[alone] >= CODES:
                return ""
            self._numbers[alone, key] = self._counts[alone]
            self._counts[alone] += 1
        return chr(first + self._numbers[alone, key])


@lru_cache(maxsize=64)  # a file has two languages, and says so for each text
def _tag(language: str) -> str:
    """The language as the program calls it; empty: nobody knows it."""
    tag = languages.normalize(language)
    while tag and tag not in languages.OFFERED and "-" in tag:
        tag = tag.rpartition("-")[0]
    return tag


def _seconds(stamp: str) -> float:
    """Since 1970; 0: it does not say."""
    found = _STAMP.match(stamp)
    if found is None:
        return 0.0
    try:
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]
    except (ValueError, OverflowError):
        return 0.0


def _plain(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())[:200]


def _local(part: Element) -> str:
    return str(part.tag).rpartition("|")[2]

"""The sets that linking and checking are scored on, as values: see ``README.md`` for the files they come from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent / "links"
_SOURCES = {"en": "en", "zh": "zh", "cross": "en"}  # set: language of its documents
_SUMMARIES = {"en": "en", "zh": "zh", "cross": "zh"}
_BETWEEN_SENTENCES = {"en": " ", "zh": ""}
_LATER = {
    "-held-out": ("held-out.", ""),
    "-third": ("third.", "held-out.", ""),
    "-fourth": ("fourth.", "third.", "held-out.", ""),
    "-fifth": ("fifth.", "fourth.", "third.", "held-out.", ""),
    "-sixth": ("sixth.", "fifth.", "fourth.", "third.", "held-out.", ""),
    "-seventh": ("seventh.", "sixth.", "fifth.", "fourth.", "third.", "held-out.", ""),
}
"""Sets that were written later: their files, then those whose documents they stand among."""

FIRST = tuple(_SOURCES)
"""Those that were written before the linker, by which it is judged."""
NAMES = (*FIRST, *(name + later for later in _LATER for name in _SOURCES))
KINDS = ("number", "date", "amount", "name")


@dataclass(frozen=True)
class Passage:
    """One sentence of a source document (seldom two), as it stands there."""

    id: str
    text: str


@dataclass(frozen=True)
class SourceDocument:
    id: str
    kind: str
    title: str
    paragraphs: tuple[tuple[Passage, ...], ...]


@dataclass(frozen=True)
class Planted:
    """The item's sentence with one wrong piece. ``start`` and ``end`` are characters in ``text``."""

    kind: str
    text: str
    start: int
    end: int
    right: str

    @property
    def wrong(self) -> str:
        return self.text[self.start : self.end]


@dataclass(frozen=True)
class Item:
    """A true sentence of a summary, the passages it rests on, and what makes it hard to check."""

    id: str
    sources: tuple[str, ...]
    text: str
    tags: tuple[str, ...]
    planted: Planted


@dataclass(frozen=True)
class Pool:
    """Documents of a set as one text. ``spans`` are the places of the passages: id to (start, end) in characters."""

    text: str
    spans: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class LinkSet:
    name: str
    source_language: str
    summary_language: str
    documents: tuple[SourceDocument, ...]
    items: tuple[Item, ...]

    def passages(self) -> Iterator[Passage]:
        for document in self.documents:
            for paragraph in document.paragraphs:
                yield from paragraph

    def distractors(self) -> frozenset[str]:
        """Passages that no item rests on."""
        sources = {id_ for item in self.items for id_ in item.sources}
        return frozenset(passage.id for passage in self.passages()) - sources

    def document_of(self, item: Item) -> SourceDocument:
        """The one document that holds all sources of an item."""
        wanted = set(item.sources)
        for document in self.documents:
            if wanted <= {passage.id for paragraph in document.paragraphs for passage in paragraph}:
                return document
        raise LookupError(item.id)

    def pool(self, *documents: SourceDocument) -> Pool:
        """The given documents (all of the set's, when none is given) as one plain text."""
        blocks: list[str] = []
        spans: dict[str, tuple[int, int]] = {}
        length = 0

        def add(block: str) -> None:
            nonlocal length
            blocks.append(block)
            length += len(block) + len("\n\n")

        between = _BETWEEN_SENTENCES[self.source_language]
        for document in documents or self.documents:
            add(document.title)
            for paragraph in document.paragraphs:
                start = length
                for passage in paragraph:
                    spans[passage.id] = (start, start + len(passage.text))
                    start += len(passage.text) + len(between)
                add(between.join(passage.text for passage in paragraph))
        return Pool("\n\n".join(blocks), spans)


def load(name: str) -> LinkSet:
    """One of ``NAMES``. Raises KeyError for another name.

    A later set stands among the documents of the earlier ones: there is the more to mistake for its own.
    """
    later = next((one for one in _LATER if name.endswith(one)), "")
    plain = name.removesuffix(later)
    source = _SOURCES[plain]
    prefixes = _LATER.get(later, ("",))
    documents = tuple(_document(row) for prefix in prefixes for row in _rows(f"{prefix}documents.{source}.jsonl"))
    items = tuple(_item(row) for row in _rows(f"{prefixes[0]}items.{plain}.jsonl"))
    return LinkSet(name, source, _SUMMARIES[plain], documents, items)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (_FOLDER / name).read_text("utf-8").splitlines():
        yield json.loads(line)


def _document(row: dict[str, Any]) -> SourceDocument:
    paragraphs = tuple(tuple(Passage(one["id"], one["text"]) for one in paragraph) for paragraph in row["paragraphs"])
    return SourceDocument(row["id"], row["kind"], row["title"], paragraphs)


def _item(row: dict[str, Any]) -> Item:
    return Item(row["id"], tuple(row["sources"]), row["text"], tuple(row["tags"]), Planted(**row["planted"]))

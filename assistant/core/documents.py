"""Documents that are open: read in a child with limits, kept as files by their digest, shown from memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.documents.model import Note, Paragraph


@dataclass(frozen=True)
class OpenDocument:
    """A document as the faces show it. Offsets are characters of ``text``.

    :ivar digest: what the other verbs take.
    :ivar sentences: start and end of each sentence.
    :ivar language: BCP 47, empty: not recognized.
    """

    digest: str
    title: str
    format: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[tuple[int, int], ...]
    language: str = ""
    characters: int = 0
    words: int = 0
    pages: int = 0
    notes: tuple[Note, ...] = ()
    encoding: str = ""

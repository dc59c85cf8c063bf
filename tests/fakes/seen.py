"""What a document holds, in a form that a test can compare."""

from __future__ import annotations

from assistant.documents.model import Document, Kind


def texts(document: Document, kind: Kind | None = None) -> list[str]:
    """The words of each paragraph, or of those of one kind."""
    return [document.text[one.start : one.end] for one in document.paragraphs if kind in (None, one.kind)]


def outline(document: Document) -> list[tuple[int, str]]:
    """Level and words of each heading."""
    return [(one.level, document.text[one.start : one.end]) for one in document.paragraphs if one.kind is Kind.HEADING]


def items(document: Document) -> list[tuple[int, str]]:
    """Depth and words of each list item."""
    return [(one.level, document.text[one.start : one.end]) for one in document.paragraphs if one.kind is Kind.ITEM]


def notes(document: Document) -> dict[str, dict[str, int | str]]:
    return {note.kind.value: note.values for note in document.notes}


def path_of(document: Document, words: str) -> tuple[str, ...]:
    """The headings above the paragraph that begins with ``words``."""
    return next(one.path for one in document.paragraphs if document.text.startswith(words, one.start))


def page_of(document: Document, words: str) -> int:
    """The page of the paragraph that begins with ``words``."""
    return next(one.page for one in document.paragraphs if document.text.startswith(words, one.start))

"""The entries of a TBX file (ISO 30042), of its second edition (``martif``) and its third (``tbx``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from assistant.documents.xmltree import in_utf8, subtrees

_ENTRIES = ("termEntry", "conceptEntry", "?|termEntry", "?|conceptEntry")
_LANGUAGES = frozenset(("langSet", "langSec"))
_STATUS = frozenset(("administrativeStatus", "normativeAuthorization", "processStatus"))
_FORBIDDEN = re.compile(r"deprecated|superseded|notrecommended|forbidden|prohibited", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """A term in one language. ``forbidden``: it is not to be used any more."""

    text: str
    forbidden: bool = False


@dataclass
class Entry:
    """What a concept is called, by language (BCP 47); ``note``: its definition, or what else is said of it."""

    terms: dict[str, list[Word]] = field(default_factory=dict)
    note: str = ""


def entries(data: bytes) -> Iterator[Entry]:
    """The entries of a file, in order.

    :raises AssistantError: ``DOCUMENT_DAMAGED``, ``DOCUMENT_MEMORY``, ``DOCUMENT_UNKNOWN``.
    """
    for element in subtrees(in_utf8(data), _ENTRIES, "tbx"):
        yield _entry(element)


def _entry(element: Element) -> Entry:
    entry = Entry()
    for part in element.iter():
        name = _local(part)
        if name in _LANGUAGES:
            language = next((value for key, value in part.attrib.items() if key.endswith("lang")), "").replace("_", "-")
            words = entry.terms.setdefault(language, [])
            words += (word for word in _words(part) if word.text)
        elif name in ("descrip", "definition", "note") and not entry.note:
            entry.note = _text(part)
    entry.terms = {language: words for language, words in entry.terms.items() if language and words}
    return entry


def _words(section: Element) -> Iterator[Word]:
    """The terms of one language, each with what is said of its use beside it."""
    for group in section.iter():
        for term in group:
            if _local(term) == "term":
                yield Word(_text(term), any(_forbids(part) for part in group.iter()))


def _forbids(part: Element) -> bool:
    is_status = _local(part) in _STATUS or (_local(part) == "termNote" and part.get("type") in _STATUS)
    return is_status and _FORBIDDEN.search(_text(part)) is not None


def _local(part: Element) -> str:
    return str(part.tag).rpartition("|")[2]


def _text(part: Element) -> str:
    return " ".join("".join(part.itertext()).split())

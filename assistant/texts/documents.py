"""Words about how a document was read, which both faces show. Kinds come as their plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.texts.catalogue import tr, trn


def note(kind: str, values: Mapping[str, int | str]) -> str:
    """What the reader should know about how a document was read (a ``documents.model.Note``), in a sentence."""
    return _NOTES[kind](values)


def _count(values: Mapping[str, int | str]) -> int:
    """The number of a note, whatever it counts."""
    return next((value for value in values.values() if isinstance(value, int)), 0)


def _name(values: Mapping[str, int | str]) -> str:
    return next((value for value in values.values() if isinstance(value, str)), "")


_NOTES: Mapping[str, Callable[[Mapping[str, int | str]], str]] = {
    "pages_without_text": lambda v: trn("{n} page holds only pictures.", "{n} pages hold only pictures.", _count(v)),
    "parts_unreadable": lambda v: trn("{n} damaged part was left out.", "{n} damaged parts were left out.", _count(v)),
    "images_ignored": lambda v: trn("{n} picture was not read.", "{n} pictures were not read.", _count(v)),
    "lines_left_out": lambda v: trn(
        "{n} repeated line (running heads, page numbers) was left out.",
        "{n} repeated lines (running heads, page numbers) were left out.",
        _count(v),
    ),
    "attachments_ignored": lambda v: trn("{n} attachment was not read.", "{n} attachments were not read.", _count(v)),
    "encoding_guessed": lambda v: tr("The encoding was guessed: {name}.", name=_name(v)),
    "characters_lost": lambda v: trn(
        "{n} character could not be read.", "{n} characters could not be read.", _count(v)
    ),
    "cut": lambda v: trn(
        "The end is missing: only {n} character was read.",
        "The end is missing: only {n} characters were read.",
        _count(v),
    ),
}

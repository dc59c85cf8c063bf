"""Bytes in, document for translation out: finds out what they are, and has the right module open them.

The name of a file only decides where its bytes do not: its ending is a hint that anybody can get wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import cast

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import reading
from assistant.documents.model import LARGEST_FILE
from assistant.documents.translating.splicing import Translatable

OPENERS = {
    "text": "plain",
    "html": "html",
    "docx": "docx",
    "pptx": "pptx",
    "epub": "epub",
}
"""Format to the module here whose ``open_<format>(data, name)`` knows it."""


def open_translatable(data: bytes, name: str, *, columns: Sequence[str] = ()) -> Translatable:
    """The document in ``data``, cut into what is translated.

    :param name: of the file; a hint where the bytes leave the kind open. Empty: plain text, whatever it looks like.
    :param columns: of a table: those that are translated; empty: all that hold sentences.
    :raises AssistantError: one of the ``DOCUMENT_`` kinds.
    """
    if len(data) > LARGEST_FILE:
        raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=len(data), limit=LARGEST_FILE)
    if not data:
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY)
    format = sniff(data, name)
    try:
        found = _opened(format, data, name, columns)
    except (AssistantError, MemoryError):
        raise
    except Exception as error:  # whatever a library makes of damaged bytes, what it means is one thing
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, reading.where(error), format=format) from error
    return found


def sniff(data: bytes, name: str) -> str:
    """The format of ``data``, a key of ``OPENERS``.

    :raises AssistantError: DOCUMENT_UNKNOWN, DOCUMENT_OLD, DOCUMENT_ENCRYPTED.
    """
    if not name:
        return "text"
    found = reading.sniff(data, name)
    if found not in OPENERS:
        raise AssistantError(ErrorKind.DOCUMENT_UNKNOWN, found, name=name)
    return found


def _opened(format: str, data: bytes, name: str, columns: Sequence[str]) -> Translatable:
    module = import_module(f"assistant.documents.translating.{OPENERS[format]}")
    opener = getattr(module, f"open_{format}")
    return cast("Translatable", opener(data, name, columns) if format == "csv" else opener(data, name))

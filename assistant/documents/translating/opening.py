"""Bytes in, document for translation out: finds out what they are, and has the right module open them.

The name of a file only decides where its bytes do not: its ending is a hint that anybody can get wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib import import_module
from typing import cast

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import encodings, reading
from assistant.documents.model import LARGEST_FILE
from assistant.documents.translating.splicing import Translatable

OPENERS = {
    "text": "plain",
    "markdown": "markdown",
    "html": "html",
    "docx": "docx",
    "pptx": "pptx",
    "epub": "epub",
    "srt": "subtitles",
    "vtt": "subtitles",
    "po": "po",
    "xliff": "xliff",
    "json": "json_strings",
    "yaml": "yaml_strings",
    "csv": "csvs",
}
"""Format to the module here whose ``open_<format>(data, name)`` knows it."""
_HEAD = 64 * 1024  # bytes that tell a text's kind
_ENDINGS = {
    "json": "json", "jsonc": "json", "jsonl": "json", "arb": "json", "webmanifest": "json",
    "yml": "yaml", "yaml": "yaml", "po": "po", "pot": "po",
    "xlf": "xliff", "xliff": "xliff", "sdlxliff": "xliff", "mqxliff": "xliff", "mxliff": "xliff",
}  # fmt: skip
# A comment ends where it first can, whatever follows: trying others takes twice as long for every one.
_XLIFF = re.compile(r"(?:\s*+<\?xml[^>]*+>)?(?:\s*+<!--(?:(?!-->).){0,2000}+-->)*+\s*+<(?:\w+:)?xliff[\s>]", re.DOTALL)
_PO = re.compile(r'(?:[ \t]*#[^\n]*\n|[ \t\r]*\n)*[ \t]*msg(?:id|ctxt)[ \t]+"')
_NO_TEXT = (b"PK\x03\x04", b"%PDF-", b"{\\rtf", b"\xd0\xcf\x11\xe0")
_JSON = re.compile(r"(?:\s++|//[^\n]*+\n|/\*(?:(?!\*/).){0,4000}+\*/)*+[{\[]", re.DOTALL)


def open_translatable(data: bytes, name: str, *, columns: Sequence[str] = (), format: str = "") -> Translatable:
    """The document in ``data``, cut into what is translated.

    :param name: of the file; a hint where the bytes leave the kind open. Empty: plain text, whatever it looks like.
    :param columns: of a table: those that are translated; empty: all that hold sentences.
    :param format: a key of ``OPENERS``; empty: as the bytes and the name say.
    :raises AssistantError: one of the ``DOCUMENT_`` kinds.
    """
    if len(data) > LARGEST_FILE:
        raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=len(data), limit=LARGEST_FILE)
    if not data:
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY)
    format = format or sniff(data, name)
    try:
        found = _opened(format, data, name, columns)
    except (AssistantError, *reading.NO_MEMORY):
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
    if data.startswith(_NO_TEXT):
        return _known(reading.sniff(data, name), name)
    head = encodings.decode(data[:_HEAD], name=name).text.lstrip("\ufeff")
    hinted = _ENDINGS.get(name.rsplit(".", 1)[-1].lower(), "") if "." in name else ""
    if _XLIFF.match(head) or (hinted == "xliff" and head.lstrip().startswith("<")):
        return "xliff"
    if _PO.match(head):
        return "po"
    if hinted == "yaml" or (hinted == "json" and _JSON.match(head)):
        return hinted
    if "." not in name and _JSON.match(head) and _is_json(data, name):
        return "json"
    found = reading.sniff(data, name)
    # A text that begins as a mail does is written again as the text that it is.
    return "text" if found == "eml" and not name.lower().endswith(".eml") else _known(found, name)


def _is_json(data: bytes, name: str) -> bool:
    try:
        json.loads(encodings.decode(data, name=name).text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


def _known(format: str, name: str) -> str:
    if format not in OPENERS:
        raise AssistantError(ErrorKind.DOCUMENT_NOT_WRITTEN, format=format, name=name)
    return format


def _opened(format: str, data: bytes, name: str, columns: Sequence[str]) -> Translatable:
    module = import_module(f"assistant.documents.translating.{OPENERS[format]}")
    opener = getattr(module, f"open_{format}")
    return cast("Translatable", opener(data, name, columns) if format == "csv" else opener(data, name))

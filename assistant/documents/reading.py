"""Bytes in, document out: finds out what they are, has the right reader read them, and finds the sentences.

The name of a file only decides where its bytes do not: its ending is a hint that anybody can get wrong.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Protocol, cast

from msgspec.structs import replace

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import encodings, languages, sentences
from assistant.documents.model import Document, Kind

MAX_BYTES = 128 * 1024 * 1024
"""Bytes of a file; a longer one is not read at all."""

READERS = {
    "text": "plain",
    "markdown": "markdown",
    "html": "html",
    "eml": "mail",
    "srt": "subtitles",
    "vtt": "subtitles",
    "pdf": "pdf",
    "docx": "docx",
    "odt": "odt",
    "epub": "epub",
    "rtf": "rtf",
    "pptx": "pptx",
    "xlsx": "sheets",
    "csv": "sheets",
}
"""Format to the module in ``readers`` whose ``read(data, name)`` knows it."""
WITH_PASSWORD = frozenset({"pdf"})
"""Formats whose ``read`` also takes a ``password``."""

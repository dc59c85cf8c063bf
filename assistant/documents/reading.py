"""Bytes in, document out: finds out what they are, has the right reader read them, and finds the sentences.

The name of a file only decides where its bytes do not: its ending is a hint that anybody can get wrong.
"""

from __future__ import annotations

import re
import traceback
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from msgspec.structs import replace

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.titles import title_from
from assistant.documents import detection, encodings, languages, ole, sentences
from assistant.documents.model import LARGEST_FILE, Document, Kind, Note, NoteKind

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

NO_MEMORY = (MemoryError, SystemError)
"""What the interpreter raises where memory runs out: in the middle of a call of its own it is at times the second."""

_HEAD = 64 * 1024  # bytes that tell a text's kind
_TITLE = 80  # characters of a title that is taken from the text itself
_ENDINGS = {
    "md": "markdown",
    "markdown": "markdown",
    "mdown": "markdown",
    "htm": "html",
    "html": "html",
    "xhtml": "html",
    "eml": "eml",
    "srt": "srt",
    "vtt": "vtt",
    "csv": "csv",
    "tsv": "csv",
}
_NO_TEXT = frozenset(("pdf", "docx", "odt", "epub", "rtf", "pptx", "xlsx"))
# A comment ends where it first can, whatever follows: trying others takes twice as long for every one.
_HTML = re.compile(
    r"\s*+(?:<\?xml[^>]*+>\s*+|<!--(?:(?!-->).){0,2000}+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_TAGS = re.compile(r"</?(?:p|div|h[1-6]|li|table|a|span|body|title|ul|br|b|i|meta)\b[^<>]{0,500}>", re.IGNORECASE)
_CUE = re.compile(r"^\s*\d+[ \t]*\r?\n\s*\d{1,3}:\d\d:\d\d[,.]\d{1,3}[ \t]*-->", re.MULTILINE)
_MAIL = re.compile(r"(?:(?:From |>From )[^\n]*\n)?(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}\r?\n", re.ASCII)
_MAIL_FIELD = re.compile(r"^(?:From|Received|Message-ID|MIME-Version|Return-Path|Date|Subject|To):", re.I | re.M)


class _Reader(Protocol):
    def read(self, data: bytes, name: str) -> Document: ...


def read(data: bytes, name: str = "", password: str = "") -> Document:
    """The document in ``data``, with its sentences and its language.

    :param name: of the file; a hint where the bytes leave the kind open, and the title where there is no other.
    :raises AssistantError: one of the ``DOCUMENT_`` kinds.
    """
    if len(data) > LARGEST_FILE:
        raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=len(data), limit=LARGEST_FILE)
    if not data:
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY)
    format = sniff(data, name)
    try:
        document = _read(format, data, name, password)
    except (AssistantError, *NO_MEMORY):
        raise
    except Exception as error:  # whatever a library makes of damaged bytes, what it means is one thing
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, where(error), format=format) from error
    return _completed(document, name)


def where(error: Exception) -> str:
    """The kind of an error and where it happened, without its words: they may be the document's."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def sniff(data: bytes, name: str = "") -> str:
    """The format of ``data``, a key of ``READERS``.

    :raises AssistantError: ``DOCUMENT_UNKNOWN``, ``DOCUMENT_OLD``, ``DOCUMENT_ENCRYPTED``.
    """
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _sniff_zip(data, name)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(ole.MAGIC):
        raise ole.refusal(data, name)
    return _sniff_text(encodings.decode(data[:_HEAD], name=name).text, name)


def named_otherwise(name: str, format: str) -> tuple[Note, ...]:
    """What one should know of a file that is no such document as its name says, or is one that its name says is text:
    other programs go by the name.

    :param format: what it is read as, a key of ``READERS`` or of what is translated.
    """
    ending = name.rpartition(".")[2] if "." in name else ""
    low = ending.lower()
    named = low if low in _NO_TEXT else _ENDINGS.get(low, "text" if low == "txt" else "")
    if not named or named == format or not _NO_TEXT & {named, format}:
        return ()
    return (Note(NoteKind.NAMED_OTHERWISE, {"named": ending, "format": format}),)


def _read(format: str, data: bytes, name: str, password: str) -> Document:
    module = import_module(f"assistant.documents.readers.{READERS[format]}")
    if format in WITH_PASSWORD:
        return cast("Document", module.read(data, name, password=password))
    return cast("_Reader", module).read(data, name)


def _sniff_zip(data: bytes, name: str) -> str:
    from assistant.documents.zipped import Archive  # noqa: PLC0415 - most documents are no archives

    ending = name.rsplit(".", 1)[-1].lower()
    archive = Archive(data, ending if ending in READERS else "zip")
    names = set(archive.names)
    if "mimetype" in names:
        kind = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
        for words, format in (("epub+zip", "epub"), ("opendocument.text", "odt")):
            if words in kind:
                return format
    for part, format in (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx")):
        if any(one.startswith(part) for one in names):
            return format
    if "META-INF/container.xml" in names:
        return "epub"
    if "content.xml" in names:
        return "odt"
    raise AssistantError(ErrorKind.DOCUMENT_UNKNOWN, "zip", name=name)


def _sniff_text(head: str, name: str) -> str:
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith("WEBVTT"):
        return "vtt"
    if _CUE.match(start):
        return "srt"
    hinted = _ENDINGS.get(name.rsplit(".", 1)[-1].lower(), "") if "." in name else ""
    if _HTML.match(head) or (hinted == "html" and _TAGS.search(head)):
        return "html"
    mail = _MAIL.match(start)
    fields = {field.lower() for field in _MAIL_FIELD.findall(mail[0])} if mail else set()
    if len(fields) >= (1 if hinted == "eml" else 3):
        return "eml"
    if not name and _is_table(head.lstrip("\ufeff\r\n")):
        return "csv"
    return hinted if hinted in ("markdown", "csv") else "text"


def _is_table(text: str) -> bool:
    from assistant.documents.readers import sheets  # noqa: PLC0415 - most texts are files, and have a name

    return "\n" in text and sheets.is_table(text)


def _completed(document: Document, name: str) -> Document:
    language = detection.language_of(document.text) or document.language
    return replace(
        document,
        language=language,
        title=document.title or _title_of(document, name),
        sentences=sentences.spans_of(document.text, document.paragraphs, language),
        words=languages.count_words(document.text),
        notes=(*document.notes, *named_otherwise(name, document.format)),
    )


def _title_of(document: Document, name: str) -> str:
    """The first heading near the beginning, the file's name without its ending, or the first words."""
    for paragraph in document.paragraphs[:3]:
        if paragraph.kind is Kind.HEADING:
            return document.text[paragraph.start : paragraph.end][:_TITLE]
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    if stem:
        return stem.rsplit(".", 1)[0] or stem
    return title_from(document.text, _TITLE)

"""Compound files: what Word, Excel and PowerPoint wrote before 2007, and the wrapping of newer ones with a password."""

from __future__ import annotations

from assistant.base.errors import AssistantError, ErrorKind

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How such a file begins."""

_STREAMS = (
    ("WordDocument", "DOC", "DOCX"),
    ("PowerPoint Document", "PPT", "PPTX"),
    ("Workbook", "XLS", "XLSX"),
    ("Book", "XLS", "XLSX"),
)
"""Names of streams, what a file with one is, and what it should be saved as."""


def refusal(data: bytes, name: str) -> AssistantError:
    """Why the compound file ``data`` is not read."""
    if _has_stream(data, "EncryptedPackage"):
        return AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, "EncryptedPackage")
    for stream, old, new in _STREAMS:
        if _has_stream(data, stream):
            return AssistantError(ErrorKind.DOCUMENT_OLD, stream, format=old, new=new)
    return AssistantError(ErrorKind.DOCUMENT_UNKNOWN, "compound file", name=name)


def _has_stream(data: bytes, name: str) -> bool:
    """An entry of the directory begins with the stream's name, ended by a zero."""
    return f"{name}\0".encode("utf-16-le") in data

"""E-mail (EML): the fields that a reader sees, then the text; attachments are named, not opened."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message

from assistant.base.errors import AssistantError
from assistant.documents import encodings
from assistant.documents.building import Builder
from assistant.documents.model import Document, Kind, NoteKind
from assistant.documents.readers import html, plain

_FIELDS = ("From", "To", "Cc", "Date")
_MAX_PARTS = 500
_MAX_DEPTH = 5  # messages inside messages
_QUOTED = re.compile(r"^(?:>[ ]?)+")


def read(data: bytes, name: str) -> Document:
    """The message in ``data``.

    :raises AssistantError: DOCUMENT_UNKNOWN (no text), DOCUMENT_EMPTY.
    """
    if data[:5] in (b"From ", b">From"):  # the line that a mailbox puts before a message
        data = data[data.find(b"\n") + 1 :]
    builder = Builder("eml")
    _Reader(builder, name).message(message_from_bytes(data, policy=policy.default), 1)
    return builder.finish()


class _Reader:
    """Writes a message into a document."""

    def __init__(self, builder: Builder, name: str) -> None:
        self._builder = builder
        self._name = name
        self._parts = 0
        self._attachments: list[str] = []

    def message(self, message: Message, depth: int) -> None:
        """Add a message: its fields, its text, the names of what is attached."""
        subject = _field(message, "Subject")
        if depth == 1:
            self._builder.title = subject
        self._builder.heading(subject, depth)
        fields = [f"{field}: {words}" for field in _FIELDS if (words := _field(message, field))]
        self._builder.add("\n".join(fields))
        outer, self._attachments = self._attachments, []
        self._part(message, depth)
        for attached in self._attachments:
            self._builder.add(attached, Kind.ITEM, level=1)
        if self._attachments:
            self._builder.note(NoteKind.ATTACHMENTS_IGNORED, attachments=len(self._attachments))
        self._attachments = outer

    def _part(self, part: Message, depth: int) -> None:
        self._parts += 1
        if self._parts > _MAX_PARTS or self._builder.full:
            return
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inside = part.get_payload()
            if isinstance(inside, list) and inside and isinstance(inside[0], Message) and depth < _MAX_DEPTH:
                self.message(inside[0], depth + 1)
        elif kind == "multipart/alternative":
            self._alternative(part, depth)
        elif part.is_multipart():
            for one in _inside(part):
                self._part(one, depth)
        elif part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text":
            self._attachments.append(_file_name(part) or kind)
        else:
            try:
                self._text(part, kind)
            except AssistantError:  # its bytes are no text
                self._builder.note(NoteKind.PARTS_UNREADABLE, parts=1)

    def _alternative(self, part: Message, depth: int) -> None:
        """The same in several forms: plain text if there is some, else the last form, which is the richest."""
        forms = _inside(part)
        for one in forms:
            if one.get_content_type() == "text/plain" and _bytes(one).strip():
                self._part(one, depth)
                return
        if forms:
            self._part(forms[-1], depth)

    def _text(self, part: Message, kind: str) -> None:
        data = _bytes(part)
        if not data.strip():
            return
        if kind == "text/html":
            decoded = encodings.decode(data, part.get_content_charset() or html.declared(data), name=self._name)
            html.fill(self._builder, decoded.text)
        else:
            decoded = encodings.decode(data, part.get_content_charset() or "", name=self._name)
            text = decoded.text
            if str(part.get_param("format", "")).lower() == "flowed":
                text = re.sub(r"(?<!--) \r?\n(?![>\r\n])", " ", text)
            self._lines(text)
        plain.note_encoding(self._builder, decoded)

    def _lines(self, text: str) -> None:
        """A plain text, in which lines that begin with ``>`` are quoted."""
        run: list[str] = []
        quoted = False
        for line in text.splitlines():
            mark = _QUOTED.match(line)
            if (mark is not None) != quoted:
                self._run(run, quoted)
                run, quoted = [], mark is not None
            run.append(line[mark.end() :] if mark else line)
        self._run(run, quoted)

    def _run(self, lines: list[str], quoted: bool) -> None:
        if quoted:
            for block in "\n".join(lines).split("\n\n"):
                self._builder.add(block, Kind.QUOTE)
        else:
            plain.fill(self._builder, "\n".join(lines))


def _inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _field(message: Message, name: str) -> str:
    """A field of the head as text; one that cannot be understood is left out."""
    try:
        return (_field_of_bytes(message, name) or str(message.get(name, "") or "")).strip()
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""  # the library stumbles over damaged fields in many ways


def _field_of_bytes(message: Message, name: str) -> str:
    """A field that holds bytes beyond ASCII as they are, which the library takes for UTF-8; empty: it holds none."""
    raw = next((str(value) for field, value in message.raw_items() if field.lower() == name.lower()), "")
    if raw.isascii():
        return ""
    data = "".join(raw.splitlines()).encode("utf-8", "surrogateescape")
    try:
        text = encodings.decode(data, _charset(message)).text
    except AssistantError:  # these bytes are no text
        return ""
    return str(policy.default.header_factory(name, text))


def _charset(part: Message) -> str:
    """The encoding that the first text of a message declares."""
    while inside := _inside(part):
        part = inside[0]
    return part.get_content_charset() or ""


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (MessageError, ValueError, LookupError, AttributeError, TypeError):
        return ""

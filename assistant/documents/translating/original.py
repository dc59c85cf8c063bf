"""The bytes of a text, and how to write another text in the same way: encoding, byte order mark, damaged places."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from assistant.base.errors import AssistantError
from assistant.documents import encodings
from assistant.documents.model import Note, NoteKind

_MARKS = {
    "utf-8": (codecs.BOM_UTF8,),
    "utf-16-le": (codecs.BOM_UTF16_LE,),
    "utf-16-be": (codecs.BOM_UTF16_BE,),
    "utf-32-le": (codecs.BOM_UTF32_LE,),
    "utf-32-be": (codecs.BOM_UTF32_BE,),
    "gb18030": (b"\x84\x31\x95\x33",),
}
_GBK = "gbk"
"""What GB18030 was made from. The four bytes that the larger one has for letters of other languages would be read as
four other characters by most of what opens a file in the smaller one."""
_ERRORS = ("strict", "surrogateescape", "surrogatepass")


@dataclass(frozen=True)
class Original:
    """A text as it lies on disk.

    :ivar mark: the byte order mark in front.
    :ivar errors: how Python reads its damaged places, so that writing gives the same bytes again.
    :ivar guessed: nothing but likelihood speaks for this encoding.
    """

    data: bytes
    text: str
    encoding: str
    mark: bytes = b""
    errors: str = "strict"
    guessed: bool = False
    lost: int = 0

    def encoded(self, text: str, charref: Callable[[str], str] = lambda _: "") -> bytes:
        """``text`` in this encoding; in UTF-8 where it does not have all its characters, or where nothing says which
        encoding it is and another one would be taken for it: words in another language are other bytes.

        :param charref: how the format writes a character that the encoding does not have; empty: not at all.
        """
        missing = {character for character in set(text) if not self._has(character)}
        table = {ord(character): charref(character) for character in missing}
        if all(table.values()):
            written = text.translate(table)
            data = self.mark + written.encode(self.encoding, self._errors)
            if not self.guessed or self.errors != "strict" or _is_read_as(data, written):
                return data
        return text.encode("utf-8", self._errors)

    def has(self, text: str) -> bool:
        """Can ``text`` be written in this encoding?"""
        return all(map(self._has, set(text)))

    @property
    def _errors(self) -> str:
        """How to write: a question mark in the place of a character is for reading only."""
        return "strict" if self.errors == "replace" else self.errors

    def _has(self, character: str) -> bool:
        try:
            character.encode(self.encoding, self._errors)
        except UnicodeEncodeError:
            return False
        return True


def _is_read_as(data: bytes, text: str) -> bool:
    """Would somebody who only has ``data`` read ``text``?"""
    try:
        return encodings.decode(data).text == text
    except AssistantError:
        return False


def original(data: bytes, declared: str = "", *, name: str = "", exact: bool = False) -> Original:
    """``data`` as a text.

    :param declared: the encoding that the document names itself.
    :param exact: it means that one, and not the larger one that browsers read it as.
    :raises AssistantError: DOCUMENT_UNKNOWN: these bytes are no text.
    """
    found = encodings.decode(data, declared, name=name)
    mark = next((one for one in _MARKS.get(found.encoding, ()) if data.startswith(one)), b"")
    body = data[len(mark) :]
    said = encodings.known(declared)
    if said and not mark and (exact or data.isascii()):  # what is only ASCII so far has to keep to what it says
        said = codecs.lookup(declared.strip()).name if exact else said
        if _reads(body, said):
            return Original(data, body.decode(said), said)
    for errors in _ERRORS:
        try:
            text = body.decode(found.encoding, errors)
            if text.encode(found.encoding, errors) == body:
                encoding = _GBK if found.encoding == "gb18030" and not mark and _reads(body, _GBK) else found.encoding
                return Original(data, text, encoding, mark, errors, found.guessed, found.lost)
        except UnicodeError:
            continue
    # The same character can be written in several ways (in Japan's and Hong Kong's encodings): they become one.
    return Original(data, found.text, found.encoding, mark, "replace", found.guessed, found.lost)


def _reads(body: bytes, encoding: str) -> bool:
    """Is ``body`` in this encoding, and would it be written so again?"""
    try:
        return body.decode(encoding).encode(encoding) == body
    except UnicodeError:
        return False


def notes_of(original: Original) -> tuple[Note, ...]:
    """What a reader should know about how the bytes were read."""
    notes = []
    if original.guessed:
        notes.append(Note(NoteKind.ENCODING_GUESSED, {"encoding": original.encoding}))
    if original.lost:
        notes.append(Note(NoteKind.CHARACTERS_LOST, {"characters": original.lost}))
    return tuple(notes)

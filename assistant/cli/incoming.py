"""Text that comes from a person: an argument, a pipe, in whichever encoding."""

from __future__ import annotations

import codecs
import os
import sys
from typing import IO

from assistant.base.errors import AssistantError, ErrorKind
from assistant.texts import tr

LIMIT = 64 << 20
"""Bytes: more than any model's context, and less than would hurt."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOK = 4000  # bytes


def text_of(argument: str | None, stream: IO[bytes] | None = None) -> str:
    """The text that a command works on: the argument, or all of standard input for ``-`` and for None.

    :raises AssistantError: INPUT_EMPTY, INPUT_TOO_LONG (bytes), FILE_UNREADABLE: no text in a known encoding.
    """
    if argument is None or argument == "-":
        text = decoded(_all_of(stream if stream is not None else sys.stdin.buffer))
    else:
        # What was no UTF-8 on the command line arrives as surrogates that no file and no model takes.
        text = decoded(os.fsencode(argument)) if _has_surrogates(argument) else argument
    text = text.replace("\r\n", "\n")
    if not text.strip():
        raise AssistantError(ErrorKind.INPUT_EMPTY)
    return text


def decoded(data: bytes) -> str:
    """``data`` as text: by its byte order mark, as UTF-8, as UTF-16 without a mark, or as GB 18030 (Chinese Windows).

    :raises AssistantError: FILE_UNREADABLE.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    guessed = _without_mark(data)
    if guessed:
        return _strictly(data, guessed)
    if b"\0" in data[:_LOOK]:
        raise _unreadable("it holds zeros, so it is not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(data, "gb18030")


def _all_of(stream: IO[bytes]) -> bytes:
    try:
        data = stream.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(str(error)) from error
    if len(data) > LIMIT:
        raise AssistantError(ErrorKind.INPUT_TOO_LONG, size=len(data), limit=LIMIT)
    return data


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(str(error)) from error


def _without_mark(data: bytes) -> str:
    """UTF-16 without a mark, as far as its zeros give it away: every second byte of Latin text."""
    look = data[: _LOOK & ~1]
    if len(look) < 4 or b"\0" not in look:
        return ""
    even, odd = look[0::2].count(0), look[1::2].count(0)
    if odd > len(look) // 5 and even == 0:
        return "utf-16-le"
    if even > len(look) // 5 and odd == 0:
        return "utf-16-be"
    return ""


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _unreadable(detail: str) -> AssistantError:
    return AssistantError(ErrorKind.FILE_UNREADABLE, detail, name=tr("The input"))

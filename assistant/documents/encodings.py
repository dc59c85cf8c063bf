"""Bytes of a text into characters: by its mark, by what it declares, by its shape, and at last by a guess.

A text that is valid UTF-8 is UTF-8: other encodings hardly ever are by chance. For the rest chardet compares the bytes
with what each language looks like in each encoding.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import languages

_SAMPLE = 128 * 1024  # bytes that a guess looks at
_MARKS = (  # the longer ones first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# What people declare, and what they mean by it: always the larger set, as browsers read it.
_LARGER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "johab": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
# What a guess chooses from: what texts are found in. Each further one would be a further way to be wrong.
_LIKELY = (
    *("gb18030", "big5hkscs", "cp932", "euc-jp", "cp949", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254"),
    *("cp1255", "cp1256", "cp1257", "cp1258", "cp874", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-15"),
    *("koi8-r", "koi8-u", "cp866", "mac-roman"),
)
_TRUST_UTF8 = 0.02  # share of its characters that may be damaged in a text that is still taken for UTF-8
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROLS = 0.01  # share of the characters of a text that may be control characters
_COMMON = re.compile(  # at the end what takes two units in UTF-16: they are seldom a pair by chance
    "[\n\r\t -~\xa0-\xff\u0400-\u04ff\u2010-\u20bf\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uff60"
    "\U0001f000-\U0001faff\U00020000-\U000323af]"
)
# Scripts that have spaces between words or phrases: numbers of two bytes are often such characters, seldom a space.
_SPACED = re.compile("[\u0100-\u03ff\u0500-\u058f\u05d0-\u06ff\u0e00-\u0e7f\u1e00-\u1fff]")
_SPACES = 0.01  # share of the characters of a text in one of these that are spaces
_RARE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffe\uffff\ufdd0-\ufdef]")


@dataclass(frozen=True)
class Decoded:
    """A text and how its bytes were read.

    :ivar guessed: nothing but likelihood speaks for this encoding.
    :ivar lost: characters that the bytes do not give in this encoding; each is U+FFFD in the text.
    """

    text: str
    encoding: str
    guessed: bool = False
    lost: int = 0


def decode(data: bytes, declared: str = "", *, name: str = "") -> Decoded:
    """The text in ``data``.

    :param declared: the encoding that the document names itself; it counts unless the bytes contradict it.
    :param name: of the file, for the error.
    :raises AssistantError: ``DOCUMENT_UNKNOWN``: these bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _result(data[len(mark) :], encoding, name)
    wide = _without_mark(data)
    if wide:
        return _result(data, wide, name)
    if len(_CONTROL_BYTES.findall(data[:_SAMPLE])) > _MAX_CONTROLS * min(len(data), _SAMPLE):
        raise AssistantError(ErrorKind.DOCUMENT_UNKNOWN, "binary", name=name)
    if b"\x1b$" in data[:_SAMPLE] and _fits(data, "iso2022_jp_2"):
        return _result(data, "iso2022_jp_2", name)
    if _is_utf8(data):
        return _result(data, "utf-8", name)
    meant = known(declared)
    if meant and _fits(data, meant):
        return _result(data, meant, name)
    return _result(data, _guess(data) or meant or "cp1252", name, guessed=True)


def known(declared: str) -> str:
    """Python's name of the encoding that a document declares; empty if there is none by that name."""
    try:
        found = codecs.lookup(declared.strip()).name if declared.isascii() and len(declared) < 40 else ""
        b"a".decode(found or "undefined")  # a codec that is no encoding of text says so here
    except (LookupError, ValueError):
        return ""
    if found.startswith(("utf-7", "idna", "punycode", "unicode", "raw", "charmap", "mbcs", "oem")):
        return ""
    return _LARGER.get(found, found)


def _result(data: bytes, encoding: str, name: str, *, guessed: bool = False) -> Decoded:
    text = data.decode(encoding, "replace")
    if len(_CONTROLS.findall(text[:_SAMPLE])) > max(8, _MAX_CONTROLS * min(len(text), _SAMPLE)):
        raise AssistantError(ErrorKind.DOCUMENT_UNKNOWN, "binary", name=name)
    return Decoded(text, encoding, guessed, text.count("\ufffd"))


def _fits(data: bytes, encoding: str) -> bool:
    """Whether ``data`` is valid in ``encoding``, or has no more than a few faults."""
    try:
        text = data.decode(encoding, "replace")
    except (UnicodeError, LookupError):
        return False
    return text.count("\ufffd") <= len(text) * _TRUST_UTF8 / 10 and not _RARE.search(text[:_SAMPLE])


def _is_utf8(data: bytes) -> bool:
    """Valid UTF-8, or so much of it that the rest must be damage."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return True
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - lost
    return lost <= whole * _TRUST_UTF8


def _without_mark(data: bytes) -> str:
    """UTF-16 or UTF-32 that does not say so: told by where its zero bytes stand, or by what it reads like."""
    sample = data[:4096]
    if len(sample) < 4:
        return ""
    zeros = [sample[place::4].count(0) for place in range(4)]
    quarter = len(sample) // 4
    if len(data) % 4 == 0 and zeros[2] == zeros[3] == quarter and zeros[0] < quarter:
        return "utf-32-le" if _reads(sample, "utf-32-le") else ""
    if len(data) % 4 == 0 and zeros[0] == zeros[1] == quarter and zeros[3] < quarter:
        return "utf-32-be" if _reads(sample, "utf-32-be") else ""
    if len(_CONTROL_BYTES.findall(sample)) < len(sample) // 20 and _is_utf8(sample):
        return ""  # with a few stray zero bytes at most
    scores = {encoding: _reads(sample, encoding) for encoding in ("utf-16-le", "utf-16-be")}
    best = max(scores, key=lambda one: scores[one])
    other = min(scores.values())
    return best if scores[best] > 0.95 and scores[best] - other > 0.1 and _CONTROL_BYTES.search(sample) else ""


def _reads(sample: bytes, encoding: str) -> float:
    """Which share of ``sample`` is ordinary text in this encoding."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return 0.0
        text = sample[: error.start].decode(encoding)
    found = len(_COMMON.findall(text))
    if text.count(" ") > _SPACES * len(text):
        found += len(_SPACED.findall(text))
    return found / max(len(text), 1)


def _guess(data: bytes) -> str:
    """The likeliest encoding, empty if there is none."""
    import chardet  # noqa: PLC0415 - few texts need it

    sample = _telling(data)
    found = chardet.detect(sample, include_encodings=_LIKELY, compat_names=False)["encoding"]
    encoding = known(found) if found else ""
    # Turkish differs from Western only in six letters, which are Icelandic there.
    if encoding == "cp1252" and languages.detect(sample.decode("cp1254", "replace")) == "tr":
        return "cp1254"
    # In Polish ą is what š is in the other one, a letter that Polish does not have.
    if encoding == "iso8859-2" and sample.count(b"\xb9") > sample.count(b"\xb1"):
        readings = (sample.decode(one, "replace") for one in ("cp1250", encoding))
        return "cp1250" if all(languages.detect(one) == "pl" for one in readings) else encoding
    if encoding.startswith(("cp125", "koi8", "cp874")) and _is_katakana(sample):
        return "cp932"
    return encoding


def _is_katakana(sample: bytes) -> bool:
    """Are all bytes beyond ASCII half-width katakana, many of them none of the Cyrillic letters, with sound marks only
    where they can stand?"""
    high = re.findall(rb"[\x80-\xff]", sample)
    known = len(re.findall(rb"[\xa1-\xdf]", sample)) == len(high)
    telling = len(re.findall(rb"[\xa6-\xbf]", sample)) > len(high) // 10
    return known and telling and not re.search(rb"(?<![\xb3\xb6-\xc4\xca-\xce])\xde|(?<![\xca-\xce])\xdf", sample)


def _telling(data: bytes) -> bytes:
    """A sample of ``data`` that has what a guess needs: bytes beyond ASCII, with what stands around them."""
    if len(data) <= _SAMPLE:
        return data
    first = re.search(rb"[\x80-\xff]", data)
    line = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    start = max(line, first.start() - _SAMPLE // 4) if first else 0
    sample = data[start : start + _SAMPLE]
    end = sample.rfind(b"\n")
    return sample[:end] if end > _SAMPLE // 2 else sample

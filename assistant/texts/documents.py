"""Words about how a document was read, which both faces show. Kinds come as their plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.base.errors import AssistantError
from assistant.texts import errors
from assistant.texts.catalogue import tr, trn

_ALL = 0.995  # a share that is called all of it


def note(kind: str, values: Mapping[str, int | str]) -> str:
    """What the reader should know about how a document was read (a ``documents.model.Note``), in a sentence."""
    return _NOTES[kind](values)


def searching(share: float) -> str:
    """How far the search for the passages of an answer is, 0 to 1."""
    return tr("Looking for passages by their meaning: {percent} %", percent=int(share * 100))


def search(meaning: float, why_not: AssistantError | None) -> str:
    """How the passages for an answer were found.

    :param meaning: share of the document that was searched by meaning as well.
    :param why_not: why it could not be.
    """
    if meaning >= _ALL:
        return tr("Passages found by words and meaning.")
    if meaning > 0:
        percent = max(1, int(meaning * 100))
        return tr("Passages found by words, and by meaning in {percent} % of the document.", percent=percent)
    if why_not is None:
        return tr("Passages found by words.")
    return tr("Passages found by words only. {reason}", reason=errors.summary(why_not))


def what_it_is(form: str) -> str:
    """What people call a document of the format that ``documents`` knows as ``form``; it stands within a sentence."""
    return _FORMATS[form]() if form in _FORMATS else form.upper()


def encoding(name: str) -> str:
    """What people call the encoding that Python calls ``name``."""
    if name in _ENCODINGS:
        return _ENCODINGS[name]
    for python, people in _FAMILIES:
        if name.startswith(python):
            return people + name.removeprefix(python).upper()
    return name.replace("_", "-").upper()


def _count(values: Mapping[str, int | str]) -> int:
    """The number of a note, whatever it counts."""
    return next((value for value in values.values() if isinstance(value, int)), 0)


def _name(values: Mapping[str, int | str]) -> str:
    return next((value for value in values.values() if isinstance(value, str)), "")


_ENCODINGS = {
    "gb18030": "GB 18030", "big5hkscs": "Big5", "cp932": "Shift JIS", "cp949": "EUC-KR", "iso2022_jp_2": "ISO-2022-JP",
    "euc_jis_2004": "EUC-JP", "cp866": "DOS 866", "mac-roman": "Mac OS Roman",
    "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32",
}  # fmt: skip
_FAMILIES = (("cp", "Windows-"), ("iso8859-", "ISO 8859-"))

_FORMATS: Mapping[str, Callable[[], str]] = {
    "text": lambda: tr("plain text"), "markdown": lambda: tr("a Markdown text"), "html": lambda: tr("a web page"),
    "eml": lambda: tr("an e-mail"), "pdf": lambda: tr("a PDF"), "docx": lambda: tr("a Word document"),
    "pptx": lambda: tr("a PowerPoint presentation"), "xlsx": lambda: tr("an Excel workbook"),
    "odt": lambda: tr("an OpenDocument text"), "rtf": lambda: tr("an RTF document"),
    "epub": lambda: tr("an EPUB book"), "csv": lambda: tr("a CSV table"),
    "srt": lambda: tr("a subtitle file"), "vtt": lambda: tr("a subtitle file"), "json": lambda: tr("a JSON file"),
    "yaml": lambda: tr("a YAML file"), "po": lambda: tr("a PO file"), "xliff": lambda: tr("an XLIFF file"),
}  # fmt: skip

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
    "encoding_guessed": lambda v: tr("The encoding was guessed: {name}.", name=encoding(_name(v))),
    "characters_lost": lambda v: trn(
        "{n} character could not be read.", "{n} characters could not be read.", _count(v)
    ),
    "embedded_left": lambda v: trn(
        "{n} embedded text (in a frame) is not translated.",
        "{n} embedded texts (in frames) are not translated.",
        _count(v),
    ),
    "named_otherwise": lambda v: tr(
        "The name ends in .{named}, but this is {format}, and was read as that.",
        named=v.get("named", ""),
        format=what_it_is(str(v.get("format", ""))),
    ),
    "cut": lambda v: trn(
        "The end is missing: only {n} character was read.",
        "The end is missing: only {n} characters were read.",
        _count(v),
    ),
}

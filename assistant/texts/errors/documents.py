"""What can go wrong with a text, a file or a document."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.base.errors import ErrorKind
from assistant.texts import units
from assistant.texts.catalogue import tr, trn
from assistant.texts.errors.values import Values, Words


def _document_no_text(v: Values) -> str:
    if v.has("pages"):
        pages = v.number("pages")
        return trn(
            "This document has no text: its page is a picture.",
            "This document has no text: its {n} pages are pictures.",
            pages,
        )
    return tr("This document has no text, only pictures.")


def _document_damaged(v: Values) -> str:
    if v.text("what") == "declarations":
        return tr("The document has declarations that can pull in other files or grow without end; it was not read.")
    name = v.text("format")
    if name:
        return tr("The document is damaged: it is not a valid {format} file.", format=name.upper())
    return tr("The document is damaged.")


def _hint_damaged(v: Values) -> str:
    if v.text("what") == "declarations":
        return tr("If you trust where it is from, open it in the program that made it and save it again.")
    return tr("Open it in the program that made it and save it again.")


def _document_old(v: Values) -> str:
    if v.text("format"):
        return tr("This document is in an old format that cannot be read: {format}.", format=v.text("format"))
    return tr("This document is in an old format that cannot be read.")


def _document_not_written(v: Values) -> str:
    if v.text("format"):
        return tr("A document of this kind can be read, but not translated: {format}.", format=v.text("format").upper())
    return tr("A document of this kind can be read, but not translated.")


def _document_too_large(v: Values) -> str:
    if v.has("size", "limit"):
        size, limit = v.size("size"), v.size("limit")
        return tr("The document is too large: {size}. The limit is {limit}.", size=size, limit=limit)
    return tr("The document is too large.")


def _document_slow(v: Values) -> str:
    if v.has("seconds"):
        seconds = units.duration(v.number("seconds"))
        return tr("The document could not be processed within {seconds}.", seconds=seconds)
    return tr("The document took too long to process.")


def _hint_slow(v: Values) -> str:
    if v.text("format") == "text":
        return tr("Split it into smaller documents.")
    return tr("Save it as text, or split it into smaller documents.")


def _input_too_long(v: Values) -> str:
    if v.has("size", "limit"):
        size, limit = f"{v.number('size'):,}", f"{v.number('limit'):,}"
        return tr("The text is too long: {size} characters. The limit is {limit}.", size=size, limit=limit)
    return tr("The text is too long.")


def _document_empty(values: Values) -> str:
    return {
        "glossary": tr("There are no terms in the glossary."),
        "terms": tr("The terms of the glossary are in one language only."),
        "memory": tr("There are no translations in this file."),
        "columns": tr("There is no text in the chosen columns."),
    }.get(values.text("what")) or tr("The document is empty.")


def _document_encrypted(values: Values) -> str:
    if values.text("what") == "rights":
        return tr("The book is copy-protected.")
    if values.text("password") == "wrong":
        return tr("That is not the password of the document.")
    if values.text("password"):
        return tr("The document is protected by a password.")
    return tr("The document is protected, and protected files of this kind cannot be opened.")


def _hint_encrypted(values: Values) -> str:
    if values.text("what") == "rights":
        return tr("It opens only in the program that it was bought for.")
    if values.text("password"):
        return tr("Open it with its password, or save it without.")
    return tr("Save it without the password and open it again.")


def _document_unknown(values: Values) -> str:
    return {
        "glossary": tr("{name} is not a glossary that can be read.", name=values.file),
        "memory": tr("{name} is not a translation memory that can be read.", name=values.file),
    }.get(values.text("what")) or tr("{name} is not a document that can be read.", name=values.file)


def _file_unreadable(values: Values) -> str:
    if values.text("what") == "password":
        return tr("No password can be read in the first line of the password file {name}.", name=values.file)
    return tr("{name} cannot be read.", name=values.file)


def _hint_unreadable(values: Values) -> str:
    if values.text("what") == "password":
        return tr("Write the password into that line, in UTF-8.")
    return tr("Check that you may read it and that it is a file of the right kind.")


def _hint_empty(values: Values) -> str:
    return {
        "glossary": tr("Write a term and its translation in each line."),
        "terms": tr("Export it in two languages."),
        "memory": tr("Export it as TMX in two languages that are known here."),
        "columns": tr("Choose others."),
    }.get(values.text("what")) or tr("Choose another one.")


def _hint_unknown(values: Values) -> str:
    return {
        "glossary": tr("Save it as CSV, TSV or TBX."),
        "memory": tr("Export it as TMX from the program that has it."),
    }.get(values.text("what")) or tr("Save it as PDF, DOCX or text and open that.")


WORDS: Mapping[ErrorKind, Words] = {
    ErrorKind.FILE_MISSING: (lambda v: tr("{name} is not there.", name=v.file), lambda _: tr("Check the name.")),
    ErrorKind.FILE_UNREADABLE: (_file_unreadable, _hint_unreadable),
    ErrorKind.INPUT_EMPTY: (lambda _: tr("The text is empty."), lambda _: tr("Write something first.")),
    ErrorKind.INPUT_TOO_LONG: (_input_too_long, lambda _: tr("Shorten it.")),
    ErrorKind.DOCUMENT_EMPTY: (_document_empty, _hint_empty),
    ErrorKind.DOCUMENT_NO_TEXT: (_document_no_text, lambda _: tr("Run text recognition (OCR) on it first.")),
    ErrorKind.DOCUMENT_ENCRYPTED: (_document_encrypted, _hint_encrypted),
    ErrorKind.DOCUMENT_DAMAGED: (_document_damaged, _hint_damaged),
    ErrorKind.DOCUMENT_UNKNOWN: (_document_unknown, _hint_unknown),
    ErrorKind.DOCUMENT_NOT_WRITTEN: (
        _document_not_written,
        lambda _: tr("Save it as DOCX or text and open that, or copy its text."),
    ),
    ErrorKind.DOCUMENT_OLD: (
        _document_old,
        lambda v: tr("Open it in the program that made it and save it as {new}.", new=v.text("new") or "DOCX"),
    ),
    ErrorKind.DOCUMENT_BOMB: (
        lambda _: tr("The document unpacks to far more than any document needs; it was not read."),
        lambda _: tr("Do not trust this file."),
    ),
    ErrorKind.DOCUMENT_TOO_LARGE: (_document_too_large, lambda _: tr("Split it into smaller documents.")),
    ErrorKind.DOCUMENT_SLOW: (_document_slow, _hint_slow),
    ErrorKind.DOCUMENT_MEMORY: (
        lambda _: tr("The document needs too much memory to process."),
        lambda _: tr("Save it as text, or split it into smaller documents."),
    ),
    ErrorKind.DOCUMENT_UNREADABLE: (
        lambda v: tr("{name} cannot be opened.", name=v.file),
        lambda _: tr("Check that it is there and that you may read it."),
    ),
    ErrorKind.DOCUMENT_FOLDER: (
        lambda v: tr("{name} is a folder.", name=v.file),
        lambda _: tr("Choose one of its files."),
    ),
    ErrorKind.NOTHING_NEW: (
        lambda _: tr("It came out the same as before."),
        lambda _: tr("Ask for two more versions, or choose another model."),
    ),
    ErrorKind.NOTHING_BETTER: (
        lambda _: tr("The model wrote nothing that could be used, so the text stays as it was."),
        lambda _: tr("Try again, or choose another model."),
    ),
    ErrorKind.GLOSSARY_MISSING: (
        lambda _: tr("The glossary of this translation is no longer there."),
        lambda _: tr("Start over with another glossary or with none."),
    ),
}

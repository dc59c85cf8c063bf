"""Everything that a reader of documents has to say has words."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import NoteKind
from assistant.documents.reading import READERS
from assistant.documents.translating.opening import OPENERS
from assistant.texts import LANGUAGES, documents, set_language, tr
from assistant.texts.errors import hint, summary


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_of_a_reader_has_words(language: str) -> None:
    set_language(language)
    of_amounts = [kind for kind in NoteKind if kind is not NoteKind.NAMED_OTHERWISE]
    told = {documents.note(kind.value, {"some": 7, "encoding": "gb18030"}) for kind in of_amounts}
    assert len(told) == len(of_amounts)
    for sentence in told:
        assert sentence.endswith("。" if language == "zh_CN" else ".")
        assert ("7" in sentence) != ("GB 18030" in sentence)


def test_a_name_that_says_something_else() -> None:
    set_language("en")
    said = documents.note("named_otherwise", {"named": "docx", "format": "text"})
    assert said == "The name ends in .docx, but this is plain text, and was read as that."
    other = documents.note("named_otherwise", {"named": "eml", "format": "pdf"})
    assert other == "The name ends in .eml, but this is a PDF, and was read as that."


@pytest.mark.parametrize("form", sorted({*READERS, *OPENERS}))
def test_what_a_document_is_has_an_article_where_it_needs_one(form: str) -> None:
    set_language("en")
    words = documents.what_it_is(form)
    vowel = words.partition(" ")[2].startswith(("e-", "Ex", "Op", "RTF", "EPUB", "XL"))  # as they are spoken
    assert words == "plain text" or words.startswith("an " if vowel else "a "), words


@pytest.mark.parametrize("language", LANGUAGES)
def test_large_numbers_have_separators(language: str) -> None:
    set_language(language)
    assert "10,000,000" in documents.note("cut", {"characters": 10_000_000})
    assert "1,234,567" in tr("{n} of {all} sentences", n=1_234, all=1_234_567)


def test_one_of_something_is_told_as_one() -> None:
    assert documents.note("images_ignored", {"images": 1}) == "1 picture was not read."
    assert documents.note("images_ignored", {"images": 2}) == "2 pictures were not read."


@pytest.mark.parametrize(
    ("python", "people"),
    [
        ("utf-8", "UTF-8"),
        ("utf-16-le", "UTF-16"),
        ("gb18030", "GB 18030"),
        ("big5hkscs", "Big5"),
        ("cp932", "Shift JIS"),
        ("cp949", "EUC-KR"),
        ("euc-jp", "EUC-JP"),
        ("euc_jis_2004", "EUC-JP"),  # what the detector calls it
        ("cp1252", "Windows-1252"),
        ("iso8859-15", "ISO 8859-15"),
        ("koi8-r", "KOI8-R"),
        ("mac_cyrillic", "MAC-CYRILLIC"),
    ],
)
def test_an_encoding_has_the_name_that_people_know(python: str, people: str) -> None:
    assert documents.encoding(python) == people
    assert documents.note("encoding_guessed", {"encoding": python}) == f"The encoding was guessed: {people}."


def test_a_document_that_could_pull_in_others_is_not_called_damaged() -> None:
    error = AssistantError(ErrorKind.DOCUMENT_DAMAGED, format="docx", what="declarations")
    assert "pull in other files" in summary(error)
    assert hint(error).startswith("If you trust")
    assert "damaged" in summary(AssistantError(ErrorKind.DOCUMENT_DAMAGED, format="docx"))

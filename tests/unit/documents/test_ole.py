"""Files of old Office programs, and of new ones with a password."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.ole import refusal
from assistant.documents.reading import read
from assistant.texts.errors import sentence
from tests.fakes.documents import ole


@pytest.mark.parametrize(
    ("streams", "kind", "values"),
    [
        (("1Table", "WordDocument"), ErrorKind.DOCUMENT_OLD, {"format": "DOC", "new": "DOCX"}),
        (("Workbook",), ErrorKind.DOCUMENT_OLD, {"format": "XLS", "new": "XLSX"}),
        (("Book",), ErrorKind.DOCUMENT_OLD, {"format": "XLS", "new": "XLSX"}),
        (("Current User", "PowerPoint Document"), ErrorKind.DOCUMENT_OLD, {"format": "PPT", "new": "PPTX"}),
        (("EncryptionInfo", "EncryptedPackage"), ErrorKind.DOCUMENT_ENCRYPTED, {}),
        (("__properties_version1.0",), ErrorKind.DOCUMENT_UNKNOWN, {"name": "a.x"}),
    ],
)
def test_what_is_said_of_each(streams: tuple[str, ...], kind: ErrorKind, values: dict[str, str]) -> None:
    error = refusal(ole(*streams), "a.x")
    assert (error.kind, error.values) == (kind, values)
    with pytest.raises(AssistantError) as caught:
        read(ole(*streams), "a.x")
    assert caught.value.kind is kind


def test_the_sentence_names_both_kinds() -> None:
    words = sentence(refusal(ole("WordDocument"), "a.doc"))
    assert "DOC" in words
    assert "DOCX" in words

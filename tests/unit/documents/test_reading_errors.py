"""What is told about a document that made a reader fail: never its words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import reading
from assistant.documents.translating import opening
from assistant.documents.zipped import Archive
from assistant.worker.documents import serve
from assistant.worker.messages import ReadDocument, ReadSegments, Refused
from tests.fakes.documents import zipped


@pytest.mark.parametrize("words", ["the launch code is 0000", "启动密码是零零零零"])
def test_an_error_of_a_library_says_where_and_not_what(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError(words)

    monkeypatch.setattr(reading, "_read", fail)
    with pytest.raises(AssistantError) as caught:
        reading.read(words.encode(), "plan.txt")
    error = caught.value
    assert error.kind is ErrorKind.DOCUMENT_DAMAGED
    assert words not in f"{error.detail} {error.values} {error}"
    assert re.fullmatch(r"KeyError at test_reading_errors\.py:\d+", error.detail)


@pytest.mark.parametrize("raised", [MemoryError, SystemError])
@pytest.mark.parametrize("request_kind", [ReadDocument, ReadSegments])
def test_memory_that_runs_out_in_the_middle_of_a_call_is_no_damage(
    raised: type[Exception],
    request_kind: type[ReadDocument | ReadSegments],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(reading, "_read", fail)
    monkeypatch.setattr(opening, "_opened", fail)
    answer = serve(request_kind(id="1", store=str(tmp_path), name="plan.txt", data=b"words"))
    assert isinstance(answer, Refused)
    assert answer.kind is ErrorKind.DOCUMENT_MEMORY


def test_the_names_inside_a_broken_archive_are_not_told() -> None:
    data = bytearray(zipped({"word/secret plan.xml": "x" * 100}))
    data[data.index(b"secret")] = ord("S")  # the two places that name it differ now
    with pytest.raises(AssistantError) as caught:
        b"".join(Archive(bytes(data), "docx").chunks("word/secret plan.xml"))
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED
    assert "plan" not in caught.value.detail

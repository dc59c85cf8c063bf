"""Text from arguments and pipes, in the encodings people really have."""

from __future__ import annotations

import io

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import incoming
from assistant.cli.incoming import decoded, text_of

CHINESE = "请用一句话介绍灯下。\n第二行：café。"


def failure(call: object, *arguments: object) -> ErrorKind:
    assert callable(call)
    with pytest.raises(AssistantError) as caught:
        call(*arguments)
    return caught.value.kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
def test_encodings_of_chinese(encoding: str) -> None:
    assert decoded(CHINESE.encode(encoding)) == CHINESE


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_known_by_its_zeros(encoding: str) -> None:
    text = "Summarize this, please.\r\nThank you."
    assert decoded(text.encode(encoding)) == text


def test_a_surrogate_pair_and_a_joined_emoji_survive() -> None:
    assert decoded("a👩‍👩‍👧b".encode("utf-16")) == "a👩‍👩‍👧b"


@pytest.mark.parametrize(
    "data",
    [
        b"GGUF\x03\0\0\0\x00\x01\x00\x00\x00",  # a model
        bytes(range(256)) * 4,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xfeabc",  # half a character behind a mark
        "é".encode("latin-1") * 3 + b" ",  # neither UTF-8 nor GB 18030
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert failure(decoded, data) is ErrorKind.FILE_UNREADABLE


def test_an_argument_is_taken_as_it_is() -> None:
    assert text_of(CHINESE) == CHINESE
    assert text_of("  hello\r\n") == "  hello\n"


def test_an_argument_in_another_encoding_is_decoded() -> None:
    argument = "灯下".encode("gb18030").decode("utf-8", "surrogateescape")
    assert text_of(argument) == "灯下"


@pytest.mark.parametrize("argument", ["-", None])
def test_a_pipe_is_read_to_its_end(argument: str | None) -> None:
    assert text_of(argument, io.BytesIO(CHINESE.encode())) == CHINESE


@pytest.mark.parametrize("content", [b"", b"\n\n", "\ufeff".encode(), b" \t"])
def test_nothing_to_work_on_is_said(content: bytes) -> None:
    assert failure(text_of, "-", io.BytesIO(content)) is ErrorKind.INPUT_EMPTY
    assert failure(text_of, " ") is ErrorKind.INPUT_EMPTY


def test_an_endless_pipe_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "LIMIT", 100)
    assert text_of("-", io.BytesIO(b"x" * 100)) == "x" * 100
    with pytest.raises(AssistantError) as caught:
        text_of("-", io.BytesIO(b"x" * 101))
    assert caught.value.kind is ErrorKind.INPUT_TOO_LONG
    assert caught.value.values == {"size": 101, "limit": 100}


def test_a_broken_pipe_is_told() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "no")

    assert failure(text_of, "-", Broken()) is ErrorKind.FILE_UNREADABLE

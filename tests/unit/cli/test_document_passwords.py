"""Opening a protected document: with the password in a file, or the one that a person types."""

from __future__ import annotations

import io
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import terminal as terminals
from assistant.cli.document_commands import open_document
from assistant.cli.terminal import Terminal
from assistant.core.documents import OpenDocument
from assistant.texts import errors
from tests.fakes.screen import Screen

OPEN = OpenDocument("d", "t", "pdf", "One.", (), ())


class Locked:
    """A session whose documents want a password. ``error``: makes what is wrong of the password that was given."""

    def __init__(self, error: Callable[[str], AssistantError] | None = None) -> None:
        self.tried: list[str] = []
        self._error = error or (
            lambda given: AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, password="wrong" if given else "missing")
        )
        self.core = SimpleNamespace(documents=self)

    def open(self, path: Path | None, *, data: bytes, password: str, done: Callable[[Any], None]) -> None:
        self.tried.append(password)
        done(OPEN if password == "right" else self._error(password))

    def result(self, start: Callable[[Callable[[Any], None]], Any]) -> Any:
        got: list[Any] = []
        start(got.append)
        if isinstance(got[0], AssistantError):
            raise got[0]
        return got[0]


def opened(session: Locked, *, person: bool = True, file: Path | None = None) -> tuple[OpenDocument, str]:
    """What was opened, and what was said meanwhile."""
    err = io.StringIO()
    terminal = Terminal(out=io.StringIO(), err=err, stdin=Screen() if person else io.StringIO())
    arguments = Namespace(file="plan.pdf", password_file=None if file is None else str(file))
    return open_document(arguments, terminal, session), err.getvalue()  # type: ignore[arg-type]


def typing(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[str]:
    """A person who types these words, each once; the questions that were asked."""
    asked: list[str] = []
    left = list(words)

    def getpass(question: str, stream: object) -> str:
        asked.append(question)
        return left.pop(0)

    monkeypatch.setattr(terminals.getpass, "getpass", getpass)
    return asked


def test_a_person_is_asked_until_it_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = typing(monkeypatch, "wrong", "right")
    session = Locked()
    found, said = opened(session)
    assert found is OPEN
    assert session.tried == ["", "wrong", "right"]
    assert asked == ["Password of plan.pdf: "] * 2
    assert said == "That is not the password of the document.\n"


@pytest.mark.parametrize(("words", "tried"), [(("a", "b", "c"), 4), (("a", ""), 2), (("",), 1)])
def test_nobody_is_asked_for_ever(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], tried: int) -> None:
    asked = typing(monkeypatch, *words)
    session = Locked()
    with pytest.raises(AssistantError) as raised:
        opened(session)
    assert raised.value.kind is ErrorKind.DOCUMENT_ENCRYPTED
    assert (len(session.tried), len(asked)) == (tried, len(words))


def test_nobody_is_asked_where_nobody_is_or_no_password_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = typing(monkeypatch)
    with pytest.raises(AssistantError):
        opened(Locked(), person=False)
    with pytest.raises(AssistantError):
        opened(Locked(lambda _: AssistantError(ErrorKind.DOCUMENT_ENCRYPTED)))
    assert asked == []


@pytest.mark.parametrize(
    "written",
    [
        *(b"right", b"right\n", b"\xef\xbb\xbfright\r\nmore", "right\r\n".encode("utf-16")),
        "right\n灯塔的档案\n".encode("gbk"),
        ("right\n" + "é" * 5000).encode(),  # nor is what is behind it read to its end
        ("right\nx" + "é" * 5000).encode(),
        ("right\n" + "🏮" * 5000).encode("utf-16"),
        "right\nabc".encode("utf-16")[:-1],
    ],
)
def test_the_first_line_of_a_file_is_the_password(tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(written)
    session = Locked()
    assert opened(session, file=file) == (OPEN, "")
    assert session.tried == ["right"]


def test_a_wrong_password_in_a_file_is_told_and_nobody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = typing(monkeypatch)
    file = tmp_path / "secret"
    file.write_text("wrong", "utf-8")
    with pytest.raises(AssistantError) as raised:
        opened(Locked(), file=file)
    assert raised.value.values == {"password": "wrong"}
    assert asked == []


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(AssistantError) as raised:
        opened(Locked(), file=tmp_path / "secret")
    assert (raised.value.kind, raised.value.values) == (ErrorKind.FILE_UNREADABLE, {"name": "secret"})


@pytest.mark.parametrize("written", [b"", b"\nsecond", b"\r\nsecond", b"\xff\xfe\x00", "密码\n".encode("gbk")])
def test_a_first_line_that_is_no_password_is_told_as_that(tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(written)
    with pytest.raises(AssistantError) as raised:
        opened(Locked(), file=file)
    assert raised.value.kind is ErrorKind.FILE_UNREADABLE
    assert errors.sentence(raised.value) == (
        "No password can be read in the first line of the password file secret. "
        "Write the password into that line, in UTF-8."
    )

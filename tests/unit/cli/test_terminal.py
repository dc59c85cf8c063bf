"""What goes to which stream, and what a terminal is spared."""

from __future__ import annotations

import io
import json

import pytest

from assistant.cli.terminal import ReaderGoneError, Terminal
from tests.fakes.screen import Screen


class Gone(io.StringIO):
    """A pipe whose reader has left."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "gone")


def test_text_and_messages_go_apart() -> None:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out=out, err=err, stdin=io.StringIO())
    terminal.write("answer")
    terminal.end_line()
    terminal.end_line()
    terminal.say("message")
    terminal.progress("40 %")
    assert (out.getvalue(), err.getvalue()) == ("answer\n", "message\n")
    assert not terminal.interactive


def test_json_is_one_line_with_its_characters() -> None:
    out = io.StringIO()
    Terminal(out=out, err=io.StringIO()).write_json({"text": "灯下\n\x1b[31m"})
    assert out.getvalue().count("\n") == 1
    assert "灯下" in out.getvalue()
    assert json.loads(out.getvalue()) == {"text": "灯下\n\x1b[31m"}


def test_progress_replaces_itself_and_leaves_no_trace() -> None:
    err = Screen()
    terminal = Terminal(out=io.StringIO(), err=err)
    terminal.progress("模型: 10 %")
    terminal.progress("模型: 10 %")
    terminal.progress("x")
    terminal.write("text")
    assert err.getvalue() == "\r模型: 10 %\rx         \r \r"


def test_a_terminal_does_not_obey_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    out, err = Screen(), Screen()
    terminal = Terminal(out=out, err=err)
    terminal.write("a\x1b]0;title\x07b\x9bc\rd\x00e\tf\n")
    terminal.say("x\x1b[2Jy", dim=True)
    assert out.getvalue() == "a]0;titlebcde\tf\n"
    assert err.getvalue() == "x[2Jy\n"


def test_a_file_gets_every_character() -> None:
    out = io.StringIO()
    Terminal(out=out, err=io.StringIO()).write("a\x1bb")
    assert out.getvalue() == "a\x1bb"


def test_colours_are_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    screen, file = Screen(), io.StringIO()
    Terminal(out=io.StringIO(), err=screen).say("hint", dim=True)
    Terminal(out=io.StringIO(), err=file).say("hint", dim=True)
    assert "\x1b[2m" in screen.getvalue()
    assert file.getvalue() == "hint\n"


def test_a_reader_that_left_is_told_on_output_and_does_not_matter_elsewhere() -> None:
    terminal = Terminal(out=Gone(), err=Gone())
    terminal.say("nobody hears this")
    with pytest.raises(ReaderGoneError):
        terminal.write("text")
    closed = io.StringIO()
    closed.close()
    with pytest.raises(ReaderGoneError):
        Terminal(out=closed, err=closed).write("text")


def test_a_person_at_both_ends_is_interactive() -> None:
    assert Terminal(out=Screen(), err=Screen(), stdin=Screen()).interactive
    assert not Terminal(out=io.StringIO(), err=Screen(), stdin=Screen()).interactive

"""The last line of defence of the command line."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import default_paths
from assistant.cli import main as cli
from assistant.storage.reports import pending_report


class FakeCore:
    """A Core whose start does what the test wants."""

    def __init__(self, problem: BaseException) -> None:
        self._problem = problem
        self.closed = False

    def __call__(self, *_: Any, **__: Any) -> FakeCore:
        return self

    def listen(self, _listener: object) -> None:
        """It has nothing to tell."""

    def start(self) -> None:
        raise self._problem

    def close(self) -> None:
        self.closed = True


def run(problem: BaseException, *arguments: str) -> int:
    return cli.main(arguments or ("models", "list"), make=FakeCore(problem))


def test_a_defect_is_a_sentence_and_leaves_a_report(capsys: pytest.CaptureFixture[str], lamplight_home: Path) -> None:
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    assert run(ZeroDivisionError("what the user wrote")) == 1
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == hooks
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("lamplight: Something went wrong inside Lamplight.")
    assert "ZeroDivisionError" in shown.err
    report = pending_report(default_paths())
    assert report is not None, "the next start of the window offers to show it"
    for text in (shown.err, report.text):
        assert "ZeroDivisionError" in text
        assert "assistant.cli.main:" in text
        assert "what the user wrote" not in text


def test_an_ordinary_end_leaves_no_report(lamplight_home: Path) -> None:
    assert run(AssistantError(ErrorKind.MODEL_DAMAGED, name="x")) == 4
    assert run(KeyboardInterrupt()) == 130
    assert pending_report(default_paths()) is None


def test_a_defect_as_json_is_still_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ZeroDivisionError("by zero"), "models", "list", "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"]["kind"] == "internal"


def test_errors_and_interrupts_before_the_command_begins(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(AssistantError(ErrorKind.MODEL_DAMAGED, name="x")) == 4
    assert run(AssistantError(ErrorKind.CANCELLED)) == 130
    assert run(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err.count("lamplight: ") == 1


def test_wrong_usage_never_reaches_the_core(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ZeroDivisionError(), "chat", "--seed", "x", "hi") == 2
    assert run(ZeroDivisionError(), "--version") == 0
    assert "ZeroDivisionError" not in capsys.readouterr().err

"""A file shown in the file manager of a Linux desktop, with a pretended tool to reach the message bus."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject

from assistant.gui.models import revealing
from assistant.gui.models.revealing import open_folder, select_file
from tests.gui.helpers import SLOW

_NAME = "a model's, 模型.gguf"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the only tool there is: it writes down what it was called with."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def make(name: str, code: int) -> Path:
        said = tmp_path / "said.txt"
        script = f"#!{sys.executable}\nimport sys\nopen({str(said)!r}, 'w').write('\\n'.join(sys.argv[1:]))\n"
        (tmp_path / name).write_text(f"{script}sys.exit({code})\n")
        (tmp_path / name).chmod(0o755)
        return said

    return make


@pytest.mark.parametrize("name", ["gdbus", "dbus-send"])
def test_the_file_is_chosen(tool: Any, qapp: Any, qtbot: Any, name: str) -> None:
    said, parent, other = tool(name, 0), QObject(), []
    select_file(Path("/models") / _NAME, parent, otherwise=lambda: other.append(1))
    qtbot.waitUntil(said.exists, timeout=SLOW)
    qtbot.waitUntil(lambda: not parent.children(), timeout=SLOW)
    words = said.read_text()
    assert "org.freedesktop.FileManager1.ShowItems" in words
    assert "file:///models/a%20model%27s" in words
    assert "%E6%A8%A1%E5%9E%8B.gguf" in words
    assert (name != "dbus-send") or "%2C" in words
    assert other == []


def test_where_nobody_answers_the_folder_is_opened_once(tool: Any, qapp: Any, qtbot: Any) -> None:
    tool("gdbus", 1)
    parent, other = QObject(), []
    select_file(Path("/models/x.gguf"), parent, otherwise=lambda: other.append(1))
    qtbot.waitUntil(lambda: not parent.children(), timeout=SLOW)
    assert other == [1]


def test_without_a_tool_the_folder_is_opened(tmp_path: Path, qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    other: list[int] = []
    select_file(Path("/models/x.gguf"), QObject(), otherwise=lambda: other.append(1))
    assert other == [1]


def test_a_tool_that_hangs_is_ended(tool: Any, qapp: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revealing, "_PATIENCE_MS", 300)
    said = tool("gdbus", 0)
    script = said.parent / "gdbus"
    script.write_text(script.read_text().replace("sys.exit(0)", "import time; time.sleep(60)"))
    parent, other = QObject(), []
    select_file(Path("/models/x.gguf"), parent, otherwise=lambda: other.append(1))
    qtbot.waitUntil(lambda: bool(other), timeout=SLOW)
    assert other == [1]


@pytest.mark.parametrize("code", [0, 3])
def test_that_nothing_opens_a_folder_is_learned_from_how_it_ended(
    tool: Any, qapp: Any, qtbot: Any, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revealing, "_LOOK_MS", 10)
    monkeypatch.setattr(sys, "platform", "linux")
    said, parent, other = tool("xdg-open", code), QObject(), []
    open_folder(Path("/models and 模型"), parent, otherwise=lambda: other.append(1))
    qtbot.waitUntil(lambda: not parent.children(), timeout=SLOW)
    assert said.read_text() == "/models and 模型"
    assert other == ([1] if code else [])


def test_without_a_program_for_it_qt_opens_a_folder(tmp_path: Path, qapp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    asked: list[str] = []
    monkeypatch.setattr(revealing.QDesktopServices, "openUrl", lambda url: bool(asked.append(url.toLocalFile())))
    other: list[int] = []
    open_folder(tmp_path, QObject(), otherwise=lambda: other.append(1))
    assert (asked, other) == ([str(tmp_path)], [1])

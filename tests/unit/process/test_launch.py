"""What a child gets to know of us: no secrets, no current folder, and plain words on its command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assistant.process import child_command, child_environment


def test_the_command_line_names_the_room_only() -> None:
    assert child_command("engine") == [sys.executable, "-P", "-m", "assistant.engine.main"]


def test_a_frozen_program_is_its_own_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_command("worker") == [sys.executable, "--child", "worker"]


@pytest.mark.parametrize(
    "name",
    ["HF_TOKEN", "HF_TOKEN_PATH", "HUGGING_FACE_HUB_TOKEN", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD"],
)
def test_secrets_stay_here(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "canary")
    environ = child_environment()
    assert "canary" not in environ.values()
    assert child_environment({name: "wanted"})[name] == "wanted"


def test_native_libraries_are_kept_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    environ = child_environment()
    assert environ["GGML_NO_BACKTRACE"] == "1"
    assert environ["HF_HUB_OFFLINE"] == "1"
    assert environ["PYTHONUTF8"] == "1"


def test_the_current_folder_is_not_searched_for_modules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", "lib", str(tmp_path), ""]))
    entries = child_environment()["PYTHONPATH"].split(os.pathsep)
    assert str(tmp_path) in entries
    assert all(Path(entry).is_absolute() for entry in entries)


def test_an_installed_package_needs_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setattr("assistant.process.launch.sysconfig.get_path", lambda name: str(_package_parent()))
    assert "PYTHONPATH" not in child_environment()


def _package_parent() -> Path:
    return Path(sys.modules["assistant.process"].__path__[0]).resolve().parents[1]

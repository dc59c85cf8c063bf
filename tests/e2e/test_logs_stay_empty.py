"""No log holds what was said, what a file or a model is called, or a token: real programs with canaries everywhere.

Everything that is said, read, named or given here has the word ``kestrel`` in it, and real children work on it, also on
what fails inside of them. Afterwards nothing below the folder of logs may hold that word: not the program's own log,
not what a child or a native library has printed, not the list of connections, no report.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.base.paths import default_paths
from assistant.storage.settings import Settings
from tests.fakes import tiny_models
from tests.fakes.hub import Hub
from tests.fakes.pdf_files import simple
from tests.fakes.stores import files_with

CANARY = "kestrel"
PROMPT = f"What does the {CANARY} say? 红隼"
TOKEN = f"hf_{CANARY}token0123456789"
PAGE = f"The {CANARY} was seen over the lamp in 1911. Nobody knew where it had come from. It never came back."
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 110

_WINDOW = """
import sys, threading, time
from PySide6.QtCore import QTimer
from assistant.base.paths import default_paths
from assistant.gui.app import build

prompt, broken = sys.argv[1:]
log = default_paths().logs / "lamplight.log"
app, window = build([])
chat, core = window.chat, window._core

def until(done):
    end = time.monotonic() + 90
    while not done():
        assert time.monotonic() < end
        app.processEvents()
        time.sleep(0.005)

def say():
    chat.composer.set_text(prompt)
    chat.send()
    until(lambda: chat.heads() and not chat.busy())
    print(chat.heads()[-1].state.value, flush=True)

def fail():
    raise KeyError(prompt)

until(lambda: chat.conversation is not None and core.models.known)
say()
core.chosen.choose(next(model.key for model in core.models.installed() if model.name == broken))
say()
QTimer.singleShot(0, fail)
threading.Thread(target=fail).start()
until(lambda: log.read_text("utf-8").count(" fault") == 2)
window.close()
"""


@pytest.fixture
def models(starter_path: Path, lamplight_home: Path) -> Path:
    """The folder of models: the starter, and a file that ends its child, both under names that nobody may find."""
    Settings(default_paths().settings).set("max_tokens", 24)
    folder = default_paths().models
    folder.mkdir(parents=True)
    try:
        (folder / f"{CANARY}-answers.gguf").hardlink_to(starter_path)
    except OSError:
        shutil.copyfile(starter_path, folder / f"{CANARY}-answers.gguf")
    tiny_models.write_aborting(folder / f"{CANARY}-aborts.gguf")
    Settings(default_paths().settings).set("default_model", f"{CANARY}-answers")
    return folder


def run(*arguments: str, given: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
        cwd=ROOT,
        env={**os.environ, "HF_TOKEN": TOKEN, **environ},
    )


def lamplight(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return run("-m", "assistant", *arguments, given=given)


def check_logs(*expected: str, told: str = "") -> None:
    """There are logs of these names (or beginnings of names), and none of all has a canary.

    :param told: one of them that is not empty, as most are where all is well.
    """
    logs = default_paths().logs
    sizes = {path.name: path.stat().st_size for path in logs.rglob("*") if path.is_file()}
    for name in expected:
        assert any(one.startswith(name) for one in sizes), (name, sizes)
    assert not told or any(one.startswith(told) and size for one, size in sizes.items()), (told, sizes)
    assert [name for name in sizes if CANARY in name.lower()] == []
    assert files_with(logs, CANARY, CANARY.upper(), CANARY.title()) == []


@pytest.mark.timeout(300)
def test_the_command_line_with_its_children(models: Path, tmp_path: Path) -> None:
    page = tmp_path / f"{CANARY}-notes 红隼.txt"
    page.write_text(PAGE, "utf-8")
    done = lamplight("chat", "--temperature", "0", PROMPT)
    assert done.returncode == 0, done.stderr
    done = lamplight("summarize", str(page))
    assert done.returncode == 0, done.stderr
    done = lamplight("ask", str(page), f"When was the {CANARY} seen?")
    assert done.returncode == 0, done.stderr
    check_logs("engine-", "worker.log", "documents.log")

    done = lamplight("chat", "--model", f"{CANARY}-aborts", PROMPT)
    assert done.returncode != 0
    assert "ended unexpectedly" in done.stderr
    done = lamplight("chat", "-", given=f"{PROMPT} " * 3000)
    assert done.returncode != 0, "more than the context holds"
    broken = page.with_suffix(".pdf")
    broken.write_bytes(b"%PDF-1.7\n" + PAGE.encode())
    done = lamplight("summarize", str(broken))
    assert done.returncode != 0, "no PDF at all"
    assert "damaged" in done.stderr
    check_logs("engine-", "worker.log", "documents.log", told="engine-")


@pytest.mark.timeout(300)
def test_passwords_of_documents(models: Path, tmp_path: Path) -> None:
    page, secret = tmp_path / f"{CANARY}-plan.pdf", tmp_path / f"{CANARY}-secret.txt"
    page.write_bytes(simple([PAGE], password=f"{CANARY} is right"))
    for password, code in ((f"{CANARY} is right", 0), (f"{CANARY} is wrong", 5)):
        secret.write_text(f"{password}\n{CANARY} has notes, too\n", "utf-8")
        done = lamplight("summarize", str(page), "--password-file", str(secret))
        assert done.returncode == code, done.stderr
        assert password not in done.stdout + done.stderr
    assert "not the password" in done.stderr
    check_logs("engine-", "worker.log", "documents.log")


def test_what_the_network_child_was_told(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with Hub() as hub:
        hub.add(f"{CANARY}/{CANARY}-GGUF", f"{CANARY}-Q8_0.gguf", size=300_000)
        hub.repos[f"{CANARY}/{CANARY}-GGUF"].gated = "auto"
        hub.token = TOKEN
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        assert lamplight("models", "search", CANARY).returncode == 0
        assert lamplight("models", "get", f"{CANARY}/{CANARY}-GGUF").returncode == 1
        assert hub.requests
    check_logs("net-", "connections.jsonl", told="connections.jsonl")


@pytest.mark.timeout(300)
def test_the_window_with_its_children(models: Path) -> None:
    done = run("-c", _WINDOW, PROMPT, f"{CANARY}-aborts", QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.split()
    assert first in ("complete", "cut", "looped")
    assert second == "failed"
    assert CANARY not in done.stderr
    check_logs("lamplight.log", "engine-", "worker.log", told="engine-")

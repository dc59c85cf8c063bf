"""One window per home, however many starts there are and however the first one ended."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtNetwork import QLocalSocket

from assistant.base.errors import ErrorKind
from assistant.gui.instance import AlreadyRunning, Instance, socket_name
from tests.gui.helpers import SLOW

ROOT = Path(__file__).resolve().parents[2]

HOLD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from assistant.gui.instance import AlreadyRunning, Instance
app = QCoreApplication([])
instance = Instance(Path(sys.argv[1]))
try:
    instance.claim()
except AlreadyRunning as running:
    print("second", running.answered, flush=True)
    sys.exit(0)
instance.listen()
instance.raised.connect(lambda token: print("raised", token, flush=True))
print("first", flush=True)
app.exec()
"""


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def line_of(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def end(program: subprocess.Popen[str]) -> None:
    program.kill()
    program.communicate(timeout=10)


def test_a_second_claim_is_refused_and_the_first_is_told(tmp_path: Path, qtbot: Any) -> None:
    first = Instance(tmp_path)
    first.claim()
    first.listen()
    raised: list[str] = []
    first.raised.connect(raised.append)
    second = start(tmp_path)
    qtbot.waitUntil(lambda: len(raised) == 1, timeout=SLOW)
    assert line_of(second) == "second True"
    second.communicate(timeout=10)
    first.release()


def test_after_the_first_is_gone_the_next_is_first(tmp_path: Path) -> None:
    first = Instance(tmp_path)
    first.claim()
    first.listen()
    first.release()
    second = Instance(tmp_path)
    second.claim()
    second.release()


def test_a_killed_first_leaves_nothing_stale(tmp_path: Path) -> None:
    killed = start(tmp_path)
    assert line_of(killed) == "first"
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=10)
    second = start(tmp_path)
    assert line_of(second) == "first"
    third = start(tmp_path)
    assert line_of(third) == "second True"
    third.communicate(timeout=10)
    end(second)


def test_of_five_at_once_one_is_first(tmp_path: Path) -> None:
    programs = [start(tmp_path) for _ in range(5)]
    lines: list[str] = []
    threads = [threading.Thread(target=lambda p=program: lines.append(line_of(p))) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    for program in programs:
        end(program)
    assert sorted(lines) == ["first", *["second True"] * 4]


def test_the_token_of_the_desktop_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = start(tmp_path)
    assert line_of(first) == "first"
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "token-7")
    with pytest.raises(AlreadyRunning) as caught:
        Instance(tmp_path).claim()
    assert caught.value.answered
    assert caught.value.kind is ErrorKind.ALREADY_RUNNING
    assert line_of(first) == "raised token-7"
    end(first)


def test_nonsense_on_the_socket_harms_nobody(tmp_path: Path, qtbot: Any) -> None:
    first = Instance(tmp_path)
    first.claim()
    first.listen()
    raised: list[str] = []
    first.raised.connect(raised.append)
    for data in (b"[1]\n", b"\xff\xfe\n", b"x" * 10_000, b"{}\n"):
        socket = QLocalSocket()
        socket.connectToServer(socket_name(tmp_path))
        assert socket.waitForConnected(1000)
        socket.write(data)
        socket.flush()
        qtbot.waitUntil(lambda socket=socket: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert raised == [""]  # only the last one was a request
    first.release()


def test_the_same_home_has_the_same_name_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    assert socket_name(tmp_path / "home") == socket_name(tmp_path / "link") == socket_name(tmp_path / "x/../home")
    assert socket_name(tmp_path / "home") != socket_name(tmp_path / "other")


def test_a_home_that_cannot_be_written_still_opens(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder should be")
    Instance(tmp_path / "home" / "config").claim()


def test_the_window_comes_to_the_front(home: Any, qtbot: Any) -> None:
    window = home.open()
    window.showMinimized()
    second = subprocess.Popen(
        [sys.executable, "-m", "assistant"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    qtbot.waitUntil(lambda: not window.isMinimized() and second.poll() is not None, timeout=SLOW)
    _, words = second.communicate()
    assert second.returncode == 0
    assert "already" in words


def test_build_raises_when_a_window_runs(home: Any) -> None:
    from assistant.gui.app import build

    first = start(home.paths.config)
    assert line_of(first) == "first"
    with pytest.raises(AlreadyRunning):
        build([])
    end(first)
    assert QCoreApplication.instance() is not None

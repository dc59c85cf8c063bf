"""The set-up's own children: the line with signs of life, Ctrl+C, and a lock that outlives a killed set-up."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = str(ROOT / "packaging")
if SCRIPTS not in sys.path:
    sys.path.insert(0, SCRIPTS)

import bootstrap  # noqa: E402
from console import CommandFailedError, Console  # noqa: E402


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


@pytest.fixture
def said() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def desk(tmp_path: Path, said: io.StringIO) -> Console:
    return Console(tmp_path / "log", stream=said)


def test_a_step_is_one_line_and_its_words_are_in_the_log(desk: Console, said: io.StringIO) -> None:
    desk.run("Working", python("print('words of the program')"))
    assert said.getvalue().startswith("Working ")
    assert said.getvalue().count("\n") == 1
    assert "words" not in said.getvalue()
    assert "words of the program" in desk.log.read_text()


def test_a_failure_is_an_error(desk: Console) -> None:
    with pytest.raises(CommandFailedError, match="3"):
        desk.run("Working", python("raise SystemExit(3)"))


def test_a_long_step_shows_that_it_lives(desk: Console, said: io.StringIO) -> None:
    desk._pause = 0.05
    released = threading.Event()
    read, write = os.pipe()
    code = (
        f"import os; print('  [5/10] /usr/bin/g++ -O3', flush=True); os.read({read}, 1); "
        f"print('[ 90%] Linking C', flush=True); os.read({read}, 1)"
    )
    desk.keep = (read,)

    def feed() -> None:
        for sign in ("50 %", "90 %"):
            while sign not in said.getvalue():
                if released.wait(0.02):
                    return
            os.write(write, b"x")

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        desk.run("Working", python(code))
    finally:
        released.set()
        feeder.join()
        os.close(read)
        os.close(write)
    assert "50 %" in said.getvalue()
    assert "90 %" in said.getvalue()


HOLDER = """
import sys, subprocess, pathlib
sys.path.insert(0, sys.argv[1])
import bootstrap
with bootstrap.lock(pathlib.Path(sys.argv[2])) as held:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], pass_fds=held)
    print("held", flush=True)
    child.wait()
"""


def test_the_lock_of_a_killed_set_up_lasts_until_its_programs_end(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [*python(HOLDER), SCRIPTS, str(path)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with path.open("a+b") as file:
        assert not bootstrap._try_lock(file)  # its program goes on
        holder.stdin.close()  # which ends it
        holder.stdout.read()  # until nobody holds the pipe any more
        holder.stdout.close()
    taken = threading.Event()

    def take() -> None:
        with bootstrap.lock(path):
            taken.set()

    threading.Thread(target=take, daemon=True).start()
    assert taken.wait(20)


def test_a_second_set_up_waits_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lock"
    order: list[str] = []
    with bootstrap.lock(path):
        waiter = threading.Thread(target=lambda: _note(path, order))
        waiter.start()
        while "waiting" not in capsys.readouterr().err:
            waiter.join(0.02)
        order.append("first")
    waiter.join(20)
    assert order == ["first", "second"]


def _note(path: Path, order: list[str]) -> None:
    with bootstrap.lock(path):
        order.append("second")


def test_ctrl_c_during_a_step_ends_its_program_and_is_told(tmp_path: Path) -> None:
    code = f"""
import sys, pathlib
sys.path.insert(0, {SCRIPTS!r})
import launch
from console import Console
def action():
    sleeper = "import time, os; print(os.getpid(), flush=True); time.sleep(60)"
    Console(pathlib.Path({str(tmp_path / "log")!r})).run("Working", [sys.executable, "-c", sleeper])
sys.exit(launch._guarded(action))
"""
    process = subprocess.Popen(python(code), stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stderr is not None
    log = tmp_path / "log"
    while not (log.exists() and log.read_text().strip().rpartition("\n")[2].isdigit()):
        with pytest.raises(subprocess.TimeoutExpired):  # it goes on until it is stopped
            process.wait(0.05)
    os.killpg(process.pid, signal.SIGINT)
    said = process.stderr.read()
    assert process.wait(20) == 130
    process.stderr.close()
    assert "Stopped." in said
    assert "Traceback" not in said

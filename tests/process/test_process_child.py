"""Real children that die, hang, babble and flood: the parent lives, knows why, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import queue
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from assistant.base.errors import ErrorKind
from assistant.process import MAX_FRAME, Child, Ending, FrameError, Outcome, encode
from assistant.process.childlog import HEAD_BYTES, TAIL_BYTES
from tests.fakes.echo_child import COMMAND, DEAF, About, Do, Said, make_child
from tests.fakes.soak_log import SoakLog

SIGNALS = ("SIGSEGV", "SIGABRT", "SIGILL", "SIGFPE", "SIGTERM") + (() if os.name == "nt" else ("SIGKILL", "SIGBUS"))
SOON = 10.0  # seconds; generous, because the machine is shared


class Line:
    """A child with everything it says in a queue; the last entry is its ``Outcome``."""

    def __init__(self, **options: Any) -> None:
        self.heard: queue.Queue[Any] = queue.Queue()
        options.setdefault("on_message", self.heard.put)
        self.child = make_child(on_end=self.heard.put, **options)
        self.child.start()

    def tell(self, what: str, number: int = 0, text: str = "", data: bytes = b"") -> None:
        self.child.send(Do(what=what, number=number, text=text, data=data))

    def hear(self) -> Any:
        return self.heard.get(timeout=SOON)

    def ask(self, what: str, number: int = 0, text: str = "", data: bytes = b"") -> Any:
        self.tell(what, number, text, data)
        return self.hear()

    def hear_niceness(self) -> int:
        assert self.ask("echo") == Said()
        return int(psutil.Process(self.child.pid).nice())

    def end(self) -> Outcome:
        """The outcome, whatever is said before it; nothing may come after it."""
        while not isinstance(heard := self.hear(), Outcome):
            pass
        assert self.heard.empty()
        assert not self.child.alive
        return heard


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.child.close(SOON)


def gone(pid: int, seconds: float) -> bool:
    """The process is no more, or only waits for somebody to take note of its end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.02)
                continue
        return True
    return False


# ---------------------------------------------------------------- what works


def test_messages_go_both_ways_in_order(line: Line) -> None:
    for number in range(200):
        line.tell("echo", number, "灯下 😀" * number)
    heard = [line.hear() for _ in range(200)]
    assert heard == [Said(text="灯下 😀" * number, number=number) for number in range(200)]
    line.child.close(SOON)
    assert line.end().expected


def test_large_messages_go_through(line: Line) -> None:
    text = "x" * 20_000_000
    assert line.ask("echo", text=text) == Said(text=text)


def test_native_prints_go_to_the_log_and_not_on_the_pipe(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "child.log"
    line = Line(log=log)
    assert line.ask("print", text="ggml says something\n") == Said(text="b''")  # and standard input is empty
    line.child.close(SOON)
    assert line.end().detail.count("ggml says something") == 3
    assert log.read_text().count("ggml says something") == 3
    assert log.stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_the_log_tells_where_an_unexpected_error_was_and_not_its_words(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    line = Line(log=log)
    line.tell("fail", 1, text="canary one")  # on a thread
    line.tell("fail", text="canary two")
    assert "canary" not in line.end().detail
    text = log.read_text()
    assert text.count("raise KeyError") == 2
    assert "in _fail" in text
    assert "canary" not in text


def test_a_log_keeps_its_beginning_and_the_last_words_and_no_more(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    line = Line(log=log)
    for number in range(3):
        assert line.ask("print", text=f"begin {number} " + "x" * 500_000 + f" end {number}\n") == Said(text="b''")
    line.child.close(SOON)
    assert line.end().detail.endswith(" end 2\n")
    assert HEAD_BYTES < log.stat().st_size < HEAD_BYTES + TAIL_BYTES + 100
    text = log.read_text()
    assert text.startswith("begin 0 ")
    assert "[...]" in text
    assert text.endswith(" end 2\n")


def test_a_log_that_cannot_be_written_is_no_reason_not_to_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    line = Line(log=tmp_path / "file" / "child.log")
    assert line.ask("print", text="nobody reads this") == Said(text="b''")
    line.child.close(SOON)
    assert line.end().expected


def test_the_child_learns_no_secrets_and_imports_nothing_from_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the current folder')")
    (tmp_path / "msgspec.py").write_text("raise SystemExit('imported from the current folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_canary")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "."]))
    line = Line()
    about = line.ask("about")
    assert isinstance(about, About)
    assert all(argument.isascii() for argument in about.argv)
    assert "hf_canary" not in repr(about)
    assert "HF_TOKEN" not in about.environ
    assert Path(about.json_file).parent.name == "json"
    assert "" not in about.path
    assert str(tmp_path) not in about.path
    line.child.close(SOON)
    assert line.end().expected


def test_a_child_can_give_way() -> None:
    usual = os.getpriority(os.PRIO_PROCESS, 0) if os.name != "nt" else psutil.NORMAL_PRIORITY_CLASS
    line = Line(lower_priority=True)
    assert line.hear_niceness() == (usual + 5 if os.name != "nt" else psutil.BELOW_NORMAL_PRIORITY_CLASS)
    line.child.close(SOON)
    assert line.end().expected


# ---------------------------------------------------------------- deaths


@pytest.mark.parametrize("name", SIGNALS)
def test_killed_by_a_signal(name: str, line: Line) -> None:
    number = int(getattr(signal, name))
    line.tell("signal", number)
    outcome = line.end()
    if os.name != "nt":  # there a signal is only an exit code
        assert outcome.code == -number
        assert outcome.signal_name == name
    assert outcome.ending is (Ending.KILLED if name == "SIGKILL" else Ending.CRASHED)
    assert not outcome.expected


@pytest.mark.parametrize("code", [0, 1, 70])
def test_it_leaves_without_being_asked(code: int, line: Line) -> None:
    line.tell("exit", code)
    outcome = line.end()
    assert (outcome.ending, outcome.code) == (Ending.CRASHED, code)
    assert outcome.kind is (ErrorKind.ENGINE_MISSING if code == 70 else ErrorKind.ENGINE_CRASHED)


def test_a_program_that_does_not_exist() -> None:
    line = Line(command=["/no/such/program"])
    assert line.end().ending is Ending.FAILED_TO_START
    assert line.child.pid is None
    line.child.close(1)


def test_a_stopped_child_is_ended_by_force(line: Line) -> None:
    assert line.ask("echo") == Said()
    psutil.Process(line.child.pid).suspend()
    line.child.kill(Ending.HUNG, "no sign of life")
    outcome = line.end()
    assert (outcome.ending, outcome.detail) == (Ending.HUNG, "no sign of life")


def test_the_first_reason_counts(line: Line) -> None:
    line.child.kill(Ending.HUNG, "first")
    line.child.kill(Ending.BABBLED, "second")
    assert line.end().detail == "first"


def test_it_closes_its_pipe_and_lives_on(line: Line) -> None:
    line.tell("mute")
    outcome = line.end()
    assert outcome.ending is Ending.CRASHED
    assert "lived on" in outcome.detail
    assert outcome.kind is ErrorKind.ENGINE_CRASHED  # not: out of memory


# ---------------------------------------------------------------- babble


@pytest.mark.parametrize(
    "data",
    [
        b"llama_model_load: printing on the pipe\n",
        struct.pack("<I", MAX_FRAME + 1),
        struct.pack("<I", 3) + b"\xc1\xc1\xc1",
        encode(Do(what="an order from a child")),
    ],
)
@pytest.mark.parametrize("number", [-1, 0])
def test_nonsense_ends_the_child(data: bytes, number: int, line: Line) -> None:
    line.tell("raw", number, data=data)
    outcome = line.end()
    assert outcome.ending is Ending.BABBLED
    assert outcome.kind is ErrorKind.ENGINE_CRASHED


@pytest.mark.parametrize("cut", [2, 4, 10])
def test_half_a_frame_and_then_death(cut: int, line: Line) -> None:
    line.tell("raw", -1, data=encode(Said(text="a whole sentence"))[:cut])
    outcome = line.end()
    assert (outcome.ending, outcome.code) == (Ending.CRASHED, 0)


def test_half_a_frame_and_then_nothing_blocks_nobody(line: Line) -> None:
    line.tell("raw", 0, data=struct.pack("<I", MAX_FRAME) + b"\x81")
    assert line.heard.empty()
    line.child.close(0.2)
    assert line.end().expected


def babble(count: int, seed: int) -> Counter[Ending]:
    """``count`` children that send mutated frames: each is ended, or what it sent was good. How they ended."""
    dice = random.Random(seed)
    endings: Counter[Ending] = Counter()
    for _ in range(count):
        data = bytearray(encode(Said(text="words " * dice.randint(1, 50), number=dice.randrange(1000))))
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        line = Line()
        line.tell("raw", -1, data=bytes(data))
        endings[line.end().ending] += 1
    assert endings.keys() <= {Ending.BABBLED, Ending.CRASHED}
    return endings


def test_mutated_frames_from_real_children() -> None:
    babble(8, seed=3)


@pytest.mark.soak
def test_many_mutated_frames_from_real_children(soak_log: SoakLog) -> None:
    soak_log(seed=4, endings=babble(1_000, seed=4))


@pytest.mark.parametrize("text", ["drop", "wave " * 20_000], ids=["small", "large"])
def test_a_flood_is_stopped_before_it_fills_the_memory(text: str, line: Line) -> None:
    before = psutil.Process().memory_info().rss
    most = 0
    line.tell("flood", 4 << 30, text)  # nobody takes anything out of the queue
    while line.child.alive:
        most = max(most, psutil.Process().memory_info().rss - before)
        time.sleep(0.02)
    assert most < 900 * 1024 * 1024
    outcome = line.end()
    assert outcome.ending is Ending.BABBLED
    assert "more messages" in outcome.detail


def test_a_handler_that_waits_holds_the_child_back() -> None:
    """The pipe holds what fits; the rest stays with the child until the handler goes on."""
    gate, flooded = threading.Event(), threading.Event()

    def slowly(message: Any) -> None:
        gate.wait(SOON)
        if message == Said(text="flooded"):
            flooded.set()

    line = Line(on_message=slowly)
    line.tell("flood", 1_000_000, "x" * 1000)
    assert not flooded.wait(0.5)
    gate.set()
    assert flooded.wait(SOON)
    line.child.close(SOON)
    assert line.end().expected


def test_a_handler_that_fails_does_not_hide_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: queue.Queue[threading.ExceptHookArgs] = queue.Queue()
    monkeypatch.setattr(threading, "excepthook", reported.put)

    def fail(message: Any) -> None:
        raise RuntimeError("a defect")

    line = Line(on_message=fail)
    line.tell("echo")
    outcome = line.end()
    assert outcome.ending is Ending.CRASHED
    assert "RuntimeError" in outcome.detail
    assert reported.get(timeout=SOON).exc_type is RuntimeError


# ---------------------------------------------------------------- closing


def test_a_child_that_never_reads_does_not_block_us() -> None:
    line = Line(command=DEAF)
    assert line.hear() == Said(text="deaf")
    start = time.monotonic()
    for _ in range(50):
        line.tell("echo", text="x" * 100_000)
    assert time.monotonic() - start < 2
    start = time.monotonic()
    line.child.close(0.3)
    assert time.monotonic() - start < 3
    assert line.end().expected


def test_closing_returns_at_once_and_still_ends_a_stubborn_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.process.child._CLOSE_GRACE", 0.3)
    line = Line()
    assert line.ask("stubborn") == Said(text="stubborn")
    start = time.monotonic()
    line.child.close()
    assert time.monotonic() - start < 0.2
    assert line.end().expected


def test_a_busy_child_leaves_when_the_pipe_is_closed(line: Line) -> None:
    assert line.ask("busy") == Said(text="busy")
    start = time.monotonic()
    line.child.close(SOON)
    assert time.monotonic() - start < 5
    outcome = line.end()
    assert (outcome.ending, outcome.code) == (Ending.CLOSED, 0)


def test_closing_from_a_handler_does_not_wait_for_itself() -> None:
    line = Line(on_message=lambda message: line.child.close(SOON))
    start = time.monotonic()
    line.tell("echo")
    assert line.end().expected
    assert time.monotonic() - start < 5


def test_nothing_is_kept_for_a_child_that_is_gone(line: Line) -> None:
    line.tell("exit", 0)
    line.end()
    for _ in range(10):
        line.tell("echo", text="x" * 1000)
    assert line.child._outbox.qsize() <= 1
    with pytest.raises(FrameError):
        line.tell("echo", text="\ud800")


# ---------------------------------------------------------------- nothing left behind


def cycles(count: int) -> None:
    """Start and stop ``count`` children; afterwards descriptors, threads and processes are what they were."""
    me = psutil.Process()

    def one() -> None:
        line = Line()
        assert line.ask("echo", 7) == Said(number=7)
        line.child.close(SOON)
        assert line.end().expected

    one()
    threads, descriptors = set(threading.enumerate()), me.num_fds() if hasattr(me, "num_fds") else me.num_handles()
    for _ in range(count):
        one()
    for thread in set(threading.enumerate()) - threads:
        thread.join(SOON)
        assert not thread.is_alive()
    assert (me.num_fds() if hasattr(me, "num_fds") else me.num_handles()) <= descriptors + (0 if os.name != "nt" else 5)
    assert me.children() == []


def test_starting_and_stopping_leaves_nothing_behind() -> None:
    cycles(15)


@pytest.mark.soak
def test_two_hundred_cycles_leave_nothing_behind() -> None:
    cycles(200)


_PARENT = """
import queue, sys
from tests.fakes.echo_child import Do, make_child
heard = queue.Queue()
child = make_child(on_message=heard.put, on_end=heard.put)
child.start()
child.send(Do(what=sys.argv[1], text="ready"))
heard.get(timeout=20)
print(child.pid, flush=True)
heard.get()
"""


@pytest.mark.parametrize("what", ["echo", "busy"])
def test_a_child_does_not_outlive_a_parent_that_was_killed(what: str) -> None:
    root = str(Path(__file__).resolve().parents[2])
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, what], stdout=subprocess.PIPE, cwd=root, env={**os.environ, "PYTHONPATH": root}
    )
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.kill()
    parent.wait(SOON)
    assert gone(pid, 2.0)


def test_the_command_of_the_fake_is_like_that_of_a_room() -> None:
    assert COMMAND[:2] == [sys.executable, "-P"]
    assert Child is type(make_child(on_message=print, on_end=print))


@pytest.mark.parametrize("missing", ["echo-reader", "echo-writer", "child-log"])
def test_a_system_without_another_thread_lets_nobody_wait(
    missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == missing:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    line = Line(log=tmp_path / "log.txt")
    if missing == "child-log":  # it goes without
        assert line.ask("echo") == Said()
        line.child.close()
        assert line.end().ending is Ending.CLOSED
    else:
        assert line.end().ending is Ending.FAILED_TO_START

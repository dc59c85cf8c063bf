"""The engine's client with a real child process and a fake model: every way to end, and what is left of the others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from assistant.base.errors import ErrorKind
from assistant.engine import client
from assistant.engine.client import EngineEnded
from assistant.engine.messages import (
    Alive,
    Count,
    Counted,
    CountMany,
    Embed,
    Failed,
    Finished,
    FinishReason,
    Forget,
    Generate,
    Load,
    Loaded,
    Loading,
    LoadState,
    Piece,
    Ping,
    Pong,
    Reading,
    Resize,
    SaveState,
    Score,
)
from assistant.process import Ending, encode
from tests.fakes.engine_harness import chat
from tests.fakes.engine_tap import FAKE, Tap

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = [
    ("SIGKILL", ErrorKind.ENGINE_MEMORY),
    ("SIGSEGV", ErrorKind.ENGINE_CRASHED),
    ("SIGABRT", ErrorKind.ENGINE_CRASHED),
    ("SIGBUS", ErrorKind.ENGINE_CRASHED),
    ("SIGFPE", ErrorKind.ENGINE_CRASHED),
    ("SIGILL", ErrorKind.ENGINE_CPU),
    ("SIGTERM", ErrorKind.ENGINE_CRASHED),
    ("exit:0", ErrorKind.ENGINE_CRASHED),
    ("exit:1", ErrorKind.ENGINE_CRASHED),
]


def fake(**options: object) -> Tap:
    return Tap(command=FAKE, **options)  # type: ignore[arg-type]


# ---------------------------------------------------------------- loading


def test_loading_tells_how_far_it_is_and_what_was_loaded() -> None:
    with fake() as tap:
        facts = tap.load("fake,load=0.2.gguf", context=2048)
        progress = [event.progress for event in tap.events if isinstance(event, Loading)]
        assert progress == sorted(progress)
        assert progress[-1] == 1.0
        assert len(progress) > 5
        assert (facts.name, facts.context) == ("fake", 2048)
        assert tap.client.facts == facts
        assert tap.client.alive
        assert tap.client.pid is not None


@pytest.mark.parametrize(
    "kind",
    [
        ErrorKind.MODEL_NOT_A_MODEL,
        ErrorKind.MODEL_TRUNCATED,
        ErrorKind.MODEL_DAMAGED,
        ErrorKind.MODEL_UNSUPPORTED,
        ErrorKind.MODEL_TOO_LARGE,
        ErrorKind.MODEL_NOT_FOR_TEXT,
    ],
)
def test_a_load_that_fails_says_why_and_the_next_one_works(kind: ErrorKind) -> None:
    with fake() as tap:
        tap.client.load(Load(id="bad", path=f"fake,fail={kind.value}.gguf"))
        failed = tap.end("bad")
        assert isinstance(failed, Failed)
        assert failed.kind is kind
        assert failed.values["name"] == "fake"
        tap.load("fake.gguf")
        assert isinstance(tap.end(tap.start("a")), Finished)


def test_a_missing_library_is_told_apart() -> None:
    with fake() as tap:
        tap.client.load(Load(id="bad", path="fake,fail=engine_missing.gguf"))
        failed = tap.end("bad")
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.ENGINE_MISSING
        ended = tap.wait(lambda event: isinstance(event, EngineEnded))
        assert ended.outcome.code == 70


def test_a_load_in_one_long_call_gives_signs_of_life_while_it_works() -> None:
    with fake() as tap:
        tap.client.load(Load(id="l", path="fake,load=30,busy.gguf"))
        tap.wait(lambda _: len([event for event in tap.events if isinstance(event, Loading)]) >= 2)
        tap.client.cancel("l")
        tap.end("l")


def test_a_load_that_stands_still_is_ended_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LOAD_SECONDS", 3.0)
    with fake(hang_seconds=0.1) as tap:
        tap.client.load(Load(id="l", path="fake,load=30,deaf.gguf"))
        failed = tap.end("l")
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.ENGINE_HUNG
        assert float(failed.values["seconds"]) >= 3.0


@pytest.mark.parametrize("how", ["load=30", "load=30,deaf"])
def test_cancelling_a_load_takes_less_than_a_tenth_of_a_second(how: str) -> None:
    with fake() as tap:
        tap.client.load(Load(id="l", path=f"fake,{how}.gguf"))
        tap.wait(lambda event: isinstance(event, Loading))
        began = time.perf_counter()
        tap.client.cancel("l")
        failed = tap.end("l")
        assert time.perf_counter() - began < 0.1
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.CANCELLED
        assert tap.ends_of("l")[-1] == failed
        assert tap.client.pending == frozenset()


def test_after_a_cancelled_load_another_one_works() -> None:
    with fake() as tap:
        for number, how in enumerate(["load=30", "load=30,deaf", "load=30"]):
            tap.client.load(Load(id=f"l{number}", path=f"fake,{how}.gguf"))
            tap.wait(lambda event, number=number: isinstance(event, Loading) and event.id == f"l{number}")
            tap.client.cancel(f"l{number}")
            tap.end(f"l{number}")
            if "deaf" in how:
                tap.wait(lambda event: isinstance(event, EngineEnded))
        tap.load("fake.gguf")
        assert isinstance(tap.end(tap.start("a")), Finished)
        tap.events[:] = [event for event in tap.events if not isinstance(event, EngineEnded)]


@pytest.mark.parametrize(("how", "kind"), SIGNALS)
def test_a_death_while_loading(how: str, kind: ErrorKind) -> None:
    with fake() as tap:
        tap.client.load(Load(id="l", path=f"fake,loadcrash={how}.gguf"))
        failed = tap.end("l")
        assert isinstance(failed, Failed)
        assert failed.kind is kind
        assert failed.values.get("code", "exit:0") == how.replace("exit:1", "1")


def test_a_second_load_is_refused_and_the_first_model_stays() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        tap.client.load(Load(id="two", path="fake.gguf"))
        assert tap.end("two").kind is ErrorKind.ALREADY_RUNNING
        assert isinstance(tap.end(tap.start("a")), Finished)


def test_requests_without_a_model_fail() -> None:
    with fake() as tap:
        early = tap.start("a")
        failed = tap.end(early)
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.NO_MODEL
        assert tap.client.pid is None
        tap.client.load(Load(id="bad", path="fake,fail=model_damaged.gguf"))
        tap.end("bad")
        late = tap.end(tap.start("a"))
        assert isinstance(late, Failed)
        assert late.kind is ErrorKind.NO_MODEL


def test_requests_sent_while_loading_are_answered_afterwards() -> None:
    with fake() as tap:
        tap.client.load(Load(id="l", path="fake,load=0.2.gguf"))
        identifier = tap.start("early")
        assert isinstance(tap.end(identifier), Finished)
        assert tap.text(identifier) == "You said: early"


# ---------------------------------------------------------------- answers


def test_an_answer_arrives_in_pieces_and_whole() -> None:
    with fake() as tap:
        tap.load("fake,slow=2.gguf")
        identifier = tap.start("Hello 灯下 😀")
        assert isinstance(tap.end(identifier), Finished)
        assert tap.text(identifier) == "You said: Hello 灯下 😀"
        kinds = [type(event).__name__ for event in tap.of(identifier)]
        assert kinds[0] == "Reading"
        assert kinds.count("Finished") == 1
        assert kinds[-1] == "Finished"
        assert 2 < kinds.count("Tokens") < 30


def test_signs_of_life_while_something_runs() -> None:
    with fake() as tap:
        tap.load("fake,slow=5.gguf")
        identifier = tap.start("{{endless}}")
        alive = tap.wait(lambda event: isinstance(event, Alive) and event.speed > 0)
        assert alive.running == 1
        tap.client.cancel(identifier)
        tap.end(identifier)


def test_pinging_before_and_after_loading() -> None:
    with fake() as tap:
        tap.client.load(Load(id="bad", path="fake,fail=model_damaged.gguf"))
        tap.end("bad")
        tap.client.send(Ping(id="p1"))
        assert tap.wait(lambda event: isinstance(event, Pong) and event.id == "p1").memory > 1_000_000
        tap.load("fake.gguf")
        tap.client.send(Ping(id="p2"))
        assert tap.wait(lambda event: isinstance(event, Pong) and event.id == "p2").memory > 1_000_000


# ---------------------------------------------------------------- deaths


@pytest.mark.parametrize(("how", "kind"), SIGNALS)
@pytest.mark.parametrize("at", [0, 40])
def test_a_death_fails_all_that_was_pending_and_keeps_what_was_said(how: str, kind: ErrorKind, at: int) -> None:
    with fake() as tap:
        tap.load("fake,slow=1.gguf")
        other = tap.start("{{endless}}")
        tap.wrote(other, 5)
        waiting = tap.start("{{words=20,crash=" + f"{how}@{at}" + "}}", key="k")
        for identifier in (waiting, other):
            failed = tap.end(identifier)
            assert isinstance(failed, Failed)
            assert failed.kind is kind
            assert tap.ends_of(identifier) == [failed]
        ended = tap.wait(lambda event: isinstance(event, EngineEnded))
        assert tap.events[-1] is ended
        assert not ended.outcome.expected
        assert len(tap.text(other)) >= 5
        if at:
            # What was said more than a moment ago has arrived.
            assert "word1 word2 word3 word4 word5 word6 word7".startswith(tap.text(waiting)[:20])
            assert len(tap.text(waiting)) > 10
        assert tap.client.pending == frozenset()
        assert not tap.client.alive
        assert tap.client.facts is None


@pytest.mark.parametrize("how", ["crash=SIGSEGV@20", "hang=20"])
def test_a_death_in_a_job_fails_all_its_parts_and_the_chat_beside_it(how: str) -> None:
    with fake(hang_seconds=2.0) as tap:
        tap.load("fake,slow=1.gguf")
        chat_id = tap.start("{{endless}}")
        tap.wrote(chat_id, 5)
        ids = [tap.start("{{words=40}}", priority="bulk", max_tokens=300) for _ in range(6)]
        ids.append(tap.start("{{words=40," + how + "}}", priority="bulk", max_tokens=300))
        kind = ErrorKind.ENGINE_CRASHED if how.startswith("crash") else ErrorKind.ENGINE_HUNG
        for identifier in (*ids, chat_id):
            failed = tap.end(identifier)
            assert isinstance(failed, Failed)
            assert failed.kind is kind
        assert any(isinstance(event, Alive) and event.extra for event in tap.events)  # they ran in streams
        tap.load("fake.gguf")
        assert isinstance(tap.end(tap.start("a")), Finished)


@pytest.mark.parametrize(("how", "kind"), SIGNALS[:4])
@pytest.mark.parametrize("doing", ["embed", "save"])
def test_a_death_while_making_vectors_or_saving_a_state(doing: str, how: str, kind: ErrorKind, tmp_path: Path) -> None:
    with fake() as tap:
        tap.load(f"fake,{doing}crash={how}.gguf", embeddings=doing == "embed")
        said = tap.start("hello", key="k")
        assert isinstance(tap.end(said), Finished)
        request: Embed | SaveState = SaveState(id="r", key="k", path=str(tmp_path / "state"))
        if doing == "embed":
            request = Embed(id="r", texts=("one", "two"))
        tap.client.send(request)
        beside = tap.start("{{endless}}")
        for identifier in ("r", beside):
            failed = tap.end(identifier)
            assert isinstance(failed, Failed)
            assert failed.kind is kind
        assert not list(tmp_path.iterdir())
        tap.load("fake.gguf")
        assert isinstance(tap.end(tap.start("a")), Finished)


def test_a_death_is_noticed_at_once() -> None:
    with fake() as tap:
        tap.load("fake,slow=1.gguf")
        identifier = tap.start("{{endless}}")
        tap.wrote(identifier)
        pid = tap.client.pid
        assert pid is not None
        began = time.perf_counter()
        os.kill(pid, signal.SIGKILL)
        tap.end(identifier)
        assert time.perf_counter() - began < 1.0


def test_the_log_explains_a_death(tmp_path: Path) -> None:
    with fake(log=tmp_path / "engine.log") as tap:
        tap.load("fake.gguf")
        failed = tap.end(tap.start("{{crash=SIGABRT}}"))
        assert isinstance(failed, Failed)
        assert "GGML_ASSERT" in failed.detail


def test_after_a_death_the_next_load_starts_a_new_child() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        first = tap.client.pid
        tap.end(tap.start("{{crash=SIGSEGV}}"))
        tap.wait(lambda event: isinstance(event, EngineEnded))
        tap.events.clear()
        tap.load("fake.gguf")
        assert tap.client.pid != first
        identifier = tap.start("again")
        assert isinstance(tap.end(identifier), Finished)
        assert tap.text(identifier) == "You said: again"


def test_a_child_that_hangs_is_ended() -> None:
    with fake(hang_seconds=0.5) as tap:
        tap.load("fake.gguf")
        identifier = tap.start("{{hang=3}}")
        failed = tap.end(identifier)
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.ENGINE_HUNG
        ended = tap.wait(lambda event: isinstance(event, EngineEnded))
        assert ended.outcome.ending is Ending.HUNG


@pytest.mark.skipif(os.name == "nt", reason="stopping a process is a matter of POSIX")
def test_a_child_that_is_stopped_is_ended() -> None:
    with fake(hang_seconds=0.5) as tap:
        tap.load("fake.gguf")
        pid = tap.client.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        failed = tap.end(tap.start("a"))
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.ENGINE_HUNG


_PROGRAM = """
from tests.fakes.engine_tap import FAKE, Tap
with Tap(command=FAKE, hang_seconds=2.0) as tap:
    tap.load("fake,slow=20.gguf")
    running = tap.start("{{endless}}", max_tokens=100)
    tap.wrote(running, 5)
    print(tap.client.pid, flush=True)
    print(tap.end(running))
"""


@pytest.mark.skipif(os.name == "nt", reason="stopping a process is a matter of POSIX")
def test_an_answer_goes_on_where_the_program_and_its_child_were_stopped_for_a_while() -> None:
    command = [sys.executable, "-c", _PROGRAM]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        child = int(program.stdout.readline())
        for pid in (child, program.pid):
            os.kill(pid, signal.SIGSTOP)
        time.sleep(4.0)  # as a laptop that sleeps: longer than a child may be silent
        os.kill(program.pid, signal.SIGCONT)
        time.sleep(0.3)
        os.kill(child, signal.SIGCONT)
        assert program.stdout.read().startswith("Finished(")


def test_a_child_that_is_slow_is_not_ended() -> None:
    with fake(hang_seconds=1.5) as tap:
        tap.load("fake,slow=2500.gguf")
        identifier = tap.start("x", max_tokens=1)
        assert isinstance(tap.end(identifier), Finished)


def test_an_idle_child_is_left_alone() -> None:
    with fake(hang_seconds=0.2) as tap:
        tap.load("fake.gguf")
        tap.end(tap.start("a"))
        assert not tap.client.pending
        with pytest.raises(AssertionError):
            tap.wait(lambda event: isinstance(event, EngineEnded), seconds=0.8)
        assert isinstance(tap.end(tap.start("b")), Finished)


def test_a_child_that_babbles_is_ended() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        identifier = tap.start("{{babble=5}}")
        failed = tap.end(identifier)
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.ENGINE_CRASHED
        ended = tap.wait(lambda event: isinstance(event, EngineEnded))
        assert ended.outcome.ending is Ending.BABBLED


def test_a_program_that_is_no_engine_is_ended(tmp_path: Path) -> None:
    script = tmp_path / "nothing.py"
    script.write_text("print('hello')")
    with Tap(command=[sys.executable, str(script)]) as tap:
        tap.client.load(Load(id="l", path="x"))
        assert isinstance(tap.end("l"), Failed)
    with Tap(command=[str(tmp_path / "not-there")]) as tap:
        tap.client.load(Load(id="l", path="x"))
        failed = tap.end("l")
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.ENGINE_MISSING


# ---------------------------------------------------------------- closing


@pytest.mark.parametrize("phase", ["loading", "deaf", "idle", "reading", "writing", "hanging"])
def test_closing_in_every_phase(phase: str) -> None:
    with fake() as tap:
        pending = ""
        if phase in ("loading", "deaf"):
            tap.client.load(Load(id="l", path=f"fake,load=60{',deaf' if phase == 'deaf' else ''}.gguf"))
            tap.wait(lambda event: isinstance(event, Loading))
            pending = "l"
        else:
            tap.load("fake.gguf")
        if phase == "reading":
            pending = tap.start("{{slow=5000}}" + "x" * 3000)
            tap.wait(lambda event: isinstance(event, Reading))
        elif phase == "writing":
            pending = tap.start("{{endless,slow=1}}")
            tap.wrote(pending)
        elif phase == "hanging":
            pending = tap.start("{{hang=1}}")
            tap.wrote(pending)
        pid = tap.client.pid
        assert pid is not None
        process = psutil.Process(pid)
        began = time.perf_counter()
        tap.client.close()
        if pending:
            failed = tap.end(pending)
            assert isinstance(failed, Failed)
            assert failed.kind is ErrorKind.CANCELLED
        ended = tap.wait(lambda event: isinstance(event, EngineEnded))
        assert time.perf_counter() - began < 2.5
        assert ended.outcome.expected
        assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
        tap.client.close()
        if pending:
            assert len(tap.ends_of(pending)) == 1


@pytest.mark.skipif(os.name == "nt", reason="stopping a process is a matter of POSIX")
def test_a_child_that_cannot_leave_is_ended() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        pid = tap.client.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        tap.client.close()
        ended = tap.wait(lambda event: isinstance(event, EngineEnded), seconds=10)
        assert ended.outcome.expected
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_loading_right_after_closing() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        first = tap.client.pid
        tap.client.close()
        tap.load("fake.gguf")
        assert tap.client.pid != first
        identifier = tap.start("again")
        assert isinstance(tap.end(identifier), Finished)


def test_no_zombies_stay_behind() -> None:
    for _ in range(3):
        with fake() as tap:
            tap.load("fake.gguf")
            tap.end(tap.start("{{crash=SIGKILL}}"))
            tap.wait(lambda event: isinstance(event, EngineEnded))
    me = psutil.Process()
    assert [child for child in me.children() if child.status() == psutil.STATUS_ZOMBIE] == []


def test_the_child_leaves_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        f"""
import sys, threading
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
from tests.fakes.engine_tap import FAKE, Tap
tap = Tap(command=FAKE)
tap.load("fake,slow=1.gguf")
identifier = tap.start("{{{{endless}}}}")
tap.wrote(identifier)
print(tap.client.pid, flush=True)
threading.Event().wait()
"""
    )
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    gone, _ = psutil.wait_procs([child], timeout=3)
    assert gone or child.status() == psutil.STATUS_ZOMBIE


# ---------------------------------------------------------------- cancelling


@pytest.mark.parametrize("phase", ["waiting", "reading", "writing"])
def test_cancelling_in_each_phase_leaves_the_others_unharmed(phase: str) -> None:
    with fake() as tap:
        tap.load("fake,slow=2.gguf", sequences=2)
        others = [tap.start("{{words=12}}", priority="bulk", max_tokens=300) for _ in range(2)]
        tap.wrote(others[0])
        if phase == "waiting":
            victim = tap.start("{{words=9}}", priority="bulk", max_tokens=300)
        elif phase == "reading":
            victim = tap.start("{{slow=3000}}" + "x" * 1500, priority="interactive")
            tap.wait(lambda event: isinstance(event, Reading) and event.id == victim)
        else:
            victim = tap.start("{{endless}}", priority="interactive")
            tap.wrote(victim)
        tap.client.cancel(victim)
        finished = tap.end(victim)
        assert isinstance(finished, Finished)
        assert finished.reason is FinishReason.CANCELLED
        for identifier in others:
            end = tap.end(identifier)
            assert isinstance(end, Finished)
            assert tap.text(identifier) == " ".join(f"word{n + 1}" for n in range(12))


def test_stop_while_reading_alone_is_immediate() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        victim = tap.start("{{slow=100000}}" + "x" * 4000)
        tap.wait(lambda event: isinstance(event, Reading) and event.id == victim)
        began = time.perf_counter()
        tap.client.cancel(victim)
        tap.end(victim)
        assert time.perf_counter() - began < 0.2


def test_each_request_ends_exactly_once_whatever_happens() -> None:
    with fake() as tap:
        tap.load("fake,slow=1.gguf")
        identifiers = [tap.start("{{words=8}}", max_tokens=100) for _ in range(20)]
        for identifier in identifiers[::2]:
            tap.client.cancel(identifier)
            tap.client.cancel(identifier)
        for identifier in identifiers:
            tap.end(identifier)
        tap.client.send(Ping(id="p"))
        tap.wait(lambda event: isinstance(event, Pong))
        for identifier in identifiers:
            assert len(tap.ends_of(identifier)) == 1
            tap.client.cancel(identifier)


# ---------------------------------------------------------------- odd requests


def test_odd_requests_fail_and_the_child_lives(tmp_path: Path) -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        pid = tap.client.pid
        odd = [
            Generate(id="", prompt=()),
            Generate(id="o1", prompt=(Piece(text="a", ids=(10**9,)),)),
            Generate(id="o2", prompt=(Piece(text="a"),), max_tokens=-5, alternatives=-1, stop=("",)),
            Generate(id="o3", prompt=(Piece(text="a"),), banned=(-1, 10**9), allowed=(10**9,), max_tokens=3),
            Generate(id="o4", prompt=(Piece(text="a" * 100_000),)),
            Count(id="o5", prompt=()),
            CountMany(id="o5many", texts=("", "a" * 3_000_000)),
            Score(id="o6", prompt=(), text="x"),
            Embed(id="o7", texts=()),
            Embed(id="o8", texts=("a",)),
            SaveState(id="o9", key="", path=""),
            LoadState(id="o10", key="", path=str(tmp_path)),
            Resize(id="o11", context=-1),
            Resize(id="o12", context=10**9),
            Forget(key=""),
        ]
        for request in odd:
            tap.client.send(request)
        for request in odd[1:-1]:
            tap.wait(lambda event, request=request: getattr(event, "id", "") == request.id)
        identifier = tap.start("still there", max_tokens=5)
        assert isinstance(tap.end(identifier), Finished)
        assert tap.client.pid == pid


def test_messages_of_no_known_shape_are_left_out() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        child = tap.client._child
        assert child is not None
        for data in (b"", b"\x93\x01\x02\x03", b"nonsense", b"\x81\xa4type\xa7Unknown"):
            child._outbox.put(len(data).to_bytes(4, "little") + data)
        child._outbox.put(encode(Count(id="known", prompt=tuple(chat("a")))))
        assert isinstance(tap.end(tap.start("a")), Finished)
        assert not any(isinstance(event, Counted) for event in tap.events)  # not pending here, so it was dropped


def test_a_broken_frame_ends_the_child() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        child = tap.client._child
        assert child is not None
        child._outbox.put(b"\xff\xff\xff\xff")
        ended = tap.wait(lambda event: isinstance(event, EngineEnded))
        assert not ended.outcome.expected


def test_loaded_is_the_answer_to_its_load_only() -> None:
    with fake() as tap:
        tap.load("fake.gguf")
        tap.end(tap.start("a"))
        assert len([event for event in tap.events if isinstance(event, Loaded)]) == 1

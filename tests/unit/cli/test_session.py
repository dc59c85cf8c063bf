"""Driving the core from one thread: Ctrl+C, progress, and which model is meant."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import default_paths
from assistant.cli import session as module
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.core.answers import Answer, Stage
from assistant.core.load_plan import LoadPlan
from assistant.core.notices import Notices
from assistant.engine.messages import FinishReason
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions
from tests.fakes.screen import Screen

GOOD = InstalledModel("good", "Good", Path("good.gguf"), 1, has_template=True)
BAD = InstalledModel("bad", "Bad", Path("bad.gguf"), 1, missing=True, problem=ErrorKind.MODEL_MISSING)


class FakeCore:
    """A core whose every pump does the next thing on a list."""

    def __init__(self, *steps: Callable[[Answer], None], chosen: InstalledModel | None = GOOD) -> None:
        self._steps = list(steps)
        self._wake: Callable[[], None] = lambda: None
        self.listen: Callable[[Any], None] = lambda listener: setattr(self, "tell", listener)
        self.tell: Callable[[Any], None] = lambda event: None
        self.answer = Answer(1, (), AnswerOptions(), LoadPlan("good", Path("good.gguf"), "Good"), "k")
        self.stopped = 0
        self.closed = False
        self.answer_options = lambda model: AnswerOptions(temperature=0.5, top_k=7, thinking=False)
        self.models = SimpleNamespace(find=self._find, installed=lambda: [BAD], chosen=lambda: chosen)
        self.answers = SimpleNamespace(stop=self._stop)
        self.engines = SimpleNamespace(get=lambda key: SimpleNamespace(progress=0.4))

    def __call__(self, _paths: object, *, wake: Callable[[], None], keep: bool) -> FakeCore:
        assert not keep
        self._wake = wake
        return self

    def start(self) -> None:
        self._wake()

    def close(self) -> None:
        self.closed = True

    def ask(self, *_: Any, **__: Any) -> Answer:
        self._wake()
        return self.answer

    def pump(self, _budget: float) -> bool:
        if self._steps:
            self._steps.pop(0)(self.answer)
            self._wake()
        return False

    def _find(self, name: str) -> InstalledModel:
        return BAD if name == "bad" else GOOD

    def _stop(self, answer: Answer) -> None:
        self.stopped += 1
        answer.stage, answer.finish = Stage.ENDED, FinishReason.CANCELLED


def opened(core: FakeCore, err: io.StringIO | None = None) -> Session:
    terminal = Terminal(out=io.StringIO(), err=err or io.StringIO(), stdin=io.StringIO())
    return Session(default_paths(), terminal, core)  # type: ignore[arg-type]


def says(text: str) -> Callable[[Answer], None]:
    def step(answer: Answer) -> None:
        answer.stage = Stage.WRITING
        answer.chunks.append(text)
        answer.length += len(text)
        answer.count += 1

    return step


def told(notices: Notices, *, stands: bool) -> Callable[[Answer], None]:
    return lambda _: notices.load_takes_long("good", "Good", stands=stands)


def ends(answer: Answer) -> None:
    answer.stage, answer.finish = Stage.ENDED, FinishReason.END


def interrupted(_answer: Answer) -> None:
    signal.raise_signal(signal.SIGINT)


def test_a_load_that_takes_long_is_told_once_and_not_among_the_text() -> None:
    out, err = io.StringIO(), io.StringIO()
    core = FakeCore()
    notices = Notices(lambda event: core.tell(event))  # noqa: PLW0108 - known once somebody listens
    slow, still = told(notices, stands=False), told(notices, stands=True)
    core._steps = [slow, still, slow, lambda _: notices.model_trouble("x", AssistantError(ErrorKind.NO_MODEL)), ends]
    with Session(default_paths(), Terminal(out=out, err=err, stdin=io.StringIO()), core) as session:  # type: ignore[arg-type]
        session.ask(GOOD, [], AnswerOptions())
    assert out.getvalue() == ""
    lines = err.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == ["Good loads slowly", "Loading Good stands still"]


def test_an_answer_is_told_as_it_grows() -> None:
    seen: list[str] = []
    core = FakeCore(says("Hel"), says("lo"), ends)
    with opened(core) as session:
        answer = session.ask(GOOD, [], AnswerOptions(), grew=lambda a: seen.append(a.text))
    assert answer.text == "Hello"
    assert seen[:2] == ["Hel", "Hello"]
    assert (core.stopped, core.closed) == (0, True)


def test_the_first_interrupt_stops_the_answer_and_the_old_handler_is_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    core = FakeCore(says("Hel"), interrupted)
    with opened(core) as session:
        answer = session.ask(GOOD, [], AnswerOptions())
        assert session.interrupted
    assert (answer.finish, answer.text, core.stopped) == (FinishReason.CANCELLED, "Hel", 1)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_interrupt_does_not_wait_for_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    class LeftError(Exception):
        pass

    def leave(code: int) -> None:
        raise LeftError(code)

    monkeypatch.setattr(module.os, "_exit", leave)
    core = FakeCore(says("Hel"), interrupted, interrupted)
    core.answers = SimpleNamespace(stop=lambda answer: None)  # an engine that does not listen
    with opened(core) as session, pytest.raises(LeftError, match="130"):
        session.ask(GOOD, [], AnswerOptions())


def test_a_reader_that_leaves_stops_the_answer() -> None:
    def gone(_answer: Answer) -> None:
        raise BrokenPipeError

    core = FakeCore(says("Hel"), says("lo"))
    with opened(core) as session, pytest.raises(BrokenPipeError):
        session.ask(GOOD, [], AnswerOptions(), grew=gone)
    assert core.stopped == 1


def test_waiting_for_a_copy_can_be_cancelled_once() -> None:
    done: list[bool] = []
    cancelled: list[bool] = []

    def finish(_answer: Answer) -> None:
        done.append(True)

    core = FakeCore(interrupted, lambda _: None, lambda _: None, finish)
    with opened(core) as session:
        session.wait_for(lambda: bool(done), lambda: cancelled.append(True))
    assert cancelled == [True]


def test_an_interrupt_before_the_wait_counts_too() -> None:
    before = signal.getsignal(signal.SIGINT)
    cancelled: list[bool] = []
    with opened(FakeCore()) as session:
        with session.interruptible():
            signal.raise_signal(signal.SIGINT)  # while something is started, say
            session.wait_for(lambda: bool(cancelled), lambda: cancelled.append(True))
        assert signal.getsignal(signal.SIGINT) is before
        with session.interruptible():
            assert not session.interrupted
    assert cancelled == [True]


def test_progress_is_shown_only_when_it_takes_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    quick, slow = Screen(), Screen()
    with opened(FakeCore(ends), quick) as session:
        session.ask(GOOD, [], AnswerOptions())
    monkeypatch.setattr(module, "_SILENT", -1.0)

    def reading(answer: Answer) -> None:
        answer.stage, answer.read = Stage.READING, 0.25

    with opened(FakeCore(lambda _: None, reading, ends), slow) as session:
        session.ask(GOOD, [], AnswerOptions())
    assert quick.getvalue() == ""
    assert "Good: loading 40 %" in slow.getvalue()
    assert "Good: reading 25 %" in slow.getvalue()
    assert slow.getvalue().endswith(" \r")


def test_which_model_is_meant() -> None:
    with opened(FakeCore()) as session:
        assert session.model(None) is GOOD
        assert session.model("good") is GOOD
        with pytest.raises(AssistantError) as caught:
            session.model("bad")
        assert caught.value.kind is ErrorKind.MODEL_MISSING
    with opened(FakeCore(chosen=None)) as session:
        with pytest.raises(AssistantError) as caught:
            session.model(None)
        assert caught.value.kind is ErrorKind.MODEL_MISSING  # the only one there is, and why it cannot be used


def test_no_model_at_all_is_said() -> None:
    core = FakeCore(chosen=None)
    core.models.installed = list
    with opened(core) as session, pytest.raises(AssistantError) as caught:
        session.model(None)
    assert caught.value.kind is ErrorKind.NO_MODEL


def test_options_are_the_models_own_and_what_differs() -> None:
    with opened(FakeCore()) as session:
        assert session.options(GOOD) == AnswerOptions(temperature=0.5, top_k=7, thinking=False)
        assert session.options(GOOD, temperature=0.0, seed=None, raw=True) == AnswerOptions(
            temperature=0.0, top_k=7, thinking=False, raw=True
        )

"""The self-test: its steps, its end, and that it makes way for everybody who waits for an answer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Stage
from assistant.core.engines import Engine
from assistant.core.idle_measuring import IDLE_SECONDS, IdleMeasuring
from assistant.core.load_plan import LoadPlan
from assistant.core.measures import Circumstances, Measures, Speed
from assistant.core.selftest import SelfTest, probe_text
from assistant.engine.messages import Counts, FinishReason, Seconds
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions, ChatTurn

MODEL = InstalledModel("m", "Model", Path("m.gguf"), 1000, parameters=5)


class Bench:
    """A machine that reads 1,000 tokens in a second, 1 ms slower for each thousand before, and writes 100."""

    def __init__(self, folder: Path, *, context: int = 8192, sequences: int = 1, company: float = 0.5) -> None:
        self.context, self.sequences, self.company = context, sequences, company
        self.running: list[Answer] = []
        self.asked: list[tuple[int, int]] = []
        self.bulk: list[str] = []  # keys of answers side by side
        self.stopped: list[Answer] = []
        self.shares: list[float] = []
        self.got: list[Speed | AssistantError] = []
        self.told: list[bool] = []
        self.numbers = 0
        self.measures = Measures(
            folder / "measures.json",
            find=lambda key: MODEL if key == "m" else None,
            circumstances=lambda _: Circumstances(),
            ask=self._ask,
            stop=self._stop,
            running=lambda: list(self.running),
            tested=lambda: self.told.append(self.measures.tested("m")),
        )

    @property
    def testing(self) -> bool:
        """Whether one of a self-test's answers is being written."""
        return any(SelfTest.owns(answer) for answer in self.running)

    def start(self) -> Any:
        return self.measures.selftest("m", self.got.append, self.shares.append)

    def answer(self, key: str = "chat-1", read: int = 100, write: int = 10) -> Answer:
        self.numbers += 1
        plan = LoadPlan("m", Path("m.gguf"), "Model", self.context)
        answer = Answer(self.numbers, (), AnswerOptions(), plan, key)
        answer.tokens = Counts(prompt=read, generated=write)
        answer.seconds = Seconds(reading=read / 1000, writing=(write - 1) / 100, total=read / 1000 + write / 100)
        self.running.append(answer)
        return answer

    def end(
        self, answer: Answer, finish: FinishReason = FinishReason.LIMIT, error: AssistantError | None = None
    ) -> None:
        self.running.remove(answer)
        answer.stage, answer.finish, answer.error = Stage.ENDED, None if error else finish, error
        answer.engine = None
        self.measures.answer_changed(answer)

    def run(self) -> None:
        while self.running:
            self.end(self.running[0])

    def _ask(
        self, model: InstalledModel, turns: list[ChatTurn], options: AnswerOptions, key: str, *, bulk: bool
    ) -> Answer:
        assert options.raw
        assert options.ignore_end
        read = len(turns[0].text.split())
        self.asked.append((read, options.max_tokens))
        answer = self.answer(key, read, options.max_tokens)
        answer.engine = SimpleNamespace(facts=SimpleNamespace(sequences=self.sequences))  # type: ignore[assignment]
        if bulk:
            self.bulk.append(key)
            writing = (options.max_tokens - 1) / 100 * (1 + (self.sequences - 1) * self.company)
            answer.seconds = Seconds(total=self.sequences * read / 1000 + writing)
        self.measures.answer_changed(answer)
        return answer

    def _stop(self, answer: Answer) -> None:
        self.stopped.append(answer)
        self.end(answer, FinishReason.CANCELLED)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_it_measures_two_lengths_and_two_depths_and_is_remembered(bench: Bench, tmp_path: Path) -> None:
    bench.start()
    assert bench.testing
    bench.run()
    (speed,) = bench.got
    assert isinstance(speed, Speed)
    assert speed.reading_short == pytest.approx(1000, rel=0.01)
    assert speed.writing_near == pytest.approx(100, rel=0.01)
    assert len({read for read, _ in bench.asked}) >= 4
    assert bench.shares == sorted(bench.shares)
    assert bench.shares[-1] == 1.0
    assert not bench.testing
    assert bench.told == [True]
    again = Bench(tmp_path).measures
    assert again.tested("m")
    estimate = again.estimate("m", 1000, 101)
    assert estimate is not None
    assert estimate.seconds == pytest.approx(2.03, rel=0.02)


def test_a_small_context_bounds_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, context=512)
    bench.start()
    bench.run()
    assert max(read for read, _ in bench.asked) < 512
    assert isinstance(bench.got[0], Speed)


@pytest.mark.parametrize("company", [0.1, 0.5, 0.95])
def test_it_measures_what_answers_side_by_side_cost_so_that_the_first_job_is_told_its_time(
    tmp_path: Path, company: float
) -> None:
    bench = Bench(tmp_path, sequences=6, company=company)
    bench.start()
    bench.run()
    assert len(set(bench.bulk)) == 6
    assert bench.shares[-1] == 1.0
    pace = Bench(tmp_path).measures.pace("m")
    assert pace is not None
    assert pace.company == pytest.approx(company, abs=0.08)
    assert pace.beside == pace.company


def test_answers_side_by_side_have_to_fit(tmp_path: Path) -> None:
    bench = Bench(tmp_path, context=256, sequences=8)
    bench.start()
    bench.run()
    assert 1 < len(bench.bulk) < 5
    tiny = Bench(tmp_path, context=64, sequences=8)
    tiny.start()
    tiny.run()
    assert not tiny.bulk
    assert tiny.shares[-1] == 1.0


def test_all_answers_side_by_side_end_with_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, sequences=4)
    cancel = bench.start()
    while not bench.bulk:
        bench.end(bench.running[0])
    bench.end(bench.running[0])
    cancel()
    assert len(bench.stopped) == 3
    assert not bench.running
    assert not bench.measures.tested("m")


def test_it_never_runs_beside_an_answer(bench: Bench) -> None:
    answer = bench.answer()
    bench.start()
    (error,) = bench.got
    assert isinstance(error, AssistantError)
    assert error.kind is ErrorKind.MODEL_BUSY
    assert bench.asked == []
    bench.end(answer)


def test_an_answer_that_begins_ends_it(bench: Bench) -> None:
    bench.start()
    answer = bench.answer()
    answer.stage = Stage.PREPARING
    bench.measures.answer_changed(answer)
    (error,) = bench.got
    assert isinstance(error, AssistantError)
    assert error.kind is ErrorKind.CANCELLED
    assert len(bench.stopped) == 1
    assert bench.running == [answer]
    assert not bench.measures.tested("m")


def test_the_user_can_stop_it_and_start_it_again(bench: Bench) -> None:
    cancel = bench.start()
    cancel()
    cancel()
    assert [error.kind for error in bench.got if isinstance(error, AssistantError)] == [ErrorKind.CANCELLED]
    bench.start()
    bench.run()
    assert isinstance(bench.got[-1], Speed)


def test_a_model_that_fails_ends_it_with_the_reason(bench: Bench) -> None:
    bench.start()
    bench.end(bench.running[0], error=AssistantError(ErrorKind.ENGINE_CRASHED))
    assert [error.kind for error in bench.got if isinstance(error, AssistantError)] == [ErrorKind.ENGINE_CRASHED]
    assert not bench.testing


def test_a_model_that_is_not_there_is_said(bench: Bench) -> None:
    bench.measures.selftest("other", bench.got.append)
    assert [error.kind for error in bench.got if isinstance(error, AssistantError)] == [ErrorKind.NO_SUCH_MODEL]


def test_ordinary_answers_teach_too(bench: Bench) -> None:
    assert bench.measures.estimate("m", 500, 50) is None
    bench.end(bench.answer(read=300, write=40))
    estimate = bench.measures.estimate("m", 500, 51)
    assert estimate is not None
    assert estimate.measured
    assert estimate.seconds == pytest.approx(1.0, abs=0.1)


def test_what_a_job_has_taught_is_there_also_after_the_program_was_killed(bench: Bench, tmp_path: Path) -> None:
    bench.end(bench.answer(read=900, write=40))
    assert Bench(tmp_path).measures.pace("m") is None
    bench.measures.learn_job("m", final=0.5)
    assert Bench(tmp_path).measures.pace("m") is not None


def test_answers_side_by_side_teach_nothing(bench: Bench) -> None:
    one, two = bench.answer(), bench.answer()
    bench.measures.answer_changed(one)
    bench.end(one)
    bench.end(two)
    assert bench.measures.estimate("m", 500, 50) is None


def test_every_probe_begins_differently() -> None:
    beginnings = {probe_text(20, number)[:12] for number in range(6)}
    assert len(beginnings) == 6


def test_an_answer_of_one_token_has_no_speed(bench: Bench) -> None:
    answer = bench.answer(write=1)
    answer.seconds = Seconds(writing=0.00001, total=1.0)
    assert answer.speed == 0.0
    answer.tokens = Counts(prompt=1, generated=2)
    assert answer.speed > 0


# ---------------------------------------------------------------- unasked


class Idle:
    """A loaded model that was used so many seconds ago, and the test that starts by itself."""

    def __init__(self, bench: Bench) -> None:
        plan = LoadPlan("m", Path("m.gguf"), "Model", 8192)
        self.engine: Engine | None = Engine(plan, FakeClient(), loading=False)  # type: ignore[arg-type]
        self.wanted, self.on_battery = True, False
        self.test = IdleMeasuring(
            bench.measures, lambda: self.engine, wanted=lambda: self.wanted, on_battery=lambda: self.on_battery
        )

    def wait(self, seconds: float) -> None:
        assert self.engine is not None
        self.engine.last_used -= seconds
        self.test.tick()


class FakeClient:
    """Is never asked."""


def test_a_new_model_is_measured_once_when_nothing_else_is_done(bench: Bench) -> None:
    idle = Idle(bench)
    idle.wait(IDLE_SECONDS - 5)
    assert not bench.running
    idle.wait(10)
    bench.run()
    assert bench.measures.tested("m")
    asked = len(bench.asked)
    idle.wait(100)
    assert len(bench.asked) == asked


@pytest.mark.parametrize("reason", ["loading", "busy", "battery", "unwanted", "none"])
def test_nothing_is_measured_unasked_while(bench: Bench, reason: str) -> None:
    idle = Idle(bench)
    assert idle.engine is not None
    idle.engine.loading = reason == "loading"
    if reason == "busy":
        idle.engine.requests["chat-1"] = print
    idle.on_battery = reason == "battery"
    idle.wanted = reason != "unwanted"
    idle.engine.last_used -= 100
    if reason == "none":
        idle.engine = None
    idle.test.tick()
    assert not bench.asked


def test_an_unasked_test_can_be_stopped(bench: Bench) -> None:
    idle = Idle(bench)
    idle.wait(100)
    bench.measures.stop()
    assert not bench.testing
    assert not bench.measures.tested("m")
    bench.measures.stop()  # nothing runs any more


def test_a_question_ends_the_unasked_test_and_it_does_not_come_back(bench: Bench) -> None:
    idle = Idle(bench)
    idle.wait(100)
    assert bench.testing
    chat = bench.answer()
    bench.measures.answer_changed(chat)
    assert not bench.testing
    bench.end(chat, FinishReason.END)
    idle.wait(100)
    assert not bench.running

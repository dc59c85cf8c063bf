"""Loading, sharing and unloading models: each waiter is told once, a busy engine is never thrown out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Answers
from assistant.core.engines import LEFT_ALONE, Engine, Engines, measured_by
from assistant.core.inbox import Inbox
from assistant.core.load_plan import LoadPlan
from assistant.engine.client import EngineEnded
from assistant.engine.messages import Alive, Failed, FinishReason, Generate, Loading
from assistant.process import Ending, Outcome
from assistant.tasks.chat import AnswerOptions, ChatTurn, RenderedPart
from tests.fakes.engine_client import FakeEngines


class Stage:
    """Engines with fake clients and a budget of 250 bytes."""

    def __init__(self, **options: Any) -> None:
        self.inbox = Inbox(lambda: None)
        self.fakes = FakeEngines(**options)
        self.changes = 0
        self.engines = Engines(self.inbox, changed=self._changed, budget=lambda: 250, log=None, connect=self.fakes)
        self.got: list[Engine | AssistantError] = []

    def _changed(self) -> None:
        self.changes += 1

    def acquire(self, key: str, needed: int = 100, context: int = 0) -> None:
        self.engines.acquire(LoadPlan(key, Path(key), key, context, needed=needed), self.got.append)
        self.pump()

    def pump(self) -> None:
        while self.inbox.pump(1.0):
            pass


def test_a_model_is_loaded_once_and_then_shared() -> None:
    stage = Stage()
    stage.acquire("a")
    stage.acquire("a")
    assert len(stage.fakes.clients) == 1
    assert stage.got[0] is stage.got[1]


def test_an_engine_knows_whether_its_context_is_still_wanted() -> None:
    stage = Stage()
    for wanted in (True, False):  # it happens to be the size that is ours to choose, too
        stage.engines.acquire(LoadPlan("a", Path("a"), "a", 4096, context_wanted=wanted), stage.got.append)
        stage.pump()
    assert len(stage.fakes.clients) == 1
    assert not stage.engines.get("a").plan.context_wanted


def test_everybody_who_waits_is_told() -> None:
    stage = Stage(auto_load=False)
    stage.acquire("a")
    stage.acquire("a")
    assert stage.got == []
    stage.fakes.last.deliver(Loading(id=stage.fakes.last.load_message.id, progress=0.5))
    stage.pump()
    assert stage.engines.get("a").progress == 0.5
    stage.fakes.last.say_loaded()
    stage.pump()
    assert len(stage.got) == 2


def test_the_least_recently_used_idle_model_makes_room() -> None:
    stage = Stage()
    stage.acquire("a")
    stage.acquire("b")
    stage.acquire("a")  # used again: b is the older one now
    stage.acquire("c")
    assert stage.engines.get("b") is None
    assert stage.engines.get("a") is not None
    assert stage.fakes.clients[1].closed


def test_what_bulk_requests_hold_at_present_counts() -> None:
    stage = Stage()
    stage.acquire("a")
    stage.fakes.last.deliver(Alive(extra=80))
    stage.pump()
    assert stage.engines.get("a").memory == 180
    stage.acquire("b")
    assert stage.engines.get("a") is None  # 280 bytes with both
    stage.fakes.last.deliver(Alive())
    stage.pump()
    assert stage.engines.get("b").memory == 100


def test_a_busy_model_is_never_thrown_out() -> None:
    stage = Stage()
    stage.acquire("a")
    engine = stage.engines.get("a")
    engine.send(Generate(id="g", prompt=()), lambda _: None)
    stage.acquire("b", needed=200)
    assert stage.engines.get("a") is engine
    assert not stage.fakes.clients[0].closed


def test_what_was_loaded_beside_a_busy_model_goes_once_it_is_left_alone() -> None:
    stage = Stage()
    stage.acquire("a", needed=200)
    first = stage.engines.get("a")
    first.send(Generate(id="g", prompt=()), lambda _: None)
    stage.acquire("b", needed=200)
    second = stage.engines.get("b")
    first.extra = 100  # 300 bytes with both, and 250 are allowed
    second.last_used -= LEFT_ALONE + 1
    first.last_used -= LEFT_ALONE + 2
    stage.engines.keep_to_budget()
    assert (stage.engines.get("a"), stage.engines.get("b")) == (first, None), "the busy one stays"
    stage.acquire("b", needed=200)
    second = stage.engines.get("b")
    stage.engines.keep_to_budget()
    assert stage.engines.get("b") is second, "it was used just now"
    first.requests.clear()
    stage.engines.keep_to_budget()
    assert (stage.engines.get("a"), stage.engines.get("b")) == (None, second)
    second.extra, second.last_used = 1000, 0.0
    stage.engines.keep_to_budget()
    assert stage.engines.get("b") is second, "alone it may be larger than allowed: it was wanted so"


def test_another_plan_loads_an_idle_model_anew() -> None:
    stage = Stage()
    stage.acquire("a", needed=100)
    stage.acquire("a", needed=50)  # another estimate is no other plan
    assert len(stage.fakes.clients) == 1
    stage.acquire("a", context=512)
    assert len(stage.fakes.clients) == 2
    assert stage.fakes.clients[0].closed


def test_a_failed_load_is_told_with_its_reason_and_remembered() -> None:
    stage = Stage(auto_load=False)
    stage.acquire("a")
    client = stage.fakes.last
    client.deliver(Failed(id=client.load_message.id, kind=ErrorKind.MODEL_DAMAGED, detail="bad", values={"name": "a"}))
    stage.pump()
    (error,) = stage.got
    assert isinstance(error, AssistantError)
    assert error.kind is ErrorKind.MODEL_DAMAGED
    assert stage.engines.errors["a"] is error
    assert stage.engines.get("a") is None
    stage.acquire("a")  # the next wish tries again and forgets the old error
    assert "a" not in stage.engines.errors


def test_giving_up_a_load_is_not_an_error() -> None:
    stage = Stage(auto_load=False)
    stage.acquire("a")
    stage.engines.stop_loading("a")
    (error,) = stage.got
    assert error.kind is ErrorKind.CANCELLED
    assert "a" not in stage.engines.errors
    assert stage.fakes.last.closed


def test_a_load_that_was_given_up_says_so_late_and_leaves_the_next_one_alone() -> None:
    stage = Stage(auto_load=False)
    stage.acquire("a")
    first = stage.fakes.last
    assert first.load_message is not None
    stage.engines.stop_loading("a")
    stage.acquire("a")
    first.deliver(Failed(id=first.load_message.id, kind=ErrorKind.CANCELLED))
    stage.pump()
    assert stage.fakes.last is not first
    stage.fakes.last.say_loaded()
    stage.pump()
    assert stage.engines.get("a") is stage.got[-1]


@pytest.mark.parametrize(
    ("ending", "code", "kind"),
    [
        (Ending.KILLED, -9, ErrorKind.ENGINE_MEMORY),
        (Ending.CRASHED, -11, ErrorKind.ENGINE_CRASHED),
        (Ending.HUNG, -9, ErrorKind.ENGINE_HUNG),
    ],
)
def test_a_dead_child_ends_what_ran_in_it_and_the_next_wish_starts_another(
    ending: Ending, code: int, kind: ErrorKind
) -> None:
    stage = Stage()
    stage.acquire("a")
    replies: list[Any] = []
    stage.engines.get("a").send(Generate(id="g", prompt=()), replies.append)
    stage.fakes.last.deliver(EngineEnded(Outcome(ending, code, "why")))
    stage.pump()
    assert [reply.kind for reply in replies] == [kind]
    assert stage.engines.errors["a"].kind is kind
    stage.acquire("a")
    assert len(stage.fakes.clients) == 2


def test_what_is_asked_of_an_engine_whose_end_is_not_told_yet_goes_to_the_next_one() -> None:
    stage = Stage()
    stage.acquire("a")
    first = stage.fakes.last
    first.pid = None
    first.deliver(EngineEnded(Outcome(Ending.CRASHED, -11, ErrorKind.ENGINE_CRASHED)))
    stage.acquire("a")
    assert stage.fakes.last is not first
    assert stage.got[-1] is stage.engines.get("a")


def test_idle_models_are_unloaded_after_their_time() -> None:
    stage = Stage()
    stage.acquire("a")
    stage.engines.unload_idle(60)
    assert stage.engines.get("a") is not None
    stage.engines.get("a").last_used -= 61
    stage.engines.unload_idle(60)
    assert stage.engines.get("a") is None


def test_late_words_about_something_that_is_over_are_dropped() -> None:
    stage = Stage()
    stage.acquire("a")
    replies: list[Any] = []
    stage.engines.get("a").send(Generate(id="g", prompt=()), replies.append)
    stage.fakes.last.finish()
    stage.fakes.last.say("late")
    stage.pump()
    assert len(replies) == 1


class Cards(Stage):
    """A computer with a graphics card that llama.cpp can use."""

    def __init__(self, *, card: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.fallen: list[tuple[str, ErrorKind]] = []
        self.engines = Engines(
            self.inbox,
            changed=self._changed,
            budget=lambda: 250,
            log=None,
            connect=self.fakes,
            graphics=lambda: card,
            fell_back=lambda plan, error: self.fallen.append((plan.key, error.kind)),
        )

    def load(self, layers: int = -1) -> None:
        self.engines.acquire(LoadPlan("a", Path("a"), "a", gpu_layers=layers, needed=100), self.got.append)
        self.pump()

    def fail(self, kind: ErrorKind) -> None:
        client = self.fakes.last
        client.deliver(Failed(id=client.load_message.id, kind=kind))
        self.pump()

    def die(self) -> None:
        self.fakes.last.deliver(EngineEnded(Outcome(Ending.CRASHED, -11, "why")))
        self.pump()


@pytest.mark.parametrize("dies", [True, False])
def test_a_model_that_the_graphics_card_cannot_take_is_loaded_without_it(dies: bool) -> None:
    stage = Cards(auto_load=False)
    stage.load()
    if dies:
        stage.die()
    else:
        stage.fail(ErrorKind.MODEL_TOO_LARGE)
    assert [client.load_message.gpu_layers for client in stage.fakes.clients] == [-1, 0]
    assert (stage.got, stage.fallen) == ([], [])
    stage.fakes.last.say_loaded()
    stage.pump()
    assert isinstance(stage.got[0], Engine)
    assert stage.fallen == [("a", ErrorKind.ENGINE_CRASHED if dies else ErrorKind.MODEL_TOO_LARGE)]
    stage.load()  # the same wish finds the engine that works
    assert len(stage.fakes.clients) == 2
    stage.load(layers=10)  # another wish is another try
    assert stage.fakes.last.load_message.gpu_layers == 10


def test_the_processor_is_tried_once_and_then_the_error_is_told() -> None:
    stage = Cards(auto_load=False)
    stage.load()
    stage.fail(ErrorKind.MODEL_LOAD_FAILED)
    stage.fail(ErrorKind.MODEL_LOAD_FAILED)
    assert [error.kind for error in stage.got] == [ErrorKind.MODEL_LOAD_FAILED]
    assert len(stage.fakes.clients) == 2
    assert stage.fallen == []


@pytest.mark.parametrize(
    ("card", "layers", "kind"),
    [
        (False, -1, ErrorKind.MODEL_TOO_LARGE),
        (True, 0, ErrorKind.MODEL_TOO_LARGE),
        (True, -1, ErrorKind.MODEL_MISSING),
    ],
)
def test_what_no_processor_mends_is_not_tried_again(card: bool, layers: int, kind: ErrorKind) -> None:
    stage = Cards(card=card, auto_load=False)
    stage.load(layers)
    stage.fail(kind)
    assert [error.kind for error in stage.got] == [kind]
    assert len(stage.fakes.clients) == 1


def test_a_graphics_card_that_dies_at_the_first_answer_is_left_alone() -> None:
    stage = Cards(gpu_layers=33)
    stage.load()
    stage.engines.get("a").send(Generate(id="g", prompt=()), lambda _: None)
    stage.die()
    assert stage.fallen == [("a", ErrorKind.ENGINE_CRASHED)]
    stage.load()
    assert stage.fakes.last.load_message.gpu_layers == 0


def test_one_that_has_answered_is_trusted_after_a_crash() -> None:
    stage = Cards(gpu_layers=33)
    stage.load()
    stage.engines.get("a").send(Generate(id="g", prompt=()), lambda _: None)
    stage.fakes.last.finish()
    stage.pump()
    stage.die()
    stage.load()
    assert stage.fallen == []
    assert stage.fakes.last.load_message.gpu_layers == -1


@pytest.mark.parametrize(
    ("trained", "context", "most"), [(128, 256, 128), (256, 256, 256), (4096, 256, None), (0, 256, None)]
)
def test_what_no_setting_can_enlarge_is_said_to_be_too_much_for_the_model(
    trained: int, context: int, most: int | None
) -> None:
    stage = Stage()
    stage.acquire("a")
    facts = msgspec.structs.replace(stage.fakes.last.facts(), context=context, context_trained=trained)
    with pytest.raises(AssistantError) as caught, measured_by(facts):
        raise AssistantError(ErrorKind.CONTEXT_FULL, needed=659, available=context)
    assert caught.value.values.get("most") == most
    with pytest.raises(AssistantError) as other, measured_by(facts):
        raise AssistantError(ErrorKind.INPUT_EMPTY)
    assert other.value.values == {}


class SlowRendering:
    """Renders nothing until it is told to."""

    def __init__(self) -> None:
        self.waiting: list[Any] = []

    def render(self, _facts: Any, _turns: Any, _thinking: Any, done: Any, *, template: str = "") -> None:
        assert not template
        self.waiting.append(done)

    def go_on(self) -> None:
        waiting, self.waiting = self.waiting, []
        for done in waiting:
            done(((RenderedPart("Hi", 0),), ()))


def prepared() -> tuple[Stage, SlowRendering, Answer]:
    """An answer whose prompt is being made."""
    stage, rendering = Stage(), SlowRendering()
    answers = Answers(stage.engines, rendering, grew=lambda _: None, changed=lambda _: None)  # type: ignore[arg-type]
    answer = answers.start(LoadPlan("a", Path("a"), "a"), [ChatTurn("user", "Hi")], AnswerOptions())
    stage.pump()
    assert len(rendering.waiting) == 1
    return stage, rendering, answer


def test_a_model_that_is_unloaded_while_a_prompt_is_made_stops_its_answer() -> None:
    stage, rendering, answer = prepared()
    stage.engines.unload("a")
    rendering.go_on()
    assert (answer.finish, answer.error) == (FinishReason.CANCELLED, None)


def test_an_engine_that_dies_while_a_prompt_is_made_is_the_reason_that_is_given() -> None:
    stage, rendering, answer = prepared()
    stage.fakes.last.deliver(EngineEnded(Outcome(Ending.CRASHED, -11)))
    stage.pump()
    rendering.go_on()
    assert answer.error is not None
    assert answer.error.kind is ErrorKind.ENGINE_CRASHED


def test_an_answer_goes_on_with_the_engine_that_came_in_place_of_its_own() -> None:
    stage, rendering, answer = prepared()
    stage.engines.unload("a")
    stage.acquire("a")
    rendering.go_on()
    stage.pump()
    assert not answer.ended
    rendering.go_on()
    assert stage.fakes.last.sent


def test_a_file_name_that_is_no_text_reaches_the_engine() -> None:
    stage = Stage()
    path = Path("models") / "bad\udcff灯.gguf"
    stage.engines.acquire(LoadPlan("a", path, "a"), stage.got.append)
    sent = stage.fakes.last.load_message
    assert sent is not None
    assert Path(sent.path).name == "bad?灯.gguf"
    assert os.fsdecode(sent.raw) == str(path)
    stage.engines.acquire(LoadPlan("b", Path("灯.gguf"), "b"), stage.got.append)
    assert stage.fakes.last.load_message is not None
    assert stage.fakes.last.load_message.raw == b""


def test_a_larger_context_makes_room_as_a_load_does() -> None:
    stage = Stage(memory=100)  # bytes each, of 250
    stage.acquire("a")
    stage.acquire("b")
    got: list[Any] = []
    stage.engines.resize(stage.engines.get("b"), 1100, got.append)  # 100 bytes more
    stage.pump()
    assert [result.facts.context for result in got] == [1100]
    assert stage.engines.get("a") is None
    assert stage.engines.get("b") is not None


def test_a_larger_context_never_ends_a_busy_engine() -> None:
    stage = Stage(memory=100)
    stage.acquire("a")
    stage.acquire("b")
    stage.engines.get("a").send(Generate(id="g", prompt=()), lambda _: None)
    stage.engines.resize(stage.engines.get("b"), 1100, lambda _: None)
    assert stage.engines.get("a") is not None

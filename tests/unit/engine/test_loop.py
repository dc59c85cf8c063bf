"""The loop over the fake backend: what requests get, whoever runs beside them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.base.errors import ErrorKind
from assistant.engine.messages import (
    Failed,
    Finished,
    FinishReason,
    Load,
    Marks,
    Piece,
    Reading,
    Tokens,
)
from assistant.engine.prompt import PromptBuilder
from tests.fakes.engine_harness import Harness, chat, hashed

THINK = Marks(start="<think>", end="</think>")


def tokens_of(engine: Harness, pieces: Sequence[Piece]) -> list[int]:
    return list(PromptBuilder(engine.backend.vocabulary).build(pieces).tokens)


# ---------------------------------------------------------------- one request


def test_an_answer_and_its_end() -> None:
    with Harness() as engine:
        answer = engine.ask(engine.generate("Hello 灯下"))
        end = answer.finished
        assert answer.text == "You said: Hello 灯下"
        assert end.reason is FinishReason.END
        assert bytes(end.answer_ids).decode() == answer.text
        assert end.ids == (*end.answer_ids, 257)
        assert end.tokens.prompt == len(tokens_of(engine, chat("Hello 灯下")))
        assert end.tokens.generated == len(end.ids)
        assert 0 < end.seconds.first_token <= end.seconds.total
        assert 0 <= end.seconds.overhead <= end.seconds.writing
        assert "\ufffd" not in answer.text


def test_reading_is_told_before_the_answer() -> None:
    with Harness(batch=64) as engine:
        request = engine.generate("x" * 300)
        engine.ask(request)
        events = engine.of(request.id)
        readings = [event for event in events if isinstance(event, Reading)]
        assert [event.read for event in readings][:3] == [0, 64, 128]
        assert all(event.total == readings[0].total and event.cached == 0 for event in readings)
        first = next(i for i, event in enumerate(events) if isinstance(event, Tokens))
        assert not any(isinstance(event, Reading) for event in events[first:])
        assert isinstance(events[-1], Finished)


def test_the_first_token_comes_at_once() -> None:
    with Harness("slow=30") as engine:
        request = engine.generate("{{words=40}}")
        engine.put(request)
        first = engine.wait_for(request.id, Tokens)
        assert isinstance(first, Tokens)
        assert first.count == 1
        engine.cancel(request.id)
        engine.end(request.id)


def test_reasoning_is_apart() -> None:
    with Harness() as engine:
        answer = engine.ask(engine.generate("{{think=3}}Hi", marks=(THINK,)))
        assert (answer.reasoning, answer.text) == ("thought1 thought2 thought3", "You said: Hi")
        assert bytes(answer.finished.answer_ids).decode() == answer.text


@pytest.mark.parametrize(
    ("fields", "reason", "text"),
    [
        ({"max_tokens": 5}, FinishReason.LIMIT, "You s"),
        ({"stop": ("said",)}, FinishReason.STOP, "You "),
        ({"max_tokens": 1}, FinishReason.LIMIT, "Y"),
    ],
)
def test_ways_to_end(fields: dict[str, object], reason: FinishReason, text: str) -> None:
    with Harness() as engine:
        answer = engine.ask(engine.generate("Hi", **fields))
        assert (answer.finished.reason, answer.text) == (reason, text)


def test_an_answer_that_repeats_itself_for_ever_ends() -> None:
    with Harness() as engine:
        answer = engine.ask(engine.generate("{{endless=ab }}x"))
        assert answer.finished.reason is FinishReason.LOOP
        answer = engine.ask(engine.generate("{{endless=ab }}x", stop_loops=False, max_tokens=900))
        assert answer.finished.reason is FinishReason.LIMIT


def test_alternatives_and_offsets() -> None:
    with Harness() as engine:
        answer = engine.ask(engine.generate("{{think=1}}灯", marks=(THINK,), alternatives=3))
        steps = [step for event in answer.events for step in event.steps]
        assert len(steps) == answer.finished.tokens.generated
        assert all(len(step.alternatives) == 3 and step.alternatives[0].token == step.token for step in steps)
        written = [step for step in steps if not step.reasoning and step.text == "Y"]
        assert [step.at for step in written] == [0]
        assert steps[0].text == "<think>"


def test_masks() -> None:
    with Harness() as engine:
        answer = engine.ask(engine.generate("Hi", banned=(ord("Y"),), max_tokens=1))
        assert answer.text == "a"
        answer = engine.ask(engine.generate("Hi", ignore_end=True, max_tokens=20))
        assert answer.text == "You said: Hi........"


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"prompt": ()}, ErrorKind.PROMPT_EMPTY),
        ({"prompt": (Piece(text=""),)}, ErrorKind.PROMPT_EMPTY),
        ({"prompt": (Piece(text="a" * 5000),)}, ErrorKind.CONTEXT_FULL),
        ({"prompt": (Piece(text="", ids=(5, 99_999)),)}, ErrorKind.INTERNAL),
        ({"prompt": (Piece(text="", ids=(-1,)),)}, ErrorKind.INTERNAL),
        ({"grammar": "broken"}, ErrorKind.GRAMMAR_INVALID),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_else_suffers(fields: dict[str, object], kind: ErrorKind) -> None:
    with Harness() as engine:
        other = engine.generate("{{words=50}}")
        engine.put(other)
        assert engine.ask(engine.generate("a", **fields)).failed.kind is kind
        assert engine.answer(other.id).finished.reason is FinishReason.END


@pytest.mark.parametrize("kind", ["", ",recurrent"])
def test_when_the_library_refuses_a_batch_one_request_fails_and_the_rest_goes_on(kind: str) -> None:
    with Harness(f"slow=1{kind}") as engine:
        other = engine.generate("{{words=30}}")
        engine.put(other)
        engine.wait_for(other.id, Tokens)
        refused = engine.ask(engine.generate("{{refuse=0}}" + "x" * 100)).failed
        assert (refused.kind, refused.detail) == (ErrorKind.INTERNAL, "as asked")
        assert refused.values == {"name": "fake", "needed": 2, "free": 1}, "the sentence names them"
        assert engine.answer(other.id).text == " ".join(f"word{n + 1}" for n in range(30))
        assert engine.ask(engine.generate("{{refuse=10}}x")).failed.kind is ErrorKind.INTERNAL
        assert engine.ask(engine.generate("y")).text == "You said: y"


def test_when_no_token_can_be_chosen_the_request_fails_with_what_its_sentence_names() -> None:
    with Harness() as engine:
        failed = engine.ask(engine.generate("a", grammar="unfit")).failed
        assert (failed.kind, failed.values) == (ErrorKind.GRAMMAR_INVALID, {"name": "unfit"})
        assert engine.ask(engine.generate("y")).text == "You said: y"


def test_a_full_context_says_how_much_is_missing() -> None:
    with Harness(context=1024) as engine:
        failed = engine.ask(engine.generate([Piece(text="a" * 1024)])).failed
        assert failed.values == {"needed": 1025, "available": 1024}
        assert engine.ask(engine.generate([Piece(text="a" * 1023)], raw=True)).finished.tokens.generated == 1


def test_an_answer_without_a_stated_limit_ends_where_the_context_ends() -> None:
    with Harness(context=1024) as engine:
        answer = engine.ask(engine.generate("{{endless}}x"))
        assert answer.finished.reason is FinishReason.LIMIT
        assert answer.finished.tokens.prompt + answer.finished.tokens.generated == 1024


def test_a_second_load_is_refused() -> None:
    with Harness() as engine:
        engine.put(Load(id="again", path="other.gguf"))
        assert engine.end("again") == Failed(
            id="again", kind=ErrorKind.ALREADY_RUNNING, detail="this child has its model"
        )


# ---------------------------------------------------------------- many requests


def test_many_at_once_get_their_own_answers() -> None:
    with Harness("hash") as engine:
        requests = [engine.generate(f"number {number}", max_tokens=40) for number in range(20)]
        for request in requests:
            engine.put(request)
        for request in requests:
            ids = engine.answer(request.id).finished.ids
            assert list(ids) == hashed(tokens_of(engine, request.prompt), 40)
        contexts = (engine.backend, *engine.backend.opened)
        assert max(len(step) for context in contexts for step in context.decodes) >= 8


def test_bulk_leaves_slots_to_interactive_requests() -> None:
    with Harness("slow=2", sequences=4, slots=8) as engine:
        bulk = [engine.generate("{{words=40}}", priority="bulk", max_tokens=300) for _ in range(8)]
        for request in bulk:
            engine.put(request)
        engine.wait_for(bulk[0].id, Tokens)
        chat_request = engine.generate("Hi", max_tokens=5)
        engine.ask(chat_request)
        ended = [request for request in bulk if any(isinstance(e, Finished) for e in engine.of(request.id))]
        assert len(ended) < len(bulk)
        for request in bulk:
            assert engine.answer(request.id).finished.reason is FinishReason.END
        assert max(len(step) for step in engine.backend.decodes) <= 5


def test_a_shared_beginning_is_read_once() -> None:
    shared = "Instruction. " * 60
    with Harness("hash", batch=128) as engine:
        first = engine.generate("warm", max_tokens=200, key="chat")
        engine.put(first)
        requests = [engine.generate(f"{shared}part {n}", max_tokens=10, priority="bulk") for n in range(8)]
        for request in requests:
            engine.put(request)
        for request in requests:
            end = engine.answer(request.id).finished
            assert list(end.ids) == hashed(tokens_of(engine, request.prompt), 10)
        cached = [engine.answer(request.id).finished.tokens.cached for request in requests]
        assert sorted(cached)[0] == 0
        assert all(count >= len(shared) for count in sorted(cached)[1:])


@pytest.mark.parametrize("kind", ["", ",recurrent"])
def test_a_shared_beginning_with_a_model_that_cannot_rewind(kind: str) -> None:
    shared = "Instruction. " * 60
    with Harness(f"hash{kind}", batch=128) as engine:
        requests = [engine.generate(f"{shared}part {n}", max_tokens=10) for n in range(6)]
        for request in requests:
            engine.put(request)
        for request in requests:
            assert list(engine.answer(request.id).finished.ids) == hashed(tokens_of(engine, request.prompt), 10)
        read = sum(count for step in engine.backend.decodes for _, count in step)
        assert read < 2 * len(shared) + 6 * 120


def test_when_the_reader_of_a_shared_beginning_is_cancelled_another_one_reads() -> None:
    shared = "Instruction. " * 60
    with Harness("hash,slow=5", batch=64) as engine:
        first = engine.generate(f"{shared}one", max_tokens=10)
        second = engine.generate(f"{shared}two", max_tokens=10)
        engine.put(first)
        engine.wait_for(first.id, Reading)
        engine.put(second)
        engine.cancel(first.id)
        assert engine.end(first.id).reason is FinishReason.CANCELLED
        assert list(engine.answer(second.id).finished.ids) == hashed(tokens_of(engine, second.prompt), 10)


# ---------------------------------------------------------------- room


def test_requests_wait_for_room_and_none_starves() -> None:
    with Harness("hash", context=1024) as engine:
        requests = [engine.generate(f"{n}", max_tokens=400) for n in range(7)]
        for request in requests:
            engine.put(request)
        for request in requests:
            ids = engine.answer(request.id).finished.ids
            assert list(ids) == hashed(tokens_of(engine, request.prompt), 400)


def test_answers_without_a_limit_share_the_room() -> None:
    with Harness("hash", context=1024) as engine:
        requests = [engine.generate(f"{n}") for n in range(3)]
        for request in requests:
            engine.put(request)
        for request in requests:
            end = engine.answer(request.id).finished
            assert end.reason is FinishReason.LIMIT
            assert list(end.ids) == hashed(tokens_of(engine, request.prompt), end.tokens.generated)
            assert end.tokens.prompt + end.tokens.generated == 1024
        assert max(len(step) for step in engine.backend.decodes) > 1


def test_an_interactive_request_pushes_bulk_aside_when_there_is_no_room() -> None:
    with Harness("hash,slow=1", context=1024) as engine:
        bulk = [engine.generate(f"b{n}", priority="bulk", max_tokens=330) for n in range(3)]
        for request in bulk:
            engine.put(request)
        engine.wait_for(bulk[0].id, Tokens)
        request = engine.generate("c", max_tokens=500)
        assert list(engine.ask(request).finished.ids) == hashed(tokens_of(engine, request.prompt), 500)
        for other in bulk:
            assert list(engine.answer(other.id).finished.ids) == hashed(tokens_of(engine, other.prompt), 330)


def test_old_conversations_make_room() -> None:
    with Harness("hash", context=1024) as engine:
        for number in range(12):
            request = engine.generate(f"conversation {number} " + "x" * 200, key=f"k{number}", max_tokens=100)
            ids = engine.ask(request).finished.ids
            assert list(ids) == hashed(tokens_of(engine, request.prompt), 100)
        again = engine.generate("conversation 11 " + "x" * 200 + "y", key="k11", max_tokens=10)
        assert engine.ask(again).finished.tokens.cached > 200

"""The loop over the fake backend: cancelling, conversations, states that are kept, and anything at once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.engine.heartbeat import Heartbeat
from assistant.engine.messages import (
    Count,
    Counted,
    CountedMany,
    CountMany,
    Embed,
    Embedded,
    Failed,
    Finished,
    FinishReason,
    Forget,
    LoadState,
    Piece,
    Ping,
    Pong,
    Reading,
    Resize,
    Resized,
    SaveState,
    Score,
    Scored,
    StateLoaded,
    StateSaved,
    Tokens,
)
from assistant.engine.prompt import PromptBuilder
from tests.fakes.engine_backend import FakeBackend
from tests.fakes.engine_harness import Harness, chat, hashed


def tokens_of(engine: Harness, pieces: Sequence[Piece]) -> list[int]:
    return list(PromptBuilder(engine.backend.vocabulary).build(pieces).tokens)


# ---------------------------------------------------------------- cancelling


def test_cancelling_one_leaves_the_others_unharmed() -> None:
    with Harness("hash,slow=1") as engine:
        requests = [engine.generate(f"{n}", max_tokens=100) for n in range(4)]
        for request in requests:
            engine.put(request)
        engine.wait_for(requests[1].id, Tokens)
        engine.cancel(requests[1].id)
        assert engine.answer(requests[1].id).finished.reason is FinishReason.CANCELLED
        for request in requests[:1] + requests[2:]:
            assert list(engine.answer(request.id).finished.ids) == hashed(tokens_of(engine, request.prompt), 100)


@pytest.mark.parametrize("kind", ["", ",recurrent"])
def test_cancelling_while_the_prompt_is_read_breaks_into_the_decode(kind: str) -> None:
    with Harness(f"hash,slow=1000{kind}", batch=512) as engine:
        request = engine.generate("x" * 2000, key="k")
        engine.put(request)
        engine.wait_for(request.id, Reading)
        engine.cancel(request.id)
        end = engine.end(request.id)
        assert end.reason is FinishReason.CANCELLED
        assert end.seconds.total < 4.0  # the whole prompt would take 20 seconds
    with Harness(f"hash{kind}", batch=512) as engine:
        engine.ask(engine.generate("x" * 100, key="k", max_tokens=3))


def test_what_was_read_before_a_cancel_is_kept() -> None:
    with Harness("hash,slow=20", batch=64) as engine:
        request = engine.generate("x" * 500, key="k", max_tokens=10)
        engine.put(request)
        engine.wait_for(request.id, Reading)
        while not any(isinstance(e, Reading) and e.read >= 128 for e in engine.of(request.id)):
            engine.idle()
        engine.cancel(request.id)
        engine.end(request.id)
        again = engine.generate("x" * 500, key="k", max_tokens=10)
        end = engine.ask(again).finished
        assert end.tokens.cached >= 128
        assert list(end.ids) == hashed(tokens_of(engine, again.prompt), 10)


def test_cancelling_while_waiting() -> None:
    with Harness("hash,slow=2", sequences=1, slots=2) as engine:
        running = engine.generate("a", max_tokens=60, priority="bulk")
        waiting = engine.generate("b", max_tokens=10, priority="bulk")
        engine.put(running)
        engine.put(waiting)
        engine.cancel(waiting.id)
        end = engine.answer(waiting.id)
        assert (end.finished.reason, end.text) == (FinishReason.CANCELLED, "")
        assert engine.answer(running.id).finished.reason is FinishReason.LIMIT


def test_cancelling_what_is_unknown_or_over_does_nothing() -> None:
    with Harness() as engine:
        request = engine.generate("a")
        engine.ask(request)
        engine.cancel(request.id)
        engine.cancel("nobody")
        assert engine.ask(engine.generate("b")).text == "You said: b"
        assert len([e for e in engine.of(request.id) if isinstance(e, Finished)]) == 1


# ---------------------------------------------------------------- conversations


@pytest.mark.parametrize("kind", ["", ",recurrent", ",dense"])
def test_a_follow_up_reads_only_what_is_new(kind: str) -> None:
    with Harness(f"hash{kind}") as engine:
        first = engine.generate(chat("one " * 50), key="k", max_tokens=20)
        ids = engine.ask(first).finished.ids
        answer = bytes(ids).decode()
        turns = [*chat("one " * 50)[:-1]]
        follow = (
            *chat("one " * 50),
            Piece(text=answer, ids=ids),
            Piece(text="<|im_end|>\n", trusted=True),
            *chat("two"),
        )
        end = engine.ask(engine.generate(follow, key="k", max_tokens=20)).finished
        assert end.tokens.cached == len(tokens_of(engine, chat("one " * 50))) + 19
        assert list(end.ids) == hashed(tokens_of(engine, follow), 20)
        assert turns


def test_an_edit_goes_back_to_the_difference() -> None:
    with Harness("hash") as engine:
        engine.ask(engine.generate(chat("one " * 50, "fine", "two"), key="k", max_tokens=20))
        edited = chat("one " * 50, "fine", "three")
        end = engine.ask(engine.generate(edited, key="k", max_tokens=20)).finished
        assert end.tokens.cached == len(tokens_of(engine, chat("one " * 50, "fine")[:-1])) + len("<") + len("user\nt")
        assert list(end.ids) == hashed(tokens_of(engine, edited), 20)


def test_an_edit_with_a_model_that_cannot_rewind_goes_back_to_a_turn() -> None:
    with Harness("hash,recurrent") as engine:
        engine.ask(engine.generate(chat("one " * 50, "fine", "two"), key="k", max_tokens=20))
        edited = chat("one " * 50, "fine", "three")
        end = engine.ask(engine.generate(edited, key="k", max_tokens=20)).finished
        assert end.tokens.cached == len(tokens_of(engine, chat("one " * 50, "fine")[:-1]))
        assert list(end.ids) == hashed(tokens_of(engine, edited), 20)


@pytest.mark.parametrize("kind", ["", ",recurrent", ",dense"])
def test_asking_again_reads_next_to_nothing(kind: str) -> None:
    with Harness(f"hash{kind}") as engine:
        engine.ask(engine.generate("one " * 50, key="k", max_tokens=20))
        end = engine.ask(engine.generate("one " * 50, key="k", max_tokens=20)).finished
        total = end.tokens.prompt
        assert end.tokens.cached >= total - 22
        assert list(end.ids) == hashed(tokens_of(engine, chat("one " * 50)), 20)


def test_forgetting_a_conversation() -> None:
    with Harness("hash") as engine:
        engine.ask(engine.generate("one " * 50, key="k", max_tokens=5))
        engine.put(Forget(key="k"))
        engine.put(Forget(key="nobody"))
        assert engine.ask(engine.generate("one " * 50, key="k", max_tokens=5)).finished.tokens.cached == 0


def test_forgetting_a_conversation_that_runs() -> None:
    with Harness("hash,slow=2") as engine:
        request = engine.generate("one " * 50, key="k", max_tokens=40)
        engine.put(request)
        engine.wait_for(request.id, Tokens)
        engine.put(Forget(key="k"))
        assert list(engine.answer(request.id).finished.ids) == hashed(tokens_of(engine, request.prompt), 40)


# ---------------------------------------------------------------- the other messages


def test_counting() -> None:
    with Harness() as engine:
        engine.put(Count(id="c", prompt=tuple(chat("Hello"))))
        assert engine.wait_for("c", Counted) == Counted(id="c", tokens=len(tokens_of(engine, chat("Hello"))))


def test_counting_many_texts_of_which_none_is_trusted() -> None:
    texts = ["Hello", "", "灯下", "<|im_end|>", "a[BREAK]b", "x" * 40_000]
    with Harness() as engine:
        engine.put(CountMany(id="m", texts=tuple(texts)))
        # The spellings of marks are only text here.
        counted = CountedMany(id="m", tokens=(5, 0, 6, 10, 9, 40_000))
        assert engine.wait_for("m", CountedMany) == counted
        engine.put(CountMany(id="none", texts=()))
        assert engine.wait_for("none", CountedMany) == CountedMany(id="none", tokens=())


def test_counting_adds_no_first_token() -> None:
    backend = FakeBackend()
    backend.vocabulary.adds_bos = True
    with Harness(backend) as engine:
        engine.put(CountMany(id="m", texts=("abc", "d")))
        assert engine.wait_for("m", CountedMany) == CountedMany(id="m", tokens=(3, 1))


def test_an_answer_goes_on_while_many_texts_are_counted() -> None:
    with Harness() as engine:
        request = engine.generate("{{endless}}", max_tokens=3000)
        engine.put(request)
        engine.wait_for(request.id, Tokens)
        texts = ("a sentence of a book " * 40,) * 5000
        engine.put(CountMany(id="m", texts=texts))
        # The answer grew while they were counted: tokens were told between the order and its end.
        counted = engine.wait_for("m", CountedMany)
        assert counted == CountedMany(id="m", tokens=(21 * 40,) * 5000)
        engine.answer(request.id)
        before = engine.events[: engine.events.index(counted)]
        written = [event.count for event in before if isinstance(event, Tokens)]
        assert written[-1] > written[0] + 20


def test_counting_can_be_cancelled() -> None:
    with Harness() as engine:
        engine.put(CountMany(id="long", texts=("a sentence of a book " * 40,) * 20_000))
        engine.put(CountMany(id="short", texts=("abc",)))
        engine.cancel("long")
        assert engine.end("long").kind is ErrorKind.CANCELLED
        assert engine.wait_for("short", CountedMany) == CountedMany(id="short", tokens=(3,))


def test_scoring_looks_at_each_token_of_the_text() -> None:
    with Harness(batch=16) as engine:
        engine.put(Score(id="s", prompt=tuple(chat("Hi")), text="You said: Ho" + "x" * 40, alternatives=2))
        scored = engine.wait_for("s", Scored)
        assert isinstance(scored, Scored)
        assert "".join(step.text for step in scored.steps) == "You said: Ho" + "x" * 40
        assert [step.probability for step in scored.steps[:11]] == [0.75] * 11
        assert scored.steps[11].probability < 0.1
        assert scored.steps[11].alternatives[0].text == "i"
        assert scored.log_probability < 11 * -0.28
        engine.put(Score(id="split", prompt=tuple(chat("Hi")), text="a灯b"))
        split = engine.wait_for("split", Scored)
        assert isinstance(split, Scored)
        places = [(step.text, step.at) for step in split.steps]
        assert places == [("a", 0), *[("\ufffd", 1)] * 3, ("b", 2)], "a character of three tokens is one"
        engine.put(Score(id="empty", prompt=tuple(chat("Hi")), text=""))
        assert engine.end("empty").kind is ErrorKind.PROMPT_EMPTY


def test_embedding_needs_a_model_for_it() -> None:
    with Harness() as engine:
        engine.put(Embed(id="e", texts=("a",)))
        assert engine.end("e") == Failed(id="e", kind=ErrorKind.NOT_SUPPORTED, values={"capability": "embed"})
    with Harness("embed") as engine:
        engine.put(Embed(id="e", texts=("a", "b", "a")))
        embedded = engine.wait_for("e", Embedded)
        assert isinstance(embedded, Embedded)
        assert (embedded.count, embedded.dimensions, len(embedded.vectors)) == (3, 8, 96)
        assert embedded.vectors[:32] == embedded.vectors[64:] != embedded.vectors[32:64]


@pytest.mark.parametrize("kind", ["", ",recurrent", ",dense"])
def test_a_saved_state_saves_the_reading(tmp_path: Path, kind: str) -> None:
    path = str(tmp_path / "state.bin")
    with Harness(f"hash{kind}") as engine:
        engine.ask(engine.generate("one " * 50, key="k", max_tokens=20))
        engine.put(SaveState(id="s", key="k", path=path))
        saved = engine.wait_for("s", StateSaved)
        assert isinstance(saved, StateSaved)
        assert saved.size == Path(path).stat().st_size
        engine.put(SaveState(id="none", key="other", path=path))
        assert engine.end("none").kind is ErrorKind.STATE_UNUSABLE
    with Harness(f"hash{kind}") as engine:
        engine.put(LoadState(id="l", key="k", path=path))
        assert engine.wait_for("l", StateLoaded) == StateLoaded(id="l", tokens=saved.tokens)
        end = engine.ask(engine.generate("one " * 50, key="k", max_tokens=20)).finished
        assert end.tokens.cached >= end.tokens.prompt - 22
        assert list(end.ids) == hashed(tokens_of(engine, chat("one " * 50)), 20)


def test_saving_and_reading_a_state_may_take_as_long_as_its_bytes_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(Heartbeat, "moving", lambda self, size: sizes.append(size))
    path = str(tmp_path / "state.bin")
    with Harness() as engine:
        engine.ask(engine.generate("one " * 50, key="k", max_tokens=20))
        engine.put(SaveState(id="s", key="k", path=path))
        saved = engine.wait_for("s", StateSaved)
        assert isinstance(saved, StateSaved)
        engine.put(LoadState(id="l", key="k", path=path))
        engine.wait_for("l", StateLoaded)
        assert sizes == [engine.backend.facts.cache_bytes_per_token * saved.tokens, saved.size]


def test_a_state_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.bin"
    with Harness("hash") as engine:
        engine.ask(engine.generate("one", key="k", max_tokens=5))
        engine.put(SaveState(id="s", key="k", path=str(path)))
        engine.wait_for("s", StateSaved)
    good = path.read_bytes()
    with Harness("") as engine:
        engine.put(LoadState(id="foreign", key="k", path=str(path)))
        assert engine.end("foreign").kind is ErrorKind.STATE_UNUSABLE
    with Harness("hash") as engine:
        for number in range(0, len(good), 7):
            path.write_bytes(good[:number] + bytes([good[number] ^ 0x41]) + good[number + 1 :])
            engine.put(LoadState(id=f"d{number}", key="k", path=str(path)))
            assert engine.end(f"d{number}").kind is ErrorKind.STATE_UNUSABLE
            path.write_bytes(good[:number])
            engine.put(LoadState(id=f"t{number}", key="k", path=str(path)))
            assert engine.end(f"t{number}").kind is ErrorKind.STATE_UNUSABLE
        engine.put(LoadState(id="gone", key="k", path=str(tmp_path / "nothing")))
        assert engine.end("gone").kind is ErrorKind.STATE_UNUSABLE
        engine.put(SaveState(id="nowhere", key="k", path=str(tmp_path / "state.bin" / "x")))
        assert engine.end("nowhere").kind is ErrorKind.STATE_UNUSABLE


def test_resizing_keeps_what_was_read() -> None:
    with Harness("hash,slow=1", context=1024) as engine:
        engine.ask(engine.generate("one " * 50, key="k", max_tokens=20))
        running = engine.generate("other", key="o", max_tokens=30)
        engine.put(running)
        engine.put(Resize(id="r", context=2048))
        late = engine.generate("one " * 50, key="k", max_tokens=1200)
        engine.put(late)
        resized = engine.wait_for("r", Resized)
        assert isinstance(resized, Resized)
        assert resized.facts.context == 2048
        assert resized.kept > 200
        assert list(engine.answer(running.id).finished.ids) == hashed(tokens_of(engine, running.prompt), 30)
        end = engine.answer(late.id).finished
        assert end.tokens.cached > 200
        assert list(end.ids) == hashed(tokens_of(engine, late.prompt), 1200)


def test_resizing_keeps_what_lies_outside_of_the_cells(tmp_path: Path) -> None:
    with Harness("hash,dense", context=1024) as engine:
        engine.ask(engine.generate("one " * 80, key="k", max_tokens=20))
        engine.ask(engine.generate("two " * 80, key="o", max_tokens=20))
        assert engine.loop.lanes.main.cache.of_key("k").parked
        engine.put(Resize(id="r", context=2048))
        assert engine.wait_for("r", Resized).kept > 700
        engine.put(SaveState(id="s", key="k", path=str(tmp_path / "state.bin")))
        assert engine.wait_for("s", StateSaved).tokens > 340
        for text, key in (("one ", "k"), ("two ", "o")):
            end = engine.ask(engine.generate(text * 80, key=key, max_tokens=20)).finished
            assert end.tokens.cached >= end.tokens.prompt - 22


def test_a_size_that_cannot_be_had() -> None:
    with Harness("hash", context=1024) as engine:
        engine.put(Resize(id="r", context=2_000_000))
        assert engine.end("r").kind is ErrorKind.MODEL_TOO_LARGE
        assert engine.ask(engine.generate("a", max_tokens=3)).finished.tokens.generated == 3


@pytest.mark.parametrize("kind", ["hash", "hash,dense", "hash,recurrent"])
def test_what_was_read_is_still_there_where_a_larger_context_cannot_be_had(kind: str) -> None:
    with Harness(kind, context=1024) as engine:
        for text, key in (("one ", "k"), ("two ", "o")):
            engine.ask(engine.generate(text * 60, key=key, max_tokens=20))
        engine.put(Resize(id="r", context=2_000_000))
        assert engine.end("r").kind is ErrorKind.MODEL_TOO_LARGE
        for text, key in (("one ", "k"), ("two ", "o")):
            again = engine.generate(text * 60, key=key, max_tokens=20)
            end = engine.ask(again).finished
            assert end.tokens.cached >= end.tokens.prompt - 22
            assert list(end.ids) == hashed(tokens_of(engine, again.prompt), 20)


def test_a_resize_can_be_taken_back() -> None:
    with Harness("hash,slow=2", context=1024) as engine:
        running = engine.generate("a", max_tokens=100)
        engine.put(running)
        engine.wait_for(running.id, Tokens)
        engine.put(Resize(id="r", context=2048))
        engine.put(Resize(id="r2", context=2048))
        assert engine.end("r2").kind is ErrorKind.ALREADY_RUNNING
        engine.cancel("r")
        assert engine.end("r").kind is ErrorKind.CANCELLED
        assert engine.answer(running.id).finished.tokens.generated == 100
        assert engine.backend.cells == 1024


def test_pinging() -> None:
    with Harness() as engine:
        engine.put(Ping(id="p"))
        assert engine.wait_for("p", Pong) == Pong(id="p")


# ---------------------------------------------------------------- at random


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["", ",recurrent", ",dense"])
def test_random_traffic_gets_exact_answers(kind: str, seed: int) -> None:
    """Whatever is asked in whatever order, each answer is what the model says to exactly this prompt."""
    random_ = random.Random(seed)
    with Harness(f"hash{kind}", context=1536, batch=96, sequences=5, slots=9) as engine:
        openings = ["shared beginning " * 12, "another one " * 20, "x"]
        expected: dict[str, list[int]] = {}
        cancelled = set()
        for _ in range(60):
            turns = [random_.choice(openings) + random_.choice("abc")]
            for number in range(random_.randrange(3)):
                turns += [f"answer {number}", random_.choice(["more", "else " * 10])]
            request = engine.generate(
                chat(*turns),
                key=random_.choice(["", "k1", "k2", "k3"]),
                max_tokens=random_.choice([1, 5, 30, 120]),
                priority=random_.choice(["interactive", "bulk"]),
            )
            expected[request.id] = hashed(tokens_of(engine, request.prompt), request.max_tokens)
            engine.put(request)
            if random_.random() < 0.2:
                victim = random_.choice(sorted(expected))
                cancelled.add(victim)
                engine.cancel(victim)
            if random_.random() < 0.1:
                engine.put(Forget(key=random_.choice(["k1", "k2", "k3"])))
            if random_.random() < 0.05:
                engine.put(Resize(id=engine.id(), context=random_.choice([1536, 2048])))
            if random_.random() < 0.2:
                engine.idle()
        for identifier, ids in expected.items():
            end = engine.answer(identifier).finished
            if end.reason is FinishReason.CANCELLED:
                assert identifier in cancelled
            else:
                assert list(end.ids) == ids
        engine.idle()
        cache = engine.loop.lanes.main.cache
        assert cache.used == engine.backend.used_cells
        for slot in cache.slots:
            assert ([] if slot.parked else list(slot.tokens)) == engine.backend.memory_of(slot.index)
            assert not slot.running

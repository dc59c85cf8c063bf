"""Bulk requests in a context of their own: the ledger of streams, and what requests get there."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest

from assistant.base.errors import ErrorKind
from assistant.engine import cache, lanes
from assistant.engine.messages import (
    Alive,
    Failed,
    Finished,
    FinishReason,
    Forget,
    Generate,
    Piece,
    Reading,
    Resize,
    Resized,
    Score,
    Scored,
    Tokens,
)
from assistant.engine.prompt import PromptBuilder
from assistant.engine.streams import Streams
from tests.fakes.engine_backend import FakeBackend, FakeStreams
from tests.fakes.engine_harness import Harness, hashed

HEAD = "Instruction. " * 30


def tokens_of(engine: Harness, pieces: Sequence[Piece]) -> list[int]:
    return list(PromptBuilder(engine.backend.vocabulary).build(pieces).tokens)


def part(engine: Harness, text: str, tokens: int = 30, **fields: object) -> Generate:
    return engine.generate(text, **{"priority": "bulk", "max_tokens": tokens, **fields})


def check(engine: Harness, *requests: Generate) -> None:
    """Each got exactly what it would have got alone."""
    for request in requests:
        ids = list(engine.answer(request.id).finished.ids)
        assert ids == hashed(tokens_of(engine, request.prompt), request.max_tokens)


def opened(engine: Harness) -> FakeStreams:
    (streams,) = engine.backend.opened
    assert isinstance(streams, FakeStreams)
    return streams


def read_of(context: FakeBackend) -> int:
    return sum(count for step in context.decodes for _, count in step)


# ---------------------------------------------------------------- the ledger


@pytest.mark.parametrize("seed", range(8))
def test_the_ledger_says_what_the_streams_hold(seed: int) -> None:
    dice = random.Random(seed)
    context = FakeStreams(FakeBackend(context=2048), 5, 256)
    cache = Streams(context)
    prompts = [[dice.randrange(4) for _ in range(90)] for _ in range(3)]
    for _ in range(400):
        running = [slot for slot in cache.slots if slot.running]
        action = dice.random()
        if action < 0.4:
            tokens = dice.choice(prompts)[: dice.randrange(20, 90)] + [dice.randrange(4) for _ in range(20)]
            slot = cache.claim(cache.best(tokens, "k", len(tokens) - 1), "k", reserve=len(tokens), interactive=False)
            assert (slot is None) == (len(running) == 5)
            if slot is not None:
                assert slot not in running
                assert list(slot.tokens) == tokens[: len(slot.tokens)]
                context.clear()
                context.add(slot.index, tokens[len(slot.tokens) :], len(slot.tokens), output=True)
                context.decode()
                slot.tokens.extend(tokens[len(slot.tokens) :])
        elif action < 0.7 and running:
            cache.release(dice.choice(running), keep=dice.random() < 0.8)
        elif action < 0.75:
            cache.drop_kept()
        else:
            cache.compact()
        assert [slot.index for slot in cache.slots] == list(range(5))
        for slot in cache.slots:
            assert list(slot.tokens) == context.memory_of(slot.index)
            assert slot.parent is None


def test_running_streams_are_brought_together() -> None:
    context = FakeStreams(FakeBackend(context=2048), 4, 256)
    cache = Streams(context)
    slots = [cache.claim(cache.best([n], "", 0), "", reserve=10, interactive=False) for n in range(4)]
    last = slots[3]
    assert last is not None
    for slot in slots[:3]:
        assert slot is not None
        cache.release(slot)
    for _ in range(20):
        cache.compact()
    assert last.index == 0
    assert last.running


def test_a_stream_takes_no_more_than_its_cells() -> None:
    context = FakeStreams(FakeBackend(context=2048), 2, 256)
    cache = Streams(context)
    match = cache.best([1, 2], "", 1)
    assert cache.claim(match, "", reserve=257, interactive=False) is None
    slot = cache.claim(match, "", reserve=250, interactive=False)
    assert slot is not None
    assert not cache.grow(slot, 7)
    assert cache.grow(slot, 6)


# ---------------------------------------------------------------- who goes there


def test_the_parts_of_a_job_run_in_streams_side_by_side() -> None:
    with Harness("hash") as engine:
        parts = [part(engine, f"number {n}") for n in range(8)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        assert max(len(step) for step in opened(engine).decodes) == 8
        assert opened(engine).stream == 256
        assert not engine.backend.decodes


def test_the_head_of_a_job_is_read_once() -> None:
    with Harness("hash", context=8192) as engine:
        parts = [part(engine, f"{HEAD}{n}" + "x" * 40) for n in range(24)]
        for request in parts[:8]:
            engine.put(request)
        for number, request in enumerate(parts):
            check(engine, request)
            if number + 8 < len(parts):
                engine.put(parts[number + 8])
        assert len(engine.backend.opened) == 1
        heads = [engine.answer(request.id).finished.tokens for request in parts]
        assert sum(1 for counts in heads if counts.cached < len(HEAD)) == 1
        assert read_of(opened(engine)) < len(HEAD) + 24 * (30 + 100)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the parts take to come: they are waited for until no more can run."""
    for pause in ("_NEXT", "_MORE", "_GATHER"):
        monkeypatch.setattr(lanes, pause, 15.0)


@pytest.mark.usefixtures("patient")
def test_more_parts_than_chats_run_side_by_side_where_the_engine_says_so() -> None:
    with Harness("hash,wide=12") as engine:
        parts = [part(engine, f"number {n}") for n in range(20)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        assert opened(engine).slots == 12
        assert max(len(step) for step in opened(engine).decodes) == 12
        assert not engine.backend.decodes


def test_for_few_parts_no_more_streams_are_made_than_chats_may_be() -> None:
    with Harness("hash,wide=12") as engine:
        parts = [part(engine, f"number {n}") for n in range(8)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        assert opened(engine).slots == 8


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("again", "then"), [(0.0, 12), (1000.0, 8)])
def test_memory_that_was_short_for_many_streams_is_tried_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch, again: float, then: int
) -> None:
    monkeypatch.setattr(lanes, "_AGAIN", again)
    with Harness("hash,wide=12") as engine:
        give, short = engine.backend.streams, [True]
        monkeypatch.setattr(
            engine.backend, "streams", lambda count, size: None if count > 8 and short else give(count, size)
        )
        for expected in (8, then):
            parts = [part(engine, f"number {n}") for n in range(20)]
            for request in parts:
                engine.put(request)
            check(engine, *parts)
            assert engine.backend.opened[-1].slots == expected
            short.clear()


def test_where_streams_fail_no_more_parts_than_chats_share_the_cells() -> None:
    with Harness("hash,wide=12,shared") as engine:
        parts = [part(engine, f"number {n}") for n in range(20)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        assert max(len(step) for step in engine.backend.decodes) == 8


def test_what_cannot_run_in_a_stream_runs_beside_it() -> None:
    with Harness("hash", context=2048) as engine:
        kept = engine.generate("talk", key="k", max_tokens=20)
        engine.ask(kept)
        before = len(engine.backend.decodes)
        small = [part(engine, f"small {n}") for n in range(6)]
        large = part(engine, "large " * 60, 80)
        # This one goes on from what was read for its conversation.
        known = engine.generate("talk", key="k", priority="bulk", max_tokens=25)
        endless = engine.generate("{{words=20}}", priority="bulk")
        for request in (*small, large, known, endless):
            engine.put(request)
        check(engine, *small, large, known)
        engine.answer(endless.id)
        assert opened(engine).stream == 256
        assert len(opened(engine).decodes) >= 30
        assert len(engine.backend.decodes) - before >= 80
        assert engine.answer(known.id).finished.tokens.cached > 0


@pytest.mark.parametrize("kind", ["hash,dense", "hash"])
def test_sentences_that_somebody_waits_for_run_in_streams_beside_a_chat(kind: str) -> None:
    with Harness(kind, context=4096) as engine:
        alone = part(engine, "alone", priority="interactive")
        engine.put(alone)
        check(engine, alone)
        assert not engine.backend.opened
        before = len(engine.backend.decodes)
        sentences = [part(engine, f"sentence {n}", priority="interactive") for n in range(6)]
        chat = engine.generate("talk", key="k", max_tokens=40)
        for request in (*sentences, chat):
            engine.put(request)
        check(engine, *sentences, chat)
        assert max(len(step) for step in opened(engine).decodes) == 6
        assert {len(step) for step in engine.backend.decodes[before:]} == {1}


def test_what_somebody_waits_for_stays_out_of_the_streams_of_a_job() -> None:
    with Harness("hash,slow=1", context=4096) as engine:
        parts = [part(engine, f"number {n}") for n in range(8)]
        for request in parts:
            engine.put(request)
        engine.wait_for(parts[0].id, Tokens)
        before = len(engine.backend.decodes)
        sentences = [part(engine, f"sentence {n}", priority="interactive") for n in range(3)]
        for request in sentences:
            engine.put(request)
        check(engine, *sentences, *parts)
        assert max(len(step) for step in engine.backend.decodes[before:]) == 3


def test_one_bulk_request_needs_no_streams() -> None:
    with Harness("hash") as engine:
        request = part(engine, "alone")
        engine.put(request)
        check(engine, request)
        assert not engine.backend.opened


@pytest.mark.parametrize("chatting", [False, True])
def test_the_first_part_waits_a_little_for_the_others(monkeypatch: pytest.MonkeyPatch, *, chatting: bool) -> None:
    monkeypatch.setattr(lanes, "_NEXT", 15.0)
    monkeypatch.setattr(lanes, "_GATHER", 15.0)
    with Harness("hash,slow=1") as engine:
        chat = engine.generate("talk", max_tokens=300)
        if chatting:
            engine.put(chat)
            engine.wait_for(chat.id, Tokens)
        parts = [part(engine, f"number {n}") for n in range(9)]
        engine.put(parts[0])
        engine.put(parts[8])
        engine.cancel(parts[8].id)
        assert engine.end(parts[8].id).reason is FinishReason.CANCELLED
        for request in parts[1:8]:
            engine.put(request)
        check(engine, *parts[:8])
        assert max(len(step) for step in opened(engine).decodes) == 8
        assert all(step == [(0, 1)] for step in engine.backend.decodes[1:])
        if chatting:
            check(engine, chat)


@pytest.mark.parametrize("kind", ["shared", "recurrent"])
def test_where_there_are_no_streams_bulk_shares_the_cells(kind: str) -> None:
    with Harness(f"hash,{kind}") as engine:
        parts = [part(engine, f"number {n}") for n in range(8)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        assert not engine.backend.opened
        assert max(len(step) for step in engine.backend.decodes) == 8


def test_streams_that_fail_are_given_up_and_tried_again_after_ever_longer_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later, clock = 0.0, time.perf_counter
    monkeypatch.setattr(time, "perf_counter", lambda: clock() + later)
    monkeypatch.setattr(lanes, "_AGAIN", 1000.0)
    with Harness("hash,cramped") as engine:
        for later, opened_by_then in ((0.0, 1), (900.0, 1), (1100.0, 2), (2900.0, 2), (3200.0, 3)):
            parts = [part(engine, f"number {n} {later}", 150) for n in range(8)]
            for request in parts:
                engine.put(request)
            check(engine, *parts)
            assert len(engine.backend.opened) == opened_by_then
            assert not any(streams.open for streams in engine.backend.opened)


def test_streams_take_no_more_cells_than_the_first_context() -> None:
    with Harness("hash", context=2048) as engine:
        parts = [part(engine, "x" * 500 + str(n), 40) for n in range(8)]  # 768 cells each
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        assert opened(engine).slots == 2


def test_larger_parts_get_larger_streams_once_the_smaller_ones_are_done() -> None:
    with Harness("hash", context=4096) as engine:
        for size in (10, 400, 10):
            parts = [part(engine, "x" * size + str(n)) for n in range(4)]
            for request in parts:
                engine.put(request)
            check(engine, *parts)
        small, large = engine.backend.opened
        assert (small.stream, large.stream) == (256, 512)
        assert (small.open, large.open) == (False, True)


# ---------------------------------------------------------------- memory


def told(engine: Harness) -> list[int]:
    return [event.extra for event in engine.events if isinstance(event, Alive)]


def test_the_memory_of_streams_is_told_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "_KEEP", 0.05)
    with Harness("hash") as engine:
        parts = [part(engine, f"number {n}") for n in range(8)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        engine.until(lambda: told(engine) == [8 * 256 * 1024, 0])
        assert not opened(engine).open


def test_streams_are_given_back_while_a_chat_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "_KEEP", 0.05)
    with Harness("hash,slow=1") as engine:
        parts = [part(engine, f"number {n}", 5) for n in range(8)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        request = engine.generate("talk", max_tokens=600)
        engine.put(request)
        check(engine, request)
        assert not opened(engine).open


def test_a_resize_ends_the_streams() -> None:
    with Harness("hash") as engine:
        for size in (4096, 2048):
            parts = [part(engine, f"number {n}") for n in range(8)]
            for request in parts:
                engine.put(request)
            engine.put(Resize(id=f"r{size}", context=2048))
            assert isinstance(engine.wait_for(f"r{size}", Resized), Resized)
            check(engine, *parts)
        assert not engine.backend.opened[0].open


def test_forgetting_leaves_nothing_in_streams() -> None:
    with Harness("hash") as engine:
        parts = [part(engine, f"number {n}") for n in range(8)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        engine.put(Forget(key="k"))
        engine.idle()
        assert not any(opened(engine).memory_of(slot) for slot in range(8))


# ---------------------------------------------------------------- beside a chat


def test_a_chat_beside_a_job_keeps_its_speed_and_both_come_to_their_ends() -> None:
    with Harness("hash,slow=2") as engine:
        alone = engine.generate("alone", max_tokens=100)
        speed = 100 / engine.ask(alone).finished.seconds.writing
        parts = [part(engine, f"{n}", 400) for n in range(8)]
        for request in parts:
            engine.put(request)
        engine.wait_for(parts[7].id, Tokens)
        chat = engine.generate("beside", max_tokens=100)
        engine.put(chat)
        beside = 100 / engine.answer(chat.id).finished.seconds.writing
        assert beside > 0.5 * speed
        check(engine, chat, *parts)
        assert not any(len(step) > 1 for step in engine.backend.decodes)


def test_prompts_of_a_job_are_read_in_slices_while_somebody_waits() -> None:
    with Harness("hash,slow=10", context=8192) as engine:  # 0.1 ms per token read
        chat = engine.generate("{{endless}}talk", max_tokens=300)
        engine.put(chat)
        engine.wait_for(chat.id, Tokens)
        parts = [part(engine, f"{n}" + "x" * 900, 3) for n in range(4)]
        for request in parts:
            engine.put(request)
        check(engine, *parts)
        before_end = opened(engine).decodes
        assert max(sum(count for _, count in step) for step in before_end[2:8]) < 512
        engine.cancel(chat.id)
        engine.end(chat.id)


def test_a_large_bulk_request_is_not_forgotten_beside_a_job_and_a_chat() -> None:
    with Harness("hash,slow=1", context=4096) as engine:
        chat = engine.generate("talk", max_tokens=800)
        engine.put(chat)
        engine.wait_for(chat.id, Tokens)
        large = part(engine, "x" * 1000, 20)
        parts = [part(engine, f"{n}", 200) for n in range(8)]
        for request in (*parts, large):
            engine.put(request)
        check(engine, large, *parts)
        ended = [event.id for event in engine.events if isinstance(event, Finished)]
        assert ended.index(large.id) < ended.index(parts[0].id)
        check(engine, chat)


def test_scores_are_answered_beside_a_job() -> None:
    with Harness("hash,slow=1") as engine:
        parts = [part(engine, f"{n}", 100) for n in range(8)]
        for request in parts:
            engine.put(request)
        engine.put(Score(id="s", prompt=tuple(parts[0].prompt), text="abc"))
        assert isinstance(engine.wait_for("s", Scored), Scored)
        check(engine, *parts)


# ---------------------------------------------------------------- stop


def test_stopping_one_part_leaves_the_others_unharmed() -> None:
    with Harness("hash,slow=1") as engine:
        parts = [part(engine, f"{n}", 100) for n in range(8)]
        for request in parts:
            engine.put(request)
        engine.wait_for(parts[3].id, Tokens)
        engine.cancel(parts[3].id)
        assert engine.end(parts[3].id).reason is FinishReason.CANCELLED
        check(engine, *parts[:3], *parts[4:])


def test_stopping_a_whole_job_breaks_into_the_decode() -> None:
    with Harness("hash,slow=1000", batch=512) as engine:  # a step takes five seconds
        parts = [part(engine, f"{n}" + "x" * 300, 30) for n in range(8)]
        for request in parts:
            engine.put(request)
        for request in parts:
            engine.wait_for(request.id, Reading)
        began = time.monotonic()
        for request in parts:
            engine.cancel(request.id)
        for request in parts:
            assert engine.end(request.id).reason is FinishReason.CANCELLED
        assert time.monotonic() - began < 2.0
        engine.backend.options["slow"] = "0"
        opened(engine).options["slow"] = "0"
        again = [part(engine, f"{n}" + "x" * 300, 30) for n in range(8)]
        for request in again:
            engine.put(request)
        check(engine, *again)


def test_a_stop_before_anything_ran() -> None:
    with Harness("hash") as engine:
        parts = [part(engine, f"{n}", 20) for n in range(8)]
        for request in parts:
            engine.put(request)
        for request in parts[:7]:
            engine.cancel(request.id)
        check(engine, parts[7])


def test_when_the_library_refuses_a_step_one_part_fails_and_the_rest_goes_on() -> None:
    with Harness("slow=1") as engine:
        parts = [part(engine, f"say {n}", 20) for n in range(7)]
        bad = part(engine, "{{refuse=4}}say", 20)
        for request in (bad, *parts):
            engine.put(request)
        ends = [engine.answer(request.id).end for request in (bad, *parts)]
        failed = [end for end in ends if isinstance(end, Failed)]
        assert failed
        assert all(end.kind is ErrorKind.INTERNAL for end in failed)
        assert any(isinstance(end, Finished) for end in ends)


# ---------------------------------------------------------------- everything at once


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["", ",dense"])
def test_random_jobs_and_chats_get_exact_answers(kind: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "_KEEP", 0.002)
    monkeypatch.setattr(cache, "_WORTH_PARKING", 16)
    dice = random.Random(seed)
    with Harness(f"hash{kind}", context=2048, batch=128) as engine:
        requests: list[Generate] = []
        cancelled = set()
        for _ in range(14):
            head = dice.choice([HEAD, "other " * 20, ""])
            size = dice.choice([1, 30, 150])
            for n in range(dice.randrange(1, 11)):
                requests.append(part(engine, head + "x" * dice.randrange(size) + str(n), dice.choice([1, 4, 25, 60])))
                engine.put(requests[-1])
            if dice.random() < 0.7:
                key = dice.choice(["", "k1", "k2"])
                requests.append(engine.generate(dice.choice(["talk", HEAD]), key=key, max_tokens=dice.choice([2, 50])))
                engine.put(requests[-1])
            if dice.random() < 0.4:
                for request in dice.sample(requests, min(len(requests), 6)):
                    cancelled.add(request.id)
                    engine.cancel(request.id)
            if dice.random() < 0.2:
                engine.put(Resize(id=engine.id(), context=dice.choice([1536, 2048])))
            if dice.random() < 0.3:
                for request in requests:
                    engine.end(request.id)
        for request in requests:
            end = engine.answer(request.id).finished
            if end.reason is FinishReason.CANCELLED:
                assert request.id in cancelled
            else:
                assert list(end.ids) == hashed(tokens_of(engine, request.prompt), request.max_tokens)
        engine.idle()
        assert engine.backend.opened
        streams = engine.loop.lanes.streams
        for lane in engine.loop.lanes.all:
            for slot in lane.cache.slots:
                assert ([] if slot.parked else list(slot.tokens)) == lane.context.memory_of(slot.index)
                assert not slot.running
        assert streams is None or not streams.context.stream % 256

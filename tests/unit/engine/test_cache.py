"""The ledger of the memory: what is shared is counted once, whoever goes first."""

from __future__ import annotations

import random
from array import array

import pytest

from assistant.engine import cache as cache_module
from assistant.engine.cache import Cache, Slot, common_prefix
from tests.fakes.engine_backend import FakeBackend, Options


def read(backend: FakeBackend, cache: Cache, slot: Slot, tokens: list[int]) -> None:
    """Let a slot read tokens, as the loop does."""
    backend.clear()
    backend.add(slot.index, tokens, len(slot.tokens), output=True)
    backend.decode()
    slot.tokens.extend(tokens)


def claim(cache: Cache, tokens: list[int], key: str = "", *, reserve: int = 0, interactive: bool = True) -> Slot | None:
    match = cache.best(array("i", tokens), key, len(tokens) - 1)
    return cache.claim(match, key, reserve=reserve or len(tokens), interactive=interactive)


def check(backend: FakeBackend, cache: Cache) -> None:
    assert cache.used == backend.used_cells
    assert cache.free <= backend.cells - backend.used_cells
    for slot in cache.slots:
        assert ([] if slot.parked else list(slot.tokens)) == backend.memory_of(slot.index)
        if slot.parent is not None:
            assert 0 < slot.shared <= len(slot.parent.tokens)
            assert slot.parent.tokens[: slot.shared] == slot.tokens[: slot.shared]
        else:
            assert slot.shared == 0


@pytest.mark.parametrize("options", ["", "recurrent", "dense"])
@pytest.mark.parametrize("seed", range(8))
def test_the_ledger_says_what_the_memory_holds(options: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_WORTH_PARKING", 16)
    monkeypatch.setattr(cache_module, "_PARKED", 500)  # bytes: of two of them, hardly of three
    dice = random.Random(seed)
    backend = FakeBackend(Options.parse(options), context=600, slots=7)
    cache = Cache(backend)
    running: list[Slot] = []
    prompts = [[dice.randrange(4) for _ in range(90)] for _ in range(3)]
    for _ in range(300):
        action = dice.random()
        if action < 0.4:
            base = dice.choice(prompts)
            tokens = base[: dice.randrange(20, 90)] + [dice.randrange(4) for _ in range(dice.randrange(1, 30))]
            slot = claim(cache, tokens, dice.choice(["", "a", "b"]), reserve=len(tokens) + 10)
            if slot is not None:
                assert slot not in running
                running.append(slot)
                assert list(slot.tokens) == tokens[: len(slot.tokens)]
                read(backend, cache, slot, tokens[len(slot.tokens) :])
                cache.snapshot(slot)
        elif action < 0.55 and running:
            slot = dice.choice(running)
            if len(slot.tokens) < slot.promised:
                read(backend, cache, slot, [dice.randrange(4)])
        elif action < 0.85 and running:
            slot = running.pop(dice.randrange(len(running)))
            cache.release(slot, keep=dice.random() < 0.8)
        elif action < 0.9 and running:
            cache.forget(dice.choice(running))
        elif action < 0.93:
            cache.drop_kept()
        check(backend, cache)
        assert cache.used <= backend.cells


def test_a_conversation_continues_in_its_own_slot() -> None:
    backend = FakeBackend(context=400, slots=4)
    cache = Cache(backend)
    first = claim(cache, [1, 2, 3, 4, 5], "k")
    assert first is not None
    read(backend, cache, first, [1, 2, 3, 4, 5])
    cache.release(first)
    again = claim(cache, [1, 2, 3, 9, 9, 9], "k")
    assert again is first
    assert list(again.tokens) == [1, 2, 3]


def test_another_conversation_with_the_same_beginning_leaves_the_first_alone() -> None:
    backend = FakeBackend(context=400, slots=4)
    cache = Cache(backend)
    first = claim(cache, [1, 2, 3, 4, 5], "k")
    assert first is not None
    read(backend, cache, first, [1, 2, 3, 4, 5])
    cache.release(first)
    other = claim(cache, [1, 2, 3, 9], "l")
    assert other is not None
    assert other is not first
    assert (other.parent, other.shared, list(first.tokens)) == (first, 3, [1, 2, 3, 4, 5])
    check(backend, cache)


def test_what_was_used_last_stays_longest() -> None:
    backend = FakeBackend(context=100, slots=8)
    cache = Cache(backend)
    for number, key in enumerate(["old", "", "new"]):
        slot = claim(cache, [number] * 30, key)
        assert slot is not None
        read(backend, cache, slot, [number] * 30)
        cache.release(slot)
    slot = claim(cache, [9] * 35, "big")
    assert slot is not None
    kept = {slot.key for slot in cache.slots if slot.tokens}
    assert kept == {"old", "new"}  # the one without a key goes first
    read(backend, cache, slot, [9] * 35)
    cache.release(slot)
    assert claim(cache, [8] * 30, "more") is not None
    assert cache.of_key("old") is None
    assert cache.of_key("new") is not None


def test_of_requests_without_a_key_the_newest_is_kept() -> None:
    backend = FakeBackend(context=100, slots=8)
    cache = Cache(backend)
    running = []
    for number in range(4):
        slot = claim(cache, [1, 2, 3, number], "chat" if number == 0 else "", reserve=10)
        assert slot is not None
        read(backend, cache, slot, [1, 2, 3, number][len(slot.tokens) :])
        running.append(slot)
    for slot in running:
        cache.release(slot)
        check(backend, cache)
    assert [list(slot.tokens) for slot in cache.slots if slot.tokens] == [[1, 2, 3, 0], [1, 2, 3, 3]]


@pytest.fixture
def dense(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    monkeypatch.setattr(cache_module, "_WORTH_PARKING", 20)
    return FakeBackend(Options.parse("dense"), context=100, slots=4)


def talk(backend: FakeBackend, cache: Cache, tokens: list[int], key: str) -> Slot:
    """A request that reads ``tokens`` and ends."""
    slot = claim(cache, tokens, key)
    assert slot is not None
    read(backend, cache, slot, tokens[len(slot.tokens) :])
    cache.release(slot)
    return slot


def test_what_is_only_kept_lies_outside_of_the_cells_where_it_would_slow_down_what_runs(dense: FakeBackend) -> None:
    cache = Cache(dense)
    first = talk(dense, cache, [1] * 60, "first")
    assert not first.parked  # nobody else runs
    second = claim(cache, [2] * 80, "second")
    assert second is not None
    assert first.parked
    check(dense, cache)
    assert (cache.used, len(first.tokens)) == (0, 60)
    read(dense, cache, second, [2] * 80)
    cache.release(second)
    again = claim(cache, [1] * 60 + [3], "first")
    assert again is first
    assert (len(again.tokens), again.parked) == (60, b"")  # nothing of it is read again
    assert second.tokens
    assert second.parked
    check(dense, cache)


def test_nothing_is_put_away_while_somebody_waits_for_another_answer(dense: FakeBackend) -> None:
    cache = Cache(dense)
    short, long = claim(cache, [1] * 30, "short"), claim(cache, [2] * 40, "long")
    assert short is not None
    assert long is not None
    read(dense, cache, short, [1] * 30)
    cache.release(short)
    read(dense, cache, long, [2] * 40)
    beside = claim(cache, [3] * 5, "beside")
    assert beside is not None
    assert not short.parked
    cache.release(beside)
    cache.release(long)
    assert claim(cache, [4] * 5, "alone") is not None
    assert short.parked
    assert long.parked
    check(dense, cache)


def test_a_beginning_that_is_lent_stays_and_a_short_one_too(dense: FakeBackend) -> None:
    cache = Cache(dense)
    lender, short = talk(dense, cache, [1] * 40, "lender"), talk(dense, cache, [2] * 19, "short")
    assert lender.parked
    borrower = claim(cache, [1] * 40 + [5], "borrower")
    assert borrower is not None
    assert (borrower.parent, borrower.shared, lender.parked, short.parked) == (lender, 40, b"", b"")
    check(dense, cache)


def test_what_there_is_no_room_for_outside_stays_in_the_cells(
    dense: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_module, "_PARKED", 150)  # bytes
    cache = Cache(dense)
    first = talk(dense, cache, [1] * 30, "first")
    second = talk(dense, cache, [2] * 30, "second")
    assert claim(cache, [3] * 5, "third") is not None
    assert [bool(slot.parked) for slot in (first, second)] == [True, False]
    check(dense, cache)


def test_what_there_is_no_room_for_in_the_cells_stays_outside(dense: FakeBackend) -> None:
    cache = Cache(dense)
    first = talk(dense, cache, [1] * 60, "first")
    running = claim(cache, [2] * 70, "running")
    assert running is not None
    other = claim(cache, [1] * 20, "other")
    assert other is not None
    assert (list(other.tokens), len(first.tokens), bool(first.parked)) == ([], 60, True)


def test_a_state_that_cannot_be_brought_back_is_read_again(dense: FakeBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(dense)
    first = talk(dense, cache, [1] * 30, "first")
    cache.release(talk(dense, cache, [2] * 30, "second"))
    assert first.parked
    monkeypatch.setattr(dense, "load", lambda *_: False)
    again = claim(cache, [1] * 31, "first")
    assert again is not None
    assert list(again.tokens) == []
    check(dense, cache)


def test_what_is_promised_is_not_given_twice() -> None:
    backend = FakeBackend(context=100, slots=4)
    cache = Cache(backend)
    one = claim(cache, [1], reserve=60)
    assert one is not None
    assert claim(cache, [2], reserve=50) is None
    two = claim(cache, [2], reserve=40)
    assert two is not None
    assert cache.free == 0
    assert not cache.grow(two, 1)
    cache.release(one)
    assert cache.grow(two, 60)
    assert not cache.grow(two, 1)


def test_bulk_leaves_room_and_the_newest_conversation() -> None:
    backend = FakeBackend(context=100, slots=8)
    cache = Cache(backend)
    chat = claim(cache, [1] * 20, "chat")
    assert chat is not None
    read(backend, cache, chat, [1] * 20)
    cache.release(chat)
    first = claim(cache, [2], reserve=50, interactive=False)
    assert first is not None
    assert claim(cache, [3], reserve=20, interactive=False) is None
    assert claim(cache, [3], reserve=5, interactive=False) is not None
    assert cache.of_key("chat") is not None
    assert claim(cache, [4], reserve=40) is not None
    assert cache.of_key("chat") is None


@pytest.mark.parametrize(
    ("a", "b", "length"), [([], [1], 0), ([1, 2], [1, 2], 2), ([1, 2, 3], [1, 2, 4, 5], 2), ([1], [2], 0)]
)
def test_common_prefix(a: list[int], b: list[int], length: int) -> None:
    assert common_prefix(array("i", a), array("i", b)) == length


def test_snapshots_are_bounded() -> None:
    backend = FakeBackend(Options.parse("recurrent"), context=4000, slots=4)
    cache = Cache(backend)
    slot = claim(cache, list(range(200)), "k", reserve=200)
    assert slot is not None
    for number in range(100):
        read(backend, cache, slot, [number])
        cache.snapshot(slot)
    lengths = [length for length, _ in slot.snapshots]
    assert len(lengths) == 32
    assert lengths[0] == 1  # the shared preamble
    assert lengths[-1] == 100

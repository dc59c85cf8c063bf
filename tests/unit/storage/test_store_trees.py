"""Trees of messages: paths, siblings, leaves, and how long a long path takes."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from assistant.storage.rows import Message, MessageHead, MessageState, Role
from assistant.storage.store import Store
from tests.fakes.stores import conversation, make_big_store, message, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lamplight.sqlite3"


def ids(heads: list[MessageHead]) -> list[int]:
    return [head.id for head in heads]


def test_an_empty_conversation_has_no_path(path: Path) -> None:
    with opened(path) as (store, _, _):
        place = conversation(store)
        store.drain()
        assert store.path(place) == []
        assert store.path(999) == []
        assert store.path(place, through=999) == []
        assert store.children(place, None) == store.children(999, 999) == []


def test_branches_and_siblings(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        first = message(store, place, "q1")
        one = message(store, place, "a", first.id, role=Role.ASSISTANT)
        two = message(store, place, "bb", first.id, role=Role.ASSISTANT, state=MessageState.STOPPED)
        follow = message(store, place, "q2", one.id)
        deep = message(store, place, "a2", follow.id, role=Role.ASSISTANT)
        other_root = message(store, place, "q1 edited")
        answers.to(store.set_leaf(place, two.id))

        assert store.path(place) == [
            MessageHead(first.id, None, Role.USER, MessageState.COMPLETE, 2, siblings=2, position=0),
            MessageHead(two.id, first.id, Role.ASSISTANT, MessageState.STOPPED, 2, siblings=2, position=1),
        ]
        assert ids(store.path(place, deep.id)) == [first.id, one.id, follow.id, deep.id]
        assert ids(store.path(place, other_root.id)) == [other_root.id]
        assert store.path(place, other_root.id)[0].position == 1
        assert store.children(place, first.id) == [one.id, two.id]
        assert store.children(place, None) == [first.id, other_root.id]
        assert ids(store.path(place, through=one.id)) == [first.id, one.id, follow.id, deep.id]
        assert ids(store.path(place, through=two.id)) == [first.id, two.id]
        assert ids(store.path(place, through=first.id)) == [first.id, two.id]  # always the newest child


def test_roots_of_other_conversations_are_no_siblings(path: Path) -> None:
    with opened(path) as (store, _, _):
        rows = [message(store, conversation(store), "root") for _ in range(3)]
        store.drain()
        for row in rows:
            assert store.children(row.conversation, None) == [row.id]
            assert store.path(row.conversation)[0].siblings == 1


def test_a_leaf_that_is_not_there_gives_the_newest_path(path: Path) -> None:
    with opened(path) as (store, _, _):
        place = conversation(store)
        first = message(store, place, "one")
        second = message(store, place, "two", first.id)
        store.drain()
        assert ids(store.path(place, 98765)) == [first.id, second.id]


def test_messages_come_in_the_order_asked_for(path: Path) -> None:
    with opened(path) as (store, _, _):
        place = conversation(store)
        rows = [message(store, place, str(number)) for number in range(1200)]
        store.drain()
        wanted = [row.id for row in reversed(rows)]
        assert [row.id for row in store.messages([*wanted, 10**9])] == wanted
        assert store.messages([]) == []


def build(store: Store, place: int, chance: random.Random, many: int) -> dict[int, int | None]:
    """A random tree; returns each message's parent."""
    parents: dict[int, int | None] = {}
    for _ in range(many):
        parent = chance.choice([None, *parents]) if chance.random() < 0.4 else (max(parents) if parents else None)
        row = message(store, place, "x" * chance.randrange(9), parent)
        parents[row.id] = parent
    store.drain()
    return parents


@pytest.mark.parametrize("seed", range(8))
def test_random_trees_agree_with_a_simple_walk(path: Path, seed: int) -> None:
    with opened(path) as (store, _, _):
        place = conversation(store)
        parents = build(store, place, random.Random(seed), 60)
        for leaf in parents:
            walk, current = [], leaf
            while current is not None:
                walk.append(current)
                current = parents[current]
            heads = store.path(place, leaf)
            assert ids(heads) == walk[::-1]
            for head in heads:
                family = [number for number in parents if parents[number] == head.parent]
                assert (head.siblings, head.position) == (len(family), family.index(head.id))
                assert store.children(place, head.parent) == family
            newest = leaf
            while children := [number for number in parents if parents[number] == newest]:
                newest = max(children)
            assert store.path(place, through=leaf)[-1].id == newest


@pytest.mark.parametrize("seed", range(4))
def test_what_is_not_written_yet_is_a_part_of_the_tree(path: Path, seed: int) -> None:
    """However much of a tree is on disk already, its paths are those of the whole."""
    chance = random.Random(seed)
    with opened(path) as (store, _, _):
        place = conversation(store)
        rows: list[Message] = []
        for _ in range(30):
            parent = chance.choice([None, *(row.id for row in rows)])
            rows.append(Message(store.new_id(), place, parent, Role.USER, "x" * chance.randrange(9), 0.0))
        recent = chance.sample(rows, len(rows))
        paths = []
        for begin, end in ((0, 0), (0, 12), (12, 30)):
            for row in rows[begin:end]:
                store.add_message(row)
            store.drain()
            paths.append([store.path(place, through=row.id, recent=recent) for row in rows])
        assert paths[0] == paths[1] == paths[2] == [store.path(place, through=row.id) for row in rows]


def test_a_path_of_ten_thousand_is_read_in_one_go(path: Path) -> None:
    """20 ms on a quiet machine (see tests/bench); here only an order of magnitude, whatever else the machine does."""
    place = make_big_store(path)
    with opened(path) as (store, _, _):
        best = 10.0
        for _ in range(5):
            start = time.process_time()
            heads = store.path(place)
            best = min(best, time.process_time() - start)
        assert len(heads) == 10_000
        assert best < 0.1
        assert sum(head.siblings == 2 for head in heads) == 500
        assert store.path(place, through=heads[0].id) == heads
        assert [row.id for row in store.messages(ids(heads)[-3:])] == ids(heads)[-3:]

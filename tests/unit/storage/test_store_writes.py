"""Writes: tickets, acknowledgements, what is there afterwards."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.rows import Conversation, Message, MessageState, Role
from assistant.storage.store import Store, Stored, StoreFailed
from assistant.storage.writing import pack_ids, unpack_ids, whole
from tests.fakes.stores import Answers, conversation, message, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lamplight.sqlite3"


def full_message(store: Store, place: int) -> Message:
    return Message(
        id=store.new_id(),
        conversation=place,
        parent=None,
        role=Role.ASSISTANT,
        text="Answer\0 with 灯下 🏮\n" * 3,
        created=1_700_000_000.25,
        state=MessageState.CUT,
        reasoning="because",
        model="starter",
        error="engine_crashed",
        error_detail="signal 11",
        ids=(0, 1, 49_151, 2**31 - 1),
        fingerprint="abc",
        prompt_tokens=10,
        cached_tokens=8,
        generated_tokens=4,
        seconds=1.5,
        speed=2.75,
        reasoning_seconds=0.5,
    )


# ---------------------------------------------------------------- what is written is read


def test_a_new_home_is_made(path: Path) -> None:
    with opened(path) as (store, _, report):
        assert report.created
        assert report.error is None
        assert report.kept
        assert not report.read_only
        assert report.migrated
        assert store.conversations() == []
    with opened(path) as (_, _, report):
        assert not report.created
        assert report.migrated == ()
        assert not report.unclean


def test_every_field_of_a_message_comes_back(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        row = full_message(store, place)
        assert answers.to(store.add_message(row)) == Stored(2)
        assert store.messages([row.id]) == [row]
    with opened(path) as (store, _, _):
        assert store.messages([row.id]) == [row]


def test_every_field_of_a_conversation_comes_back(path: Path) -> None:
    with opened(path) as (store, answers, _):
        row = Conversation(store.new_id(), "灯下", 1.5, 2.5, 99, system="Be brief.", titled=True, context_from=None)
        answers.to(store.create_conversation(row))
        assert store.conversations() == [replace(row, changed=1)]  # the store counts itself
        assert store.conversation(row.id) == replace(row, changed=1)
        assert store.conversation(12345) is None


def test_titles_systems_and_where_the_context_begins(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        first = message(store, place, "one")
        second = message(store, place, "two", first.id)
        store.set_title(place, "Named")
        store.set_system(place, "Be kind.")
        store.set_context_from(place, second.id)
        answers.to(store.set_leaf(place, first.id))
        row = store.conversation(place)
        assert row is not None
        assert (row.title, row.titled, row.system, row.context_from, row.leaf) == (
            "Named", True, "Be kind.", second.id, first.id,
        )  # fmt: skip
        answers.to(store.set_title(place, "Guessed", titled=False))
        row = store.conversation(place)
        assert row is not None
        assert (row.title, row.titled) == ("Guessed", False)


def test_a_message_moves_its_conversation_to_the_top(path: Path) -> None:
    with opened(path) as (store, answers, _):
        first, second = conversation(store, "first"), conversation(store, "second")
        store.drain()
        assert [row.id for row in store.conversations()] == [second, first]
        # An earlier clock: the order is by what happened, not by when.
        row = message(store, first, "hello", created=5.0)
        store.drain()
        assert [row.id for row in store.conversations()] == [first, second]
        again = store.conversation(first)
        assert again is not None
        assert (again.leaf, again.updated) == (row.id, 5.0)
        answers.to(store.set_title(second, "renamed"))
        assert [row.id for row in store.conversations()] == [first, second]


def test_an_answer_grows_and_is_finished(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        asked = message(store, place, "question")
        answer = message(store, place, "", asked.id, role=Role.ASSISTANT, state=MessageState.WAITING)
        answers.to(store.checkpoint_answer(answer.id, text="Half of", reasoning="hm"))
        (row,) = store.messages([answer.id])
        assert (row.text, row.reasoning, row.state) == ("Half of", "hm", MessageState.WRITING)
        assert store.path(place)[-1].length == 7
        done = replace(row, text="Half of it.", state=MessageState.COMPLETE, ids=(5, 6), fingerprint="f", speed=9.0)
        answers.to(store.finish_answer(done))
        assert store.messages([answer.id]) == [done]
        assert store.path(place)[-1].length == len(done.text)


def test_sampled_ids_do_not_outlive_their_text(path: Path) -> None:
    """An answer that is written on has other text than its ids say."""
    with opened(path) as (store, answers, _):
        place = conversation(store)
        answer = message(store, place, "cut", role=Role.ASSISTANT, ids=(1, 2), fingerprint="f")
        answers.to(store.checkpoint_answer(answer.id, text="cut and continued"))
        (row,) = store.messages([answer.id])
        assert (row.ids, row.fingerprint) == ((), "")


def test_drafts_per_conversation_and_for_none(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        store.set_draft(0, "not yet")
        answers.to(store.set_draft(place, "草稿"))
    with opened(path) as (store, answers, _):
        assert (store.draft(0), store.draft(place), store.draft(999)) == ("not yet", "草稿", "")
        answers.to(store.set_draft(place, ""))
        assert store.draft(place) == ""


def test_answers_that_nobody_writes_any_more(path: Path) -> None:
    with opened(path) as (store, _, _):
        place = conversation(store)
        asked = message(store, place, "question")
        waiting = message(store, place, "", asked.id, role=Role.ASSISTANT, state=MessageState.WAITING)
        writing = message(store, place, "so far", asked.id, role=Role.ASSISTANT, state=MessageState.WRITING)
        stopped = message(store, place, "half", asked.id, role=Role.ASSISTANT, state=MessageState.STOPPED)
    with opened(path) as (store, _, report):
        assert report.interrupted == 2
        states = {row.id: row.state for row in store.messages([waiting.id, writing.id, stopped.id])}
    assert states == {
        waiting.id: MessageState.INTERRUPTED,
        writing.id: MessageState.INTERRUPTED,
        stopped.id: MessageState.STOPPED,
    }


def test_half_characters_do_not_lose_a_message(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        row = message(store, place, "a\ud83d\udd25b\ud83dc")
        answers.to(store.set_draft(place, "\udc00"))
        assert store.messages([row.id])[0].text == "a🔥b\ufffdc"
        assert store.draft(place) == "\ufffd"


@given(st.text(st.characters()))
def test_any_text_becomes_text_that_can_be_kept(text: str) -> None:
    result = whole(text)
    result.encode("utf-8")
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert result == text


@given(st.lists(st.integers(-(2**31), 2**31 - 1)).map(tuple))
def test_token_ids_are_packed_in_four_bytes(ids: tuple[int, ...]) -> None:
    packed = pack_ids(ids)
    assert len(packed) == 4 * len(ids)
    assert unpack_ids(packed) == ids


@pytest.mark.parametrize("data", [None, "text", 5, b"123"])
def test_what_is_no_list_of_ids_is_none(data: object) -> None:
    assert unpack_ids(data) == ()


def test_ids_are_little_endian_on_every_machine() -> None:
    assert pack_ids((1, 258)) == b"\x01\0\0\0\x02\x01\0\0"


# ---------------------------------------------------------------- tickets


def test_tickets_are_returned_at_once_and_answered_in_order(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        tickets = [store.set_draft(place, str(number)) for number in range(200)]
        assert len(set(tickets)) == 200
        answers.to(tickets[-1])
        acknowledged = [news.ticket for news in answers.all if isinstance(news, Stored)]
        assert acknowledged[-200:] == tickets
        assert store.draft(place) == "199"


def test_a_refused_write_fails_alone(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        other = conversation(store)
        good = message(store, place, "good")
        elsewhere = message(store, other, "elsewhere")
        gate = threading.Event()
        store._writer.add_chore(lambda _: gate.wait())  # so that the next ones wait together
        refused = [
            store.set_title(999, "nobody"),
            store.set_leaf(place, elsewhere.id),
            store.checkpoint_answer(999, text="nothing"),
            store.finish_answer(replace(good, id=999)),
            store.add_message(replace(good, id=good.id)),
            store.add_message(replace(good, id=store.new_id(), conversation=999)),
            store.add_message(replace(good, id=store.new_id(), parent=elsewhere.id)),
            store.add_message(replace(good, id=store.new_id(), parent=12345)),
            store.trash_conversation(999),
        ]
        fine = store.set_title(place, "good title")
        gate.set()
        assert answers.to(fine) == Stored(fine)
        for ticket in refused:
            answer = answers.to(ticket)
            assert isinstance(answer, StoreFailed)
            assert answer.error.kind is ErrorKind.INTERNAL
        assert [head.id for head in store.path(place)] == [good.id]


def test_a_write_that_failed_leaves_nothing(path: Path) -> None:
    """The row went in before the text was refused; both have to go."""
    with opened(path) as (store, answers, _):
        place = conversation(store)
        row = Message(store.new_id(), place, None, Role.USER, "text", 1.0, ids=(2**40,))
        assert isinstance(answers.to(store.add_message(row)), StoreFailed)
        assert store.counts()["messages"] == 0


def test_numbers_are_unique_over_threads_and_starts(path: Path) -> None:
    with opened(path) as (store, _, _):
        place = conversation(store)
        row = message(store, place, "highest")
        found: list[int] = []
        threads = [threading.Thread(target=lambda: found.extend(store.new_id() for _ in range(500))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 2000
        assert min(found) > row.id
    with opened(path) as (store, answers, _):
        assert store.new_id() == row.id + 1
        # A number is not given again after its owner was deleted: somebody may still know it.
        store.trash_conversation(place)
        answers.to(store.purge_trash())
    with opened(path) as (store, _, _):
        assert store.new_id() > row.id


def test_a_listener_that_raises_does_not_stop_the_store(path: Path) -> None:
    heard = Answers()

    def deliver(news: object) -> None:
        heard(news)  # type: ignore[arg-type]
        raise ValueError("listener")

    store = Store(path, deliver)
    store.open()
    conversation(store)
    ticket = store.set_draft(0, "x")
    assert heard.to(ticket) == Stored(ticket)
    store.close()


def test_writes_after_the_end_fail_at_once(path: Path) -> None:
    with opened(path) as (store, answers, _):
        conversation(store)
    for ticket in (store.set_draft(0, "late"), store.backup(), store.purge_trash()):
        answer = answers.to(ticket, 0.1)
        assert isinstance(answer, StoreFailed)
        assert answer.error.kind is ErrorKind.CANCELLED
    with pytest.raises(AssistantError):
        store.conversations()
    store.close()  # a second time: nothing


def test_closing_does_what_is_queued(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        tickets = [store.set_draft(place, f"{number}") for number in range(500)]
    assert {news.ticket for news in answers.all if isinstance(news, Stored)} >= set(tickets)
    assert not path.with_name(path.name + "-wal").exists()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT text FROM drafts").fetchall() == [("499",)]


def test_counts(path: Path) -> None:
    with opened(path) as (store, answers, _):
        place = conversation(store)
        message(store, place, "one")
        other = conversation(store)
        answers.to(store.trash_conversation(other))
        counts = store.counts()
    assert (counts["conversations"], counts["trashed"], counts["messages"], counts["backups"]) == (1, 1, 1, 0)
    assert counts["bytes"] > 0

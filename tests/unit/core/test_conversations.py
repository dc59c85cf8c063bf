"""A conversation from the first word to the disk, with a pretended engine and a real store."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import ConversationsChanged, MessageChanged, MessageGrew, MessageKept, PathChanged
from assistant.engine.client import EngineEnded
from assistant.engine.messages import FinishReason
from assistant.process import Ending, Outcome
from assistant.storage.rows import MessageState, Role
from assistant.storage.store import Store
from assistant.tasks.chat import AnswerOptions
from tests.fakes.conversation_desk import Desk, talk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def test_a_message_and_its_answer_are_kept(desk: Desk, tmp_path: Path) -> None:
    conversation = talk(desk, "Hello there", "Hi")
    assert desk.texts(conversation) == ["Hello there", "Hi"]
    desk.store.close()
    again = Store(tmp_path / "data.sqlite3", lambda event: None)
    again.open()
    (row,) = again.conversations()
    assert row.title == "Hello there"
    messages = again.messages([head.id for head in again.path(row.id)])
    assert [(m.role, m.text, m.state) for m in messages] == [
        (Role.USER, "Hello there", MessageState.COMPLETE),
        (Role.ASSISTANT, "Hi", MessageState.COMPLETE),
    ]
    assert messages[1].ids == (1, 2)
    assert messages[1].fingerprint == "f"
    assert messages[1].model == "Model"
    again.close()


def test_growing_text_is_announced_and_readable_from_any_place(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    desk.say("one ")
    desk.say("two")
    answer = desk.talks.path(conversation)[-1]
    assert MessageGrew(conversation, answer.id) in desk.events
    assert desk.talks.text_from(conversation, answer.id, 4) == "two"
    assert desk.talks.path(conversation)[-1].state is MessageState.WRITING
    assert desk.talks.busy(conversation)
    desk.finish()
    assert not desk.talks.busy(conversation)


def test_a_follow_up_carries_the_history_with_the_sampled_ids(desk: Desk) -> None:
    conversation = talk(desk, "first", "answer")
    desk.talks.send(conversation, "second")
    desk.pump()
    pieces = desk.engine.generates[-1].prompt
    assert "".join(p.text for p in pieces) == "<user>first<assistant>answer<user>second<assistant>"
    assert [p.ids for p in pieces if p.text == "answer"] == [(1, 2)]
    assert {p.trusted for p in pieces if p.text.startswith("<")} == {True}
    assert not any(p.trusted for p in pieces if p.text in ("first", "answer", "second"))


def test_only_a_limit_that_was_set_is_stated_to_the_engine(desk: Desk) -> None:
    talk(desk, "first", "answer")
    assert desk.engine.generates[-1].max_tokens == 0, "its room is not set aside: another conversation runs beside it"
    desk.options = replace(desk.options, max_tokens=7)
    talk(desk, "second", "answer")
    assert desk.engine.generates[-1].max_tokens == 7


def test_stop_keeps_what_was_written(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    desk.say("half an ans")
    desk.talks.stop(conversation)
    desk.pump()
    head = desk.talks.path(conversation)[-1]
    assert head.state is MessageState.STOPPED
    assert desk.texts(conversation)[-1] == "half an ans"


def test_stop_while_the_model_loads(tmp_path: Path) -> None:
    desk = Desk(tmp_path, auto_load=False)
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    desk.talks.stop(conversation)
    desk.pump()
    assert desk.talks.path(conversation)[-1].state is MessageState.STOPPED
    assert desk.engine.closed
    assert desk.failures == []
    desk.store.close()


def test_what_turns_out_to_be_reasoning_is_no_part_of_the_answer(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    desk.say("Let me see.\n")
    answer = desk.talks.path(conversation)[-1].id
    told = desk.events.count(MessageChanged(conversation, answer))
    desk.engine.say("It is", recalled=True)
    desk.pump()
    assert desk.events.count(MessageChanged(conversation, answer)) == told + 1, "not only growth: it begins anew"
    desk.say(" so.")
    desk.finish()
    message = desk.talks.message(conversation, answer)
    assert message is not None
    assert (message.text, message.reasoning) == ("It is so.", "Let me see.")
    desk.talks.send(conversation, "and then")
    desk.pump()
    assert desk.prompt() == "<user>q<assistant>It is so.<user>and then<assistant>"


def test_the_context_is_seen_to_fill_while_an_answer_is_written(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "question")
    desk.pump()
    prompt = len(desk.prompt())
    desk.say("one")
    usage = desk.talks.usage(conversation)
    assert (usage.used, usage.growing) == (prompt + 1, True)
    desk.engine.say(" two", count=2)
    desk.pump()
    assert desk.talks.usage(conversation).used == prompt + 2
    desk.finish()
    assert not desk.talks.usage(conversation).growing


def test_an_answer_that_is_stopped_while_the_model_loads_leaves_the_context_as_full_as_it_was(tmp_path: Path) -> None:
    desk = Desk(tmp_path, auto_load=False)
    conversation = desk.talks.create()
    desk.talks.send(conversation, "a question of some length")
    desk.engine.say_loaded()
    desk.pump()
    desk.say("an answer")
    desk.finish()
    desk.engines.unload("m")
    desk.talks.send(conversation, "more")
    desk.pump()
    desk.talks.stop(conversation)
    desk.pump()
    assert desk.talks.usage(conversation).used > 5
    desk.store.close()


def test_an_engine_that_dies_leaves_the_partial_answer_and_the_next_request_works(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    desk.say("partial")
    desk.engine.deliver(EngineEnded(Outcome(Ending.KILLED, -9)))
    desk.pump()
    head = desk.talks.path(conversation)[-1]
    assert head.state is MessageState.FAILED
    message = desk.talks.message(conversation, head.id)
    assert message.text == "partial"
    assert message.error == ErrorKind.ENGINE_MEMORY
    assert [error.kind for _, error in desk.failures] == [ErrorKind.ENGINE_MEMORY]
    desk.talks.send(conversation, "again")
    desk.pump()
    desk.say("works")
    desk.finish()
    assert desk.texts(conversation)[-1] == "works"
    assert len(desk.fakes.clients) == 2


def test_regenerate_makes_a_branch_and_the_old_answer_can_be_shown_again(desk: Desk) -> None:
    conversation = talk(desk, "q", "old")
    first = desk.talks.path(conversation)[-1]
    desk.talks.regenerate(conversation, first.id)
    desk.pump()
    desk.say("new")
    desk.finish()
    second = desk.talks.path(conversation)[-1]
    assert desk.texts(conversation) == ["q", "new"]
    assert (second.siblings, second.position) == (2, 1)
    assert desk.talks.siblings(conversation, second.id) == [first.id, second.id]
    desk.talks.switch(conversation, first.id)
    assert desk.texts(conversation) == ["q", "old"]


def test_versions_can_be_switched_before_the_disk_has_taken_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = talk(desk, "q", "old")
    first = desk.talks.path(conversation)[-1]
    desk.store.drain()
    monkeypatch.setattr(desk.store, "_submit", lambda write: write.ticket)  # the disk is slow
    desk.talks.regenerate(conversation, first.id)
    desk.pump()
    desk.say("new")
    desk.finish()
    second = desk.talks.path(conversation)[-1]
    assert desk.talks.siblings(conversation, second.id) == [first.id, second.id]
    for version, text, position in ((first, "old", 0), (second, "new", 1)):
        desk.talks.switch(conversation, version.id)
        shown = desk.talks.path(conversation)[-1]
        assert desk.texts(conversation) == ["q", text]
        assert (shown.siblings, shown.position) == (2, position)


def test_an_answer_that_is_taken_up_again_is_shown_as_one_that_waits(desk: Desk) -> None:
    """While the model loads, nothing else would tell that the old error is no longer true."""
    desk.has_model = False
    conversation = desk.talks.create()
    desk.talks.send(conversation, "Hello")
    answer = desk.talks.path(conversation)[-1].id
    desk.has_model = True
    states: list[MessageState] = []
    desk.on_event = lambda event: (
        states.append(desk.talks.message(conversation, answer).state) if isinstance(event, MessageChanged) else None
    )
    desk.talks.regenerate(conversation, answer)
    assert states == [MessageState.WAITING]


def test_what_was_said_without_a_model_is_answered_when_there_is_one(desk: Desk) -> None:
    desk.has_model = False
    first = desk.talks.create()
    desk.talks.send(first, "First")
    second = desk.talks.create()
    for text in ("Second", "Third"):
        desk.talks.send(second, text)
    gone = desk.talks.create()
    desk.talks.send(gone, "Gone")
    desk.talks.delete(gone)
    desk.has_model = True
    desk.talks.model_came()
    desk.pump()
    assert [desk.talks.busy(each) for each in (first, second, gone)] == [True, True, False]
    states = [head.state for head in desk.talks.path(second)]
    assert states[1] is MessageState.FAILED
    assert states[3] is not MessageState.FAILED
    desk.talks.stop(first)
    desk.talks.stop(second)
    desk.pump()
    desk.talks.model_came()
    assert not desk.talks.busy(first)


def test_an_answer_that_failed_before_its_first_word_is_replaced(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    desk.engine.deliver(EngineEnded(Outcome(Ending.KILLED, -9)))
    desk.pump()
    failed = desk.talks.path(conversation)[-1]
    assert failed.state is MessageState.FAILED
    desk.talks.regenerate(conversation, failed.id)
    desk.pump()
    desk.say("works")
    desk.finish()
    head = desk.talks.path(conversation)[-1]
    assert (head.id, head.siblings) == (failed.id, 1)
    assert desk.texts(conversation) == ["q", "works"]
    assert desk.begun == [conversation, conversation]


def test_a_message_is_busy_as_soon_as_its_path_is_shown(desk: Desk) -> None:
    busy: list[bool] = []
    conversation = desk.talks.create()
    desk.on_event = lambda event: isinstance(event, PathChanged) and busy.append(desk.talks.busy(conversation))
    desk.talks.send(conversation, "q")
    assert busy == [True]


def test_only_older_turns_can_be_left_out(desk: Desk) -> None:
    conversation = talk(desk, "one", "answer")
    assert not desk.talks.can_drop_oldest(conversation)
    talk(desk, "two", "answer", conversation)
    assert desk.talks.can_drop_oldest(conversation)


def test_the_title_follows_the_first_question_until_somebody_gives_one(desk: Desk) -> None:
    def edit(message: int, text: str) -> str:
        desk.talks.edit(conversation, message, text)
        desk.pump()
        desk.say("a")
        desk.finish()
        return desk.talks.get(conversation).title

    conversation = talk(desk, "Hello there", "Hi")
    assert edit(desk.talks.path(conversation)[0].id, "Good morning") == "Good morning"
    talk(desk, "How are you?", "Fine", conversation)
    assert edit(desk.talks.path(conversation)[2].id, "And you?") == "Good morning"
    desk.talks.rename(conversation, "Mine")
    assert edit(desk.talks.path(conversation)[0].id, "Good evening") == "Mine"


def test_what_was_said_before_and_cannot_be_read_ends_the_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = talk(desk, "q", "a")

    def damaged(_: object) -> Any:
        raise AssistantError(ErrorKind.DATABASE_DAMAGED)

    with monkeypatch.context() as patched:
        patched.setattr(desk.store, "messages", damaged)
        desk.talks.send(conversation, "more")
    last = desk.talks.path(conversation)[-1]
    assert last.state is MessageState.FAILED
    assert not desk.talks.busy(conversation)
    assert [(number, error.kind) for number, error in desk.failures] == [(conversation, ErrorKind.DATABASE_DAMAGED)]


def test_edit_asks_anew_from_there(desk: Desk) -> None:
    conversation = talk(desk, "q1", "a1")
    talk(desk, "q2", "a2", conversation)
    first = desk.talks.path(conversation)[0]
    desk.talks.edit(conversation, first.id, "q1 better")
    desk.pump()
    assert desk.prompt() == "<user>q1 better<assistant>"
    desk.say("a1 better")
    desk.finish()
    assert desk.texts(conversation) == ["q1 better", "a1 better"]
    desk.talks.switch(conversation, first.id)
    assert desk.texts(conversation) == ["q1", "a1", "q2", "a2"]


def test_an_answer_that_was_cut_can_be_continued(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    desk.say("one ")
    desk.finish(FinishReason.LIMIT)
    head = desk.talks.path(conversation)[-1]
    assert head.state is MessageState.CUT
    desk.talks.continue_(conversation, head.id)
    desk.pump()
    assert desk.prompt() == "<user>q<assistant>one "
    desk.say("two")
    desk.finish()
    assert desk.texts(conversation) == ["q", "one two"]
    assert desk.talks.path(conversation)[-1].state is MessageState.COMPLETE


def test_the_users_wording_of_an_answer_is_another_version_that_the_model_goes_on_from(desk: Desk) -> None:
    conversation = talk(desk, "q", "Dear Sir, no.")
    answer = desk.talks.path(conversation)[-1]
    desk.talks.rewrite(conversation, answer.id, "Dear Lucas, ")
    desk.pump()
    assert desk.prompt() == "<user>q<assistant>Dear Lucas,"
    desk.say(" yes.")
    desk.finish()
    assert desk.texts(conversation) == ["q", "Dear Lucas, yes."]
    assert desk.talks.path(conversation)[-1].siblings == 2
    desk.talks.switch(conversation, answer.id)
    assert desk.texts(conversation) == ["q", "Dear Sir, no."]
    with pytest.raises(AssistantError):
        desk.talks.rewrite(conversation, answer.id, " \n")


def test_a_conversation_has_instructions_of_its_own(desk: Desk, tmp_path: Path) -> None:
    conversation = desk.talks.create()
    desk.talks.instruct(conversation, "Rhyme.")  # before there is anything to keep
    talk(desk, "q", "a", conversation)
    assert desk.prompt() == "<system>Rhyme.<user>q<assistant>"
    desk.talks.instruct(conversation, "Be brief.")
    talk(desk, "more", "b", conversation)
    assert desk.prompt().startswith("<system>Be brief.<user>q")
    desk.store.close()
    again = Desk(tmp_path)
    row = again.talks.get(conversation)
    assert row is not None
    assert row.system == "Be brief."
    again.store.close()


def test_a_conversation_that_does_not_fit_says_so_and_can_drop_its_oldest_turns(tmp_path: Path) -> None:
    desk = Desk(tmp_path, context=200)
    conversation = talk(desk, "x" * 60, "y" * 40)
    talk(desk, "a" * 15, "b" * 5, conversation)
    assert desk.filling == [conversation]  # said before it happens
    desk.talks.send(conversation, "z" * 20)
    desk.pump()
    ((where, error),) = desk.failures
    assert where == conversation
    assert error.kind is ErrorKind.CONTEXT_FULL
    assert error.values["available"] == 200
    assert len(desk.engine.generates) == 2  # nothing was cut silently
    desk.talks.drop_oldest(conversation, needed=int(error.values["needed"]), available=200)
    desk.talks.retry(conversation)
    desk.pump()
    assert "x" * 60 not in desk.prompt()
    assert "z" * 20 in desk.prompt()
    desk.say("ok")
    desk.finish()
    assert desk.texts(conversation)[0] == "x" * 60  # still there to read
    assert desk.texts(conversation)[-1] == "ok"
    assert len(desk.talks.path(conversation)) == 6
    desk.store.close()


def test_an_answer_that_goes_in_circles_is_stopped_and_says_so(desk: Desk) -> None:
    dice = random.Random(1)
    three = [f"The {what} by the window is lit before any of the guests arrive. " for what in ("lamp", "fire", "stove")]
    conversation = desk.talks.create()
    desk.talks.send(conversation, "What is lit?")
    desk.pump()
    said = 0
    while said < 60 and not desk.engine.cancelled:
        desk.say(dice.choice(three))
        said += 1
    assert desk.engine.cancelled
    desk.pump()
    message = desk.talks.path(conversation)[-1]
    assert message.state is MessageState.LOOPED
    assert message.length > 1000


def test_a_base_model_continues_the_text(tmp_path: Path) -> None:
    desk = Desk(tmp_path, template="")
    desk.options = AnswerOptions(raw=True)
    conversation = talk(desk, "Once upon", " a time", desk.talks.create())
    desk.talks.send(conversation, "Then")
    desk.pump()
    assert desk.prompt() == "Once upon a time\n\nThen"
    desk.store.close()


def test_chat_with_a_base_model_says_that_it_has_no_template(tmp_path: Path) -> None:
    desk = Desk(tmp_path, template="")
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    assert [error.kind for _, error in desk.failures] == [ErrorKind.NO_TEMPLATE]
    desk.store.close()


def test_delete_can_be_undone(desk: Desk) -> None:
    conversation = talk(desk, "keep me", "yes")
    desk.talks.delete(conversation)
    assert desk.talks.rows() == []
    desk.store.drain()
    assert desk.talks.undo_delete() == conversation
    assert desk.texts(conversation) == ["keep me", "yes"]
    desk.events.clear()
    desk.store.drain()
    desk.pump()
    assert ConversationsChanged() in desk.events, "now a search of what is kept finds it"
    assert desk.talks.search("yes")
    assert desk.talks.undo_delete() is None


def test_half_characters_do_not_reach_the_pipe(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "a\ud83d好")
    desk.pump()
    assert desk.prompt() == "<user>a\ufffd好<assistant>"


def test_an_empty_message_is_refused(desk: Desk) -> None:
    with pytest.raises(AssistantError) as caught:
        desk.talks.send(desk.talks.create(), "  \n")
    assert caught.value.kind is ErrorKind.INPUT_EMPTY


def test_the_last_changed_conversation_comes_first_and_search_finds_text(desk: Desk) -> None:
    one = talk(desk, "apples", "red")
    two = talk(desk, "pears", "绿色的梨")
    assert [row.id for row in desk.talks.rows()] == [two, one]
    talk(desk, "more apples", "green", one)
    assert [row.id for row in desk.talks.rows()] == [one, two]
    desk.store.drain()
    assert [hit.row.id for hit in desk.talks.search("绿色")] == [two]
    assert [hit.row.id for hit in desk.talks.search("RED")] == [one]
    assert [hit.row.id for hit in desk.talks.search(" ")] == [one, two]


def test_closing_in_the_middle_keeps_the_text_as_interrupted(desk: Desk, tmp_path: Path) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    desk.pump()
    desk.say("in the middle")
    desk.talks.replies.interrupt_all()
    desk.pump()
    desk.store.close()
    again = Store(tmp_path / "data.sqlite3", lambda event: None)
    again.open()
    last = again.messages([again.path(conversation)[-1].id])[0]
    assert (last.text, last.state) == ("in the middle", MessageState.INTERRUPTED)
    again.close()


def test_what_the_user_said_is_acknowledged_when_it_is_on_disk(desk: Desk) -> None:
    conversation = desk.talks.create()
    message = desk.talks.send(conversation, "q")
    desk.store.drain()
    desk.pump()
    assert MessageKept(conversation, message) in desk.events


def test_the_path_is_announced_when_messages_come(desk: Desk) -> None:
    conversation = desk.talks.create()
    desk.talks.send(conversation, "q")
    assert PathChanged(conversation) in desk.events


def test_a_search_says_where_it_found_the_words(desk: Desk) -> None:
    one = talk(desk, "Tell me about the sea", "The sea is salty.\n\nIt is\nalso deep, and Salt comes from rocks.")
    desk.store.drain()
    hit = desk.talks.search("ALSO deep")[0]
    answer = desk.talks.path(one)[1].id
    assert (hit.row.id, hit.message, hit.match) == (one, answer, "also deep")
    assert hit.before == "…is salty. It is "
    assert hit.after == ", and Salt comes from rocks."
    assert desk.talks.search("sea")[0].message == answer, "the newest message that holds it"
    desk.talks.rename(one, "Oceans")
    assert desk.talks.search("oceans")[0].message is None


def test_what_was_left_out_is_told(desk: Desk) -> None:
    conversation = talk(desk, "one " * 40, "first")
    assert desk.talks.read_from(conversation) is None
    talk(desk, "two " * 40, "second", conversation)
    talk(desk, "three", "third", conversation)
    desk.talks.drop_oldest(conversation, needed=100, available=100)
    first = desk.talks.read_from(conversation)
    assert first in [head.id for head in desk.talks.path(conversation)][1:]
    desk.talks.send(conversation, "four")
    desk.pump()
    assert "three" in desk.prompt()
    assert "one one" not in desk.prompt()

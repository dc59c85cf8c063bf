"""Questions about a document through the whole core: the whole of it or its passages, history, links, stopping."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.asking import Exchange
from assistant.engine.messages import FinishReason
from tests.fakes.answering_engines import turns_in
from tests.fakes.asked import Asked
from tests.fakes.summaries import material
from tests.fakes.summary_desk import SummaryDesk, story

SHORT = "The lighthouse was built in 1911.\n\nThe keeper Jan Peeters retired in 1938."


@pytest.fixture
def desk() -> Iterator[SummaryDesk]:
    desk = SummaryDesk(keep=False, held=True, context=4000)
    yield desk
    desk.close()


def says(desk: SummaryDesk, text: str) -> None:
    desk.engine.model = lambda turns, most: (text, FinishReason.END)


def test_a_document_that_fits_is_given_whole(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    asked = Asked(desk, document.digest, "When did the keeper retire?")
    desk.waiting(1)
    request = desk.engine.waiting[0]
    assert material(turns_in(request)) == document.text
    assert "When did the keeper retire?" in turns_in(request)[-1].text
    assert request.priority == "interactive"
    says(desk, "Jan Peeters retired in 1938.")
    desk.engine.begin(request, "Jan")
    desk.pump()
    assert asked.grown[-1].text == "Jan"
    desk.engine.model = lambda turns, most: (" Peeters retired in 1938.", FinishReason.END)
    desk.engine.answer()
    answer = asked.end()
    assert answer.text == "Jan Peeters retired in 1938."
    assert (answer.whole, answer.passages, answer.finish, answer.error) == (True, (), "end", None)
    assert answer.linked is not None
    (sentence,) = answer.linked.sentences
    assert sentence.supported
    source = sentence.sources[0]
    assert document.text[source.start : source.end].startswith("The keeper Jan Peeters")


def test_an_answer_that_only_repeats_itself_is_ended(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    asked = Asked(desk, document.digest, "When did the keeper retire?")
    desk.waiting(1)
    request = desk.engine.waiting[0]
    for _ in range(8):
        desk.engine.begin(request, "Jan Peeters retired from it in 1938. ")
    answer = asked.end()
    assert request.id in desk.engine.cancelled
    assert (answer.text, answer.finish) == ("Jan Peeters retired from it in 1938.", "limit")


def test_questions_about_a_whole_document_share_what_was_read(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    keys = []
    history: list[Exchange] = []
    for question in ("When was it built?", "And who was the keeper?"):
        asked = Asked(desk, document.digest, question, history=history)
        desk.waiting(1)
        keys.append(desk.engine.waiting[0].key)
        turns = turns_in(desk.engine.waiting[0])
        says(desk, "In 1911.")
        desk.engine.answer()
        history.append(Exchange(question, asked.end().text))
    assert keys[0] == keys[1] != ""
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "user"]
    assert turns[2].text == "In 1911."
    assert material(turns[:2]) == document.text


def test_of_a_longer_document_the_passages_that_matter_are_given(desk: SummaryDesk) -> None:
    document = desk.open(story(200))
    asked = Asked(desk, document.digest, "What happened to fact77 in 1577?")
    desk.waiting(1)
    given = material(turns_in(desk.engine.waiting[0]))
    assert "fact77" in given
    assert len(given) < len(document.text) / 2
    says(desk, "The town saw fact77.")
    desk.engine.answer()
    answer = asked.end()
    assert not answer.whole
    assert [document.text[one.start : one.end] in given for one in answer.passages] == [True] * len(answer.passages)
    assert list(answer.passages) == sorted(answer.passages, key=lambda one: one.start)


def test_what_was_said_before_helps_to_find_the_passages(desk: SummaryDesk) -> None:
    document = desk.open(story(200))
    Asked(desk, document.digest, "And after it?", history=[Exchange("What of fact77?", "The town saw fact77.")])
    desk.waiting(1)
    assert "fact77" in material(turns_in(desk.engine.waiting[0]))
    request = next(one for one in desk.worker.requests if type(one).__name__ == "Retrieve")
    assert request.history == ("What of fact77?", "The town saw fact77.")


def test_stopping_keeps_what_was_written_and_links_it(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    asked = Asked(desk, document.digest, "When?")
    desk.waiting(1)
    desk.engine.begin(desk.engine.waiting[0], "The lighthouse was built in 1911.")
    desk.pump()
    asked.stop()
    answer = asked.end()
    assert (answer.finish, answer.text) == ("cancelled", "The lighthouse was built in 1911.")
    assert answer.linked is not None
    asked.stop()  # too late for anything
    desk.pump()
    assert len(asked.ends) == 1


def test_stopping_before_the_first_word(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    desk.engines.options["auto_load"] = False
    asked = Asked(desk, document.digest, "When?")
    desk.wait(lambda: desk.engines.clients)
    asked.stop()
    answer = asked.end()
    assert (answer.finish, answer.text, answer.error) == ("cancelled", "", None)
    desk.engine.say_loaded()
    desk.pump()
    assert desk.engine.generates == []


def test_stopping_gives_up_the_search_for_passages_also_where_all_was_counted_before(desk: SummaryDesk) -> None:
    document = desk.open(story(120))
    first = Asked(desk, document.digest, "Which year?")
    desk.waiting(1)
    first.stop()
    first.end()
    desk.worker.held.add("Retrieve")
    before = len(desk.worker.requests)
    second = Asked(desk, document.digest, "Which town?")
    desk.wait(lambda: len(desk.worker.requests) > before)
    assert type(desk.worker.requests[-1]).__name__ == "Retrieve"
    second.stop()
    second.end()
    assert desk.worker.cancelled[-1:] == [desk.worker.requests[-1].id]


def test_stopping_while_the_links_are_looked_for_keeps_the_answer(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    desk.worker.held.add("Link")
    asked = Asked(desk, document.digest, "When?")
    desk.waiting(1)
    says(desk, "In 1911.")
    desk.engine.answer()
    desk.wait(lambda: any(type(one).__name__ == "Link" for one in desk.worker.requests))
    asked.stop()
    answer = asked.end()
    assert (answer.text, answer.linked, answer.finish) == ("In 1911.", None, "end")


def test_a_model_that_only_thinks_up_to_its_limit_gets_all_the_room_once(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    asked = Asked(desk, document.digest, "When?")
    desk.waiting(1)
    first = desk.engine.waiting[0].max_tokens
    desk.engine.model = lambda turns, most: ("", FinishReason.LIMIT)
    desk.engine.answer()
    desk.waiting(1)
    assert desk.engine.waiting[0].max_tokens > 2 * first
    assert asked.ends == []
    desk.engine.answer()
    answer = asked.end()
    assert (answer.text, answer.finish, answer.error) == ("", "limit", None)


def test_an_engine_that_dies_leaves_what_was_written(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    asked = Asked(desk, document.digest, "When?")
    desk.waiting(1)
    desk.engine.begin(desk.engine.waiting[0], "In 19")
    desk.pump()
    desk.engine.die()
    answer = asked.end()
    assert answer.text == "In 19"
    assert answer.error is not None
    assert answer.error.kind is ErrorKind.ENGINE_CRASHED


@pytest.mark.parametrize("kind", ["Retrieve"])
def test_passages_that_cannot_be_found_end_it(desk: SummaryDesk, kind: str) -> None:
    document = desk.open(story(200))
    desk.worker.refuses[kind] = AssistantError(ErrorKind.DOCUMENT_SLOW, seconds=20)
    answer = Asked(desk, document.digest, "What?").end()
    assert answer.error is not None
    assert answer.error.kind is ErrorKind.DOCUMENT_SLOW


def test_what_cannot_be_asked(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    for digest, question, kind in (
        (document.digest, "  ", ErrorKind.INPUT_EMPTY),
        ("0" * 32, "What?", ErrorKind.INTERNAL),
    ):
        with pytest.raises(AssistantError) as caught:
            Asked(desk, digest, question)
        assert caught.value.kind is kind
    desk.models.clear()
    with pytest.raises(AssistantError) as caught:
        Asked(desk, document.digest, "What?")
    assert caught.value.kind is ErrorKind.NO_MODEL


def test_a_program_that_ends_tells_nobody_any_more(desk: SummaryDesk) -> None:
    document = desk.open(SHORT)
    asked = Asked(desk, document.digest, "When?")
    desk.waiting(1)
    desk.core.asking.interrupt_all()
    desk.engine.answer()
    desk.pump()
    assert asked.ends == []

"""The translation of what is being typed: the latest text counts, and what stays the same is not asked again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from assistant.base.errors import ErrorKind
from assistant.core.events import LiveChanged, TranslationGrew
from assistant.core.kept_files import SEGMENTS
from assistant.core.translation.translations import LIVE
from assistant.core.translation.views import JobState, SegmentState, TranslationView
from assistant.documents.segments import Term
from assistant.engine.messages import FinishReason, Generate
from assistant.tasks.chat import ChatTurn
from assistant.tasks.translation import Formality, TranslateOptions
from tests.fakes.summaries import Answered
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translators import TranslatingClient, good, sentence, story, text_of

CHINESE = TranslateOptions(target="zh-Hans", source="en")


@pytest.fixture
def desk() -> Iterator[TranslationDesk]:
    desk = TranslationDesk()
    yield desk
    desk.close()


def view(desk: TranslationDesk) -> TranslationView:
    found = desk.translations.view(LIVE)
    assert isinstance(found, TranslationView)
    return found


def settled(desk: TranslationDesk) -> TranslationView:
    """Wait until there is a translation of all that was typed."""
    desk.wait(lambda: desk.translations.view(LIVE).state is not JobState.RUNNING)
    return view(desk)


def texts(requests: list[Generate]) -> list[str]:
    return [text_of(TranslatingClient.turns(request)) for request in requests]


def joined(*numbers: int, language: str = "en") -> str:
    return " ".join(sentence(number, language) for number in numbers)


def test_what_is_typed_is_translated_and_nothing_is_kept(desk: TranslationDesk) -> None:
    assert desk.translations.view(LIVE) is None
    desk.translations.live(joined(0, 1), CHINESE)
    shown = settled(desk)
    assert (shown.id, shown.state, shown.finish, shown.done, shown.total) == (LIVE, JobState.DONE, "end", 2, 2)
    assert [segment.target for segment in shown.segments] == [sentence(0, "zh"), sentence(1, "zh")]
    assert desk.translations.text(LIVE) == sentence(0, "zh") + sentence(1, "zh")
    assert LiveChanged() in desk.events
    assert TranslationGrew(LIVE, 0) in desk.events
    assert desk.translations.rows() == []
    assert not list(desk.core.documents.folder.glob(f"*{SEGMENTS}"))
    assert {request.priority for request in desk.engine.generates} == {"interactive"}


def test_what_stays_the_same_is_not_translated_again(desk: TranslationDesk) -> None:
    desk.translations.live(joined(0, 1), CHINESE)
    settled(desk)
    desk.translations.live(joined(0, 5, 1, 2), CHINESE)
    shown = settled(desk)
    assert [segment.target for segment in shown.segments] == [sentence(number, "zh") for number in (0, 5, 1, 2)]
    assert [segment.index for segment in shown.segments] == [0, 1, 2, 3]
    assert texts(desk.engine.generates) == [sentence(number) for number in (0, 1, 5, 2)]


def test_other_wishes_translate_all_of_it_again(desk: TranslationDesk) -> None:
    desk.translations.live(joined(0, 1), CHINESE)
    settled(desk)
    formal = TranslateOptions(target="zh-Hans", source="en", formality=Formality.FORMAL)
    desk.translations.live(joined(0, 1), formal)
    settled(desk)
    assert texts(desk.engine.generates) == [sentence(number) for number in (0, 1, 0, 1)]


def test_a_sentence_added_to_a_long_text_is_asked_for_alone(desk: TranslationDesk) -> None:
    desk.translations.live(joined(*range(420)), CHINESE)
    settled(desk)
    desk.translations.live(joined(*range(421)), CHINESE)
    shown = settled(desk)
    assert (shown.done, shown.total) == (421, 421)
    assert texts(desk.engine.generates)[420:] == [sentence(420)]


def test_a_term_that_was_added_translates_all_of_it_again(desk: TranslationDesk) -> None:
    glossary = desk.core.glossaries.create("Town")
    options = TranslateOptions(target="zh-Hans", source="en", glossary=glossary)
    desk.translations.live(joined(0, 1), options)
    settled(desk)
    desk.core.glossaries.set_term(glossary, Term("lamp", "灯"))
    desk.translations.live(joined(0, 1), options)
    settled(desk)
    assert texts(desk.engine.generates) == [sentence(number) for number in (0, 1, 0, 1)]


def test_a_sentence_that_is_being_written_goes_on_while_more_is_typed(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    desk.translations.live(joined(0, 1), CHINESE)
    desk.waiting(2)
    desk.translations.live(joined(7, 0, 2), CHINESE)
    desk.wait(lambda: set(texts(desk.engine.waiting)) == {sentence(0), sentence(7), sentence(2)})
    assert texts(desk.engine.generates).count(sentence(0)) == 1
    desk.engine.begin(desk.engine.waiting[0], "1000年")
    desk.pump()
    assert desk.translations.segment(LIVE, 1).target == "1000年"
    desk.engine.answer_all()
    shown = settled(desk)
    assert [segment.target for segment in shown.segments] == [sentence(number, "zh") for number in (7, 0, 2)]


def test_a_long_sentence_whose_first_piece_is_of_an_older_text_is_translated(desk: TranslationDesk) -> None:
    def parts(turns: Sequence[ChatTurn], most: int) -> Answered:
        return good([ChatTurn(turn.role, turn.text.replace(";", ".")) for turn in turns], most)

    long = "; ".join(sentence(number).rstrip(".") for number in range(60)) + "."
    desk.engines.options |= {"held": True, "model": parts, "context": 20000}
    desk.translations.live(f"{long} {sentence(70)}", CHINESE)
    desk.waiting(2)
    desk.translations.live(f"{long} {sentence(70)} {sentence(71)}", CHINESE)
    desk.wait(lambda: sentence(71) in texts(desk.engine.waiting))
    desk.engine.answer(next(one for one in desk.engine.waiting if texts([one])[0] in long))
    desk.pump()
    desk.engine.held = False
    desk.engine.answer_all()
    shown = settled(desk)
    assert (shown.state, shown.done) == (JobState.DONE, 3)
    assert shown.segments[0].target.count("工人") == 60


def test_a_late_answer_to_an_older_text_changes_nothing(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    desk.translations.live(sentence(0), CHINESE)
    desk.waiting(1)
    (old,) = desk.engine.waiting
    desk.translations.live(sentence(1), CHINESE)
    desk.wait(lambda: texts(desk.engine.waiting) == [sentence(1)])
    assert old.id in desk.engine.cancelled
    desk.engine.answer(old)  # the engine had not heard of it
    desk.pump()
    assert [segment.target for segment in view(desk).segments] == [""]
    desk.engine.answer()
    assert [segment.target for segment in settled(desk).segments] == [sentence(1, "zh")]


def test_only_the_latest_of_many_texts_is_asked_for(desk: TranslationDesk) -> None:
    desk.translations.live(sentence(0), CHINESE)
    settled(desk)
    for length in range(1, 60):
        desk.translations.live(sentence(1)[:length], CHINESE)
    desk.translations.live(joined(0, 2), CHINESE)
    shown = settled(desk)
    assert [segment.target for segment in shown.segments] == [sentence(0, "zh"), sentence(2, "zh")]
    assert texts(desk.engine.generates) == [sentence(0), sentence(2)]


def test_the_same_sentence_twice_is_asked_for_once(desk: TranslationDesk) -> None:
    desk.translations.live(joined(3, 3, 4), CHINESE)
    shown = settled(desk)
    assert [segment.target for segment in shown.segments] == [sentence(number, "zh") for number in (3, 3, 4)]
    assert texts(desk.engine.generates) == [sentence(3), sentence(4)]


def test_stopping_keeps_what_there_is_and_typing_goes_on(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    desk.translations.live(joined(0, 1), CHINESE)
    desk.waiting(2)
    desk.engine.answer()
    desk.wait(lambda: view(desk).done == 1)
    desk.translations.stop_live()
    shown = view(desk)
    assert (shown.state, shown.done, shown.finish) == (JobState.STOPPED, 1, "cancelled")
    desk.engine.held = False
    desk.translations.live(joined(0, 1), CHINESE)
    assert [segment.target for segment in settled(desk).segments] == [sentence(0, "zh"), sentence(1, "zh")]
    assert texts(desk.engine.generates).count(sentence(0)) == 1


def test_an_empty_text_ends_it(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    desk.translations.live(sentence(0), CHINESE)
    desk.waiting(1)
    desk.translations.live("  ", CHINESE)
    assert desk.translations.view(LIVE) is None
    desk.pump()
    assert desk.engine.waiting == []


def test_an_error_is_said_and_the_next_text_tries_again(desk: TranslationDesk) -> None:
    desk.engines.options["template"] = ""
    desk.translations.live(sentence(0), CHINESE)
    shown = settled(desk)
    assert shown.state is JobState.FAILED
    assert shown.error is not None
    assert shown.error.kind is ErrorKind.NO_TEMPLATE
    models = list(desk.models)
    desk.models.clear()
    desk.translations.live(sentence(1), CHINESE)
    shown = settled(desk)
    assert shown.error is not None
    assert shown.error.kind is ErrorKind.NO_MODEL
    desk.models.extend(models)
    desk.engine.die()
    desk.pump()
    desk.engines.options["template"] = "{{ messages }}"
    desk.translations.live(sentence(1), CHINESE)
    assert [segment.target for segment in settled(desk).segments] == [sentence(1, "zh")]


def test_what_was_typed_goes_into_the_history_on_request(desk: TranslationDesk) -> None:
    desk.translations.live(story(6), CHINESE)
    shown = settled(desk)
    asked = len(desk.engine.generates)
    job = desk.result(desk.translations.keep_live)
    assert [row.id for row in desk.translations.rows()] == [job]
    kept = desk.shown(job)
    assert (kept.state, kept.finish, kept.done, kept.total) == (JobState.DONE, "end", 6, 6)
    assert [segment.target for segment in kept.segments] == [segment.target for segment in shown.segments]
    assert kept.segments[0].confidence == shown.segments[0].confidence > 0
    assert len(desk.engine.generates) == asked
    desk.close()
    again = TranslationDesk()
    try:
        assert [segment.target for segment in again.shown(job).segments] == [one.target for one in shown.segments]
    finally:
        again.close()


def test_what_is_kept_twice_stands_once_in_the_history(desk: TranslationDesk) -> None:
    desk.translations.live(joined(0, 1), CHINESE)
    settled(desk)
    first = desk.result(desk.translations.keep_live)
    desk.translations.edit(LIVE, 0, sentence(0, "zh").replace("古老", "老"))
    assert desk.result(desk.translations.keep_live) == first
    assert [row.id for row in desk.translations.rows()] == [first]
    assert desk.shown(first).segments[0].target == sentence(0, "zh").replace("古老", "老")
    desk.translations.live(joined(0, 2), CHINESE)
    settled(desk)
    second = desk.result(desk.translations.keep_live)
    assert [row.id for row in desk.translations.rows()] == [second, first]
    desk.translations.remove(second)
    third = desk.result(desk.translations.keep_live)
    assert third not in (first, second)


def test_what_is_kept_again_before_it_is_in_the_history_stands_there_once(desk: TranslationDesk) -> None:
    desk.translations.live(joined(0, 1), CHINESE)
    settled(desk)
    kept: list[object] = []
    desk.translations.keep_live(kept.append)
    desk.translations.keep_live(kept.append)
    desk.wait(lambda: len(kept) == 2)
    assert [row.id for row in desk.translations.rows()] == kept[:1] == kept[1:]


def test_half_of_it_is_kept_as_stopped_and_can_go_on(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    desk.translations.live(joined(0, 1), CHINESE)
    desk.waiting(2)
    desk.engine.answer()
    desk.wait(lambda: view(desk).done == 1)
    job = desk.result(desk.translations.keep_live)
    assert desk.shown(job).state is JobState.STOPPED
    desk.translations.live("", CHINESE)
    desk.engine.held = False
    desk.translations.go_on(job)
    made = desk.made(job)
    assert made.state is JobState.DONE
    assert [segment.target for segment in made.segments] == [sentence(0, "zh"), sentence(1, "zh")]


def test_segments_of_it_can_be_redone_and_written_by_hand(desk: TranslationDesk) -> None:
    desk.translations.live(joined(0, 1), CHINESE)
    settled(desk)
    desk.translations.edit(LIVE, 0, "第一句。")
    desk.translations.redo(LIVE, 1)
    desk.wait(lambda: desk.translations.segment(LIVE, 1).state is SegmentState.REDONE)
    desk.translations.live(joined(0, 1, 2), CHINESE)
    shown = settled(desk)
    assert [segment.target for segment in shown.segments] == ["第一句。", sentence(1, "zh"), sentence(2, "zh")]
    assert shown.segments[0].state is SegmentState.EDITED


def test_an_engine_that_fails_one_answer_stops_the_rest(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    desk.translations.live(joined(0, 1), CHINESE)
    desk.waiting(2)
    desk.engine.die()
    shown = settled(desk)
    assert shown.error is not None
    assert shown.error.kind is ErrorKind.ENGINE_CRASHED
    assert FinishReason.CANCELLED not in [one.finish for one in desk.core.answers.running]

"""Stopping a translation in the middle: what is being checked is not lost, and no request takes a piece of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from assistant.core.translation.translations import LIVE
from assistant.core.translation.views import ENDED, JobState, SegmentState
from assistant.engine.messages import FinishReason
from assistant.tasks.chat import ChatTurn
from assistant.tasks.translation import TranslateOptions
from tests.fakes.summaries import Answered
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translators import good, sentence, story, text_of

CHINESE = TranslateOptions(target="zh-Hans")


@pytest.fixture
def desk() -> Iterator[TranslationDesk]:
    desk = TranslationDesk()
    yield desk
    desk.close()


def checking(desk: TranslationDesk, start: Callable[[], object]) -> None:
    """Have ``start`` begin something, and hold its first check."""
    for worker in desk.workers:
        worker.held.add("CheckSegments")
    start()
    desk.wait(lambda: any(worker.kept for worker in desk.workers))


def release(desk: TranslationDesk) -> None:
    for worker in desk.workers:
        worker.release()


def wrong(turns: Sequence[ChatTurn], most: int) -> Answered:
    text, reason = good(turns, most)
    return text.replace("10", "70"), reason


def test_a_good_answer_that_is_being_checked_is_kept(desk: TranslationDesk) -> None:
    document = desk.read(story(1))
    desk.planned(document.digest, CHINESE)
    jobs: list[int] = []
    checking(desk, lambda: jobs.append(desk.begin(document.digest, CHINESE)))
    desk.translations.stop(jobs[0])
    desk.pump()
    assert desk.translations.running() == jobs  # it is not over before the check is
    release(desk)
    view = desk.made(jobs[0])
    assert (view.state, view.done, view.segments[0].target) == (JobState.STOPPED, 1, sentence(0, "zh"))
    desk.translations.go_on(jobs[0])
    assert desk.made(jobs[0]).state is JobState.DONE
    assert len(desk.engines.asked) == 1


def test_an_answer_that_is_no_good_is_asked_for_when_it_goes_on(desk: TranslationDesk) -> None:
    desk.engines.options["model"] = wrong
    document = desk.read(story(1))
    desk.planned(document.digest, CHINESE)
    jobs: list[int] = []
    checking(desk, lambda: jobs.append(desk.begin(document.digest, CHINESE)))
    desk.translations.stop(jobs[0])
    release(desk)
    view = desk.made(jobs[0])
    assert (view.state, view.done, len(desk.engines.asked)) == (JobState.STOPPED, 0, 1)
    desk.engine.model = good
    desk.translations.go_on(jobs[0])
    view = desk.made(jobs[0])
    assert [(one.state, one.target) for one in view.segments] == [(SegmentState.DONE, sentence(0, "zh"))]


@pytest.mark.parametrize("model", [good, wrong])
def test_stopping_what_is_typed_keeps_what_is_being_checked(
    desk: TranslationDesk, model: Callable[[Sequence[ChatTurn], int], Answered]
) -> None:
    desk.engines.options["model"] = model
    desk.planned(desk.read(story(1)).digest, CHINESE)
    checking(desk, lambda: desk.translations.live(sentence(0), CHINESE))
    desk.translations.stop_live()
    release(desk)
    desk.pump()
    view = desk.translations.view(LIVE)
    assert (view.state, view.done) == (JobState.STOPPED, model is good)
    asked = len(desk.engines.asked)
    desk.engine.model = good
    desk.translations.live(f"{sentence(0)} {sentence(1)}", CHINESE)
    desk.wait(lambda: desk.translations.view(LIVE).state is JobState.DONE)
    assert [one.target for one in desk.translations.view(LIVE).segments] == [sentence(0, "zh"), sentence(1, "zh")]
    assert len(desk.engines.asked) - asked == (1 if model is good else 2)


def test_typing_on_while_a_stopped_sentence_is_being_checked(desk: TranslationDesk) -> None:
    desk.engines.options["model"] = wrong
    desk.planned(desk.read(story(1)).digest, CHINESE)
    checking(desk, lambda: desk.translations.live(sentence(0), CHINESE))
    desk.translations.stop_live()
    desk.engine.model = good
    desk.translations.live(f"{sentence(0)} {sentence(1)}", CHINESE)
    release(desk)
    desk.wait(lambda: desk.translations.view(LIVE).state is JobState.DONE)
    assert [one.target for one in desk.translations.view(LIVE).segments] == [sentence(0, "zh"), sentence(1, "zh")]


def test_a_long_segment_is_written_again_while_others_are_made(desk: TranslationDesk) -> None:
    """Its pieces are asked one after the other, beside those of another long one, and neither takes the other's."""
    asked: list[str] = []

    def pieces(turns: Sequence[ChatTurn], most: int) -> Answered:
        text = text_of(turns)
        asked.append(text)
        return "".join(f"{number}号灯，" for number in numbers(text)), FinishReason.END

    def numbers(text: str) -> list[str]:
        return [word.strip(",.;") for word in text.split() if word.strip(",.;").isdigit()]

    first, second = (
        "; ".join(f"lamp {number} of the old town was lit again" for number in range(start, start + 120)) + "."
        for start in (100, 300)
    )
    desk.engines.options["model"] = pieces
    document = desk.read(f"{first}\n\n{second}")
    assert len(document.segments) == 2
    job = desk.begin(document.digest, CHINESE)
    desk.wait(lambda: (one := desk.translations.segment(job, 0)) and one.state in ENDED)
    before = len([text for text in asked if "lamp 100 " in text])
    desk.translations.redo(job, 0)
    desk.wait(lambda: not desk.translations.requested(job))
    view = desk.made(job)
    for segment, start in zip(view.segments, (100, 300), strict=True):
        assert [part for part in segment.target.split("，") if part] == [
            f"{number}号灯" for number in range(start, start + 120)
        ]
    assert len([text for text in asked if "lamp 100 " in text]) > before
    assert all(not ("lamp 1" in text and "lamp 3" in text) for text in asked)

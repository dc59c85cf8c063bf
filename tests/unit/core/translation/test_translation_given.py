"""What no model is asked for: what was translated by hand before, checked, and what is in the language already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.translation.translations import LIVE
from assistant.core.translation.views import JobState, SegmentState
from assistant.documents.segments import FindingKind, Term
from assistant.engine.messages import FinishReason
from assistant.tasks.chat import ChatTurn
from assistant.tasks.translation import TranslateOptions
from assistant.worker.messages import CheckSegments
from tests.fakes.summaries import Answered
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translators import good, sentence, story, text_of

CHINESE = TranslateOptions(target="zh-Hans")
ENGLISH = TranslateOptions(target="en")


@pytest.fixture
def desk() -> Iterator[TranslationDesk]:
    desk = TranslationDesk()
    yield desk
    desk.close()


def remember(desk: TranslationDesk, *pairs: tuple[str, str]) -> None:
    for source, target in pairs:
        desk.core.memory.remember(source, target, "en", "zh-Hans")
    desk.wait(lambda: desk.core.memory.count() == len(pairs))


def with_term(desk: TranslationDesk) -> TranslateOptions:
    glossary = desk.core.glossaries.create("Town")
    desk.core.glossaries.set_term(glossary, Term("lamp", "油灯"))
    return TranslateOptions(target="zh-Hans", glossary=glossary)


# ---------------------------------------------------------------- the memory


def test_what_was_translated_by_hand_is_checked_and_stays(desk: TranslationDesk) -> None:
    wrong = sentence(1, "zh").replace("11", "71")
    remember(desk, (sentence(0), sentence(0, "zh")), (sentence(1), wrong))
    job = desk.begin(desk.read(story(3)).digest, with_term(desk))
    view = desk.made(job)
    assert [segment.state for segment in view.segments] == [SegmentState.MEMORY, SegmentState.MEMORY, SegmentState.DONE]
    assert [segment.target for segment in view.segments] == [sentence(0, "zh"), wrong, sentence(2, "zh")]
    found = [{finding.kind for finding in segment.findings} for segment in view.segments]
    assert found == [{FindingKind.TERM}, {FindingKind.NUMBER}, set()]
    assert [segment.doubtful for segment in view.segments] == [True, True, False]
    desk.close()
    again = TranslationDesk()
    try:
        assert again.shown(job).segments == view.segments
    finally:
        again.close()


def test_a_long_memory_goes_in_piece_by_piece(desk: TranslationDesk) -> None:
    remember(desk, *((sentence(number), sentence(number, "zh")) for number in range(150)))
    document = desk.read(story(152))
    view = desk.made(desk.begin(document.digest, CHINESE))
    states = [segment.state for segment in view.segments]
    assert states == [SegmentState.MEMORY] * 150 + [SegmentState.DONE] * 2
    assert (view.state, view.done) == (JobState.DONE, 152)
    checks = [len(one.pairs) for worker in desk.workers for one in worker.requests if isinstance(one, CheckSegments)]
    assert max(checks) <= 64
    assert {text_of(turns) for turns in desk.engines.asked} == {sentence(150), sentence(151)}


def test_stopping_while_the_memory_goes_in(desk: TranslationDesk) -> None:
    remember(desk, *((sentence(number), sentence(number, "zh")) for number in range(3)))
    document = desk.read(story(4))
    desk.planned(document.digest, CHINESE)
    for worker in desk.workers:
        worker.held.add("CheckSegments")
    job = desk.begin(document.digest, CHINESE)
    desk.wait(lambda: any(isinstance(one, CheckSegments) for worker in desk.workers for one in worker.requests))
    desk.translations.stop(job)
    for worker in desk.workers:
        worker.release()
    view = desk.made(job)
    assert view.state is JobState.STOPPED
    assert {segment.state for segment in view.segments[:3]} == {SegmentState.WAITING}
    desk.translations.go_on(job)
    view = desk.made(job)
    assert (view.state, view.done) == (JobState.DONE, 4)
    assert {text_of(turns) for turns in desk.engines.asked} <= {sentence(3)}


def test_what_was_checked_when_it_was_stopped_is_on_disk_after_all(desk: TranslationDesk) -> None:
    remember(desk, *((sentence(number), sentence(number, "zh")) for number in range(3)))
    document = desk.read(story(4))
    desk.planned(document.digest, CHINESE)
    for worker in desk.workers:
        worker.held.add("CheckSegments")
    job = desk.begin(document.digest, CHINESE)
    for count in (1, 2):  # the first goes alone, the others while it is checked
        desk.wait(lambda count=count: checks_of(desk) >= count)
        for worker in desk.workers if count == 1 else ():
            worker.release()
            worker.held.add("CheckSegments")
    desk.translations.stop(job)
    for worker in desk.workers:
        worker.release()
    assert desk.made(job).state is JobState.STOPPED
    desk.translations.go_on(job)
    view = desk.made(job)
    assert (view.state, view.done) == (JobState.DONE, 4)
    desk.close()
    again = TranslationDesk()
    try:
        assert again.shown(job).segments == view.segments
    finally:
        again.close()


def checks_of(desk: TranslationDesk) -> int:
    return sum(isinstance(one, CheckSegments) for worker in desk.workers for one in worker.requests)


def test_what_is_typed_is_taken_from_the_memory_and_checked_once(desk: TranslationDesk) -> None:
    options = with_term(desk)
    remember(desk, (sentence(0), sentence(0, "zh")))
    for text in (sentence(0), f"{sentence(0)} {sentence(1)}"):
        desk.translations.live(text, options)
        desk.wait(lambda: desk.translations.view(LIVE).state is JobState.DONE)
        first = desk.translations.view(LIVE).segments[0]
        assert (first.state, first.doubtful) == (SegmentState.MEMORY, True)
    pairs = [
        pair.target
        for worker in desk.workers
        for one in worker.requests
        if isinstance(one, CheckSegments)
        for pair in one.pairs
    ]
    assert pairs.count(sentence(0, "zh")) == 1


# ---------------------------------------------------------------- what is in the language already


@pytest.mark.parametrize(("own", "other", "options"), [("en", "zh", CHINESE), ("zh", "en", ENGLISH)])
def test_sentences_in_the_language_already_are_copied(
    desk: TranslationDesk, own: str, other: str, options: TranslateOptions
) -> None:
    text = "\n\n".join([*(sentence(number, own) for number in range(4)), sentence(9, other)])
    document = desk.read(text)
    assert document.language[:2] == own
    plan = desk.planned(document.digest, options)
    assert (plan.segments, plan.in_file) == (5, 1)
    view = desk.made(desk.begin(document.digest, options))
    assert [segment.target for segment in view.segments] == [
        *(sentence(number, other) for number in range(4)),
        sentence(9, other),
    ]
    assert [segment.state for segment in view.segments] == [SegmentState.DONE] * 4 + [SegmentState.IN_FILE]
    assert sentence(9, other) not in {text_of(turns) for turns in desk.engines.asked}


@pytest.mark.parametrize(("language", "options"), [("en", ENGLISH), ("zh", CHINESE)])
def test_a_text_that_is_in_the_language_stays_as_it_is(
    desk: TranslationDesk, language: str, options: TranslateOptions
) -> None:
    document = desk.read(story(3, language))
    assert desk.planned(document.digest, options).in_file == 3
    view = desk.made(desk.begin(document.digest, options))
    assert view.state is JobState.DONE
    assert [segment.target for segment in view.segments] == [segment.source for segment in view.segments]
    assert desk.engines.asked == []
    desk.translations.live(sentence(0, language), options)
    desk.wait(lambda: desk.translations.view(LIVE).state is JobState.DONE)
    assert desk.translations.view(LIVE).segments[0].state is SegmentState.IN_FILE


def test_what_cannot_be_told_is_translated(desk: TranslationDesk) -> None:
    def kept(turns: Sequence[ChatTurn], most: int) -> Answered:
        text = text_of(turns)
        return (text, FinishReason.END) if text.startswith("Anna") else good(turns, most)

    desk.engines.options["model"] = kept
    document = desk.read(f"{sentence(0, 'zh')}\n\nAnna Bell")
    assert desk.planned(document.digest, ENGLISH).in_file == 0
    view = desk.made(desk.begin(document.digest, ENGLISH))
    assert "Anna Bell" in {text_of(turns) for turns in desk.engines.asked}
    assert view.segments[1].state is not SegmentState.IN_FILE


def test_a_child_that_cannot_tell_holds_nothing_up() -> None:
    desk = TranslationDesk()
    try:
        desk.refuses["FindTranslated"] = AssistantError(ErrorKind.DOCUMENT_SLOW)
        view = desk.made(desk.begin(desk.read(story(2)).digest, CHINESE))
        assert [segment.state for segment in view.segments] == [SegmentState.DONE] * 2
    finally:
        desk.close()


@pytest.mark.parametrize(("said", "kept"), [("zh_CN", 1), ("zh", 1), ("de", 0), ("zh_TW", 0), ("", 1)])
def test_what_a_file_has_in_another_language_is_no_translation(desk: TranslationDesk, said: str, kept: int) -> None:
    head = f'msgid ""\nmsgstr "Language: {said}\\n"\n\n'
    po = f'{head}msgid "{sentence(0)}"\nmsgstr "早有的译文。"\n\nmsgid "{sentence(1)}"\nmsgstr ""\n'
    document = desk.read(name="town.po", data=po.encode())
    assert desk.planned(document.digest, CHINESE).in_file == kept
    view = desk.made(desk.begin(document.digest, CHINESE))
    assert view.segments[0].target == ("早有的译文。" if kept else sentence(0, "zh"))

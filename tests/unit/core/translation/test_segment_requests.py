"""What can be requested for one segment: again, by hand, other versions, back again, another word here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.translation.views import Alternative, JobState, SegmentState
from assistant.documents.segments import CLOSE, OPEN, FindingKind, Term
from assistant.engine.messages import FinishReason
from assistant.tasks.chat import ChatTurn
from assistant.tasks.translation import TranslateOptions
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


@pytest.fixture
def job(desk: TranslationDesk) -> int:
    """A finished translation of four sentences."""
    job = desk.begin(desk.read(story(4)).digest, CHINESE)
    assert desk.made(job).state is JobState.DONE
    return job


def restarted(desk: TranslationDesk) -> TranslationDesk:
    desk.close()
    return TranslationDesk()


def other_words(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Other words each time that a prompt differs."""
    text, reason = good(turns, most)
    return text.replace("古老的", "旧" if "Somebody else" in turns[1].text or "别人" in turns[1].text else "老"), reason


# ---------------------------------------------------------------- again


def test_a_segment_is_written_again(desk: TranslationDesk, job: int) -> None:
    desk.engine.model = other_words
    desk.translations.redo(job, 2)
    assert desk.translations.segment(job, 2).state is SegmentState.WRITING
    desk.wait(lambda: desk.translations.segment(job, 2).state is SegmentState.REDONE)
    expected = sentence(2, "zh").replace("古老的", "老")
    assert desk.translations.segment(job, 2).target == expected
    view = desk.shown(job)
    assert (view.state, view.done, view.total) == (JobState.DONE, 4, 4)
    again = restarted(desk)
    try:
        assert again.shown(job).segments[2].target == expected
        again.translations.redo(job, 2)  # of an old job, with a model that is not loaded yet
        again.wait(lambda: again.translations.segment(job, 2).target == sentence(2, "zh"))
    finally:
        again.close()


def test_that_a_segment_came_out_the_same_is_said(desk: TranslationDesk, job: int) -> None:
    before = desk.translations.segment(job, 2).target
    for model, said in ((good, ErrorKind.NOTHING_NEW), (other_words, None), (other_words, ErrorKind.NOTHING_NEW)):
        desk.engine.model = model
        desk.translations.redo(job, 2)
        desk.wait(lambda: desk.translations.segment(job, 2).state is SegmentState.REDONE)
        error = desk.translations.view(job).error
        assert (error.kind if error else None) is said
        assert (desk.translations.segment(job, 2).target == before) is (model is good)


def test_a_term_that_was_added_is_asked_for_when_a_segment_is_written_again(desk: TranslationDesk) -> None:
    glossary = desk.core.glossaries.create("Town")
    options = TranslateOptions(target="zh-Hans", glossary=glossary)
    job = desk.begin(desk.read(story(2)).digest, options)
    desk.made(job)
    desk.core.glossaries.set_term(glossary, Term("lamp", "油灯"))
    desk.translations.redo(job, 0)
    desk.wait(lambda: desk.translations.segment(job, 0).findings)
    assert FindingKind.TERM in {finding.kind for finding in desk.translations.segment(job, 0).findings}
    assert any("油灯" in turn.text for turns in desk.engines.asked for turn in turns)


def test_a_glossary_that_is_gone_is_said_when_a_segment_is_written_again(desk: TranslationDesk) -> None:
    glossary = desk.core.glossaries.create("Town")
    desk.core.glossaries.set_term(glossary, Term("lamp", "灯"))
    job = desk.begin(desk.read(story(2)).digest, TranslateOptions(target="zh-Hans", glossary=glossary))
    desk.made(job)
    desk.core.glossaries.remove(glossary)
    desk.translations.redo(job, 0)
    desk.wait(lambda: desk.translations.view(job).error)
    again = restarted(desk)
    try:
        again.shown(job)
        again.translations.redo(job, 0)
        again.wait(lambda: again.translations.view(job).error)
        assert again.translations.view(job).error.kind is ErrorKind.GLOSSARY_MISSING
        assert again.translations.segment(job, 0).target == sentence(0, "zh")
    finally:
        again.close()


def test_what_cannot_be_written_again_stays_and_says_why(desk: TranslationDesk, job: int) -> None:
    desk.engine.held = True
    before = desk.translations.segment(job, 1)
    desk.translations.redo(job, 1)
    desk.waiting(1)
    desk.engine.die()
    desk.wait(lambda: desk.translations.view(job).error is not None)
    assert desk.translations.view(job).error.kind is ErrorKind.ENGINE_CRASHED
    assert desk.translations.segment(job, 1) == before


@pytest.mark.parametrize("state", [SegmentState.MARKED, SegmentState.EDITED, SegmentState.MEMORY])
def test_answers_that_cannot_be_used_leave_a_segment_as_it_was(desk: TranslationDesk, state: SegmentState) -> None:
    def wrong_number(turns: Sequence[ChatTurn], most: int) -> Answered:
        text, reason = good(turns, most)
        return text.replace("11", "71"), reason

    desk.engines.options["model"] = wrong_number
    job = desk.begin(desk.read(story(4)).digest, CHINESE)
    desk.made(job)
    if state is not SegmentState.MARKED:
        desk.translations.edit(job, 1, sentence(1, "zh").replace("11", "17"))
        desk.wait(lambda: desk.translations.segment(job, 1).findings)
    if state is SegmentState.MEMORY:
        desk.wait(lambda: desk.core.memory.count() == 1)
        job = desk.begin(desk.read(story(3)).digest, CHINESE)
        desk.made(job)
    before = desk.translations.segment(job, 1)
    assert before.state is state
    assert bool(before.findings) or state is SegmentState.MEMORY
    desk.engine.model = lambda _turns, _most: ("", FinishReason.END)
    desk.translations.redo(job, 1)
    desk.wait(lambda: desk.translations.segment(job, 1).state is not SegmentState.WRITING)
    assert desk.translations.segment(job, 1) == before
    assert desk.translations.view(job).error.kind is ErrorKind.NOTHING_BETTER
    again = restarted(desk)
    try:
        assert again.shown(job).segments[1] == before
    finally:
        again.close()


# ---------------------------------------------------------------- by hand


def test_an_edit_is_kept_and_remembered(desk: TranslationDesk, job: int) -> None:
    desk.translations.edit(job, 0, "公元1000年，镇上这盏古老的灯由10名工人建成。")
    edited = desk.translations.segment(job, 0)
    assert (edited.state, edited.confidence, edited.unsure) == (SegmentState.EDITED, 0.0, ())
    desk.wait(lambda: desk.core.memory.count("en", "zh-Hans") == 1)
    near = desk.result(lambda done: desk.translations.near(job, 1, done))
    assert [(match.target, match.share > 0.7) for match in near] == [(edited.target, True)]
    another = desk.begin(desk.read(f"{sentence(0)} {sentence(9)}").digest, CHINESE)
    view = desk.made(another)
    assert [segment.target for segment in view.segments] == [edited.target, sentence(9, "zh")]
    assert [segment.state for segment in view.segments] == [SegmentState.MEMORY, SegmentState.DONE]
    again = restarted(desk)
    try:
        assert again.shown(job).segments[0].target == edited.target
        assert again.shown(job).segments[0].state is SegmentState.EDITED
        assert again.shown(another).segments[0].state is SegmentState.MEMORY
    finally:
        again.close()


def test_an_edit_is_checked_with_the_terms_of_now(desk: TranslationDesk) -> None:
    glossary = desk.core.glossaries.create("Town")
    job = desk.begin(desk.read(story(2)).digest, TranslateOptions(target="zh-Hans", glossary=glossary))
    desk.made(job)
    desk.core.glossaries.set_term(glossary, Term("lamp", "油灯"))
    desk.translations.edit(job, 0, sentence(0, "zh").replace("古老", "老"))
    desk.wait(lambda: desk.translations.segment(job, 0).findings)
    assert [finding.kind for finding in desk.translations.segment(job, 0).findings] == [FindingKind.TERM]
    again = restarted(desk)
    try:
        again.shown(job)
        again.translations.edit(job, 0, sentence(0, "zh").replace("古老", "旧"))  # nothing was made for a model yet
        again.wait(lambda: again.translations.segment(job, 0).findings)
        again.core.glossaries.remove(glossary)
        again.translations.edit(job, 0, sentence(0, "zh").replace("10名", "70名"))
        again.wait(lambda: again.translations.segment(job, 0).findings)
        assert {finding.kind for finding in again.translations.segment(job, 0).findings} == {FindingKind.NUMBER}
    finally:
        again.close()


def test_what_is_wrong_with_a_text_by_hand_is_said_and_not_changed(desk: TranslationDesk, job: int) -> None:
    desk.translations.edit(job, 3, "1003年，塔楼由31名工人售出。")
    desk.wait(lambda: desk.translations.segment(job, 3).findings)
    segment = desk.translations.segment(job, 3)
    assert segment.target == "1003年，塔楼由31名工人售出。"
    assert segment.state is SegmentState.EDITED
    assert FindingKind.NUMBER in {finding.kind for finding in segment.findings}


def test_an_edit_wins_over_what_is_being_written(desk: TranslationDesk, job: int) -> None:
    desk.engine.held = True
    desk.translations.redo(job, 1)
    desk.waiting(1)
    desk.translations.edit(job, 1, "我来写。")
    desk.engine.held = False
    desk.engine.answer_all()
    desk.pump()
    assert desk.translations.segment(job, 1).target == "我来写。"
    assert desk.translations.segment(job, 1).state is SegmentState.EDITED
    again = restarted(desk)
    try:
        again.shown(job)
        again.translations.redo(job, 0)  # waits for the model, which is not loaded yet
        again.translations.edit(job, 0, "我也写。")
        assert again.translations.requested(job) == []
        again.planned(again.read(story(4)).digest, CHINESE)  # with the model
        assert again.translations.segment(job, 0).target == "我也写。"
        assert again.engines.asked == []
    finally:
        again.close()


@pytest.mark.usefixtures("measured")
def test_what_is_written_by_hand_while_the_rest_is_made_stays(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    job = desk.begin(desk.read(story(12)).digest, CHINESE)
    desk.waiting(8)
    desk.translations.edit(job, 0, "第一句，是手写的。")  # one that is being written
    desk.translations.edit(job, 11, "最后一句，也是手写的。")  # one whose turn has not come
    desk.engine.held = False
    desk.engine.answer_all()
    view = desk.made(job)
    assert (view.state, view.done, view.error) == (JobState.DONE, 12, None)
    assert [segment.target for segment in view.segments] == [
        "第一句，是手写的。",
        *(sentence(number, "zh") for number in range(1, 11)),
        "最后一句，也是手写的。",
    ]
    asked = [text for text in map(text_of, desk.engines.asked) if text == sentence(11)]
    assert asked == []


# ---------------------------------------------------------------- versions, and back


def test_two_more_versions_and_one_of_them_taken(desk: TranslationDesk, job: int) -> None:
    counted: list[int] = []

    def versions(turns: Sequence[ChatTurn], most: int) -> Answered:
        counted.append(1)
        return sentence(0, "zh").replace("古老的", ("", "老", "旧")[len(counted) % 3]), FinishReason.END

    desk.engine.model = versions
    found = desk.result(lambda done: desk.translations.versions(job, 0, done))
    assert len({one.text for one in found}) == len(found) == 2
    assert {one.doubtful for one in found} == {False}
    assert desk.translations.segment(job, 0).target == sentence(0, "zh")
    desk.translations.use(job, 0, found[1].text)
    segment = desk.translations.segment(job, 0)
    assert (segment.target, segment.state) == (found[1].text, SegmentState.REDONE)
    assert segment.confidence == pytest.approx(0.9)
    assert desk.core.memory.count() == 0


def test_a_model_that_knows_no_other_words_says_fewer(desk: TranslationDesk, job: int) -> None:
    assert desk.result(lambda done: desk.translations.versions(job, 0, done)) == ()
    desk.engine.model = lambda turns, most: (sentence(0, "zh").removesuffix("。") + "！", FinishReason.END)
    assert desk.result(lambda done: desk.translations.versions(job, 0, done)) == (), "only the full stop is another one"


def test_versions_without_a_doubt_come_first(desk: TranslationDesk, job: int) -> None:
    counted: list[int] = []

    def versions(turns: Sequence[ChatTurn], most: int) -> Answered:
        counted.append(1)
        text = sentence(0, "zh")
        wrong, refused, right = text.replace("10", "70"), "抱歉，我无法翻译这段文字。", text.replace("古老的", "旧")
        return (wrong, refused, right, text)[len(counted) - 1], FinishReason.END

    desk.engine.model = versions
    found = desk.result(lambda done: desk.translations.versions(job, 0, done))
    assert len(counted) == 4
    assert [one.doubtful for one in found] == [False, True]
    assert found[0].text == sentence(0, "zh").replace("古老的", "旧")
    assert FindingKind.NUMBER in {finding.kind for finding in found[1].findings}
    desk.translations.use(job, 0, found[1].text)
    assert desk.translations.segment(job, 0).doubtful


def test_a_translation_goes_back(desk: TranslationDesk, job: int) -> None:
    assert desk.result(lambda done: desk.translations.back(job, 1, done)) == sentence(1)
    chinese = desk.begin(desk.read(story(2, "zh")).digest, ENGLISH)
    desk.made(chinese)
    assert desk.result(lambda done: desk.translations.back(chinese, 1, done)) == sentence(1, "zh")


def test_a_wish_that_is_given_up_answers_once(desk: TranslationDesk, job: int) -> None:
    desk.engine.held = True
    got: list[object] = []
    cancel = desk.translations.back(job, 1, got.append)
    desk.waiting(1)
    cancel()
    desk.wait(lambda: got)
    assert isinstance(got[0], AssistantError)
    assert got[0].kind is ErrorKind.CANCELLED
    assert len(got) == 1


@pytest.mark.parametrize("verb", ["redo", "choose", "versions", "back", "alternatives"])
def test_any_request_can_be_given_up(desk: TranslationDesk, job: int, verb: str) -> None:
    desk.engine.held = True
    before = desk.translations.segment(job, 1)
    got: list[object] = []
    verbs = {
        "redo": lambda: desk.translations.redo(job, 1),
        "choose": lambda: desk.translations.choose(job, 1, 4, "靠"),
        "versions": lambda: desk.translations.versions(job, 1, got.append),
        "back": lambda: desk.translations.back(job, 1, got.append),
        "alternatives": lambda: desk.translations.alternatives(job, 1, 4, got.append),
    }
    verbs[verb]()
    if verb != "alternatives":
        desk.waiting(1)
    assert desk.translations.requested(job) == [1]
    assert not desk.translations.stop_request(job, 2)
    assert desk.translations.stop_request(job, 1)
    desk.wait(lambda: not desk.translations.requested(job))
    assert desk.translations.segment(job, 1) == before
    assert desk.translations.view(job).error is None
    assert [one.kind for one in got if isinstance(one, AssistantError)] == [ErrorKind.CANCELLED] * len(got)
    assert len(got) == (verb not in ("redo", "choose"))
    assert not desk.translations.stop_request(job)
    desk.engine.held = False
    desk.engine.model = other_words
    desk.translations.redo(job, 1)  # and another request can be fulfilled
    desk.wait(lambda: desk.translations.segment(job, 1).state is SegmentState.REDONE)


def test_stop_gives_up_what_was_wished_while_the_model_is_loaded(desk: TranslationDesk, job: int) -> None:
    again = restarted(desk)
    try:
        before = again.shown(job).segments[0]
        again.translations.redo(job, 0)
        again.translations.redo(job, 0)  # once is enough
        assert again.translations.requested(job) == [0]
        again.translations.stop(job)
        again.wait(lambda: not again.translations.requested(job))
        again.pump()
        assert again.translations.segment(job, 0) == before
        assert again.engines.asked == []
    finally:
        again.close()


# ---------------------------------------------------------------- another word here


def goes_on(**endings: str) -> Callable[[Sequence[ChatTurn], int], Answered]:
    """A model that writes on from words: the word before, and what comes after it."""

    def model(turns: Sequence[ChatTurn], most: int) -> Answered:
        begun = turns[-1].text
        return next(rest for word, rest in endings.items() if begun.endswith(word)), FinishReason.LIMIT

    return model


def words_at(desk: TranslationDesk, job: int, word: str) -> tuple[int, list[list[Alternative]]]:
    """Where the first sentence has a word, and what is shown at a place in it, one time after the other."""
    at = desk.translations.segment(job, 0).target.index(word)
    shown: list[Any] = []
    desk.translations.alternatives(job, 0, at + len(word) // 2, shown.append)
    desk.wait(lambda: shown and (isinstance(shown[-1], AssistantError) or shown[-1].complete))
    assert [one.complete for one in shown] == [*[False] * (len(shown) - 1), True]
    return at, [list(one.found) for one in shown]


@pytest.fixture
def english(desk: TranslationDesk) -> int:
    """A finished translation into English."""
    job = desk.begin(desk.read(story(2, "zh")).digest, ENGLISH)
    desk.made(job)
    return job


def test_what_the_model_weighed_is_shown_at_once_and_then_in_whole_words(desk: TranslationDesk, english: int) -> None:
    desk.engine.model = goes_on(another=" one", other="s. And")
    desk.engine.others = ((" other", 0.05), ("另", 0.04), (" another", 0.5), (",", 0.01), ("\ufffd", 0.3))
    at, shown = words_at(desk, english, "workers")
    assert shown[0] == [
        Alternative(" workers", 0.81, at - 1),  # two tokens
        Alternative(" another", 0.5, at - 1, whole=False),
        Alternative(" other", 0.05, at - 1, whole=False),
        Alternative(",", 0.01, at - 1),
    ], "no Han in English, and no half of a character"
    assert shown[-1] == [
        Alternative(" workers", 0.81, at - 1),
        Alternative(" another", 0.5, at - 1),
        Alternative(" others", 0.045, at - 1),
        Alternative(",", 0.01, at - 1),
    ]
    assert [len(found) for found in shown] == [4, 4, 4], "each as soon as it is known"


def test_words_are_written_on_side_by_side_and_only_as_far_as_they_go(desk: TranslationDesk, english: int) -> None:
    desk.engine.held = True
    desk.engine.others = ((" other", 0.05), (" ", 0.04), (" don't", 0.02))
    shown: list[Any] = []
    desk.translations.alternatives(english, 0, 4, shown.append)
    desk.waiting(3)
    asked = {turns[-1].text: request for request in desk.engine.waiting if (turns := desk.engine.turns(request))}
    assert list(asked) == ["In other", "In", "In don't"]
    assert {(one.sampling.temperature, one.priority) for one in asked.values()} == {(0.0, "interactive")}
    assert all(one.max_tokens <= 12 and one.lock is not None for one in asked.values())
    desk.engine.begin(asked["In other"], "wise")
    desk.pump()
    assert len(shown) == 1, "more of it may come"
    desk.engine.begin(asked["In other"], ", it")
    desk.engine.begin(asked["In"], " half a")
    desk.wait(lambda: len(shown) == 3)
    assert [one.text for one in shown[-1].found] == [" the", " otherwise", " half", " don't"]
    assert {asked["In other"].id, asked["In"].id} <= set(desk.engine.cancelled), "nobody needs more of it"
    assert asked["In don't"].id not in desk.engine.cancelled
    assert desk.translations.requested(english) == [0]
    desk.engine.begin(asked["In don't"], "'")
    desk.pump()
    assert not shown[-1].complete
    assert desk.translations.stop_request(english, 0)
    desk.wait(lambda: not desk.engine.waiting)
    assert [one.kind for one in shown if isinstance(one, AssistantError)] == [ErrorKind.CANCELLED]
    assert len(shown) == 4


def test_in_the_end_the_most_probable_is_first_and_none_is_blank(desk: TranslationDesk, english: int) -> None:
    desk.engine.model = goes_on(another=" one", **{"": ""})
    desk.engine.others = ((" ", 0.3), ("\n", 0.2), (" another", 0.85), ("\u200b", 0.1))
    _, shown = words_at(desk, english, "workers")
    assert [one.text for one in shown[0]] == [" workers", " another"], "a space may become a word"
    assert [(one.text, one.probability) for one in shown[-1]] == [(" another", 0.85), (" workers", 0.81)]


def test_two_beginnings_of_one_word_are_one(desk: TranslationDesk, english: int) -> None:
    desk.engine.model = goes_on(wo="rk of", work=" of")
    desk.engine.others = ((" work", 0.4), (" wo", 0.1), ("work", 0.05))
    _, shown = words_at(desk, english, "workers")
    assert [(one.text, one.probability) for one in shown[-1]] == [(" workers", 0.81), (" work", 0.54)]


def test_a_word_that_does_not_come_to_its_end_is_shown_as_it_began(desk: TranslationDesk, english: int) -> None:
    desk.engine.model = goes_on(other="wise" * 12)
    _, shown = words_at(desk, english, "workers")
    assert [(one.text, one.whole) for one in shown[-1]] == [(" workers", True), (" other", False)]
    desk.engine.held = True
    desk.translations.alternatives(english, 0, 4, (again := []).append)
    desk.waiting(1)
    desk.engine.die()
    desk.wait(lambda: again[-1].complete)
    assert [one.whole for one in again[-1].found] == [True, False]


def test_alternatives_behind_codes(desk: TranslationDesk) -> None:
    source = f"{sentence(0).replace('lamp', '**lamp**')}\n"

    def marked(turns: Sequence[ChatTurn], most: int) -> Answered:
        return sentence(0, "zh").replace("灯", "<1>灯</1>"), FinishReason.END

    desk.engines.options["model"] = marked
    job = desk.begin(desk.read(name="a.md", data=source.encode()).digest, CHINESE)
    desk.made(job)
    target = desk.translations.segment(job, 0).target
    assert (chr(OPEN) in target, chr(CLOSE) in target) == (True, True)
    desk.engine.others = (("另", 0.04), ("<", 0.03), (" other", 0.02))
    at, shown = words_at(desk, job, "工")
    assert shown == [[Alternative("工", 0.9, at), Alternative("另", 0.04, at)]], (
        "each of them is a word, and no tag is one"
    )


def test_another_word_and_the_rest_follows(desk: TranslationDesk, job: int) -> None:
    target = desk.translations.segment(job, 0).target
    at = target.index("由")
    seen: list[list[ChatTurn]] = []

    def flows(turns: Sequence[ChatTurn], most: int) -> Answered:
        seen.append(list(turns))
        return "10名工人修建。", FinishReason.END

    desk.engine.model = flows
    desk.translations.choose(job, 0, at, "靠")
    desk.wait(lambda: desk.translations.segment(job, 0).state is SegmentState.REDONE)
    assert desk.translations.segment(job, 0).target == target[:at] + "靠10名工人修建。"
    assert seen[0][-1] == ChatTurn("assistant", target[:at] + "靠")
    again = restarted(desk)
    try:
        assert again.shown(job).segments[0].target == target[:at] + "靠10名工人修建。"
    finally:
        again.close()


def test_wishes_for_what_is_not_there(desk: TranslationDesk, job: int) -> None:
    for verb in (desk.translations.back, desk.translations.versions):
        found = desk.result(lambda done, verb=verb: verb(job, 99, done))
        assert isinstance(found, AssistantError)
    assert desk.result(lambda done: desk.translations.near(99, 0, done)) == ()
    desk.translations.redo(job, 99)
    desk.translations.edit(99, 0, "x")
    assert len(desk.engines.asked) == 4

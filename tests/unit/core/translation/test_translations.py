"""Translations through the whole core: planned, made side by side, stopped, taken up again, thrown away."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import NoticeAction, NoticePosted, TranslationChanged, TranslationGrew, TranslationsChanged
from assistant.core.kept_files import SEGMENTS
from assistant.core.measures import Measures
from assistant.core.redoing import Redoing
from assistant.core.speeds import Pace
from assistant.core.timing import Line, Observation
from assistant.core.translation.views import ENDED, Exported, JobState, SegmentState, TranslationView
from assistant.documents.segments import ALONE, FindingKind
from assistant.engine.messages import FinishReason
from assistant.tasks.chat import ChatTurn
from assistant.tasks.translation import TranslateOptions
from tests.fakes.summaries import Answered
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translators import good, sentence, story, text_of, wanted

CHINESE = TranslateOptions(target="zh-Hans")
ENGLISH = TranslateOptions(target="en")


@pytest.fixture
def desk() -> Iterator[TranslationDesk]:
    desk = TranslationDesk()
    yield desk
    desk.close()


@contextlib.contextmanager
def another(**options: object) -> Iterator[TranslationDesk]:
    """The program, started again."""
    desk = TranslationDesk(**options)  # type: ignore[arg-type]
    try:
        yield desk
    finally:
        desk.close()


def targets(view: TranslationView) -> list[str]:
    return [segment.target for segment in view.segments]


def asked(desk: TranslationDesk) -> Counter[str]:
    """How often each text was asked for, over all engines."""
    return Counter(text_of(turns) for turns in desk.engines.asked)


# ---------------------------------------------------------------- from a text to its translation


def test_a_document_that_the_history_opened_is_counted_when_its_file_is_opened(desk: TranslationDesk) -> None:
    document = desk.read(story(4))
    job = desk.begin(document.digest, CHINESE)
    desk.made(job)
    desk.close()
    with another() as again:
        again.shown(job)
        known = again.read(story(4))
    assert (known.words, known.characters) == (document.words, document.characters)
    assert known.words > 0


@pytest.mark.parametrize(("language", "options"), [("en", CHINESE), ("zh", ENGLISH)])
def test_every_sentence_is_translated_once(desk: TranslationDesk, language: str, options: TranslateOptions) -> None:
    document = desk.read(story(30, language))
    assert document.language[:2] == language
    plan = desk.planned(document.digest, options)
    assert (plan.segments, plan.from_memory, plan.in_file, plan.seconds) == (30, 0, 0, None)
    assert plan.prompt_tokens > plan.segments
    assert plan.parallel > 1
    view = desk.made(desk.begin(document.digest, options))
    assert (view.state, view.error, view.finish, view.done, view.total) == (JobState.DONE, None, "end", 30, 30)
    other = "zh" if language == "en" else "en"
    assert targets(view) == [sentence(number, other) for number in range(30)]
    assert {segment.state for segment in view.segments} == {SegmentState.DONE}
    assert all(segment.confidence == pytest.approx(0.9) for segment in view.segments)
    assert set(asked(desk).values()) == {1}
    assert view.tokens.generated > 30


def test_a_translation_that_begins_ends_the_measuring_of_the_model(
    desk: TranslationDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    document = desk.read(story(2))
    monkeypatch.setattr(Measures, "stop", lambda _self: ended.append(True))
    desk.made(desk.begin(document.digest, CHINESE))
    assert ended == [True]


def test_a_file_keeps_its_form(desk: TranslationDesk, tmp_path: Path) -> None:
    source = tmp_path / "chronicle.md"
    marked = sentence(1).replace("bridge", "**bridge**").replace("town", "[town](http://example.org/1)")
    source.write_text(f"# {sentence(0)}\n\n* {marked}\n\n```\nlamp\n```\n", encoding="utf-8")
    document = desk.read(path=source)
    assert (document.format, document.name, len(document.segments)) == ("markdown", "chronicle.md", 2)

    def translated(turns: Sequence[ChatTurn], most: int) -> Answered:
        if "<1>" not in text_of(turns):
            return good(turns, most)
        return "1001年，<2>镇</2>上古老的<1>桥</1>由11名工人建成。", FinishReason.END

    desk.engines.options["model"] = translated
    job = desk.begin(document.digest, CHINESE)
    assert desk.made(job).state is JobState.DONE
    target = tmp_path / "译文.md"
    assert desk.result(lambda done: desk.translations.export(job, target, done)) == Exported(0, 2)
    assert target.read_text("utf-8") == (
        f"# {sentence(0, 'zh')}\n\n* 1001年，[镇](http://example.org/1)上古老的**桥**由11名工人建成。\n\n```\nlamp\n```\n"
    )


def test_what_the_file_has_already_is_kept_and_not_asked(desk: TranslationDesk) -> None:
    po = f'msgid ""\nmsgstr ""\n\nmsgid "{sentence(0)}"\nmsgstr "早有的译文。"\n\nmsgid "{sentence(1)}"\nmsgstr ""\n'
    document = desk.read(name="town.po", data=po.encode())
    plan = desk.planned(document.digest, CHINESE)
    assert (plan.segments, plan.in_file) == (2, 1)
    view = desk.made(desk.begin(document.digest, CHINESE))
    assert targets(view) == ["早有的译文。", sentence(1, "zh")]
    assert [segment.state for segment in view.segments] == [SegmentState.IN_FILE, SegmentState.DONE]
    assert list(asked(desk)) == [sentence(1)]


@pytest.mark.usefixtures("measured")
def test_growing_segments_are_shown_where_they_will_stand(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    job = desk.begin(desk.read(story(3)).digest, CHINESE)
    desk.waiting(3)
    first = next(one for one in desk.engine.waiting if text_of(desk.engine.turns(one)) == sentence(1))  # type: ignore[attr-defined]
    desk.engine.begin(first, "1001年，")
    desk.pump()
    shown = desk.translations.segment(job, 1)
    assert (shown.target, shown.state) == ("1001年，", SegmentState.WRITING)
    assert TranslationGrew(job, 1) in desk.events
    view = desk.shown(job)
    assert [segment.state for segment in view.segments] == [SegmentState.WRITING] * 3
    assert view.state is JobState.RUNNING
    desk.engine.held = False
    desk.engine.answer_all()
    assert targets(desk.made(job)) == [sentence(number, "zh") for number in range(3)]


def test_what_a_translation_takes_is_told_before_and_while_it_is_made(desk: TranslationDesk, measured: Pace) -> None:
    document = desk.read(story(20))
    plan = desk.planned(document.digest, CHINESE)
    assert plan.seconds is not None
    assert plan.seconds > 0.5
    desk.engine.held = True
    job = desk.begin(document.digest, CHINESE)
    desk.waiting(plan.parallel)
    left = desk.shown(job).seconds_left
    assert left == pytest.approx(plan.seconds, rel=0.3)
    desk.engine.held = False
    desk.engine.answer_all()
    assert desk.made(job).seconds_left is None


@pytest.mark.parametrize(("number", "answers"), [("10", 1.0), ("70", 3.0)])
def test_segments_that_are_asked_again_count_in_the_time_of_the_next_one(
    desk: TranslationDesk, monkeypatch: pytest.MonkeyPatch, number: str, answers: float
) -> None:
    taught: list[tuple[tuple[str, str], Redoing]] = []
    monkeypatch.setattr(Measures, "learn_segments", lambda _self, _key, pair, found: taught.append((pair, found)))
    writing = Pace(Line(0.0, 0.0), Line(0.01, 0.0))  # what is asked again is hardly read again
    monkeypatch.setattr(Measures, "pace", lambda _self, _key, _pair: writing)

    def writes(turns: Sequence[ChatTurn], most: int) -> Answered:
        text, reason = good(turns, most)
        return re.sub(r"\d+年", f"{number}年", text) if number == "70" else text, reason

    desk.engines.options["model"] = writes
    job = desk.begin(desk.read(story(12)).digest, CHINESE)
    assert desk.made(job).state is JobState.DONE
    ((pair, found),) = taught
    assert pair == ("en", "zh-Hans")
    assert (found.segments, found.answers) == (12, 12 * answers)
    plain = desk.planned(desk.read(story(30)).digest, CHINESE).seconds
    assert plain is not None
    monkeypatch.setattr(Measures, "pace", lambda _self, _key, _pair: replace(writing, redone=answers))
    again = desk.planned(desk.read(story(30)).digest, CHINESE).seconds
    assert again == pytest.approx(plain * answers, rel=0.15)


def test_where_nobody_knows_how_fast_a_model_is_one_sentence_goes_before_the_others(
    desk: TranslationDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.core.measures, "_find", lambda _: desk.models[0])
    document = desk.read(f"A heading\n\n{story(12)}")
    assert desk.planned(document.digest, CHINESE).seconds is None
    desk.engine.held = True
    job = desk.begin(document.digest, CHINESE)
    desk.waiting(1)
    desk.pump()
    (first,) = desk.engine.waiting
    assert text_of(desk.engine.turns(first)) != "A heading", "the longest tells most"
    desk.engine.answer_all()
    desk.waiting(desk.planned(document.digest, CHINESE).parallel)
    desk.engine.held = False
    desk.engine.answer_all()
    assert desk.made(job).done == 13
    assert desk.planned(desk.read(story(20)).digest, CHINESE).seconds is not None


def test_how_often_sentences_are_redone_is_known_for_each_pair_of_languages(
    desk: TranslationDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    measures, key = desk.core.measures, desk.models[0].key
    monkeypatch.setattr(measures, "_find", lambda _: desk.models[0])

    def writes(turns: Sequence[ChatTurn], most: int) -> Answered:
        text, reason = good(turns, most)
        return (re.sub(r"\d+年", "70年", text), reason) if wanted(turns) == "zh" else (text, reason)

    desk.engines.options["model"] = writes
    at = Observation(100, 1.0, 0)
    measures._speeds.learn(desk.models[0], read=at, written=at)
    for target in ("zh-Hans", "de"):
        desk.made(desk.begin(desk.read(story(20)).digest, replace(CHINESE, target=target)))
    chinese, german = (measures.pace(key, ("en", target)) for target in ("zh-Hans", "de"))
    assert chinese is not None
    assert german is not None
    assert chinese.redone > 2.5
    assert german.redone < 1.5


def test_the_time_left_counts_on_sentences_being_redone(desk: TranslationDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is half done is less than half done where every sentence is asked three times."""
    left = []
    for redone in (1.0, 3.0):
        pace = Pace(Line(0.001, 0.0), Line(0.01, 0.0), redone=redone)
        monkeypatch.setattr(Measures, "pace", lambda _self, _key, _pair, pace=pace: pace)
        desk.engines.options["held"] = True
        job = desk.begin(desk.read(story(20)).digest, CHINESE)
        desk.waiting(8)
        seconds = desk.shown(job).seconds_left
        assert seconds is not None
        left.append(seconds)
        desk.translations.stop(job)
        desk.wait(lambda job=job: job not in desk.translations.running())
    assert left[1] > 1.8 * left[0]


def test_jobs_give_way_and_what_somebody_waits_for_does_not(desk: TranslationDesk) -> None:
    job = desk.begin(desk.read(story(3)).digest, CHINESE)
    desk.made(job)
    assert {request.priority for request in desk.engine.generates} == {"bulk"}
    desk.translations.redo(job, 1)
    desk.wait(lambda: desk.translations.segment(job, 1).state is SegmentState.REDONE)
    assert desk.engine.generates[-1].priority == "interactive"


# ---------------------------------------------------------------- models that do not do what they are told


def test_an_answer_that_is_no_good_is_asked_for_again(desk: TranslationDesk) -> None:
    seen: set[str] = set()

    def forgetful(turns: Sequence[ChatTurn], most: int) -> Answered:
        text = text_of(turns)
        if text == sentence(4) and text not in seen:
            seen.add(text)
            return sentence(4, "zh").replace("1004", "1040"), FinishReason.END
        return good(turns, most)

    desk.engines.options["model"] = forgetful
    view = desk.made(desk.begin(desk.read(story(8)).digest, CHINESE))
    assert targets(view) == [sentence(number, "zh") for number in range(8)]
    assert view.segments[4].state is SegmentState.REDONE
    assert asked(desk)[sentence(4)] == 2


def test_what_stays_wrong_is_marked(desk: TranslationDesk) -> None:
    def echo(turns: Sequence[ChatTurn], most: int) -> Answered:
        return (text_of(turns), FinishReason.END) if text_of(turns) == sentence(2) else good(turns, most)

    desk.engines.options["model"] = echo
    view = desk.made(desk.begin(desk.read(story(4)).digest, CHINESE))
    assert view.state is JobState.DONE
    marked = view.segments[2]
    assert marked.state is SegmentState.MARKED
    assert marked.findings
    assert asked(desk)[sentence(2)] == 3
    with another() as again:  # and it is still so tomorrow
        assert again.shown(view.id).segments[2] == marked


def test_what_cannot_be_checked_is_marked(desk: TranslationDesk) -> None:
    desk.read("One.")
    for worker in desk.workers:
        worker.refuses["CheckSegments"] = AssistantError(ErrorKind.WORKER_ENDED)
    desk.refuses["CheckSegments"] = AssistantError(ErrorKind.WORKER_ENDED)
    view = desk.made(desk.begin(desk.read(story(3)).digest, CHINESE))
    assert view.state is JobState.DONE
    assert {finding.kind for segment in view.segments for finding in segment.findings} == {FindingKind.UNCHECKED}
    assert {segment.state for segment in view.segments} == {SegmentState.MARKED}
    assert targets(view) == [sentence(number, "zh") for number in range(3)]


def test_a_base_model_says_so(desk: TranslationDesk) -> None:
    desk.engines.options["template"] = ""
    view = desk.made(desk.begin(desk.read(story(3)).digest, CHINESE))
    assert view.state is JobState.FAILED
    assert view.error is not None
    assert view.error.kind is ErrorKind.NO_TEMPLATE


def test_without_a_model_nothing_begins(desk: TranslationDesk) -> None:
    document = desk.read(story(3))
    desk.models.clear()
    with pytest.raises(AssistantError) as caught:
        desk.translations.start(document.digest, CHINESE)
    assert caught.value.kind is ErrorKind.NO_MODEL
    found = desk.result(lambda done: desk.translations.plan(document.digest, CHINESE, done))
    assert found.kind is ErrorKind.NO_MODEL


# ---------------------------------------------------------------- stopped and taken up again


@pytest.mark.usefixtures("measured")
def test_no_more_is_asked_than_the_disk_has_taken(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    job = desk.begin(desk.read(story(40)).digest, CHINESE)
    parallel = desk.planned(desk.shown(job).document, CHINESE).parallel
    desk.waiting(parallel)
    keeper, held = desk.core._writes, []
    desk.core._writes.write, write = (  # type: ignore[method-assign]
        lambda submit, kept=None, refused=None: held.append((submit, kept, refused)),
        keeper.write,
    )
    for _ in range(4):
        desk.engine.answer_all()
        desk.pump()
    assert len(desk.engine.generates) == 2 * parallel
    keeper.write = write  # type: ignore[method-assign]
    for submit, kept, refused in held:
        keeper.write(submit, kept, refused=refused)
    desk.engine.held = False
    desk.engine.answer_all()
    assert desk.made(job).state is JobState.DONE
    assert set(asked(desk).values()) == {1}


def test_what_was_stopped_goes_on_where_it_was(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    job = desk.begin(desk.read(story(20)).digest, CHINESE)
    desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
    for _ in range(5):
        desk.engine.answer()
        desk.pump()
    desk.wait(lambda: desk.translations.view(job).done == 5)
    desk.translations.stop(job)
    view = desk.made(job)
    assert (view.state, view.finish, view.done, view.error) == (JobState.STOPPED, "cancelled", 5, None)
    done = {segment.source for segment in view.segments if segment.state in ENDED}
    before = len(desk.engine.generates)
    desk.engine.held = False
    desk.translations.go_on(job)
    view = desk.made(job)
    assert view.state is JobState.DONE
    assert targets(view) == [sentence(number, "zh") for number in range(20)]
    later = {text_of(desk.engine.turns(request)) for request in desk.engine.generates[before:]}  # type: ignore[attr-defined]
    assert not later & done


def test_a_program_that_ends_leaves_a_translation_that_waits() -> None:
    with another(held=True) as desk:
        job = desk.begin(desk.read(story(12)).digest, CHINESE)
        desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
        for _ in range(4):
            desk.engine.answer()
            desk.pump()
        desk.wait(lambda: desk.translations.view(job).done == 4)
    with another() as desk:
        (row,) = desk.translations.rows()
        assert (row.id, row.state, row.format) == (job, JobState.WAITING, "text")
        view = desk.shown(job)
        assert (view.done, view.total) == (4, 12)
        desk.translations.go_on(job)
        view = desk.made(job)
        assert view.state is JobState.DONE
        assert targets(view) == [sentence(number, "zh") for number in range(12)]
        assert len(desk.engine.generates) == 8


def test_an_engine_that_dies_leaves_a_translation_that_waits(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    job = desk.begin(desk.read(story(12)).digest, CHINESE)
    desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
    desk.engine.answer()
    desk.pump()
    desk.wait(lambda: desk.translations.view(job).done == 1)
    desk.engine.die()
    view = desk.made(job)
    assert view.state is JobState.WAITING
    assert view.error is not None
    assert view.error.kind is ErrorKind.ENGINE_CRASHED
    desk.engines.options["held"] = False
    desk.translations.go_on(job)
    view = desk.made(job)
    assert (view.state, view.error) == (JobState.DONE, None)
    assert targets(view) == [sentence(number, "zh") for number in range(12)]


@pytest.mark.usefixtures("measured")
def test_a_model_that_is_gone_is_named(desk: TranslationDesk) -> None:
    desk.engines.options["held"] = True
    job = desk.begin(desk.read(story(4)).digest, CHINESE)
    desk.waiting(4)
    desk.translations.stop(job)
    desk.made(job)
    desk.models.clear()
    desk.translations.go_on(job)
    view = desk.shown(job)
    assert view.error is not None
    assert view.error.kind is ErrorKind.NO_SUCH_MODEL


def test_stopping_before_it_has_begun(desk: TranslationDesk) -> None:
    desk.engines.options["auto_load"] = False
    job = desk.begin(desk.read(story(4)).digest, CHINESE)
    desk.wait(lambda: desk.engines.clients)
    desk.translations.stop(job)
    assert desk.made(job).state is JobState.STOPPED


# ---------------------------------------------------------------- the history


def test_summaries_and_translations_have_a_history_each(desk: TranslationDesk) -> None:
    job = desk.begin(desk.read(story(3)).digest, CHINESE)
    desk.made(job)
    assert [row.id for row in desk.translations.rows()] == [job]
    assert desk.summaries.rows() == []
    assert desk.found(desk.translations, "图书馆") == set()
    assert desk.found(desk.translations, "市场") == {job}
    assert desk.found(desk.summaries, "市场") == set()
    with another() as again:
        assert [row.id for row in again.translations.rows()] == [job]
        assert again.summaries.rows() == []


def test_a_copy_has_what_stands_between_the_sentences(desk: TranslationDesk) -> None:
    lines = ("12345", "", f"- {sentence(0)} 😀", f"- {sentence(1)} {sentence(2)} 🎉", "", "", "6 + 7", "")
    job = desk.begin(desk.read("\n".join(lines)).digest, CHINESE)
    desk.made(job)
    one, two, three = (sentence(number, "zh") for number in range(3))
    assert desk.translations.text(job) == f"12345\n\n- {one} 😀\n- {two}{three} 🎉\n\n\n6 + 7"


def test_what_was_written_by_hand_is_found(desk: TranslationDesk) -> None:
    job = desk.begin(desk.read(story(3)).digest, CHINESE)
    desk.made(job)
    desk.translations.edit(job, 1, "十一名工人修好了图书馆。")
    assert desk.found(desk.translations, "图书馆") == {job}
    with another() as again:
        assert again.found(again.translations, "图书馆") == {job}


def test_a_removed_translation_comes_back_and_is_gone_after_the_end(desk: TranslationDesk) -> None:
    document = desk.read(story(3))
    job = desk.begin(document.digest, CHINESE)
    desk.made(job)
    kept = desk.core.documents.place(document.digest, SEGMENTS)
    desk.core.actions.delete_translation(job)
    assert desk.translations.rows() == []
    notice = next(event.notice for event in desk.events if isinstance(event, NoticePosted))
    desk.core.actions.act(NoticeAction.UNDO_DELETE, notice)
    assert [row.id for row in desk.translations.rows()] == [job]
    assert kept.is_file()
    desk.translations.remove(job)
    desk.close()
    assert not kept.exists()
    with another() as again:
        assert again.translations.rows() == []
        assert again.translations.view(job) is None


def test_documents_of_both_kinds_stay_as_long_as_somebody_needs_them() -> None:
    with another() as desk:
        document = desk.read(story(3))
        other = desk.read(story(2))
        desk.made(desk.begin(document.digest, CHINESE))
        kept = [desk.core.documents.place(one.digest, SEGMENTS) for one in (document, other)]
        assert all(path.is_file() for path in kept)
    assert [path.is_file() for path in kept] == [True, False]


def test_a_program_that_keeps_nothing_leaves_nothing() -> None:
    with another(keep=False) as desk:
        document = desk.read(story(3))
        view = desk.made(desk.begin(document.digest, CHINESE))
        assert view.state is JobState.DONE
        kept = desk.core.documents.place(document.digest, SEGMENTS)
        assert kept.is_file()
    assert not kept.exists()


def test_a_document_that_is_gone_is_said(desk: TranslationDesk) -> None:
    document = desk.read(story(3))
    job = desk.begin(document.digest, CHINESE)
    desk.made(job)
    desk.close()
    desk.core.documents.place(document.digest, SEGMENTS).unlink()
    with another() as again:
        view = again.shown(job)
        assert view.error is not None
        assert view.error.kind is ErrorKind.DOCUMENT_UNREADABLE


def test_events_tell_what_happens(desk: TranslationDesk) -> None:
    job = desk.begin(desk.read(story(2)).digest, CHINESE)
    desk.made(job)
    assert TranslationsChanged() in desk.events
    assert TranslationChanged(job) in desk.events


def test_an_empty_text_and_one_without_words_are_refused(desk: TranslationDesk) -> None:
    for text in ("", "  \n ", "12 + 30 = 42"):
        found = desk.result(lambda done, text=text: desk.translations.read(text=text, done=done))
        assert isinstance(found, AssistantError), text
        assert found.kind in (ErrorKind.INPUT_EMPTY, ErrorKind.DOCUMENT_EMPTY)


def test_text_for_copying_has_no_codes(desk: TranslationDesk) -> None:
    document = desk.read(name="a.md", data=f"{sentence(0)} ![](b.png)\n\n{sentence(1)}\n".encode())
    assert any(chr(ALONE) in segment.text + segment.after for segment in document.segments)
    job = desk.begin(document.digest, CHINESE)
    desk.made(job)
    assert desk.translations.text(job) == f"{sentence(0, 'zh')}\n\n{sentence(1, 'zh')}"

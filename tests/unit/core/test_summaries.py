"""Summaries through the whole core: planned, made side by side, stopped, taken up again, thrown away."""

from __future__ import annotations

import contextlib
import gc
import weakref
from collections.abc import Iterator

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import NoticeAction, NoticePosted, SummariesChanged, SummaryChanged, SummaryGrew
from assistant.core.measures import Measures
from assistant.core.speeds import Pace
from assistant.core.summary_views import JobState, StepState
from assistant.core.timing import Line
from assistant.engine.messages import Failed, FinishReason
from assistant.tasks.summary import Depth, Format, Length, ProblemKind, SummaryOptions
from assistant.worker import documents as worker_documents
from tests.fakes.answering_engines import turns_in
from tests.fakes.summaries import looping, marks, material, telling
from tests.fakes.summary_desk import MODEL, SummaryDesk, story

FACTS = 120
LONG = story(FACTS)


@pytest.fixture
def desk() -> Iterator[SummaryDesk]:
    desk = SummaryDesk()
    yield desk
    desk.close()


@contextlib.contextmanager
def another(**options: object) -> Iterator[SummaryDesk]:
    """The program, started again."""
    desk = SummaryDesk(**options)  # type: ignore[arg-type]
    try:
        yield desk
    finally:
        desk.close()


# ---------------------------------------------------------------- the plan


def test_a_short_text_is_read_in_one_step(desk: SummaryDesk) -> None:
    document = desk.open(story(4))
    plan = desk.plan(document.digest)
    assert (plan.parts, plan.levels, plan.steps, plan.one_step, plan.share) == (1, 1, 1, True, 1.0)
    assert plan.seconds is None  # nobody has measured anything here
    job = desk.start(document.digest)
    view = desk.end(job)
    assert view.state is JobState.DONE
    assert len(marks(view.text)) == 2
    assert (view.done, view.total, view.finish, view.error) == (1, 1, "end", None)


def test_a_long_text_is_cut_and_every_part_reaches_the_result(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    plan = desk.plan(document.digest)
    assert plan.parts > 5
    assert plan.steps > plan.parts
    desk.engine.model = telling
    view = desk.end(desk.start(document.digest))
    assert view.state is JobState.DONE
    assert [f"fact{number}" in view.text for number in range(FACTS)] == [True] * FACTS
    assert len(view.parts) == plan.parts
    assert view.parts[0][0][0] == 0
    shown = "".join(document.text[start:end] for stretches in view.parts for start, end in stretches)
    assert shown.replace("\n", "") == document.text.replace("\n", "")
    assert [step.state for step in view.steps[: plan.parts]] == [StepState.DONE] * plan.parts


def test_a_chinese_text_is_summarized_in_chinese_and_in_english(desk: SummaryDesk) -> None:
    line = "第{0}年，港口的灯塔由守灯人第{0}次点亮，渔船在夜里平安归来，镇上的人都很高兴。"
    document = desk.open("灯下的故事\n\n" + "\n\n".join(line.format(number) for number in range(300)))
    assert document.language == "zh-Hans"
    assert len(document.sentences) > 300
    view = desk.end(desk.start(document.digest))
    assert view.state is JobState.DONE
    assert len(view.parts) > 1
    assert "编号" in view.text
    assert "这一部分" in view.text
    english = desk.end(desk.start(document.digest, SummaryOptions(language="en")))
    assert english.state is JobState.DONE
    assert "The part with the mark" in english.text


def test_the_plan_is_not_made_twice(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    desk.plan(document.digest)
    asked, counted = len(desk.worker.requests), desk.engine.texts_counted
    assert counted == len(document.sentences)
    job = desk.start(document.digest)
    desk.end(job)
    assert [type(request).__name__ for request in desk.worker.requests[asked:]] == ["Link"]
    assert desk.engine.texts_counted == counted


def test_a_plan_holds_no_document(desk: SummaryDesk) -> None:
    first = weakref.ref(desk.open(story(3)))
    found = first()
    assert found is not None
    digest = found.digest
    del found
    desk.plan(digest)
    for number in range(4):  # more than are held open
        desk.open(story(2, start=number))
    gc.collect()
    assert first() is None
    desk.open(story(3))
    requests = len(desk.worker.requests)
    assert desk.plan(digest).parts == 1
    assert len(desk.worker.requests) == requests  # it is still known


def test_another_length_counts_nothing_again(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    desk.plan(document.digest)
    desk.plan(document.digest, SummaryOptions(length=Length.LONG))
    assert desk.engine.texts_counted == len(document.sentences)


def test_a_quick_look_reads_a_share(desk: SummaryDesk) -> None:
    document = desk.open(story(200))
    options = SummaryOptions(depth=Depth.QUICK, focus="fact150")
    plan = desk.plan(document.digest, options)
    assert plan.one_step
    assert 0 < plan.share < 0.5
    view = desk.end(desk.start(document.digest, options))
    assert view.share == plan.share
    (asked,) = desk.engines.asked
    read = material(asked)
    for start, end in view.parts[0]:
        assert document.text[start:end] in read
    assert len(view.parts[0]) > 3


def test_a_quick_look_at_a_short_text_reads_all_of_it(desk: SummaryDesk) -> None:
    document = desk.open(story(3))
    assert desk.plan(document.digest, SummaryOptions(depth=Depth.QUICK)).share == 1.0


def test_what_stands_in_the_way_of_a_plan_is_said(desk: SummaryDesk) -> None:
    document = desk.open(story(3))

    def plan(digest: str) -> object:
        return desk.result(lambda done: desk.summaries.plan(digest, SummaryOptions(), done))

    desk.models.clear()
    assert kind_of(plan(document.digest)) is ErrorKind.NO_MODEL
    with pytest.raises(AssistantError) as caught:
        desk.start(document.digest)
    assert caught.value.kind is ErrorKind.NO_MODEL
    desk.models.append(MODEL)
    assert kind_of(plan("0" * 32)) is ErrorKind.DOCUMENT_UNREADABLE
    with pytest.raises(AssistantError):
        desk.start("0" * 32)


def test_a_model_without_a_template_does_not_summarize() -> None:
    with another(template="") as desk:
        document = desk.open(story(3))
        view = desk.end(desk.start(document.digest))
        assert view.state is JobState.FAILED
        assert view.error is not None
        assert view.error.kind is ErrorKind.NO_TEMPLATE


def test_a_context_that_is_too_small_is_said() -> None:
    with another(context=300) as desk:
        document = desk.open(story(30))
        error = desk.result(lambda done: desk.summaries.plan(document.digest, SummaryOptions(), done))
        assert kind_of(error) is ErrorKind.CONTEXT_FULL


def test_giving_up_ends_the_work_of_the_child_also_where_all_was_counted_before(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    desk.plan(document.digest)
    for kind, options in (
        ("CutDocument", SummaryOptions(length=Length.LONG)),
        ("RankSentences", SummaryOptions(depth=Depth.QUICK)),
    ):
        desk.worker.held.add(kind)
        before = len(desk.worker.requests)
        got: list[object] = []
        cancel = desk.summaries.plan(document.digest, options, got.append)
        desk.wait(lambda: len(desk.worker.requests) > before)  # noqa: B023
        assert type(desk.worker.requests[-1]).__name__ == kind
        cancel()
        assert [kind_of(one) for one in got] == [ErrorKind.CANCELLED]
        assert desk.worker.cancelled[-1:] == [desk.worker.requests[-1].id]


def test_a_plan_can_be_given_up(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    got: list[object] = []
    desk.summaries.plan(document.digest, SummaryOptions(), got.append)()
    desk.pump()
    assert [kind_of(one) for one in got] == [ErrorKind.CANCELLED]


# ---------------------------------------------------------------- side by side


def test_steps_run_side_by_side_and_give_way_to_a_conversation() -> None:
    with another(held=True, context=4000) as desk:
        document = desk.open(LONG)
        plan = desk.plan(document.digest)
        assert plan.parallel > 1
        desk.start(document.digest)
        desk.waiting(plan.parallel)
        assert {request.priority for request in desk.engine.waiting} == {"bulk"}
        heads = {turns_in(request)[0].text for request in desk.engine.waiting}
        assert len(heads) == 1  # one head, read once
        assert all(request.max_tokens for request in desk.engine.waiting)
        desk.engine.answer()
        desk.waiting(plan.parallel)  # the next one took its place


def test_what_follows_is_asked_when_what_was_before_is_on_disk() -> None:
    with another(held=True) as desk:
        document = desk.open(LONG)
        plan = desk.plan(document.digest)
        kept: list[int] = []
        job = desk.start(document.digest)
        while job in desk.summaries.running():
            desk.wait(lambda: desk.engine.waiting or job not in desk.summaries.running())
            if desk.engine.waiting:
                store = desk.core._store
                assert store is not None
                done = len(store.jobs.steps(job))
                assert done == len(kept)  # every answer so far is there when the next one is asked
                kept.append(done)
                desk.engine.answer()
                desk.wait(lambda: len(store.jobs.steps(job)) > done)  # noqa: B023
        assert len(kept) == plan.steps


def test_how_far_it_is_can_be_seen() -> None:
    with another(held=True, context=4000) as desk:
        document = desk.open(LONG)
        plan = desk.plan(document.digest)
        job = desk.start(document.digest)
        desk.waiting(plan.parallel)
        view = desk.view(job)
        assert (view.state, view.done, view.total) == (JobState.RUNNING, 0, plan.steps)
        first = desk.engine.waiting[0]
        desk.engine.begin(first, "The first words")
        desk.pump()
        view = desk.view(job)
        assert (view.steps[0].state, view.steps[0].text) == (StepState.WRITING, "The first words")
        assert view.steps[1].state is StepState.READING
        assert view.steps[-1].state is StepState.WAITING
        assert SummaryGrew(job) in desk.events
        desk.engine.answer()
        desk.wait(lambda: desk.view(job).done == 1)
        view = desk.view(job)
        assert view.steps[0].state is StepState.DONE
        assert view.text == view.steps[0].text
        assert SummaryChanged(job) in desk.events


def test_a_bad_answer_is_repaired_once_and_then_said(desk: SummaryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    taught: list[dict[str, float]] = []
    monkeypatch.setattr(Measures, "learn_job", lambda _self, _key, **values: taught.append(values))
    document = desk.open(story(3))
    desk.plan(document.digest)
    desk.engine.model = looping
    view = desk.end(desk.start(document.digest))
    assert view.state is JobState.DONE
    assert len(desk.engine.generates) == 2
    assert [problem.kind for problem in view.problems] == [ProblemKind.LOOP]
    assert view.steps[0].state is StepState.FLAWED
    assert view.tokens.prompt > 0
    assert [one["asked"] for one in taught] == [2.0]
    assert taught[0]["final"] > 0
    with another() as again:
        later = again.view(view.id)
        assert [problem.kind for problem in later.problems] == [ProblemKind.LOOP]
        assert later.steps[0].state is StepState.FLAWED
        assert later.tokens == view.tokens


def test_the_result_is_linked_to_the_document(desk: SummaryDesk) -> None:
    document = desk.open("The lighthouse was built in 1911. It cost 42,000 francs.\n\nThe keeper retired in 1938.")
    desk.plan(document.digest)
    desk.engine.model = lambda turns, most: ("The keeper retired in 1938. Dragons live in 2077.", FinishReason.END)
    view = desk.end(desk.start(document.digest))
    assert view.linked is not None
    first, second = view.linked.sentences
    assert first.supported
    assert document.text[first.sources[0].start : first.sources[0].end].startswith("The keeper retired")
    assert not second.supported
    assert len(view.linked.coverage) == len(document.paragraphs)
    with another() as again:
        assert again.view(view.id).linked == view.linked


def test_a_result_that_cannot_be_linked_is_a_result(desk: SummaryDesk) -> None:
    document = desk.open(story(3))
    desk.worker.refuses["Link"] = AssistantError(ErrorKind.DOCUMENT_SLOW)
    view = desk.end(desk.start(document.digest))
    assert (view.state, view.linked, view.unchecked, view.error) == (JobState.DONE, None, True, None)
    assert view.text
    desk.core._store.drain()  # type: ignore[union-attr]
    row = desk.core._store.jobs.get(view.id)  # type: ignore[union-attr]
    assert (row.state, row.error) == (JobState.DONE, "document_slow")
    assert view.unlinked is not None
    assert view.unlinked.kind is ErrorKind.DOCUMENT_SLOW
    with another() as again:
        unlinked = again.view(view.id).unlinked
        assert unlinked is not None
        assert (unlinked.kind, unlinked.values["name"]) == (ErrorKind.DOCUMENT_SLOW, view.title)


@pytest.mark.parametrize("kind", [ErrorKind.WORKER_ENDED, ErrorKind.DOCUMENT_MEMORY])
def test_a_machine_that_was_short_of_something_is_asked_once_more_for_the_links(
    desk: SummaryDesk, kind: ErrorKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = desk.open(story(3))
    desk.worker.refuses["Link"] = AssistantError(kind)
    submit, tries = desk.worker.submit, []

    def once(request: object) -> None:
        submit(request)
        if type(request).__name__ == "Link":
            tries.append(request)
            desk.worker.refuses.pop("Link", None)

    monkeypatch.setattr(desk.worker, "submit", once)
    view = desk.end(desk.start(document.digest))
    assert (len(tries), view.unchecked, view.unlinked) == (2, False, None)
    assert view.linked is not None


@pytest.mark.parametrize("keep", [True, False], ids=["window", "command_line"])
def test_what_was_read_hours_ago_is_linked_also_when_its_file_is_lost(*, keep: bool) -> None:
    with another(keep=keep, held=True) as desk:
        document = desk.open(story(3))
        job = desk.start(document.digest)
        desk.waiting(1)
        folder = desk.core.documents.folder
        (folder / f"{document.digest}.document").unlink()
        worker_documents._shelf.clear()  # the child had nothing to do, and ended
        desk.engine.answer_all()
        view = desk.end(job)
        assert (view.state, view.unchecked, view.unlinked) == (JobState.DONE, False, None)
        assert view.linked is not None


def test_a_result_that_could_not_be_linked_is_linked_when_it_goes_on(desk: SummaryDesk) -> None:
    document = desk.open(story(3))
    desk.worker.refuses["Link"] = AssistantError(ErrorKind.DOCUMENT_SLOW)
    before = desk.end(desk.start(document.digest))
    asked = len(desk.engine.generates)
    desk.summaries.go_on(before.id)
    assert desk.end(before.id).unchecked  # it fails once more
    del desk.worker.refuses["Link"]
    desk.worker.held.add("Link")
    desk.summaries.go_on(before.id)
    assert (desk.view(before.id).state, desk.view(before.id).text) == (JobState.RUNNING, before.text)
    desk.summaries.stop(before.id)
    assert desk.end(before.id).text == before.text
    desk.worker.held.clear()
    desk.summaries.go_on(before.id)
    view = desk.end(before.id)
    assert view.linked is not None
    assert (view.unchecked, view.unlinked) == (False, None)
    assert (view.text, view.seconds) == (before.text, before.seconds)
    assert (view.done, view.total) == (before.done, before.total)
    assert len(desk.engine.generates) == asked
    desk.summaries.go_on(before.id)
    assert desk.summaries.running() == []


def test_a_program_that_ends_while_it_links_again_keeps_the_result() -> None:
    with another() as desk:
        document = desk.open(story(3))
        desk.worker.refuses["Link"] = AssistantError(ErrorKind.DOCUMENT_SLOW)
        before = desk.end(desk.start(document.digest))
    with another() as desk:
        view = desk.view(before.id)
        assert (view.state, view.text, view.unchecked, view.error) == (JobState.DONE, before.text, True, None)
        desk.open("A child is there.")
        desk.worker.held.add("Link")
        desk.summaries.go_on(before.id)
    with another() as desk:
        assert (desk.view(before.id).state, desk.view(before.id).text) == (JobState.DONE, before.text)


def test_what_is_wrong_with_a_result_is_said_also_after_an_end_in_the_middle() -> None:
    with another() as desk:
        document = desk.open(story(3))
        desk.plan(document.digest)
        desk.engine.model = lambda turns, most: ("The keeper of the tower wrote that", FinishReason.LIMIT)
        desk.worker.held.add("Link")
        job = desk.start(document.digest)
        desk.wait(lambda: any(type(request).__name__ == "Link" for request in desk.worker.requests))
        worked = desk.view(job).seconds
    with another() as desk:
        assert desk.view(job).seconds == worked  # not counted twice
        desk.summaries.go_on(job)
        view = desk.end(job)
        assert (view.state, view.finish) == (JobState.DONE, "limit")
        assert ProblemKind.CUT in {problem.kind for problem in view.problems}


# ---------------------------------------------------------------- stopped, and taken up again


def test_stop_keeps_what_there_is_and_going_on_does_nothing_twice() -> None:
    with another(held=True) as desk:
        document = desk.open(LONG)
        plan = desk.plan(document.digest)
        undisturbed = result_of(document.text)
        job = desk.start(document.digest)
        for _ in range(3):
            desk.wait(lambda: desk.engine.waiting)
            desk.engine.answer()
        desk.wait(lambda: desk.engine.waiting)
        desk.wait(lambda: desk.view(job).done == 3)
        desk.summaries.stop(job)
        view = desk.end(job)
        assert (view.state, view.done, view.finish) == (JobState.STOPPED, 3, "cancelled")
        assert len(marks(view.text)) == 6
        asked = len(desk.engine.generates)
        desk.engine.held = False
        desk.summaries.go_on(job)
        assert desk.view(job).state is JobState.RUNNING
        view = desk.end(job)
        assert (view.state, view.text) == (JobState.DONE, undisturbed)
        assert len(desk.engine.generates) - asked == plan.steps - 3
        desk.summaries.go_on(job)  # of what is done: nothing
        assert desk.summaries.running() == []


def test_a_part_that_is_left_alone_takes_as_long_as_several_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one answer takes beside others is a share; going on with the last part has no others."""
    pace = Pace(Line(0.0, 0.0), Line(0.05, 0.0), beginning=0.0, company=0.0, filled=1.0, final=0.0)
    monkeypatch.setattr(Measures, "pace", lambda *_: pace)
    with another(held=True, context=4000) as desk:
        document = desk.open(LONG)
        plan = desk.plan(document.digest)
        merges = plan.steps - plan.parts - 1  # before the last step, which takes no time here
        assert 1 < plan.parallel < plan.parts
        beside = merges / min(plan.parallel, max(1, merges))
        job = desk.start(document.digest)
        desk.waiting(plan.parallel)
        together = desk.view(job).seconds_left
        for done in range(1, plan.parts):
            desk.wait(lambda: desk.engine.waiting)
            desk.engine.answer()
            desk.wait(lambda done=done: desk.view(job).done == done)
        desk.summaries.stop(job)
        assert desk.end(job).state is JobState.STOPPED
        desk.summaries.go_on(job)
        desk.waiting(1)
        alone = desk.view(job).seconds_left
        assert together is not None
        assert alone == pytest.approx(together * (1 + beside) / (plan.parts / plan.parallel + beside))


def result_of(text: str) -> str:
    """What an undisturbed run makes of a text, in a program that keeps nothing."""
    with another(keep=False) as desk:
        return desk.end(desk.start(desk.open(text).digest)).text


def test_what_was_written_of_the_last_step_stays_when_it_is_stopped() -> None:
    with another(held=True) as desk:
        document = desk.open(story(3))
        job = desk.start(document.digest)
        desk.waiting(1)
        desk.engine.begin(desk.engine.waiting[0], "The beginning of")
        desk.pump()
        assert desk.view(job).text == "The beginning of"
        desk.summaries.stop(job)
        view = desk.end(job)
        assert (view.state, view.text, view.finish) == (JobState.STOPPED, "The beginning of", "cancelled")


def test_stopping_while_it_is_planned(desk: SummaryDesk) -> None:
    document = desk.open(LONG)
    job = desk.start(document.digest)
    desk.summaries.stop(job)
    desk.summaries.stop(job)
    view = desk.end(job)
    assert (view.state, view.text) == (JobState.STOPPED, "")
    desk.summaries.go_on(job)
    assert desk.end(job).state is JobState.DONE


def test_stopping_while_it_is_linked_keeps_the_result(desk: SummaryDesk) -> None:
    document = desk.open(story(3))
    desk.worker.held.add("Link")
    job = desk.start(document.digest)
    desk.wait(lambda: any(type(request).__name__ == "Link" for request in desk.worker.requests))
    assert desk.view(job).text
    desk.summaries.stop(job)
    view = desk.end(job)
    assert (view.state, view.linked, view.finish) == (JobState.DONE, None, "end")


@pytest.mark.parametrize("answered", [0, 1, 4, 7])
def test_a_program_that_ends_in_the_middle_goes_on_the_next_time(answered: int) -> None:
    text = LONG
    undisturbed = result_of(text)
    with another(held=True) as desk:
        document = desk.open(text)
        plan = desk.plan(document.digest)
        job = desk.start(document.digest)
        for number in range(answered):
            desk.wait(lambda: desk.engine.waiting)
            desk.engine.answer()
            desk.wait(lambda: desk.view(job).done == number + 1)  # noqa: B023
        desk.wait(lambda: desk.engine.waiting)
    with another() as desk:
        (row,) = desk.summaries.rows()
        assert (row.id, row.state, row.model) == (job, JobState.WAITING, "Model")
        view = desk.view(job)
        assert (view.done, view.total) == (answered, plan.steps)
        assert len(marks(view.text)) == 2 * answered
        desk.summaries.go_on(job)
        view = desk.end(job)
        assert (view.state, view.text) == (JobState.DONE, undisturbed)
        assert len(desk.engine.generates) == plan.steps - answered
        assert len(desk.workers) == 1
        assert [type(request).__name__ for request in desk.worker.requests] == ["Link"]  # no plan is made again


def test_what_a_killed_program_had_made_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, another(held=True) as desk:
        job = desk.start(desk.open(LONG).digest)
        for number in range(3):
            desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
            desk.engine.answer()
            desk.wait(lambda: desk.view(job).done == number + 1)  # noqa: B023
        shown = desk.view(job).text
        patch.setattr("assistant.core.summaries.Summaries.interrupt_all", lambda _: None)  # no time for a word
    with another() as desk:
        view = desk.view(job)
        assert (view.state, view.text, view.done) == (JobState.WAITING, shown, 3)


def test_a_program_that_ends_while_the_result_is_linked_asks_the_model_nothing() -> None:
    with another() as desk:
        document = desk.open(story(3))
        desk.worker.held.add("Link")
        job = desk.start(document.digest)
        desk.wait(lambda: any(type(request).__name__ == "Link" for request in desk.worker.requests))
        text = desk.view(job).text
    with another() as desk:
        assert desk.view(job).text == text
        desk.summaries.go_on(job)
        view = desk.end(job)
        assert (view.state, view.text) == (JobState.DONE, text)
        assert view.linked is not None
        assert [client.generates for client in desk.engines.clients] == [[]] or not desk.engines.clients


def test_an_engine_that_dies_leaves_a_summary_that_waits() -> None:
    with another(held=True, context=4000) as desk:
        document = desk.open(LONG)
        plan = desk.plan(document.digest)
        job = desk.start(document.digest)
        desk.waiting(plan.parallel)
        desk.engine.answer()
        desk.waiting(plan.parallel)
        desk.engine.die()
        view = desk.end(job)
        assert (view.state, view.done) == (JobState.WAITING, 1)
        assert view.error is not None
        assert view.error.kind is ErrorKind.ENGINE_CRASHED
        assert len(marks(view.text)) == 2
        desk.engines.options["held"] = False
        desk.summaries.go_on(job)
        view = desk.end(job)
        assert (view.state, view.error) == (JobState.DONE, None)
        assert len(desk.engines.clients) == 2
        assert len(desk.engine.generates) == plan.steps - 1


def test_a_model_that_is_gone_is_named() -> None:
    with another(held=True) as desk:
        document = desk.open(story(3))
        job = desk.start(document.digest)
        desk.waiting(1)
        desk.summaries.stop(job)
        desk.end(job)
        desk.models.clear()
        desk.summaries.go_on(job)
        view = desk.view(job)
        assert view.error is not None
        assert (view.error.kind, view.error.values["name"]) == (ErrorKind.NO_SUCH_MODEL, "Model")
        assert view.state is JobState.STOPPED
        desk.models.append(MODEL)
        desk.engine.held = False
        desk.summaries.go_on(job)
        assert desk.end(job).error is None


def test_what_was_cut_for_a_larger_context_is_cut_anew_where_nothing_is_finished() -> None:
    with another(held=True, context=16_000) as desk:
        document = desk.open(LONG)
        job = desk.start(document.digest)
        desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
        parts = len(desk.view(job).parts)
    with another(context=1500) as desk:
        desk.summaries.go_on(job)
        view = desk.end(job)
        assert (view.state, view.error) == (JobState.DONE, None)
        assert len(view.parts) > parts


def test_a_part_that_another_model_finds_too_long_waits_for_a_larger_context() -> None:
    with another(held=True, context=8000) as desk:
        document = desk.open(story(3 * FACTS))
        job = desk.start(document.digest)
        desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
        request = desk.engine.waiting.pop(0).id
        desk.engine.deliver(Failed(id=request, kind=ErrorKind.CONTEXT_FULL, values={"needed": 8100, "available": 8000}))
        view = desk.end(job)
        assert view.state is JobState.WAITING
        assert view.error is not None
        assert view.error.kind is ErrorKind.CONTEXT_SMALLER


def test_what_does_not_fit_a_smaller_context_waits_for_a_larger_one() -> None:
    text = story(3 * FACTS)
    with another(held=True, context=8000) as desk:
        document = desk.open(text)
        plan = desk.plan(document.digest)
        job = desk.start(document.digest)
        desk.wait(lambda: desk.engine.waiting)
        desk.engine.answer()
        desk.wait(lambda: desk.view(job).done == 1)
        desk.wait(lambda: desk.engine.waiting)
    with another(context=1500) as desk:
        desk.summaries.go_on(job)
        view = desk.end(job)
        assert (view.state, view.done) == (JobState.WAITING, 1)
        assert view.error is not None
        assert (view.error.kind, view.error.values) == (ErrorKind.CONTEXT_SMALLER, {"available": 1500})
        assert view.text
    with another(context=8000) as desk:
        desk.summaries.go_on(job)
        view = desk.end(job)
        assert (view.state, view.error, view.total) == (JobState.DONE, None, plan.steps)
        assert len(desk.engine.generates) == plan.steps - 1


def test_stopping_while_the_model_is_loaded_again() -> None:
    with another(held=True) as desk:
        job = desk.start(desk.open(LONG).digest)
        desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
    with another() as desk:
        desk.summaries.go_on(job)
        desk.wait(lambda: desk.engines.clients)
        desk.summaries.stop(job)
        assert desk.end(job).state is JobState.STOPPED
        desk.summaries.go_on(job)
        assert desk.end(job).state is JobState.DONE


def test_a_document_that_is_gone_is_said() -> None:
    with another(held=True) as desk:
        document = desk.open(story(3))
        job = desk.start(document.digest)
        desk.waiting(1)
    with another() as desk:
        for path in desk.core.documents.folder.iterdir():
            path.unlink()
        desk.summaries.go_on(job)
        view = desk.end(job)
        assert view.state is JobState.FAILED
        assert view.error is not None
        assert view.error.kind is ErrorKind.DOCUMENT_UNREADABLE


def test_a_model_that_is_unloaded_in_the_middle_stops_it() -> None:
    with another(held=True) as desk:
        document = desk.open(LONG)
        job = desk.start(document.digest)
        desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
        desk.core.engines.unload("m")
        view = desk.end(job)
        assert view.state is JobState.STOPPED


# ---------------------------------------------------------------- the history


def test_the_history_has_the_last_changed_first(desk: SummaryDesk) -> None:
    document = desk.open("# A title\n\n" + story(3))
    options = SummaryOptions(format=Format.BULLETS, length=Length.SHORT, language="zh-Hans", audience="all", focus="x")
    first = desk.start(document.digest)
    desk.end(first)
    second = desk.start(document.digest, options)
    desk.end(second)
    assert [row.id for row in desk.summaries.rows()] == [second, first]
    assert desk.summaries.rows()[0].options == options
    assert SummariesChanged() in desk.events
    assert desk.summaries.view(999) is None
    with another() as again:
        assert [row.id for row in again.summaries.rows()] == [second, first]
        assert again.view(second).options == options


def test_the_history_is_searched_by_title_and_text(desk: SummaryDesk) -> None:
    job = desk.start(desk.open("# Die Größe\n\n" + story(3)).digest)
    words = desk.end(job).text[:12]
    assert len(words) == 12
    for wanted in (words.upper(), "GRÖSSE"):
        desk.wait(lambda wanted=wanted: desk.found(desk.summaries, wanted) == {job})
    assert desk.found(desk.summaries, "no such words") == set()
    desk.summaries.remove(job)
    assert desk.found(desk.summaries, words) == set()


def test_a_removed_summary_comes_back_and_is_gone_after_the_end() -> None:
    with another() as desk:
        kept = desk.open(story(3))
        thrown = desk.open(story(3, start=100))
        first = desk.start(kept.digest)
        desk.end(first)
        second = desk.start(thrown.digest)
        desk.end(second)
        desk.core.delete_summary(second)
        assert [row.id for row in desk.summaries.rows()] == [first]
        (notice,) = [event.notice for event in desk.events if isinstance(event, NoticePosted)]
        desk.core.act(NoticeAction.UNDO_DELETE, notice)
        assert [row.id for row in desk.summaries.rows()] == [second, first]
        assert desk.summaries.undo_remove() is None
        desk.summaries.remove(second)
        folder = desk.core.documents.folder
        assert len(list(folder.iterdir())) == 2
    assert [path.name for path in folder.iterdir()] == [f"{kept.digest}.document"]
    with another() as desk:
        assert [row.id for row in desk.summaries.rows()] == [first]
        assert desk.view(first).text


def test_a_running_summary_that_is_removed_stops_and_stays_away() -> None:
    with another(held=True) as desk:
        document = desk.open(LONG)
        job = desk.start(document.digest)
        desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
        desk.summaries.remove(job)
        desk.wait(lambda: job not in desk.summaries.running())
        assert desk.summaries.rows() == []
        assert desk.engine.waiting == []
        assert desk.summaries.undo_remove() == job
        assert desk.view(job).state is JobState.STOPPED


def test_a_program_that_keeps_nothing_leaves_nothing() -> None:
    with another(keep=False) as desk:
        document = desk.open(LONG)
        view = desk.end(desk.start(document.digest))
        assert view.state is JobState.DONE
        folder = desk.core.documents.folder
        assert len(list(folder.iterdir())) == 1
        home = desk.core.paths
    assert not folder.exists()
    assert not home.database.exists()


def test_a_disk_that_refuses_does_not_hold_the_work_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with another() as desk:
        document = desk.open(LONG)
        desk.plan(document.digest)
        store = desk.core._store
        assert store is not None
        assert store.drain()

        def full(*_: object, **__: object) -> None:
            raise AssistantError(ErrorKind.DISK_FULL)

        with monkeypatch.context() as patch:
            patch.setattr("assistant.storage.job_writing.add_step", full)
            patch.setattr("assistant.storage.writer._AGAIN_SECONDS", 0.01)
            view = desk.end(desk.start(document.digest))
        assert view.state is JobState.DONE
        assert any(isinstance(event, NoticePosted) and event.notice.key == "not-stored" for event in desk.events)


def test_a_file_with_the_result_and_its_links(desk: SummaryDesk) -> None:
    document = desk.open(story(3))
    job = desk.start(document.digest)
    desk.end(job)
    target = desk.core.paths.data / "out.md"
    written = desk.result(lambda done: desk.summaries.export(job, target, "markdown", lambda error: done([error])))
    assert written == [None]
    assert marks(target.read_text("utf-8")) == marks(desk.view(job).text)
    refused = desk.result(lambda done: desk.summaries.export(999, target, "markdown", done))
    assert kind_of(refused) is ErrorKind.INPUT_EMPTY


def test_a_language_by_its_name(desk: SummaryDesk) -> None:
    assert [desk.summaries.language(words) for words in ("German", "de", "简体中文", "Gobbledygook")] == [
        "de",
        "de",
        "zh-Hans",
        "",
    ]


def kind_of(found: object) -> ErrorKind:
    assert isinstance(found, AssistantError), found
    return found.kind

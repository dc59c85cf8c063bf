"""Summaries that were stopped, by somebody or by a fault, and are taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.core.measures import Measures
from assistant.core.speeds import Pace
from assistant.core.summary.views import JobState
from assistant.core.timing import Line
from assistant.core.unfinished import Unfinished
from assistant.engine.messages import Failed
from assistant.storage.rows import JobStep, StepState
from assistant.tasks.summary import SummaryOptions
from tests.fakes.summaries import marks
from tests.fakes.summary_desk import MODEL, SummaryDesk, another, story

FACTS = 120
LONG = story(FACTS)


@pytest.fixture
def desk() -> Iterator[SummaryDesk]:
    desk = SummaryDesk()
    yield desk
    desk.close()


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


def test_what_was_resumed_teaches_how_long_such_work_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    taught: list[dict[str, float]] = []
    monkeypatch.setattr(Measures, "learn_job", lambda _self, _key, **values: taught.append(values))
    with another(held=True) as desk:
        document = desk.open(LONG)
        desk.plan(document.digest)
        job = desk.start(document.digest)
        desk.wait(lambda: desk.engine.waiting)
        desk.engine.answer()
        desk.wait(lambda: desk.view(job).done == 1)
        desk.summaries.stop(job)
        desk.end(job)
        assert taught == []
        desk.engine.held = False
        desk.summaries.go_on(job)
        assert desk.end(job).state is JobState.DONE
    assert [one["asked"] for one in taught] == [1.0]
    assert {"filled", "final"} <= set(taught[0])


def test_a_summary_that_begins_ends_the_measuring_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []
    with another(held=True) as desk:
        document = desk.open(LONG)
        monkeypatch.setattr(Measures, "stop", lambda _self: ended.append(True))
        desk.start(document.digest)
        assert ended == [True]


def test_what_is_finished_of_a_summary_is_kept_for_a_program_without_a_history(tmp_path: Path) -> None:
    with another(keep=False, held=True) as desk, Unfinished(tmp_path, ("a",)) as first:
        document = desk.open(LONG)
        steps = desk.plan(document.digest).steps
        job = desk.summaries.start(document.digest, SummaryOptions(), unfinished=first)
        for _ in range(3):
            desk.wait(lambda: desk.engine.waiting)
            desk.engine.answer()
        desk.wait(lambda: desk.view(job).done == 3)
        desk.summaries.stop(job)
        desk.end(job)
    with another(keep=False) as desk, Unfinished(tmp_path, ("a",)) as second:
        assert len(second.steps) == 3
        document = desk.open(LONG)
        view = desk.end(desk.summaries.start(document.digest, SummaryOptions(), unfinished=second))
        assert (view.state, view.text, view.total) == (JobState.DONE, result_of(LONG), steps)
        assert len(desk.engine.generates) == steps - 3


def test_what_is_left_of_a_summary_is_of_no_use_without_its_plan(tmp_path: Path) -> None:
    with Unfinished(tmp_path, ("a",)) as first:
        first.begin("no plan at all")
        first.add([JobStep(0, 0, 0, StepState.DONE, "of another cut")])
    with another(keep=False) as desk, Unfinished(tmp_path, ("a",)) as second:
        document = desk.open(LONG)
        view = desk.end(desk.summaries.start(document.digest, SummaryOptions(), unfinished=second))
        assert (view.state, view.text) == (JobState.DONE, result_of(LONG))
        assert second.steps == ()


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
        patch.setattr("assistant.core.summary.summaries.Summaries.interrupt_all", lambda _: None)  # no time for a word
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

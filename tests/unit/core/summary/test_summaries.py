"""Summaries through the whole core: made side by side, thrown away, brought back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import NoticeAction, NoticePosted, SummariesChanged, SummaryChanged, SummaryGrew
from assistant.core.measures import Measures
from assistant.core.summary.views import JobState, StepState
from assistant.engine.messages import FinishReason
from assistant.tasks.summary import Format, Length, ProblemKind, SummaryOptions
from assistant.worker import documents as worker_documents
from tests.fakes.answering_engines import turns_in
from tests.fakes.summaries import looping, marks
from tests.fakes.summary_desk import SummaryDesk, another, kind_of, story

LONG = story(120)


@pytest.fixture
def desk() -> Iterator[SummaryDesk]:
    desk = SummaryDesk()
    yield desk
    desk.close()


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
    assert (taught[0]["endless"], "final" in taught[0]) == (1.0, False)  # how long a good one is they do not tell
    assert 0 < taught[0]["rambled"] < 1
    with another() as again:
        later = again.view(view.id)
        assert [problem.kind for problem in later.problems] == [ProblemKind.LOOP]
        assert later.steps[0].state is StepState.FLAWED
        assert later.tokens == view.tokens


def test_an_answer_that_repeats_itself_is_ended_before_its_limit_and_asked_again(desk: SummaryDesk) -> None:
    document = desk.open(story(3))
    desk.plan(document.digest)
    desk.engine.held = True
    job = desk.start(document.digest)
    desk.waiting(1)
    first = desk.engine.waiting[0]
    for _ in range(8):
        desk.engine.begin(first, "The lamp was lit by all of them. And so it was said again. ")
    desk.wait(lambda: first.id in desk.engine.cancelled)
    desk.wait(lambda: len(desk.engine.waiting) == 1 and desk.engine.waiting[0] is not first)
    desk.engine.answer()
    view = desk.end(job)
    assert view.state is JobState.DONE
    assert not view.problems
    assert len(desk.engine.generates) == 2


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
        desk.core.actions.delete_summary(second)
        assert [row.id for row in desk.summaries.rows()] == [first]
        (notice,) = [event.notice for event in desk.events if isinstance(event, NoticePosted)]
        desk.core.actions.act(NoticeAction.UNDO_DELETE, notice)
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

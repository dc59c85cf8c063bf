"""What one should know before relying on a summary goes with it into a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.summary.caveats import caveats, remarks
from assistant.core.summary.views import JobState, SummaryView
from assistant.tasks.summary import Depth, Problem, ProblemKind, SummaryOptions
from tests.fakes.summaries import looping
from tests.fakes.summary_desk import SummaryDesk, another, story

UNFINISHED = "This summary is not finished: parts of the document may be missing, and nothing in it was checked."
UNCHECKED = "The sentences could not be checked against the document. "


@pytest.fixture
def desk() -> Iterator[SummaryDesk]:
    with another() as desk:
        yield desk


def written(desk: SummaryDesk, job: int, form: str = "markdown") -> str:
    """What stands in a file with this summary."""
    target = desk.core.paths.data / "out"
    assert desk.result(lambda done: desk.summaries.export(job, target, form, lambda error: done([error]))) == [None]
    return target.read_text("utf-8")


def unlinked(desk: SummaryDesk) -> SummaryView:
    document = desk.open(story(3))
    desk.worker.refuses["Link"] = AssistantError(ErrorKind.DOCUMENT_SLOW)
    return desk.end(desk.start(document.digest))


def repeating(desk: SummaryDesk) -> SummaryView:
    document = desk.open(story(3))
    desk.plan(document.digest)
    desk.engine.model = looping
    return desk.end(desk.start(document.digest))


def quick(desk: SummaryDesk) -> SummaryView:
    return desk.end(desk.start(desk.open(story(120)).digest, SummaryOptions(depth=Depth.QUICK)))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (unlinked, UNCHECKED),
        (repeating, "The model repeated itself; what repeats was taken off."),
        (quick, "A quick look: "),
    ],
)
@pytest.mark.parametrize("form", ["markdown", "text", "html"])
def test_a_file_says_what_the_window_says(
    desk: SummaryDesk, make: Callable[[SummaryDesk], SummaryView], said: str, form: str
) -> None:
    view = make(desk)
    (sentence,) = caveats(view)
    assert sentence.startswith(said)
    assert (sentence,) == remarks(view)
    assert sentence in written(desk, view.id, form)


def test_a_file_says_that_a_summary_was_stopped() -> None:
    with another(held=True) as desk:
        document = desk.open(story(120))
        job = desk.start(document.digest)
        desk.wait(lambda: desk.engines.clients and desk.engine.waiting)
        desk.engine.answer()
        desk.wait(lambda: desk.view(job).done == 1)
        desk.summaries.stop(job)
        view = desk.end(job)
        assert (view.state, caveats(view)) == (JobState.STOPPED, (UNFINISHED,))
        assert f"\n> {UNFINISHED}\n\n{view.text}" in written(desk, job)


def test_of_a_good_summary_there_is_nothing_to_say(desk: SummaryDesk) -> None:
    view = desk.end(desk.start(desk.open(story(3)).digest))
    assert caveats(view) == ()
    assert "\n>" not in written(desk, view.id)


def test_what_was_mended_is_not_mentioned_and_nothing_is_said_twice() -> None:
    problems = (
        Problem(ProblemKind.PREAMBLE, mended=True),
        Problem(ProblemKind.FORM),
        Problem(ProblemKind.FORM),
    )
    view = SummaryView(1, JobState.DONE, "d", "T", SummaryOptions(), text="x", problems=problems)
    assert caveats(view) == ("This is not in the form that was asked for.", *remarks(view)[1:])
    assert len(remarks(view)) == 2  # and that it was not checked

"""What was asked about a document is kept: before it is answered, as it is answered, and after the program ended."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.asking import DocumentAnswer
from assistant.engine.messages import FinishReason
from assistant.storage.rows import JobState
from tests.fakes.summary_desk import SummaryDesk

TEXT = "The lighthouse was built in 1911.\n\nThe keeper Jan Peeters retired in 1938."


@contextlib.contextmanager
def program(**options: Any) -> Iterator[SummaryDesk]:
    """The program, from its start to its end."""
    desk = SummaryDesk(**options)
    try:
        yield desk
    finally:
        desk.close()


def ask(desk: SummaryDesk, digest: str, question: str, answer: str, **options: Any) -> DocumentAnswer:
    desk.engines.options["model"] = lambda turns, most: (answer, FinishReason.END)
    if desk.engines.clients:
        desk.engine.model = desk.engines.options["model"]
    found = desk.result(lambda done: desk.core.asking.ask(digest, question, done=done, **options))
    assert isinstance(found, DocumentAnswer)
    return found


def jobs_of(desk: SummaryDesk) -> Any:
    """What is on disk."""
    store = desk.core._store
    assert store is not None
    return store.jobs


def said(desk: SummaryDesk, digest: str) -> list[tuple[str, str]]:
    return [(one.question, one.text) for one in desk.core.asking.history(digest)]


def test_questions_and_answers_outlive_the_program() -> None:
    with program() as desk:
        document = desk.open(TEXT)
        first = ask(desk, document.digest, "When was it built?", "It was built in 1911.")
        ask(desk, document.digest, "谁是看守人？😀", "Jan Peeters.")
        assert said(desk, document.digest)[0] == ("When was it built?", "It was built in 1911.")
        assert first.linked is not None
    with program() as desk:
        (row,) = desk.summaries.rows()
        assert row.questions
        assert row.state is JobState.DONE
        assert row.title
        shown = desk.result(lambda done: desk.core.documents.stored(desk.view(row.id).document, done=done))
        assert shown.text == document.text, "the document stays with its questions"
        kept = desk.core.asking.history(document.digest)
        assert [(one.question, one.text) for one in kept] == [
            ("When was it built?", "It was built in 1911."),
            ("谁是看守人？😀", "Jan Peeters."),
        ]
        assert kept[0].linked == first.linked
        assert (kept[0].finish, kept[0].model, kept[0].whole, kept[0].tokens) == (
            "end", first.model, True, first.tokens,
        )  # fmt: skip
        ask(desk, document.digest, "And then?", "He retired.")
        assert len(said(desk, document.digest)) == 3
        assert len(desk.summaries.rows()) == 1


def test_a_question_is_on_disk_before_the_model_gets_it() -> None:
    with program(held=True) as desk:
        document = desk.open(TEXT)
        desk.core.asking.ask(document.digest, "When?", done=lambda _: None)
        assert not desk.engines.clients
        desk.waiting(1)
        job = desk.summaries.rows()[0].id
        assert [step.text for step in jobs_of(desk).steps(job)] == ["When?"]


def test_the_end_of_the_program_interrupts_an_answer_and_keeps_what_there_is() -> None:
    with program(held=True) as desk:
        document = desk.open(TEXT)
        desk.core.asking.ask(document.digest, "When?", done=lambda _: None)
        desk.waiting(1)
        desk.engine.begin(desk.engine.waiting[0], "In 19")
        desk.pump()
    with program() as desk:
        (kept,) = desk.core.asking.history(document.digest)
        assert (kept.question, kept.text, kept.finish, kept.error) == ("When?", "In 19", "", None)


def test_a_stopped_and_a_failed_answer_are_kept() -> None:
    with program(held=True) as desk:
        document = desk.open(TEXT)
        ends: list[DocumentAnswer] = []
        stop = desk.core.asking.ask(document.digest, "One?", done=ends.append)
        desk.waiting(1)
        desk.engine.begin(desk.engine.waiting[0], "In 1911.")
        desk.pump()
        stop()
        desk.wait(lambda: ends)
        desk.core.asking.ask(document.digest, "Two?", done=ends.append)
        desk.waiting(1)
        desk.engine.die()
        desk.wait(lambda: len(ends) == 2)
    with program() as desk:
        stopped, failed = desk.core.asking.history(document.digest)
        assert (stopped.text, stopped.finish, stopped.error) == ("In 1911.", "cancelled", None)
        assert failed.error is not None
        assert failed.error.kind is ErrorKind.ENGINE_CRASHED


def test_a_question_asked_again_takes_the_place_of_the_last() -> None:
    with program() as desk:
        document = desk.open(TEXT)
        ask(desk, document.digest, "One?", "First.")
        ask(desk, document.digest, "Two?", "Second.")
        ask(desk, document.digest, "Two?", "Better.", again=True)
    with program() as desk:
        assert said(desk, document.digest) == [("One?", "First."), ("Two?", "Better.")]


def test_what_was_asked_and_answered_is_found_in_the_list() -> None:
    with program() as desk:
        lamp, letter = desk.open(TEXT), desk.open("A letter.")
        ask(desk, lamp.digest, "Who kept the lighthouse?", "Jan Peeters 守灯塔。")
        ask(desk, letter.digest, "Wer schreibt?", "Niemand.")
    with program() as desk:
        asked = {row.title: row.id for row in desk.summaries.rows()}
        first, second = asked[lamp.title], asked[letter.title]
        for words, found in (("KEPT the", {first}), ("守灯塔", {first}), ("niemand", {second}), ("1822", set())):
            assert desk.found(desk.summaries, words) == found
        summary = desk.start(desk.open(TEXT).digest)  # with which the questions are found from now on
        desk.end(summary)
        assert summary in desk.found(desk.summaries, "守灯塔")
        assert {row.id for row in desk.summaries.rows()} == {summary, second}
        desk.summaries.remove(second)
        assert desk.found(desk.summaries, "niemand") == set()


def test_questions_and_answers_are_written_into_a_file(tmp_path: Path) -> None:
    with program() as desk:
        document = desk.open(TEXT)
        digest = document.digest
        ask(desk, digest, "When was it\nbuilt, and *who* kept it?", "It was built in 1911. Dragons came in 2077.")
        ask(desk, digest, "谁是看守人？", "Jan Peeters retired in 1938.")

        def export(form: str) -> str:
            target = tmp_path / f"out.{form}"
            written = desk.result(
                lambda done: desk.core.asking.export(digest, target, form, lambda error: done([error]), title="Talk")
            )
            assert written == [None]
            return target.read_bytes().decode("utf-8", "replace")

        text = export("markdown")
        assert text.startswith("# Talk\n\n## When was it built, and \\*who\\* kept it?\n\nIt was built in 1911.[^1]")
        assert "## 谁是看守人？\n\nJan Peeters retired in 1938.[^3]" in text
        assert "[^1]: “The lighthouse was built in 1911.”" in text
        assert "[^2]: *No passage of the document supports this.*" in text
        assert "The keeper Jan Peeters retired in 1938." in text.split("[^3]:")[1]
        page = export("html")
        assert "<h3>When was it built, and *who* kept it?</h3>" in page
        assert 'href="#s3"' in page
        assert export("docx").startswith("PK")
        assert "谁是看守人？" in export("text")
        other = desk.open("Nobody asked about this.")
        refused = desk.result(
            lambda done: desk.core.asking.export(other.digest, tmp_path / "x.md", "markdown", done, title="")
        )
        assert refused.kind is ErrorKind.INPUT_EMPTY


def test_why_an_answer_was_not_checked_is_kept() -> None:
    with program() as desk:
        document = desk.open(TEXT)
        desk.worker.refuses["Link"] = AssistantError(ErrorKind.WORKER_ENDED, "signal 9")
        answer = ask(desk, document.digest, "When?", "In 1911.")
        assert (answer.text, answer.linked, answer.error) == ("In 1911.", None, None)
        assert answer.unlinked is not None
    with program() as desk:
        (kept,) = desk.core.asking.history(document.digest)
        assert kept.unlinked is not None
        assert (kept.unlinked.kind, kept.unlinked.detail) == (ErrorKind.WORKER_ENDED, "signal 9")


def test_questions_and_summaries_of_a_document_are_removed_apart() -> None:
    with program() as desk:
        document = desk.open(TEXT)
        ask(desk, document.digest, "One?", "First.")
        (asked,) = [row.id for row in desk.summaries.rows()]
        job = desk.start(document.digest)
        desk.end(job)
        assert [row.id for row in desk.summaries.rows()] == [job], "they are found with the summary"
        desk.core.actions.delete_summary(job)
        assert [row.id for row in desk.summaries.rows()] == [asked]
        assert said(desk, document.digest) == [("One?", "First.")]
        desk.core.actions.delete_summary(asked)
        assert desk.summaries.rows() == []
        assert said(desk, document.digest) == []
        assert desk.summaries.undo_remove() == asked
        assert said(desk, document.digest) == [("One?", "First.")]
        folder = desk.core.documents.folder
    with program() as desk:
        assert said(desk, document.digest) == [("One?", "First.")]
        assert [path.name for path in folder.iterdir()] == [f"{document.digest}.document"]
        desk.summaries.remove(asked)
    assert not folder.exists()


def test_after_a_removal_a_new_question_begins_anew_and_both_come_back() -> None:
    with program() as desk:
        document = desk.open(TEXT)
        ask(desk, document.digest, "One?", "First.")
        desk.summaries.remove(desk.summaries.rows()[0].id)
        ask(desk, document.digest, "Two?", "Second.")
        assert said(desk, document.digest) == [("Two?", "Second.")]
        desk.summaries.undo_remove()
        assert said(desk, document.digest) == [("One?", "First."), ("Two?", "Second.")]


def test_what_cannot_be_read_is_not_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with program() as desk:
        document = desk.open(TEXT)
        ask(desk, document.digest, "One?", "First.")

    def damaged(*_: Any) -> Any:
        raise AssistantError(ErrorKind.DATABASE_DAMAGED)

    with program() as desk:
        desk.open(TEXT)
        with monkeypatch.context() as patched:
            patched.setattr("assistant.storage.jobs.StoredJobs.steps", damaged)
            with pytest.raises(AssistantError):
                desk.core.asking.history(document.digest)
            ask(desk, document.digest, "Two?", "Second.")
    with program() as desk:
        assert said(desk, document.digest) == [("One?", "First."), ("Two?", "Second.")]


def test_a_program_that_keeps_nothing_keeps_no_questions() -> None:
    with program(keep=False) as desk:
        document = desk.open(TEXT)
        ask(desk, document.digest, "One?", "First.")
        assert said(desk, document.digest) == [("One?", "First.")]
    with program() as desk:
        assert desk.summaries.rows() == []


@pytest.mark.parametrize(
    "facts", ["", "{", "[]", '{"finish": "end"}', '{"finish": "", "model": "", "whole": 1, "error": 3}']
)
def test_damaged_facts_cost_no_text(facts: str) -> None:
    with program() as desk:
        document = desk.open(TEXT)
        ask(desk, document.digest, "One?", "First.")
        jobs = jobs_of(desk)
        job = desk.summaries.rows()[0].id
        desk.wait(lambda: len(jobs.steps(job)) == 2)
        step = jobs.steps(job)[1]
        jobs.add_step(replace(step, problems=facts))
    with program() as desk:
        assert said(desk, document.digest) == [("One?", "First.")]

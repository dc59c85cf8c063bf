"""Questions about a document come back with it, stand in the list, and are deleted with an undo."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.asking import DocumentAnswer
from assistant.core.events import SummariesChanged
from assistant.core.summary.views import JobState, SummaryView
from assistant.storage.rows import MessageState
from assistant.tasks.summary import SummaryOptions
from tests.gui.fakes.summaries_core import SUMMARY, FakePapers, document, linked

JOB = 77


class Asked:
    """The pane, and a document that was asked about on an earlier day."""

    def __init__(self, window: Any) -> None:
        self.papers = FakePapers(window._core)
        window.resize(1240, 800)
        window.frame.show_pane("summarize")
        self.pane = window.summarizing.pane
        self.made = document()
        self.papers.documents.known[self.made.digest] = self.made
        view = SummaryView(JOB, JobState.DONE, self.made.digest, "The bridge", SummaryOptions(), questions=True)
        self.papers.summaries.views[JOB] = view
        links = linked(SUMMARY, self.made)
        self.papers.asking.kept[self.made.digest] = [
            DocumentAnswer(1, self.made.digest, "What does it cost?", SUMMARY, linked=links, finish="end"),
            DocumentAnswer(2, self.made.digest, "渡船呢？", "Every 20", finish=""),
        ]
        self.papers.tell(SummariesChanged())

    @property
    def text(self) -> str:
        return str(self.pane.room.panel.transcript.plain_text())

    @property
    def states(self) -> list[MessageState]:
        return [head.state for head in self.pane.room.talk.heads()]


@pytest.fixture
def asked(window: Any) -> Asked:
    window.activateWindow()
    return Asked(window)


def test_a_document_that_was_asked_about_is_in_the_list_and_opens_with_its_answers(asked: Asked) -> None:
    (row,) = asked.pane.list.list.rows.rows
    assert (row.title, row.line) == ("The bridge", "Questions")
    asked.pane._chosen(JOB)
    assert asked.pane.page.view == "ask"
    assert asked.pane.opening.document == asked.made
    assert "What does it cost?" in asked.text
    assert "渡船呢？" in asked.text
    assert asked.states == [
        MessageState.COMPLETE, MessageState.COMPLETE, MessageState.COMPLETE, MessageState.INTERRUPTED,
    ]  # fmt: skip
    assert asked.papers.summaries.planned == [], "to look at it loads no model"


def test_one_goes_on_asking_with_what_was_said(asked: Asked) -> None:
    asked.pane._chosen(JOB)
    asked.pane.room.composer.set_text("And when?")
    asked.pane.ask()
    _, question, history = asked.papers.asking.asked[-1]
    assert question == "And when?"
    assert [each.question for each in history] == ["What does it cost?", "渡船呢？"]
    asked.papers.asking.finish(text="In May.")
    asked.pane.room.talk.again()
    assert asked.papers.asking.again == [False, True]


def test_another_document_and_back_loses_nothing(asked: Asked) -> None:
    asked.pane._chosen(JOB)
    asked.pane.opening.open_text("Something else.")
    assert asked.pane.room.talk.empty
    asked.pane.opening.open_stored(asked.made.digest, lambda: None)
    assert "What does it cost?" in asked.text


def test_questions_are_deleted_and_come_back(asked: Asked) -> None:
    asked.pane._chosen(JOB)
    kept = asked.papers.asking.kept
    exchanges = kept.pop(asked.made.digest)
    asked.pane.delete(JOB)
    assert asked.papers.summaries.views == {}
    assert asked.pane.room.talk.empty
    kept[asked.made.digest] = exchanges
    asked.pane.undo_delete()
    assert JOB in asked.papers.summaries.views
    assert "What does it cost?" in asked.text


def test_questions_that_cannot_be_read_are_said(asked: Asked, monkeypatch: pytest.MonkeyPatch, window: Any) -> None:
    def damaged(_digest: str) -> Any:
        raise AssistantError(ErrorKind.DATABASE_DAMAGED)

    monkeypatch.setattr(asked.papers.asking, "history", damaged)
    asked.pane._chosen(JOB)
    assert asked.pane.room.talk.empty
    assert window.notices.isVisible()
    assert asked.pane.opening.document == asked.made

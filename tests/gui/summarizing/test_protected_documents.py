"""What is said where the password of a document is asked."""

from __future__ import annotations

from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from tests.gui.helpers import child

KEPT = "Its text is kept on this computer without the password while a summary refers to it."


def test_it_is_said_that_the_text_is_kept_without_the_password(window: Any) -> None:
    window.frame.show_pane("summarize")
    problem = child(window, "sourcePassword").parentWidget()
    while not hasattr(problem, "show_error"):
        problem = problem.parentWidget()
    problem.show_error(AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, password="missing"), "plan.pdf")
    assert problem.words.text().splitlines()[-1] == KEPT
    assert "plan.pdf is protected." in problem.words.text()
    problem.show_error(AssistantError(ErrorKind.DOCUMENT_EMPTY), "plan.pdf")
    assert KEPT not in problem.words.text()

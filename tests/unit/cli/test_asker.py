"""Questions about a document, one after the other, at a pretended terminal."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli.ask import Asker
from assistant.cli.terminal import Terminal
from assistant.engine.messages import FinishReason
from assistant.texts.errors import sentence
from tests.fakes.summary_desk import MODEL, SummaryDesk

TEXT = "The lighthouse was built in 1911.\n\nThe keeper Jan Peeters retired in 1938."


class PretendedSession:
    """Waits by pumping, without signals."""

    def __init__(self, desk: SummaryDesk) -> None:
        self.core = desk.core
        self._desk = desk

    def wait_for(self, done: Callable[[], bool], _cancel: Callable[[], None], show: Callable[[], None]) -> None:
        show()
        self._desk.wait(done)


@pytest.fixture
def desk() -> Iterator[SummaryDesk]:
    desk = SummaryDesk(keep=False, context=4000)
    yield desk
    desk.close()


def lines(*given: str | type[BaseException]) -> Callable[[str], str]:
    """What a person types, and then Ctrl+D."""
    left = iter(given)

    def read_line(_prompt: str) -> str:
        line = next(left, EOFError)
        if isinstance(line, str):
            return line
        raise line

    return read_line


def test_questions_follow_one_another_and_errors_do_not_end_them(desk: SummaryDesk) -> None:
    out, err = io.StringIO(), io.StringIO()
    session: Any = PretendedSession(desk)
    document = desk.open(TEXT)
    asker = Asker(Terminal(out=out, err=err), session, document, MODEL, show_text=True)
    answers = iter(("It was built in 1911.", "Dragons."))
    desk.engines.options["model"] = lambda turns, most: (next(answers), FinishReason.END)
    asker.loop(lines("When was it built?", "", KeyboardInterrupt, "And who retired?"))
    assert out.getvalue() == "It was built in 1911.\n\nDragons.\n\n"
    assert "built in 1911" in err.getvalue()  # what the first answer rests on
    assert "Ctrl+D leaves." in err.getvalue()
    assert "1 sentence has no support" in err.getvalue()
    assert [exchange.question for exchange in asker.history] == ["When was it built?", "And who retired?"]
    desk.models.clear()
    desk.core.engines.unload("m")
    desk.engines.options["template"] = ""
    asker.loop(lines("And now?"))
    assert len(asker.history) == 2  # what could not be answered was not said
    assert sentence(AssistantError(ErrorKind.NO_TEMPLATE, name="Model")) in err.getvalue()

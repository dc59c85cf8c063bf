"""The real program on a real screen with the real model: a conversation, and everything that can come between."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.desktop import Desktop, furnish, screen, wait_for

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="needs an X server and xdotool"),
]
WHOLE = ("complete", "cut", "looped")  # a small model may go on until its limit
LONG = "Write a very long story about a lighthouse keeper and count to one thousand."


@pytest.fixture
def desktop(starter_path: Path, tmp_path: Path) -> Iterator[Desktop]:
    furnish(starter_path)
    with screen() as display:
        desktop = Desktop(display, tmp_path / "program.log")
        try:
            yield desktop
        finally:
            desktop.kill_what_is_left()
        said = (tmp_path / "program.log").read_text("utf-8", "replace")
        assert set(said.splitlines()) <= desktop.expected, "the program complained"


def _ended(desktop: Desktop, count: int) -> tuple[str, str, str] | None:
    """The last message, when there are ``count`` of them and it is a finished answer."""
    found = desktop.messages()
    if len(found) != count or found[-1][1] in ("waiting", "writing"):
        return None
    return found[-1]


def _writing(desktop: Desktop) -> bool:
    return desktop.last()[1] == "writing" and len(desktop.last()[2]) > 20


def test_a_conversation_by_keyboard_and_a_clean_end(desktop: Desktop) -> None:
    desktop.open()
    desktop.say("What is the capital of France?")
    role, state, text = wait_for(lambda: _ended(desktop, 2), 90, "an answer")
    assert role == "assistant"
    assert state in WHOLE
    assert text.strip()
    desktop.type("one")
    desktop.key("shift+Return")
    desktop.say("two")
    wait_for(lambda: _ended(desktop, 4), 90, "the second answer")
    assert desktop.messages()[2][2] == "one\ntwo"
    children = desktop.children()
    assert children
    assert desktop.close() == 0
    _, alive = psutil.wait_procs(children, 5)
    assert alive == []


def test_escape_stops_an_answer_and_the_next_one_comes(desktop: Desktop) -> None:
    desktop.open()
    desktop.say(LONG)
    wait_for(lambda: _writing(desktop), 90, "a growing answer")
    desktop.key("Escape")
    _, state, text = wait_for(lambda: _ended(desktop, 2), 5, "the stop")
    assert state == "stopped"
    assert text
    desktop.say("Say hello.")
    wait_for(lambda: _ended(desktop, 4), 90, "the next answer")
    assert desktop.close() == 0


def test_the_engine_killed_in_the_middle_leaves_the_window_and_the_text(desktop: Desktop) -> None:
    desktop.open()
    desktop.say(LONG)
    wait_for(lambda: _writing(desktop), 90, "a growing answer")
    (engine,) = desktop.children("engine")
    engine.kill()
    _, state, text = wait_for(lambda: _ended(desktop, 2), 10, "the end of the answer")
    assert state == "failed"
    assert text
    assert desktop.process is not None
    assert desktop.process.poll() is None
    desktop.say("Say hello.")
    _, state, _ = wait_for(lambda: _ended(desktop, 4), 90, "an answer from a new engine")
    assert state in WHOLE
    assert desktop.close() == 0


def test_the_window_killed_in_the_middle_takes_its_children_along_and_comes_back(desktop: Desktop) -> None:
    desktop.open()
    desktop.say(LONG)
    wait_for(lambda: _writing(desktop), 90, "a growing answer")
    children = desktop.children()
    assert desktop.process is not None
    desktop.process.kill()
    desktop.process.wait(10)
    _, alive = psutil.wait_procs(children, 2)
    assert alive == []
    desktop.open()
    wait_for(lambda: desktop.last()[1] == "interrupted", 20, "the conversation as it was")
    assert desktop.messages()[0][2] == LONG
    assert desktop.messages()[1][2]
    desktop.say("Say hello.")
    wait_for(lambda: _ended(desktop, 4), 90, "an answer")
    assert desktop.close() == 0


def test_a_second_start_hands_over_to_the_first(desktop: Desktop) -> None:
    desktop.open()
    desktop.expected.add("Lamplight is already running.")
    others = [desktop.start() for _ in range(3)]
    for other in others:
        assert other.wait(20) == 0
    assert desktop.process is not None
    assert desktop.process.poll() is None
    assert len(desktop.windows()) == 1
    assert desktop.close() == 0

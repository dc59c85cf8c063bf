"""A conversation at a terminal, without the terminal."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import talk
from assistant.cli.talk import Talk, read_message
from assistant.cli.terminal import Terminal
from assistant.cli.writer import Writer
from assistant.core.answers import Answer, Stage
from assistant.core.load_plan import LoadPlan
from assistant.engine.messages import FinishReason
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions, ChatTurn

MODEL = InstalledModel("m", "Model", Path("m.gguf"), 1, has_template=True)


def typed(*lines: str | type[BaseException]) -> Callable[[str], str]:
    """A person who types these lines and then leaves; an exception is Ctrl+C or Ctrl+D."""
    left: Iterator[str | type[BaseException]] = iter(lines)

    def read_line(_prompt: str) -> str:
        line = next(left, EOFError)
        if isinstance(line, str):
            return line
        raise line

    return read_line


class FakeSession:
    """Answers at once with what the test has laid down: a text, an error, or an answer that failed on its way."""

    def __init__(self, *replies: str | AssistantError | Answer) -> None:
        self.replies = list(replies)
        self.asked: list[list[ChatTurn]] = []
        self.keys: set[str] = set()

    def ask(
        self,
        model: InstalledModel,
        turns: Sequence[ChatTurn],
        options: AnswerOptions,
        *,
        grew: Callable[[Answer], None],
        key: str,
    ) -> Answer:
        self.asked.append(list(turns))
        self.keys.add(key)
        reply = self.replies.pop(0)
        if isinstance(reply, AssistantError):
            raise reply
        answer = reply if isinstance(reply, Answer) else made(reply)
        grew(answer)
        return answer


def made(text: str, finish: FinishReason | None = FinishReason.END, error: AssistantError | None = None) -> Answer:
    answer = Answer(1, (), AnswerOptions(), LoadPlan("m", Path("m.gguf"), "Model"), "k")
    answer.chunks, answer.length, answer.stage = [text], len(text), Stage.ENDED
    answer.finish, answer.error, answer.ids, answer.fingerprint = finish, error, (1, 2), "f"
    return answer


class Made:
    """A talk and what it wrote."""

    def __init__(self, *replies: Any, system: str = "") -> None:
        self.session = FakeSession(*replies)
        self._out, self._err = io.StringIO(), io.StringIO()
        terminal = Terminal(out=self._out, err=self._err, stdin=io.StringIO())
        self.talk = Talk(terminal, self.session, MODEL, AnswerOptions(), system=system)  # type: ignore[arg-type]

    def run(self, *lines: str | type[BaseException]) -> None:
        self.talk.loop(typed(*lines))

    @property
    def out(self) -> str:
        return self._out.getvalue()

    @property
    def err(self) -> str:
        return self._err.getvalue()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["hello"], "hello"),
        (["one\\", "two\\", "three"], "one\ntwo\nthree"),
        (["ends with two \\\\", "x"], "ends with two \\\nx"),
        (['"""', "first", "", "  second", '"""'], "first\n\n  second"),
        (['"""one', 'two"""'], "one\ntwo"),
        (['"""all in one"""'], "all in one"),
        (['  """', "x", '  """  '], "x\n  "),
        ([""], ""),
    ],
)
def test_messages_of_several_lines(lines: list[str], message: str) -> None:
    assert read_message(typed(*lines)) == message


def test_leaving_in_the_middle_of_a_message() -> None:
    with pytest.raises(EOFError):
        read_message(typed('"""', "first"))


def test_turns_follow_each_other_and_keep_what_was_sampled() -> None:
    made_talk = Made("Hi.", "Fine.", system="Be kind.")
    made_talk.run("Hello", "How are you?")
    assert made_talk.session.asked[0] == [ChatTurn("system", "Be kind."), ChatTurn("user", "Hello")]
    assert made_talk.session.asked[1] == [
        ChatTurn("system", "Be kind."),
        ChatTurn("user", "Hello"),
        ChatTurn("assistant", "Hi.", ids=(1, 2), fingerprint="f"),
        ChatTurn("user", "How are you?"),
    ]
    assert made_talk.session.keys == {"talk"}
    assert made_talk.out == "Hi.\nFine.\n\n"


@pytest.mark.parametrize("reasoning", [False, True])
def test_thoughts_that_were_written_as_the_answer_stand_apart_from_it(reasoning: bool) -> None:
    out, err = io.StringIO(), io.StringIO()
    terminal = Terminal(out=out, err=err, stdin=io.StringIO())
    writer = Writer(terminal, show_text=True, show_reasoning=reasoning)
    answer = made("Let me see.", None)
    writer.show(answer)
    answer.recall(" Yes.")
    answer.chunks, answer.length = ["It is so."], 9
    writer.show(answer)
    writer.show(answer)
    assert (out.getvalue(), err.getvalue()) == ("Let me see.\n\nIt is so.", "")


def test_again_asks_the_same_once_more() -> None:
    made_talk = Made("One.", "Two.")
    made_talk.run("/again", "Say something", "/again")
    assert made_talk.session.asked == [[ChatTurn("user", "Say something")]] * 2
    assert "nothing to answer again" in made_talk.err
    assert [turn.text for turn in made_talk.talk.turns] == ["Say something", "Two."]


def test_new_forgets() -> None:
    made_talk = Made("One.", "Two.")
    made_talk.run("First", "/new", "Second")
    assert made_talk.session.asked[1] == [ChatTurn("user", "Second")]


@pytest.mark.parametrize("command", ["/quit", "/exit", "/bye"])
def test_leaving(command: str) -> None:
    made_talk = Made()
    made_talk.run(command, "never answered")
    assert made_talk.session.asked == []


def test_help_and_what_is_no_command() -> None:
    made_talk = Made("Done.")
    made_talk.run("/help", "/dance now", "", "   ", "//not a command")
    assert talk.help_text() in made_talk.err
    assert "There is no /dance; /help" in made_talk.err
    assert made_talk.session.asked == [[ChatTurn("user", "/not a command")]]


def test_an_interrupt_at_the_prompt_drops_the_line_only() -> None:
    made_talk = Made("Yes.")
    made_talk.run(KeyboardInterrupt, "Still there?")
    assert "Ctrl+D leaves." in made_talk.err
    assert len(made_talk.session.asked) == 1


def test_what_failed_before_its_first_word_is_not_part_of_the_conversation() -> None:
    full = AssistantError(ErrorKind.CONTEXT_FULL, needed=9000, available=8192)
    made_talk = Made(made("", None, full), AssistantError(ErrorKind.MODEL_TOO_LARGE), "Better.")
    made_talk.run("Much too long", "Then this", "And this")
    assert made_talk.session.asked[2] == [ChatTurn("user", "And this")]
    assert "9,000 tokens" in made_talk.err
    assert "/new begins" in made_talk.err


@pytest.mark.parametrize("nothing", ["", " \n "])
def test_an_answer_without_a_word_is_said(nothing: str) -> None:
    made_talk = Made(nothing, "Yes.")
    made_talk.run("Hello?", "And now?")
    assert made_talk.err.count("without a word") == 1


def test_what_was_written_before_a_failure_or_a_stop_stays() -> None:
    crash = AssistantError(ErrorKind.ENGINE_CRASHED)
    made_talk = Made(made("Half", None, crash), made("Also ha", FinishReason.CANCELLED), "Whole.")
    made_talk.run("One", "Two", "Three")
    assert [turn.text for turn in made_talk.talk.turns] == ["One", "Half", "Two", "Also ha", "Three", "Whole."]
    assert made_talk.out == "Half\nAlso ha\nWhole.\n\n"
    assert "The engine ended unexpectedly" in made_talk.err
    assert "Stopped." in made_talk.err


def test_reasoning_is_shown_apart_when_wanted() -> None:
    answer = made("Four.")
    answer.thoughts = ["Two and two"]
    made_talk = Made(replace(answer), replace(answer))
    made_talk.run("2+2")
    assert "Two and two" not in made_talk.err + made_talk.out
    made_talk.talk.show_reasoning = True
    made_talk.run("/again")
    assert "Two and two" in made_talk.err
    assert "Two and two" not in made_talk.out

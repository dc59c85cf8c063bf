"""``lamplight chat`` without a text, at a terminal: a conversation that nobody keeps."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable
from importlib import import_module

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import failures, prompt
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.cli.writer import Writer, introduce
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.texts import errors, states, tr

_PROMPT, _MORE = "> ", "… "
_BLOCK = '"""'
_KEY = "talk"


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Talk until Ctrl+D or ``/quit``."""
    model = session.model(arguments.model)
    if not model.has_template and not arguments.raw:
        raise AssistantError(ErrorKind.NO_TEMPLATE, name=model.name)
    options = session.options(
        model,
        temperature=arguments.temperature,
        max_tokens=arguments.max_tokens,
        seed=arguments.seed,
        raw=arguments.raw or None,
    )
    system = session.core.system_prompt(model) if arguments.system is None else arguments.system
    with contextlib.suppress(ImportError):  # arrow keys and history; Windows brings its own
        import_module("readline")
    introduce(terminal, model, named=arguments.model is not None)
    terminal.say(tr("{name}. /help shows what else there is; Ctrl+D leaves.", name=model.name), dim=True)
    talk = Talk(terminal, session, model, options, system="" if arguments.raw else system)
    talk.show_reasoning = arguments.show_reasoning
    talk.loop(prompt.read_line)
    return failures.DONE


class Talk:
    """The turns so far, and what the user can do with them.

    :param system: the system prompt, empty: none.
    """

    def __init__(
        self, terminal: Terminal, session: Session, model: InstalledModel, options: AnswerOptions, *, system: str = ""
    ) -> None:
        self._terminal = terminal
        self._session = session
        self._model = model
        self._options = options
        self._system = system
        self.show_reasoning = False
        self.turns: list[ChatTurn] = []

    def loop(self, read_line: Callable[[str], str]) -> None:
        """Read and answer until the end.

        :param read_line: shows a prompt and returns a line; EOFError ends, KeyboardInterrupt drops the line.
        """
        for text in prompt.entries(self._terminal, lambda: read_message(read_line)):
            if text.startswith("/") and not text.startswith("//"):
                if not self._command(text.strip()):
                    return
            else:
                self.say(text.removeprefix("/") if text.startswith("//") else text)

    def say(self, text: str) -> None:
        """The user says ``text``; the answer is written as it comes."""
        self.turns.append(ChatTurn("user", text))
        self._answer()

    def again(self) -> None:
        """Another answer to the last thing the user said."""
        while self.turns and self.turns[-1].role == "assistant":
            self.turns.pop()
        if self.turns:
            self._answer()
        else:
            self._terminal.say(tr("There is nothing to answer again."))

    def _answer(self) -> None:
        writer = Writer(self._terminal, show_text=True, show_reasoning=self.show_reasoning)
        turns = [ChatTurn("system", self._system), *self.turns] if self._system else self.turns
        try:
            answer = self._session.ask(self._model, turns, self._options, grew=writer.show, key=_KEY)
        except AssistantError as error:
            self._failed(error)
            return
        self._terminal.end_line()
        if answer.error is not None and not answer.length:
            self._failed(answer.error)
            return
        self.turns.append(
            ChatTurn("assistant", answer.text, answer.reasoning, ids=answer.ids, fingerprint=answer.fingerprint)
        )
        if answer.error is not None:
            self._terminal.say(errors.sentence(answer.error))
        elif answer.finish is not None and (ending := states.ending(answer.finish.value, answer.text)):
            self._terminal.say(ending, dim=True)

    def _failed(self, error: AssistantError) -> None:
        """The question stays on the screen but not among the turns: the next one would only fail again."""
        self.turns.pop()
        self._terminal.say(errors.sentence(error))
        if error.kind is ErrorKind.CONTEXT_FULL:
            self._terminal.say(tr("/new begins a new conversation."))

    def _command(self, text: str) -> bool:
        """Do what a line that begins with a slash asks for; False to leave."""
        name = text.split(maxsplit=1)[0]
        if name in ("/quit", "/exit", "/bye"):
            return False
        if name == "/new":
            self.turns.clear()
            self._terminal.say(tr("A new conversation."), dim=True)
        elif name == "/again":
            self.again()
        elif name == "/help":
            self._terminal.say(help_text())
        else:
            self._terminal.say(tr("There is no {command}; /help shows what there is.", command=name))
        return True


def read_message(read_line: Callable[[str], str]) -> str:
    """One message: a line, more of them after a backslash at its end, or everything between two lines of three quotes.

    :raises EOFError: the user leaves.
    """
    line = read_line(_PROMPT)
    if line.strip().startswith(_BLOCK):
        lines = [line.strip()[len(_BLOCK) :]]
        while not lines[-1].rstrip().endswith(_BLOCK):
            lines.append(read_line(_MORE))
        lines[-1] = lines[-1].rstrip()[: -len(_BLOCK)]
        return "\n".join(lines).strip("\n")
    lines = [line]
    while lines[-1].endswith("\\"):
        lines[-1] = lines[-1][:-1]
        lines.append(read_line(_MORE))
    return "\n".join(lines)


def help_text() -> str:
    """What a person can do in a conversation."""
    return tr(
        "/new     begin a new conversation\n"
        "/again   another answer to your last message\n"
        "/quit    leave (also Ctrl+D)\n"
        "Ctrl+C stops an answer. A backslash at the end of a line continues it on the next;\n"
        'three quotes (""") begin and end a message of several lines. Nothing is kept.'
    )

"""``lamplight chat``: one answer to one text. What is written goes straight through; nothing is kept."""

from __future__ import annotations

import argparse
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import failures, incoming, objects, talk
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.cli.writer import Writer, introduce
from assistant.core.answers import Answer, Stage
from assistant.library.models import InstalledModel
from assistant.tasks.chat import ChatTurn
from assistant.texts import states

_FINISH = {"loop": "limit"}
"""The contract knows four ends; an answer that was stopped because it repeated itself was cut off."""


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Answer the text of ``arguments``; a conversation when there is none and a person sits at the terminal."""
    if arguments.text is None and terminal.interactive and not arguments.json:
        return talk.run(arguments, terminal, session)
    text = incoming.text_of(arguments.text)
    model = session.model(arguments.model)
    options = session.options(
        model,
        temperature=arguments.temperature,
        max_tokens=arguments.max_tokens,
        seed=arguments.seed,
        raw=arguments.raw or None,
    )
    if not model.has_template and not arguments.raw:
        raise AssistantError(ErrorKind.NO_TEMPLATE, name=model.name)
    turns = [ChatTurn("user", text)]
    system = session.core.system_prompt(model) if arguments.system is None else arguments.system
    if system and not arguments.raw:
        turns.insert(0, ChatTurn("system", system))
    introduce(terminal, model, named=arguments.model is not None)
    writer = Writer(terminal, show_text=not arguments.json, show_reasoning=arguments.show_reasoning)
    answer = session.ask(model, turns, options, grew=writer.show)
    return report(terminal, model, answer, as_json=arguments.json)


def report(terminal: Terminal, model: InstalledModel, answer: Answer, *, as_json: bool) -> int:
    """End the output of ``answer`` and return the exit code."""
    if answer.error is not None:
        loading = answer.engine is None and answer.stage is Stage.ENDED and not answer.fingerprint
        terminal.end_line()
        partial = {"text": answer.text} if answer.length else {}
        return failures.tell(terminal, answer.error, as_json=as_json, loading=loading, more=partial)
    finish = answer.finish.value if answer.finish is not None else "end"
    if as_json:
        terminal.write_json(as_object(model, answer))
    else:
        terminal.end_line()
        ending = states.ending(finish, answer.text)
        if ending:
            terminal.say(ending)
    return failures.STOPPED if finish == "cancelled" else failures.DONE


def as_object(model: InstalledModel, answer: Answer) -> dict[str, Any]:
    """The contract's JSON object of an answer. Times are seconds."""
    finish = answer.finish.value if answer.finish is not None else ""
    spent = answer.seconds
    seconds = objects.seconds_of(load=answer.load_seconds, first_token=spent.first_token, total=spent.total)
    found = objects.written(
        answer.text,
        reasoning=answer.reasoning,
        model=model.name,
        finish=_FINISH.get(finish, finish),
        tokens=answer.tokens,
        seconds=seconds,
    )
    return {**found, "seed": answer.seed}

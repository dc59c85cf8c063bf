"""``lamplight ask``: questions about one document, answered from it, with what each answer rests on."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError
from assistant.cli import document_commands, failures, incoming, objects, prompt
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.cli.writer import introduce
from assistant.core.asking import DocumentAnswer, Exchange
from assistant.core.documents import OpenDocument
from assistant.library.models import InstalledModel
from assistant.texts import documents, errors, states, tr

_PROMPT = "> "


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Answer the question of ``arguments``; one after the other when there is none and a person sits there."""
    talks = arguments.text is None and terminal.interactive and not arguments.json and arguments.file != "-"
    form = document_commands.target_form(arguments.output, arguments.file)
    question = "" if talks else incoming.text_of(arguments.text)
    document_commands.check_document(arguments.file)
    model = document_commands.model_for(session, arguments.model)
    document = document_commands.open_document(arguments, terminal, session)
    document_commands.say_notes(terminal, document)
    introduce(terminal, model, named=arguments.model is not None)
    asker = Asker(terminal, session, document, model, show_text=not arguments.json)
    if talks:
        with contextlib.suppress(ImportError):  # arrow keys and history; Windows brings its own
            import_module("readline")
        terminal.say(tr("Ask about “{title}”. Ctrl+D leaves.", title=document.title), dim=True)
        asker.loop(prompt.read_line)
        failed = _write(session, document, arguments.output, form) if asker.history and form else None
        return failures.tell(terminal, failed, as_json=False) if failed is not None else failures.DONE
    answer = asker.ask(question)
    if answer.error is not None:
        loading = not answer.tokens.prompt
        more = {"text": answer.text} if answer.text else {}
        terminal.end_line()
        return failures.tell(terminal, answer.error, as_json=arguments.json, loading=loading, more=more)
    if not arguments.json:
        asker.end(answer)
    failed = _write(session, document, arguments.output, form) if answer.text and form else None
    found = as_object(document, answer)
    if arguments.json and failed is None:
        terminal.write_json(found)
    if failed is not None:
        return failures.tell(terminal, failed, as_json=arguments.json, more=found)
    return failures.STOPPED if answer.finish == "cancelled" else failures.DONE


class Asker:
    """Asks about one document, and remembers what was said."""

    def __init__(
        self, terminal: Terminal, session: Session, document: OpenDocument, model: InstalledModel, *, show_text: bool
    ) -> None:
        self._terminal = terminal
        self._session = session
        self._document = document
        self._model = model
        self._show_text = show_text
        self._written = 0
        self.history: list[Exchange] = []

    def loop(self, read_line: Callable[[str], str]) -> None:
        """Read and answer until the end.

        :param read_line: shows a prompt and returns a line; EOFError ends, KeyboardInterrupt drops the line.
        """
        for question in prompt.entries(self._terminal, lambda: read_line(_PROMPT)):
            try:
                answer = self.ask(question)
            except AssistantError as error:
                self._terminal.say(errors.sentence(error))
                continue
            if answer.error is not None:
                self._terminal.end_line()
                self._terminal.say(errors.sentence(answer.error))
            else:
                self.end(answer)
                self.history.append(Exchange(question, answer.text))

    def ask(self, question: str) -> DocumentAnswer:
        """One answer from beginning to end, written as it comes. Ctrl+C stops it.

        :raises AssistantError: it could not be begun.
        """
        self._written = 0
        answers: list[DocumentAnswer] = []
        stop = self._session.core.asking.ask(
            self._document.digest,
            question,
            done=answers.append,
            grew=self._show,
            history=self.history,
            model=self._model,
        )
        try:
            self._session.wait_for(lambda: bool(answers), stop, self._show_loading)
        except BaseException:
            stop()  # nobody listens any more
            raise
        self._terminal.clear_progress()
        self._show(answers[0])
        return answers[0]

    def end(self, answer: DocumentAnswer) -> None:
        """What there is to say behind an answer."""
        self._terminal.end_line()
        ending = states.ending(answer.finish or "end", answer.text)
        if ending:
            self._terminal.say(ending, dim=True)
        document_commands.say_sources(self._terminal, self._document, answer.linked)
        if answer.passages:
            self._terminal.say(f"  {documents.search(answer.meaning, answer.no_meaning)}", dim=True)
        if answer.text:
            document_commands.say_checks(self._terminal, answer.text, answer.linked, answer.unlinked)

    def _show_loading(self) -> None:
        document_commands.show_loading(self._session, self._model, self._terminal)

    def _show(self, answer: DocumentAnswer) -> None:
        if answer.search < 1:
            self._terminal.progress(documents.searching(answer.search))
        elif not answer.text and answer.read:
            self._terminal.progress(f"{self._model.name}: {states.phase('reading', answer.read)}")
        if self._show_text and len(answer.text) > self._written:
            self._terminal.write(answer.text[self._written :])
            self._written = len(answer.text)


def _write(session: Session, document: OpenDocument, output: str, form: str) -> AssistantError | None:
    """Write what was asked and answered into a file; what went wrong is returned, because the text is there as well."""
    export, target = session.core.asking.export, Path(output)
    title = tr("Questions about {title}", title=document.title)
    try:
        session.result(
            lambda done: export(document.digest, target, form, lambda error: done(error or True), title=title)
        )
    except AssistantError as error:
        return error
    session.terminal.say(tr("Saved as {path}.", path=target.absolute()))
    return None


def as_object(document: OpenDocument, answer: DocumentAnswer) -> dict[str, Any]:
    """The contract's JSON object of an answer about a document. Times are seconds, offsets characters of its text."""
    seconds = objects.seconds_of(load=answer.load_seconds, first_token=answer.first_token, total=answer.seconds)
    return {
        **objects.written(answer.text, model=answer.model, finish=answer.finish, tokens=answer.tokens, seconds=seconds),
        "whole": answer.whole,
        "search": _search_object(answer) if answer.passages else None,
        "passages": [document_commands.source_as_json(document, source) for source in answer.passages],
        **document_commands.links_as_json(document, answer.text, answer.linked, answer.unlinked),
        "notes": document_commands.notes_as_json(document),
    }


def _search_object(answer: DocumentAnswer) -> dict[str, Any]:
    """How its passages were found: always by words; ``meaning`` is the share of the document that was searched by
    meaning as well."""
    error = answer.no_meaning
    problem = {"kind": error.kind.value, "message": errors.summary(error)} if error is not None else None
    return {"meaning": round(answer.meaning, 3), "problem": problem}

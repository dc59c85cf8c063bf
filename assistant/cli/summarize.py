"""``lamplight summarize``: one document, of any length, to one text. What is finished is kept until all of it is, so
that the same command goes on after anything."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import document_commands, failures, objects
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.cli.writer import introduce
from assistant.core.documents import OpenDocument
from assistant.core.summary.caveats import caveats
from assistant.core.summary.views import JobState, PlanView, SummaryView
from assistant.core.unfinished import Unfinished
from assistant.library.models import InstalledModel
from assistant.tasks.summary import Depth, Format, Length, SummaryOptions
from assistant.texts import lists, states, summaries, tr, trn


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Summarize the document of ``arguments``."""
    options = _options(arguments, session)
    form = document_commands.target_form(arguments.output, arguments.file)
    document_commands.check_document(arguments.file)
    model = document_commands.model_for(session, arguments.model)
    document = document_commands.open_document(arguments, terminal, session)
    document_commands.say_notes(terminal, document)
    introduce(terminal, model, named=arguments.model is not None)
    parts = ("summary", document.digest, repr(options), model.key)
    with Unfinished(session.core.paths.data / "unfinished", parts, afresh=arguments.restart) as unfinished:
        code = _make(arguments, terminal, session, _Asked(document, options, model, form), unfinished)
        if code == failures.DONE:
            unfinished.forget()
    return code


@dataclass(frozen=True)
class _Asked:
    """What is wanted. ``form``: of the file to be written, empty: none is."""

    document: OpenDocument
    options: SummaryOptions
    model: InstalledModel
    form: str


def _make(
    arguments: argparse.Namespace, terminal: Terminal, session: Session, asked: _Asked, unfinished: Unfinished
) -> int:
    """Make the summary, or go on with what is there of it, and hand it over; the exit code."""
    document, options, model = asked.document, asked.options, asked.model
    try:
        plan = _plan(terminal, session, document, options, model)
    except AssistantError as error:
        if error.kind is ErrorKind.CANCELLED and arguments.json:
            begun = _nothing_yet(document, options, model)
            terminal.write_json(as_object(document, begun, PlanView(0, 0, 0, 0, 0)))
        if error.kind is ErrorKind.CANCELLED:
            return failures.STOPPED
        return failures.tell(terminal, error, as_json=arguments.json, loading=True)
    if unfinished.steps:
        plan = replace(plan, seconds=None)  # it was told for all of it
    with session.interruptible():  # from the plan on: what comes before the first wait is no gap
        terminal.say(_resuming(len(unfinished.steps), plan) if unfinished.steps else summaries.plan(plan), dim=True)
        job = session.core.summaries.start(document.digest, options, model=model, unfinished=unfinished)
        document_commands.follow(terminal, session, session.core.summaries, job)
    return _hand_over(arguments, terminal, session, asked, job, plan, kept=unfinished.kept)


def _hand_over(
    arguments: argparse.Namespace,
    terminal: Terminal,
    session: Session,
    asked: _Asked,
    job: int,
    plan: PlanView,
    *,
    kept: bool,
) -> int:
    """Print or write what came of it; the exit code. ``kept``: the same command could go on with it."""
    view = session.core.summaries.view(job)
    assert view is not None
    if view.error is not None:
        _say_kept(terminal, kept=kept and view.done > 0)
        more = {"text": view.text} if view.text else {}
        return failures.tell(terminal, view.error, as_json=arguments.json, more=more)
    written = bool(asked.form) and view.state is JobState.DONE
    failed = _write(session, job, Path(arguments.output), asked.form) if written else None
    if arguments.json:
        engine = session.core.engines.get(asked.model.key)
        loaded = engine.facts.load_seconds if engine is not None and engine.facts is not None else 0.0
        found = as_object(asked.document, view, plan, plan_load=loaded)
        if failed is None:
            terminal.write_json(found)
    else:
        found = {}
        if view.text and (not written or failed is not None):  # an hour's work is not lost with a full disk
            terminal.write(view.text)
            terminal.end_line()
        _say_rest(terminal, view)
    _say_kept(terminal, kept=kept and view.done > 0 and (failed is not None or view.finish == "cancelled"))
    if failed is not None:
        failures.tell(terminal, failed, as_json=arguments.json, more=found)
        return failures.STOPPED if failed.kind is ErrorKind.CANCELLED else failures.FAILED
    if written:
        terminal.say(tr("Saved as {path}.", path=Path(arguments.output).absolute()))
    return failures.STOPPED if view.finish == "cancelled" else failures.DONE


def as_object(document: OpenDocument, view: SummaryView, plan: PlanView, *, plan_load: float = 0.0) -> dict[str, Any]:
    """The contract's JSON object of a summary. Times are seconds, offsets characters of the document's text.

    :param plan_load: seconds of loading the model, where that was done to make the plan.
    """
    load = plan_load or view.load_seconds
    seconds = objects.seconds_of(load=load, first_token=view.first_token, total=view.seconds)
    seconds |= objects.promised(plan.seconds)
    return {
        **objects.written(view.text, model=view.model, finish=view.finish, tokens=view.tokens, seconds=seconds),
        "parts": [
            {
                "stretches": [list(stretch) for stretch in stretches],
                "state": step.state.value,
                "text": step.text,
            }
            for stretches, step in zip(view.parts, view.steps, strict=False)
        ],
        "steps": view.total,
        "tree": _tree(view),
        "share": round(view.share, 4),
        **document_commands.links_as_json(document, view.text, view.linked, view.unlinked),
        "notes": document_commands.notes_as_json(document),
        "problems": [{"kind": one.kind.value, **one.values} for one in view.problems],
    }


def _tree(view: SummaryView) -> list[dict[str, Any]]:
    """What each step was made of: one of ``parts``, or other steps by their ids. The last one made the result."""
    return [
        {"id": number, "level": step.level, "parts": [] if sources else [step.index], "steps": list(sources)}
        for number, (step, sources) in enumerate(zip(view.steps, view.sources, strict=True))
    ]


def _options(arguments: argparse.Namespace, session: Session) -> SummaryOptions:
    """:raises AssistantError: SETTING_INVALID: a language that nobody knows."""
    language = ""
    if arguments.to:
        language = session.core.summaries.language(arguments.to)
        if not language:
            raise AssistantError(ErrorKind.SETTING_INVALID, key="--to", value=arguments.to)
    return SummaryOptions(
        depth=Depth(arguments.depth),
        length=Length(arguments.length),
        format=Format(arguments.format),
        language=language,
        audience=arguments.audience or "",
        focus=arguments.focus or "",
    )


def _write(session: Session, job: int, target: Path, form: str) -> AssistantError | None:
    """Write the summary into a file; what went wrong is returned, because the text is there all the same."""
    export = session.core.summaries.export
    try:
        session.result(lambda done: export(job, target, form, lambda error: done(error or True)))
    except AssistantError as error:
        return error
    return None


def _plan(
    terminal: Terminal, session: Session, document: OpenDocument, options: SummaryOptions, model: InstalledModel
) -> PlanView:
    found = session.result(
        lambda done: session.core.summaries.plan(document.digest, options, done, model=model),
        show=lambda: document_commands.show_loading(session, model, terminal),
    )
    assert isinstance(found, PlanView)
    return found


def _resuming(steps: int, plan: PlanView) -> str:
    """What takes the place of the plan where an earlier run has left some of it."""
    words = [trn("Resuming: {n} step is finished already.", "Resuming: {n} steps are finished already.", steps)]
    if plan.share < 1:
        words.append(summaries.share_read(plan.share))
    return lists.sentences(*words)


def _say_kept(terminal: Terminal, *, kept: bool) -> None:
    if kept:
        terminal.say(tr("What is finished is kept: the same command resumes, --restart starts over."))


def _nothing_yet(document: OpenDocument, options: SummaryOptions, model: InstalledModel) -> SummaryView:
    """A summary that was stopped before it began."""
    title = document.title
    return SummaryView(0, JobState.STOPPED, document.digest, title, options, model=model.name, finish="cancelled")


def _say_rest(terminal: Terminal, view: SummaryView) -> None:
    """What there is to say behind a summary."""
    if view.finish == "cancelled":
        terminal.say(states.ending("cancelled"))
    for caveat in caveats(view) if view.text else ():
        terminal.say(caveat)
    if view.linked is not None:
        document_commands.say_checks(terminal, view.text, view.linked)

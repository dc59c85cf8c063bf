"""``lamplight models``: which there are, where they lie, adding, checking and removing them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import failures, finding, getting
from assistant.cli.session import Session
from assistant.cli.tables import columns, day, shortened
from assistant.cli.terminal import Terminal
from assistant.core.downloads import DownloadItem
from assistant.core.measures import Speed
from assistant.core.shelf import Elsewhere, Removal, Verified
from assistant.library.models import InstalledModel
from assistant.texts import errors, fit, lists, tr, units


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    actions = {
        "list": _list,
        "import": _import,
        "elsewhere": _elsewhere,
        "verify": _verify,
        "remove": _remove,
        "use": _use,
        "measure": _measure,
        "where": _where,
        "catalogue": finding.catalogue,
        "search": finding.search,
        "look": finding.look,
        "get": getting.get,
    }
    return actions[arguments.action](arguments, terminal, session)


def as_object(model: InstalledModel, *, default: bool = False, speed: Speed | None = None) -> dict[str, Any]:
    """A model for scripts. Sizes are bytes, moments seconds since 1970 (0: never)."""
    error = model.error()
    return {
        "key": model.key,
        "name": model.name,
        "path": str(model.path),
        "size": model.size,
        "architecture": model.architecture,
        "quantization": model.quantization,
        "parameters": model.parameters,
        "context": model.context_trained,
        "chat": model.has_template,
        "embed": model.embeds,
        "linked": model.linked,
        "missing": model.missing,
        "demo": model.demo,
        "default": default,
        "last_used": round(model.last_used),
        "verified": round(model.verified),
        "tokens_per_second": _speed_object(speed),
        "problem": {"kind": error.kind.value, "message": errors.sentence(error)} if error else None,
    }


def _speed_object(speed: Speed | None) -> dict[str, float] | None:
    """What was measured with this very model; nothing that was only concluded."""
    if speed is None or not speed.measured:
        return None
    return {"reading": round(speed.reading_short, 1), "writing": round(speed.writing_near, 1)}


# ---------------------------------------------------------------- which there are


def _list(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    core = session.core
    installed = core.models.installed()
    chosen = core.models.chosen()
    key = chosen.key if chosen else ""
    if arguments.json:
        rows = [as_object(m, default=m.key == key, speed=core.measures.speed(m.key)) for m in installed]
        downloads = [_download_object(row) for row in core.downloads.rows()]
        terminal.write_json({"models": rows, "downloads": downloads})
        return failures.DONE
    for row in core.downloads.rows():
        terminal.say(getting.progress_line(row))
    if not installed:
        terminal.say(errors.summary(AssistantError(ErrorKind.NO_MODEL)))
        terminal.say(tr("“lamplight models catalogue” shows which ones are good on this computer."))
        return failures.DONE
    terminal.write(columns([_row(m, core.measures.speed(m.key), default=m.key == key) for m in installed]))
    if key:
        terminal.say(tr("* answers when no model is named."), dim=True)
    return failures.DONE


def _download_object(row: DownloadItem) -> dict[str, Any]:
    return {"name": row.name, "state": row.state.value, "done": row.done, "size": row.size}


def _row(model: InstalledModel, speed: Speed | None, *, default: bool) -> tuple[str, ...]:
    return (
        "*" if default else " ",
        shortened(model.name),
        units.size(model.size),
        units.parameters(model.parameters) if model.parameters else "",
        model.quantization,
        day(model.last_used),
        units.speed(speed.writing_near) if speed is not None and speed.measured else "",
        _remark(model),
    )


def _remark(model: InstalledModel) -> str:
    error = model.error()
    if error is not None:
        reason = errors.summary(error)
        if model.missing:
            return tr("{reason} It should be in {folder}.", reason=reason, folder=str(model.path.parent))
        return reason
    remarks = []
    if model.demo:
        remarks.append(tr("small English demo model"))
    if model.embeds:
        remarks.append(tr("finds passages of documents by their meaning"))
    elif not model.has_template:
        remarks.append(tr("base model: only continues text"))
    if model.linked:
        remarks.append(tr("in {folder}", folder=str(model.path.parent)))
    return lists.remarks(*remarks)


def _where(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    folder = str(session.core.models.folder)
    if arguments.json:
        terminal.write_json({"folder": folder})
    else:
        terminal.write(f"{folder}\n")
    return failures.DONE


def _use(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Have a model answer, or do one task, from now on; a window that is open, from its next start on."""
    model = _installed(session, arguments.name)
    if (error := model.refusal(arguments.task)) is not None:
        raise error
    if arguments.task not in ("chat", "embed") and not model.has_template:
        raise AssistantError(ErrorKind.NO_TEMPLATE, name=model.name)
    shelf = session.core.models
    shelf.choose_for(arguments.task, model.key)
    if arguments.json:
        terminal.write_json({"key": model.key, "name": model.name, "task": arguments.task})
    elif arguments.task == "chat":
        terminal.say(tr("{name} answers from now on.", name=model.name))
    else:
        terminal.say(tr("{name} is used from now on: {task}.", name=model.name, task=fit.task(arguments.task)))
    return failures.DONE


# ---------------------------------------------------------------- one more


def _import(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    if arguments.found is not None:
        return _adopt(arguments, terminal, session)
    path = Path(arguments.path).expanduser()
    files = session.core.models.files_at(path)
    if files != [path]:
        return _import_folder(arguments, terminal, session, path, files)
    try:
        model = _bring_in(arguments, terminal, session, path)
    except AssistantError as error:
        if error.kind is not ErrorKind.MODEL_EXISTS:
            raise
        return _here(arguments, terminal, session, path, str(error.values.get("name", path.name)))
    return _added(arguments, terminal, model)


def _bring_in(arguments: argparse.Namespace, terminal: Terminal, session: Session, path: Path) -> InstalledModel:
    """:raises AssistantError: it is no model, not there, here already, or cannot be copied."""

    def progress(share: float) -> None:
        terminal.progress(tr("Copying {name}: {percent} %", name=path.name, percent=int(share * 100)))

    shelf = session.core.models
    try:
        model: InstalledModel = session.result(
            lambda done: shelf.import_file(path, copy=arguments.copy, done=done, progress=progress)
        )
    except AssistantError as error:
        missing = error.kind is ErrorKind.MODEL_MISSING and "part" not in error.values
        raise AssistantError(ErrorKind.FILE_MISSING, error.detail, name=path.name) if missing else error from None
    return model


def _import_folder(
    arguments: argparse.Namespace, terminal: Terminal, session: Session, folder: Path, files: Sequence[Path]
) -> int:
    """Add all models in a folder and below it; it is done where nothing but what is here already was left out.

    :raises AssistantError: there is none in it.
    """
    if not files:
        raise AssistantError(ErrorKind.MODEL_NOT_A_MODEL, "no file in it ends in .gguf", name=folder.name)
    added: list[InstalledModel] = []
    refused: list[AssistantError] = []
    for file in files:
        try:
            added.append(_bring_in(arguments, terminal, session, file))
        except AssistantError as error:
            if error.kind is ErrorKind.CANCELLED:
                raise
            refused.append(error)
    terminal.clear_progress()
    if arguments.json:
        left = [{"kind": error.kind.value, "message": errors.sentence(error)} for error in refused]
        terminal.write_json({"models": [as_object(model) for model in added], "refused": left})
    else:
        for model in added:
            _added(arguments, terminal, model)
        for problem in refused:
            terminal.say(tr("lamplight: {sentence}", sentence=errors.sentence(problem)))
    wrong = [error for error in refused if error.kind is not ErrorKind.MODEL_EXISTS]
    return failures.exit_code(wrong[0]) if wrong else failures.DONE


def _here(arguments: argparse.Namespace, terminal: Terminal, session: Session, path: Path, name: str) -> int:
    """The model at ``path`` is here already, perhaps as another file that is called ``name``."""
    same = [model for model in session.core.models.installed() if model.path == path or model.name == name]
    same.sort(key=lambda model: model.path != path)  # another may have the name of this one
    return getting.say_here(arguments, terminal, same[0] if same else None, name)


def _added(arguments: argparse.Namespace, terminal: Terminal, model: InstalledModel) -> int:
    if arguments.json:
        terminal.write_json(as_object(model))
    else:
        terminal.say(tr("Added {name}.", name=model.name))
        terminal.write(f"{model.key}\n")
    return failures.DONE


def _elsewhere(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Models that other programs have on this computer."""
    found = _look_around(terminal, session)
    if arguments.json:
        rows = [
            {"app": one.app, "name": one.name, "path": str(one.path), "size": one.size, "installed": one.installed}
            for one in found
        ]
        terminal.write_json({"models": rows})
        return failures.DONE
    terminal.write(columns([_found_row(one) for one in found]))
    if not found:
        terminal.say(tr("No models of other programs were found."))
    elif any(not one.installed for one in found):
        terminal.say(tr("“lamplight models import --found NAME” uses one where it is."), dim=True)
    return failures.DONE


def _found_row(one: Elsewhere) -> tuple[str, ...]:
    remark = tr("already here") if one.installed else str(one.path)
    return (one.name, units.size(one.size), one.program, remark)


def _adopt(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    wanted = arguments.found.casefold()
    found = _look_around(terminal, session)
    matches = [one for one in found if one.name.casefold() == wanted]
    matches = matches or [one for one in found if one.name.casefold().startswith(wanted)]
    matches = [one for one in matches if not one.installed] or matches
    if not matches:
        return getting.refuse(
            arguments,
            terminal,
            AssistantError(ErrorKind.NO_SUCH_MODEL, name=arguments.found),
            tr("“lamplight models elsewhere” shows which there are."),
        )
    chosen = matches[0]
    if chosen.installed:
        return _here(arguments, terminal, session, chosen.path, chosen.name)
    return _added(arguments, terminal, session.result(lambda done: session.core.models.adopt(chosen, done)))


def _look_around(terminal: Terminal, session: Session) -> list[Elsewhere]:
    terminal.progress(tr("Looking for models of other programs"))
    return list(session.result(session.core.models.elsewhere))


# ---------------------------------------------------------------- keeping


def _verify(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Read every byte of one model, or of all of them."""
    shelf = session.core.models
    models = shelf.installed() if arguments.name == "all" else [_installed(session, arguments.name)]
    rows: list[dict[str, Any]] = []
    for model in models:
        try:
            checked = _check(terminal, session, model)
            problem = None if checked.ok else AssistantError(ErrorKind.MODEL_HASH, name=model.name)
            known = checked.known
        except AssistantError as error:
            if error.kind is ErrorKind.CANCELLED:
                raise
            problem, known = error, False
        rows.append({"key": model.key, "name": model.name, "ok": problem is None, "known": known})
        if problem is not None:
            rows[-1]["problem"] = {"kind": problem.kind.value, "message": errors.sentence(problem)}
        if not arguments.json:
            _say_checked(terminal, model, problem, known=known)
    if arguments.json:
        terminal.write_json({"models": rows})
    return failures.DONE if all(row["ok"] for row in rows) else failures.FAILED


def _check(terminal: Terminal, session: Session, model: InstalledModel) -> Verified:
    def progress(share: float) -> None:
        terminal.progress(tr("Checking {name}: {percent} %", name=model.name, percent=int(share * 100)))

    checked: Verified = session.result(lambda done: session.core.models.verify(model.key, done, progress))
    return checked


def _say_checked(terminal: Terminal, model: InstalledModel, problem: AssistantError | None, *, known: bool) -> None:
    if problem is not None:
        terminal.say(tr("lamplight: {sentence}", sentence=errors.sentence(problem)))
    elif known:
        terminal.write(tr("{name}: every byte is right.", name=model.name) + "\n")
    else:
        terminal.write(tr("{name}: can be read; its checksum is not known.", name=model.name) + "\n")


def _remove(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Remove one model, or a download that has not arrived; nobody can undo it when the program has ended."""
    waiting = [row for row in session.core.downloads.rows() if row.name.casefold() == arguments.name.casefold()]
    if waiting:
        return _drop(arguments, terminal, session, waiting[0])
    model = _installed(session, arguments.name)
    if not arguments.yes and not terminal.interactive:
        return _unasked(arguments, terminal, model.name)
    if not arguments.yes and not terminal.confirm(_question(model)):
        return failures.DONE
    removal: Removal = session.result(lambda done: session.core.models.remove(model.key, done))
    if arguments.json:
        terminal.write_json({"key": removal.key, "name": removal.name, "freed": removal.size, "linked": removal.linked})
    elif removal.linked:
        terminal.say(tr("{name} is no longer listed; its file stays where it is.", name=removal.name))
    else:
        terminal.say(tr("Removed {name}; {size} are free again.", name=removal.name, size=units.size(removal.size)))
    now = session.core.models.stand_in(removal)
    if now is not None and not arguments.json:
        terminal.say(tr("{name} answers now.", name=now.name))
    return failures.DONE


def _drop(arguments: argparse.Namespace, terminal: Terminal, session: Session, row: DownloadItem) -> int:
    """Forget a download, and delete what has come of it."""
    question = tr("Cancel the download of {name} ({size} are here)? [y/N]", name=row.name, size=units.size(row.done))
    if not arguments.yes and not terminal.interactive:
        return _unasked(arguments, terminal, row.name)
    if not arguments.yes and not terminal.confirm(question):
        return failures.DONE
    session.core.downloads.cancel(row.id)
    session.wait_for(lambda: session.core.downloads.idle)
    if arguments.json:
        terminal.write_json({"name": row.name, "freed": row.done})
    else:
        terminal.say(tr("Cancelled the download of {name}.", name=row.name))
    return failures.DONE


def _unasked(arguments: argparse.Namespace, terminal: Terminal, name: str) -> int:
    """Nobody sits here who could be asked: only ``--yes`` counts."""
    sentence = tr("Add --yes to remove {name}.", name=name)
    if arguments.json:
        terminal.write_json({"error": {"kind": "not_confirmed", "message": sentence}})
    else:
        terminal.say(tr("lamplight: {sentence}", sentence=sentence))
    return failures.USAGE


def _question(model: InstalledModel) -> str:
    if model.linked:
        return tr("Take {name} off the list? Its file stays. [y/N]", name=model.name)
    size = units.size(model.size)
    return tr("Delete {name} ({size})? This cannot be undone. [y/N]", name=model.name, size=size)


def _measure(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Run the self-test with one model, from which times are estimated from then on."""
    model = _installed(session, arguments.name) if arguments.name else session.model(None)

    def progress(share: float) -> None:
        terminal.progress(tr("Measuring {name}: {percent} %", name=model.name, percent=int(share * 100)))

    speed: Speed = session.result(lambda done: session.core.measures.selftest(model.key, done, progress))
    if arguments.json:
        terminal.write_json({"key": model.key, "name": model.name, "tokens_per_second": _speed_object(speed)})
        return failures.DONE
    rows = [
        (tr("Reading"), units.speed(speed.reading_short), units.speed(speed.reading_long)),
        (tr("Writing"), units.speed(speed.writing_near), units.speed(speed.writing_far)),
    ]
    head = ("", tr("at the beginning"), tr("after {tokens}", tokens=units.tokens(2048)))
    terminal.write(columns([head, *rows]))
    return failures.DONE


def _installed(session: Session, name: str) -> InstalledModel:
    """The installed model that is meant, also one that cannot be used.

    :raises AssistantError: NO_SUCH_MODEL.
    """
    model = session.core.models.find(name)
    if session.core.models.get(model.key) is None:
        raise AssistantError(ErrorKind.NO_SUCH_MODEL, name=name)
    return model

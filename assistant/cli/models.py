"""``lamplight models``: which there are, where they lie, and adding one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import failures
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal, width
from assistant.library.models import InstalledModel
from assistant.texts import errors, tr, units


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    actions = {"list": _list, "import": _import, "where": _where}
    return actions[arguments.action](arguments, terminal, session)


def as_object(model: InstalledModel, *, default: bool = False) -> dict[str, Any]:
    """A model for scripts. Sizes are bytes."""
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
        "linked": model.linked,
        "demo": model.demo,
        "default": default,
        "problem": {"kind": error.kind.value, "message": errors.sentence(error)} if error else None,
    }


def _list(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    installed = session.core.models.installed()
    chosen = session.core.chosen_model()
    key = chosen.key if chosen else ""
    if arguments.json:
        terminal.write_json({"models": [as_object(model, default=model.key == key) for model in installed]})
        return failures.DONE
    if not installed:
        terminal.say(errors.sentence(AssistantError(ErrorKind.NO_MODEL)))
        return failures.DONE
    rows = [_row(model, default=model.key == key) for model in installed]
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=False)]
        terminal.write("  ".join([*cells, row[-1]]).rstrip() + "\n")
    if key:
        terminal.say(tr("* answers when no model is named."), dim=True)
    return failures.DONE


def _row(model: InstalledModel, *, default: bool) -> tuple[str, ...]:
    error = model.error()
    if error is not None:
        remark = errors.summary(error)
    else:
        remarks = []
        if model.demo:
            remarks.append(tr("small English demo model"))
        if not model.has_template:
            remarks.append(tr("base model: only continues text"))
        remark = "; ".join(remarks)
    parameters = units.parameters(model.parameters) if model.parameters else ""
    return (
        "*" if default else " ",
        model.name,
        units.size(model.size),
        parameters,
        model.quantization,
        remark,
    )


def _import(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    outcome: list[InstalledModel | AssistantError] = []
    path = Path(arguments.path).expanduser()

    def progress(share: float) -> None:
        terminal.progress(tr("Copying {name}: {percent} %", name=path.name, percent=int(share * 100)))

    with session.interruptible():
        cancel = session.core.models.import_file(path, copy=arguments.copy, done=outcome.append, progress=progress)
        session.wait_for(lambda: bool(outcome), cancel)
    terminal.clear_progress()
    result = outcome[0]
    if isinstance(result, AssistantError):
        missing = result.kind is ErrorKind.MODEL_MISSING and "part" not in result.values
        raise AssistantError(ErrorKind.FILE_MISSING, result.detail, name=path.name) if missing else result
    if arguments.json:
        terminal.write_json(as_object(result))
    else:
        terminal.say(tr("Added {name}.", name=result.name))
        terminal.write(f"{result.key}\n")
    return failures.DONE


def _where(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    folder = str(session.core.models.folder)
    if arguments.json:
        terminal.write_json({"folder": folder})
    else:
        terminal.write(f"{folder}\n")
    return failures.DONE

"""The command line: reads the arguments, opens a session, and turns every end into an exit code."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import Paths, default_paths
from assistant.cli import failures, parser
from assistant.cli.session import Session
from assistant.cli.terminal import ReaderGoneError, Terminal, leave_quietly
from assistant.core.core import Core
from assistant.storage.reports import CrashReports
from assistant.storage.settings import Settings
from assistant.texts import set_language


def main(argv: Sequence[str] | None = None, *, make: Callable[..., Core] = Core) -> int:
    """Run one command; the value is the exit code of the contract.

    :param make: makes the Core (tests: one with another engine).
    """
    paths = default_paths()
    with contextlib.suppress(OSError):  # no catalogue in this installation: English
        set_language(Settings(paths.settings)["language"])
    try:
        arguments = parser.build().parse_args(argv)
    except SystemExit as left:  # argparse has said its sentence (or the help)
        return left.code if isinstance(left.code, int) else failures.USAGE
    terminal = Terminal()
    reports = CrashReports(paths, native=False)
    try:
        return _run(arguments, paths, terminal, make, reports)
    finally:
        reports.close()


def _run(
    arguments: argparse.Namespace, paths: Paths, terminal: Terminal, make: Callable[..., Core], reports: CrashReports
) -> int:
    command = import_module(f"assistant.cli.{arguments.command}")
    try:
        with Session(paths, terminal, make) as session:
            return int(command.run(arguments, terminal, session))
    except AssistantError as error:
        return _told(terminal, error, as_json=arguments.json)
    except ReaderGoneError:
        leave_quietly()
        return failures.DONE
    except KeyboardInterrupt:
        terminal.clear_progress()
        return failures.STOPPED
    except Exception as error:  # a defect of ours: the sentence for the user, the rest for whoever mends it
        code = _told(terminal, AssistantError(ErrorKind.INTERNAL), as_json=arguments.json)
        reports.write("command line", error)
        return code


def _told(terminal: Terminal, error: AssistantError, *, as_json: bool) -> int:
    if error.kind is ErrorKind.CANCELLED and not as_json:
        return failures.STOPPED
    try:
        return failures.tell(terminal, error, as_json=as_json)
    except ReaderGoneError:
        leave_quietly()
        return failures.exit_code(error)


if __name__ == "__main__":
    sys.exit(main())

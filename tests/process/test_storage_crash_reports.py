"""Programs that crash in every way leave a report for the next start, and none of what a person wrote."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.base.paths import Paths, default_paths
from assistant.storage.reports import CrashReports, Report, dismiss, pending_report
from tests.fakes.store_killer import ROOT
from tests.fakes.stores import files_with

CANARY = "canary-chat-灯下-text"

_PROGRAM = """
import faulthandler, os, signal, sys, threading
from assistant.base.paths import default_paths
from assistant.storage.logbook import setup_logging
from assistant.storage.reports import CrashReports
from assistant.storage.settings import Settings

paths = default_paths()
book, reports = setup_logging(paths), CrashReports(paths)
text = sys.argv[2]

def write(way):
    if way == "fault":
        faulthandler._sigsegv()
    elif way == "abort":
        os.abort()
    elif way == "error":
        Settings(paths.settings).set("theme", text)
    elif way == "thread":
        thread = threading.Thread(target=int, args=(text,))
        thread.start()
        thread.join()
    elif way == "kill":
        os.kill(os.getpid(), signal.SIGTERM)
    elif way == "memory":
        raise MemoryError(text)

write(sys.argv[1])
reports.close()
book.close()
"""


@pytest.fixture
def paths(lamplight_home: Path) -> Paths:
    return default_paths()


def crash(way: str) -> tuple[int, str]:
    """Run the program; returns its exit code and all that it printed."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", _PROGRAM, way, CANARY],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def report_of(paths: Paths) -> Report:
    report = pending_report(paths)
    assert report is not None
    return report


@pytest.mark.parametrize("way", ["fault", "abort"])
def test_a_fault_in_native_code(paths: Paths, way: str) -> None:
    code, printed = crash(way)
    assert code != 0
    report = report_of(paths)
    assert "Fatal Python error" in report.text
    assert "most recent call first" in report.text
    assert "Lamplight" in report.text
    assert str(ROOT) not in report.text
    assert CANARY not in printed + report.text
    assert files_with(paths.logs, CANARY) == []


@pytest.mark.parametrize(
    ("way", "words"),
    [("error", "setting_invalid"), ("thread", "ValueError"), ("memory", "MemoryError")],
)
def test_an_error_nobody_caught(paths: Paths, way: str, words: str) -> None:
    _, printed = crash(way)
    report = report_of(paths)
    assert words in report.text
    assert words in printed  # for who started it in a terminal
    assert CANARY not in printed + report.text
    assert files_with(paths.logs, CANARY) == []
    assert "crashed" in (paths.logs / "lamplight.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("way", ["nothing", "kill"])
def test_an_end_that_is_no_crash(paths: Paths, way: str) -> None:
    crash(way)
    assert pending_report(paths) is None


def test_the_next_start_offers_each_report_once(paths: Paths) -> None:
    crash("error")
    crash("fault")
    hooks = CrashReports(paths, native=False)
    try:
        assert report_of(paths).earlier == 1
        dismiss(paths)
        assert pending_report(paths) is None
    finally:
        hooks.close()
    assert all(not path.stat().st_size for path in paths.reports.iterdir())

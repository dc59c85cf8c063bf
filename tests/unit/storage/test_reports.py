"""A crash leaves a report without content, and the next start offers it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant
from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import Paths, default_paths
from assistant.storage.reports import CrashReports, dismiss, no_core_files, pending_report, versions
from assistant.storage.settings import Settings
from assistant.storage.traces import describe, name_of, place
from tests.fakes.stores import files_with

TEXT = "canary-chat-灯下-text"
FILE = "canary-file-name.txt"


@pytest.fixture
def paths(lamplight_home: Path) -> Paths:
    return default_paths()


@pytest.fixture
def hooks(paths: Paths) -> Iterator[CrashReports]:
    """The hooks without those for native faults, which pytest has for itself."""
    reports = CrashReports(paths, native=False)
    yield reports
    reports.close()


def defect() -> BaseException:
    """An error from inside the program, caused by another one, with content in both messages."""
    try:
        try:
            open(FILE, encoding="utf-8")  # noqa: PTH123, SIM115
        except OSError as error:
            raise ValueError(TEXT) from error
    except ValueError:
        pass
    try:
        Settings(Path(FILE)).set("theme", TEXT)
    except AssistantError as error:
        return error
    raise AssertionError("accepted")


class _CanaryError(Exception):
    __qualname__ = TEXT


# ---------------------------------------------------------------- words without content


def test_an_error_in_words() -> None:
    text = describe(defect())
    assert "AssistantError (setting_invalid)" in text
    assert "assistant.storage.settings:" in text
    assert " in set" in text
    assert "elsewhere:" in text  # this file
    assert TEXT not in text
    assert FILE not in text
    assert Path(__file__).name not in text


def test_what_led_to_an_error_is_told_too() -> None:
    try:
        try:
            raise KeyError(TEXT)
        except KeyError as error:
            raise OSError(28, TEXT, FILE) from error
    except OSError as error:
        text = describe(error)
    assert text.splitlines()[0] == "OSError (ENOSPC)"
    assert "after" in text
    assert "KeyError" in text
    assert TEXT not in text


def test_an_endless_chain_ends() -> None:
    first, second = ValueError(), ValueError()
    first.__context__, second.__context__ = second, first
    assert describe(first).count("ValueError") == 5


def test_types_and_modules_of_others_are_not_named() -> None:
    assert name_of(_CanaryError(TEXT)) == "another exception"
    assert place("__main__", 3, "f") == "elsewhere:3"
    assert place("my_secret_script", 3, "f") == "elsewhere:3"
    assert place("assistant.core.core", 3, TEXT) == "assistant.core.core:3"
    assert place("assistant.core.core", 3, "<lambda>") == "assistant.core.core:3 in <lambda>"
    assert place(None, 3) == "elsewhere:3"
    assert place("assistant.\n" + TEXT, 3) == "elsewhere:3"


# ---------------------------------------------------------------- the hooks


def test_without_a_crash_there_is_nothing(paths: Paths, hooks: CrashReports) -> None:
    assert pending_report(paths) is None
    dismiss(paths)


def test_an_uncaught_error_leaves_a_report(
    paths: Paths, hooks: CrashReports, capsys: pytest.CaptureFixture[str]
) -> None:
    error = defect()
    sys.excepthook(type(error), error, error.__traceback__)
    report = pending_report(paths)
    assert report is not None
    assert "main thread" in report.text
    assert "setting_invalid" in report.text
    assert f"Lamplight {assistant.__version__}" in report.text
    assert "SQLite 3." in report.text
    assert report.when > 1_700_000_000
    assert files_with(paths.logs, TEXT, FILE) == []
    printed = "".join(capsys.readouterr())
    assert "setting_invalid" in printed
    assert TEXT not in printed
    dismiss(paths)
    assert pending_report(paths) is None


def test_an_error_in_a_thread(paths: Paths, hooks: CrashReports, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError(TEXT)

    thread = threading.Thread(target=fail, name=TEXT)
    thread.start()
    thread.join()
    report = pending_report(paths)
    assert report is not None
    assert "another thread" in report.text
    assert "ValueError" in report.text
    assert TEXT not in report.text


def test_an_error_while_cleaning_up(paths: Paths, hooks: CrashReports, capsys: pytest.CaptureFixture[str]) -> None:
    class Careless:
        def __del__(self) -> None:
            raise ValueError(TEXT)

    Careless()
    report = pending_report(paths)
    assert report is not None
    assert "cleaning up" in report.text
    assert TEXT not in report.text


def test_what_the_program_outlives_is_told_and_leaves_no_report(
    paths: Paths, hooks: CrashReports, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    errors: list[BaseException] = []
    hooks.on_fault = lambda text, error: (told.append(text), errors.append(error))  # type: ignore[func-returns-value]
    error = defect()
    sys.excepthook(type(error), error, error.__traceback__)
    sys.excepthook(type(error), error, error.__traceback__)  # the same one, at once
    other = ValueError(TEXT)
    sys.excepthook(ValueError, other, None)
    assert errors == [error, other]
    assert "setting_invalid" in told[0]
    assert "ValueError" in told[1]
    assert TEXT not in "".join(told) + "".join(capsys.readouterr())
    assert pending_report(paths) is None


def test_what_fails_while_a_fault_is_noted_is_told_too(hooks: CrashReports, capsys: pytest.CaptureFixture[str]) -> None:
    class Cleaned(dict[str, float]):
        """Something is cleaned up just when it is asked, and fails."""

        def get(self, key: str, default: float = 0.0) -> float:  # type: ignore[override]
            hooks._told = {}
            sys.excepthook(KeyError, KeyError(TEXT), None)
            return super().get(key, default)

    told: list[str] = []
    hooks.on_fault = lambda text, _: told.append(text)
    hooks._told = Cleaned()
    thread = threading.Thread(target=sys.excepthook, args=(ValueError, ValueError(TEXT), None), daemon=True)
    thread.start()
    thread.join(10.0)
    assert not thread.is_alive(), "it waits for itself"
    assert [text.split()[-1] for text in told] == ["KeyError", "ValueError"]


def test_a_window_that_is_taken_apart_hears_of_no_fault(
    paths: Paths, hooks: CrashReports, capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(_text: str, _error: BaseException) -> None:
        raise RuntimeError("its C++ object is deleted")

    hooks.on_fault = gone
    sys.excepthook(ValueError, ValueError(TEXT), None)
    assert pending_report(paths) is None


def test_only_what_was_offered_is_put_away(paths: Paths, hooks: CrashReports) -> None:
    paths.reports.mkdir(parents=True, exist_ok=True)
    for number, when in ((1, 1000.0), (2, 2000.0)):
        path = paths.reports / f"crash-{number}.txt"
        path.write_text(f"report {number}")
        os.utime(path, (when, when))
    dismiss(paths, until=1000.0)
    report = pending_report(paths)
    assert report is not None
    assert report.text == "report 2"


def test_stopping_by_hand_is_no_crash(paths: Paths, hooks: CrashReports) -> None:
    seen: list[type[BaseException]] = []
    hooks._previous = (lambda kind, *_: seen.append(kind), *hooks._previous[1:])
    for error in (KeyboardInterrupt(), SystemExit(3)):
        sys.excepthook(type(error), error, None)
    assert seen == [KeyboardInterrupt, SystemExit]
    assert pending_report(paths) is None


def test_a_defect_that_repeats_fills_no_disk(
    paths: Paths, hooks: CrashReports, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(50):
        hooks.write("main thread", ValueError(TEXT))
    assert len(list(paths.reports.iterdir())) == 5
    report = pending_report(paths)
    assert report is not None
    assert report.earlier == 4


def test_a_folder_that_cannot_be_written(
    lamplight_home: Path, paths: Paths, hooks: CrashReports, capsys: pytest.CaptureFixture[str]
) -> None:
    lamplight_home.write_bytes(b"a file")
    hooks.write("main thread", ValueError(TEXT))
    assert pending_report(paths) is None
    dismiss(paths)


def test_closing_puts_the_hooks_back(paths: Paths) -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    CrashReports(paths, native=False).close()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


# ---------------------------------------------------------------- faults in native code

_OURS = Path(assistant.__file__).parent
_NATIVE = f"""Fatal Python error: Segmentation fault

Thread 0x00007f0000000000 (most recent call first):
  File "{_OURS / "storage" / "writer.py"}", line 12 in _run
  File "/home/somebody/{FILE}", line 4 in {TEXT}

Current thread 0x00007f1111111111 (most recent call first):
  File "{_OURS / "gui" / "__init__.py"}", line 99 in paint
  File "/usr/lib/python3.11/threading.py", line 1 in run
  {TEXT}

Extension modules: {FILE} (total: 1)
"""


def test_a_native_fault_is_read_without_its_paths(paths: Paths) -> None:
    paths.reports.mkdir(parents=True)
    (paths.reports / "native-1-1.txt").write_text(_NATIVE, encoding="utf-8")
    (paths.reports / "native-2-2.txt").write_text("", encoding="utf-8")  # of a program that runs
    report = pending_report(paths)
    assert report is not None
    rows = report.text.splitlines()
    assert "Fatal Python error: Segmentation fault" in rows
    assert "  assistant.storage.writer:12 in _run" in rows
    assert "  assistant.gui:99 in paint" in rows
    assert "  elsewhere:1" in rows
    assert TEXT not in report.text
    assert FILE not in report.text
    assert str(_OURS) not in report.text


def test_the_file_of_this_process_is_not_a_report(paths: Paths) -> None:
    """On Windows faulthandler also notes what the program survived."""
    paths.reports.mkdir(parents=True)
    (paths.reports / f"native-{os.getpid()}-1.txt").write_text("Windows fatal exception: code 0x8001010d\n")
    assert pending_report(paths) is None


def test_empty_files_of_programs_that_were_killed_long_ago_go(paths: Paths) -> None:
    paths.reports.mkdir(parents=True)
    for name, text, age in (("native-1-1", "", 40), ("native-2-2", "", 3), ("native-3-3", _NATIVE, 40)):
        file = paths.reports / f"{name}.txt"
        file.write_text(text, encoding="utf-8")
        moment = time.time() - age * 24 * 3600
        os.utime(file, (moment, moment))
    CrashReports(paths, native=False).close()
    assert sorted(file.name for file in paths.reports.iterdir()) == ["native-2-2.txt", "native-3-3.txt"]


def test_versions() -> None:
    found = versions()
    assert {"Lamplight", "Python", "SQLite", "System"} <= found.keys()
    assert all(isinstance(version, str) and version for version in found.values())


def test_no_core_file_is_left() -> None:
    no_core_files()
    if sys.platform != "win32":
        import resource

        assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def test_kinds_of_errors_are_words_without_content() -> None:
    for kind in ErrorKind:
        assert name_of(AssistantError(kind, TEXT, name=FILE)) == f"assistant.base.errors.AssistantError ({kind.value})"

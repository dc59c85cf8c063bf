"""A disk that refuses: programs that meet it end cleanly, and what they acknowledged is there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from tests.fakes.store_killer import ROOT, Promises, check, command

_ACTIONS = 150
_LIMITED = """
import resource, runpy, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
runpy.run_module("tests.fakes.store_writer", run_name="__main__")
"""
_TMPFS = 'mount -t tmpfs -o size={size}k none "$0" && "$@"; code=$?; cp -a "$0/." "$0.after/"; exit $code'
_READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && "$@"'


def run(arguments: list[str], promises: Promises) -> None:
    """Run the writing program to its end, and note what it promised."""
    done = subprocess.run(arguments, cwd=ROOT, stdout=subprocess.PIPE, timeout=100, check=False)
    for line in done.stdout.decode("utf-8").splitlines():
        promises.hear(line)
    assert done.returncode == 0
    assert promises.ended


def limited(home: Path, size: int, promises: Promises) -> None:
    """Run it with files that cannot grow beyond ``size`` bytes (on Windows, which knows no such limit, without)."""
    arguments = command(home, size, _ACTIONS)
    if os.name != "nt":
        arguments = [sys.executable, "-c", _LIMITED, str(size), *arguments[3:]]
    run(arguments, promises)


def mounted(script: str, home: Path) -> list[str]:
    """What starts a program for which ``home`` is another disk; empty where this system does not let us."""
    start = ["unshare", "-Urm", "sh", "-c", script, str(home)]
    if shutil.which("unshare") and subprocess.run([*start, "true"], capture_output=True, check=False).returncode == 0:
        return start
    return []


@pytest.mark.parametrize("kilobytes", [40, 200, 500])
def test_a_disk_that_fills_up(tmp_path: Path, kilobytes: int) -> None:
    home, after = tmp_path / "home", tmp_path / "home.after"
    home.mkdir()
    after.mkdir()
    promises = Promises()
    if start := mounted(_TMPFS.format(size=kilobytes), home):
        run([*start, *command(home, kilobytes, _ACTIONS)], promises)
        home = after
    else:
        limited(home, kilobytes * 1024, promises)
    if promises.problems:  # not even an empty database fitted: all was in memory, and the user was told
        assert promises.problems == [ErrorKind.DISK_FULL.value]
        assert kilobytes == 40
        return
    assert set(promises.failed) == {ErrorKind.DISK_FULL.value} or not start
    check(home, promises)


@pytest.mark.parametrize("kilobytes", [100, 300, 700])
def test_files_that_must_not_grow(tmp_path: Path, kilobytes: int) -> None:
    """A limit that SQLite reports as an I/O error, in the middle of any write."""
    promises = Promises()
    limited(tmp_path, kilobytes * 1024, promises)
    assert set(promises.failed) <= {ErrorKind.FILE_UNREADABLE.value, ErrorKind.DISK_FULL.value}
    assert promises.failed or os.name == "nt" or kilobytes == 700
    check(tmp_path, promises)


def test_a_folder_on_a_read_only_disk(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    promises = Promises()
    run(command(home, 1, 40), promises)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    if start := mounted(_READ_ONLY, home):
        later = Promises()
        run([*start, *command(home, 2, 10)], later)
        assert later.problems == [ErrorKind.READ_ONLY.value]
        assert set(later.failed) == {ErrorKind.READ_ONLY.value}
        assert not later.messages
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    check(home, promises)

"""The queue of downloads in real programs: killed again and again, and two at a time."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.fakes.queue_program import content_of

KILLS = 10
WANTED = ("Alpha", "Beta*3", "Gamma")


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.fakes.queue_program", str(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def lines_of(program: subprocess.Popen[str]) -> list[str]:
    """What it says until it ends by itself."""
    output, _ = program.communicate(timeout=60)
    assert program.returncode == 0
    return output.splitlines()


def first_line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def wait_until_kept(folder: Path, count: int) -> None:
    """Until the disk has a queue of so many items, or has brought some of them."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            items = json.loads((folder / ".downloads.json").read_text())["items"]
            if len(items) + len(list(folder.glob("*.gguf"))) >= count:
                return
        time.sleep(0.005)
    raise AssertionError("the queue was not written")


def end(program: subprocess.Popen[str]) -> None:
    program.kill()
    program.communicate(timeout=60)


def expected() -> dict[str, bytes]:
    names = ["Alpha.gguf", "Gamma.gguf", *(f"Beta-{n:05}-of-00003.gguf" for n in (1, 2, 3))]
    return {name: content_of(name) for name in names}


def visible(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.gguf"))}


def hidden(folder: Path) -> list[str]:
    """What a queue leaves behind while it is not empty."""
    return [path.name for path in folder.rglob("*") if ".part" in path.name or path.parent.name == ".downloads"]


def test_a_queue_that_is_killed_again_and_again_brings_everything(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    chance = random.Random(6)
    for number in range(KILLS):
        program = start(folder, *(("get", *WANTED) if number == 0 else ("run",)))
        assert first_line(program) == "mine"
        if number == 0:
            for _ in WANTED:
                assert first_line(program).startswith("wanted")
            wait_until_kept(folder, len(WANTED))
        time.sleep(chance.uniform(0.0, 0.12))
        end(program)
        for name, data in visible(folder).items():
            assert data == expected()[name]
        parts = [path.parent for path in folder.rglob(".*.part")]
        assert len(parts) == len(set(parts)), "one unfinished part for each model"
    program = start(folder, "run")
    assert lines_of(program)[-1] == "idle"
    assert visible(folder) == expected()
    assert hidden(folder) == []


def test_the_second_program_leaves_its_request_to_the_first_or_to_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    window = start(folder, "hang", *WANTED)
    assert first_line(window) == "mine"
    assert first_line(window).startswith("wanted")
    wait_until_kept(folder, len(WANTED))
    line = lines_of(start(folder, "get", "Delta"))
    assert [words.split()[0] for words in line] == ["theirs", "wanted", "idle"]
    end(window)
    line = lines_of(start(folder, "run"))
    assert (line[0], line[-1]) == ("mine", "idle")
    assert set(visible(folder)) == {*expected(), "Delta.gguf"}
    assert hidden(folder) == []
    assert not (folder / ".downloads.requests").exists()


@pytest.mark.parametrize("moment", [0.0, 0.05, 0.3])
def test_a_program_that_ends_leaves_the_queue_to_the_next(moment: float, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    first = start(folder, "get", "Alpha")
    assert first_line(first) == "mine"
    assert first_line(first).startswith("wanted")
    wait_until_kept(folder, 1)
    time.sleep(moment)
    end(first)
    assert lines_of(start(folder, "get", "Beta*3"))[-1] == "idle"
    assert {"Alpha.gguf", "Beta-00002-of-00003.gguf"} <= set(visible(folder))
    assert hidden(folder) == []

"""The logs of the soak."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.soak_log import FOLDER, SoakLog

KEPT = FOLDER / "soak_log.what_only_the_soak_runs_keeps_one.log"


def lines(log: SoakLog) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.path.read_text("utf-8").splitlines()]


def test_what_is_said_is_in_the_file_before_the_test_goes_on(tmp_path: Path) -> None:
    log = SoakLog("tests/soak/test_a_soak.py::test_many", tmp_path / "soak")
    assert [line["test"] for line in lines(log)] == ["tests/soak/test_a_soak.py::test_many"]
    log(seed=3, ends=Counter({"灯": 2}), path=Path("a"))
    last = lines(log)[-1]
    assert last.pop("at") >= 0
    assert last == {"seed": 3, "ends": {"灯": 2}, "path": "a"}


def test_the_end_says_why(tmp_path: Path) -> None:
    log = SoakLog("tests/test_a.py::test_b", tmp_path)
    log.end("passed")
    assert lines(log)[-1].keys() == {"at", "ended"}
    log.end("failed", "assert 1 == 2\n1 is not 2")
    assert lines(log)[-1]["why"] == "assert 1 == 2\n1 is not 2"


def test_a_test_that_runs_again_writes_its_log_anew(tmp_path: Path) -> None:
    first = SoakLog("tests/test_a.py::test_b", tmp_path)
    first(seed=1)
    assert len(lines(SoakLog("tests/test_a.py::test_b", tmp_path))) == 1


@pytest.mark.parametrize(
    ("test", "name"),
    [
        ("tests/soak/test_a_soak.py::test_b", "a_soak.b.log"),
        ("tests/unit/x/test_a.py::test_b[3]", "a.b-3.log"),
        ("tests/unit/x/test_a.py::test_b[1-GLM-4.6]", "a.b-1-GLM-4.6.log"),
        ("tests/test_a.py::test_b[../of: a|file?]", "a.b-..-of-a-file.log"),
    ],
)
def test_a_log_is_called_after_its_test(test: str, name: str, tmp_path: Path) -> None:
    log = SoakLog(test, tmp_path)
    assert log.path == tmp_path / name


def test_what_runs_at_every_landing_keeps_none(request: pytest.FixtureRequest) -> None:
    assert "soak_log" not in request.fixturenames


@pytest.mark.soak
def test_what_only_the_soak_runs_keeps_one(request: pytest.FixtureRequest) -> None:
    """Without asking for it. ``tests/process/test_soak_keeps_logs.py`` looks at how it ends."""
    begun = json.loads(KEPT.read_text("utf-8").splitlines()[0])
    assert begun["test"] == request.node.nodeid

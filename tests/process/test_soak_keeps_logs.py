"""A test of the soak leaves a log that says how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 200  # for a whole pytest, beside whatever else runs


@pytest.mark.timeout(SECONDS + 40)
def test_the_log_of_a_soak_has_a_beginning_and_an_end(tmp_path: Path) -> None:
    options = ("-m", "soak", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *options, "tests/unit/test_soak_log.py"]
    environ = {**os.environ, "LAMPLIGHT_TEST_SOAK_LOGS": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    (log,) = tmp_path.iterdir()
    assert log.name == "soak_log.what_only_the_soak_runs_keeps_one.log"
    first, *_, last = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert first["test"] == "tests/unit/test_soak_log.py::test_what_only_the_soak_runs_keeps_one"
    assert last["ended"] == "passed"
    assert "why" not in last

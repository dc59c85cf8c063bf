"""A test of the soak leaves a log in ``build/soak`` that says how it ended."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.fakes.soak_log import FOLDER

ROOT = Path(__file__).resolve().parents[2]
LOG = FOLDER / "soak_log.what_only_the_soak_runs_keeps_one.log"


def test_the_log_of_a_soak_has_a_beginning_and_an_end() -> None:
    LOG.unlink(missing_ok=True)
    options = ("-m", "soak", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *options, "tests/unit/test_soak_log.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    first, *_, last = [json.loads(line) for line in LOG.read_text("utf-8").splitlines()]
    assert first["test"] == "tests/unit/test_soak_log.py::test_what_only_the_soak_runs_keeps_one"
    assert last["ended"] == "passed"
    assert "why" not in last

"""A document of several parts with the real program and the starter model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.base.paths import default_paths
from assistant.storage.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = """# The Harbour Lamp

In {year} the town of Ostend built a new lighthouse. It cost {cost} francs and took three years. The engineer was Marie
Delvaux, who had studied in Ghent, and the first stone was laid by the mayor in a storm.

The lamp burned oil until {later}. Then it was changed to electric light, and the keeper, Jan Peeters, retired. He had
served for 27 years, and his daughter kept the log books, which are in the museum of the town today.
"""


def run(*arguments: str) -> Any:
    command = [sys.executable, "-m", "assistant", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, timeout=280, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.timeout(300)
def test_the_starter_summarizes_in_parts(starter_path: Path, tmp_path: Path) -> None:
    """What it says is of no use; that every part of the document is read and reaches the result is."""
    settings = Settings(default_paths().settings)
    settings.set("context", 2048)  # the whole document does not fit
    page = tmp_path / "page.md"
    page.write_text("\n".join(TEXT.format(year=1900 + n, cost=40 + n, later=1938 + n) for n in range(14)), "utf-8")
    found = run("summarize", str(page), "--model", str(starter_path), "--length", "short")
    assert found["finish"] in ("end", "limit")
    assert found["text"].strip()
    assert len(found["parts"]) > 1
    assert found["steps"] > len(found["parts"])
    assert all(part["state"] in ("done", "flawed") and part["text"] for part in found["parts"])
    assert found["tokens"]["cached"] > 0  # the instructions are read once
    text = page.read_text("utf-8")
    read = "".join(text[start:end] for part in found["parts"] for start, end in part["stretches"])
    assert len(read.split()) >= 0.95 * len(text.split())
    assert found["sources"]
    again = run("ask", str(page), "Who was the engineer?", "--model", str(starter_path))
    assert again["text"].strip()

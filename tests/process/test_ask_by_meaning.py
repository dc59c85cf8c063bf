"""``lamplight ask`` with a model for embeddings, over the real engine and the real worker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import tiny_models
from tests.fakes.summary_desk import story

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120


@pytest.fixture
def models(lamplight_home: Path) -> Path:
    """The models folder, with one model that answers."""
    folder = lamplight_home / "models"
    folder.mkdir(parents=True)
    tiny_models.write_plain(folder / "plain.gguf")
    return folder


@pytest.mark.parametrize("text", [story(120), "灯塔在夜里亮着。港口很安静，守塔人写信。\n\n" * 600], ids=["en", "zh"])
def test_a_long_document_is_asked_by_words_and_meaning(models: Path, tmp_path: Path, text: str) -> None:
    tiny_models.write_embedding(models / "vectors.gguf")
    path = tmp_path / "long.txt"
    path.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "ask", str(path), "What happened to fact77? 谁写信？", "--json"],
        cwd=ROOT,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    assert found["search"] == {"meaning": 1.0, "problem": None}
    assert found["passages"]

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
    shares = [0.0]
    while shares[-1] < 1.0:  # a question has its time, which a busy machine uses up; the next one goes on from there
        done = lamplight("ask", str(path), "What happened to fact77? 谁写信？", "--json")
        assert done.returncode == 0, done.stderr.decode()
        found = json.loads(done.stdout)
        assert found["search"]["problem"] is None
        assert found["passages"]
        assert found["search"]["meaning"] > shares[-1]
        shares.append(found["search"]["meaning"])


def lamplight(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments], cwd=ROOT, capture_output=True, timeout=SECONDS, check=False
    )


def test_a_model_for_embeddings_is_kept_like_others_and_chosen_for_searching_alone(
    models: Path, tmp_path: Path
) -> None:
    tiny_models.write_embedding(tmp_path / "vectors.gguf")
    added = lamplight("models", "import", str(tmp_path / "vectors.gguf"), "--copy", "--json")
    assert (added.returncode, json.loads(added.stdout)["embed"]) == (0, True)
    listed = lamplight("models", "list")
    assert b"finds passages" in next(line for line in listed.stdout.splitlines() if b"vectors" in line)
    for arguments in (["models", "use", "vectors"], ["models", "use", "vectors", "--for", "translate"]):
        refused = lamplight(*arguments)
        assert (refused.returncode, b"does not write" in refused.stderr) == (4, True)
    refused = lamplight("chat", "Hello", "--model", "vectors", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["kind"]) == (4, "model_embeds")
    refused = lamplight("models", "use", "plain", "--for", "embed", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["kind"]) == (4, "model_writes")
    assert lamplight("models", "use", "vectors", "--for", "embed").returncode == 0
    assert lamplight("models", "verify", "vectors").returncode == 0
    assert lamplight("models", "remove", "vectors", "--yes").returncode == 0
    assert [path.name for path in models.glob("*.gguf")] == ["plain.gguf"]

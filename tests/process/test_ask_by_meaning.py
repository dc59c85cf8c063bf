"""``lamplight ask`` with a model for embeddings, over the real engine and the real worker."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import tiny_models
from tests.fakes.summary_desk import story
from tests.unit.library.handmade import STRING, Pair, model

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


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("vectors", "model_embeds", "vectors finds passages by their meaning. It does not write"),
        ("ranker", "model_not_for_text", "ranker puts texts in an order (a reranker)."),
    ],
)
@pytest.mark.parametrize("command", [("summarize",), ("ask", "Who?"), ("translate", "--to", "de")], ids=lambda c: c[0])
def test_a_model_of_another_kind_is_refused_in_a_sentence(
    models: Path, tmp_path: Path, name: str, kind: str, said: str, command: tuple[str, ...]
) -> None:
    tiny_models.write_embedding(models / "vectors.gguf")
    _write_ranker(models / "ranker.gguf")
    page = tmp_path / "page.txt"
    page.write_text("The lamp was lit in 1911.", "utf-8")
    refused = lamplight(command[0], str(page), *command[1:], "--model", name, "--json")
    error = json.loads(refused.stdout)["error"]
    assert (refused.returncode, error["kind"]) == (4, kind)
    assert error["message"].startswith(said)


def test_a_model_that_ranks_is_not_chosen_for_searching(models: Path) -> None:
    _write_ranker(models / "ranker.gguf")
    refused = lamplight("models", "use", "ranker", "--for", "embed")
    assert refused.returncode == 4
    assert b"ranker puts texts in an order (a reranker). It neither writes nor finds passages." in refused.stderr


def _write_ranker(path: Path) -> None:
    named = Pair("general.name", STRING, "Tiny Reranker")
    path.write_bytes(model(pairs={named.key: named}).encode())


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

"""The check of the catalogue against a Hub that agrees, disagrees, or is not there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.hub import Hub

SCRIPTS = str(Path(__file__).resolve().parents[2] / "packaging")
if SCRIPTS not in sys.path:
    sys.path.insert(0, SCRIPTS)

import catalogue as check  # noqa: E402

REPO = "maker/model-GGUF"
FILE = "model-Q4_K_M.gguf"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A catalogue of the starter and one row, which is as the Hub of ``answer`` says."""
    row: dict[str, Any] = {"id": "model", "repo": REPO, "file": FILE, "size": 5000, "sha256": "", "licence": "MIT",
                           "revision": "b" * 40, "architecture": "llama", "context_max": 4096}  # fmt: skip
    with Hub() as hub:
        row["sha256"] = hub.add(REPO, FILE, size=5000).sha256
    path = tmp_path / "models.json"
    path.write_text(json.dumps({"models": [{"id": "demo", "starter": True}, row]}))
    return path


def run(hub: Hub, table: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    code = check.main(["--endpoint", hub.address, "--table", str(table), *more])
    return code, capsys.readouterr().out


def tell(hub: Hub, **facts: Any) -> None:
    hub.repos[REPO].facts.update(facts)


def test_a_row_as_the_hub_says(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Hub() as hub:
        hub.add(REPO, FILE, size=5000)
        tell(hub, cardData={"license": "mit"}, gguf={"architecture": "llama", "context_length": 4096})
        code, said = run(hub, table, capsys)
        assert [hit.path.partition("?")[0] for hit in hub.rest().hits] == [f"/api/models/{REPO}"]
        assert not hub.hits[0].authorization
    assert code == 0
    assert "1 rows as the Hub says, 0 differ" in said


def test_everything_that_differs_is_named(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Hub() as hub:
        blob = hub.add(REPO, FILE, size=6000, seed="another")
        tell(hub, cardData={"license": "gemma"}, gguf={"architecture": "gemma3", "context_length": 8192}, gated="auto")
        code, said = run(hub, table, capsys)
    assert code == 1
    words = ["size 6000 instead of 5000", f"sha256 {blob.sha256}", f"not {'b' * 40}", "licence gemma", "gemma3", "8192"]
    words.append("gated (auto)")
    assert all(word in said for word in words), said


def test_another_spelling_of_the_name_is_found(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Hub() as hub:
        hub.add(REPO, FILE.lower(), size=5000)
        code, said = run(hub, table, capsys)
    assert code == 1
    assert f"{FILE} is not there, but {FILE.lower()} is" in said


def test_a_hub_that_does_not_know_or_cannot_be_reached(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Hub() as hub:
        code, said = run(hub, table, capsys)
        assert code == 2
        assert "status 401" in said
        address = hub.address
    assert check.main(["--endpoint", address, "--table", str(table)]) == 2
    with Hub() as hub:
        hub.portal = True
        assert run(hub, table, capsys)[0] == 2


def test_some_rows_alone(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Hub() as hub:
        assert run(hub, table, capsys, "demo") == (0, "0 rows as the Hub says, 0 differ, 0 could not be asked\n")
        assert not hub.hits


def test_the_catalogue_that_ships_can_be_checked() -> None:
    rows = json.loads(check.TABLE.read_text("utf-8"))["models"]
    assert len(rows) > 10
    for row in rows:
        stored = {"size": row.get("size"), "sha256": row.get("sha256")}
        said = {"siblings": [{"rfilename": row.get("file"), "lfs": stored}]}
        if not row.get("starter"):
            assert list(check.differences(row, said)) == []

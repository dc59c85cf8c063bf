"""A document of several parts with the real program and the starter model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from assistant.base.paths import default_paths
from assistant.engine.client import EngineClient
from assistant.engine.messages import Count, Counted, Generate, Piece
from assistant.storage.settings import Settings
from assistant.tasks.summary import Length, SummaryOptions
from tests.bench.estimates import Desk, desk

ROOT = Path(__file__).resolve().parents[2]
TEXT = """# The Harbour Lamp

In {year} the town of Ostend built a new lighthouse. It cost {cost} francs and took three years. The engineer was Marie
Delvaux, who had studied in Ghent, and the first stone was laid by the mayor in a storm.

The lamp burned oil until {later}. Then it was changed to electric light, and the keeper, Jan Peeters, retired. He had
served for 27 years, and his daughter kept the log books, which are in the museum of the town today.
"""


CONTEXT = 1024  # small parts: many prompts, and little to read
SLACK = 8  # tokens of a prompt that are read though they stood in an earlier one: where that ends, letters join anew


def story(parts: int) -> str:
    return "\n".join(TEXT.format(year=1900 + n, cost=40 + n, later=1938 + n) for n in range(parts))


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
    page.write_text(story(14), "utf-8")
    found = run("summarize", str(page), "--model", str(starter_path), "--length", "short")
    assert found["finish"] in ("end", "limit")
    assert found["text"].strip()
    assert len(found["parts"]) > 1
    assert found["steps"] > len(found["parts"])
    assert all(part["state"] in ("done", "flawed") and part["text"] for part in found["parts"])
    text = page.read_text("utf-8")
    read = "".join(text[start:end] for part in found["parts"] for start, end in part["stretches"])
    assert len(read.split()) >= 0.95 * len(text.split())
    assert found["sources"]
    again = run("ask", str(page), "Who was the engineer?", "--model", str(starter_path))
    assert again["text"].strip()


@pytest.mark.timeout(600)
def test_what_all_parts_begin_with_is_read_once(
    starter_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each prompt of a job only that is read which stood in none before: instructions once, not once per part."""
    asked: list[Generate] = []
    send = EngineClient.send

    def heard(client: EngineClient, request: Any) -> None:
        if isinstance(request, Generate):
            asked.append(request)
        send(client, request)

    with desk(tmp_path / "home", starter_path) as made:
        made.answer("Hello", 1)
        made.resize(CONTEXT)
        monkeypatch.setattr(EngineClient, "send", heard)
        made.summarize(story(12), SummaryOptions(length=Length.SHORT))
        (row,) = made.core.summaries.rows()
        view = made.core.summaries.view(row.id)
        assert view is not None
        tokens = [counted(made, request.prompt) for request in asked]
        new = [counted(made, request.prompt) - counted(made, known) for request, known in with_known(asked)]
    assert len(view.parts) >= 3
    assert view.tokens.prompt == sum(tokens)
    read = view.tokens.prompt - view.tokens.cached
    assert read <= sum(new) + SLACK * len(asked), f"{read} read of {tokens}, of which {new} stood in no earlier prompt"


def with_known(asked: Sequence[Generate]) -> Iterator[tuple[Generate, tuple[Piece, ...]]]:
    """Each prompt with its beginning that stands in an earlier one."""
    before: list[str] = []
    for request in asked:
        text = "".join(piece.text for piece in request.prompt)
        left = max((alike(text, other) for other in before), default=0)
        known: list[Piece] = []
        for piece in request.prompt:
            known.append(replace(piece, text=piece.text[:left]))
            left = max(0, left - len(piece.text))
        yield request, tuple(piece for piece in known if piece.text)
        before.append(text)


def alike(one: str, other: str) -> int:
    """How many characters two texts have in common before they differ."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def counted(made: Desk, prompt: Sequence[Piece]) -> int:
    """Tokens of a prompt, asked of the loaded model; none has none."""
    if not prompt:
        return 0
    engine = made.core.engines.get(made.model.key)
    assert engine is not None
    found: list[Counted] = []
    engine.send(Count(id=made.core.engines.new_id("count"), prompt=tuple(prompt)), found.append)
    made.wait(lambda: bool(found))
    return found[0].tokens

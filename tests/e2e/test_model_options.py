"""What is set for one model has its effect on its next answer: the whole core with real children."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.base.paths import default_paths
from assistant.core.core import Core
from assistant.engine.client import EngineClient
from assistant.engine.messages import Facts, Generate
from assistant.library.models import InstalledModel
from assistant.storage.rows import MessageState
from tests.fakes import tiny_models

SECONDS = 100
QUESTION = "Write a line about a cat."
GREEDY = {"temperature": 0.0, "repeat_penalty": 1.0}
HOT = {"temperature": 2.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "repeat_penalty": 1.0}
PLAIN = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]"


class Desk:
    """A core that keeps conversations, one model in it, and every request that its engine was sent."""

    def __init__(self, path: Path, requests: list[Generate]) -> None:
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.requests = requests
        self.core = Core(default_paths(), wake=lambda: self._bell.put(None))
        self.core.start()
        self.core.settings.set("load_at_start", False)
        self.core.settings.set("max_tokens", 32)
        came: list[Any] = []
        self.core.models.import_file(path, copy=False, done=came.append)
        self.wait(lambda: came)
        assert isinstance(came[0], InstalledModel), came
        self.key = came[0].key
        self.core.models.choose(self.key)

    def wait(self, done: Callable[[], Any]) -> None:
        end = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < end
            try:
                self._bell.get(timeout=0.1)
            except queue.Empty:
                continue
            self.core.pump(1.0)

    def set(self, **options: Any) -> None:
        """Have these options and no others."""
        self.core.models.reset_options(self.key)
        self.core.models.set_options(self.key, **options)

    def answer(self, text: str = QUESTION) -> str:
        """What the model answers in a conversation of its own."""
        talks = self.core.conversations
        conversation = talks.create()
        talks.send(conversation, text)
        self.wait(lambda: not talks.busy(conversation))
        last = talks.message(conversation, talks.path(conversation)[-1].id)
        assert last is not None
        assert last.state is not MessageState.FAILED, last
        return last.text

    @property
    def facts(self) -> Facts:
        engine = self.core.engines.get(self.key)
        assert engine is not None
        assert engine.facts is not None
        return engine.facts

    @property
    def prompt(self) -> str:
        """What the model was last given."""
        return "".join(piece.text for piece in self.requests[-1].prompt)


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[Generate]:
    sent: list[Generate] = []
    send = EngineClient.send

    def spy(client: EngineClient, request: Any) -> None:
        if isinstance(request, Generate):
            sent.append(request)
        send(client, request)

    monkeypatch.setattr(EngineClient, "send", spy)
    return sent


@pytest.fixture
def sit(requests: list[Generate]) -> Iterator[Callable[[Path], Desk]]:
    desks: list[Desk] = []

    def made(path: Path) -> Desk:
        desks.append(Desk(path, requests))
        return desks[-1]

    yield made
    for desk in desks:
        desk.core.close()


def test_each_value_of_sampling_counts_from_the_next_answer_on(sit: Callable[[Path], Desk], tmp_path: Path) -> None:
    desk = sit(tiny_models.write_plain(tmp_path / "tiny.gguf"))
    desk.answer()
    usual = desk.requests[-1].sampling
    desk.set(**GREEDY)
    likeliest = desk.answer()
    assert desk.answer() == likeliest, "temperature 0 twice"
    for only in ({"top_k": 1}, {"top_p": 0.0}, {"min_p": 1.0}):
        desk.set(**{**HOT, **only})
        assert desk.answer() == likeliest, only
    desk.set(**HOT)
    assert desk.answer() != likeliest
    for penalty in ({"repeat_penalty": 2.0}, {"presence_penalty": 2.0}, {"frequency_penalty": 2.0}):
        desk.set(**{**GREEDY, **penalty})
        assert desk.answer() != likeliest, penalty
    desk.core.models.reset_options(desk.key)
    desk.answer()
    assert desk.requests[-1].sampling == usual


def test_what_it_is_loaded_with_counts_from_the_next_answer_on(sit: Callable[[Path], Desk], tmp_path: Path) -> None:
    desk = sit(tiny_models.write_plain(tmp_path / "tiny.gguf"))
    desk.answer()
    usual = desk.facts
    desk.set(threads=1, context=2048, cache_type="q8_0", gpu_layers=0)
    desk.answer()
    assert (desk.facts.threads, desk.facts.context) == (1, 2048)
    assert desk.facts.cache_bytes_per_token < 0.6 * usual.cache_bytes_per_token
    desk.core.models.reset_options(desk.key)
    desk.answer()
    assert (desk.facts.threads, desk.facts.context) == (usual.threads, usual.context)
    assert desk.facts.cache_bytes_per_token == usual.cache_bytes_per_token


def test_what_it_is_told_counts_from_the_next_answer_on(sit: Callable[[Path], Desk], tmp_path: Path) -> None:
    templates = [{"name": "default", "template": tiny_models.THINKING}, {"name": "plain", "template": PLAIN}]
    desk = sit(tiny_models.write_plain(tmp_path / "both.gguf", template=templates))
    desk.core.settings.set("system_prompt", "For all.")
    desk.answer()
    usual = desk.prompt
    assert "For all." in usual
    desk.set(system_prompt="Answer in one word.")
    desk.answer()
    assert "Answer in one word." in desk.prompt
    assert "For all." not in desk.prompt
    desk.set(thinking="on")
    desk.answer()
    thinks = desk.prompt
    desk.set(thinking="off")
    desk.answer()
    assert thinks != desk.prompt
    assert desk.prompt.rstrip().endswith("</think>")
    desk.set(template="plain")
    desk.answer()
    assert desk.prompt == f"[system]For all.[user]{QUESTION}[assistant]"
    desk.set(template="none")
    desk.answer()
    assert desk.prompt == f"For all.\n\n{QUESTION}"
    desk.core.models.reset_options(desk.key)
    desk.answer()
    assert desk.prompt == usual

"""The whole window under load: a long answer at 500 tokens per second, and a conversation of 10,000 messages.

``python -m pytest tests/bench/bench_transcript.py -m bench -s`` prints one line of JSON per measurement. The answer
takes the way of every answer: from an engine's child (one without a model, ``paced_engine.py``) through the pipe, the
core, the store and the bridge into the chat pane, where the reader is at the end. Wants a screen and a quiet machine
(see ``gaps.py``).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from assistant.base.paths import default_paths
from assistant.core import core as core_module
from assistant.core.events import MessageGrew
from assistant.engine.client import EngineClient
from assistant.gui.main_window import MainWindow
from tests.bench import paced_engine
from tests.bench.answers import CHARACTERS, CHARACTERS_PER_TOKEN, KINDS, TOKENS_PER_SECOND, answer
from tests.bench.gaps import Beat, ends, model_is_loaded, open_window, say, settled, until, wait
from tests.fakes.stores import make_big_store
from tests.fakes.tiny_models import write_plain

pytestmark = pytest.mark.bench

ROOT = Path(__file__).resolve().parents[2]
LONGEST, WITHIN = 50, 20  # milliseconds
PREPARED = 4.0  # seconds after which the window has made ready what it can while nobody waits
FULL_SPEED = 0.97  # of the tokens per second that are asked for; with less something is held up
MESSAGES, FEW = 10_000, 10
FIRST_PAINT = 150  # milliseconds
MEGABYTES = 20  # more than with 10 messages
STARTS = 5


# ---------------------------------------------------------------- a long answer


@pytest.fixture
def window(qapp: QApplication, lamplight_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window with the paced engine, which is loaded."""

    def connect(deliver: Callable[[Any], None], log: Path | None) -> EngineClient:
        return EngineClient(deliver, log=log, command=paced_engine.COMMAND)

    monkeypatch.setattr(core_module, "Core", partial(core_module.Core, connect=connect))
    settled(load_at_start=True, measure_models=False)
    default_paths().models.mkdir(parents=True, exist_ok=True)
    write_plain(default_paths().models / "paced.gguf")
    with open_window(qapp) as window:
        until(lambda: model_is_loaded(window), "the engine")
        wait(PREPARED)
        yield window


class Growth:
    """When the answer grew for the first and the last time."""

    def __init__(self, window: MainWindow) -> None:
        self.times: list[float] = []
        window._core.listen(self._hear)

    def _hear(self, event: object) -> None:
        if isinstance(event, MessageGrew):
            self.times.append(time.perf_counter())

    @property
    def seconds(self) -> float:
        return self.times[-1] - self.times[0]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fast_long_answer(kind: str, window: MainWindow) -> None:
    text = answer(kind)
    assert len(text) == CHARACTERS
    chat = window.chat
    idle = Beat()
    wait(2)
    idle.stop()
    growth, beat = Growth(window), Beat()
    began, cpu = time.perf_counter(), time.process_time()
    chat.composer.set_text(kind)
    chat.send()
    until(lambda: not chat.busy(), "the end of the answer")
    wait(0.5)
    beat.stop()
    busy = round((time.process_time() - cpu) / (time.perf_counter() - began), 3)
    shown = window._core.conversations.message(chat.conversation, chat.heads()[-1].id)
    assert shown is not None
    assert shown.text == text
    assert chat.transcript.isVisible()
    assert chat.transcript.at_end()
    per_second = len(text) / CHARACTERS_PER_TOKEN / growth.seconds
    assert per_second > FULL_SPEED * TOKENS_PER_SECOND
    for place, (name, reach) in enumerate((("longest gap", LONGEST), ("99 % of gaps", WITHIN))):
        say(f"transcript, {name}, {kind}", got=ends(beat.gaps)[place], reach=reach, unit="ms",
            work=ends(beat.work)[place], idle=ends(idle.gaps)[place], share_of_a_core=busy,
            tokens_per_second=round(per_second))  # fmt: skip


# ---------------------------------------------------------------- a long conversation


def _opened(messages: int, home: Path) -> dict[str, float]:
    """What a fresh process says in which a conversation of so many messages is opened (``long_conversation.py``)."""
    database = default_paths({"LAMPLIGHT_HOME": str(home)}).database
    database.parent.mkdir(parents=True)
    conversation = make_big_store(database, messages)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.long_conversation", str(conversation)],
        cwd=ROOT,
        env={**os.environ, "LAMPLIGHT_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, float] = json.loads(done.stdout)
    assert found["messages"] == messages
    return found


@pytest.mark.timeout(600)
def test_ten_thousand_messages(tmp_path: Path) -> None:
    """In processes of their own: what others have left behind counts neither as time nor as memory."""
    many, few = [], []
    for number in range(STARTS):
        many.append(_opened(MESSAGES, tmp_path / f"many{number}"))
        few.append(_opened(FEW, tmp_path / f"few{number}"))
    laid_out = int(max(found["laid_out"] for found in many))
    assert laid_out < 200
    paint, paint_of_few = (statistics.median(found["first_paint"] for found in side) for side in (many, few))
    peak, peak_of_few = (statistics.median(found["peak"] for found in side) for side in (many, few))
    say("transcript, first paint of 10,000 messages", got=paint, reach=FIRST_PAINT, unit="ms",
        worst=max(found["first_paint"] for found in many), of_10_messages=paint_of_few)  # fmt: skip
    say("transcript, memory of 10,000 messages", got=round(peak - peak_of_few, 1), reach=MEGABYTES, unit="MB",
        peak=peak, peak_of_10_messages=peak_of_few, laid_out=laid_out)  # fmt: skip

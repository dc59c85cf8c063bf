"""The transcript under load: a long answer at 500 tokens per second, and a conversation of 10,000 messages.

``python -m pytest tests/bench/bench_transcript.py -m bench -s`` prints one line of JSON per measurement. Wants a screen
and a quiet machine: what other programs take away shows as gaps of ours. So the gaps of an idle window are told beside,
and ``work``: the same gap counted in processor time of the window's thread, which is what is ours of it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from assistant.gui.app import TURN_SECONDS
from assistant.gui.theme import Theme
from assistant.gui.widgets.transcript.view import Transcript
from assistant.storage.rows import Message, MessageHead, MessageState, Role
from assistant.storage.store import Store
from tests.fakes.stores import make_big_store

pytestmark = pytest.mark.bench

CHARACTERS = 64_000
TOKENS_PER_SECOND = 500
BEAT_MS = 5
ANSWER = """## Part {n}

Reading a **large** file is mostly about *not* reading it at once. There are three good ways, and which one fits depends
on what you want to do with the rows; see the [documentation](https://docs.python.org/3/) for `csv.reader`.

```python
def total(path: str) -> dict[str, float]:
    \"\"\"Sum the column 'amount' for each 'city'.\"\"\"
    sums: dict[str, float] = defaultdict(float)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):  # one row at a time
            sums[row["city"]] += float(row["amount"])
    return dict(sums)
```

- Open the file with `newline=""`, or quoted line breaks are lost.
- Numbers arrive as text:
  - `float("1.5")` works,
  - `float("1,5")` does not.

| Way | Memory | Speed |
|:----|------:|------:|
| `csv` | 10 MB | 1× |
| pandas | 300 MB | **6×** |

> 递归就是“函数自己调用自己”。要理解它，只需记住两点：**基本情况**和**递归步骤。**没有基本情况，程序就不会停下来。

"""
KINDS = {
    "mixed": "".join(ANSWER.format(n=number) for number in range(80)),
    "one block of code": "```python\n" + "    total += float(row['amount'])  # one row at a time\n" * 1400,
    "one paragraph": "A sentence of an answer that never breaks its line, " * 1400,
    "one list": "- an item with **bold** text in it\n" * 2000,
}


class Answer:
    """A conversation whose second message grows."""

    def __init__(self) -> None:
        self.question = Message(1, 1, None, Role.USER, "Write a lot.", 0.0)
        self.answer = Message(2, 1, 1, Role.ASSISTANT, "", 0.0, MessageState.WRITING)

    def heads(self) -> Sequence[MessageHead]:
        return [MessageHead(each.id, each.parent, each.role, each.state, len(each.text))
                for each in (self.question, self.answer)]  # fmt: skip

    def message(self, message_id: int) -> Message:
        return self.question if message_id == 1 else self.answer

    def text_from(self, message_id: int, start: int) -> str:
        return self.message(message_id).text[start:]

    def reasoning_from(self, message_id: int, start: int) -> str:
        return ""

    def read_from(self) -> int | None:
        return None


class Beat(QObject):
    """How long the event loop took to come round, again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.work: list[float] = []
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(BEAT_MS)

    def _beat(self) -> None:
        now, work = time.perf_counter(), time.thread_time()
        self.gaps.append((now - self._last) * 1000)
        self.work.append((work - self._last_work) * 1000)
        self._last, self._last_work = now, work

    def stop(self) -> None:
        self._timer.stop()


def ends(values: list[float]) -> tuple[float, float]:
    """The largest value and the one that 99 % are under."""
    values = sorted(values)
    return round(values[-1], 1), round(values[len(values) * 99 // 100], 1)


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def say(name: str, **values: Any) -> None:
    print("\n" + json.dumps({name: values}, ensure_ascii=False), flush=True)


@pytest.fixture(scope="module")
def theme(qapp: QApplication) -> Theme:
    sys.setswitchinterval(TURN_SECONDS)  # as the program does
    found = Theme(qapp)
    found.apply(wish="light", scale=1.0)
    return found


@contextlib.contextmanager
def shown(theme: Theme) -> Iterator[Transcript]:
    transcript = Transcript(theme)
    transcript.resize(1000, 760)
    transcript.show()
    wait(0.3)
    transcript.preparing.start()  # as the window does once it has been on the screen for a moment
    while not transcript.preparing.done:
        wait(0.05)
    yield transcript
    transcript.close()
    transcript.deleteLater()
    wait(0.05)
    del transcript
    gc.collect()  # what this one leaves behind is not to be cleared away while the next one is measured


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fast_long_answer(kind: str, theme: Theme) -> None:
    text = KINDS[kind][:CHARACTERS]
    assert len(text) == CHARACTERS
    talk = Answer()
    with shown(theme) as transcript:
        transcript.reset(talk)
        wait(0.3)
        idle = Beat()
        wait(2)
        idle.stop()
        began, cpu = time.perf_counter(), time.process_time()
        per_second = TOKENS_PER_SECOND * 4  # characters: about four in a token

        def feed() -> None:  # as the bridge does: growth is announced 30 times a second
            end = min(CHARACTERS, round((time.perf_counter() - began) * per_second))
            talk.answer = replace(talk.answer, text=text[:end])
            transcript.message_grew(2)

        feeder = QTimer()
        feeder.setTimerType(Qt.TimerType.PreciseTimer)
        feeder.timeout.connect(feed)
        beat = Beat()
        feeder.start(33)
        while len(talk.answer.text) < CHARACTERS:
            wait(0.5)
        feeder.stop()
        talk.answer = replace(talk.answer, state=MessageState.COMPLETE)
        transcript.message_changed(2)
        wait(0.5)
        beat.stop()
        busy = round((time.process_time() - cpu) / (time.perf_counter() - began), 3)
        assert transcript.at_end()
        assert transcript.plain_text().count("\n") > 0
    for place, (name, reach) in enumerate((("longest gap", 50), ("99 % of gaps", 20))):
        say(f"transcript, {name}, {kind}", got=ends(beat.gaps)[place], reach=reach, unit="ms",
            work=ends(beat.work)[place], idle=ends(idle.gaps)[place], share_of_a_core=busy)  # fmt: skip


class Kept:
    """A conversation of the store, as the chat pane gives it to the transcript."""

    def __init__(self, store: Store, conversation: int) -> None:
        self._store = store
        self._conversation = conversation
        self.read = 0

    def heads(self) -> Sequence[MessageHead]:
        return self._store.path(self._conversation)

    def message(self, message_id: int) -> Message:
        self.read += 1
        return self._store.messages([message_id])[0]

    def text_from(self, message_id: int, start: int) -> str:
        return self._store.messages([message_id])[0].text[start:]

    def reasoning_from(self, message_id: int, start: int) -> str:
        return ""

    def read_from(self) -> int | None:
        return None


@pytest.mark.timeout(300)
def test_ten_thousand_messages(theme: Theme, tmp_path: Path) -> None:
    path = tmp_path / "big.db"
    conversation = make_big_store(path, 10_000)
    store = Store(path, lambda _told: None)
    store.open()
    times, reset_only, read, megabytes = [], [], [], []
    for _ in range(5):
        with shown(theme) as transcript:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            source = Kept(store, conversation)
            began = time.perf_counter()
            transcript.reset(source)
            reset_only.append((time.perf_counter() - began) * 1000)
            transcript.repaint()
            transcript.viewport().repaint()
            times.append((time.perf_counter() - began) * 1000)
            wait(0.5)
            bar = transcript.verticalScrollBar()
            for step in range(100):
                bar.setValue(bar.maximum() * step // 100)
            read.append(source.read)
            megabytes.append((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
            loaded = sum(view.loaded for view in transcript.layout_of_text.views)
            assert loaded < 200
    store.close()
    times.sort()
    say("transcript, first paint of 10,000 messages", got=round(times[2], 1), reach=150, unit="ms",
        worst=round(times[-1], 1), until_reset=round(sorted(reset_only)[2], 1))  # fmt: skip
    say("transcript, memory of 10,000 messages", got=round(max(megabytes), 1), reach=60, unit="MB",
        messages_read=read[0], of=10_000)  # fmt: skip

"""From the core's threads to the window's: nothing is lost, nothing comes too often, everything comes in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest

from assistant.core import events
from assistant.core.inbox import Inbox
from assistant.gui.bridge import PUMP_SECONDS, TEXT_MS, Bridge
from tests.gui.helpers import SLOW

BIG = 2**53  # ids are larger than Qt's integers


class PretendedCore:
    """An inbox and listeners, which is all that a bridge knows of a core."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.inbox = Inbox(wake)
        self.pumps: list[float] = []
        self._listeners: list[Callable[[object], None]] = []

    def listen(self, listener: Callable[[object], None]) -> None:
        self._listeners.append(listener)

    def pump(self, budget: float) -> bool:
        self.pumps.append(budget)
        return self.inbox.pump(budget)

    def tell(self, event: object) -> None:
        for listener in self._listeners:
            listener(event)


@pytest.fixture
def bridge(qapp: Any) -> Any:
    made = Bridge()
    made.core = PretendedCore(made.wake)
    made.attach(made.core)
    yield made
    made.close()


def heard(bridge: Any, *names: str) -> list[Any]:
    """What these signals say, in order."""
    told: list[Any] = []
    for name in names:
        getattr(bridge, name).connect(lambda *values, name=name: told.append((name, *values)))
    return told


def test_what_other_threads_put_is_handled_on_the_windows_thread(bridge: Any, qtbot: Any) -> None:
    threads: list[Any] = []

    def work() -> None:
        for number in range(9):
            bridge.core.inbox.put(lambda _: threads.append(threading.current_thread()), number)

    for _ in range(3):
        worker = threading.Thread(target=work)
        worker.start()
        worker.join()
    qtbot.waitUntil(lambda: len(threads) == 27, timeout=SLOW)
    assert set(threads) == {threading.main_thread()}
    assert set(bridge.core.pumps) == {PUMP_SECONDS}


def test_a_flood_leaves_room_for_the_window(bridge: Any, qtbot: Any) -> None:
    done: list[int] = []
    beats = [0]  # how many were done whenever the window had its turn

    def slow(number: int) -> None:
        time.sleep(0.001)
        done.append(number)

    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(len(done)))
    for number in range(100):
        bridge.core.inbox.put(slow, number)
    timer.start(10)
    qtbot.waitUntil(lambda: len(done) == 100, timeout=SLOW)
    timer.stop()
    assert done == list(range(100))
    assert max(after - before for before, after in pairwise([*beats, 100])) <= 40


def test_growing_text_is_told_at_most_thirty_times_a_second(bridge: Any) -> None:
    told = heard(bridge, "message_grew")
    began = time.monotonic()
    while time.monotonic() - began < 0.3:
        bridge.core.tell(events.MessageGrew(BIG, BIG + 1))
        QTest.qWait(1)
    QTest.qWait(TEXT_MS + 20)
    assert 3 <= len(told) <= 0.3 / (TEXT_MS / 1000) + 3
    assert set(told) == {("message_grew", BIG, BIG + 1)}


def test_the_last_words_come_before_the_end(bridge: Any) -> None:
    told = heard(bridge, "message_grew", "message_changed", "path_changed")
    bridge.core.tell(events.MessageGrew(1, 2))
    bridge.core.tell(events.MessageGrew(1, 2))
    bridge.core.tell(events.MessageChanged(1, 2))
    bridge.core.tell(events.MessageGrew(1, 3))
    bridge.core.tell(events.PathChanged(1))
    assert told == [
        ("message_grew", 1, 2), ("message_grew", 1, 2), ("message_changed", 1, 2), ("message_grew", 1, 3),
        ("path_changed", 1),
    ]  # fmt: skip


def test_two_answers_at_once_are_both_told(bridge: Any, qtbot: Any) -> None:
    told = heard(bridge, "message_grew")
    for message in (2, 3, 2, 3):
        bridge.core.tell(events.MessageGrew(1, message))
    qtbot.waitUntil(lambda: {each[2] for each in told} == {2, 3}, timeout=SLOW)


def test_the_state_of_the_engine_is_told_once_for_many_changes(bridge: Any, qtbot: Any) -> None:
    told = heard(bridge, "engine_changed", "usage_changed")
    for _ in range(20):
        bridge.core.tell(events.EngineChanged())
        bridge.core.tell(events.UsageChanged(7))
    qtbot.waitUntil(lambda: len(told) >= 3, timeout=SLOW)
    QTest.qWait(150)
    assert told == [("engine_changed",), ("engine_changed",), ("usage_changed", 7)]


@pytest.mark.parametrize(
    ("event", "signal"),
    [
        (events.ModelsChanged(), ("models_changed",)),
        (events.ConversationsChanged(), ("conversations_changed",)),
        (events.NoticeCleared("key"), ("notice_cleared", "key")),
        (events.SettingsChanged(frozenset({"theme"})), ("settings_changed", frozenset({"theme"}))),
    ],
)
def test_each_event_has_its_signal(event: object, signal: tuple[Any, ...], bridge: Any) -> None:
    told = heard(bridge, signal[0])
    bridge.core.tell(event)
    assert told == [signal]


def test_after_its_end_a_bridge_is_silent(bridge: Any) -> None:
    told = heard(bridge, "message_grew", "engine_changed", "models_changed")
    bridge.core.tell(events.MessageGrew(1, 2))
    bridge.core.tell(events.MessageGrew(1, 2))
    told.clear()
    bridge.close()
    bridge.wake()
    bridge.core.tell(events.ModelsChanged())
    QTest.qWait(TEXT_MS * 2)
    assert told == []

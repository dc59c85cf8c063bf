"""Typing in the Translate pane while the real engine translates what was typed, in the real window.

``python -m pytest tests/bench/bench_live.py -m bench -s`` prints one line of JSON per measurement. Somebody types for
half a minute, pauses long enough for the text to be handed over, and goes on while it is still being translated. Wants
a screen, the starter model and a quiet machine (see ``gaps.py``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.core.translation.translations import LIVE
from assistant.core.translation.views import ENDED, JobState
from tests.bench.gaps import Beat, ends, model_is_loaded, open_window, say, settled, until, wait
from tests.e2e.desktop import furnish

pytestmark = pytest.mark.bench

SECONDS = 30
KEY_MS = 120  # between two keys: about a hundred words in a minute
PAUSE_MS = 1000  # behind each so many characters, which is longer than the delay of the setting
PAUSE_EVERY = 25
LONGEST, WITHIN = 50, 20  # milliseconds
TEXT = (
    "The old bridge was closed on 3 May 2021. Repairs cost 2.4 million euros, and they took two years. "
    "The council voted for a new bridge. It will stand 200 metres further north.\n"
    "Our ferry leaves at noon, and the next one in the evening. Bicycles travel for free. "
    "Please bring your own lunch; there is no shop on the island.\n"
)


class Typist(QObject):
    """Presses keys one after the other, with pauses."""

    def __init__(self, field: Any) -> None:
        super().__init__()
        self._field = field
        self.keys = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._press)
        self._timer.start(KEY_MS)

    def _press(self) -> None:
        character = TEXT[self.keys % len(TEXT)]
        if character == "\n":
            QTest.keyClick(self._field, Qt.Key.Key_Return)
        else:
            QTest.keyClicks(self._field, character)
        self.keys += 1
        self._timer.start(PAUSE_MS if self.keys % PAUSE_EVERY == 0 else KEY_MS)

    def stop(self) -> None:
        self._timer.stop()


class Watch:
    """What was handed over, what came of it, and whether an older text ever came over a newer one."""

    def __init__(self, pane: Any) -> None:
        self._pane = pane
        self.handed: list[str] = []
        self.results = self.grown = self.older = 0
        self._ended: set[tuple[str, str]] = set()
        self._latest = -1
        pane.live.began.connect(lambda: self.handed.append(pane.source.editor.toPlainText()))
        pane.rows.changed.connect(self._look)

    def _look(self) -> None:
        segments = self._pane.rows.segments
        if not segments or not self.handed:
            return
        shown = "".join(f"{segment.before}{segment.source}" for segment in segments)
        latest = max(
            (at for at, text in enumerate(self.handed) if "".join(text.split()) == "".join(shown.split())), default=-1
        )
        self.older += 0 <= latest < self._latest
        self._latest = max(self._latest, latest)
        self.grown += 1
        for segment in segments:
            if segment.state in ENDED and (segment.source, segment.target) not in self._ended:
                self._ended.add((segment.source, segment.target))
                self.results += 1


@pytest.fixture
def pane(starter_path: Path, qapp: QApplication) -> Iterator[Any]:
    """The pane of a window with the starter model, which is loaded."""
    furnish(starter_path)
    settled(load_at_start=True, translate_live=True)
    with open_window(qapp) as window:
        until(lambda: model_is_loaded(window), "the model")
        window.frame.show_pane("translate")
        wait(1)
        yield window.translating.pane


@pytest.mark.timeout(300)
def test_typing_while_it_is_translated(pane: Any) -> None:
    assert pane.live.on
    field = pane.source.editor
    field.setFocus()
    idle = Beat()
    wait(3)
    idle.stop()
    watch = Watch(pane)
    typist, beat = Typist(field), Beat()
    busy, began = 0, time.monotonic()
    while time.monotonic() - began < SECONDS:
        wait(0.25)
        busy += pane.busy
    typist.stop()
    beat.stop()
    until(lambda: not pane.busy and not pane.live.waiting, "the last text's end", 120)
    wait(0.3)
    view = pane._core.translations.view(LIVE)
    assert view is not None
    assert view.state is JobState.DONE, view.error
    assert watch.handed[-1] == field.toPlainText()
    assert watch.older == 0
    assert watch.results > 0
    within = round(sum(gap <= WITHIN for gap in beat.gaps) / len(beat.gaps), 4)
    longest, most = ends(beat.gaps)
    say("live, longest gap while typing", got=longest, reach=LONGEST, unit="ms", work=ends(beat.work)[0],
        idle=ends(idle.gaps)[0], keys=typist.keys, handed_over=len(watch.handed), results=watch.results,
        changes=watch.grown, translating=round(busy / (SECONDS / 0.25), 2))  # fmt: skip
    say("live, 99 % of gaps while typing", got=most, reach=WITHIN, unit="ms", idle=ends(idle.gaps)[1])
    say("live, share of gaps within 20 ms", got=within, bound="at least", reach=0.99)

"""How many threads to decode with, while other programs want the processor too.

All threads of a decode wait for each other after every operation. On a quiet machine as many threads as cores are best;
as soon as another program takes a core now and then, everybody waits for the one thread that is not running, and fewer
threads are two to twenty times faster. So: when steps take much longer than they did, or our threads do not get the
processor for all of the time, try one thread less, keep what is better, and look again after a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

import psutil

_LOOK = 6  # steps that are compared,
_SPAN = 0.25  # or so many seconds of fewer and longer steps
_SLOW = 1.8  # times longer than the best known: something is in the way
_SHARE = 0.85  # of the time that our threads should run (waiting for each other they spin): less means that others do,
_ALONE = 0.93  # and more that nobody else does, however long a step takes (later in a text it takes longer)
_BETTER = 0.9  # a change has to bring at least this much
_AGAIN = 2.0  # seconds until a trial is repeated, doubled while it does not help
_LONGEST = 60.0
_GAP = 0.05  # seconds between two steps after which they do not belong together
_FREE = 0.4  # cores that nobody uses: fewer, and one more thread would only be in its own way

READING, BESIDE = "reading", "beside"
"""Slices of a prompt, alone and beside answers: the further into a text, the more a token of them costs."""


def _idle() -> float:
    """Seconds that the cores of this machine had nothing to do, all together."""
    return float(psutil.cpu_times().idle)


class Threads:
    """Watches steps of one kind at a time and chooses the number of threads.

    :param most: the number on a quiet machine.
    :param use: called with the number for the next decodes.
    :param quiet: False if others are known to want the processor already.
    :param idle: seconds for which cores had nothing to do; asked only while there are fewer threads than ``most``.
    """

    def __init__(
        self,
        most: int,
        use: Callable[[int], None],
        *,
        quiet: bool = True,
        clock: Callable[[], float] = time.perf_counter,
        processor: Callable[[], float] = time.process_time,
        idle: Callable[[], float] = _idle,
    ) -> None:
        self.now = most
        self._most = most
        self._use = use
        self._clock = clock
        self._processor = processor
        self._idle = idle
        self._best: dict[Hashable, float] = {}
        self._kind: Hashable = None
        self._paces: list[float] = []
        self._began = self._last = 0.0
        self._ran = self._rested = 0.0
        self._came_from: tuple[int, float] | None = None  # where we were before the trial that runs, and its pace
        self._failed = False  # one thread less did not help, so half of them are tried next
        self._again = {-1: 0.0, 1: 0.0}  # when one thread less, one more may be tried
        self._pause = {-1: _AGAIN, 1: _AGAIN}
        if not quiet and most > 1:
            self._set(most - 1)

    def took(self, kind: Hashable, seconds: float, units: int = 1) -> None:
        """Steps took ``seconds`` for so many ``units`` of work; those of one ``kind`` can be compared by unit."""
        if self._most == 1:
            return
        now = self._clock()
        pace = seconds / units
        # What an undisturbed step takes grows slowly with the length of the texts.
        self._best[kind] = min(pace, self._best.get(kind, pace) * 1.002)
        if kind != self._kind or now - seconds - self._last > _GAP:
            self._kind = kind
            self._give_up()
            self._begin(now)  # how long our threads ran can be asked from here on
            self._last = now
            return
        self._last = now
        self._paces.append(pace)
        if len(self._paces) >= _LOOK or now - self._began >= _SPAN:
            self._judge(now)
            self._begin(now)

    def _begin(self, now: float) -> None:
        self._paces.clear()
        self._began = now
        self._ran = self._processor()
        if self.now < self._most:
            self._rested = self._idle()

    def _judge(self, now: float) -> None:
        pace = sorted(self._paces)[len(self._paces) // 2]
        share = (self._processor() - self._ran) / max(1e-6, (now - self._began) * self.now)
        if self._came_from is not None:
            self._settle(pace, now)
        elif self.now > 1 and now >= self._again[-1] and (share < _SHARE or (share < _ALONE and self._slow(pace))):
            self._try(-1 if not self._failed else -(self.now // 2), pace)
        elif self.now < self._most and now >= self._again[1] and self._free(now):
            self._try(1, pace)

    def _free(self, now: float) -> bool:
        """Whether there is a core for one more thread; all would wait for one that has none."""
        return self._idle() - self._rested >= _FREE * (now - self._began)

    def _slow(self, pace: float) -> bool:
        return self._kind not in (READING, BESIDE) and pace > _SLOW * self._best[self._kind]

    def _give_up(self) -> None:
        """What was compared has ended in the middle of a trial, which then says nothing."""
        if self._came_from is not None:
            before, _ = self._came_from
            self._came_from = None
            self._set(before)

    def _try(self, step: int, pace: float) -> None:
        self._came_from = (self.now, pace)
        self._set(self.now + step)

    def _settle(self, pace: float, now: float) -> None:
        """A trial is over: stay or go back."""
        assert self._came_from is not None
        before, old_pace = self._came_from
        step = 1 if self.now > before else -1
        self._came_from = None
        self._failed = step < 0 and pace >= _BETTER * old_pace and not self._failed
        if pace < _BETTER * old_pace:
            self._pause[step] = _AGAIN
            self._again[-step] = now + self._pause[-step]
            return
        self._again[step] = now + self._pause[step]
        self._pause[step] = min(2 * self._pause[step], _LONGEST)
        self._best[self._kind] = min(pace, old_pace)  # this is what a step takes at present
        self._set(before)

    def _set(self, number: int) -> None:
        self.now = number
        self._use(number)

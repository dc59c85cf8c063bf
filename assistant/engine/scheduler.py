"""Who gets how many tokens in the next step.

Answers that are being written get one token each. Prompts are read in whole batches, except while an interactive answer
is being written that was there before them: then in slices, such that a step stays short. Interactive requests come
before bulk ones: steps without bulk earn time, steps with bulk spend it, so that the interactive ones keep a share of
the speed that they would have alone. Times are measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Many
from typing import Generic, Protocol, TypeVar

STEP = 0.040  # seconds that a step may take while an interactive answer is being written
SHARE = 0.7  # of their speed alone that interactive requests keep beside bulk ones
_SMALLEST = 4  # tokens of a slice beside others
_TILE = 64  # tokens of one sequence of which the library computes the attention together: one more costs as many again
_UNKNOWN = 24  # tokens of the first slice beside others, before anything was measured
_SHRINK, _GROW = 4.0, 1.25  # how much a slice may change from one step to the next
_PATIENCE = 0.2  # seconds of credit that can be saved
_LITTLE = 1e-6
_AS_GOOD = 1.03  # times as long as the best: no difference


class Work(Protocol):
    """What the scheduler looks at in a request."""

    interactive: bool
    arrived: float
    wrote_at: float  # 0: nothing was written yet

    @property
    def pending(self) -> int:
        """Tokens that wait to be decoded: 1 while writing, more while reading."""
        ...

    @property
    def writing(self) -> bool: ...

    @property
    def place(self) -> int:
        """Of its sequence: neighbours are computed together."""
        ...


W = TypeVar("W", bound=Work)


class Costs:
    """What steps cost on this machine with this model: running means of what was measured, in seconds."""

    def __init__(self) -> None:
        self._write: dict[int, float] = {}
        self._read_alone = 0.0
        self._read_beside = 0.0

    def writing(self, rows: int) -> float:
        """A step that writes ``rows`` tokens."""
        if not rows:
            return 0.0
        if rows in self._write:
            return self._write[rows]
        known = sorted(self._write, key=lambda other: abs(other - rows))
        if not known:
            return 0.0
        nearest = known[0]
        return self._write[nearest] * max(1.0, rows / nearest) if rows > nearest else self._write[nearest]

    def knows(self, rows: int, read: int) -> bool:
        """Whether a step like this was measured."""
        return (not rows or rows in self._write) and (not read or self.reading(beside=rows > 0) > 0)

    def width(self, least: int, most: int) -> int:
        """How many answers are best written at once: the fewest of those that were tried with which a token costs
        least; ``most`` as long as no more than ``least`` were tried."""
        each = {rows: seconds / rows for rows, seconds in self._write.items() if least <= rows <= most}
        if max(each, default=0) <= least:
            return most
        best = min(each.values()) * _AS_GOOD
        return min(rows for rows, seconds in each.items() if seconds <= best)

    def reading(self, *, beside: bool) -> float:
        """One token of a slice; 0 if nothing was measured yet."""
        if beside:
            return self._read_beside or self._read_alone
        return self._read_alone or self._read_beside

    def step(self, rows: int, read: int) -> float:
        """What a step will probably take."""
        return self.writing(rows) + read * self.reading(beside=rows > 0)

    def learn(self, rows: int, read: int, seconds: float) -> None:
        """A step with ``rows`` written tokens and slices of ``read`` tokens took ``seconds``."""
        if not read:
            self._write[rows] = _mean(self._write.get(rows, 0.0), seconds)
        elif not rows:
            if read >= 64 or not self._read_alone:
                self._read_alone = _mean(self._read_alone, seconds / read)
        elif read >= _SMALLEST:
            known = self.writing(rows)
            self._read_beside = _mean(self._read_beside, max(seconds - known, seconds * 0.1) / read)


def _mean(old: float, new: float) -> float:
    """A running mean that one slow step does not throw over."""
    return new if not old else old + 0.2 * (min(new, 3 * old) - old)


class Slices:
    """How many tokens of prompts go into a step that somebody waits for: as many as let it take the time aimed at.

    The size follows what steps took. What a token costs depends on how many there are, on how far into a text they
    stand, and above all on what else the machine does: a mean would creep behind a program that begins to compute.
    """

    def __init__(self) -> None:
        self._size = 0.0

    def size(self, guess: float, most: int) -> int:
        """Tokens of the next slice; ``guess``: what the costs would allow, for the first one."""
        self._size = min(max(self._size or guess, _SMALLEST), most)
        count = int(self._size)
        return max(_SMALLEST, count - count % 4)

    def took(self, read: int, seconds: float, aim: float) -> None:
        """A slice of ``read`` tokens made a step of ``seconds`` that should have taken ``aim``."""
        size, fits = self._size, read * aim / max(seconds, _LITTLE)
        if fits < size:
            self._size = max(fits, size / _SHRINK) if seconds > aim else size
        elif read > size / 2:  # the rest of a prompt says little about a whole slice
            self._size = min((fits + size) / 2, size * _GROW)


class Credit:
    """Time that steps of interactive requests have earned for bulk ones, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def earn(self, own: float, want: float) -> None:
        """A step of interactive requests took ``own``; ``want``: what the next one of bulk requests will take."""
        self.seconds = min(self.seconds + own * (1 / SHARE - 1), max(_PATIENCE, 1.5 * want))

    def spend(self, seconds: float) -> None:
        self.seconds -= seconds


class Scheduler(Generic[W]):
    """Plans steps for a set of running requests.

    :ivar batch: tokens that one step can hold.
    :param credit: shared by all contexts of a model.
    """

    def __init__(self, batch: int, credit: Credit | None = None) -> None:
        self.costs = Costs()
        self.batch = batch
        self._credit = credit or Credit()
        self._excess = 0.0  # what bulk adds to the step that was planned last
        self._want = 0.0  # and what it would add, or take elsewhere
        self._earning = 0.0
        self._slices = Slices()
        self._aim = 0.0  # seconds that the planned step should take, 0: nobody waits for it
        self._rows = 0
        self.read = 0  # tokens of prompts in the step that was planned last

    def plan(self, active: Many[W], *, elsewhere: float = 0.0, mix: bool = True) -> list[tuple[W, int]]:
        """For each request that takes part in the next step: itself and how many of its tokens.

        :param elsewhere: seconds of the next step of bulk requests in another context, 0: there are none.
        :param mix: bulk requests of this context may take part beside interactive ones.
        """
        first = [work for work in active if work.interactive]
        self._want, self._excess = elsewhere, 0.0
        if first and len(first) < len(active):
            return self._share(first, active, mix=mix)
        plan = self._step(active)
        self._earning = (self.expected or _LITTLE) if first and elsewhere else 0.0
        return plan

    def learn(self, seconds: float) -> None:
        """The step that was planned last took ``seconds``."""
        self.costs.learn(self._rows, self.read, seconds)
        if self._aim and self.read:
            self._slices.took(self.read, seconds, self._aim)
        if self._earning:
            own = min(self._earning, seconds)
            self._credit.earn(own, self._want)
            if self._excess:
                self._credit.spend(max(0.0, seconds - own))

    def takes(self, counts: Iterable[int]) -> None:
        """What the planned step really reads: slices end early where a state has to be kept."""
        if self.read:
            self.read = sum(counts)

    def wrote_alone(self, seconds: float) -> None:
        """A step that was not planned here, of one written token, took ``seconds``."""
        self.costs.learn(1, 0, seconds)

    @property
    def expected(self) -> float:
        """Seconds that the planned step will probably take, 0 if nobody knows."""
        return self.costs.step(self._rows, self.read)

    @property
    def mixed(self) -> bool:
        """Whether bulk requests take part in the planned step beside interactive ones."""
        return self._excess > 0

    def _share(self, first: list[W], active: Many[W], *, mix: bool) -> list[tuple[W, int]]:
        """One step of interactive and bulk requests: with bulk only if its time was earned."""
        alone = self._step(first)
        cost_alone, aim = self.expected, self._aim
        self._earning = cost_alone or _LITTLE
        if not mix or not self.costs.knows(self._rows, self.read):
            return alone
        mixed = self._step(active)
        excess = max(0.0, self.expected - cost_alone)
        self._want = max(self._want, excess)
        if self._credit.seconds >= excess:
            self._excess = excess
            return mixed
        return self._settle(alone, aim)

    def _step(self, works: Many[W]) -> list[tuple[W, int]]:
        writers = [work for work in works if work.writing][: self.batch]
        readers = [work for work in works if not work.writing]
        plan: list[tuple[W, int]] = [(work, 1) for work in writers]
        room, aim = self.batch - len(writers), 0.0
        if readers and _somebody_waits(writers, readers):
            aim = self._aimed(len(writers))
            room = min(room, self._slice(len(writers), aim))
        # Interactive prompts first; among equals the one that came first, so that somebody can begin to write.
        for work in sorted(readers, key=lambda work: not work.interactive):
            if room <= 0:
                break
            count = min(work.pending, room)
            plan.append((work, count))
            room -= count
        return self._settle(plan, aim)

    def _settle(self, plan: list[tuple[W, int]], aim: float = 0.0) -> list[tuple[W, int]]:
        self._aim = aim
        self._rows = sum(1 for work, _ in plan if work.writing)
        self.read = sum(count for work, count in plan if not work.writing)
        return plan

    def _aimed(self, rows: int) -> float:
        """Seconds that a step with ``rows`` written tokens and a slice should take."""
        return max(STEP, 2 * self.costs.writing(rows))

    def _slice(self, rows: int, aim: float) -> int:
        """Tokens of prompts beside ``rows`` written tokens."""
        cost = self.costs.reading(beside=True)
        guess = (aim - self.costs.writing(rows)) / cost if cost else _UNKNOWN
        return self._slices.size(guess, self.batch)


class StreamScheduler(Scheduler[W]):
    """Plans steps of streams, all of them bulk: prompts first, so that as many answers as possible go on together.

    The library computes tokens of several streams together only if each has as many. A step therefore reads or writes.

    :ivar hurry: somebody waits for an answer in another context: steps are short.
    :param narrow: answers that are then written at a time, in turn.
    """

    hurry = False

    def __init__(self, batch: int, narrow: int) -> None:
        super().__init__(batch)
        self._narrow = narrow
        self._next = 0  # whose turn it is, by place

    def learn(self, seconds: float) -> None:
        super().learn(seconds)
        if self.hurry and not self.read:
            self._next += self._narrow

    def _writers(self, works: Many[W]) -> Many[W]:
        if not self.hurry or len(works) <= self._narrow:
            return works
        works = sorted(works, key=lambda work: work.place)
        self._next = self._next if self._next < len(works) else 0
        return works[self._next : self._next + self._narrow]

    def _step(self, works: Many[W]) -> list[tuple[W, int]]:
        readers = [work for work in works if not work.writing]
        if not readers:
            return self._settle([(work, 1) for work in self._writers(works)])
        aim = self._aimed(0) if self.hurry else 0.0
        room = min(self.batch, self._slice(0, aim)) if aim else self.batch
        least = min(work.pending for work in readers)
        each = min(room // len(readers), least)
        if _TILE < each < least:
            each -= each % _TILE
        if each * len(readers) >= min(room // 2, readers[0].pending):
            return self._settle([(work, each) for work in readers], aim)
        return self._settle([(readers[0], min(readers[0].pending, room))], aim)


def _somebody_waits(writers: Many[Work], readers: Many[Work]) -> bool:
    """Somebody watches an answer that a long prompt would hold up.

    Interactive requests that come together are read together: the first one to write was not there before the others.
    """
    latest = max(reader.arrived if reader.interactive else float("inf") for reader in readers)
    return any(writer.interactive and writer.wrote_at < latest for writer in writers)

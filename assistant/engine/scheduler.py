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
_UNKNOWN = 24  # tokens of the first slice beside others, before anything was measured
_PATIENCE = 0.2  # seconds of credit that can be saved


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


class Scheduler(Generic[W]):
    """Plans steps for a set of running requests.

    :param batch: tokens that one step can hold.
    """

    def __init__(self, batch: int) -> None:
        self.costs = Costs()
        self._batch = batch
        self._credit = 0.0
        self._excess = 0.0  # what bulk adds to the step that was planned last
        self._earning = 0.0
        self._rows = 0
        self.read = 0  # tokens of prompts in the step that was planned last

    def plan(self, active: Many[W]) -> list[tuple[W, int]]:
        """For each request that takes part in the next step: itself and how many of its tokens."""
        if len(active) == 1:
            work = active[0]
            count = min(work.pending, self._batch)
            writes = work.writing
            self._rows, self.read = (1, 0) if writes else (0, count)
            self._excess = self._earning = 0.0
            return [(work, count)]
        first = [work for work in active if work.interactive]
        bulk = [work for work in active if not work.interactive]
        if not first or not bulk:
            self._excess = self._earning = 0.0
            return self._step(first or bulk)
        return self._share(first, active)

    def learn(self, seconds: float) -> None:
        """The step that was planned last took ``seconds``."""
        self.costs.learn(self._rows, self.read, seconds)
        if self._earning:
            own = min(self._earning, seconds)
            earned = own * (1 / SHARE - 1)
            spent = max(0.0, seconds - own) if self._excess else 0.0
            self._credit = min(self._credit + earned - spent, max(_PATIENCE, 1.5 * self._excess))

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

    def _share(self, first: list[W], active: Many[W]) -> list[tuple[W, int]]:
        """One step of interactive and bulk requests: with bulk only if its time was earned."""
        alone = self._step(first)
        cost_alone = self.expected
        if not self.costs.knows(self._rows, self.read):
            self._excess, self._earning = 0.0, 1e-6
            return alone
        mixed = self._step(active)
        excess = max(0.0, self.expected - cost_alone)
        self._earning = cost_alone or 1e-6
        if self._credit >= excess:
            self._excess = excess
            return mixed
        self._excess = 0.0
        return self._settle(alone)

    def _step(self, works: Many[W]) -> list[tuple[W, int]]:
        writers = [work for work in works if work.writing][: self._batch]
        readers = [work for work in works if not work.writing]
        plan: list[tuple[W, int]] = [(work, 1) for work in writers]
        room = self._batch - len(writers)
        if readers and _somebody_waits(writers, readers):
            room = min(room, self._slice(len(writers)))
        # Interactive prompts first; among equals the one that came first, so that somebody can begin to write.
        for work in sorted(readers, key=lambda work: not work.interactive):
            if room <= 0:
                break
            count = min(work.pending, room)
            plan.append((work, count))
            room -= count
        return self._settle(plan)

    def _settle(self, plan: list[tuple[W, int]]) -> list[tuple[W, int]]:
        self._rows = sum(1 for work, _ in plan if work.writing)
        self.read = sum(count for work, count in plan if not work.writing)
        return plan

    def _slice(self, rows: int) -> int:
        """Tokens of prompts beside ``rows`` written tokens."""
        cost = self.costs.reading(beside=True)
        if not cost:
            return _UNKNOWN
        writing = self.costs.writing(rows)
        count = int((max(STEP, 2 * writing) - writing) / cost)
        return max(_SMALLEST, count - count % 4)


def _somebody_waits(writers: Many[Work], readers: Many[Work]) -> bool:
    """Somebody watches an answer that a long prompt would hold up.

    Interactive requests that come together are read together: the first one to write was not there before the others.
    """
    latest = max(reader.arrived if reader.interactive else float("inf") for reader in readers)
    return any(writer.interactive and writer.wrote_at < latest for writer in writers)

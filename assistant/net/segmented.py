"""The connections of a transfer: started, watched, started again after what they meet, until every byte is there."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from types import TracebackType

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.gate import Gate
from assistant.net.pace import Backoff
from assistant.net.part_hasher import PartHasher
from assistant.net.parts import SYNC_SECONDS, Part
from assistant.net.plan import Plan, Segment
from assistant.net.range_fetcher import DoubtError, RangeFetcher
from assistant.net.resolve import Remote

PASSING = frozenset(
    {
        ErrorKind.NET_UNREACHABLE,
        ErrorKind.NET_STALLED,
        ErrorKind.NET_CERTIFICATE,
        ErrorKind.NET_PROXY,
        ErrorKind.NET_PORTAL,
        ErrorKind.NET_SERVER,
        ErrorKind.NET_BUSY,
        ErrorKind.NET_NONSENSE,
    }
)
"""What may be over after a while; everything else ends a transfer."""
_GLANCE = 0.1
_ROOM_STEP = 64 << 20  # bytes after which the disk is looked at again
_BELIEVED = 4  # contradictions about the size, with nothing gained in between, before they are taken as final
_BARREN = 2  # tries that brought nothing before another source is tried


class SegmentedDownload:
    """Brings all of ``remote`` into ``part`` with ``connections`` side by side, and hashes it. A context manager.

    :param again: asks about the file anew; called after contradictions, with the kind of the last fault.
    :param report: called about ten times a second with phase, seconds to wait, and why.
    """

    def __init__(
        self,
        gate: Gate,
        part: Part,
        remote: Remote,
        *,
        again: Callable[[Remote, ErrorKind], Remote],
        report: Callable[..., None],
        backoff: Backoff,
        connections: int,
        floor: int,
        stall: float,
        speed: Callable[[], float],
    ) -> None:
        self._check = gate.check
        self._gate = gate.branch()  # so that connections can be ended while the transfer goes on
        self._part = part
        self._again = again
        self._report = report
        self._backoff = backoff
        self._connections = max(1, connections)
        self._floor = floor
        self._speed = speed
        self._fetcher = RangeFetcher(self._gate, part, remote, stall=stall)
        self._plan = Plan(part, remote.size, self._connections)
        self._ends: queue.SimpleQueue[tuple[threading.Thread | None, Exception | None]] = queue.SimpleQueue()
        self._workers: set[threading.Thread] = set()
        self._asking = threading.Lock()
        self._doubtful: ErrorKind | None = None  # ask again before the next try, and why
        self._fault: AssistantError | None = None
        self._resume_at = 0.0
        self._gained = part.snapshot().total  # at the last fault
        self._contradictions = 0
        self._room_at = self._gained + _ROOM_STEP
        self._ended = threading.Event()
        self._syncer = threading.Thread(target=self._sync, name="sync", daemon=True)

    @property
    def remote(self) -> Remote:
        return self._fetcher.remote

    def __enter__(self) -> SegmentedDownload:
        self._hasher = PartHasher(self._part, self.remote.size)
        self._syncer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._gate.stop()  # what the connections read ends at once
        for worker in self._workers:
            worker.join()
        self._gate.close()
        self._hasher.end()
        self._syncer.join()

    def finish(self) -> str:
        """Wait until everything is there. Returns the SHA-256 of it.

        :raises AssistantError: what waiting cannot mend.
        """
        while not self._plan.complete:
            self._check()
            self._hire()
            self._hear()
            self._look_around()
        while not self._hasher.wait(_GLANCE):
            self._check()
            self._report("checking")
        return self._hasher.digest()

    # ------------------------------------------------------------ connections

    def _hire(self) -> None:
        """Start as many connections as there is work for."""
        if time.monotonic() < self._resume_at or self._fetcher.reads_whole:
            return
        careful = self._doubtful is not None or self._backoff.barren > 1
        wanted = 1 if careful else self._connections
        while len(self._workers) < wanted and (segment := self._plan.take(self._speed())) is not None:
            worker = threading.Thread(target=self._bring, args=(segment,), name="bring", daemon=True)
            self._workers.add(worker)
            worker.start()

    def _bring(self, segment: Segment) -> None:
        problem: Exception | None = None
        try:
            self._be_sure()
            self._fetcher.fetch(segment)
        except Exception as error:
            problem = error
        self._plan.give_back(segment)
        self._ends.put((threading.current_thread(), problem))

    def _be_sure(self) -> None:
        with self._asking:
            if self._doubtful is not None:
                self._fetcher.renew(self._again(self._fetcher.remote, self._doubtful))
                self._doubtful = None

    def _hear(self) -> None:
        """Wait a moment for what the connections have met."""
        with contextlib.suppress(queue.Empty):
            worker, problem = self._ends.get(timeout=_GLANCE)
            while True:
                if worker is not None:
                    worker.join()
                    self._workers.discard(worker)
                if problem is not None:
                    self._met(problem)
                worker, problem = self._ends.get_nowait()

    def _met(self, problem: Exception) -> None:
        """:raises Exception: ``problem``, if waiting does not mend it."""
        contradicts = isinstance(problem, DoubtError)
        if not isinstance(problem, AssistantError) or not (contradicts or problem.kind in PASSING):
            raise problem
        gained = self._part.snapshot().total
        if gained > self._gained:
            self._backoff.fruitful()
            self._contradictions = 0
        self._gained = gained
        now = time.monotonic()
        if now >= self._resume_at:  # connections that fail together have met one fault
            self._resume_at = now + self._backoff.next()
        if problem.kind is ErrorKind.NET_BUSY:
            self._resume_at = max(self._resume_at, now + float(str(problem.values.get("seconds", 1))))
        self._fault = problem
        if contradicts:
            self._contradictions += 1
            if problem.kind is ErrorKind.DOWNLOAD_SIZE and self._contradictions >= _BELIEVED:
                raise AssistantError(problem.kind, problem.detail, **problem.values)
        if contradicts or self._backoff.barren >= _BARREN:
            self._doubtful = problem.kind

    # ------------------------------------------------------------ beside them

    def _look_around(self) -> None:
        if isinstance(self._hasher.error, Exception):
            raise self._hasher.error
        if self._part.snapshot().total >= self._room_at:
            self._room_at += _ROOM_STEP
            self._part.check_room(self._floor)
        wait = self._resume_at - time.monotonic()
        if self._workers or wait <= 0 or self._fault is None:
            self._report("downloading")
        else:
            self._report("waiting", wait=wait, kind=self._fault.kind)

    def _sync(self) -> None:
        while not self._ended.wait(0.5):
            try:
                self._part.sync(every=SYNC_SECONDS)
            except Exception as error:
                self._ends.put((None, error))
                return

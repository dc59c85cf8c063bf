"""The queue of downloads: what is wanted, in which order, and how far it has come.

One thread owns the queue (the one that pumps the core) and opens no file: what touches the disk is done by
``download_disk``. The first item of the list that wants to run is the one that runs; all others wait for it. Of each
item one request at a time is with the net child; what a stopped request still has to say is known by its id and
changes nothing any more.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import staging
from assistant.library.download_disk import Clerk, Post, QueueDisk, Register
from assistant.library.download_items import DownloadItem, Part, State, named, same_files, whole_size
from assistant.library.download_job import PHASES, RUNNING, WANTED, Job, why_it_waits
from assistant.library.queuefile import QueueFile
from assistant.library.staging import Orphan
from assistant.net.messages import Fetch, Fetched, NetFailed, Progress

__all__ = ["Clerk", "DownloadItem", "Downloads", "Net", "Orphan", "Part", "State"]

_RESTARTS = 3  # of a net child that ends before it has brought anything
_SAVED_AGAIN = 64 << 20  # bytes after which it is noted how far an item has come
_CLOSE_SECONDS = 2.0


class Net(Protocol):
    """What the queue needs of the net child's client."""

    def send(self, request: Fetch) -> None: ...

    def cancel(self, request_id: str, *, keep: bool = True) -> None: ...


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
        post: Post,
        register: Register | None = None,
        held: Callable[[Sequence[Part]], str] | None = None,
        clerk: Clerk | None = None,
        offline: bool = False,
    ) -> None:
        self._net = net
        self._changed = changed
        self._arrived = arrived
        self._held = held
        self._offline = offline
        self._suspended = False
        self._clerk = clerk or Clerk()
        self._post, self._register = post, register
        self._disk = self._disk_of(folder)
        self._jobs: list[Job] = []
        self._attempts: dict[str, Job] = {}
        self._done: dict[str, DownloadItem] = {}

    def _disk_of(self, folder: Path) -> QueueDisk:
        return QueueDisk(folder, self._clerk, post=self._post, register=self._register, idle=self._release_if_idle)

    # ------------------------------------------------------------ looking

    @property
    def folder(self) -> Path:
        return self._disk.folder

    @property
    def mine(self) -> bool:
        """Does this program have the queue now? Otherwise ``items`` is what another one, or the last one, left."""
        return self._disk.mine

    def with_another(self) -> bool:
        """Does another program have the queue now? It asks the disk."""
        return self._disk.with_another()

    @property
    def idle(self) -> bool:
        """Is nothing with the net child and nothing being written?"""
        return not self._attempts and not self._disk.busy

    def items(self) -> list[DownloadItem]:
        """The queue in its order, without what has arrived."""
        return [self._row(job) for job in self._jobs]

    def item(self, item_id: str) -> DownloadItem | None:
        """One item, also one that has arrived since the start of the program; None: it is unknown or was cancelled."""
        job = self._find(item_id)
        return self._row(job) if job is not None else self._done.get(item_id)

    def look(self) -> None:
        """See what another program has done to the queue, if it is not ours now. Cheap; for a slow clock."""
        if not self.mine and self._disk.changed_outside():
            self._load()
            self._changed()

    def orphans(self) -> tuple[Orphan, ...]:
        """Parts that belong to no item. It reads folders."""
        self.look()
        known = {job.item.id for job in self._jobs} | self._disk.dropped
        return staging.orphans(self.folder, known)

    def delete_orphan(self, orphan: Orphan) -> None:
        """Delete one of them, unless another program has begun to bring it meanwhile. It may take a while, and may be
        called from any thread.

        :raises AssistantError: READ_ONLY, when something of it stays.
        """
        wanted = {item.id for item in QueueFile(self.folder).read(put_aside=False).items}
        if not any(path.name in wanted for path in orphan.paths):
            staging.delete_orphan(self.folder, orphan)

    # ------------------------------------------------------------ the program's life

    def restore(self, *, start: bool = True) -> bool:
        """Read the queue at the start of a program, and go on with what ran when the last one ended.

        :param start: False: only look.
        :returns: False: another program has the queue; this one only shows it.
        """
        self._suspended = False
        if self.mine:
            self._next()
            return True
        if self._disk.empty:
            return True
        mine = False
        if start:
            try:
                mine = self._disk.acquire()
            except OSError:  # a folder that cannot be written now: nothing can come into it
                start = False
        self._load()
        if mine:
            self._disk.discard_dropped(self._save)
            self._next()
            self._release_if_idle()
        self._changed()
        return mine or not start

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

    def suspend(self) -> None:
        """Have nothing run for a while (the folder moves), without a change to what the user wants; then wait for
        ``idle``, and afterwards ``relocate`` or ``restore``."""
        self._suspended = True
        self._next()
        self._changed()

    def relocate(self, folder: Path) -> None:
        """The models folder, with the queue in it, is somewhere else now: go on there. Only while it is idle."""
        self._disk.release()
        self._disk = self._disk_of(folder)
        self._jobs = []
        self.restore()

    def close(self) -> None:
        """Stop for the end of the program: what ran goes on with the next start."""
        self._suspended = True
        for job in self._jobs:
            self._stop(job)
        if self.mine:
            self._save()
        self._disk.close(_CLOSE_SECONDS)

    # ------------------------------------------------------------ what the user does

    def get(self, name: str, parts: Sequence[Part], *, catalogue: str = "") -> str:
        """Want a model: all its parts, in their order. Returns the id of its item.

        :raises AssistantError: DOWNLOAD_EXISTS or MODEL_EXISTS (name), DOWNLOADS_ELSEWHERE, READ_ONLY.
        """
        self._take()
        try:
            self._refuse_twin(parts)
        except AssistantError:
            self._release_if_idle()
            raise
        taken = staging.taken_names(self.folder)
        taken |= {part.file.casefold() for job in self._jobs for part in job.item.parts}
        chosen = named(parts, taken)
        item = DownloadItem(secrets.token_hex(8), name, chosen, whole_size(chosen), catalogue=catalogue)
        self._jobs.append(Job(item))
        self._settle()
        return item.id

    def pause(self, item_id: str) -> None:
        """Stop it where it is; what has come stays.

        :raises AssistantError: DOWNLOADS_ELSEWHERE, READ_ONLY; so do all that follow.
        """
        job = self._own(item_id)
        if job is not None and not job.placing:
            self._stop(job)
            job.become(State.PAUSED)
            self._settle()

    def resume(self, item_id: str) -> None:
        """Go on with one that was paused, has failed or waits for its next try."""
        job = self._own(item_id)
        if job is not None and not job.placing and job.state in (State.PAUSED, State.FAILED, State.WAITING):
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
        self._disk.dropped.add(item_id)
        self._stop(job, keep=False)  # what it has is deleted when the child has let go of it
        if not job.attempt and not job.placing:
            self._disk.discard(job.item, placed=False, done=self._save)
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
            job.learn(size=event.size)
        state = PHASES.get(event.phase, State.DOWNLOADING)
        error = None
        if event.kind is not None and state is State.WAITING:
            error = why_it_waits(event, job.item.name)
        if error is None or job.item.error is None or job.item.error.kind is not error.kind:
            job.become(state, error)
        job.speed = event.speed if state is State.DOWNLOADING else 0.0
        job.left = job.time_left(event)
        job.wait, job.source = event.wait, event.source
        if job.bytes_done >= job.noted + _SAVED_AGAIN:
            self._save(durable=False)
        self._changed()

    def _fetched(self, event: Fetched) -> None:
        job = self._ended(event.id)
        if job is None:
            return
        job.learn(size=event.size, sha256=event.sha256, revision=event.revision)
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

    def _judge(self, job: Job, error: AssistantError) -> None:
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
            if error.kind is ErrorKind.DOWNLOAD_CHANGED:
                job.unlearn()
            job.become(State.FAILED, error)

    def _ended(self, attempt: str) -> Job | None:
        job = self._attempts.pop(attempt, None)
        if job is not None:
            job.attempt, job.sent, job.stopping = "", False, False
        return job

    def _after(self, job: Job) -> None:
        if job.dropped:
            self._disk.discard(job.item, placed=False, done=self._save)
        elif job.complete:
            self._place(job)
        self._settle()

    # ------------------------------------------------------------ who runs

    def _next(self) -> None:
        """Have the first item that wants to run be the one that runs."""
        waiting = (job for job in self._jobs if job.state in WANTED and not job.placing)
        wanted = None if self._suspended else next(waiting, None)
        for job in self._jobs:
            if job is not wanted and job.attempt and not job.stopping:
                self._stop(job)
                if job.state in RUNNING:
                    job.become(State.QUEUED)
        if wanted is None or wanted.attempt or self._offline or any(job.attempt for job in self._jobs):
            return
        if wanted.complete:
            self._place(wanted)
        else:
            self._start(wanted)

    def _start(self, job: Job) -> None:
        attempt = f"{job.item.id}-{secrets.token_hex(4)}"
        job.attempt, job.sent = attempt, False
        self._attempts[attempt] = job
        job.become(State.CONNECTING)
        self._disk.prepare(self._row(job), lambda result: self._prepared(attempt, result))

    def _prepared(self, attempt: str, result: tuple[Part, ...] | AssistantError) -> None:
        """The item's folder is there: have the child bring the first part that is not whole."""
        job = self._attempts.get(attempt)
        if job is None:
            return
        if isinstance(result, AssistantError):
            self._failed(NetFailed(id=attempt, kind=result.kind, detail=result.detail, values=result.values))
            return
        if len(result) != len(job.whole):
            job.done = 0
        job.whole = [part.size for part in result]
        if job.dropped or job.stopping or job.complete:
            self._ended(attempt)
            self._after(job)
            return
        part = job.item.parts[len(result)]
        target = staging.place_of(self.folder, job.item.id) / part.file
        job.sent = True
        floor = staging.floor(self.folder)
        fetch = Fetch(id=attempt, place=part.place, target=str(target), size=part.size, sha256=part.sha256, floor=floor)
        self._net().send(fetch)

    def _stop(self, job: Job, *, keep: bool = True) -> None:
        """Tell the child to end what it does for the item. Until it says so, the item cannot start again."""
        if job.attempt and (not job.stopping or not keep):
            job.stopping = True
            if job.sent:
                self._net().cancel(job.attempt, keep=keep)

    def _place(self, job: Job) -> None:
        """The last step: all parts are whole and right."""
        job.placing = True
        job.become(State.CHECKING)
        item = replace(self._row(job), state=State.DONE)
        self._disk.place(item, lambda result: self._placed(job, result))

    def _placed(self, job: Job, result: tuple[DownloadItem, Path] | AssistantError) -> None:
        job.placing = False
        if isinstance(result, AssistantError):
            if result.kind is ErrorKind.DOWNLOAD_DAMAGED:
                job.whole, job.done = [], 0
            job.become(State.FAILED, result)
        else:
            job.item = replace(result[0], state=State.DONE)
        if job.dropped:  # cancelled in its last moment
            self._disk.discard(job.item, placed=job.state is State.DONE, done=self._save)
        elif not isinstance(result, AssistantError):
            self._jobs.remove(job)
            self._done[job.item.id] = self._row(job)
        self._settle()
        if not isinstance(result, AssistantError) and not job.dropped:
            self._disk.discard(job.item, placed=False, done=lambda: None)  # after the queue was kept without it
            self._arrived(job.item, result[1])

    # ------------------------------------------------------------ what is kept

    def _load(self) -> None:
        self._jobs = [
            Job(item, whole, max(item.done - sum(whole), 0), noted=item.done) for item, whole in self._disk.load()
        ]

    def _take(self) -> None:
        """Have the queue for this program, as it is now.

        :raises AssistantError: DOWNLOADS_ELSEWHERE, READ_ONLY.
        """
        if self.mine:
            return
        try:
            if not self._disk.acquire():
                raise AssistantError(ErrorKind.DOWNLOADS_ELSEWHERE)
        except OSError as error:
            raise AssistantError(ErrorKind.READ_ONLY, str(error)) from error
        if self._disk.changed_outside():
            self._load()

    def _own(self, item_id: str) -> Job | None:
        """The job, with the queue in our hands; None: it is not there any more."""
        self._take()
        job = self._find(item_id)
        if job is None:
            self._release_if_idle()
        return job

    def _refuse_twin(self, parts: Sequence[Part]) -> None:
        for job in self._jobs:
            if same_files(job.item.parts, parts):
                raise AssistantError(ErrorKind.DOWNLOAD_EXISTS, name=job.item.name)
        here = self._held(parts) if self._held is not None else ""
        if here:
            raise AssistantError(ErrorKind.MODEL_EXISTS, name=here)

    def _settle(self) -> None:
        """After every change: who runs, what is kept, what is shown."""
        self._next()
        self._save()
        self._changed()

    def _save(self, *, durable: bool = True) -> None:
        for job in self._jobs:
            job.noted = job.bytes_done
        self._disk.save([replace(job.item, done=job.bytes_done) for job in self._jobs], durable=durable)

    def _release_if_idle(self) -> None:
        """Let another program have the queue when there is nothing to do in it."""
        wanted = any(job.placing or job.state in WANTED for job in self._jobs)
        if self.idle and not self._disk.dropped and (not wanted or self._suspended):
            self._disk.release()

    # ------------------------------------------------------------ small things

    def _find(self, item_id: str) -> Job | None:
        return next((job for job in self._jobs if job.item.id == item_id), None)

    def _row(self, job: Job) -> DownloadItem:
        """The item with its numbers as they are now."""
        item = job.item
        if self._offline and item.state in WANTED and not job.attempt and not job.placing:
            item = replace(item, state=State.WAITING, error=AssistantError(ErrorKind.OFFLINE))
        return replace(item, done=job.bytes_done, speed=job.speed, left=job.left, wait=job.wait, source=job.source)

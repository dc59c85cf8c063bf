"""The queue of downloads: what is wanted, in which order, and how far it has come.

One thread owns the queue (the one that pumps the core) and opens no file: what touches the disk is done by
``download_disk``. The first item of the list that wants to run is the one that runs; all others wait for it. Of each
item one request at a time is with the net child, which is the runner's affair. Only one program at a time has the
queue; others show it, and leave to that one what their user wants of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import staging
from assistant.library.download_disk import Clerk, Post, QueueDisk, Register
from assistant.library.download_items import DownloadItem, Part, State, named, same_files, whole_size
from assistant.library.download_job import RESTING, RUNNING, WANTED, DownloadJob
from assistant.library.download_runner import Net, Runner
from assistant.library.handover import Request, Verb
from assistant.library.queuefile import QueueFile
from assistant.library.staging import Orphan

__all__ = ["Clerk", "DownloadItem", "Downloads", "Net", "Orphan", "Part", "State"]

_CLOSE_SECONDS = 2.0


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
        self._working = False  # brings what is wanted, when nobody else does
        self._theirs = False  # another program has the queue, as far as we have seen
        self._clerk = clerk or Clerk()
        self._post, self._register = post, register
        self._jobs: list[DownloadJob] = []
        self._done: dict[str, DownloadItem] = {}
        self._settle_in(folder)

    def _settle_in(self, folder: Path) -> None:
        self._disk = QueueDisk(
            folder, self._clerk, post=self._post, register=self._register, idle=self._release_if_idle
        )
        self._runner = Runner(
            self._net,
            self._disk,
            row=self._row,
            save=self._save,
            changed=self._changed,
            settle=self._settle,
            offline=lambda: self._offline,
            came=self._came,
            arrived=self._arrived,
        )

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
        return not self._runner.busy and not self._disk.busy

    def items(self) -> list[DownloadItem]:
        """The queue in its order, without what has arrived."""
        return [self._row(job) for job in self._jobs]

    def item(self, item_id: str) -> DownloadItem | None:
        """One item, also one that has arrived since the start of the program; None: it is unknown or was cancelled."""
        job = self._find(item_id)
        return self._row(job) if job is not None else self._done.get(item_id)

    def look(self) -> None:
        """See what other programs have done to the queue, or want of it, and go on with what one has left undone.
        Cheap; for a slow clock."""
        if self.mine:
            if not self._suspended and self._heed():
                self._next()
                self._changed()
            return
        changed = self._disk.changed_outside()
        if changed:
            self._load()
        left = self._working and not self._suspended and any(job.state in WANTED for job in self._jobs)
        if left and self._acquired():
            self._go_on()
        elif changed:
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
        self._working = self._working or start
        if self._disk.empty:
            return True
        if self._working and self._acquired():
            self._go_on()
            return True
        theirs = self._theirs
        self._load()
        self._changed()
        return not (start and theirs)

    def _acquired(self) -> bool:
        """Is the queue ours now? A folder that cannot be written can take nothing in, and nobody works on it."""
        try:
            self._theirs = not self._disk.acquire()
        except OSError:
            self._theirs = self._working = False
        return self.mine

    def _go_on(self) -> None:
        """The queue has become ours: go on where the last program stopped."""
        self._load()
        self._disk.discard_dropped(self._save)
        self._next()
        self._release_if_idle()
        self._changed()

    def set_offline(self, offline: bool) -> None:
        """The switch was turned. The child ends what is running by itself; afterwards things go on where they were."""
        self._offline = offline
        for job in self._jobs:
            job.asked = False
            if not offline and job.state is State.WAITING and not job.attempt:
                job.become(State.QUEUED)
        if not offline and self.mine:
            self._next()
        self._changed()

    def suspend(self) -> None:
        """Have nothing run for a while (the folder moves), without a change to what the user wants; then wait for
        ``idle``, and afterwards ``relocate`` or ``restore``.

        :raises AssistantError: DOWNLOADS_ELSEWHERE.
        """
        if self.with_another():
            raise AssistantError(ErrorKind.DOWNLOADS_ELSEWHERE)
        self._suspended = True
        self._next()
        self._changed()

    def relocate(self, folder: Path) -> None:
        """The models folder, with the queue in it, is somewhere else now: go on there. Only while it is idle."""
        self._disk.release()
        self._settle_in(folder)
        self._jobs = []
        self.restore()

    def close(self) -> None:
        """Stop for the end of the program: what ran goes on with the next start."""
        self._suspended = True
        for job in self._jobs:
            self._runner.stop(job)
        if self.mine:
            self._save()
        self._disk.close(_CLOSE_SECONDS)

    # ------------------------------------------------------------ what the user does

    def get(self, name: str, parts: Sequence[Part], *, catalogue: str = "") -> str:
        """Want a model: all its parts, in their order. Returns the id of its item.

        :raises AssistantError: DOWNLOAD_EXISTS or MODEL_EXISTS (name), READ_ONLY.
        """
        self._take()
        self._working = True
        try:
            self._refuse_twin(parts)
        except AssistantError:
            self._release_if_idle()
            raise
        chosen = self._named(parts)
        item = DownloadItem(secrets.token_hex(8), name, chosen, whole_size(chosen), catalogue=catalogue)
        self._do(Request(Verb.GET, item.id, item))
        return item.id

    def pause(self, item_id: str) -> None:
        """Stop it where it is; what has come stays.

        :raises AssistantError: READ_ONLY; so do all that follow.
        """
        self._do(Request(Verb.PAUSE, item_id))

    def resume(self, item_id: str) -> None:
        """Go on with one that was paused, has failed or waits for its next try."""
        self._working = True
        self._do(Request(Verb.RESUME, item_id))

    def cancel(self, item_id: str) -> None:
        """Forget it, and delete what has come of it."""
        self._do(Request(Verb.CANCEL, item_id))

    def first(self, item_id: str) -> None:
        """Have it run before all others; the one that runs now waits."""
        self.move(item_id, 0)

    def move(self, item_id: str, position: int) -> None:
        """Give it another place in the list, counted from 0."""
        self._do(Request(Verb.MOVE, item_id, position=max(position, 0)))

    def _do(self, request: Request) -> None:
        """Do it, or leave it to the program that has the queue; here it is shown as if it were done."""
        self._take()
        if not self._apply(request):
            self._release_if_idle()
        elif self.mine:
            self._settle()
        else:
            try:
                self._disk.leave(request)
            except OSError as error:
                self._load()
                raise AssistantError(ErrorKind.READ_ONLY, str(error)) from error
            self._changed()

    def _heed(self) -> bool:
        """Do what other programs have left to whoever has the queue. If that is not us, show it as if it were done."""
        requests = self._disk.requests()
        for request in requests:
            self._apply(request)
        if self.mine:
            if requests:
                self._save()
            self._disk.forget_requests()
        return bool(requests)

    def _apply(self, request: Request) -> bool:
        """Change the list as it says; False: there was nothing to do."""
        job = self._find(request.item_id)
        if request.verb is Verb.GET:
            return job is None and request.item is not None and self._want(request.item)
        if job is None:
            return False
        if request.verb is Verb.PAUSE:
            if not job.placing:
                job.become(State.PAUSED)
            return not job.placing
        if request.verb is Verb.RESUME:
            return self._wake(job)
        self._jobs.remove(job)
        if request.verb is Verb.MOVE:
            self._jobs.insert(request.position, job)
        elif self.mine:
            self._runner.drop(job)
        return True

    def _want(self, item: DownloadItem) -> bool:
        if item.id in self._done or item.id in self._disk.dropped:
            return False
        twin = next((job for job in self._jobs if same_files(job.item.parts, item.parts)), None)
        if twin is not None:
            return self._wake(twin)
        if self._held is not None and self._held(item.parts):
            return False
        parts = self._named(item.parts)
        wanted = DownloadItem(item.id, item.name, parts, whole_size(parts), catalogue=item.catalogue)
        self._jobs.append(DownloadJob(wanted, asked=True))
        return True

    def _wake(self, job: DownloadJob) -> bool:
        held = self._offline and job.state is State.QUEUED
        if job.placing or not (held or job.state in RESTING):
            return False
        self._runner.stop(job)
        job.restarts, job.asked = 0, True
        job.become(State.QUEUED)
        return True

    def _named(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        """``parts`` with names that are free in the folder."""
        taken = staging.taken_names(self.folder)
        taken |= {part.file.casefold() for job in self._jobs for part in job.item.parts}
        return named(parts, taken)

    # ------------------------------------------------------------ who runs

    def handle(self, event: object) -> None:
        """Take in one event of the net child; those that belong to no download are none of the queue's business."""
        self._runner.handle(event)

    def _next(self) -> None:
        """Have the first item that wants to run be the one that runs. While offline each that somebody asks for is
        tried once, so that what refuses it lists it."""
        tried = (job for job in self._jobs if job.asked or job.attempt or not self._offline)
        waiting = (job for job in tried if job.state in WANTED and not job.placing)
        wanted = next(waiting, None) if self._working and not self._suspended else None
        for job in self._jobs:
            if job is not wanted and job.attempt and not job.stopping:
                self._runner.stop(job)
                if job.state in RUNNING:
                    job.become(State.QUEUED)
        if wanted is not None and not any(job.attempt for job in self._jobs):
            self._runner.start(wanted)

    def _came(self, job: DownloadJob) -> None:
        self._jobs.remove(job)
        self._done[job.item.id] = self._row(job)

    # ------------------------------------------------------------ what is kept

    def _load(self) -> None:
        before = {job.item.id: job.item for job in self._jobs}
        self._jobs = [
            DownloadJob(item, whole, max(item.done - sum(whole), 0), noted=item.done)
            for item, whole in self._disk.load()
        ]
        self._heed()
        self._theirs = not self.mine and any(job.state in WANTED for job in self._jobs) and self.with_another()
        for item_id in before.keys() - {job.item.id for job in self._jobs}:
            self._brought_elsewhere(before[item_id])

    def _brought_elsewhere(self, item: DownloadItem) -> None:
        """Another program's queue has it no more: it arrived there, or was cancelled."""
        if item.id not in self._disk.dropped and staging.is_placed(self.folder, item):
            self._done[item.id] = replace(item, state=State.DONE, done=item.size)
            self._arrived(self._done[item.id], self.folder / item.parts[0].file)

    def _take(self) -> None:
        """Have the queue for this program as it is now, unless another one has it.

        :raises AssistantError: READ_ONLY.
        """
        if self.mine:
            return
        try:
            self._disk.acquire()
        except OSError as error:
            raise AssistantError(ErrorKind.READ_ONLY, str(error)) from error
        if self._disk.changed_outside():
            self._load()
        self._theirs = not self.mine

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
        wanted = wanted and self._working and not self._suspended
        if self.idle and not self._disk.dropped and not wanted:
            self._disk.release()

    # ------------------------------------------------------------ small things

    def _find(self, item_id: str) -> DownloadJob | None:
        return next((job for job in self._jobs if job.item.id == item_id), None)

    def _row(self, job: DownloadJob) -> DownloadItem:
        """The item with its numbers as they are now."""
        item = job.item
        if item.state in WANTED and not self.mine:
            item = self._row_of_others(item)
        elif self._offline and item.state in WANTED and not job.attempt and not job.placing:
            item = replace(item, state=State.WAITING, error=AssistantError(ErrorKind.OFFLINE))
        return replace(item, done=job.bytes_done, speed=job.speed, left=job.left, wait=job.wait, source=job.source)

    def _row_of_others(self, item: DownloadItem) -> DownloadItem:
        """A wanted item that is not ours to bring: another program brings the first of them now, or nobody does."""
        if not self._theirs:
            return replace(item, state=State.QUEUED if self._working else State.PAUSED)
        first = next(job.item.id for job in self._jobs if job.state in WANTED)
        return replace(item, state=State.DOWNLOADING, elsewhere=True) if item.id == first else item

"""One download at a time: what is asked of the net child, what it says, and what becomes of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import staging
from assistant.library.download_disk import QueueDisk
from assistant.library.download_items import DownloadItem, Part, State
from assistant.library.download_job import PHASES, DownloadJob, why_it_waits
from assistant.net.messages import Fetch, Fetched, NetFailed, Progress

_THROWN_AWAY = (ErrorKind.DOWNLOAD_DAMAGED, ErrorKind.DOWNLOAD_SIZE)  # the child has deleted what had come
_RESTARTS = 3  # of a net child that ends before it has brought anything


class Net(Protocol):
    """What the queue needs of the net child's client."""

    def send(self, request: Fetch) -> None: ...

    def cancel(self, request_id: str, *, keep: bool = True) -> None: ...


class Runner:
    """Brings jobs of a queue. What a stopped request still has to say is known by its id and changes nothing.

    :param net: gives the net child's client when there is something to bring.
    :param row: a job's item with its numbers as they are now.
    :param save: has the disk know how far the jobs are. ``changed``: there is something to show.
    :param settle: called when a job is not with the child any more: who is next?
    :param offline: whether the child has to refuse every connection.
    :param came: called when a job's files are among the models. ``arrived``: when the queue is kept without it.
    """

    def __init__(
        self,
        net: Callable[[], Net],
        disk: QueueDisk,
        *,
        row: Callable[[DownloadJob], DownloadItem],
        save: Callable[..., None],
        changed: Callable[[], None],
        settle: Callable[[], None],
        offline: Callable[[], bool],
        came: Callable[[DownloadJob], None],
        arrived: Callable[[DownloadItem, Path], None],
    ) -> None:
        self._net = net
        self._disk = disk
        self._row = row
        self._save = save
        self._changed = changed
        self._settle = settle
        self._offline = offline
        self._came = came
        self._arrived = arrived
        self._attempts: dict[str, DownloadJob] = {}

    @property
    def busy(self) -> bool:
        """Is something with the net child?"""
        return bool(self._attempts)

    def start(self, job: DownloadJob) -> None:
        """Bring what is missing of a job, or put it in its place if nothing is."""
        job.asked = False
        if job.complete:
            self._place(job)
            return
        attempt = f"{job.item.id}-{secrets.token_hex(4)}"
        job.attempt, job.sent = attempt, False
        self._attempts[attempt] = job
        job.become(State.CONNECTING)
        self._disk.prepare(self._row(job), lambda result: self._prepared(attempt, result))

    def stop(self, job: DownloadJob, *, keep: bool = True) -> None:
        """Tell the child to end what it does for the job. Until it says so, the job cannot start again."""
        if job.attempt and (not job.stopping or not keep):
            job.stopping = True
            if job.sent:
                self._net().cancel(job.attempt, keep=keep)

    def drop(self, job: DownloadJob) -> None:
        """Delete what has come of a job, as soon as the child has let go of it."""
        job.dropped = True
        self._disk.dropped.add(job.item.id)
        self.stop(job, keep=False)
        if not job.attempt and not job.placing:
            self._disk.discard(job.item, placed=False, done=self._save)

    # ------------------------------------------------------------ what the net child says

    def handle(self, event: object) -> None:
        """Take in one event of the net child; those that belong to no download are not for us."""
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
        if job.worth_noting:
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

    def _judge(self, job: DownloadJob, error: AssistantError) -> None:
        """What to do about a request that failed by itself."""
        if error.kind is ErrorKind.OFFLINE and self._offline():
            job.become(State.WAITING, error)
        elif error.kind in (ErrorKind.OFFLINE, ErrorKind.WORKER_ENDED) and job.restarts < _RESTARTS:
            job.restarts += 1  # the switch may have been turned back meanwhile
            job.become(State.QUEUED)
        elif error.kind is ErrorKind.CANCELLED:
            job.become(State.PAUSED)
        else:
            if error.kind is ErrorKind.DOWNLOAD_CHANGED:
                job.unlearn()
            elif error.kind in _THROWN_AWAY:
                job.done = 0
            job.become(State.FAILED, error)

    def _ended(self, attempt: str) -> DownloadJob | None:
        job = self._attempts.pop(attempt, None)
        if job is not None:
            job.attempt, job.sent, job.stopping = "", False, False
        return job

    def _after(self, job: DownloadJob) -> None:
        if job.dropped:
            self._disk.discard(job.item, placed=False, done=self._save)
        elif job.complete:
            self._place(job)
        self._settle()

    # ------------------------------------------------------------ the files

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
        target = staging.place_of(self._disk.folder, job.item.id) / part.file
        job.sent = True
        floor = staging.floor(self._disk.folder)
        fetch = Fetch(id=attempt, place=part.place, target=str(target), size=part.size, sha256=part.sha256, floor=floor)
        self._net().send(fetch)

    def _place(self, job: DownloadJob) -> None:
        """The last step: all parts are whole and right."""
        job.placing = True
        job.become(State.CHECKING)
        item = replace(self._row(job), state=State.DONE)
        self._disk.place(item, lambda result: self._placed(job, result))

    def _placed(self, job: DownloadJob, result: tuple[DownloadItem, Path] | AssistantError) -> None:
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
            self._came(job)
        self._settle()
        if not isinstance(result, AssistantError) and not job.dropped:
            self._disk.discard(job.item, placed=False, done=lambda: None)  # after the queue was kept without it
            self._arrived(job.item, result[1])

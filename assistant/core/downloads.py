"""The queue of downloads as a face sees it, and what the user is told when one arrives or fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.base.errors import ErrorKind
from assistant.library.download_job import WANTED
from assistant.library.downloads import DownloadItem, Downloads, Part, State

__all__ = ["WANTED", "DownloadItem", "DownloadList", "Part", "State"]

_GATED = (ErrorKind.HUB_GATED, ErrorKind.HUB_TOKEN)


class DownloadList:
    """Every method runs on the pumping thread and returns at once.

    :param emit: called when ``rows`` has news. ``failed``: with an item that has just failed.
    """

    def __init__(
        self,
        make: Callable[[Callable[[], None], Callable[[DownloadItem, Path], None]], Downloads],
        *,
        emit: Callable[[], None],
        arrived: Callable[[DownloadItem, Path], None],
        failed: Callable[[DownloadItem], None],
        gone: Callable[[str], None],
    ) -> None:
        self._emit = emit
        self._failed = failed
        self._gone = gone
        self._troubled: set[str] = set()
        self.queue = make(self._changed, arrived)

    def rows(self) -> list[DownloadItem]:
        """The queue in its order, without what has arrived."""
        return self.queue.items()

    def by_hashes(self) -> dict[str, str]:
        """Ids of the downloads by the hashes of all their files, separated by spaces; without those not known yet."""
        rows = (row for row in self.rows() if all(part.sha256 for part in row.parts))
        return {" ".join(part.sha256 for part in row.parts): row.id for row in rows}

    def stopped(self) -> frozenset[str]:
        """Ids of the downloads that go on only when somebody says so."""
        return frozenset(row.id for row in self.rows() if row.state in (State.PAUSED, State.FAILED))

    def waiting(self) -> frozenset[str]:
        """Ids of the downloads that go on by themselves, but bring nothing now."""
        return frozenset(row.id for row in self.rows() if row.state in (State.QUEUED, State.WAITING))

    def row(self, item_id: str) -> DownloadItem | None:
        """One download, also one that arrived since the program started; None: it is unknown or was cancelled."""
        return self.queue.item(item_id)

    def get(self, name: str, parts: Sequence[Part], *, catalogue: str = "") -> str:
        """Want a model; returns the id of its download.

        :raises AssistantError: DOWNLOAD_EXISTS, MODEL_EXISTS, READ_ONLY.
        """
        return self.queue.get(name, parts, catalogue=catalogue)

    def pause(self, item_id: str) -> None:
        """Stop it where it is; what has come stays."""
        self.queue.pause(item_id)

    def resume(self, item_id: str) -> None:
        """Go on with one that was paused, has failed or waits."""
        self.queue.resume(item_id)

    def resume_gated(self) -> None:
        """Go on with what has failed for want of an access token: another one is known now.

        :raises AssistantError: READ_ONLY.
        """
        for row in self.rows():
            if row.state is State.FAILED and row.error is not None and row.error.kind in _GATED:
                self.resume(row.id)

    def cancel(self, item_id: str) -> None:
        """Forget it, and delete what has come of it."""
        self.queue.cancel(item_id)

    def pause_or_resume(self) -> bool | None:
        """Pause all that are wanted or, where none is, go on with all that are paused.

        :returns: whether they go on now; None: there are none.
        :raises AssistantError: READ_ONLY.
        """
        rows = self.rows()
        wanted = [row.id for row in rows if row.state in WANTED]
        paused = [row.id for row in rows if row.state is State.PAUSED]
        for item_id in reversed(wanted):  # the first one runs: no other has to begin in its place
            self.pause(item_id)
        for item_id in () if wanted else paused:
            self.resume(item_id)
        return not wanted if wanted or paused else None

    def first(self, item_id: str) -> None:
        """Have it run before all others."""
        self.queue.first(item_id)

    def move(self, item_id: str, position: int) -> None:
        """Give it another place in the queue, counted from 0."""
        self.queue.move(item_id, position)

    @property
    def mine(self) -> bool:
        """Does this program bring them? Otherwise another one does, and heeds what is wanted here, or nobody."""
        return self.queue.mine

    @property
    def idle(self) -> bool:
        """Is nothing on its way, and everything written down?"""
        return self.queue.idle

    def tick(self) -> None:
        """See whether another program has changed the queue, wants something of it, or has left it."""
        self.queue.look()

    def _changed(self) -> None:
        rows = {row.id: row for row in self.queue.items()}
        failed = {key for key, row in rows.items() if row.state is State.FAILED}
        for key in failed - self._troubled:
            self._failed(rows[key])
        for key in self._troubled - failed:
            self._gone(key)
        self._troubled = failed
        self._emit()

"""A transfer on a thread of the test, from a pretended Hub to a folder."""

from __future__ import annotations

import hashlib
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import hub_client
from assistant.net.messages import Fetched, Progress
from tests.fakes.fetcher import transfer
from tests.fakes.hub import Hub
from tests.fakes.hub_contents import RemoteBlob

NAME = "model.gguf"
REPO = "maker/model"


class Download:
    """One running transfer: ``end`` waits for its end, ``until`` for a report."""

    def __init__(self, hub: Hub, folder: Path, **options: Any) -> None:
        hub_client.quiet_library()
        self.reports: list[Progress] = []
        self._news: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()
        self._over = False
        self._result: Fetched | Exception | None = None
        self.target = folder / NAME
        options = {"endpoint": hub.address, "target": str(self.target), "patience": 0.02, "stall": 0.5, **options}
        self.transfer = transfer(options, self._news.put)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result = self.transfer.run()
        except Exception as error:
            self._result = error
        self._news.put(None)

    def until(self, wanted: Callable[[Progress], bool], seconds: float = 20) -> Progress | None:
        """The next report that is ``wanted``; None: it ended before."""
        while not self._over:
            report = self._news.get(timeout=seconds)
            if report is None:
                self._over = True
                break
            self.reports.append(report)
            if wanted(report):
                return report
        return None

    def end(self, seconds: float = 20) -> Fetched | AssistantError:
        """What came of it; a defect is raised."""
        self.until(lambda _: False, seconds)
        self._thread.join(seconds)
        assert isinstance(self._result, (Fetched, AssistantError)), repr(self._result)
        return self._result

    def stop(self, *, keep: bool = True) -> None:
        """Stop it, and see that it says so."""
        self.transfer.stop(keep=keep)
        end = self.end()
        assert isinstance(end, AssistantError), end
        assert end.kind is ErrorKind.CANCELLED


def is_right(path: Path, blob: RemoteBlob) -> bool:
    """Is the file the one on the Hub?"""
    return hashlib.sha256(path.read_bytes()).hexdigest() == blob.sha256


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())

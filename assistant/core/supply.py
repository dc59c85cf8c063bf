"""How models come here: the network, the queue of downloads, the market; and what the user is told about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from assistant.base.paths import Paths
from assistant.core import network
from assistant.core.downloads import WANTED, DownloadItem, DownloadList
from assistant.core.events import CoreEvent, DownloadsChanged
from assistant.core.inbox import Inbox
from assistant.core.market import Market
from assistant.core.network import Network
from assistant.core.notices import Notices
from assistant.core.shelf import Shelf
from assistant.core.threads import Threads
from assistant.engine.messages import Device as EngineDevice
from assistant.library.advice import Device, Machine, machine
from assistant.library.catalogue import entry, whole
from assistant.library.connections import Make, Switched
from assistant.library.downloads import Downloads
from assistant.library.models import InstalledModel
from assistant.storage.settings import Settings
from assistant.storage.state import StateFile
from assistant.texts import current_language

_GPUS = "gpus"  # in the state file: the devices that the engine found the last time
_LOOK_SECONDS = 2.0  # between two looks at what another program does to the queue


class Supply:
    """Wires the three; every method runs on the pumping thread.

    :param on_graphics: bytes of graphics memory that loaded models hold.
    :param arrived: called with a model that a download has brought.
    """

    def __init__(
        self,
        paths: Paths,
        settings: Settings,
        inbox: Inbox,
        threads: Threads,
        *,
        models: Shelf,
        notices: Notices,
        state: StateFile,
        emit: Callable[[CoreEvent], None],
        on_graphics: Callable[[str], int],
        arrived: Callable[[InstalledModel, DownloadItem], bool],
        make: Make | None = None,
    ) -> None:
        self._settings = settings
        self._models = models
        self._notices = notices
        self._state = state
        self._on_graphics = on_graphics
        self._arrived = arrived
        self._looked = 0.0
        self.network = Network(
            settings,
            inbox,
            ledger=paths.logs / "connections.jsonl",
            logs=paths.logs,
            mirrors=whole().mirrors,
            switched=self._switched,
            make=make,
        )
        self.downloads = DownloadList(
            lambda changed, come: Downloads(
                models.folder,
                lambda: self.network.transfers,
                changed=changed,
                arrived=come,
                post=inbox.put,
                register=models.register,
                held=models.held,
                offline=self.network.offline,
            ),
            emit=lambda: emit(DownloadsChanged()),
            arrived=self._come,
            failed=notices.download_failed,
            gone=notices.download_settled,
        )
        self.network.on_transfer = self.downloads.queue.handle
        self._when_idle: Callable[[], None] | None = None
        models.on_move(self._before_move, self._moved)
        self.market = Market(
            self.network,
            lambda: self.downloads,
            settings,
            threads,
            machine=self.machine,
            installed=models.by_origin,
            language=current_language,
            scratch=paths.cache / "headers",
        )

    def start(self, *, go_on: bool) -> None:
        """Read the queue.

        :param go_on: go on with what ran when the last program ended.
        """
        self.downloads.queue.restore(start=go_on)
        left = [row for row in self.downloads.rows() if row.state in WANTED and row.done]
        if left and self.downloads.mine and not self.network.offline:
            self._notices.downloads_go_on(left)

    def settings_changed(self, keys: frozenset[str]) -> None:
        """What concerns the network takes effect at once."""
        if keys & network.SETTINGS:
            self.network.refresh()
        if "offline" in keys:
            self.downloads.queue.set_offline(self.network.offline)

    def tick(self) -> None:
        self._go_when_idle()
        now = time.monotonic()
        if now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            self.downloads.tick()

    def close(self) -> None:
        """Stop all transfers, keeping what has come, and end both net children."""
        self.downloads.queue.close()
        self.network.close()

    # ------------------------------------------------------------ the folder moves

    def _before_move(self, go: Callable[[], None]) -> None:
        self.downloads.queue.suspend()
        self._when_idle = go
        self._go_when_idle()

    def _go_when_idle(self) -> None:
        if self._when_idle is not None and self.downloads.idle:
            go, self._when_idle = self._when_idle, None
            go()

    def _moved(self, folder: Path | None) -> None:
        if folder is not None:
            self.downloads.queue.relocate(folder)
        else:
            self.downloads.queue.restore()

    # ------------------------------------------------------------ this computer

    def machine(self) -> Machine:
        """What this computer has to give now."""
        return machine(self._models.folder, self.gpus())

    def devices_found(self, devices: tuple[EngineDevice, ...]) -> None:
        """The engine has said which graphics processors there are."""
        rows = [asdict(Device(d.name, d.total, d.free, d.kind)) for d in devices]
        self._state.set(_GPUS, rows)

    def gpus(self) -> tuple[Device, ...]:
        """The graphics processors, with the memory that would be free if no model lay there, less what lies there."""
        found = []
        for row in self._state.get(_GPUS, []):
            try:
                found.append(Device(str(row["name"]), int(row["total"]), int(row["free"]), str(row["kind"])))
            except (KeyError, TypeError, ValueError):
                continue
        held = self._on_graphics("")
        free = sum(device.free for device in found)
        share = max(0.0, 1 - held / free) if free else 0.0
        return tuple(Device(d.name, d.total, int(d.free * share), d.kind) for d in found)

    # ------------------------------------------------------------ what arrives

    def _switched(self, event: Switched) -> None:
        self._notices.switched(event.source)

    def _come(self, item: DownloadItem, path: Path) -> None:
        def found(model: InstalledModel) -> None:
            answers = self._arrived(model, item)
            self._notices.downloaded(model, item.name, answers=answers)

        self._models.arrived(path, found)


def only_tasks(item: DownloadItem) -> frozenset[str]:
    """The tasks that the downloaded model is made for and that are not chat; empty: it chats, or nobody knows."""
    row = entry(item.catalogue) if item.catalogue else None
    tasks = frozenset[str](row.tasks) if row is not None else frozenset[str]()
    return frozenset() if "chat" in tasks else tasks

"""What the queue does with the disk, all of it done by one thread in the order in which it was asked."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import handover, staging
from assistant.library.download_items import DownloadItem, Part, State
from assistant.library.handover import Request
from assistant.library.queuefile import QueueFile

Post = Callable[[Callable[[Any], None], Any], None]
Register = Callable[[DownloadItem, Path], None]


class Clerk:
    """One thread that does what it is given, in that order."""

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


class QueueDisk:
    """What one queue has on the disk. Its methods belong to the queue's thread and return at once; what comes of them
    is handed to the functions that were given, on the same thread.

    :param post: runs ``handler(value)`` on the queue's thread, from any thread.
    :param register: called on the clerk's thread when the files of an item are in their place.
    :param idle: called when something that was asked has been done.
    """

    def __init__(
        self, folder: Path, clerk: Clerk, *, post: Post, register: Register | None, idle: Callable[[], None]
    ) -> None:
        self.folder = folder
        self.dropped: set[str] = set()
        self._clerk = clerk
        self._given_post = post
        self._register = register
        self._idle = idle
        self._file = QueueFile(folder)
        self._requests: tuple[str, ...] = ()  # files of requests that were there at the last look
        self._heeded: set[str] = set()  # of those, what was done
        self._asked = 0
        self._closed = False

    # ------------------------------------------------------------ whose it is

    @property
    def mine(self) -> bool:
        return self._file.lock.held

    @property
    def busy(self) -> bool:
        return self._asked > 0

    @property
    def empty(self) -> bool:
        """Has nothing ever been wanted here?"""
        hidden = (staging.FOLDER, *handover.FOLDERS)
        return not self._file.exists and not any((self.folder / name).is_dir() for name in hidden)

    def acquire(self) -> bool:
        """Have the queue for this program; False: another one has it.

        :raises OSError: nothing can be written there.
        """
        return self._file.lock.acquire()

    def release(self) -> None:
        self._file.lock.release()

    def with_another(self) -> bool:
        """Does another program have the queue now?"""
        if self.mine or self.empty:
            return False
        try:
            taken = not self.acquire()
        except OSError:
            return False
        self.release()
        return taken

    def changed_outside(self) -> bool:
        if self._asked:
            return False
        return self._file.changed_outside() or handover.names(self.folder) != self._requests

    # ------------------------------------------------------------ what other programs want

    def leave(self, request: Request) -> None:
        """Leave a request for the program that has the queue.

        :raises OSError: nothing can be written there.
        """
        handover.leave(self.folder, request)

    def requests(self) -> list[Request]:
        """What is left for the program that has the queue and was not heeded, in the order in which it was left."""
        self._requests = handover.names(self.folder)
        return handover.read(self.folder, [name for name in self._requests if name not in self._heeded])

    def forget_requests(self) -> None:
        """Delete what ``requests`` has found, once the queue is kept as they wanted it."""
        if not self._heeded.issuperset(self._requests):
            self._heeded.update(self._requests)
            self._ask(partial(handover.forget, self.folder, self._requests), lambda _: None)

    # ------------------------------------------------------------ reading

    def load(self) -> list[tuple[DownloadItem, list[int]]]:
        """The items, and how many bytes their whole parts have. Where the file has lost one (damage, a folder that was
        moved), its own folder says what was wanted; it is paused, as nobody knows what the user has stopped."""
        kept = self._file.read(put_aside=self.mine)
        items = list(kept.items)
        self.dropped = set(kept.dropped)
        if self.mine:
            found = staging.recover(self.folder, {item.id for item in items} | self.dropped)
            items += [replace(item, state=State.PAUSED, error=None) for item in found]
        arrived = [item for item in items if self.mine and staging.has_arrived(self.folder, item)]
        wanted = [item for item in items if item not in arrived]
        for item in arrived:
            self._register_again(item)
        if arrived:
            self.save(wanted)
        for item in arrived:  # not before the queue has been kept without them
            self._ask(partial(staging.discard, self.folder, item.id), lambda _: None)
        return [(item, [part.size for part in staging.finished(self.folder, item)]) for item in wanted]

    def _register_again(self, item: DownloadItem) -> None:
        """The program was ended between an item's last step and the note about it."""
        register, folder = self._register, self.folder

        def work() -> None:
            placed, path = staging.publish(folder, item)
            if register is not None:
                register(placed, path)

        self._ask(work, lambda _: None)

    # ------------------------------------------------------------ writing

    def save(self, items: Iterable[DownloadItem], *, durable: bool = True) -> None:
        """Keep the queue as it is now. A disk that does not take it is no end: the parts say what was wanted."""
        rows, dropped, file = tuple(items), frozenset(self.dropped), self._file

        def work() -> None:
            with contextlib.suppress(OSError):
                file.write(rows, dropped, durable=durable)

        self._ask(work, lambda _: None)

    def prepare(self, item: DownloadItem, done: Callable[[tuple[Part, ...] | AssistantError], None]) -> None:
        """Make an item's folder; ``done`` gets those of its first parts that are whole already."""
        self._ask(lambda: staging.prepare(self.folder, item), done)

    def place(self, item: DownloadItem, done: Callable[[tuple[DownloadItem, Path] | AssistantError], None]) -> None:
        """Put an item's files among the models; ``done`` gets the item as it is called now, and its first file."""
        register, folder = self._register, self.folder

        def work() -> tuple[DownloadItem, Path]:
            placed, path = staging.publish(folder, item)
            if register is not None:
                register(placed, path)
            return placed, path

        self._ask(work, done)

    def discard(self, item: DownloadItem, *, placed: bool, done: Callable[[], None]) -> None:
        """Delete what an item has, also its files among the models if they have just been ``placed`` there."""
        folder = self.folder

        def work() -> None:
            staging.discard(folder, item.id)
            for part in item.parts if placed else ():
                with contextlib.suppress(OSError):
                    (folder / part.file).unlink()

        self._ask(work, lambda _: self._discarded(item.id, done))

    def discard_dropped(self, done: Callable[[], None]) -> None:
        """Delete what is left of items that were cancelled before the last program ended."""
        for item_id in sorted(self.dropped):
            self.discard(DownloadItem(item_id, "", ()), placed=False, done=done)

    def close(self, seconds: float) -> None:
        self._closed = True
        self._clerk.close(seconds)
        self.release()

    # ------------------------------------------------------------ the clerk

    def _discarded(self, item_id: str, done: Callable[[], None]) -> None:
        self.dropped.discard(item_id)
        done()

    def _ask(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Have the clerk do something; ``done`` gets what it returns, or the AssistantError that it raises."""
        self._asked += 1

        def run() -> None:
            try:
                result = work()
            except AssistantError as error:
                result = error
            except Exception as error:  # the clerk has to live on
                result = AssistantError(ErrorKind.INTERNAL, repr(error))
            if not self._closed:
                self._given_post(finish, result)

        def finish(result: Any) -> None:
            self._asked -= 1
            done(result)
            self._idle()

        self._clerk.do(run)

"""A queue of downloads with everything around it, and what can be seen of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library.downloads import Clerk, DownloadItem, Downloads, Part, State
from assistant.net.messages import Fetch, Fetched, NetFailed, Place, Progress

SHA = "ab" * 32
OTHER_SHA = "cd" * 32
REVISION = "12" * 20


class DirectClerk(Clerk):
    """Works on the spot, or when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Callable[[], None]] | None = None

    def do(self, work: Callable[[], None]) -> None:
        if self.held is None:
            work()
        else:
            self.held.append(work)

    def go_on(self) -> None:
        works, self.held = self.held or [], None
        for work in works:
            work()


class FakeNet:
    """A net child that does what the test says, and never two things for one file at a time."""

    def __init__(self) -> None:
        self.sent: list[Fetch] = []
        self.cancelled: list[tuple[str, bool]] = []
        self.open: dict[str, Fetch] = {}

    def send(self, request: Fetch) -> None:
        assert request.target not in [other.target for other in self.open.values()], "two requests write one file"
        self.sent.append(request)
        self.open[request.id] = request

    def cancel(self, request_id: str, *, keep: bool = True) -> None:
        assert request_id in self.open, "nothing to cancel"
        self.cancelled.append((request_id, keep))

    @property
    def last(self) -> Fetch:
        return self.sent[-1]


class Bench:
    """A queue with everything around it, pumped by hand."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.net = FakeNet()
        self.clerk = DirectClerk()
        self.inbox: list[tuple[Callable[[Any], None], Any]] = []
        self.arrived: list[tuple[DownloadItem, Path]] = []
        self.registered: list[str] = []
        self.changes = 0
        self.queue = Downloads(
            folder,
            lambda: self.net,
            changed=self._changed,
            arrived=lambda item, path: self.arrived.append((item, path)),
            post=lambda handler, value: self.inbox.append((handler, value)),
            register=lambda item, path: self.registered.append(path.name),
            clerk=self.clerk,
            **options,
        )

    def _changed(self) -> None:
        self.changes += 1

    def pump(self) -> None:
        while self.inbox:
            handler, value = self.inbox.pop(0)
            handler(value)

    def get(self, name: str = "Model", *parts: Part, **options: Any) -> str:
        item_id = self.queue.get(name, parts or (part(f"{name}.gguf"),), **options)
        self.pump()
        return item_id

    def say(self, event: object) -> None:
        self.queue.handle(event)
        self.pump()

    def progress(self, done: int, size: int = 1000, **values: Any) -> None:
        self.say(
            Progress(id=self.net.last.id, done=done, size=size, phase=values.pop("phase", "downloading"), **values)
        )

    def finish(self, content: bytes = b"x" * 1000, sha256: str = SHA, fetch: Fetch | None = None) -> None:
        """The child has brought the file."""
        request = fetch or self.net.last
        Path(request.target).write_bytes(content)
        del self.net.open[request.id]
        self.say(Fetched(id=request.id, path=request.target, size=len(content), sha256=sha256, revision=REVISION))

    def fail(self, kind: ErrorKind, fetch: Fetch | None = None, **values: Any) -> None:
        request = fetch or self.net.last
        del self.net.open[request.id]
        self.say(NetFailed(id=request.id, kind=kind, values=values))

    def answer_cancels(self) -> None:
        """The child ends what it was told to end; what it does not keep is deleted."""
        for request_id, keep in self.net.cancelled:
            request = self.net.open.pop(request_id, None)
            if request is not None:
                if not keep:
                    Path(request.target).with_name(f".{Path(request.target).name}.part").unlink(missing_ok=True)
                self.say(NetFailed(id=request_id, kind=ErrorKind.CANCELLED))

    def write_part(self, size: int = 400) -> Path:
        target = Path(self.net.last.target)
        part_file = target.with_name(f".{target.name}.part")
        part_file.write_bytes(b"p" * size)
        part_file.with_name(f"{part_file.name}.json").write_text("{}")
        return part_file

    def state(self, item_id: str) -> State | None:
        item = self.queue.item(item_id)
        return item.state if item is not None else None

    def end(self) -> None:
        self.queue.close()


def part(file: str, repo: str = "owner/name", size: int = 1000, sha256: str = "") -> Part:
    return Part(Place(repo=repo, file=file), size, sha256)


def error_from(call: Callable[..., object], *arguments: object, **options: object) -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        call(*arguments, **options)
    return caught.value


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def kept(folder: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads((folder / ".downloads.json").read_text())["items"]
    return items


def make_queued(bench: Bench) -> str:
    bench.get("Other")
    return bench.get("Model")


def make_connecting(bench: Bench) -> str:
    return bench.get("Model")


def make_downloading(bench: Bench) -> str:
    item_id = bench.get("Model")
    bench.write_part()
    bench.progress(400)
    return item_id


def make_waiting(bench: Bench) -> str:
    item_id = bench.get("Model")
    bench.write_part()
    bench.progress(400, phase="waiting", kind=ErrorKind.NET_STALLED, wait=8.0, source="hub.example")
    return item_id


def make_checking(bench: Bench) -> str:
    item_id = bench.get("Model")
    bench.write_part(1000)
    bench.progress(1000, phase="checking")
    return item_id


def make_paused(bench: Bench) -> str:
    item_id = make_downloading(bench)
    bench.queue.pause(item_id)
    bench.answer_cancels()
    return item_id


def make_failed(bench: Bench) -> str:
    item_id = make_downloading(bench)
    bench.fail(ErrorKind.NET_SERVER, host="hub.example", status=500)
    return item_id


STATES = {
    State.QUEUED: make_queued,
    State.CONNECTING: make_connecting,
    State.DOWNLOADING: make_downloading,
    State.WAITING: make_waiting,
    State.CHECKING: make_checking,
    State.PAUSED: make_paused,
    State.FAILED: make_failed,
}


def states(bench: Bench) -> list[tuple[str, State]]:
    return [(item.name, item.state) for item in bench.queue.items()]


def requests(folder: Path) -> list[Path]:
    return sorted(folder.glob(".downloads.requests/*"))

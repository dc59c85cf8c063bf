"""The queue with the real net child and a Hub on this machine: stopped in every state, resumed, killed, cancelled."""

from __future__ import annotations

import os
import queue
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import ErrorKind
from assistant.library.downloads import DownloadItem, Downloads, Part, State
from assistant.library.models import Models
from assistant.net.client import NetClient
from assistant.net.messages import Place, Setup
from tests.fakes.hub import Hub

SIZE = 6_000_000
AT_ONCE = 1.0  # seconds


class Program:
    """A queue, its net child, and the thread that owns both."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        self.folder = folder
        self.models = Models(folder, folder / "index.json")
        self.arrived: list[str] = []
        self._inbox: queue.SimpleQueue[tuple[Callable[[Any], None], Any]] = queue.SimpleQueue()
        self.net = NetClient(lambda event: self._post(self.queue.handle, event), environ={})
        self.net.setup(Setup(endpoint=hub.address, fallback=False))
        self.queue = Downloads(
            folder,
            lambda: self.net,
            changed=lambda: None,
            arrived=lambda item, path: self.arrived.append(path.name),
            post=self._post,
            register=self.models.register,
            held=self.models.held,
        )
        self.queue.restore()

    def _post(self, handler: Callable[[Any], None], value: Any) -> None:
        self._inbox.put((handler, value))

    def until(self, fact: Callable[[], object], seconds: float = 30) -> float:
        """Pump until ``fact`` holds; returns how long it took."""
        begin = time.monotonic()
        while not fact():
            left = begin + seconds - time.monotonic()
            assert left > 0, [(item.name, item.state, item.error) for item in self.queue.items()]
            try:
                handler, value = self._inbox.get(timeout=min(left, 0.02))
            except queue.Empty:
                continue
            handler(value)
        return time.monotonic() - begin

    def get(self, hub: Hub, *names: str) -> str:
        parts = [Part(Place(repo="owner/name", file=name), *_facts(hub, name)) for name in names]
        return self.queue.get(names[0], parts)

    def item(self, item_id: str) -> DownloadItem:
        found = self.queue.item(item_id)
        assert found is not None
        return found

    def begun(self, item_id: str) -> bool:
        return self.item(item_id).done > 0

    def close(self) -> None:
        self.queue.close()
        self.net.close(5)


def _facts(hub: Hub, name: str) -> tuple[int, str]:
    blob = hub.repos["owner/name"].files[name]
    return blob.size, blob.sha256


def traces(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if ".part" in path.name or ".downloads" in path.parts)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub(throttle=4_000_000) as made:
        for name in ("a.gguf", "b.gguf", "big-00001-of-00002.gguf", "big-00002-of-00002.gguf"):
            made.add("owner/name", name, size=SIZE)
        yield made


@pytest.fixture
def program(hub: Hub, tmp_path: Path) -> Iterator[Program]:
    made = Program(tmp_path / "models", hub)
    yield made
    made.close()


def check(program: Program, hub: Hub, *names: str) -> None:
    for name in names:
        assert (program.folder / name).read_bytes() == hub.repos["owner/name"].files[name].data
    assert traces(program.folder) == []


def test_a_queue_of_three_with_a_model_in_parts(program: Program, hub: Hub) -> None:
    hub.throttle = 0
    program.get(hub, "a.gguf")
    program.get(hub, "big-00001-of-00002.gguf", "big-00002-of-00002.gguf")
    program.get(hub, "b.gguf")
    program.until(lambda: len(program.arrived) == 3 and program.queue.idle)
    assert program.arrived == ["a.gguf", "big-00001-of-00002.gguf", "b.gguf"]
    check(program, hub, "a.gguf", "big-00001-of-00002.gguf", "big-00002-of-00002.gguf", "b.gguf")
    assert not program.queue.mine
    models = {one.path.name: one for one in program.models.installed()}
    upstream = models["a.gguf"].upstream
    assert upstream is not None
    assert (upstream.repo, upstream.sha256) == ("owner/name", (_facts(hub, "a.gguf")[1],))
    assert len(upstream.revision) == 40
    same = [Part(Place(repo="owner/name", file="a.gguf"), *_facts(hub, "a.gguf"))]
    assert program.models.held(same) == ""  # bytes that are no model stand for none


def test_paused_and_resumed_nothing_is_asked_for_twice(program: Program, hub: Hub) -> None:
    item_id = program.get(hub, "a.gguf")
    program.until(lambda: program.item(item_id).done > SIZE // 4)
    program.queue.pause(item_id)
    assert program.item(item_id).state is State.PAUSED
    assert program.until(lambda: program.queue.idle) < AT_ONCE
    program.queue.resume(item_id)
    program.until(lambda: program.arrived and program.queue.idle)
    check(program, hub, "a.gguf")
    assert hub.bytes_sent < SIZE * 1.3


def _stalled(program: Program, hub: Hub) -> str:
    hub.fault("stall", at=SIZE // 2, times=-1)
    item_id = program.get(hub, "a.gguf")
    program.until(lambda: program.begun(item_id))
    return item_id


def _refused(program: Program, hub: Hub) -> str:
    hub.fault("status", value=503, times=-1)
    item_id = program.get(hub, "a.gguf")
    program.until(lambda: program.item(item_id).state is State.WAITING)
    return item_id


def _flowing(program: Program, hub: Hub) -> str:
    item_id = program.get(hub, "a.gguf")
    program.until(lambda: program.begun(item_id))
    return item_id


def _at_the_very_start(program: Program, hub: Hub) -> str:
    return program.get(hub, "a.gguf")


@pytest.mark.parametrize("state", [_at_the_very_start, _flowing, _stalled, _refused])
def test_a_cancel_deletes_everything_at_once(state: Callable[[Program, Hub], str], program: Program, hub: Hub) -> None:
    item_id = state(program, hub)
    program.queue.cancel(item_id)
    assert program.queue.items() == []
    assert program.until(lambda: program.queue.idle and not traces(program.folder)) < AT_ONCE
    assert list(program.folder.glob("*.gguf")) == []
    hub.faults.clear()
    hub.throttle = 0
    program.get(hub, "a.gguf")
    program.until(lambda: program.arrived and program.queue.idle)
    check(program, hub, "a.gguf")


def test_another_one_first_and_then_the_rest(program: Program, hub: Hub) -> None:
    first = program.get(hub, "a.gguf")
    program.until(lambda: program.begun(first))
    second = program.get(hub, "b.gguf")
    program.queue.first(second)
    program.until(lambda: program.begun(second))
    assert program.item(first).state is State.QUEUED
    hub.throttle = 0
    program.until(lambda: len(program.arrived) == 2 and program.queue.idle)
    assert program.arrived == ["b.gguf", "a.gguf"]
    check(program, hub, "a.gguf", "b.gguf")


def test_a_net_child_that_is_killed_is_started_again(program: Program, hub: Hub) -> None:
    item_id = program.get(hub, "a.gguf")
    for share in (0.2, 0.5):
        program.until(lambda share=share: program.item(item_id).done > SIZE * share)
        pid = program.net.pid
        assert pid is not None
        os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        program.until(lambda pid=pid: program.net.pid not in (None, pid))
    program.until(lambda: program.arrived and program.queue.idle)
    check(program, hub, "a.gguf")


def test_offline_holds_and_online_goes_on(program: Program, hub: Hub) -> None:
    item_id = program.get(hub, "a.gguf")
    program.until(lambda: program.begun(item_id))
    program.queue.set_offline(True)
    program.net.setup(Setup(offline=True))
    program.until(lambda: program.queue.idle)
    held = program.item(item_id)
    assert held.error is not None
    assert (held.state, held.error.kind) == (State.WAITING, ErrorKind.OFFLINE)
    program.net.setup(Setup(endpoint=hub.address, fallback=False))
    program.queue.set_offline(False)
    program.until(lambda: program.arrived and program.queue.idle)
    check(program, hub, "a.gguf")


def test_the_next_program_goes_on_where_the_last_one_ended(hub: Hub, tmp_path: Path) -> None:
    first = Program(tmp_path / "models", hub)
    item_id = first.get(hub, "a.gguf")
    first.until(lambda: first.item(item_id).done > SIZE // 4)
    first.close()
    second = Program(tmp_path / "models", hub)
    try:
        assert second.item(item_id).done > SIZE // 10
        second.until(lambda: second.arrived and second.queue.idle)
        check(second, hub, "a.gguf")
        assert hub.bytes_sent < SIZE * 1.3
    finally:
        second.close()

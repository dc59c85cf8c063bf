"""Downloads: speed beside one plain curl, and what kills and cuts cost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.client import NetClient
from assistant.net.messages import Fetch, Fetched, NetEvent, NetFailed, Place, Setup
from tests.bench.setting import Setting
from tests.bench.stats import Row, Samples
from tests.fakes.download_killer import kill_and_cut

_ROOT = Path(__file__).resolve().parents[2]
_RATE = 125_000_000  # bytes a second: a line of one gigabit


def download(setting: Setting) -> list[Row]:
    """The rows about downloads."""
    return [*_speed(setting), *_kills(setting)]


def _kills(setting: Setting) -> list[Row]:
    folder = setting.scratch / "killed"
    folder.mkdir()
    kills, cuts, size = (5, 4, 12_000_000) if setting.quick else (50, 20, 60_000_000)
    toll = kill_and_cut(folder, size=size, kills=kills, cuts=cuts, seed=1)
    setting.say(f"    {toll}")
    words = f"{kills} kills, {toll.cuts} cuts; sent in all {toll.sent / size:.2f} times the size"
    wrong = not toll.right or toll.early or toll.left
    return [
        Row("download: asked for again / size", toll.again / size, "at most", 0.1, note=words),
        Row("download: files wrong or left over", float(bool(wrong)), "at most", 0.0),
    ]


def _speed(setting: Setting) -> list[Row]:
    """A file from a server of one gigabit, with hashing, through the child that the program itself uses."""
    size = _RATE * (2 if setting.quick else 8)
    with _server(size) as about, _Child(about["address"], setting.scratch) as child:
        child.fetch(setting.scratch / "first.gguf", about)  # the child has loaded what it needs

        def ours(_: int) -> float:
            return size / child.fetch(setting.scratch / "model.gguf", about) / 1e6

        def curl(_: int) -> float:
            return size / _curl(about["address"], setting.scratch / "model.curl") / 1e6

        mine, theirs = setting.interleave(ours, curl)
    ratios = Samples.of([one / two for one, two in zip(mine.values, theirs.values, strict=True)])
    samples = {"ours MB/s": mine.values, "curl MB/s": theirs.values}
    words = f"{mine.median:.1f} and {theirs.median:.1f} MB/s"
    return [Row("download / one plain curl", ratios.median, "at least", 0.95, note=words, samples=samples)]


@contextmanager
def _server(size: int) -> Iterator[dict[str, str]]:
    """A pretended Hub in a process of its own: address and hash of its one file."""
    command = [sys.executable, "-m", "tests.fakes.hub", "--size", str(size), "--throttle", str(_RATE)]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.communicate(timeout=20)


def _curl(address: str, target: Path) -> float:
    program = shutil.which("curl")
    if program is None:
        raise RuntimeError("curl is not installed")
    began = time.monotonic()
    subprocess.run([program, "-sfL", "-o", target, f"{address}/maker/model/resolve/main/model.gguf"], check=True)
    seconds = time.monotonic() - began
    target.unlink()
    return seconds


class _Child:
    """The net child, one transfer at a time."""

    def __init__(self, address: str, folder: Path) -> None:
        self._ended = threading.Event()
        self._end: NetEvent | None = None
        self._client = NetClient(self._hear, log=folder / "net.log")
        self._client.setup(Setup(endpoint=address, ledger=str(folder / "ledger.jsonl")))

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close(10)

    def fetch(self, target: Path, about: dict[str, str]) -> float:
        """Seconds for one transfer, from the wish to the file in its place."""
        self._ended.clear()
        began = time.monotonic()
        place = Place(repo="maker/model", file="model.gguf")
        self._client.send(Fetch(id=os.urandom(4).hex(), place=place, target=str(target), floor=0))
        if not self._ended.wait(300):
            raise AssistantError(ErrorKind.NET_STALLED)
        seconds = time.monotonic() - began
        if not isinstance(self._end, Fetched) or self._end.sha256 != about["sha256"]:
            raise RuntimeError(f"no file came: {self._end}")
        target.unlink()
        return seconds

    def _hear(self, event: NetEvent) -> None:
        if isinstance(event, (Fetched, NetFailed)):
            self._end = event
            self._ended.set()

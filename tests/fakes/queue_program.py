"""A program with a queue of downloads, whose net child is a thread that writes files slowly. It is there to be killed.

Arguments: the models folder, then ``run`` (go on with what is in the queue until it is empty), ``get NAME...``
(want these models first; ``NAME*3`` has three parts) or ``hang NAME...`` (the same, and nothing comes). Every line that
it prints is a fact: ``mine`` or ``theirs``, ``wanted ID``, ``arrived NAME``, ``refused KIND``, ``idle``.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library.downloads import DownloadItem, Downloads, Part, State
from assistant.library.models import Models
from assistant.net.messages import Fetch, Fetched, NetFailed, Place, Progress
from tests.unit.library.handmade import STRING, Pair, model

_STEPS = 20
_STEP_SECONDS = 0.005
_HANGING_SECONDS = 600.0


def content_of(name: str) -> bytes:
    return model(pairs={"general.name": Pair("general.name", STRING, name)}).encode()


class SlowNet:
    """Brings made-up files, each a little at a time, and goes on where it was killed."""

    def __init__(self, deliver: Callable[[object], None], *, pause: float) -> None:
        self._deliver = deliver
        self._pause = pause
        self._stopped: dict[str, bool] = {}

    def send(self, request: Fetch) -> None:
        threading.Thread(target=self._bring, args=(request,), daemon=True).start()

    def cancel(self, request_id: str, *, keep: bool = True) -> None:
        self._stopped[request_id] = keep

    def _bring(self, request: Fetch) -> None:
        target = Path(request.target)
        part = target.with_name(f".{target.name}.part")
        whole = content_of(str(getattr(request.place, "file", "")))
        step = len(whole) // _STEPS + 1
        with part.open("ab") as file:
            while file.tell() < len(whole):
                if request.id in self._stopped:
                    break
                file.write(whole[file.tell() :][:step])
                file.flush()
                self._deliver(Progress(id=request.id, done=file.tell(), size=len(whole), phase="downloading"))
                time.sleep(self._pause)
        if request.id in self._stopped:
            if not self._stopped[request.id]:
                part.unlink()
            self._deliver(NetFailed(id=request.id, kind=ErrorKind.CANCELLED))
            return
        part.rename(target)
        self._deliver(Fetched(id=request.id, path=str(target), size=len(whole), sha256="ab" * 32))


def main(folder: Path, verb: str, names: list[str]) -> None:
    inbox: queue.SimpleQueue[tuple[Callable[[Any], None], Any]] = queue.SimpleQueue()
    models = Models(folder, folder / "index.json")

    def arrived(_item: DownloadItem, path: Path) -> None:
        print("arrived", path.name, flush=True)

    downloads: Downloads
    pause = _HANGING_SECONDS if verb == "hang" else _STEP_SECONDS
    net = SlowNet(lambda event: inbox.put((downloads.handle, event)), pause=pause)
    downloads = Downloads(
        folder,
        lambda: net,
        changed=lambda: None,
        arrived=arrived,
        post=lambda handler, value: inbox.put((handler, value)),
        register=models.register,
    )
    print("mine" if downloads.restore() else "theirs", flush=True)
    if verb != "run":
        for name in names:
            _want(downloads, name)
    while any(item.state not in (State.PAUSED, State.FAILED) for item in downloads.items()) or not downloads.idle:
        if not downloads.mine and downloads.idle:
            break  # they are another program's
        handler, value = inbox.get()
        handler(value)
    downloads.close()
    print("idle", flush=True)


def _want(downloads: Downloads, name: str) -> None:
    stem, _, count = name.partition("*")
    files = [f"{stem}-{n:05}-of-{int(count):05}.gguf" for n in range(1, int(count) + 1)] if count else [f"{stem}.gguf"]
    try:
        item_id = downloads.get(stem, [Part(Place(repo=f"owner/{stem}", file=file)) for file in files])
        print("wanted", item_id, flush=True)
    except AssistantError as error:
        print("refused", error.kind.value, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])

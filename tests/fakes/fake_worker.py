"""A worker child that misbehaves: the template of a request, or the name of its document, says how. Run as a script."""

from __future__ import annotations

import os
import queue
import sys
import time
from pathlib import Path

from assistant.base.errors import ErrorKind
from assistant.process import take_pipe
from assistant.worker.messages import Export, Part, ReadDocument, Ready, Refused, Render, Rendered, Request

COMMAND = [sys.executable, "-P", str(Path(__file__).resolve())]


def main() -> None:
    pipe = take_pipe(Request)
    if "unborn" in sys.argv:
        os.write(2, b"a library is missing\n")
        os._exit(3)
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    pipe.listen(requests.put)
    pipe.send(Ready())
    answers = 0
    while True:
        request = requests.get()
        if isinstance(request, Export):  # it is killed while it writes
            target = Path(request.target)
            target.with_name(f".{target.name}.a1b2c3d4.tmp").write_bytes(b"half of it")
            os._exit(9)
        assert isinstance(request, Render | ReadDocument)
        good = Rendered(id=request.id, parts=(Part(text=f"{os.getpid()}"),))
        match request.template if isinstance(request, Render) else request.name:
            case "die":
                os.write(2, b"about to die\n")
                os._exit(9)
            case "die once":
                assert isinstance(request, Render)
                marker = Path(request.extra["marker"])
                if not marker.exists():
                    marker.touch()
                    os._exit(9)
                pipe.send(good)
            case "swell":
                held = [bytes(16 << 20).replace(b"\0", b"x") for _ in range(40)]
                time.sleep(600)
                del held
            case "slow":
                time.sleep(1.0)
                pipe.send(good)
            case "full":  # what was read before leaves too little for this
                answers += 1
                refused = Refused(id=request.id, kind=ErrorKind.DOCUMENT_MEMORY, detail=f"{os.getpid()}")
                pipe.send(good if answers == 1 else refused)
            case "full and slow":  # the same, and a fresh child takes too long
                if answers == 0:
                    time.sleep(600)
                pipe.send(Refused(id=request.id, kind=ErrorKind.DOCUMENT_MEMORY))
            case "small":
                pipe.send(Refused(id=request.id, kind=ErrorKind.DOCUMENT_MEMORY, detail=f"{os.getpid()}"))
            case "hang":
                time.sleep(600)
            case "mute":
                pass
            case "babble":
                os.write(pipe._sink, b"I am no frame at all")
            case "strangers":
                pipe.send(Rendered(id="nobody", parts=()), good, good, Rendered(id="nobody", parts=()))
            case "late":
                assert isinstance(request, Render)
                time.sleep(request.extra["seconds"])
                pipe.send(good)
            case _:
                pipe.send(good)


if __name__ == "__main__":
    main()

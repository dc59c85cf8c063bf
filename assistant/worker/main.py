"""The worker child: one request at a time, within limits of memory and time."""

from __future__ import annotations

import contextlib
import faulthandler
import queue
import sys
from datetime import datetime

from assistant.base import nonetwork
from assistant.base.errors import ErrorKind
from assistant.process import FrameError, take_pipe
from assistant.worker.messages import Ready, Refused, Rendered, Request

MEMORY_LIMIT = 2 << 30
"""Bytes of address space. A template that wants more gets a MemoryError, not the machine."""
_LAST_RESORT = 20.0  # seconds after which the process ends itself, should its client no longer be there to do it


def main() -> None:
    """Serve until the pipe is closed."""
    pipe = take_pipe(Request)
    nonetwork.forbid()
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    pipe.listen(requests.put)
    limit_memory(MEMORY_LIMIT)
    from assistant.worker.rendering import render  # noqa: PLC0415 - jinja2 only after the pipe is out of reach

    pipe.send(Ready())
    while True:
        request = requests.get()
        # A thread of C code that needs no interpreter lock: also a loop inside one C call ends.
        faulthandler.dump_traceback_later(_LAST_RESORT, exit=True, file=2)
        try:
            answer: Rendered | Refused = render(request, datetime.now())
        except MemoryError:
            answer = Refused(id=request.id, kind=ErrorKind.TEMPLATE_SLOW, detail="out of memory")
        except RecursionError:
            answer = Refused(id=request.id, kind=ErrorKind.TEMPLATE_BROKEN, detail="nested too deeply")
        faulthandler.cancel_dump_traceback_later()
        try:
            pipe.send(answer)
        except FrameError as error:
            pipe.send(Refused(id=request.id, kind=ErrorKind.TEMPLATE_SLOW, detail=str(error)))
        del request, answer


def limit_memory(size: int) -> None:
    """Bound this process's address space to ``size`` bytes and switch core files off, where the system can."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415

    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ValueError, OSError):
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (size if hard == resource.RLIM_INFINITY else min(size, hard), hard))


if __name__ == "__main__":
    main()

"""Entry of an engine's child process: wait for ``Load``, load, serve until the pipe closes."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

import psutil

from assistant.base import nonetwork
from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.backend import Backend, Opener, Progress
from assistant.engine.inbox import Inbox
from assistant.engine.loading import LoadingTeller
from assistant.engine.loop import Loop
from assistant.engine.messages import Failed, Load, Loaded, Ping, Pong, Request, Survey, Surveyed
from assistant.process import Pipe, take_pipe
from assistant.process.outcome import EXIT_NO_LIBRARY

HEARTBEAT = 1.0  # seconds between two signs of life


def serve(pipe: Pipe[Any], opener: Opener) -> None:
    """Run a child over ``pipe``; returns when the parent has closed it."""
    inbox = Inbox()
    threading.Thread(target=inbox.read_from, args=(pipe,), name="reader", daemon=True).start()
    backend = None
    while backend is None:
        inbox.wait()
        requests, cancelled = inbox.take()
        if inbox.closed:
            return
        for request, _ in requests:
            if isinstance(request, Load) and backend is None and request.id not in cancelled:
                backend = _load(pipe, inbox, request, opener)
            elif backend is not None:
                inbox.put(request)
            else:
                _refuse(pipe, request, request.id in cancelled if isinstance(request, Load) else False)
    loop = Loop(backend, inbox, pipe, _memory)
    threading.Thread(target=_heartbeat, args=(pipe, loop), name="heartbeat", daemon=True).start()
    loop.run()


def _load(pipe: Pipe[Any], inbox: Inbox, load: Load, opener: Opener) -> Backend | None:
    teller = LoadingTeller(pipe, load)

    def progress(done: float) -> bool:
        teller.tell(done)
        return not inbox.is_cancelled(load.id)

    try:
        with teller.beating(HEARTBEAT):
            backend = opener(load, progress)
    except AssistantError as error:
        pipe.send(Failed.by(load.id, error))
        return None
    except ImportError as error:
        print(f"the native library cannot be loaded: {error}", file=sys.stderr, flush=True)  # noqa: T201 - the child's log
        os._exit(EXIT_NO_LIBRARY)
    pipe.send(Loaded(id=load.id, facts=backend.facts))
    return backend


def _refuse(pipe: Pipe[Any], request: Request, cancelled: bool) -> None:
    """Nothing is loaded yet."""
    if isinstance(request, Ping):
        pipe.send(Pong(id=request.id, memory=_memory()))
        return
    if isinstance(request, Survey):
        pipe.send(_survey(request))
        return
    identifier = getattr(request, "id", "")
    if identifier:
        pipe.send(Failed(id=identifier, kind=ErrorKind.CANCELLED if cancelled else ErrorKind.NO_MODEL))


def _survey(request: Survey) -> Surveyed:
    try:
        from assistant.engine.llama import devices, start  # noqa: PLC0415 - see _open_llama
    except ImportError:  # a load will say so
        return Surveyed(id=request.id)
    start()
    return Surveyed(id=request.id, devices=devices())


def _heartbeat(pipe: Pipe[Any], loop: Loop) -> None:
    """Say once a second that the loop is moving; silent when it is stuck, so that the parent can tell."""
    pause = threading.Event()
    while not pause.wait(HEARTBEAT):
        if (alive := loop.heartbeat.alive()) is not None:
            pipe.send(alive)


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)


def _open_llama(load: Load, progress: Progress) -> Backend:
    # Imported here: the pipe must be out of the way of native output, and the reader must run, before this.
    from assistant.engine.llama_backend import open_llama  # noqa: PLC0415

    return open_llama(load, progress)


def main() -> int:
    """``python -m assistant.engine.main``; messages travel over standard input and output."""
    pipe = take_pipe(Request)
    nonetwork.forbid()
    serve(pipe, _open_llama)
    os._exit(0)  # native destructors have nothing to do that the system does not do faster


if __name__ == "__main__":
    sys.exit(main())

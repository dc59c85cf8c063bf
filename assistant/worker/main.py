"""The worker child: one request at a time, within limits of memory and time."""

from __future__ import annotations

import faulthandler
import queue
from datetime import datetime

from assistant.base import nonetwork
from assistant.base.errors import ErrorKind
from assistant.process import FrameError, take_pipe
from assistant.worker.limits import ADDRESS_SPACE, LIMITS, limit_address_space, limit_memory
from assistant.worker.messages import Answer, DocumentRequest, Ready, Refused, Render, Rendered, Request

_LAST_RESORT = 16.0  # seconds beyond its time after which it ends itself, should its client not be there to do it


def main() -> None:
    """Serve until the pipe is closed."""
    pipe = take_pipe(Request)
    nonetwork.forbid()
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    pipe.listen(requests.put)
    limit_address_space(ADDRESS_SPACE)
    pipe.send(Ready())
    while True:
        request = requests.get()
        limit = LIMITS[type(request)]
        # A thread of C code that needs no interpreter lock: also a loop inside one C call ends.
        faulthandler.dump_traceback_later(limit.seconds + _LAST_RESORT, exit=True, file=2)
        limit_memory(limit.memory)
        answer = _answer(request)
        limit_memory(0)
        faulthandler.cancel_dump_traceback_later()
        try:
            pipe.send(answer)
        except FrameError as error:
            kind = ErrorKind.TEMPLATE_SLOW if isinstance(request, Render) else ErrorKind.DOCUMENT_MEMORY
            pipe.send(Refused(id=request.id, kind=kind, detail=str(error)))
        del request, answer


def _answer(request: Request) -> Answer:
    return _rendered(request) if isinstance(request, Render) else _document(request)


# The libraries are loaded when the first request needs them: by then the pipe is out of their reach, and a child that
# renders knows nothing of documents.


def _rendered(request: Render) -> Rendered | Refused:
    from assistant.worker.rendering import render  # noqa: PLC0415

    try:
        return render(request, datetime.now())
    except MemoryError:
        return Refused(id=request.id, kind=ErrorKind.TEMPLATE_SLOW, detail="out of memory")
    except RecursionError:
        return Refused(id=request.id, kind=ErrorKind.TEMPLATE_BROKEN, detail="nested too deeply")


def _document(request: DocumentRequest) -> Answer:
    from assistant.worker.documents import serve  # noqa: PLC0415

    return serve(request)


if __name__ == "__main__":
    main()

"""The gate as the library ``huggingface_hub`` sees it: an HTTP client that works only while a piece of work lends it.

Whatever the library would like to ask by itself, at an import or on a thread of its own, meets a client that nobody has
lent, and gets nowhere. While it is lent, only the address of a file may be asked.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType

import httpx2

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.call import Call
from assistant.net.gate import Gate, whole

_MAX_BODY = 1 << 20
_ASKED = re.compile(r".*/resolve/[^/]+/.+")
_SWITCHES = {
    # The library asks before each request of its own making whether it is offline; ours do not pass there.
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_EXPERIMENTAL_WARNING": "1",
    "HF_HUB_VERBOSITY": "critical",  # its words hold addresses
    "DO_NOT_TRACK": "1",
}
_here = threading.local()


def quiet_library() -> None:
    """Set the environment of this process so that the library does nothing unasked; before it is imported."""
    os.environ.update(_SWITCHES)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_DEBUG"):
        os.environ.pop(name, None)


@cache
def library() -> ModuleType:
    """``huggingface_hub``, imported once and given this client in place of its own."""
    import huggingface_hub  # noqa: PLC0415

    huggingface_hub.set_client_factory(client)
    return huggingface_hub


def client() -> httpx2.Client:
    """A client whose requests go through the gate that is lent to the calling thread."""
    return httpx2.Client(transport=_Transport(), trust_env=False, follow_redirects=False)


@contextmanager
def lend(gate: Gate, why: str, name: str) -> Iterator[None]:
    """Within this, what the library asks on this thread goes through ``gate``."""
    _here.lent = (gate, Call(why, name=name, to_hub=True))
    try:
        yield
    finally:
        _here.lent = None


class _Transport(httpx2.BaseTransport):
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        lent: tuple[Gate, Call] | None = getattr(_here, "lent", None)
        if lent is None or request.method != "HEAD":
            raise AssistantError(ErrorKind.INTERNAL, "a library wanted a connection that nobody had asked for")
        gate, call = lent
        if not _ASKED.fullmatch(request.url.path):  # a redirect to what is no file
            raise AssistantError(ErrorKind.NET_NONSENSE, "leads to something else", host=request.url.host)
        response = gate.send(request, call)
        try:
            gate.judge(response, call)
            content = whole(response, limit=_MAX_BODY)
        finally:
            response.close()
        return httpx2.Response(response.status_code, headers=response.headers, content=content, request=request)

"""Connections for one piece of work, and the answers that come over them, as the HTTP library wants them."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterable, Iterator, Mapping

import httpcore2
import httpx2

from assistant import __version__
from assistant.net.call import Call
from assistant.net.dial import Stop
from assistant.net.faults import of_exception
from assistant.net.ledger import OK, Ledger, Meter
from assistant.net.network_backend import CONNECT_SECONDS, Backend
from assistant.net.sources import Proxy

_KEEP_SECONDS = 30.0  # an idle connection is kept open for the next request of the same work
_SENT = ("accept", "range", "if-range", "if-match")
"""Headers that a request may have; whatever else a library adds stays here."""


def make_pool(proxy: Proxy | None, context: ssl.SSLContext, stop: Stop) -> httpcore2.ConnectionPool:
    """Connections that end with ``stop``."""
    if proxy is None:
        return httpcore2.ConnectionPool(
            ssl_context=context, keepalive_expiry=_KEEP_SECONDS, max_connections=None, network_backend=Backend(stop)
        )
    return httpcore2.HTTPProxy(
        proxy_url=httpcore2.URL(scheme=b"http", host=proxy.host.encode("idna"), port=proxy.port, target=b"/"),
        proxy_auth=(proxy.user, proxy.password) if proxy.user else None,
        ssl_context=context,
        keepalive_expiry=_KEEP_SECONDS,
        max_connections=None,
        network_backend=Backend(stop, (proxy.name, proxy.host, proxy.port)),
    )


def core_request(request: httpx2.Request, call: Call) -> httpcore2.Request:
    """``request`` with the headers that may be sent, and with the token if this hop may have it."""
    url = request.url
    headers = {"host": request.headers["host"], "user-agent": f"lamplight/{__version__}", "accept-encoding": "identity"}
    headers |= {key: value for key in _SENT if (value := request.headers.get(key))}
    if call.identified:
        headers["authorization"] = f"Bearer {call.token}"
    timeouts = {"connect": CONNECT_SECONDS, "read": call.stall, "write": call.stall, "pool": CONNECT_SECONDS}
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=[(key.encode("ascii"), value.encode("latin-1")) for key, value in headers.items()],
        content=b"",
        extensions={"timeout": timeouts},
    )


class Body(httpx2.SyncByteStream):
    """The bytes of an answer; the ledger's line ends with them."""

    def __init__(self, answer: httpcore2.Response, call: Call, *, ledger: Ledger, meter: Meter, stop: Stop) -> None:
        self._answer = answer
        self._call = call
        self._ledger = ledger
        self._meter = meter
        self._stop = stop
        self._host = call.here

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._answer.stream, Iterable)
        try:
            yield from self._answer.stream
        except Exception as error:
            self._ledger.end(self._meter, self._stop.outcome)
            self._stop.check()
            raise of_exception(error, self._host, seconds=self._call.stall) from error

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._answer.close()
        fine = self._answer.status < 400 and self._stop.kind is None
        self._ledger.end(self._meter, OK if fine else self._stop.outcome)


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by their names in small letters."""
    return {key.lower(): value for key, value in headers.items()}

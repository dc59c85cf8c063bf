"""Bytes to and from a server: what HTTP is spoken over. Counts them, and can be ended from another thread."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterable
from typing import Any

import httpcore2

from assistant.net.dial import Stop, dial
from assistant.net.faults import of_exception
from assistant.net.ledger import Meter

READ_SIZE = 1 << 20
"""Bytes asked of the system at once: a fast line brings more than HTTP's library would take in one step."""
CONNECT_SECONDS = 10.0

_here = threading.local()


def count_here(meter: Meter | None) -> None:
    """Bytes that this thread sends and receives before an answer is there belong to ``meter``."""
    _here.meter = meter


class Stream(httpcore2.NetworkStream):
    """One connection.

    :ivar meter: counts the bytes of the request that it serves at the moment.
    """

    def __init__(self, sock: socket.socket, host: str, *, proxy: str, stop: Stop) -> None:
        self._sock = sock
        self._host = host
        self._proxy = proxy
        self._stop = stop
        self._timeout: float | None = None
        self.meter: Meter | None = None
        stop.hold(sock)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._stop.check()
        try:
            self._set_timeout(timeout)
            data = self._sock.recv(max(max_bytes, READ_SIZE))
        except (OSError, ValueError) as error:
            self._stop.check()
            raise of_exception(error, self._host, seconds=timeout or 0, proxy=self._proxy) from error
        if not data:
            self._stop.check()
        if meter := self._counting():
            meter.received += len(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stop.check()
        if meter := self._counting():
            meter.sent += len(buffer)
        try:
            self._set_timeout(timeout)
            self._sock.sendall(buffer)
        except (OSError, ValueError) as error:
            self._stop.check()
            # The library's own kind: it still looks whether the server has answered before it closed.
            raise httpcore2.WriteError(str(error)) from error

    def close(self) -> None:
        self._stop.release(self._sock)
        self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        host = server_hostname or self._host
        self._stop.release(self._sock)
        try:
            self._sock.settimeout(timeout)
            safe = ssl_context.wrap_socket(self._sock, server_hostname=host, do_handshake_on_connect=False)
        except BaseException:
            self._sock.close()
            raise
        stream = Stream(safe, host, proxy="", stop=self._stop)
        stream.meter, stream._timeout = self.meter, timeout
        try:
            safe.do_handshake()
        except (OSError, ValueError) as error:
            stream.close()
            self._stop.check()
            raise of_exception(error, host, seconds=timeout or 0) from error
        return stream

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        if info == "is_readable":
            return _is_readable(self._sock)
        return None

    def _set_timeout(self, timeout: float | None) -> None:
        if timeout != self._timeout:
            self._timeout = timeout
            self._sock.settimeout(timeout)

    def _counting(self) -> Meter | None:
        return getattr(_here, "meter", None) or self.meter


class Backend(httpcore2.NetworkBackend):
    """Opens connections for one piece of work.

    :param proxy: ("host:port", host, port) of the proxy, through which all of them go; None: there is none.
    """

    def __init__(self, stop: Stop, proxy: tuple[str, str, int] | None = None) -> None:
        self._stop = stop
        self._proxy = proxy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - the library's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        proxy = self._proxy[0] if self._proxy and self._proxy[1:] == (host, port) else ""
        seconds = timeout or CONNECT_SECONDS
        try:
            sock = dial(host, port, seconds=seconds, stop=self._stop)
            sock.setblocking(True)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except TimeoutError as error:
            raise of_exception(httpcore2.ConnectTimeout(str(error)), host, proxy=proxy) from error
        except OSError as error:
            raise of_exception(error, host, proxy=proxy) from error
        return Stream(sock, host, proxy=proxy, stop=self._stop)

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.NetworkStream:
        raise httpcore2.UnsupportedProtocol("only TCP")

    def sleep(self, seconds: float) -> None:
        self._stop.wait(seconds)


def _is_readable(sock: socket.socket) -> bool:
    """Is there something to read: for a connection that nobody asks anything, that is its end."""
    if sock.fileno() < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock], [], [], 0)[0])

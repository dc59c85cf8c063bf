"""Servers on this machine for tests of connections: one that says what a function gives it, and a proxy.

The certificates in ``tls/`` are for these tests alone: their authority's key was thrown away.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TLS = Path(__file__).parent / "tls"
AUTHORITY = TLS / "ca.pem"
"""Whoever trusts this believes :func:`server_tls` that it is huggingface.co, mirror.example or localhost."""

HTML = b"<html><body>Please accept the terms of this network</body></html>"


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "server.pem")
    return context


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP answer; ``content_type="text/html"`` and the like become headers."""
    fields = {"content_length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} Said", *(f"{key.replace('_', '-')}: {value}" for key, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass
class Asked:
    """One request as a server saw it."""

    method: str
    target: str
    headers: dict[str, str]


@dataclass
class Server:
    """Listens on ``port`` of this machine; ``asked`` and ``connections`` grow while it runs."""

    port: int
    tls: bool = False
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"


Say = Callable[[Asked], "bytes | None"]
"""What is sent back; None: nothing, ever. An empty answer closes the connection."""


@contextmanager
def serving(say: Say, tls: ssl.SSLContext | None = None, *, once: bool = False) -> Iterator[Server]:
    """A server that answers each request with what ``say`` gives.

    :param once: it closes each connection after one answer.
    """

    def serve(connection: socket.socket, server: Server) -> None:
        _converse(connection, say, server, tls=tls, once=once)

    with _listening(serve, tls is not None) as server:
        yield server


@contextmanager
def proxying(routes: Mapping[str, int], *, password: str = "", otherwise: int = 502) -> Iterator[Server]:
    """An http proxy that knows ``routes``: names of hosts to ports of this machine.

    :param otherwise: the status for any other host: that it cannot be reached from there either, or (403) may not.
    :param password: "user:password" that it wants.
    """

    def serve(connection: socket.socket, server: Server) -> None:
        asked = _read_request(connection)
        if asked is None:
            return
        server.asked.append(asked)
        wanted = f"Basic {base64.b64encode(password.encode()).decode()}"
        if password and asked.headers.get("proxy-authorization") != wanted:
            connection.sendall(answer(407, proxy_authenticate="Basic"))
            return
        port = routes.get(asked.target.rpartition(":")[0])
        if asked.method != "CONNECT" or port is None:
            connection.sendall(answer(otherwise))
            return
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as there:
            back = threading.Thread(target=_pump, args=(there, connection), daemon=True)
            back.start()
            _pump(connection, there)
            back.join(10)

    with _listening(serve, False) as server:
        yield server


@contextmanager
def _listening(serve: Callable[[socket.socket, Server], None], tls: bool) -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = Server(listener.getsockname()[1], tls)
    opened: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def run(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, ValueError):
            serve(connection, server)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.connections += 1
                opened.append(connection)
                threads.append(threading.Thread(target=run, args=(connection,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        for one in (listener, *opened):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (accepting, *threads):
            thread.join(5)


def _converse(connection: socket.socket, say: Say, server: Server, *, tls: ssl.SSLContext | None, once: bool) -> None:
    safe = tls.wrap_socket(connection, server_side=True) if tls else connection
    with safe:
        while (asked := _read_request(safe)) is not None:
            server.asked.append(asked)
            said = say(asked)
            if said is None:
                safe.recv(1)  # until the other side has had enough
                return
            if not said:
                return
            safe.sendall(said)
            if once or b"connection: close" in said[:2000].lower():
                return


def _read_request(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    first, *lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {key.strip().lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    return Asked(method, target, headers)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)

"""Open a connection to a host in bounded time, in a way that can be given up at any moment."""

from __future__ import annotations

import contextlib
import errno
import queue
import selectors
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import audit_hook
from assistant.net.ledger import FAILED, STOPPED

_HEAD_START = 0.3  # seconds that one address has before the next one is tried beside it
_GLANCE = 0.1  # seconds between two looks at whether to give up
_UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK)}

Address = tuple[Any, Any, int, str, Any]
"""One line of ``socket.getaddrinfo``."""


class Stop:
    """Ends everything that one piece of work has open, from another thread and at once."""

    def __init__(self) -> None:
        self.kind: ErrorKind | None = None
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._event = threading.Event()

    def check(self) -> None:
        """:raises AssistantError: of the kind with which the work was ended."""
        if self.kind is not None:
            raise AssistantError(self.kind)

    @property
    def outcome(self) -> str:
        """What the ledger says of a request that did not come to its end."""
        return FAILED if self.kind is None else STOPPED

    def wait(self, seconds: float) -> None:
        """Sleep.

        :raises AssistantError: the work was ended meanwhile.
        """
        self._event.wait(seconds)
        self.check()

    def end(self, kind: ErrorKind) -> None:
        """End the work: whoever reads or waits in it gets an error of this kind. The first kind given counts."""
        with self._lock:
            if self.kind is None:
                self.kind = kind
            sockets = list(self._sockets)
        self._event.set()
        for one in sockets:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)  # the plain one: TLS would want to say good-bye

    def hold(self, one: socket.socket) -> None:
        """``one`` is ended with the work from now on."""
        with self._lock:
            self._sockets.add(one)
        if self.kind is not None:
            self.end(self.kind)

    def release(self, one: socket.socket) -> None:
        """``one`` was closed."""
        with self._lock:
            self._sockets.discard(one)


def dial(host: str, port: int, *, seconds: float, stop: Stop) -> socket.socket:
    """A socket that is connected to ``host``: of its addresses the one that answers first.

    :param seconds: for finding the addresses and connecting, together.
    :raises OSError: it cannot be reached (TimeoutError: not in time).
    :raises AssistantError: ``stop`` was ended.
    """
    deadline = time.monotonic() + seconds
    return _first_of(_addresses(host, port, deadline, stop), deadline, stop)


def _addresses(host: str, port: int, deadline: float, stop: Stop) -> list[Address]:
    """Looked up on a thread of its own, because a system's resolver can neither be stopped nor hurried."""
    box: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        with audit_hook.opened():
            try:
                box.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except OSError as error:
                box.put(error)
            except ValueError as error:  # a name that no resolver takes
                box.put(OSError(str(error)))

    threading.Thread(target=ask, name="lookup", daemon=True).start()
    while time.monotonic() < deadline:
        stop.check()
        with contextlib.suppress(queue.Empty):
            found = box.get(timeout=_GLANCE)
            if isinstance(found, OSError):
                raise found
            return found
    raise TimeoutError(f"no address for {host} in time")


def _interleaved(addresses: Iterable[Address]) -> Iterator[Address]:
    """The families in turn: where IPv6 leads nowhere, IPv4 is the second try and not the fifth."""
    families: dict[Any, list[Address]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    return (one for one in chain.from_iterable(zip_longest(*families.values())) if one is not None)


def _first_of(addresses: list[Address], deadline: float, stop: Stop) -> socket.socket:
    left = _interleaved(addresses)
    more = True
    next_start = 0.0
    problem: OSError = OSError("no address")
    with selectors.DefaultSelector() as selector:
        try:
            while True:
                stop.check()
                now = time.monotonic()
                if now >= deadline:
                    raise TimeoutError("no connection in time")
                if more and (now >= next_start or not selector.get_map()):
                    more, next_start = _start(left, selector), now + _HEAD_START
                elif not selector.get_map():
                    raise problem
                for key, _ in selector.select(min(_GLANCE, deadline - now)) if selector.get_map() else ():
                    one: socket.socket = key.fileobj  # type: ignore[assignment]
                    selector.unregister(one)
                    code = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not code:
                        return one
                    problem = OSError(code, errno.errorcode.get(code, str(code)))
                    one.close()
        finally:
            for key in list(selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]


def _start(left: Iterator[Address], selector: selectors.BaseSelector) -> bool:
    """Begin to connect to the next address that can be tried at all; False if there is none."""
    for family, kind, protocol, _, address in left:
        try:
            one = socket.socket(family, kind, protocol)
        except OSError:  # this system does not speak that family
            continue
        one.setblocking(False)
        try:
            with audit_hook.opened():
                code = one.connect_ex(address)
        except OSError:
            code = errno.ENETUNREACH
        if code in _UNDER_WAY:
            selector.register(one, selectors.EVENT_WRITE)
            return True
        one.close()
    return False

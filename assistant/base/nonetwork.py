"""A wall inside the interpreter: this process opens no network connection, whatever library wants one.

Python reports each use of a socket to audit hooks before it happens; this one refuses those that could reach another
computer. Sockets of the system itself (between processes, Qt's local sockets, socket pairs) are left alone. A hook
cannot be taken away again, so no library can climb over the wall either.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from typing import Any

_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"})
_ASKING = frozenset(
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"},
)
_INTERNET = ("AF_INET", "AF_INET6")
_LOOPBACK = ("127.0.0.1", "::1")


def forbid(allowed: Callable[[], bool] | None = None) -> None:
    """Refuse every use of the network from now on, for the life of this process.

    :param allowed: asked at each use; its yes lets this one through. None: nothing is let through.
    """

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if not event.startswith("socket."):
            return
        if event in _ASKING:
            wanted = True
        elif event in _CONNECTING:
            wanted = reaches_out(*arguments[:2])
        else:
            return
        if wanted and not (allowed is not None and allowed()):
            raise PermissionError(errno.EACCES, "this process may not use the network")

    sys.addaudithook(hook)


def reaches_out(socket: Any, address: object) -> bool:
    """Could ``socket`` reach another computer with ``address``?"""
    family = getattr(getattr(socket, "family", None), "name", "")
    if family not in _INTERNET:
        return False
    if sys.platform == "win32" and isinstance(address, tuple) and address and address[0] in _LOOPBACK:
        return False  # Windows has no socket pairs of its own: Python makes them of two that meet on this computer
    return True

"""The Hub's access token: in the system's keyring, and only here, in the child that may use the network.

It is looked up when the Hub asks for it, not before: a keyring that is locked asks the user for a password. A keyring
can also hang, so it is asked on a thread of its own and given up after a while.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

SERVICE = "lamplight"
NAME = "huggingface.co"
_LOOK_SECONDS = 60.0  # the user may have to type a password
_MAX_LENGTH = 1000

T = TypeVar("T")


class Keyring(Protocol):
    """What we use of the library ``keyring``."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


class TokenKeeper:
    """Safe from several threads.

    :param given: the token from the environment; it goes before the one that is kept.
    :param keyring: imports the keyring; None stands for the system's.
    """

    def __init__(self, given: str = "", *, keyring: Callable[[], Keyring | None] | None = None) -> None:
        self._given = given if usable(given) else ""
        self._open = keyring or system_keyring
        self._memory: str | None = None  # None: not looked up yet
        self._where = "none"
        self._lock = threading.Lock()

    def look(self) -> str:
        """The token, "" if there is none."""
        if self._given:
            return self._given
        with self._lock:
            if self._memory is None:
                found = _patiently(self._read, None)
                if found is None:
                    return ""  # it did not answer; asked again the next time
                self._memory = found if usable(found) else ""
                self._where = "keyring" if self._memory else "none"
            return self._memory

    def where(self) -> str:
        """Where the token is kept: keyring, memory, environment or none. Looks it up."""
        return "environment" if self._given else (self._where if self.look() else "none")

    def keep(self, token: str) -> str:
        """Keep ``token`` from now on ("": forget the one that is kept); the answer is where it is kept."""
        token = token.strip()
        if token and not usable(token):
            raise ValueError("not a token")
        with self._lock:
            kept = _patiently(lambda: self._write(token), False)
            self._memory = token
            self._where = ("keyring" if kept else "memory") if token else "none"
            self._given = ""  # what the user says now goes before what the environment said
            return self._where

    def _read(self) -> str:
        ring = self._open()
        return (ring.get_password(SERVICE, NAME) if ring else None) or ""

    def _write(self, token: str) -> bool:
        ring = self._open()
        if ring is None:
            return False
        if token:
            ring.set_password(SERVICE, NAME, token)
            return ring.get_password(SERVICE, NAME) == token
        if ring.get_password(SERVICE, NAME) is not None:
            ring.delete_password(SERVICE, NAME)
        return True


def usable(token: str) -> bool:
    """Can this be sent in a header: printable ASCII without spaces, of a sensible length."""
    return 0 < len(token) <= _MAX_LENGTH and token.isascii() and token.isprintable() and " " not in token


def system_keyring() -> Keyring | None:
    """The system's keyring, None if there is none that keeps a secret."""
    import keyring  # noqa: PLC0415 - it looks around in the system, which takes a moment
    from keyring.backends import fail, null  # noqa: PLC0415

    ring: Any = keyring.get_keyring()
    if isinstance(ring, (fail.Keyring, null.Keyring)) or "plaintext" in type(ring).__module__.lower():
        return None
    return keyring


def _patiently(action: Callable[[], T], otherwise: T) -> T:
    """What ``action`` gives, or ``otherwise`` if it fails or does not come back."""
    box: queue.SimpleQueue[T] = queue.SimpleQueue()

    def work() -> None:
        try:
            box.put(action())
        except Exception:  # a keyring's own errors are of many kinds; none of them may hold a token
            box.put(otherwise)

    threading.Thread(target=work, name="keyring", daemon=True).start()
    try:
        return box.get(timeout=_LOOK_SECONDS)
    except queue.Empty:
        return otherwise

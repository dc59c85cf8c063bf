"""The Hub's access token: in the system's keyring, and only here, in the child that may use the network.

It is looked up when the Hub asks for it, not before: a keyring that is locked asks the user for a password. A keyring
can also hang, so it is asked on a thread of its own and given up after a while.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol, TypeVar

SERVICE = "lamplight"
NAME = "huggingface.co"
LOOK_SECONDS = 60.0
"""How long a keyring may take: the user may have to type a password."""
_FRESH_SECONDS = 60.0  # then the keyring is asked again: another child may have been told to change it
_GLANCE = 0.1
_MAX_LENGTH = 1000

T = TypeVar("T")


class Keyring(Protocol):
    """What we use of the library ``keyring``."""

    def get_password(self, service_name: str, username: str) -> str | None: ...
    def set_password(self, service_name: str, username: str, password: str) -> None: ...
    def delete_password(self, service_name: str, username: str) -> None: ...


class TokenKeeper:
    """Safe from several threads.

    :param keyring: finds the keyring; None stands for the system's.
    """

    def __init__(self, *, keyring: Callable[[], Keyring | None] | None = None) -> None:
        self._given = ""
        self._open = keyring or system_keyring
        self._kept: str | None = None  # None: not known yet
        self._where = "none"
        self._fresh_until = 0.0
        self._lock = threading.Lock()

    def give(self, token: str) -> None:
        """The token of the user's environment: it goes before the one that is kept."""
        self._given = token if usable(token) else ""

    def look(self, check: Callable[[], None] = lambda: None) -> str:
        """The token, "" if there is none.

        :param check: called while the keyring is waited for; what it raises ends the waiting.
        """
        if self._given:
            return self._given
        with self._locked(check):
            if self._kept is None or (self._where == "keyring" and time.monotonic() > self._fresh_until):
                found = _patiently(self._read, None, check)
                if found is None or not usable(found):
                    self._kept = None
                    return ""  # asked again the next time
                self._kept, self._where = found, "keyring"
                self._fresh_until = time.monotonic() + _FRESH_SECONDS
            return self._kept

    def where(self, check: Callable[[], None] = lambda: None) -> str:
        """Where the token is kept: keyring, memory, environment or none. Looks it up."""
        if self._given:
            return "environment"
        return self._where if self.look(check) else "none"

    def keep(self, token: str, check: Callable[[], None] = lambda: None) -> str:
        """Keep ``token`` from now on ("": forget the one that is kept); the answer is where it is kept.

        :raises ValueError: it cannot be a token.
        """
        token = token.strip()
        if token and not usable(token):
            raise ValueError("not a token")
        with self._locked(check):
            kept = _patiently(lambda: self._write(token), False, check)
            self._kept = token if token or not kept else None  # a keyring may be given another one later
            self._where = ("keyring" if kept else "memory") if token else "none"
            self._fresh_until = time.monotonic() + _FRESH_SECONDS
            self._given = ""  # what the user says now goes before what the environment said
            return self._where

    @contextmanager
    def _locked(self, check: Callable[[], None]) -> Iterator[None]:
        while not self._lock.acquire(timeout=_GLANCE):
            check()
        try:
            yield
        finally:
            self._lock.release()

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


def _patiently(action: Callable[[], T], otherwise: T, check: Callable[[], None]) -> T:
    """What ``action`` gives, or ``otherwise`` if it fails or does not come back."""
    box: queue.SimpleQueue[T] = queue.SimpleQueue()

    def work() -> None:
        try:
            box.put(action())
        except Exception:  # a keyring's own errors are of many kinds; none of them may hold a token
            box.put(otherwise)

    threading.Thread(target=work, name="keyring", daemon=True).start()
    deadline = time.monotonic() + LOOK_SECONDS
    while time.monotonic() < deadline:
        check()
        with suppress(queue.Empty):
            return box.get(timeout=_GLANCE)
    return otherwise

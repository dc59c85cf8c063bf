"""What all gates of the process have in common: what is allowed now, the ledger, the token, the source that works."""

from __future__ import annotations

import os
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Mapping

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.dial import Stop
from assistant.net.ledger import Ledger
from assistant.net.messages import Setup, Switched
from assistant.net.sources import Source, certificates, sources
from assistant.net.token import TokenKeeper

_MOST_KNOWN = 50_000  # files
REMEMBERED = 600.0
"""Seconds for which a source that was found to work is asked first."""


class Shared:
    """Safe from several threads.

    :param tell: called with ``Switched`` when another source is used than before.
    :param environ: where the system's own wishes are looked up.
    """

    def __init__(
        self,
        setup: Setup,
        ledger: Ledger,
        keeper: TokenKeeper,
        *,
        tell: Callable[[Switched], None] = lambda _: None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.setup = setup
        self.ledger = ledger
        self.keeper = keeper
        self._tell = tell
        self.environ = os.environ if environ is None else environ
        self._lock = threading.Lock()
        self._stops: weakref.WeakSet[Stop] = weakref.WeakSet()
        self._working: tuple[Source, float] | None = None
        self._faults: dict[Source, ErrorKind] = {}
        self._busy: dict[str, float] = {}  # host: until when it wants to be left alone
        self._context: tuple[str, ssl.SSLContext] | None = None
        self._known: dict[tuple[str, str, str], tuple[int, str]] = {}

    # ------------------------------------------------------------ what is allowed

    def register(self, stop: Stop) -> None:
        """``stop`` is ended when the program goes offline."""
        with self._lock:
            self._stops.add(stop)

    def change(self, setup: Setup) -> None:
        """``setup`` holds from now on; going offline ends everything that is open."""
        with self._lock:
            before, self.setup = self.setup, setup
            if (setup.endpoint, setup.mirrors, setup.fallback) != (before.endpoint, before.mirrors, before.fallback):
                self._working = None
                self._faults.clear()
            stops = list(self._stops) if setup.offline else []
        for stop in stops:
            stop.end(ErrorKind.OFFLINE)

    def context(self) -> ssl.SSLContext:
        """What certificates are checked with; made anew when the setting has changed.

        :raises AssistantError: CERTIFICATE_FILE: there are none where they should be.
        """
        with self._lock:
            path = self.setup.certificates
            if self._context is None or self._context[0] != path:
                self._context = (path, certificates(self.setup))
            return self._context[1]

    # ------------------------------------------------------------ servers that ask to wait

    def leave_alone(self, host: str, seconds: float) -> None:
        """``host`` has asked not to be asked for ``seconds``."""
        with self._lock:
            self._busy[host] = time.monotonic() + seconds

    def check_busy(self, host: str) -> None:
        """:raises AssistantError: NET_BUSY: it still wants to be left alone."""
        with self._lock:
            left = self._busy.get(host, 0.0) - time.monotonic()
        if left > 0:
            raise AssistantError(ErrorKind.NET_BUSY, "asked to wait", host=host, seconds=max(1, round(left)))

    # ------------------------------------------------------------ where from

    def endpoints(self) -> tuple[Source, ...]:
        """The Hub and its mirrors, in the order in which to ask them.

        :raises AssistantError: SETTING_INVALID: one of them is no address.
        """
        found = sources(self.setup, self.environ)
        working = self._working
        if working and working[0] in found and time.monotonic() - working[1] < REMEMBERED:
            return (working[0], *(one for one in found if one != working[0]))
        return found

    def failed(self, source: Source, kind: ErrorKind) -> None:
        """``source`` could not be reached because of ``kind``."""
        with self._lock:
            self._faults[source] = kind
            if self._working and self._working[0] == source:
                self._working = None

    def works(self, source: Source) -> None:
        """``source`` gives what is asked of it. One that does after others failed is asked first for a while."""
        first = self.endpoints()[0]
        with self._lock:
            self._faults.pop(source, None)
            kind = self._faults.get(first)
            if source == first or kind is None:
                return
            self._working = (source, time.monotonic())
        self._tell(Switched(source=source.host, kind=kind))

    # ------------------------------------------------------------ what the Hub itself has said

    def learn(self, key: tuple[str, str, str], size: int, sha256: str) -> None:
        """The Hub itself has said the size and hash of a file: of (repository, commit, file)."""
        with self._lock:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = (size, sha256)

    def known(self, key: tuple[str, str, str]) -> tuple[int, str] | None:
        """What the Hub itself has said of a file since this process started."""
        with self._lock:
            return self._known.get(key)

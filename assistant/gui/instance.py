"""One window per home: the second start asks the first to come to the front and ends.

Who is first is decided by a lock that the system itself takes back when a process ends, however it ends; nothing stale
can stay. The local socket only carries the request.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.base.errors import AssistantError, ErrorKind

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWER_SECONDS = 5.0  # the first one may still be starting
_LIMIT = 4096


class AlreadyRunning(AssistantError):  # noqa: N818 - the name is part of the contract
    """A window already runs for this home.

    :ivar answered: whether it has answered and come to the front.
    """

    def __init__(self, *, answered: bool) -> None:
        super().__init__(ErrorKind.ALREADY_RUNNING)
        self.answered = answered


class Instance(QObject):
    """This program's claim on a home.

    Signals: ``raised(token)`` when another start asked for the window; the token lets a Wayland desktop allow it.

    :param home: any folder that belongs to the home alone; its name decides.
    """

    raised = Signal(str)

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self._name = socket_name(home)
        self._lock: IO[bytes] | None = None
        self._server: QLocalServer | None = None

    def claim(self) -> None:
        """Become the one window of this home.

        :raises AlreadyRunning: there is one; it has been asked to come to the front.
        """
        if not self._take_lock():
            raise AlreadyRunning(answered=_ask(self._name, ANSWER_SECONDS))

    def listen(self) -> None:
        """Answer later starts. Called once the window is there, since it takes a moment."""
        from PySide6.QtNetwork import QLocalServer  # noqa: PLC0415 - not needed to be seen

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._greet)
        QLocalServer.removeServer(self._name)  # we hold the lock, so what is left of it belongs to nobody
        server.listen(self._name)
        self._server = server

    def release(self) -> None:
        """Let the next start be the first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> bool:
        path = self._home / "window.lock"
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            file = path.open("a+b")
        except OSError:
            return True  # a home that cannot be written: the store will say so, in the window
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        self._lock = file
        return True

    def _greet(self) -> None:
        assert self._server is not None
        while (peer := self._server.nextPendingConnection()) is not None:
            peer.setParent(self)  # ours to delete; else Python and Qt both would
            peer.readyRead.connect(self._ready)
            peer.disconnected.connect(peer.deleteLater)
            self._read(peer)

    def _ready(self) -> None:
        self._read(self.sender())  # type: ignore[arg-type]

    def _read(self, peer: QLocalSocket) -> None:
        if not peer.canReadLine():
            if peer.bytesAvailable() > _LIMIT:
                peer.abort()
            return
        try:
            request = json.loads(bytes(peer.readLine(_LIMIT).data()))
            token = str(request.get("token", ""))
        except (ValueError, AttributeError):
            peer.abort()
            return
        self.raised.emit(token)
        peer.write(b"ok\n")
        peer.flush()
        peer.disconnectFromServer()


def socket_name(home: Path) -> str:
    """The name of the local socket for a home: short, and the same however the folder is written."""
    import hashlib  # noqa: PLC0415 - not needed to be seen

    folder = os.path.normcase(os.path.realpath(home))
    name = f"lamplight-{hashlib.sha256(folder.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}"
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if sys.platform == "linux" and runtime and len(runtime) < 64 and os.access(runtime, os.W_OK):
        return f"{runtime}/{name}"
    return name


def _lock(file: IO[bytes]) -> None:
    """Take the file's lock without waiting.

    :raises OSError: somebody else has it.
    """
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _ask(name: str, seconds: float) -> bool:
    """Ask the window behind ``name`` to come to the front; whether it answered in time."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415

        ctypes.windll.user32.AllowSetForegroundWindow(-1)  # Windows lets only the foremost program pass this on
    from PySide6.QtNetwork import QLocalSocket  # noqa: PLC0415 - only a second start asks

    request = json.dumps({"token": os.environ.get("XDG_ACTIVATION_TOKEN", "")}).encode() + b"\n"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        socket = QLocalSocket()
        socket.connectToServer(name)
        if socket.waitForConnected(500):
            socket.write(request)
            if socket.waitForReadyRead(round(max(0.1, end - time.monotonic()) * 1000)):
                return bytes(socket.readAll().data()).startswith(b"ok")
            return False
        time.sleep(0.05)  # it holds the lock but does not listen yet
    return False

"""A file that is being brought: its bytes as they come, in any order, and what is needed to go on after anything.

``.NAME.part`` holds the bytes and ``.NAME.part.json`` the notes, both beside the file's last place. A segment is noted
after it was written, so what is noted is there: a process that is killed loses what it has not noted yet, and a power
cut what was not synced. Nothing that a server says ever becomes part of a path.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import sync_folder
from assistant.net.extents import Extents
from assistant.net.journal import Identity, Journal, Noted, sync_data

SYNC_SECONDS = 3.0
"""How much of a download a power cut may cost."""
_NOTE_BYTES = 256 << 10
_NOTE_SECONDS = 0.2
_NOTE_LINES = 4096  # of a whole file: a large one is noted in larger segments
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EFBIG, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ENOENT}
_SCANNED = os.name == "nt"  # a virus scanner may hold a file for a while there
_SCAN_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)


class Part:
    """What there is of the file ``target``. After ``open`` its methods may be called from several threads.

    All of them raise AssistantError: NO_SPACE, READ_ONLY, FILE_UNREADABLE or MODEL_BUSY.
    """

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(f".{target.name}.part")
        self.done = Extents()
        self.identity: Identity | None = None
        self.reserved = False
        self._plain_path = target.with_name(f".{target.name}.part.plain")
        self._journal = Journal(target.with_name(f".{target.name}.part.json"))
        self._handle: BinaryIO | None = None
        self._fresh = Extents()  # written, not noted yet
        self._noted_at = 0.0
        self._moved = threading.Condition()
        self._synced = 0  # bytes
        self._synced_at = 0.0

    # ------------------------------------------------------------ its life

    def open(self) -> bool:
        """Take it over for this process, with what an earlier one has left. False: another process works on it."""
        with self.as_errors():
            self.target.parent.mkdir(parents=True, exist_ok=True)
            if not self._journal.open():
                return False
            self._plain_path.unlink(missing_ok=True)  # it was being unpacked
            return True

    def look(self) -> Noted:
        """What an earlier process has left, without more than is really in the file."""
        with self.as_errors():
            noted = self._journal.read()
            try:
                size = self.path.stat().st_size
            except FileNotFoundError:
                size = 0
        self.done = noted.done.clipped(size)
        return Noted(noted.identity, self.done.copy(), noted.proven)

    def begin(self, identity: Identity, noted: Noted) -> None:
        """Work on ``identity`` from here, going on with ``noted`` if that is the same content."""
        self.close_file()
        same = noted.identity is not None and noted.identity.same_content(identity)
        with self.as_errors():
            if same:
                self._journal.go_on()
            else:
                self._journal.start(identity)
            self._handle = self._opened("r+b" if same and self.path.exists() else "w+b")
        with self._moved:
            self.identity = identity
            self.done = noted.done.copy() if same else Extents()
            self._fresh = Extents()
            self._noted_at = time.monotonic()
            self._synced, self._synced_at = self.done.total, time.monotonic()

    def close(self) -> None:
        """Note what is there and let go, so that any process can go on with it. Of nothing, nothing stays."""
        if self._journal.is_open and not self.done.total:
            with contextlib.suppress(AssistantError):
                self.discard()
        if self.identity is not None and self._handle is not None:
            with contextlib.suppress(AssistantError):
                self.note()
                self.sync()
            with contextlib.suppress(OSError):
                self._handle.truncate(max(self.done.end, 0))  # gives back what was reserved
        self.close_file()
        self._journal.close()

    def discard(self) -> None:
        """Take away what was brought, and the notes."""
        self.close_file()
        self.done = Extents()
        with self.as_errors():
            self.path.unlink(missing_ok=True)
            self._plain_path.unlink(missing_ok=True)
            self._journal.remove()

    def start_over(self) -> None:
        """Throw away what was brought, and go on working on the same file."""
        assert self.identity is not None
        self.begin(self.identity, Noted(None, Extents()))

    def close_file(self) -> None:
        """Close the file with the bytes."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            with contextlib.suppress(OSError):
                handle.close()
        self.reserved = False

    # ------------------------------------------------------------ bytes

    def writer(self) -> BinaryIO:
        """The file for one more thread that writes or reads."""
        with self.as_errors():
            return self._opened("r+b")

    def write(self, file: BinaryIO, start: int, data: memoryview) -> None:
        """Put ``data`` at ``start``; ``file`` is the thread's own."""
        with self.as_errors():
            file.seek(start)
            position = 0
            while position < len(data):
                position += file.write(data[position:])
        with self._moved:
            self.done.add(start, start + len(data))
            self._fresh.add(start, start + len(data))
            self._moved.notify_all()
            due = self._fresh.total >= self._note_bytes() or time.monotonic() - self._noted_at > _NOTE_SECONDS
            if due:
                self._note()

    def snapshot(self) -> Extents:
        """What is there at this moment."""
        with self._moved:
            return self.done.copy()

    def note(self) -> None:
        """Write down what has come since the last time."""
        with self._moved:
            self._note()

    def sync(self, *, every: float = 0.0) -> None:
        """Have the disk take what was written, and note that; nothing if that was done ``every`` seconds ago."""
        with self._moved:
            now = time.monotonic()
            sure = self.done.copy()
            if self._handle is None or self._synced == sure.total or now - self._synced_at < every:
                return
            self._synced, self._synced_at = sure.total, now
            handle = self._handle.fileno()
        with self.as_errors():
            sync_data(handle)
            with self._moved:
                self._journal.safe(sure)

    def wait_beyond(self, position: int, seconds: float) -> int:
        """Up to where there are bytes without a gap, as soon as that is beyond ``position``, or after ``seconds``."""
        with self._moved:
            self._moved.wait_for(lambda: self.done.reach() > position, seconds)
            return self.done.reach()

    def _note(self) -> None:
        self._noted_at = time.monotonic()
        if self._fresh.total:
            with self.as_errors():
                self._journal.got(self._fresh)
            self._fresh = Extents()

    def _note_bytes(self) -> int:
        return max(_NOTE_BYTES, self.identity.size // _NOTE_LINES if self.identity else 0)

    def _opened(self, mode: Literal["r+b", "w+b"]) -> BinaryIO:
        return self.path.open(mode, buffering=0)

    # ------------------------------------------------------------ room

    def make_room(self, floor: int) -> None:
        """Reserve the disk space that is still missing.

        :param floor: bytes that must stay free.
        :raises AssistantError: NO_SPACE: there is not enough of it.
        """
        self.check_room(floor)
        assert self.identity is not None
        assert self._handle is not None
        self.reserved = reserve(self._handle.fileno(), self.identity.size)

    def check_room(self, floor: int) -> None:
        """:raises AssistantError: NO_SPACE: what is missing does not fit while ``floor`` bytes stay free."""
        assert self.identity is not None
        if self.reserved:
            return
        missing = self.missing_room()
        free = self._free()
        if missing and free < missing + floor:
            raise self._no_space(missing + floor, free)

    def missing_room(self) -> int:
        """Bytes of disk that are not taken yet."""
        with self.as_errors():
            return self._missing()

    def _missing(self) -> int:
        assert self.identity is not None
        state = self.path.stat()
        taken = getattr(state, "st_blocks", -1)
        return max(0, self.identity.size - (taken * 512 if taken >= 0 else state.st_size))

    def _free(self) -> int:
        with self.as_errors():
            return shutil.disk_usage(self.target.parent).free

    def _no_space(self, needed: int, free: int, detail: str = "") -> AssistantError:
        return AssistantError(ErrorKind.NO_SPACE, detail, needed=needed, free=free, folder=str(self.target.parent))

    # ------------------------------------------------------------ the end

    @contextlib.contextmanager
    def plain(self) -> Iterator[Plain]:
        """A second file beside the part, for what is unpacked from it."""
        with self.as_errors():
            file = self._plain_path.open("wb")
        with file:
            yield Plain(self, file)

    def publish(self, check: Callable[[], None], *, plain: bool = False) -> None:
        """Give the whole, proven file its name. An older one of that name stays until this very moment.

        :param check: called while waiting for whoever holds the older file; raises to give up.
        :param plain: it is the file that was unpacked from the part.
        """
        path = self._plain_path if plain else self.path
        self.note()  # should this fail, nothing has to be asked for again
        self.sync()
        with self.as_errors():
            with path.open("r+b") as file:
                os.fsync(file.fileno())
            self._journal.proven()
            self.close_file()
            self._replace(path, check)
            sync_folder(self.target.parent)
            self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the file is there: notes that stay are taken away the next time
            self._journal.remove()

    def _replace(self, path: Path, check: Callable[[], None]) -> None:
        for pause in (*_SCAN_PAUSES, None):
            try:
                path.replace(self.target)
                return
            except PermissionError as error:
                if not _SCANNED:
                    raise
                if pause is None:
                    raise AssistantError(ErrorKind.MODEL_BUSY, str(error), name=self.target.name) from error
                check()
                time.sleep(pause)

    @contextlib.contextmanager
    def as_errors(self) -> Iterator[None]:
        """Errors of the system as ours."""
        try:
            yield
        except OSError as error:
            detail = f"{errno.errorcode.get(error.errno or 0, '')} {error.strerror or ''}".strip()
            if error.errno in _FULL:
                missing, free = 0, 0
                with contextlib.suppress(OSError, AssertionError):  # the disk may refuse this, too
                    missing, free = self._missing(), shutil.disk_usage(self.target.parent).free
                if not missing:  # what did not fit is not the file's own bytes: nobody knows how much it takes
                    folder = str(self.target.parent)
                    raise AssistantError(ErrorKind.NO_SPACE, detail, folder=folder) from error
                raise self._no_space(missing, free, detail) from error
            kind = ErrorKind.READ_ONLY if error.errno in _FORBIDDEN else ErrorKind.FILE_UNREADABLE
            raise AssistantError(kind, detail, name=self.target.name) from error


class Plain:
    """The unpacked file while it is written."""

    def __init__(self, part: Part, file: BinaryIO) -> None:
        self._part = part
        self._file = file

    def take(self, data: bytes) -> None:
        """Add ``data`` at the end."""
        with self._part.as_errors():
            self._file.write(data)


def reserve(handle: int, size: int) -> bool:
    """Have the system set ``size`` bytes aside for an open file. False: it cannot, or not cheaply."""
    try:
        if sys.platform == "linux":
            library = ctypes.CDLL(None, use_errno=True)
            call = library.fallocate
            call.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
            keep_size = 1  # the length of the file stays what was written
            return bool(call(handle, keep_size, 0, size) == 0)
        if sys.platform == "darwin":  # pragma: no cover - macOS only
            import fcntl  # noqa: PLC0415

            missing = size - os.fstat(handle).st_blocks * 512
            whole = struct.pack("=Iiqqq", 4, 3, 0, missing, 0)  # all or nothing, from the physical end of the file
            if missing > 0:
                fcntl.fcntl(handle, 42, whole)  # F_PREALLOCATE
            return True
        if sys.platform == "win32":  # pragma: no cover - Windows only
            if os.fstat(handle).st_size < size:
                os.ftruncate(handle, size)
            return True
    except (OSError, AttributeError, ValueError):
        return False
    return False

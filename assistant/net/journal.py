"""The notes beside a file that is being brought: of what it is, and which of its bytes are there.

One line of JSON for each fact, only ever added to, so that neither a kill nor a power cut takes away what an earlier
line says. A line that was cut off is not read. What is written down as ``got`` is in the file unless the computer was
restarted since; what is ``safe`` has also reached the disk.

The open file is also the lock: the system lets go of it when its process ends, however that happens.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from assistant.base.files import sync_folder
from assistant.net.extents import Extents

_FORMAT = 1
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_FAR = 1 << 62  # the byte that is locked on Windows: no reader ever comes there
_LARGEST = 256 << 20  # bytes of notes that are read at all


@dataclass(frozen=True)
class Identity:
    """Which content it is: ``size`` bytes with the hash ``sha256``, or what else the server calls it (``etag``)."""

    repo: str
    file: str
    revision: str
    size: int
    sha256: str = ""
    etag: str = ""

    def same_content(self, other: Identity) -> bool:
        """Are the bytes of both surely the same?"""
        if self.size != other.size:
            return False
        if self.sha256 or other.sha256:
            return self.sha256 == other.sha256
        return bool(self.etag) and self.etag == other.etag


@dataclass(frozen=True)
class Noted:
    """What the notes say; ``proven``: the hash was right, and all that was left to do was to give it its name."""

    identity: Identity | None
    done: Extents
    proven: bool = False


class Journal:
    """The file of notes at ``path``. Everything but ``open`` needs it to be open; one thread at a time.

    All methods raise OSError as the system says.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = -1
        self._boot = _boot()

    @property
    def is_open(self) -> bool:
        return self._handle >= 0

    def open(self) -> bool:
        """Open the notes, making an empty file if there is none. False: another process works with them."""
        while True:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
            try:
                if not _lock(handle):
                    os.close(handle)
                    return False
                if _is_at(handle, self.path):
                    self._handle = handle
                    return True
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)  # it was finished by the other one, who took it away in between

    def read(self) -> Noted:
        """What is written; unreadable notes say nothing."""
        data = self._path_bytes()
        identity: Identity | None = None
        done, safe, same_boot, proven = Extents(), Extents(), False, False
        for line in data.split(b"\n"):
            entry = _entry(line)
            if "format" in entry:
                identity, done, safe, proven = _identity(entry), Extents(), Extents(), False
            elif "boot" in entry:
                same_boot = entry["boot"] == self._boot
            elif "got" in entry and same_boot:
                _take(done, entry["got"])
            elif "safe" in entry:
                _take(safe, entry["safe"])
            elif "proven" in entry:
                proven = True
        for start, end in safe:
            done.add(start, end)
        return Noted(identity, done if identity else Extents(), proven and identity is not None)

    def start(self, identity: Identity) -> None:
        """Begin anew: nothing of ``identity`` is there yet. It is on the disk when this returns."""
        os.ftruncate(self._handle, 0)
        self._append({"format": _FORMAT, **asdict(identity)})
        self.go_on()
        os.fsync(self._handle)
        sync_folder(self.path.parent)

    def go_on(self) -> None:
        """What is got from now on was written by this process, since this start of the computer."""
        self._append({"boot": self._boot, "pid": os.getpid()})

    def got(self, segments: Iterable[tuple[int, int]]) -> None:
        """These bytes were written to the file."""
        self._append({"got": list(segments)})

    def safe(self, segments: Iterable[tuple[int, int]]) -> None:
        """These bytes are on the disk; so is this line when this returns."""
        self._append({"safe": list(segments)})
        sync_data(self._handle)

    def proven(self) -> None:
        """The file is whole and right; only its name is missing."""
        self._append({"proven": True})
        os.fsync(self._handle)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def remove(self) -> None:
        """Take the notes away, and let go of the lock."""
        if os.name == "nt":  # an open file cannot be removed there
            self.close()
            with contextlib.suppress(PermissionError):  # another process has opened it meanwhile: it is theirs now
                self.path.unlink(missing_ok=True)
            return
        try:
            self.path.unlink(missing_ok=True)
        finally:
            self.close()

    def _append(self, entry: dict[str, Any]) -> None:
        line = b"\n" + json.dumps(entry, separators=(",", ":")).encode()
        if os.write(self._handle, line) < len(line):
            raise OSError(28, os.strerror(28))  # half a line: the disk is full

    def _path_bytes(self) -> bytes:
        size = os.fstat(self._handle).st_size
        if size > _LARGEST:
            return b""
        os.lseek(self._handle, 0, os.SEEK_SET)
        pieces = []
        while piece := os.read(self._handle, 1 << 20):
            pieces.append(piece)
        return b"".join(pieces)


def sync_data(handle: int) -> None:
    """Wait until the disk has the contents of an open file."""
    getattr(os, "fdatasync", os.fsync)(handle)


def _entry(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line) if line.strip() else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _identity(entry: dict[str, Any]) -> Identity | None:
    names = ("repo", "file", "revision", "sha256", "etag")
    size = entry.get("size")
    if entry["format"] != _FORMAT or not _is_count(size):
        return None
    if not all(isinstance(entry.get(name), str) for name in names):
        return None
    return Identity(size=int(str(size)), **{name: entry[name] for name in names})


def _take(extents: Extents, found: Any) -> None:
    for one in found if isinstance(found, list) else ():
        if isinstance(one, list) and len(one) == 2 and all(_is_count(number) for number in one):
            extents.add(one[0], one[1])


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _FAR


def _boot() -> str:
    """What tells one start of the computer from the next."""
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except (OSError, ValueError):
        return str(round(psutil.boot_time(), -1))


def _lock(handle: int) -> bool:
    """Lock an open file for this process. True also where the file system knows no locks."""
    if os.name == "nt":  # pragma: no cover - Windows only
        import msvcrt  # noqa: PLC0415

        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    import fcntl  # noqa: PLC0415

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _is_at(handle: int, path: Path) -> bool:
    """Is the open file still the one that has this name?"""
    if os.name == "nt":
        return True
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False

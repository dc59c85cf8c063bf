"""When the database is damaged: keep the file, put the newest good backup back, and add what can still be read.

The damaged file is renamed and never touched again; reading happens on a copy, because SQLite itself writes to a file
with a log beside it. The rescued database is made under another name and takes its place when it is whole.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.base.files import replace_file, sync_folder
from assistant.storage.backups import Backups
from assistant.storage.database import TROUBLE, transaction
from assistant.storage.migrations import MIGRATIONS, Migration, migrate
from assistant.storage.salvage import DamagedTables, merge
from assistant.storage.writing import mark_changed

_HEADER = 100  # bytes of SQLite's file header, before the first page's tree begins
_PAGE = 4096
_FRESH = "rescued.tmp"
_COPIES = "rescue-"


@dataclass(frozen=True)
class Rescue:
    """What :func:`rescue` did.

    :ivar set_aside: where the damaged file lies now; None: there was none.
    :ivar restored: the time of the backup that was put back, seconds since 1970; None: there was no good one.
    :ivar conversations: and ``messages``: read out of the damaged file, beyond the backup.
    """

    set_aside: Path | None
    restored: float | None
    conversations: int
    messages: int


def rescue(path: Path, backups: Backups, steps: Sequence[Migration] = MIGRATIONS, *, resume: bool = False) -> Rescue:
    """Put a whole database in the place of a damaged or missing one.

    :param resume: an earlier rescue did not come to its end: the file that it set aside is read.
    :raises OSError: sqlite3.Error: the disk does not let us; what was set aside stays so.
    """
    aside = set_database_aside(path)
    if aside is None and resume:
        aside = max(path.parent.glob(f"{path.stem}.damaged-*{path.suffix}"), default=None)
    base = backups.newest_good()
    fresh = path.with_name(_FRESH)
    _remove(fresh)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if base is not None:
        shutil.copyfile(base.path, fresh)
    db = sqlite3.connect(fresh, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=MEMORY").fetchall()
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA secure_delete=ON")
        migrate(db, steps)
        before = _sizes(db)
        if aside is not None:
            with contextlib.suppress(*TROUBLE), transaction(db):
                _salvage(aside, db)
        mark_changed(db)
        after = _sizes(db)
    finally:
        db.close()
    replace_file(fresh, path)
    sync_folder(path.parent)
    return Rescue(
        aside,
        base.when if base else None,
        max(0, after[0] - before[0]),
        max(0, after[1] - before[1]),
    )


def clear_rests(path: Path) -> None:
    """Remove what a rescue left that was killed; it holds conversations."""
    _remove(path.with_name(_FRESH))
    for folder in path.parent.glob(f"{_COPIES}*"):
        shutil.rmtree(folder, ignore_errors=True)


def set_database_aside(path: Path) -> Path | None:
    """Rename the database and its log; None: there is no file.

    :raises OSError: it cannot be renamed.
    """
    if not os.path.lexists(path):
        # A log without its database cannot be read, but it may hold what was written last.
        _set_log_aside(path, path.with_name(f"{path.stem}.damaged-{_stamp()}{path.suffix}"))
        return None
    target = path.with_name(f"{path.stem}.damaged-{_stamp()}{path.suffix}")
    number = 1
    while os.path.lexists(target):
        target = path.with_name(f"{path.stem}.damaged-{_stamp()}-{number}{path.suffix}")
        number += 1
    path.rename(target)
    _set_log_aside(path, target)
    _remove(_beside(path, "-shm"))
    sync_folder(path.parent)
    return target


def _set_log_aside(path: Path, target: Path) -> None:
    for ending in ("-wal", "-journal"):
        if os.path.lexists(_beside(path, ending)):
            _beside(path, ending).rename(_beside(target, ending))


# ---------------------------------------------------------------- reading what can be read


def _salvage(aside: Path, target: sqlite3.Connection) -> None:
    with tempfile.TemporaryDirectory(prefix=_COPIES, dir=aside.parent) as name:
        folder = Path(name)
        with contextlib.closing(_first_pages(folder)) as pages:
            for number, page in enumerate(pages):
                copy = folder / f"{number}.sqlite3"
                if _copy(aside, copy, page) and _read_all(copy, target):
                    return
                _remove(copy)


def _first_pages(folder: Path) -> Generator[bytes, None, None]:
    """What to lay over the start of the copy until something can be read: nothing, a good header, a good first page."""
    yield b""
    fresh = folder / "fresh.sqlite3"
    with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as db:
        migrate(db)
        page = fresh.read_bytes()[:_PAGE]
        yield page[:_HEADER]
        yield page
        db.execute("VACUUM")  # numbers the tables' pages as it does in a file that was purged
        yield fresh.read_bytes()[:_PAGE]


def _copy(aside: Path, copy: Path, page: bytes) -> bool:
    if not aside.is_file():
        return False
    shutil.copyfile(aside, copy)
    for ending in ("-wal", "-journal"):
        if _beside(aside, ending).is_file():
            shutil.copyfile(_beside(aside, ending), _beside(copy, ending))
    pages = copy.stat().st_size // _PAGE
    if page and not pages:
        return False
    if page:
        with copy.open("r+b") as file:
            file.write(page)
            file.seek(28)  # the size of the file in pages
            file.write(pages.to_bytes(4, "big"))
    return True


def _read_all(copy: Path, target: sqlite3.Connection) -> bool:
    """Add every readable row to ``target``; False: there was none."""
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as source:
        return merge(DamagedTables(source), target)


def _sizes(db: sqlite3.Connection) -> tuple[int, int]:
    row = db.execute("SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM messages)").fetchone()
    return row[0], row[1]


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _stamp() -> str:
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime())

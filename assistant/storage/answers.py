"""What the store says back: about opening, about each write, about the check after an unclean end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.base.errors import AssistantError


@dataclass(frozen=True)
class Stored:
    """The write is committed (and on disk, where the write promises that)."""

    ticket: int


@dataclass(frozen=True)
class StoreFailed:
    """The write changed nothing yet, and the store goes on.

    What the disk refused (DISK_FULL, READ_ONLY, DATABASE_BUSY, FILE_UNREADABLE) is tried again every second, except
    checkpoints: a ``Stored`` for the same ticket follows if that succeeds. The caller does not repeat it.
    """

    ticket: int
    error: AssistantError


@dataclass(frozen=True)
class IntegrityReport:
    """The check after an unclean end is done.

    :ivar ok: nothing wrong was found.
    :ivar problems: how many lines the check printed; the file is repaired at the next start.
    :ivar seconds: how long the check took.
    """

    ok: bool
    problems: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class OpenReport:
    """What happened while the database was opened.

    :ivar error: what the user has to be told, or None. ``DATABASE_DAMAGED``: the file was kept aside and as much as
        possible is back; ``DATABASE_NEWER``, ``DATABASE_BUSY``: read only; ``DISK_FULL``, ``READ_ONLY``: see ``kept``.
    :ivar created: there was no database before.
    :ivar read_only: writes fail with ``error`` (they are tried again where that can help).
    :ivar kept: False when everything is in memory only and gone after the program ends.
    :ivar unclean: the program did not end cleanly; an ``IntegrityReport`` follows.
    :ivar interrupted: answers that were being written when the program ended.
    :ivar set_aside: where the damaged file lies now; it is never deleted.
    :ivar restored: the backup that was put back, as seconds since 1970; None: there was none.
    :ivar conversations: and ``messages``: how many could be read out of the damaged file and were not in the backup.
    :ivar migrated: names of the migrations that ran.
    :ivar seconds: how long opening took.
    """

    error: AssistantError | None = None
    created: bool = False
    read_only: bool = False
    kept: bool = True
    unclean: bool = False
    interrupted: int = 0
    set_aside: Path | None = None
    restored: float | None = None
    conversations: int = 0
    messages: int = 0
    migrated: tuple[str, ...] = ()
    seconds: float = 0.0

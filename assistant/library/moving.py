"""Moving the models folder: everything is copied and checked first, then the program switches, then the old is removed.

A note beside the index says how far it has come. Until the switch the old folder is whole and what was copied is
deleted again; after it the new one is whole and the rest of the old one is deleted. That holds for a move that was
cancelled and for one whose program died, at the next start. On one disk nothing is copied: a file gets a second name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import replace_file, sync_folder, write_atomic
from assistant.library.disk import explain_writing, kept_free
from assistant.library.gguf import model_stem
from assistant.library.handover import FOLDERS as REQUESTS
from assistant.library.installed import home_of, model_paths
from assistant.library.staging import FOLDER as DOWNLOADS

_NOTE = ".move.json"
_BLOCK = 1 << 20
_REPORTS = 0.1  # seconds between two reports
_TEMPORARY = ".moving.part"
_TRIES, _PAUSE = 10, 0.5  # and seconds between them: Windows removes no file while a model that was loaded closes it

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Step:
    """One file: ``source`` and ``target`` relative to the old and the new folder.

    :ivar own: it was put there by us; otherwise the same file was there already.
    """

    source: str
    target: str
    size: int
    own: bool = True


class Move:
    """One move of the models in ``old`` to ``new``; ``notes`` is the folder of the index.

    :raises AssistantError: SETTING_INVALID: one folder lies in the other, or ``new`` is no folder. NO_SPACE (needed,
        free, folder), READ_ONLY.
    """

    def __init__(self, old: Path, new: Path, notes: Path) -> None:
        self.old, self.new = old, new
        self._note = notes / _NOTE
        self._check_places()
        self.steps: list[Step] = []
        self._made = not os.path.lexists(new)  # the new folder is ours

    def copy(self, *, progress: Progress | None, cancelled: Cancelled | None) -> dict[str, str]:
        """Have everything in the new folder, checked. Returns the new names of model files that had to be renamed.

        :raises AssistantError: CANCELLED, NO_SPACE, READ_ONLY, FILE_UNREADABLE; the new folder is then as before.
        """
        files = self._files()
        total = sum(size for _, size in files)
        report = _Report(progress, total)
        try:
            self.new.mkdir(parents=True, exist_ok=True)
            if files:
                self._check_room(total)
            self._write_note("copying")
            renamed = self._renamed([name for name, _ in files])
            for name, size in files:
                self._one(name, renamed.get(name, name), size, report=report, cancelled=cancelled)
            sync_folder(self.new)
            self._write_note("copied")
        except OSError as error:
            self.undo()
            raise explain_writing(error, total, self.new, full=ErrorKind.NO_SPACE) from error
        except BaseException:
            self.undo()
            raise
        return {name: target for name, target in renamed.items() if name != target}

    def undo(self) -> None:
        """Take what was put into the new folder out again."""
        _remove_copies(self.old, self.new, self.steps)
        if self._made:
            with contextlib.suppress(OSError):  # somebody has put something into it
                self.new.rmdir()
        self._forget()

    def finish(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """The program uses the new folder now: remove what the old one still has. What cannot be removed is tried
        again for some seconds, and then at the next start.

        :param sleep: waits for so many seconds.
        """
        for number in range(_TRIES):
            if number:
                sleep(_PAUSE)
            if _remove_originals(self.old, self.new, self.steps):
                self._forget()
                return

    def _forget(self) -> None:
        with contextlib.suppress(OSError):
            self._note.unlink()

    def _check_places(self) -> None:
        old, new = _resolved(self.old), _resolved(self.new)
        if old == new or old in new.parents or new in old.parents or (new.exists() and not new.is_dir()):
            raise AssistantError(ErrorKind.SETTING_INVALID, key="models_folder", value=str(self.new))

    def _check_room(self, size: int) -> None:
        if self.old.stat().st_dev == self.new.stat().st_dev:
            return
        usage = shutil.disk_usage(self.new)
        needed = size + kept_free(usage.total)
        if usage.free < needed:
            raise AssistantError(ErrorKind.NO_SPACE, needed=needed, free=usage.free, folder=str(self.new))

    def _files(self) -> list[tuple[str, int]]:
        """What moves: models with all their parts, links to folders of models (which stay where they are), and
        downloads that have begun. Other files stay where they are."""
        found: dict[str, int] = {}
        paths = model_paths(self.old)
        links = {home for home in (home_of(self.old, path) for path in paths) if home != self.old}
        for link in sorted(links):
            if home_of(self.old, link) == self.old:  # not one behind another
                found[link.relative_to(self.old).as_posix()] = _size(link)
        for parent in sorted({path.parent for path in paths if home_of(self.old, path) == self.old}):
            for path in sorted(parent.iterdir()):
                if path.suffix.lower() == ".gguf" and not path.name.startswith("."):
                    found[path.relative_to(self.old).as_posix()] = _size(path)
        for path in (path for name in (DOWNLOADS, *REQUESTS) for path in sorted((self.old / name).rglob("*"))):
            if path.is_file():
                found[path.relative_to(self.old).as_posix()] = _size(path)
        if (self.old / ".downloads.json").is_file() and not (self.new / ".downloads.json").exists():
            found[".downloads.json"] = _size(self.old / ".downloads.json")
        return [(name, size) for name, size in found.items() if size >= 0]

    def _renamed(self, names: list[str]) -> dict[str, str]:
        """Names in the new folder: another file of the same name stays, and ours gets a number, with all its parts."""
        targets: dict[str, str] = {}
        stems: dict[tuple[str, str], str] = {}
        for name in names:
            path = Path(name)
            stem = model_stem(path)
            group = (path.parent.as_posix(), stem)
            if group not in stems:
                same = [other for other in names if (Path(other).parent.as_posix(), model_stem(Path(other))) == group]
                stems[group] = self._free_stem(same, stem)
            targets[name] = path.with_name(stems[group] + path.name[len(stem) :]).as_posix()
        return targets

    def _free_stem(self, names: list[str], stem: str) -> str:
        number = 1
        while True:
            new = stem if number == 1 else f"{stem}-{number}"
            pairs = [(self.old / n, self.new / Path(n).with_name(new + Path(n).name[len(stem) :])) for n in names]
            if all(not os.path.lexists(target) or _same_bytes(source, target) for source, target in pairs):
                return new
            number += 1

    def _one(self, name: str, target: str, size: int, *, report: _Report, cancelled: Cancelled | None) -> None:
        source, place = self.old / name, self.new / target
        if os.path.lexists(place):
            self.steps.append(Step(name, target, size, own=False))
            report.add(size)
            return
        self.steps.append(Step(name, target, size))
        self._write_note("copying")
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink():
            place.symlink_to(source.resolve(), target_is_directory=source.is_dir())
        elif not _second_name(source, place):
            _copy_checked(source, place, report=report, cancelled=cancelled)
            return
        report.add(size)
        if cancelled is not None and cancelled():
            raise AssistantError(ErrorKind.CANCELLED)

    def _write_note(self, phase: str) -> None:
        steps = [[step.source, step.target, step.size, step.own] for step in self.steps]
        content = {"old": str(self.old), "new": str(self.new), "phase": phase, "steps": steps}
        write_atomic(self._note, json.dumps(content).encode("ascii"))


def settle_move(current: Path, notes: Path) -> None:
    """Bring a move that was cut off to its end, one way or the other: ``current`` is the folder that is used now."""
    note = notes / _NOTE
    try:
        content = json.loads(note.read_bytes())
        old, new = Path(content["old"]), Path(content["new"])
        steps = [_step(row) for row in content["steps"]]
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        with contextlib.suppress(OSError):  # nobody knows what it was: both folders stay as they are
            note.replace(note.with_name(f"{_NOTE}.damaged"))
        return
    done = True
    if _resolved(current) == _resolved(new) and content.get("phase") == "copied":
        done = _remove_originals(old, new, steps)
    elif _resolved(current) == _resolved(old):
        done = _remove_copies(old, new, steps)
    if done:
        with contextlib.suppress(OSError):
            note.unlink()


def _step(row: Any) -> Step:
    source, target, size, own = row
    names = (str(source), str(target))
    if any(Path(name).is_absolute() or ".." in Path(name).parts for name in names):
        raise ValueError("a name that leads out of the folder")
    return Step(*names, int(size), bool(own))


def _remove_copies(old: Path, new: Path, steps: list[Step]) -> bool:
    """Take our copies out of the new folder, each only while its original is there. False: something stays."""
    if not new.is_dir():
        return False  # an unplugged disk: at another start
    done = True
    for step in steps:
        place = new / step.target
        with contextlib.suppress(OSError):
            place.with_name(f".{place.name}{_TEMPORARY}").unlink(missing_ok=True)
        if step.own and os.path.lexists(place):
            if _size(old / step.source) == step.size:
                with contextlib.suppress(OSError):
                    place.unlink()
            done = done and not os.path.lexists(place)
    _remove_empty(new, [Path(step.target) for step in steps])
    return done


def _remove_originals(old: Path, new: Path, steps: list[Step]) -> bool:
    """Remove from the old folder what is whole in the new one. False: something stays."""
    if not old.is_dir():
        return True
    done = True
    for step in steps:
        place = old / step.source
        if os.path.lexists(place):
            if _size(new / step.target) == step.size:
                with contextlib.suppress(OSError):
                    place.unlink()
            done = done and not os.path.lexists(place)
    _remove_empty(old, [Path(step.source) for step in steps])
    for name in (".downloads.lock", ".lamplight-models"):
        with contextlib.suppress(OSError):
            (old / name).unlink()
    with contextlib.suppress(OSError):
        old.rmdir()
    return done


def _remove_empty(folder: Path, names: list[Path]) -> None:
    """Remove the folders that these files were in, where nothing else is in them."""
    inner = {parent for name in names for parent in name.parents if parent != Path()}
    for parent in sorted(inner, key=lambda path: -len(path.parts)):
        with contextlib.suppress(OSError):
            (folder / parent).rmdir()


def _second_name(source: Path, target: Path) -> bool:
    """Give the file a second name; False: another disk, or one that knows no second names."""
    with contextlib.suppress(OSError):
        os.link(source, target)
        return True
    return False


def _copy_checked(source: Path, target: Path, *, report: _Report, cancelled: Cancelled | None) -> None:
    """Copy a file, have the disk take it, and read it again before it gets its name.

    :raises AssistantError: FILE_UNREADABLE (name), CANCELLED. OSError: it cannot be written.
    """
    place = target.with_name(f".{target.name}{_TEMPORARY}")
    try:
        with place.open("wb") as writer:
            try:
                reader = source.open("rb", buffering=0)
            except OSError as error:
                raise AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=source.name) from error
            with reader:
                written = _stream(reader, writer, report=report, cancelled=cancelled)
            writer.flush()
            os.fsync(writer.fileno())
        with place.open("rb", buffering=0) as again:
            if _stream(again, None, report=None, cancelled=cancelled) != written:
                raise AssistantError(ErrorKind.FILE_UNREADABLE, "the copy differs", name=source.name)
        shutil.copystat(source, place)
        replace_file(place, target)
    except BaseException:
        with contextlib.suppress(OSError):
            place.unlink()
        raise


def _stream(reader: Any, writer: Any, *, report: _Report | None, cancelled: Cancelled | None) -> str:
    """Read everything, write it if there is a ``writer``, and return its hash."""
    digest = hashlib.sha256()
    while block := reader.read(_BLOCK):
        if cancelled is not None and cancelled():
            raise AssistantError(ErrorKind.CANCELLED)
        digest.update(block)
        if writer is not None:
            writer.write(block)
        if report is not None:
            report.add(len(block))
    return digest.hexdigest()


class _Report:
    """Progress in bytes, ten times a second."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        self._last = 0.0

    def add(self, count: int) -> None:
        self._done += count
        if self._progress is not None and (time.monotonic() - self._last > _REPORTS or self._done >= self._total):
            self._last = time.monotonic()
            self._progress(min(self._done, self._total), self._total)


def _same_bytes(one: Path, other: Path) -> bool:
    """Are these two files the same, byte for byte? Their sizes and their hashes say it."""
    if _size(one) != _size(other) or _size(one) < 0:
        return False
    with contextlib.suppress(OSError):
        if one.samefile(other):
            return True
        with one.open("rb", buffering=0) as first, other.open("rb", buffering=0) as second:
            options: dict[str, Any] = {"report": None, "cancelled": None}
            return _stream(first, None, **options) == _stream(second, None, **options)
    return False


def _size(path: Path) -> int:
    """Bytes of a file, 0 of a link to a folder, -1: there is neither."""
    try:
        facts = path.stat()
    except OSError:
        return -1
    if stat.S_ISDIR(facts.st_mode) and path.is_symlink():
        return 0
    return facts.st_size if stat.S_ISREG(facts.st_mode) else -1


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path

"""Where the bytes of downloads lie until they are models: ``.downloads/ID/`` in the models folder.

A download has a folder of its own there, with its parts, the child's notes on them and ``item.json``, so that it is
known again when the queue's file is lost. The finished files are put into the models folder together, at the end.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import stat
import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import replace_file, sync_folder, write_atomic
from assistant.library.disk import explain_writing, kept_free
from assistant.library.download_items import DownloadItem, Part, encode, from_json, named, to_json

FOLDER = ".downloads"
_ITEM = "item.json"
_TARGETS = "targets.json"
_MOST = 1000  # folders that are looked at


@dataclass(frozen=True)
class Orphan:
    """A part of a download that no item of the queue knows.

    :ivar paths: what is deleted with it. ``size``: bytes of it all.
    """

    name: str
    size: int
    paths: tuple[Path, ...]


def place_of(folder: Path, item_id: str) -> Path:
    """The folder in which the parts of a download lie."""
    return folder / FOLDER / item_id


def prepare(folder: Path, item: DownloadItem) -> tuple[Part, ...]:
    """Make room for an item; returns those of its first parts that are whole already.

    :raises AssistantError: READ_ONLY, NO_SPACE.
    """
    place = place_of(folder, item.id)
    try:
        place.mkdir(parents=True, exist_ok=True)
        write_atomic(place / _ITEM, encode(to_json(item)))
    except OSError as error:
        raise _explain(error, item.size, folder) from error
    return finished(folder, item)


def finished(folder: Path, item: DownloadItem) -> tuple[Part, ...]:
    """The first parts of an item that are whole: only what was checked has lost its ``.part``. Some may be among the
    models already, if the program was ended in its last step."""
    place = place_of(folder, item.id)
    targets = _noted_targets(place, item)
    whole: list[Part] = []
    for number, part in enumerate(item.parts):
        size = _file_size(place / part.file)
        if size < 0 and targets:
            size = _file_size(folder / targets[number].file)
        if size <= 0:
            break
        whole.append(replace(part, size=size))
    return tuple(whole)


def floor(folder: Path) -> int:
    """Bytes that a download leaves free on the disk of ``folder``."""
    try:
        return kept_free(shutil.disk_usage(folder).total)
    except OSError:
        return kept_free(sys.maxsize)


def publish(folder: Path, item: DownloadItem) -> tuple[DownloadItem, Path]:
    """Put all parts into the models folder. After a crash in the middle the next call finishes it; the item's own
    folder stays with a note of it, until the queue has been kept without the item.

    :returns: the item with the names that its files have now, and the path of the first.
    :raises AssistantError: READ_ONLY, NO_SPACE; DOWNLOAD_DAMAGED (name): a part is gone.
    """
    place = place_of(folder, item.id)
    if has_arrived(folder, item):
        targets = _noted_targets(place, item) or item.parts
        return replace(item, parts=targets), folder / targets[0].file
    try:
        targets = _targets(folder, item)
        for part, target in zip(item.parts, targets, strict=True):
            if (place / part.file).exists():
                replace_file(place / part.file, folder / target.file)
            elif _file_size(folder / target.file) < 0:
                raise AssistantError(ErrorKind.DOWNLOAD_DAMAGED, "a part is gone", name=item.name)
        sync_folder(folder)
    except OSError as error:
        raise _explain(error, item.size, folder) from error
    return replace(item, parts=targets), folder / targets[0].file


def _targets(folder: Path, item: DownloadItem) -> tuple[Part, ...]:
    """The parts under names that are still free; noted before the first of them is put there."""
    place = place_of(folder, item.id)
    noted = _noted_targets(place, item)
    if noted:
        return noted
    taken = taken_names(folder)
    # An item that was never more than asked for does not know how large its files are; now they are here.
    targets = tuple(replace(part, size=max(_file_size(place / part.file), 0)) for part in item.parts)
    if any(part.file.casefold() in taken for part in targets):
        targets = named(targets, taken)
    write_atomic(place / _TARGETS, encode(to_json(replace(item, parts=targets))))
    return targets


def _noted_targets(place: Path, item: DownloadItem) -> tuple[Part, ...]:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        noted = from_json(json.loads((place / _TARGETS).read_bytes()))
        if noted is not None and len(noted.parts) == len(item.parts):
            return noted.parts
    return ()


def has_arrived(folder: Path, item: DownloadItem) -> bool:
    """Was the program ended between the last step of an item and the note about it?"""
    place = place_of(folder, item.id)
    if any(_file_size(place / name) >= 0 for part in item.parts for name in (part.file, f".{part.file}.part")):
        return False
    targets = _noted_targets(place, item) or item.parts
    return all(part.size > 0 and _file_size(folder / part.file) == part.size for part in targets)


def is_placed(folder: Path, item: DownloadItem) -> bool:
    """Are all files of an item among the models? Its sizes may not be known."""
    sizes = [_file_size(folder / part.file) for part in item.parts]
    return all(size > 0 and part.size in (0, size) for size, part in zip(sizes, item.parts, strict=True))


def discard(folder: Path, item_id: str) -> None:
    """Delete everything that an item has in its own folder: first what says that it is wanted, last what says under
    which names its files arrived."""
    place = place_of(folder, item_id)
    for name in (_ITEM, *_names_in(place)):
        if name != _TARGETS:
            with contextlib.suppress(OSError):
                (place / name).unlink()
    shutil.rmtree(place, ignore_errors=True)
    with contextlib.suppress(OSError):
        (folder / FOLDER).rmdir()


def recover(folder: Path, known: AbstractSet[str]) -> list[DownloadItem]:
    """The items that lie in their folders and that ``known`` (ids) does not name. A folder in which nothing of worth
    is left goes."""
    found = []
    for place in _places(folder):
        if place.name in known:
            continue
        with contextlib.suppress(OSError, ValueError, RecursionError):
            item = from_json(json.loads((place / _ITEM).read_bytes()))
            if item is not None and item.id == place.name:
                whole = sum(part.size for part in finished(folder, item))
                found.append(replace(item, done=whole))
                continue
        if not _bytes_in(place):
            discard(folder, place.name)
    return found


def orphans(folder: Path, known: AbstractSet[str]) -> tuple[Orphan, ...]:
    """What is left of downloads that are not among ``known`` (ids), with what it takes on the disk."""
    found = []
    for place in _places(folder):
        if place.name not in known:
            parts = sorted(name for name in _names_in(place) if name.endswith(".part"))
            name = parts[0].removeprefix(".").removesuffix(".part") if parts else place.name
            found.append(Orphan(name, _bytes_in(place), (place,)))
    names = {name.removesuffix(".json").removesuffix(".plain") for name in _names_in(folder)}  # notes may be alone
    for name in sorted(names):
        if name.startswith(".") and name.endswith(".part") and not name.startswith(".import-"):
            notes = (folder / f"{name}{ending}" for ending in ("", ".json", ".plain"))
            paths = tuple(path for path in notes if path.is_file())
            size = sum(max(_file_size(path), 0) for path in paths)
            found.append(Orphan(name.removeprefix(".").removesuffix(".part"), size, paths))
    return tuple(found)


def delete_orphan(folder: Path, orphan: Orphan) -> None:
    """:raises AssistantError: READ_ONLY, when something of it stays."""
    for path in orphan.paths:
        if path.parent not in (folder, folder / FOLDER):
            continue
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise _explain(error, 0, folder) from error
    with contextlib.suppress(OSError):
        (folder / FOLDER).rmdir()


def taken_names(folder: Path) -> frozenset[str]:
    """The names in the models folder, in small letters: two that differ only in that are one on some systems."""
    return frozenset(name.casefold() for name in _names_in(folder))


def _places(folder: Path) -> Iterator[Path]:
    for name in sorted(_names_in(folder / FOLDER))[:_MOST]:
        place = folder / FOLDER / name
        if place.is_dir() and not place.is_symlink():
            yield place


def _names_in(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except OSError:
        return []


def _bytes_in(place: Path) -> int:
    return sum(max(_file_size(place / name), 0) for name in _names_in(place) if not name.endswith(".json"))


def _explain(error: OSError, size: int, folder: Path) -> AssistantError:
    return explain_writing(error, size, folder, full=ErrorKind.NO_SPACE)


def _file_size(path: Path) -> int:
    """Bytes; -1: there is no such file."""
    try:
        facts = path.lstat()
    except OSError:
        return -1
    return facts.st_size if stat.S_ISREG(facts.st_mode) else -1

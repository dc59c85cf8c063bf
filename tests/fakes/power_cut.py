"""What is on the disk after the power went, for any moment of a recorded program.

``strace`` records what a program writes, syncs and renames below a folder. Of everything that was not synced at the
chosen moment, any part may be missing: each write on its own, also half of one, and any number of the last changes to
names. What was synced is there.
"""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.store_killer import ROOT, command

SECTOR = 512
_CALLS = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename,renameat,renameat2"
_LINE = re.compile(
    r"(?P<time>\d+\.\d+) (?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)(?:<(?P<opened>[^>]*)>)?"
)
_FD = re.compile(r"^(?P<number>\d+)<(?P<path>[^>]*)>")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(frozen=True)
class Act:
    """One recorded call: ``call`` on ``path``, or a line that the program said."""

    call: str
    path: str = ""
    data: bytes = b""
    place: int = 0
    other: str = ""


def record(home: Path, seed: int, actions: int, log: Path) -> list[Act]:
    """Run the writing program in ``home`` to its end, and return what it did below it, in order."""
    log.mkdir()
    arguments = ["strace", "-ff", "-ttt", "-y", "-xx", "-s", "10000000", "-e", f"trace={_CALLS}", "-o", str(log / "t")]
    subprocess.run([*arguments, *command(home, seed, actions)], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    acts: list[tuple[float, int, Act]] = []
    for file in sorted(log.iterdir()):
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines()):
            if (found := _LINE.match(line)) and int(found["result"]) >= 0 and (act := _act(found, str(home))):
                acts.append((float(found["time"]), number, act))
    return [act for _, _, act in sorted(acts, key=lambda item: item[:2])]


def _act(found: re.Match[str], home: str) -> Act | None:
    call, arguments = found["call"], found["arguments"]
    strings = [_plain(hexes) for hexes, _ in _STRING.findall(arguments)]
    handle = _FD.match(arguments)
    path = _plain(handle["path"]).decode() if handle else ""
    if call == "write" and handle and handle["number"] == "1":
        return Act("say", data=strings[0])
    if call == "openat":
        opened = _plain(found["opened"] or "").decode()
        return Act("create", opened) if "O_CREAT" in arguments and opened.startswith(home) else None
    if call.startswith("rename"):
        old, new = (string.decode() for string in strings[:2])
        return Act("rename", old, other=new) if new.startswith(home) else None
    if call == "unlink":
        gone = strings[0].decode()
        return Act("unlink", gone) if gone.startswith(home) else None
    if not path.startswith(home):
        return None
    if call == "pwrite64":
        return Act("write", path, strings[0], int(arguments.rsplit(", ", 1)[1]))
    if call == "write":
        return Act("append", path, strings[0])
    if call == "ftruncate":
        return Act("cut", path, place=int(arguments.rsplit(", ", 1)[1]))
    return Act("sync", path)


def _plain(hexes: str) -> bytes:
    return bytes.fromhex(hexes.replace("\\x", ""))


@dataclass
class _File:
    synced: bytes = b""
    now: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)  # writes and lengths, in order


class Disk:
    """Files and names, as the program sees them and as they are surely on the disk."""

    def __init__(self) -> None:
        self._now: dict[str, _File] = {}
        self._synced: dict[str, _File] = {}
        self._names: list[Act] = []  # changes to names that are not synced

    def do(self, act: Act) -> None:
        """Take one act into account; what is not about a known file (a folder that is synced) as well."""
        if act.call == "create":
            if act.path not in self._now:
                self._now[act.path] = _File()
                self._names.append(act)
        elif act.call in ("unlink", "rename"):
            self._rename(self._now, act)
            self._names.append(act)
        elif act.call == "sync" and act.path in self._now:
            file = self._now[act.path]
            file.synced, file.pending = bytes(file.now), []
        elif act.call == "sync":  # a folder: the names in it are sure
            self._synced = dict(self._now)
            self._names = []
        elif act.path in self._now:
            self._write(self._now[act.path], act)

    def after_power_cut(self, chance: random.Random, home: str, target: Path) -> None:
        """Write to ``target`` what could be left of the folder ``home``."""
        names = dict(self._synced)
        files = dict(self._now)  # who was created, by its first name
        for act in self._names[: chance.randint(0, len(self._names))]:
            if act.call == "create":
                names[act.path] = files.get(act.path) or next(iter(self._find(act.path)), _File())
            else:
                self._rename(names, act)
        for path, file in names.items():
            if not path.endswith("-shm"):  # never read after a start
                place = target / Path(path).relative_to(home)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(_left(file, chance))

    def _find(self, path: str) -> list[_File]:
        """The file that had this name once, behind its later names."""
        for act in self._names:
            if act.call == "rename" and act.path == path:
                return [self._now[act.other]] if act.other in self._now else []
        return []

    @staticmethod
    def _rename(names: dict[str, _File], act: Act) -> None:
        file = names.pop(act.path, None)
        if act.call == "rename" and file is not None:
            names[act.other] = file

    @staticmethod
    def _write(file: _File, act: Act) -> None:
        if act.call == "cut":
            file.pending.append(act.place)
        else:
            place = len(file.now) if act.call == "append" else act.place
            file.pending.append((place, act.data))
        _apply(file.now, file.pending[-1])


def _apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    if isinstance(change, int):
        del content[change:]
        content.extend(bytes(change - len(content)))
        return
    place, data = change
    content.extend(bytes(max(0, place - len(content))))
    content[place : place + len(data)] = data


def _left(file: _File, chance: random.Random) -> bytes:
    content = bytearray(file.synced)
    manner = chance.choice(["all", "none", "some", "some"])
    for change in file.pending:
        if manner == "none" or (manner == "some" and chance.random() < 0.5):
            continue
        if manner == "some" and not isinstance(change, int) and chance.random() < 0.3:
            place, data = change  # torn: some of its sectors
            for start in range(0, len(data), SECTOR):
                if chance.random() < 0.5:
                    _apply(content, (place + start, data[start : start + SECTOR]))
            continue
        _apply(content, change)
    return bytes(content)

"""A disk that is full or refuses, at any moment of a download: a sentence, and nothing that was brought is lost."""

from __future__ import annotations

import errno
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.texts.errors import hint, sentence
from tests.fakes.downloads import NAME, REPO, Download, is_right, names
from tests.fakes.fetcher import Fetcher
from tests.fakes.hub import Hub
from tests.fakes.soak_log import SoakLog

SIZE = 2_000_000
_MOUNT = 'mount -t tmpfs -o size={size}k none "$0" && {before} "$@"; code=$?; cp -a "$0/." "$0.after/"; exit $code'


def small_disk(folder: Path, kilobytes: int, taken: int = 0) -> list[str]:
    """What starts a program for which ``folder`` is a disk of its own; empty where this system does not let us."""
    before = f'head -c {taken}k /dev/zero > "$0/other" &&' if taken else ""
    start = ["unshare", "-Urm", "sh", "-c", _MOUNT.format(size=kilobytes, before=before), str(folder)]
    if shutil.which("unshare") and subprocess.run([*start, "true"], capture_output=True, check=False).returncode == 0:
        return start
    return []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    (tmp_path / "models.after").mkdir()
    return folder


def told(values: dict[str, Any]) -> AssistantError:
    return AssistantError(ErrorKind.NO_SPACE, **values)


@pytest.mark.parametrize("kilobytes", [16, 500, 1900])
def test_a_disk_that_is_too_small(folder: Path, kilobytes: int) -> None:
    """The size is known, so it is refused before the first byte."""
    with Hub() as hub:
        hub.add(REPO, NAME, size=SIZE)
        if start := small_disk(folder, kilobytes):
            end = Fetcher(start, endpoint=hub.address, target=str(folder / NAME)).end()
            assert names(folder.with_name("models.after")) == []
        else:
            floor = shutil.disk_usage(folder).free - kilobytes * 1000
            end = Fetcher(endpoint=hub.address, target=str(folder / NAME), floor=floor).end()
        assert end["failed"] == ErrorKind.NO_SPACE.value
        assert "disk" in sentence(told(end["values"])).lower()
        assert "Free" in hint(told(end["values"]))
        assert hub.bytes_sent <= 4096  # one byte, to be sure that the size is true


def test_a_floor_is_kept(folder: Path) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=SIZE)
        free = shutil.disk_usage(folder).free
        end = Download(hub, folder, floor=free + (1 << 30)).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.NO_SPACE
        assert end.values["folder"] == str(folder)
        assert names(folder) == []


@pytest.mark.parametrize("after", [0, 1, 300_000, 1_100_000, 1_999_999])
def test_a_disk_that_fills_up_meanwhile(folder: Path, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a reservation: the byte number ``after`` does not fit any more. What was brought is not lost."""
    from assistant.net import parts

    written = 0
    plain = parts.Part.write

    class Full:
        """A file on a disk that has room for ``after`` bytes more."""

        def __init__(self, file: Any) -> None:
            self.file = file

        def seek(self, place: int) -> None:
            self.file.seek(place)

        def write(self, data: memoryview) -> int:
            nonlocal written
            room = min(len(data), after - written)
            if room <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            written += room
            return int(self.file.write(data[:room]))

    monkeypatch.setattr(parts, "reserve", lambda handle, size: False)
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=SIZE)
        (folder / NAME).write_bytes(b"the older one")
        with monkeypatch.context() as patch:
            patch.setattr(
                parts.Part,
                "write",
                lambda part, file, start, data: plain(part, Full(file), start, data),  # type: ignore
            )
            end = Download(hub, folder).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.NO_SPACE
        assert (folder / NAME).read_bytes() == b"the older one"
        assert set(names(folder)) <= {NAME, f".{NAME}.part", f".{NAME}.part.json"}
        Download(hub, folder).end()
        assert is_right(folder / NAME, blob)
        assert names(folder) == [NAME]


# ---------------------------------------------------------------- the k-th call fails

CODES = {"full": errno.ENOSPC, "broken": errno.EIO, "forbidden": errno.EACCES}
KINDS = {ErrorKind.NO_SPACE, ErrorKind.READ_ONLY, ErrorKind.FILE_UNREADABLE}


def calls_of_one_download(hub: Hub, folder: Path) -> int:
    """How many there are when nothing fails."""
    end = Fetcher(endpoint=hub.address, target=str(folder / NAME), connections=1, fail=[0, 0, 0]).end()
    assert "fetched" in end
    assert {"open", "read", "write", "fsync", "pwrite", "pread", "replace", "unlink", "sync_folder"} <= set(
        end["calls"]
    )
    (folder / NAME).unlink()
    return len(end["calls"])


def failing_call(hub: Hub, folder: Path, blob: Any, fail: list[int]) -> None:
    """One download in which calls to the system fail, and one that goes on after it."""
    old = b"the older one"
    (folder / NAME).write_bytes(old)
    options = {"endpoint": hub.address, "target": str(folder / NAME), "connections": 1}
    end = Fetcher(**options, fail=fail).end()
    if "failed" in end:
        assert ErrorKind(end["failed"]) in KINDS, end
        assert (folder / NAME).read_bytes() == old or is_right(folder / NAME, blob)
    else:
        assert is_right(folder / NAME, blob)
    assert set(names(folder)) <= {NAME, f".{NAME}.part", f".{NAME}.part.json"}
    assert "fetched" in Fetcher(**options).end()
    assert is_right(folder / NAME, blob)
    assert names(folder) == [NAME]


@pytest.mark.timeout(300)
def test_the_kth_call_to_the_system_fails(folder: Path) -> None:
    """A few of them at a landing."""
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=300_000)
        count = calls_of_one_download(hub, folder)
        assert count > 20
        codes = list(CODES.values())
        for number, first in enumerate([1, 2, count // 3, count // 2, count - 3, count - 1]):
            failing_call(hub, folder, blob, [first, codes[number % 3], 1 if number % 2 else 10_000])


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("times", [1, 10_000])
@pytest.mark.parametrize("code", CODES)
def test_every_call_to_the_system_fails_once(folder: Path, code: str, times: int, soak_log: SoakLog) -> None:
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=300_000)
        for first in range(1, calls_of_one_download(hub, folder) + 2):
            failing_call(hub, folder, blob, [first, CODES[code], times])
            soak_log(call=first, code=code, times=times)

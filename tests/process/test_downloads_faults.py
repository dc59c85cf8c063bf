"""Whatever a server does, at the start, in the middle, in the last megabyte: never a wrong file, the right sentence.

A landing tries small files; ``-m soak`` takes 60 MB.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.gate import Gate
from assistant.net.messages import Fetch, Fetched, Place, Setup
from assistant.net.range_fetcher import RangeFetcher
from assistant.net.transfer import Transfer
from assistant.texts.errors import sentence
from tests.fakes.downloads import NAME, REPO, Download, is_right, names
from tests.fakes.hub import Hub
from tests.fakes.soak_log import SoakLog

SIZE = 6_000_000
LARGE = 60_000_000
PLACES = {"start": 0.0, "middle": 0.5, "last megabyte": -500_000}

MENDED: dict[str, dict[str, Any]] = {
    "cut": {},
    "cuteach": {"value": 150_000, "times": 12},
    "reset": {},
    "stall": {},
    "slow": {"value": 4_000_000},
    "norange": {},
    "offset": {"value": 70_000},
    "shifted": {"value": 70_000},
    "flip": {},
    "short": {"value": 900},
    "long": {"value": 900},
    "total": {"value": 900},
    "status": {"value": 503},
    "busy": {"value": 1},
    "portal": {},
    "loop": {},
    "gone": {},
    "elsewhere": {"where": "http://127.0.0.1:9/elsewhere"},
}
"""What a server may do once: the file arrives all the same."""

LASTING: dict[str, tuple[dict[str, Any], ErrorKind]] = {
    "cut": ({}, ErrorKind.NET_UNREACHABLE),
    "reset": ({}, ErrorKind.NET_UNREACHABLE),
    "stall": ({}, ErrorKind.NET_STALLED),
    "offset": ({"value": 70_000}, ErrorKind.NET_NONSENSE),
    "long": ({"value": 900}, ErrorKind.NET_NONSENSE),
    "status": ({"value": 502}, ErrorKind.NET_SERVER),
    "busy": ({"value": 5}, ErrorKind.NET_BUSY),
    "portal": ({}, ErrorKind.NET_PORTAL),
    "loop": ({}, ErrorKind.NET_NONSENSE),
    "gone": ({}, ErrorKind.NET_SERVER),  # the Hub says that it is there: its store has a problem
    "elsewhere": ({"where": "http://127.0.0.1:9/elsewhere"}, ErrorKind.NET_UNREACHABLE),
}
"""What it may do for ever: the download waits, and says why."""

ENDING: dict[str, tuple[dict[str, Any], ErrorKind]] = {
    "flip": ({}, ErrorKind.DOWNLOAD_DAMAGED),
    "shifted": ({"value": 70_000}, ErrorKind.DOWNLOAD_DAMAGED),
    "total": ({"value": 900}, ErrorKind.DOWNLOAD_SIZE),
}
"""What ends a download, if it is done for ever."""

FACTS: dict[str, tuple[dict[str, Any], ErrorKind]] = {
    "status": ({"value": 500}, ErrorKind.NET_SERVER),
    "busy": ({"value": 3}, ErrorKind.NET_BUSY),
    "portal": ({}, ErrorKind.NET_PORTAL),
    "loop": ({}, ErrorKind.NET_NONSENSE),
}
REFUSALS = {
    "gated": ErrorKind.HUB_GATED,
    "missing": ErrorKind.HUB_NOT_FOUND,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where models are; an older file of the same name is there already."""
    folder = tmp_path / "around" / "models"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(b"the older one")
    return folder


def place_of(place: str, size: int) -> int:
    at = PLACES[place]
    return int(at * size) if 0 <= at <= 1 else size + int(at)


def mended(folder: Path, kind: str, place: str, size: int) -> None:
    """A fault that happens once."""
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=size)
        fault = hub.fault(kind, at=place_of(place, size), **MENDED[kind])
        end = Download(hub, folder).end(60)
        assert isinstance(end, Fetched), end
        assert (end.size, end.sha256, end.path) == (blob.size, blob.sha256, str(folder / NAME))
        assert fault.seen
        assert is_right(folder / NAME, blob)
        assert names(folder) == [NAME]
        assert names(folder.parent) == ["models"]


def lasting(folder: Path, kind: str, place: str, size: int) -> None:
    """A fault that goes on: the download waits, and its end leaves what was brought and the older file."""
    more, expected = LASTING[kind]
    with Hub() as hub:
        hub.add(REPO, NAME, size=size)
        hub.fault(kind, at=place_of(place, size), times=-1, **more)
        download = Download(hub, folder)
        report = download.until(lambda one: one.phase == "waiting", 60)
        assert report is not None, download.end()
        assert report.kind is expected
        assert report.wait > 0
        download.stop()
        assert (folder / NAME).read_bytes() == b"the older one"
        assert set(names(folder)) <= {f".{NAME}.part", f".{NAME}.part.json", NAME}
        if place != "start":  # what was brought before is there, and then the rest is enough
            before = hub.bytes_sent
            hub.faults.clear()
            assert isinstance(Download(hub, folder, patience=1).end(60), Fetched)
            assert hub.bytes_sent - before < size
            assert names(folder) == [NAME]


def ending(folder: Path, kind: str, place: str, size: int) -> None:
    """A fault that waiting does not mend: nothing stays but the older file."""
    more, expected = ENDING[kind]
    with Hub() as hub:
        hub.add(REPO, NAME, size=size)
        hub.fault(kind, at=place_of(place, size), times=-1, **more)
        end = Download(hub, folder).end(60)
        assert isinstance(end, AssistantError)
        assert end.kind is expected
        assert NAME in sentence(end)
        assert names(folder) == [NAME]
        assert (folder / NAME).read_bytes() == b"the older one"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", MENDED)
def test_a_fault_that_passes(folder: Path, kind: str, place: str) -> None:
    mended(folder, kind, place, SIZE)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", LASTING)
def test_a_fault_that_lasts(folder: Path, kind: str, place: str) -> None:
    lasting(folder, kind, place, SIZE)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ENDING)
def test_a_fault_that_ends_it(folder: Path, kind: str, place: str) -> None:
    ending(folder, kind, place, SIZE)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("place", PLACES)
def test_every_fault_of_a_large_file(tmp_path: Path, place: str, soak_log: SoakLog) -> None:
    for number, (act, kinds) in enumerate([(mended, MENDED), (lasting, LASTING), (ending, ENDING)]):
        for kind in kinds:  # type: ignore[attr-defined]
            folder = tmp_path / f"{number} {kind}" / "models"
            folder.mkdir(parents=True)
            (folder / NAME).write_bytes(b"the older one")
            act(folder, kind, place, LARGE)
            soak_log(fault=kind, place=place, was=act.__name__)


# ---------------------------------------------------------------- what the Hub says about a file


@pytest.mark.parametrize("kind", FACTS)
def test_no_facts_for_now(folder: Path, kind: str) -> None:
    more, expected = FACTS[kind]
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=300_000)
        hub.fault(kind, head=True, times=-1, **more)
        download = Download(hub, folder)
        report = download.until(lambda one: one.phase == "waiting")
        assert report is not None
        assert report.kind is expected
        assert names(folder) == [f".{NAME}.part.json", NAME]  # the lock
        hub.faults.clear()
        assert isinstance(download.end(), Fetched)
        assert is_right(folder / NAME, blob)


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal(folder: Path, kind: str) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=300_000)
        hub.fault(kind, head=True, times=-1)
        end = Download(hub, folder).end()
        assert isinstance(end, AssistantError)
        assert end.kind is REFUSALS[kind]
        assert names(folder) == [NAME]
        assert hub.bytes_sent == 0


@pytest.mark.parametrize("place", PLACES)
def test_an_agreement_that_is_asked_for_meanwhile(folder: Path, place: str) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=SIZE)

        def close() -> None:
            hub.repos[REPO].gated = "manual"
            hub.fault("gated", times=-1, at=place_of(place, SIZE))

        hub.fault("do", at=place_of(place, SIZE), action=close)
        end = Download(hub, folder).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.HUB_GATED
        assert (folder / NAME).read_bytes() == b"the older one"


@pytest.mark.parametrize("size", [SIZE, SIZE - 70_001, SIZE + 70_001])
@pytest.mark.parametrize("place", PLACES)
def test_a_file_that_changes_between_two_requests(folder: Path, place: str, size: int) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=SIZE)
        hub.fault("do", at=place_of(place, SIZE), action=lambda: hub.change(REPO, NAME, size=size))
        end = Download(hub, folder).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.DOWNLOAD_CHANGED
        assert names(folder) == [NAME]
        assert (folder / NAME).read_bytes() == b"the older one"
        assert isinstance(Download(hub, folder).end(), Fetched)  # begun anew
        assert is_right(folder / NAME, hub.repos[REPO].files[NAME])


def test_a_branch_that_moves_on_does_not_matter(folder: Path) -> None:
    """The commit that was begun is still there: it is brought to its end."""
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=SIZE)
        repo = hub.repos[REPO]

        def move() -> None:
            repo.older.append(repo.commit)
            repo.commit = "d" * 40

        hub.fault("do", at=SIZE // 2, action=move)
        end = Download(hub, folder).end()
        assert isinstance(end, Fetched)
        assert end.revision == "a1b2c3d4e5" * 4
        assert is_right(folder / NAME, blob)


@pytest.mark.parametrize("claim", [1000, -1000])
def test_a_size_that_is_not_true(folder: Path, claim: int) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=SIZE)
        hub.fault("claim", times=-1, value=claim)
        end = Download(hub, folder).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.DOWNLOAD_SIZE
        assert end.values["expected"] == SIZE + claim
        assert names(folder) == [NAME]


def test_a_size_that_no_disk_has(folder: Path) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=SIZE)
        hub.fault("claim", times=-1, value=10**15)
        end = Download(hub, folder).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.DOWNLOAD_SIZE
        assert hub.bytes_sent < 100_000
        assert names(folder) == [NAME]


# ---------------------------------------------------------------- without ranges


def test_a_server_without_ranges(folder: Path) -> None:
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=SIZE)
        hub.ranges = False
        hub.fault("cut", at=SIZE // 2)
        assert isinstance(Download(hub, folder).end(), Fetched)
        assert is_right(folder / NAME, blob)


def test_what_is_there_is_not_lost_to_a_server_without_ranges(folder: Path) -> None:
    """It sends everything from the start: what is there is let pass, also when it is cut again and again."""
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=SIZE)
        hub.fault("status", at=SIZE // 2, times=-1)
        download = Download(hub, folder)
        assert download.until(lambda one: one.phase == "waiting" and one.done > SIZE // 3)
        download.stop()
        hub.faults.clear()
        hub.ranges = False
        hub.fault("cut", at=SIZE // 4)
        hub.fault("cut", at=SIZE - 100_000)
        assert isinstance(Download(hub, folder).end(), Fetched)
        assert is_right(folder / NAME, blob)


# ---------------------------------------------------------------- another source


def test_the_mirror_is_used_when_the_first_cannot_be_reached(folder: Path) -> None:
    with Hub() as mirror:
        blob = mirror.add(REPO, NAME, size=SIZE)
        with Hub() as hub:
            dead = hub.address
        download = Download(mirror, folder, endpoint=dead, mirrors=[mirror.address])
        assert isinstance(download.end(), Fetched)
        assert is_right(folder / NAME, blob)
        assert {one.source for one in download.reports if one.done} <= {mirror.address.removeprefix("http://")}


def test_where_neither_helps_the_fault_is_told_of_the_one_that_has_it(folder: Path) -> None:
    with Hub() as mirror:
        mirror.add(REPO, NAME, size=SIZE)
        mirror.portal = True
        with Hub() as hub:
            dead = hub.address
        download = Download(mirror, folder, endpoint=dead, mirrors=[mirror.address])
        waits = download.until(lambda report: report.phase == "waiting")
        assert waits is not None
        assert (waits.kind, waits.source) == (ErrorKind.NET_UNREACHABLE, dead.removeprefix("http://"))
        download.stop()


def test_where_neither_can_be_reached_both_are_told(folder: Path) -> None:
    with Hub() as hub, Hub() as mirror:
        dead = [hub.address, mirror.address]
    with Hub() as other:
        download = Download(other, folder, endpoint=dead[0], mirrors=dead[1:])
        waits = download.until(lambda report: report.phase == "waiting")
        assert waits is not None
        assert waits.source == ", ".join(address.removeprefix("http://") for address in dead)
        download.stop()


def test_the_mirror_goes_on_where_the_first_has_died(folder: Path) -> None:
    with Hub() as mirror, Hub() as hub:
        blob = mirror.add(REPO, NAME, size=SIZE)
        hub.add(REPO, NAME, size=SIZE)
        hub.fault("status", at=SIZE // 2, times=-1)
        assert isinstance(Download(hub, folder, mirrors=[mirror.address]).end(), Fetched)
        assert is_right(folder / NAME, blob)
        assert 0 < mirror.bytes_sent < SIZE


def test_what_a_server_has_damaged_comes_from_the_mirror(folder: Path) -> None:
    with Hub() as mirror, Hub() as hub:
        blob = mirror.add(REPO, NAME, size=SIZE)
        hub.add(REPO, NAME, size=SIZE)
        hub.fault("flip", at=SIZE // 2, times=-1)
        assert isinstance(Download(hub, folder, mirrors=[mirror.address]).end(), Fetched)
        assert is_right(folder / NAME, blob)
        assert mirror.bytes_sent >= SIZE


def test_a_store_of_files_on_another_server(folder: Path) -> None:
    with Hub() as store, Hub(cdn=store) as hub:
        blob = hub.add(REPO, NAME, size=SIZE)
        assert isinstance(Download(hub, folder).end(), Fetched)
        assert is_right(folder / NAME, blob)
        assert hub.bytes_sent == 0
        assert store.bytes_sent >= SIZE
        assert all(not hit.authorization for hit in store.hits)


def test_a_full_disk_is_what_is_said_when_the_server_goes_away_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the size is true is asked once more; without an answer, the disk is still too small."""

    def gone(_: RangeFetcher) -> int:
        raise AssistantError(ErrorKind.NET_UNREACHABLE, host="127.0.0.1")

    monkeypatch.setattr(RangeFetcher, "measure", gone)
    with Hub() as hub:
        hub.add(REPO, NAME, size=SIZE)
        fetch = Fetch(id="f", place=Place(repo=REPO, file=NAME), target=str(folder / NAME), floor=1 << 60)
        with pytest.raises(AssistantError) as caught:
            Transfer(fetch, Gate(Setup(endpoint=hub.address)), lambda _: None).run()
    assert caught.value.kind is ErrorKind.NO_SPACE

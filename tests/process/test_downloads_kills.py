"""A download that is killed and cut again and again asks for nothing twice, and leaves nothing but the file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from tests.fakes.download_killer import Toll, kill_and_cut
from tests.fakes.downloads import NAME, REPO, Download, is_right, names
from tests.fakes.fetcher import Fetcher
from tests.fakes.hub import Hub
from tests.fakes.soak_log import SoakLog


def check(toll: Toll, around: Path) -> None:
    """What must hold for any number of kills."""
    assert toll.right
    assert toll.early == 0, "a file that was not right had the name of the model"
    assert toll.again <= toll.size / 10
    assert toll.cuts
    assert toll.left == []
    assert toll.partials <= 2, "the part and its notes are all there is of a download"
    assert names(around) == ["models"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "around" / "models"
    folder.mkdir(parents=True)
    return folder


def test_kills_and_cuts(folder: Path) -> None:
    check(kill_and_cut(folder, size=12_000_000, kills=6, cuts=5, seed=5), folder.parent)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(5))
def test_fifty_kills_and_twenty_cuts(folder: Path, seed: int, soak_log: SoakLog) -> None:
    toll = kill_and_cut(folder, size=60_000_000, kills=50, cuts=20, seed=seed)
    soak_log(seed=seed, **asdict(toll))
    check(toll, folder.parent)


def test_two_processes_and_one_file(folder: Path) -> None:
    """The second waits, says why, and finds the file there when the first has finished."""
    with Hub(throttle=4_000_000) as hub:
        blob = hub.add(REPO, NAME, size=4_000_000)
        options = {"endpoint": hub.address, "target": str(folder / NAME)}
        first = Fetcher(**options)
        while first.next().get("progress", {}).get("phase") != "downloading":
            assert first.process.poll() is None
        second = Fetcher(**options)
        line = second.next()["progress"]
        assert (line["phase"], line["kind"]) == ("waiting", ErrorKind.DOWNLOADS_ELSEWHERE.value)
        hub.throttle = 0
        assert "fetched" in first.end()
        assert "fetched" in second.end()
        assert is_right(folder / NAME, blob)
        assert hub.bytes_sent == blob.size
        assert names(folder) == [NAME]


def test_a_killed_process_holds_nothing(folder: Path) -> None:
    with Hub(throttle=1_000_000) as hub:
        hub.add(REPO, NAME, size=3_000_000)
        options = {"endpoint": hub.address, "target": str(folder / NAME)}
        first = Fetcher(**options)
        while first.next().get("progress", {}).get("phase") != "downloading":
            assert first.process.poll() is None
        first.kill()
        hub.throttle = 0
        end = Fetcher(**options).end()
        assert "fetched" in end
        assert not [one for one in end["lines"] if one.get("progress", {}).get("phase") == "waiting"]


# ---------------------------------------------------------------- stopping and going on


@pytest.mark.parametrize("keep", [True, False])
def test_a_stop_in_the_middle(folder: Path, keep: bool) -> None:
    with Hub(throttle=3_000_000) as hub:
        blob = hub.add(REPO, NAME, size=6_000_000)
        download = Download(hub, folder)
        assert download.until(lambda one: one.done > 1_000_000)
        download.stop(keep=keep)
        assert names(folder) == ([f".{NAME}.part", f".{NAME}.part.json"] if keep else [])
        hub.throttle = 0
        before = hub.sent_at_rest()
        again = Download(hub, folder)
        again.end()
        assert is_right(folder / NAME, blob)
        assert (hub.bytes_sent - before < 5_900_000) is keep  # what was on its way at the stop is counted, too
        if keep:
            assert again.reports[-1].done > 1_000_000


def test_a_stop_while_it_waits(folder: Path) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=100_000)
        hub.fault("busy", value=500, times=-1, head=True)
        download = Download(hub, folder)
        report = download.until(lambda one: one.phase == "waiting")
        assert report is not None
        assert 450 < report.wait <= 500
        download.stop()
        assert names(folder) == []


def test_a_stop_while_a_server_says_nothing(folder: Path) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=6_000_000)
        hub.fault("stall", at=0, times=-1)
        download = Download(hub, folder, stall=30)
        assert download.until(lambda one: one.phase == "downloading")
        download.stop()


def test_a_file_that_is_there_is_not_brought_again(folder: Path) -> None:
    with Hub() as hub:
        blob = hub.add(REPO, NAME, size=3_000_000)
        (folder / NAME).write_bytes(blob.data)
        Download(hub, folder).end()
        assert hub.bytes_sent == 0
        assert names(folder) == [NAME]


def test_progress_is_honest_and_rare(folder: Path) -> None:
    with Hub(throttle=2_000_000) as hub:
        blob = hub.add(REPO, NAME, size=4_000_000)
        download = Download(hub, folder)
        download.end()
        reports = download.reports
        assert len(reports) <= 4 * 4
        assert [one.done for one in reports] == sorted(one.done for one in reports)
        assert {one.size for one in reports if one.done} == {blob.size}
        late = [one for one in reports if one.phase == "downloading" and one.done > blob.size / 2]
        assert late
        for one in late:
            assert 1_400_000 < one.speed < 2_700_000
            assert one.left == pytest.approx((blob.size - one.done) / one.speed)

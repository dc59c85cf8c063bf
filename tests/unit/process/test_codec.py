"""Frames: what goes in comes out, and whatever else comes is refused without harm."""

from __future__ import annotations

import io
import random
import struct
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import ErrorKind
from assistant.process import MAX_FRAME, CutError, FrameError, Reader, encode
from assistant.worker.messages import Answer, Part, ReasoningMarks, Refused, Rendered
from tests.fakes.soak_log import SoakLog


class Note(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    text: str = ""
    data: bytes = b""
    numbers: tuple[int, ...] = ()


class Other(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    id: str


def reader(data: bytes, types: Any = Note | Other) -> Reader[Any]:
    return Reader(io.BytesIO(data), types)


def frame(body: bytes) -> bytes:
    return struct.pack("<I", len(body)) + body


@given(st.lists(st.builds(Note, text=st.text(), data=st.binary(), numbers=st.lists(st.integers(0, 2**63)).map(tuple))))
def test_what_goes_in_comes_out(notes: list[Note]) -> None:
    source = reader(b"".join(map(encode, notes)))
    assert [source.read() for _ in notes] == notes
    assert source.read() is None


def test_the_size_of_the_last_frame_is_known() -> None:
    data = encode(Note(text="x" * 500))
    source = reader(data)
    source.read()
    assert source.size == len(data)


def test_large_frames_are_read_whole() -> None:
    note = Note(data=bytes(5_000_000))
    assert reader(encode(note)).read() == note


@pytest.mark.parametrize("cut", [1, 3, 4, 5, 20])
def test_a_pipe_that_ends_too_early_is_told_from_nonsense(cut: int) -> None:
    with pytest.raises(CutError):
        reader(encode(Note(text="a longer text than that"))[:cut]).read()


def test_a_large_frame_that_never_comes_costs_nothing() -> None:
    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size: int = -1) -> bytes:
            self.asked = max(self.asked, size)
            return struct.pack("<I", MAX_FRAME) if size == 4 else b""

    stream = Endless()
    with pytest.raises(CutError):
        Reader(stream, Note).read()  # type: ignore[arg-type]
    assert stream.asked <= 1024 * 1024


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",  # a byte that MessagePack never uses
        msgspec.msgpack.encode({"type": "Stranger"}),
        msgspec.msgpack.encode({"text": "no tag"}),
        msgspec.msgpack.encode({"type": "Other"}),  # a field is missing
        msgspec.msgpack.encode({"type": "Note", "text": 7}),
        msgspec.msgpack.encode({"type": "Note"}) + b"\x00",  # something after the end
        msgspec.msgpack.encode([1, 2, 3]),
        b"\x91" * 200_000,  # nested deeper than anybody means it
        b"\xdd\xff\xff\xff\xff",  # an array that claims four thousand million entries
        b"\x82\xa4type\xa4Note\xa4text\xdb\xff\xff\xff\xff",  # a text that claims four gigabytes
        b"\x82\xa4type\xa4Note\xa4text\xa2\xff\xfe",  # text that is no text
    ],
)
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(FrameError) as caught:
        reader(frame(body)).read()
    assert not isinstance(caught.value, CutError)


def test_a_frame_that_claims_too_much_is_refused_before_it_is_read() -> None:
    with pytest.raises(FrameError, match="longer than allowed"):
        reader(struct.pack("<I", MAX_FRAME + 1)).read()


def test_a_message_that_fits_no_frame_is_refused() -> None:
    with pytest.raises(FrameError, match="does not fit"):
        encode(Note(data=bytes(MAX_FRAME)))


def test_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(FrameError, match="Unicode"):
        encode(Note(text="\ud83d"))


# ---------------------------------------------------------------- mutated frames

_SEEDS: tuple[msgspec.Struct, ...] = (
    Rendered(
        id="render1",
        parts=(Part(text="<|im_start|>user\n", checkpoint=True), Part(text="你好 😀" * 20, turn=0, whole=True)),
        marks=(ReasoningMarks(start="<think>", end="</think>", opened=True),),
        can_think=True,
    ),
    Refused(id="r", kind=ErrorKind.TEMPLATE_REFUSED, detail="System role not supported"),
)


def mutant(dice: random.Random) -> bytes:
    """A frame, or several, with something wrong (or, now and then, nothing)."""
    data = bytearray(b"".join(encode(dice.choice(_SEEDS)) for _ in range(dice.randint(1, 3))))
    for _ in range(dice.choice((0, 1, 1, 2, 4, 16))):
        at = dice.randrange(len(data))
        match dice.randrange(6):
            case 0:
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                data[at] = dice.choice((0x00, 0x7F, 0x80, 0xC0, 0xC1, 0xC4, 0xC6, 0xDB, 0xDD, 0xDF, 0xFF))
            case 2:
                del data[at : at + dice.randint(1, 40)]
            case 3:
                data[at:at] = dice.randbytes(dice.randint(1, 40))
            case 4:
                data[at:at] = data[: dice.randrange(len(data))]
            case _:
                data[:4] = struct.pack("<I", dice.choice((0, 1, len(data), 2**31, 2**32 - 1, dice.randrange(2**32))))
        if not data:
            data = bytearray(b"\x00")
    return bytes(data)


def try_mutants(count: int, seed: int) -> tuple[int, int]:
    """Read ``count`` mutants; how many messages and how many refusals came out of them."""
    dice = random.Random(seed)
    messages = refusals = 0
    for _ in range(count):
        source: Reader[Answer] = reader(mutant(dice), Answer)
        try:
            while (message := source.read()) is not None:
                assert isinstance(message, (Rendered, Refused))
                messages += 1
        except FrameError:
            refusals += 1
    return messages, refusals


def test_mutated_frames_do_no_harm() -> None:
    messages, refusals = try_mutants(3_000, seed=1)
    assert messages > 300  # they do get as far as the decoder
    assert refusals > 1_000


@pytest.mark.soak
def test_a_hundred_thousand_mutated_frames_do_no_harm(soak_log: SoakLog) -> None:
    messages, refusals = try_mutants(100_000, seed=2)
    soak_log(seed=2, frames=100_000, messages=messages, refusals=refusals)
    assert messages > 10_000
    assert refusals > 30_000

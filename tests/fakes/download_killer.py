"""Kill a download again and again while its connections are cut, and count what was asked for twice."""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.net.extents import Extents
from assistant.net.journal import Journal
from tests.fakes.fetcher import Fetcher
from tests.fakes.hub import Hub

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_POLL = 0.002  # seconds between two looks at what a running download has noted


@dataclass
class Toll:
    """What the kills cost.

    :ivar again: bytes that were asked for although they were noted.
    :ivar sent: bytes of contents that the server handed to the network.
    :ivar right: the file has the right hash in the end.
    :ivar left: other names in the folder than the file's, in the end.
    :ivar partials: the most files of the download at any moment.
    """

    size: int
    kills: int = 0
    cuts: int = 0
    again: int = 0
    sent: int = 0
    right: bool = False
    early: int = 0
    left: list[str] = field(default_factory=list)
    partials: int = 0
    seconds: float = 0.0


def noted(target: Path) -> Extents:
    """What the notes beside ``target`` say is there; nobody may be working on it."""
    journal = Journal(target.with_name(f".{target.name}.part.json"))
    assert journal.open(), "somebody works on it"
    try:
        return journal.read().done
    finally:
        journal.close()


def asked(hub: Hub, first_hit: int) -> list[tuple[int, int]]:
    """The ranges of contents that were asked for since the hit number ``first_hit``."""
    found = (_RANGE.fullmatch(hit.range) for hit in hub.hits[first_hit:] if hit.body)
    return [(int(one[1]), int(one[2]) + 1) for one in found if one]


def overlap(ranges: list[tuple[int, int]], known: Extents) -> int:
    """How many bytes of ``ranges`` are among ``known``."""
    return sum(end - start - sum(b - a for a, b in known.gaps(end, start)) for start, end in ranges)


def kill_and_cut(
    folder: Path,
    *,
    size: int,
    kills: int,
    cuts: int,
    seed: int,
    start: Callable[[dict[str, Any]], Any] = lambda options: Fetcher(**options),
) -> Toll:
    """Bring ``size`` bytes through ``kills`` kills at any moment and ``cuts`` cut connections."""
    chance = random.Random(seed)
    target = folder / "model.gguf"
    toll = Toll(size)
    began = time.monotonic()
    with Hub(throttle=max(2_000_000, size / 10)) as hub:
        blob = hub.add("maker/model", target.name, size=size)
        faults = [hub.fault("cut", at=chance.randrange(size)) for _ in range(cuts)]
        known, first_hit = Extents(), 0
        options = {"endpoint": hub.address, "target": str(target), "patience": 0.05}
        while toll.kills < kills:
            fetcher = start(options)
            _wait_for(target, chance.uniform(0, 1.6) * (size - known.total) / (kills - toll.kills + 1), fetcher)
            fetcher.kill()
            toll.kills += 1
            toll.early += target.exists() and hashlib.sha256(target.read_bytes()).hexdigest() != blob.sha256
            _settle(hub)
            toll.again += overlap(asked(hub, first_hit), known)
            toll.partials = max(toll.partials, len(list(folder.iterdir())))
            known, first_hit = noted(target), len(hub.hits)
        end = start(options).end(60)
        assert "fetched" in end, end
        _settle(hub)
        toll.again += overlap(asked(hub, first_hit), known)
        toll.sent, toll.cuts = hub.bytes_sent, sum(fault.seen for fault in faults)
        toll.right = hashlib.sha256(target.read_bytes()).hexdigest() == blob.sha256
    toll.left = [path.name for path in folder.iterdir() if path != target]
    toll.seconds = time.monotonic() - began
    return toll


def _wait_for(target: Path, more: float, fetcher: Any) -> None:
    """Until ``more`` bytes have been noted since now, or the process has ended."""
    notes = target.with_name(f".{target.name}.part.json")

    def got() -> int:
        try:
            text = notes.read_text("ascii", "replace")
        except FileNotFoundError:
            return 0
        pairs = re.findall(r'"got":\[((?:\[\d+,\d+\],?)+)\]', text)
        return sum(int(b) - int(a) for one in pairs for a, b in re.findall(r"\[(\d+),(\d+)\]", one))

    before = got()
    while fetcher.process.poll() is None and got() - before < more:
        time.sleep(_POLL)


def _settle(hub: Hub) -> None:
    """Until the server has seen that the connections of a killed client are gone."""
    while hub.busy:
        time.sleep(_POLL)

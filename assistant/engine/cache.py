"""Where the tokens of sequences are kept: reuse of what was read before, room for new requests.

The memory of the library holds a number of cells, one per token; sequences that share a prefix share its cells. This
ledger knows which slot holds which tokens and promises cells to running requests, so that the memory never runs full in
the middle of an answer. What nobody runs stays as long as its room is not needed.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psutil

from assistant.engine.backend import Context

_WORTH_WAITING = 32  # tokens of a shared prefix that make it worth waiting for another request to read them
_SNAPSHOTS = 1 << 30  # bytes that all snapshots together may take
_PER_SLOT = 32  # snapshots of one sequence
_PARKED = 512 << 20  # bytes that all sequences that lie outside of the cells may take,
_PARKED_SHARE = 0.25  # and of the memory that is free
_WORTH_PARKING = 256  # cells


@dataclass(eq=False)
class Slot:
    """One sequence of the library's memory.

    :ivar tokens: what is in the memory.
    :ivar promised: cells that it may still grow to (0: it is only kept).
    :ivar parent: the slot with which it shares its first ``shared`` cells.
    :ivar snapshots: (length, state) of models that cannot rewind, ascending.
    :ivar parked: the state of all ``tokens``, which are in no cells then.
    """

    index: int
    tokens: array[int] = field(default_factory=lambda: array("i"))
    key: str = ""
    interactive: bool = False
    running: bool = False
    promised: int = 0
    used_at: float = 0.0
    parent: Slot | None = None
    shared: int = 0
    snapshots: list[tuple[int, bytes]] = field(default_factory=list)
    parked: bytes = b""

    @property
    def cells(self) -> int:
        """How many hold only what is of this sequence alone."""
        return 0 if self.parked else len(self.tokens) - self.shared

    @property
    def empty(self) -> bool:
        return not self.running and not self.tokens


@dataclass(frozen=True)
class Match:
    """A place from which a prompt can go on: ``length`` tokens of it are in ``slot`` (``snapshot``: in this state)."""

    slot: Slot | None = None
    length: int = 0
    snapshot: bytes | None = None


class Cache:
    """The slots of one context."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.slots = [Slot(index) for index in range(context.slots)]
        self._token_bytes = 0.0  # of the last state that was looked at

    # ------------------------------------------------------------ counting cells

    @property
    def used(self) -> int:
        """Cells that hold something."""
        return sum(slot.cells for slot in self.slots)

    @property
    def free(self) -> int:
        """Cells that are neither used nor promised."""
        promised = sum(max(0, slot.promised - len(slot.tokens)) for slot in self.slots if slot.running)
        return self._context.cells - self.used - promised

    def grow(self, slot: Slot, more: int, *, spare: int = 0) -> bool:
        """Promise ``more`` cells to a running slot, if they can be had while ``spare`` stay free."""
        if not self._make_room(more + spare, ()):
            return False
        slot.promised += more
        return True

    # ------------------------------------------------------------ a place for a request

    def best(self, tokens: Sequence[int], key: str, most: int) -> Match:
        """The longest part of a prompt, of at most ``most`` tokens, that need not be read again."""
        own, other = Match(), Match()
        for slot in self.slots:
            if not slot.tokens:
                continue
            match = self._match(slot, tokens, most)
            if key and slot.key == key and not slot.running:
                own = match if match.length >= own.length else own
            elif match.length > other.length:
                other = match
        # The conversation's own sequence wins unless another one knows more: it is continued in place.
        return own if own.slot is not None and own.length >= other.length else other

    def claim(self, match: Match, key: str, *, reserve: int, interactive: bool) -> Slot | None:
        """A running slot that goes on from ``match``, with ``reserve`` cells promised; None: no room.

        A bulk request leaves a quarter of the cells and the newest conversation alone as long as something else runs.
        """
        if match.slot is not None and match.slot.parked and not self._unpark(match.slot):
            match = Match()
        keep: tuple[Slot, ...] = (match.slot,) if match.slot is not None else ()
        in_place = match.slot is not None and not match.slot.running and match.slot.key in (key, "")
        spare = 0
        if not interactive and any(slot.running for slot in self.slots):
            spare = self._context.cells // 4
            keep += self._newest_conversation()
        held = len(match.slot.tokens) - match.slot.shared if in_place and match.slot else 0
        needed = reserve - match.length if not in_place else reserve - held
        if not in_place and self._empty_slot(keep) is None:
            return None
        if not self._make_room(needed + spare, keep):
            if match.slot is not None and not match.slot.running and not in_place and self.free_if_dropped() >= reserve:
                in_place = True  # only the source itself is in the way: take it over
            else:
                return None
        slot = self._take(match) if in_place and match.slot else self._copy(match, keep)
        if slot is None:
            return None
        self._drop_older(key, slot)
        slot.key, slot.interactive, slot.running = key, interactive, True
        slot.promised, slot.used_at = reserve, time.monotonic()
        # What was read beside an answer lies in many pieces. To collect them takes a second: no pause for another one.
        if not any(other.running and other.interactive for other in self.slots if other is not slot):
            self._park_idle()
        return slot

    def free_if_dropped(self) -> int:
        """Cells that would be free without everything that is only kept."""
        running = [slot for slot in self.slots if slot.running]
        return self._context.cells - sum(max(slot.promised, len(slot.tokens)) for slot in running)

    def release(self, slot: Slot, *, keep: bool = True) -> None:
        """The request of a slot has ended; what was read stays for the next one.

        Of requests without a key only the newest stays, for those that begin like it: every decode passes over all
        cells up to the last one in use.
        """
        slot.running = False
        slot.promised = 0
        slot.used_at = time.monotonic()
        if not keep or not slot.tokens:
            self.drop(slot)
        elif not slot.key:
            for other in self.slots:
                if other is not slot and other.tokens and not other.running and not other.key:
                    self.drop(other)

    def drop(self, slot: Slot) -> None:
        """Empty a slot."""
        self.forget(slot)
        slot.key = ""
        slot.running = False
        slot.promised = 0

    def forget(self, slot: Slot) -> None:
        """A running slot's memory is lost; it begins again from nothing."""
        self._cut(slot, 0)
        self._context.truncate(slot.index, 0)

    def restart(self) -> None:
        """The context was made anew: everything is empty."""
        self.slots = [Slot(index) for index in range(self._context.slots)]

    def drop_kept(self) -> bool:
        """Empty everything that is only kept; False if there was nothing."""
        kept = [slot for slot in self.slots if slot.tokens and not slot.running and not slot.parked]
        for slot in kept:
            self.drop(slot)
        return bool(kept)

    def compact(self) -> None:
        """Before a step of answers alone: bring them together, where that makes a difference."""

    def of_key(self, key: str) -> Slot | None:
        """The slot that holds a conversation, the running one before a kept one."""
        found = [slot for slot in self.slots if slot.key == key and (slot.tokens or slot.running)]
        return max(found, key=lambda slot: (slot.running, slot.used_at), default=None)

    def place_for_state(self, size: int) -> Slot | None:
        """An empty slot with ``size`` free cells for a state that is loaded."""
        if not self._make_room(size, ()):
            return None
        return self._empty_slot(())

    def adopt(self, slot: Slot, key: str, tokens: Iterable[int], snapshots: Iterable[tuple[int, bytes]] = ()) -> None:
        """A loaded state is in ``slot`` now."""
        self._drop_older(key, slot)
        slot.tokens = array("i", tokens)
        slot.snapshots = list(snapshots)
        slot.key, slot.interactive, slot.used_at = key, True, time.monotonic()

    # ------------------------------------------------------------ outside of the cells

    def state(self, slot: Slot) -> bytes:
        """The whole state of a sequence, wherever it is."""
        return slot.parked or self._context.save(slot.index)

    def adopt_parked(self, slot: Slot, key: str, tokens: Iterable[int], state: bytes) -> None:
        """An empty slot takes a sequence over that lies outside of the cells."""
        self.adopt(slot, key, tokens)
        slot.parked = state

    def _park_idle(self, keep: Sequence[Slot] = ()) -> None:
        """Take out of the cells what is only kept, where it would make every step of what runs longer.

        A step passes over it as long as copying it takes, or nearly. What there is no room for stays where it is.
        """
        if not self._context.dense:
            return
        running = [slot for slot in self.slots if slot.running]
        lent = {slot.parent for slot in running if slot.parent and 2 * slot.shared > len(slot.parent.tokens)}
        idle = [slot for slot in self.slots if not (slot.running or slot in lent or slot in keep)]
        for slot in sorted(idle, key=lambda slot: -slot.used_at):
            if slot.cells >= _WORTH_PARKING and self._token_bytes * len(slot.tokens) <= (room := self._room_outside()):
                state = self._context.save(slot.index)
                self._token_bytes = len(state) / len(slot.tokens)
                if len(state) <= room:
                    tokens = slot.tokens[:]
                    self.forget(slot)
                    slot.tokens, slot.parked = tokens, state

    def _room_outside(self) -> int:
        """Bytes that further sequences may take outside of the cells."""
        left = _PARKED - sum(len(slot.parked) for slot in self.slots)
        return min(left, int(psutil.virtual_memory().available * _PARKED_SHARE))

    def _unpark(self, slot: Slot) -> bool:
        """Bring a sequence back into cells, if there is room; it is lost where the memory does not take it back."""
        if not self._make_room(len(slot.tokens), (slot,)):
            return False
        if not self._context.load(slot.index, slot.parked):
            self.drop(slot)
            return False
        slot.parked = b""
        return True

    # ------------------------------------------------------------ snapshots

    def snapshot(self, slot: Slot) -> None:
        """Remember the state of a sequence that cannot be rewound, as it is now."""
        length = len(slot.tokens)
        if self._context.rewinds or any(at == length for at, _ in slot.snapshots):
            return
        slot.snapshots.append((length, self._context.snapshot(slot.index)))
        slot.snapshots.sort(key=lambda entry: entry[0])
        if len(slot.snapshots) > _PER_SLOT:
            del slot.snapshots[1]  # the first is the shared preamble
        total = sum(len(data) for other in self.slots for _, data in other.snapshots)
        for other in sorted(self.slots, key=lambda other: (other.running, other.used_at)):
            while total > _SNAPSHOTS and other.snapshots and (other is not slot or len(other.snapshots) > 1):
                total -= len(other.snapshots.pop(0)[1])

    # ------------------------------------------------------------ inside

    def _match(self, slot: Slot, tokens: Sequence[int], most: int) -> Match:
        usable = min(common_prefix(slot.tokens, tokens), most)
        if usable >= self._context.reach(slot.index):
            return Match(slot, usable)
        for length, data in reversed(slot.snapshots):
            if length <= usable:
                return Match(slot, length, data)
        return Match(slot, 0)

    def _take(self, match: Match) -> Slot | None:
        slot = match.slot
        assert slot is not None
        self._cut(slot, match.length)
        if match.length and match.snapshot is not None:
            if self._context.restore(slot.index, match.snapshot, match.length):
                return slot
        elif self._context.truncate(slot.index, match.length):
            return slot
        # The memory could not go back after all (a window has moved on): read from the start.
        self._cut(slot, 0)
        self._context.truncate(slot.index, 0)
        return slot

    def _copy(self, match: Match, keep: Sequence[Slot]) -> Slot | None:
        slot = self._empty_slot(keep)
        if slot is None:
            return None
        if not slot.empty:
            self.drop(slot)
        source = match.slot
        if source is not None and match.length:
            self.share(source, slot, match.length, match.snapshot)
        return slot

    def share(self, source: Slot, target: Slot, length: int, snapshot: bytes | None = None) -> None:
        """Let an empty slot begin with the first ``length`` tokens of another one."""
        self._context.copy(source.index, target.index, length)
        if snapshot is not None and not self._context.restore(target.index, snapshot, length):
            self._context.truncate(target.index, 0)
            return
        target.tokens = source.tokens[:length]
        target.snapshots = [entry for entry in source.snapshots if entry[0] <= length]
        target.parent, target.shared = source, length

    def _cut(self, slot: Slot, length: int) -> None:
        """Forget what comes after ``length``; who shared it owns it now."""
        children = sorted(
            (other for other in self.slots if other.parent is slot and other.shared > length),
            key=lambda other: -other.shared,
        )
        if children:
            heir = children[0]
            for child in children[1:]:
                child.parent = heir
            above = min(slot.shared, heir.shared)  # what it shares with our own parent
            if above > length:
                heir.parent, heir.shared = slot.parent, above
            else:
                heir.parent, heir.shared = (slot if length else None), length
        if not length:
            for other in self.slots:
                if other.parent is slot:
                    other.parent, other.shared = None, 0
        del slot.tokens[length:]
        if not length:
            slot.parked = b""
        slot.shared = min(slot.shared, length)
        if not slot.shared:
            slot.parent = None
        slot.snapshots = [entry for entry in slot.snapshots if entry[0] <= length]

    def _make_room(self, cells: int, keep: Sequence[Slot]) -> bool:
        """Drop what is only kept, the oldest first, until ``cells`` are free; nothing if that does not help.

        What may lie outside of the cells is put there before.
        """
        if cells > self.free:
            self._park_idle(keep)
        missing = cells - self.free
        if missing <= 0:
            return True
        victims = sorted(
            (slot for slot in self.slots if slot.tokens and not (slot.running or slot.parked or slot in keep)),
            key=lambda slot: (bool(slot.key), slot.used_at),
        )
        if sum(len(slot.tokens) for slot in victims) < missing:
            return False
        for slot in victims:
            self.drop(slot)
            if self.free >= cells:
                return True
        return False

    def _empty_slot(self, keep: Sequence[Slot]) -> Slot | None:
        """An empty slot, else the kept one that is missed least (not emptied yet)."""
        for slot in self.slots:
            if slot.empty:
                return slot
        kept = [slot for slot in self.slots if not slot.running and slot not in keep]
        return min(kept, key=lambda slot: (bool(slot.key), slot.used_at), default=None)

    def _drop_older(self, key: str, slot: Slot) -> None:
        """A conversation is kept once."""
        for other in self.slots:
            if key and other is not slot and other.key == key and not other.running:
                self.drop(other)

    def _newest_conversation(self) -> tuple[Slot, ...]:
        kept = [slot for slot in self.slots if slot.interactive and slot.key and slot.tokens and not slot.running]
        return (max(kept, key=lambda slot: slot.used_at),) if kept else ()


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens two sequences have in common from the start."""
    low, high = 0, min(len(a), len(b))
    while low < high:  # slices are compared in C
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def worth_waiting(gain: int) -> bool:
    """Whether a request should wait to have ``gain`` tokens of its prompt read by another one."""
    return gain >= _WORTH_WAITING

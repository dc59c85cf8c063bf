"""The ledger of a context in which each sequence has cells of its own.

Nothing is shared there: a beginning that another sequence has read is copied. In return a step computes for each
sequence the attention to its own cells only, not to those of all.
"""

from __future__ import annotations

from assistant.engine.cache import Cache, Match, Slot, common_prefix

_GAP_STEPS = 8  # steps for which a gap is left to a request that may come


class Streams(Cache):
    """The slots of one context of streams. They are listed in the order of their indexes."""

    _gap = 0  # steps since there is one

    def grow(self, slot: Slot, more: int, *, spare: int = 0) -> bool:  # noqa: ARG002 - nobody else's cells
        if slot.promised + more > self._context.stream:
            return False
        slot.promised += more
        return True

    def claim(self, match: Match, key: str, *, reserve: int, interactive: bool) -> Slot | None:  # noqa: ARG002
        """The first slot that does not run, with the tokens of ``match``; nobody finds it by a key later."""
        slot = next((slot for slot in self.slots if not slot.running), None)
        if slot is None or reserve > self._context.stream:
            return None
        wanted = match.slot.tokens[: match.length] if match.slot is not None else slot.tokens[:0]
        if common_prefix(slot.tokens, wanted) == len(wanted):
            del slot.tokens[len(wanted) :]
            self._context.truncate(slot.index, len(wanted))
        elif match.slot is not None:
            self.drop(slot)
            self.share(match.slot, slot, match.length)
        slot.interactive, slot.running, slot.promised = interactive, True, reserve
        return slot

    def share(self, source: Slot, target: Slot, length: int, snapshot: bytes | None = None) -> None:  # noqa: ARG002
        self._context.copy(source.index, target.index, length)
        target.tokens = source.tokens[:length]

    def release(self, slot: Slot, *, keep: bool = True) -> None:
        slot.running = False
        slot.promised = 0
        if not keep:
            self.drop(slot)

    def compact(self) -> None:
        """Let running slots be the first ones without a gap: the library decodes only neighbours together."""
        running = [slot for slot in self.slots if slot.running]
        if not running or self.slots.index(running[-1]) == len(running) - 1:
            self._gap = 0
            return
        self._gap += 1
        if self._gap <= _GAP_STEPS:
            return
        for place in range(len(running)):
            if not self.slots[place].running:
                self._swap(place, max(i for i, slot in enumerate(self.slots) if slot.running))

    def _swap(self, place: int, other: int) -> None:
        """The running slot at ``other`` moves to ``place``, whose contents are lost."""
        idle, busy = self.slots[place], self.slots[other]
        self.drop(idle)
        self._context.copy(busy.index, idle.index, len(busy.tokens))
        self._context.truncate(busy.index, 0)
        idle.index, busy.index = busy.index, idle.index
        self.slots[place], self.slots[other] = busy, idle

"""What a translation has without a model: what was translated by hand before, and what is in the language already."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from itertools import islice

from assistant.core.translation.plans import Equipped
from assistant.core.translation.segment_work import Bench, untouched
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.views import ENDED, SegmentState, SegmentView
from assistant.documents.segments import Checked, Finding, Pair

_AT_ONCE = 64  # segments: nobody waits for a thousand of them

Known = MutableMapping[tuple[str, str], tuple[Finding, ...]]
"""What was found in a source and its translation when they were checked."""


class Given:
    """Puts them into a sheet, a few at a time. Every method runs on the pumping thread.

    A translation by hand is checked as an answer is: it was made for another document, and perhaps before a term was
    required. It stays as it is, with what was found.

    :param taken: called with the segments that have gone in; whoever takes them calls ``go_on`` for the next ones.
    :param known: pairs that need not be checked again; others are added.
    :ivar over: there are no more.
    """

    def __init__(
        self,
        sheet: Sheet,
        equipped: Equipped,
        bench: Bench,
        taken: Callable[[list[SegmentView]], None],
        *,
        known: Known | None = None,
    ) -> None:
        self._sheet = sheet
        self._equipped = equipped
        self._bench = bench
        self._taken = taken
        self._known: Known = {} if known is None else known
        self._same = filter(self._waits, equipped.already)
        self._remembered = iter(equipped.memory.items())
        self._left = 0  # checks that have no answer yet
        self._found: list[tuple[int, str, tuple[Finding, ...]]] = []  # which go in together, and so onto the disk
        self.over = not equipped.already and not equipped.memory

    def drop(self) -> None:
        """Put in nothing more."""
        self.over = True

    def go_on(self) -> None:
        """Put in the next few."""
        if self.over or self._left:
            return
        same = [self._put(index, self._source(index)) for index in islice(self._same, _AT_ONCE)]
        if same:
            self._taken(same)
            return
        batch = [(index, target) for index, target in islice(self._remembered, _AT_ONCE)]
        wanted = [(index, target) for index, target in batch if self._waits(index)]
        self.over = not batch
        self._left = len(wanted)
        for index, target in wanted:
            self._check(index, target)
        if batch and not wanted:
            self._taken([])

    def _waits(self, index: int) -> bool:
        return self._sheet.kept(index).state not in ENDED

    def _source(self, index: int) -> str:
        return self._equipped.document.segments[index].text

    def _check(self, index: int, target: str) -> None:
        segment = self._equipped.document.segments[index]
        known = self._known.get((segment.text, target))
        if known is not None:
            self._checked(index, target, known)
            return

        def checked(result: Checked) -> None:
            findings = self._known[segment.text, target] = untouched(result.findings)
            if not self.over:
                self._checked(index, target, findings)

        self._bench.check(self._equipped.rules, Pair(segment.text, target, line=segment.line), checked)

    def _checked(self, index: int, target: str, findings: tuple[Finding, ...]) -> None:
        self._left -= 1
        self._found.append((index, target, findings))
        if not self._left:
            found, self._found = self._found, []
            # Of the others somebody has written some by hand meanwhile.
            self._taken([self._put(at, words, SegmentState.MEMORY, by) for at, words, by in found if self._waits(at)])

    def _put(
        self,
        index: int,
        target: str,
        state: SegmentState = SegmentState.IN_FILE,
        findings: tuple[Finding, ...] = (),
    ) -> SegmentView:
        return self._sheet.give(index, target, state, findings)

"""What stands around a segment, as far as it helps to understand it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.documents.segments import Segment, SegmentKind, without_codes
from assistant.tasks.presets import translate_preset
from assistant.tasks.translate_prompts import Around

_FLOWS = (SegmentKind.TEXT, SegmentKind.ITEM, SegmentKind.CUE)
"""What goes on from one segment to the next. A cell or a string stands alone: its neighbours say nothing about it."""
_EAST_WEIGHT = 3  # a Chinese character says as much as so many letters


class Surroundings:
    """The surroundings of a document's segments.

    Segments are asked for side by side, so the translations before one are mostly still being written. Waiting for them
    would cost all of that speed. Therefore the sentences before are shown in the source's language, which is there at
    once and settles what "it" or "the bank" means; their translations are added only where all of them are there, so
    that no model is led to go on with a translation that stops half-way.

    :param shown: show sentences and headings; a developer's comment is always shown.
    """

    def __init__(self, segments: Sequence[Segment], *, shown: bool) -> None:
        self._segments = segments
        self._shown = shown
        self._headings: list[int] = []
        heading = -1
        for index, segment in enumerate(segments):
            self._headings.append(heading)
            if segment.kind is SegmentKind.HEADING:
                heading = index

    def of(self, index: int, texts: Mapping[int, str]) -> Around:
        """Around one segment. ``texts``: the good translations that there are."""
        segment = self._segments[index]
        note = segment.note.strip()
        if not self._shown or segment.kind not in _FLOWS:
            return Around(note=note)
        before = self._before(index)
        heading = self._headings[index]
        done = [texts.get(number) for number in before]
        targets = tuple(without_codes(text) for text in done if text is not None)
        return Around(
            heading=without_codes(self._segments[heading].text).strip() if heading >= 0 else "",
            before=tuple(without_codes(self._segments[number].text) for number in before),
            targets=targets if len(targets) == len(before) else (),
            note=note,
        )

    def _before(self, index: int) -> list[int]:
        """The last sentences before, of this paragraph and the one before it."""
        sizes = translate_preset().sizes
        block = self._segments[index].block
        found: list[int] = []
        left = sizes.before_characters
        for number in range(index - 1, max(-1, index - 1 - sizes.before), -1):
            segment = self._segments[number]
            left -= _length(segment.text)
            if segment.kind not in _FLOWS or segment.block < block - 1 or left < 0:
                break
            found.append(number)
        return found[::-1]


def _length(text: str) -> int:
    return len(text) + (_EAST_WEIGHT - 1) * sum(1 for sign in text if "\u3041" <= sign <= "\u9fff")

"""One message of the transcript: its units, where they stand, and what grows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics

from assistant.gui.widgets.markdown.blocks import Block, separator
from assistant.gui.widgets.markdown.code_unit import CodeBox, CodeUnit
from assistant.gui.widgets.markdown.splitting import BlockSplitter, PlainSplitter
from assistant.gui.widgets.markdown.unit_maker import gap_above, make_unit
from assistant.gui.widgets.transcript.endings import cut_words, ending_words
from assistant.storage.rows import Message, MessageHead, MessageState, Role

if TYPE_CHECKING:
    from assistant.gui.widgets.markdown.units import Unit
    from assistant.gui.widgets.reading_style import ReadingStyle

ABOVE = 8  # room above a message
BELOW = 6
BUBBLE_SIDE = 16
BUBBLE_TOP = 8  # less than below: a line has more room above its letters
BUBBLE_BOTTOM = 11
FEED = 16_000  # characters that are split into blocks in one go; a longer text takes several

OPEN_STATES = (MessageState.WAITING, MessageState.WRITING)


class Part(StrEnum):
    """The two texts of a message, in reading order (``REASONING`` sorts before ``TEXT``)."""

    REASONING = "reasoning"
    TEXT = "text"


@dataclass(slots=True)
class Body:
    """One text of a message: what of it has been read, and the units made of it."""

    splitter: BlockSplitter
    units: list[Unit]
    fed: int = 0
    settled: int = 0  # units of committed blocks, which do not change any more
    top: int = 0  # where the units begin in the message
    placed: int = 0  # how many units stand where they should

    def feed(self, text: str, style: ReadingStyle, width: tuple[int, int], *, growing: bool) -> None:
        """Read more text; units of blocks that stay the same are kept."""
        self.splitter.append(text)
        self.fed += len(text)
        fresh = [*self.splitter.committed[self.settled :], *self.splitter.tail(growing=growing)]
        old = self.units[self.settled :]
        kept = 0
        while kept < min(len(old), len(fresh)) and old[kept].block == fresh[kept] and not old[kept].growing:
            kept += 1
        del self.units[self.settled + kept :]
        committed = len(self.splitter.committed)
        for number in range(kept, len(fresh)):
            place = self.settled + number
            unit = make_unit(fresh[number], style, growing=growing and place >= committed)
            if number < len(old) and old[number].block.kind is unit.block.kind:
                unit.adopt(old[number])
            unit.set_width(*width)
            self.units.append(unit)
        self.placed = min(self.placed, max(0, self.settled - 1))
        self.settled = committed

    def place(self, y: int, top: int, bottom: int) -> int:
        """Put the units one below the other from ``y`` on; measure those between two heights. Returns their end."""
        if y != self.top:
            self.top, self.placed = y, 0
        units = self.units
        number = self.first_below(top)
        y = units[number - 1].y + units[number - 1].height if number else self.top
        while number < len(units):
            unit = units[number]
            y += unit.gap
            if number < self.placed and unit.y == y and y > bottom:  # up to the last one placed nothing has moved
                number = self.placed
                y = units[number - 1].y + units[number - 1].height
                continue
            if not unit.measured and y <= bottom and y + unit.height >= top:
                unit.measure()
            unit.y = y
            y += unit.height
            number += 1
        self.placed = len(units)
        return units[-1].y + units[-1].height if units else self.top

    def first_below(self, y: float) -> int:
        """The number of the first unit that ends at ``y`` or below, among those that are placed."""
        return bisect_left(self.units, y, hi=min(self.placed, len(self.units)), key=_end)


def _end(unit: Unit) -> int:
    return unit.y + unit.height


class MessageView:
    """A message as it stands in the transcript. Coordinates are inside the message, x from the column's left edge."""

    def __init__(self, head: MessageHead, style: ReadingStyle, width: int, extra: int = 0) -> None:
        self.head = head
        self.style = style
        self.width = width
        self.extra = extra  # how much further to the right code and tables may reach
        self.message: Message | None = None
        self.bodies: dict[Part, Body] = {}
        self.unfolded = False
        self.thinking_since: float | None = None
        self.thought_seconds: float | None = None
        self.bubble = QRect()
        self.cut = False  # the model gets nothing of what stands above this message
        self.rows: dict[str, QRect] = {}  # cut, fold, waiting, ending, actions
        self.height = 0  # set by place()

    # ------------------------------------------------------------ what it is

    @property
    def id(self) -> int:
        return self.head.id

    @property
    def state(self) -> MessageState:
        return self.message.state if self.message is not None else self.head.state

    @property
    def growing(self) -> bool:
        """Whether more text may come."""
        return self.state in OPEN_STATES

    @property
    def from_user(self) -> bool:
        return self.head.role is Role.USER

    @property
    def remembers(self) -> bool:
        """Whether it knows something that reading it again would not tell."""
        return self.unfolded or self.thought_seconds is not None

    # ------------------------------------------------------------ text

    def load(self, message: Message) -> None:
        """Take the message; its text comes through :meth:`feed`."""
        self.message = message

    @property
    def loaded(self) -> bool:
        return self.message is not None

    def unload(self) -> None:
        """Forget everything but the height."""
        self.message = None
        self.bodies.clear()

    def fed(self, part: Part) -> int:
        """How many characters of a part have been taken."""
        body = self.bodies.get(part)
        return body.fed if body else 0

    def feed(self, part: Part, text: str) -> None:
        """Take the next characters of a part."""
        body = self.bodies.get(part)
        if body is None:
            if not text:
                return
            splitter = PlainSplitter() if self.from_user else BlockSplitter()
            body = self.bodies[part] = Body(splitter, [])
        start = body.settled
        body.feed(text, self.style, self._unit_width(part), growing=self.growing)
        while start > 0 and body.units[start - 1 : start] and body.units[start - 1].block.joined:
            start -= 1  # a box of code is joined from its first unit on
        start = max(0, start - 1)
        self._join(body.units, start, quiet=part is Part.REASONING)
        body.placed = min(body.placed, start)

    def settle(self) -> None:
        """Nothing more is coming: show the end as it is, with no mark held back."""
        for part in self.bodies:
            self.feed(part, "")

    def _join(self, units: list[Unit], start: int = 0, *, quiet: bool = False) -> None:
        """Let the units from number ``start`` on know of their neighbours: gaps, bars and boxes that go on."""
        for number in range(start, len(units)):
            unit = units[number]
            before = units[number - 1].block if number else None
            unit.gap = gap_above(unit.block, before, self.style)
            unit.quiet = quiet
            unit.bars_above = min(before.quote, unit.block.quote) if before is not None else 0
            if isinstance(unit, CodeUnit) and not unit.block.joined:
                boxed = [unit]
                for following in units[number + 1 :]:
                    if not isinstance(following, CodeUnit) or not following.block.joined:
                        break
                    boxed.append(following)
                (unit.box or CodeBox(unit.block.language)).join(boxed)

    def units(self, part: Part) -> list[Unit]:
        """The units of a part; none of a reasoning that is folded."""
        if part is Part.REASONING and not self.unfolded:
            return []
        body = self.bodies.get(part)
        return body.units if body else []

    def all_units(self) -> list[tuple[Part, int, Unit]]:
        """Every unit that is shown, first to last, with its part and number."""
        return [(part, number, unit) for part in Part for number, unit in enumerate(self.units(part))]

    def units_between(self, top: float, bottom: float) -> Iterator[tuple[Part, int, Unit]]:
        """The units that touch a stretch of the message, which has been placed."""
        for part in Part:
            units = self.units(part)
            for number in range(self.bodies[part].first_below(top) if units else 0, len(units)):
                if units[number].y > bottom:
                    break
                yield part, number, units[number]

    def plain_text(self, part: Part = Part.TEXT, *, most: int = 0) -> str:
        """All of a part as plain text, as far as it has been fed. Documents built only for this are dropped.

        :param most: enough characters, if not all are wanted.
        """
        body = self.bodies.get(part)
        out: list[str] = []
        previous: Block | None = None
        size = 0
        for unit in body.units if body else []:
            if most and size >= most:
                break
            had = unit.document is not None
            out += (separator(unit.block, previous), unit.text())
            size += len(out[-1])
            previous = unit.block
            if not had:
                unit.drop()
        return "".join(out)

    @property
    def has_reasoning(self) -> bool:
        return Part.REASONING in self.bodies

    # ------------------------------------------------------------ geometry

    @property
    def text_width(self) -> int:
        """The room for text: all of the column for an answer, part of it for a bubble."""
        return text_width(self.width, self.head.role)

    def _unit_width(self, part: Part) -> tuple[int, int]:
        width = self.text_width - (round(self.style.em * 1.2) if part is Part.REASONING else 0)
        return width, 0 if self.from_user else self.extra

    def set_width(self, width: int, extra: int) -> None:
        """The column is ``width`` wide now."""
        if (width, extra) == (self.width, self.extra):
            return
        self.width, self.extra = width, extra
        for part, body in self.bodies.items():
            body.placed = 0
            for unit in body.units:
                unit.set_width(*self._unit_width(part))

    def set_style(self, style: ReadingStyle) -> None:
        """Other fonts or colours: everything is laid out again when it is next seen."""
        self.style = style
        for part, body in self.bodies.items():
            body.placed = 0
            body.units = [make_unit(unit.block, style, growing=unit.growing) for unit in body.units]
            for unit in body.units:
                unit.set_width(*self._unit_width(part))
            self._join(body.units, quiet=part is Part.REASONING)

    def place(self, top: int, bottom: int) -> None:
        """Measure the units between two heights of the message, place everything and set ``height``."""
        y = ABOVE
        self.rows.clear()
        if self.cut:
            self.rows["cut"] = QRect(0, y, self.width, max(self.style.row, self._room_of(cut_words()).height() + 8))
            y = self.rows["cut"].bottom() + 1 + ABOVE
        if self.has_reasoning:
            self.rows["fold"] = QRect(0, y, self.width, self.style.row)
            y += self.style.row + 4
            if self.unfolded:
                y = self.bodies[Part.REASONING].place(y, top, bottom) + round(self.style.em * 0.9)
        inner = y + BUBBLE_TOP if self.from_user else y
        body = self.bodies.get(Part.TEXT)
        end = body.place(inner, top, bottom) if body is not None else inner
        if self.from_user:
            self._place_bubble(y, end + BUBBLE_BOTTOM)
            end += BUBBLE_BOTTOM
        y = end
        if self.state is MessageState.WAITING or (self.state is MessageState.WRITING and not self.units(Part.TEXT)):
            self.rows["waiting"] = QRect(0, y, self.width, self.style.line)
            y += self.style.line
        if self.has_ending:
            height = self._ending_height()
            self.rows["ending"] = QRect(0, y + 4, self.width, height)
            y += height + 4
        self.rows["actions"] = QRect(0, y + 2, self.width, self.style.row)
        self.height = y + 2 + self.style.row + (0 if self.from_user else BELOW)

    def _ending_height(self) -> int:
        """The height of the words about the ending; what does not fit into a line stands above its button."""
        area = self._room_of(ending_words(self.state, self.message))
        return self.style.row if area.width() <= self.width - 160 else area.height() + 4 + self.style.row

    def _room_of(self, words: str) -> QRect:
        """The room that quiet words take in the column."""
        return QFontMetrics(self.style.quiet).boundingRect(0, 0, self.width, 1000, Qt.TextFlag.TextWordWrap, words)

    @property
    def has_ending(self) -> bool:
        """Whether a line under the answer says how it ended."""
        return self.state not in OPEN_STATES and bool(ending_words(self.state, self.message))

    def _place_bubble(self, top: int, bottom: int) -> None:
        units = self.units(Part.TEXT)
        width = self.text_width
        if len(units) == 1 and units[0].measured and not isinstance(units[0], CodeUnit):
            width = min(width, units[0].ideal_width() + 1)
        width += 2 * BUBBLE_SIDE
        self.bubble = QRect(self.width - width, top, width, bottom - top)

    def left_of(self, part: Part) -> int:
        """Where the text of a part begins."""
        if part is Part.REASONING:
            return round(self.style.em * 1.2)
        return self.bubble.left() + BUBBLE_SIDE if self.from_user else 0

    def unit_at(self, y: float) -> tuple[Part, int] | None:
        """The part and number of the unit at a height, or of the nearest one; None if there is none."""
        best: tuple[Part, int] | None = None
        for part in Part:
            units = self.units(part)
            if not units:
                continue
            number = min(self.bodies[part].first_below(y), len(units) - 1)
            if number and y < units[number].y - units[number].gap / 2:
                number -= 1
            if best is None or y >= units[0].y - units[0].gap / 2:
                best = (part, number)
        return best


def text_width(width: int, role: Role) -> int:
    """The room for text in a column: all of it for an answer, part of it for what the user says."""
    return round(width * 0.86) - 2 * BUBBLE_SIDE if role is Role.USER else width


def height_guesser(style: ReadingStyle, width: int, role: Role) -> Callable[[int], int]:
    """A function from the number of characters to the likely height of a message that has not been read."""
    columns = max(10, int(text_width(width, role) / style.character))
    edges = ABOVE + BELOW + style.row + (BUBBLE_TOP + BUBBLE_BOTTOM if role is Role.USER else 0)
    line = style.line
    return lambda length: (length // columns + length // 160 + 1) * line + edges

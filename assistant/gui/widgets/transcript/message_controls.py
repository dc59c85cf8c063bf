"""Which controls a message has, and the words about how it ended."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRect
from PySide6.QtGui import QFontMetrics

from assistant.gui.theme import SPACE
from assistant.gui.widgets.markdown.code_unit import CodeUnit
from assistant.gui.widgets.transcript.controls import Control
from assistant.gui.widgets.transcript.endings import ending_words
from assistant.gui.widgets.transcript.message_view import MessageView, Part
from assistant.storage.rows import MessageState
from assistant.texts import tr, trn

_VERSIONS = ("previous", "count", "next")


def controls_of(
    view: MessageView, stretch: tuple[int, int], *, actions: bool, busy: bool, rewrites: bool
) -> Iterator[Control]:
    """The controls of a message that stand there now.

    :param stretch: the part of the message's height that is in sight.
    :param actions: also those that appear only where the reader is.
    :param busy: an answer is being written, so nothing that starts another one can be used.
    :param rewrites: answers can be edited here.
    """
    yield from _fold(view)
    yield from _code(view, *stretch)
    yield from _ending(view, busy=busy)
    if not view.growing:
        yield from _actions(view, actions=actions, busy=busy, rewrites=rewrites)


def _fold(view: MessageView) -> Iterator[Control]:
    rect = view.rows.get("fold")
    if rect is None:
        return
    words = thought_words(view)
    width = QFontMetrics(view.style.quiet).horizontalAdvance(words) + view.style.icon + 32
    name = tr("Hide the reasoning") if view.unfolded else tr("Show the reasoning")
    icon = "chevron-down" if view.unfolded else "chevron-right"
    yield Control("fold", QRect(-8, rect.top(), width, view.style.row), name, icon, words)


def thought_words(view: MessageView) -> str:
    """The line that stands for the reasoning."""
    if view.growing and not view.units(Part.TEXT):
        return tr("Thinking…")
    known = view.message.reasoning_seconds if view.message is not None else 0.0
    thought = known or view.thought_seconds
    if thought is None:
        return tr("Thoughts")
    seconds = max(1, round(thought))
    if seconds < 60:
        return trn("Thought for {n} second", "Thought for {n} seconds", seconds)
    return trn("Thought for {n} minute", "Thought for {n} minutes", round(seconds / 60))


def _code(view: MessageView, top: int, bottom: int) -> Iterator[Control]:
    words = tr("Copy")
    width = QFontMetrics(view.style.quiet).horizontalAdvance(words) + view.style.icon + 24
    for part, number, unit in view.units_between(top, bottom):
        if isinstance(unit, CodeUnit) and unit.pad_top:
            right = view.left_of(part) + unit.left + unit.box_width - 6
            height = min(view.style.row, unit.pad_top - 4)
            rect = QRect(right - width, unit.y + (unit.pad_top - height) // 2, width, height)
            yield Control(f"code-{part.value}-{number}", rect, tr("Copy the code"), "copy", words)


def _ending(view: MessageView, *, busy: bool) -> Iterator[Control]:
    rect = view.rows.get("ending")
    if rect is None:
        return
    top, left = rect.bottom() + 1 - view.style.row, -8
    if rect.height() <= view.style.row:  # beside the words
        left = QFontMetrics(view.style.quiet).horizontalAdvance(ending_words(view.state, view.message)) + 12
    if view.state is MessageState.FAILED:
        verb, words, icon = "retry", tr("Try again"), "refresh-cw"
    elif view.state in (MessageState.LOOPED, MessageState.COMPLETE):
        return
    else:
        verb, words, icon = "continue", tr("Continue"), "arrow-down"
    width = QFontMetrics(view.style.quiet).horizontalAdvance(words) + view.style.icon + 28
    yield Control(verb, QRect(left, top, width, view.style.row), words, icon, words, enabled=not busy)


def _actions(view: MessageView, *, actions: bool, busy: bool, rewrites: bool) -> Iterator[Control]:
    rect = view.rows.get("actions")
    if rect is None:
        return
    found: list[tuple[str, str, str, str, bool, int]] = []
    if view.units(Part.TEXT):
        found.append(("copy", tr("Copy"), "copy", "", True, view.style.row))
    if view.from_user:
        found.append(("edit", tr("Edit"), "pencil", "", not busy, view.style.row))
    elif view.state is not MessageState.FAILED:  # which has a button of its own for this
        found.append(("regenerate", tr("Answer again"), "refresh-cw", "", not busy, view.style.row))
    if rewrites and not view.from_user and view.units(Part.TEXT):
        found.append(("edit", tr("Edit the answer and continue from there"), "pencil", "", not busy, view.style.row))
    head = view.head
    if head.siblings > 1:
        found.append(
            ("previous", tr("Previous version"), "chevron-left", "", head.position > 0 and not busy, view.style.row)
        )
        count = tr("{n} of {total}", n=head.position + 1, total=head.siblings)
        width = QFontMetrics(view.style.quiet).horizontalAdvance(count) + 2 * SPACE
        found.append(("count", "", "", count, True, width))
        more = head.position < head.siblings - 1
        found.append(("next", tr("Next version"), "chevron-right", "", more and not busy, view.style.row))
    inside = (view.style.row - view.style.icon) // 2
    left = view.width - sum(each[-1] for each in found) if view.from_user else -inside
    for key, name, icon, words, enabled, width in found:
        area = QRect(left, rect.top(), width, view.style.row)
        if actions or key in _VERSIONS:  # that there are others is always to be seen
            yield Control(key, area, name, icon, words, label=key == "count", enabled=enabled)
        left += width

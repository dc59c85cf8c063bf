"""The transcript: what it shows, how it grows and scrolls, what can be pressed."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from assistant.gui.theme import Theme
from assistant.gui.widgets.transcript.endings import ending_words
from assistant.gui.widgets.transcript.layout import KEPT_DOCUMENTS, KEPT_MESSAGES
from assistant.gui.widgets.transcript.message_view import Part
from assistant.gui.widgets.transcript.view import Transcript
from assistant.storage.rows import MessageState, Role
from tests.gui.helpers import SLOW, point_at
from tests.gui.transcript.talks import (
    ANSWER,
    SHOWN,
    Talk,
    button,
    drag,
    long_talk,
    point_of,
    settle,
    short_talk,
    top_of,
)

Make = Callable[..., Transcript]


# ---------------------------------------------------------------- what is shown


def test_everything_as_plain_text(make: Make) -> None:
    transcript = make(short_talk())
    assert transcript.plain_text() == "A question\nof two lines\n\n" + SHOWN


def test_empty_and_without_a_source(make: Make) -> None:
    transcript = make(None)
    assert transcript.plain_text() == ""
    transcript.path_changed()
    transcript.grab()
    transcript.reset(Talk())
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_Return):
        QTest.keyClick(transcript, key)
    QTest.keyClick(transcript, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(transcript, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(transcript, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert transcript.plain_text() == ""


def test_a_conversation_opens_at_its_end(make: Make) -> None:
    transcript = make(long_talk(60))
    assert transcript.at_end()
    assert transcript.message_rect(59).bottom() <= transcript.viewport().height()
    assert top_of(transcript, 0) < 0


def test_a_short_conversation_begins_at_the_top(make: Make) -> None:
    talk = Talk()
    talk.ask("Hello")
    transcript = make(talk)
    assert top_of(transcript, 0) >= 0
    assert transcript.verticalScrollBar().maximum() == 0


def test_one_after_the_other_without_gaps(make: Make) -> None:
    transcript = make(long_talk(30), height=2000)
    rects = [transcript.message_rect(row) for row in range(30)]
    assert all(one.bottom() + 1 == other.top() for one, other in pairwise(rects))


def test_units_of_a_message_stand_below_each_other(make: Make) -> None:
    transcript = make(short_talk(), height=1500)
    units = transcript.layout_of_text.views[1].units(Part.TEXT)
    assert all(unit.measured for unit in units)
    for one, other in pairwise(units):
        assert one.y + one.height + other.gap == other.y


# ---------------------------------------------------------------- growing


def test_a_streamed_answer_ends_like_one_that_was_read(make: Make, qtbot: Any) -> None:
    talk = Talk()
    talk.ask("Go")
    answer = talk.answer("", MessageState.WAITING)
    transcript = make(talk)
    assert "waiting" in transcript.layout_of_text.views[1].rows
    for end in range(0, len(ANSWER), 9):
        talk.change(answer, text=ANSWER[:end], state=MessageState.WRITING)
        transcript.message_grew(answer)
        transcript.motion.grow()
    talk.change(answer, text=ANSWER, state=MessageState.COMPLETE)
    transcript.message_changed(answer)
    settle(transcript, qtbot)
    assert transcript.plain_text() == "Go\n\n" + SHOWN
    whole = make(talk)
    streamed, read = transcript.layout_of_text.views[1], whole.layout_of_text.views[1]
    assert "waiting" not in streamed.rows
    assert [unit.block for unit in streamed.units(Part.TEXT)] == [unit.block for unit in read.units(Part.TEXT)]
    assert [unit.height for unit in streamed.units(Part.TEXT)] == [unit.height for unit in read.units(Part.TEXT)]
    assert not any(unit.growing for unit in streamed.units(Part.TEXT))
    assert streamed.height == read.height


def grow(transcript: Transcript, talk: Talk, text: str) -> None:
    last = list(talk.all)[-1]
    talk.change(last, text=talk.all[last].text + text)
    transcript.message_grew(last)
    transcript.motion.grow()


def growing_talk(count: int = 21) -> Talk:
    talk = long_talk(count)
    talk.answer("It begins. ", MessageState.WRITING)
    return talk


def test_growing_text_is_followed_at_the_end(make: Make) -> None:
    talk = growing_talk()
    transcript = make(talk)
    for _ in range(30):
        grow(transcript, talk, "More and more words of it.\n\n")
        assert transcript.at_end()
        assert not transcript.buttons.to_end.isVisible()


def test_growing_text_leaves_the_scroll_bar_where_it_is(make: Make, qtbot: Any) -> None:
    talk = growing_talk()
    transcript = make(talk)
    settle(transcript, qtbot)
    bar = transcript.verticalScrollBar()
    ranges: list[int] = []
    bar.rangeChanged.connect(lambda _low, high: ranges.append(high))
    width = transcript.viewport().width()
    views = transcript.layout_of_text.views
    measured = [unit for row in transcript.rows_in_sight() for *_, unit in views[row].all_units() if unit.measured]
    for _ in range(20):
        grow(transcript, talk, "A few more words.\n\n- and an item\n\n")
        assert transcript.viewport().width() == width
        assert all(unit.measured for unit in measured[:-1])
    assert ranges == sorted(ranges)
    assert ranges


def test_growing_text_moves_nobody_who_reads_elsewhere(make: Make, qtbot: Any) -> None:
    talk = growing_talk()
    transcript = make(talk)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() - 300)
    settle(transcript, qtbot)
    before, value = top_of(transcript, 19), bar.value()
    assert not transcript.motion.following
    for _ in range(30):
        grow(transcript, talk, "More and more words of it.\n\n")
    assert top_of(transcript, 19) == before
    assert bar.value() == value
    assert transcript.buttons.to_end.isVisible()
    QTest.mouseClick(transcript.buttons.to_end, Qt.MouseButton.LeftButton)
    assert transcript.at_end()
    grow(transcript, talk, "And on.\n\n" * 5)
    assert transcript.at_end()


def test_scrolling_back_to_the_end_follows_again(make: Make) -> None:
    talk = growing_talk()
    transcript = make(talk)
    bar = transcript.verticalScrollBar()
    told = QSignalSpy(transcript.at_end_changed)
    bar.setValue(0)
    assert told.at(0) == [False]
    bar.setValue(bar.maximum())
    assert told.at(1) == [True]
    grow(transcript, talk, "More.\n\n" * 10)
    assert transcript.at_end()


def test_growth_is_gathered(make: Make, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = growing_talk()
    transcript = make(talk)
    settle(transcript, qtbot)
    turns: list[int] = []
    plain = transcript.motion.settle
    monkeypatch.setattr(transcript.motion, "settle", lambda place: (turns.append(1), plain(place)))
    for _ in range(200):
        transcript.message_grew(list(talk.all)[-1])
    assert turns == []
    qtbot.waitUntil(lambda: len(turns) > 0)
    assert len(turns) <= 2


def test_reasoning_folds_and_is_timed(make: Make, qtbot: Any) -> None:
    talk = Talk()
    talk.ask("Think")
    answer = talk.answer("", MessageState.WRITING, reasoning="Let me ")
    transcript = make(talk)
    fold = button(transcript, answer, "fold")
    assert fold.text() == "Thinking…"
    view = transcript.layout_of_text.views[1]
    assert view.units(Part.REASONING) == []
    talk.change(answer, reasoning="Let me see.\n\nYes.", text="It is so.")
    transcript.message_grew(answer)
    transcript.motion.grow()
    assert fold.text() == "Thoughts" or fold.text().startswith("Thought for")
    QTest.mouseClick(fold, Qt.MouseButton.LeftButton)
    assert [unit.block.text for unit in view.units(Part.REASONING)] == ["Let me see.", "Yes."]
    QTest.mouseClick(button(transcript, answer, "fold"), Qt.MouseButton.LeftButton)
    assert view.units(Part.REASONING) == []
    transcript.setFocus()
    transcript.set_current(answer)
    QTest.keyClick(transcript, Qt.Key.Key_Return)
    assert len(view.units(Part.REASONING)) == 2
    assert "Let me see" not in transcript.plain_text()


@pytest.mark.parametrize("later", ["It is so.", "It is so, and that for longer than it was thought."])
def test_what_turns_out_to_be_reasoning_is_folded_in_the_midst_of_writing(later: str, make: Make) -> None:
    talk = Talk()
    talk.ask("Think")
    answer = talk.answer("Let me see. ", MessageState.WRITING)
    transcript = make(talk)
    talk.change(answer, text="Let me see. Is it so?")
    transcript.message_grew(answer)
    transcript.motion.grow()
    assert transcript.text_of_row(1) == "Let me see. Is it so?"
    talk.change(answer, text=later, reasoning="Let me see. Is it so?")
    transcript.message_changed(answer)
    assert transcript.text_of_row(1) == later
    QTest.mouseClick(button(transcript, answer, "fold"), Qt.MouseButton.LeftButton)
    view = transcript.layout_of_text.views[1]
    assert [unit.block.text for unit in view.units(Part.REASONING)] == ["Let me see. Is it so?"]


def test_what_a_first_answer_needs_is_made_ready_off_the_screen(make: Make, qtbot: Any) -> None:
    transcript = make(short_talk())
    before = transcript.grab().toImage()
    transcript.preparing.start()
    assert not transcript.preparing.done
    qtbot.waitUntil(lambda: transcript.preparing.done, timeout=SLOW)
    settle(transcript, qtbot)
    assert transcript.plain_text() == "A question\nof two lines\n\n" + SHOWN
    assert transcript.grab().toImage().size() == before.size()


class Circle:
    """Only a search for garbage can take it away."""

    def __init__(self) -> None:
        self.itself = self


def test_young_garbage_is_not_left_out_from_the_search_for_garbage(make: Make, qtbot: Any) -> None:
    transcript = make(short_talk())
    qtbot.waitUntil(lambda: transcript.motion.resting, timeout=SLOW)
    circle = Circle()
    gone = weakref.ref(circle)
    del circle
    transcript.preparing._step()
    assert transcript.preparing.done
    assert gone() is None


def test_an_answer_goes_before_what_is_made_ready(make: Make, qtbot: Any) -> None:
    talk = short_talk()
    transcript = make(talk)
    transcript.preparing.start()
    transcript.motion.grew(list(talk.all)[-1])
    transcript.preparing._step()
    assert not transcript.preparing.done
    qtbot.waitUntil(lambda: transcript.preparing.done, timeout=SLOW)


def test_how_long_it_thought_is_known_after_a_restart(make: Make) -> None:
    talk = Talk()
    talk.ask("Think")
    answer = talk.answer("It is so.", reasoning="Let me see.", reasoning_seconds=12.4)
    assert button(make(talk), answer, "fold").text() == "Thought for 12 seconds"


def test_folding_keeps_the_message_in_place(make: Make) -> None:
    talk = long_talk(20)
    answer = talk.answer("Text. " * 300, reasoning="Thought. " * 400)
    transcript = make(talk)
    transcript.verticalScrollBar().setValue(transcript.verticalScrollBar().value() - 100)
    row = transcript.layout_of_text.rows[answer]
    before = top_of(transcript, row)
    transcript.toggle_reasoning(row)
    assert top_of(transcript, row) == before


# ---------------------------------------------------------------- other messages


def test_a_new_message_is_shown_at_once(make: Make) -> None:
    talk = long_talk(40)
    transcript = make(talk)
    transcript.verticalScrollBar().setValue(0)
    talk.ask("One more")
    talk.answer("", MessageState.WAITING)
    transcript.path_changed()
    assert transcript.at_end()
    assert len(transcript.layout_of_text.views) == 42


def test_another_version_replaces_what_follows(make: Make) -> None:
    talk = long_talk(10)
    transcript = make(talk)
    kept = list(transcript.layout_of_text.views)[:8]
    talk.all = dict(list(talk.all.items())[:8])
    other = talk.answer("Another version")
    talk.all[99] = replace(talk.all.pop(other), id=99)
    transcript.path_changed()
    assert list(transcript.layout_of_text.views)[:8] == kept
    assert transcript.plain_text().endswith("\n\nAnother version")
    assert "Question 8" not in transcript.plain_text()


def test_another_version_begins_where_the_one_before_did(make: Make) -> None:
    talk = long_talk(30)
    transcript = make(talk)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.value() - 700)
    row = transcript.rows_in_sight()[1]
    before = top_of(transcript, row)
    ids = list(talk.all)
    talk.all = {id_: talk.all[id_] for id_ in ids[:row]}
    talk.all[77] = replace(talk.all[ids[0]], id=77, text="Another question. " * 10)
    talk.all[78] = replace(talk.all[ids[1]], id=78, text="Another answer, a long one. " * 200)
    transcript.path_changed()
    assert top_of(transcript, row) == before
    assert not transcript.at_end()


def test_a_message_that_became_another_text_is_read_again(make: Make) -> None:
    talk = short_talk()
    transcript = make(talk)
    last = list(talk.all)[-1]
    talk.change(last, text="Short.")
    transcript.message_changed(last)
    assert transcript.plain_text().endswith("\n\nShort.")


def test_unknown_messages_are_ignored(make: Make) -> None:
    transcript = make(short_talk())
    before = transcript.plain_text()
    transcript.message_grew(5)
    transcript.message_changed(5)
    transcript.motion.grow()
    assert transcript.plain_text() == before
    assert transcript.at_end()


# ---------------------------------------------------------------- scrolling without jumps


def wheel(transcript: Transcript, pixels: int) -> None:
    middle = QPointF(transcript.viewport().rect().center())
    event = QWheelEvent(middle, middle, QPoint(0, pixels), QPoint(0, pixels * 4), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(transcript.viewport(), event)


def on_screen(transcript: Transcript) -> dict[tuple[int, int], int]:
    """Every measured unit in sight and where it stands in the viewport."""
    layout = transcript.layout_of_text
    found = {}
    for row in transcript.rows_in_sight():
        top = top_of(transcript, row)
        for _part, number, unit in layout.views[row].all_units():
            if unit.measured and 0 <= top + unit.y <= transcript.viewport().height():
                found[row, number] = top + unit.y
    return found


@pytest.mark.parametrize("ahead", [True, False], ids=["laid out ahead", "guessed"])
def test_scrolling_up_moves_what_is_seen_by_what_was_asked(make: Make, qtbot: Any, ahead: bool) -> None:
    transcript = make(long_talk(120))
    bar = transcript.verticalScrollBar()
    for _ in range(60):
        if ahead:
            settle(transcript, qtbot)
        before = on_screen(transcript)
        bar.setValue(bar.value() - 90)
        after = on_screen(transcript)
        moved = {after[key] - before[key] for key in before.keys() & after.keys()}
        assert moved <= {90}
        if bar.value() == 0:
            break


def test_laying_out_ahead_moves_nothing(make: Make, qtbot: Any) -> None:
    transcript = make(long_talk(120))
    bar = transcript.verticalScrollBar()
    for part in (0.5, 0.2, 0.8, 0.0):
        bar.setValue(round(bar.maximum() * part))
        before = on_screen(transcript)
        settle(transcript, qtbot)
        after = on_screen(transcript)
        assert before
        assert {after.get(key) for key in before} == set(before.values())


def test_the_wheel_scrolls(make: Make) -> None:
    transcript = make(long_talk(40))
    before = transcript.verticalScrollBar().value()
    wheel(transcript, 120)
    assert transcript.verticalScrollBar().value() < before
    assert not transcript.motion.following


def test_what_is_read_stays_where_it_is_when_something_above_comes_and_goes(make: Make, qtbot: Any) -> None:
    transcript = make(long_talk(40))
    host, bar = QWidget(), QLabel("A notice")
    qtbot.addWidget(host)
    bar.setFixedHeight(44)
    bar.hide()
    column = QVBoxLayout(host)
    column.addWidget(bar)
    column.addWidget(transcript)
    host.resize(700, 500)
    host.show()
    settle(transcript, qtbot)

    def on_screen() -> int:
        return transcript.viewport().mapTo(host, transcript.message_rect(row).topLeft()).y()

    transcript.verticalScrollBar().setValue(transcript.verticalScrollBar().maximum() // 2)
    settle(transcript, qtbot)
    row = transcript.rows_in_sight()[1]
    place, top = on_screen(), transcript.mapTo(host, QPoint()).y()
    bar.show()
    qtbot.waitUntil(lambda: transcript.mapTo(host, QPoint()).y() > top)
    assert abs(on_screen() - place) <= 1
    bar.hide()
    qtbot.waitUntil(lambda: transcript.mapTo(host, QPoint()).y() == top)
    assert abs(on_screen() - place) <= 1
    transcript.verticalScrollBar().setValue(0)
    bar.show()
    qtbot.waitUntil(lambda: transcript.mapTo(host, QPoint()).y() > top)
    assert transcript.scrolled == 0, "the beginning is not covered"


@pytest.mark.parametrize("width", [420, 560, 900])
def test_another_width_keeps_the_line_at_the_top(make: Make, qtbot: Any, width: int) -> None:
    talk = Talk()
    for number in range(12):
        talk.answer("\n\n".join(f"Paragraph {number}.{place} " + "with some words " * 30 for place in range(6)))
    transcript = make(talk, width=700)
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(transcript, qtbot)
    first = transcript.position_at(QPoint(transcript.column_left() + 2, 1))
    assert first is not None
    transcript.resize(width, 500)
    settle(transcript, qtbot)
    now = point_of(transcript, first.row, first.offset, unit=first.unit, part=first.part)
    assert abs(now.y()) <= 2 * transcript.style_of_text.line


def test_at_the_end_another_width_stays_there(make: Make) -> None:
    transcript = make(long_talk(30))
    for width in (400, 900, 500):
        transcript.resize(width, 500)
        assert transcript.at_end()


def test_another_size_of_text_keeps_the_place(make: Make, theme: Theme, qtbot: Any) -> None:
    transcript = make(long_talk(60))
    bar = transcript.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    settle(transcript, qtbot)
    first = transcript.position_at(QPoint(transcript.column_left() + 2, 1))
    assert first is not None
    line = transcript.style_of_text.line
    theme.apply(scale=1.6)
    assert transcript.style_of_text.line > line * 1.3
    now = point_of(transcript, first.row, first.offset, unit=first.unit, part=first.part)
    assert abs(now.y()) <= 3 * transcript.style_of_text.line
    theme.apply(scale=1.0)


# ---------------------------------------------------------------- memory


def test_only_what_is_near_is_held(make: Make, qtbot: Any) -> None:
    talk = long_talk(3000)
    transcript = make(talk)
    settle(transcript, qtbot)
    assert len(set(talk.read)) < 60
    bar = transcript.verticalScrollBar()
    for step in range(200):
        bar.setValue(bar.maximum() * step // 200)
    layout = transcript.layout_of_text
    loaded = [view for view in layout.views if view.loaded]
    documents = [unit for view in loaded for _, _, unit in view.all_units() if unit.document is not None]
    in_sight = len(transcript.rows_in_sight())
    assert len(loaded) <= KEPT_MESSAGES + 3 * in_sight + 20
    assert len(documents) <= KEPT_DOCUMENTS + 200


HOSTILE = {
    "one line": "x" * 300_000, "lines": "line\n" * 30_000, "quotes": "> " * 50_000, "lists": "- " * 50_000,
    "staircase": "".join(" " * depth + "- a\n" for depth in range(500)), "code": "```python\n" + "x = 1\n" * 5000,
    "line of code": "```\n" + "y" * 200_000, "columns": "| a " * 1000 + "\n" + "|---" * 1000 + "\n" + "| 1 " * 1000,
    "rows": "|a|b|\n|-|-|\n" + "|1|2|\n" * 3000, "marks": "*" * 100_000, "links": "[a](http://b.c/) " * 3000,
    "tags": "<div>" * 20_000, "pictures": "![a](file:///x) " * 3000, "directions": "\u202eabc " * 5000,
    "accents": "a" + "\u0301" * 50_000, "escapes": "\x1b[31mx" * 10_000, "surrogates": "\ud800" * 1000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("role", [Role.USER, Role.ASSISTANT])
def test_hostile_messages_do_not_stop_the_window(make: Make, qtbot: Any, heartbeat: Any, name: str, role: Role) -> None:
    talk = Talk()
    talk.add(role, HOSTILE[name])
    heartbeat.restart()
    transcript = make(talk)
    settle(transcript, qtbot)
    bar = transcript.verticalScrollBar()
    for part in (0.0, 0.5, 1.0):
        bar.setValue(round(bar.maximum() * part))
        qtbot.wait(15)
    assert heartbeat.longest < 1.0  # measured: at most 0.1 s; a freeze would be many
    shown = len(transcript.plain_text())
    assert shown > 0


# ---------------------------------------------------------------- buttons


def test_buttons_say_which_message(make: Make) -> None:
    talk = Talk()
    question = talk.ask("Q")
    answer = talk.answer("A", MessageState.STOPPED)
    talk.siblings[answer] = (3, 1)
    transcript = make(talk)
    spies = {
        name: QSignalSpy(getattr(transcript, f"{name}_wanted"))
        for name in ("regenerate", "edit", "continue", "retry", "switch")
    }
    transcript.set_hovered(question)
    QTest.mouseClick(button(transcript, question, "edit"), Qt.MouseButton.LeftButton)
    for key in ("regenerate", "continue", "previous", "next"):
        QTest.mouseClick(button(transcript, answer, key), Qt.MouseButton.LeftButton)
    assert spies["regenerate"].at(0) == [answer]
    assert spies["edit"].at(0) == [question]
    assert spies["continue"].at(0) == [answer]
    assert [spies["switch"].at(place) for place in (0, 1)] == [[answer, -1], [answer, 1]]
    assert spies["retry"].count() == 0


def test_the_ends_of_the_versions(make: Make) -> None:
    talk = Talk()
    answer = talk.answer("A")
    talk.siblings[answer] = (2, 0)
    transcript = make(talk)
    assert not button(transcript, answer, "previous").isEnabled()
    assert button(transcript, answer, "next").isEnabled()
    assert transcript.buttons.layer.find(answer, "count").text() == "1 of 2"  # type: ignore[union-attr]


def test_a_failed_answer_says_why_and_can_be_tried_again(make: Make) -> None:
    talk = Talk()
    talk.ask("Q")
    answer = talk.answer("Half of", MessageState.FAILED, error="engine_crashed", error_detail="signal 9")
    transcript = make(talk)
    again = QSignalSpy(transcript.retry_wanted)
    QTest.mouseClick(button(transcript, answer, "retry"), Qt.MouseButton.LeftButton)
    assert again.at(0) == [answer]
    assert transcript.plain_text() == "Q\n\nHalf of"


@pytest.mark.parametrize("nothing", ["", " \n"])
def test_an_answer_without_a_word_says_so(make: Make, nothing: str) -> None:
    talk = Talk()
    talk.ask("Q")
    answer = talk.answer(nothing)
    transcript = make(talk)
    view = transcript.layout_of_text.views[1]
    assert "ending" in view.rows
    assert ending_words(view.state, view.message) == "The model ended its answer without a word"
    assert transcript.buttons.layer.find(answer, "continue") is None  # there is nothing to go on from
    transcript.grab()


@pytest.mark.parametrize("state", list(MessageState))
def test_every_state_can_be_drawn(make: Make, state: MessageState) -> None:
    talk = Talk()
    talk.ask("Q")
    talk.answer("A", state, error="no_model" if state is MessageState.FAILED else "")
    transcript = make(talk)
    transcript.grab()
    ended = state not in (MessageState.COMPLETE, MessageState.WAITING, MessageState.WRITING)
    assert ("ending" in transcript.layout_of_text.views[1].rows) == ended
    growing = state in (MessageState.WAITING, MessageState.WRITING)
    assert (transcript.buttons.layer.find(list(talk.all)[1], "copy") is None) == growing


def test_that_there_was_no_model_stays_true(make: Make) -> None:
    talk = Talk()
    talk.ask("Q")
    talk.answer("", MessageState.FAILED, error="no_model")
    view = make(talk).layout_of_text.views[1]
    assert ending_words(view.state, view.message) == "There was no model to answer"


def test_while_busy_nothing_starts_another_answer(make: Make) -> None:
    talk = Talk()
    question = talk.ask("Q")
    answer = talk.answer("A")
    transcript = make(talk)
    transcript.set_hovered(question)
    transcript.set_busy(True)
    assert not button(transcript, answer, "regenerate").isEnabled()
    assert not button(transcript, question, "edit").isEnabled()
    assert button(transcript, answer, "copy").isEnabled()
    transcript.set_busy(False)
    assert button(transcript, answer, "regenerate").isEnabled()


def test_actions_appear_without_moving_anything(make: Make) -> None:
    transcript = make(long_talk(6), height=900)
    rects = [transcript.message_rect(row) for row in range(6)]
    point = point_of(transcript, 0)
    point_at(transcript.viewport(), point)
    first = transcript.layout_of_text.views[0].id
    assert transcript.hovered == first
    assert button(transcript, first, "copy").isVisible()
    assert [transcript.message_rect(row) for row in range(6)] == rects


def test_copy_buttons(make: Make) -> None:
    talk = short_talk()
    transcript = make(talk, height=1200)
    answer = list(talk.all)[1]
    QTest.mouseClick(button(transcript, answer, "copy"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == SHOWN
    code = next(each for each in transcript.buttons.layer.of_message(answer) if each.key.startswith("code"))
    QTest.mouseClick(code, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "def f(x):\n    return x + 1"


# ---------------------------------------------------------------- links


def test_a_click_on_a_link_asks(make: Make) -> None:
    transcript = make(short_talk(), height=900)
    asked = QSignalSpy(transcript.link_activated)
    text = transcript.layout_of_text.views[1].units(Part.TEXT)[0].text()
    on_link = point_of(transcript, 1, text.index("a link") + 3)
    point_at(transcript.viewport(), on_link)
    assert transcript.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=on_link)
    assert asked.at(0) == ["https://example.org/page"]
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point_of(transcript, 1, 3))
    drag(transcript, on_link - QPoint(30, 0), on_link)
    assert asked.count() == 1


def test_a_link_to_a_file_is_text(make: Make) -> None:
    talk = Talk()
    talk.answer("[click here](file:///etc/passwd) and [there](javascript:alert(1))")
    transcript = make(talk)
    asked = QSignalSpy(transcript.link_activated)
    for offset in range(0, 20, 2):
        QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=point_of(transcript, 0, offset))
    assert asked.count() == 0
    assert transcript.plain_text() == "click here and there"

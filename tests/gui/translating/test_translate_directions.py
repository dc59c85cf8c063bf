"""Texts that are written from right to left: aligned, lit, clicked and edited where they stand."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from assistant.core.translation.views import Version
from assistant.gui.theme import Theme
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.translation.row_layout import Laid
from assistant.gui.widgets.translation.units import Piece
from tests.gui.fakes.translate_desk import Desk

HEBREW = ("הגשר הישן נסגר ב-3 במאי 2021.", "התיקונים עלו 2.4 מיליון אירו.", "המועצה הצביעה בעד גשר חדש (v2.1).")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    job = desk.running()
    desk.core.finish(job, HEBREW)
    desk.wait(lambda: HEBREW[2] in desk.said())
    return desk


@pytest.fixture
def style(qapp: Any) -> ReadingStyle:
    return ReadingStyle(Theme(qapp))


@pytest.mark.parametrize("words", ["a bridge is closed", "הגשר הישן נסגר", "كان الجسر القديم مغلقا"])
def test_each_character_is_found_where_it_is_lit(words: str, style: ReadingStyle) -> None:
    laid = Laid(words, (Piece(0, 0, len(words)),), style, 400)
    for at, character in enumerate(words):
        if character == " ":
            continue
        (strip,) = laid.strips(at, at + 1)
        assert laid.inside(strip.center().x(), strip.center().y()) == at
    (whole,) = laid.strips(0, len(words))
    leftwards = not words.isascii()
    assert (whole.right() > 395) is leftwards
    assert (whole.left() < 5) is not leftwards


def test_a_stretch_of_a_leftward_text_stands_left_of_what_comes_before_it(style: ReadingStyle) -> None:
    first, second, *_others = HEBREW
    text = f"{first} {second}"
    laid = Laid(text, (Piece(0, 0, len(first)), Piece(1, len(first) + 1, len(text))), style, 2000)
    (before,), (after,) = laid.strips(0, len(first)), laid.strips(len(first) + 1, len(text))
    assert after.right() <= before.left() + 1
    (all_of_it,) = laid.strips(0, len(text))
    assert (round(all_of_it.left()), round(all_of_it.right())) == (round(after.left()), round(before.right()))


def test_code_before_a_leftward_sentence_does_not_turn_it(style: ReadingStyle) -> None:
    lead = "x = 1\u2028\u2028"
    laid = Laid(lead + HEBREW[0], (Piece(0, len(lead), len(lead) + len(HEBREW[0])),), style, 600)
    (strip,) = laid.strips(len(lead), len(laid.text))
    assert strip.right() > 595


def test_a_click_takes_up_the_sentence_that_is_clicked(desk: Desk) -> None:
    column = desk.translateOutput
    for number in (0, 1, 2):
        laid = desk.rows.laid(desk.rows.row_of(number), column.side)
        piece = next(piece for piece in laid.pieces if piece.number == number)
        strip = next(laid.strips(piece.start, piece.start + 4))
        top = column.segment_area(number).top()
        place = QPoint(round(column.left + strip.center().x()), top + 8)
        QTest.mouseClick(column.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert desk.rows.current == number
        desk.press("Esc")


def test_a_leftward_sentence_is_edited_from_its_side(desk: Desk) -> None:
    desk.rows.choose(1)
    desk.press("F4")
    option = desk.translateEditor.document().defaultTextOption()
    assert option.textDirection() is Qt.LayoutDirection.RightToLeft
    assert option.alignment() & Qt.AlignmentFlag.AlignRight
    desk.press("Esc")


def test_a_leftward_text_is_typed_at_its_side(desk: Desk) -> None:
    field = desk.translateInput
    for text, right in ((f"12\n\n{HEBREW[0]}", True), ("A bridge", False), (HEBREW[1], True), ("", False)):
        field.setPlainText(text)
        last = field.document().lastBlock()
        line = last.layout().lineAt(0)
        assert (line.naturalTextRect().right() > field.viewport().width() - 40) is right


def test_an_offer_from_right_to_left_keeps_its_own_direction(desk: Desk) -> None:
    desk.core.versions_result = (Version(HEBREW[2]), Version("第二种。"))
    desk.rows.choose(1)
    desk.press("F7")
    assert desk.translateOffer1.text() == f"Version 1:  \u2068{HEBREW[2]}\u2069"
    assert desk.translateOffer2.text() == "Version 2:  第二种。"

"""Single sentences of a translation: lit on both sides, asked about, edited, made again, taken from the memory."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QGuiApplication, QInputMethodEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.translation.views import Alternative, JobState, MemoryMatch, SegmentState, Version, Weighed
from assistant.documents.segments import ALONE, CLOSE, OPEN, Finding, FindingKind
from assistant.gui.translating import exporting
from assistant.gui.widgets import accessible_items
from assistant.gui.widgets.translation.paint import signs_in
from tests.gui.fakes.translate_desk import CHINESE, Desk
from tests.gui.fakes.translations_core import ALTERNATIVES
from tests.gui.helpers import child, drag_over, point_at

BOLD, NOT_BOLD, PICTURE = chr(OPEN + 1), chr(CLOSE + 1), chr(ALONE + 2)
MISSING = Finding(FindingKind.NUMBER, "2.4 million", source_start=13, source_end=16)
WRONG = Finding(FindingKind.TERM, "维修", start=0, end=2, values={"source": "repairs", "target": "修缮"})


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.finished()
    return desk


def place_of(desk: Desk, number: int, character: int = 0) -> QPoint:
    """Where a character of a segment stands in the viewport of the translation."""
    column = desk.translateOutput
    laid = desk.rows.laid(desk.rows.row_of(number), column.side)
    piece = next(piece for piece in laid.pieces if piece.number == number)
    area = column.segment_area(number)
    return QPoint(round(column.left + laid.left_of(piece.start + character)) + 3, area.top() + 8)


def click(desk: Desk, number: int, character: int = 0) -> None:
    QTest.mouseClick(desk.translateOutput.viewport(), Qt.MouseButton.LeftButton, pos=place_of(desk, number, character))


def mark(desk: Desk, number: int, *findings: Finding, state: SegmentState = SegmentState.MARKED) -> None:
    job = desk.pane.job
    desk.core.put(job, number, CHINESE[number], state=state, findings=findings)
    desk.wait(lambda: desk.rows.segments[number].state is state and desk.rows.segments[number].findings == findings)


# ---------------------------------------------------------------- lit on both sides


def test_the_sentence_under_the_pointer_is_lit_on_both_sides(desk: Desk) -> None:
    point_at(desk.translateOutput.viewport(), place_of(desk, 1))
    assert desk.rows.hovered == 1
    lit = desk.translateInput.extraSelections()
    assert [each.cursor.selectedText() for each in lit] == ["Repairs cost 2.4 million euros."]
    QApplication.processEvents()
    point_at(desk.translateOutput.viewport(), QPoint(5, desk.translateOutput.viewport().height() - 2))
    assert desk.rows.hovered == -1
    assert desk.translateInput.extraSelections() == []


def test_the_sentence_at_the_caret_of_the_text_is_taken_up(desk: Desk) -> None:
    desk.translateInput.setFocus()
    cursor = desk.translateInput.textCursor()
    cursor.setPosition(desk.translateInput.toPlainText().index("council"))
    desk.translateInput.setTextCursor(cursor)
    assert desk.rows.current == 2
    assert desk.translateStrip.segment.target == CHINESE[2]


def test_paragraphs_stand_beside_those_of_the_text(desk: Desk) -> None:
    area = desk.translateOutput.segment_area(2)
    cursor = desk.translateInput.textCursor()
    cursor.setPosition(desk.translateInput.toPlainText().index("The council"))
    top = desk.translateInput.cursorRect(cursor).top()
    assert abs(area.top() - top) <= area.height() // 2


def test_both_columns_of_a_document_have_rows_of_one_height(desk: Desk) -> None:
    desk.open(text="\n".join(f"Sentence number {n} " + "goes on " * n for n in range(40)))
    desk.translateRun.click()
    desk.core.finish(desk.pane.job, ["短。" for _ in range(40)])
    desk.wait(lambda: "短。" in desk.said())
    source, target = desk.translateSource, desk.translateOutput
    desk.rows.scroll_by(300)
    for number in range(12, 16):
        assert source.segment_area(number).top() == target.segment_area(number).top()
    before = desk.rows.offset
    source.verticalScrollBar().setValue(0)
    assert desk.rows.offset != before
    assert target.verticalScrollBar().value() == desk.rows.offset


def test_the_sentence_that_is_worked_with_stays_in_sight_in_a_smaller_window(desk: Desk) -> None:
    desk.open(text="\n".join(f"Sentence number {n} stands here by itself." for n in range(60)))
    desk.translateRun.click()
    desk.core.finish(desk.pane.job, ["短" * (5 + n) + "。" for n in range(60)])
    desk.wait(lambda: "短。" in desk.said())
    column = desk.translateOutput
    column.go_to(9)

    def in_sight() -> bool:
        area = column.segment_area(9)
        return bool(area.top() >= 0 and area.bottom() < column.viewport().height())

    assert in_sight()
    for size in ((720, 480), (1240, 800), (900, 600)):
        desk.window.resize(*size)
        desk.wait(lambda size=size: desk.window.size().toTuple() == size and in_sight())
    desk.rows.scroll_to(desk.rows.total)
    desk.window.resize(1240, 800)
    QApplication.processEvents()
    assert not in_sight(), "whoever goes elsewhere stays there"


def test_at_the_end_of_a_text_nothing_is_hidden_by_what_is_said_of_a_sentence(desk: Desk) -> None:
    desk.open(text="\n".join(f"Sentence number {n} stands here by itself." for n in range(60)))
    desk.translateRun.click()
    desk.core.finish(desk.pane.job, ["短" * (5 + n) + "。" for n in range(60)])
    desk.wait(lambda: "短。" in desk.said())
    QApplication.processEvents()
    column = desk.translateOutput
    desk.rows.scroll_to(desk.rows.total)
    before, height = desk.rows.offset, column.viewport().height()
    desk.rows.choose(58)
    desk.wait(lambda: column.viewport().height() < height)
    assert desk.rows.offset == before, "what was clicked stays under the pointer"
    assert column.segment_area(59).bottom() <= column.viewport().height()
    assert column.segment_area(59).bottom() > column.viewport().height() - 60, "and nothing is scrolled for no reason"


def test_a_text_and_its_translation_scroll_together(desk: Desk) -> None:
    desk.pane.new()
    desk.type("\n".join(f"Line {n} is here. It has two sentences." for n in range(200)))
    desk.settle()
    desk.translateRun.click()
    desk.core.finish(desk.pane.job)
    desk.wait(lambda: "LINE 3" in desk.said())
    bar = desk.translateInput.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    top = desk.translateInput.top_segment()
    assert abs(desk.rows.spans[desk.rows.row][0] - top) <= 2
    desk.translateOutput.setFocus()
    desk.rows.scroll_to(0)
    assert bar.value() == 0


def test_paragraphs_stay_beside_each_other_whichever_side_is_scrolled(desk: Desk) -> None:
    """Also from the middle of one paragraph on, and while the caret is in the text."""
    desk.pane.new()
    desk.type("\n\n".join(f"Line {n} is here. " + "It has sentences that are long. " * 9 for n in range(30)))
    desk.settle()
    desk.translateRun.click()
    desk.core.finish(desk.pane.job)
    desk.wait(lambda: "LINE 3" in desk.said())
    field, output = desk.translateInput, desk.translateOutput
    field.setFocus()
    line = field.fontMetrics().lineSpacing()

    def apart() -> int:
        """How far the paragraph that begins in the middle of the view is from its translation, px."""
        row = desk.rows.row + 1
        cursor = field.textCursor()
        cursor.setPosition(field.toPlainText().index(f"Line {row} "))
        return abs(field.cursorRect(cursor).top() - output.segment_area(desk.rows.spans[row][0]).top())

    middle = QPointF(output.viewport().rect().center())
    for pixels in (250, 170, -90):
        before = field.verticalScrollBar().value()
        event = QWheelEvent(
            middle, output.viewport().mapToGlobal(middle), QPoint(0, -pixels), QPoint(), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        output.wheelEvent(event)
        assert field.verticalScrollBar().value() != before
        assert apart() <= 2 * line
    for lines in (5, 12, 3):
        field.verticalScrollBar().setValue(lines + 20)
        assert apart() <= 2 * line


# ---------------------------------------------------------------- what the model weighed


def test_a_click_on_a_word_shows_what_the_model_weighed_there(desk: Desk) -> None:
    desk.core.alternatives_result = ALTERNATIVES
    click(desk, 1, 3)
    assert desk.core.done_to[-1] == ("alternatives", desk.pane.job, 1, 3)
    popover = desk.translateAlternatives
    assert popover.isVisible()
    shown = [button for button in popover._buttons if not button.isHidden()]
    assert [button.text() for button in shown] == ["closed", "shut", "blocked", "locked…"]
    assert [button.accessibleName() for button in shown][:2] == ["closed: 62 %", "shut: 21 %"]
    assert shown[3].accessibleName() == "locked…: under 1 %"
    assert "may be longer" in popover._note.text(), "it is the beginning of a word"
    desk.press("Down")
    desk.press("Return")
    assert desk.core.done_to[-1] == ("choose", desk.pane.job, 1, 15, "shut")
    assert not popover.isVisible()
    assert desk.window.focusWidget() is desk.translateOutput


def test_words_come_whole_in_their_places_while_one_chooses(desk: Desk) -> None:
    desk.core.waits = True
    click(desk, 1, 3)
    begun = tuple(Alternative(text, 0.2, 15, whole=False) for text in (" clos", " clo", " sh", " block"))
    show = desk.core.pending[-1]
    show(Weighed(begun, complete=False))
    popover = desk.translateAlternatives
    assert [each.text() for each in popover._buttons[:4]] == ["clos…", "clo…", "sh…", "block…"]
    assert popover._note.isHidden(), "they are still coming"
    desk.press("Down")
    desk.press("Down")
    whole = (Alternative(" closed", 0.3, 15), Alternative(" shut", 0.1, 15), begun[3])
    show(Weighed(whole, complete=False))
    assert [each.text() for each in popover._buttons if not each.isHidden()] == ["closed", "shut", "block…"]
    assert desk.window.focusWidget().choice == whole[1], "the keyboard is still at that word"
    desk.press("Return")
    assert desk.core.done_to[-1] == ("choose", desk.pane.job, 1, 15, " shut")
    assert ("cancelled", "alternatives", desk.pane.job, 1, 3) in desk.core.done_to, "the rest is not waited for"
    show(Weighed(whole))
    assert popover.isHidden()


def test_it_lies_below_the_word_also_where_the_column_ends(desk: Desk) -> None:
    desk.core.alternatives_result = ALTERNATIVES[:1]
    desk.pane.new()
    desk.type("\n".join(f"Line {n} is here." for n in range(200)))
    desk.settle()
    desk.translateRun.click()
    desk.core.finish(desk.pane.job)
    desk.wait(lambda: "LINE 3" in desk.said())
    column, popover = desk.translateOutput, desk.translateAlternatives
    column.verticalScrollBar().setValue(0)
    last = max(n for n in range(200) if column.viewport().rect().contains(column.segment_area(n)))
    click(desk, last, 1)
    assert popover.isVisible()
    foot = column.viewport().mapTo(popover.parentWidget(), column.viewport().rect().bottomLeft()).y()
    assert popover.geometry().bottom() > foot, "the text above is what one is reading"
    desk.pane.new()
    assert not popover.isVisible()


def test_the_word_it_is_about_is_not_hidden_by_it(desk: Desk) -> None:
    """Where there is no room for all of them beside the sentence, the least likely are left out."""
    desk.core.alternatives_result = [replace(ALTERNATIVES[0], text=f" word{n}") for n in range(8)]
    desk.window.resize(1100, 560)
    QApplication.processEvents()
    click(desk, 0, 1)
    popover = desk.translateAlternatives
    sentence = desk.translateOutput.segment_area(0)
    foot = desk.translateOutput.viewport().mapTo(popover.parentWidget(), sentence.bottomLeft()).y()
    assert popover.geometry().top() > foot
    assert 3 <= sum(not each.isHidden() for each in popover._buttons) < 8


def test_in_a_low_window_the_likeliest_are_shown(desk: Desk) -> None:
    desk.core.alternatives_result = tuple(Alternative(f"word{n}", 0.5 / (n + 1), 15) for n in range(8))
    popover = desk.translateAlternatives
    panel = popover.parentWidget()
    panel.setFixedHeight(200)
    QApplication.processEvents()
    click(desk, 1, 3)
    assert panel.rect().contains(popover.geometry()), "nothing is out of sight"
    shown = [button.text() for button in popover.findChildren(QAbstractButton) if button.isVisible()]
    assert 1 < len(shown) < 8
    assert "word0" in shown[0]


def test_esc_and_a_click_elsewhere_close_it(desk: Desk) -> None:
    desk.core.alternatives_result = ALTERNATIVES
    click(desk, 0, 1)
    desk.press("Esc")
    assert not desk.translateAlternatives.isVisible()
    click(desk, 0, 1)
    QTest.mouseClick(desk.translateInput.viewport(), Qt.MouseButton.LeftButton)
    assert not desk.translateAlternatives.isVisible()
    assert not any(done[0] == "choose" for done in desk.core.done_to)


def test_what_comes_late_or_not_at_all_is_told(desk: Desk) -> None:
    desk.core.waits = True
    click(desk, 0, 1)
    assert "Asking" in desk.translateAlternatives.accessibleName()
    click(desk, 1, 2)
    first, second = desk.core.pending
    first(Weighed(ALTERNATIVES))
    assert "Asking" in desk.translateAlternatives.accessibleName(), "it is about another word"
    second(AssistantError(ErrorKind.NO_MODEL))
    assert "model" in desk.translateAlternatives.accessibleName()


def test_the_keyboard_asks_about_words_too(desk: Desk) -> None:
    desk.core.alternatives_result = ALTERNATIVES
    desk.translateOutput.setFocus(Qt.FocusReason.TabFocusReason)
    assert desk.rows.current == 0
    desk.press("Down")
    desk.press("Right")
    desk.press("Right")
    desk.press("Space")
    assert desk.core.done_to[-1] == ("alternatives", desk.pane.job, 1, 1)


def test_the_place_of_a_word_goes_with_the_word(desk: Desk) -> None:
    desk.core.alternatives_result = ALTERNATIVES
    desk.translateOutput.setFocus(Qt.FocusReason.TabFocusReason)
    desk.press("Down")
    desk.press("Right")
    assert desk.translateOutput._word.at is not None
    desk.core.edit(desk.pane.job, 1, "42")
    desk.wait(lambda: "42" in desk.said())
    assert desk.translateOutput._word.at is None
    desk.press("Space")
    assert not [done for done in desk.core.done_to if done[0] == "alternatives"]


def test_nothing_was_weighed_where_no_model_wrote(desk: Desk) -> None:
    mark(desk, 0, state=SegmentState.EDITED)
    click(desk, 0, 1)
    assert not desk.translateAlternatives.isVisible()
    assert desk.rows.current == 0


# ---------------------------------------------------------------- editing


def test_a_sentence_is_edited_in_its_place(desk: Desk) -> None:
    QTest.mouseDClick(desk.translateOutput.viewport(), Qt.MouseButton.LeftButton, pos=place_of(desk, 1))
    field = desk.translateEditor
    assert field.isVisible()
    assert field.toPlainText() == CHINESE[1]
    assert field.geometry().intersects(desk.translateOutput.segment_area(1))
    field.setPlainText("修缮费为240万欧元。")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.core.done_to[-1] == ("edit", desk.pane.job, 1, "修缮费为240万欧元。")
    assert not field.isVisible()
    desk.wait(lambda: desk.rows.segments[1].state is SegmentState.EDITED)
    assert desk.translateLine.text() == "1 edited"
    assert "Edited by you" in desk.translateWords.text()


def test_esc_leaves_it_as_it_was_and_leaving_the_field_takes_it(desk: Desk) -> None:
    desk.translateOutput.setFocus()
    desk.rows.choose(0)
    desk.press("F4")
    desk.translateEditor.setPlainText("Not this.")
    desk.press("Esc")
    assert not desk.translateEditor.isVisible()
    assert desk.core.done_to == []
    assert desk.core.stopped == [], "Esc was the field's"
    desk.press("Return")
    desk.translateEditor.setPlainText("This.")
    desk.translateInput.setFocus()
    desk.wait(lambda: desk.core.done_to == [("edit", desk.pane.job, 0, "This.")])
    desk.press("F4")
    desk.translateInput.setFocus()
    desk.wait(desk.translateEditing.isHidden)
    assert len(desk.core.done_to) == 1, "nothing was changed"


def test_the_field_has_room_and_says_what_its_keys_do(desk: Desk) -> None:
    desk.rows.choose(0)
    desk.press("F4")
    QApplication.processEvents()
    field, hint = desk.translateEditor, desk.translateEditHint
    assert field.height() >= 3 * field.fontMetrics().lineSpacing()
    assert hint.isVisible()
    assert "Enter" in hint.text()
    assert "Esc" in hint.text()
    column = desk.translateOutput.viewport().rect()
    assert column.contains(desk.translateEditing.geometry())
    field.setPlainText("很长的一句话。" * 80)
    QApplication.processEvents()
    assert column.contains(desk.translateEditing.geometry())
    desk.press("Esc")


def test_a_file_over_the_field_is_opened_and_a_text_becomes_one_paragraph(desk: Desk, tmp_path: Path) -> None:
    desk.rows.choose(0)
    desk.press("F4")
    text, file = QMimeData(), QMimeData()
    text.setText("Two\nlines")
    desk.translateEditor.setPlainText("")
    desk.translateEditor.insertFromMimeData(text)
    assert desk.translateEditor.toPlainText() == "Two lines"
    file.setUrls([QUrl.fromLocalFile(str(tmp_path / "one.txt"))])
    file.setText(str(tmp_path / "one.txt"))  # as file managers do
    assert drag_over(desk.translateEditor, file) is Qt.DropAction.CopyAction
    desk.wait(lambda: desk.core.opened[-1]["path"] == tmp_path / "one.txt")
    assert desk.core.done_to == [("edit", 1, 0, "Two lines")], "the name of the file is no translation"


@pytest.mark.parametrize("leave", ["new", "keep", "keeping.copy", "begin"])
def test_what_is_written_in_a_sentence_is_kept_by_whatever_is_done_with_the_translation(desk: Desk, leave: str) -> None:
    job = desk.pane.job
    desk.pane.result.editor.begin(1)
    desk.translateEditor.setPlainText("修缮费为240万欧元。")
    attrgetter(leave)(desk.pane)()
    edits = [done for done in desk.core.done_to if done[0] == "edit"]
    assert edits == [("edit", job, 1, "修缮费为240万欧元。")]
    assert not desk.translateEditor.isVisible()


def test_who_edits_a_sentence_keeps_on_when_one_more_is_typed(desk: Desk) -> None:
    desk.rows.choose(1)
    desk.press("F4")
    desk.translateEditor.setPlainText("修缮费。")
    views = list(desk.rows.segments)
    more = replace(views[0], source="First.", target="")
    desk.rows.update([replace(each, index=at) for at, each in enumerate((more, *views))], desk.rows.languages)
    assert desk.translateEditor.isVisible()
    assert desk.pane.result.editor.number == 2
    desk.press("Return")
    assert desk.core.done_to[-1] == ("edit", desk.pane.job, 2, "修缮费。")


def test_keys_stay_with_the_input_method_while_it_composes(desk: Desk) -> None:
    desk.rows.choose(0)
    desk.press("F4")
    field = desk.translateEditor
    QApplication.sendEvent(field, QInputMethodEvent("xiu", []))
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.isVisible()
    end = QInputMethodEvent("", [])
    end.setCommitString("修")
    QApplication.sendEvent(field, end)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert desk.core.done_to[-1] == ("edit", desk.pane.job, 0, f"{CHINESE[0]}修")


def test_markup_is_kept_as_tags_while_one_edits(desk: Desk) -> None:
    job = desk.pane.job
    view = desk.core.views[job]
    source = f"The {BOLD}old{NOT_BOLD} bridge{PICTURE}."
    first = replace(view.segments[0], source=source, target=f"{BOLD}旧{NOT_BOLD}桥{PICTURE}。")
    desk.core.change(job, segments=(first, *view.segments[1:]))
    desk.wait(lambda: "旧桥。" in desk.said())
    desk.rows.choose(0)
    desk.press("F4")
    assert desk.translateEditor.toPlainText() == "<1>旧</1>桥<2/>。"
    desk.translateEditor.setPlainText("古<1>桥</1>。<2/>")
    desk.press("Return")
    assert desk.core.done_to[-1] == ("edit", job, 0, f"古{BOLD}桥{NOT_BOLD}。{PICTURE}")


# ---------------------------------------------------------------- other versions, back, memory


def test_two_more_versions_and_one_is_taken(desk: Desk) -> None:
    desk.core.versions_result = (Version("第一种。"), Version("第二种。", (MISSING,)))
    desk.rows.choose(2)
    desk.press("F7")
    assert desk.core.done_to[-1] == ("versions", desk.pane.job, 2)
    assert desk.translateOffer1.text() == "Version 1:  第一种。"
    assert desk.translateOffer2.text() == "Version 2, to be checked:  第二种。"
    assert desk.translateOffer2.accessibleDescription() == "Number 2.4 million is missing."
    desk.translateOffer2.click()
    assert desk.core.done_to[-1] == ("use", desk.pane.job, 2, "第二种。")


def test_what_was_there_before_is_offered_beside_what_was_taken(desk: Desk) -> None:
    job = desk.pane.job
    desk.core.versions_result = (Version("第一种。"), Version("第二种。"))
    desk.rows.choose(2)
    desk.press("F7")
    desk.core.put(job, 2, "第一种。", state=SegmentState.REDONE)
    desk.wait(lambda: desk.translateOffer1.text() == "Version 2:  第二种。")
    assert desk.translateOffer2.text() == f"Before:  {CHINESE[2]}"
    desk.core.put(job, 2, "", state=SegmentState.WRITING)
    desk.core.put(job, 2, "第三种。", state=SegmentState.REDONE)
    desk.wait(lambda: desk.translateOffer1.text() == "Version 1:  第一种。")
    assert not desk.translateOffer3.isVisible(), "what was there before is Version 1"
    desk.translateOffer1.click()
    assert desk.core.done_to[-1] == ("use", job, 2, "第一种。")
    desk.rows.choose(1)
    assert not desk.translateOffer1.isVisible(), "it was about another sentence"


def test_that_there_is_only_one_other_version_is_said(desk: Desk) -> None:
    desk.rows.choose(2)
    for versions, words in (((Version("第一种。"),), "only one other way"), ((), "no other way")):
        desk.core.versions_result = versions
        desk.press("F7")
        assert words in desk.translateWords.text()


def test_the_buttons_for_a_sentence_stay_where_they_are(desk: Desk) -> None:
    def place() -> QPoint:
        QApplication.processEvents()
        button = child(desk.window, "segment-translate_redo")
        return button.mapTo(desk.window, QPoint(0, 0))

    assert "Click a sentence" in desk.translateStripHint.text()
    assert desk.translateStripHint.isVisible()
    desk.rows.choose(0)
    before = place()
    height = desk.translateOutput.height()
    mark(desk, 0, MISSING, WRONG, Finding(FindingKind.LOOP))
    assert place() == before
    desk.core.versions_result = (Version("第一种。" * 40), Version("第二种。"))
    desk.press("F7")
    assert place() == before
    desk.press("Shift+F7")
    assert place() == before
    desk.rows.choose(1)
    assert place() == before
    desk.wait(lambda: desk.translateOutput.height() == height)


def test_what_was_asked_for_a_sentence_can_be_read(desk: Desk) -> None:
    """Below all that was found in the sentence two long versions are in sight, and not cut off at the first line."""
    desk.rows.choose(0)
    mark(desk, 0, MISSING, WRONG, Finding(FindingKind.LOOP), Finding(FindingKind.OPPOSITE), Finding(FindingKind.CUT))
    desk.core.versions_result = (Version("第一种说法。" * 6), Version("第二种说法。" * 6))
    desk.press("F7")
    offers = (desk.translateOffer1, desk.translateOffer2)
    desk.wait(lambda: all(not offer.visibleRegion().isEmpty() for offer in offers))
    desk.wait(lambda: all(offer.visibleRegion().boundingRect() == offer.rect() for offer in offers))
    assert all(offer.height() > 2 * offer.fontMetrics().lineSpacing() for offer in offers)
    desk.press("Shift+F7")
    assert desk.translateWords.text().startswith("Back again: What it says.")


def test_esc_stops_what_the_model_was_asked_for(desk: Desk) -> None:
    job = desk.pane.job
    desk.core.requests = [(job, 1), (job, 2)]
    desk.rows.choose(1)
    desk.core.change(job)
    desk.wait(desk.translateStop.isVisible)
    desk.translateOutput.setFocus()
    desk.press("Esc")
    assert desk.core.stopped_requests == [(job, 1)], "that of the sentence at hand first"
    assert desk.translateStop.isVisible()
    desk.translateStop.click()
    assert desk.core.stopped_requests == [(job, 1), (job, 2)]
    assert desk.core.stopped == [], "the translation itself was finished"
    assert desk.translateRun.isVisible()


def test_what_nobody_looks_at_any_more_is_not_weighed(desk: Desk) -> None:
    desk.core.waits = True
    click(desk, 0, 1)
    desk.press("Esc")
    assert desk.core.done_to[-1] == ("cancelled", "alternatives", desk.pane.job, 0, 1)
    click(desk, 0, 1)
    click(desk, 1, 2)
    assert ("cancelled", "alternatives", desk.pane.job, 0, 1) in desk.core.done_to[2:]


def test_back_again_and_once_more(desk: Desk) -> None:
    desk.rows.choose(0)
    desk.press("Shift+F7")
    assert "What it says." in desk.translateWords.text()
    desk.press("F5")
    assert desk.core.done_to[-1] == ("redo", desk.pane.job, 0)


def test_a_button_that_goes_leaves_the_keyboard_at_the_sentence(desk: Desk) -> None:
    desk.rows.choose(0)
    again = child(desk.window, "segment-translate_redo")
    again.setFocus()
    desk.press("Space")
    assert desk.core.done_to[-1] == ("redo", desk.pane.job, 0)
    desk.core.put(desk.pane.job, 0, "", state=SegmentState.WRITING)
    desk.wait(lambda: not again.isEnabled())
    assert desk.window.focusWidget() is desk.translateOutput
    desk.core.versions_result = (Version("第一种。"), Version("第二种。"))
    desk.rows.choose(2)
    desk.press("F7")
    assert desk.window.focusWidget() is desk.translateOffer1
    desk.press("Return")
    assert desk.core.done_to[-1] == ("use", desk.pane.job, 2, "第一种。")
    assert desk.window.focusWidget() is desk.translateOutput


def test_what_was_said_of_a_translation_goes_when_another_one_is_taken(desk: Desk) -> None:
    desk.rows.choose(2)
    desk.press("Shift+F7")
    assert "What it says." in desk.translateWords.text()
    desk.core.put(desk.pane.job, 2, "第二种。", state=SegmentState.REDONE)
    desk.wait(lambda: desk.translateWords.text() == "Translated again")
    desk.core.put(desk.pane.job, 2, "第二种。", state=SegmentState.REDONE, findings=(MISSING,))
    desk.wait(lambda: desk.translateWords.text() == "To be checked · Number 2.4 million is missing.")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ErrorKind.NOTHING_BETTER, "The model wrote nothing that could be used, so the text stays as it was."),
        (ErrorKind.NOTHING_NEW, "It came out the same as before."),
    ],
)
def test_what_came_of_it_is_said_where_the_sentence_is_at_hand(kind: ErrorKind, said: str, desk: Desk) -> None:
    desk.rows.choose(1)
    desk.press("F5")
    desk.core.change(desk.pane.job, error=AssistantError(kind))
    desk.wait(lambda: said in desk.translateWords.text())
    desk.rows.choose(2)
    assert said not in desk.translateWords.text(), "it was about another sentence"


def test_where_the_file_is_is_said_where_a_sentence_is_at_hand(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(exporting, "_chosen", lambda *_: tmp_path / "out.txt")
    desk.rows.choose(1)
    desk.pane.keeping.export()
    desk.wait(lambda: str(tmp_path / "out.txt") in desk.translateWords.text())


def test_an_answer_about_another_sentence_is_dropped(desk: Desk) -> None:
    desk.core.waits = True
    desk.rows.choose(0)
    desk.press("F7")
    assert "Looking" in desk.translateWords.text()
    desk.rows.choose(1)
    desk.core.pending.pop()((Version("Late."),))
    assert not desk.translateOffer1.isVisible()
    desk.press("Shift+F7")
    desk.press("Esc")
    assert desk.core.done_to[-1][0] == "cancelled"
    assert desk.translateWords.text() == ""


def test_near_entries_of_the_memory_are_offered_with_their_share(desk: Desk) -> None:
    desk.core.matches = (
        MemoryMatch(1, "Repairs cost 3 million.", "修缮费为300万。", 0.87, 0.0),
        MemoryMatch(2, "x", CHINESE[1], 1.0, 0.0),
    )
    desk.rows.choose(1)
    assert desk.translateOffer1.text() == "From memory, 87 % alike:  修缮费为300万。"
    assert not desk.translateOffer2.isVisible(), "what is there already is no offer"
    desk.translateOffer1.click()
    assert desk.core.done_to[-1] == ("use", desk.pane.job, 1, "修缮费为300万。")


# ---------------------------------------------------------------- marks


def test_what_is_wrong_is_told_in_words_and_the_keys_go_there(desk: Desk) -> None:
    assert not desk.translateNext.isVisible()
    mark(desk, 1, MISSING, WRONG)
    mark(desk, 2, Finding(FindingKind.LOOP))
    assert desk.translateNext.text() == "2 to check"
    desk.press("F8")
    assert desk.rows.current == 1
    words = desk.translateWords.text()
    assert "Number 2.4 million is missing." in words
    assert "The glossary wants “修缮” for “repairs”." in words
    desk.press("F8")
    assert desk.rows.current == 2
    assert "repeats itself" in desk.translateWords.text()
    desk.press("F8")
    assert desk.rows.current == 1
    desk.press("Shift+F8")
    assert desk.rows.current == 2


def test_how_many_are_to_be_checked_is_said_also_of_what_has_just_grown(desk: Desk) -> None:
    job = desk.pane.job
    desk.core.write(job, 1, CHINESE[1], state=SegmentState.MARKED, findings=(MISSING,))
    desk.wait(lambda: desk.rows.segments[1].state is SegmentState.MARKED)
    desk.core.change(job)
    desk.wait(desk.translateNext.isVisible)
    assert desk.translateNext.text() == "1 to check"


@pytest.mark.parametrize(("found", "words"), [("fr", "(French)"), ("und", "another language.")])
def test_a_language_that_nobody_knows_has_no_name(found: str, words: str, desk: Desk) -> None:
    desk.rows.choose(1)
    mark(desk, 1, Finding(FindingKind.LANGUAGE, values={"wanted": "zh-Hans", "found": found}))
    assert words in desk.translateWords.text()
    assert "und" not in desk.translateWords.text()


def test_signs_stand_in_the_margin_and_can_be_clicked(desk: Desk) -> None:
    mark(desk, 1, MISSING)
    mark(desk, 0, state=SegmentState.REDONE)
    column = desk.translateOutput
    (first, *_others) = signs_in(desk.rows, desk.window._theme, column.left)
    assert (first.number, first.icon) == (1, "triangle-alert"), "the gravest of a line"
    QTest.mouseClick(column.viewport(), Qt.MouseButton.LeftButton, pos=first.area.center() + QPoint(0, 8))
    assert desk.rows.current == 1


def test_a_sentence_to_be_checked_is_marked_itself_where_two_share_a_line(desk: Desk) -> None:
    column = desk.translateOutput
    assert column.segment_area(0).top() == column.segment_area(1).top(), "they share a line"
    desk.rows.choose(-1)
    clean = column.grab().toImage()
    mark(desk, 1, MISSING)
    now = column.grab().toImage()
    scale = now.devicePixelRatio()

    def differs(number: int) -> bool:
        """Does the text of a segment look otherwise anywhere in a column of pixels?"""
        x = round(place_of(desk, number, 2).x() * scale)
        area = column.segment_area(number)
        lines = (round(y * scale) for y in range(area.top(), area.bottom()))
        return any(now.pixelColor(x, y) != clean.pixelColor(x, y) for y in lines)

    assert [differs(0), differs(1)] == [False, True]
    sign = next(iter(signs_in(desk.rows, desk.window._theme, column.left)))
    point_at(column.viewport(), sign.area.center() + QPoint(0, 8))
    assert desk.rows.hovered == 1, "and its sign lights it"


def test_what_was_put_right_is_no_mark(desk: Desk) -> None:
    mark(desk, 0, msgspec.structs.replace(MISSING, mended=True), state=SegmentState.DONE)
    assert not desk.translateNext.isVisible()
    desk.rows.choose(0)
    assert "Number" not in desk.translateWords.text()


def test_unsure_words_are_shaded_when_that_is_wanted(desk: Desk) -> None:
    desk.core.put(desk.pane.job, 0, CHINESE[0], unsure=((0, 2, 0.1), (2, 4, 0.4)))
    desk.wait(lambda: bool(desk.rows.segments[0].unsure))
    plain = desk.translateOutput.grab().toImage()
    desk.press("Ctrl+Shift+H")
    assert desk.translateShade.isChecked()
    assert desk.translateOutput.grab().toImage() != plain
    desk.translateShade.click()
    assert not desk.translateShade.isChecked()
    assert desk.translateOutput.grab().toImage() == plain


# ---------------------------------------------------------------- copying, menus, screen readers


def test_what_is_selected_is_copied(desk: Desk) -> None:
    column = desk.translateOutput
    start, end = place_of(desk, 0), place_of(desk, 2, 3)
    QTest.mousePress(column.viewport(), Qt.MouseButton.LeftButton, pos=start - QPoint(3, 0))
    point_at(column.viewport(), end - QPoint(3, 0), Qt.MouseButton.LeftButton)
    QTest.mouseRelease(column.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert column.selected_text() == f"{CHINESE[0]}{CHINESE[1]}\n市议会"
    desk.translateOutput.setFocus()
    desk.press("Ctrl+C")
    assert QGuiApplication.clipboard().text() == f"{CHINESE[0]}{CHINESE[1]}\n市议会"
    assert desk.rows.current == -1, "drawing a selection is no click"
    desk.press("Ctrl+A")
    assert column.selected_text() == desk.said()
    QTest.mouseClick(column.viewport(), Qt.MouseButton.LeftButton, pos=place_of(desk, 1))
    desk.press("Ctrl+C")
    assert QGuiApplication.clipboard().text() == CHINESE[1]


def test_each_sentence_is_an_item_for_screen_readers(desk: Desk) -> None:
    mark(desk, 1, MISSING)
    interface = QAccessible.queryAccessibleInterface(desk.translateOutput)
    assert interface.role() == QAccessible.Role.List
    assert interface.childCount() == 3
    item = interface.child(1)
    assert item.text(QAccessible.Text.Name) == CHINESE[1]
    assert "Number 2.4 million is missing." in item.text(QAccessible.Text.Description)
    assert interface.indexOfChild(item) == 1
    area = item.rect()
    assert interface.childAt(area.center().x(), area.center().y()) is not None
    assert accessible_items._held
    desk.pane.new()
    assert interface.childCount() == 0
    assert not item.isValid()


def test_a_sentence_that_is_not_there_yet_cannot_be_worked_with(desk: Desk) -> None:
    desk.rows.choose(0)
    assert desk.window.verbs["translate_edit"].isEnabled()
    desk.core.change(desk.pane.job, state=JobState.RUNNING)
    desk.core.write(desk.pane.job, 0, "旧")
    desk.wait(lambda: desk.rows.segments[0].state is SegmentState.WRITING)
    assert not desk.window.verbs["translate_edit"].isEnabled()
    desk.press("F4")
    assert not desk.translateEditor.isVisible()
    desk.window.frame.show_pane("chat")
    assert not desk.window.verbs["translate_redo"].isEnabled()


def test_the_strip_that_comes_does_not_close_what_was_asked(desk: Desk) -> None:
    desk.open(text="\n".join(f"Sentence number {n}." for n in range(60)))
    desk.translateRun.click()
    desk.core.finish(desk.pane.job, [f"第{n}句。" for n in range(60)])
    desk.wait(lambda: "第5句。" in desk.said())
    desk.core.alternatives_result = ALTERNATIVES
    tall = desk.translateOutput.height()
    click(desk, 1, 1)
    desk.wait(lambda: desk.translateOutput.height() < tall)
    QApplication.processEvents()
    assert desk.translateAlternatives.isVisible()
    desk.rows.scroll_by(100)
    assert not desk.translateAlternatives.isVisible(), "the word is somewhere else now"

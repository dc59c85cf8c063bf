"""The strip below an answer about a document: it leads to the passages, and names what nothing bears out."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant import texts
from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.asking import DocumentAnswer
from assistant.documents.model import LinkedSentence, Mark, MarkKind, MarkState, Source
from assistant.gui.summarizing import exporting
from assistant.gui.widgets.source_links import quote
from assistant.gui.widgets.source_words import sentence_words
from tests.gui.fakes.summaries_core import SUMMARY, linked
from tests.gui.fakes.summarize_desk import Desk


@pytest.fixture
def answered(desk: Desk) -> Desk:
    """A document with a question that was answered."""
    made = desk.open()
    desk.page = desk.pane.page
    desk.page.show_view("ask")
    desk.askInput.setPlainText("What does it cost?")
    desk.pane.ask()
    desk.papers.asking.finish(text=SUMMARY, linked=linked(SUMMARY, made))
    return desk


def test_the_sentences_of_an_answer_that_nothing_bears_out_are_named(answered: Desk) -> None:
    first, *rest = answered.askLinksWords.text().split("\n")
    assert "Sentences with a source: 4 of 5" in first
    assert rest == [
        "“Pedestrians pay two euros.” No passage of the document supports this.",
        "“A new one costs 6.8 million euros.” An amount is not supported by the document.",
        "“卢卡斯 opened the ferry.” A name in another script was not checked.",
    ]


def test_an_answer_that_is_borne_out_has_one_line(answered: Desk) -> None:
    made = answered.pane.opening.document
    good = linked(SUMMARY, made)
    good = type(good)(id="", sentences=good.sentences[:1], coverage=good.coverage)
    answered.askInput.setPlainText("And when?")
    answered.pane.ask()
    answered.papers.asking.finish(text=SUMMARY, linked=good)
    assert answered.askLinksWords.text() == "Sentences with a source: 1 of 1"


def test_how_the_passages_were_found_is_said(answered: Desk) -> None:
    for meaning, why, said in (
        (1.0, None, "Passages found by words and meaning."),
        (0.254, None, "Passages found by words, and by meaning in 25 % of the document."),
        (0.0, None, "Passages found by words."),
        (0.0, AssistantError(ErrorKind.MODEL_MISSING, name="Vectors"), "Passages found by words only. "),
    ):
        answered.askInput.setPlainText("And when?")
        answered.pane.ask()
        answered.papers.asking.grow("", search=0.4)
        assert answered.askLinksWords.text() == "Looking for passages by their meaning: 40 %"
        answered.papers.asking.grow("")
        assert not answered.askLinksWords.isVisible()
        passages = (Source(0, 10, 1.0, 0, ()),)
        answered.papers.asking.finish(text="In May.", passages=passages, meaning=meaning, no_meaning=why)
        last = answered.askLinksWords.text().split("\n")[-1]
        assert last.startswith(said)
        assert (last == said) is (why is None)


def test_a_press_on_a_source_shows_the_source_also_where_only_one_thing_is_shown(answered: Desk) -> None:
    answered.window.resize(700, 700)
    QApplication.processEvents()
    assert answered.page.narrow
    answered.page.show_view("ask")
    answered.pane.room.panel.links.buttons[1].click()
    assert answered.documentView.isVisible()
    start, end = answered.documentView._passages[0]
    assert answered.pane.opening.document.text[start:end].startswith("It will cost")


# ---------------------------------------------------------------- the marks in the answers themselves


def drawn(desk: Desk, row: int = 1) -> list[tuple[str, QTextCharFormat.UnderlineStyle]]:
    """The words of a message that have a line below them, and which."""
    transcript = desk.pane.room.panel.transcript
    view = transcript.layout_of_text.views[row]
    transcript.answers.draw_lines(view)
    found = []
    for _part, _number, unit in view.all_units():
        for start, end, form in unit.lines:
            found.append((unit.ready().toPlainText()[start:end], form.underlineStyle()))
    return found


def test_an_answer_is_marked_as_a_summary_is(answered: Desk) -> None:
    line = QTextCharFormat.UnderlineStyle
    assert drawn(answered) == [
        ("6.8 million euros", line.WaveUnderline),
        ("Pedestrians pay two euros.", line.DotLine),
        ("卢卡斯", line.DashUnderline),
    ]
    assert drawn(answered, 0) == [], "the question is nobody's claim"
    transcript = answered.pane.room.panel.transcript
    view = transcript.layout_of_text.views[1]
    signs = [(index, sign) for index, sign, _area in transcript.answers.signs(view)]
    assert signs == [(1, "triangle-alert"), (3, "circle-question-mark"), (4, "info")]
    assert all(-transcript.column_left() <= area.left() < 0 for *_, area in transcript.answers.signs(view))


def test_the_marks_stay_with_their_words_in_another_size_and_theme(answered: Desk) -> None:
    before = [words for words, _ in drawn(answered)]
    for key, value in (("theme", "dark"), ("text_size", 160), ("theme", "light")):
        answered.window._core.settings.set(key, value)
        QApplication.processEvents()
        assert [words for words, _ in drawn(answered)] == before


def test_the_pointer_over_a_sentence_lights_its_passages_and_a_click_goes_there(answered: Desk) -> None:
    transcript = answered.pane.room.panel.transcript
    view = transcript.layout_of_text.views[1]
    unit = view.all_units()[0][2]
    words = unit.ready().toPlainText()

    def over(part: str) -> QPoint:
        place = unit.rect_of(words.index(part) + 2).center().toPoint()
        return place + QPoint(0, unit.y) + transcript.message_rect(1).topLeft()

    QTest.mouseMove(transcript.viewport(), over("closed on"))
    text = answered.pane.opening.document.text
    lit = [text[start:end] for start, end in answered.documentView._passages]
    assert [each[:14] for each in lit] == ["The old bridge", "Repairs were e"]
    place = transcript.answers.at(over("6.8 million"))
    assert place == (view.id, 1)
    assert "amount is not supported" in sentence_words(transcript.answers.sentence(place))
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=over("6.8 million"))
    (shown,) = answered.documentView._passages
    assert text[slice(*shown)].startswith("It will cost")
    assert transcript.answers.at(transcript.message_rect(0).center()) is None


def test_an_answer_that_could_not_be_checked_says_why(answered: Desk) -> None:
    answered.askInput.setPlainText("And when?")
    answered.pane.ask()
    answered.papers.asking.finish(text=SUMMARY, unlinked=AssistantError(ErrorKind.WORKER_ENDED))
    assert answered.askLinksWords.text() == (
        "The sentences could not be checked against the document. A helper process ended, and its work was lost."
    )
    assert drawn(answered, 3) == []


def test_questions_and_answers_are_exported(answered: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    headings: list[tuple[object, ...]] = []
    target = tmp_path / "out.docx"

    def ask(_window: object, *said: object) -> Path:
        headings.append(said)
        return target

    monkeypatch.setattr(exporting, "ask_for_target", ask)
    made = answered.pane.opening.document
    title = f"Questions about {made.title}"
    assert answered.summarizeExport.toolTip().startswith("Export the answers…")
    answered.press("Ctrl+Shift+E")
    assert answered.papers.asking.exported == [(made.digest, target, "docx", title)]
    assert headings == [(title, "Export the answers")]
    assert "out.docx" in answered.askLinksWords.text()
    answered.pane.page.show_view("result")
    assert answered.summarizeExport.toolTip().startswith("Export the summary…")
    assert not answered.summarizeExport.isEnabled(), "there is no summary"
    answered.pane.page.show_view("ask")
    answered.papers.asking.kept = {made.digest: [DocumentAnswer(1, made.digest, "When?")]}
    answered.pane.room.reload(made.digest)
    assert not answered.summarizeExport.isEnabled(), "nothing was answered"


def test_of_a_row_of_a_table_its_cells_are_named() -> None:
    text = "| Oven | 17,800 euros |\nThe a|b of a text."
    row = Source(2, 23, 1.0)
    assert quote(text, row) == "Oven · 17,800 euros"
    assert quote(text, Source(24, 42, 1.0)) == "The a|b of a text."


def test_in_chinese_no_space_stands_between_what_is_said_of_a_sentence() -> None:
    texts.set_language("zh_CN")
    doubtful = LinkedSentence(0, 5, supported=False, marks=(Mark(0, 5, MarkKind.DATE, MarkState.MISSING),))
    assert " " not in sentence_words(doubtful, place=False)

"""The parts of the Summarize pane by themselves: places in texts, the document, the linked text, the bar, the words."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from assistant.core.documents import OpenDocument
from assistant.core.summary.views import SummaryRow
from assistant.documents.model import Kind, LinkedSentence, Mark, MarkKind, MarkState, Note, NoteKind, Paragraph, Source
from assistant.gui.summarizing.opening import KINDS
from assistant.gui.theme import Theme
from assistant.gui.widgets import source_words as words
from assistant.gui.widgets.coverage_bar import CoverageBar
from assistant.gui.widgets.document_view import LONGEST_LINE, DocumentView
from assistant.gui.widgets.source_links import SourceLinks
from assistant.gui.widgets.summary.options import kept_options, options_from
from assistant.gui.widgets.summary.text import SummaryText
from assistant.gui.widgets.text_places import UnitIndex, align, stretch, units
from assistant.storage.rows import JobState
from assistant.tasks.summary import Depth, Format, Length, SummaryOptions
from tests.gui.fakes.summaries_core import SUMMARY, document, linked
from tests.gui.helpers import SLOW, point_at

ALPHABET = "ab é中𠀀😀\u202e\x07\n"


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp)
    theme.apply(wish="light", scale=1.0)
    yield theme
    theme.deleteLater()


# ---------------------------------------------------------------- places


def test_units_and_characters_agree_with_each_other() -> None:
    dice = random.Random(1)
    for _ in range(300):
        text = "".join(dice.choices(ALPHABET, k=dice.randrange(30)))
        index = UnitIndex(text)
        for at in range(len(text) + 1):
            before = units(text[:at])
            assert index.unit(at) == before
            assert index.character(before) == at


@pytest.mark.parametrize(
    ("source", "visible"),
    [
        ("Plain words.", "Plain words."),
        ("The **bold** and `code`.", "The bold and code."),
        ("See [the page](https://example.org/a/b?x=1#y) now.", "See the page now."),
        ("## Heading\n\nText *here*.", "Heading\nText here."),
        ("- 一。二。\n- **三**。", "•\t一。二。\n•\t三。"),
        ("| A | B |\n|---|---|\n| 1 | 2 |", "A\nB\n1\n2"),
        ("😀 𠀀 **x**", "😀 𠀀 x"),
    ],
)
def test_what_is_seen_leads_back_to_where_it_was_written(source: str, visible: str) -> None:
    places = align(visible, source)
    assert list(places) == sorted(places)
    for character, place in zip(visible, places, strict=True):
        if not character.isspace() and character != "•":
            assert source[place] == character


def test_a_stretch_of_the_source_is_found_among_what_is_seen() -> None:
    source, visible = "One **two**. Three [four](http://a.b/c) five.", "One two. Three four five."
    places = align(visible, source)
    start, end = stretch(places, source.index("Three"), len(source))
    assert visible[start:end] == "Three four five."
    start, end = stretch(places, 0, source.index("Three") - 1)
    assert visible[start:end] == "One two."


# ---------------------------------------------------------------- the document


@pytest.fixture
def view(theme: Theme, qtbot: Any) -> DocumentView:
    view = DocumentView(theme)
    qtbot.addWidget(view)
    view.resize(420, 400)
    view.show()
    return view


def shown(view: DocumentView, start: int, end: int) -> str:
    """What the view shows of the text from ``start`` to ``end``."""
    cursor = QTextCursor(view.document())
    cursor.setPosition(view.position_of(start))
    cursor.setPosition(view.position_of(end), QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText().replace("\u2029", "\n")


def test_places_are_right_also_after_emoji_and_rare_characters(view: DocumentView, qtbot: Any) -> None:
    text = "\n\n".join(f"{at} 狐𠀀😀 e\u0301 is here 😀😀 and ends." for at in range(400))
    view.show_document(OpenDocument("d", "t", "text", text, (), ()))
    qtbot.waitUntil(lambda: view.complete)
    assert view.toPlainText() == text
    dice = random.Random(2)
    for _ in range(200):
        start = dice.randrange(len(text) - 50)
        assert shown(view, start, start + 40) == text[start : start + 40]


def test_what_may_not_be_shown_moves_no_place(view: DocumentView, qtbot: Any) -> None:
    text = "A\x1b[31m red \u202eword\x07 and more.\n\nThe second \x00line.\r\nEnd"
    view.show_document(OpenDocument("d", "t", "text", text, (), ()))
    qtbot.waitUntil(lambda: view.complete)
    assert "\x1b" not in view.toPlainText()
    assert "⟦RLO⟧" in view.toPlainText()
    for piece in ("and more.", "The second", "End"):
        start = text.index(piece)
        assert shown(view, start, start + len(piece)) == piece


def test_a_line_without_end_is_shown_in_pieces(view: DocumentView, qtbot: Any) -> None:
    text = "词" * 100_000 + "END"
    view.show_document(OpenDocument("d", "t", "text", text, (), ()))
    qtbot.waitUntil(lambda: view.complete)
    assert max(len(line) for line in view.toPlainText().split("\n")) <= LONGEST_LINE
    assert view.toPlainText().replace("\n", "") == text
    assert shown(view, len(text) - 3, len(text)) == "END"


def test_ten_megabytes_do_not_stop_the_window(view: DocumentView, heartbeat: Any, qtbot: Any) -> None:
    text = "\n\n".join(f"Paragraph {at} about 狐 nothing in particular, which goes on." * 3 for at in range(60_000))
    whole = document("short").__class__("d", "t", "text", text, (), ())
    QApplication.processEvents()
    heartbeat.restart()
    view.show_document(whole)
    qtbot.waitUntil(lambda: view.complete, timeout=60_000)
    longest = heartbeat.longest
    assert longest < 0.15, f"{longest * 1000:.0f} ms"  # 25 ms on a quiet machine; shared cores are slower
    start = text.index("Paragraph 59990 ")
    view.highlight([(start, start + 20)])
    view.reveal(start)
    top = view.firstVisibleBlock().blockNumber()
    assert top > 100_000


def test_the_first_arrow_key_is_at_the_beginning(view: DocumentView, qtbot: Any) -> None:
    for _ in range(2):  # also of the second document that is shown
        view.show_document(document("".join(f"Line {number}.\n\n" for number in range(9000))))
        qtbot.waitUntil(lambda: view.complete, timeout=SLOW)
        assert view.textCursor().position() == view.textCursor().anchor() == 0
        QTest.keyClick(view, Qt.Key.Key_Down)
        assert view.textCursor().blockNumber() == 1
        assert view.verticalScrollBar().value() == 0


def test_a_place_that_has_not_gone_in_yet_is_shown_when_it_has(view: DocumentView, qtbot: Any) -> None:
    text = "\n".join(f"line {at}" for at in range(50_000))
    view.show_document(OpenDocument("d", "t", "text", text, (), ()))
    start = text.index("line 49000")
    assert not view.complete
    view.reveal(start)
    view.highlight([(start, start + 10)])
    qtbot.waitUntil(lambda: view.complete)
    lines = [block.text() for block, _area in view.visible_blocks()]
    assert "line 49000" in lines
    assert len(view.lit_stretches()) == 1


def test_headings_and_pages_are_to_be_seen(view: DocumentView, qtbot: Any) -> None:
    view.show_document(document(pages=3))
    qtbot.waitUntil(lambda: view.complete)
    heading, plain = view.document().findBlockByNumber(0), view.document().findBlockByNumber(2)
    assert heading.begin().fragment().charFormat().fontWeight() > plain.begin().fragment().charFormat().fontWeight()
    rows = [block.blockNumber() for block, _area in view.visible_blocks()]
    assert [view.page_at(row) for row in rows if view.begins_page(row)] == [1, 2, 3]
    assert view.viewportMargins().left() > view.fontMetrics().averageCharWidth() * 3


def test_what_is_copied_from_a_document_is_plain_text(view: DocumentView, qtbot: Any) -> None:
    view.show_document(document())
    qtbot.waitUntil(lambda: view.complete)
    view.selectAll()
    mime = view.createMimeDataFromSelection()
    assert mime.formats() == ["text/plain"]
    assert mime.text() == document().text


# ---------------------------------------------------------------- the linked text


@pytest.fixture
def summary(theme: Theme, qtbot: Any) -> SummaryText:
    summary = SummaryText(theme)
    qtbot.addWidget(summary)
    summary.resize(520, 400)
    summary.show()
    summary.show_text(SUMMARY)
    summary.show_links(linked().sentences)
    return summary


def centre(summary: SummaryText, index: int) -> QPoint:
    """A point in the viewport over a sentence."""
    return summary.spans_rect(index).center() + QPoint(12, 0)


def test_each_sentence_is_where_its_words_are(summary: SummaryText) -> None:
    assert [summary.words_of(at) for at in range(5)] == [
        "The bridge was closed on 3 May 2021.",
        "A new one costs 6.8 million euros.",
        "狐𠀀 crossed it.",
        "Pedestrians pay two euros.",
        "卢卡斯 opened the ferry.",
    ]


def test_pointing_tells_the_sentence_and_a_click_goes_to_its_source(summary: SummaryText, qtbot: Any) -> None:
    pointed: list[int] = []
    chosen: list[int] = []
    summary.pointed.connect(pointed.append)
    summary.chosen.connect(chosen.append)
    for index in (1, 3):
        assert summary.sentence_at(centre(summary, index)) == index

    for index in (1, 3):
        point_at(summary.viewport(), centre(summary, index))
    assert pointed == [1, 3]
    assert chosen == []
    QTest.mouseClick(summary.viewport(), Qt.MouseButton.LeftButton, pos=centre(summary, 1))
    assert chosen == [1]
    assert summary.current == 1
    assert summary.sentence_at(QPoint(400, 380)) == -1


def test_the_keyboard_goes_from_sentence_to_sentence(summary: SummaryText) -> None:
    chosen: list[int] = []
    summary.chosen.connect(chosen.append)
    steps = [
        (Qt.Key.Key_Right, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Up, 0), (Qt.Key.Key_End, 4),
        (Qt.Key.Key_Right, 4), (Qt.Key.Key_Home, 0),
    ]  # fmt: skip
    for key, at in steps:
        QTest.keyClick(summary, key)
        assert summary.current == at
    QTest.keyClick(summary, Qt.Key.Key_Return)
    assert chosen == [0]


def test_what_nothing_bears_out_has_a_sign_and_words(summary: SummaryText) -> None:
    assert summary.signs() == [(1, "triangle-alert"), (3, "circle-question-mark"), (4, "info")]
    sentences = summary.sentences
    assert "amount is not supported" in words.sentence_words(sentences[1])
    assert "No passage" in words.sentence_words(sentences[3])
    assert "was not checked" in words.sentence_words(sentences[4])
    assert words.sign_of(sentences[0]) == ""
    assert "Rests on" in words.sentence_words(sentences[1])


def test_marks_are_underlined_in_ways_that_differ_without_colour(summary: SummaryText) -> None:
    seen: dict[str, int] = {}
    keep = summary._selection

    def watch(span: tuple[int, int], **look: Any) -> Any:
        if look.get("underline") is not None:
            seen[summary._written.visible(*span)] = look["underline"][0].value
        return keep(span, **look)

    summary._selection = watch  # type: ignore[method-assign]
    summary._paint_marks()
    assert set(seen) == {"6.8 million euros", "Pedestrians pay two euros.", "卢卡斯"}
    assert len(set(seen.values())) == 3


def test_a_growing_text_stays_what_it_would_be_at_once(theme: Theme, qtbot: Any) -> None:
    whole = SummaryText(theme)
    grown = SummaryText(theme)
    for each in (whole, grown):
        qtbot.addWidget(each)
    text = (
        SUMMARY
        + "\n\n| Fact | Value |\n|---|---|\n| Height | 30 m |\n\n> Said so.\n\n```\nx = 1\n```\n\n1. one\n\nEnd."
    )
    for end in range(1, len(text), 3):
        grown.show_text(text[:end], growing=True)
    grown.show_text(text)
    whole.show_text(text)
    assert grown.toPlainText() == whole.toPlainText()
    grown.show_text("Another one.")
    assert grown.toPlainText() == "Another one."


def test_text_from_outside_loads_nothing_and_is_copied_plain(theme: Theme, qtbot: Any) -> None:
    summary = SummaryText(theme)
    qtbot.addWidget(summary)
    summary.show_text("![x](file:///dev/zero) <img src='file:///dev/zero'> **bold** &amp; more")
    summary.selectAll()
    mime = summary.createMimeDataFromSelection()
    assert mime.formats() == ["text/plain"]
    assert "bold & more" in mime.text()
    assert summary.loadResource(2, "file:///dev/zero").width() == 1  # type: ignore[arg-type]


def test_a_change_of_theme_keeps_text_links_and_place(summary: SummaryText, theme: Theme) -> None:
    summary.go_to(2)
    theme.apply(wish="dark", scale=1.5)
    assert summary.words_of(2) == "狐𠀀 crossed it."
    assert summary.current == 2
    theme.apply(wish="light", scale=1.0)


# ---------------------------------------------------------------- the bar and the strip


def test_the_bar_tells_what_is_covered_and_leads_there(theme: Theme, qtbot: Any) -> None:
    bar = CoverageBar(theme)
    qtbot.addWidget(bar)
    spans = [(0, 100), (102, 200), (202, 400)]
    bar.resize(14, 400)
    bar.show_coverage(spans, (1.0, 0.0, 0.5), 400)
    assert bar.isVisible()
    assert bar.share == pytest.approx((100 + 99) / 396, abs=0.01)
    assert "50 %" in bar.accessibleDescription()
    wanted: list[int] = []
    bar.place_wanted.connect(wanted.append)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(7, 150))
    assert wanted == [150]
    QTest.keyClick(bar, Qt.Key.Key_Down)
    QTest.keyClick(bar, Qt.Key.Key_Down)
    assert wanted[1:] == [102, 102], "the only passage that is not covered"
    picture = bar.grab().toImage()
    lamp = theme.color("lamp")

    def width(y: int) -> int:
        return sum(_near(picture.pixelColor(x, y), lamp) for x in range(14))

    assert width(50) > width(300) > width(150) == 0
    bar.show_coverage((), (), 400)
    assert not bar.isVisible()


def _near(one: QColor, other: QColor) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_the_strip_names_place_and_first_words(theme: Theme, qtbot: Any) -> None:
    links = SourceLinks(theme, "links")
    qtbot.addWidget(links)
    text = "Costs & more:\x1b[31m they rise. " * 20
    chosen: list[Any] = []
    links.chosen.connect(chosen.append)
    one = Source(0, 25, 0.9, 4, ("Money", "Costs"))
    links.show_links("Words.", [one, Source(30, 300, 0.5)], text)
    first, second = links.buttons[:2]
    assert first.text() == "1  Page 4 · Costs · “Costs && more: they r”"
    assert second.accessibleName().startswith("Passage 2: “")
    assert len(second.text()) < 70
    first.click()
    assert chosen == [one]
    assert not links.buttons[2].isVisibleTo(links)


def test_a_button_that_has_room_for_its_words_shows_all_of_them(theme: Theme, qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    theme.dress(window)
    links = SourceLinks(theme, "links")
    QVBoxLayout(window).addWidget(links)
    window.resize(700, 300)
    window.show()
    links.show_links(
        "Words.", [Source(0, 16, 0.9), Source(17, 70, 0.8)], "The Harbour Lamp. It cost 48,500 francs. " * 2
    )
    for button in links.buttons[:2]:
        qtbot.waitUntil(lambda button=button: button.width() == button.sizeHint().width())
        assert button._lines(button.width()) == [button.text()]


@pytest.mark.parametrize(
    "said", ["Stopped.", "已中断。继续时，已完成的部分保留。", "Interrupted. It can be resumed. " * 4]
)
def test_the_strip_is_as_high_as_a_few_words_of_it_are(theme: Theme, qtbot: Any, said: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    links = SourceLinks(theme, "links")
    links.setStyleSheet("QScrollArea { border: none; border-top: 1px solid red; }")
    layout.addStretch(1)
    layout.addWidget(links)
    window.resize(420, 700)
    window.show()
    links.show_links(said, (), "")
    qtbot.waitUntil(lambda: links.height() == links.sizeHint().height() > 0)
    assert links.verticalScrollBar().maximum() == 0


# ---------------------------------------------------------------- words


def test_the_notes_of_a_document_in_one_line() -> None:
    notes = (Note(NoteKind.ENCODING_GUESSED, {"encoding": "gb18030"}), Note(NoteKind.CUT, {"characters": 3}))
    line = words.notes_words(notes)
    assert line == "The encoding was guessed: GB 18030. The end is missing: only 3 characters were read."
    assert words.notes_words(()) == ""


def test_a_line_says_format_pages_and_words() -> None:
    assert words.document_line(document("One two.", pages=12, format="pdf")) == "PDF · 12 pages · 2 words"
    assert words.document_line(document("一二。", language="zh-Hans", words=2)) == "Text · 2 characters"
    assert words.document_line(document("하나 둘.", language="ko", words=2)) == "Text · 2 words"
    assert words.document_line(document("x", words=0)) == "Text"


def test_the_links_in_one_line() -> None:
    line = words.links_line(linked().sentences, 0.63)
    assert "Sentences with a source: 4 of 5" in line
    assert "1 detail is not supported" in line
    assert "1 name was not checked" in line
    assert "63 %" in line
    assert words.links_line((), None) == ""


def test_each_kind_of_mark_has_words() -> None:
    for kind in MarkKind:
        for state in MarkState:
            sentence = LinkedSentence(0, 5, (), True, (Mark(0, 5, kind, state),))
            assert words.sentence_words(sentence)
            assert words.sign_of(sentence) == ("triangle-alert" if state is MarkState.MISSING else "info")


def test_a_sentence_with_too_many_details_is_no_name() -> None:
    rest = Mark(40, 90, MarkKind.REST, MarkState.UNCHECKED)
    sentence = LinkedSentence(0, 90, (), True, (rest,))
    assert "The rest of this sentence was not checked" in words.sentence_words(sentence)
    line = words.links_line([sentence], None)
    assert "1 sentence was checked only in part" in line
    assert "name" not in line


def test_choices_are_kept_and_nonsense_is_not_believed() -> None:
    options = SummaryOptions(Depth.QUICK, Length.LONG, Format.TABLE, "zh-Hans", "children", "costs")
    again = options_from(kept_options(options))
    assert again == SummaryOptions(Depth.QUICK, Length.LONG, Format.TABLE, "zh-Hans", "", "")
    for odd in (None, 3, [], {"depth": "x", "length": 4, "language": "tlh", "audience": ["a"]}):
        assert options_from(odd) == SummaryOptions()


def test_the_dialog_offers_every_format_that_is_read() -> None:
    endings = {ending for _words, some in KINDS for ending in some}
    assert {
        "pdf",
        "docx",
        "odt",
        "epub",
        "rtf",
        "pptx",
        "xlsx",
        "csv",
        "srt",
        "vtt",
        "eml",
        "html",
        "md",
        "txt",
    } <= endings


def test_paragraphs_of_the_made_up_document_are_right() -> None:
    made = document()
    assert [made.text[each.start : each.end] for each in made.paragraphs if each.kind is Kind.HEADING] == [
        "The bridge at Aldgrove", "Costs", "Traffic",
    ]  # fmt: skip
    assert all(isinstance(each, Paragraph) for each in made.paragraphs)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (SummaryOptions(), "Paragraph"),
        (SummaryOptions(length=Length.LONG, language="zh-Hans"), "Paragraph · Long · Simplified Chinese"),
        (
            SummaryOptions(Depth.QUICK, Length.SHORT, Format.BULLETS, focus="costs", audience="students"),
            "Key points · Quick look · Short · costs · students",
        ),
    ],
)
def test_summaries_of_one_document_are_told_apart_in_the_history(options: SummaryOptions, line: str) -> None:
    assert words.state_words(SummaryRow(1, "The bridge", 0.0, JobState.DONE, options, "model")) == line

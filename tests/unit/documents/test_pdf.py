"""PDF: paragraphs out of lines, headings, columns, running heads, scans, passwords; in English and Chinese."""

from __future__ import annotations

import time

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Document, Kind
from assistant.documents.readers import pdf
from assistant.documents.readers.pdf_lines import Joiner, Line
from tests.fakes.pdf_files import Page, Words, simple
from tests.fakes.pdf_files import pdf as make
from tests.fakes.seen import items, notes, outline, page_of, path_of, texts

ENGLISH = [
    "The lamp was lit before the evening came, and its light fell upon the old",
    "wooden table where three letters lay unopened since the morning of that day.",
    "Nobody in the house had dared to touch them, because the hand in which the",
    "address was written belonged to a man who had been dead for seven years.",
]
CHINESE = [
    "天色将晚，灯已点上，灯光落在那张旧木桌上，桌上放着三封自早晨起便无",
    "人拆开的信。屋里没有人敢去碰它们，因为写地址的那只手属于一个已经去世",
    "七年的人。窗外的雨还在下，远处传来几声犬吠，谁也没有说话。",
]


def _read(*pages: Page, **options: object) -> Document:
    return pdf.read(make(pages, **options), "a.pdf")  # type: ignore[arg-type]


def _page(lines: list[str], **options: float) -> Page:
    page = Page()
    page.lines(lines, **options)  # type: ignore[arg-type]
    return page


def _refusal(data: bytes, password: str = "") -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        pdf.read(data, "a.pdf", password)
    return caught.value


def test_lines_become_paragraphs() -> None:
    page = Page()
    below = page.lines(ENGLISH)
    page.lines([*ENGLISH[2:], "He was the owner."], top=below - 14)
    document = _read(page)
    assert texts(document) == [" ".join(ENGLISH), " ".join([*ENGLISH[2:], "He was the owner."])]
    assert (document.format, document.pages) == ("pdf", 1)


def test_chinese_lines_are_joined_without_a_space() -> None:
    page = Page()
    below = page.lines(CHINESE, size=12, pitch=18)
    page.words.append(Words(72 + 24, below, "第二段从这里开始，首行缩进两个字，其余各行与左边对齐，直到这一行", 12))
    page.lines(["的末尾为止。"], top=below - 18, size=12)
    document = _read(page)
    assert texts(document) == [
        "".join(CHINESE),
        "第二段从这里开始，首行缩进两个字，其余各行与左边对齐，直到这一行的末尾为止。",
    ]


def test_an_indented_line_begins_a_paragraph() -> None:
    page = Page()
    below = page.lines(ENGLISH)
    page.words.append(Words(90, below, "Then somebody knocked at the door, three times, as the dead man used to"))
    page.lines(["do when he came home late from the harbour and had forgotten his key again."], top=below - 14)
    found = texts(_read(page))
    assert [one.split()[0] for one in found] == ["The", "Then"]


def test_hyphens_at_the_ends_of_lines() -> None:
    lines = ["The whole machinery of the government was for a long time consid-", "ered well-",
             "known, and the well-known Anglo-", "Saxon chronicle says so."]  # fmt: skip
    assert texts(_read(_page(lines))) == [
        "The whole machinery of the government was for a long time considered well-known, and the well-known "
        "Anglo-Saxon chronicle says so."
    ]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["co-", "operation"], "cooperation"),
        (["soft\u00ad", "ened"], "softened"),
        (["1990-", "1995"], "1990-1995"),
        (["使用", "PDF 文件"], "使用PDF 文件"),
        (["한국어 문장은", "띄어 쓴다"], "한국어 문장은 띄어 쓴다"),
        (["日本語の", "文章です。"], "日本語の文章です。"),
        (["https://a.example/", "path"], "https://a.example/path"),
    ],
)
def test_how_two_lines_are_joined(lines: list[str], joined: str) -> None:
    placed = [Line(text, 0, 100, 100 - at, 10) for at, text in enumerate(lines)]
    assert Joiner([placed]).text(placed) == joined


def test_headings_by_size_and_by_bold_type() -> None:
    page = Page()
    below = page.lines(["The Annual Report of the", "Lighthouse Company"], size=22, pitch=26)
    below = page.lines(["1. Income"], top=below - 10, size=15, bold=True)
    below = page.lines(ENGLISH, top=below - 10)
    below = page.lines(["Remarks about the letters"], top=below - 10, bold=True)
    page.lines(ENGLISH, top=below - 6)
    document = _read(page)
    assert outline(document) == [
        (1, "The Annual Report of the Lighthouse Company"),
        (2, "1. Income"),
        (3, "Remarks about the letters"),
    ]
    assert document.paragraphs[-1].path == (
        "The Annual Report of the Lighthouse Company",
        "1. Income",
        "Remarks about the letters",
    )


def test_bookmarks_tell_headings_that_look_like_text() -> None:
    page = Page()
    below = page.lines(["Plain heading"])
    page.lines(ENGLISH, top=below - 14)
    document = _read(page, outline=[("Plain  Heading", 0), ("elsewhere", 0)])
    assert outline(document) == [(1, "Plain heading")]
    assert path_of(document, "The lamp") == ("Plain heading",)


def test_list_items_with_their_second_lines() -> None:
    page = Page()
    below = page.lines(ENGLISH)
    for mark, first, second in (("1.", "The first point, which is so long that it needs", "a second line."),
                                ("2.", "The second one is just as long and also needs", "one more.")):  # fmt: skip
        page.words += [Words(80, below, f"{mark} {first}"), Words(95, below - 14, second)]
        below -= 28
    document = _read(page)
    assert items(document) == [
        (1, "1. The first point, which is so long that it needs a second line."),
        (1, "2. The second one is just as long and also needs one more."),
    ]


def test_tables_keep_their_rows_and_columns() -> None:
    page = Page()
    below = page.lines(ENGLISH) - 14
    for row in (("Item", "Price", "Count"), ("Lamp", "3.50", "7"), ("Oil", "", "12")):
        for column, text in enumerate(row):
            if text:
                page.words.append(Words(72 + column * 120, below, text))
        below -= 14
    assert texts(_read(page), Kind.TABLE) == ["Item\tPrice\tCount\nLamp\t3.50\t7\nOil\t\t12"]


def test_two_columns_whose_lines_are_written_across() -> None:
    page = Page()
    left = [f"Left column line {number} goes on and on" for number in range(10)]
    right = [f"Right column line {number} follows the left" for number in range(10)]
    for at in range(10):
        page.words += [Words(50, 700 - 14 * at, left[at], 9), Words(320, 700 - 14 * at, right[at], 9)]
    text = _read(page).text
    assert text.index("Left column line 9") < text.index("Right column line 0")
    assert "Left column line 0 goes on and on Left column line 1" in text


def test_two_columns_one_after_the_other() -> None:
    page = Page()
    page.lines(ENGLISH * 2, size=5, x=50)
    page.lines(CHINESE * 2, size=5, x=320)
    found = texts(_read(page))
    assert found == [" ".join(ENGLISH * 2), "".join(CHINESE * 2)]


def test_running_heads_and_page_numbers_are_left_out_and_told() -> None:
    pages = []
    for number in range(1, 7):
        page = _page([f"Chapter text of page {number} begins.", *ENGLISH], top=700)
        page.words += [Words(72, 810, "The Lighthouse Report 2024"), Words(290, 30, f"- {number} -")]
        pages.append(page)
    document = _read(*pages)
    assert "Lighthouse Report" not in document.text
    assert "- 3 -" not in document.text
    assert notes(document) == {"lines_left_out": {"lines": 12}}
    assert page_of(document, "Chapter text of page 4") == 4


def test_running_heads_that_change_with_the_chapter_are_known_by_their_numbers() -> None:
    pages = []
    for number in range(8):
        page = _page([f"Text of page {number} begins.", *ENGLISH], top=700)
        title = f"Chapter {number // 3 + 1}: The {('lamp', 'oil', 'house')[number // 3]}"
        page.words.append(Words(72, 810, f"{title}   {number + 5}"))
        pages.append(page)
    document = _read(*pages)
    assert "Chapter" not in document.text
    assert notes(document) == {"lines_left_out": {"lines": 8}}


def test_a_line_of_a_table_of_contents_is_no_heading() -> None:
    page = Page()
    below = page.lines(
        ["1 The lamp . . . . . . . . . . . . 7", "2 The oil ...................... 12"], size=16, pitch=20
    )
    page.lines(ENGLISH, top=below - 30)
    document = _read(page)
    assert outline(document) == []
    assert texts(document)[:2] == ["1 The lamp … 7", "2 The oil … 12"]


def test_what_stands_in_the_margin_once_stays() -> None:
    pages = [_page(ENGLISH, top=700) for _ in range(5)]
    pages[2].words.append(Words(72, 810, "Said once"))
    assert "Said once" in _read(*pages).text


def test_a_paragraph_goes_on_over_the_page() -> None:
    first, second = _page(ENGLISH[:3], top=700), _page([ENGLISH[3], *ENGLISH], top=700)
    first.lines(["1 A note at the foot of the page, set smaller."], top=100, size=8)
    document = _read(first, second)
    assert texts(document)[0] == " ".join([*ENGLISH, *ENGLISH])
    assert page_of(document, "The lamp") == 1
    assert page_of(document, "1 A note") == 1


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_page(degrees: int) -> None:
    page = Page(turned=degrees)
    below = page.lines(ENGLISH, top=500)
    page.lines(CHINESE, top=below - 14)
    page.lines(["At the right edge"], x=480 if degrees in (0, 180) else 730, top=below - 70)
    assert texts(_read(page)) == [" ".join(ENGLISH), "".join(CHINESE), "At the right edge"]


def test_scans() -> None:
    assert _refusal(make([Page(picture=True), Page(picture=True)])).kind is ErrorKind.DOCUMENT_NO_TEXT
    assert _refusal(make([Page(picture=True)] * 3)).values == {"pages": 3}
    mixed = _read(_page(ENGLISH), Page(picture=True), Page(picture=True), Page())
    assert notes(mixed) == {"pages_without_text": {"pages": 2}}
    assert mixed.pages == 4
    assert _refusal(make([Page()])).kind is ErrorKind.DOCUMENT_EMPTY


def test_passwords() -> None:
    data = simple(["The secret is 四十二"], password="ölig")
    assert pdf.read(data, "a.pdf", "ölig").text == "The secret is 四十二"
    for password, said in (("", "missing"), ("wrong", "wrong")):
        error = _refusal(data, password)
        assert (error.kind, error.values) == (ErrorKind.DOCUMENT_ENCRYPTED, {"password": said})


def test_a_document_for_the_holder_of_a_key_asks_for_no_password() -> None:
    data = simple(["The secret is 四十二"], password="x").replace(b"/Filter /Standard", b"/Filter /AdobePub")
    error = _refusal(data)
    assert (error.kind, error.values) == (ErrorKind.DOCUMENT_ENCRYPTED, {})


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.4" + bytes(2000), b"no pdf"])
def test_damaged_ones(data: bytes) -> None:
    error = _refusal(data)
    assert (error.kind, error.values["format"]) == (ErrorKind.DOCUMENT_DAMAGED, "pdf")


@pytest.mark.parametrize(
    ("written", "title"),
    [("灯塔 report", "灯塔 report"), ("Microsoft Word - a.docx", "a.docx"), ("untitled", ""), ("", "")],
)
def test_the_title(written: str, title: str) -> None:
    assert pdf.read(simple(["text"], title=written), "a.pdf").title == title


def test_lookalike_characters_are_made_plain() -> None:
    assert pdf.read(simple(["⻅⾯⻓⻋"]), "a.pdf").text == "见面长车"


def test_three_hundred_pages_are_read_soon() -> None:
    pages = [_page([f"{number} {line}" for number in range(10) for line in ENGLISH], pitch=16) for _ in range(300)]
    data = make(pages)
    start = time.process_time()
    document = pdf.read(data, "a.pdf")
    assert time.process_time() - start < 10
    assert document.pages == 300
    assert len(document.text) > 800_000


def test_a_heading_in_chinese_goes_on_in_its_next_line() -> None:
    page = Page()
    below = page.lines(["湖畔灯塔管理处与", "渡轮公司租赁合同"], size=20, pitch=29.5)
    page.lines(CHINESE, top=below - 20)
    assert outline(_read(page)) == [(1, "湖畔灯塔管理处与渡轮公司租赁合同")]


@pytest.mark.parametrize("lines", [ENGLISH[1:], CHINESE], ids=["en", "zh"])
def test_a_line_that_is_drawn_on_both_sides_of_a_page_break_is_said_once(lines: list[str]) -> None:
    first, second = _page(lines[:2]), _page(lines[1:])
    text = "".join(lines) if lines is CHINESE else " ".join(lines)
    assert texts(_read(first, second)) == [text]
    short = "And so on."
    assert texts(_read(_page([short]), _page([short]))) == [short, short]


def test_two_pages_with_their_numbers_are_enough_to_know_them() -> None:
    pages = []
    for number, lines in enumerate((ENGLISH[:3], ENGLISH[3:]), 1):
        page = _page(lines)
        page.words.append(Words(290, 40, str(number), 11))
        pages.append(page)
    document = _read(*pages)
    assert texts(document) == [" ".join(ENGLISH)]
    assert notes(document) == {"lines_left_out": {"lines": 2}}
    pages[1].words[-1] = Words(290, 40, "7", 11)
    assert "7" in _read(*pages).text


def test_pages_beyond_the_most_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    assert "cut" not in notes(_read(_page(ENGLISH), _page(CHINESE)))
    document = _read(_page(ENGLISH), _page(CHINESE), _page(ENGLISH))
    assert notes(document)["cut"] == {"characters": len(document.text)}


def test_broken_pages_after_each_other_end_the_reading_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_MAX_BROKEN", 2)
    page = pdf._Reader._page
    monkeypatch.setattr(pdf._Reader, "_page", lambda self, at: page(self, at) if at in (0, 3) else (None, 0.0, False))
    document = _read(*[_page(ENGLISH) for _ in range(4)])
    assert notes(document)["cut"] == {"characters": len(document.text)}
    assert "cut" not in notes(_read(*[_page(ENGLISH) for _ in range(3)]))

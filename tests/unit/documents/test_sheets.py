"""XLSX and CSV: rows with the names of their columns, values as they are shown."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Kind
from assistant.documents.readers import sheets, xlsx
from tests.fakes.documents import cell, sheet_row
from tests.fakes.documents import xlsx as make
from tests.fakes.seen import notes, outline, page_of, path_of, texts


def _tables(data: bytes, name: str = "a.csv") -> list[str]:
    return texts(sheets.read(data, name), Kind.TABLE)


def test_values_are_shown_as_a_reader_sees_them() -> None:
    rows = sheet_row(1, [cell("A1", "0", "s"), cell("B1", "1", "s"), cell("C1", "When", "inlineStr")])
    rows += sheet_row(2, [cell("A2", "45292", "n", 1), cell("B2", "0.255", "n", 2), cell("C2", "45292.75", "n", 3)])
    rows += sheet_row(7, [cell("A7", "45657", "n", 4), cell("B7", "0.30000000000000004"), cell("C7", "1", "b")])
    rows += sheet_row(8, [cell("C8", "#DIV/0!", "e"), cell("A8", "1234567"), cell("B8", "words", "str")])
    document = sheets.read(make({"数据": rows, "Empty": ""}, shared=["日期", "Share"], title="Book"), "a.xlsx")
    assert texts(document, Kind.TABLE) == [
        "日期\tShare\tWhen\n2024-01-01\t25.5%\t2024-01-01 18:00\n2024-12-31\t0.3\tTRUE\n1234567\twords\t#DIV/0!"
    ]
    assert outline(document) == [(1, "数据"), (1, "Empty")]
    assert path_of(document, "日期") == ("数据",)
    assert page_of(document, "Empty") == 2
    assert (document.title, document.pages, document.format) == ("Book", 2, "xlsx")


def test_the_other_calendar() -> None:
    rows = sheet_row(1, [cell("A1", "43830", "n", 1), cell("B1", "x", "inlineStr")])
    assert _tables(make({"S": rows}, date1904=True)) == ["2024-01-01\tx"]


def test_hours_go_on_beyond_a_day() -> None:
    rows = sheet_row(1, [cell("A1", "1.25", "n", 5), cell("B1", "0.0625", "n", 5)])
    assert _tables(make({"S": rows})) == ["30:00\t1:30"]


def test_empty_columns_go_and_cells_without_a_place_follow_each_other() -> None:
    rows = sheet_row(3, [cell("D3", "a", "inlineStr"), cell("XFD3", "b", "inlineStr")])
    rows += '<row><c t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r><rPh><t>no</t></rPh></is></c></row>'
    assert _tables(make({"S": rows})) == ["\ta\tb\nrich text"]


def test_a_formula_without_a_value_shows_itself() -> None:
    assert _tables(make({"S": '<row r="1"><c r="A1"><f>SUM(B1:B9)</f></c></row>'})) == ["=SUM(B1:B9)"]


def test_long_tables_repeat_the_names_of_their_columns() -> None:
    rows = "".join(
        sheet_row(n + 1, [cell(f"A{n + 1}", f"row {n}", "inlineStr"), cell(f"B{n + 1}", str(n))]) for n in range(1, 100)
    )
    names = sheet_row(1, [cell("A1", "Name", "inlineStr"), cell("B1", "Number", "inlineStr")])
    tables = _tables(make({"S": names + rows}))
    assert len(tables) == 3
    assert all(table.startswith("Name\tNumber\n") for table in tables)
    body = [line for table in tables for line in table.split("\n")[1:]]
    assert body == [f"row {n}\t{n}" for n in range(1, 100)]


def test_numbers_in_the_first_row_are_no_names() -> None:
    tables = _tables(b"\n".join(b"%d,%d" % (n, n * n) for n in range(100)))
    assert [line for table in tables for line in table.split("\n")] == [f"{n}\t{n * n}" for n in range(100)]


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ('a,b\n"x, y","say ""hi"""\n', 'a\tb\nx, y\tsay "hi"'),
        ("a;b\n1,5;2,5\n", "a\tb\n1,5\t2,5"),
        ("a\tb\n1, 2\t3\n", "a\tb\n1, 2\t3"),
        ("a|b\r\n1|2\r\n", "a\tb\n1\t2"),
        ("sep=;\na,x;b\n", "sep=\na,x\tb"),
        ('a,"two\nlines"\n\n,,\nc,d', "a\ttwo lines\nc\td"),
        ("名称,价格\n灯,30\n", "名称\t价格\n灯\t30"),
        ("only one\ncolumn\n", "only one\ncolumn"),
    ],
)
def test_lines_of_values(text: str, table: str) -> None:
    assert _tables(text.encode()) == [table]


def test_a_quote_that_is_never_closed_swallows_nothing() -> None:
    lines = "".join(f"{n},{n}\n" for n in range(2000))
    text = "\n".join(_tables(f'name,"open\n{lines}'.encode()))
    assert '"open' in text
    assert "1999\t1999" in text
    short = _tables(b'a,"open\n1,2\n3,4\n')
    assert short == ['a\t"open\n1\t2\n3\t4']


def test_chinese_encodings() -> None:
    text = "日期,金额,备注\n2024-01-01,1200,购买灯具和灯油\n2024-01-02,300,修理门窗的费用\n"
    document = sheets.read(text.encode("gb18030"), "账.csv")
    assert texts(document) == ["日期\t金额\t备注\n2024-01-01\t1200\t购买灯具和灯油\n2024-01-02\t300\t修理门窗的费用"]
    assert document.encoding == "gb18030"
    assert notes(document) == {"encoding_guessed": {"encoding": "gb18030"}}
    assert sheets.read(text.encode("utf-16"), "a.csv").text == document.text


def test_too_many_rows_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 100)
    rows = {
        name: "".join(sheet_row(n, [cell(f"A{n}", "5"), cell(f"B{n}", "6")]) for n in range(1, 91)) for name in "ab"
    }
    document = sheets.read(make(rows), "a.xlsx")
    assert document.text.count("5\t6") == 100
    assert "cut" in notes(document)
    assert "cut" not in notes(sheets.read(make({"a": rows["a"]}), "a.xlsx"))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (make({"S": ""}), ErrorKind.DOCUMENT_EMPTY),
        (make({}), ErrorKind.DOCUMENT_DAMAGED),
        (make({"S": "<row"}), ErrorKind.DOCUMENT_DAMAGED),
        (b" \n,,\n", ErrorKind.DOCUMENT_EMPTY),
    ],
)
def test_refusals(data: bytes, kind: ErrorKind) -> None:
    with pytest.raises(AssistantError) as caught:
        sheets.read(data, "a")
    assert caught.value.kind is kind


def test_sheets_beyond_the_most_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MAX_SHEETS", 2)
    rows = {name: sheet_row(1, [cell("A1", name, "str")]) for name in ("one", "two", "three")}
    assert notes(sheets.read(make(dict(list(rows.items())[:2])), "a.xlsx")) == {}
    document = sheets.read(make(rows), "a.xlsx")
    assert [title for _, title in outline(document)] == ["one", "two"]
    assert notes(document) == {"cut": {"characters": len(document.text)}}

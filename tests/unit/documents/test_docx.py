"""DOCX: what Word would show, and nothing else."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Document, Kind
from assistant.documents.readers import docx
from tests.fakes.documents import docx as make
from tests.fakes.documents import paragraph, run, word_table
from tests.fakes.seen import items, notes, outline, path_of, texts


def _read(body: str, **options: object) -> Document:
    return docx.read(make(body, **options), "a.docx")  # type: ignore[arg-type]


def test_headings_by_outline_level_whatever_their_style_is_called() -> None:
    document = _read(
        paragraph("年度报告", style="a3")
        + paragraph("Erstes", style="berschrift1")
        + paragraph("Inside", style="berschrift2")
        + paragraph("Text here.")
        + paragraph("二、概述", style="mine")
        + paragraph("Direct", properties='<w:outlineLvl w:val="2"/>')
        + paragraph("Not one", style="berschrift1", properties='<w:outlineLvl w:val="9"/>')
    )
    assert outline(document) == [(1, "年度报告"), (1, "Erstes"), (2, "Inside"), (1, "二、概述"), (3, "Direct")]
    assert path_of(document, "Text here") == ("Erstes", "Inside")
    assert path_of(document, "Not one") == ("二、概述", "Direct")
    assert document.title == "年度报告"
    assert document.format == "docx"


def test_the_title_among_the_properties_comes_first() -> None:
    assert _read(paragraph("Shown", style="a3"), title="属性 & title").title == "属性 & title"


def test_lists_are_numbered_as_word_shows_them() -> None:
    document = _read(
        paragraph("one", item=(1, 0))
        + paragraph("sub", item=(1, 1))
        + paragraph("sub", item=(1, 1))
        + paragraph("two", item=(1, 0))
        + paragraph("sub", item=(1, 1))
        + paragraph("again", item=(4, 0))
        + paragraph("dot", item=(2, 0))
        + paragraph("dash", item=(2, 1))
        + paragraph("甲方", item=(3, 0))
        + paragraph("乙方", item=(3, 0))
    )
    assert items(document) == [
        *[(1, "1. one"), (2, "1.a) sub"), (2, "1.b) sub"), (1, "2. two"), (2, "2.a) sub"), (1, "1. again")],
        *[(1, "dot"), (2, "dash"), (1, "第一条 甲方"), (1, "第二条 乙方")],
    ]


def test_tracked_changes_hidden_text_and_fields() -> None:
    document = _read(
        paragraph(
            "kept ",
            "<w:del><w:r><w:delText>removed</w:delText></w:r></w:del>",
            f"<w:ins>{run('added')}</w:ins>",
            f"<w:moveFrom>{run('old place')}</w:moveFrom>",
            f"<w:moveTo>{run(' moved')}</w:moveTo>",
            run("secret", "<w:vanish/>"),
            run(" shown", '<w:vanish w:val="0"/>'),
            '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> PAGE \\* MERGE </w:instrText></w:r>',
            run(" 7"),
            f'<w:fldSimple w:instr="DATE">{run(" 2024")}</w:fldSimple>',
            f"<w:hyperlink>{run(' link')}</w:hyperlink>",
            "<w:r><w:t>in</w:t><w:softHyphen/><w:t>side</w:t><w:noBreakHyphen/><w:tab/><w:t>x</w:t><w:br/></w:r>",
            "<w:smartTag><w:r><w:t>last</w:t></w:r></w:smartTag>",
        )
    )
    assert document.text == "kept added moved shown 7 2024 linkinside\u2011 x\nlast"


def test_a_paragraph_whose_end_was_deleted_goes_on() -> None:
    cut = "<w:rPr><w:del/></w:rPr>"
    assert texts(_read(paragraph("first ", properties=cut) + paragraph("second"))) == ["first second"]
    assert texts(_read(paragraph("last", properties=cut))) == ["last"]


def test_tables_in_tables_and_tables_that_only_frame() -> None:
    inner = paragraph("in") + word_table([["x", "y"], ["1", "2"]])
    document = _read(
        word_table([["Name", "价格"], ["Apple", "3.50"], [inner, ""]])
        + word_table([[paragraph("Framed", style="berschrift1") + paragraph("text")]])
    )
    assert texts(document, Kind.TABLE) == ["Name\t价格\nApple\t3.50\nin x | y; 1 | 2"]
    assert outline(document) == [(1, "Framed")]
    assert texts(document, Kind.TEXT) == ["text"]


def test_notes_stand_after_the_paragraph_that_refers_to_them() -> None:
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body = paragraph("One", mark.format(5), " two", mark.format(2)) + paragraph("Next", mark.format(5))
    document = _read(body, footnotes={2: paragraph("second"), 5: paragraph("脚注")})
    assert texts(document) == ["One[1] two[2]", "[1] 脚注", "[2] second", "Next"]
    assert "never shown" not in document.text


def test_text_boxes_come_once_and_after_their_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('in the box')}{paragraph('B', style='berschrift1')}</w:txbxContent>"
    drawn = f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    document = _read(paragraph("before", f"{drawn}</mc:AlternateContent></w:r>", " after"))
    assert texts(document) == ["before after", "in the box", "B"]


def test_pictures_and_parts_in_other_formats_are_counted() -> None:
    picture = '<w:r><w:drawing><a:blip r:embed="x"/></w:drawing></w:r>'
    document = _read(paragraph("text", picture) + paragraph(picture) + '<w:altChunk r:id="x"/>')
    assert notes(document) == {"images_ignored": {"images": 2}, "parts_unreadable": {"parts": 1}}


def test_captions_mathematics_and_contents() -> None:
    document = _read(
        paragraph("Intro ... 3", style="toc1")
        + paragraph("图 1 灯", style="cap")
        + paragraph("so ", "<m:oMath><m:r><m:t>a=b</m:t></m:r></m:oMath>")
    )
    assert texts(document) == ["图 1 灯", "so a=b"]
    assert texts(document, Kind.CAPTION) == ["图 1 灯"]


def test_controls_around_the_content() -> None:
    inside = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('in a control')}</w:sdtContent></w:sdt>"
    reading = "<w:rt><w:r><w:t>han</w:t></w:r></w:rt>"
    ruby = f"<w:r><w:ruby>{reading}<w:rubyBase>{run(chr(0x6F22))}</w:rubyBase></w:ruby></w:r>"
    assert texts(_read(inside + paragraph(ruby, "字"))) == ["in a control", "漢字"]


def test_an_empty_one() -> None:
    with pytest.raises(AssistantError) as caught:
        _read(paragraph(" ") + word_table([["", ""]]))
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY

"""DOCX for translation: whole sentences out, runs in, and nothing but text changes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.segments import ALONE, CLOSE, OPEN, SegmentKind, is_code
from assistant.documents.translating import docx
from assistant.documents.translating.office import Office
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.runs import Item, has_letters
from tests.fakes import documents as make
from tests.fakes.documents import paragraph, run, word_table

BEGIN, SEPARATE, END = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))


def told(text: str) -> str:
    """Codes as tags: ``<0>`` opens, ``</0>`` closes, ``<0/>`` stands alone."""
    out = []
    for character in text:
        code = ord(character)
        if not is_code(character):
            out.append(character)
        elif code < CLOSE:
            out.append(f"<{code - OPEN}>")
        else:
            out.append(f"</{code - CLOSE}>" if code < ALONE else f"<{code - ALONE}/>")
    return "".join(out)


def opened(body: str, **options: object) -> Office:
    found = open_translatable(make.docx(body, **options), "a.docx")  # type: ignore[arg-type]
    assert isinstance(found, Office)
    return found


def texts(body: str, **options: object) -> list[str]:
    return [told(one.text) for one in opened(body, **options).document.segments]


def written(body: str, *targets: str | None, language: str = "de", part: str = "word/document.xml") -> str:
    """The body once its segments are these, ``<0>`` for codes."""
    new = [None if one is None else re.sub(r"<(/?)(\d)(/?)>", _code, one) for one in targets]
    data = opened(body).write(new, language=language, source="en")
    xml = zipfile.ZipFile(io.BytesIO(data)).read(part).decode()
    found = re.search(r"<w:body>(.*)</w:body>", xml, re.DOTALL)
    return found[1] if found else xml


def _code(tag: re.Match[str]) -> str:
    return chr((CLOSE if tag[1] else ALONE if tag[3] else OPEN) + int(tag[2]))


def field(instruction: str, result: str) -> str:
    said = f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
    return BEGIN + said + SEPARATE + result + END


def test_runs_that_look_the_same_are_one_stretch() -> None:
    mark = '<w:bookmarkStart w:id="1" w:name="_GoBack"/><w:bookmarkEnd w:id="1"/>'
    spelling = '<w:proofErr w:type="spellStart"/>'
    eastern, narrow = '<w:rFonts w:hint="eastAsia"/>', '<w:spacing w:val="-2"/>'
    pieces = [run("One sent"), spelling, run("ence, ", "<w:noProof/>"), run("cut ", eastern), run("to pieces.", narrow)]
    assert texts(paragraph(*pieces)) == ["One sentence, cut to pieces."]
    assert "<w:r><w:t>Ein Satz in Stücken.</w:t></w:r>" in written(paragraph(*pieces), "Ein Satz in Stücken.")
    new = written(paragraph(*pieces[:3], mark, *pieces[3:]), "Ein Satz in Stücken.")
    assert mark in new
    assert "".join(re.findall("<w:t[^>]*>([^<]*)<", new)) == "Ein Satz in Stücken."


def test_other_looks_are_codes_and_can_move() -> None:
    body = paragraph(
        run("A "), run("bold", "<w:b/>"), run(" and a "), run("red", '<w:color w:val="F00"/>'), run(" word.")
    )
    assert texts(body) == ["A <0>bold</0> and a <1>red</1> word."]
    new = written(body, "Ein <1>rotes</1> und <0>fettes</0> Wort.")
    bold, red = run("fettes", "<w:b/>"), run("rotes", '<w:color w:val="F00"/>')
    assert red.replace(' xml:space="preserve"', "") in new
    assert bold.replace(' xml:space="preserve"', "") in new
    assert new.index("rotes") < new.index("fettes")


def test_a_look_that_goes_on_over_two_sentences_is_a_pair_in_each() -> None:
    body = paragraph(
        run("Plain words begin it here. But "), run("this is bold. And this", "<w:b/>"), run(" is not any more.")
    )
    assert texts(body) == ["Plain words begin it here.", "But <0>this is bold.</0>", "<1>And this</1> is not any more."]


def test_links_fields_notes_and_breaks() -> None:
    body = paragraph(
        run("See "), f'<w:hyperlink r:id="rId9">{run("the page", "<w:u/>")}</w:hyperlink>', run(" or "),
        field('HYPERLINK "https://x"', run("this one", "<w:u/>")), run(", page "), field("PAGEREF x", run("12")),
        run("."), '<w:r><w:footnoteReference w:id="1"/></w:r>', run(" Next"), "<w:r><w:br/></w:r>", run("line."),
    )  # fmt: skip
    assert texts(body) == ["See <0>the page</0> or <1>this one</1>, page <0/>.", "Next<2/>line."]
    new = written(body, "Auf Seite <0/> <1>hier</1> und <0>dort</0>.", None)
    assert new.index("PAGEREF") < new.index("HYPERLINK") < new.index('r:id="rId9"') < new.index("footnoteReference")
    assert new.count("fldChar ") == 6


def test_lines_of_a_table_of_contents_are_their_words_alone() -> None:
    begin, rest = field("TOC", "~").split("~")
    tab = "<w:r><w:tab/></w:r>"
    entry = run("1.") + tab + run("Chapter one") + tab + field("PAGEREF a", run("3"))
    first = f'<w:hyperlink w:anchor="a">{entry}</w:hyperlink>'
    body = paragraph(begin, first) + paragraph(run("Chapter two")) + paragraph(rest) + paragraph(run("7. Text."))
    assert texts(body) == ["Chapter one", "Chapter two", "7. Text."]
    assert [one.kind for one in opened(body).document.segments[:2]] == [SegmentKind.HEADING] * 2
    new = written(body, "Kapitel eins", "Kapitel zwei", None)
    assert re.sub("<[^>]*>", "", new) == " TOC 1.Kapitel eins PAGEREF a 3Kapitel zwei7. Text."
    assert new.index("TOC") < new.index("<w:hyperlink") < new.index("Kapitel eins") < new.index("PAGEREF")
    assert re.findall('fldCharType="(\\w+)"', new) == ["begin", "separate"] * 2 + ["end"] * 2


def test_a_line_of_a_table_of_contents_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def counted(items: Iterable[Item]) -> bool:
        items = list(items)
        looked.append(len(items))
        return has_letters(items)

    monkeypatch.setattr(docx, "has_letters", counted)
    begin, rest = field("TOC", "~").split("~")
    dots = "".join(run("." + " " * (at % 3), "<w:b/>" if at % 2 else "") for at in range(300))
    assert texts(paragraph(begin, dots, run("Chapter"), rest)) == ["Chapter"]
    assert sum(looked) < 5 * 300


def test_diagrams_and_the_titles_of_charts() -> None:
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="urn:x"'
    line = '<a:p><a:r><a:rPr lang="en-US"/><a:t>{}</a:t></a:r></a:p>'
    parts: dict[str, str | bytes] = {
        "word/diagrams/data1.xml": f"<d {space}>{line.format('A box')}</d>",
        "word/charts/chart1.xml": f"<c:c {space}><c:rich>{line.format('Rain a month')}</c:rich><c:v>May</c:v></c:c>",
        "word/charts/_rels/chart1.xml.rels": make.relationships([("r1", "chartUserShapes", "../drawings/d1.xml")]),
        "word/drawings/d1.xml": f"<x {space}>{line.format('Look here')}</x>",
    }
    links = [("r7", "diagramData", "diagrams/data1.xml"), ("r8", "chart", "charts/chart1.xml")]
    found = opened(paragraph(run("Text.")), parts=parts, links=links)
    assert [one.text for one in found.document.segments] == ["Text.", "A box", "Rain a month", "Look here"]
    data = found.write([None, None, "Regen im Monat", None], language="de", source="en")
    chart = zipfile.ZipFile(io.BytesIO(data)).read("word/charts/chart1.xml").decode()
    assert '<a:rPr lang="de-DE"/><a:t>Regen im Monat</a:t>' in chart
    assert "<c:v>May</c:v>" in chart


def test_a_field_that_never_ends_hides_nothing() -> None:
    assert texts(paragraph(BEGIN, run("Shown.")) + paragraph(run("This too."))) == ["Shown.", "This too."]


@pytest.mark.parametrize(
    "xml",
    [
        '<w:del w:id="1"><w:r><w:delText>gone</w:delText></w:r></w:del>',
        '<w:moveFrom w:id="1"><w:r><w:t>gone</w:t></w:r></w:moveFrom>',
        run("hidden", "<w:vanish/>"),
        '<w:commentRangeStart w:id="3"/>',
        '<w:r><w:commentReference w:id="3"/></w:r>',
        field("XE term", ""),
    ],
    ids=["deleted", "moved", "hidden", "comment", "reference", "index"],
)
def test_what_nobody_sees_is_no_code_and_stays(xml: str) -> None:
    body = paragraph(run("Before it"), xml, run(" and after it."))
    assert texts(body) == ["Before it and after it."]
    assert xml in written(body, "Davor und danach.").replace("</w:r><w:r>" if "fldChar" in xml else "~", "</w:r><w:r>")


def test_code_and_formulas_are_not_translated() -> None:
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="HTML Preformatted"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:name w:val="x"/><w:basedOn w:val="a"/></w:style>'
        '<w:style w:type="character" w:styleId="c"><w:name w:val="源代码"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="d"><w:name w:val="Postcode"/></w:style></w:styles>'
    )
    body = "".join(paragraph(run(f"Words of {style}."), style=style) for style in "abd")
    body += paragraph(
        run("Call "),
        run("main()", '<w:rStyle w:val="c"/>'),
        run(" for "),
        "<m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath>",
    )
    assert texts(body, parts={"word/styles.xml": styles}) == ["Words of d.", "Call <0/> for <1/>"]


def test_text_boxes_are_read_once_and_written_twice() -> None:
    box = f"<w:txbxContent>{paragraph(run('In the box.'))}</w:txbxContent>"
    body = paragraph(
        run("Around. "),
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
    )
    assert texts(body) == ["Around.", "In the box."]
    assert written(body, "Umher.", "Im Kasten.").count("Im Kasten.") == 2
    assert written(body, None, "Im Kasten.").count("Im Kasten.") == 2
    assert written(body, "Umher.", None).count("In the box.") == 2


def test_kinds_of_segments() -> None:
    body = (
        paragraph(run("Head"), style="berschrift1")
        + paragraph(run("Point"), item=(2, 0))
        + word_table([["Cell. Whole.", "3"]])
    )
    kinds = [one.kind for one in opened(body + paragraph(run("Text"))).document.segments]
    assert kinds == [SegmentKind.HEADING, SegmentKind.ITEM, SegmentKind.CELL, SegmentKind.TEXT]


def test_headers_and_notes_are_translated_and_comments_are_not() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    header = f'<?xml version="1.0" encoding="GB18030"?><w:hdr {space}>{paragraph(run("页眉的文字。"))}</w:hdr>'
    document = opened(
        paragraph(run("Body.")),
        footnotes={1: paragraph(run("A note."))},
        links=[("rId7", "header", "h.xml"), ("rId8", "comments", "c.xml")],
        parts={
            "word/h.xml": header.encode("gb18030"),
            "word/c.xml": f"<w:comments {space}>{paragraph(run('Why?'))}</w:comments>",
        },
    )
    assert [one.text for one in document.document.segments] == ["Body.", "A note.", "页眉的文字。"]
    archive = zipfile.ZipFile(io.BytesIO(document.write([None, None, "Kopf & Zeile"], language="de", source="en")))
    assert "Kopf &amp; Zeile" in archive.read("word/h.xml").decode()
    assert 'encoding="UTF-8"' in archive.read("word/h.xml").decode()
    assert "Body." in archive.read("word/document.xml").decode()


def test_a_thing_that_a_translation_lost_is_there() -> None:
    body = paragraph(
        run("Look"),
        "<w:r><w:drawing/></w:r>",
        run("here, "),
        '<w:hyperlink r:id="rId9">' + run("there") + "</w:hyperlink>",
    )
    new = written(body, "Ohne alles")
    assert new.count("<w:drawing/>") == 1
    assert new.count("<w:hyperlink") == new.count("</w:hyperlink>") == 1


def test_chinese_has_no_space_between_sentences_and_is_said_to_be_chinese() -> None:
    look = '<w:lang w:val="en-US" w:eastAsia="ja-JP"/>'
    body = paragraph(run("First one. Second one.", look))
    assert "第一句。第二句。" in written(body, "第一句。", "第二句。", language="zh-Hans")
    assert 'w:val="en-US" w:eastAsia="zh-CN"' in written(body, "第一句。", "第二句。", language="zh-Hans")
    assert 'w:val="fr-FR" w:eastAsia="ja-JP"' in written(body, "Un.", "Deux.", language="fr")


def test_a_paragraph_of_a_thousand_codes_is_cut_and_whole() -> None:
    pieces = [run(f"word {number} ", "<w:b/>" if number % 2 else "") + "<w:r><w:tab/></w:r>" for number in range(1000)]
    document = opened(paragraph(*pieces))
    segments = document.document.segments
    assert len({one.block for one in segments}) > 3
    assert document.write([one.text for one in segments], language="de", source="en") == make.docx(paragraph(*pieces))
    new = zipfile.ZipFile(
        io.BytesIO(document.write([one.text.upper() for one in segments], language="de", source="en"))
    )
    xml = new.read("word/document.xml").decode()
    assert re.findall(r"WORD (\d+)", xml) == [str(number) for number in range(1000)]
    assert xml.count("<w:tab/>") == 1000
    assert xml.count("<w:b/>") == 500


def test_as_many_texts_as_segments() -> None:
    with pytest.raises(ValueError, match="1 texts for 2 segments"):
        opened(paragraph(run("One. Two."))).write(["x"], language="de", source="en")


def test_nothing_to_translate() -> None:
    with pytest.raises(AssistantError) as caught:
        opened(paragraph(run("12 %")))
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY


def test_arabic_runs_have_a_direction_and_looks_of_their_own() -> None:
    look = '<w:b/><w:sz w:val="24"/><w:lang w:val="en-US" w:bidi="he-IL"/>'
    body = paragraph(run("Plain.")) + paragraph(run("Bold.", look))
    new = written(body, "عادي.", "غامق.", language="ar")
    assert "<w:r><w:rPr><w:rtl/></w:rPr><w:t>عادي.</w:t></w:r>" in new
    bold = '<w:b/><w:bCs/><w:sz w:val="24"/><w:szCs w:val="24"/><w:rtl/><w:lang w:val="en-US" w:bidi="ar-SA"/>'
    assert f"<w:rPr>{bold}</w:rPr><w:t>غامق.</w:t>" in new
    assert "rtl" not in written(body, "Schlicht.", "Fett.")


def test_a_long_row_of_signs_that_nobody_knows_is_one_thing() -> None:
    body = paragraph(run("Words" + chr(OPEN) * 60_000 + " go on"))
    assert texts(body) == ["Words<0/> go on"]
    assert written(body, "Worte<0/> und mehr").count(chr(OPEN)) == 60_000

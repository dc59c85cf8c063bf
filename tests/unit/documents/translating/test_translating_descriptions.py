"""What is read out in the place of a picture or a table is translated as any text is."""

from __future__ import annotations

import io
import zipfile

from assistant.documents.segments import is_code
from assistant.documents.translating.opening import open_translatable
from tests.fakes import documents as make
from tests.fakes.documents import paragraph, run


def shown(text: str) -> str:
    return "".join("~" if is_code(one) else one for one in text)


def written(data: bytes, name: str, part: str, **new: str) -> str:
    """The part of a document once those segments say something else."""
    opened = open_translatable(data, name)
    texts = [new.get(shown(one.text).split()[0]) for one in opened.document.segments]
    return zipfile.ZipFile(io.BytesIO(opened.write(texts, language="de", source="en"))).read(part).decode()


def picture(description: str, own: str = "") -> str:
    inner = f"<pic:pic><pic:nvPicPr><pic:cNvPr id='1' name='Picture 1' {own}/></pic:nvPicPr></pic:pic>"
    space = 'xmlns:wp="urn:wp" xmlns:pic="urn:pic"'
    return f'<w:r><w:drawing {space}><wp:docPr id="1" name="Picture 1" {description}/>{inner}</w:drawing></w:r>'


def test_a_picture_in_a_document_and_its_frame_say_the_same() -> None:
    same = 'descr="A &quot;red&quot; lamp &amp; a bench."'
    data = make.docx(paragraph(run("Look here: "), picture(f'title="Lamp" {same}', same)))
    document = open_translatable(data, "a.docx").document
    assert [one.text for one in document.segments] == ["Look here:", "Lamp", 'A "red" lamp & a bench.']
    new = written(data, "a.docx", "word/document.xml", A="Eine »rote« Lampe & 'eine' \"Bank\".")
    value = "Eine »rote« Lampe &amp; &apos;eine&apos; &quot;Bank&quot;."
    assert new.count(f'descr="{value}"') == 2
    assert 'title="Lamp"' in new
    assert "Look here: " in new
    both = written(data, "a.docx", "word/document.xml", Look="Sieh hier:", Lamp="Leuchte")
    assert "Sieh hier:" in both
    assert f'title="Leuchte" {same}' in both


def test_lines_of_a_description_stay_lines() -> None:
    data = make.docx(paragraph(run("Text."), picture("descr='A lamp&#xA;&#xA;Made by a program'")))
    document = open_translatable(data, "a.docx").document
    assert [shown(one.text) for one in document.segments] == ["Text.", "A lamp~Made by a program"]
    broken = document.segments[1].text.replace("A lamp", "Eine Lampe").replace("Made by a program", "Von Programmen")
    new = written(data, "a.docx", "word/document.xml", A=broken)
    assert "descr='Eine Lampe&#xA;&#xA;Von Programmen'" in new


def test_the_names_of_files_are_no_descriptions() -> None:
    names = ("lamp.png", "C:\\My pictures\\A lamp.JPG", "https://example.org/a.gif", "img_1", "12")
    body = paragraph(run("Text."), *(picture(f'descr="{name}"') for name in names))
    assert len(open_translatable(make.docx(body), "a.docx").document.segments) == 1


def test_older_drawings_and_tables_are_described_as_well() -> None:
    lamp = picture('descr="A lamp"')
    choice = f'<mc:Choice Requires="wps">{lamp}</mc:Choice>'
    shape = '<w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" alt="A lamp"/></w:pict>'
    body = paragraph(run("Text."), f"<w:r><mc:AlternateContent>{choice}<mc:Fallback>{shape}</mc:Fallback>"
                                   "</mc:AlternateContent></w:r>")  # fmt: skip
    table = make.word_table([["Cell", "7"]]).replace(
        "<w:tblPr/>", '<w:tblPr><w:tblCaption w:val="Rain"/><w:tblDescription w:val="How much it rains."/></w:tblPr>'
    )
    data = make.docx(body + table)
    document = open_translatable(data, "a.docx").document
    assert [one.text for one in document.segments] == ["Text.", "A lamp", "Rain", "How much it rains.", "Cell"]
    new = written(data, "a.docx", "word/document.xml", A="Eine Lampe", Rain="Regen")
    assert new.count('="Eine Lampe"') == 2
    assert '<w:tblCaption w:val="Regen"/>' in new


def test_what_was_deleted_is_not_described() -> None:
    lamp = picture('descr="A lamp"')
    gone = f'<w:del w:id="1">{lamp}</w:del>'
    document = open_translatable(make.docx(paragraph(run("Text."), gone)), "a.docx").document
    assert [one.text for one in document.segments] == ["Text."]


def test_pictures_of_slides() -> None:
    pictures = "".join(
        f"<p:pic><p:nvPicPr><p:cNvPr id='{at}' name='x' descr='{words}'/></p:nvPicPr></p:pic>"
        for at, words in enumerate(("A lamp in the dark.", "lamp.png"))
    )
    data = make.pptx([make.shape("Slide", kind="title") + f"<p:grpSp>{pictures}</p:grpSp>"])
    document = open_translatable(data, "a.pptx").document
    assert [one.text for one in document.segments] == ["Slide", "A lamp in the dark."]
    new = written(data, "a.pptx", "ppt/slides/slide1.xml", A="Eine Lampe im Dunkeln.")
    assert "descr='Eine Lampe im Dunkeln.'" in new
    assert "descr='lamp.png'" in new

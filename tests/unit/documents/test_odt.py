"""ODT: what Writer would show."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Document, Kind
from assistant.documents.readers import odt
from tests.fakes.documents import odt as make
from tests.fakes.seen import items, notes, outline, path_of, texts


def _read(body: str, **options: object) -> Document:
    return odt.read(make(body, **options), "a.odt")  # type: ignore[arg-type]


def _p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def _item(*content: str) -> str:
    return f"<text:list-item>{''.join(content)}</text:list-item>"


def test_headings_text_and_title() -> None:
    automatic = '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    document = _read(
        _p("灯下", "P1")
        + '<text:h text:outline-level="1">One</text:h><text:section><text:h text:outline-level="2">第二</text:h>'
        + _p("in\n   it<text:s/><text:s/><text:tab/>x<text:line-break/>y <text:span>z</text:span>")
        + "</text:section>",
        automatic=automatic,
    )
    assert outline(document) == [(1, "灯下"), (1, "One"), (2, "第二")]
    assert texts(document, Kind.TEXT) == ["in it x\ny z"]
    assert path_of(document, "in it") == ("One", "第二")
    assert document.title == "灯下"
    assert _read(_p("x"), title="A 标题").title == "A 标题"


def test_lists() -> None:
    deep = f"<text:list>{_item(_p('deep'))}</text:list>"
    body = f'<text:list text:style-name="N">{_item(_p("a"), deep)}{_item(_p("b"), _p("more"))}</text:list>'
    body += f"<text:list>{_item(_p('dot'))}</text:list>"
    assert items(_read(body)) == [(1, "1. a"), (2, "deep"), (1, "2. b"), (1, "more"), (1, "dot")]


def test_tables_with_repeated_cells_and_tables_inside() -> None:
    def cell(content: str, repeated: int = 1) -> str:
        return f'<table:table-cell table:number-columns-repeated="{repeated}">{content}</table:table-cell>'

    inner = f"<table:table><table:table-row>{cell(_p('x'))}{cell(_p('y'))}</table:table-row></table:table>"
    rows = f"<table:table-header-rows><table:table-row>{cell(_p('名'))}{cell('', 2)}{cell(_p('价'))}</table:table-row>"
    rows += (
        f"</table:table-header-rows><table:table-row>{cell(_p('a'), 2)}{cell(inner)}{cell('', 9999)}</table:table-row>"
    )
    assert texts(_read(f"<table:table>{rows}</table:table>")) == ["名\t\t\t价\na\ta\tx | y"]


def test_notes_boxes_pictures_and_what_is_not_shown() -> None:
    note = (
        f"<text:note><text:note-citation>1</text:note-citation><text:note-body>{_p('注')}</text:note-body></text:note>"
    )
    box = f"<draw:frame><draw:text-box>{_p('boxed')}</draw:text-box></draw:frame>"
    picture = "<draw:frame><draw:image/><svg:title>alt</svg:title></draw:frame>"
    region = f"<text:changed-region><text:deletion>{_p('gone')}</text:deletion></text:changed-region>"
    removed = f"<text:tracked-changes>{region}</text:tracked-changes>"
    remark = f"<office:annotation>{_p('remark')}</office:annotation>"
    contents = f"<text:table-of-content><text:index-body>{_p('One 1')}</text:index-body></text:table-of-content>"
    document = _read(removed + contents + _p(f"before{note}{box}{picture}{remark} after"))
    assert texts(document) == ["before[1] after", "boxed", "[1] 注"]
    assert notes(document) == {"images_ignored": {"images": 1}}


def test_encrypted_damaged_and_empty_ones() -> None:
    for data, kind in (
        (make(_p("x"), encrypted=True), ErrorKind.DOCUMENT_ENCRYPTED),
        (make("<text:p>"), ErrorKind.DOCUMENT_DAMAGED),
        (make(_p(" ")), ErrorKind.DOCUMENT_EMPTY),
        (make(_p("x"))[:300], ErrorKind.DOCUMENT_DAMAGED),
    ):
        with pytest.raises(AssistantError) as caught:
            odt.read(data, "a.odt")
        assert caught.value.kind is kind


def test_styles_that_stand_on_each_other() -> None:
    one = '<style:style style:name="A" style:parent-style-name="B"/>'
    loop = one + '<style:style style:name="B" style:parent-style-name="A"/>'
    assert texts(_read(_p("x", "A"), automatic=loop)) == ["x"]

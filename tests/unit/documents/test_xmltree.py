"""XML of documents: names, subtrees, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import xmltree

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def _pieces(text: str, size: int = 7) -> Iterator[bytes]:
    data = text.encode()
    return (data[at : at + size] for at in range(0, len(data), size))


@pytest.mark.parametrize("space", [_W, _STRICT])
@pytest.mark.parametrize("prefix", ["w", "ns0"])
def test_names_do_not_depend_on_the_prefix(space: str, prefix: str) -> None:
    root = xmltree.parse(
        _pieces(f'<{prefix}:p xmlns:{prefix}="{space}" {prefix}:val="1" b="2">文字</{prefix}:p>'), "docx"
    )
    assert root.tag == "w|p"
    assert root.attrib == {"w|val": "1", "b": "2"}
    assert root.text == "文字"


def test_only_the_outermost_subtrees_come() -> None:
    text = f'<w:d xmlns:w="{_W}"><w:x><w:p>1<w:p>2</w:p></w:p></w:x><w:q><w:p>3</w:p></w:q></w:d>'
    found = list(xmltree.subtrees(_pieces(text), ["w|p"], "docx"))
    assert ["".join(one.itertext()) for one in found] == ["12", "3"]


def test_they_come_before_the_end_is_read() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"<d><p>1</p>"
        yield b"<p>2</p>"
        raise AssertionError("too far")

    found = xmltree.subtrees(chunks(), ["p"], "docx")
    assert [next(found).text, next(found).text] == ["1", "2"]


def test_a_document_type_of_elsewhere_is_not_loaded_and_its_entities_are_known() -> None:
    text = '<!DOCTYPE ncx SYSTEM "http://a.example/ncx.dtd"><a>x&nbsp;y&eacute;&#22909;</a>'
    assert xmltree.parse(_pieces(text), "epub").text == "x\xa0yé好"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "<a>",
        "<a></b>",
        "<a>&unknown;</a>",
        "<a/><b/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        "<!DOCTYPE a [<!ELEMENT a ANY>]><a/>",
        '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]><a/>',
        "<x:a/>",
        "<a>" * 1000 + "</a>" * 1000,
        "<?xml version='1.0' encoding='none'?><a/>",
        "<a>\x00</a>",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(AssistantError) as caught:
        xmltree.parse(_pieces(text), "docx")
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED
    declares = {"what": "declarations"} if "<!DOCTYPE" in text else {}
    assert caught.value.values == {"format": "docx", **declares}


def test_a_tree_may_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmltree, "MAX_ELEMENTS", 100)
    with pytest.raises(AssistantError) as caught:
        xmltree.parse(_pieces(f"<a>{'<b/>' * 200}</a>"), "docx")
    assert caught.value.kind is ErrorKind.DOCUMENT_MEMORY
    assert len(list(xmltree.subtrees(_pieces(f"<a>{'<b/>' * 200}</a>"), ["b"], "docx"))) == 200


def test_a_token_may_not_go_on_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmltree, "MAX_TOKEN", 10_000)
    long_text = f"<a>{'x' * 100_000}</a>"
    assert len(xmltree.parse(_pieces(long_text, 500), "docx").text or "") == 100_000
    with pytest.raises(AssistantError):
        xmltree.parse(_pieces(f"<a b='{'x' * 100_000}'/>", 500), "docx")

"""PPTX: slides in the order of the show, with what the speaker noted."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Kind
from assistant.documents.readers import pptx
from tests.fakes.documents import pptx as make
from tests.fakes.documents import shape, slide_table
from tests.fakes.seen import items, notes, outline, page_of, path_of, texts


def test_slides_with_titles_points_tables_and_notes() -> None:
    first = shape("point", "要点", kind="body") + shape("deeper", kind="", level=1) + shape("The 标题", kind="title")
    second = shape("free text") + slide_table([["Name", "价格"], ["Lamp", "3"]]) + shape("9", kind="sldNum")
    document = pptx.read(make([first, second], notes={1: "Say hello. 你好"}, title="Deck"), "a.pptx")
    assert outline(document) == [(1, "The 标题")]
    assert items(document) == [(1, "point"), (1, "要点"), (2, "deeper")]
    assert texts(document, Kind.TABLE) == ["Name\t价格\nLamp\t3"]
    assert texts(document)[-1] == "Say hello. 你好"
    assert texts(document)[0] == "The 标题"
    assert [page_of(document, words) for words in ("point", "free text", "Say hello")] == [1, 2, 2]
    assert path_of(document, "point") == ("The 标题",)
    assert path_of(document, "free text") == ()  # a slide without a title stands under none
    assert (document.title, document.pages, document.format) == ("Deck", 2, "pptx")
    assert "9" not in document.text


def test_groups_alternatives_and_pictures() -> None:
    inside = f"<p:grpSp><p:grpSp>{shape('grouped')}</p:grpSp></p:grpSp>"
    inside += f"<mc:AlternateContent><mc:Choice>{shape('new')}</mc:Choice><mc:Fallback>{shape('old')}</mc:Fallback>"
    inside += "</mc:AlternateContent><p:pic><p:nvPicPr/></p:pic>"
    document = pptx.read(make([inside]), "a.pptx")
    assert texts(document) == ["grouped", "new"]
    assert notes(document) == {"images_ignored": {"images": 1}}


def test_a_deck_of_pictures_is_empty() -> None:
    with pytest.raises(AssistantError) as caught:
        pptx.read(make(["<p:pic/>", ""]), "a.pptx")
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY


def test_slides_beyond_the_most_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pptx, "_MAX_SLIDES", 2)
    slides = [shape("one"), shape("two"), shape("three")]
    assert notes(pptx.read(make(slides[:2]), "a.pptx")) == {}
    document = pptx.read(make(slides), "a.pptx")
    assert texts(document) == ["one", "two"]
    assert document.pages == 2
    assert notes(document) == {"cut": {"characters": len(document.text)}}

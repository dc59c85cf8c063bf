"""Plain text, Markdown, HTML, e-mail and subtitles: what is kept, what is left out, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.building import MAX_CHARACTERS, Builder, clean
from assistant.documents.model import Document, Kind, NoteKind, pack, unpack
from assistant.documents.readers import html
from assistant.documents.reading import READERS, named_otherwise, read, sniff


def parts(document: Document) -> list[tuple[Kind, int, str]]:
    return [(p.kind, p.level, document.text[p.start : p.end]) for p in document.paragraphs]


def texts(document: Document) -> list[str]:
    return [document.text[p.start : p.end] for p in document.paragraphs]


def check(document: Document) -> None:
    """What holds for every document: paragraphs in order, joined as promised, sentences holding all of them."""
    position = 0
    before: Kind | None = None
    for paragraph in document.paragraphs:
        joint = "" if before is None else "\n" if before is paragraph.kind is Kind.ITEM else "\n\n"
        assert document.text[position : paragraph.start] == joint
        assert document.text[paragraph.start : paragraph.end].strip()
        position, before = paragraph.end, paragraph.kind
    assert position == len(document.text)
    inside = at = 0
    for start, end in document.sentences:
        assert not document.text[inside:start].strip()
        assert start < end
        while document.paragraphs[at].end <= start:
            at += 1
        assert document.paragraphs[at].start <= start
        assert end <= document.paragraphs[at].end
        inside = end
    assert not document.text[inside:].strip()
    assert unpack(pack(document)) == document


def tried(data: bytes, name: str) -> Document | AssistantError:
    """The document, or why there is none."""
    try:
        return read(data, name)
    except AssistantError as error:
        return error


# ---------------------------------------------------------------- plain text


def test_lines_that_were_broken_to_fit_are_joined() -> None:
    text = (
        "It was a dark and stormy night; the rain fell in torrents,\n"
        "except at occasional intervals, when it was checked by a\n"
        "violent gust of wind which swept up the streets.\n\n"
        "今天的天气非常好，我们大家一起到公园里去散步，看到了很多花，\n"
        "还有许多人在湖边钓鱼，孩子们在草地上跑来跑去，老人在树下下棋，\n"
        "大家都很高兴。\n"
    )
    document = read(text.encode(), "night.txt")
    check(document)
    assert texts(document)[0].count("\n") == 0
    assert "torrents, except" in texts(document)[0]
    assert "很多花，还有许多人" in texts(document)[1]
    assert len(document.sentences) == 2


def test_a_paragraph_in_each_line() -> None:
    document = read("第一段。\n　　第二段。\n第三段。\r\n第四段。\u2028第五段。\x85第六段。".encode(), "")
    check(document)
    assert texts(document) == ["第一段。", "第二段。", "第三段。", "第四段。", "第五段。", "第六段。"]


def test_chapters_and_lists_of_plain_text() -> None:
    text = "Chapter 3\n\nText here.\n\n- one\n- two\n  * deep\n1. first\n2) second\n\n第二十章 归来\n他回来了。"
    document = read(text.encode(), "x.txt")
    check(document)
    assert parts(document) == [
        (Kind.HEADING, 1, "Chapter 3"),
        (Kind.TEXT, 0, "Text here."),
        (Kind.ITEM, 1, "one"),
        (Kind.ITEM, 1, "two"),
        (Kind.ITEM, 2, "deep"),
        (Kind.ITEM, 1, "1. first"),
        (Kind.ITEM, 1, "2) second"),
        (Kind.HEADING, 1, "第二十章 归来"),
        (Kind.TEXT, 0, "他回来了。"),
    ]
    assert document.paragraphs[2].path == ("Chapter 3",)
    assert document.paragraphs[8].path == ("第二十章 归来",)


def test_what_only_looks_like_a_heading_is_none() -> None:
    for line in ("第一部分内容如下：", "Part 2 of it was fine. It ended.", "第三章说的是春天。"):
        assert read(line.encode(), "x.txt").paragraphs[0].kind is Kind.TEXT


def test_odd_characters_go_and_joiners_stay() -> None:
    family = "\U0001f468\u200d\U0001f469"
    odd = f"a\x00b\ufeffc\u200bd\xade\u202ef {family}\r\ng\rh\x0bi\xa0j\ud800k"
    assert clean(odd) == f"abcdef {family}\ng\nh\ni j\ufffdk"
    document = read(("a\x00b\u200bc\n" + "words and more words\n" * 20).encode() * 9, "x.txt")
    check(document)
    assert texts(document)[0] == "abc"


def test_notes_tell_how_the_bytes_were_read() -> None:
    guessed = read("今年春天雨水很多，河边的柳树比往年早绿了十天。村里的人都说好。".encode("gb18030"), "x.txt")
    assert guessed.encoding == "gb18030"
    assert [note.kind for note in guessed.notes] == [NoteKind.ENCODING_GUESSED]
    lossy = read(("Größe " * 100).encode() + b"\xff", "x.txt")
    assert [(note.kind, note.values) for note in lossy.notes] == [(NoteKind.CHARACTERS_LOST, {"characters": 1})]


def test_the_title_is_the_first_heading_or_the_name_or_the_first_words() -> None:
    assert read(b"Chapter 1\n\nText.", "book.txt").title == "Chapter 1"
    assert read(b"Text.", "C:\\texts\\my book.final.txt").title == "my book.final"
    assert read("今天天气很好。".encode(), "").title == "今天天气很好"
    assert read(b"# Kelp and *coal*\n\nText.", "").title == "Kelp and coal"
    assert read(b"word " * 100, "").title.endswith("…")
    assert len(read(b"word " * 100, "").title) <= 80


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    builder = Builder("text")
    for _ in range(MAX_CHARACTERS // 1_000_000 + 2):
        builder.add("x" * 1_000_000)
    document = builder.finish()
    assert len(document.text) <= MAX_CHARACTERS
    assert document.notes[0].kind is NoteKind.CUT
    assert builder.full


@pytest.mark.parametrize("data", [b"", b"  \n\n\t", b"\xef\xbb\xbf", "\u200b\ufeff\n".encode()])
def test_nothing_is_an_empty_document(data: bytes) -> None:
    with pytest.raises(AssistantError) as caught:
        read(data, "a.txt")
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY


# ---------------------------------------------------------------- Markdown

MARKDOWN = """---
title: "My notes"
---
# One

A *para* with `code`
and [a link](http://example.org "t"), ![a picture](x.png).
第一行
第二行

Two
---

1. first
2. second
   - nested

   more of it

| a | b |
|---|---|
| 1 | **2** |

> quoted
> words

```py
x = 1

y = 2
```

<div><p>raw <b>HTML</b></p><script>no()</script></div>
"""


def test_markdown_keeps_its_structure_and_loses_its_marks() -> None:
    document = read(MARKDOWN.encode(), "x.md")
    check(document)
    assert document.title == "My notes"
    assert parts(document) == [
        (Kind.HEADING, 1, "One"),
        (Kind.TEXT, 0, "A para with code and a link, a picture. 第一行第二行"),
        (Kind.HEADING, 2, "Two"),
        (Kind.ITEM, 1, "1. first"),
        (Kind.ITEM, 1, "2. second"),
        (Kind.ITEM, 2, "nested"),
        (Kind.TEXT, 0, "more of it"),
        (Kind.TABLE, 0, "a\tb\n1\t2"),
        (Kind.QUOTE, 0, "quoted words"),
        (Kind.CODE, 0, "x = 1\n\ny = 2"),
        (Kind.TEXT, 0, "raw HTML"),
    ]
    assert document.paragraphs[3].path == ("One", "Two")


def test_a_long_markdown_text_is_parsed_in_pieces_without_breaking_a_fence() -> None:
    block = "## Head\n\nSome *marked* words.\n\n```\n# no heading\n\n# none either\n```\n\n"
    document = read((block * 6000).encode(), "x.md")
    check(document)
    assert sum(p.kind is Kind.CODE for p in document.paragraphs) == 6000
    assert sum(p.kind is Kind.HEADING for p in document.paragraphs) == 6000


def test_markdown_beyond_what_is_parsed_is_still_read() -> None:
    block = "word " * 1000 + "\n\n"
    document = read((block * 250 + "# Last\n\nThe end.\n").encode(), "x.md")
    check(document)
    assert texts(document)[-2:] == ["Last", "The end."]
    assert document.paragraphs[-1].path == ("Last",)


def test_markdown_nested_beyond_measure_loses_nothing() -> None:
    assert "deep" in read(b"> " * 3000 + b"deep\n", "x.md").text


# ---------------------------------------------------------------- HTML

HTML = """<!doctype html><html lang="de"><head><meta charset=utf-8><title>Der Titel &amp; mehr</title>
<style>p{color:red}</style><script>var a = "<p>no</p>";</script></head>
<body><nav><ul><li>Home</ul></nav><h1>Eins &uuml;ber</h1><p>Erster <b>Absatz</b>
mit Umbruch.<br>Neue Zeile.<p>Zweiter<p hidden>versteckt<p>Dritter
<ul><li>a<li>b<ol><li>c<li><p>d</p><p>e</p></ol></ul>
<table><caption>Tabelle</caption><tr><th>A<th>B<tr><td>1<td>2 &lt;3</table>
<table><tr><td><h2>Layout</h2><p>im Kasten</td></tr></table>
<pre>  code
    mehr</pre><blockquote><p>Zitat</p></blockquote>
<div style="display:none">x<div>y</div></div><span aria-hidden="true">z</span><!-- <p>no --->
<p>Ende <ruby>漢<rt>かん</rt></ruby>&#x1F600;<svg><text>no</text></svg><noscript>no</noscript>
"""


@pytest.mark.parametrize(
    ("title", "heading", "called"),
    [
        ("A night fire | The Courier", "A night fire", "A night fire"),
        ("码头夜间起火_临川日报", "码头夜间起火", "码头夜间起火"),
        ("码头夜间起火 - 临川日报", "码头夜间起火", "码头夜间起火"),
        ("A night fire", "A night fire", "A night fire"),
        ("A night fire-fighter", "A night fire", "A night fire-fighter"),
        ("Courier – news", "A night fire", "Courier – news"),
    ],
)
def test_the_title_of_a_page_is_its_own_without_the_site(title: str, heading: str, called: str) -> None:
    page = f"<html><title>{title}</title><body><p>Today</p><h1>{heading}</h1><p>It burnt.</p></body></html>"
    assert read(page.encode(), "x.html").title == called


def test_a_page_is_what_a_browser_shows() -> None:
    document = read(HTML.encode(), "x.html")
    check(document)
    assert (document.title, document.language) == ("Der Titel & mehr", "de")
    assert parts(document) == [
        (Kind.HEADING, 1, "Eins über"),
        (Kind.TEXT, 0, "Erster Absatz mit Umbruch.\nNeue Zeile."),
        (Kind.TEXT, 0, "Zweiter"),
        (Kind.TEXT, 0, "Dritter"),
        (Kind.ITEM, 1, "a"),
        (Kind.ITEM, 1, "b"),
        (Kind.ITEM, 2, "1. c"),
        (Kind.ITEM, 2, "2. d"),
        (Kind.TEXT, 0, "e"),
        (Kind.CAPTION, 0, "Tabelle"),
        (Kind.TABLE, 0, "A\tB\n1\t2 <3"),
        (Kind.HEADING, 2, "Layout"),
        (Kind.TEXT, 0, "im Kasten"),
        (Kind.CODE, 0, "  code\n    mehr"),
        (Kind.QUOTE, 0, "Zitat"),
        (Kind.TEXT, 0, "Ende 漢😀"),
    ]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="gb2312">', "gb18030"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', "cp932"),
        ('<?xml version="1.0" encoding="EUC-KR"?><html>', "cp949"),
    ],
)
def test_a_page_names_its_encoding(head: str, encoding: str) -> None:
    word = {"gb18030": "中文", "cp932": "日本", "cp949": "한국"}[encoding]
    page = f"{head}<body><p>{word}</p>".encode(encoding)
    document = read(page, "x.html")
    assert texts(document) == [word]
    assert document.encoding == encoding
    assert document.notes == ()


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "deep",
        "<table><tr><td>" * 20_000 + "deep",
        "<ul><li>" * 20_000 + "deep",
        "deep" + "<" * 300_000,
        "deep" + "<!--" * 200_000,
        "deep<a " + "x=" * 200_000,
        "deep" + "</" * 200_000 + ">",
        "deep" + "<script>" * 100_000,
        "deep" + "&amp" * 200_000,
        "deep" + "&#" * 200_000 + ";<b>",
        "</p></table></td></ul></li></pre></blockquote>deep",
    ],
    ids=lambda markup: markup[:12],
)
def test_hostile_markup_is_read_like_any_other(markup: str) -> None:
    document = read(f"<html><body>{markup}".encode(), "x.html")
    assert "deep" in document.text


def test_tables_in_tables_keep_their_order() -> None:
    inner = "<table><tr><td>x<td>y</table>"
    page = f"<body><table><caption>all</caption><tr><td>a{inner}b<table><tr><td>c{inner}</table>d</table>e"
    assert texts(read(f"<html>{page}".encode(), "x.html")) == ["all", "a", "x\ty", "b", "c", "x\ty", "d", "e"]


def test_words_of_tables_in_tables_are_not_carried_from_one_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    put = html.Page._put
    count = 0

    def counted(page: html.Page, block: html._Block) -> None:
        nonlocal count
        count += 1
        put(page, block)

    monkeypatch.setattr(html.Page, "_put", counted)
    page = "<table><tr><td>word" * 300 + "</table>" * 300
    assert texts(read(f"<html><body>{page}".encode(), "x.html")) == ["word"] * 300
    assert count <= 600


# ---------------------------------------------------------------- e-mail

MAIL = """From: =?utf-8?b?5byg5LiJ?= <zhang@example.org>
To: b@example.org
Subject: =?gb2312?B?xOO6ww==?=
Date: Mon, 1 Jan 2024 10:00:00 +0000
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=X

--X
Content-Type: multipart/alternative; boundary=Y

--Y
Content-Type: text/plain; charset=gb2312
Content-Transfer-Encoding: base64

xOO6w6Os1vrA7aGjCgo+IM/Izvi1xA==
--Y
Content-Type: text/html

<p>not this one</p>
--Y--
--X
Content-Type: application/pdf
Content-Disposition: attachment; filename="plan.pdf"
Content-Transfer-Encoding: base64

JVBERg==
--X
Content-Type: message/rfc822

From: c@example.org
Subject: The inner one

<Inner text.>
--X--
"""


def test_a_message_has_its_fields_its_text_and_the_names_of_its_attachments() -> None:
    document = read(MAIL.encode(), "x.eml")
    check(document)
    assert document.title == "你好"
    found = parts(document)
    assert found[0] == (Kind.HEADING, 1, "你好")
    assert found[1][2].startswith("From: 张三 <zhang@example.org>\nTo: b@example.org\nDate: Mon, 01 Jan 2024")
    assert found[2] == (Kind.TEXT, 0, "你好，助理。")
    assert found[3][0] is Kind.QUOTE
    assert (Kind.HEADING, 2, "The inner one") in found
    assert (Kind.TEXT, 0, "<Inner text.>") in found
    assert (Kind.ITEM, 1, "plan.pdf") in found
    assert "not this one" not in document.text
    (note,) = document.notes
    assert (note.kind, note.values) == (NoteKind.ATTACHMENTS_IGNORED, {"attachments": 1})


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "big5"])
@pytest.mark.parametrize("kind", ["text/plain", "multipart/mixed; boundary=X"], ids=["plain", "parts"])
def test_fields_of_bytes_are_read_as_the_text_says(encoding: str, kind: str) -> None:
    body = f"--X\nContent-Type: text/plain; charset={encoding}\n\n" if "X" in kind else ""
    declared = "" if body else f"; charset={encoding}"
    mail = (
        f"From: 李明 <li@example.org>\nTo: =?utf-8?b?5byg5LiJ?= 先生 <z@example.org>\nSubject: 年度\n 工作安排\n"
        f"Date: never\nContent-Type: {kind}{declared}\n\n{body}如上。\n"
    )
    document = read(mail.encode(encoding), "x.eml")
    assert document.title == "年度 工作安排"
    assert texts(document)[1].startswith("From: 李明 <li@example.org>\nTo: 张三 先生 <z@example.org>")


def test_fields_of_bytes_without_a_declaration_are_guessed() -> None:
    mail = "From: Jürgen Müller <j@example.org>\nSubject: Die Straße führt über die Brücke\nDate: never\n\nHallo.\n"
    document = read(mail.encode("latin-1"), "x.eml")
    assert document.title == "Die Straße führt über die Brücke"
    odd = read(b"From: a\nTo: b\nSubject: \xff\x01\x02\x03\x04\x05\xfe\n\n" + b"Body.\n" * 200, "x.eml")
    assert "Body." in texts(odd)[-1]


def test_a_message_of_html_alone() -> None:
    mail = "From: a@example.org\nSubject: Hi\nMIME-Version: 1.0\nContent-Type: text/html\n\n<h2>Head</h2><p>Body.</p>"
    assert texts(read(mail.encode(), "x.eml"))[-2:] == ["Head", "Body."]


def test_damaged_messages_are_read_as_far_as_they_go() -> None:
    for mail in (
        "From: <<<>>>\nTo: =?x?y?z?=\nSubject: a\nDate: never\n\nBody.",
        "From: a\nSubject: b\nDate: c\nContent-Type: multipart/mixed; boundary=\n\nBody.",
        "From: a\nSubject: b\nDate: c\nContent-Transfer-Encoding: base64\n\nBody.!!",
        "From: a\nSubject: b\nDate: c\nContent-Type: text/plain; charset=nonsense\n\nBody.",
    ):
        assert "b" in read(mail.encode(), "x.eml").text.lower()


def test_messages_inside_messages_end_somewhere() -> None:
    mail = "From: a\nSubject: s\nDate: d\nContent-Type: message/rfc822\n\n" * 3000 + "end"
    found = tried(mail.encode(), "x.eml")
    if isinstance(found, AssistantError):
        assert found.kind is ErrorKind.DOCUMENT_DAMAGED
    else:
        assert len(found.paragraphs) < 100


# ---------------------------------------------------------------- subtitles


def test_what_is_said_is_joined_and_has_its_time() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,500\nHello <i>there</i>.\n\n"
        "2\n00:00:02,600 --> 00:00:04,000\nHow are you\ntoday?\n\n"
        "3\n01:02:10,000 --> 01:02:12,000\n{\\an8}- Fine.\n- Good &amp; well.\n"
    )
    for data in (text.encode(), text.replace("\n", "\r\n").encode("utf-16")):
        document = read(data, "x.srt")
        check(document)
        assert document.format == "srt"
        assert texts(document) == ["Hello there. How are you today?", "- Fine.", "- Good & well."]
        assert [p.path for p in document.paragraphs] == [("0:00:01",), ("1:02:10",), ("1:02:10",)]


@pytest.mark.parametrize("number", ["2\n", ""], ids=["numbered", "times alone"])
def test_an_empty_line_inside_a_cue_drops_nothing(number: str) -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:02,500\n\nHello there.\n \nHow are you?\n\n"
        f"{number}00:01:02,600 --> 00:01:04,000\n42\n\n"
        f"{number}00:02:10,000 --> 00:02:12,000\nThe end.\n\n4\n"
    )
    assert texts(read(text.encode(), "x.srt")) == ["Hello there. How are you?", "42", "The end."]


def test_vtt_with_notes_voices_and_captions_that_roll() -> None:
    text = (
        "WEBVTT - title\n\nNOTE\nnot said\n\nSTYLE\n::cue{}\n\nintro\n"
        "00:01.000 --> 00:02.500 align:start\n<v Ann>今天\n\n"
        "00:02.500 --> 00:04.000\n<v Ann>今天\n天气好。\n\n00:04.000 --> 00:05.000\n天气好。\n走吧。\n"
    )
    document = read(text.encode(), "any.txt")
    assert document.format == "vtt"
    assert texts(document) == ["Ann: 今天天气好。走吧。"]


def cues(lines: list[str], seconds: int) -> bytes:
    """One cue for each line, one right after the other."""
    said = (
        f"{number + 1}\n{clock(number * seconds)},000 --> {clock((number + 1) * seconds)},000\n{line}\n"
        for number, line in enumerate(lines)
    )
    return "\n".join(said).encode()


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@pytest.mark.parametrize("line", ["Short words {n}.", "短句{n}。"], ids=["en", "zh"])
def test_the_time_of_what_was_said_is_not_far_from_it(line: str) -> None:
    document = read(cues([line.format(n=number) for number in range(60)], 3), "x.srt")  # without any pause
    check(document)
    assert [p.path[0] for p in document.paragraphs] == [f"0:0{at // 60}:{at % 60:02}" for at in range(0, 180, 30)]
    assert all(line.format(n=number) in document.text for number in range(60))


@pytest.mark.parametrize("line", ["words without an end {n}", "没有句号{n}"], ids=["en", "zh"])
def test_captions_without_full_stops_have_their_times_too(line: str) -> None:
    document = read(cues([line.format(n=number) for number in range(60)], 3), "x.srt")
    assert [p.path[0] for p in document.paragraphs] == ["0:00:00", "0:01:00", "0:02:00"]


def test_a_sentence_is_not_cut_for_its_time() -> None:
    lines = ["It began", "a long", "time ago.", "Then it", "went on."]
    document = read(cues(lines, 9), "x.srt")
    assert texts(document) == ["It began a long time ago.", "Then it went on."]
    assert [p.path[0] for p in document.paragraphs] == ["0:00:00", "0:00:27"]


def test_subtitles_without_times_are_damaged() -> None:
    with pytest.raises(AssistantError) as caught:
        read(b"WEBVTT\n\nhello\n", "x.vtt")
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED
    with pytest.raises(AssistantError) as caught:
        read(b"WEBVTT\n\n", "x.vtt")
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY


# ---------------------------------------------------------------- which format


@pytest.mark.parametrize(
    ("data", "name", "format"),
    [
        (b"# Head", "a.md", "markdown"),
        (b"# Head", "a.txt", "text"),
        (b"<!DOCTYPE html><p>x", "a.txt", "html"),
        (b"  <!-- c --><html>", "a", "html"),
        (b"<p>x</p>", "a.htm", "html"),
        (b"plain words", "a.html", "text"),
        (b"one<br>two", "a.html", "html"),
        ("<html><p>x".encode("utf-16"), "a", "html"),
        (b"a,b\n1,2", "a.csv", "csv"),
        (b"From: a\nTo: b\nSubject: c\n\nx", "a", "eml"),
        (b"Subject: c\nX-A: b\n\nx", "a.eml", "eml"),
        (b"Dear Ann: hello\nTo: be or not to be\n\nx", "a.txt", "text"),
        (b"WEBVTT\n\n", "a.txt", "vtt"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nHi\n", "a.txt", "srt"),
        (b"%PDF-1.7\n", "a.txt", "pdf"),
        (b"{\\rtf1 x}", "a.doc", "rtf"),
    ],
)
def test_the_bytes_tell_the_format_and_the_name_is_a_hint(data: bytes, name: str, format: str) -> None:
    assert sniff(data, name) == format
    assert format in READERS


@pytest.mark.parametrize(
    ("name", "format", "told"),
    [
        *(("a.docx", "text", ("docx", "text")), ("a.DOCX", "pdf", ("DOCX", "pdf")), ("a.txt", "rtf", ("txt", "rtf"))),
        *(("a.tsv", "xlsx", ("tsv", "xlsx")), ("a.epub", "html", ("epub", "html"))),
        *(
            ("a.docx", "docx", ()),
            ("a.txt", "html", ()),
            ("a.md", "text", ()),
        ),
        *(("a.doc", "rtf", ()), ("docx", "text", ())),
    ],
)
def test_a_name_that_stands_for_another_format_is_told(name: str, format: str, told: tuple[str, ...]) -> None:
    notes = named_otherwise(name, format)
    assert [(note.values["named"], note.values["format"]) for note in notes] == ([told] if told else [])


def test_a_text_that_is_called_a_document_is_read_as_a_text() -> None:
    document = read(b"The lamp is lit.", "letter.docx")
    assert (document.text, document.format) == ("The lamp is lit.", "text")
    assert [note.kind for note in document.notes] == [NoteKind.NAMED_OTHERWISE]


@given(st.binary(max_size=400), st.sampled_from(["", "a.txt", "a.md", "a.html", "a.eml", "a.srt", "a.vtt"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    found = tried(data, name)
    if isinstance(found, AssistantError):
        assert found.kind.value.startswith("document_")
    else:
        check(found)


SNIPPETS = st.sampled_from(
    (
        *("<p>", "</p>", "<table>", "<td>", "</table>", "<li>", "<pre>", "<b", "-->", "<!--", "<script>", "</script>"),
        *("<h1>", "<br>", "<title>", "&lt;", "- ", "\n", "\n\n", "# ", "> ", "```\n"),
        *("| a |\n|---|\n", "1. ", "[x](", "]"),
        *("*", "text ", "中文。", "  ", "\t", "\x00", "\u200b", "From: a\n", "00:01.000 --> 00:02.000\n"),
        "WEBVTT\n\n",
    )
)


@given(st.lists(SNIPPETS, max_size=60).map("".join), st.sampled_from(["a.txt", "a.md", "a.html", "a.eml", "a.vtt"]))
def test_any_markup_is_read_or_refused(text: str, name: str) -> None:
    found = tried(text.encode(), name)
    if isinstance(found, AssistantError):
        assert found.kind in (ErrorKind.DOCUMENT_EMPTY, ErrorKind.DOCUMENT_UNKNOWN, ErrorKind.DOCUMENT_DAMAGED)
        assert "Error" not in found.detail, found.detail  # no exception of a library stands behind it
    else:
        check(found)

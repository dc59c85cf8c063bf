"""HTML for translation: tags, attributes, entities, and what is none of a page's words."""

from __future__ import annotations

import pytest

from assistant.documents.model import NoteKind
from assistant.documents.segments import SegmentKind, is_code, without_codes
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.splicing import Translatable

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>My &amp; page</title><style>p{x:y}</style><meta name="a" content="not this"></head>
<body>
<h1 title='He said "hi"'>Big <em>news</em> today</h1>
<p>This is <b>bold.</b> And <a href="x?a=1&b=2" title="A link title">a link
   here</a> with <code>code()</code> too.<br>New line &copy; 2020 &lt;tag&gt;.</p>
<p><b>All bold. Two sentences.</b></p>
<ul><li>One<li>Two <img src=x alt=Picture> three</ul>
<p translate="no">Do not translate<p>Do translate \\(x < y\\) that. <span class="notranslate">Lamplight</span>
<pre>code <b>here</b></pre>
<table><tr><td>Cell one. Two</td><td>12</td></tr></table>
<!-- comment here --><script>var x = "<p>text</p>";</script>
<input placeholder="Your name" aria-label="Name"><textarea>raw words</textarea>
中文<br>
</body></html>"""


def opened(text: str) -> Translatable:
    return open_translatable(text.encode(), "page.html")


def body(text: str, *texts: str | None, language: str = "de") -> str:
    written = opened(f"<body>{text}").write(texts, language=language, source="en").decode()
    return written.removeprefix("<body>")


DRAWING = (
    '<svg aria-label="A map"><title>Two &amp; three</title><style>text { x: y }</style><desc>What it shows</desc>'
    '<text x="1">Main <tspan dy="2">street</tspan> here</text><text>Odd <foreignObject>words</foreignObject></text>'
    '<g translate="no"><text>Never this</text></g><text class="notranslate">Nor this</text></svg>'
)


def test_the_words_of_drawings_and_fields() -> None:
    document = opened(f"<p>See {DRAWING} here.</p><textarea placeholder='Say it'>One &lt; two\n\n  words</textarea>")
    texts = {without_codes(one.text): one.text for one in document.document.segments}
    said = ["See  here.", "A map", "Two & three", "What it shows", "Main street here", "Say it", "One < two\n\n  words"]
    assert list(texts) == said
    new = [one.text.replace("e", "<").replace("o", "0") for one in document.document.segments]
    written = document.write(new, language="de", source="en").decode()
    assert '<svg aria-label="A map"><title>Tw0 &amp; thr&lt;&lt;</title><style>text { x: y }</style>' in written
    assert '<text x="1">Main <tspan dy="2">str&lt;&lt;t</tspan> h&lt;r&lt;</text><text>Odd <foreignObject>' in written
    assert "<textarea placeholder='Say it'>On&lt; &lt; tw0\n\n  w0rds</textarea>" in written
    assert (
        '<g translate="no"><text>Never this</text></g><text class="notranslate">Nor this</text></svg> h&lt;' in written
    )
    again = open_translatable(written.encode(), "page.html").document
    assert [without_codes(one.text) for one in again.segments] == [without_codes(one) for one in new]
    kept = opened("<p>Words</p><textarea translate=no>No words</textarea>").document
    assert [one.text for one in kept.segments] == ["Words"]


FALLBACKS = (
    '<p>See <object data="a.pdf" title="The plan">Your browser shows no <b>PDF</b>: <a href="a.pdf">get it</a></object>'
    ' here.</p><video src="a.mp4"><track label="In English"><p>No film.</p><object>Nor this</object></video>'
    "<canvas><table><tr><td>A chart</table></canvas><noscript><p>Switch it on.</p></noscript>"
    '<map name="m"><area href="x" alt="The north"></map>'
    "<svg><text>Street</text><foreignObject><p>In a <i>drawing</i>.<br>Two lines</p></foreignObject>"
    "<text>End</text></svg>"
)


def test_what_is_shown_in_the_place_of_something_is_translated() -> None:
    document = opened(FALLBACKS)
    assert sorted(without_codes(one.text) for one in document.document.segments) == sorted(
        ["See  here.", "The plan", "Your browser shows no PDF: get it", "In English", "No film.", "Nor this", "A chart",
         "Switch it on.", "The north", "Street", "In a drawing.", "Two lines", "End"]
    )  # fmt: skip
    assert document.document.notes == ()
    texts = [one.text for one in document.document.segments]
    assert document.write(texts, language="de", source="en") == FALLBACKS.encode()
    written = document.write([one.upper() for one in texts], language="de", source="en").decode()
    for part in (
        'title="THE PLAN">YOUR BROWSER SHOWS NO <b>PDF</b>: <a href="a.pdf">GET IT</a></object> HERE.</p>',
        "<p>NO FILM.</p><object>NOR THIS</object></video>",
        "<foreignObject><p>IN A <i>DRAWING</i>.<br>TWO LINES</p>",
    ):
        assert part in written
    again = opened(written).document
    assert [one.text for one in again.segments] == [one.upper() for one in texts]


def test_what_no_browser_shows_is_told() -> None:
    page = (
        '<p>Words.</p><iframe src="a" title="A map">No <b>frames</b></iframe><iframe src="b"></iframe>'
        '<iframe srcdoc="&lt;p>A page"></iframe><noframes>Old ones</noframes><p>More.</p>'
    )
    document = opened(page).document
    assert [one.text for one in document.segments] == ["Words.", "A map", "More."]
    assert [(note.kind, note.values) for note in document.notes] == [(NoteKind.EMBEDDED_LEFT, {"texts": 3})]
    deep = opened("<p>Words.</p>" + "<object>" * 9 + "far inside" + "</object>" * 9).document
    assert [one.text for one in deep.segments] == ["Words."]
    assert [note.values for note in deep.notes] == [{"texts": 1}]
    kept = opened('<p>Words.</p><object translate="no">Not this</object><svg><g translate="no"><br><text>N</text></g>'
                  "<text>But this</text></svg>").document  # fmt: skip
    assert [one.text for one in kept.segments] == ["Words.", "But this"]
    assert kept.notes == ()


def test_what_is_translated() -> None:
    document = opened(PAGE).document
    assert [without_codes(one.text) for one in document.segments] == [
        "My & page",
        'He said "hi"',
        "Big news today",
        "This is bold.",
        "And a link here with  too.",
        "New line © 2020 <tag>.",
        "A link title",
        "All bold.",
        "Two sentences.",
        "One",
        "Two  three",
        "Picture",
        "Do translate  that. ",
        "Cell one. Two",
        "中文",
        "Your name",
        "Name",
        "raw words",
    ]
    assert (document.title, document.language, document.format) == ("My & page", "en", "html")
    kinds = {one.text: one.kind for one in document.segments}
    assert kinds["One"] is SegmentKind.ITEM
    assert kinds["Cell one. Two"] is SegmentKind.CELL
    assert kinds["My & page"] is SegmentKind.HEADING


def test_identity_and_structure() -> None:
    page = opened(PAGE)
    segments = page.document.segments
    assert page.write([one.text for one in segments], language="de", source="en") == PAGE.encode()
    texts = [one.text.upper() for one in segments]
    written = page.write(texts, language="de", source="en").decode()
    again = opened(written).document
    assert [one.text for one in again.segments] == texts
    assert again.language == "de"
    for kept in ("<style>p{x:y}</style>", "not this", 'href="x?a=1&b=2"', "<code>code()</code>", "Do not translate",
                 "\\(x < y\\)", ">Lamplight<", "<pre>code <b>here</b></pre>", "<!-- comment here -->",
                 'var x = "<p>text</p>";', "RAW WORDS", 'alt="PICTURE"'):  # fmt: skip
        assert kept in written


def test_new_words_are_escaped() -> None:
    assert body("<p>One</p>", "a < b & c > d") == "<p>a &lt; b &amp; c &gt; d</p>"
    assert body('<img alt="One two">', '"x" & <y>') == '<img alt="&quot;x&quot; &amp; &lt;y>">'
    assert body("<img alt='One two'>", "it's") == "<img alt='it&#39;s'>"


def test_what_is_not_changed_keeps_its_spelling() -> None:
    assert body("<p>One &copy; two. Three&nbsp;four.</p>", None, "Drei.") == "<p>One &copy; two. Drei.</p>"
    assert body("<p>One &copy; two. Three&nbsp;four.</p>", "Eins.", None) == "<p>Eins. Three&nbsp;four.</p>"


def test_codes_move_with_their_words() -> None:
    document = opened("<p>A <b>red</b> car <i>drives</i>.</p>")
    (segment,) = document.document.segments
    b, b_end, i, i_end = (one for one in segment.text if is_code(one))
    written = document.write([f"Es {i}fährt{i_end} ein {b}rotes{b_end} Auto."], language="de", source="en").decode()
    assert written == "<p>Es <i>fährt</i> ein <b>rotes</b> Auto.</p>"


@pytest.mark.parametrize(
    "target", ["Ein Auto fährt rot.", "\ue200Ein\ue000 Auto", "\ue000\ue001Ein\ue200 Auto\ue201", ""]
)
def test_codes_that_are_wrong_are_put_right(target: str) -> None:
    written = body("<p>A <b>red</b> car <i>drives</i>.</p>", target)
    assert written.count("<b>") == written.count("</b>") == 1
    assert written.index("<b>") < written.index("</b>") <= written.index("<i>") < written.index("</i>")


def test_a_break_does_not_get_to_an_end() -> None:
    document = opened("<p>Two words<br>three words</p>")
    (segment,) = document.document.segments
    code = next(one for one in segment.text if is_code(one))
    written = document.write([f"Zwei Worte, drei Worte{code}"], language="de", source="en").decode()
    assert written == "<p>Zwei Worte,<br> drei Worte</p>"


def test_spaces_between_chinese_and_english_sentences() -> None:
    assert body("<p>One two. <b>Three four.</b></p>", "一二。", "三四。", language="zh") == "<p>一二。<b>三四。</b></p>"
    assert body("<p><b>你好。</b>我们出门。</p>", "Hello.", "We go.", language="en") == "<p><b>Hello.</b> We go.</p>"


def test_a_character_that_the_encoding_does_not_have_is_a_reference() -> None:
    data = '<meta charset="iso-8859-1"><p>Déjà vu, là-bas.</p>'.encode("cp1252")
    written = open_translatable(data, "x.html").write(["你好é"], language="zh", source="fr")
    assert written == '<meta charset="iso-8859-1"><p>&#20320;&#22909;é</p>'.encode("cp1252")


def test_a_page_of_plain_letters_keeps_to_the_encoding_that_it_names() -> None:
    data = b'<meta charset="iso-8859-1"><p>Two words</p>'
    assert open_translatable(data, "x.html").write(["Zwei Wörter 二"], language="de", source="en") == (
        b'<meta charset="iso-8859-1"><p>Zwei W\xf6rter &#20108;</p>'
    )


@pytest.mark.parametrize(
    "damage",
    ["<p>Words <b", "<p>Words <!-- never ends", "<p>Words <a title='x>y", "<p>Words</p><script>never ends",
     "<p>Words & &; &#; &#xZ; < >",
     "</b></i></p>Words<p", "<p>Words <![CDATA[x", "<p>Words <code>never",
     "<p>Words <?php echo '>' ?> here", "<b><i>Words</b></i>"],
)  # fmt: skip
def test_damaged_markup_stays_as_it_is(damage: str) -> None:
    data = f"<html><body><p>First words.</p>{damage}".encode()
    page = open_translatable(data, "x.html")
    segments = page.document.segments
    assert segments[0].text == "First words."
    assert page.write([one.text for one in segments], language="de", source="en") == data
    written = page.write([one.text.upper() for one in segments], language="de", source="en")
    assert written.upper() == data.upper().replace(b" & &; &#; &#XZ; < >", b" &AMP; &AMP;; &AMP;#; &AMP;#XZ; &LT; &GT;")


@pytest.mark.parametrize("piece", ["<b>", "<a ", "<!--", "&", "<p x='", "<p><b>x", "</b>", '<a "'])
def test_endless_markup_ends_soon(piece: str) -> None:
    data = ("<html><body><p>First words.</p>" + piece * 30_000).encode()
    page = open_translatable(data, "x.html")
    assert page.write([one.text for one in page.document.segments], language="de", source="en") == data


def test_words_that_only_attributes_say() -> None:
    head = '<meta name="description" content="About it"><meta property="og:title" content="Shown"><meta name="robots" '
    page = (
        f'<html><head>{head}content="all"></head><body><input type="submit" value="Send"><input value="kept">'
        '<optgroup label="Fruit"><option label="Pear">x-1</option></optgroup><table><td>Cell. Here</table>Text. More.'
    )
    document = open_translatable(page.encode(), "a.html").document
    assert [one.text for one in document.segments] == [
        *("About it", "Shown", "Send", "Fruit", "Pear", "x-1", "Cell. Here", "Text.", "More."),
    ]


@pytest.mark.parametrize(
    ("before", "language", "after"),
    [
        ("<html>", "ar", '<html dir="rtl">'), ('<html lang="en">', "he", '<html dir="rtl" lang="he">'),
        ('<html dir="ltr">', "fa", '<html dir="rtl">'), ('<html dir="rtl">', "en", '<html dir="ltr">'),
        ("<html>", "de", "<html>"), ('<html dir="rtl">', "ur", '<html dir="rtl">'),
    ],
)  # fmt: skip
def test_a_page_goes_as_its_language_does(before: str, language: str, after: str) -> None:
    written = opened(f"{before}<p>Words</p>").write(["X"], language=language, source="en").decode()
    assert written == f"{after}<p>X</p>"


def test_what_is_said_to_be_in_the_language_of_the_page_is_in_the_new_one() -> None:
    page = (
        '<html lang="en"><body xml:lang="en-GB" lang="en-GB"><p lang="en-US">One.</p><q lang="fr">Deux.</q>'
        '<p lang="">Three.</p><p lang="en" translate="no">Kept.</p></body></html>'
    )
    written = opened(page).write(["A.", "B.", "C."], language="de", source="en").decode()
    kept = page.partition("<q")[2].replace("Deux", "B").replace("Three", "C")
    assert written == (f'<html lang="de"><body xml:lang="de" lang="de"><p lang="de">A.</p><q{kept}')
    assert opened('<p lang="en">One.</p>').write(["A."], language="de", source="en") == b'<p lang="en">A.</p>'


def test_the_number_of_a_note_stays_behind_its_sentence() -> None:
    page = '<p>It shone.<sup>1</sup> It went out.<a href="#n">[2]</a> See <b>3</b> more.<sup>*</sup></p>'
    found = opened(page).document.segments
    assert [without_codes(one.text) for one in found] == ["It shone.", "It went out.", "See 3 more."]
    chinese = opened("<p>灯亮了。<sup>1</sup>灯灭了。</p>")
    assert [one.text for one in chinese.document.segments] == ["灯亮了。", "灯灭了。"]
    written = chinese.write(["It shone.", "It went out."], language="en", source="zh").decode()
    assert written == "<p>It shone.<sup>1</sup> It went out.</p>"


def test_readings_above_words_go_with_the_words() -> None:
    page = (
        "<p>これは<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>です。<ruby><b>読</b><rt>よ</rt></ruby>みます。"
        "<ruby id='a'>字<rt>じ</rt></ruby>。<ruby>A. B<rt>x</rt></ruby></p><p><ruby>開<rt>あ<p>次の段落。</p>"
    )
    opened = open_translatable(page.encode(), "a.html")
    segments = opened.document.segments
    assert [without_codes(one.text) for one in segments] == ["これは漢字です。", "読みます。", "次の段落。"]
    new = opened.write(["These are signs.", None, None], language="en", source="ja").decode()
    assert new == page.replace(page[3 : page.index("<ruby><b>")], "These are signs. ")
    new = opened.write([None, "Read.", None], language="en", source="ja").decode()
    assert "じ</rt></ruby>です。 Read.<ruby id='a'>" in new
    assert new.count("<ruby") == new.count("</ruby>") + 1 == 4


def test_the_next_word_of_a_ruby_ends_the_reading_before_it() -> None:
    page = "<p>これは<ruby><rb>漢<rt>かん<rb>字<rt>じ</ruby>です。</p>"
    assert [one.text for one in open_translatable(page.encode(), "a.html").document.segments] == ["これは漢字です。"]


def test_an_attribute_that_nobody_wrote_for_people() -> None:
    page = f"<body><p title='{'many words ' * 6000}'>Shown.</p><p title='Some words'>Too.</p></body>"
    assert [one.text for one in open_translatable(page.encode(), "a.html").document.segments] == [
        "Shown.",
        "Some words",
        "Too.",
    ]

"""Pages, texts with markup and archives that are too much of something, to be read and to be translated."""

from __future__ import annotations

from tests.fakes import documents as make
from tests.fakes.hostile_amounts import Collection, Much
from tests.fakes.hostile_documents import stored_word, word_body
from tests.fakes.pdf_files import Page, pdf

MARKUP = Collection()
_HEAD = b"<html><body>"


# ---------------------------------------------------------------- HTML


@MARKUP.add("inline.html")
def html_a_million_inline_elements(much: Much) -> bytes:
    return _HEAD + b"<p>" + b"<b>x</b> " * much(1_000_000)


@MARKUP.add("paragraphs.html")
def html_a_million_paragraphs(much: Much) -> bytes:
    return _HEAD + b"<p>x y" * much(1_000_000)


@MARKUP.add("breaks.html")
def html_a_million_line_breaks(much: Much) -> bytes:
    return _HEAD + b"<p>" + b"word<br>" * much(1_000_000)


@MARKUP.add("nested.html")
def html_inline_elements_in_each_other(much: Much) -> bytes:
    return _HEAD + b"<b><a href=x>" * much(250_000) + b"innermost" + b"</a></b>" * much(250_000)


@MARKUP.add("lists.html")
def html_lists_in_lists(much: Much) -> bytes:
    return _HEAD + b"<ul><li>item" * much(200_000) + b"</ul>" * much(200_000)


@MARKUP.add("tables.html")
def html_tables_in_tables(much: Much) -> bytes:
    return _HEAD + b"<table><tr><td>cell" * much(100_000) + b"</table>" * much(100_000)


@MARKUP.add("crossed.html")
def html_pairs_that_cross(much: Much) -> bytes:
    return _HEAD + b"<p>" + b"<b>one <i>two </b>three </i>" * much(100_000)


@MARKUP.add("unfinished.html")
def html_tags_that_never_end(much: Much) -> bytes:
    return _HEAD + b"<p>word" + b"<b " * much(1_000_000)


@MARKUP.add("closing.html")
def html_ends_of_nothing(much: Much) -> bytes:
    return _HEAD + b"<p>word" + b"</b></i></x>" * much(500_000)


@MARKUP.add("attributes.html")
def html_a_million_attributes(much: Much) -> bytes:
    return _HEAD + b"<p " + b"".join(b"a%d=x " % number for number in range(much(1_000_000))) + b">word"


@MARKUP.add("titles.html")
def html_a_million_titles(much: Much) -> bytes:
    return _HEAD + b"<img alt='a word'>" * much(1_000_000)


@MARKUP.add("script.html")
def html_a_script_of_fifty_megabytes(much: Much) -> bytes:
    return _HEAD + b"<script>" + b"if (a < b) { c('</'); }\n" * much(2_200_000) + b"</script><p>word"


@MARKUP.add("style.html")
def html_styles_that_never_end(much: Much) -> bytes:
    return _HEAD + b"<p>word</p><style>" + b"p { color: red } <b> </styl\n" * much(1_800_000)


@MARKUP.add("kept.html")
def html_what_is_not_translated_in_each_other(much: Much) -> bytes:
    return _HEAD + b"<p>word <code translate=no>" * much(200_000)


@MARKUP.add("ruby.html")
def html_ruby_in_ruby(much: Much) -> bytes:
    return _HEAD + b"<p>" + b"<ruby>a<rt>b" * much(200_000) + b"</ruby>" * much(200_000)


@MARKUP.add("drawing.html")
def html_drawings_in_drawings(much: Much) -> bytes:
    return _HEAD + b"<p>word" + b"<svg><g>" * much(200_000) + b"</svg>" * much(200_000)


@MARKUP.add("entities.html")
def html_five_million_entities(much: Much) -> bytes:
    return _HEAD + b"<p>word " + b"&amp;&#x41;&nbsp" * much(1_700_000)


@MARKUP.add("formulas.html")
def html_formulas_that_never_end(much: Much) -> bytes:
    return _HEAD + b"<p>word " + b"\\begin{a}\\( $$" * much(200_000)


@MARKUP.add("comments.html")
def html_comments_in_words(much: Much) -> bytes:
    return _HEAD + b"<p>" + b"word<!-- - -->" * much(500_000)


@MARKUP.add("line.html")
def html_one_line_of_fifty_megabytes(much: Much) -> bytes:
    return _HEAD + b"<p>" + b"word " * much(10_000_000)


@MARKUP.add("sentences.html")
def html_sentences_of_one_letter(much: Much) -> bytes:
    return _HEAD + b"<p>" + b"A. B! C? " * much(1_000_000)


# ---------------------------------------------------------------- Markdown


@MARKUP.add("references.md")
def markdown_references_without_end(much: Much) -> bytes:
    return b"".join(b"[a%d]: /x 'a title'\n" % number for number in range(much(150_000))) + b"\n[a1] word\n"


@MARKUP.add("emphasis.md")
def markdown_emphasis_that_never_ends(much: Much) -> bytes:
    return b"*a _b **c __d " * much(150_000) + b"\n\n" + b"a_b*" * much(500_000)


@MARKUP.add("ticks.md")
def markdown_code_of_every_width(much: Much) -> bytes:
    return b" a ".join(b"`" * number for number in range(1, much(2500)))


@MARKUP.add("tags.md")
def markdown_tags_that_never_end(much: Much) -> bytes:
    return (
        b"word "
        + b"<a b='" * much(300_000)
        + b"\n\nword "
        + b"<!--" * much(300_000)
        + b"\n\nword "
        + b"<?" * much(300_000)
    )


@MARKUP.add("pictures.md")
def markdown_pictures_in_pictures(much: Much) -> bytes:
    return b"![a" * much(100_000) + b"](x)" * much(100_000)


@MARKUP.add("links.md")
def markdown_links_that_never_end(much: Much) -> bytes:
    return b"word " + b"[a](<b" * much(200_000) + b"\n\nword " + b"[a](b 'c" * much(200_000)


@MARKUP.add("items.md")
def markdown_items_in_items(much: Much) -> bytes:
    return b"".join(b" " * (2 * number) + b"- item\n" for number in range(much(1500)))


@MARKUP.add("table.md")
def markdown_a_table_of_many_columns(much: Much) -> bytes:
    columns = much(5000)
    row = b"|" + b" cell |" * columns + b"\n"
    return row + b"|" + b"---|" * columns + b"\n" + row * 120


@MARKUP.add("rows.md")
def markdown_a_table_of_many_rows(much: Much) -> bytes:
    return b"| a | b |\n|---|---|\n" + b"| one \\| two | `x|y` |\n" * much(150_000)


@MARKUP.add("formulas.md")
def markdown_formulas_that_never_end(much: Much) -> bytes:
    return b"word " + b"$a $$ \\( \\[ " * much(300_000) + b"\n\nword " + b"\\begin{a} " * much(100_000)


@MARKUP.add("dashes.md")
def markdown_a_front_that_never_ends(much: Much) -> bytes:
    return b"---\ntitle: a word\n" + b"a: [&a *a\n" * much(400_000)


@MARKUP.add("lines.md")
def markdown_a_paragraph_of_many_lines(much: Much) -> bytes:
    return b"one word  \nanother\\\n" * much(200_000)


@MARKUP.add("escapes.md")
def markdown_nothing_but_escapes(much: Much) -> bytes:
    return b"word " + b"\\*&amp;\\[" * much(400_000)


# ---------------------------------------------------------------- office documents


@MARKUP.add("runs.docx")
def docx_a_paragraph_of_many_runs(much: Much) -> bytes:
    return stored_word(
        word_body(
            f"<w:p>{'<w:r><w:rPr><w:b/></w:rPr><w:t>a </w:t></w:r><w:r><w:t>b </w:t></w:r>' * much(100_000)}</w:p>"
        )
    )


@MARKUP.add("same.docx")
def docx_a_paragraph_of_runs_that_look_the_same(much: Much) -> bytes:
    return stored_word(word_body(f"<w:p>{'<w:r><w:t>word </w:t></w:r>' * much(250_000)}</w:p>"))


@MARKUP.add("inserted.docx")
def docx_runs_in_runs(much: Much) -> bytes:
    inside = "<w:r><w:t>word </w:t></w:r>"
    one = "<w:ins>" * 190 + inside + "</w:ins>" * 190
    return stored_word(word_body(f"<w:p>{one * much(1500)}</w:p>"))


@MARKUP.add("words.docx")
def docx_many_paragraphs(much: Much) -> bytes:
    return stored_word(word_body("<w:p><w:r><w:t>One word.</w:t></w:r></w:p>" * much(290_000)))


@MARKUP.add("text.docx")
def docx_one_text_of_nine_million_letters(much: Much) -> bytes:
    return stored_word(word_body(f"<w:p><w:r><w:t>{'word ' * much(1_800_000)}</w:t></w:r></w:p>"))


@MARKUP.add("fields.docx")
def docx_fields_in_fields(much: Much) -> bytes:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r>'
    begin += '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    return stored_word(word_body(f"<w:p>{begin * much(20_000)}<w:r><w:t>word</w:t></w:r>{end * much(20_000)}</w:p>"))


@MARKUP.add("open.docx")
def docx_fields_that_never_end(much: Much) -> bytes:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>word</w:t></w:r>'
    return stored_word(word_body(f"<w:p>{begin * much(100_000)}</w:p>"))


@MARKUP.add("boxes.docx")
def docx_text_boxes_in_text_boxes(much: Much) -> bytes:
    opened = '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    opened += '<mc:Choice Requires="x">'
    opened += "<w:txbxContent><w:p><w:r><w:t>word</w:t></w:r><w:r>"
    closed = "</w:r></w:p></w:txbxContent></mc:Choice></mc:AlternateContent>"
    one = f"<w:p><w:r>{opened * 30}{closed * 30}</w:r></w:p>"
    return stored_word(word_body(one * much(1000)))


@MARKUP.add("marks.docx")
def docx_a_hundred_thousand_bookmarks(much: Much) -> bytes:
    marks = "".join(f'<w:bookmarkStart w:id="{number}" w:name="a"/>' for number in range(much(100_000)))
    return stored_word(word_body(f"<w:p><w:r><w:t>one </w:t></w:r>{marks}<w:r><w:t>two</w:t></w:r></w:p>"))


@MARKUP.add("chain.docx")
def docx_styles_that_stand_on_each_other(much: Much) -> bytes:
    styles = "".join(
        f'<w:style w:styleId="s{at}"><w:basedOn w:val="s{at + 1}"/></w:style>' for at in range(much(50_000))
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return make.docx(
        make.paragraph("word", style="s0") * 100,
        parts={"word/styles.xml": f'<w:styles xmlns:w="{space}">{styles}</w:styles>'},
        links=[("rId77", "styles", "styles.xml")],
    )


@MARKUP.add("slides.pptx")
def pptx_four_thousand_slides(much: Much) -> bytes:
    return make.pptx([make.shape("One word.", "Another one.")] * much(4000))


@MARKUP.add("runs.pptx")
def pptx_a_paragraph_of_many_runs(much: Much) -> bytes:
    shape = make.shape("~")
    run = "<a:r><a:rPr b='1'/><a:t>a </a:t></a:r><a:r><a:rPr/><a:t>b </a:t></a:r>"
    before, after = shape.split("<a:r>", 1)[0], shape.rsplit("</a:r>", 1)[1]
    return make.pptx([before + run * much(100_000) + after])


@MARKUP.add("table.pptx")
def pptx_a_table_of_many_cells(much: Much) -> bytes:
    return make.pptx([make.slide_table([["word"] * 100] * much(1000))])


@MARKUP.add("circle.epub")
def epub_a_spine_that_goes_in_circles(much: Much) -> bytes:
    item = '<item id="{}" href="{}" media-type="application/xhtml+xml" fallback="{}"/>'
    items = (
        item.format("a", "text/a.xhtml", "b")
        + item.format("b", "text/a.xhtml", "a")
        + item.format("p", "content.opf", "p")
    )
    spine = '<itemref idref="a"/><itemref idref="b"/><itemref idref="p"/>' * much(100_000)
    package = '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>'
    package += f"{items}</manifest><spine>{spine}</spine></package>"
    return make.epub({"a.xhtml": make.page("<p>One word.</p>")}, parts={"OEBPS/content.opf": package})


@MARKUP.add("contents.epub")
def epub_contents_in_contents(much: Much) -> bytes:
    points = "<navPoint><navLabel><text>word</text></navLabel>" * much(50_000) + "</navPoint>" * much(50_000)
    ncx = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'
    return make.epub({"a.xhtml": make.page("<p>One word.</p>")}, parts={"OEBPS/toc.ncx": ncx})


@MARKUP.add("chapters.epub")
def epub_five_thousand_chapters(much: Much) -> bytes:
    return make.epub({f"c{at}.xhtml": make.page(f"<p>Chapter {at} begins.</p>") for at in range(much(5000))})


@MARKUP.add("inline.epub")
def epub_a_chapter_of_inline_elements(much: Much) -> bytes:
    return make.epub({"a.xhtml": make.page("<p>" + "<b>x</b> " * much(300_000) + "</p>")})


# ---------------------------------------------------------------- only read


@MARKUP.add("pages.pdf", translated=False)
def pdf_five_thousand_pages(much: Much) -> bytes:
    pages = []
    for number in range(much(5000)):
        page = Page()
        page.lines([f"Page {number} of small words."] * 8, size=1, pitch=1)
        pages.append(page)
    return pdf(pages)


@MARKUP.add("groups.rtf", translated=False)
def rtf_groups_in_groups(much: Much) -> bytes:
    return b"{\\rtf1 word " + b"{\\b a" * much(500_000) + b"}" * much(500_000) + b"\\bin999999999 x}"


@MARKUP.add("strings.xlsx", translated=False)
def xlsx_many_shared_texts(much: Much) -> bytes:
    cells = [make.sheet_row(at, [make.cell(f"A{at}", str(at - 1), "s")]) for at in range(1, much(200_001))]
    return make.xlsx({"S": "".join(cells)}, shared=[f"text {at}" for at in range(much(200_000))])


@MARKUP.add("parts.eml", translated=False)
def mail_mails_in_mails(much: Much) -> bytes:
    head = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
    levels = b"".join(b"%sContent-Type: message/rfc822\r\n\r\n" % head for _ in range(much(1000)))
    return levels + head + b"Content-Type: text/plain\r\n\r\nHello\r\n"

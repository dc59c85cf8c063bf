"""DOCX, PPTX and EPUB by chance, with what real programs put between the words, and packed as these pack them."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from html import escape

from tests.fakes import documents as make
from tests.fakes.translatable_words import Span, Words

_LOOKS = {"bold": "<w:b/><w:bCs/>", "italic": "<w:i/>", "code": '<w:rStyle w:val="SourceCode"/>', "": ""}
_PICTURE = '<w:r><w:drawing><a:graphic><a:blip r:embed="rId8"/></a:graphic></w:drawing></w:r>'
_REFERENCE = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'
_ENDNOTE = '<w:r><w:endnoteReference w:id="2"/></w:r>'
_STYLES = (
    '<w:style w:type="character" w:styleId="SourceCode"><w:name w:val="Source Code"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="HTMLVorformatiert"><w:name w:val="HTML Preformatted"/></w:style>'
)
_DEFAULTS = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="en-GB" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>'
    "</w:docDefaults>"
)
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class _Unseekable(io.RawIOBase):
    """A stream that cannot go back: what is packed into it has its sizes behind it."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += memoryview(data)  # type: ignore[arg-type]
        return len(memoryview(data))  # type: ignore[arg-type]


def repacked(data: bytes, chance: random.Random) -> bytes:
    """The same parts as another program packs them: dates, methods, extra fields, sizes behind, a comment."""
    parts = zipfile.ZipFile(io.BytesIO(data))
    stream = _Unseekable() if chance.random() < 0.5 else io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:  # type: ignore[arg-type]
        for old in parts.infolist():
            info = zipfile.ZipInfo(old.filename, (chance.randint(1980, 2030), 2, 3, 4, 5, 6))
            stored = old.filename == "mimetype" or chance.random() < 0.2
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            info.external_attr = chance.choice((0, 0o644 << 16, 0x20))
            info.create_system = chance.choice((0, 3))
            if chance.random() < 0.2:
                info.extra = b"\x55\x54\x05\x00\x01\x00\x00\x00\x00"
                info.comment = b"why not"
            archive.writestr(info, parts.read(old.filename))
        archive.comment = chance.choice((b"", b"packed by hand"))
    return bytes(stream.data) if isinstance(stream, _Unseekable) else stream.getvalue()


# ---------------------------------------------------------------- DOCX


class _Word:
    """Makes the paragraphs of one document."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.words = Words(chance)
        self._bookmarks = 0

    def line(self, spans: Sequence[Span] | None = None) -> str:
        return "".join(self.span(span) for span in (spans or self.words.paragraph()))

    def span(self, span: Span) -> str:
        if span.style == "link":
            inside = self.pieces(span.text, '<w:rStyle w:val="Hyperlink"/>')
            kind = self.chance.randrange(3)
            if kind == 0:
                return self.field(' HYPERLINK "https://example.org" ', inside)
            return f'<w:hyperlink xmlns:r="{_R}" r:id="rId9" w:history="1">{inside}</w:hyperlink>'
        return self.pieces(span.text, _LOOKS[span.style])

    def pieces(self, text: str, look: str) -> str:
        """One look, cut into runs as editing cuts it."""
        kind = self.chance.randrange(4)
        if kind == 0 or len(text) < 4:
            return make.run(text, look)
        at = self.chance.randint(1, len(text) - 1)
        between = self.chance.choice(
            ('<w:proofErr w:type="spellStart"/>', "", "<w:r><w:lastRenderedPageBreak/></w:r>", self.bookmark())
        )
        second = look + self.chance.choice(("", "<w:lang w:val='en-US'/>", "<w:noProof/>", '<w:spacing w:val="-2"/>'))
        first = make.run(text[:at], look).replace("<w:r>", '<w:r w:rsidR="00A1">', 1)
        return first + between + make.run(text[at:], second)

    def bookmark(self) -> str:
        self._bookmarks += 1
        name = f'w:id="{self._bookmarks}"'
        return f'<w:bookmarkStart {name} w:name="b{self._bookmarks}"/><w:bookmarkEnd {name}/>'

    def field(self, instruction: str, result: str) -> str:
        marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
        said = f'<w:r><w:instrText xml:space="preserve">{escape(instruction)}</w:instrText></w:r>'
        return marks[0] + said + marks[1] + result + marks[2]

    def extra(self) -> str:
        """Something between two sentences or at an end."""
        return self.chance.choice(
            (
                *(_PICTURE, _REFERENCE, _ENDNOTE, "<w:r><w:tab/></w:r>", "<w:r><w:br/></w:r>", self.bookmark()),
                *('<w:fldSimple w:instr=" PAGE "><w:r><w:t>7</w:t></w:r></w:fldSimple>', ""),
                self.field(" REF _Ref1 \\h ", make.run("Figure 3")),
                '<w:del w:id="5"><w:r><w:delText>gone</w:delText></w:r></w:del>',
                "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden words</w:t></w:r>",
                "<m:oMath><m:r><m:t>x=y</m:t></m:r></m:oMath>",
                '<w:commentRangeEnd w:id="3"/><w:r><w:commentReference w:id="3"/></w:r>',
            )
        )

    def block(self) -> str:
        kind = self.chance.randrange(11)
        words = self.words
        if kind == 0:
            return make.paragraph(make.run(words.heading()), style="berschrift1")
        if kind == 1:
            return "".join(make.paragraph(self.line(words.marked()), item=(2, 0)) for _ in range(2))
        if kind == 2:
            return make.word_table([[words.heading(), "12"], [make.paragraph(self.line(words.marked())), "—"]])
        if kind == 3:
            return make.paragraph("for x in y: print", style="HTMLVorformatiert")
        if kind == 4:
            between = self.chance.choice((_PICTURE, _REFERENCE, self.bookmark(), self.field(" XE ", "")))
            return make.paragraph(self.line(), between, self.text_box(), make.run(words.between), self.line())
        if kind == 5:
            inside = f"<w:sdtContent>{make.paragraph(self.line())}</w:sdtContent>"
            return f"<w:sdt><w:sdtPr><w:id w:val='1'/></w:sdtPr>{inside}</w:sdt>" + make.paragraph(
                f'<w:ins w:id="2" w:author="x">{self.line()}</w:ins>'
            )
        if kind == 6:
            return self.contents()
        return make.paragraph(self.extra(), self.line(), self.extra())

    def text_box(self) -> str:
        inside = f"<w:txbxContent>{make.paragraph(self.line())}</w:txbxContent>"
        return (
            f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><x>{inside}</x></w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict><y>{inside}</y></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )

    def contents(self) -> str:
        """A table of contents: a field over several paragraphs."""
        begin, rest = self.field(" TOC \\o ", "~").split("~")
        entry = make.paragraph(make.run("Contents one"), "<w:r><w:tab/></w:r>", make.run("3"))
        return make.paragraph(begin, make.run("Contents")) + entry + make.paragraph(rest)


def docx(chance: random.Random) -> tuple[bytes, str]:
    word = _Word(chance)
    body = make.paragraph(make.run(word.words.sentence())) + "".join(word.block() for _ in range(chance.randint(2, 8)))
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    header = f"{make.HEAD}<w:hdr {space}>{make.paragraph(word.words.heading())}</w:hdr>"
    comments = f"{make.HEAD}<w:comments {space}><w:comment>{make.paragraph('About it.')}</w:comment></w:comments>"
    styles = f"{make.HEAD}<w:styles {space}>{_DEFAULTS}{make.STYLES}{_STYLES}</w:styles>"
    if chance.random() < 0.2:
        header = header.replace("UTF-8", "UTF-16")
    page = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>7</w:t></w:r></w:fldSimple>'
    footer = f"{make.HEAD}<w:ftr {space}>{make.paragraph(word.line(), page)}</w:ftr>"
    other = f"{make.HEAD}<w:hdr {space}>{make.paragraph(word.line())}</w:hdr>"
    ends = f"<w:endnote w:id='2'>{make.paragraph(word.line())}{make.paragraph(word.line())}</w:endnote>"
    links = [("rId5", "header", "header1.xml"), ("rId6", "comments", "comments.xml"), ("rId8", "image", "a.png")]
    links += [("rId10", "header", "header2.xml"), ("rId11", "footer", "footer1.xml")]
    data = make.docx(
        body,
        title="x",
        footnotes={1: make.paragraph(word.line())},
        links=[*links, ("rId12", "endnotes", "endnotes.xml")],
        parts={
            "word/header2.xml": other,
            "word/footer1.xml": footer,
            "word/endnotes.xml": f"{make.HEAD}<w:endnotes {space}>{ends}</w:endnotes>",
            "word/header1.xml": header.encode("utf-16" if "UTF-16" in header else "utf-8"),
            "word/comments.xml": comments,
            "word/styles.xml": styles,
            "word/a.png": bytes(chance.randbytes(300)),
        },
    )
    return repacked(data, chance), "a.docx"


# ---------------------------------------------------------------- PPTX


def _slide_line(words: Words, spans: Sequence[Span]) -> str:
    looks = {"bold": '<a:rPr lang="en-US" b="1"/>', "italic": '<a:rPr i="1" dirty="0"/>', "": '<a:rPr lang="en-US"/>'}
    looks |= {"link": '<a:rPr lang="en-US"><a:hlinkClick r:id="rId9"/></a:rPr>', "code": '<a:rPr sz="1200"/>'}
    runs = []
    for span in spans:
        runs.append(f"<a:r>{looks[span.style]}<a:t>{escape(span.text, quote=False)}</a:t></a:r>")
        if words.chance.random() < 0.1:
            runs.append("<a:br/>")
    field = '<a:fld id="{1}" type="slidenum"><a:rPr/><a:t>7</a:t></a:fld>' if words.chance.random() < 0.1 else ""
    return f"<a:p><a:pPr lvl='0'/>{''.join(runs)}{field}<a:endParaRPr lang='en-US'/></a:p>"


def pptx(chance: random.Random) -> tuple[bytes, str]:
    words = Words(chance)
    slides, notes = [], {}
    for at in range(chance.randint(1, 4)):
        shapes = make.shape(words.heading(), kind="title")
        body = "".join(_slide_line(words, words.paragraph()) for _ in range(chance.randint(1, 4)))
        shapes += f"<p:sp><p:nvSpPr><p:nvPr><p:ph idx='1'/></p:nvPr></p:nvSpPr><p:txBody>{body}</p:txBody></p:sp>"
        if chance.random() < 0.4:
            shapes += make.slide_table([[words.heading(), "12"], [words.sentence(), words.heading()]])
        if chance.random() < 0.3:
            inside = make.shape(words.sentence())
            shapes += (
                f"<mc:AlternateContent><mc:Choice Requires='x'>{inside}</mc:Choice>"
                f"<mc:Fallback>{inside}</mc:Fallback></mc:AlternateContent>"
            )
        slides.append(f"<p:grpSp>{shapes}</p:grpSp>" if chance.random() < 0.2 else shapes)
        if chance.random() < 0.5:
            notes[at] = words.text()
    return repacked(make.pptx(slides, notes=notes, title="x"), chance), "a.pptx"


# ---------------------------------------------------------------- EPUB


def book(words: Words, bodies: Sequence[str]) -> bytes:
    """A book of chapters with these bodies; with both kinds of table of contents."""
    titles = {f"c{at}.xhtml": words.heading() for at in range(len(bodies))}
    pages = {}
    for (name, title), body in zip(titles.items(), bodies, strict=True):
        page = make.page(body, title).replace("<html ", f'<html xml:lang="{words.language}" lang="{words.language}" ')
        pages[name] = page
    data = make.epub(pages, title=words.heading(), contents=titles)
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name: archive.read(name) for name in archive.namelist()}
    points = "".join(
        f'<li><a href="text/{name}">{escape(title, quote=False)}</a></li>' for name, title in titles.items()
    )
    parts["OEBPS/nav.xhtml"] = make.page(
        f'<nav epub:type="toc" xmlns:epub="http://www.idpf.org/2007/ops"><ol>{points}</ol></nav>', "Contents"
    ).encode()
    package = parts["OEBPS/content.opf"].decode()
    package = package.replace("</dc:title>", f"</dc:title><dc:language>{words.language}</dc:language>")
    item = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    parts["OEBPS/content.opf"] = package.replace("</manifest>", item + "</manifest>").encode()
    parts["OEBPS/a.css"] = b"p { margin: 0 }"
    return repacked(make.zipped(parts), words.chance)

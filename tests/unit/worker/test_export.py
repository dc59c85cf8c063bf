"""Files with a text and its sources: what stands in them, and that nothing from outside does any harm there."""

from __future__ import annotations

import re
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import Document, LinkedSentence, Mark, MarkKind, MarkState, Paragraph, Source
from assistant.texts import set_language, summaries
from assistant.texts.summaries import export_labels
from assistant.worker.export import as_html, as_markdown, as_text, write
from assistant.worker.export_docx import as_docx
from assistant.worker.exporting import LABELS, Block, BlockKind, Paper, Run, blocks_of, paper
from assistant.worker.messages import Export

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT = Document(
    text="The bridge cost 4 million.\n\nIt was paid by\nthe town. 桥建于一九三四年。",
    paragraphs=(Paragraph(0, 26), Paragraph(28, 62)),
)
COST = Source(0, 26, 0.9, page=3, path=("Money", "Bridges"))
TOWN = Source(28, 52, 0.7)
BUILT = Source(53, 62, 0.8, page=4)


def linked(text: str, *sentences: tuple[str, tuple[Source, ...]], missing: str = "") -> list[LinkedSentence]:
    """Sentences of ``text``, in order, with their sources; those without one are not supported."""
    found = []
    at = 0
    for words, sources in sentences:
        at = text.index(words, at)
        marks = ()
        if missing and missing in words:
            place = at + words.index(missing)
            marks = (Mark(place, place + len(missing), MarkKind.NUMBER, MarkState.MISSING),)
        found.append(LinkedSentence(at, at + len(words), sources, bool(sources), marks))
        at += len(words)
    return found


def made(text: str, *sentences: tuple[str, tuple[Source, ...]], title: str = "Bridges", missing: str = "") -> Paper:
    return paper(title, text, linked(text, *sentences, missing=missing), DOCUMENT, {})


PROSE = "The bridge was **dear.** Nobody knows the 7 builders. The town paid."
PROSE_PAPER = made(
    PROSE,
    ("The bridge was **dear.**", (COST, TOWN)),
    ("Nobody knows the 7 builders.", ()),
    ("The town paid.", (TOWN,)),
    missing="7",
)


# ---------------------------------------------------------------- notes


def test_each_sentence_gets_a_number_and_the_same_sources_the_same_one() -> None:
    text = "One. Two. Three. Four."
    found = made(text, ("One.", (COST,)), ("Two.", (TOWN,)), ("Three.", (COST,)), ("Four.", (COST, TOWN)))
    assert as_markdown(found).decode().splitlines()[2] == "One.[^1] Two.[^2] Three.[^1] Four.[^3]"
    assert [note.number for note in found.notes] == [1, 2, 3]


def test_a_passage_is_quoted_on_one_line_and_not_without_end() -> None:
    (note,) = made("Paid.", ("Paid.", (TOWN,))).notes
    assert note.places[0].quote == "It was paid by the town."
    long = Document(text="word " * 500, paragraphs=(Paragraph(0, 2500),))
    (note,) = paper("", "A.", [LinkedSentence(0, 2, (Source(0, 2499, 1.0),), True)], long, {}).notes
    assert len(note.places[0].quote) <= 400
    assert note.places[0].quote.endswith("…")


def test_headings_and_places_outside_of_the_text_get_no_note() -> None:
    text = "## Decisions\n\n- The town paid."
    sentences = [*linked(text, ("## Decisions", ()), ("- The town paid.", (TOWN,))), LinkedSentence(500, 600, (COST,))]
    found = paper("", text, sentences, DOCUMENT, {})
    assert as_markdown(found).decode().startswith("## Decisions\n\n- The town paid.[^1]\n")
    assert len(found.notes) == 1


def test_without_the_document_there_is_the_text_alone() -> None:
    found = paper("Bridges", PROSE, linked(PROSE, ("The town paid.", (TOWN,))), None, {})
    assert found.notes == ()
    assert as_markdown(found).decode() == f"# Bridges\n\n{PROSE}\n"


# ---------------------------------------------------------------- blocks


def test_markdown_becomes_blocks() -> None:
    text = (
        "## Topics\n\n- One **fat** word\n  - deeper\n- two\n\n3. third\n4. fourth\n\n> said\n\n```\ncode\n```\n\n"
        "| a | b |\n| --- | --- |\n| 1 | *2* |"
    )
    blocks = blocks_of(paper("", text, (), None, {}))
    assert [(block.kind, block.level, block.number) for block in blocks] == [
        (BlockKind.HEADING, 2, 0),
        (BlockKind.ITEM, 1, 0),
        (BlockKind.ITEM, 2, 0),
        (BlockKind.ITEM, 1, 0),
        (BlockKind.ITEM, 1, 3),
        (BlockKind.ITEM, 1, 4),
        (BlockKind.QUOTE, 0, 0),
        (BlockKind.CODE, 0, 0),
        (BlockKind.TABLE, 0, 0),
    ]
    assert blocks[1].runs == [Run("One "), Run("fat", bold=True), Run(" word")]
    assert blocks[-1] == Block(BlockKind.TABLE, rows=[[[Run("a")], [Run("b")]], [[Run("1")], [Run("2", italic=True)]]])


def test_the_number_of_a_table_row_stands_in_its_last_cell() -> None:
    text = "| Subject | Fact |\n| --- | --- |\n| Bridge | 4 million |\n| Town | paid |"
    found = made(text, ("| Bridge | 4 million |", (COST,)), ("| Town | paid |", (TOWN,)))
    (table,) = blocks_of(found)
    assert [len(row) for row in table.rows] == [2, 2, 2]
    assert table.rows[1][1] == [Run("4 million"), Run(note=1)]
    assert table.rows[2][1] == [Run("paid"), Run(note=2)]


@pytest.mark.parametrize(
    "text", ["**The town paid.** More.", "*The town paid.* More.", "“The town paid.” More.", "镇上付了钱。还有。"]
)
def test_a_number_does_not_break_emphasis(text: str) -> None:
    words = re.split(r"(?<=[。*”]) ?", text)[0] if not text.startswith("*") else text[: text.rindex("*") + 1]
    blocks = blocks_of(made(text, (words, (TOWN,))))
    runs = blocks[0].runs
    assert [run.note for run in runs if run.note] == [1]
    assert "*" not in "".join(run.text for run in runs)


# ---------------------------------------------------------------- the four formats


def test_markdown_has_footnotes() -> None:
    lines = as_markdown(PROSE_PAPER).decode().splitlines()
    assert lines[0] == "# Bridges"
    assert lines[2] == "The bridge was **dear.**[^1] Nobody knows the 7 builders.[^2] The town paid.[^3]"
    assert lines[4] == "[^1]: page 3, Money › Bridges: “The bridge cost 4 million.” · “It was paid by the town.”"
    assert lines[5] == "[^2]: *No passage of the document supports this.* · *Not supported: 7*"


def test_a_name_that_could_not_be_looked_up_is_not_shown_as_fine() -> None:
    text = "Li Na paid."
    mark = Mark(0, 5, MarkKind.NAME, MarkState.UNCHECKED)
    found = paper("", text, [LinkedSentence(0, len(text), (TOWN,), True, (mark,))], DOCUMENT, {})
    assert as_markdown(found).decode().endswith("“It was paid by the town.” · *Not checked: Li Na*\n")
    assert as_text(found).decode().endswith("\n    Not checked: Li Na\n")
    assert "Not checked: Li Na" in page_of(found).text
    with zipfile.ZipFile(BytesIO(as_docx(found))) as archive:
        assert "Not checked: Li Na" in archive.read("word/footnotes.xml").decode()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("title", ["Bridges", ""])
def test_what_is_to_be_known_about_a_text_stands_under_the_title(language: str, title: str) -> None:
    set_language(language)
    share, form = summaries.quick_look(0.12), summaries.problem("form", {})
    assert (share.startswith("A quick look: 12")) is (language == "en")
    found = paper(title, PROSE, (), None, export_labels(), (share, f"{form}\n<b>*x*</b>\x00"))
    marked = as_markdown(found).decode().removeprefix("# Bridges\n\n")
    assert marked == f"> {share}\n>\n> {form} \\<b\\>\\*x\\*\\</b\\>\n\n{PROSE}\n"
    plain = as_text(found).decode().removeprefix("Bridges\n=======\n\n")
    assert plain.startswith(f"[{share}]\n[{form} <b>*x*</b>]\n\nThe bridge was dear.")
    page = page_of(found)
    assert page.text.index(share) < page.text.index(f"{form} <b>*x*</b>") < page.text.index("The bridge was")
    assert "b" not in page.tags
    with zipfile.ZipFile(BytesIO(as_docx(found))) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
        styles = ElementTree.fromstring(archive.read("word/styles.xml"))
    lines = ["".join(node.text or "" for node in line.iter(f"{W}t")) for line in body.iter(f"{W}p")]
    assert lines == [*filter(None, [title]), share, f"{form} <b>*x*</b>", PROSE.replace("**", "")]
    assert "Caveat" in {node.get(f"{W}styleId") for node in styles.iter(f"{W}style")}


def test_the_program_gives_every_word_of_a_file() -> None:
    assert export_labels() == dict(LABELS)


def test_plain_text_has_no_marks() -> None:
    text = as_text(PROSE_PAPER).decode()
    assert text.startswith(
        "Bridges\n=======\n\nThe bridge was dear.[1] Nobody knows the 7 builders.[2] The town paid.[3]\n"
    )
    assert "\nSources\n-------\n\n[1] page 3, Money › Bridges: “The bridge cost 4 million.”\n    “It was paid" in text
    assert "[2] No passage of the document supports this.\n    Not supported: 7\n" in text
    assert "*" not in text


def test_plain_text_keeps_lists_tables_and_the_width_of_chinese_titles() -> None:
    text = as_text(
        paper("桥梁", "- 一\n  - 二\n- 三\n\n1. 四\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |", (), None, {})
    ).decode()
    assert text == "桥梁\n====\n\n- 一\n  - 二\n- 三\n1. 四\n\n甲\t乙\n1\t2\n"


class _Page(HTMLParser):
    """Collects what a page refers to, and checks that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values[name] or "" for name in ("href", "src") if name in values]
        assert not [name for name in values if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(found: Paper) -> _Page:
    page = _Page()
    page.feed(as_html(found).decode())
    assert page.open == []
    return page


def test_a_page_leads_from_each_sentence_to_its_source_and_back() -> None:
    page = page_of(PROSE_PAPER)
    assert page.links == ["#s1", "#s2", "#s3", "#r1", "#r2", "#r3"]
    assert page.ids == ["r1", "r2", "r3", "s1", "s2", "s3"]
    assert "The bridge cost 4 million." in page.text
    assert "page 3, Money › Bridges" in page.text


def test_a_note_that_is_referred_to_twice_has_one_way_back() -> None:
    page = page_of(made("One. Two.", ("One.", (COST,)), ("Two.", (COST,))))
    assert page.links == ["#s1", "#s1", "#r1"]
    assert page.ids == ["r1", "s1"]


def test_nested_lists_are_closed() -> None:
    page = page_of(paper("", "- a\n  - b\n    1. c\n- d\n\ntext\n\n2. e", (), None, {}))
    assert page.tags.count("ul") == 2
    assert page.tags.count("ol") == 2


def test_numbers_right_after_bullets_are_a_list_of_their_own() -> None:
    html = as_html(paper("", "- a\n\n3. b\n4. c\n\n- d\n  1. e\n  - f", (), None, {})).decode()
    tags = re.findall(r"<(/?[uo]l[^>]*)>", html)
    assert tags == ["ul", "/ul", 'ol start="3"', "/ol", "ul", "ol", "/ol", "ul", "/ul", "/ul"]


HOSTILE = (
    "<script>alert(1)</script> ![pic](http://example.org/x.png) [link](javascript:alert(1)) <img src=x onerror=y>"
    " &amp; \x00\x0b\ufffe ]]> \"quoted\" 'x'"
)


def test_nothing_of_a_text_or_a_document_becomes_markup() -> None:
    document = Document(text=HOSTILE, paragraphs=(Paragraph(0, len(HOSTILE)),))
    source = Source(0, len(HOSTILE), 1.0, page=1, path=("<b>bold</b>",))
    found = paper(f"</title>{HOSTILE}", HOSTILE, [LinkedSentence(0, len(HOSTILE), (source,), True)], document, {})
    page = page_of(found)
    assert not {"script", "img", "b"} & set(page.tags)
    assert page.links == ["#s1", "#r1"]
    assert "<script>alert(1)</script>" in page.text
    assert "default-src 'none'" in as_html(found).decode()
    markdown = as_markdown(found).decode()
    assert not re.search(r"(?<!\\)!\[", markdown)
    assert not re.search(r"(?<!\\)<", markdown)
    with zipfile.ZipFile(BytesIO(as_docx(found))) as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))


def test_a_word_file_has_real_footnotes() -> None:
    with zipfile.ZipFile(BytesIO(as_docx(PROSE_PAPER))) as archive:
        files = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    body = files["word/document.xml"]
    references = [node.get(f"{W}id") for node in body.iter(f"{W}footnoteReference")]
    assert references == ["1", "2", "3"]
    assert "".join(node.text or "" for node in body.iter(f"{W}t")) == (
        "BridgesThe bridge was dear. Nobody knows the 7 builders. The town paid."
    )
    notes = {
        node.get(f"{W}id"): "".join(t.text or "" for t in node.iter(f"{W}t")) for node in files["word/footnotes.xml"]
    }
    assert notes["1"] == " page 3, Money › Bridges: “The bridge cost 4 million.”“It was paid by the town.”"
    assert set(notes) == {"-1", "0", "1", "2", "3"}
    styles = {node.get(f"{W}styleId") for node in files["word/styles.xml"].iter(f"{W}style")}
    used = {node.get(f"{W}val") for name in ("pStyle", "rStyle") for node in body.iter(f"{W}{name}")}
    assert used <= styles
    targets = {node.get("Target") for node in files["word/_rels/document.xml.rels"]}
    assert {f"word/{target}" for target in targets} <= set(files)
    kinds = {node.get("PartName") for node in files["[Content_Types].xml"] if node.get("PartName")}
    assert kinds == {f"/{name}" for name in files if name.startswith("word/") and "_rels" not in name}


def test_each_numbered_list_of_a_word_file_counts_for_itself() -> None:
    found = paper("", "1. a\n2. b\n\ntext\n\n- c\n\n5. d\n6. e", (), None, {})
    with zipfile.ZipFile(BytesIO(as_docx(found))) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
        numbering = ElementTree.fromstring(archive.read("word/numbering.xml"))
    used = [node.get(f"{W}val") for node in body.iter(f"{W}numId")]
    assert used[0] == used[1] != used[3] == used[4]
    assert used[2] == "1"
    starts = {
        node.get(f"{W}numId"): start.get(f"{W}val")
        for node in numbering.iter(f"{W}num")
        for start in node.iter(f"{W}startOverride")
    }
    assert starts[used[0]] == "1"
    assert starts[used[3]] == "5"


def test_the_same_text_gives_the_same_file() -> None:
    assert as_docx(PROSE_PAPER) == as_docx(PROSE_PAPER)


def test_chinese_goes_through_all_formats() -> None:
    text = "桥是1934年建的。"
    set_language("zh_CN")
    found = paper("桥", text, linked(text, (text, (BUILT,))), DOCUMENT, export_labels())
    assert "[^1]: 第\u20094\u2009页：“桥建于一九三四年。”" in as_markdown(found).decode()
    assert "\n出处\n----\n" in as_text(found).decode()
    three = paper("桥", text, linked(text, (text, (COST,))), DOCUMENT, export_labels())
    assert "页，Money › Bridges：“The bridge cost" in as_markdown(three).decode()
    assert "桥建于一九三四年。" in page_of(found).text
    with zipfile.ZipFile(BytesIO(as_docx(found))) as archive:
        assert "桥建于一九三四年。" in archive.read("word/footnotes.xml").decode()


# ---------------------------------------------------------------- the file


def request(target: Path, form: str) -> Export:
    return Export(id="e1", target=str(target), format=form, title="Bridges", text=PROSE)


@pytest.mark.parametrize("form", ["markdown", "text", "html", "docx"])
def test_a_file_is_written_in_place_of_the_old_one(form: str, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    write(request(target, form), None)
    assert target.read_bytes() != b"old"
    assert len(target.read_bytes()) > 50
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_unknown_format_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    with pytest.raises(AssistantError) as raised:
        write(request(target, "pdf"), None)
    assert raised.value.kind is ErrorKind.NOT_SUPPORTED
    assert target.read_text() == "old"


def test_no_folder_is_made_for_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    with pytest.raises(AssistantError) as raised:
        write(request(folder / "out.md", "markdown"), None)
    assert raised.value.kind is ErrorKind.FOLDER_MISSING
    assert raised.value.values == {"name": str(folder)}
    assert not folder.exists()


MARKDOWN = [
    "# A", "- ", "1. ", "| a | b |\n| --- | --- |\n| c | d |", "```\n", "**", "*", "`", "> ", "\n", "\n\n", "[x](y)",
    "<b>", "One sentence.", "一句话。", "⸢1⸣", "&lt;", "\\", "![", "![x](y)", "| ", "    code", "---", "===",
    "\x00", "\r",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(st.one_of(st.sampled_from(MARKDOWN), st.text(max_size=8)), max_size=25),
    spans=st.lists(st.tuples(st.integers(0, 120), st.integers(1, 60)), max_size=6),
)
def test_any_text_makes_sound_files(pieces: list[str], spans: list[tuple[int, int]]) -> None:
    """Whatever a model writes and wherever its sentences are said to be: all tags are closed, all XML is XML."""
    text = " ".join(pieces)
    sentences = [LinkedSentence(start, start + size, (COST, TOWN), True) for start, size in sorted(spans)]
    found = paper("T", text, sentences, DOCUMENT, {})
    page = page_of(found)
    assert not {"b", "img", "script"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    as_text(found).decode()
    as_markdown(found).decode()
    with zipfile.ZipFile(BytesIO(as_docx(found))) as archive:
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))

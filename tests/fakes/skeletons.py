"""What a document holds beside its text, found without any of the program's own readers."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SPOKEN = "{http://www.w3.org/XML/1998/namespace}"
_RUNS = {_W + name for name in ("r", "t", "rPr", "proofErr", "lastRenderedPageBreak", "lang")} | {
    _A + name for name in ("r", "t", "rPr")
}
_LOOKS = (_W + "rPr", _A + "rPr")
_TRANSLATED = re.compile(
    r"word/(?:(?:header|footer|document)\d*|footnotes|endnotes|styles)\.xml"
    r"|ppt/(?:slides|notesSlides|diagrams|charts|slideLayouts|slideMasters)/(?!_rels)\w+\.xml"
)
_SAID = {"descr", "title", "alt"}  # of pictures and drawings
_SAID_OF_TABLES = (_W + "tblCaption", _W + "tblDescription")


def office(data: bytes) -> object:
    """Every part: those without text as they are, of the others all elements but the runs."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    parts = []
    for info in archive.infolist():
        content = archive.read(info)
        about = (info.filename, info.compress_type, info.date_time, info.extra, info.comment, info.external_attr)
        parts.append((about, _elements(content) if _TRANSLATED.fullmatch(info.filename) else content))
    return parts, archive.comment


def _elements(content: bytes) -> list[tuple[str, Counter[str]]]:
    """For each paragraph what is in it beside runs, and what they look like."""
    root = ElementTree.fromstring(content)
    found: list[tuple[str, Counter[str]]] = [("", Counter())]
    _gather(root, found, 0)
    return found


def _gather(parent: ElementTree.Element, found: list[tuple[str, Counter[str]]], at: int) -> None:
    for element in parent:
        inside = at
        if element.tag in (_W + "p", _A + "p"):
            inside = len(found)
            found.append((str(element.attrib), Counter()))
        elif element.tag not in _RUNS:
            words = {_W + "val"} if element.tag in _SAID_OF_TABLES else _SAID
            kept = sorted(each for each in element.attrib.items() if each[0] not in words)
            found[at][1][f"{element.tag} {kept} {element.text or ''}"] += 1
        if element.tag not in _LOOKS:
            _gather(element, found, inside)


_WORDS = ("lang", "xml:lang", "alt", "title", "placeholder", "aria-label")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._kept = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append(f"<{tag} {[each for each in attributes if each[0] not in _WORDS]}>")
        self._kept += tag in ("pre", "code", "script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"</{tag}>")
        self._kept -= tag in ("pre", "code", "script", "style")

    def handle_data(self, data: str) -> None:
        if self._kept:
            self.found.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(decl)


def html(data: bytes) -> object:
    """All tags with their attributes, comments, code."""
    tags = _Tags()
    tags.feed(data.decode())
    return Counter(tags.found)


def epub(data: bytes) -> object:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    parts: list[object] = []
    for info in archive.infolist():
        content = archive.read(info)
        about = (info.filename, info.compress_type, info.date_time, info.extra, info.comment, info.external_attr)
        if info.filename.endswith(".xhtml"):
            ElementTree.fromstring(content)  # it is XML
            parts.append((about, html(content)))
        elif info.filename.endswith((".ncx", ".opf")):
            elements = ElementTree.fromstring(content).iter()
            parts.append(
                (about, [(one.tag, [each for each in one.items() if each[0] != _SPOKEN + "lang"]) for one in elements])
            )
        else:
            parts.append((about, content))
    return parts, archive.comment


def markdown(data: bytes) -> object:
    """Links, code, the marks of headings, lists, tables and quotations."""
    text = data.decode()
    fences = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    marks = re.findall(r"^(?:#+ |- |\d+\. |> |\| ---.*|---$)", text, re.MULTILINE)
    inline = Counter(re.findall(r"\]\([^)\s]*|`[^`\n]+`|\*\*|(?<!\*)\*(?!\*)", text))
    return fences, marks, inline, text.count("\n")


def text(data: bytes) -> object:
    """How many lines and empty lines, and the marks of lists."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    plain = data.decode(encoding)
    return (
        encoding,
        re.findall(r"\r?\n|\r", plain),
        re.findall(r"^- ", plain, re.MULTILINE),
        data[:3] == b"\xef\xbb\xbf",
    )


def subtitles(data: bytes) -> object:
    """Times, numbers, settings, and what is neither text nor those."""
    lines = data.decode().splitlines()
    return [line for line in lines if "-->" in line or re.fullmatch(r"\d+|c\d+|WEBVTT.*|NOTE.*|STYLE|::cue.*", line)]


def po(data: bytes) -> object:
    """Everything but the translations."""
    kept, inside = [], False
    for line in data.decode().splitlines():
        if line.startswith("msgstr"):
            inside = True
        elif not line.startswith('"'):
            inside = False
        if not inside:
            kept.append(line)
    return kept


_WRITTEN_ANEW = ("state", "approved", "target-language", "trgLang")


def xliff(data: bytes) -> object:
    """Everything but the targets."""
    root = ElementTree.fromstring(data)
    for parent in root.iter():
        for child in list(parent):
            if child.tag.endswith("}target"):
                parent.remove(child)
            child.tail = (child.tail or "").strip()
    return [
        (one.tag, [each for each in one.items() if each[0] not in _WRITTEN_ANEW], (one.text or "").strip())
        for one in root.iter()
    ]


def _without_strings(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_strings(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_strings(each) for each in value]
    return "" if isinstance(value, str) else value


def json_strings(data: bytes) -> object:
    return list(_without_strings(json.loads(data)).items()), b"\n" in data  # type: ignore[attr-defined]


def yaml(data: bytes) -> object:
    """Keys but the one that is a language, numbers, comments, anchors and what refers to them."""
    kept = r"^(?:app|ui|faq|my):|^ +[\w-]+:(?: [&*]a\d+| !!str)?|^ *- (?:\d+|true)$|#.*"
    kept += r"|\{first:|, n: \d, more: \[|, true\]\}"
    return re.findall(kept, data.decode(), re.MULTILINE)


def csv_table(data: bytes) -> object:
    """The heads, what is no text, and how many cells there are."""
    plain = data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(plain, newline=""), delimiter=";" if ";" in plain.splitlines()[0] else ","))
    return rows[0], [(len(row), row[0], row[2]) for row in rows], data[:3] == b"\xef\xbb\xbf", "\r\n" in plain


SKELETONS: dict[str, Callable[[bytes], object]] = {
    "text": text,
    "markdown": markdown,
    "html": html,
    "docx": office,
    "srt": subtitles,
    "vtt": subtitles,
    "po": po,
    "xliff": xliff,
    "json": json_strings,
    "yaml": yaml,
    "epub": epub,
    "pptx": office,
    "csv": csv_table,
}
"""Format to what finds what is no text in a document of it."""

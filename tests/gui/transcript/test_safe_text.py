"""Words from outside open nothing: no file, no address, not even when they are clicked."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage, QPainter, QTextDocument
from PySide6.QtWidgets import QApplication

from assistant.gui.theme import Theme
from assistant.gui.widgets.markdown.block_document import build, visible_text
from assistant.gui.widgets.markdown.splitting import BlockSplitter
from assistant.gui.widgets.reading_style import ReadingStyle
from assistant.gui.widgets.safe_text import (
    MARKDOWN,
    SafeDocument,
    blank_image,
    plain_label,
    safe_link,
)

GUI = Path(__file__).parents[3] / "assistant" / "gui"
RICH = {"QTextDocument", "QTextBrowser", "QTextEdit"}
OUTSIDE = {"name", "title", "path", "detail", "error", "model", "address"}
PLAIN = {"QLabel", "QMessageBox"}


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("address", "result"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("http://localhost:8080/", "http://localhost:8080/"),
        ("mailto:a@b.org", "mailto:a@b.org"),
        ("https://zh.wikipedia.org/wiki/递归", "https://zh.wikipedia.org/wiki/%E9%80%92%E5%BD%92"),
        ("https://аррӏе.com/", "https://xn--80ak6aa92e.com/"),
        ("HTTPS://Example.org", "https://example.org"),
    ],
)
def test_addresses_that_may_be_asked_about(address: str, result: str) -> None:
    assert safe_link(address) == result


@pytest.mark.parametrize(
    "address",
    [
        "", "file:///etc/passwd", "FILE:///etc/passwd", "file://host/share/x", "file:////host/share",
        "file:\\\\host\\x",
        "fIlE:/etc/passwd", "\\\\host\\share\\x", "//host/share/x", "\\/host/x", "/etc/passwd", "etc/passwd", "./x",
        "../x", "C:\\Windows\\x.exe", "C:/Windows/x.exe", "c:x", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
        " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,<b>x", "vbscript:x", "about:blank",
        "qrc:/x", ":/x", "ftp://host/x", "smb://host/x", "ms-msdt:/id", "ms-officecmd:x", "search-ms:x", "tel:1",
        "ssh://host", "http:", "http://", "http:///x", "https:///", "http:/x", "http:x", "https://", "http://[",
        "http://%", "http://a b/", "http://a\\b/", "https://host\\@evil/", "http://a\nb/", "http://a\x00b/", "mailto:",
        "mailto:x", "mailto://a@b", "#anchor", "?q", "view-source:http://a", "jar:http://a", "steam://run",
        "x-apple.systempreferences:", "%66ile:///etc/passwd", "file%3a///etc/passwd", "%5c%5chost%5cshare",
        "http://\u202ecom.evil/", "https://a/\u202egnp.exe\n",
    ],
    ids=ascii,
)  # fmt: skip
def test_addresses_that_are_only_text(address: str) -> None:
    assert safe_link(address) == ""


# ---------------------------------------------------------------- named pipes and other files


class Trap:
    """A named pipe. Whoever opens it for reading is noticed, and let go again instead of hanging.

    Another process watches it: Qt holds the interpreter's lock while it waits for the file.
    """

    WATCH = """
import os, sys, time
while True:
    try:
        os.close(os.open(sys.argv[1], os.O_WRONLY | os.O_NONBLOCK))  # works only while somebody reads
        print("opened", flush=True)
    except OSError:
        time.sleep(0.005)
"""

    def __init__(self, pipe: Path) -> None:
        self.pipe = pipe
        os.mkfifo(pipe)
        self.guard = subprocess.Popen([sys.executable, "-c", self.WATCH, str(pipe)], stdout=subprocess.PIPE)

    def close(self) -> bool:
        """Stop watching; whether somebody opened the pipe."""
        self.guard.kill()
        out, _err = self.guard.communicate()
        return b"opened" in out


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    found = Trap(tmp_path / "trap")
    yield found
    found.guard.kill()
    found.guard.wait()


def spellings(pipe: Path) -> list[str]:
    near = os.path.relpath(pipe)
    return [str(pipe), pipe.as_uri(), pipe.as_uri().replace("file://", "FILE://"), f"file:{pipe}",
            f"file://localhost{pipe}", near, f"//{pipe}", f"./{near}"]  # fmt: skip


def documents(pipe: Path) -> list[str]:
    out = []
    for path in spellings(pipe):
        out += [f"![x]({path})", f"![x](<{path}>)", f"[![x]({path})]({path})", f'<img src="{path}">',
                f"![x][r]\n\n[r]: {path}", f"<link rel=stylesheet href='{path}'>",
                f"| ![x]({path}) |\n|---|\n| ![y]({path}) |", f"- ![x]({path})",
                f"> ![x]({path})", f"# ![x]({path})", f'<div style="background:url({path})">x</div>']  # fmt: skip
    return out


def draw(document: QTextDocument) -> None:
    image = QImage(300, 200, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    document.setTextWidth(300)
    document.drawContents(painter)
    painter.end()


if hasattr(os, "mkfifo"):  # what Windows has instead cannot be read by its name in a folder

    def test_the_trap_works(trap: Trap, qapp: QApplication) -> None:
        document = QTextDocument()
        document.setMarkdown(f"![x]({trap.pipe})")
        draw(document)
        assert trap.close()

    def test_documents_of_blocks_open_no_file(trap: Trap, qapp: QApplication) -> None:
        style = ReadingStyle(Theme(qapp))
        for text in documents(trap.pipe):
            splitter = BlockSplitter()
            splitter.append(text)
            for block in splitter.blocks():
                document = build(block, style)
                draw(document)
                assert "\ufffc" not in visible_text(document, 0, document.characterCount() - 1)
        assert not trap.close()

    def test_safe_widgets_open_no_file(trap: Trap, qtbot: object) -> None:
        for text in documents(trap.pipe):
            document = SafeDocument()
            document.setMarkdown(text, MARKDOWN)
            document.setHtml(text)
            draw(document)
            label = plain_label(text)
            label.grab()
            assert label.text() == text
        assert not trap.close()


def test_the_blank_image_is_an_image() -> None:
    assert not blank_image().isNull()
    document = SafeDocument()
    found = document.resource(QTextDocument.ResourceType.ImageResource.value, QUrl("file:///etc/passwd"))
    assert (found.width(), found.height()) == (1, 1)


# ---------------------------------------------------------------- nobody goes another way


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def bases(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                yield base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


@pytest.mark.parametrize("path", sorted(GUI.rglob("*.py")), ids=lambda path: path.relative_to(GUI).as_posix())
def test_nothing_else_makes_rich_text(path: Path) -> None:
    if path.name == "safe_text.py":
        return
    for name, _node in calls(path):
        assert name not in RICH, f"{path.name} constructs {name}; use safe_text"
        assert name not in ("setHtml", "insertHtml", "setStatusTip", "setWhatsThis"), f"{path.name} calls {name}"
    assert not RICH & set(bases(path)), f"{path.name} derives from a rich text class; use safe_text"
    source = path.read_text("utf-8")
    made = {name for name, _node in calls(path)} | set(bases(path))
    if PLAIN & made:
        assert "PlainText" in source, f"{path.name} uses {PLAIN & made} without setTextFormat(PlainText)"
    for name, node in calls(path):
        if name == "setToolTip":  # Qt guesses whether a tooltip is rich text
            outside = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)} & OUTSIDE
            assert not outside or "escape(" in ast.unparse(node), ast.unparse(node)

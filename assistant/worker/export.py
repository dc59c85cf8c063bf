"""A text about a document, written into a file with notes that quote what each sentence rests on.

No file refers to anything outside of itself: no scripts, no styles, pictures or fonts from elsewhere.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import check_folder, write_for_user
from assistant.documents.model import Document
from assistant.worker.export_docx import as_docx
from assistant.worker.exporting import Block, BlockKind, Note, Paper, Run, blocks_of, paper
from assistant.worker.messages import Export

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif;
  max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.2rem; } h3 { font-size: 1.05rem; }
table { border-collapse: collapse; } th, td { border: 1px solid #8888; padding: .3rem .6rem; text-align: start; }
pre, code { font-family: ui-monospace, Consolas, monospace; } pre { overflow-x: auto; }
blockquote { margin: .3rem 0; padding-inline-start: .8rem; border-inline-start: 3px solid #8888; }
sup { line-height: 0; } sup a { text-decoration: none; padding: 0 .1em; }
.sources { font-size: .9rem; margin-top: 2.5rem; border-top: 1px solid #8888; }
.caveats { border-inline-start: 3px solid #c77700; padding-inline-start: .8rem; } .caveats p { margin: .2rem 0; }
.where { opacity: .75; } .remark { font-style: italic; } li:target, sup:target { background: #ffd54f55; }
""".strip()


def write(request: Export, document: Document | None) -> None:
    """Write the file that ``request`` asks for.

    :param document: what the sources are places in; None: the text alone.
    :raises AssistantError: NOT_SUPPORTED: no such format. FOLDER_MISSING, READ_ONLY.
    :raises OSError: the file cannot be written; what was there before is then untouched.
    """
    form = _FORMATS.get(request.format)
    if form is None:
        raise AssistantError(ErrorKind.NOT_SUPPORTED, capability=request.format)
    check_folder(Path(request.target).parent)
    made = paper(request.title, request.text, request.sentences, document, request.labels, request.caveats)
    write_for_user(Path(request.target), form(made))


# ---------------------------------------------------------------- Markdown


def as_markdown(paper: Paper) -> bytes:
    """The text as it is, with footnotes."""
    body = re.sub(r"!(?=\[)", r"\\!", paper.marked)  # no picture from elsewhere is loaded by whoever shows it
    body = re.sub(r"<(?=[A-Za-z/!?])", r"\\<", body)
    body = paper.references().sub(r"[^\1]", body).strip()
    lines = [f"# {_escaped(paper.title)}", ""] if paper.title else []
    for caveat in paper.caveats:
        lines += [f"> {_escaped(caveat)}", ">"]
    if paper.caveats:
        lines[-1] = ""
    lines += [body, ""]
    for note in paper.notes:
        lines.append(f"[^{note.number}]: {_markdown_note(paper, note)}")
    return ("\n".join(lines).rstrip() + "\n").encode()


def _markdown_note(paper: Paper, note: Note) -> str:
    parts = []
    for place in note.places:
        parts.append(paper.quoted(_escaped(paper.where(place)), _escaped(place.quote)))
    return " · ".join(parts + [f"*{_escaped(remark)}*" for remark in paper.remarks(note)])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


# ---------------------------------------------------------------- plain text


def as_text(paper: Paper) -> bytes:
    """The text without any marks but the numbers of the notes, which follow it."""
    lines = [paper.title, "=" * _width(paper.title), ""] if paper.title else []
    lines += [f"[{caveat}]" for caveat in paper.caveats] + ([""] if paper.caveats else [])
    before = None
    for block in blocks_of(paper):
        if before is not None and not (before is BlockKind.ITEM and block.kind is BlockKind.ITEM):
            lines.append("")
        lines += _text_block(block)
        before = block.kind
    if paper.notes:
        lines += ["", "", paper.labels["sources"], "-" * _width(paper.labels["sources"])]
        for note in paper.notes:
            lines += ["", *_text_note(paper, note)]
    return ("\n".join(lines) + "\n").encode()


def _text_block(block: Block) -> list[str]:
    if block.kind is BlockKind.TABLE:
        return ["\t".join(_plain(cell).replace("\n", " ") for cell in row) for row in block.rows]
    text = _plain(block.runs)
    if block.kind is BlockKind.ITEM:
        indent = "  " * (block.level - 1)
        sign = f"{block.number}." if block.number else "-"
        return [f"{indent}{sign} {text}".replace("\n", f"\n{indent}{' ' * (len(sign) + 1)}")]
    if block.kind is BlockKind.HEADING:
        return [text, "-" * _width(text)]
    if block.kind is BlockKind.QUOTE:
        return [f"> {line}" for line in text.split("\n")]
    return [text]


def _text_note(paper: Paper, note: Note) -> list[str]:
    said = []
    for place in note.places:
        said.append(paper.quoted(paper.where(place), place.quote))
    said += paper.remarks(note)
    label = f"[{note.number}] "
    return [label + said[0], *(" " * len(label) + line for line in said[1:])]


def _plain(runs: list[Run]) -> str:
    return "".join(f"[{run.note}]" if run.note else run.text for run in runs)


def _width(text: str) -> int:
    """Columns of a line: Chinese characters take two."""
    return min(78, sum(2 if ord(sign) >= 0x2E80 else 1 for sign in text))


# ---------------------------------------------------------------- HTML


def as_html(paper: Paper) -> bytes:
    """One page that needs nothing else and may load nothing."""
    title = html.escape(paper.title)
    body = "\n".join(_html_blocks(blocks_of(paper)))
    notes = "\n".join(_html_note(paper, note) for note in paper.notes)
    if notes:
        heading = f"<h2>{html.escape(paper.labels['sources'])}</h2>"
        notes = f'<section class="sources">\n{heading}\n<ol>\n{notes}\n</ol>\n</section>\n'
    heading = f"<h1>{title}</h1>\n" if title else ""
    caveats = "\n".join(f"<p>{html.escape(caveat)}</p>" for caveat in paper.caveats)
    if caveats:
        heading += f'<div class="caveats" role="note">\n{caveats}\n</div>\n'
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title or 'Lamplight'}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n"
        f'<body dir="auto">\n{heading}{body}\n{notes}</body>\n</html>\n'
    ).encode()


def _html_blocks(blocks: list[Block]) -> list[str]:
    lines: list[str] = []
    lists: list[str] = []
    seen: set[int] = set()
    for block in blocks:
        depth = block.level if block.kind is BlockKind.ITEM else 0
        name = "ol" if block.number else "ul"
        while len(lists) > depth or (len(lists) == depth > 0 and lists[-1] != name):
            lines.append(f"</{lists.pop()}>")
        while len(lists) < depth:
            lists.append(name)
            start = f' start="{block.number}"' if block.number > 1 else ""
            lines.append(f"<{lists[-1]}{start}>")
        lines.append(_html_block(block, seen))
    lines += [f"</{name}>" for name in reversed(lists)]
    return lines


def _html_block(block: Block, seen: set[int]) -> str:
    if block.kind is BlockKind.TABLE:
        rows = []
        for number, row in enumerate(block.rows):
            name = "td" if number else "th"
            rows.append("<tr>" + "".join(f"<{name}>{_html_runs(cell, seen)}</{name}>" for cell in row) + "</tr>")
        return "<table>\n" + "\n".join(rows) + "\n</table>"
    text = _html_runs(block.runs, seen)
    if block.kind is BlockKind.HEADING:
        level = min(6, block.level + 1)
        return f"<h{level}>{text}</h{level}>"
    if block.kind is BlockKind.CODE:
        return f"<pre>{text}</pre>"
    name = {BlockKind.ITEM: "li", BlockKind.QUOTE: "blockquote"}.get(block.kind, "p")
    return f"<{name}>{text}</{name}>"


def _html_runs(runs: list[Run], seen: set[int]) -> str:
    """``seen``: notes that were referred to before; a note leads back to the first place that refers to it."""
    parts = []
    for run in runs:
        if run.note:
            name = f' id="r{run.note}"' if run.note not in seen else ""
            seen.add(run.note)
            parts.append(f'<sup{name}><a href="#s{run.note}">{run.note}</a></sup>')
            continue
        text = html.escape(run.text).replace("\n", "<br>\n" if not run.code else "\n")
        for wanted, tag in ((run.code, "code"), (run.italic, "em"), (run.bold, "strong")):
            text = f"<{tag}>{text}</{tag}>" if wanted else text
        parts.append(text)
    return "".join(parts)


def _html_note(paper: Paper, note: Note) -> str:
    parts = []
    for place in note.places:
        where = html.escape(paper.where(place))
        where = f'<span class="where">{where}</span>' if where else ""
        parts.append(f"{where}<blockquote>{html.escape(place.quote)}</blockquote>")
    parts += [f'<p class="remark">{html.escape(remark)}</p>' for remark in paper.remarks(note)]
    back = html.escape(paper.labels["back"], quote=True)
    parts.append(f'<a href="#r{note.number}" title="{back}" aria-label="{back}">↩</a>')
    return f'<li id="s{note.number}">' + "\n".join(parts) + "</li>"


_FORMATS: Mapping[str, Callable[[Paper], bytes]] = {
    "markdown": as_markdown,
    "text": as_text,
    "html": as_html,
    "docx": as_docx,
}

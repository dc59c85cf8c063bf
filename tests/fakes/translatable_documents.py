"""Documents of every format that can be translated, made by chance: the same seed gives the same document."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from html import escape

from tests.fakes.translatable_office import docx, pptx
from tests.fakes.translatable_words import Span, Words

NO_LANGUAGES = ("app", "ui", "faq", "my")
"""What everything in a file of strings can be under that is no name of a language, or not of the one that it is in."""
Maker = Callable[[random.Random], tuple[bytes, str]]


def text(chance: random.Random) -> tuple[bytes, str]:
    """Plain text: paragraphs in one line or broken to a width, lists, any line end, several encodings."""
    words = Words(chance)
    end = chance.choice(("\n", "\n", "\r\n"))
    blocks = []
    for _ in range(chance.randint(2, 8)):
        kind = chance.randrange(4)
        if kind == 0:
            blocks.append(words.heading())
        elif kind == 1:
            blocks.append(end.join(f"- {words.sentence()}" for _ in range(chance.randint(1, 4))))
        else:
            blocks.append(words.text(5))
    whole = (end * 2).join(blocks) + chance.choice(("", end, end * 3))
    encoding = chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16"))
    return whole.encode(encoding), "a.txt"


def _markdown_span(span: Span) -> str:
    plain = span.text.replace("<", "\\<")
    if not span.style:
        return plain
    around = {
        "bold": "**%s**",
        "italic": "*%s*",
        "link": '[%s](https://example.org/a_b?c=1 "Where it goes")',
        "code": "`%s`",
    }
    return around[span.style] % (span.text if span.style == "code" else plain)


def markdown(chance: random.Random) -> tuple[bytes, str]:
    """Headings, lists, tables, quotations, code, HTML, front matter, in one file."""
    words = Words(chance)

    def line() -> str:
        return "".join(map(_markdown_span, words.paragraph()))

    def item() -> str:
        return "".join(map(_markdown_span, words.marked()))

    blocks = ["---\ntitle: x\n---"] if chance.random() < 0.2 else []
    for number in range(chance.randint(3, 9)):
        kind = chance.randrange(9) if number else 0
        if kind == 0:
            blocks.append("#" * chance.randint(1, 3) + " " + words.heading())
        elif kind == 1:
            blocks.append("\n".join(f"- {item()}" for _ in range(chance.randint(1, 4))))
        elif kind == 2:
            blocks.append("\n".join(f"{at}. {item()}" for at in range(1, chance.randint(2, 4))))
        elif kind == 3:
            blocks.append("```python\nprint('nothing of this')\n```")
        elif kind == 4:
            rows = "\n".join(f"| {words.heading()} | {at} |" for at in range(chance.randint(1, 3)))
            blocks.append(f"| {words.heading()} | n |\n| --- | ---: |\n{rows}")
        elif kind == 5:
            blocks.append(f"> {line()}")
        else:
            blocks.append(line())
    return ("\n\n".join(blocks) + "\n").encode(), "a.md"


def _html_span(span: Span) -> str:
    plain = escape(span.text, quote=False)
    link = '<a href="b.html?x=1&amp;y=2" title="Where it goes">%s</a>'
    around = {"bold": "<b>%s</b>", "italic": "<em class='x'>%s</em>", "link": link, "code": "<code>%s</code>", "": "%s"}
    return around[span.style] % plain


def html_body(words: Words) -> str:
    """Blocks of a page; they are XHTML as well."""
    chance = words.chance
    blocks = []
    for _ in range(chance.randint(2, 7)):
        kind = chance.randrange(7)
        line = "".join(map(_html_span, words.paragraph()))
        if kind == 0:
            blocks.append(f"<h2 id='h{len(blocks)}'>{escape(words.heading(), quote=False)}</h2>")
        elif kind == 1:
            items = "\n".join(f"  <li>{''.join(map(_html_span, words.marked()))}</li>" for _ in range(2))
            blocks.append(f"<ul>\n{items}\n</ul>")
        elif kind == 2:
            rows = f"<tr><td>{escape(words.heading(), quote=False)}</td><td>{chance.randint(1, 999)}</td></tr>"
            blocks.append(f"<table>{rows}</table>")
        elif kind == 3:
            blocks.append("<pre>for x in y:\n    print(x)</pre><!-- not shown -->")
        elif kind == 4 and chance.random() < 0.5:
            drawn = [f"<{tag}>{escape(words.sentence(), quote=False)}</{tag}>" for tag in ("title", "text", "desc")]
            field = f"<textarea rows='2'>{escape(words.text(2), quote=False)}</textarea>"
            svg = f"<svg width='9'><g>{''.join(drawn)}</g><path d='M0 0'/></svg>"
            blocks.append(f"<p>{line} {svg} {line}</p>\n<form>{field}</form>")
        elif kind == 4:
            blocks.append(f'<div class="n"><p>{line}</p>\n<p>{line}<img src="a.png" alt=""/></p></div>')
        else:
            blocks.append(f"<p>{line}</p>")
    return "\n".join(blocks)


def html(chance: random.Random) -> tuple[bytes, str]:
    words = Words(chance)
    style = "<style>p { color: red }</style><script>var a = 'not this one';</script>"
    page = (
        f'<!DOCTYPE html>\n<html lang="{words.language}"><head><meta charset="utf-8"><title>'
        f"{escape(words.heading(), quote=False)}</title>{style}</head>\n<body>\n{html_body(words)}\n</body></html>\n"
    )
    return page.encode(), "a.html"


def _times(number: int, comma: str) -> str:
    return f"00:{number:02}:01{comma}500 --> 00:{number:02}:04{comma}000"


def srt(chance: random.Random) -> tuple[bytes, str]:
    words = Words(chance)
    cues = [f"{number}\n{_times(number, ',')}\n{_cue(words)}\n" for number in range(1, chance.randint(3, 12))]
    whole = "\n".join(cues)
    return (whole.replace("\n", "\r\n") if chance.random() < 0.3 else whole).encode(), "a.srt"


def vtt(chance: random.Random) -> tuple[bytes, str]:
    words = Words(chance)
    cues = []
    for number in range(1, chance.randint(3, 10)):
        settings = chance.choice(("", " align:start position:10%"))
        cues.append(chance.choice(("", f"c{number}\n")) + f"{_times(number, '.')}{settings}\n{_cue(words)}\n")
    note = "NOTE nobody sees this\n\nSTYLE\n::cue { color: red }\n\n" if chance.random() < 0.5 else ""
    return ("WEBVTT\n\n" + note + "\n".join(cues)).encode(), "a.vtt"


def _cue(words: Words) -> str:
    sentence = words.sentence().replace("<", "").replace("&", "+").replace("  ", " ")
    kind = words.chance.randrange(4)
    if kind == 0:
        return f"<i>{sentence}</i>"
    if kind == 1 and words.between:
        middle = sentence.index(" ", len(sentence) // 2 - 3)
        return sentence[:middle] + "\n" + sentence[middle + 1 :]
    return sentence


def _quoted(string: str) -> str:
    return '"' + string.replace("\\", "\\\\").replace('"', '\\"') + '"'


def po(chance: random.Random) -> tuple[bytes, str]:
    words = Words(chance, "en")
    entries = ['msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: \\n"\n']
    seen: set[str] = set()
    for number in range(chance.randint(3, 12)):
        string = f"{number}: {words.text(2)}"
        if string in seen:
            continue
        seen.add(string)
        kind = chance.randrange(6)
        head = f"#. What it is for\n#: file.c:{number}\n"
        if kind == 0:
            head += f'#, c-format\nmsgctxt "menu {number}"\n'
            string += " %s"
        if kind == 1:
            head += f'#~ msgid {_quoted("old")}\n#~ msgstr ""\n\n'
        if kind == 5:
            forms = f"msgid {_quoted(string)}\nmsgid_plural {_quoted(string + ' They are many.')}\n"
            entries.append(head + forms + 'msgstr[0] ""\nmsgstr[1] ""\n')
        elif kind == 2:
            entries.append(head + f'msgid ""\n{_quoted(string[:9])}\n{_quoted(string[9:])}\nmsgstr ""\n')
        else:
            done = _quoted("Schon übersetzt.") if kind == 3 else '""'
            entries.append(head + f"msgid {_quoted(string)}\nmsgstr {done}\n")
    return "\n".join(entries).encode(), "a.po"


def _xliff_span(span: Span, at: int, chance: random.Random, *, second: bool) -> str:
    """Words in a pair of tags, between two elements, or behind a thing without words."""
    plain = escape(span.text, quote=False)
    if not span.style:
        return plain
    around = (
        (f'<pc id="{at}">%s</pc>', f'<sc id="{at}"/>%s<ec startRef="{at}"/>', '<ph id="p"/>%s')
        if second
        else (
            f'<g id="{at}">%s</g>',
            f'<bpt id="{at}">&lt;b></bpt>%s<ept id="{at}">&lt;/b></ept>',
            '<ph id="p">{0}</ph>%s<x id="x"/>',
        )
    )
    return chance.choice(around) % plain


def xliff(chance: random.Random) -> tuple[bytes, str]:
    """Of either version, with inline elements, some units translated already."""
    words = Words(chance, "en")
    second = chance.random() < 0.5
    units = []
    for number in range(chance.randint(2, 10)):
        source = "".join(_xliff_span(span, at, chance, second=second) for at, span in enumerate(words.marked()))
        kind = chance.randrange(3)
        target = ("", "<target/>", "<target>Schon übersetzt.</target>")[kind]
        note = "<note>What it is for</note>" if chance.random() < 0.3 else ""
        if second:
            notes = f"<notes>{note}</notes>" if note else ""
            units.append(f'<unit id="u{number}">{notes}<segment><source>{source}</source>{target}</segment></unit>')
        else:
            divided = f'<seg-source><mrk mtype="seg" mid="1">{source}</mrk></seg-source>' if kind < 2 else ""
            divided = divided if chance.random() < 0.3 else ""
            units.append(f'<trans-unit id="u{number}"><source>{source}</source>{divided}{target}{note}</trans-unit>')
    inside = "\n".join(units)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    if second:
        whole = (
            f'{head}<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="de">'
            f'<file id="f">\n{inside}\n</file></xliff>\n'
        )
    else:
        whole = (
            f'{head}<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2"><file original="x" '
            f'source-language="en" target-language="de" datatype="plaintext"><body>\n{inside}\n</body></file></xliff>\n'
        )
    return whole.encode(), "a.xlf"


def _tree(words: Words, depth: int = 0) -> object:
    kind = words.chance.randrange(7 if depth < 3 else 4)
    if kind >= 5 or not depth:
        return {f"key{at}": _tree(words, depth + 1) for at in range(words.chance.randint(2, 4))}
    if kind == 4:
        return [_tree(words, depth + 1) for _ in range(words.chance.randint(1, 3))]
    return (words.chance.randint(0, 9), True, words.sentence(), words.text(2))[kind]


def json_strings(chance: random.Random) -> tuple[bytes, str]:
    words = Words(chance)
    tree = {"title": words.heading(), "more": _tree(words), "url": "https://example.org/x", "last": None}
    whole = json.dumps(tree, ensure_ascii=chance.random() < 0.3, indent=chance.choice((None, 2, "\t")))
    return whole.encode(), "a.json"


def yaml(chance: random.Random) -> tuple[bytes, str]:
    """Every way in which a string can be written."""
    words = Words(chance)
    lines = ["# not this", f"{chance.choice((words.language, words.language, *NO_LANGUAGES))}:"]
    for number in range(chance.randint(2, 9)):
        string = words.sentence()
        kind = chance.randrange(9)
        if kind == 0:
            lines.append(f'  key{number}: "{string}"  # why')
        elif kind == 6:
            lines += [f"  key{number}: &a{number} {words.heading()}", f"  again{number}: *a{number}"]
        elif kind == 7:
            lines.append(f"  key{number}: !!str '{string}'")
        elif kind == 8:
            lines.append(f'  key{number}: {{first: "{string}", n: {number}, more: ["{words.heading()}", true]}}')
        elif kind == 1:
            lines.append(f"  key{number}: '{string}'")
        elif kind == 2:
            lines += [f"  key{number}: |", f"    {string}", f"    {words.sentence()}"]
        elif kind == 3:
            lines += [f"  key{number}: >-", f"    {string}"]
        elif kind == 4:
            lines += [f"  key{number}:", f"    - {words.heading()}", f"    - {number}", "    - true"]
        else:
            lines.append(f"  key{number}: {words.heading()}")
    return ("\n".join(lines) + "\n").encode(), "a.yaml"


def csv_table(chance: random.Random) -> tuple[bytes, str]:
    words = Words(chance)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=chance.choice(",;"), lineterminator=chance.choice(("\n", "\r\n")))
    writer.writerow(["id", "text", "count", "note"])
    for number in range(chance.randint(2, 10)):
        note = words.text(2) + chance.choice(("", '\n"quoted"'))
        writer.writerow([f"r{number}", words.sentence(), chance.randint(0, 99), note])
    return out.getvalue().encode(chance.choice(("utf-8", "utf-8-sig"))), "a.csv"


def epub(chance: random.Random) -> tuple[bytes, str]:
    from tests.fakes.translatable_office import book

    words = Words(chance)
    return book(words, [html_body(words) for _ in range(chance.randint(1, 4))]), "a.epub"


MAKERS: dict[str, Maker] = {
    "text": text,
    "markdown": markdown,
    "html": html,
    "docx": docx,
    "srt": srt,
    "vtt": vtt,
    "po": po,
    "xliff": xliff,
    "json": json_strings,
    "yaml": yaml,
    "epub": epub,
    "pptx": pptx,
    "csv": csv_table,
}
"""Format to what makes a document of it: its bytes and its name."""


def made(format: str, seed: int) -> tuple[bytes, str]:
    """The document of this format and seed, and its name."""
    return MAKERS[format](random.Random(f"{format} {seed}"))

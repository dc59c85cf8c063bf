"""The text of one block made ready for Qt's Markdown reader, which then sees one paragraph and nothing else. No Qt.

What is mended on the way: line breaks are kept, formulas stay as they were typed, and emphasis works where words are
not parted by spaces (CommonMark does not close ``**中文。**后面``).
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import dataclass, field

from assistant.gui.widgets.clean_text import clean

GUARD = "\u00a0"  # stands first, so that nothing is read as a list or heading; a space, so emphasis may follow it
SEAM = "\u2063"  # invisible, neither space nor punctuation: lets a mark beside punctuation open or close emphasis
SPACER = "\u205f"  # a space that is taken out again: ``~~`` works only beside one or beside punctuation
BREAK = "\u2028"

_TICKS = re.compile(r"`+")
_MATH = re.compile(
    r"\\\([^\n]{1,600}?\\\)|\\\[[^\n]{1,600}?\\\]|\$\$[^\n$]{1,600}?\$\$"
    r"|(?<![\\$\w])\$(?![\s$])[^\n$]{0,300}?[^\s\\$]\$(?![\d$])"
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_MARKS = re.compile(r"\\.|\*+|~~+", re.DOTALL)
# Chinese letters belong to an address only where a part of it begins with them, else they are the text going on.
_HAN = "\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_ADDRESS = re.compile(
    rf"(?<![\w<(\[\"'=/@])(?<!\]\()https?://[A-Za-z0-9](?:[A-Za-z0-9_.~:/?#@!$&+,;=%-]|(?<=[/=#?&_-])[{_HAN}]+)*"
    r"(?<![.,;:!?])",
    re.ASCII,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,47});")
_HANGING = re.compile(r"[*_~`]+$|\[[^\]\n]{0,80}$|!\[?$")


def prepare(text: str, *, growing: bool = False) -> str:
    """``text`` as one line of Markdown that starts with GUARD and may hold BREAK and SEAM.

    :param growing: the end is still coming: what is open there is shown as if it were closed.
    """
    spans = _code_spans(text)
    if growing:
        spans = _code_spans(_close_code(_HANGING.sub("", text), spans[-1][1]))
    pieces = _Pieces()
    for is_code, piece in spans:
        if is_code:
            pieces.verbatim(piece.replace("\n", " "))
            continue
        place = 0
        for match in _MATH.finditer(piece):
            pieces.prose(piece[place : match.start()])
            pieces.verbatim(escape(match.group()))
            place = match.end()
        pieces.prose(piece[place:])
    return GUARD + pieces.joined(growing=growing)


def _harmless(entity: re.Match[str]) -> str:
    """The entity, unless it stands for a character that may not be shown."""
    character = html.unescape(entity.group())
    return entity.group() if clean(character) == character else "\\" + entity.group()


def escape(text: str) -> str:
    """``text`` such that Markdown shows it as it is."""
    return _PUNCTUATION.sub(r"\\\1", text)


def _close_code(text: str, end: str) -> str:
    """``text`` with the backtick closed that is open in ``end``, its last part."""
    open_ticks = _TICKS.search(end.rstrip("`"))
    return text + open_ticks.group() if open_ticks and not text.endswith("`") else text


def _code_spans(text: str) -> list[tuple[bool, str]]:
    """``text`` in parts, told apart by whether they are code in backticks. Linear also for unmatched ones."""
    runs = list(_TICKS.finditer(text))
    if not runs:
        return [(False, text)]
    later: dict[int, list[int]] = defaultdict(list)  # length of a run to the numbers of such runs, last first
    for number in range(len(runs) - 1, -1, -1):
        later[len(runs[number].group())].append(number)
    out: list[tuple[bool, str]] = []
    place = number = 0
    while number < len(runs):
        run = runs[number]
        same = later[len(run.group())]
        while same and same[-1] <= number:
            same.pop()
        escaped = run.start() > 0 and text[run.start() - 1] == "\\"
        if not same or escaped:
            number += 1
            continue
        out.append((False, text[place : run.start()]))
        closing = runs[same[-1]]
        out.append((True, text[run.start() : closing.end()]))
        place = closing.end()
        number = same[-1] + 1
    out.append((False, text[place:]))
    return out


@dataclass
class _Pieces:
    """Collects what was prepared, then looks at the emphasis marks with all their neighbours in place."""

    parts: list[tuple[bool, str]] = field(default_factory=list)

    def verbatim(self, text: str) -> None:
        self.parts.append((True, text))

    def prose(self, text: str) -> None:
        if text:
            if "&" in text:
                text = _ENTITY.sub(_harmless, text)
            if "://" in text:
                text = _ADDRESS.sub(r"<\g<0>>", text)
            if "\n" in text:
                text = re.sub(r"[ \t]*\\?\n[ \t]*", BREAK, text)
            self.parts.append((False, text))

    def joined(self, *, growing: bool) -> str:
        out: list[str] = []
        opened: list[str] = []
        for number, (verbatim, text) in enumerate(self.parts):
            if verbatim or ("*" not in text and "~~" not in text):
                out.append(text)
                continue
            before = self.parts[number - 1][1][-1:] if number else " "
            after = self.parts[number + 1][1][:1] if number + 1 < len(self.parts) else " "
            _mend_marks(before + text + after, opened, out)
        if growing and opened:
            out.append("".join(reversed(opened)))
        return "".join(out)


def _mend_marks(text: str, opened: list[str], out: list[str]) -> None:
    """Put SEAMs and escapes beside the marks of ``text``, whose first and last characters are its neighbours'."""
    place = 1
    for match in _MARKS.finditer(text, 1, len(text) - 1):
        run, start, end = match.group(), match.start(), match.end()
        if run[0] == "\\":
            continue
        out.append(text[place:start])
        place = end
        before, after = text[start - 1], text[end]
        if run[0] == "*" and before.isdigit() and after.isdigit():
            out.append(escape(run))  # 3*4*5 is a product
            continue
        if run in opened and not before.isspace():
            del opened[opened.index(run) :]
            out.append(_closing(run, before, after))
        elif run not in opened and not after.isspace() and len(run) <= 3:
            opened.append(run)
            out.append(_opening(run, before, after))
        else:
            out.append(run)
    out.append(text[place:-1])


def _opening(run: str, before: str, after: str) -> str:
    if run[0] == "~":
        return run if _parts(before) else SPACER + run
    return run + SEAM if _is_mark(after) and not _parts(before) else run


def _closing(run: str, before: str, after: str) -> str:
    if run[0] == "~":
        return run if _parts(after) else run + SPACER
    return SEAM + run if _is_mark(before) and not _parts(after) else run


def _is_mark(character: str) -> bool:
    """Whether CommonMark takes it for punctuation (or one of the signs it takes for that)."""
    return not character.isalnum() and not character.isspace() and character not in (SEAM, BREAK)


def _parts(character: str) -> bool:
    return character.isspace() or _is_mark(character)

"""Where the inline markup of Markdown stands: markdown-it's own parser, told to remember places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

MATH = re.compile(
    r"\$\$[^$]{1,2000}?\$\$|\$(?![\s$])[^$\n]{0,500}?(?<![\s\\])\$(?!\d)"
    r"|\\\([^\n]{1,500}?\\\)|\\\[.{1,2000}?\\\]",
    re.DOTALL,
)
"""Formulas of TeX as Markdown has them."""
_MARK = re.compile(r"\[\^[^\]\s]{1,80}\](?::[ \t]*)?|(?<![\s\S])\[[ xX]\](?=\s)|\{[#.:][^{}\n]{1,200}\}(?=\s*\Z)")
_TITLE = re.compile(r"[ \t\n]\"(?P<words>(?:[^\"\\]|\\.){1,1000})\"[ \t\n]*\)\Z", re.DOTALL)
"""What a link or a picture is called, at its end; what stands in other quotation marks is not looked at."""
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,80}\]:[ \t]")
_NESTING = 100
_BRACKETS = 16  # open brackets behind one that has to end


class Mark(Enum):
    """What stands at a place."""

    OPEN = "open"
    CLOSE = "close"
    WORD = "word"  # code, a formula, an address
    ALONE = "alone"  # a footnote's number, a picture
    SHOWN = "shown"  # something that is written otherwise: an entity, an escape
    SOFT = "soft"  # a line break that is but a space
    HARD = "hard"
    TAG = "tag"  # of HTML


@dataclass(frozen=True, slots=True)
class Place:
    """Inline markup. ``name`` says which pair an end belongs to, ``shown`` what is shown instead.

    :ivar label: of a picture, its start and end. Of the end of a link that is only its label: the label itself.
    :ivar title: of a picture or of the end of a link: start and end of what is shown when somebody points at it.
    """

    mark: Mark
    start: int
    end: int
    name: str = ""
    shown: str = ""
    label: tuple[int, int] | None = None
    fresh: str | None = None
    title: tuple[int, int] | None = None


class _State(StateInline):
    """Remembers what the rules found."""

    def __init__(self, source: str, parser: MarkdownIt, env: dict[str, Any]) -> None:
        super().__init__(source, parser, env, [])
        self.places: list[Place] = []
        self.last_bracket = source.rfind("]")
        self.runs: list[tuple[int, int, int]] = []  # start and end of delimiters, and the token of the first


_Rule = Callable[[StateInline, bool], bool]


def parser() -> MarkdownIt:
    """A parser whose inline rules remember places, for ``places``; its blocks are parsed as usual."""
    made = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable(["table", "strikethrough"])
    library = made.helpers
    made.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=_label_end,
        parseLinkDestination=library.parseLinkDestination,
        parseLinkTitle=library.parseLinkTitle,
    )
    made.core.ruler.enableOnly(["normalize", "block"])
    made.inline.ruler2.disable("fragments_join")
    made.inline.ruler.before("escape", "math", _math)
    made.inline.ruler.before("link", "mark", _mark)
    for name, rule in _rules(made).items():
        if name != "text":
            made.inline.ruler.at(name, _remembering(name, rule))
    made.block.ruler.before("paragraph", "footnote", _begins_footnote, {"alt": ["paragraph"]})
    reference = made.block.ruler.__rules__[[one.name for one in made.block.ruler.__rules__].index("reference")].fn
    made.block.ruler.at("reference", _no_footnote(reference), {"alt": []})
    return made


def _label_end(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803
    """Where the label of a link ends that begins at ``start``; -1: nowhere.

    As the library has it, but that it gives up behind more brackets than anybody nests: the library looks through the
    whole rest of the paragraph for every bracket that never ends.
    """
    if isinstance(state, _State) and start > state.last_bracket:
        return -1
    before, level, found = state.pos, 1, -1
    state.pos = start + 1
    while state.pos < state.posMax and level <= _BRACKETS:
        marker, at = state.src[state.pos], state.pos
        if marker == "]":
            level -= 1
            if level == 0:
                found = at
                break
        state.md.inline.skipToken(state)
        if marker == "[":
            if state.pos == at + 1:
                level += 1
            elif disableNested:
                break
    state.pos = before
    return found


def _rules(made: MarkdownIt) -> dict[str, _Rule]:
    return {one.name: one.fn for one in made.inline.ruler.__rules__ if one.enabled}


def _no_footnote(rule: Callable[[StateBlock, int, int, bool], bool]) -> Callable[[StateBlock, int, int, bool], bool]:
    """The text of a footnote is no address."""

    def guarded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if state.src.startswith("[^", state.bMarks[start] + state.tShift[start]):
            return False
        return rule(state, start, end, silent)

    return guarded


def _begins_footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: ARG001
    """A footnote ends the paragraph before it, and is one."""
    return silent and bool(_FOOTNOTE.match(state.src, state.bMarks[start] + state.tShift[start]))


def places(made: MarkdownIt, source: str, env: dict[str, Any]) -> list[Place]:
    """The markup in ``source``, the content of one paragraph, in the order of its places."""
    state = _State(source, made, env)
    made.inline.tokenize(state)
    for rule in made.inline.ruler2.getRules(""):
        rule(state)
    found = state.places
    for start, end, first in state.runs:
        found += _delimiters(state, start, end, first)
    return sorted(found, key=lambda place: (place.start, place.end))


def _delimiters(state: _State, start: int, end: int, first: int) -> Iterator[Place]:
    """What became of a run of ``*``, ``_`` or ``~``."""
    size = 2 if state.src[start] == "~" else 1
    for number, at in enumerate(range(start, end, size)):
        token = state.tokens[first + number]
        name = token.type.partition("_")[0]
        wide = name == "strong"
        if token.type.endswith("_open"):
            yield Place(Mark.OPEN, at - wide, at + size, name)
        elif token.type.endswith("_close"):
            yield Place(Mark.CLOSE, at, at + size + wide, name)


def _math(state: StateInline, silent: bool) -> bool:
    found = MATH.match(state.src, state.pos, state.posMax) if state.src[state.pos] in "$\\" else None
    if found is None:
        return False
    if not silent:
        state.push("math", "", 0)
    state.pos = found.end()
    return True


def _mark(state: StateInline, silent: bool) -> bool:
    found = _MARK.match(state.src, state.pos, state.posMax) if state.src[state.pos] in "[{" else None
    if found is None:
        return False
    if not silent:
        state.push("mark", "", 0)
    state.pos = found.end()
    return True


def _remembering(name: str, rule: _Rule) -> _Rule:
    """``rule``, whose findings are written into the state."""

    def remembering(state: StateInline, silent: bool) -> bool:
        if silent or not isinstance(state, _State):
            return rule(state, silent)
        start, maximum = state.pos, state.posMax
        label_end = -1
        if name in ("link", "image") and state.src.startswith("[" if name == "link" else "![", start):
            label_end = state.md.helpers.parseLinkLabel(state, start + (name == "image"), name == "link")
        before = len(state.places)
        if not rule(state, silent):
            return False
        end = state.pos
        if name in ("emphasis", "strikethrough"):
            if name == "emphasis" or (end - start) % 2 == 0:
                state.runs.append((start, end, len(state.tokens) - (end - start) // (1 if name == "emphasis" else 2)))
        elif name == "link":
            state.places.insert(before, Place(Mark.OPEN, start, start + 1, "link"))
            state.places.append(_link_end(state, start + 1, label_end, end))
        elif name == "image":
            labelled = end > label_end + 1 and state.src[label_end + 1 : end] != "[]"
            label = (start + 2, label_end) if labelled else None
            state.places.append(Place(Mark.ALONE, start, end, label=label, title=_title(state, label_end, end)))
        else:
            state.places += _others(state, name, start, min(end, maximum))
        return True

    return remembering


def _link_end(state: _State, start: int, label_end: int, end: int) -> Place:
    """The end of a link; one that is found by its own words keeps them as its label when they are translated."""
    own = state.src[label_end:end] in ("]", "[]", "][]")
    fresh = f"][{' '.join(state.src[start:label_end].split())}]" if own else None
    return Place(Mark.CLOSE, label_end, end, "link", fresh=fresh, title=_title(state, label_end, end))


def _title(state: _State, label_end: int, end: int) -> tuple[int, int] | None:
    """Where the title stands in the rest of a link or a picture."""
    found = _TITLE.search(state.src, label_end + 2, end) if state.src.startswith("](", label_end) else None
    return found.span("words") if found else None


def _others(state: _State, name: str, start: int, end: int) -> Iterator[Place]:
    token = state.tokens[-1] if state.tokens else None
    kind = token.type if token else ""
    if name == "newline" or (name == "escape" and kind == "hardbreak"):
        while name == "newline" and start and state.src[start - 1] == " ":
            start -= 1
        yield Place(Mark.HARD if kind == "hardbreak" else Mark.SOFT, start, end)
    elif name in ("escape", "entity") and token and kind == "text_special":
        yield Place(Mark.SHOWN, start, end, shown=token.content)
    elif name in ("math", "autolink") or (name == "backticks" and kind == "code_inline" and not state.pending):
        yield Place(Mark.WORD, start, end)
    elif name == "mark":
        yield Place(Mark.ALONE, start, end)
    elif name == "html_inline":
        yield Place(Mark.TAG, start, end)

"""Colours for code that grows: every line is read once, when it is complete; only the last one again. No Qt.

Pygments reads whole texts, so its loop stands here once more, with the state kept from line to line and stopped when
its time is up. Code that is too long, or in a language nobody knows, stays plain.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple

from pygments.lexer import ExtendedRegexLexer, Lexer, RegexLexer
from pygments.lexers import find_lexer_class_by_name, get_lexer_by_name
from pygments.token import Comment, Error, Generic, Keyword, Literal, Name, Number, Operator, String, Token, _TokenType
from pygments.util import ClassNotFound

MAX_CODE = 120_000  # characters; what is longer stays plain
MAX_LINE = 2_000
_BREATH = 0.001  # seconds

Spans = tuple["Span", ...]
_Pair = tuple[str, str, _TokenType]
_LexToken = tuple[int, _TokenType, str, tuple[str, ...] | None]  # where, what, text, the state behind it


class Span(NamedTuple):
    """A stretch of a line and the name of its colour (see ``resources/theme/code.json``)."""

    start: int
    length: int
    color: str


_COLORS: tuple[tuple[_TokenType, str], ...] = (
    (Comment.Preproc, "keyword"), (Comment, "comment"), (Keyword.Type, "type"), (Keyword.Constant, "number"),
    (Keyword, "keyword"), (Operator.Word, "keyword"), (Operator, "operator"), (Name.Function, "name"),
    (Name.Class, "type"), (Name.Namespace, "type"), (Name.Exception, "type"), (Name.Builtin, "name"),
    (Name.Decorator, "name"), (Name.Tag, "keyword"), (Name.Attribute, "name"), (Name.Constant, "number"),
    (Name.Variable, "name"), (String, "string"), (Number, "number"), (Literal, "string"), (Generic.Inserted, "added"),
    (Generic.Deleted, "removed"), (Generic.Heading, "keyword"), (Generic.Subheading, "keyword"),
    (Generic.Prompt, "comment"), (Generic.Output, "text"),
)  # fmt: skip

# Marks that one expression of a lexer reads together with their end: while that has not come, the lexer sees signs.
_PAIRS = (("/*", "*/"), ("<!--", "-->"), ("(*", "*)"), ("{-", "-}"), ("`", "`"), ("--[[", "]]"), ('"""', '"""'))


class LineHighlighter:
    """Spans for the lines of one piece of code. Give it the code with :meth:`update`, time with :meth:`advance`."""

    def __init__(self, language: str) -> None:
        self._coming: Future[Lexer | None] | None = _loader().submit(_load, language)
        self._lexer: Lexer | None = None
        self._text = ""
        self._place = 0  # where the first line begins that is not settled
        self._stack: tuple[str, ...] = ("root",)
        self._settled: list[Spans] = []
        self._open: list[Spans] = []  # of the lines after the settled ones, which may still change
        self._stale = False
        self._wide = False  # has a line that is too long

    def update(self, text: str) -> None:
        """The code is ``text`` now, which begins with what it was before."""
        if text != self._text:
            start = self._text.rfind("\n") + 1
            self._wide = self._wide or any(len(line) > MAX_LINE for line in text[start:].split("\n"))
            self._text = text
            self._stale = True

    @property
    def finished(self) -> bool:
        """Whether :meth:`advance` has nothing to do."""
        if self._coming is None and self._lexer is None:
            return True
        return not self._stale or self._wide or len(self._text) > MAX_CODE

    def spans(self, line: int) -> Spans:
        """The colours of a line, as far as they are known."""
        if line < len(self._settled):
            return self._settled[line]
        line -= len(self._settled)
        return self._open[line] if line < len(self._open) else ()

    def advance(self, deadline: float) -> None:
        """Read on until all is read or ``time.perf_counter()`` is past ``deadline``."""
        if self._coming is not None and self._coming.done():
            self._lexer, self._coming = self._coming.result(), None
        if self.finished or self._coming is not None:
            return
        end = self._text.rfind("\n") + 1
        lines = _Lines(self._text, self._place)
        before = len(self._settled)
        for start, kind, value, stack in self._tokens():
            lines.add(start, kind, value)
            if stack is not None and value and lines.at_start and lines.place <= end:  # all up to here is settled
                self._settled.extend(lines.take())
                self._place, self._stack = lines.place, stack
                if time.perf_counter() > deadline:
                    self._open = self._open[len(self._settled) - before :]
                    return
        self._open = lines.rest()
        self._stale = False

    def _tokens(self) -> Iterator[_LexToken]:
        if isinstance(self._lexer, RegexLexer) and keeps_state(self._lexer):
            yield from _lex(self._lexer, self._text, self._place, self._stack)
        elif self._lexer is not None:
            yield from _lex_lines(self._lexer, self._text, self._place)


class _Lines:
    """Sorts tokens into lines."""

    def __init__(self, text: str, place: int) -> None:
        self._text = text
        self._line_start = place
        self._done: list[Spans] = []
        self._spans: list[Span] = []
        self.place = place

    @property
    def at_start(self) -> bool:
        """Whether the next token begins a line."""
        return self.place == self._line_start

    def add(self, start: int, kind: _TokenType, value: str) -> None:
        color = color_of(kind)
        for piece in value.splitlines(keepends=True) if "\n" in value else (value,):
            length = len(piece.rstrip("\n"))
            if color and length and not piece.isspace():
                self._paint(start - self._line_start, length, color)
            start += len(piece)
            if piece.endswith("\n"):
                self._done.append(tuple(self._spans))
                self._spans = []
                self._line_start = start
        self.place = start

    def _paint(self, start: int, length: int, color: str) -> None:
        last = self._spans[-1] if self._spans else None
        if last is not None and last.color == color and last.start + last.length == start:
            self._spans[-1] = Span(last.start, last.length + length, color)
        else:
            self._spans.append(Span(start, length, color))

    def take(self) -> list[Spans]:
        """The lines completed since the last call."""
        done, self._done = self._done, []
        return done

    def rest(self) -> list[Spans]:
        return [*self._done, tuple(self._spans)]


@cache
def _loader() -> ThreadPoolExecutor:
    """The thread that loads lexers: importing one takes up to 50 ms."""
    return ThreadPoolExecutor(1, thread_name_prefix="lexers")


def _load(language: str) -> Lexer | None:
    """The lexer for ``language``, compiled with a breath after each expression: the window wants the interpreter, too.

    Making a lexer, which would compile all of them in one go, finds them in the memory of ``re``.
    """
    kind = None
    with suppress(ClassNotFound):
        kind = find_lexer_class_by_name(language)
    if kind is not None and issubclass(kind, RegexLexer) and not hasattr(kind, "token_variants"):
        for rule in chain.from_iterable(kind.get_tokendefs().values()):
            if type(rule) is tuple:
                re.compile(rule[0] if isinstance(rule[0], str) else rule[0].get(), kind.flags)
                time.sleep(_BREATH)
    return lexer_for(language)


@lru_cache(maxsize=256)
def color_of(kind: _TokenType) -> str:
    """The name of the colour of a kind of token; empty for the colour of text."""
    return next((color for base, color in _COLORS if kind in base), "")


@lru_cache(maxsize=64)
def lexer_for(language: str) -> Lexer | None:
    """The lexer for the word after a fence, or None."""
    if not language or language in ("text", "plain", "plaintext", "txt"):
        return None
    try:
        lexer: Lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    if keeps_state(lexer):
        _pairs(lexer)
    return lexer


def keeps_state(lexer: Lexer) -> bool:
    """Whether the state between two lines can be kept; other lexers get each line as if it were the first."""
    return isinstance(lexer, RegexLexer) and not isinstance(lexer, ExtendedRegexLexer) and hasattr(lexer, "_tokens")


@lru_cache(maxsize=64)
def _pairs(lexer: RegexLexer) -> tuple[_Pair, ...]:
    """The marks that ``lexer`` takes for the ends of a comment or a text of several lines."""
    found = []
    for first, last in _PAIRS:
        probe = f"{first}\nx\n{last}"
        kind, value = next((kind, value) for _, kind, value, _ in _lex(lexer, probe, 0, ("root",), pairs=()) if value)
        if (kind in Comment or kind in String) and value == probe:
            found.append((first, last, kind))
    return tuple(found)


def _lex_lines(lexer: Lexer, text: str, place: int) -> Iterator[_LexToken]:
    for line in text[place:].splitlines(keepends=True):
        for start, kind, value in lexer.get_tokens_unprocessed(line.rstrip("\n")):
            yield place + start, kind, value, None
        place += len(line)
        if line.endswith("\n"):
            yield place - 1, Token.Text, "\n", ("root",)


def _lex(
    lexer: RegexLexer, text: str, place: int, begin: tuple[str, ...], pairs: tuple[_Pair, ...] | None = None
) -> Iterator[_LexToken]:
    """Tokens of ``text`` from ``place`` on, each with the state behind it (None inside of one match).

    The loop of ``RegexLexer.get_tokens_unprocessed``, which does not let its state be seen.
    """
    tables: dict[str, Any] = lexer._tokens
    pairs = _pairs(lexer) if pairs is None else pairs
    stack = list(begin)
    idle = 0
    while place < len(text):
        for match_at, action, new_state in tables[stack[-1]]:
            match = match_at(text, place)
            if match is None:
                continue
            if action is not None:
                tokens = [(place, action, match.group())] if type(action) is _TokenType else list(action(lexer, match))
                if not _is_closed(tokens) and (pair := _unclosed(text, place, pairs)) is not None:
                    yield place, pair, text[place:], None
                    return
                for start, kind, value in tokens[:-1]:
                    yield start, kind, value, None
            moved = match.end() > place
            idle = 0 if moved else idle + 1
            place = match.end()
            if new_state is not None:
                _change(stack, new_state)
            if action is not None and tokens:
                start, kind, value = tokens[-1]
                goes_on = place == len(text) and (kind in Comment or kind in String)  # perhaps only ended by the end
                whole = start + len(value) == place
                yield start, kind, value, tuple(stack) if whole and not goes_on else None
            break
        else:
            if text[place] == "\n":
                stack = ["root"]
                yield place, Token.Text, "\n", ("root",)
            else:
                pair = _unclosed(text, place, pairs)
                if pair is not None:
                    yield place, pair, text[place:], None
                    return
                yield place, Error, text[place], tuple(stack)
            place += 1
        if idle > 50:  # rules that lead in a circle without reading anything
            stack, idle = ["root"], 0
            yield place, Error, text[place : place + 1], ("root",)
            place += 1


def _is_closed(tokens: list[tuple[int, _TokenType, str]]) -> bool:
    return bool(tokens) and (tokens[0][1] in Comment or tokens[0][1] in String)


def _unclosed(text: str, place: int, pairs: tuple[_Pair, ...]) -> _TokenType | None:
    """The kind of what begins at ``place`` if its end has not come yet."""
    for first, last, kind in pairs:
        if text.startswith(first, place) and text.find(last, place + len(first)) < 0:
            return kind
    return None


def _change(stack: list[str], new_state: Any) -> None:
    """Apply what a rule says about the state, as pygments does."""
    if isinstance(new_state, tuple):
        for state in new_state:
            if state == "#pop":
                if len(stack) > 1:
                    stack.pop()
            elif state == "#push":
                stack.append(stack[-1])
            else:
                stack.append(state)
    elif isinstance(new_state, int):
        if abs(new_state) >= len(stack):
            del stack[1:]
        else:
            del stack[new_state:]
    elif new_state == "#push":
        stack.append(stack[-1])

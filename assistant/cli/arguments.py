"""argparse in the language of the program: its headings, its line of usage, and lines as wide as they look."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from assistant.cli.terminal import width
from assistant.texts import tr

_CLOSING = "，。、；：？！”’）》…·"
_OPENING = "“‘（《"
_THIN = "\u2009"  # what it stands between belongs together


class Help(argparse.HelpFormatter):
    """Helps whose lines end where a terminal's do: a Chinese character takes two columns."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """The line of usage, called so in the language of the program."""
        super().add_usage(usage, actions, groups, tr("usage: {usage}", usage="") if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return list(wrapped(text, width))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = ("\n".join(wrapped(paragraph, width - len(indent))) for paragraph in text.split("\n\n"))
        return "\n\n".join(indent + paragraph.replace("\n", "\n" + indent) for paragraph in paragraphs)


class ArgumentParser(argparse.ArgumentParser):
    """A parser whose helps are in the language of the program. What it says of a wrong argument is Python's."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=Help, add_help=False, **options)
        self._positionals.title = tr("positional arguments")
        self._optionals.title = tr("options")
        self.add_argument("-h", "--help", action="help", help=tr("show this help message and exit"))


def wrapped(text: str, columns: int) -> Iterator[str]:
    """The lines of ``text``, each at most so many columns wide where its words allow it.

    Lines end between words and beside wide characters, but no line begins with punctuation that ends something.
    """
    line = ""
    for piece in _pieces(text):
        if line.strip() and width((line + piece).rstrip()) > columns:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip(" ")
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """``text`` where a line may end behind each piece."""
    piece = ""
    for at, letter in enumerate(text):
        piece += letter
        after = text[at + 1 : at + 2]
        if not after or after in _CLOSING or letter in _OPENING or _THIN in (letter, after):
            continue
        if letter == " " or (_wide(letter) and after != " ") or _wide(after):
            yield piece
            piece = ""
    if piece:
        yield piece


def _wide(letter: str) -> bool:
    return width(letter) == 2

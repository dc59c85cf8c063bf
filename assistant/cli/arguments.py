"""argparse in the language of the program: its headings, what it says of wrong arguments, and lines as wide as they
look."""

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

    def add_argument(self, action: argparse.Action) -> None:
        """Count commands with what they are indented by, or the longest have a line alone (before Python 3.13)."""
        super().add_argument(action)
        for command in self._iter_indented_subactions(action):
            length = self._current_indent + len(self._format_action_invocation(command))
            self._action_max_length = max(self._action_max_length, length)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return list(wrapped(text, width))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = ("\n".join(wrapped(paragraph, width - len(indent))) for paragraph in text.split("\n\n"))
        return "\n\n".join(indent + paragraph.replace("\n", "\n" + indent) for paragraph in paragraphs)


class ArgumentParser(argparse.ArgumentParser):
    """A parser that speaks the language of the program."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=Help, **options)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Refuse what is unknown here, with the usage of the command that it was given to: argparse leaves it to the
        parser of all commands, which says only that there are some."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(tr("unrecognized arguments: {names}", names=" ".join(unknown)))
        return found, unknown


def _said(sentence: str) -> str:
    """A sentence of argparse's in the language of the program; one that is not known here stays as it is."""
    return {
        "usage: ": tr("usage: {usage}", usage=""),
        "positional arguments": tr("positional arguments"),
        "options": tr("options"),
        "show this help message and exit": tr("show this help message and exit"),
        "%(prog)s: error: %(message)s\n": tr("{program}: {message}", program="%(prog)s", message="%(message)s") + "\n",
        "argument %(argument_name)s: %(message)s": tr(
            "{argument}: {message}", argument="%(argument_name)s", message="%(message)s"
        ),
        "the following arguments are required: %s": tr("missing arguments: {names}", names="%s"),
        "one of the arguments %s is required": tr("one of these arguments is required: {names}", names="%s"),
        "unrecognized arguments: %s": tr("unrecognized arguments: {names}", names="%s"),
        "not allowed with argument %s": tr("not allowed together with {name}", name="%s"),
        "ignored explicit argument %r": tr("it takes no value, but was given {value}", value="%r"),
        "expected one argument": tr("a value is missing"),
        "expected at least one argument": tr("a value is missing"),
        "ambiguous option: %(option)s could match %(matches)s": tr(
            "{option} is ambiguous: {matches}", option="%(option)s", matches="%(matches)s"
        ),
        "invalid choice: %(value)r (choose from %(choices)s)": tr(
            "{value} is not one of these: {choices}", value="%(value)r", choices="%(choices)s"
        ),
    }.get(sentence, sentence)


# argparse has its sentences from gettext, in the language of the system, by this name: there is no other way in.
setattr(argparse, "_", _said)  # noqa: B010 - its type says nothing of it


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

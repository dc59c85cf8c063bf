"""Where words go: text to standard output, progress and messages to standard error."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

_CONTROLS = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
"""What a terminal would obey instead of showing it: escape sequences that a model wrote do nothing."""


class ReaderGoneError(Exception):
    """Whoever read our standard output does not want more (``| head``)."""


class Terminal:
    """The three streams of one run."""

    def __init__(self, *, out: TextIO | None = None, err: TextIO | None = None, stdin: TextIO | None = None) -> None:
        self.out: TextIO = out or sys.stdout or _nowhere()
        self.err: TextIO = err or sys.stderr or _nowhere()
        self.stdin: TextIO | None = stdin or sys.stdin
        self.shows_progress = _is_terminal(self.err)
        self._clean = _is_terminal(self.out)
        self._dims = _takes_colour(self.err)
        self._progress = ""
        self._line_open = False

    @property
    def interactive(self) -> bool:
        """A person sits at both ends."""
        return self.attended and _is_terminal(self.out)

    @property
    def attended(self) -> bool:
        """A person sits at standard input."""
        return _is_terminal(self.stdin)

    def write(self, text: str) -> None:
        """Text for standard output, at once.

        :raises ReaderGoneError: nobody reads it.
        """
        if not text:
            return
        self.clear_progress()
        if self._clean:
            text = text.translate(_CONTROLS)
        try:
            self.out.write(text)
            self.out.flush()
        except (BrokenPipeError, ValueError) as error:
            raise ReaderGoneError from error
        except OSError as error:
            if os.name == "nt":  # a closed pipe is EINVAL there
                raise ReaderGoneError from error
            raise
        self._line_open = not text.endswith("\n")

    def end_line(self) -> None:
        """Begin a new line on standard output unless it is at the beginning of one."""
        if self._line_open:
            self.write("\n")

    def write_json(self, value: Any) -> None:
        """One JSON object on one line."""
        self.write(json.dumps(value, ensure_ascii=False) + "\n")

    def say(self, text: str, *, dim: bool = False, end: str = "\n") -> None:
        """A message for standard error. Nobody may be reading there, which does not matter."""
        self.clear_progress()
        text = text.translate(_CONTROLS)
        if dim and self._dims:
            text = f"\x1b[2m{text}\x1b[0m"
        with contextlib.suppress(OSError, ValueError):
            self.err.write(text + end)
            self.err.flush()

    def progress(self, text: str) -> None:
        """One line on a terminal that replaces the last one; nothing where standard error goes elsewhere."""
        if not self.shows_progress or text == self._progress:
            return
        padding = " " * max(0, width(self._progress) - width(text))
        with contextlib.suppress(OSError, ValueError):
            self.err.write(f"\r{text}{padding}")
            self.err.flush()
        self._progress = text

    def confirm(self, question: str) -> bool:
        """Ask a person; anything but a yes is a no."""
        self.say(question, end=" ")
        try:
            answer = self.stdin.readline() if self.stdin is not None else ""
        except (OSError, ValueError):
            return False
        return answer.strip().casefold() in ("y", "yes", "是")

    def secret(self, question: str) -> str:
        """A line that is typed without being shown, or the first one of standard input; empty: there is none."""
        if self.attended:
            with contextlib.suppress(EOFError):
                return getpass.getpass(question, stream=self.err)
            return ""
        return self.stdin.readline().rstrip("\r\n") if self.stdin is not None else ""

    def clear_progress(self) -> None:
        if self._progress:
            with contextlib.suppress(OSError, ValueError):
                self.err.write("\r" + " " * width(self._progress) + "\r")
                self.err.flush()
            self._progress = ""


def leave_quietly() -> None:
    """Standard output is closed at the other end: let the interpreter's own last flush go nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def width(text: str) -> int:
    """Columns that ``text`` takes, Chinese characters being two wide."""
    return sum(2 if "\u1100" <= character <= "\uffdc" else 1 for character in text)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except (ValueError, AttributeError):
        return False


def _takes_colour(stream: TextIO) -> bool:
    return (
        _is_terminal(stream) and os.name != "nt" and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    )


def _nowhere() -> TextIO:
    """A program without a console has no streams."""
    return Path(os.devnull).open("w", encoding="utf-8")

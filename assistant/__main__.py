"""Where the program starts: a child of a frozen build, the command line, or the window.

Nothing heavy is imported here before it is known which of the three it is: the window must be on the screen in a
moment, and a child must move its pipe away before any native library is loaded.
"""

from __future__ import annotations

import io
import signal
import sys
from importlib import import_module

from assistant.base import nonetwork

_CHILDREN = ("engine", "net", "worker")
"""The rooms that have a ``main`` for a child process."""


def main(argv: list[str] | None = None) -> int:
    """Run the program with ``argv`` (without its own name); the value is the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if len(arguments) == 2 and arguments[0] == "--child" and arguments[1] in _CHILDREN:
        return int(import_module(f"assistant.{arguments[1]}.main").main() or 0)
    # The window and the command line ask the child in net/ for what they want of the network.
    nonetwork.forbid()
    _speak_utf8()
    if arguments:
        return int(import_module("assistant.cli.main").main(arguments))
    return int(import_module("assistant.gui.app").main([]))


def _speak_utf8() -> None:
    """Streams that take every character: UTF-8 on Windows, whose consoles in China are set to GBK."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):  # a program without a console has None here
            continue
        if sys.platform == "win32":
            stream.reconfigure(encoding="utf-8", errors="replace")
        elif stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="replace")


if __name__ == "__main__":
    try:
        ended = main()
    except KeyboardInterrupt:  # while modules were being loaded
        ended = 130
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a late Ctrl+C, while the interpreter tidies up, changes nothing
    sys.exit(ended)

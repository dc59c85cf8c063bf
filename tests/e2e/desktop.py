"""A real screen, a real window, keys and clicks: what a person at this computer would do."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil

from assistant.base.paths import default_paths
from assistant.storage.settings import Settings

MOST_TOKENS = 200
T = TypeVar("T")


@contextlib.contextmanager
def screen(width: int = 1280, height: int = 800) -> Iterator[str]:
    """A screen of its own (Xvfb); the name of the display."""
    reading, writing = os.pipe()
    # Without -noreset the server starts over whenever its last client leaves, and refuses whoever comes meanwhile.
    size = f"{width}x{height}x24"
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            yield f":{answer.readline().strip()}"
    finally:
        process.terminate()
        process.wait(10)


def wait_for(what: Callable[[], T | None], seconds: float, why: str) -> T:
    """The first true value of ``what``; asked ten times a second."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"waited {seconds} s for {why}"
        time.sleep(0.1)
    return found


class Desktop:
    """The program on a screen, driven by xdotool and watched through its database and its processes."""

    def __init__(self, display: str, log: Path) -> None:
        self._log = log
        self._environ = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
        self._environ.pop("WAYLAND_DISPLAY", None)
        self.process: subprocess.Popen[bytes] | None = None
        self.expected: set[str] = set()  # what the program may print

    def start(self) -> subprocess.Popen[bytes]:
        """Start another copy of the program; the first one becomes ``process``."""
        with self._log.open("ab") as log:
            process = subprocess.Popen([sys.executable, "-m", "assistant"], env=self._environ, stdout=log, stderr=log)
        if self.process is None or self.process.poll() is not None:
            self.process = process
        return process

    def tool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env=self._environ, capture_output=True, text=True, check=False, timeout=30
        )
        return done.stdout.strip()

    def windows(self) -> list[str]:
        """Numbers of the program's visible windows."""
        return self.tool("search", "--onlyvisible", "--name", "Lamplight").split()

    def open(self) -> None:
        """Start the program and wait until its window can be typed into."""
        self.start()
        window = wait_for(self.windows, 30, "the window")[0]
        # There is no window manager: somebody has to give the focus.
        self.tool("windowfocus", "--sync", window)
        wait_for(default_paths().database.exists, 30, "the database")

    def type(self, text: str) -> None:
        self.tool("type", "--delay", "5", text)

    def key(self, *keys: str) -> None:
        self.tool("key", *keys)

    def say(self, text: str) -> None:
        self.type(text)
        self.key("Return")

    def messages(self) -> list[tuple[str, str, str]]:
        """Role, state and text of all messages, in the order in which they were made."""
        with contextlib.closing(sqlite3.connect(f"file:{default_paths().database}?mode=ro", uri=True)) as db:
            try:
                return db.execute(
                    "SELECT m.role, m.state, t.text FROM messages m JOIN texts t ON t.id = m.id ORDER BY m.id"
                ).fetchall()
            except sqlite3.OperationalError:  # not made yet, or just being made
                return []

    def last(self) -> tuple[str, str, str]:
        found = self.messages()
        return found[-1] if found else ("", "", "")

    def children(self, room: str = "") -> list[psutil.Process]:
        """The program's children, those of one room if it is named."""
        if self.process is None or self.process.poll() is not None:
            return []
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if f"assistant.{room}" in " ".join(child.cmdline()):
                    found.append(child)
        return found

    def close(self) -> int:
        """Close the window as its frame's button does; the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)

    def kill_what_is_left(self) -> None:
        for child in self.children():
            with contextlib.suppress(psutil.Error):
                child.kill()
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


def furnish(starter: Path) -> None:
    """Put the starter model where this home keeps its models, and keep its answers short."""
    Settings(default_paths().settings).set("max_tokens", MOST_TOKENS)
    folder = default_paths().models
    folder.mkdir(parents=True, exist_ok=True)
    try:
        (folder / starter.name).hardlink_to(starter)
    except OSError:
        shutil.copyfile(starter, folder / starter.name)

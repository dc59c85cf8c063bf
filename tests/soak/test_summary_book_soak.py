"""A book of 60,000 words with the real program and the starter: read to its end, in memory that does not grow.

The numbers are in its log (about three quarters of an hour where nothing else runs).
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import psutil
import pytest

from assistant.documents import reading
from assistant.documents.model import Document
from tests.fakes.soak_log import SoakLog

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("kelp.md", "minutes.md", "move.txt", "theatre.txt")
WORDS = 60_000
FLAT = 1.1
"""How much more than in the second fifth of its time a process may hold later."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(5400)]


def book() -> str:
    """Chapters of the paragraphs of the documents that models are scored on, in an order that is always the same."""
    texts = ((ROOT / "tests" / "eval" / "documents" / name).read_text("utf-8") for name in SOURCES)
    paragraphs = [" ".join(each.split()) for text in texts for each in text.split("\n\n")]
    paragraphs = [each for each in paragraphs if len(each.split()) > 12]
    chance = random.Random(60)
    chapters: list[str] = []
    count = 0
    while count < WORDS:
        chosen = chance.sample(paragraphs, 24)
        count += sum(len(each.split()) for each in chosen)
        chapters.append("\n\n".join([f"# Chapter {len(chapters) + 1}", *chosen]))
    return "\n\n".join(chapters)


class Held:
    """What a program and its children hold, looked at once a second."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = psutil.Process(process.pid)
        self._over = threading.Event()
        self.seen: dict[tuple[str, int], list[int]] = defaultdict(list)  # bytes by the process: its room and id
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(1.0):
            try:
                for process in (self._process, *self._process.children(recursive=True)):
                    room = next((word for word in process.cmdline() if word.startswith("assistant.")), "program")
                    self.seen[room, process.pid].append(process.memory_info().rss)
            except psutil.Error:
                continue

    def close(self) -> None:
        self._over.set()
        self._thread.join()


def test_a_book_of_sixty_thousand_words(starter_path: Path, tmp_path: Path, soak_log: SoakLog) -> None:
    page = tmp_path / "book.md"
    page.write_text(book(), "utf-8")
    command = [sys.executable, "-m", "assistant", "summarize", str(page), "--model", str(starter_path), "--json"]
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    held = Held(process)
    try:
        out, err = process.communicate()
    finally:
        held.close()
    assert process.returncode == 0, err.decode() + out.decode()
    found = json.loads(out)
    seconds = found["seconds"]
    soak_log(seconds=seconds, with_everything=round(time.monotonic() - begun))
    soak_log(parts=len(found["parts"]), steps=found["steps"], tokens=found["tokens"])
    for (room, _), seen in held.seen.items():
        soak_log(room=room, most_mb=max(seen) >> 20, mb_after_a_fifth=seen[len(seen) // 5] >> 20)
    assert found["text"].strip()
    assert len(found["parts"]) > 40
    assert all(part["state"] in ("done", "flawed") and part["text"].strip() for part in found["parts"])
    _check_tree(found["tree"], len(found["parts"]))
    _check_parts(reading.read(page.read_bytes(), page.name), [part["stretches"] for part in found["parts"]])
    for (room, _), seen in held.seen.items():
        if len(seen) > 60:  # children that come and go have no course
            calm = max(seen[len(seen) // 5 : 2 * len(seen) // 5])
            assert max(seen[2 * len(seen) // 5 :]) <= FLAT * calm, room


def _check_tree(tree: list[dict[str, Any]], parts: int) -> None:
    """From the result, the last step, each part is reached exactly once."""
    steps = {step["id"]: step for step in tree}
    reached: list[int] = []
    ways = [tree[-1]["id"]]
    while ways:
        step = steps.pop(ways.pop())  # a step that is reached twice is not there any more
        reached += step["parts"]
        ways += step["steps"]
    assert sorted(reached) == list(range(parts))
    assert not steps


def _check_parts(document: Document, parts: list[list[list[int]]]) -> None:
    """Every paragraph belongs to exactly one part, and what is between the parts is white space."""
    stretches = [(start, end) for part in parts for start, end in part]
    assert stretches == sorted(stretches)
    ends = [0, *(end for _, end in stretches)]
    starts = [*(start for start, _ in stretches), len(document.text)]
    assert all(end <= start for end, start in zip(ends, starts, strict=True))
    assert not "".join(document.text[end:start] for end, start in zip(ends, starts, strict=True)).strip()
    owners = [sum(start < span.end and span.start < end for start, end in stretches) for span in document.paragraphs]
    assert set(owners) == {1}

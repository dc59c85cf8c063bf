"""A program that does nothing but write to a store, and says on its standard output what was acknowledged.

``python -m tests.fakes.store_writer HOME SEED [ACTIONS]``: without ACTIONS it goes on until it is killed. Lines:

* ``ready``: the store is open; ``problem KIND``: opening met trouble.
* ``message ID CONVERSATION CHECKSUM``: this message is acknowledged, and will not change any more.
* ``begun ID CONVERSATION``: the empty row of an answer is acknowledged.
* ``grows ID LENGTH TIME``: an answer has got this long at that time (monotonic seconds).
* ``kept ID LENGTH``: a checkpoint of this length is acknowledged.
* ``step JOB INDEX CHECKSUM``: this step of a job on a document is acknowledged.
* ``drops NUMBER``: a conversation or a job is about to be deleted.
* ``threads NUMBER``: the setting is saved.
* ``failed KIND``: a write was refused.
* ``end``: the store is closed.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
import zlib
from dataclasses import replace
from pathlib import Path

from assistant.storage.rows import Conversation, Job, JobStep, Message, MessageState, Role, StepState
from assistant.storage.settings import Settings
from assistant.storage.store import IntegrityReport, Store, Stored, StoreFailed

CHECKPOINT_SECONDS = 0.1  # the program waits 0.8; here everything is faster
_WORDS = ["a", "lamp", "by", "the", "window", "灯下", "tea", "and", "harvest\n"]


def say(*words: object) -> None:
    """One write, so that a kill cannot cut a line in two halves that both look whole."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode("utf-8"))


def checksum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8"))


class Writer:
    def __init__(self, home: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.store = Store(home / "data" / "lamplight.sqlite3", self.deliver)
        self.settings = Settings(home / "config" / "settings.json")
        self.meaning: dict[int, tuple[object, ...]] = {}
        self.lock = threading.Lock()
        self.conversations: list[int] = []
        self.jobs: list[tuple[int, int]] = []  # number, steps so far
        self.leaf: dict[int, int] = {}
        self.kept = True

    def deliver(self, news: Stored | StoreFailed | IntegrityReport) -> None:
        if isinstance(news, IntegrityReport):
            if not news.ok:
                say("problem", "integrity")
            return
        with self.lock:
            meaning = self.meaning.pop(news.ticket, ())
        if isinstance(news, StoreFailed):
            say("failed", news.error.kind.value)
        elif meaning and self.kept:
            say(*meaning)

    def run(self, actions: int | None) -> None:
        report = self.store.open()
        self.kept = report.kept  # else all is in memory, and nothing is promised
        if report.error is not None:
            say("problem", report.error.kind.value)
        self.conversations = [row.id for row in self.store.conversations()]
        self.jobs = [(row.id, len(self.store.jobs.steps(row.id))) for row in self.store.jobs.all()]
        say("ready")
        while actions is None or actions > 0:
            act = self.chance.choices(
                [self.talk, self.answer, self.begin, self.work, self.drop, self.drop_job, self.back_up, self.change],
                [40, 10, 3, 20, 1, 1, 1, 4],
            )[0]
            act()
            if actions is None:
                time.sleep(self.chance.choice([0, 0.001, 0.004]))  # else the queue grows without an end
            else:
                actions -= 1
        self.store.close()
        say("end")

    def begin(self) -> int:
        number = self.store.new_id()
        self.store.create_conversation(Conversation(number, f"talk {number}", time.time(), time.time(), 0))
        self.conversations.append(number)
        return number

    def place(self) -> int:
        return self.chance.choice(self.conversations[-5:]) if self.conversations else self.begin()

    def text(self, most: int = 300) -> str:
        return " ".join(self.chance.choices(_WORDS, k=self.chance.randint(1, most)))

    def add(self, role: Role, state: MessageState, text: str) -> Message:
        """A new message at the end of some conversation."""
        place = self.place()
        row = Message(
            id=self.store.new_id(),
            conversation=place,
            parent=self.leaf.get(place),
            role=role,
            text=text,
            created=time.time(),
            state=state,
        )
        self.leaf[place] = row.id
        with self.lock:
            begun = ("begun", row.id, place)
            ticket = self.store.add_message(row)
            self.meaning[ticket] = begun if role is Role.ASSISTANT else ("message", row.id, place, checksum(text))
        return row

    def talk(self) -> None:
        self.add(Role.USER, MessageState.COMPLETE, self.text())
        if self.chance.random() < 0.3:
            self.store.set_draft(self.place(), self.text(20))

    def answer(self) -> None:
        row = self.add(Role.ASSISTANT, MessageState.WAITING, "")
        text, saved = "", 0.0
        for _ in range(self.chance.randint(1, 40)):
            text += self.text(5)
            now = time.monotonic()
            say("grows", row.id, len(text), now)
            if now - saved >= CHECKPOINT_SECONDS:
                saved = now
                with self.lock:
                    self.meaning[self.store.checkpoint_answer(row.id, text=text)] = ("kept", row.id, len(text))
            time.sleep(0.002)
        done = replace(row, text=text, state=MessageState.COMPLETE, ids=tuple(range(50)))
        with self.lock:
            ticket = self.store.finish_answer(done)
            self.meaning[ticket] = ("message", row.id, row.conversation, checksum(text))

    def work(self) -> None:
        """A step of a job on a document ends; now and then a job begins."""
        if not self.jobs or self.chance.random() < 0.1:
            number = self.store.jobs.new_id()
            self.store.jobs.create(Job(number, "summary", f"job {number}", "d" * 32, "{}", time.time()))
            self.jobs.append((number, 0))
        number, index = self.jobs[-1]
        self.jobs[-1] = (number, index + 1)
        text = self.text()
        with self.lock:
            ticket = self.store.jobs.add_step(JobStep(number, 0, index, StepState.DONE, text))
            self.meaning[ticket] = ("step", number, index, checksum(text))

    def drop_job(self) -> None:
        if len(self.jobs) > 3:
            number, _ = self.jobs.pop(0)
            say("drops", number)
            self.store.jobs.trash(number)
            self.store.purge_trash()

    def drop(self) -> None:
        if len(self.conversations) > 8:
            number = self.conversations.pop(0)
            say("drops", number)
            self.store.trash_conversation(number)
            self.store.purge_trash()

    def back_up(self) -> None:
        self.store.backup()

    def change(self) -> None:
        number = self.settings["threads"] % 256 + 1
        self.settings.set("threads", number)
        if self.settings.problem is None:
            say("threads", number)
        else:
            say("failed", self.settings.problem.kind.value)


if __name__ == "__main__":
    Writer(Path(sys.argv[1]), int(sys.argv[2])).run(int(sys.argv[3]) if len(sys.argv) > 3 else None)

"""The whole program without a face, talking to itself until it is killed.

``python -m tests.fakes.talker`` says ``kept ID LENGTH`` when a message of the user is on disk and ``grew ID LENGTH
TIME`` while an answer grows (monotonic seconds, which a parent on the same machine can compare).
"""

from __future__ import annotations

import itertools
import sys
import threading
import time
from pathlib import Path
from typing import Any

from assistant.base.paths import default_paths
from assistant.core.core import Core
from assistant.core.events import MessageGrew, MessageKept
from assistant.engine.messages import Generate
from assistant.library.models import InstalledModel
from tests.fakes.engine_client import FakeClient
from tests.fakes.pretended_worker import PretendedRendering

WORD = "word "
STEP = 0.002  # seconds between two words
WORDS = 2000


class TalkingClient(FakeClient):
    """Answers every request with WORDS words from a thread of its own."""

    def send(self, request: Any) -> None:
        super().send(request)
        if isinstance(request, Generate):
            threading.Thread(target=self._talk, daemon=True).start()

    def _talk(self) -> None:
        for _ in range(WORDS):
            self.say(WORD)
            time.sleep(STEP)
        self.finish()


def main() -> None:
    paths = default_paths()
    woken = threading.Event()
    core = Core(paths, wake=woken.set, connect=lambda deliver, log: TalkingClient(deliver, context=10**6))  # type: ignore[arg-type,return-value]
    core.answers._rendering = PretendedRendering()  # type: ignore[assignment]  # no child to be left behind
    model = InstalledModel(key="m", name="m", path=Path("m"), size=1, has_template=True)
    core.models.read = list  # type: ignore[method-assign]
    core.models.chosen = lambda: model  # type: ignore[method-assign]

    def heard(event: Any) -> None:
        if isinstance(event, MessageKept):
            print("kept", event.message, flush=True)
        elif isinstance(event, MessageGrew):
            answer = core.conversations.answer_of(event.message)
            if answer is not None:
                print("grew", event.message, answer.length, time.monotonic(), flush=True)

    core.listen(heard)
    core.start()
    print("ready", flush=True)
    for number in itertools.count():
        conversation = core.conversations.create()
        core.conversations.send(conversation, f"question {number} " + "词" * (number % 50))
        while core.conversations.busy(conversation):
            woken.wait(0.1)
            woken.clear()
            while core.pump(0.05):
                pass


if __name__ == "__main__":
    sys.exit(main())

"""The whole program without a face, asking about one document until it is killed or done.

``python -m tests.fakes.questioner`` asks one question after the other, and goes on behind those that were answered
before. It says ``asked 0 INDEX`` when the model has a question, and ``end CHECKSUM`` when there are all answers.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.core.asking import DocumentAnswer
from assistant.engine.messages import FinishReason
from tests.fakes.answering_engines import AnsweringClient, AnsweringEngines, turns_in
from tests.fakes.summarizer import checksum, say
from tests.fakes.summary_desk import SummaryDesk, story

QUESTIONS = 12
PIECES = 8  # that an answer comes in
SECONDS = 0.15  # from one piece to the next: an answer takes longer than what a crash may cost


def question(number: int) -> str:
    return f"What did the town see in the year {1500 + number}? 第{number}问"


def answer(number: int) -> str:
    """The whole answer to a question."""
    return " ".join(f"In {1500 + number} the town saw fact{number}, piece {piece}." for piece in range(PIECES))


class TellingClient(AnsweringClient):
    """Writes its answers piece by piece."""

    def _later(self, request: Any) -> None:
        said = turns_in(request)[-1].text
        number = next(one for one in range(QUESTIONS) if question(one) in said)
        say("asked", 0, number)
        text = answer(number)
        step = len(text) // PIECES
        for start in range(0, step * (PIECES - 1), step):
            self.begin(request, text[start : start + step])
            time.sleep(SECONDS)
        self.model = lambda turns, most: (text[step * (PIECES - 1) :], FinishReason.END)
        self.answer(request)


class TellingEngines(AnsweringEngines):
    def __call__(self, deliver: Callable[[Any], None], log: Path | None) -> TellingClient:
        client = TellingClient(deliver, **self.options)
        self.clients.append(client)
        return client


def main() -> None:
    desk = SummaryDesk(engines=TellingEngines, seconds=SECONDS)
    document = desk.open(story(4))
    before = desk.core.asking.history(document.digest)
    interrupted = bool(before) and not before[-1].finish
    for number in range(len(before) - interrupted, QUESTIONS):
        again = interrupted and number == len(before) - 1
        found = desk.result(
            lambda done, number=number, again=again: desk.core.asking.ask(
                document.digest, question(number), done=done, again=again
            )
        )
        assert isinstance(found, DocumentAnswer)
        assert found.finish == "end", found.error
    said = [(one.question, one.text) for one in desk.core.asking.history(document.digest)]
    say("end", checksum("\n".join(f"{asked}\n{text}" for asked, text in said)))
    desk.close()


if __name__ == "__main__":
    sys.exit(main())

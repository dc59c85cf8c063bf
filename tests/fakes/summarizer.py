"""The whole program without a face, at work on one long summary until it is killed or done.

``python -m tests.fakes.summarizer`` begins a summary, or goes on with the one that is there. It says ``asked LEVEL
INDEX`` before a step is asked, ``ready`` when the first one was, and ``end CHECKSUM`` when there is a result.
"""

from __future__ import annotations

import os
import sys
import zlib
from typing import Any

from assistant.core.summary.job import SummaryRun
from assistant.core.summary.views import JobState
from tests.fakes.summary_desk import SummaryDesk, story

PARAGRAPHS = 560
CONTEXT = 6000  # tokens: three parts side by side
SECONDS = 0.3  # that each answer takes


def say(*words: object) -> None:
    """One write, so that a kill cannot cut a line in two halves that both look whole."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode("ascii"))


def checksum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8"))


def main() -> None:
    ask = SummaryRun._ask
    ready: list[bool] = []

    def asked(run: SummaryRun, step: Any) -> None:
        say("asked", step.key.level, step.key.index)
        ask(run, step)
        if not ready:
            ready.append(True)
            say("ready")

    SummaryRun._ask = asked  # type: ignore[method-assign]
    desk = SummaryDesk(context=CONTEXT, seconds=SECONDS)
    rows = desk.summaries.rows()
    if rows:
        job = rows[0].id
        desk.summaries.go_on(job)
    else:
        job = desk.start(desk.open(story(PARAGRAPHS)).digest)
    view = desk.end(job)
    assert view.state is JobState.DONE, view.error
    say("end", checksum(view.text))
    desk.close()


if __name__ == "__main__":
    sys.exit(main())

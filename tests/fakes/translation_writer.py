"""The whole program without a face, at work on one translation until it is killed or done.

``python -m tests.fakes.translation_writer`` begins a translation, or goes on with the one that is there. It says
``asked 0 INDEX`` before a segment is asked, and ``end CHECKSUM`` when all is done.
"""

from __future__ import annotations

import sys
from typing import Any

from assistant.core.translation.segment_work import SegmentWork
from assistant.core.translation.views import JobState
from assistant.tasks.translation import TranslateOptions
from tests.fakes.summarizer import checksum, say
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translators import story

SENTENCES = 40
OPTIONS = TranslateOptions(target="zh-Hans")
SECONDS = 0.2  # that each answer takes
TOGETHER = 3  # answers that are written side by side


def main() -> None:
    begin = SegmentWork.begin

    def begun(work: SegmentWork, step: Any) -> None:
        say("asked", 0, step.index)
        begin(work, step)

    SegmentWork.begin = begun  # type: ignore[method-assign]
    desk = TranslationDesk(seconds=SECONDS, sequences=TOGETHER)
    rows = desk.translations.rows()
    if rows:
        job = rows[0].id
        desk.translations.go_on(job)
    else:
        job = desk.begin(desk.read(story(SENTENCES)).digest, OPTIONS)
    view = desk.made(job)
    assert view.state is JobState.DONE, view.error
    say("end", checksum("\n".join(segment.target for segment in view.segments)))
    desk.close()


if __name__ == "__main__":
    sys.exit(main())

"""The examples of the Summarize pane: short texts that ship with the program, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.base.assets import resources
from assistant.tasks.summary import Format, SummaryOptions
from assistant.texts import current_language, tr


@dataclass(frozen=True)
class Sample:
    """One example.

    :ivar name: of its file, without language and ending.
    """

    name: str
    words: Callable[[], str]
    format: Format
    focus: Callable[[], str] = lambda: ""

    def path(self, *, english: bool) -> Path:
        """The text in the language of the window, or in English for a model that reads nothing else."""
        language = "zh" if current_language().startswith("zh") and not english else "en"
        return resources() / "samples" / f"{self.name}.{language}.md"

    def options(self) -> SummaryOptions:
        """What is asked for of it, whatever was chosen for another text."""
        return SummaryOptions(format=self.format, focus=self.focus())


SAMPLES: tuple[Sample, ...] = (
    Sample("meeting", lambda: tr("A committee meeting, as minutes with action items"), Format.MINUTES),
    Sample("lighthouse", lambda: tr("How a lighthouse works, in key points"), Format.BULLETS),
    Sample(
        "letter",
        lambda: tr("A letter to residents: what do I have to do?"),
        Format.BULLETS,
        lambda: tr("What do I have to do, and by when?"),
    ),
)

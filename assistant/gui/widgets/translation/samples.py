"""The examples of the Translate pane: short texts that ship with the program, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.base.assets import resources
from assistant.texts import tr


@dataclass(frozen=True)
class TranslationSample:
    """One example. ``file``: its name among the samples; ``target``: what it is translated into."""

    file: str
    words: Callable[[], str]
    target: str

    def path(self) -> Path:
        return resources() / "samples" / self.file

    def text(self) -> str:
        return self.path().read_text("utf-8")


SAMPLES: tuple[TranslationSample, ...] = (
    TranslationSample("note.en.txt", lambda: tr("A note to a neighbour, from English into Chinese"), "zh-Hans"),
    TranslationSample("recipe.zh.txt", lambda: tr("A recipe, from Chinese into English"), "en"),
    TranslationSample("lighthouse.en.md", lambda: tr("An article with headings, as a document"), "zh-Hans"),
)

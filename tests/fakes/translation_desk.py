"""The whole program without a face and without a child, at work on translations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.core.translation.views import OpenTranslation, TranslationPlan, TranslationView
from assistant.tasks.translation import TranslateOptions
from tests.fakes.summary_desk import SummaryDesk
from tests.fakes.translators import TranslatingEngines, good


class TranslationDesk(SummaryDesk):
    """A core with one model that translates, and what it told. Options are those of ``SummaryDesk``."""

    def __init__(self, *, keep: bool = True, **options: Any) -> None:
        super().__init__(keep=keep, engines=TranslatingEngines, **{"model": good, "context": 4000} | options)

    @property
    def translations(self) -> Any:
        return self.core.translations

    def read(self, text: str = "", *, path: Path | None = None, name: str = "", data: bytes = b"") -> OpenTranslation:
        """Open a text or a file."""
        found = self.result(lambda done: self.translations.read(path, text=text, data=data, name=name, done=done))
        assert isinstance(found, OpenTranslation), found
        return found

    def planned(self, digest: str, options: TranslateOptions) -> TranslationPlan:
        found = self.result(lambda done: self.translations.plan(digest, options, done))
        assert isinstance(found, TranslationPlan), found
        return found

    def begin(self, digest: str, options: TranslateOptions) -> int:
        number = self.translations.start(digest, options)
        assert isinstance(number, int)
        return number

    def made(self, job: int) -> TranslationView:
        """Wait until a translation is no longer being made, and is in memory."""
        self.wait(lambda: job not in self.translations.running())
        return self.shown(job)

    def shown(self, job: int) -> TranslationView:
        """Wait until a translation is in memory."""
        self.wait(lambda: not self.translations.view(job).loading)
        found = self.translations.view(job)
        assert isinstance(found, TranslationView)
        return found

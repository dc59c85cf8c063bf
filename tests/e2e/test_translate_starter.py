"""A text translated by the real program and the starter model."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import AssistantError
from assistant.core.translation.views import ENDED, Exported, JobState, OpenTranslation, SegmentState, Weighed
from assistant.tasks.translation import TranslateOptions
from tests.bench.estimates import desk

TEXT = "The lamp is on.\n\nIt was built in 1903.\n"


@pytest.mark.timeout(300)
def test_the_starter_translates_and_what_is_wrong_is_marked(starter_path: Path, tmp_path: Path) -> None:
    """What it says is of no use; that every segment ends, is checked, and tells how sure the model was is."""
    with desk(tmp_path / "home", starter_path) as made:
        translations = made.core.translations
        opened: list[object] = []
        translations.read(text=TEXT, done=opened.append)
        made.wait(lambda: bool(opened))
        (document,) = opened
        assert isinstance(document, OpenTranslation)
        job = translations.start(document.digest, TranslateOptions(target="de"), model=made.model)
        made.wait(lambda: job not in translations.running(), 280)
        view = translations.view(job)
        assert view is not None
        assert (view.state, view.done, view.total) == (JobState.DONE, 2, 2), view.error
        assert {segment.state for segment in view.segments} <= ENDED
        for segment in view.segments:
            assert segment.target.strip()
            assert segment.target != segment.source or segment.state is SegmentState.MARKED
            assert segment.confidence > 0 or segment.target == segment.source
        exported: list[object] = []
        translations.export(job, tmp_path / "out.txt", exported.append)
        made.wait(lambda: bool(exported))
        assert exported == [Exported(0, 2)]
        assert (tmp_path / "out.txt").read_text("utf-8").count("\n\n") >= 1
        weighed: list[Weighed | AssistantError] = []
        translations.alternatives(job, 0, 1, weighed.append)
        made.wait(lambda: any(isinstance(one, AssistantError) or one.complete for one in weighed))
        assert isinstance(weighed[-1], Weighed)
        assert len(weighed[-1].found) > 1
        assert any(one.whole for one in weighed[-1].found[1:])

"""Transcripts under test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from assistant.gui.theme import Theme
from assistant.gui.widgets.transcript.view import Transcript
from tests.gui.transcript.talks import Talk


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    """The light theme at its usual size."""
    found = Theme(qapp)
    found.apply(wish="light", scale=1.0)
    return found


@pytest.fixture
def make(theme: Theme, qtbot: Any) -> Iterator[Callable[..., Transcript]]:
    """Makes transcripts that show a conversation."""
    made: list[Transcript] = []

    def build(talk: Talk | None, width: int = 700, height: int = 500) -> Transcript:
        transcript = Transcript(theme)
        made.append(transcript)
        transcript.resize(width, height)
        transcript.show()
        transcript.reset(talk)
        qtbot.wait(1)
        return transcript

    yield build
    for each in made:
        if isValid(each):
            each.close()
            each.deleteLater()

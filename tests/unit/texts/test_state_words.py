"""Every state that the program knows has words."""

from __future__ import annotations

import pytest

from assistant.core.events import Phase
from assistant.engine.messages import FinishReason
from assistant.texts import LANGUAGES, set_language, states

PLAIN = {FinishReason.END, FinishReason.STOP}
"""What needs no words: the answer simply came to its end."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words(language: str) -> None:
    set_language(language)
    for phase in Phase:
        assert states.phase(phase)
    for reason in FinishReason:
        assert bool(states.ending(reason)) == (reason not in PLAIN)


def test_progress_is_told_while_there_is_some() -> None:
    assert states.phase("loading", 0.4) == "loading 40 %"
    assert states.phase("loading") == "loading"
    assert states.phase("ready", 0.4) == "ready"

"""Every state that the program knows has words."""

from __future__ import annotations

import pytest

from assistant.core.events import Phase
from assistant.engine.messages import FinishReason
from assistant.storage.rows import MessageState
from assistant.texts import LANGUAGES, set_language, states

PLAIN = {FinishReason.END, FinishReason.STOP, MessageState.COMPLETE}
"""What needs no words: the answer simply came to its end."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words(language: str) -> None:
    set_language(language)
    for phase in Phase:
        assert states.phase(phase)
    for reason in FinishReason:
        assert bool(states.ending(reason)) == (reason not in PLAIN)
    for state in MessageState:
        assert bool(states.message(state)) == (state not in PLAIN)


def test_progress_is_told_while_there_is_some() -> None:
    assert states.phase("loading", 0.4) == "loading 40 %"
    assert states.phase("loading") == "loading"
    assert states.phase("ready", 0.4) == "ready"


def test_the_two_ways_to_say_why_an_answer_ended_agree() -> None:
    assert states.ending("limit") == states.message("cut")
    assert states.ending("loop") == states.message("looped")
    assert states.ending("cancelled") == states.message("stopped")

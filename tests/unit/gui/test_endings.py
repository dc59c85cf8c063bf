"""How an answer ended, as the transcript says it."""

from __future__ import annotations

import pytest

from assistant.gui.widgets.transcript.endings import ending_words
from assistant.storage.rows import MessageState
from assistant.texts import LANGUAGES, set_language, states


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("state", "reason"),
    [(MessageState.STOPPED, "cancelled"), (MessageState.CUT, "limit"), (MessageState.LOOPED, "loop")],
)
def test_the_window_and_the_command_line_say_the_same_of_an_end(
    language: str, state: MessageState, reason: str
) -> None:
    set_language(language)
    assert ending_words(state, None) == states.ending(reason).rstrip(".。")

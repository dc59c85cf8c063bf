"""The list of connections in words: why, how it ended, and what it comes to; what was refused was not opened."""

from __future__ import annotations

import pytest

from assistant.net.ledger import FAILED, OK, OPEN, REFUSED, Entry
from assistant.texts import set_language
from assistant.texts.connections import outcome, reason, total


def entry(outcome: str, received: int = 0) -> Entry:
    return Entry(at=1.0, host="h", port=443, why="search", method="GET", received=received, outcome=outcome)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "No connection has been opened."),
        ([entry(REFUSED)], "No connection has been opened. 1 was refused."),
        ([entry(OK, 2000)], "1 connection: 2.0 kB received, 0 bytes sent."),
        ([entry(OK, 2000), entry(REFUSED), entry(FAILED, 1000), entry(REFUSED)],
         "2 connections: 3.0 kB received, 0 bytes sent. 2 were refused."),
    ],
)  # fmt: skip
def test_what_was_refused_is_counted_apart(entries: list[Entry], words: str) -> None:
    assert total(entries) == words


def test_reasons_and_outcomes_are_said_in_the_language() -> None:
    assert (reason("details"), outcome(OK)) == ("Look at a model", "done")
    set_language("zh_CN")
    said = [reason(why) for why in ("search", "details", "header", "download", "catalogue check")]
    said += [outcome(value) for value in (OPEN, OK, REFUSED, FAILED)]
    assert not any(character.isascii() for character in "".join(said))
    assert (reason("tea"), outcome("drunk")) == ("tea", "drunk")

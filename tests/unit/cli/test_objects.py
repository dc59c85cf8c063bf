"""What the contract says of the JSON objects of all tasks."""

from __future__ import annotations

from types import SimpleNamespace

from assistant.cli import objects

TOKENS = SimpleNamespace(prompt=30, cached=20, generated=5)


def test_every_task_tells_the_same_of_what_was_written() -> None:
    seconds = objects.seconds_of(load=1.234567, first_token=0.1, total=2)
    assert objects.written("T", model="M", finish="limit", tokens=TOKENS, seconds=seconds) == {
        "text": "T",
        "reasoning": "",
        "model": "M",
        "finish": "limit",
        "tokens": {"prompt": 30, "cached": 20, "generated": 5},
        "seconds": {"load": 1.2346, "first_token": 0.1, "total": 2},
    }


def test_what_came_to_its_end_says_so() -> None:
    assert objects.written("", model="", finish="", tokens=TOKENS, seconds={})["finish"] == "end"


def test_a_plan_that_knew_no_time_promised_none() -> None:
    assert objects.promised(None) == {"promised": None}
    assert objects.promised(4.24) == {"promised": 4.2}

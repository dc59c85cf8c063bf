"""What the command line says about downloads, and its columns and days."""

from __future__ import annotations

import time

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli.getting import progress_line
from assistant.cli.tables import columns, day, shortened
from assistant.cli.terminal import width
from assistant.core.downloads import DownloadItem, State

GB = 1_000_000_000


def item(state: State, **more: object) -> DownloadItem:
    return DownloadItem("i", "Model", (), size=2 * GB, done=GB, state=state, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (item(State.CONNECTING), "Model: 50 % of 2.0 GB, connecting"),
        (item(State.PAUSED), "Model: 50 % of 2.0 GB, paused"),
        (item(State.QUEUED), "Model: 50 % of 2.0 GB, waiting for its turn"),
        (item(State.CHECKING), "Model: 50 % of 2.0 GB, checking"),
        (
            item(State.DOWNLOADING, speed=12_500_000.0, left=80.0, source="huggingface.co"),
            "Model: 50 % of 2.0 GB, 12.5 MB per second, 1 min 20 s left",
        ),
        (
            item(State.DOWNLOADING, speed=0.0, left=-1.0, source="hf-mirror.com"),
            "Model: 50 % of 2.0 GB, from hf-mirror.com",
        ),
        (
            item(State.WAITING, wait=5.0, error=AssistantError(ErrorKind.NET_UNREACHABLE, host="h")),
            "Model: 50 % of 2.0 GB. h cannot be reached. Next try in 5 s.",
        ),
        (
            item(State.FAILED, error=AssistantError(ErrorKind.NET_UNREACHABLE, host="h")),
            "Model: 50 % of 2.0 GB. h cannot be reached.",
        ),
    ],
)
def test_a_download_in_one_line(row: DownloadItem, line: str) -> None:
    assert progress_line(row) == line


def test_a_download_of_another_program_is_called_so() -> None:
    another = "Model: 50 % of 2.0 GB, being downloaded by another Lamplight, such as the window"
    assert progress_line(item(State.DOWNLOADING, elsewhere=True)) == another


def test_a_size_that_nobody_knows_is_no_share() -> None:
    assert progress_line(DownloadItem("i", "Model", (), state=State.CONNECTING)) == "Model, connecting"


def test_columns_are_as_wide_as_they_must_be_and_empty_ones_go() -> None:
    assert columns([("a", "", "模型", "x"), ("long", "", "m", "")]) == "a     模型  x\nlong  m\n"
    assert columns([]) == ""


def test_days_are_near_or_dates() -> None:
    noon = time.mktime((2026, 3, 10, 12, 0, 0, 0, 0, -1))
    assert day(0, now=noon) == ""
    assert day(noon - 11 * 3600, now=noon) == "today"
    assert day(noon - 13 * 3600, now=noon) == "yesterday"
    assert day(noon - 40 * 3600, now=noon) == "2026-03-08"


@pytest.mark.parametrize("letter", ["N", "长"])
def test_a_long_name_leaves_room_for_the_rest_of_its_row(letter: str) -> None:
    shown = shortened(letter * 200)
    assert width(shown) <= 60
    assert shown.endswith(letter + "…")
    assert shortened("Qwen3 4B") == "Qwen3 4B"

"""What the command line says about downloads, and its columns and days."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli.getting import News, Wanted, announce, instead, progress_line
from assistant.cli.tables import columns, day, shortened
from assistant.cli.terminal import Terminal, width
from assistant.core.downloads import DownloadItem, State
from assistant.core.network import HUB_HOST
from assistant.texts import set_language

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


def test_chinese_sentences_have_no_latin_marks_between_them() -> None:
    set_language("zh_CN")
    waits = item(State.WAITING, wait=5.0, error=AssistantError(ErrorKind.NET_UNREACHABLE, host="h"))
    failed = item(State.FAILED, error=AssistantError(ErrorKind.NET_UNREACHABLE, host="h"))
    for line in (progress_line(waits), progress_line(failed)):
        assert "GB。" in line
        assert not re.search(r"[.:,;] |[。：，；] ", line)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_comes_is_announced_in_the_marks_of_the_language(language: str) -> None:
    set_language(language)
    err = io.StringIO()
    wanted = Wanted("Qwen3 4B（2026）", 2 * GB, "Apache-2.0", "qwen")
    announce(Terminal(out=io.StringIO(), err=err), wanted)
    assert (
        err.getvalue()
        == {
            "en": "Qwen3 4B（2026）, 2.0 GB. Licence: Apache-2.0.\n",
            "zh_CN": "Qwen3 4B（2026），2.0 GB。许可证：Apache-2.0。\n",
        }[language]
    )


@pytest.mark.parametrize(("language", "names"), [("en", "Q4_K_M, Q8_0."), ("zh_CN", "Q4_K_M、Q8_0。")])
def test_what_could_be_had_instead_is_listed_in_the_marks_of_the_language(language: str, names: str) -> None:
    set_language(language)
    error = AssistantError(ErrorKind.HUB_NOT_FOUND, name="a/b:Q9", candidates="Q4_K_M, Q8_0")
    assert instead(error).endswith(names)
    several = AssistantError(ErrorKind.NO_SUCH_MODEL, name="qwen", candidates="qwen3-4b, qwen3-8b")
    assert instead(several) == "", "its sentence names them"


def test_without_a_terminal_each_change_is_said_once() -> None:
    err = io.StringIO()
    news = News(Terminal(out=io.StringIO(), err=err))
    away = AssistantError(ErrorKind.NET_UNREACHABLE, host="h")
    more = replace(item(State.DOWNLOADING, speed=1e6, source=HUB_HOST), done=GB + 1)
    news.hear(item(State.CONNECTING))
    news.hear(item(State.DOWNLOADING, speed=1e6, source=HUB_HOST))
    for wait in (2.0, 1.0, 4.0):
        news.hear(item(State.WAITING, wait=wait, error=away))
        news.hear(item(State.CONNECTING))
        news.hear(item(State.DOWNLOADING, source=HUB_HOST))  # and nothing has come
    for _ in range(2):
        news.hear(more)
    news.hear(replace(more, source="hf-mirror.com", done=GB + 2))
    assert err.getvalue().splitlines() == [
        "Model: 50 % of 2.0 GB. h cannot be reached. Next try in 2 s.",
        "Model: 50 % of 2.0 GB, being downloaded, from huggingface.co",
        "Model: 50 % of 2.0 GB, being downloaded, from hf-mirror.com",
    ]


def test_on_a_terminal_the_line_of_progress_says_it() -> None:
    err = Screen()
    News(Terminal(out=io.StringIO(), err=err)).hear(item(State.WAITING, error=AssistantError(ErrorKind.NET_BUSY)))
    assert err.getvalue() == ""


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


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

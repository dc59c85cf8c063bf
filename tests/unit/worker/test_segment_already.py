"""Which texts are in the language of a translation already."""

from __future__ import annotations

import pytest

from assistant.worker.messages import FindTranslated
from assistant.worker.segment_already import find


def places(texts: tuple[str, ...], source: str, target: str) -> tuple[int, ...]:
    return find(FindTranslated(id="1", texts=texts, source=source, target=target)).places


ENGLISH = "The lamp of the harbour was lit again in the evening."
CHINESE = "晚上港口的灯又点亮了。"
GERMAN = "Am Abend wurde die Lampe im Hafen wieder angezündet."


@pytest.mark.parametrize(
    ("source", "target", "there"),
    [
        ("zh", "en", (0,)),
        ("en", "zh-Hans", (1,)),
        ("de", "en", (0,)),
        ("en", "de", (2,)),
        ("en", "en", (0,)),
        ("", "zh-Hans", (1,)),
        ("en", "fr", ()),
        ("en", "yue", ()),
        ("zh", "zh-Hant", ()),
    ],
)
def test_texts_that_are_there(source: str, target: str, there: tuple[int, ...]) -> None:
    assert places((ENGLISH, CHINESE, GERMAN), source, target) == there


@pytest.mark.parametrize(
    ("text", "source", "target"),
    [
        ("Anna Bell", "zh", "en"),
        ("请参阅 Appendix B of the Installation Guide for Administrators", "zh", "en"),
        ("OK", "de", "en"),
        ("In Berlin", "de", "en"),
        ("臺灣的天氣今天很好，大家都出門了。", "en", "zh-Hans"),
        ("Lampen i havnen ble tent igjen om kvelden.", "da", "nb"),
        ("灯", "en", "zh-Hans"),
        ("", "en", "zh-Hans"),
    ],
)
def test_texts_that_are_not_or_that_say_too_little(text: str, source: str, target: str) -> None:
    assert places((text,), source, target) == ()


def test_short_strings_of_a_script_of_their_own() -> None:
    assert places(("关闭所有文件。", "關閉所有檔案。"), "en", "zh-Hans") == (0,)
    assert places(("关闭所有文件。", "關閉所有檔案。"), "en", "zh-Hant") == (1,)

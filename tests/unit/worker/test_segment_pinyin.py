"""Chinese that is spelled in Latin letters."""

import pytest

from assistant.worker import segment_pinyin
from assistant.worker.segment_pinyin import is_spelled
from assistant.worker.segment_view import View


@pytest.mark.parametrize("word", ["fangan", "tiananmen", "renai", "huaner", "haor", "xi’an", "lüyou", "er4"])
def test_a_word_is_read_syllable_by_syllable(word: str) -> None:
    assert segment_pinyin._WORD.fullmatch(word)


def test_a_word_that_could_be_divided_in_very_many_ways_is_looked_at_once() -> None:
    source = View("我们今天不去公园了，明天再说。", "zh-Hans")
    assert not is_spelled(source, View("ia" * 5000 + "v", "en"))

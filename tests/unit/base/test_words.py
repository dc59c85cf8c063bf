"""Where words stand, in any language."""

from __future__ import annotations

import pytest

from assistant.base.words import words_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It’s a well-known fact, isn't it?", ["It’s", "a", "well-known", "fact", "isn't", "it"]),
        ("旧桥2021年", ["旧", "桥", "2021", "年"]),
        ("«naïve» – 3.5 km, 1,200 m, 4, 5", ["naïve", "3.5", "km", "1,200", "m", "4", "5"]),
        ("Na\u0308he हिन्दी 다리를 놓다.", ["Na\u0308he", "हिन्दी", "다리를", "놓다"]),
        ("snake_case v1.旧", ["snake_case", "v1", "旧"]),
        ("… – !", []),
    ],
)
def test_words_are_those_one_would_point_at(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in words_in(text)] == words


def test_words_of_a_stretch() -> None:
    assert list(words_in("one two three", 4, 7)) == [(4, 7)]

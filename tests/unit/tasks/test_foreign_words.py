"""What a translation may spell in another script than its own."""

from __future__ import annotations

import pytest

from assistant.documents.segments import Term
from assistant.engine.scriptlock import LETTERS_PER_SIGN, worth
from assistant.tasks.foreign import free_signs, free_words
from tests.fakes.codes import coded
from tests.fakes.translated import DIRECTIONS, good


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The lamp is green and very old.", set()),
        ("Yesterday Anna Berg met the NASA team in Oslo.", {"Yesterday", "Anna", "Berg", "NASA", "Oslo"}),
        ("I think that iPhone users like it.", {"iPhone"}),
        ("Open my_file.txt or run setup.py --fast now.", {"my", "file", "txt", "setup", "py", "fast"}),
        ("%s of {name} &amp; <b>more</b> in `git`", {"s", "name", "amp", "b", "git", "more"}),
        ("It weighs 5kg, about 3GB.", {"kg", "GB"}),
        ("Write to info@example.org today.", {"info", "example", "org"}),
        ("请用 Python 打开 config 文件。", {"Python", "config"}),
        ("The sign 人 means person, and β is a letter.", {"人", "β"}),
        ("灯是绿色的。", set()),
        ("灯塔建于1931年，耗时四年，花费240万元。守塔人李明在那里住了30年，每天7点点灯。", set()),
        ("用GPT模型打开CSV文件，用时5分钟。", {"GPT", "CSV"}),
        ("请打开报告_2021.docx。", {"请打开报告", "docx"}),
        ("등대는 1931년에 세워졌고 GPT모델은 2개이다.", {"GPT"}),
        ("Press {1Save}1 now.", {"Save"}),
    ],
)
def test_names_code_and_what_is_foreign_already_are_free(text: str, expected: set[str]) -> None:
    assert set(free_words(coded(text))) == expected


def test_what_terms_must_become_is_free_and_what_they_must_not_is_not() -> None:
    terms = [Term("窗口", "window"), Term("灯下", ""), Term("文件", "file", forbidden=True), Term("the lamp", "")]
    assert set(free_words("窗口", terms)) == {"window", "灯下", "the", "lamp"}


def test_who_was_not_content_gets_every_word() -> None:
    assert set(free_words("the lamp is green", lenient=True)) == {"the", "lamp", "is", "green"}


def test_after_words_were_left_as_they_are_a_capital_alone_is_no_name() -> None:
    assert set(free_words("Yesterday we met Anna.")) == {"Yesterday", "Anna"}
    assert set(free_words("Yesterday we met Anna.", strict=True)) == {"Anna"}
    assert set(free_words("Getting Started With The SQLite Shell", strict=True)) == {"SQLite"}


def test_a_short_word_behind_a_number_may_be_a_unit() -> None:
    assert free_words("It is 12 cm tall, 5\u00a0px wide and 3 of 10 are old.") == ("cm", "px")


def test_where_everything_is_shouted_capitals_say_nothing() -> None:
    assert free_words("WARNING: DO NOT OPEN THE iPhone") == ("iPhone",)
    assert free_words("NASA OK") == ("NASA", "OK")


def test_german_nouns_are_names_until_they_were_left_as_they_are() -> None:
    text = "Gestern sahen wir die Lampe von Anna in der NASA."
    assert set(free_words(text, language="de")) == {"Gestern", "Lampe", "Anna", "NASA"}
    assert free_words(text, language="de-AT", strict=True) == ("NASA",)


def test_a_long_text_does_not_free_words_without_end() -> None:
    assert len(free_words(" ".join(f"Name{chr(97 + n % 26) * (n + 1)}" for n in range(300)))) == 200


@pytest.mark.parametrize("name", [name for name, _, _ in DIRECTIONS] + ["en-zh-unseen", "zh-en-unseen", "various"])
def test_good_translations_never_run_out_of_signs(name: str) -> None:
    """Wherever one stands, some are left."""
    for one in good(name):
        left = free_signs(one.before) * LETTERS_PER_SIGN
        for character in one.after:
            left += worth(character)
            assert left >= 4 * LETTERS_PER_SIGN, one


def test_signs_are_those_of_the_source_and_more_for_who_asks_again() -> None:
    assert free_signs("") > 0
    assert free_signs("1, 2, 3.") - free_signs("one") == 2 * 6
    assert free_signs("灯。", lenient=True) == 2 * free_signs("灯。")

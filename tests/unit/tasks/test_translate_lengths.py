"""Tokens of texts and translations, about, and long texts in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tasks.presets import translate_preset
from assistant.tasks.translate_lengths import answer_tokens, estimated_tokens, joined, pieces
from tests.fakes.codes import coded

ENGLISH = "The committee met on Monday and approved the budget of the new bridge after a long debate."
CHINESE = "委员会星期一开会，经过长时间的讨论，批准了新桥的预算。"


@pytest.mark.parametrize(
    ("source", "target", "least", "most"),
    [
        # What a translation has in vocabularies from very large to one that spells Chinese byte by byte.
        ("en", "zh-Hans", 24, 81),
        ("en", "de", 22, 34),
        ("en", "ru", 24, 90),
    ],
)
def test_a_good_translation_of_english_fits_with_room_to_spare(source: str, target: str, least: int, most: int) -> None:
    assert most <= answer_tokens(ENGLISH, source, target) <= 12 * least


def test_a_good_translation_of_chinese_fits_with_room_to_spare() -> None:
    assert 30 <= answer_tokens(CHINESE, "zh-Hans", "en") <= 150
    assert answer_tokens(CHINESE, "", "en") == answer_tokens(CHINESE, "zh", "en")


def test_what_stays_as_it_is_and_tags_have_their_room() -> None:
    plain = answer_tokens("See the page.", "en", "de")
    assert answer_tokens("See the page 1234567890.", "en", "de") >= plain + 10
    assert answer_tokens(coded("See {1the}1 page@2."), "en", "de") == plain + 3 * translate_preset().sizes.code


@pytest.mark.parametrize("text", [ENGLISH * 10, CHINESE * 20, "a" * 2000, "word " * 400, "行\n" * 300, "一" * 900])
def test_pieces_fit_and_together_they_are_the_text(text: str) -> None:
    found = pieces(text.strip(), 100)
    assert len(found) > 1
    assert "".join(gap + piece for gap, piece in found) == text.strip()
    assert all(piece and estimated_tokens(piece) <= 101 for _, piece in found)
    assert found[0][0] == ""


def test_a_text_that_fits_is_one_piece() -> None:
    assert pieces(ENGLISH, 100) == [("", ENGLISH)]


def test_pieces_end_with_a_sentence_else_with_a_clause_else_with_a_word() -> None:
    sentences = pieces(f"{ENGLISH} “{ENGLISH}” {ENGLISH}", 60)
    assert [piece[-1] for _, piece in sentences] == [".", "”", "."]
    assert all(piece.endswith("。") for _, piece in pieces(CHINESE * 4, 60))
    clauses = "when the lamp was lit, and the door was shut, and the guests had come, the old man began to speak"
    assert all(piece.endswith(",") for _, piece in pieces(clauses, 20)[:-1])
    assert pieces("one two three four five six seven eight nine ten", 8)[0][1].endswith(
        ("two", "three", "four", "five")
    )


def test_pieces_are_joined_as_the_language_has_it() -> None:
    english, chinese = [("", "One."), (" ", "Two.")], [("", "一。"), ("", "二。")]
    assert joined(["第一句。", "第二句。"], english, source="en", target="zh-Hans") == "第一句。第二句。"
    assert joined(["One.", "Two."], chinese, source="zh-Hans", target="en") == "One. Two."
    assert joined(["One.", "Two."], chinese, source="", target="en") == "One. Two.", "nobody says what it is in"
    assert joined(["一。", "二。"], [("", "One."), ("\n\n", "Two.")], source="en", target="zh") == "一。\n\n二。"
    assert joined(["a" * 9, "b" * 9], [("", "a" * 9), ("", "b" * 9)], source="en", target="de") == "a" * 9 + "b" * 9


@given(st.text(st.sampled_from("ab c.灯，。\n\ue001"), max_size=200), st.integers(8, 60))
def test_nothing_is_lost_between_pieces(text: str, most: int) -> None:
    found = pieces(text, most)
    assert "".join(gap + piece for gap, piece in found) == text

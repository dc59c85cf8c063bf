"""What may not be shown is taken out or made visible."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.gui.widgets.clean_text import DIRECTION_NAMES, clean, isolated


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b1mbold", "bold"),
        ("bell\x07 back\x08 null\x00 del\x7f c1\x85", "bell back null del c1"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("abc\u202etxt.exe", "abc⟦RLO⟧txt.exe"),
        ("\u2066x\u2069", "⟦LRI⟧x⟦PDI⟧"),
        ("\ud800", "\ufffd"),
        ("a\u2028b", "a b"),
        ("\ufeffstart", "start"),
        ("a\u205fb\u2063c", "a bc"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 6),
        ("👩‍👩‍👧 中文 é", "👩‍👩‍👧 中文 é"),
    ],
)
def test_examples(given: str, shown: str) -> None:
    assert clean(given) == shown


@given(st.text(alphabet=st.characters(), max_size=200))
def test_nothing_that_acts_is_left(text: str) -> None:
    for character in clean(text):
        assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
        assert ord(character) not in DIRECTION_NAMES


@given(st.lists(st.text(alphabet=st.characters(blacklist_characters="\n"), max_size=40), max_size=8))
def test_line_by_line_is_the_same_as_at_once(lines: list[str]) -> None:
    assert "\n".join(clean(line) for line in lines) == clean("\n".join(lines))


def test_what_goes_from_right_to_left_keeps_to_itself_inside_other_words() -> None:
    assert isolated("Entry costs 12 euros.") == "Entry costs 12 euros."
    assert isolated("入场费为12欧元。") == "入场费为12欧元。"
    for text in ("تبلغ تكلفة الدخول 12 يورو.", "הכניסה עולה 12 אירו."):
        assert isolated(text) == f"\u2068{text}\u2069"

"""Codes that a translation has lost, put back by where they stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.segments import codes_of, without_codes
from assistant.tasks.placing import completed, is_sound, moved
from tests.fakes.coded_texts import TEXTS
from tests.fakes.codes import coded, spelled


def put(source: str, target: str) -> str:
    return spelled(completed(coded(source), coded(target)))


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("The {1green}1 lamp shines.", "Die grüne Lampe leuchtet.", "Die {1grüne}1 Lampe leuchtet."),
        ("{1The lamp}1 shines.", "Die Lampe leuchtet.", "{1Die Lampe}1 leuchtet."),
        ("Ask {1Anna Berg}1 about it.", "Frag dazu bitte Anna Berg.", "Frag dazu bitte {1Anna Berg}1."),
        ("See the note@3.", "Siehe die Anmerkung.", "Siehe die Anmerkung@3."),
        ("@3See the note.@4", "Siehe die Anmerkung.", "@3Siehe die Anmerkung.@4"),
        ("{1{2All}2}1", "全部", "{1{2全部}2}1"),
        ("{1保存}1文件。", "Save the file.", "{1Save}1 the file."),
        ("A {1b}1 c {2d}2.", "{1甲}1乙{2丙丁。", "{1甲}1乙{2丙}2丁。"),
        ("{1One}1 two", "{1Eins zwei", "{1Eins}1 zwei"),
        ("One {1two}1", "Eins zwei}1", "Eins {1zwei}1"),
    ],
)  # fmt: skip
def test_lost_codes_come_back_where_they_belong(source: str, target: str, expected: str) -> None:
    assert put(source, target) == expected


def test_what_stands_well_is_left_alone() -> None:
    assert put("The {1green}1 lamp @2 shines.", "@2 Die Lampe ist {1grün}1.") == "@2 Die Lampe ist {1grün}1."


def test_crossed_doubled_and_foreign_codes_are_put_right() -> None:
    source = "A {1b {2c}2 d}1 @3 e."
    for target in (
        "甲{1乙{2丙}1丁}2@3戊。",
        "甲{1乙}1{1丙}1{2丁}2@3@3戊。",
        "甲{8乙}8丙丁@9戊。",
        "}1甲{1乙{2丙}2丁@3。",
    ):
        mended = completed(coded(source), coded(target))
        assert is_sound(coded(source), mended)
        assert without_codes(mended) == without_codes(coded(target))


def test_sound_is_every_code_once_and_none_across_another() -> None:
    source = coded("A {1b {2c}2}1 @3")
    assert is_sound(source, coded("@3 {2a}2 {1b}1"))
    for wrong in ("{1a {2b}1}2 @3", "}1a{1 {2b}2 @3", "{1a}1 {2b}2", "{1a}1 {2b}2 @3 @3", "{1a}1 {2b}2 @3 @4"):
        assert not is_sound(source, coded(wrong))


def test_what_begins_elsewhere_needs_no_partner() -> None:
    assert is_sound(coded("end}1 and {2begin"), coded("Ende}1 und {2Anfang"))
    assert put("end}1 and {2begin", "Ende und Anfang") == "Ende}1 und {2Anfang"


def test_a_place_moves_with_the_text_around_it() -> None:
    old, new = "按保存键。", coded("按{1保存}1键@2。")
    assert [new[moved(place, old, new)] for place in range(len(old))] == list(old)
    assert moved(-1, old, new) == -1
    assert moved(len(old), old, new) == len(new)


@given(TEXTS, st.one_of(TEXTS, st.text(st.sampled_from("ab 中文。.\ue006\ue206\ue401"), max_size=30)))
def test_every_code_stands_once_whatever_there_was(source: str, target: str) -> None:
    mended = completed(source, target)
    assert is_sound(source, mended)
    assert codes_of(mended) == codes_of(source)
    assert without_codes(mended) == without_codes(target)

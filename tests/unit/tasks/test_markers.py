"""Codes of a segment as tags for a model, and back from whatever it writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.segments import ALONE, CLOSE, OPEN, codes_of, without_codes
from assistant.tasks.markers import Markers
from tests.fakes.coded_texts import TEXTS
from tests.fakes.codes import coded, spelled

BOLD = "Press {1Save}1 and look at @2 now."


def back(source: str, answer: str) -> str:
    """What is made of an answer, with codes spelled out."""
    return spelled(Markers(coded(source)).parse(answer).text)


def test_codes_become_short_tags_numbered_from_one() -> None:
    markers = Markers(coded("{7Press {3Save}3}7 and @9 now."))
    assert markers.shown == "<1>Press <2>Save</2></1> and <3/> now."
    assert markers.spellings == ("<1>", "<2>", "</2>", "</1>", "<3/>")


def test_a_text_without_codes_is_shown_as_it_is() -> None:
    markers = Markers("a < b, <1>, &lt;2&gt;")
    assert markers.shown == "a < b, <1>, &lt;2&gt;"
    assert markers.spellings == ()
    assert markers.parse("a < b, <1>, &lt;2&gt;").text == "a < b, <1>, &lt;2&gt;"


def test_what_stands_around_the_whole_text_is_not_shown_and_comes_back() -> None:
    markers = Markers(coded("{0{1Everything is bold.}1@4}0"))
    assert markers.shown == "Everything is bold."
    assert spelled(markers.parse(" Alles ist fett. ").text) == "{0{1Alles ist fett.}1@4}0"


def test_a_thing_that_is_a_word_of_the_sentence_is_shown_at_its_end_too() -> None:
    assert Markers(coded("See @1")).shown == "See <1/>"
    assert Markers(coded("@1 is positive.")).shown == "<1/> is positive."


@pytest.mark.parametrize(
    "answer",
    [
        "按 <1>保存</1>，再看 <2/>。",
        "按 < 1 >保存< / 1 >，再看 < 2 / >。",
        "按 ＜1＞保存＜／1＞，再看 ＜2／＞。",
        "按 ＜１＞保存＜／１＞，再看 ＜２／＞。",
        "按 <1>保存<1>，再看 <2>。",
        "按 <1>保存<1/>，再看 </2>。",
        "按 <1/>保存</1>，再看 <2></2>。",
        "按 &lt;1&gt;保存&lt;/1&gt;，再看 &lt;2/&gt;。",
        r"按 \<1\>保存\</1\>，再看 \<2/\>。",
        "按 <1> 保存 </1>，再看 <2/>。",
        "按<1> 保存</1>，再看 <2/>。",
        "按 〈1〉保存〈/1〉，再看 ⟨2/⟩。",
    ],
)
def test_what_models_do_to_tags_is_understood(answer: str) -> None:
    assert back(BOLD, answer).replace(" ", "") == "按{1保存}1，再看@2。"


def test_blanks_inside_of_a_stretch_go_outside() -> None:
    assert back(BOLD, "Drücke<1> Sichern </1>und sieh <2/> an.") == "Drücke {1Sichern}1 und sieh @2 an."
    assert back("A{1 b}1 c", "A<1> b</1> c") == "A{1 b}1 c"


def test_a_lost_tag_is_lost_and_a_doubled_one_doubled_so_that_it_is_seen() -> None:
    assert back(BOLD, "按 <1>保存，再看 <2/> 和 <2/>。") == "按 {1保存，再看 @2 和 @2。"
    assert back(BOLD, "<1>按</1> <1>保存</1> <2/>") == "{1按}1 {1保存}1 @2"


def test_literal_tags_of_the_text_stay_text() -> None:
    markers = Markers(coded("Write <1> and <2/> in {5bold}5."))
    assert markers.shown == "Write <1> and <2/> in <101>bold</101>."
    parsed = markers.parse("Schreibe <1> und <2/> <101>fett</101>.")
    assert spelled(parsed.text) == "Schreibe <1> und <2/> {5fett}5."
    assert parsed.forged == ()


@pytest.mark.parametrize("source", [BOLD, "Nothing is marked here."])
def test_a_tag_that_the_text_does_not_have_is_told_and_stays_text(source: str) -> None:
    parsed = Markers(coded(source)).parse("按 <7>保存</7>。")
    assert parsed.forged == ("<7>", "</7>")
    assert parsed.text == "按 <7>保存</7>。"


def test_codes_that_a_model_writes_itself_do_not_count() -> None:
    forged = f"按 {chr(OPEN + 9)}<1>保存</1>{chr(ALONE)}{chr(CLOSE + 1)} <2/>{chr(OPEN + 1)}"
    assert back(BOLD, forged) == "按 {1保存}1 @2"
    assert Markers("plain").parse(f"{chr(OPEN)}einfach{chr(CLOSE)}").text == "einfach"


def test_stretches_that_begin_or_end_elsewhere_are_things_of_their_own() -> None:
    markers = Markers(coded("the end}3 and {4the beginning"))
    assert markers.shown == "the end<1/> and <2/>the beginning"
    assert spelled(markers.parse("das Ende<1/> und <2/>der Anfang").text) == "das Ende}3 und {4der Anfang"


def test_what_is_not_shown_is_left_out_and_cannot_be_forged() -> None:
    alone = Markers(coded(BOLD), paired=False)
    assert alone.shown == "Press Save and look at <1/> now."
    assert spelled(alone.parse("按 <9>保存</9>，看 <1/>。").text) == "按 保存，看 @2。"
    nothing = Markers(coded(BOLD), paired=False, single=False)
    assert nothing.shown == "Press Save and look at now."
    assert nothing.parse("按 <1>保存</1>。") == nothing.parse("按 保存。")


def test_the_beginning_of_a_translation_is_shown_with_the_same_tags() -> None:
    markers = Markers(coded("{0Press {1Save}1 now.}0"))
    assert markers.show(coded("{0按 {1保存")) == "按 <1>保存"


@given(TEXTS)
def test_what_is_given_back_unchanged_is_the_text_again(text: str) -> None:
    text = text.strip()
    parsed = Markers(text).parse(Markers(text).shown)
    assert codes_of(parsed.text) == codes_of(text)
    assert "".join(without_codes(parsed.text).split()) == "".join(without_codes(text).split())
    assert parsed.forged == ()


@given(TEXTS, st.text(st.sampled_from("<>/1２ ＜＞a中\ue000\ue201\ue401\n&lt;gt"), max_size=40))
def test_whatever_is_written_only_codes_of_the_text_come_back(text: str, answer: str) -> None:
    parsed = Markers(text.strip()).parse(answer)
    assert set(codes_of(parsed.text)) <= set(codes_of(text))

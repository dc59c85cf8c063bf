"""What is seen of segments, which direction a text goes, and tags while a sentence is edited."""

from __future__ import annotations

import pytest

from assistant.base.languages import same
from assistant.core.translation.views import OpenTranslation, SegmentView
from assistant.documents.segments import ALONE, CLOSE, OPEN, Segment
from assistant.gui.translating.direction import Direction
from assistant.gui.widgets.translation.codes import with_codes, with_tags
from assistant.gui.widgets.translation.units import (
    LINE_BREAK,
    ROW_MOST,
    Side,
    before_row,
    compose,
    copied,
    rows_of,
    seen,
)
from assistant.gui.widgets.translation.words import document_line

BOLD, NOT_BOLD, PICTURE = chr(OPEN + 1), chr(CLOSE + 1), chr(ALONE + 2)


def segments(*texts: tuple[str, str, int, str]) -> list[SegmentView]:
    """Source, target, block and what stands before it."""
    return [
        SegmentView(number, block, source, before, target=target)
        for number, (source, target, block, before) in enumerate(texts)
    ]


# ---------------------------------------------------------------- rows


def test_a_row_is_a_block_and_a_very_long_one_goes_on_in_the_next() -> None:
    views = segments(("One.", "", 0, ""), ("Two.", "", 0, " "), ("Three.", "", 1, ""))
    assert rows_of(views) == [(0, 2), (2, 3)]
    long = segments(*(("x" * (ROW_MOST // 2), "", 0, " ") for _ in range(6)))
    rows = rows_of(long)
    assert len(rows) > 1
    assert [number for first, last in rows for number in range(first, last)] == list(range(6))
    assert rows_of([]) == []


def test_markup_is_not_seen_and_each_character_knows_its_place() -> None:
    views = segments((f"A {BOLD}bold{NOT_BOLD} word{PICTURE}.", f"{BOLD}粗{NOT_BOLD}体{PICTURE}。", 0, ""))
    text, (piece,) = compose(views, 0, 1, side=Side.TARGET, languages=("en", "zh-Hans"))
    assert text == "粗体。"
    assert [piece.place(at) for at in range(3)] == [1, 3, 5]
    assert [piece.visible(place) for place in (0, 1, 3, 5)] == [0, 0, 1, 2]
    assert piece.place(99) == 6, "behind the last character"


def test_what_is_not_translated_stands_around_the_sentences_on_both_sides() -> None:
    code = chr(ALONE + 1)
    view = SegmentView(
        0, 0, f"Call {code} now.", target=f"调用{code}。", lead="x = 1\n- ", trail="end", things={code: "`foo()`"}
    )
    for side, words in ((Side.SOURCE, "Call `foo()` now."), (Side.TARGET, "调用`foo()`。")):
        text, (piece,) = compose([view], 0, 1, side=side, languages=("en", "zh-Hans"))
        assert text == f"x = 1{LINE_BREAK}- {words}{LINE_BREAK}end"
        assert text[piece.start : piece.end] == words
    assert text.index("`foo()`") == piece.visible(2)
    assert piece.place(piece.visible(2) + 3) == 2, "any character of the code is the code"
    assert piece.visible(3) == text.index("。")


def test_a_line_break_of_the_document_is_seen_inside_a_sentence() -> None:
    code = chr(ALONE)
    view = SegmentView(0, 0, f"High Street{code}London", things={code: "\n"})
    shown, (piece,) = compose([view], 0, 1, side=Side.SOURCE, languages=("en", "zh-Hans"))
    assert shown == f"High Street{LINE_BREAK}London"
    assert piece.place(shown.index(LINE_BREAK)) == view.source.index(code)


@pytest.mark.parametrize(("trail", "gap"), [("code", 1), ("\ncode", 2), ("\n\n\ncode", 2)])
def test_an_empty_line_behind_a_text_is_seen(trail: str, gap: int) -> None:
    shown, _ = compose([SegmentView(0, 0, "词。", trail=trail)], 0, 1, side=Side.SOURCE, languages=("zh", "en"))
    assert shown == f"词。{LINE_BREAK * gap}code"


def test_rows_are_apart_without_empty_lines_and_a_copy_has_them() -> None:
    code = "\n\nx = 1\n\ny = 2\n\n\n- "
    views = [SegmentView(0, 0, "One."), SegmentView(1, 0, "Two.", before=" "), SegmentView(2, 1, "Three.", lead=code)]
    shown = compose(views, 2, 3, side=Side.SOURCE, languages=("en", "de"))[0].replace(LINE_BREAK, "\n")
    assert shown == "x = 1\ny = 2\n\n- Three."
    assert before_row(views, 2, side=Side.SOURCE, languages=("en", "de")) == "\n\n\n"
    assert before_row(views, 1, side=Side.SOURCE, languages=("en", "de")) == " ", "a long paragraph goes on"
    assert before_row(views, 1, side=Side.TARGET, languages=("en", "zh-Hans")) == ""


def test_sentences_are_joined_as_their_language_joins_them() -> None:
    chinese = segments(("One.", "一。", 0, ""), ("Two.", "二。", 0, " "))
    assert compose(chinese, 0, 2, side=Side.TARGET, languages=("en", "zh-Hans"))[0] == "一。二。"
    assert compose(chinese, 0, 2, side=Side.SOURCE, languages=("en", "zh-Hans"))[0] == "One. Two."
    english = segments(("一。", "One.", 0, ""), ("二。", "Two.", 0, ""))
    assert compose(english, 0, 2, side=Side.TARGET, languages=("zh-Hans", "en"))[0] == "One. Two."
    japanese = segments(("一。", "いち。", 0, ""), ("二。", "に。", 0, ""))
    assert compose(japanese, 0, 2, side=Side.TARGET, languages=("zh", "ja"))[0] == "いち。に。"


def test_markup_alone_between_two_sentences_keeps_them_apart() -> None:
    broken = segments(("One.", "Eins.", 0, ""), ("Two.", "Zwei.", 0, PICTURE))
    assert compose(broken, 0, 2, side=Side.SOURCE, languages=("en", "de"))[0] == "One. Two."
    assert compose(broken, 0, 2, side=Side.TARGET, languages=("en", "de"))[0] == "Eins. Zwei."
    assert compose(broken, 0, 2, side=Side.TARGET, languages=("en", "zh-Hans"))[0] == "Eins.Zwei."


def test_what_is_not_translated_yet_leaves_no_gap() -> None:
    views = segments(("One.", "", 0, ""), ("Two.", "Zwei.", 0, " "))
    text, pieces = compose(views, 0, 2, side=Side.TARGET, languages=("en", "de"))
    assert text == "Zwei."
    assert [(piece.start, piece.end) for piece in pieces] == [(0, 0), (0, 5)]


def test_lines_stay_lines_and_controls_are_not_shown() -> None:
    words, places = seen("first\nsecond")
    assert words == f"first{LINE_BREAK}second"
    assert places is None
    assert copied(words) == "first\nsecond"
    words, places = seen("a\x00b\u202ec")
    assert words == "ab⟦RLO⟧c"
    assert places is not None
    assert len(places) == len(words)
    assert places[0] == 0
    assert places[-1] == 4


# ---------------------------------------------------------------- tags


def test_tags_of_the_sentence_become_codes_again_and_others_stay_text() -> None:
    source = f"A {BOLD}bold{NOT_BOLD} word{PICTURE}."
    shown = with_tags(source)
    assert shown == "A <1>bold</1> word<2/>."
    assert with_codes(shown, source) == source
    assert with_codes("<2/><1>a</1> <3>b</3> <b> </2/> <999/>", source) == (
        f"{PICTURE}{BOLD}a{NOT_BOLD} <3>b</3> <b> </2/> <999/>"
    )


# ---------------------------------------------------------------- direction


def test_chinese_goes_to_english_and_english_to_chinese_by_itself() -> None:
    direction = Direction(("zh-Hans", "en"))
    direction.recognize("zh-Hans")
    assert direction.target == "en"
    direction.recognize("en")
    assert direction.target == "zh-Hans"
    direction.recognize("zh")
    assert direction.target == "en"
    direction.recognize("zh-Hant")
    assert direction.target == "en", "who reads one of them can read the other"


@pytest.mark.parametrize(("pair", "own"), [(("zh-Hans", "en"), "zh-Hans"), (("en", "zh-Hans"), "en")])
def test_a_third_language_goes_into_ones_own(pair: tuple[str, str], own: str) -> None:
    direction = Direction(pair)
    direction.recognize("de")
    assert direction.target == own
    direction.recognize(own)
    assert direction.target == pair[1]
    direction.recognize("")
    assert direction.target == pair[1], "nobody knows better"
    direction.recognize("fr")
    assert direction.target == own


def test_into_what_one_text_goes_says_nothing_about_the_next() -> None:
    direction = Direction(("en", "zh-Hans"))
    direction.show("", "fr")  # a kept translation
    direction.recognize("de")
    assert direction.target == "fr", "its text is taken up again"
    direction.begin()
    assert direction.target == "zh-Hans"
    direction.recognize("de")
    assert direction.target == "en"
    direction.begin("fr")  # an example
    direction.recognize("de")
    assert direction.target == "fr"
    direction.begin()
    direction.choose_source("de")
    direction.begin()
    direction.recognize("")
    assert (direction.source, direction.target) == ("de", "zh-Hans"), "both were there when the file was chosen"


def test_what_the_user_chose_comes_back_after_a_text_in_it() -> None:
    direction = Direction(("en", "zh-Hans"))
    direction.choose_target("fr")
    direction.recognize("fr")
    assert direction.target == "en"
    direction.recognize("de")
    assert direction.target == "fr"
    direction.begin()
    assert direction.chosen == "fr"


def test_another_pair_counts_at_once_unless_something_was_chosen() -> None:
    direction = Direction(("zh-Hans", "en"))
    direction.set_pair(("en", "zh-Hans"))
    assert direction.target == "zh-Hans"
    direction.recognize("de")
    direction.set_pair(("fr", "en"))
    assert direction.target == "fr"
    direction.choose_target("ja")
    direction.set_pair(("en", "zh-Hans"))
    assert direction.target == "ja"


def test_a_language_that_the_user_chose_stays_until_the_text_is_in_it() -> None:
    direction = Direction(("zh-Hans", "en"), "fr")
    for language in ("en", "zh-Hans", "de"):
        direction.recognize(language)
        assert direction.target == "fr"
    direction.recognize("fr")
    assert direction.target == "zh-Hans"


def test_source_and_target_are_never_the_same() -> None:
    direction = Direction(("zh-Hans", "en"))
    direction.recognize("zh-Hans")
    direction.choose_source("en")
    assert (direction.source, direction.target) == ("en", "zh-Hans")
    direction.choose_target("en")
    assert not same(direction.source or "zh-Hans", direction.target)
    direction.swap()
    assert not same(direction.source, direction.target)
    alone = Direction(("en", "en"))
    alone.recognize("en")
    assert alone.target == "zh-Hans"


def test_swapping_turns_what_was_recognized_into_the_target() -> None:
    direction = Direction(("zh-Hans", "en"), "de")
    direction.recognize("en")
    direction.swap()
    assert (direction.source, direction.target) == ("de", "en")
    direction.swap()
    assert (direction.source, direction.target) == ("en", "de")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("language", "size"), [("en", "21 words"), ("zh-Hans", "63 characters"), ("ja", "63 characters"), ("", "21 words")]
)
def test_a_text_is_as_long_as_its_readers_count(language: str, size: str) -> None:
    document = OpenTranslation("", "", "", "text", language, "", (Segment(0, "x"),), characters=63, words=21)
    assert document_line(document) == f"Text · 1 sentence · {size}"

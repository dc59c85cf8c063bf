"""Which script a character belongs to, and what a text in a language may use."""

from __future__ import annotations

import unicodedata

import pytest

from assistant.base.scripts import (
    CODE_POINTS,
    COMMON,
    EAST_ASIAN,
    INHERITED,
    NEVER,
    OTHER,
    SYMBOL,
    Use,
    is_dense,
    is_traditional,
    lockable,
    only_simplified,
    only_traditional,
    script_of,
    scripts_of,
    uses,
    usual_words,
)


@pytest.mark.parametrize(
    ("characters", "script"),
    [
        ("aZéßğɛＡﬁª", "Latn"), ("灯一龥〇々㐀𠀀豈㈠", "Hani"), ("あんゝ", "Hira"), ("アンーｱ㌔", "Kana"),
        ("한ㄱ㈀ﾡ", "Hang"),
        ("ㄅㆠ", "Bopo"), ("Жёі", "Cyrl"), ("αΩά", "Grek"), ("אב", "Hebr"), ("عةپ٣،ﷺ", "Arab"), ("กๅ๑", "Thai"),
        ("क्षि१", "Deva"), ("ক", "Beng"), ("ა", "Geor"), ("Ա", "Armn"), ("ሀ", "Ethi"), ("ක", "Sinh"), ("་", "Tibt"),
        ("0?%+€©°→•№Ⅳ™½²…—≥\n\t \u200d\ufe0f।", COMMON), ("µ😀🇨✓ℹ■①↯ⓐ㎈〒︵", SYMBOL),
        ("\u0301\u0308", INHERITED),
        ("，。「」～１％￥・\u3000", EAST_ASIAN), ("𝐀ℓ⼀𐌰ᚠː⠿Ↄ", OTHER),
        ("\x00\x0b\x7f\x85\ue000\ufffd\ufeff\ufffe\u0378\ud800", NEVER),
    ],
)  # fmt: skip
def test_characters_know_their_script(characters: str, script: str) -> None:
    assert {character: script_of(character) for character in characters} == dict.fromkeys(characters, script)


def test_every_letter_that_unicode_calls_latin_or_cyrillic_is_so() -> None:
    for name, script in (("LATIN ", "Latn"), ("CYRILLIC ", "Cyrl"), ("HANGUL ", "Hang"), ("CJK UNIFIED ", "Hani")):
        wrong = [
            code
            for code in range(0x30000)
            if unicodedata.name(chr(code), "").startswith(name)
            and unicodedata.category(chr(code))[0] == "L"
            and script_of(chr(code)) != script
        ]
        assert wrong == []


@pytest.mark.parametrize(
    ("language", "scripts"),
    [
        ("en", "Latn"), ("de-AT", "Latn"), ("pt_BR", "Latn"), ("zh", "Hani"), ("zh-Hans", "Hani"), ("zh-CN", "Hani"),
        ("zh-Hant", "Hani Bopo"), ("zh-TW", "Hani Bopo"), ("yue", "Hani Bopo"), ("ja", "Hani Hira Kana"),
        ("ko", "Hang"),
        ("ko-Kore", "Hang Hani"), ("ru", "Cyrl"), ("sr", "Cyrl Latn"), ("sr-Latn", "Latn"), ("SR-CYRL-RS", "Cyrl"),
        ("ar", "Arab"), ("fa-IR", "Arab"), ("he", "Hebr"), ("hi", "Deva"), ("th", "Thai"), ("el", "Grek"), ("tlh", ""),
        ("tlh-Latn", ""), ("", ""),
    ],
)  # fmt: skip
def test_languages_know_their_scripts(language: str, scripts: str) -> None:
    assert scripts_of(language) == set(scripts.split())
    assert lockable(language) is bool(scripts)


def test_which_chinese_is_meant() -> None:
    assert [is_traditional(tag) for tag in ("zh-Hant", "zh-TW", "zh-hk", "yue", "zh-Hant-CN")] == [True] * 5
    assert not any(is_traditional(tag) for tag in ("zh", "zh-Hans", "zh-SG", "zh-Hans-HK", "yue-Hans", "ja", "en-HK"))


def test_each_way_of_writing_chinese_has_characters_of_its_own() -> None:
    traditional = "體發髮車馬語門這個國學會說請讓實點後來對開電書長東經過時間問題應該與從樣還沒"
    simplified = "体发车马语门这个国学会说请让实点来对开电书长东经过时间问题应该与从样还没"
    assert set(traditional) <= only_traditional()
    assert set(simplified) <= only_simplified()
    assert not only_traditional() & only_simplified()


def test_what_is_good_in_both_is_in_neither() -> None:
    both = "后里干台着乾於瞭藉著徵夥甯昇云叶松面谷丑斗几千卜曲范了系制只种表征回向志的人中文一不是龢鎏"
    assert {character for character in both if character in only_traditional()} == set()
    assert {character for character in both if character in only_simplified()} == set()


def test_the_old_standards_are_never_excluded() -> None:
    """Characters of GB 2312 are good in Simplified Chinese, common ones of Big5 in Traditional Chinese (but four)."""
    for code in range(0x4E00, 0xA000):
        character = chr(code)
        try:
            simple = bool(character.encode("gb2312"))
        except UnicodeEncodeError:
            simple = False
        try:
            common = b"\xa4\x40" <= character.encode("big5") < b"\xc9\x40"
        except UnicodeEncodeError:
            common = False
        assert character == "後" or not (simple and character in only_traditional()), character
        assert character in "听坏儿" or not (common and character in only_simplified()), character


@pytest.mark.parametrize(
    ("language", "free", "foreign"),
    [
        ("zh-Hans", "灯体后，。「」1?℃㎡〇Ⅷ\n", "體aéЖあ한αＡㄅ\u0301読😀\u2183\uf946\ufa0e\U0002f800"),
        ("zh-Hant", "燈體後ㄅ，1", "体灯aあ\uf946"),
        ("ja", "灯燈体體あアー、1\ufa19", "a한Ж"),
        ("ko", "한ㄱ，1", "灯aあ"),
        ("en", "aéñß\u03011?“”", "灯Жあ한α，。１Ａ😀㎡"),
        ("ru", "Жё1\u0301", "aα灯"),
        ("sr", "Жa", "α灯"),
        ("tlh", "灯體aЖ，😀", ""),
    ],
)
def test_what_is_free_and_what_is_foreign(language: str, free: str, foreign: str) -> None:
    table = uses(language)
    assert len(table) == CODE_POINTS
    assert {one: table[ord(one)] for one in free} == dict.fromkeys(free, Use.FREE)
    assert {one: table[ord(one)] for one in foreign} == dict.fromkeys(foreign, Use.FOREIGN)
    assert {table[code] for code in (0, 0x0B, 0xE000, 0xD800, 0xFFFD, 0x10FFFF)} == {Use.NEVER}


def test_centuries_are_written_with_roman_numerals_in_cyrillic() -> None:
    assert {"xix", "iv"} <= set(usual_words("ru")) == set(usual_words("bg"))
    assert usual_words("zh-Hans") == usual_words("en") == usual_words("tlh") == ()


def test_a_dense_script_says_much_in_a_character() -> None:
    assert all(map(is_dense, "灯あア빛𠀀"))
    assert not any(map(is_dense, "aéжعक—,"))

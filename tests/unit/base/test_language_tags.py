"""Tags and names of languages: what people and files call them, and what they are called."""

from __future__ import annotations

import pytest
from babel import Locale

from assistant.base import languages
from assistant.base.languages import (
    OFFERED,
    between_sentences,
    found,
    language_name,
    nearest,
    normalize,
    primary,
    same,
    script,
    unspaced,
)


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh_Hans", "zh-Hans"), ("ZH-hans-cn", "zh-Hans"),
        ("cn", "zh-Hans"), ("chinese", "zh-Hans"), ("中文", "zh-Hans"), ("简体中文", "zh-Hans"), ("汉语", "zh-Hans"),
        ("zh-SG", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh_HK", "zh-Hant"), ("zh-Hant-TW", "zh-Hant"),
        ("繁體中文", "zh-Hant"), ("繁体中文", "zh-Hant"), ("Traditional Chinese", "zh-Hant"), ("cmn", "zh-Hans"),
        ("cmn-Hant", "zh-Hant"), ("de", "de"), ("German", "de"), ("Deutsch", "de"), ("deutsch", "de"), ("德语", "de"),
        ("德文", "de"), ("deu", "de"), ("de-DE", "de"), ("de-AT", "de-AT"), ("en_US.UTF-8", ""), ("日本語", "ja"),
        ("日语", "ja"), ("日文", "ja"), ("jp", "ja"), ("한국어", "ko"), ("Français", "fr"), ("francais", "fr"),
        ("FRENCH", "fr"), (" Spanish ", "es"), ("español", "es"), ("espanol", "es"), ("pt-br", "pt-BR"),
        ("Brazilian Portuguese", "pt-BR"), ("português", "pt"), ("iw", "he"), ("in", "id"), ("no", "nb"),
        ("Norwegian", "nb"), ("nn", "nn"), ("tl", "fil"), ("sr-Latn-RS", "sr-Latn"), ("sr-RS", "sr"),
        ("yue", "yue"), ("Klingon", "tlh"), ("русский", "ru"), ("العربية", "ar"), ("हिन्दी", "hi"), ("ไทย", "th"),
        ("tiếng việt", "vi"), ("Tieng Viet", "vi"), ("", ""), ("  ", ""), ("xx", ""), ("Klingonese", ""),
        ("und", ""), ("mul", ""), ("x-private", ""), ("12", ""),
    ],
)  # fmt: skip
def test_what_people_and_files_say(words: str, tag: str) -> None:
    assert normalize(words) == tag


def test_a_normal_tag_stays_as_it_is() -> None:
    assert [normalize(tag) for tag in OFFERED] == list(OFFERED)


def test_all_names_lead_back_to_their_language() -> None:
    for tag in OFFERED:
        called = language_name(tag)
        assert called is not None
        assert [normalize(name) for name in called] == [tag] * 3, tag


def test_about_eighty_languages_are_offered_once_each() -> None:
    assert 60 <= len(OFFERED) == len(set(OFFERED)) <= 90
    made_for = "zh zh-Hant yue en fr pt es ja tr ru ar ko th it de vi ms id tl hi pl cs nl km my fa gu ur te mr he bn"
    assert {normalize(tag) for tag in f"{made_for} ta uk bo kk mn ug".split()} <= set(OFFERED)


@pytest.mark.parametrize(
    ("tag", "english", "chinese", "own"),
    [
        ("zh-Hans", "Simplified Chinese", "简体中文", "简体中文"),
        ("zh-TW", "Traditional Chinese", "繁体中文", "繁體中文"),
        ("de-LI", "German", "德语", "Deutsch"),
        ("pt_BR", "Brazilian Portuguese", "巴西葡萄牙语", "português (Brasil)"),
        ("fr", "French", "法语", "français"),
    ],
)
def test_names(tag: str, english: str, chinese: str, own: str) -> None:
    called = language_name(tag)
    assert called is not None
    assert tuple(called) == (english, chinese, own)


def test_nobody_knows_what_is_no_language() -> None:
    assert language_name("qq") is None
    assert language_name("") is None


def test_the_names_are_those_of_the_library() -> None:
    """A newer CLDR may call single languages otherwise; ``packaging/languages.py`` writes them anew then."""
    english, chinese = Locale.parse("en").languages, Locale.parse("zh").languages
    agree = 0
    for tag in OFFERED:
        called = language_name(tag)
        assert called is not None
        agree += (called.english, called.chinese) == tuple(one[tag.replace("-", "_")] for one in (english, chinese))
    assert agree >= 0.95 * len(OFFERED)


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("de", "de-AT", True), ("de", "DE", True), ("zh", "zh-CN", True), ("zh-Hans", "zh-Hant", False),
        ("zh-TW", "zh-Hant", True), ("en", "de", False), ("no", "nb", True), ("", "", False), ("en", "", False),
        ("sr", "sr-Latn", False), ("iw", "he", True), ("qq", "rr", False),
    ],
)  # fmt: skip
def test_when_two_tags_mean_one_language(one: str, other: str, are: bool) -> None:
    assert same(one, other) is are
    assert same(other, one) is are


def test_scripts() -> None:
    assert [script(tag) for tag in ("en", "zh", "zh-TW", "ru", "sr-Latn", "ja", "qq")] == [
        "Latn", "Hans", "Hant", "Cyrl", "Latn", "Jpan", "",
    ]  # fmt: skip


def test_small_questions_about_tags() -> None:
    assert [primary(tag) for tag in ("zh-Hans", "pt_BR", "EN")] == ["zh", "pt", "en"]
    assert [unspaced(tag) for tag in ("zh-Hans", "ja", "en", "")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("shown", "last", "languages", "between"),
    [
        (" ", ".", ("en", "zh-Hans"), ""), ("  ", ".", ("en", "ja"), ""), (" ", ".", ("", "zh"), ""),
        ("\n", ".", ("en", "zh-Hans"), "\n"), (" ", "。", ("zh", "ja"), " "), ("", "。", ("zh", "ja"), ""),
        ("", "。", ("zh-Hans", "en"), " "), ("", "。", ("", "en"), " "), ("", "！", ("en", "de"), " "),
        ("…", "。", ("zh", "en"), "… "), ("", ".", ("en", "de"), ""), ("  ", ".", ("en", "de"), "  "),
        ("\u3000", "。", ("zh", "en"), "\u3000"), (" ", ".", ("en", "th"), " "),
    ],
)  # fmt: skip
def test_what_stands_between_two_sentences(shown: str, last: str, languages: tuple[str, str], between: str) -> None:
    assert between_sentences(shown, last, source=languages[0], target=languages[1]) == between


@pytest.mark.parametrize(
    ("words", "first"),
    [("chi", "zh-Hans"), ("中", "zh-Hans"), ("ger", "de"), ("德", "de"), ("deut", "de"), ("fran", "fr"), ("pt", "pt"),
     ("zh-tw", "zh-Hant"), ("日", "ja"), ("norw", "nb"), ("viet", "vi")],
)  # fmt: skip
def test_typing_finds_a_language(words: str, first: str) -> None:
    assert found(words)[0] == first


def test_typing_finds_what_only_holds_the_words_too() -> None:
    assert set(found("chinese")) >= {"zh-Hans", "zh-Hant"}
    assert found("portug") == ["pt", "pt-BR"]
    assert found("qqqq") == []
    assert found(" ") == list(OFFERED)


@pytest.mark.parametrize(
    ("words", "tag"), [("germna", "de"), ("Frensh", "fr"), ("chinesse", "zh-Hans"), ("qwrtz", ""), ("", "")]
)
def test_what_was_mistyped(words: str, tag: str) -> None:
    assert nearest(words) == tag


def test_the_names_take_no_library() -> None:
    assert "babel" not in vars(languages)

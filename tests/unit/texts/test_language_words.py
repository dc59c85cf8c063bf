"""Names of languages as the user reads them, and lists to choose from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.texts import current_language, languages, set_language


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    before = current_language()
    yield
    set_language(before)


def test_names_are_in_the_language_of_the_program() -> None:
    set_language("en")
    assert [languages.name(tag) for tag in ("de", "zh-Hans", "qq")] == ["German", "Simplified Chinese", "qq"]
    set_language("zh_CN")
    assert [languages.name(tag) for tag in ("de", "zh-Hans", "qq")] == ["德语", "简体中文", "qq"]
    assert languages.name("de", "en") == "German"


def test_own_names_begin_as_a_line_does() -> None:
    own = [languages.own_name(tag) for tag in ("fr", "ru", "ka", "zh-Hans", "ar", "qq", "tlh")]
    assert own == ["Français", "Русский", "ქართული", "简体中文", "العربية", "qq", "Klingon"]


@pytest.mark.parametrize(
    ("system", "wish", "own"),
    [
        ("de_DE.UTF-8", "auto", "de"),
        ("German_Germany", "auto", "de"),  # as Windows says it
        ("de_DE.UTF-8", "en", "en"),
        ("de_DE.UTF-8", "zh_CN", "zh-Hans"),
        ("zh_CN.UTF-8", "auto", "zh-Hans"),
        ("zh_TW", "auto", "zh-Hant"),
        ("Chinese (Simplified)_China", "auto", "zh-Hans"),
        ("pt_BR.UTF-8", "auto", "pt-BR"),
        ("en_GB.UTF-8@euro", "auto", "en"),
        ("C.UTF-8", "auto", "en"),
        ("tlh", "auto", "en"),
    ],
)
def test_ones_own_language_is_what_the_program_was_chosen_to_speak_or_the_systems(
    system: str, wish: str, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", system)
    assert languages.own(wish) == own


def test_the_list_is_in_the_order_of_what_is_read() -> None:
    set_language("en")
    english = [languages.name(tag) for tag in languages.offered()]
    assert english == sorted(english)
    set_language("zh_CN")
    chinese = [languages.name(tag) for tag in languages.offered()]
    places = [chinese.index(name) for name in ("阿拉伯语", "德语", "法语", "日语", "西班牙语", "英语", "越南语")]
    assert places == sorted(places)  # by their sounds: a, de, fa, ri, xi, ying, yue
    assert len(chinese) == len(english) == len(languages.OFFERED)


def test_searching() -> None:
    set_language("en")
    assert languages.search("german") == ["de"]
    assert languages.search("") == languages.offered()
    assert languages.search("nothing like it") == []

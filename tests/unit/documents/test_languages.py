"""The language of a text, from one sentence up."""

from __future__ import annotations

import pytest

from assistant.documents.languages import SIMPLIFIED, TRADITIONAL, count_words, detect

SENTENCES = {
    "en": ["The bridge over the river was closed for the whole winter.", "It is not what you think it is."],
    "zh-Hans": ["这座桥整个冬天都没有开放。", "我们对这个问题还没有结论。", "The API 返回一个列表，请检查参数。"],
    "zh-Hant": ["這座橋整個冬天都沒有開放。", "我們對這個問題還沒有結論。"],
    "ja": ["この橋は冬の間ずっと閉鎖されていた。", "問題はまだ解決していません。"],
    "ko": ["이 다리는 겨울 내내 닫혀 있었다.", "문제는 아직 해결되지 않았습니다. (API 오류)"],
    "de": ["Die Brücke über den Fluss war den ganzen Winter geschlossen.", "Das ist nicht das, was du denkst."],
    "fr": ["Le pont sur la rivière est resté fermé tout l'hiver.", "Ce n'est pas ce que vous pensez."],
    "es": ["El puente sobre el río estuvo cerrado todo el invierno.", "Eso no es lo que usted piensa."],
    "it": ["Il ponte sul fiume è rimasto chiuso per tutto l'inverno.", "Questo non è quello che pensi."],
    "pt": ["A ponte sobre o rio ficou fechada durante todo o inverno.", "Isso não é o que você pensa."],
    "ru": ["Мост через реку был закрыт всю зиму.", "Это не то, что вы думаете."],
    "uk": ["Міст через річку був закритий усю зиму."],
    "nl": ["De brug over de rivier was de hele winter gesloten.", "Dat is niet wat je denkt."],
    "pl": ["Most na rzece był zamknięty przez całą zimę.", "To nie jest to, co myślisz."],
    "el": ["Η γέφυρα ήταν κλειστή όλο τον χειμώνα."],
    "ar": ["كان الجسر مغلقا طوال الشتاء."],
}


CASES = [(language, text) for language, texts in SENTENCES.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_a_sentence_is_enough(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "   ", "12345 67.8%", "Hello", "x", "!!!", "😀"])
def test_what_tells_nothing_has_no_language(text: str) -> None:
    assert detect(text) == ""


def test_a_long_text_is_told_by_a_sample() -> None:
    assert detect("Das ist ein Satz, und der ist nicht lang. " * 100_000) == "de"
    assert detect("1 2 3 4 5 6 7 8 9\n" * 1000 + "这座桥整个冬天都没有开放。" * 3000) == "zh-Hans"


def test_no_character_is_in_both_ways_of_writing_chinese() -> None:
    assert not SIMPLIFIED & TRADITIONAL
    assert min(len(SIMPLIFIED), len(TRADITIONAL)) > 100


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's a well-known fact.", 4),
        ("今天天气好。", 5),
        ("我用iPhone 15。", 4),
        ("오늘은 비가 왔다.", 3),
        ("", 0),
        ("e.g. 3.5", 2),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    assert count_words(text) == words

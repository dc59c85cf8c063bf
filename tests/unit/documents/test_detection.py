"""Which language single sentences are in, and when there is too little to tell."""

from __future__ import annotations

import tempfile
from statistics import median, quantiles

import pytest

from assistant.documents import detection
from assistant.documents.detection import detect_languages
from assistant.documents.segments import ALONE, CLOSE, OPEN
from tests.eval.detecting import Told, sentences, tell


def best(text: str) -> str:
    (guesses,) = detect_languages([text])
    return guesses[0].language if guesses else ""


def share(text: str) -> float:
    (guesses,) = detect_languages([text])
    return guesses[0].share if guesses else 0.0


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return tell(sentences())


def test_the_set_is_large_enough() -> None:
    found = sentences()
    languages = {one.language for one in found}
    assert len(languages) >= 20
    assert {"en", "zh-Hans", "zh-Hant"} <= languages
    assert all(sum(one.language == language for one in found) >= 30 for language in languages)
    assert len({one.text for one in found}) > len(found) * 0.99


def test_single_sentences_are_told(told: list[Told]) -> None:
    wrong = [one for one in told if not one.right]
    assert len(wrong) <= 0.01 * len(told), wrong
    for language in {one.sentence.language for one in told}:
        own = [one for one in told if one.sentence.language == language]
        assert sum(one.right for one in own) >= 0.93 * len(own), language


def test_a_sentence_takes_little_of_the_processor(told: list[Told]) -> None:
    """Of each sentence the best of three, as other programs take the processor's caches away."""
    rounds = (told, tell(sentences()), tell(sentences()))
    times = [min(one.milliseconds for one in same) for same in zip(*rounds, strict=True)]
    assert median(times) < 5
    assert quantiles(times, n=100)[-1] < 5


def test_shares_are_shares(told: list[Told]) -> None:
    for one in told:
        shares = [guess.share for guess in one.guesses]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1.001


@pytest.mark.parametrize("text", ["", "   ", "12345 67.8%", "!!!", "😀", "x", "OK", "ABC", "iPhone 15", "London"])
def test_what_tells_nothing_has_no_language(text: str) -> None:
    assert detect_languages([text]) == ((),)


@pytest.mark.parametrize("word", ["Hotel", "Danke", "Microsoft Word", "Привет", "the bridge", "Guten Morgen"])
def test_a_word_that_several_languages_could_have_gets_a_small_share(word: str) -> None:
    assert share(word) < 0.3


def test_what_is_said_grows_with_the_text() -> None:
    whole = "Die Brücke über den Fluss war den ganzen Winter geschlossen, weil der Sturm sie beschädigt hatte."
    shares = [share(whole[:size]) for size in (4, 20, 40, len(whole))]
    assert shares == sorted(shares)
    assert shares[0] < 0.3 < 0.8 < shares[-1]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("东京", "zh-Hans"),
        ("你好", "zh-Hans"),
        ("東京都廳", "zh-Hant"),
        ("会議室", "ja"),
        ("渋谷駅前広場", "ja"),
        ("國語", "zh-Hant"),
        ("他们说，“這”是繁体字。", "zh-Hans"),
        ("我们使用 GitHub Actions", "zh-Hans"),
        ("The API 返回一个列表，请检查参数。", "zh-Hans"),
        ("My name is 王小明 and I live in Beijing.", "en"),
        ("１５０メートル", "ja"),
        ("新大阪に到着したのは午後３時。", "ja"),
        ("오늘 API 서버가 멈췄다", "ko"),
        ("在7日的全國高溫城市排名中，河南已佔據前10名中的8席。", "zh-Hant"),
    ],
)
def test_chinese_japanese_and_korean_are_told_apart(text: str, language: str) -> None:
    assert best(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("DAS IST EIN SATZ IN GROSSEN BUCHSTABEN", "de"),
        ("Это не то, что вы думаете.", "ru"),
        ("این کتاب را دیروز خریدم و هنوز نخوانده‌ام.", "fa"),
        ("یہ کتاب میں نے کل خریدی تھی۔", "ur"),
        ("Тази книга купих вчера и още не съм я прочел.", "bg"),
        ("Ову књигу сам купио јуче.", "sr"),
        ("Túto knihu som kúpil včera a ešte som ju neprečítal.", "sk"),
        ("Ovu sam knjigu kupio jučer i još je nisam pročitao.", "hr"),
        ("Denne boka kjøpte jeg i går, og jeg har ikke lest den ennå.", "nb"),
        ("এই বইটি আমি গতকাল কিনেছি।", "bn"),
        ("இந்தப் புத்தகத்தை நேற்று வாங்கினேன்.", "ta"),
        ("ეს წიგნი გუშინ ვიყიდე.", "ka"),
    ],
)
def test_more_languages_are_known_than_the_set_has(text: str, language: str) -> None:
    assert best(text) == language


def test_markup_names_and_addresses_tell_nothing() -> None:
    tagged = f"Das {chr(OPEN)}ist nicht{chr(CLOSE)} das, was du {chr(ALONE)} denkst."
    assert best(tagged) == best("Das ist nicht das, was du denkst.") == "de"
    assert best("请打开 https://example.org/the/longest/path/of/all?and=that 查看 `print(the_value)`。") == "zh-Hans"
    assert best("Bitte <b class='the one and only'>nicht</b> %(number)d {name} &nbsp; vergessen") == "de"


@pytest.mark.parametrize("text", ["访问https://example.org/a", "请写信给info@example.org", "到www.example.org看看"])
def test_chinese_beside_an_address_is_chinese(text: str) -> None:
    assert best(text) == "zh-Hans"


def test_each_text_has_its_own_answer() -> None:
    answers = detect_languages(["Wo ist der Bahnhof?", "", "駅はどこですか。"])
    assert [one[0].language if one else "" for one in answers] == ["de", "", "ja"]


def test_long_texts_are_told_by_their_beginning() -> None:
    assert best("Wer das liest, der hat den ganzen Tag Zeit. " * 50_000) == "de"


def test_the_model_is_loaded_without_a_temporary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker child may not write any."""
    monkeypatch.setattr(tempfile, "TemporaryFile", None)
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", None)
    detection._identifier.cache_clear()
    assert best("Wo ist denn nun der Bahnhof?") == "de"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A könyvtár új épülete a folyó partján áll.\n\nAz olvasóterem minden nap nyitva van.", "hu"),
        ("Kirjaston uusi rakennus seisoo joen rannalla.\n\nLukusali on auki joka päivä.", "fi"),
        ("Bibliotekets nye bygning ligger ved elva og ble åpnet i fjor. Lesesalen er åpen hver dag.", "nb"),
        ("Новата сграда на библиотеката е на брега на реката и отвори миналата година.", "bg"),
        ("The library's new building stands on the river bank. It was opened last year.", "en"),
        ("图书馆的新馆位于河边，去年开放。", "zh-Hans"),
        ("圖書館的新館位於河邊，去年開放。", "zh-Hant"),
        ("12345", ""),
    ],
)  # fmt: skip
def test_the_language_of_a_document(text: str, language: str) -> None:
    assert detection.language_of(text) == language


def test_a_document_is_told_by_all_of_it() -> None:
    pages = "Der Vertrag ist von beiden Seiten zu unterschreiben und danach gültig. " * 500
    assert detection.language_of("Tilføjet i dag: se bilag.\n" + pages) == "de"

"""Word lists: forms lead to their word, Chinese is cut into words, and both languages lead to each other."""

from __future__ import annotations

import pytest

from assistant.worker.characters import even, is_east_asian
from assistant.worker.lexicon import Chinese, chinese, english, folded, nations, stem
from assistant.worker.names import Sort, names
from assistant.worker.wording import Wording


@pytest.mark.parametrize(
    "forms",
    [("study", "studies", "studied", "studying"), ("make", "makes", "made", "making"), ("company", "companies"),
     ("stop", "stopped", "stopping"), ("buy", "bought"), ("child", "children"), ("price", "prices", "priced")],
)  # fmt: skip
def test_forms_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


def test_different_words_keep_apart() -> None:
    assert len({stem(word) for word in ("universe", "university", "price", "prize", "news", "new")}) == 6


def test_accents_and_case_are_folded() -> None:
    assert folded("Šibenik") == "sibenik"
    assert folded("GROẞ") == folded("gross")


def test_chinese_is_cut_into_words() -> None:
    assert chinese().cut("北京大学的研究人员表示新药可以降低死亡率") == [
        "北京大学", "的", "研究", "人员", "表示", "新药", "可以", "降低", "死亡率",
    ]  # fmt: skip


def test_words_lead_to_the_other_language() -> None:
    assert {"incom", "revenu"} <= chinese().translations("收入").keys()
    assert "购买" in dict(chinese().from_english(stem("purchase")))
    assert stem("purchase") in english().near[stem("buy")]
    assert "spain" in nations("spanish")


def test_what_an_english_word_means_is_worked_out_for_that_word_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    known = Chinese.translations
    monkeypatch.setattr(Chinese, "translations", lambda self, word: asked.append(word) or known(self, word))
    words = Chinese(["\t", "买\tzv\tbuy;purchase", "购买\tpv\tpurchase;buy", "书\tzw\tbook", "订\tzv\tbook ticket"])
    assert words.from_english(stem("purchase")) == (("买", 1.0), ("购买", 1.0))
    assert words.from_english(stem("purchase"))
    assert asked == ["买", "购买"]
    assert words.from_english(stem("book")) == (("书", 1.0), ("订", 0.5))
    assert words.from_english("nothing") == ()


def test_every_place_is_kept() -> None:
    text = "「臺灣」，１２３　Ａ–Ｂ’s 𝒳"
    assert len(even(text)) == len(text)
    assert even("經濟發展１２％") == "经济发展12%"


def test_scripts_are_told() -> None:
    assert is_east_asian("会议 with Maria")
    assert not is_east_asian("A long English sentence that names 北京 once in passing.")


# ---------------------------------------------------------------- names


def found(text: str, language: str) -> set[str]:
    return {text[name.start : name.end] for name in names(even(text), language=language)}


def test_names_by_capitals() -> None:
    text = "The report says Maria Ortega joined Northwind Bank in Lisbon. Revenue grew. Ortega praised Dr. J. Halloran."
    assert found(text, "en") == {"Maria Ortega", "Northwind Bank", "Lisbon", "Ortega", "J. Halloran"}


def test_what_is_no_name() -> None:
    assert found("On Monday the President said in March that I may go.", "en") == set()
    assert found("Two Of Them Came Along Today", "en") == set()
    assert found("Henrik Odell left as CEO", "en") == {"Henrik Odell"}
    assert found("高水平的研究和方法，于是马上改进，周边国家也一起参与，该公司表示满意", "zh") == set()


def test_chinese_names() -> None:
    text = "陈思远在会议上宣布，王建国教授表示满意。奥尔特加部长在临川市说，《红楼梦》很好。"
    assert {"陈思远", "王建国", "奥尔特加", "临川市", "红楼梦"} <= found(text, "zh")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("盐商傅三桂出资修路", "傅三桂"),  # a numeral in the middle
        ("北屿研究所的温启辰提醒大家", "温启辰"),  # a surname that is a word
        ("财务总监程映月维持预期不变", "程映月"),
        ("欧阳若兰昨日到任", "欧阳若兰"),
        ("导师是威廉·哈特曼教授", "威廉·哈特曼"),
        ("承包商Bracknell Civil于2022年", "Bracknell Civil"),  # no space between the scripts
        ("据江洲理工大学专家分析", "江洲理工大学"),
        ("主要研究者房教授对结果表示满意", "房教授"),
        ("售后服务由清源环保提供", "清源环保"),
    ],
)
def test_chinese_names_by_how_likely_they_are(text: str, name: str) -> None:
    assert name in found(text, "zh")


@pytest.mark.parametrize(
    "text",
    ["大约左右", "该项目花费不少", "达5.2万只", "服用八周后血压下降", "任院长以来", "村民向政府反映", "方法简单"],
)
def test_words_that_begin_like_a_surname(text: str) -> None:
    assert found(text, "zh") == set()


def test_a_surname_is_that_of_somebody() -> None:
    wording = Wording("主要研究者是第一医院的方思衡，秦若梅协助。", is_chinese=True)
    assert wording.has_surname("方")
    assert wording.has_surname("秦")
    assert not wording.has_surname("房")


def test_codes_and_quotations() -> None:
    sorts = {name.sort for name in names('The F-35 is called "a flying computer" there.', language="en")}
    assert sorts == {Sort.CODE, Sort.QUOTE}


def test_a_name_in_another_form() -> None:
    wording = Wording("Maria Ortega of the European Union spoke in Spain about the EMA.", is_chinese=False)
    assert wording.has_words(("Ortega",))
    assert wording.has_words(("EU",))
    assert wording.has_words(("Spanish",))
    assert wording.has_words(("European", "Medicines", "Agency"))
    assert wording.has_words(("Ortega's",))
    assert not wording.has_words(("Ortiz",))
    assert not Wording("Beatrix Malvern", is_chinese=False).has_words(("Beatrice", "Malvern"))

"""Names that a text shortens, and those that differ from a name of its source in one character."""

from __future__ import annotations

import pytest

from assistant.documents.model import Document, MarkState
from assistant.documents.reading import read
from assistant.worker.han_names import han_names, is_short_for, is_slip
from assistant.worker.linking import link
from assistant.worker.names import names
from assistant.worker.retrieval import Index
from assistant.worker.wording import Wording, is_form_of

SOURCE = (
    "研究由北京大学周宁安团队牵头，国家自然科学基金资助一千万元。\n\n"
    "菜农王建国因水管爆裂，向临岚市中级人民法院起诉。审判长司马远指出，该水管九年内已爆裂四次。\n\n"
    "总经理冯静怡将于四月卸任，由窦长明接任。中央电视台五月作了报道。\n\n"
    "发件人：费美华。\n桥本先生：订购的三百二十块板材至今未到。\n\n"
    "张维还欠米娜十五欧元。世界卫生组织发布了报告。\n\n"
    "鹈鹕W9洗衣机显示E03表示不排水。\n"
)


@pytest.fixture(scope="module")
def source() -> tuple[Document, Index]:
    document = read(SOURCE.encode(), "source.txt")
    return document, Index(document)


def marked(source: tuple[Document, Index], text: str) -> list[str]:
    found = link(source[0], text, source[1])
    return [
        text[mark.start : mark.end]
        for sentence in found.sentences
        for mark in sentence.marks
        if mark.state is MarkState.MISSING
    ]


@pytest.mark.parametrize(
    "text",
    ["研究由北大牵头。", "老王因水管爆裂起诉。", "司马法官说水管已爆裂四次。", "冯总四月卸任。", "央视五月报道过此事。",
     "张维欠米娜十五欧元。", "世卫组织发布了报告。", "W9显示E03时不排水。", "老王的案子由临岚中院审理。"],
)  # fmt: skip
def test_a_short_form_is_the_name(source: tuple[Document, Index], text: str) -> None:
    assert marked(source, text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("研究由清华牵头。", "清华"),
        ("老赵因水管爆裂起诉。", "老赵"),
        ("王建军因水管爆裂起诉。", "王建军"),
        ("上官法官说水管已爆裂四次。", "上官法官"),
        ("总经理冯静仪四月卸任。", "冯静仪"),
        ("接任的是窦长民。", "窦长民"),
        ("洗衣机显示E13时不排水。", "E13"),
    ],
)
def test_another_name_is_marked(source: tuple[Document, Index], text: str, wrong: str) -> None:
    assert marked(source, text) == [wrong]


@pytest.mark.parametrize(
    ("short", "whole", "expected"),
    [
        ("北大", "北京大学", True),
        ("世卫组织", "世界卫生组织", True),
        ("中科院", "中国科学院", True),
        ("中院", "临岚市中级人民法院", True),
        ("清华", "北京大学", False),
        ("学大", "北京大学", False),
        ("北京", "北京大学", False),  # stands in it anyway
    ],
)
def test_how_organisations_are_shortened(short: str, whole: str, expected: bool) -> None:
    assert is_short_for(short, whole) is expected


def test_a_slip_changes_one_character_for_another_of_names() -> None:
    assert is_slip("王建军", "王建国")
    assert is_slip("黄建国", "王建国")
    assert not is_slip("王建国", "王建国")
    assert not is_slip("王建的", "王建国")
    assert not is_slip("李建军", "王建国")


@pytest.mark.parametrize("text", ["小高层住宅楼", "老方案不行", "小时候住过的新桥", "溺死江中", "账簿中共记下214道菜"])
def test_what_is_no_name(text: str) -> None:
    assert list(han_names(text)) == []


@pytest.mark.parametrize(
    "text", ["Follow-up copies are quick.", "Pre-tax profit fell.", "Over-75s pay less.", "Network-transferable files."]
)
def test_a_compound_at_the_beginning_is_no_name(text: str) -> None:
    assert names(text, language="en") == []


def test_a_sentence_of_few_words_with_capitals_is_no_title() -> None:
    found = names("Manufacturer: Kestrel Baume in Brunnfeld.", language="en")
    assert [one.words for one in found] == [("Baume",), ("Brunnfeld",)]
    assert names("Manufacturers Shipped Their Machines Along Rivers", language="en") == []


def test_a_common_word_with_a_capital_is_a_name_in_a_chinese_text() -> None:
    assert [one.words for one in names("Halberd Bank 的授信", language="zh")] == [("Halberd", "Bank")]


def test_a_preposition_is_no_part_of_a_company() -> None:
    (found,) = [one for one in han_names("租客向骏途公司租车") if one.forms[0].endswith("公司")]
    assert "骏途公司" in found.forms


def test_a_label_and_a_court_are_no_names_of_their_own() -> None:
    assert [one.words for one in names("Key Takeaway: the Court of Appeal heard Osei.", language="en")] == [("Osei",)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("paris", "parisian", True),
        ("garrods", "garrod", True),
        ("marchetti", "marchett", False),
        ("beatrix", "beatrice", False),
    ],
)
def test_forms_of_a_name(one: str, other: str, expected: bool) -> None:
    assert is_form_of(one, other) is expected


@pytest.mark.parametrize(("name", "expected"), [("Adebare", True), ("Adebari", False), ("Adebares", True)])
def test_another_last_letter_makes_another_name(name: str, expected: bool) -> None:
    assert Wording("It was translated by Folake Adebare.", is_chinese=False).has_word(name) is expected


def test_a_name_ends_before_its_genitive() -> None:
    document = read("插图由画家田霜画了两年。".encode(), "source.txt")
    (sentence,) = link(document, "书中插图出自田霜之手。").sentences
    assert all(mark.state is not MarkState.MISSING for mark in sentence.marks)

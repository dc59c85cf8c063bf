"""A number is looked up where its own clause stands: what another clause has beside it does not stand instead."""

from __future__ import annotations

import pytest

from assistant.documents.model import MarkState
from assistant.documents.reading import read
from assistant.worker.linking import link

LIST = "# 预测\n\n- 第一年：{number}个\n- 第二年：62000个\n- 第三年：75000个\n\n单价35元，毛利率40%。"
PLAN = "新产品由市场部负责。预计首年销售{number}个，次年72000个。研发费用80万元，团队12人。定价35元，毛利率40%。"
TABLE = (
    "# 计划\n\n| 年份 | 销量 | 单价 |\n| --- | --- | --- |\n| 第一年 | {number} | 35 |\n| 第二年 | 62000 | 34 |\n\n"
    "第一年收入213.5万元，研发费用80万元，团队12人。"
)
WRITTEN = ("61000", "61,000", "61\u2009000", "6.1万", "6万1千", "六万一千", "６１０００", "6.1 万")


def missing(source: str, text: str) -> list[str]:
    found = link(read(source.encode(), "a.md"), text)
    return [
        text[mark.start : mark.end] for one in found.sentences for mark in one.marks if mark.state is MarkState.MISSING
    ]


@pytest.mark.parametrize("number", WRITTEN)
@pytest.mark.parametrize(
    ("source", "text"),
    [
        (LIST, "第一年销量 61000 个。"),
        (LIST, "预计第一年销量 61000 个，单价 35 元。"),
        (LIST, "第一年销量\u200961000\u2009个，毛利率40%。"),
        (PLAN, "第一年销量 61000 个，毛利率40%。"),
        (PLAN, "研发费用80万元，第一年销量 61000 个。"),
        (TABLE, "研发费用80万元，第一年销量 61000 个。"),
    ],
)
def test_a_count_is_found_whatever_amounts_the_other_clause_has(source: str, text: str, number: str) -> None:
    assert missing(source.format(number=number), text) == []


@pytest.mark.parametrize(
    ("source", "text", "wrong"),
    [
        (LIST, "第一年销量 67000 个，单价 35 元。", "67000"),
        (PLAN, "研发费用80万元，第一年销量 16000 个。", "16000"),
        (PLAN, "研发费用80万元，团队 17 人。", "17"),
        (TABLE, "第一年销量 75000 个，单价 35 元。", "75000"),
    ],
)
def test_a_wrong_count_is_marked_all_the_same(source: str, text: str, wrong: str) -> None:
    assert missing(source.format(number="61000"), text) == [wrong]


def test_cells_that_touch_are_numbers_of_their_own() -> None:
    source = "| 年份 | 门店 | 员工 |\n| --- | --- | --- |\n| 2023 | 120 | 305 |\n| 2024 | 140 | 410 |"
    assert missing(source, "2023年有门店120家、员工305人。") == []
    assert missing(source, "2023年有门店125家、员工305人。") == ["125"]

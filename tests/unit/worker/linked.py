"""Small documents for the tests of linking, checking, retrieving and ranking."""

from __future__ import annotations

import msgspec

from assistant.documents.model import Document, Kind, Paragraph
from assistant.documents.sentences import spans_of

ENGLISH = """\
# Harbour redevelopment

The council of Marlow Bay approved the redevelopment of the old harbour on 14 June 2022 by 23 votes to 9. \
Construction will begin in the spring of 2023 and is expected to last thirty months. \
The total cost is put at 184.5 million euros, of which the national government will carry 40 percent.

Mayor Helena Brandt said the project would give the town back its waterfront. \
Opponents, led by councillor Tom Aldous, fear that rents in the fishing quarter will rise sharply.

## Housing

The plan foresees 1,240 new flats, a third of them reserved for families with low incomes. \
No building may be taller than six storeys. \
A survey of 812 residents found that 57 % were in favour, 31 % against, and the rest undecided.

## Traffic

A tram line of 4.2 kilometres is to link the harbour with the central station. \
Trams will run every eight minutes during the day and every twenty minutes at night. \
Two multi-storey car parks with 900 spaces replace the parking lots along the quay.

## Environment

Soil samples taken in 2019 showed high levels of lead and mercury under the former shipyard. \
The contractor Verdant Works must remove 65,000 tonnes of contaminated soil by December 2023. \
Rainwater will be collected in basins and used to water the parks.

## Protest

On 3 September 2022 about 1,500 people marched through the fishing quarter against the plan. \
The administrative court rejected a complaint of Harbour for All in November because the deadline had passed."""

CHINESE = """\
# 临江市智慧公交改造方案

2023年5月18日，临江市人民政府批准了智慧公交改造方案，计划三年内投资26.8亿元。\
市交通局局长赵明辉表示，改造后市民平均候车时间将由14分钟缩短到6分钟。\
方案要求在2025年底前更换1,350辆老旧柴油公交车，全部改用纯电动车型。

首批320辆电动公交车由华锐客车公司提供，每辆价格约为185万元。\
全市将新建充电站48座，其中主城区占三分之二。六十岁以上的老年人继续免费乘车。

# 青禾村乡村旅游调查

青禾村位于云岭山脚下，全村共有412户、1,568人。\
2019年，返乡青年林晓峰贷款50万元开办了第一家民宿“云上人家”。\
旺季时停车位不足，村口经常堵车。

省农业大学的周玉兰教授建议发展茶园体验，延长游客的停留时间。\
研究成果发表在《乡村经济》杂志上。老人们抱怨夜里太吵，影响休息。"""


def document(markdown: str, language: str) -> Document:
    """Paragraphs are separated by empty lines; ``#`` makes a heading."""
    text = ""
    paragraphs: list[Paragraph] = []
    path: list[str] = []
    for block in markdown.split("\n\n"):
        level = len(block) - len(block.lstrip("#"))
        words = block.lstrip("# ")
        text += "\n\n" if text else ""
        start = len(text)
        text += words
        if level:
            path = [*path[: level - 1], words]
        kind = Kind.HEADING if level else Kind.TEXT
        above = tuple(path[:-1] if level else path)
        paragraphs.append(Paragraph(start, len(text), kind, level, 0, above))
    found = Document(text, tuple(paragraphs), language=language)
    return msgspec.structs.replace(found, sentences=spans_of(text, paragraphs, language))


def english() -> Document:
    return document(ENGLISH, "en")


def chinese() -> Document:
    return document(CHINESE, "zh-Hans")

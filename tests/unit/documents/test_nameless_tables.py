"""Lines of values that come without a name, through a pipe or from the clipboard, are told from prose and poems."""

from __future__ import annotations

import random

import pytest

from assistant.documents.model import Kind
from assistant.documents.reading import read, sniff
from tests.fakes.seen import texts

WORDS = "the lamp was lit and the keeper went down to the harbour where a ship lay 12 days"
TABLES = {
    "names above numbers": "name,price\nlamp,30\noil,4.50\nwick,1\n",
    "a space behind each comma": "name, price\nlamp, 30\noil, 4\n",
    "semicolons": "Name;Preis\nLampe;3,50\nÖl;1.200,00\n",
    "tabs": "word\tWort\ncat\tKatze\ndog\tHund\n",
    "an empty corner": "\t2023\t2024\nlamps\t4\t5\noil\t7\t8\n",
    "numbers alone": "1,2,3\n4,5,6\n7,8,9\n",
    "an index without a name": ",x,y\n0,1,2\n1,3,4\n2,5,6\n",
    "words alone": "city,country,river\nParis,France,Seine\nRome,Italy,Tiber\n",
    "quoted commas": 'name,remark,price\n"Lamp, old","he said ""no""",30\nOil,"",4\n"a\nb",c,5\n',
    "Chinese": "日期,金额,备注\n2024-01-01,1200,购买灯具\n2024-01-02,300,修理门窗\n",
    "lines of Windows": "a|b\r\n1|2\r\n3|4\r\n",
    "a hint for Excel": "sep=;\na,x;b\nc;d\n",
}
PROSE = {
    "what only begins like a hint": "sep=a thing that\nsomebody wrote\n",
    "a letter": "Dear Ann,\nthe lamp, which was lit in 1911, is out.\nIt was old, worn, and heavy.\nYours,\nBen\n",
    "a poem": "Tiger, tiger, burning bright\nIn the forests of the night,\nWhat immortal hand or eye\n",
    "a poem with a comma in each line": "Roses are red, violets are blue\nSugar is sweet, honey is too\n"
    "Lamps are alight, nights are so long\nWinds are a friend, keepers have song\n",
    "a Chinese poem": "春眠不觉晓,处处闻啼鸟\n夜来风雨声,花落知多少\n床前明月光,疑是地上霜\n举头望明月,低头思故乡\n",
    "rhymes in threes": "人之初,性本善,性相近,习相远\n苟不教,性乃迁,教之道,贵以专\n昔孟母,择邻处,子不学,断机杼\n",
    "a dialogue": "ANNA:\tWho goes there?\nBEN:\tOnly me.\nANNA:\tCome in.\n",
    "indented paragraphs": "\tThe first one.\n\tThe second one.\n\tThe third one.\n",
    "a list with numbers": "1.\tLight the lamp\n2.\tTrim the wick\n3.\tFill the oil\n",
    "places": "Paris, France\nRome, Italy\nMadrid, Spain\n",
    "amounts": "1,200\n3,400\n5,600\n",
    "a log": "2024-01-01 12:00:00,123 INFO start\n2024-01-01 12:00:01,456 INFO read\n2024-01-01 12:00:02,789 INFO x\n",
    "code": "x = 1;\ny = 2;\nz = 3;\n",
    "a table of Markdown": "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n",
    "contents": "Introduction\t1\nMethods\t5\nResults\t12\n",
    "two lines": "name,price\nlamp,30\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_a_table_is_one(text: str) -> None:
    assert sniff(text.encode()) == "csv"
    assert sniff(text.encode(), "a.txt") == "text", "a name says what it is"
    document = read(text.encode())
    assert document.format == "csv"
    assert texts(document, Kind.TABLE)


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE)
def test_prose_is_none(text: str) -> None:
    assert sniff(text.encode()) == "text"


def test_prose_by_chance_is_none() -> None:
    chance = random.Random(7)
    words = WORDS.split()
    for _ in range(300):
        lines = []
        for _ in range(chance.randint(2, 12)):
            line = [chance.choice(words) + chance.choice(("", "", "", ",", ";", ".")) for _ in range(9)]
            lines.append(" ".join(line))
        assert sniff("\n".join(lines).encode()) == "text", lines


def test_a_long_table_is_told_by_its_beginning() -> None:
    rows = "".join(f'{n},"a cell\nof two lines",{n * n}\n' for n in range(20_000))
    document = read(f"n,words,square\n{rows}".encode())
    assert document.format == "csv"
    assert texts(document, Kind.TABLE)[-1].endswith("19999\ta cell of two lines\t399960001")

"""What follows from several sentences together is not marked, and what only fits by chance is."""

from __future__ import annotations

import pytest

from assistant.documents.model import Document, MarkState
from assistant.documents.reading import read as read_document
from assistant.worker.characters import even
from assistant.worker.linking import link
from assistant.worker.quantities import Figure
from assistant.worker.reckoning import fits, works_out
from assistant.worker.retrieval import Index
from assistant.worker.terms import read

HOUSE = (
    "The house at 4 Mill Street is let by Oakridge Homes to the baker Ilse Brandt.\n\n"
    "The rent is 1,340 pounds a month. A deposit of three monthly rents is held by the agent. "
    "While the oven is being built, half of the rent is payable.\n\n"
    "The yearly report costs 66 euros for three readers.\n\n"
    "Clara Voss opened the mill in 1911.\n\n"
    "It burnt down in 1938."
)


@pytest.fixture(scope="module")
def house() -> tuple[Document, Index]:
    document = read_document(HOUSE.encode(), "house.txt")
    return document, Index(document)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The deposit is £4,020.", "The deposit is £4,200."),
        ("The rent for a full year is £16,080.", "The rent for a full year is £18,060."),
        ("While the oven is being built, £670 is due.", "While the oven is being built, £760 is due."),
        ("The report costs €22 for each reader.", "The report costs €27 for each reader."),
        ("The mill stood for 27 years before it burnt down.", "The mill stood for 72 years before it burnt down."),
    ],
)
def test_a_sum_that_follows_from_two_sentences_is_not_marked(
    house: tuple[Document, Index], right: str, wrong: str
) -> None:
    document, index = house
    assert [link(document, text, index).sentences[0].marks == () for text in (right, wrong)] == [True, False]


def number(text: str) -> Figure:
    return read(even(text), "").numbers[0]


def window(text: str) -> tuple[list[Figure], str]:
    return read(even(text), "").numbers, even(text)


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("全年租金为25.8万元", "月租金21500元。", True),
        ("全年租金为28.5万元", "月租金21500元。", False),
        ("押金6.45万元", "月租金21500元，押金为三个月租金。", True),
        ("$900,000 a year", "It earns $75,000 a month.", True),
        ("about two thirds of it", "He asked for £184,500 and got £126,000.", True),
        ("about one third of it", "He asked for £184,500 and got £126,000.", False),  # no word says that it is less
        ("rose by about 32%", "He asked for £184,500 and got £126,000.", False),
        ("fell by about 32%", "He asked for £184,500 and got £126,000.", True),
        ("together 1,550 men", "It had 1,150 soldiers and 400 armed citizens.", True),
        ("1,550 men", "It had 1,150 soldiers and 400 armed citizens.", False),  # no word says that it is a sum
        ("20 minutes", "Four lessons take 80 minutes.", False),  # nobody divides spans of time
        ("8 tables", "It has 4 rooms and 2 doors.", False),
    ],
)
def test_what_is_worked_out(claim: str, source: str, expected: bool) -> None:
    assert works_out(number(claim), even(claim), [window(source)]) is expected


def test_what_the_claim_itself_counts_takes_part() -> None:
    source = window("They have been removed at a cost of £65 each.")
    claims = [number(f"£{value} for them") for value in (130, 150)]
    two = number("two nests")
    assert [works_out(one, "removing two nests", [source], [two]) for one in claims] == [True, False]


def test_of_many_values_one_fits_by_chance() -> None:
    claim = number("13 euros")
    assert fits(claim, [13.0])
    assert not fits(claim, [7.0, 8.0, 9.0, 10.0, 11.0, 13.0, 17.0])
    assert fits(number("25,800 euros"), [25_800.0, 17_200.0, 43_000.0, 19_400.0, 30_100.0])


SCHOOL = (
    'Mr Marcus "Mac" Ashby teaches Greek at the school in Corley. The widow Tamsin Orme cleans the rooms, '
    "and her niece is called Loveday.\n\n"
    "Jory Vane came from Exmoor with a bag of files. He repaired the clock in nine days, and Mr Ashby paid him.\n\n"
    "The clock weighs 64,300 grams."
)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Loveday Orme cleans the rooms of the school.", ["Loveday Orme"]),
        ("Tamsin Orme cleans the rooms of the school.", []),
        ("Marcus Ashby teaches Greek at the school in Corley.", []),
        ("Widow Orme cleans the rooms of the school.", []),
        ("T. Orme cleans the rooms of the school.", []),
        ("Vane repaired the clock in nine days and was paid.", []),  # the source says he
    ],
)
def test_a_last_name_that_only_others_bear(text: str, marked: list[str]) -> None:
    document = read_document(SCHOOL.encode(), "school.txt")
    (sentence,) = link(document, text).sentences
    assert [text[mark.start : mark.end] for mark in sentence.marks if mark.state is MarkState.MISSING] == marked


def test_the_word_behind_a_chinese_name_is_no_part_of_it() -> None:
    source = "来年春天，村里来了个叫乔瑞的钟匠。工人们请他修钟。欧阳雅住在石坑路。被告在隔壁开挖地下室。"
    document = read_document(source.encode(), "source.txt")
    for text in ("乔瑞娶了村里的姑娘。", "欧阳雅家隔壁开挖地下室。"):
        assert all(mark.state is not MarkState.MISSING for one in link(document, text).sentences for mark in one.marks)

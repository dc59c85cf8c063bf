"""Documents that LibreOffice, pandoc, Word and PowerPoint had a part in (``tests/elsewhere``), translated and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.documents.reading import read
from assistant.documents.segments import without_codes
from assistant.documents.translating.opening import OPENERS, open_translatable
from tests.conftest import ROOT
from tests.fakes.same_structure import check_real
from tests.fakes.scripted_translations import TRANSLATORS

FOLDER = Path(ROOT, "tests", "elsewhere")
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix != ".md")
TRANSLATED = [name for name in FILES if name.rpartition(".")[2] in OPENERS]


@pytest.mark.parametrize("translator", TRANSLATORS)
@pytest.mark.parametrize("name", TRANSLATED)
def test_structure_stays(name: str, translator: str) -> None:
    assert check_real(Path(FOLDER, name).read_bytes(), name, translator) > 10


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        (
            "libreoffice-notice.docx",
            ["It is open from April until October.", "Tickets are sold in the hall, next to the door.",
             "Mind your head.", "In a storm it stays closed.",
             "Only the keeper may do that.", "Page  of , printed on request",
             "The lighthouse at NorthpointNotice to visitors", "Prices hold until the end of the year.",
             "The command  stops it."],
            ["old harbour office", "still right", "lamp --"],
        ),
        (
            "pandoc-guide.docx",
            ["The tower has 152 steps and no lift.", "Here the keeper added a word and .",
             "Prices until the end of the year", "Ask before you come.", "it is windy,", "With a grown-up only."],
            ["took one away", "Is this right", "Northpoint bay", "print("],
        ),
        (
            "word-minutes.docx",
            ["The offer is on the page of the smith, as before.", "The next meeting is on Thursday at noon.", "or June",
             "Before you ask: the dog stays.", "Page "],
            ["Monday", "Whose dog"],
        ),
        (
            "powerpoint-visitors.pptx",
            ["mostly on Sundays", "See the list for more.", "Inside a group", "Visitors by month", "Smile."],
            ["Click to edit"],
        ),
        ("libreoffice-talk.pptx", ["How the lamp turns", "See the drawings.", "Then let them guess."], []),
        ("pandoc-talk.pptx", ["The keeper winds it up every four hours.", "Show the chain first.", "free"], []),
        ("pandoc-guide.epub", ["Take your time.", "Where to sit", "Before you climb", "Title Page"], ["print("]),
        ("libreoffice-notice.epub", ["Notice to visitors", "Mind your head.", "Go up slowly."], []),
    ],
)  # fmt: skip
def test_what_is_translated(name: str, said: list[str], kept: list[str]) -> None:
    """:param kept: of comments, of what was deleted, of code."""
    segments = open_translatable(Path(FOLDER, name).read_bytes(), name).document.segments
    texts = [without_codes(one.text) for one in segments]
    assert [one for one in said if one not in texts] == []
    assert [one for one in kept if any(one in text for text in texts)] == []


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("libreoffice-notice.odt", "It is open from April until October.", "old harbour office"),
        ("libreoffice-notice.docx", "It is open from April until October.", "old harbour office"),
        ("pandoc-guide.odt", "The tower has 152 steps and no lift.", "Keeper"),
        ("libreoffice-prices.xlsx", "Children under six\t0", "Ask for the card"),
        ("powerpoint-visitors.pptx", "Then wait.", "Click to edit"),
    ],
)
def test_what_is_read(name: str, said: str, kept: str) -> None:
    text = read(Path(FOLDER, name).read_bytes(), name).text
    assert said in text
    assert kept not in text

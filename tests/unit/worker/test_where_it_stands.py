"""In a long document all words and most numbers stand somewhere: they count where the rest of a statement stands."""

from __future__ import annotations

import random

import pytest

from assistant.documents.model import Document
from assistant.worker.linking import link
from assistant.worker.retrieval import Index
from tests.unit.worker.linked import ENGLISH, document

_STATEMENT = "A drought in the valley made wheat dearer, and the harvest failed."
_WORDS = ("drought", "camera", "valley", "orchestra", "wheat", "castle", "harvest", "hospital", "failed", "lamp")


def _other_sentences(count: int) -> str:
    """Paragraphs of sentences with all words of the statement, each one far from the others."""
    choose = random.Random(4)
    blocks = []
    for block in range(count // 4):
        others = ["".join(choose.choices("bdfgklmnprstvz", k=2)) for _ in range(12)]
        names = [f"{one[0]}a{one[1]}o{other}" for one, other in zip(others, reversed(others), strict=True)]
        sentences = [
            f"The {names[n]} beside a {names[n + 4]} had {choose.randint(3, 4000)} {names[n + 8]}." for n in range(4)
        ]
        blocks.append(" ".join([*sentences, f"There was no {_WORDS[block % len(_WORDS)]} to speak of."]))
    return "\n\n".join(blocks)


@pytest.fixture(scope="module")
def long() -> tuple[Document, Index]:
    found = document(f"{_other_sentences(600)}\n\n{ENGLISH}\n\n{_other_sentences(600)}", "en")
    return found, Index(found)


def test_words_that_stand_apart_support_nothing(long: tuple[Document, Index]) -> None:
    source, index = long
    (sentence,) = link(source, _STATEMENT, index).sentences
    assert not sentence.supported


@pytest.mark.parametrize(
    "text",
    [
        "The councillors voted 23 to 9 for the harbour.",
        "In the daytime there is a tram every 8 minutes.",
        "The harbour costs 184.5 million euros and is opposed by Tom Aldous.",
        "Soil under the old shipyard is full of lead.",
    ],
)
def test_what_a_long_document_says_is_supported_and_not_marked(long: tuple[Document, Index], text: str) -> None:
    source, index = long
    (sentence,) = link(source, text, index).sentences
    assert sentence.supported
    assert sentence.marks == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("A survey of 1,500 residents found that 57 % were in favour.", "1,500"),  # so many marched
        ("The plan foresees 812 new flats.", "812"),  # so many were asked
        ("Opponents led by Verdant Works fear that rents will rise.", "Verdant Works"),  # the contractor
        ("A tram line of 6.2 kilometres is to link the harbour with the station.", "6.2 kilometres"),
    ],
)
def test_what_belongs_to_something_else_is_marked(long: tuple[Document, Index], text: str, wrong: str) -> None:
    source, index = long
    (sentence,) = link(source, text, index).sentences
    assert [text[mark.start : mark.end] for mark in sentence.marks] == [wrong]

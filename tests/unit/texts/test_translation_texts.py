"""What is said about a translation."""

from __future__ import annotations

import pytest

from assistant.documents.segments import FindingKind
from assistant.texts import translations


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        (True, False, "Number 35 grams is missing."),
        (False, True, "Number 35 grams is not in the source."),
        (True, True, "“35 grams” is different here."),
    ],
)
def test_a_number_is_missing_or_made_up_or_another(source: bool, target: bool, said: str) -> None:
    assert translations.finding("number", "35 grams", source=source, target=target) == said


def test_a_kind_without_words_has_a_sentence_of_its_own() -> None:
    assert translations.finding("loop") == "It repeats itself."
    assert translations.finding("number", target=True) == "A number differs."


@pytest.mark.parametrize("kind", [kind for kind in FindingKind if kind is not FindingKind.TERM])
def test_each_kind_has_words(kind: FindingKind) -> None:
    assert translations.finding(kind.value) != translations.finding("of a later version")

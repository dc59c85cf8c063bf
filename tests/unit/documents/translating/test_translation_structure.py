"""Documents of all formats, by chance: what is written has the structure of what was read, whoever translated it."""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.documents.segments import SegmentedDocument, codes_of, is_code, without_codes
from assistant.documents.translating.opening import open_translatable
from tests.fakes.scripted_translations import TRANSLATORS
from tests.fakes.skeletons import SKELETONS
from tests.fakes.translatable_documents import MAKERS, made

SEEDS = range(3)
"""Documents of each format here; the whole dose is in the soak tests."""


def blocks(document: SegmentedDocument) -> list[tuple[str, int]]:
    """Kind and number of segments of each block."""
    counts = Counter(one.block for one in document.segments)
    kinds = {one.block: one.kind.value for one in document.segments}
    return [(kinds[block], count) for block, count in sorted(counts.items())]


def visible(text: str) -> str:
    return " ".join(without_codes(text).split())


def check(format: str, data: bytes, name: str, translator: str) -> None:
    """Translate a document, read it again, and compare."""
    translate, language = TRANSLATORS[translator]
    document = (opened := open_translatable(data, name)).document
    assert document.format == format
    targets = [translate(one.target or one.text, number) for number, one in enumerate(document.segments)]
    for one, target in zip(document.segments, targets, strict=True):
        assert codes_of(one.text) == codes_of(target) or one.target  # the translator does not lose any itself
    written = opened.write(targets, language=language, source=document.language)
    if translator == "identity" and not any(one.target for one in document.segments):
        assert written == data
    again = open_translatable(written, name).document
    assert blocks(again) == blocks(document)
    got = [visible(one.target or one.text) for one in again.segments]
    assert got == [visible(target) for target in targets]
    assert SKELETONS[format](written) == SKELETONS[format](data)
    if format not in ("docx", "pptx"):  # there most of a paragraph decides what has no code
        assert all_codes(again) == all_codes(document)


def all_codes(document: SegmentedDocument) -> list[int]:
    """How many codes each block has."""
    found: Counter[int] = Counter()
    for one in document.segments:
        found[one.block] += sum(map(is_code, one.before + one.text + one.after))
    return [found[block] for block in sorted({one.block for one in document.segments})]


@pytest.mark.parametrize("translator", TRANSLATORS)
@pytest.mark.parametrize("format", MAKERS)
def test_structure_stays(format: str, translator: str) -> None:
    for seed in SEEDS:
        check(format, *made(format, seed), translator)

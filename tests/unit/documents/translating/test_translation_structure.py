"""Documents of all formats, by chance: what is written has the structure of what was read, whoever translated it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.fakes.same_structure import check, check_real
from tests.fakes.scripted_translations import TRANSLATORS
from tests.fakes.translatable_documents import MAKERS, made

SEEDS = range(4)
"""Documents of each format here; the whole dose is in the soak tests."""
REAL = (
    *("README.md", "CHANGELOG.md", "resources/samples/letter.zh.md", "resources/samples/recipe.zh.txt"),
    *(
        "resources/i18n/zh_CN.po",
        "resources/prompts/ask.json",
        "tests/eval/documents/kelp.md",
        "tests/eval/documents/move.txt",
    ),
)
"""Documents that people wrote."""


@pytest.mark.parametrize("translator", TRANSLATORS)
@pytest.mark.parametrize("format", MAKERS)
def test_structure_stays(format: str, translator: str) -> None:
    for seed in SEEDS:
        check(format, *made(format, seed), translator)


@pytest.mark.parametrize("translator", TRANSLATORS)
@pytest.mark.parametrize("name", REAL)
def test_structure_of_real_documents_stays(name: str, translator: str) -> None:
    path = Path(ROOT, name)
    check_real(path.read_bytes(), path.name, translator)

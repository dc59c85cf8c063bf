"""Documents that are too much of something, in the real worker child: refused or read, soon and in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.hostile_amounts import Large, whole
from tests.fakes.hostile_documents import Hostile
from tests.fakes.hostile_markup import MARKUP
from tests.fakes.hostile_sizes import HEAVY
from tests.fakes.hostile_strings import STRINGS
from tests.fakes.reading_bench import Bench, check_borne, check_harmless

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.mark.parametrize("hostile", HEAVY.values(), ids=HEAVY)
def test_a_large_document_harms_nobody(bench: Bench, hostile: Hostile) -> None:
    check_harmless(bench, hostile)


@pytest.mark.parametrize("document", (MARKUP | STRINGS).values(), ids=MARKUP | STRINGS)
def test_a_document_that_is_too_much_of_something_is_borne(bench: Bench, document: Large) -> None:
    check_borne(bench, document, whole)

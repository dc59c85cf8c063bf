"""Documents that are too much of something, a small dose of each, in the real worker child: none of them takes longer
than its size explains, when it is read and when it is translated."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from tests.fakes.hostile_amounts import small
from tests.fakes.hostile_markup import MARKUP
from tests.fakes.hostile_strings import STRINGS
from tests.fakes.reading_bench import Bench, check_borne

LARGE = MARKUP | STRINGS
ENDINGS = sorted({document.name.rpartition(".")[2] for document in LARGE.values()})


def test_there_are_enough_of_them() -> None:
    assert len(LARGE) >= 70


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_small_dose_is_borne(tmp_path: Path, ending: str) -> None:
    bench = Bench(tmp_path)
    try:
        for document in LARGE.values():
            if document.name.endswith(f".{ending}"):
                check_borne(bench, document, small, without=(ErrorKind.DOCUMENT_SLOW, ErrorKind.DOCUMENT_MEMORY))
    finally:
        bench.close()

"""The evaluation of telling languages says by its exit code whether enough were told."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from assistant.documents.segments import Guess
from tests.eval import __main__ as evaluation
from tests.eval import detecting
from tests.eval.detecting import Sentence, Told


@pytest.mark.parametrize(("right", "code"), [(100, 0), (95, 0), (94, 1), (0, 1)])
def test_the_exit_code_tells_whether_enough_were_told(right: int, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell(_: Iterable[Sentence]) -> list[Told]:
        languages = ["en"] * right + ["de"] * (100 - right)
        return [Told(Sentence("en", "own", "A sentence."), (Guess(each, 0.9),), 0.3) for each in languages]

    monkeypatch.setattr(detecting, "tell", tell)
    assert evaluation.main(["--languages"]) == code

"""``python -m tests.eval --links`` with the real worker: the sets that were written before the linker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.eval import __main__ as evaluation
from tests.eval import links, report


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", links.FIRST)
def test_linking_and_checking_reach_what_they_must(
    lamplight_home: object, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluation.main(["--links", "--only", name]) == 0, capsys.readouterr().out


def test_a_set_that_falls_short_fails(
    lamplight_home: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "MARKED", 1.1)
    load = links.load
    monkeypatch.setattr(links, "load", lambda name: replace(load(name), items=load(name).items[:2]))
    assert evaluation.main(["--links", "--only", "en"]) == 1
    assert "en" in capsys.readouterr().out

"""``python -m tests.eval --translate`` over the fake engine and the real worker."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.cli.session import Session
from assistant.core.core import Core
from assistant.engine.client import EngineClient
from tests.eval import __main__ as evaluation
from tests.eval import translating
from tests.fakes.cli_runs import with_model
from tests.fakes.engine_child import COMMAND


@pytest.fixture(autouse=True)
def fake_engine(lamplight_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder, with one model whose answers are eight words."""

    def connect(deliver: Callable[[Any], None], log: Path | None) -> EngineClient:
        return EngineClient(deliver, log=log, command=COMMAND)

    made = functools.partial(Session, make=functools.partial(Core, connect=connect))
    monkeypatch.setattr(evaluation, "Session", made)
    load = translating.load
    monkeypatch.setattr(translating, "load", lambda name: replace(load(name), items=load(name).items[:4]))
    monkeypatch.setattr(translating, "_TOLD", 2)
    return with_model(lamplight_home)


def test_how_far_it_is_is_told_before_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluation.main(["--translate", "--only", "en-zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    told = [line for line in lines if line.startswith("en-zh: ")]
    assert told[0].startswith("en-zh: 2 of "), lines
    assert lines[-1].startswith("| en-zh | all"), lines


def test_a_set_that_is_not_finished_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMPLIGHT_FAKE_ENGINE", "refuse=2")
    assert evaluation.main(["--translate", "--only", "zh-en"]) == 2
    assert capsys.readouterr().out.splitlines()[-1].endswith(" s internal |")

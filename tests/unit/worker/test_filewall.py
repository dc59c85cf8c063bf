"""Which files a child may open while it works on a document."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from assistant.worker import filewall
from assistant.worker.filewall import Wall


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    """A wall without its hook, which would stay in this process."""
    monkeypatch.setattr(sys, "addaudithook", lambda hook: None)
    return Wall()


def test_what_the_request_names_may_be_opened_and_nothing_else(wall: Wall, tmp_path: Path) -> None:
    named, store, other = str(tmp_path / "a.txt"), str(tmp_path / "store"), str(tmp_path / "b.txt")
    with wall.around([named], [store]):
        assert wall.allows(named, writing=False)
        assert not wall.allows(named, writing=True)
        assert not wall.allows(other, writing=False)
        assert not wall.allows(str(tmp_path), writing=False)
        assert wall.allows(f"{store}{os.sep}.x.tmp", writing=True)
        assert not wall.allows(f"{store}{os.sep}..{os.sep}b.txt", writing=True)
        assert not wall.allows(store + "-other", writing=True)
    with wall.around([other], []):
        assert not wall.allows(named, writing=False)
        assert not wall.allows(f"{store}{os.sep}x", writing=True)


def test_the_program_itself_may_be_read_but_not_written(wall: Wall) -> None:
    with wall.around([], []):
        for module in (os, filewall, pytest):
            assert module.__file__ is not None
            assert wall.allows(module.__file__, writing=False)
            assert not wall.allows(module.__file__, writing=True)

"""Which model is meant where the one that was asked for is here already."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.cli import models
from assistant.cli.terminal import Terminal
from assistant.library.installed import InstalledModel

NAMESAKE = InstalledModel("tiny", "Tiny", Path("/models/tiny.gguf"), 1)
MEANT = InstalledModel("tiny-2", "Tiny 2", Path("/elsewhere/tiny.gguf"), 1)


@pytest.mark.parametrize("installed", [[NAMESAKE, MEANT], [MEANT, NAMESAKE]])
@pytest.mark.parametrize(("path", "key"), [(MEANT.path, "tiny-2"), (Path("/downloads/copy.gguf"), "tiny")])
def test_the_file_itself_goes_before_one_of_its_name(installed: list[InstalledModel], path: Path, key: str) -> None:
    """A model of another program may have the name of one that has come before it."""
    out = io.StringIO()
    session = SimpleNamespace(core=SimpleNamespace(models=SimpleNamespace(installed=lambda: installed)))
    arguments = argparse.Namespace(json=False)
    assert models._here(arguments, Terminal(out=out, err=io.StringIO()), session, path, "Tiny") == 0  # type: ignore[arg-type]
    assert out.getvalue() == f"{key}\n"

"""Folders with models made byte by byte, and what goes wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import AssistantError
from assistant.library.models import Models
from tests.unit.library.handmade import STRING, Handmade, Pair, model


def named(name: str) -> Handmade:
    """A model that differs from others of another name."""
    return model(pairs={"general.name": Pair("general.name", STRING, name)})


def write(path: Path, file: Handmade | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((file or named(path.stem)).encode())
    return path


def library(folder: Path) -> Models:
    return Models(folder, folder / "index.json")


def error_from(call: object, *arguments: object, **options: object) -> AssistantError:
    assert callable(call)
    with pytest.raises(AssistantError) as caught:
        call(*arguments, **options)
    return caught.value

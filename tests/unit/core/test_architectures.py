"""What llama.cpp can run is told by its library, without loading it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.core import architectures
from assistant.library.catalogue import whole


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the program's own process, which never loads the library: tests of the engine may have done so here."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "llama_cpp"]:
        monkeypatch.delitem(sys.modules, name)
    architectures.is_known.cache_clear()
    architectures._library.cache_clear()


def test_what_the_catalogue_holds_is_known() -> None:
    unknown = {row.architecture for row in whole().models if not architectures.is_known(row.architecture)}
    assert unknown == set()
    assert "llama_cpp" not in sys.modules


@pytest.mark.parametrize("architecture", ["futurenet", "llama9000", "qwen", "bert"])
def test_others_are_not(architecture: str) -> None:
    assert architectures.is_known(architecture) is (architecture in ("qwen", "bert"))


def test_where_nobody_can_tell_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(architectures, "_library", lambda: None)
    assert architectures.is_known("futurenet")
    architectures.is_known.cache_clear()
    (tmp_path / "libllama.so").write_bytes(b"")
    monkeypatch.setattr(architectures, "_library", lambda: tmp_path / "libllama.so")
    assert architectures.is_known("futurenet")
    architectures.is_known.cache_clear()
    assert architectures.is_known("")

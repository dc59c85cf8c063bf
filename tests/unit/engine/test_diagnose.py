"""What is said about a file that the native library has refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.engine.diagnose import diagnose
from assistant.texts.errors import sentence
from tests.fakes import tiny_models


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return tiny_models.write_plain(tmp_path / "good.gguf")


@pytest.mark.parametrize(
    ("log", "kind"),
    [
        ("error loading model: unknown model architecture: 'llama'", ErrorKind.MODEL_UNSUPPORTED),
        ("error loading model vocabulary: unknown pre-tokenizer type: 'next'", ErrorKind.MODEL_UNSUPPORTED),
        ("error loading model vocabulary: unknown tokenizer: 'next'", ErrorKind.MODEL_UNSUPPORTED),
        ("tensor data is not within the file bounds, model is corrupted or incomplete", ErrorKind.MODEL_TRUNCATED),
        ("done_getting_tensors: wrong number of tensors; expected 272, got 271", ErrorKind.MODEL_DAMAGED),
        ("error loading model: mmap failed: Cannot allocate memory", ErrorKind.MODEL_TOO_LARGE),
        ("error loading model: unable to allocate CPU_REPACK buffer", ErrorKind.MODEL_TOO_LARGE),
        ("something else", ErrorKind.MODEL_DAMAGED),
    ],
)
def test_a_flawless_header_leaves_the_librarys_words(good: Path, log: str, kind: ErrorKind) -> None:
    error = diagnose(good, log)
    assert (error.kind, error.detail, error.values["name"]) == (kind, log, "good.gguf")
    if kind is ErrorKind.MODEL_UNSUPPORTED:
        assert error.values["architecture"] == "llama"
    elif kind is ErrorKind.MODEL_DAMAGED:  # nobody can tell a broken file from one of a later time
        assert "damaged, or made for a newer one" in sentence(error)


def test_what_the_header_shows_comes_first(good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    good.write_bytes(content[:-10])
    assert diagnose(good, "unknown model architecture").kind is ErrorKind.MODEL_TRUNCATED
    good.write_bytes(content[:8] + b"\xff" * 8 + content[16:])
    broken = diagnose(good)
    assert broken.kind is ErrorKind.MODEL_DAMAGED
    assert "contradict each other" in sentence(broken)
    good.write_bytes(b"<html>")
    assert diagnose(good).kind is ErrorKind.MODEL_NOT_A_MODEL
    assert diagnose(tmp_path / "gone.gguf").kind is ErrorKind.MODEL_MISSING

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import names

GOOD = ["model.gguf", "Q4_K_M/model-00001-of-00003.gguf", "with space.gguf", "模型.gguf", "a/b/c.txt", ".gitattributes"]
BAD = [
    "", "/abs", "../up", "a/../b", "a/..", "..", ".", "a//b", "a/", "C:\\x", "C:/x", "a\\b", "\\\\host\\share", "a:b",
    "nul", "CON", "aux.gguf", "COM1.gguf", "lpt9", "com¹.txt", "trail.", "trail ", " lead", "a\0b", "a\nb", "a\x1b[2J",
    "\u202efugg.exe", "\ud800", "a*b", "a?b", 'a"b', "a<b", "a|b", "x" * 201, "a/" * 300 + "b", "//host/share",
    "a\x7fb", "\u2066x", "\u200bx", "a/ b",
]  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_names_of_files_that_may_be(name: str) -> None:
    assert names.is_file(name)


@pytest.mark.parametrize("name", BAD)
def test_names_of_files_that_play_tricks(name: str) -> None:
    assert not names.is_file(name)


@given(st.text(alphabet=st.sampled_from("a./\\:~ \0%NULcon*"), max_size=12))
def test_what_passes_stays_below_its_folder_on_every_system(name: str) -> None:
    if names.is_file(name):
        for path in (PurePosixPath(name), PureWindowsPath(name)):
            assert not path.is_absolute()
            assert not path.drive
            assert ".." not in path.parts
            assert "\\" not in name


@pytest.mark.parametrize("repo", ["Qwen/Qwen3-4B-GGUF", "gpt2", "a/b.c_d-e", "01-ai/Yi"])
def test_names_of_repositories(repo: str) -> None:
    assert names.is_repo(repo)


@pytest.mark.parametrize(
    "repo", ["", "a/b/c", "../x", "a/..", "a b/c", "a/b?x=1", "a/b#c", "/a", "a/", "a%2fb", "é/x", "a/b.git", ".a/b"]
)
def test_what_is_no_repository(repo: str) -> None:
    assert not names.is_repo(repo)


@pytest.mark.parametrize("revision", ["", "../main", "a//b", "-x", "a b", "main?x", "refs/../x", "x" * 201])
def test_what_is_no_revision(revision: str) -> None:
    assert not names.is_revision(revision)


def test_asking_for_a_trick_is_refused_with_a_sentence() -> None:
    with pytest.raises(AssistantError) as caught:
        names.demand("a/b", "main", "../x")
    assert caught.value.kind is ErrorKind.HUB_NOT_FOUND
    assert caught.value.values["name"] == "../x"

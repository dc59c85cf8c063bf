"""How hashes are written."""

from __future__ import annotations

import pytest

from assistant.base.hashes import is_commit, is_sha256


def test_hashes_are_small_hex_digits_of_the_right_length() -> None:
    assert is_sha256("0a" * 32)
    assert is_commit("0a" * 20)


@pytest.mark.parametrize("wrong", ["0A" * 32, "0A" * 20, "0a" * 31, "0a" * 32 + "\n", "../" + "0" * 61, "main", ""])
def test_nothing_else_is_one(wrong: str) -> None:
    assert not is_sha256(wrong)
    assert not is_commit(wrong)

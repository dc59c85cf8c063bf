"""How hashes are written: what comes from outside as one is held against that before anything is made of it."""

from __future__ import annotations

import re

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def is_sha256(text: str) -> bool:
    """Whether it is written as a SHA-256 is: 64 small hexadecimal digits."""
    return _SHA256.fullmatch(text) is not None


def is_commit(text: str) -> bool:
    """Whether it is written as the hash of a commit is (40 small hexadecimal digits), and not as a name that moves."""
    return _COMMIT.fullmatch(text) is not None

"""Where a file came from, as far as the place where it lies says it."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.base.hashes import is_commit
from assistant.library.index import Upstream

_HASH = re.compile(r"(?:sha256[-:])?([0-9a-f]{64})")


def upstream_of(files: tuple[Path, ...]) -> Upstream | None:
    """The repository and revision of files in a cache of the Hub (``models--OWNER--NAME/snapshots/REVISION/...``)."""
    for parent in files[0].parents:
        if parent.parent.name == "snapshots" and is_commit(parent.name):
            repository = parent.parent.parent.name
            if not repository.startswith("models--"):
                return None
            repo = repository.removeprefix("models--").replace("--", "/", 1)
            names = tuple(file.relative_to(parent).as_posix() for file in files)
            return Upstream(repo=repo, revision=parent.name, files=names, sha256=tuple(map(hash_in_name, files)))
    return None


def hash_in_name(file: Path) -> str:
    """The SHA-256 that a file is named by, as Ollama and the Hub's cache do; empty: it is not."""
    try:
        match = _HASH.fullmatch(file.resolve().name)
    except (OSError, RuntimeError):
        return ""
    return match[1] if match is not None else ""

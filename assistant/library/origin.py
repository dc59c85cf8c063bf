"""Where a model came from, as far as its download or the place where it lies says it."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.base.hashes import is_commit
from assistant.library.download_items import DownloadItem, file_at
from assistant.library.index import Upstream
from assistant.net.messages import Place

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


def upstream_of_download(item: DownloadItem) -> Upstream:
    """Where a model that was downloaded came from: a file in a wheel has no repository."""
    first = item.parts[0].place
    return Upstream(
        repo=first.repo if isinstance(first, Place) else "",
        revision=first.revision if isinstance(first, Place) else "",
        files=tuple(file_at(part.place) for part in item.parts),
        sha256=tuple(part.sha256 for part in item.parts),
        catalogue=item.catalogue,
    )


def hash_in_name(file: Path) -> str:
    """The SHA-256 that a file is named by, as Ollama and the Hub's cache do; empty: it is not."""
    try:
        match = _HASH.fullmatch(file.resolve().name)
    except (OSError, RuntimeError):
        return ""
    return match[1] if match is not None else ""

"""Names that come from a server are data: what they may look like before anything is done with them."""

from __future__ import annotations

import re
import unicodedata

from assistant.base.errors import AssistantError, ErrorKind

_REPO = re.compile(r"[A-Za-z0-9_.-]{1,96}(/[A-Za-z0-9_.-]{1,96})?")
_REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,199}")
_FORBIDDEN = set('\\:*?"<>|')
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_MAX_PATH = 400
_MAX_PART = 200


def is_repo(name: str) -> bool:
    """Is this the name of a repository: "owner/name", or an old one without an owner?"""
    return (
        _REPO.fullmatch(name) is not None
        and ".." not in name
        and not any(part.startswith((".", "-")) or part.endswith((".", ".git")) for part in name.split("/"))
    )


def is_revision(name: str) -> bool:
    """Is this a branch, a tag or a commit?"""
    return _REVISION.fullmatch(name) is not None and not {"", ".", ".."} & set(name.split("/"))


def is_file(name: str) -> bool:
    """Is this a relative path that means one file, the same one, on every system, and that reads as what it is?"""
    return 0 < len(name) <= _MAX_PATH and all(_is_part(part) for part in name.split("/"))


def _is_part(part: str) -> bool:
    if not part or len(part) > _MAX_PART or part in (".", "..") or part[-1] in ". " or part[0] == " ":
        return False
    # Control characters, marks of direction and halves of surrogate pairs are all in the categories "C".
    if any(one in _FORBIDDEN or unicodedata.category(one)[0] == "C" for one in part):
        return False
    return _DEVICES.fullmatch(part) is None


def demand(repo: str, revision: str, file: str | None = None) -> None:
    """:raises AssistantError: HUB_NOT_FOUND: nothing on the Hub is called so."""
    if not is_repo(repo) or not is_revision(revision):
        raise AssistantError(ErrorKind.HUB_NOT_FOUND, "no name of a repository", name=repo[:200])
    if file is not None and not is_file(file):
        raise AssistantError(ErrorKind.HUB_NOT_FOUND, "no name of a file", name=file[:200])

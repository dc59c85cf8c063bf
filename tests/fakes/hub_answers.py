"""The answers of the pretended Hub that are not the bytes of a file: its API, refusals, redirects."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.hub_contents import RemoteBlob, Repo

if TYPE_CHECKING:
    from tests.fakes.hub import Hub


@dataclass
class Answer:
    """A status, headers, and a short text or the bytes ``start`` to ``end`` of a file.

    :ivar first: where the Content-Range says that it starts; ``total`` the size that it names.
    :ivar extra: bytes beyond the end.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    text: bytes = b""
    blob: RemoteBlob | None = None
    repo: str = ""
    start: int = 0
    end: int = 0
    first: int = 0
    total: int = 0
    extra: int = 0
    whole: bool = True


def simple_answer(
    status: int, text: str, kind: str = "text/plain; charset=utf-8", *, location: str = "", error: str = ""
) -> Answer:
    """A short answer; ``error`` is the Hub's own word for a refusal (X-Error-Code)."""
    headers = {"Content-Type": kind}
    if location:
        headers["Location"] = location
    if error:
        headers["X-Error-Code"] = error
    if status >= 400:
        headers["X-Error-Message"] = text
    return Answer(status, headers, text.encode())


def gate_answer(hub: Hub, repo: Repo, headers: dict[str, str]) -> Answer | None:
    """The refusal that a gated repository, or a wrong token, gets; None: come in."""
    given = headers.get("authorization", "")
    if given and hub.token and given != f"Bearer {hub.token}":
        return simple_answer(401, "Invalid credentials in Authorization header")
    if not repo.gated or (hub.token and given == f"Bearer {hub.token}"):
        return None
    words = f"Access to model {repo.name} is restricted. You must have access to it and be authenticated to access it."
    return simple_answer(403 if given else 401, words, error="GatedRepo")


def api_answer(hub: Hub, path: str, query: dict[str, list[str]], headers: dict[str, str]) -> Answer:
    """``/api/models`` (search) and ``/api/models/{repo}[/revision/{rev}]``."""
    name = path.removeprefix("/api/models").strip("/")
    if not name:
        return _search(hub, query)
    name, _, revision = name.partition("/revision/")
    repo = hub.repos.get(name)
    if repo is None:
        return simple_answer(401, "Invalid username or password.", error="RepoNotFound")
    if revision not in ("", "main", repo.commit, *repo.older):
        return simple_answer(404, "Invalid rev id", error="RevisionNotFound")
    return simple_answer(200, json.dumps(_row(repo, blobs="blobs" in query, whole=True)), "application/json")


def _search(hub: Hub, query: dict[str, list[str]]) -> Answer:
    words = (query.get("search") or [""])[0].lower()
    key = (query.get("sort") or ["downloads"])[0]
    repos = [repo for repo in hub.repos.values() if words in repo.name.lower()]
    order: dict[str, Any] = {
        "downloads": lambda repo: repo.downloads,
        "likes": lambda repo: repo.likes,
        "lastModified": lambda repo: repo.modified,
    }
    repos.sort(key=order.get(key, order["downloads"]), reverse=True)
    start = int((query.get("cursor") or ["0"])[0])
    count = hub.page_size or int((query.get("limit") or ["30"])[0])
    answer = simple_answer(
        200, json.dumps([_row(repo, blobs=False) for repo in repos[start : start + count]]), "application/json"
    )
    if start + count < len(repos):
        rest = "&".join(f"{name}={values[0]}" for name, values in query.items() if name != "cursor")
        answer.headers["Link"] = f'<{hub.address}/api/models?{rest}&cursor={start + count}>; rel="next"'
    return answer


def _row(repo: Repo, *, blobs: bool, whole: bool = False) -> dict[str, object]:
    row: dict[str, object] = {
        "_id": "0" * 24,
        "id": repo.name,
        "modelId": repo.name,
        "downloads": repo.downloads,
        "likes": repo.likes,
        "lastModified": repo.modified,
        "createdAt": repo.modified,
        "private": False,
        "gated": repo.gated or False,
        "tags": ["gguf"],
        "library_name": "gguf",
    }
    if whole:
        row["sha"] = repo.commit
        row["disabled"] = False
        row["siblings"] = [_sibling(blob, blobs=blobs) for blob in repo.files.values()]
    return {**row, **repo.facts}


def _sibling(blob: RemoteBlob, *, blobs: bool) -> dict[str, object]:
    if not blobs:
        return {"rfilename": blob.name}
    row: dict[str, object] = {"rfilename": blob.name, "size": blob.size, "blobId": blob.git_sha1}
    if blob.linked:
        row["lfs"] = {"sha256": blob.sha256, "size": blob.size, "pointerSize": 134}
    return row

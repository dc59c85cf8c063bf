"""Questions to the Hub: which repositories there are, what is in one, and what a file is.

The facts of a file come from ``huggingface_hub``. Lists and details are read here, because that library gives up on an
answer in which one field is missing or of another kind, and mirrors answer with such. Nothing in an answer is believed
that does not look as it should; what is missing stays empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx2

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.hashes import is_commit, is_sha256
from assistant.net import hub_client, names
from assistant.net.gate import Gate
from assistant.net.messages import Found, Look, Place, RemoteFile, RepoFacts, RepoRow, Search
from assistant.net.sources import HUB, Source, host_and_port, may_visit

_SORTS = {"downloads": "downloads", "likes": "likes", "modified": "lastModified"}
_WANTED = ("downloads", "likes", "lastModified", "gated", "tags")
_MAX_ROWS = 100
_MAX_FILES = 5000
_MAX_TAGS = 100
_MAX_PAGE = 2000
_LARGEST = 1 << 50  # bytes, tokens, parameters: what is more is a lie


@dataclass(frozen=True)
class FileFacts:
    """A file as a source describes it.

    :ivar size: bytes.
    :ivar sha256: "" if the source does not know it (small files, which are no models).
    :ivar revision: 40 hex digits; with it the file cannot change any more.
    :ivar url: its address at that revision.
    """

    size: int
    sha256: str
    revision: str
    url: str
    source: Source


def search(gate: Gate, asked: Search) -> Found:
    """One page of the repositories with GGUF files.

    :raises AssistantError: NET_*, OFFLINE, CANCELLED.
    """
    return gate.over_sources(lambda source: _search(gate, asked, source))


def look(gate: Gate, asked: Look) -> RepoFacts:
    """What is in a repository.

    :raises AssistantError: NET_*, HUB_*, OFFLINE, CANCELLED.
    """
    names.demand(asked.repo, asked.revision)
    return gate.over_sources(lambda source: _look(gate, asked, source))


def file_facts(gate: Gate, place: Place, source: Source, *, why: str = "download") -> FileFacts:
    """What ``source`` says of a file.

    :raises AssistantError: NET_*, HUB_*, OFFLINE, CANCELLED; NET_NONSENSE also if it contradicts the Hub itself.
    """
    library = hub_client.library()
    names.demand(place.repo, place.revision, place.file)

    def address(revision: str) -> str:
        return str(library.hf_hub_url(place.repo, place.file, revision=revision, endpoint=source.url))

    with hub_client.lend(gate, why, place.file.rsplit("/", 1)[-1]):
        try:
            said = library.get_hf_file_metadata(address(place.revision), token=False, retry_on_errors=False)
        except (AssistantError, OSError, ValueError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            if isinstance(error, AssistantError):
                if error.kind is ErrorKind.HUB_GATED or "Repo" in error.detail:
                    error.values["name"] = place.repo
                raise
            raise _nonsense(source, type(error).__name__) from error
    revision, etag = said.commit_hash or "", said.etag or ""
    if not is_commit(revision) or (is_commit(place.revision) and revision != place.revision):
        raise _nonsense(source, "not the revision that was asked for")
    if not isinstance(said.size, int) or not 0 < said.size < _LARGEST:
        raise _nonsense(source, "no size")
    if not is_sha256(etag) and not is_commit(etag):
        raise _nonsense(source, "no hash")
    sha256 = etag if is_sha256(etag) else ""
    _compare(gate, source, (place.repo, revision, place.file), said.size, sha256)
    return FileFacts(said.size, sha256, revision, address(revision), source)


def _nonsense(source: Source, detail: str) -> AssistantError:
    return AssistantError(ErrorKind.NET_NONSENSE, detail, host=host_and_port(source.url)[0])


def _compare(gate: Gate, source: Source, key: tuple[str, str, str], size: int, sha256: str) -> None:
    """What a commit holds never changes: what the Hub itself has said of a file must be what a mirror says.

    :raises AssistantError: NET_NONSENSE: the mirror says something else.
    """
    if source.is_hub:
        gate.shared.learn(key, size, sha256)
        return
    known = gate.shared.known(key)
    if known and (known[0] != size or (known[1] and known[1] != sha256)):
        raise _nonsense(source, "contradicts the Hub")


# ---------------------------------------------------------------- repositories


def _search(gate: Gate, asked: Search, source: Source) -> Found:
    rows, headers = gate.json(f"{source.url}/api/models?{_query(asked)}", why="search")
    if not isinstance(rows, list):
        raise _nonsense(source, "no list")
    found = [row for one in rows[:_MAX_ROWS] if (row := _row(one))]
    return Found(id=asked.id, repos=tuple(found), next=_next_page(headers.get("link", "")))


def _query(asked: Search) -> str:
    if asked.page:
        return urlencode(parse_qsl(asked.page[:_MAX_PAGE]))
    limit = max(1, min(asked.limit, _MAX_ROWS))
    query = [
        ("filter", "gguf"),
        ("sort", _SORTS.get(asked.sort, "downloads")),
        ("direction", "-1"),
        ("limit", str(limit)),
    ]
    if text := asked.text.strip()[:200]:
        query.insert(0, ("search", text.encode("utf-8", "replace").decode("utf-8")))
    return urlencode([*query, *(("expand[]", field) for field in _WANTED)])


def _next_page(link: str) -> str:
    """The query of the next page (RFC 8288: ``<address>; rel="next"``); the address before it is the source's own."""
    for part in link[: 4 * _MAX_PAGE].split(","):
        target, _, parameters = part.partition(";")
        if 'rel="next"' in parameters.replace(" ", "") and target.strip().startswith("<"):
            try:
                query = urlsplit(target.strip().strip("<>")).query
            except ValueError:
                return ""
            return query if len(query) <= _MAX_PAGE else ""
    return ""


def _row(said: object) -> RepoRow | None:
    if not isinstance(said, dict):
        return None
    repo = _text(said, "id") or _text(said, "modelId")
    if not names.is_repo(repo):
        return None
    return RepoRow(
        repo=repo,
        downloads=_number(said, "downloads"),
        likes=_number(said, "likes"),
        modified=_text(said, "lastModified", 40),
        gated=_gated(said),
        tags=_texts(said.get("tags")),
    )


def _look(gate: Gate, asked: Look, source: Source) -> RepoFacts:
    address = f"{source.url}/api/models/{asked.repo}/revision/{quote(asked.revision, safe='')}?blobs=true"
    said, _ = gate.json(address, why="details", name=asked.repo)
    if not isinstance(said, dict):
        raise _nonsense(source, "no repository")
    revision = _text(said, "sha")
    if not is_commit(revision) or (is_commit(asked.revision) and revision != asked.revision):
        raise _nonsense(source, "not the revision that was asked for")
    siblings = said.get("siblings")
    files = [file for one in (siblings if isinstance(siblings, list) else [])[:_MAX_FILES] if (file := _file(one))]
    for file in files:
        if file.size:
            _compare(gate, source, (asked.repo, revision, file.name), file.size, file.sha256)
    return _facts(asked, said, revision, files=tuple(files), source=source)


def _facts(
    asked: Look, said: Mapping[str, Any], revision: str, *, files: tuple[RemoteFile, ...], source: Source
) -> RepoFacts:
    repo = _text(said, "id")
    repo = repo if names.is_repo(repo) else asked.repo  # another name: it was renamed
    card, gguf, tags = _object(said, "cardData"), _object(said, "gguf"), _texts(said.get("tags"))
    licence = _first(card.get("license")) or next((tag[8:] for tag in tags if tag.startswith("license:")), "")
    if licence in ("", "other"):
        licence = _text(card, "license_name", 100) or licence
    base = _first(card.get("base_model"))
    return RepoFacts(
        id=asked.id,
        repo=repo,
        revision=revision,
        gated=_gated(said),
        licence=licence,
        licence_link=_link(_text(card, "license_link", 500), repo),
        files=files,
        architecture=_text(gguf, "architecture", 60),
        context=_number(gguf, "context_length"),
        parameters=_number(gguf, "total"),
        downloads=_number(said, "downloads"),
        likes=_number(said, "likes"),
        modified=_text(said, "lastModified", 40),
        tags=tags,
        base_model=base if names.is_repo(base) else "",
        link=f"{HUB}/{repo}",
        source=source.host,
    )


def _file(said: object) -> RemoteFile | None:
    if not isinstance(said, dict):
        return None
    name = said.get("rfilename")
    if not isinstance(name, str) or not names.is_file(name):
        return None
    lfs = _object(said, "lfs")
    sha256 = _text(lfs, "sha256")
    size = _number(lfs, "size") or _number(said, "size")
    return RemoteFile(name=name, size=size, sha256=sha256 if is_sha256(sha256) else "")


# ---------------------------------------------------------------- fields that may be anything


def _object(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = said.get(key)
    return value if isinstance(value, dict) else {}


def _text(said: Mapping[str, Any], key: str, limit: int = 300) -> str:
    value = said.get(key)
    return value if isinstance(value, str) and len(value) <= limit and value.isprintable() else ""


def _texts(value: object) -> tuple[str, ...]:
    several = value if isinstance(value, list) else []
    return tuple(one for one in several[:_MAX_TAGS] if isinstance(one, str) and len(one) <= 200 and one.isprintable())


def _first(value: object) -> str:
    """A field that is a text or a list of them."""
    several = _texts(value if isinstance(value, list) else [value])
    return several[0] if several else ""


def _number(said: Mapping[str, Any], key: str) -> int:
    value = said.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST else 0


def _gated(said: Mapping[str, Any]) -> bool:
    return said.get("gated", False) not in (False, None, "")


def _link(address: str, repo: str) -> str:
    """The address of a licence's text; many repositories name a file of theirs."""
    if address.startswith("https://"):
        return address if may_visit(address) else ""
    return f"{HUB}/{repo}/blob/main/{quote(address)}" if names.is_file(address) else ""

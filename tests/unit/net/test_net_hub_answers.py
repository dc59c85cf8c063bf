"""What the Hub's answers become, whatever they hold."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import hub, hub_client
from assistant.net.gate import Gate
from assistant.net.messages import Look, RemoteFile, Search, Setup
from assistant.net.sources import Source
from assistant.process import encode

HUB = Source("https://huggingface.co", "huggingface.co")
MIRROR = Source("https://hf-mirror.com", "hf-mirror.com")
COMMIT = "a" * 40

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "id", "modelId", "downloads", "likes", "lastModified", "gated", "tags", "sha", "siblings", "cardData", "gguf",
    "rfilename", "size", "lfs", "sha256", "license", "license_link", "base_model", "architecture", "context_length",
    "total",
)  # fmt: skip
LIKELY = st.dictionaries(st.sampled_from(FIELDS), JSON | st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))


class Told(Gate):
    """A gate behind which one server says the same thing to every question."""

    def __init__(self, said: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(Setup())
        self.said = said
        self.headers = headers or {}
        self.asked: list[str] = []

    def json(self, url: str, *, why: str, name: str = "", to_hub: bool = True) -> tuple[Any, dict[str, str]]:
        self.asked.append(url)
        return self.said, self.headers


@given(st.lists(LIKELY | JSON, max_size=5))
def test_a_search_survives_every_answer(said: list[object]) -> None:
    found = hub.search(Told(said), Search(id="s", text="x"))
    assert all(hub.names.is_repo(row.repo) and row.downloads >= 0 for row in found.repos)
    encode(found)


@given(LIKELY)
def test_a_look_survives_every_answer(said: dict[str, object]) -> None:
    facts = hub.look(Told({**said, "sha": COMMIT}), Look(id="l", repo="a/b"))
    assert facts.revision == COMMIT
    assert all(hub.names.is_file(file.name) and file.size >= 0 for file in facts.files)
    encode(facts)


@pytest.mark.parametrize("said", [None, 3, "x", {}, {"error": "x"}])
def test_what_is_no_list_is_nonsense(said: object) -> None:
    with pytest.raises(AssistantError) as caught:
        hub.search(Told(said), Search(id="s"))
    assert (caught.value.kind, caught.value.values["host"]) == (ErrorKind.NET_NONSENSE, "huggingface.co")


@pytest.mark.parametrize("sha", [None, "", "../../../evil", "A" * 40, "a" * 39, "a" * 41, 5])
def test_a_commit_that_is_none_is_nonsense(sha: object) -> None:
    with pytest.raises(AssistantError) as caught:
        hub.look(Told({"id": "a/b", "sha": sha}), Look(id="l", repo="a/b"))
    assert caught.value.kind is ErrorKind.NET_NONSENSE


def test_another_commit_than_asked_for_is_nonsense() -> None:
    with pytest.raises(AssistantError):
        hub.look(Told({"id": "a/b", "sha": COMMIT}), Look(id="l", repo="a/b", revision="b" * 40))


def test_a_look_at_what_a_repository_has() -> None:
    sha = "0" * 64
    said = {
        "id": "Qwen/Qwen3-4B-GGUF",
        "sha": COMMIT,
        "gated": "manual",
        "cardData": {
            "license": "other", "license_name": "qwen", "license_link": "LICENSE", "base_model": ["Qwen/Qwen3-4B"],
        },
        "gguf": {"architecture": "qwen3", "context_length": 40960, "total": 4_000_000_000},
        "tags": ["gguf", "license:other"],
        "siblings": [
            {"rfilename": "Qwen3-4B-Q4_K_M.gguf", "size": 12, "lfs": {"sha256": sha, "size": 2_500_000_000}},
            {"rfilename": "README.md", "size": 100},
            {"rfilename": "../../.bashrc", "size": 1},
            {"rfilename": "odd.gguf", "lfs": {"sha256": "../" * 20, "size": -4}},
            "junk",
        ],
    }  # fmt: skip
    facts = hub.look(Told(said), Look(id="l", repo="qwen/old-name"))
    assert facts.repo == "Qwen/Qwen3-4B-GGUF"
    assert facts.gated
    assert (facts.licence, facts.base_model) == ("qwen", "Qwen/Qwen3-4B")
    assert facts.licence_link == "https://huggingface.co/Qwen/Qwen3-4B-GGUF/blob/main/LICENSE"
    assert (facts.architecture, facts.context, facts.parameters) == ("qwen3", 40960, 4_000_000_000)
    assert facts.files == (
        RemoteFile(name="Qwen3-4B-Q4_K_M.gguf", size=2_500_000_000, sha256=sha),
        RemoteFile(name="README.md", size=100),
        RemoteFile(name="odd.gguf"),
    )


def test_everything_may_be_missing() -> None:
    facts = hub.look(Told({"sha": COMMIT}), Look(id="l", repo="a/b"))
    assert (facts.repo, facts.files, facts.gated, facts.licence, facts.context) == ("a/b", (), False, "", 0)


@pytest.mark.parametrize(
    ("sort", "key"), [("downloads", "downloads"), ("likes", "likes"), ("modified", "lastModified"), ("?", "downloads")]
)
def test_what_a_search_asks(sort: str, key: str) -> None:
    gate = Told([])
    hub.search(gate, Search(id="s", text="qwen & co", sort=sort, limit=5000))
    query = parse_qs(gate.asked[0].split("?", 1)[1])
    assert query["search"] == ["qwen & co"]
    assert query["filter"] == ["gguf"]
    assert query["sort"] == [key]
    assert query["limit"] == ["100"]


def test_the_next_page_is_asked_of_the_same_source_only() -> None:
    link = '<https://evil.example/api/models?filter=gguf&cursor=abc>; rel="next", <x>; rel="last"'
    found = hub.search(Told([], {"link": link}), Search(id="s", text="x"))
    assert found.next == "filter=gguf&cursor=abc"
    gate = Told([])
    hub.search(gate, Search(id="s", page=found.next))
    assert gate.asked == ["https://huggingface.co/api/models?filter=gguf&cursor=abc"]


@given(st.text(max_size=60))
def test_whatever_a_link_header_holds_there_is_a_next_page_or_none(link: str) -> None:
    assert len(hub._next_page(link)) <= 2000


def test_a_mirror_may_not_contradict_the_hub() -> None:
    gate = Told(None)
    key = ("a/b", COMMIT, "x.gguf")
    hub._compare(gate, HUB, key, 100, "1" * 64)
    hub._compare(gate, MIRROR, key, 100, "1" * 64)
    hub._compare(gate, MIRROR, ("a/b", "b" * 40, "x.gguf"), 5, "2" * 64)
    for size, sha256 in ((101, "1" * 64), (100, "2" * 64), (100, "")):
        with pytest.raises(AssistantError) as caught:
            hub._compare(gate, MIRROR, key, size, sha256)
        assert (caught.value.kind, caught.value.values["host"]) == (ErrorKind.NET_NONSENSE, "hf-mirror.com")


def test_what_nobody_has_lent_opens_nothing() -> None:
    with hub_client.client() as client:
        for url in ("https://huggingface.co/api/agent-harnesses", "https://huggingface.co/a/b/resolve/main/x"):
            with pytest.raises(AssistantError):
                client.head(url)


def test_what_is_lent_is_for_files_only() -> None:
    with hub_client.client() as client, hub_client.lend(Gate(Setup(offline=True)), "details", "x"):
        with pytest.raises(AssistantError) as caught:
            client.get("https://huggingface.co/api/agent-harnesses")
        assert caught.value.kind is ErrorKind.INTERNAL
        with pytest.raises(AssistantError) as caught:
            client.get("https://huggingface.co/a/b/resolve/main/x")
        assert caught.value.kind is ErrorKind.INTERNAL
        with pytest.raises(AssistantError) as caught:
            client.head("https://huggingface.co/a/b/resolve/main/x")
        assert caught.value.kind is ErrorKind.OFFLINE

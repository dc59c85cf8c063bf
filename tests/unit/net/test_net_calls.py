"""Where a request may go, and where the token goes with it."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.call import MAX_HOPS, Call
from assistant.net.sources import Source

HUB = Source("https://huggingface.co", "huggingface.co")
MIRROR = Source("https://hf-mirror.com", "hf-mirror.com")


def walked(*urls: str, why: str = "download", to_hub: bool = True) -> Call:
    call = Call(why, to_hub=to_hub)
    for url in urls:
        call.step(url, (HUB, MIRROR))
    return call


def refusal(*urls: str, why: str = "download") -> ErrorKind:
    with pytest.raises(AssistantError) as caught:
        walked(*urls, why=why)
    return caught.value.kind


def test_the_token_goes_to_the_hub_itself() -> None:
    assert walked("https://huggingface.co/api/models").may_identify()
    assert walked("https://huggingface.co/a/resolve/main/x", "https://huggingface.co/b/resolve/main/x").may_identify()


@pytest.mark.parametrize(
    "urls",
    [
        ("https://hf-mirror.com/api/models",),
        ("https://huggingface.co/x", "https://cdn-lfs.hf.co/x"),
        ("https://huggingface.co/x", "https://cdn.example/x", "https://huggingface.co/y"),
        ("https://hf-mirror.com/x", "https://huggingface.co/x"),
        ("https://huggingface.co:444/x",),
        ("https://huggingface.co.evil.example/x",),
        ("http://127.0.0.1:80/huggingface.co",),
    ],
)
def test_the_token_goes_nowhere_else(urls: tuple[str, ...]) -> None:
    assert not walked(*urls).may_identify()


def test_the_token_stays_at_home_where_the_hub_is_not_meant() -> None:
    assert not walked("https://huggingface.co/x", to_hub=False).may_identify()


def test_never_down_to_http() -> None:
    assert refusal("https://huggingface.co/x", "http://huggingface.co/x") is ErrorKind.NET_NONSENSE
    assert refusal("http://huggingface.co/x") is ErrorKind.NET_NONSENSE
    assert refusal("https://127.0.0.1:1/x", "http://127.0.0.1:2/x") is ErrorKind.NET_NONSENSE


def test_never_back_to_this_computer() -> None:
    for here in ("https://localhost/x", "https://127.0.0.1:631/admin", "https://[::1]/"):
        assert refusal("https://huggingface.co/x", here) is ErrorKind.NET_NONSENSE


def test_never_in_a_circle() -> None:
    assert refusal("https://a.example/1", "https://a.example/2", "https://a.example/1") is ErrorKind.NET_NONSENSE
    steps = [f"https://a.example/{number}" for number in range(MAX_HOPS + 1)]
    assert refusal(*steps) is ErrorKind.NET_NONSENSE
    assert len(walked(*steps[:-1]).hops) == MAX_HOPS


@pytest.mark.parametrize("url", ["ftp://a.example/", "file:///etc/passwd", "https://u:p@a.example/", "//a.example", ""])
def test_never_to_what_is_no_place(url: str) -> None:
    assert refusal("https://huggingface.co/x", url) is ErrorKind.NET_NONSENSE


def test_a_question_that_another_site_answers_met_a_portal() -> None:
    assert refusal("https://huggingface.co/api/models", "https://login.hotel.example/", why="search") is (
        ErrorKind.NET_PORTAL
    )
    assert walked("https://hf-mirror.com/api/models/x", "https://huggingface.co/api/models/x", why="details").hops


def test_files_may_lie_elsewhere() -> None:
    assert walked("https://huggingface.co/x", "https://cas-bridge.xethub.hf.co/y", why="header").here == (
        "cas-bridge.xethub.hf.co"
    )

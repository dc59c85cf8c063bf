from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import sources
from assistant.net.messages import Setup
from assistant.texts.errors import sentence
from tests.fakes.closed_folder import close_folder
from tests.fakes.wire import AUTHORITY

MIRROR = "https://hf-mirror.com"


def urls(setup: Setup, **environ: str) -> list[str]:
    return [source.url for source in sources.sources(setup, environ)]


def test_the_hub_comes_first_and_mirrors_after_it() -> None:
    assert urls(Setup(mirrors=(MIRROR,))) == ["https://huggingface.co", MIRROR]


def test_without_fallback_there_is_one() -> None:
    assert urls(Setup(mirrors=(MIRROR,), fallback=False)) == ["https://huggingface.co"]


def test_the_setting_goes_before_the_environment() -> None:
    setup = Setup(endpoint="https://a.example/hub/", mirrors=(MIRROR, "https://a.example/hub"))
    assert urls(setup, HF_ENDPOINT="https://b.example") == ["https://a.example/hub", MIRROR]
    assert urls(Setup(), HF_ENDPOINT="https://b.example/") == ["https://b.example"]


def test_only_the_hub_itself_is_the_hub() -> None:
    for address in ("https://huggingface.co/", "https://huggingface.co:443", "HTTPS://HuggingFace.co"):
        assert sources.source(address, key="k").is_hub, address
    for address in ("https://huggingface.co.evil.example", "https://huggingface.co/x", "https://huggingface.co:444"):
        assert not sources.source(address, key="k").is_hub, address


@pytest.mark.parametrize(
    "address",
    [
        "http://mirror.example", "ftp://mirror.example", "mirror.example", "https://", "https://user:pw@mirror.example",
        "https://huggingface.co@evil.example", "https://x?y=1", "https://x#y", "file:///etc/passwd", "https://x:99999",
        "https://a b", "http://127.0.0.1.evil.example", "https://[::1", "javascript:alert(1)", "https://x\ny",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(AssistantError) as caught:
        sources.source(address, key="hub_endpoint")
    assert caught.value.kind is ErrorKind.SETTING_INVALID
    assert caught.value.values["key"] == "hub_endpoint"


@pytest.mark.parametrize(
    "address", ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:80", "https://x.example"]
)
def test_addresses_that_may_be_opened(address: str) -> None:
    assert sources.may_visit(address)
    assert sources.source(address, key="k").url.startswith(address.split(":80", maxsplit=1)[0])


def test_the_proxy_of_the_setting_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://env.example:1")
    proxy = sources.proxy_for("https://huggingface.co/x", Setup(proxy="http://us%40er:p%3Aw@proxy.example:3128"))
    assert proxy == sources.Proxy("proxy.example", 3128, "us@er", "p:w")
    assert proxy.name == "proxy.example:3128"
    assert sources.proxy_for("https://huggingface.co/x", Setup()) == sources.Proxy("env.example", 1)


def test_a_proxy_may_be_written_without_its_scheme() -> None:
    assert sources.parse_proxy("proxy.example:8080") == sources.Proxy("proxy.example", 8080)


def test_this_computer_and_no_proxy_are_reached_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://env.example:1")
    monkeypatch.setenv("NO_PROXY", "inside.example")
    assert sources.proxy_for("http://127.0.0.1:5000/x", Setup(proxy="http://p.example:1")) is None
    assert sources.proxy_for("https://a.inside.example/", Setup()) is None
    assert sources.proxy_for("https://outside.example/", Setup()) is not None


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1080", "socks5h://h:1", "https://secure.example:443"])
def test_other_proxies_are_refused_by_their_kind(address: str) -> None:
    with pytest.raises(AssistantError) as caught:
        sources.proxy_for("https://huggingface.co/", Setup(proxy=address))
    assert caught.value.kind is ErrorKind.NET_PROXY
    assert caught.value.values["scheme"] == address.split(":", maxsplit=1)[0].upper()


def test_a_proxys_password_is_in_no_error() -> None:
    with pytest.raises(AssistantError) as caught:
        sources.parse_proxy("socks5://user:canary@proxy.example:1")
    assert "canary" not in str(caught.value) + str(caught.value.values) + caught.value.detail


def test_an_own_authority_is_added_to_the_systems() -> None:
    plain, more = sources.certificates(Setup()), sources.certificates(Setup(certificates=str(AUTHORITY)))
    assert more.cert_store_stats()["x509_ca"] == plain.cert_store_stats()["x509_ca"] + 1
    assert more.check_hostname


@pytest.mark.parametrize("variable", ["", "SSL_CERT_FILE"])
@pytest.mark.parametrize("content", [None, b"", b"no certificate", bytes(range(128, 192))])
def test_a_file_without_certificates_is_named(
    tmp_path: Path, content: bytes | None, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "own.pem"
    if content is not None:
        path.write_bytes(content)
    if variable:
        monkeypatch.setenv(variable, str(path))
    with pytest.raises(AssistantError) as caught:
        sources.certificates(Setup(certificates="" if variable else str(path)))
    assert (caught.value.kind, caught.value.values["name"]) == (ErrorKind.CERTIFICATE_FILE, "own.pem")
    assert bool(caught.value.values.get("missing")) is (content is None)
    assert caught.value.values.get("variable", "") == variable


@pytest.mark.parametrize("variable", ["", "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_in_somebody_elses_folder_are_named(
    tmp_path: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "closed" / "own.pem"
    close_folder(path.parent, monkeypatch)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if variable:
        monkeypatch.setenv(variable, str(path))
    with pytest.raises(AssistantError) as caught:
        sources.certificates(Setup(certificates="" if variable else str(path)))
    assert (caught.value.kind, caught.value.values["name"]) == (ErrorKind.CERTIFICATE_FILE, "own.pem")


def test_a_folder_of_certificates_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library takes it for one without certificates, and then believes no server."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join((str(tmp_path / "one"), str(tmp_path / "other"))))
    with pytest.raises(AssistantError) as caught:
        sources.certificates(Setup())
    assert (caught.value.kind, caught.value.values["variable"]) == (ErrorKind.CERTIFICATE_FILE, "SSL_CERT_DIR")
    assert "SSL_CERT_DIR" in sentence(caught.value)
    (tmp_path / "other").mkdir()
    assert sources.certificates(Setup()).check_hostname

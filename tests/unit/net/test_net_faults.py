from __future__ import annotations

import socket
import ssl
import time
from email.utils import formatdate

import httpcore2
import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import faults
from assistant.texts import errors as sentences


@pytest.mark.parametrize(
    ("status", "code", "asked", "kind"),
    [
        (401, "GatedRepo", False, ErrorKind.HUB_GATED),
        (403, "GatedRepo", True, ErrorKind.HUB_GATED),
        (401, "RepoNotFound", False, ErrorKind.HUB_NOT_FOUND),
        (404, "EntryNotFound", False, ErrorKind.HUB_NOT_FOUND),
        (404, "RevisionNotFound", False, ErrorKind.HUB_NOT_FOUND),
        (404, "", False, ErrorKind.HUB_NOT_FOUND),
        (401, "", True, ErrorKind.HUB_TOKEN),
        (401, "", False, ErrorKind.HUB_GATED),
        (403, "", False, ErrorKind.HUB_GATED),
        (407, "", False, ErrorKind.NET_PROXY),
        (408, "", False, ErrorKind.NET_STALLED),
        (416, "", False, ErrorKind.NET_NONSENSE),
        (418, "", False, ErrorKind.NET_NONSENSE),
        (429, "", False, ErrorKind.NET_BUSY),
        (500, "", False, ErrorKind.NET_SERVER),
        (503, "", False, ErrorKind.NET_SERVER),
        (511, "", False, ErrorKind.NET_PORTAL),
    ],
)
def test_each_status_is_a_kind_with_a_sentence(status: int, code: str, asked: bool, kind: ErrorKind) -> None:
    error = faults.of_status(status, {"x-error-code": code}, host="h.example", name="a/b", asked=asked)
    assert error is not None
    assert error.kind is kind
    assert sentences.sentence(error)


@pytest.mark.parametrize("status", [200, 206, 302, 304])
def test_other_statuses_are_no_errors(status: int) -> None:
    assert faults.of_status(status, {}, host="h", name="", asked=False) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("7", 7), (" 12 ", 12), ("99999999999", 86400), ("", 60), ("soon", 60), ("-3", 60), ("٣", 60)],
)
def test_a_busy_server_says_how_long(value: str, seconds: int) -> None:
    assert faults.wait_of({"retry-after": value}) == seconds


def test_a_busy_server_may_speak_of_its_rate_limit() -> None:
    assert faults.wait_of({"ratelimit": '"api";r=0;t=55'}) == 55
    assert faults.wait_of({"ratelimit": '"api";r=0;t=55', "retry-after": "3"}) == 3
    assert faults.wait_of({"ratelimit": "nonsense"}) == 60


def test_a_busy_server_may_name_a_moment() -> None:
    assert 85 <= faults.wait_of({"retry-after": formatdate(time.time() + 90, usegmt=True)}) <= 91
    assert faults.wait_of({"retry-after": formatdate(time.time() - 90, usegmt=True)}) == 0


def caused(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), ErrorKind.NET_UNREACHABLE),
        (ConnectionResetError(), ErrorKind.NET_UNREACHABLE),
        (socket.gaierror(-2, "unknown"), ErrorKind.NET_UNREACHABLE),
        (OSError(113, "no route"), ErrorKind.NET_UNREACHABLE),
        (httpcore2.ConnectTimeout(), ErrorKind.NET_UNREACHABLE),
        (TimeoutError(), ErrorKind.NET_STALLED),
        (httpcore2.ReadTimeout(), ErrorKind.NET_STALLED),
        (ssl.SSLCertVerificationError("self-signed"), ErrorKind.NET_CERTIFICATE),
        (caused(httpcore2.ConnectError(), ssl.SSLCertVerificationError("expired")), ErrorKind.NET_CERTIFICATE),
        (ssl.SSLEOFError(), ErrorKind.NET_UNREACHABLE),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), ErrorKind.NET_NONSENSE),
        (httpcore2.ProxyError("407 Proxy Authentication Required"), ErrorKind.NET_PROXY),
        (httpcore2.ProxyError("403 Forbidden"), ErrorKind.NET_PROXY),
        (httpcore2.ProxyError("502 Bad Gateway"), ErrorKind.NET_UNREACHABLE),
        (httpcore2.RemoteProtocolError("Server disconnected without sending a response."), ErrorKind.NET_UNREACHABLE),
        (httpcore2.RemoteProtocolError("illegal status line"), ErrorKind.NET_NONSENSE),
        (ValueError("?"), ErrorKind.NET_NONSENSE),
    ],
)
def test_each_exception_is_a_kind_that_names_its_host(error: Exception, kind: ErrorKind) -> None:
    found = faults.of_exception(error, "h.example", seconds=30)
    assert found.kind is kind
    assert found.values.get("host", "h.example") == "h.example"
    assert sentences.sentence(found)


def test_an_error_of_ours_stays_itself() -> None:
    ours = AssistantError(ErrorKind.CANCELLED)
    assert faults.of_exception(ours, "h") is ours


def test_a_proxy_that_fails_is_named() -> None:
    found = faults.of_exception(ConnectionRefusedError(), "h", proxy="p.example:3128")
    assert (found.kind, found.values) == (ErrorKind.NET_PROXY, {"proxy": "p.example:3128", "unreachable": True})
    assert "cannot be reached" in sentences.sentence(found)


def test_where_no_source_can_be_reached_all_are_named() -> None:
    gone, portal = AssistantError(ErrorKind.NET_UNREACHABLE), AssistantError(ErrorKind.NET_PORTAL)
    assert faults.at_fault({"hub.example": gone}) == "hub.example"
    assert faults.at_fault({"hub.example": gone, "mirror.example": portal}) == "hub.example"
    both = AssistantError(gone.kind, host=faults.at_fault({"hub.example": gone, "mirror.example": gone}))
    assert sentences.sentence(both).startswith("hub.example, mirror.example cannot be reached.")

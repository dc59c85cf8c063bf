"""What can go wrong on the way to a server, as kinds of errors with the host that the sentence names."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

import httpcore2
import httpx2

from assistant.base.errors import AssistantError, ErrorKind

ELSEWHERE_MAY_WORK = frozenset(
    {
        ErrorKind.NET_UNREACHABLE,
        ErrorKind.NET_CERTIFICATE,
        ErrorKind.NET_STALLED,
        ErrorKind.NET_PORTAL,
        ErrorKind.NET_SERVER,
    }
)
"""Faults of one source, or of the way to it: another one may work all the same."""

BUSY_SECONDS = 60
"""How long to leave a server alone that asks for it without saying how long."""
_LONGEST_WAIT = 24 * 3600
_NO_WAY_ON = re.compile(r"5\d\d\b")  # what a proxy says that cannot reach the host either
_RESET = re.compile(r"\bt=([0-9]{1,6})\b")


def at_fault(problems: Mapping[str, AssistantError]) -> str:
    """Whose fault to tell when no source gave anything: the first one's, or all (``one, two``) if out of reach.

    Nobody need choose a mirror by hand to learn that it is out of reach as well.

    :param problems: what each source that was asked met, by its host; not empty.
    """
    all_gone = all(one.kind is ErrorKind.NET_UNREACHABLE for one in problems.values())
    return ", ".join(problems) if all_gone else next(iter(problems))


def of_exception(error: BaseException, host: str, *, seconds: float = 0.0, proxy: str = "") -> AssistantError:
    """The error for what a connection to ``host`` has met.

    :param seconds: the time that was allowed.
    :param proxy: its address, if what failed is the way to the proxy itself.
    """
    if isinstance(error, AssistantError):
        return error
    detail = _detail(error)
    chain = tuple(_causes(error))
    refused = next((one for one in chain if isinstance(one, httpcore2.ProxyError)), None)
    if refused is not None and _NO_WAY_ON.match(str(refused)):
        return AssistantError(ErrorKind.NET_UNREACHABLE, detail, host=host)
    if proxy or refused is not None:
        return AssistantError(ErrorKind.NET_PROXY, detail, proxy=proxy, unreachable=refused is None)
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in chain):
        return AssistantError(ErrorKind.NET_CERTIFICATE, detail, host=host)
    if any(_is_timeout(one) for one in chain):
        if any(isinstance(one, (httpcore2.ConnectTimeout, httpx2.ConnectTimeout)) for one in chain):
            return AssistantError(ErrorKind.NET_UNREACHABLE, detail, host=host)
        return AssistantError(ErrorKind.NET_STALLED, detail, host=host, seconds=round(seconds))
    if any(isinstance(one, (httpcore2.RemoteProtocolError, httpx2.RemoteProtocolError)) for one in chain):
        cut = "without" in detail  # "closed connection without sending complete message body", "disconnected without"
        return AssistantError(ErrorKind.NET_UNREACHABLE if cut else ErrorKind.NET_NONSENSE, detail, host=host)
    if any(isinstance(one, ssl.SSLError) and "WRONG_VERSION" in str(one) for one in chain):
        return AssistantError(ErrorKind.NET_NONSENSE, detail, host=host)
    if any(isinstance(one, (OSError, httpcore2.NetworkError, httpx2.NetworkError)) for one in chain):
        return AssistantError(ErrorKind.NET_UNREACHABLE, detail, host=host)
    return AssistantError(ErrorKind.NET_NONSENSE, detail, host=host)


def of_status(status: int, headers: Mapping[str, str], *, host: str, name: str, asked: bool) -> AssistantError | None:
    """The error for an answer with this status, None for one that is not an error.

    :param name: repository or file, as the sentence calls it.
    :param asked: an access token was sent along.
    """
    if status < 400:
        return None
    code = headers.get("x-error-code", "")
    detail = f"status {status} {code}".strip()
    if status == 511:
        return AssistantError(ErrorKind.NET_PORTAL, detail, host=host)
    if status == 429:
        return AssistantError(ErrorKind.NET_BUSY, detail, host=host, seconds=wait_of(headers))
    if status >= 500:
        return AssistantError(ErrorKind.NET_SERVER, detail, host=host, status=status)
    if code == "GatedRepo":
        return AssistantError(ErrorKind.HUB_GATED, detail, name=name)
    if status in (404, 410) or code in ("RepoNotFound", "RevisionNotFound", "EntryNotFound", "DisabledRepo"):
        return AssistantError(ErrorKind.HUB_NOT_FOUND, detail, name=name)
    if status == 401:
        return AssistantError(ErrorKind.HUB_TOKEN if asked else ErrorKind.HUB_GATED, detail, host=host, name=name)
    if status == 403:
        return AssistantError(ErrorKind.HUB_GATED, detail, name=name, host=host)
    if status == 407:
        return AssistantError(ErrorKind.NET_PROXY, detail)
    if status == 408:
        return AssistantError(ErrorKind.NET_STALLED, detail, host=host)
    return AssistantError(ErrorKind.NET_NONSENSE, detail, host=host)


def wait_of(headers: Mapping[str, str]) -> int:
    """How many seconds a busy server wants to be left alone: Retry-After as seconds or a date, else RateLimit's "t"."""
    value = headers.get("retry-after", "").strip()
    if not value and (found := _RESET.search(headers.get("ratelimit", ""))):
        value = found[1]
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), _LONGEST_WAIT)
    try:
        seconds = parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError, IndexError):
        return BUSY_SECONDS
    return min(max(0, round(seconds)), _LONGEST_WAIT)


def _is_timeout(error: BaseException) -> bool:
    return isinstance(error, (TimeoutError, socket.timeout, httpcore2.TimeoutException, httpx2.TimeoutException))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _detail(error: BaseException) -> str:
    """Words of the system or the library. They name hosts at most: addresses with paths never reach them."""
    return f"{type(error).__name__}: {error}"[:300]

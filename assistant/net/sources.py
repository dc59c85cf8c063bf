"""Where from and which way: the Hub or a mirror, a proxy, and whose certificates are believed."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import httpx2

from assistant.base.certificates import missing, named
from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.messages import Setup

HUB = "https://huggingface.co"
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9_.])?|[0-9a-f:.]*:[0-9a-f:.]*", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """The Hub or a mirror of it: ``url`` without a slash at its end, ``host`` as a person reads it."""

    url: str
    host: str

    @property
    def is_hub(self) -> bool:
        """Is this the Hub itself, the only place that may see its access token?"""
        return self.url == HUB


@dataclass(frozen=True)
class Proxy:
    """An http proxy; ``user`` and ``password`` are "" if it wants none."""

    host: str
    port: int
    user: str = ""
    password: str = ""

    @property
    def name(self) -> str:
        """As a sentence and the ledger name it."""
        return f"{self.host}:{self.port}"


def sources(setup: Setup, environ: Mapping[str, str]) -> tuple[Source, ...]:
    """The addresses of the Hub in the order in which they are asked.

    :raises AssistantError: SETTING_INVALID: the address that was set is none that can be used.
    """
    if setup.endpoint:
        first = source(setup.endpoint, key="hub_endpoint")
    else:
        first = source(environ.get("HF_ENDPOINT", "").strip() or HUB, key="HF_ENDPOINT")
    found = {first.url: first}
    if setup.fallback:
        for address in setup.mirrors:
            mirror = source(address, key="mirrors")
            found.setdefault(mirror.url, mirror)
    return tuple(found.values())


def source(address: str, *, key: str) -> Source:
    """:raises AssistantError: SETTING_INVALID: not https (on this computer http), or more than a host and a path."""
    text = address.strip().rstrip("/")
    parts = _split(text)
    if parts is None or parts.query or parts.fragment or not may_visit(text):
        raise AssistantError(ErrorKind.SETTING_INVALID, key=key, value=address[:200])
    host = parts.hostname or ""
    port = parts.port
    default = port is None or port == _PORTS[parts.scheme]
    shown = f"[{host}]" if ":" in host else host
    authority = shown if default else f"{shown}:{port}"
    return Source(f"{parts.scheme}://{authority}{parts.path}", host if default else authority)


def may_visit(url: str) -> bool:
    """Is this an address that the program may open at all: https, or http on this computer, and nobody's password?"""
    parts = _split(url)
    if parts is None or not parts.hostname or parts.username is not None or parts.password is not None:
        return False
    odd = any(character <= " " or character in '\\"<>^`{|}' for character in url)
    if odd or not url.isascii() or not _HOST.fullmatch(parts.hostname):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_this_computer(parts.hostname))


def is_this_computer(host: str) -> bool:
    """Does ``host`` name the computer that we run on?"""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_and_port(url: str) -> tuple[str, int]:
    """Where ``url`` leads; ("", 0) if it is no address."""
    parts = _split(url)
    if parts is None or parts.scheme not in _PORTS:
        return "", 0
    return parts.hostname or "", parts.port or _PORTS[parts.scheme]


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of ``url``: what makes one server."""
    parts = _split(url)
    return (parts.scheme if parts else "", *host_and_port(url))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises if it is none
    except ValueError:
        return None
    return parts


# ---------------------------------------------------------------- the way there


def proxy_for(url: str, setup: Setup) -> Proxy | None:
    """The proxy for ``url``: the one in the settings, else that of the system. None: straight there.

    :raises AssistantError: NET_PROXY: of a kind that cannot be used, or no address.
    """
    host, _ = host_and_port(url)
    if is_this_computer(host):
        return None
    if setup.proxy:
        return parse_proxy(setup.proxy)
    known = urllib.request.getproxies()  # the environment; on Windows and macOS also the system's settings
    address = known.get(origin(url)[0]) or known.get("all", "")
    if not address or urllib.request.proxy_bypass(host):
        return None
    return parse_proxy(address)


def parse_proxy(address: str) -> Proxy:
    """:raises AssistantError: NET_PROXY (``scheme``: of which kind it is, if that is why)."""
    text = address.strip()
    parts = _split(text if "://" in text else f"http://{text}")
    if parts is None or not parts.hostname:
        raise AssistantError(ErrorKind.NET_PROXY, "not an address", proxy="")
    name = f"{parts.hostname}:{parts.port or 80}"
    if parts.scheme.lower() != "http":
        raise AssistantError(ErrorKind.NET_PROXY, "only http proxies", proxy=name, scheme=parts.scheme.upper()[:12])
    return Proxy(parts.hostname, parts.port or 80, unquote(parts.username or ""), unquote(parts.password or ""))


def certificates(setup: Setup) -> ssl.SSLContext:
    """What servers are checked with: the system's own store, or what the environment has in its place
    (``SSL_CERT_FILE``, ``SSL_CERT_DIR``), and the file in the settings.

    :raises AssistantError: CERTIFICATE_FILE: one of these is not there, or holds no certificates.
    """
    if (error := missing(setup.certificates, os.environ)) is not None:
        raise error
    variable, file = named(os.environ)
    try:
        context = httpx2.create_ssl_context()
        if setup.certificates:
            variable, file = "", setup.certificates
            context.load_verify_locations(cafile=file)
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        values = {"name": Path(file).name, "variable": variable}
        raise AssistantError(ErrorKind.CERTIFICATE_FILE, str(error)[:200], **values) from error
    return context

"""The package index: which one, and where it has a wheel (PEP 691 as JSON, or the older page of links)."""

from __future__ import annotations

import configparser
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import names
from assistant.net.gate import Gate, whole
from assistant.net.messages import WheelPlace
from assistant.net.sources import host_and_port, may_visit

PUBLIC = "https://pypi.org/simple"
"""The public index, which pip asks too when nothing else is set."""
_JSON = "application/vnd.pypi.simple.v1+json"
_MAX_PAGE = 16 << 20
_MAX_LINKS = 20_000


@dataclass(frozen=True)
class Wheel:
    """A wheel on an index. ``size`` is 0 if the index does not say."""

    file: str
    url: str
    size: int = 0


def address(setting: str, environ: Mapping[str, str], files: tuple[Path, ...] | None = None) -> str:
    """The index's address: what is set for us, else what pip is set to, else the public one. No slash at its end.

    :param files: pip's own configuration, the most important one first; None: where pip keeps it on this system.
    :raises AssistantError: SETTING_INVALID: it is none that may be opened.
    """
    found = setting or environ.get("PIP_INDEX_URL", "")
    for file in pip_files(environ) if files is None else files:
        found = found or _configured(file)
    found = (found.strip() or PUBLIC).rstrip("/")
    if not may_visit(found):
        shown = host_and_port(found)[0]  # the rest may hold a password
        raise AssistantError(ErrorKind.SETTING_INVALID, "only https", key="PIP_INDEX_URL", value=shown)
    return found


def pip_files(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Where pip may be configured, the most important file first."""
    home = Path.home()
    if given := environ.get("PIP_CONFIG_FILE"):
        return (Path(given),) if given != os.devnull else ()
    if sys.platform == "win32":
        own = [Path(environ.get("APPDATA", str(home))) / "pip" / "pip.ini", home / "pip" / "pip.ini"]
        return (Path(sys.prefix) / "pip.ini", *own, Path(environ.get("PROGRAMDATA", "C:/ProgramData")) / "pip/pip.ini")
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    own = [config / "pip" / "pip.conf", home / ".pip" / "pip.conf"]
    if sys.platform == "darwin":
        own.insert(0, home / "Library" / "Application Support" / "pip" / "pip.conf")
    return (Path(sys.prefix) / "pip.conf", *own, Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"))


def _configured(file: Path) -> str:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return ""
    return next(
        (parser.get(part, "index-url") for part in ("install", "global") if parser.has_option(part, "index-url")), ""
    )


def find(gate: Gate, index: str, place: WheelPlace) -> Wheel:
    """Where ``index`` has the wheel.

    :raises AssistantError: NET_*, OFFLINE, CANCELLED; HUB_NOT_FOUND: the index does not have it.
    """
    project = re.sub(r"[-_.]+", "-", place.package).lower()
    if not re.fullmatch("[a-z0-9][a-z0-9-]{0,100}", project):
        raise AssistantError(ErrorKind.HUB_NOT_FOUND, "no name of a package", name=place.package[:100])
    url = f"{index}/{project}/"
    accept = {"accept": f"{_JSON}, text/html;q=0.1"}
    with gate.request("GET", url, why="download", headers=accept, name=place.package, pages=True) as response:
        data = whole(response, limit=_MAX_PAGE)
        base, host = str(response.request.url), response.request.url.host
        is_json = "json" in response.headers.get("content-type", "")
    start = f"{project.replace('-', '_')}-{place.version}-"
    several = _from_json(data, host) if is_json else _from_page(data, host)
    for wheel in several:
        if wheel.file.lower().startswith(start) and wheel.file.endswith(".whl"):
            address = urljoin(base, wheel.url)
            if not may_visit(address):
                raise AssistantError(ErrorKind.NET_NONSENSE, "leads to where nothing may go", host=host)
            return Wheel(wheel.file, address, wheel.size)
    raise AssistantError(ErrorKind.HUB_NOT_FOUND, "not on the package index", name=place.package)


def _from_json(data: bytes, host: str) -> Iterator[Wheel]:
    try:
        said: Any = msgspec.json.decode(data)
        files = said["files"]
        assert isinstance(files, list)
    except (msgspec.DecodeError, RecursionError, ValueError, KeyError, TypeError, AssertionError) as error:
        raise AssistantError(ErrorKind.NET_NONSENSE, "not a package index", host=host) from error
    for one in files[:_MAX_LINKS]:
        if not isinstance(one, dict):
            continue
        name, url, size = one.get("filename"), one.get("url"), one.get("size")
        if isinstance(name, str) and isinstance(url, str) and names.is_file(name) and "/" not in name:
            yield Wheel(name, url, size if type(size) is int and size > 0 else 0)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and len(self.found) < _MAX_LINKS:
            self.found += [value for key, value in attrs if key == "href" and value]


def _from_page(data: bytes, host: str) -> Iterator[Wheel]:
    links = _Links()
    links.feed(data.decode("utf-8", "replace"))
    wheels = []
    for link in links.found:
        try:
            parts = urlsplit(link)
        except ValueError:
            continue
        name = unquote(parts.path.rsplit("/", 1)[-1])
        if name.endswith((".whl", ".gz", ".zip")):
            wheels.append(Wheel(name, link.partition("#")[0]))
    if not wheels:  # no index has a page without any file
        raise AssistantError(ErrorKind.NET_PORTAL, "a web page came", host=host)
    yield from wheels

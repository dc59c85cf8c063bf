"""A server on this machine that speaks the Hub's protocol, and misbehaves when it is told to.

    with Hub() as hub:
        file = hub.add("maker/model-GGUF", "model-Q4_K_M.gguf", size=5_000_000)
        hub.fault("cut", at=2_500_000)
        ...download from hub.address...
        assert hub.bytes_sent < 6_000_000

Contents are made, not stored: they never repeat, so that a byte from a wrong place is always seen. Large files lie
behind a redirect to ``/cdn/...``, as on the Hub; ``cdn=`` puts that on another server. ``python -m tests.fakes.hub``
runs one in a process of its own (see ``main``).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, quote, unquote, urlsplit

from tests.fakes.hub_answers import Answer, api_answer, gate_answer, simple_answer
from tests.fakes.hub_contents import COMMIT, Fault, Hit, RemoteBlob, Repo, make_wheel, write_blob

_CHUNK = 1 << 18
_RESOLVE = re.compile(r"^/(?P<repo>[^/]+/[^/]+|[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)$")


class Hub:
    """The server, on threads of this process. Every change to it may be made while it runs.

    :ivar hits: every request that was answered, in the order in which they ended.
    :ivar requests: how many were begun.
    :ivar throttle: bytes a second over all connections together, 0: as fast as it goes.
    :ivar token: what ``Authorization`` must hold for gated repositories, "": nothing opens them.
    :ivar ranges: False: every Range is ignored, for ever.
    :ivar old_index: the package index is a page of links, which tells no sizes.
    :ivar portal: every answer is the log-in page of a local network.
    """

    def __init__(self, *, cdn: Hub | None = None, tls: ssl.SSLContext | None = None, throttle: float = 0) -> None:
        self.repos: dict[str, Repo] = {}
        self.faults: list[Fault] = []
        self.hits: list[Hit] = []
        self.requests = 0
        self.throttle = throttle
        self.token = ""
        self.ranges = True
        self.portal = False
        self.old_index = False
        self.page_size = 0  # rows of a search on one page, 0: as many as are asked for
        self.wheels: dict[str, RemoteBlob] = {}
        self._cdn = cdn
        self._tls = tls
        self._folder = Path(tempfile.mkdtemp(prefix="hub-"))
        self._lock = threading.Lock()
        self._budget = (0.0, 0.0)  # time of the last grant, bytes granted ahead
        self._open: set[socket.socket] = set()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, name="hub", daemon=True)]
        self._threads[0].start()

    # ---------------------------------------------------------------- what is on it

    @property
    def address(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def add(
        self,
        repo: str,
        name: str,
        *,
        size: int = 0,
        data: bytes | None = None,
        etag: str | None = None,
        linked: bool = True,
        seed: str = "",
    ) -> RemoteBlob:
        """Put a file there: ``data``, or ``size`` bytes made from ``seed`` (otherwise from its name).

        :param etag: what the server claims instead of the hash.
        :param linked: a large file behind a redirect; otherwise one that git itself holds.
        """
        place = self._folder / f"{len(list(self._folder.iterdir()))}"
        blob = write_blob(place, name, data if data is not None else size, seed or f"{repo}/{name}")
        blob.linked = linked
        blob.etag = (blob.sha256 if linked else blob.git_sha1) if etag is None else etag
        self.repos.setdefault(repo, Repo(repo)).files[name] = blob
        return blob

    def add_wheel(self, package: str, version: str, members: dict[str, bytes], *, deflated: bool = False) -> RemoteBlob:
        """Put a wheel with ``members`` (path to bytes) on the package index at ``address + "/simple/"``."""
        name = f"{package.replace('-', '_')}-{version}-py3-none-any.whl"
        blob = write_blob(self._folder / name, name, make_wheel(package, version, members, deflated=deflated), "")
        self.wheels[name] = blob
        return blob

    def change(self, repo: str, name: str, *, seed: str = "another", size: int | None = None, commit: str = "") -> None:
        """The file becomes another one of the same size (or ``size``), also for those who ask for the old commit."""
        old = self.repos[repo].files[name]
        self.add(repo, name, size=old.size if size is None else size, seed=seed, linked=old.linked)
        self.repos[repo].commit = commit or "c" * 40

    def fault(self, kind: str, **more: object) -> Fault:
        """Misbehave: see ``Fault`` for the kinds and for what ``more`` may say."""
        fault = Fault(kind, **more)  # type: ignore[arg-type]
        with self._lock:
            self.faults.append(fault)
        return fault

    @property
    def bytes_sent(self) -> int:
        """Bytes of file contents that were handed to the network so far, of ended requests."""
        with self._lock:
            return sum(hit.sent for hit in self.hits if hit.body)

    @property
    def busy(self) -> int:
        """How many requests are being answered."""
        with self._lock:
            return self.requests - len(self.hits)

    def rest(self, seconds: float = 60) -> Hub:
        """Wait until nothing is being answered: who has its answer may be faster than the note of it in ``hits``."""
        end = time.monotonic() + seconds
        while self.busy:
            assert time.monotonic() < end, "a request has no end"
            time.sleep(0.01)
        return self

    def sent_at_rest(self) -> int:
        """``bytes_sent`` once nothing is being answered: of a request that is cut off, only its end tells."""
        return self.rest().bytes_sent

    # ---------------------------------------------------------------- its life

    def close(self) -> None:
        self._closing.set()
        with self._lock:
            left = list(self._open)
        for one in (self._listener, *left):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in list(self._threads):
            thread.join(5)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Hub:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            thread = threading.Thread(target=self._talk, args=(connection,), name="hub-talk", daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()

    def _talk(self, plain: socket.socket) -> None:
        connection = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(plain, server_side=True)
                with self._lock:
                    self._open.add(connection)
            with connection.makefile("rb") as source:
                while not self._closing.is_set() and self._one(connection, source):
                    pass
        except (OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open -= {plain, connection}
            connection.close()
            plain.close()

    def _one(self, connection: socket.socket, source: object) -> bool:
        """Answer one request; False: the connection is over."""
        line = source.readline(65537)  # type: ignore[attr-defined]
        if not line.strip():
            return False
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers: dict[str, str] = {}
        while (line := source.readline(65537).decode("latin-1")).strip():  # type: ignore[attr-defined]
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        with self._lock:
            self.requests += 1
        hit = Hit(
            method=method,
            path=target,
            range=headers.get("range", ""),
            authorization=headers.get("authorization", ""),
            host=headers.get("host", ""),
            agent=headers.get("user-agent", ""),
            if_range=headers.get("if-range", ""),
        )
        try:
            answer = self._answer(method, target, headers)
            hit.status = answer.status
            return self._send(connection, method, answer, hit)
        finally:
            hit.ended = time.monotonic()
            with self._lock:
                self.hits.append(hit)

    # ---------------------------------------------------------------- what it answers

    def _answer(self, method: str, target: str, headers: dict[str, str]) -> Answer:
        parts = urlsplit(target)
        path = unquote(parts.path)
        if self.portal:
            return simple_answer(200, "<html><title>Log in</title>Welcome to the hotel</html>", "text/html")
        if path == "/loop":
            return simple_answer(302, "", location="/loop")
        if path.startswith("/cdn/"):
            _, _, repo, name = path.split("/", 3)
            repo = repo.replace("--", "/")
            blob = self.repos[repo].files.get(name) if repo in self.repos else None
            return self._body(method, headers, repo, blob) if blob else simple_answer(404, "gone")
        if path.startswith(("/simple/", "/wheels/")):
            return self._index(method, path, headers)
        if path.startswith("/api/models"):
            return api_answer(self, path, parse_qs(parts.query), headers)
        found = _RESOLVE.match(path)
        if not found:
            return simple_answer(404, "Not Found")
        return self._resolve(method, headers, found["repo"], found["revision"], found["file"])

    def _resolve(self, method: str, headers: dict[str, str], repo: str, revision: str, name: str) -> Answer:
        known = self.repos.get(repo)
        if known is None:
            return simple_answer(401, "Invalid username or password.", error="RepoNotFound")
        if refusal := gate_answer(self, known, headers):
            return refusal
        blob = known.files.get(name)
        if blob is None or revision not in ("main", known.commit, *known.older):
            return simple_answer(404, "Entry not found", error="EntryNotFound" if blob is None else "RevisionNotFound")
        facts = {"X-Repo-Commit": known.commit, "Accept-Ranges": "bytes"}
        if not blob.linked:
            answer = self._body(method, headers, repo, blob)
            answer.headers.update(facts)
            return answer
        if method == "HEAD" and (fault := self._take("head", blob, repo, 0, blob.size)):
            return self._refuse(fault)
        claimed = self._take("claim", blob, repo, 0, blob.size)
        size = blob.size + int(claimed.value) if claimed else blob.size
        facts |= {"X-Linked-Size": str(size), "X-Linked-Etag": f'"{blob.etag}"', "ETag": f'"{blob.etag}"'}
        if method == "GET" and (fault := self._take("gate", blob, repo, *_range(headers, blob.size))):
            return self._refuse(fault)
        base = (self._cdn or self).address.replace("127.0.0.1", "localhost")  # another host, as on the Hub
        if self._cdn:
            self._cdn.repos[repo] = known
        where = f"{base}/cdn/{repo.replace('/', '--')}/{quote(name)}?signature=1"
        answer = simple_answer(302, "", location=where)
        answer.headers.update(facts)
        return answer

    def _index(self, method: str, path: str, headers: dict[str, str]) -> Answer:
        if path.startswith("/wheels/"):
            blob = self.wheels.get(path.removeprefix("/wheels/"))
            return self._body(method, headers, "", blob) if blob else simple_answer(404, "Not Found")
        package = path.removeprefix("/simple/").strip("/").replace("-", "_")
        found = [blob for name, blob in self.wheels.items() if name.startswith(package + "-")]
        links = [f'<a href="/wheels/{blob.name}#sha256={blob.sha256}">{blob.name}</a>' for blob in found]
        if not found:
            return simple_answer(404, "Not Found")
        if "json" in headers.get("accept", "") and not self.old_index:
            rows = [
                {"filename": b.name, "url": f"/wheels/{b.name}", "hashes": {"sha256": b.sha256}, "size": b.size}
                for b in found
            ]
            page = {"meta": {"api-version": "1.1"}, "name": package, "files": rows}
            return simple_answer(200, json.dumps(page), "application/vnd.pypi.simple.v1+json")
        return simple_answer(200, "<html><body>" + "\n".join(links) + "</body></html>", "text/html")

    def _body(self, method: str, headers: dict[str, str], repo: str, blob: RemoteBlob) -> Answer:
        """The contents of a file, or of the range that was asked for."""
        start, end = _range(headers, blob.size)
        for family in ("gate", "store"):
            if method == "GET" and (fault := self._take(family, blob, repo, start, end)):
                return self._refuse(fault)
        ranged = "range" in headers and self.ranges and headers.get("if-range", f'"{blob.etag}"') == f'"{blob.etag}"'
        if ranged and method == "GET" and self._take("norange", blob, repo, start, end):
            ranged = False
        if not ranged:
            start, end = 0, blob.size
        answer = Answer(206 if ranged else 200, {"ETag": f'"{blob.etag}"', "Content-Type": "application/octet-stream"})
        if self.ranges:
            answer.headers["Accept-Ranges"] = "bytes"
        if start >= blob.size and ranged:
            answer.headers["Content-Range"] = f"bytes */{blob.size}"
            answer.status, answer.text = 416, b""
            return answer
        answer.blob, answer.repo, answer.start, answer.end = blob, repo, start, end
        answer.first, answer.total = start, blob.size
        if method == "GET":
            for kind in ("offset", "shifted", "short", "long", "total"):
                if fault := self._take(kind, blob, repo, start, end):
                    fault.apply(answer)
        if ranged:
            answer.headers["Content-Range"] = (
                f"bytes {answer.first}-{answer.first + answer.end - answer.start - 1}/{answer.total}"
            )
        return answer

    def _refuse(self, fault: Fault) -> Answer:
        if fault.kind == "loop":
            return simple_answer(302, "", location="/loop")
        if fault.kind == "elsewhere":
            return simple_answer(302, "", location=fault.where)
        if fault.kind == "portal":
            return simple_answer(200, "<html>Please accept the terms of this network.</html>" * 900, "text/html")
        if fault.kind == "busy":
            answer = simple_answer(429, "Too many requests")
            answer.headers["Retry-After"] = str(int(fault.value))
            return answer
        error = {"gated": "GatedRepo", "missing": "EntryNotFound"}.get(fault.kind, "")
        status = {"gated": 403, "token": 401, "missing": 404, "gone": 404}.get(fault.kind, int(fault.value) or 500)
        return simple_answer(status, "refused", error=error)

    def _take(self, kind: str, blob: RemoteBlob, repo: str, start: int, end: int) -> Fault | None:
        """The first fault of this kind (or family of kinds) that lies in the range, used up by one."""
        with self._lock:
            for fault in self.faults:
                if fault.times and fault.fits(kind, repo, blob.name) and start <= min(fault.at, blob.size - 1) < end:
                    fault.times -= 1
                    fault.seen += 1
                    return fault
        return None

    # ---------------------------------------------------------------- how it sends it

    def _send(self, connection: socket.socket, method: str, answer: Answer, hit: Hit) -> bool:
        length = answer.end - answer.start + answer.extra if answer.blob else len(answer.text)
        answer.headers.setdefault("Content-Length", str(length))
        lines = [f"HTTP/1.1 {answer.status} {'OK' if answer.status < 300 else 'No'}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        if method == "HEAD":
            return True
        if answer.blob is None:
            connection.sendall(answer.text)
            return True
        hit.body = True
        return self._stream(connection, answer, hit)

    def _stream(self, connection: socket.socket, answer: Answer, hit: Hit) -> bool:
        """Send the bytes from ``answer.start`` to ``answer.end``; False: the connection was ended by a fault."""
        blob = answer.blob
        assert blob is not None
        position, slow = answer.start, 0.0
        with blob.path.open("rb") as file:
            while position < answer.end:
                if self._closing.is_set():
                    return False
                step = min(_CHUNK, answer.end - position)
                fault = self._take("stream", blob, answer.repo, position, position + step)
                if fault and fault.kind == "cuteach":
                    fault.at += int(fault.value)
                if fault and fault.kind == "flip":
                    data = bytearray(os.pread(file.fileno(), step, position))
                    data[min(fault.at, blob.size - 1) - position] ^= 1
                    connection.sendall(data)
                    position, hit.sent = position + step, hit.sent + step
                    continue
                if fault:
                    step = min(fault.at, blob.size - 1) - position
                sent = self._some(connection, file.fileno(), position, step, slow or self.throttle) if step else 0
                position, hit.sent = position + sent, hit.sent + sent
                if fault and fault.kind == "slow":
                    slow = fault.value
                elif fault and fault.kind == "change":
                    self.change(answer.repo, blob.name, seed=f"changed {fault.seen}", size=int(fault.value) or None)
                elif fault and not self._break(connection, fault):
                    return False
        if answer.extra:
            connection.sendall(b"\xa5" * answer.extra)
        return answer.whole

    def _some(self, connection: socket.socket, file: int, position: int, step: int, rate: float) -> int:
        if rate:
            step = min(step, max(4096, int(rate / 20)))
            self._wait_for_budget(step, rate)
        if self._tls or not hasattr(os, "sendfile"):
            data = os.pread(file, step, position)
            connection.sendall(data)
            return len(data)
        return os.sendfile(connection.fileno(), file, position, step)

    def _wait_for_budget(self, size: int, rate: float) -> None:
        """One bucket for all connections: each grant moves the moment of the next one."""
        with self._lock:
            now = time.monotonic()
            ready = max(self._budget[0], now - 0.05)
            self._budget = (ready + size / rate, 0.0)
        if ready > now:
            self._closing.wait(ready - now)

    def _break(self, connection: socket.socket, fault: Fault) -> bool:
        """Do to the connection what the fault says; True: it goes on."""
        if fault.kind == "stall":
            self._closing.wait(fault.value or 3600)
            return bool(fault.value)
        if fault.action is not None:
            fault.action()
        if fault.kind == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return False


def _range(headers: dict[str, str], size: int) -> tuple[int, int]:
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", headers.get("range", ""))
    if not found:
        return 0, size
    return int(found[1]), min(int(found[2]) + 1, size) if found[2] else size


def main(arguments: list[str] | None = None) -> None:
    """A server with one file, until standard input ends; prints a line of JSON: its address and the file's hash."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.hub")
    parser.add_argument("--size", type=int, default=60_000_000)
    parser.add_argument("--throttle", type=float, default=0)
    options = parser.parse_args(arguments)
    with Hub(throttle=options.throttle) as hub:
        blob = hub.add("maker/model", "model.gguf", size=options.size)
        print(json.dumps({"address": hub.address, "sha256": blob.sha256, "commit": COMMIT}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

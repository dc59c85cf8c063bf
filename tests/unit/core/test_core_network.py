"""How the core uses the network: what the children are told, who gets which answer, and the list of connections."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.inbox import Inbox
from assistant.core.network import Network, address
from assistant.library.connections import Found, NetFailed, Search, SetToken, Switched, TokenKept
from assistant.net.ledger import Ledger
from assistant.storage.settings import Settings
from tests.fakes.net_client import FakeNets


class Desk:
    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self.inbox = Inbox(lambda: None)
        self.settings = Settings(folder / "settings.json")
        self.nets = FakeNets()
        self.ledger = folder / "logs" / "connections.jsonl"
        self.switched: list[Switched] = []
        self.network = Network(
            self.settings,
            self.inbox,
            ledger=self.ledger,
            logs=folder / "logs",
            mirrors=("https://mirror.example",),
            switched=self.switched.append,
            make=self.nets,
            environ=environ or {},
        )

    def search(self, done: Any) -> Any:
        return self.network.ask(Search(id=self.network.new_id(), text="x"), done)

    def say(self, event: Any) -> None:
        self.nets.questions.deliver(event)
        self.inbox.pump(1.0)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_no_child_is_made_before_it_is_asked(desk: Desk) -> None:
    desk.settings.set("proxy", "http://proxy:1")
    desk.network.refresh()
    assert desk.nets.made == {}
    desk.search(print)
    (setup,) = desk.nets.questions.setups
    assert setup.proxy == "http://proxy:1"
    assert setup.mirrors == ("https://mirror.example",)
    assert setup.ledger == str(desk.ledger)
    assert list(desk.nets.made) == ["questions"]


def test_a_change_reaches_both_children_at_once(desk: Desk) -> None:
    desk.search(print)
    assert desk.network.transfers is desk.nets.transfers
    desk.settings.set("hub_endpoint", "hf-mirror.com/")
    desk.settings.set("hub_fallback", False)
    desk.settings.set("offline", True)
    desk.network.refresh()
    for child in (desk.nets.questions, desk.nets.transfers):
        assert child.setups[-1].endpoint == "https://hf-mirror.com"
        assert not child.setups[-1].fallback
        assert child.setups[-1].offline


@pytest.mark.parametrize(
    ("named", "falls_back"),
    [
        ("", True),
        ("https://huggingface.co/", True),
        ("mirror.example", True),
        ("https://models.company.example", False),
        ("http://127.0.0.1:8000", False),
    ],
)
def test_what_is_asked_of_a_server_of_ones_own_goes_to_no_mirror(desk: Desk, named: str, falls_back: bool) -> None:
    desk.search(print)
    desk.settings.set("hub_endpoint", named)
    desk.network.refresh()
    assert desk.nets.questions.setups[-1].fallback is falls_back


@pytest.mark.parametrize(
    ("environ", "offline"),
    [
        ({"LAMPLIGHT_OFFLINE": "1"}, True),
        ({"HF_HUB_OFFLINE": "true"}, True),
        ({"LAMPLIGHT_OFFLINE": "0"}, False),
        ({"LAMPLIGHT_OFFLINE": ""}, False),
        ({}, False),
    ],
)
def test_the_environment_can_refuse_everything(tmp_path: Path, environ: dict[str, str], offline: bool) -> None:
    network = Desk(tmp_path, environ).network
    assert network.offline is offline
    assert network.offline_by_environment == (next(iter(environ)) if offline else "")
    assert network.setup.offline is offline


def test_each_question_gets_its_own_answer_once(desk: Desk) -> None:
    one: list[Any] = []
    two: list[Any] = []
    desk.search(one.append)
    desk.search(two.append)
    first, second = (request.id for request in desk.nets.questions.sent)
    desk.say(Found(id=second))
    desk.say(Found(id=second))
    desk.say(NetFailed(id=first, kind=ErrorKind.NET_STALLED, detail="d", values={"host": "h", "seconds": 3}))
    assert two == [Found(id=second)]
    (error,) = one
    assert isinstance(error, AssistantError)
    assert (error.kind, error.detail, error.values) == (ErrorKind.NET_STALLED, "d", {"host": "h", "seconds": 3})


def test_a_failure_with_strange_values_is_still_told(desk: Desk) -> None:
    got: list[Any] = []
    desk.search(got.append)
    desk.say(NetFailed(id=desk.nets.questions.sent[0].id, kind=ErrorKind.NET_BUSY, values={"kind": 1}))
    assert got[0].kind is ErrorKind.NET_BUSY


def test_who_cancels_hears_nothing(desk: Desk) -> None:
    got: list[Any] = []
    cancel = desk.search(got.append)
    cancel()
    cancel()
    identifier = desk.nets.questions.sent[0].id
    assert desk.nets.questions.cancelled == [(identifier, True)]
    desk.say(NetFailed(id=identifier, kind=ErrorKind.CANCELLED))
    assert got == []


def test_what_nobody_asked_belongs_to_the_downloads_and_another_source_is_told(desk: Desk) -> None:
    arrived: list[Any] = []
    desk.network.on_transfer = arrived.append
    desk.search(print)
    event = NetFailed(id="download-1", kind=ErrorKind.CANCELLED)
    desk.say(event)
    desk.say(Switched(source="mirror.example", kind=ErrorKind.NET_UNREACHABLE))
    assert arrived == [event]
    assert [one.source for one in desk.switched] == ["mirror.example"]


@pytest.mark.parametrize(("where", "both"), [("keyring", False), ("memory", True)])
def test_a_token_without_a_keyring_is_told_to_both_children(desk: Desk, where: str, both: bool) -> None:
    got: list[Any] = []
    desk.network.set_token("  secret ", got.append)
    (request,) = desk.nets.questions.sent
    assert request.token == "secret"
    desk.say(TokenKept(id=request.id, where=where, known=True))
    assert got[0].where == where
    sent = desk.nets.transfers.sent if "transfers" in desk.nets.made else []
    assert [request.token for request in sent if isinstance(request, SetToken)] == (["secret"] if both else [])


def test_the_list_of_connections_can_be_read_exported_and_forgotten(desk: Desk, tmp_path: Path) -> None:
    assert desk.network.ledger() == []
    ledger = Ledger(desk.ledger)
    ledger.end(ledger.begin("huggingface.co", 443, why="search", method="GET"), "ok")
    (entry,) = desk.network.ledger()
    assert (entry.host, entry.why, entry.outcome) == ("huggingface.co", "search", "ok")
    desk.network.export(tmp_path / "out.json")
    (row,) = json.loads((tmp_path / "out.json").read_text())["connections"]
    assert row["host"] == "huggingface.co"
    desk.network.clear()
    assert desk.network.ledger() == []


def test_a_list_that_cannot_be_written_is_an_error(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(AssistantError) as caught:
        desk.network.export(tmp_path / "file" / "out.json")
    assert caught.value.kind is ErrorKind.READ_ONLY


def test_the_end_takes_both_children(desk: Desk) -> None:
    got: list[Any] = []
    desk.search(got.append)
    transfers = desk.network.transfers
    desk.network.close()
    assert desk.nets.questions.closed
    assert transfers.closed  # type: ignore[attr-defined]
    assert got == []


@pytest.mark.parametrize(
    ("text", "scheme", "found"),
    [
        ("", "https", ""),
        (" hf-mirror.com/ ", "https", "https://hf-mirror.com"),
        ("http://127.0.0.1:8000/", "https", "http://127.0.0.1:8000"),
        ("proxy.example:8080", "http", "http://proxy.example:8080"),
    ],
)
def test_addresses_may_lack_what_everybody_leaves_out(text: str, scheme: str, found: str) -> None:
    assert address(text, scheme=scheme) == found

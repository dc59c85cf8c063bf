from __future__ import annotations

import threading

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net import token
from assistant.net.token import NAME, SERVICE, TokenKeeper, usable

TOKEN = "hf_canary"


class Ring:
    """A keyring in memory that counts who asks."""

    def __init__(self, **kept: str) -> None:
        self.kept = kept
        self.reads = 0
        self.deaf = False

    def get_password(self, service_name: str, username: str) -> str | None:
        assert (service_name, username) == (SERVICE, NAME)
        self.reads += 1
        return self.kept.get("token")

    def set_password(self, service_name: str, username: str, password: str) -> None:
        if not self.deaf:
            self.kept["token"] = password

    def delete_password(self, service_name: str, username: str) -> None:
        del self.kept["token"]


def test_it_is_kept_in_the_keyring() -> None:
    ring = Ring()
    keeper = TokenKeeper(keyring=lambda: ring)
    assert keeper.keep(f" {TOKEN}\n") == "keyring"
    assert ring.kept == {"token": TOKEN}
    assert (keeper.look(), keeper.where()) == (TOKEN, "keyring")
    other = TokenKeeper(keyring=lambda: ring)
    assert (other.where(), other.look()) == ("keyring", TOKEN)


def test_what_another_child_has_changed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = Ring(token=TOKEN)
    keeper = TokenKeeper(keyring=lambda: ring)
    assert [keeper.look(), keeper.look(), ring.reads] == [TOKEN, TOKEN, 1]
    monkeypatch.setattr(token, "_FRESH_SECONDS", -1.0)
    keeper.keep(TOKEN)
    ring.kept["token"] = "hf_new"
    assert keeper.look() == "hf_new"
    del ring.kept["token"]
    assert keeper.look() == ""
    assert keeper.where() == "none"


def test_it_is_forgotten_everywhere() -> None:
    ring = Ring(token=TOKEN)
    keeper = TokenKeeper(keyring=lambda: ring)
    assert keeper.look() == TOKEN
    assert keeper.keep("") == "none"
    assert ring.kept == {}
    assert (keeper.look(), keeper.where()) == ("", "none")
    ring.kept["token"] = "hf_later"  # by another child
    assert keeper.look() == "hf_later"


def test_without_a_keyring_it_stays_in_memory() -> None:
    keeper = TokenKeeper(keyring=lambda: None)
    assert keeper.where() == "none"
    assert keeper.keep(TOKEN) == "memory"
    assert (keeper.look(), keeper.where()) == (TOKEN, "memory")


def test_a_keyring_that_forgets_is_none() -> None:
    ring = Ring()
    ring.deaf = True
    assert TokenKeeper(keyring=lambda: ring).keep(TOKEN) == "memory"


def test_a_keyring_that_fails_is_none() -> None:
    def broken() -> Ring:
        raise RuntimeError(TOKEN)

    keeper = TokenKeeper(keyring=broken)
    assert keeper.look() == ""
    assert keeper.keep(TOKEN) == "memory"


def test_a_keyring_that_hangs_can_be_given_up() -> None:
    over = threading.Event()

    def hanging() -> None:
        over.wait(30)

    def check() -> None:
        raise AssistantError(ErrorKind.CANCELLED)

    keeper = TokenKeeper(keyring=hanging)
    with pytest.raises(AssistantError):
        keeper.look(check)
    over.set()


def test_the_environments_token_goes_first_and_asks_no_keyring() -> None:
    ring = Ring(token="hf_other")
    keeper = TokenKeeper(keyring=lambda: ring)
    keeper.give(TOKEN)
    assert (keeper.look(), keeper.where(), ring.reads) == (TOKEN, "environment", 0)
    assert keeper.keep("hf_new") == "keyring"
    assert keeper.look() == "hf_new"


@pytest.mark.parametrize("word", ["", "two words", "new\nline", "ümlaut", "x" * 1001, "\x7f", "a\r\nHost: evil"])
def test_what_is_no_token_is_never_sent(word: str) -> None:
    assert not usable(word)
    keeper = TokenKeeper(keyring=lambda: Ring(token=word))
    keeper.give(word)
    assert keeper.look() == ""
    if word:
        with pytest.raises(ValueError, match="not a token"):
            keeper.keep(word)

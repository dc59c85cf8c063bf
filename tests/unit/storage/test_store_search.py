"""Searching titles and texts: any case, any script, limited in time, and it can be interrupted."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage import reading
from assistant.storage.store import Store
from tests.fakes.stores import conversation, make_big_store, message, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lamplight.sqlite3"


def fill(store: Store) -> dict[str, int]:
    places = {}
    for name, title, text in (
        ("tea", "Green TEA", "boil water, 80 degrees"),
        ("lamp", "灯下读书", "夜里在灯下读书,很安静。"),
        ("street", "Straße", "ÉCOLE près de l'Œuvre; 100% sure_ly \\ backslash"),
        ("greek", "", "ΟΔΥΣΣΕΥΣ и МОСКВА"),
    ):
        places[name] = conversation(store, title)
        message(store, places[name], text)
    store.drain()
    return places


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("green tea", ["tea"]),
        ("BOIL", ["tea"]),
        ("灯下", ["lamp"]),
        ("灯", ["lamp"]),
        ("安静", ["lamp"]),
        ("école", ["street"]),
        ("STRASSE", []),  # ASCII is compared by letters; ß has no capital there
        ("straße", ["street"]),
        ("œuvre", ["street"]),
        ("москва", ["greek"]),
        ("οδυσσευσ", ["greek"]),
        ("100%", ["street"]),
        ("100_", []),
        ("sure_ly", ["street"]),
        ("\\ back", ["street"]),
        ("  80  ", ["tea"]),
        ("r", ["street", "tea"]),
        ("", []),
        ("   ", []),
        ("nowhere", []),
    ],
)
def test_what_is_found(path: Path, text: str, found: list[str]) -> None:
    with opened(path) as (store, _, _):
        places = fill(store)
        names = {number: name for name, number in places.items()}
        assert [names[number] for number in store.search(text)] == found


def test_the_trash_is_not_searched_and_the_limit_holds(path: Path) -> None:
    with opened(path) as (store, answers, _):
        numbers = [conversation(store, f"same {number}") for number in range(10)]
        answers.to(store.trash_conversation(numbers[9]))
        assert store.search("same", limit=3) == [numbers[8], numbers[7], numbers[6]]
        assert store.search("same", limit=0) == []
        answers.to(store.restore_conversation(numbers[9]))
        assert store.search("same", limit=1) == [numbers[9]]


def test_a_search_ends_in_time_with_what_it_has(path: Path) -> None:
    make_big_store(path, 2000)
    with opened(path) as (store, answers, _):
        newest = conversation(store, "zebra")
        answers.to(store.set_draft(0, ""))
        # An accented needle compares in Python, slowly; the newest conversation is looked at first.
        start = time.monotonic()
        assert store.search("zebrá", seconds=0.0) == []
        assert time.monotonic() - start < 5
        assert store.search("zebra", limit=1) == [newest]
        assert store.search("harvest", seconds=30) == [1]


def test_a_search_holds_up_neither_other_reads_nor_the_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_big_store(path, 50)
    searching, go_on = threading.Event(), threading.Event()

    def holds(value: object, needle: object) -> bool:
        searching.set()
        go_on.wait(20)
        return False

    interrupt, told = reading.Reader.interrupt, []

    def interrupted(reader: reading.Reader) -> None:
        interrupt(reader)
        told.append(reader)
        if len(told) == 2:  # the search has a connection of its own
            go_on.set()

    monkeypatch.setattr(reading, "_holds", holds)
    monkeypatch.setattr(reading.Reader, "interrupt", interrupted)
    caught: list[AssistantError] = []

    def search(store: Store) -> None:
        try:
            store.search("é", seconds=60)
        except AssistantError as error:
            caught.append(error)

    with opened(path) as (store, _, _):
        thread = threading.Thread(target=search, args=(store,))
        thread.start()
        assert searching.wait(20)
        # Other reads do not wait for the search.
        assert len(store.path(1)) == 50
        store.close()
        thread.join(20)
        assert not thread.is_alive()
        assert [error.kind for error in caught] == [ErrorKind.CANCELLED]

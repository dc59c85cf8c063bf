"""The list of conversations over a real store: what comes into it, what is known of each, and what leaves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.core.conversation_rows import ConversationRows
from assistant.core.pending_writes import PendingWrites
from assistant.storage.store import Store


class Listing:
    """The list, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.events: list[Any] = []
        self.store = Store(folder / "data.sqlite3", lambda event: None)
        self.store.open()
        self.rows = self.read()

    def read(self) -> ConversationRows:
        """The list as another start of the program finds it."""
        self.store.drain()
        return ConversationRows(self.store, PendingWrites(lambda error: None), emit=self.events.append)

    def ids(self) -> list[int]:
        return [row.id for row in self.rows.all()]


@pytest.fixture
def listing(tmp_path: Path) -> Iterator[Listing]:
    listing = Listing(tmp_path)
    yield listing
    listing.store.close()


def test_a_conversation_without_a_message_is_not_kept(listing: Listing) -> None:
    new = listing.rows.create()
    assert listing.rows.create() == new
    assert listing.rows.is_new(new)
    listing.rows.set_draft(new, "   ")
    assert listing.ids() == []
    assert not listing.events
    listing.rows.set_draft(new, "half a thought")
    listing.store.drain()
    assert listing.rows.draft(new) == "half a thought"
    assert listing.ids() == [new]
    assert listing.rows.is_kept(new)
    assert listing.events


def test_instructions_of_a_conversation_without_a_message_are_kept(listing: Listing) -> None:
    new = listing.rows.create()
    listing.rows.instruct(new, "")
    assert listing.ids() == []
    listing.rows.instruct(new, "Answer in rhymes.")
    assert [(row.id, row.system) for row in listing.read().all()] == [(new, "Answer in rhymes.")]
    assert listing.rows.create() != new, "the next one has none"
    listing.rows.delete(new)
    listing.rows.instruct(new, "Too late.")
    assert listing.ids() == []


def test_the_last_changed_comes_first_and_a_deleted_one_comes_back_to_its_place(listing: Listing) -> None:
    kept = []
    for title in ("one", "two", "three"):
        kept.append(listing.rows.create())
        listing.rows.rename(kept[-1], title)
    one, two, three = kept
    assert listing.ids() == [three, two, one]
    listing.rows.touch(one, None)
    assert listing.ids() == [one, three, two]
    listing.rows.delete(three)
    listing.rows.touch(three, None)  # its answer ended meanwhile
    assert listing.ids() == [one, two]
    assert listing.rows.undo_delete() == three
    assert listing.ids() == [one, three, two]
    assert listing.rows.undo_delete() is None


def test_a_title_of_ones_own_is_told_from_one_that_was_made(listing: Listing) -> None:
    new = listing.rows.create()
    listing.rows.keep(new)
    listing.rows.call_by(new, "How deep is the sea?")
    assert (listing.rows.kept(new).title, listing.rows.kept(new).titled) == ("How deep is the sea?", False)
    listing.rows.rename(new, "  The \n sea ")
    assert (listing.rows.kept(new).title, listing.rows.kept(new).titled) == ("The sea", True)
    assert [row.titled for row in listing.read().all()] == [True]
    assert [hit.row.id for hit in listing.rows.search("SEA")] == [new]
    assert listing.rows.search("land") == []

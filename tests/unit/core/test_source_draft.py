"""A text that waits to be summarized, through the whole core: kept over an end of the program, gone when removed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core import source_draft
from tests.fakes.summary_desk import SummaryDesk

TEXT = "  Typed and not summarized.\n\n灯下的故事还没有写完。😀 "


@contextlib.contextmanager
def program(*, keep: bool = True) -> Iterator[SummaryDesk]:
    desk = SummaryDesk(keep=keep)
    try:
        yield desk
    finally:
        desk.close()


def kept(desk: SummaryDesk) -> str:
    found = desk.result(desk.core.source_draft.read)
    assert isinstance(found, str)
    return found


def test_a_text_is_there_at_the_next_start_as_it_was_until_it_is_removed() -> None:
    with program() as desk:
        assert kept(desk) == ""
        desk.core.source_draft.keep(TEXT)
    with program() as desk:
        assert kept(desk) == TEXT
        desk.core.source_draft.keep("")
    with program() as desk:
        assert kept(desk) == ""


def test_a_program_that_keeps_nothing_keeps_it_for_itself() -> None:
    with program(keep=False) as desk:
        desk.core.source_draft.keep(TEXT)
        assert kept(desk) == TEXT
    with program() as desk:
        assert kept(desk) == ""


def test_it_is_read_on_another_thread_and_trouble_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def draft(_kind: str) -> str:
        threads.append(threading.current_thread())
        raise AssistantError(ErrorKind.DATABASE_DAMAGED)

    with program() as desk:
        monkeypatch.setattr(desk.core.source_draft._rows, "draft", draft)
        assert kept(desk) == ""
    assert threads != [threading.current_thread()]
    assert len(threads) == 1


def test_what_could_not_be_read_as_a_document_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_draft, "LARGEST_PASTE", len(TEXT))
    with program() as desk:
        desk.core.source_draft.keep(TEXT)
        desk.core._store.drain()  # type: ignore[union-attr]
        assert kept(desk) == TEXT
        desk.core.source_draft.keep(TEXT + "x")
        desk.core._store.drain()  # type: ignore[union-attr]
        assert kept(desk) == ""

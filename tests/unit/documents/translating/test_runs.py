"""Paragraphs that consist of runs: what deep nesting costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assistant.documents.translating import runs
from assistant.documents.translating.runs import Anchor, Group, Item, Piece, Shell, Text, Thing

_SHELL = Shell(b"", b"", b"w:t", b"", preserving=False)
_DEPTH, _MANY = 150, 2000


def _nested(items: list[Item]) -> list[Item]:
    for _ in range(_DEPTH):
        items = [Group([Piece(0, 1)], [Piece(1, 2)], items)]
    return items


def _many_texts() -> list[Item]:
    return [one for at in range(_MANY) for one in (Text("word ", at, at + 1, _SHELL), Thing([Piece(at, at + 1)]))]


def _counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[object]:
    """The arguments that this function of the module is called with from now on."""
    calls: list[object] = []
    inner: Callable[[Any], Any] = getattr(runs, name)

    def counting(argument: Any) -> Any:
        calls.append(argument)
        return inner(argument)

    monkeypatch.setattr(runs, name, counting)
    return calls


def test_codes_are_not_counted_anew_at_each_level(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _counted(monkeypatch, "_codes")
    anchors: list[Item] = [Anchor([Piece(at, at + 1)]) for at in range(_MANY)]
    (made,) = runs.stretches(_nested([Text("word", 0, 1, _SHELL), *anchors]))
    assert len(made.pairs) == _DEPTH
    assert len(made.anchors) == _MANY
    assert len(calls) < 2 * (_MANY + _DEPTH)


def test_what_became_one_thing_is_not_taken_apart_at_each_level(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _counted(monkeypatch, "pieces_of")
    items = _nested(_many_texts())
    whole = list(runs.pieces_of(items))
    calls.clear()
    (made,) = runs.stretches(items)
    assert [piece for thing in made.things for piece in thing.pieces] == whole
    assert len(calls) < 2 * _DEPTH

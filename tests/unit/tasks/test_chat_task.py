"""From turns and rendered parts to the engine's prompt."""

from __future__ import annotations

import pytest

from assistant.engine.messages import Marks, Piece
from assistant.tasks.chat import (
    AnswerOptions,
    ChatTurn,
    RenderedPart,
    chat_request,
    prompt_pieces,
    raw_pieces,
    resumed,
    unthinking,
)
from assistant.tasks.presets import ChatPreset, chat_preset, load_preset

TURNS = (ChatTurn("user", "Hi"), ChatTurn("assistant", "Hello", ids=(5, 6), fingerprint="f"), ChatTurn("user", "More"))
PARTS = (
    RenderedPart("<u>", checkpoint=True),
    RenderedPart("Hi", 0, whole=True),
    RenderedPart("<a>"),
    RenderedPart("Hello", 1, whole=True),
    RenderedPart("<u>", checkpoint=True),
    RenderedPart("More", 2, whole=True),
    RenderedPart("<a>"),
)


def test_only_the_template_is_trusted_and_answers_keep_their_ids() -> None:
    pieces = prompt_pieces(PARTS, TURNS, "f")
    assert [piece.trusted for piece in pieces] == [True, False, True, False, True, False, True]
    assert [piece.ids for piece in pieces] == [None, None, None, (5, 6), None, None, None]
    assert [piece.checkpoint for piece in pieces] == [True, False, False, False, True, False, False]


def test_ids_of_another_tokenizer_or_of_changed_text_are_not_used() -> None:
    assert all(piece.ids is None for piece in prompt_pieces(PARTS, TURNS, "other"))
    trimmed = (RenderedPart("Hell", 1, whole=False),)
    assert prompt_pieces(trimmed, TURNS, "f")[0].ids is None


def test_a_raw_prompt_is_one_text_with_paragraphs_for_each_wish() -> None:
    assert raw_pieces(TURNS) == (Piece(text="HiHello\n\nMore"),)


def test_continuing_an_answer_closes_the_reasoning_that_the_prompt_opened() -> None:
    marks = (Marks(start="<think>", end="</think>", opened=True),)
    begun = ChatTurn("assistant", "So far", reasoning="hmm", ids=(9,), fingerprint="f")
    pieces, left = resumed((Piece(text="<a><think>", trusted=True),), marks, begun, "f")
    assert "".join(piece.text for piece in pieces) == "<a><think>hmm</think>\n\nSo far"
    assert pieces[-1].ids == (9,)
    assert left == ()


@pytest.mark.parametrize(
    ("mark", "more"),
    [
        (Marks(start="<think>", end="</think>", opened=True), "\n</think>\n\n"),
        (Marks(start="<|think|>", end="<|end|><|begin|>a<|content|>", opened=True), "<|end|><|begin|>a<|content|>"),
        (Marks(start="<|channel|>analysis<|message|>", end="<|end|>"), "<|channel|>final<|message|>"),
        (Marks(start="<think>", end="</think>"), ""),
    ],
)
def test_where_no_reasoning_is_wanted_it_ends_before_it_begins(mark: Marks, more: str) -> None:
    pieces, left = unthinking((Piece(text="<a>", trusted=True),), (mark,))
    assert "".join(piece.text for piece in pieces) == "<a>" + more
    assert all(piece.trusted for piece in pieces)
    assert left == (Marks(start=mark.start, end=mark.end),), "a model that reasons nevertheless is noticed"


def test_an_answer_is_continued_in_the_channel_of_answers() -> None:
    marks = (Marks(start="<|channel|>analysis<|message|>", end="<|end|>"),)
    pieces, _ = resumed((Piece(text="<a>", trusted=True),), marks, ChatTurn("assistant", "So far"), "f")
    assert "".join(piece.text for piece in pieces) == "<a><|channel|>final<|message|>So far"


def test_the_users_limit_comes_before_the_default() -> None:
    request = chat_request("r", (), AnswerOptions(max_tokens=7), key="k", marks=())
    assert request.max_tokens == 7
    assert chat_request("r", (), AnswerOptions(), key="k", marks=()).max_tokens == 0


def test_the_preset_is_complete_and_unknown_presets_are_errors() -> None:
    preset = chat_preset()
    assert preset.reserve > 0
    assert 0.5 < preset.warn_at < 1
    with pytest.raises(FileNotFoundError):
        load_preset("nothing", ChatPreset)

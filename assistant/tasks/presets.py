"""Prompts and options as data: ``resources/prompts/*.json``, checked when loaded."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import TypeVar

import msgspec

from assistant.base.assets import resources
from assistant.tasks.summary import Format, Length, ProblemKind

T = TypeVar("T")


class ChatPreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is fixed about a chat.

    :ivar max_tokens: the longest answer, in tokens, when the user has not set one.
    :ivar reserve: tokens kept free for an answer; a prompt that leaves less does not fit.
    :ivar warn_at: share of the context from which the user is told that room runs out.
    :ivar title_characters: length of a title made from the first message.
    """

    comment: str
    max_tokens: int
    reserve: int
    warn_at: float
    title_characters: int


class SummarySizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a summary's budget is made of, in tokens.

    :ivar part_wanted: a part of this size is useful; smaller ones only where the context is small.
    :ivar answer_share: an answer gets one token for so many of its part.
    :ivar own: what a prompt holds besides its head and the text: number, lines around the text, last sentence.
    :ivar source: what stands between two summaries that are merged.
    :ivar final: the longest result, by length; ``forms``: per cent of that, by format.
    """

    part_least: int
    part_wanted: int
    part_most: int
    single_most: int
    quick_most: int
    answer_share: int
    answer_least: int
    answer_most: int
    own: int
    source: int
    margin: int
    final: dict[Length, int]
    forms: dict[Format, int]

    def __post_init__(self) -> None:
        _complete(self.final, Length)
        _complete(self.forms, Format)


class SummarySampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How answers are sampled. ``again``: the temperature of a repair."""

    temperature: float
    top_p: float
    again: float
    seed: int


class SummaryForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words for one format. ``item``: words (Chinese: characters) of one of its items, 0 if it has none."""

    words: str
    item: int


class SummaryClosing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    part: str
    merge: str
    final: str


class SummaryWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The prompts in one language.

    :ivar repairs: what is said when an answer was no good, by the ``ProblemKind``.
    :ivar languages: names of languages by tag.
    :ivar per_token: words (Chinese: characters) that are asked for, for each hundred tokens of room.
    """

    rules: str
    part: str
    merge: str
    final: str
    whole: str
    excerpts: str
    focus: str
    audience: str
    number: str
    closing: SummaryClosing
    forms: dict[Format, SummaryForm]
    repairs: dict[ProblemKind, str]
    same_language: str
    languages: dict[str, str]
    per_token: int

    def __post_init__(self) -> None:
        _complete(self.forms, Format)


class SummaryPreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sizes, sampling and prompts of summaries. ``per_token_other``: for languages without prompts of their own."""

    comment: str
    budget: SummarySizes
    sampling: SummarySampling
    en: SummaryWords
    zh: SummaryWords
    per_token_other: int


class AskWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The prompts for questions in one language."""

    passages: str
    whole: str
    page: str
    question: str
    same_language: str


class AskPreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions about a document. Tokens, unless said.

    :ivar exchanges_most: questions and answers of before that are shown again.
    :ivar stop: what ends an answer: a small model that goes on with a question of its own.
    """

    comment: str
    answer_most: int
    passages_most: int
    history_most: int
    exchanges_most: int
    own: int
    margin: int
    least: int
    temperature: float
    top_p: float
    stop: tuple[str, ...]
    en: AskWords
    zh: AskWords


def _complete(given: Iterable[StrEnum], kind: type[StrEnum]) -> None:
    missing = sorted(set(kind) - set(given))
    if missing:
        raise ValueError(f"nothing is said for {', '.join(missing)}")


def load_preset(name: str, kind: type[T]) -> T:
    """The preset ``name`` as ``kind``.

    :raises msgspec.ValidationError: the file does not say what ``kind`` needs: a defect of the installation.
    """
    return msgspec.json.decode((resources() / "prompts" / f"{name}.json").read_bytes(), type=kind)


@cache
def chat_preset() -> ChatPreset:
    return load_preset("chat", ChatPreset)


@cache
def summary_preset() -> SummaryPreset:
    return load_preset("summarize", SummaryPreset)


@cache
def ask_preset() -> AskPreset:
    return load_preset("ask", AskPreset)

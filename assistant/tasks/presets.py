"""Prompts and options as data: ``resources/prompts/*.json``, checked when loaded."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from typing import TypeVar

import msgspec

from assistant.base.assets import resources
from assistant.documents.segments import FindingKind
from assistant.tasks.summary import Format, Length, ProblemKind
from assistant.tasks.translation import ATTEMPTS, Formality

T = TypeVar("T")


class ChatPreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is fixed about a chat.

    :ivar reserve: tokens kept free for an answer; a prompt that leaves less does not fit.
    :ivar warn_at: share of the context from which the user is told that room runs out.
    :ivar title_width: of a title made from the first message, in Latin letters (a Chinese character counts as two).
    """

    comment: str
    reserve: int
    warn_at: float
    title_width: int


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
    """The words for one format.

    :ivar item: words (Chinese: characters) of one of its items, 0 if it has none.
    :ivar repair: what is said when an answer was not in this form; empty: every text is.
    """

    words: str
    item: int
    repair: str = ""


class SummaryClosing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    part: str
    merge: str
    final: str


class SummaryWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The prompts in one language.

    :ivar repairs: what is said when an answer was no good, by the ``ProblemKind``.
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


class TranslateSizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a prompt and its answer may have. Tokens, unless said.

    :ivar head: what the instructions have at most; ``own``: what else a prompt has besides text and background.
    :ivar piece_most: a longer segment is translated in pieces; ``piece_least``: a context for less is too small.
    :ivar answer_own: what an answer has besides its text; ``code``: what a tag takes.
    :ivar generous: per cent of the length that an answer is expected to have.
    :ivar before: sentences before that are shown; ``before_characters``: of all of them together.
    :ivar terms: of the glossary, for one segment.
    :ivar wish: characters of an audience or a domain; ``note``: of a comment; ``term``: of a term; ``item``: of what is
        quoted in a repair; ``items``: how many are.
    """

    head: int
    own: int
    margin: int
    piece_most: int
    piece_least: int
    answer_own: int
    code: int
    generous: int
    before: int
    before_characters: int
    terms: int
    wish: int
    note: int
    term: int
    item: int
    items: int


class TranslateSampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How answers are sampled. Each list has a value for the first attempt and for each repair.

    Penalties are named although they are off: a model's own recommendation of them, made for chats, would keep it from
    saying a term or a tag a second time.
    """

    temperature: tuple[float, ...]
    top_p: float
    version: float
    seed: int
    top_k: int | None = None
    min_p: float | None = None
    repeat_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0

    def __post_init__(self) -> None:
        if len(self.temperature) != ATTEMPTS:
            raise ValueError("a temperature for each attempt is needed")


class TranslateWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The prompts for chat models in one language.

    :ivar head: the instructions, ``pair``: the languages in them, ``pair_unknown``: where the source's is not known.
    :ivar text: what stands right before the text, where something else stands before that.
    :ivar closing: what stands behind the text; ``closing_after``: where a background stands before it.
    :ivar repairs: what is said when an answer was no good, by the ``FindingKind``.
    """

    head: str
    pair: str
    pair_unknown: str
    formality: dict[Formality, str]
    audience: str
    domain: str
    background: str
    heading: str
    before_target: str
    note: str
    terms: str
    term: str
    term_kept: str
    term_forbidden: str
    version: str
    text: str
    closing: str
    closing_after: str
    tags: str
    repairs: dict[FindingKind, str]
    per_item: str

    def __post_init__(self) -> None:
        _complete(self.formality, Formality)
        _complete(self.repairs, [kind for kind in FindingKind if kind is not FindingKind.UNCHECKED])


class TranslateForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The prompts that a translation model was trained on, each in Chinese (``zh``) and in all other languages.

    :ivar plain: and so on: by the language of the prompt; one that is missing is not there.
    :ivar names: of languages that the model calls otherwise, in English and in Chinese, by tag.
    :ivar codes: of languages, by tag, where they are not the tags.
    :ivar styles: words for a formality, by the language of the prompt.
    :ivar template: used instead of the file's own.
    :ivar input_most: tokens that a prompt may have, 0: the context.
    :ivar samplings: by the architecture; empty: all others.
    """

    plain: dict[str, str]
    samplings: dict[str, TranslateSampling]
    glossary: dict[str, str] = {}
    pair: dict[str, str] = {}
    style: dict[str, str] = {}
    styles: dict[str, dict[Formality, str]] = {}
    audience: dict[str, str] = {}
    context: dict[str, str] = {}
    names: dict[str, tuple[str, str]] = {}
    codes: dict[str, str] = {}
    template: str = ""
    input_most: int = 0


class TranslateLengths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the same text is in a language, and what it costs; ``other``: all others.

    :ivar density: characters by language, in English 1.
    :ivar tokens: for each character in a vocabulary that was not made for it, by language, else by script.
    """

    density: dict[str, float]
    tokens: dict[str, float]


class TranslatePreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sizes, sampling and prompts of translations.

    :ivar forms: by the value of ``PromptStyle``; a chat model has ``en`` and ``zh``.
    :ivar small_words: of English, which begin sentences and are no names.
    """

    comment: str
    sizes: TranslateSizes
    sampling: TranslateSampling
    lengths: TranslateLengths
    en: TranslateWords
    zh: TranslateWords
    forms: dict[str, TranslateForm]
    small_words: str


def _complete(given: Iterable[StrEnum], kind: Iterable[StrEnum]) -> None:
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


@cache
def translate_preset() -> TranslatePreset:
    return load_preset("translate", TranslatePreset)

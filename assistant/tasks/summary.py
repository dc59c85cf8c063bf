"""What a summary is made of: its options, the plan, its steps and what came of them. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.tasks.chat import AnswerOptions, ChatTurn


class Depth(StrEnum):
    """How much of the document the model reads."""

    THOROUGH = "thorough"  # everything
    QUICK = "quick"  # the most telling sentences, chosen without the model


class Length(StrEnum):
    """How long a summary is wanted."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class Format(StrEnum):
    """Which form a summary is wanted in."""

    PARAGRAPH = "paragraph"
    BULLETS = "bullets"
    ABSTRACT = "abstract"
    MINUTES = "minutes"  # of a meeting, with action items
    QA = "qa"  # questions and answers
    TABLE = "table"  # of facts


@dataclass(frozen=True)
class SummaryOptions:
    """What somebody may choose about a summary.

    :ivar language: of the result, BCP 47 ("en", "zh-Hans"); empty: the language of the document.
    :ivar audience: whom it is for, in the user's words.
    :ivar focus: what it should look at above all, in the user's words.
    """

    depth: Depth = Depth.THOROUGH
    length: Length = Length.MEDIUM
    format: Format = Format.PARAGRAPH
    language: str = ""
    audience: str = ""
    focus: str = ""


@dataclass(frozen=True)
class Budget:
    """How the context of a model is shared out, in tokens.

    :ivar part: the most that the text of one part may have.
    :ivar single: a document of at most this is read in one step.
    :ivar quick: what a quick look reads of a document.
    :ivar answer: the longest summary of a part, and of a merge that is not the last one.
    :ivar final: the longest result.
    :ivar fan_in: how many summaries one merge takes; ``final_fan_in``: how many the last one takes.
    :ivar parallel: how many steps with their answers fit the context at once.
    :ivar head: what instructions and template take, as whoever has the tokenizer measured it.
    :ivar spare: what is left of the context beside the largest prompt with its answer.
    """

    part: int
    single: int
    quick: int
    answer: int
    final: int
    fan_in: int
    final_fan_in: int
    parallel: int
    head: int
    spare: int = 0


@dataclass(frozen=True, order=True)
class StepKey:
    """Which call to the model: level 0 reads the document's parts, each further level merges the one below."""

    level: int
    index: int


@dataclass(frozen=True)
class SummaryPlan:
    """What will be done, before it is done.

    :ivar widths: steps of each level; the last one is 1. A document that fits is ``(1,)``.
    :ivar reading: tokens that each level reads, without the heads of its prompts; of what will be merged, the most.
    :ivar writing: tokens that each level writes at most.
    :ivar head_tokens: what every prompt of a level begins with: read once per level, not once per step.
    """

    widths: tuple[int, ...]
    reading: tuple[int, ...]
    writing: tuple[int, ...]
    head_tokens: int

    @property
    def prompt_tokens(self) -> int:
        """Everything that will be read, at most."""
        return sum(self.reading) + self.levels * self.head_tokens

    @property
    def answer_tokens(self) -> int:
        """Everything that will be written, at most."""
        return sum(self.writing)

    @property
    def parts(self) -> int:
        return self.widths[0]

    @property
    def levels(self) -> int:
        return len(self.widths)

    @property
    def steps(self) -> int:
        return sum(self.widths)

    @property
    def one_step(self) -> bool:
        return self.steps == 1


@dataclass(frozen=True)
class Step:
    """One call to the model.

    :ivar turns: instructions first, the material last and in a turn of its own; all of it is text, none of it trusted.
    :ivar options: temperature, seed, ``max_tokens``; reasoning is never asked for.
    :ivar sources: the steps whose results it merges; empty for a part of the document.
    :ivar attempt: 0, or 1 for the repair of an answer that was no good.
    :ivar final: its answer is the result.
    """

    key: StepKey
    turns: tuple[ChatTurn, ...]
    options: AnswerOptions
    sources: tuple[StepKey, ...] = ()
    attempt: int = 0
    final: bool = False

    @property
    def max_tokens(self) -> int:
        return self.options.max_tokens


class ProblemKind(StrEnum):
    """What can be wrong with an answer. The values in brackets are in ``Problem.values``."""

    PREAMBLE = "preamble"  # taken off
    INSTRUCTION = "instruction"  # it repeated its prompt; that was taken off
    REASONING = "reasoning"  # taken off
    LOOP = "loop"  # it repeated itself; what repeats was taken off
    ECHO = "echo"  # (percent) copied word for word from the text
    EMPTY = "empty"
    REFUSAL = "refusal"
    LANGUAGE = "language"  # (wanted) not in the language that was asked for
    FORM = "form"  # prose, where a list or a table was asked for
    CUT = "cut"  # ended at its longest length; the unfinished sentence was taken off


@dataclass(frozen=True)
class Problem:
    """Something that was found in an answer.

    :ivar mended: it was taken away and nothing is missing: nobody needs to hear of it.
    :ivar minor: worth a word, but not worth asking the model again.
    """

    kind: ProblemKind
    mended: bool = False
    minor: bool = False
    values: Mapping[str, int | str] = field(default_factory=dict)


class Verdict(StrEnum):
    """What is done with the answer to a step."""

    ACCEPTED = "accepted"
    AGAIN = "again"  # ask once more: ``Outcome.step``
    FLAWED = "flawed"  # kept, because there is nothing better, and said


@dataclass(frozen=True)
class Outcome:
    """What became of one answer.

    :ivar text: what is kept of it; to be stored for a restart unless the verdict is AGAIN.
    :ivar step: the repair to ask for, when the verdict is AGAIN.
    """

    key: StepKey
    verdict: Verdict
    text: str = ""
    problems: tuple[Problem, ...] = ()
    step: Step | None = None

"""A translation, as a state machine: which segments can be asked for now, and what is kept of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.documents.segments import Checked, Pair, Segment, Term
from assistant.engine.messages import FinishReason
from assistant.tasks.translation import (
    Expected,
    LanguageNames,
    Outcome,
    PromptStyle,
    TranslateOptions,
    TranslateStep,
)

_UNKNOWN = LanguageNames()


class TranslateTask:
    """One translation. It asks for nothing by itself: whoever runs it takes steps and brings back answers.

    :param options: with ``source`` filled in where it was detected.
    :param names: of the source's and the target's language.
    :param terms: the glossary.
    :param style: the form of prompts that the model was made for.
    :param context: tokens that one request may have, prompt and answer together.
    :param costs: tokens of each segment's text by the model's own tokenizer; empty: they are estimated.
    :param memory: exact matches of the translation memory, by segment; they are not asked for.
    :param done: segments that were finished before, as ``Outcome.text`` gave them.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        options: TranslateOptions,
        *,
        names: tuple[LanguageNames, LanguageNames] = (_UNKNOWN, _UNKNOWN),
        terms: Sequence[Term] = (),
        style: PromptStyle = PromptStyle.CHAT,
        context: int = 8192,
        costs: Sequence[int] = (),
        memory: Mapping[int, str] | None = None,
        done: Mapping[int, str] | None = None,
    ) -> None: ...

    # ------------------------------------------------------------ what is known

    @property
    def total(self) -> int:
        """Segments."""

    @property
    def done(self) -> int:
        """Segments that have a result."""

    def result(self, index: int) -> str | None:
        """The translation of a segment, codes included; None: it is not finished."""

    def results(self) -> tuple[str | None, ...]:
        """All of them, in order."""

    def expected(self, index: int) -> Expected:
        """About how many tokens a segment takes; nothing where it is finished."""

    # ------------------------------------------------------------ asking and answering

    def take(self, most: int) -> list[TranslateStep]:
        """At most ``most`` steps that can be asked now, in the document's order; each is given out once."""

    def put_back(self, index: int) -> None:
        """The request for this segment was stopped or lost: it will be ready again, from its first attempt."""

    def heard(self, index: int, text: str, finish: FinishReason = FinishReason.END) -> Pair | None:
        """The answer to a step that was given out, to be checked and brought back to ``judged``.

        :param text: what the model wrote, without ``step.begun``.
        :returns: None: it was a piece of a long segment, and ``take`` gives the next one.
        :raises KeyError: this segment is not being asked for.
        """

    def judged(self, index: int, checked: Checked) -> Outcome:
        """What was found in a pair that ``heard`` gave.

        :raises KeyError: this segment is not waiting to be judged.
        """

    # ------------------------------------------------------------ what somebody may wish

    def again(self, index: int) -> TranslateStep:
        """Translate a segment once more, with another throw of the dice; what there is stays until then.

        Its answers go the way of all others (``heard``, ``judged``, ``put_back``).
        """

    def reflow(self, index: int, kept: str) -> TranslateStep:
        """Write the rest of a translation that begins with ``kept`` (codes included). Its answer goes to ``read``."""

    def version(self, index: int, number: int) -> TranslateStep:
        """Another translation of a segment, in other words; ``number`` from 1. Its answer goes to ``read``."""

    def back(self, index: int, text: str = "") -> TranslateStep:
        """A translation (empty: that of the segment) into the source's language. Its answer goes to ``read``."""

    def read(self, step: TranslateStep, text: str, finish: FinishReason = FinishReason.END) -> Pair:
        """The answer to a wish, with its codes, to be checked; nothing is kept. A wrong code is put right."""

    def put(self, index: int, text: str) -> None:
        """This is the segment's translation now: somebody has written or chosen it."""

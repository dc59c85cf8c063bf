"""How one call to the model is made: its prompt, its room, its sampling and what its answer may be spelled with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.segments import Finding, FindingKind, Term, without_codes
from assistant.engine.messages import ScriptLock
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.tasks.foreign import free_signs, free_words
from assistant.tasks.glossing import Glossing
from assistant.tasks.instructed import Instructions
from assistant.tasks.markers import Markers
from assistant.tasks.presets import translate_preset
from assistant.tasks.translate_answers import between_lines
from assistant.tasks.translate_judging import grammar_for, has, named
from assistant.tasks.translate_lengths import answer_tokens, estimated_tokens
from assistant.tasks.translate_prompts import NOTHING_AROUND, Around, Asked, Prompts
from assistant.tasks.translation import (
    ATTEMPTS,
    PromptStyle,
    Purpose,
    TranslateOptions,
    TranslateStep,
)

_THROWS = 10  # seeds that one round of attempts may use
_LEFT_AS_IT_WAS = (FindingKind.SCRIPT, FindingKind.LANGUAGE, FindingKind.ECHO)
_TURN = 8  # tokens that a template puts around a turn


@dataclass(frozen=True)
class Ask:
    """What a step is about.

    :ivar text: of the segment, or the piece of it, codes included; ``markers``: how it is shown.
    :ivar throw: which throw of the dice this is: 0, and more where somebody asked again.
    :ivar findings: what was wrong with the last answer; ``present``: a translation that shall not come again.
    :ivar grammar: the last attempt may be held to a required term.
    :ivar thoughts: tokens of reasoning that the answer has room for.
    """

    index: int
    text: str
    markers: Markers
    around: Around = NOTHING_AROUND
    attempt: int = 0
    throw: int = 0
    findings: Sequence[Finding] = ()
    present: str = ""
    grammar: bool = False
    thoughts: int = 0


class Steps:
    """Makes the steps of one job; see ``TranslateTask`` for its parameters.

    :param texts: everything of the document that will stand in prompts.
    :ivar most: tokens that a piece of a segment may have; ``head``: about what the instructions have.
    :ivar instructions: recognizes them in answers.
    :raises AssistantError: CONTEXT_FULL: nothing useful fits beside the instructions.
    """

    def __init__(
        self,
        options: TranslateOptions,
        *,
        style: PromptStyle,
        architecture: str,
        terms: Iterable[Term],
        texts: Iterable[str],
        context: int,
    ) -> None:
        self._options = options
        self._context = context
        self._prompts = Prompts(options, style=style, texts=texts, architecture=architecture)
        self._glossing = Glossing(terms)
        bare = self._prompts.turns(Asked(""))
        self.head = _tokens(bare)
        own, others = self._prompts.said
        self.instructions = Instructions(
            [*(turn.text for turn in bare), *own], wishes=self._prompts.wishes, others=others
        )
        self.most = self._room()

    def step(self, ask: Ask) -> TranslateStep:
        """The step for a segment or a piece of one."""
        margin = translate_preset().sizes.margin
        terms = self._glossing.in_text(ask.text, translate_preset().sizes.terms)
        prompt = Asked(ask.markers.shown, ask.markers.spellings, ask.around, terms, named(ask.findings), ask.present)
        turns = self._prompts.turns(prompt)
        most = answer_tokens(ask.text, self._options.source, self._options.target)
        if has(ask.findings, FindingKind.CUT):
            most *= 2
        most += ask.thoughts
        if self._context - margin - _tokens(turns) < most and (ask.around or ask.present):  # the text comes first
            turns = self._prompts.turns(replace(prompt, around=NOTHING_AROUND, present=""))
        room = self._context - margin - _tokens(turns)
        options = self._answer_options(
            self._prompts,
            ask.attempt,
            most=max(translate_preset().sizes.answer_own, min(most, room)),
            words=free_words(
                ask.text,
                terms,
                language=self._options.source,
                lenient=bool(ask.throw),
                strict=has(ask.findings, *_LEFT_AS_IT_WAS),
            ),
            signs=free_signs(ask.markers.shown, lenient=bool(ask.throw)),
            throw=ask.throw,
            grammar=grammar_for(ask.findings, ask.text) if ask.grammar and ask.attempt == ATTEMPTS - 1 else "",
        )
        return TranslateStep(ask.index, turns, options, ask.attempt)

    def version(self, step: TranslateStep, number: int) -> TranslateStep:
        """``step`` for another translation: with more chance."""
        sampling = self._prompts.sampling
        options = replace(step.options, temperature=sampling.version, seed=sampling.seed + 100 + number)
        return replace(step, options=options, purpose=Purpose.VERSION, attempt=number)

    def back(self, index: int, text: str) -> TranslateStep:
        """The step for the way back of a translation, which is shown without its codes."""
        prompts = self._prompts.swapped()
        plain = without_codes(text)
        most = answer_tokens(plain, self._options.target, self._options.source)
        options = self._answer_options(
            prompts,
            0,
            most=most,
            words=free_words(plain),
            signs=free_signs(plain),
            language=self._options.source,
        )
        return TranslateStep(index, prompts.turns(Asked(plain)), options, purpose=Purpose.BACK, tagged=False)

    def answer(self, text: str) -> tuple[str, bool]:
        """The answer in what a model wrote, and whether it had ended before the model did."""
        return (text, False) if self._prompts.form is not None else between_lines(text, self._prompts.fence)

    def _answer_options(
        self,
        prompts: Prompts,
        attempt: int,
        *,
        most: int,
        words: tuple[str, ...],
        signs: int,
        language: str | None = None,
        throw: int = 0,
        grammar: str = "",
    ) -> AnswerOptions:
        sampling = prompts.sampling
        locked = self._options.target if language is None else language
        temperature = sampling.temperature[attempt]
        return AnswerOptions(
            # Nobody asks a second time for the likeliest answer.
            temperature=sampling.temperature[1] if throw and not temperature else temperature,
            top_k=sampling.top_k,
            top_p=sampling.top_p,
            min_p=sampling.min_p,
            repeat_penalty=sampling.repeat_penalty,
            presence_penalty=sampling.presence_penalty,
            frequency_penalty=sampling.frequency_penalty,
            seed=sampling.seed + _THROWS * throw + attempt,
            max_tokens=most,
            thinking=False,
            alternatives=1,  # with them comes each token's probability
            lock=ScriptLock(language=locked, words=words, signs=signs) if locked else None,
            grammar=grammar,
            template=prompts.template,
        )

    def _room(self) -> int:
        """Tokens that a piece of a segment may have.

        :raises AssistantError: CONTEXT_FULL.
        """
        sizes, form, options = translate_preset().sizes, self._prompts.form, self._options
        free = self._context - sizes.margin - self.head - sizes.own - sizes.answer_own
        sample = "在" * 90 if options.source[:2] in ("zh", "ja", "yu") else "of the " * 40
        share = answer_tokens(sample, options.source, options.target) / estimated_tokens(sample)
        most = min(sizes.piece_most, int(free / (1 + share)))
        if form is not None and form.input_most:
            most = min(most, form.input_most - self.head - sizes.own)
        if most < sizes.piece_least:
            needed = self._context + int((sizes.piece_least - most) * (1 + share)) + 1
            raise AssistantError(ErrorKind.CONTEXT_FULL, needed=needed, available=self._context)
        return most


def _tokens(turns: Sequence[ChatTurn]) -> int:
    return sum(estimated_tokens(turn.text) + _TURN for turn in turns)

"""A summary of a text of any length, as a state machine: which prompts can be asked now, and what their answers make.

The steps form a tree: each part of the document is read once, neighbouring summaries are merged until they fit one
prompt, and the last step gives the result its form. The tree follows from the number of parts and the budget alone, so
a job that was stopped goes on from the texts of its finished steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.engine.messages import FinishReason
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.tasks.cleaning import Cleaned, clean, has_form, without_label
from assistant.tasks.presets import summary_preset
from assistant.tasks.summary import (
    Budget,
    Outcome,
    Problem,
    ProblemKind,
    Step,
    StepKey,
    SummaryOptions,
    Verdict,
)
from assistant.tasks.summary_plan import levels, sources_of
from assistant.tasks.summary_prompts import Prompts

_GRAVE = {
    ProblemKind.EMPTY: 16,
    ProblemKind.REFUSAL: 16,
    ProblemKind.INSTRUCTION: 16,
    ProblemKind.LANGUAGE: 8,
    ProblemKind.LOOP: 4,
    ProblemKind.FORM: 3,
    ProblemKind.ECHO: 2,
    ProblemKind.CUT: 1,
}
"""Problems that are worth asking again, and how bad each is when the better of two answers is kept."""
_SURELY = 2  # characters that a token of a result has at least, about
_NOTHING = {ProblemKind.EMPTY, ProblemKind.REFUSAL}


class SummaryTask:
    """One summary. It asks for nothing by itself: whoever runs it takes steps and brings back answers.

    :param parts: the texts of the parts in order; one text that fits is read and summarized in one step.
    :param titles: the headings above each part, or nothing.
    :param room: the budget that the parts were cut with; a job keeps it for its whole life.
    :param language: of the document, BCP 47, used where the options name none.
    :param done: texts of steps that were finished before, as ``Outcome.text`` gave them.
    :raises AssistantError: INPUT_EMPTY: no parts.
    """

    def __init__(
        self,
        parts: Sequence[str],
        titles: Sequence[str],
        options: SummaryOptions,
        room: Budget,
        *,
        language: str = "",
        done: Mapping[StepKey, str] | None = None,
    ) -> None:
        self._widths = levels(len(parts), room)
        self._parts = tuple(parts)
        self._titles = tuple(titles) or ("",) * len(parts)
        self._room = room
        self._language = options.language or language
        self._format = options.format
        self._prompts = Prompts(options, self._language, room, (*parts, *titles))
        self._keys = [StepKey(level, index) for level, width in enumerate(self._widths) for index in range(width)]
        self._texts = {key: done[key] for key in self._keys if done and key in done}
        self._asked: dict[StepKey, Step] = {}
        self._first: dict[StepKey, Cleaned] = {}
        self.problems: dict[StepKey, tuple[Problem, ...]] = {}

    # ------------------------------------------------------------ what is known

    @property
    def widths(self) -> tuple[int, ...]:
        """Steps of each level."""
        return self._widths

    @property
    def total(self) -> int:
        return len(self._keys)

    @property
    def done(self) -> int:
        return len(self._texts)

    @property
    def result(self) -> str | None:
        """The summary, once the last step is finished."""
        return self._texts.get(self._keys[-1])

    def text(self, key: StepKey) -> str | None:
        """What a finished step made."""
        return self._texts.get(key)

    def frontier(self) -> list[StepKey]:
        """The finished steps that have not been merged into a finished one, in the document's order."""
        found: list[StepKey] = []
        open_keys = [self._keys[-1]]
        while open_keys:
            key = open_keys.pop()
            if key in self._texts:
                found.append(key)
            else:
                open_keys += reversed(sources_of(key, self._widths))
        return found

    def partial(self) -> str:
        """The best that there is so far: the result, else all that is not merged yet, in the document's order."""
        return "\n\n".join(text for key in self.frontier() if (text := self._texts[key]))

    # ------------------------------------------------------------ asking and answering

    def take(self, most: int) -> list[Step]:
        """At most ``most`` steps that can be asked now, lower levels first; each is given out once."""
        keys = [key for key in self._keys if self._is_ready(key)][: max(0, most)]
        steps = [self._step(key) for key in keys]
        self._asked.update((step.key, step) for step in steps)
        return steps

    def put_back(self, key: StepKey) -> None:
        """The request for this step was stopped or lost: it will be ready again, from its first attempt."""
        self._asked.pop(key, None)
        self._first.pop(key, None)

    def finished(self, key: StepKey, text: str, reason: FinishReason = FinishReason.END) -> Outcome:
        """The answer to a step that was given out.

        :raises KeyError: this step is not being asked.
        """
        step = self._asked.pop(key)
        material = self._material(key)
        if key.level == 0 and self.total > 1:
            text = without_label(text, key.index + 1, material)
        cleaned = clean(
            text,
            language=self._language,
            source=material,
            reason=reason,
            final=step.final,
            instructions=self._prompts.instructions,
        )
        if key.level:
            cleaned = _of_notes(cleaned)
        said = not {problem.kind for problem in cleaned.problems} & _NOTHING
        if step.final and said and not has_form(cleaned.text, self._format):
            cleaned = Cleaned(cleaned.text, (*cleaned.problems, Problem(ProblemKind.FORM)))
        if not _weight(cleaned):
            return self._keep(key, cleaned, Verdict.ACCEPTED)
        if step.attempt == 0:
            self._first[key] = cleaned
            again = self._repair(step, cleaned, reason)
            self._asked[key] = again
            return Outcome(key, Verdict.AGAIN, cleaned.text, cleaned.problems, again)
        first = self._first[key]
        best = min(cleaned, first, key=lambda one: (_weight(one), -len(one.text)))
        if {problem.kind for problem in best.problems} & _NOTHING:
            best = Cleaned(self._extract(key), best.problems)
        return self._keep(key, best, Verdict.FLAWED)

    def _keep(self, key: StepKey, cleaned: Cleaned, verdict: Verdict) -> Outcome:
        self._first.pop(key, None)
        self._texts[key] = cleaned.text
        self.problems[key] = cleaned.problems
        return Outcome(key, verdict, cleaned.text, cleaned.problems)

    def _is_ready(self, key: StepKey) -> bool:
        if key in self._texts or key in self._asked:
            return False
        return all(source in self._texts for source in sources_of(key, self._widths))

    def _step(self, key: StepKey) -> Step:
        sampling = summary_preset().sampling
        final = key == self._keys[-1]
        options = AnswerOptions(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            seed=sampling.seed,
            max_tokens=self._room.final if final else self._room.answer,
            thinking=False,
        )
        return Step(key, self._turns(key), options, sources_of(key, self._widths), final=final)

    def _repair(self, step: Step, cleaned: Cleaned, reason: FinishReason) -> Step:
        """Ask once more, with a word about what was wrong and another throw of the dice.

        Where nothing but reasoning came before the limit, the answer gets all the room that there is.
        """
        sampling = summary_preset().sampling
        worst = max(cleaned.problems, key=lambda problem: _GRAVE.get(problem.kind, 0))
        thought = reason is FinishReason.LIMIT and worst.kind is ProblemKind.EMPTY
        options = replace(
            step.options,
            temperature=sampling.again,
            seed=sampling.seed + 1,
            max_tokens=step.max_tokens + (self._room.spare if thought else 0),
        )
        return replace(step, turns=self._turns(step.key, worst.kind), options=options, attempt=1)

    def _turns(self, key: StepKey, repair: ProblemKind | None = None) -> tuple[ChatTurn, ...]:
        if self.total == 1:
            return self._prompts.whole(self._parts[0], repair=repair)
        if key.level == 0:
            title = self._titles[key.index]
            return self._prompts.part(
                self._parts[key.index], number=key.index + 1, total=len(self._parts), title=title, repair=repair
            )
        texts = [self._texts[source] for source in sources_of(key, self._widths)]
        if key == self._keys[-1]:
            return self._prompts.final(texts, repair=repair)
        return self._prompts.merge(texts, repair=repair)

    def _material(self, key: StepKey) -> str:
        if key.level == 0:
            return self._parts[key.index]
        return "\n\n".join(self._texts[source] for source in sources_of(key, self._widths))

    def _extract(self, key: StepKey) -> str:
        """The beginnings of what a step should have summarized, where the model gave nothing: no part is lost."""
        if self.total == 1:
            return beginning(self._parts[0], _SURELY * self._room.final)
        if key.level == 0:
            # A part has at most ``room.part`` tokens, so this share of its characters has about ``room.answer``.
            part = self._parts[key.index]
            return beginning(part, len(part) * self._room.answer // self._room.part)
        texts = [self._texts[source] for source in sources_of(key, self._widths)]
        if key == self._keys[-1]:
            return "\n\n".join(texts)
        return "\n\n".join(beginning(text, len(text) // len(texts)) for text in texts)


def beginning(text: str, characters: int) -> str:
    """The first ``characters`` of a text or somewhat less, up to the end of a sentence or a word."""
    text = text.strip()
    if len(text) <= characters:
        return text
    cut = text[:characters]
    end = max(cut.rfind(sign) for sign in (". ", "! ", "? ", "。", "！", "？", "\n"))
    if end >= characters // 3:
        return cut[: end + 1].strip()
    space = cut.rfind(" ")
    return (cut[:space] if space > characters // 2 else cut).rstrip() + "…"


def _of_notes(cleaned: Cleaned) -> Cleaned:
    """A merge may keep sentences of the summaries that it merges: only who shortens nothing has copied."""
    kept = (problem for problem in cleaned.problems if not (problem.kind is ProblemKind.ECHO and problem.minor))
    return Cleaned(cleaned.text, tuple(kept))


def _weight(cleaned: Cleaned) -> int:
    return sum(_GRAVE.get(problem.kind, 0) for problem in cleaned.problems if not problem.mended)

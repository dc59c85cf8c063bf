"""A translation, as a state machine: which segments can be asked for now, and what is kept of the answers.

Each segment is asked for by itself, several side by side. An answer comes back in two steps: ``heard`` gives it its
codes again, the checks of the worker child say what is wrong with it, and ``judged`` decides: kept, asked again (at
most twice), or kept with its faults. Whatever the model does, each segment ends with a text that has its codes, once
each.
"""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.documents.segments import Checked, Finding, FindingKind, Pair, Segment, Term, without_codes
from assistant.engine.messages import FinishReason
from assistant.tasks.chat import AnswerOptions
from assistant.tasks.markers import Markers, Parsed
from assistant.tasks.placing import completed
from assistant.tasks.presets import translate_preset
from assistant.tasks.translate_context import Surroundings
from assistant.tasks.translate_judging import Tried, grave, has, nowhere, singles, weight, whole
from assistant.tasks.translate_lengths import answer_tokens, estimated_tokens, joined, pieces
from assistant.tasks.translate_prompts import Around
from assistant.tasks.translate_steps import Ask, Steps
from assistant.tasks.translation import (
    ATTEMPTS,
    Expected,
    Outcome,
    PromptStyle,
    Purpose,
    TranslateOptions,
    TranslateStep,
    Verdict,
)

_NO_STEP = TranslateStep(-1, (), AnswerOptions())
_WORST_FINISH = (FinishReason.CANCELLED, FinishReason.LOOP, FinishReason.LIMIT, FinishReason.STOP, FinishReason.END)
_TAIL = 200  # characters
_THOUGHTS = 2048  # tokens that a model which reasons whatever it is told may do so with,
_IN_VAIN = 4  # unless it came to no end so many times


@dataclass
class _Work:
    """A segment on its way.

    :ivar pieces: what of it is asked one after the other, with the white space before each.
    :ivar step: the one that is asked.
    :ivar answers: what came of them; ``finish``: the worst end that one of them had.
    :ivar paired: stretches are shown to the model; ``single``: so are things without text.
    :ivar requested: somebody asked for it; what there was stays until something better comes.
    :ivar thoughts: tokens of reasoning that the answer to the step has room for.
    """

    index: int
    pieces: list[tuple[str, str]]
    step: TranslateStep = _NO_STEP
    attempt: int = 0
    tried: list[Tried] = field(default_factory=list)
    answers: list[Parsed] = field(default_factory=list)
    finish: FinishReason = FinishReason.END
    paired: bool = True
    single: bool = True
    requested: int = 0
    thoughts: int = 0

    @property
    def whole(self) -> bool:
        """All codes are shown."""
        return self.paired and self.single

    def markers(self, number: int) -> Markers:
        """The tags of a piece."""
        return Markers(self.pieces[number][1], paired=self.paired, single=self.single)


class TranslateTask:
    """One translation. It asks for nothing by itself: whoever runs it takes steps and brings back answers.

    :param options: with ``source`` filled in where it was detected.
    :param terms: the glossary.
    :param style: the form of prompts that the model was made for; ``architecture``: of its file.
    :param context: tokens that one request may have, prompt and answer together.
    :param costs: tokens of each segment's text by the model's own tokenizer; empty: they are estimated.
    :param memory: exact matches of the translation memory, by segment; they are not asked for.
    :param done: segments that were finished before, as ``Outcome.text`` gave them.
    :raises AssistantError: CONTEXT_FULL: nothing useful fits beside the instructions.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        options: TranslateOptions,
        *,
        terms: Sequence[Term] = (),
        style: PromptStyle = PromptStyle.CHAT,
        architecture: str = "",
        context: int = 8192,
        costs: Sequence[int] = (),
        memory: Mapping[int, str] | None = None,
        done: Mapping[int, str] | None = None,
    ) -> None:
        self._segments = segments
        self._options = options
        self._costs = costs
        self._steps = Steps(
            options,
            style=style,
            architecture=architecture,
            terms=terms,
            texts=(text for segment in segments for text in (segment.text, segment.note)),
            context=context,
        )
        self._around = Surroundings(segments, shown=options.context)
        self._texts: dict[int, str] = {}
        self._good: dict[int, str] = {}  # those without faults: only they are shown as an example
        for index, segment in enumerate(segments):
            for text in ((done or {}).get(index), segment.target or None, (memory or {}).get(index)):
                if text is not None:
                    self._texts[index] = self._good[index] = text
                    break
        self._next = 0
        self._returned: list[int] = []
        self._more: deque[int] = deque()  # segments with a piece that is to be asked
        self._works: dict[int, _Work] = {}  # given out, or with a piece to come
        self._heard: dict[int, _Work] = {}
        self._requests = 0
        self._thinks = False  # the limit has ended an answer before its first word
        self._in_vain = 0  # and so many although they had room for thoughts

    # ------------------------------------------------------------ what is known

    @property
    def total(self) -> int:
        """Segments."""
        return len(self._segments)

    @property
    def done(self) -> int:
        """Segments that have a result."""
        return len(self._texts)

    def result(self, index: int) -> str | None:
        """The translation of a segment, codes included; None: it is not finished."""
        return self._texts.get(index)

    @property
    def head(self) -> int:
        """About how many tokens the instructions have, which the engine reads once for all segments."""
        return self._steps.head

    def expected(self, index: int) -> Expected:
        """About how many tokens a segment takes; nothing where it is finished."""
        if index in self._texts:
            return Expected(0, 0)
        sizes = translate_preset().sizes
        text = self._segments[index].text
        cost = self._costs[index] if index < len(self._costs) else estimated_tokens(text)
        most = answer_tokens(text, self._options.source, self._options.target)
        # The longest that it may be is generous on purpose; what it will be is less.
        return Expected(cost + sizes.own // 2, max(1, (most - sizes.answer_own) * 100 // sizes.generous // 2))

    # ------------------------------------------------------------ asking and answering

    def take(self, most: int) -> list[TranslateStep]:
        """At most ``most`` steps that can be asked now, in the document's order; each is given out once."""
        steps: list[TranslateStep] = []
        while len(steps) < most and self._more:
            work = self._works[self._more.popleft()]
            work.step = self._step(work)
            steps.append(work.step)
        while len(steps) < most and (index := self._ready()) is not None:
            steps.append(self._begin(index).step)
        return steps

    def take_of(self, index: int) -> TranslateStep | None:
        """The next piece of this segment and no other; None: none of it waits to be asked."""
        if index not in self._more:
            return None
        self._more.remove(index)
        work = self._works[index]
        work.step = self._step(work)
        return work.step

    def put_back(self, index: int) -> None:
        """The request for this segment was stopped or lost: it will be ready again, from its first attempt."""
        work = self._works.pop(index, None) or self._heard.pop(index, None)
        if index in self._more:
            self._more.remove(index)
        if work is not None and index not in self._texts:
            heapq.heappush(self._returned, index)

    def heard(self, index: int, text: str, finish: FinishReason = FinishReason.END) -> Pair | None:
        """The answer to a step that was given out, to be checked and brought back to ``judged``.

        :param text: what the model wrote.
        :returns: None: it was a piece of a long segment, and ``take`` gives the next one.
        :raises KeyError: this segment is not being asked for.
        """
        work = self._works.pop(index)
        if finish is FinishReason.LIMIT and not text:
            self._thinks = True
            self._in_vain += bool(work.thoughts)
        text, ended = self._steps.answer(text)
        work.answers.append(work.markers(work.step.piece).parse(text))
        if not ended:
            work.finish = min(work.finish, finish, key=_WORST_FINISH.index)
        if len(work.answers) < len(work.pieces):
            self._works[index] = work
            self._more.append(index)
            return None
        self._heard[index] = work
        segment = self._segments[index]
        texts, options = [one.text for one in work.answers], self._options
        target = joined(texts, work.pieces, source=options.source, target=options.target)
        if not work.whole and without_codes(target).strip():
            target = completed(segment.text, target)
        return Pair(segment.text, target, work.finish.value, segment.line)

    def judged(self, index: int, checked: Checked) -> Outcome:
        """What was found in a pair that ``heard`` gave.

        :raises KeyError: this segment is not waiting to be judged.
        """
        work = self._heard.pop(index)
        own = self._own_findings(work, checked)
        findings = (*(one for one in checked.findings if not _is_told(one, own)), *own)
        forged = tuple(tag for one in work.answers for tag in one.forged)
        work.tried.append(Tried(work.attempt, checked.text, findings, forged))
        if not weight(findings):
            return self._keep(work, work.tried[-1])
        if work.attempt + 1 < ATTEMPTS:
            self._repair(work)
            self._works[index] = work
            return Outcome(index, Verdict.AGAIN, checked.text, findings, work.step, work.attempt)
        return self._keep(work, min(work.tried, key=lambda one: (not one.usable, one.weight)))

    # ------------------------------------------------------------ what somebody may request

    def again(self, index: int) -> TranslateStep:
        """Translate a segment once more, with another throw of the dice; what there is stays until then.

        Its answers go the way of all others (``heard``, ``judged``, ``put_back``).
        """
        self.put_back(index)
        self._requests += 1
        return self._begin(index, requested=self._requests).step

    def reflow(self, index: int, kept: str) -> TranslateStep:
        """Write the rest of a translation that begins with ``kept`` (codes included). Its answer goes to ``read``."""
        ask = self._whole(index)
        begun = ask.markers.show(kept)
        # A blank at the end would make another token of the next word than the models have for it.
        bare = begun.rstrip(" ")
        return replace(self._steps.step(ask), begun=bare, gap=begun[len(bare) :], purpose=Purpose.REFLOW)

    def version(self, index: int, number: int) -> TranslateStep:
        """Another translation of a segment, in other words; ``number`` from 1. Its answer goes to ``read``."""
        ask = replace(self._whole(index), present=without_codes(self._texts.get(index, "")))
        return self._steps.version(self._steps.step(ask), number)

    def back(self, index: int, text: str = "") -> TranslateStep:
        """A translation (empty: that of the segment) into the source's language. Its answer goes to ``read``."""
        return self._steps.back(index, text or self._texts.get(index, self._segments[index].text))

    def read(self, step: TranslateStep, text: str, finish: FinishReason = FinishReason.END) -> Pair:
        """The answer to a request, with its codes, to be checked; nothing is kept. A wrong code is put right.

        :param text: what the model wrote, without ``step.begun``.
        """
        segment = self._segments[step.index]
        text, ended = self._steps.answer(_continued(step, text))
        finish = FinishReason.END if ended else finish
        if step.purpose is Purpose.BACK:
            source = without_codes(self._texts.get(step.index, segment.text))
            return Pair(source, without_codes(text).strip(), finish.value)
        target = Markers(segment.text).parse(text).text
        if without_codes(target).strip():
            target = completed(segment.text, target)
        return Pair(segment.text, target, finish.value, segment.line)

    def put(self, index: int, text: str) -> None:
        """This is the segment's translation now: somebody has written or chosen it."""
        self.put_back(index)
        self._texts[index] = self._good[index] = text

    # ------------------------------------------------------------ steps

    def _ready(self) -> int | None:
        while self._returned:
            index = heapq.heappop(self._returned)
            if self._is_open(index):
                return index
        while self._next < self.total:
            self._next += 1
            if self._is_open(self._next - 1):
                return self._next - 1
        return None

    def _is_open(self, index: int) -> bool:
        return index not in self._texts and index not in self._works and index not in self._heard

    def _begin(self, index: int, *, requested: int = 0) -> _Work:
        cut = pieces(self._segments[index].text, self._steps.most)
        work = self._works[index] = _Work(index, cut, requested=requested)
        work.step = self._step(work)
        return work

    def _repair(self, work: _Work) -> None:
        """Ask for the whole segment once more, with a word about what was wrong and another throw of the dice."""
        work.attempt += 1
        work.answers.clear()
        work.finish = FinishReason.END
        if work.attempt == ATTEMPTS - 1 and all(has(one.findings, FindingKind.TAG) for one in work.tried):
            # Tags have failed twice. What has no text of its own stays in sight if it came through: a sentence
            # says nothing without its formula.
            work.paired = False
            work.single = singles(self._segments[work.index].text) == singles(work.tried[-1].text)
        work.step = self._step(work)

    def _step(self, work: _Work) -> TranslateStep:
        """The next piece of a segment."""
        number = len(work.answers)
        if number == 0:
            around = self._around.of(work.index, self._good)
        else:
            around = Around(before=(_tail(work.pieces[number - 1][1]),))
        work.thoughts = self._thoughts
        ask = Ask(
            work.index,
            work.pieces[number][1],
            work.markers(number),
            around,
            attempt=work.attempt,
            throw=work.requested,
            findings=work.tried[-1].findings if work.tried else (),
            grammar=len(work.pieces) == 1,
            thoughts=work.thoughts,
        )
        return replace(self._steps.step(ask), piece=number, pieces=len(work.pieces), tagged=work.whole)

    def _whole(self, index: int) -> Ask:
        """A segment as a whole, for a request."""
        text = self._segments[index].text
        return Ask(index, text, Markers(text), self._around.of(index, self._good), thoughts=self._thoughts)

    @property
    def _thoughts(self) -> int:
        """Tokens of reasoning that answers get room for."""
        return _THOUGHTS if self._thinks and self._in_vain < _IN_VAIN else 0

    # ------------------------------------------------------------ answers

    def _own_findings(self, work: _Work, checked: Checked) -> tuple[Finding, ...]:
        """What only this task knows: what was asked, which tags were made up, whether codes were put by position."""
        found: list[Finding] = []
        told = {finding.text for finding in checked.findings if finding.kind is FindingKind.FORGED}
        for parsed in work.answers:
            for tag in parsed.forged:
                if tag in checked.text and not any(tag in one for one in told):
                    at = checked.text.find(tag)
                    found.append(Finding(FindingKind.FORGED, tag, at, at + len(tag)))
        source = self._segments[work.index].text
        if repeated := self._steps.instructions.spans(checked.text, source):
            (start, end), *_ = repeated
            values: dict[str, str | int] = {"all": 1} if self._steps.instructions.is_all(checked.text, source) else {}
            found.append(Finding(FindingKind.INSTRUCTION, checked.text[start:end], start, end, values=values))
        if not work.whole and without_codes(checked.text) != checked.text:
            found.append(Finding(FindingKind.TAG, minor=True, values={"by_position": 1}))
        return tuple(found)

    def _keep(self, work: _Work, best: Tried) -> Outcome:
        index, source, attempts = work.index, self._segments[work.index].text, work.attempt + 1
        if not best.usable:
            if index in self._texts:
                return Outcome(index, Verdict.FLAWED, self._texts[index], attempts=attempts, unchanged=True)
            self._texts[index] = source
            findings = nowhere(best.findings)
            return Outcome(index, Verdict.FLAWED, source, findings, attempts=attempts, kept_source=True)
        text, findings = whole(source, best)
        self._texts[index] = text
        self._good.pop(index, None)
        if grave(findings):
            return Outcome(index, Verdict.FLAWED, text, findings, attempts=attempts)
        self._good[index] = text
        return Outcome(index, Verdict.ACCEPTED, text, findings, attempts=attempts)


def _is_told(finding: Finding, own: Sequence[Finding]) -> bool:
    """It is a remark, of which is known that it repeats the prompt."""
    return finding.kind is FindingKind.COMMENTARY and any(
        one.kind is FindingKind.INSTRUCTION and one.start < finding.end and finding.start < one.end for one in own
    )


def _tail(text: str) -> str:
    """The end of the piece before, from the beginning of a sentence where it has one there."""
    tail = without_codes(text)[-_TAIL:]
    found = re.search(r"[.!?]\s+|[。！？\n]", tail)
    return tail[found.end() :] if found and found.end() < len(tail) else tail


def _continued(step: TranslateStep, text: str) -> str:
    """What the model wrote after the beginning that was given to it."""
    if not step.begun:
        return text
    return step.begun + (step.gap if text[:1].strip() else "") + text

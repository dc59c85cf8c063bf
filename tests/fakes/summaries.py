"""Models that answer prompts of summaries: one that does what it is told, always the same, and several that do not.

A model is a function from the turns of a prompt and the longest answer to the answer and how it ended. ``run`` drives a
task with one of them, as the core does, and keeps a record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assistant.engine.messages import FinishReason
from assistant.tasks.chat import ChatTurn
from assistant.tasks.summarize import SummaryTask
from assistant.tasks.summary import Outcome, Step, StepKey, Verdict

Answered = tuple[str, FinishReason]
Model = Callable[[Sequence[ChatTurn], int], Answered]

_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]?")
_EAST = re.compile(r"[\u3400-\u9fff]")
_CODE = re.compile(r"\bk[0-9a-f]{6}\b")


def material(turns: Sequence[ChatTurn]) -> str:
    """What stands between the two lines of a prompt."""
    lines = turns[-1].text.split("\n")
    fence = next(line for line in lines if line.startswith("====="))
    first = lines.index(fence)
    last = len(lines) - 1 - lines[::-1].index(fence)
    return "\n".join(lines[first + 1 : last])


def good(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Two sentences that depend on every character of the prompt, and are in the language of the prompt."""
    told = "\x00".join(f"{turn.role}:{turn.text}" for turn in turns)
    digest = hashlib.sha256(told.encode()).hexdigest()
    text = material(turns)
    first = next((found[0].strip() for found in _SENTENCE.finditer(text) if len(found[0].strip()) > 8), text[:60])
    size = max(12, min(most, 40))
    if _EAST.search(turns[0].text):
        return (
            f"这一部分的编号是k{digest[:6]}，内容涉及{_east(first)[:size]}。另有要点k{digest[6:12]}需要注意。",
            FinishReason.END,
        )
    words = " ".join(re.findall(r"[A-Za-z][a-z]*", first)[: size // 4])
    return (
        f"The part with the mark k{digest[:6]} is about {words}. It ends with the mark k{digest[6:12]}.",
        FinishReason.END,
    )


def _east(text: str) -> str:
    return "".join(_EAST.findall(text)) or "其他事情"


def marks(text: str) -> set[str]:
    """The marks in answers of ``good``."""
    return set(_CODE.findall(text))


def telling(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Repeats every word of the material that begins with ``fact``, and nothing else: shows what reaches the result."""
    facts = sorted(set(re.findall(r"\bfact\d+\b", material(turns))), key=lambda fact: int(fact[4:]))
    return f"The text names the following facts in this order: {' '.join(facts)}.", FinishReason.END


# ---------------------------------------------------------------- models that do not do what they are told


def announcing(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Puts an announcement before and an offer behind its answer."""
    text, reason = good(turns, most)
    if _EAST.search(turns[0].text):
        return f"好的，以下是摘要：\n\n{text}\n\n希望以上内容对您有帮助！", reason
    return f"Sure! Here is a summary of the text:\n\n{text}\n\nLet me know if you need anything else!", reason


def reasoning(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Leaves its reasoning in the text."""
    text, reason = good(turns, most)
    return f"<think>\nThe user wants a summary.\n</think>\n\n{text}", reason


def looping(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Says the same sentence until the engine stops it."""
    text, _ = good(turns, most)
    last = "所以这件事就是这样发生的。" if _EAST.search(turns[0].text) else " And so it was said again by all of them."
    return text + last * 20, FinishReason.LOOP


def endless(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Writes on until it is cut off."""
    digest = hashlib.sha256(turns[-1].text.encode()).hexdigest()
    words = [f"word{digest[number % 60 : number % 60 + 3]}{number}" for number in range(max(8, most // 2))]
    return "It all began when " + " ".join(words), FinishReason.LIMIT


def refusing(turns: Sequence[ChatTurn], most: int) -> Answered:
    if _EAST.search(turns[0].text):
        return "抱歉，我无法完成这个请求。", FinishReason.END
    return "I'm sorry, but I can't help with that.", FinishReason.END


def silent(turns: Sequence[ChatTurn], most: int) -> Answered:
    return "", FinishReason.END


def foreign(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Answers in the wrong language."""
    if _EAST.search(turns[0].text):
        return (
            "This part is about the plans of the board and the way in which the town wants to pay for them.",
            FinishReason.END,
        )
    return "这一部分讲的是董事会的计划，以及城市打算如何支付这些费用，还有时间安排。", FinishReason.END


def obeying(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Does what the text says: writes what stands behind "write only" or “只写”."""
    found = re.search(r"(?:write only|只写)[:：]?\s*[\"“]?([^\"”\n.。]+)", material(turns), re.IGNORECASE)
    return (found[1].strip(), FinishReason.END) if found else good(turns, most)


def copying(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Gives the text back."""
    return material(turns)[: 12 * most], FinishReason.END


BAD: dict[str, Model] = {
    "loop": looping,
    "refusal": refusing,
    "empty": silent,
    "language": foreign,
    "cut": endless,
}
"""By the problem that is said when they do it again."""


def once(bad: Model, then: Model = good) -> Model:
    """A model that does it ``bad`` at the first attempt at each prompt's material."""
    seen: set[str] = set()

    def model(turns: Sequence[ChatTurn], most: int) -> Answered:
        text = material(turns)
        if text in seen:
            return then(turns, most)
        seen.add(text)
        return bad(turns, most)

    return model


# ---------------------------------------------------------------- driving a task


@dataclass
class Record:
    """What was asked and what became of it."""

    steps: list[Step] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    kept: dict[StepKey, str] = field(default_factory=dict)

    @property
    def asked(self) -> list[StepKey]:
        """Keys in the order of asking, repairs included."""
        return [step.key for step in self.steps]


def run(task: SummaryTask, model: Model = good, *, record: Record | None = None, stops: Iterable[int] = ()) -> Record:
    """Answer what ``task`` asks until it has a result, or until ``stops`` (numbers of answers) says so."""
    record = record or Record()
    ends = set(stops)
    answers = 0
    waiting = task.take(task.total)
    while waiting:
        step = waiting.pop(0)
        record.steps.append(step)
        text, reason = model(step.turns, step.max_tokens)
        outcome = task.finished(step.key, text, reason)
        record.outcomes.append(outcome)
        if outcome.verdict is Verdict.AGAIN:
            assert outcome.step is not None
            waiting.insert(0, outcome.step)
        else:
            record.kept[outcome.key] = outcome.text
        answers += 1
        if answers in ends:
            return record
        waiting += task.take(task.total)
    return record

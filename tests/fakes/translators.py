"""Models that translate: one that knows a town's chronicle in English, Chinese and German, and says it well.

``story`` makes the text; what a model writes of it depends on the languages that the prompt names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from assistant.engine.messages import (
    Alternative,
    Counts,
    Finished,
    FinishReason,
    Generate,
    Score,
    Scored,
    Seconds,
    Step,
    Tokens,
)
from assistant.tasks.chat import ChatTurn
from tests.fakes.answering_engines import AnsweringClient, AnsweringEngines
from tests.fakes.summaries import Answered

_THINGS = (
    ("lamp", "灯", "Lampe"),
    ("bridge", "桥", "Brücke"),
    ("market", "市场", "Halle"),
    ("tower", "塔楼", "Burg"),
    ("garden", "花园", "Wiese"),
    ("harbour", "港口", "Werft"),
    ("school", "学校", "Schule"),
    ("library", "图书馆", "Bibliothek"),
)
_VERBS = (
    ("was built", "建成", "gebaut"),
    ("was sold", "售出", "verkauft"),
    ("was painted", "粉刷", "gestrichen"),
    ("was opened", "开放", "eröffnet"),
    ("was closed", "关闭", "geschlossen"),
)
_EN = re.compile(r"In the year (\d+) the old (\w+) of the town (was \w+) by (\d+) workers\.")
_ZH = re.compile(r"(\d+)年，镇上古老的(\w+?)由(\d+)名工人(\w\w)。")
_EAST = re.compile(r"[\u3400-\u9fff]")
OTHERS = ((" other", 0.05), ("另", 0.04))
_TOKEN = re.compile(r"\s*[A-Za-zÄÖÜäöüß]{1,6}|\s*\d{1,3}|\s?.", re.DOTALL)


def sentence(number: int, language: str = "en") -> str:
    """The sentence with this number; those of 2,000 numbers are all different."""
    thing, verb = _THINGS[number % len(_THINGS)], _VERBS[number // 3 % len(_VERBS)]
    return _said(1000 + number, thing, 10 + number % 80, verb, language)


def _said(year: int, thing: Sequence[str], workers: int, verb: Sequence[str], language: str) -> str:
    if language == "zh":
        return f"{year}年，镇上古老的{thing[1]}由{workers}名工人{verb[1]}。"
    if language == "de":
        return f"Im Jahr {year} wurde die alte {thing[2]} der Stadt von {workers} Arbeitern {verb[2]}."
    return f"In the year {year} the old {thing[0]} of the town {verb[0]} by {workers} workers."


def story(sentences: int, language: str = "en", *, start: int = 0, each: int = 4) -> str:
    """So many sentences in paragraphs of ``each``."""
    said = [sentence(number, language) for number in range(start, start + sentences)]
    between = "" if language == "zh" else " "
    return "\n\n".join(between.join(said[at : at + each]) for at in range(0, len(said), each))


def text_of(turns: Sequence[ChatTurn]) -> str:
    """What a prompt asks to translate: what stands between its last two fences."""
    lines = next(turn.text for turn in reversed(turns) if turn.role == "user").split("\n")
    fence = next(line for line in lines if line.startswith("====="))
    places = [at for at, line in enumerate(lines) if line == fence]
    return "\n".join(lines[places[-2] + 1 : places[-1]])


def wanted(turns: Sequence[ChatTurn]) -> str:
    """The language that a prompt asks for: ``zh``, ``de`` or ``en``."""
    head = turns[0].text
    if _EAST.search(head):
        return "zh"
    return "de" if "into German" in head else "en"


def good(turns: Sequence[ChatTurn], most: int) -> Answered:
    """Translates each sentence of the chronicle, and leaves the tags where they are."""
    text, language = text_of(turns), wanted(turns)
    begun = turns[-1].text if turns[-1].role == "assistant" else ""

    def english(found: re.Match[str]) -> str:
        thing = next(one for one in _THINGS if one[0] == found[2])
        verb = next(one for one in _VERBS if one[0] == found[3])
        return _said(int(found[1]), thing, int(found[4]), verb, language)

    def chinese(found: re.Match[str]) -> str:
        thing = next(one for one in _THINGS if one[1] == found[2])
        verb = next(one for one in _VERBS if one[1] == found[4])
        return _said(int(found[1]), thing, int(found[3]), verb, language)

    whole = _ZH.sub(chinese, _EN.sub(english, text))
    return whole[len(begun) :], FinishReason.END


def tokens_of(
    text: str, chance: Callable[[str], float] = lambda _: 0.9, others: Sequence[tuple[str, float]] = OTHERS
) -> tuple[Step, ...]:
    """``text`` in small tokens, as a model reports them, with ``others`` that it weighed at each."""
    return tuple(
        Step(
            token=number,
            text=found[0],
            probability=chance(found[0]),
            at=found.start(),
            alternatives=(
                Alternative(token=number, text=found[0], probability=chance(found[0])),
                *(
                    Alternative(token=-1 - at, text=other, probability=share)
                    for at, (other, share) in enumerate(others)
                ),
            ),
        )
        for number, found in enumerate(_TOKEN.finditer(text))
    )


class TranslatingClient(AnsweringClient):
    """Answers with the tokens and their probabilities, and says how likely a text is.

    :ivar chance: how probable each token is; ``others``: what it weighed beside each.
    """

    chance: Callable[[str], float] = staticmethod(lambda _: 0.9)
    others: Sequence[tuple[str, float]] = OTHERS

    def __init__(self, deliver: Callable[[Any], None], **options: Any) -> None:
        super().__init__(deliver, **options)
        self._begun: dict[str, str] = {}

    def begin(self, request: Generate, text: str) -> None:
        super().begin(request, text)
        self._begun[request.id] = text

    def send(self, request: Any) -> None:
        if isinstance(request, Score):
            self.sent.append(request)
            self.deliver(
                Scored(id=request.id, log_probability=-1.0, steps=tokens_of(request.text, self.chance, self.others))
            )
        else:
            super().send(request)

    def answer(self, request: Generate | None = None) -> None:
        request = request or self.waiting[0]
        if request in self.waiting:
            self.waiting.remove(request)
        turns = self.turns(request)
        text, reason = self.model(turns, request.max_tokens)
        steps = tokens_of(text, self.chance)
        rest = text.removeprefix(self._begun.pop(request.id, ""))
        self.deliver(Tokens(id=request.id, text=rest, count=len(steps), steps=steps if request.alternatives else ()))
        self.deliver(
            Finished(
                id=request.id,
                reason=reason,
                tokens=Counts(prompt=100, generated=len(steps)),
                seconds=Seconds(total=1.0, reading=0.5, writing=0.5),
            )
        )

    @staticmethod
    def turns(request: Generate) -> list[ChatTurn]:
        """The turns of a prompt: what is not the template's own."""
        texts = [piece.text for piece in request.prompt if not piece.trusted]
        return [ChatTurn(role, text) for role, text in zip(("system", "user", "assistant"), texts, strict=False)]


class TranslatingEngines(AnsweringEngines):
    """Makes a ``TranslatingClient`` for each load."""

    def __call__(self, deliver: Callable[[Any], None], log: Any) -> Any:
        client = TranslatingClient(deliver, **self.options)
        self.clients.append(client)
        return client

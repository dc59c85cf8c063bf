"""The prompts of a summary.

Every prompt is a system turn with the instructions, the same for all steps of a level so that the engine reads it once,
and a turn of the user that ends with the material. The material stands between two lines that do not occur in it, and
the user's last words stand behind it: a small model does what it read last. All of it is rendered as text of a person
(see ``chat.prompt_pieces``), so nothing in a document can become a mark of the template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import count

from assistant.base import languages
from assistant.tasks.chat import ChatTurn
from assistant.tasks.instructed import Instructions
from assistant.tasks.presets import SummaryWords, summary_preset
from assistant.tasks.summary import Budget, Depth, ProblemKind, SummaryOptions

_NAME = re.compile(r"\{(\w+)\}")
_FENCE = "====="
_LONGEST_WISH = 400  # characters of an audience or a focus
_LONGEST_TITLE = 100
_MOST_ITEMS = 14


class Prompts:
    """The prompts of one job.

    :param language: BCP 47 of the result; empty: the language of the text, whatever that is.
    :param texts: everything that will stand between the lines, as far as it is known: they are chosen by it.
    """

    def __init__(self, options: SummaryOptions, language: str, room: Budget, texts: Iterable[str] = ()) -> None:
        self._options = options
        self._words = words_for(language)
        self._fence = fence_for(texts)
        self._language = language_name(language, self._words)
        per_token = self._per_token(language)
        self._answer_size = _rounded(room.answer * per_token // 100)
        self._final_size = _rounded(room.final * per_token // 100)

    def part(
        self, text: str, *, number: int, total: int, title: str = "", repair: ProblemKind | None = None
    ) -> tuple[ChatTurn, ...]:
        """The prompt for one of several parts. ``title`` (the headings above it) is material too."""
        label = filled(self._words.number, number=number, count=total)
        shown = f"[{one_line(title, _LONGEST_TITLE)}]\n{text}" if title.strip() else text
        system = filled(self._words.part, **self._common(self._answer_size))
        return self._turns(system, label, shown, self._words.closing.part, self._answer_size, repair)

    def merge(self, texts: Sequence[str], *, repair: ProblemKind | None = None) -> tuple[ChatTurn, ...]:
        """The prompt for one summary of several."""
        system = filled(self._words.merge, **self._common(self._answer_size))
        return self._turns(system, "", self._joined(texts), self._words.closing.merge, self._answer_size, repair)

    def final(self, texts: Sequence[str], *, repair: ProblemKind | None = None) -> tuple[ChatTurn, ...]:
        """The prompt for the result from the last summaries."""
        return self._result(self._words.final, self._joined(texts), repair)

    def whole(self, text: str, *, repair: ProblemKind | None = None) -> tuple[ChatTurn, ...]:
        """The prompt for the result from the text itself, or from sentences chosen from it."""
        quick = self._options.depth is Depth.QUICK
        return self._result(self._words.excerpts if quick else self._words.whole, text, repair)

    @cached_property
    def instructions(self) -> Instructions:
        """Recognizes what these prompts say in answers."""
        turns = [*self.part("", number=1, total=1), *self.merge(()), *self.final(()), *self.whole("")]
        repairs = [*self._words.repairs.values(), *(form.repair for form in self._words.forms.values())]
        own = [filled(words, language=self._language, less="") for words in repairs]
        wishes = (one_line(wish, _LONGEST_WISH) for wish in (self._options.audience, self._options.focus))
        preset = summary_preset()
        others = (
            text
            for words in (preset.en, preset.zh)
            for text in (words.rules, words.part, words.merge, words.final, words.whole, words.excerpts)
        )
        return Instructions([*(turn.text for turn in turns), *own], wishes=wishes, others=others)

    def _result(self, words: str, text: str, repair: ProblemKind | None) -> tuple[ChatTurn, ...]:
        size = self._final_size
        form = self._words.forms[self._options.format]
        items = min(_MOST_ITEMS, max(2, size // form.item)) if form.item else 0
        audience = self._wish(self._words.audience, self._options.audience)
        values = self._common(size) | {"form": filled(form.words, size=size, items=items), "audience": audience}
        return self._turns(filled(words, **values), "", text, self._words.closing.final, size, repair)

    def _common(self, size: int) -> dict[str, object]:
        return {
            "rules": filled(self._words.rules, fence=self._fence),
            "language": self._language,
            "size": size,
            "focus": self._wish(self._words.focus, self._options.focus),
        }

    def _wish(self, words: str, wish: str) -> str:
        wish = one_line(wish, _LONGEST_WISH)
        return filled(words, words=wish) if wish else ""

    def _joined(self, texts: Sequence[str]) -> str:
        return "\n\n".join(text.replace(self._fence, "") for text in texts)

    def _turns(
        self, system: str, label: str, text: str, closing: str, size: int, repair: ProblemKind | None
    ) -> tuple[ChatTurn, ...]:
        if repair is ProblemKind.FORM:
            closing += " " + self._words.forms[self._options.format].repair
        elif repair is not None and repair in self._words.repairs:
            closing += " " + self._words.repairs[repair]
        closing = filled(closing, language=self._language, less=_rounded(size * 2 // 3))
        lines = [label] if label else []
        lines += [self._fence, text, self._fence, closing]
        return (ChatTurn("system", system), ChatTurn("user", "\n".join(lines)))

    def _per_token(self, language: str) -> int:
        preset = summary_preset()
        own = languages.primary(language) in ("en", "zh", "")
        return self._words.per_token if own else preset.per_token_other


def measured(options: SummaryOptions, language: str) -> tuple[tuple[ChatTurn, ...], ...]:
    """All prompts that a job can have, without a text: the longest one is the ``head`` of the budget."""
    room = Budget(
        part=1, single=1, quick=1, answer=200, final=400, fan_in=2, final_fan_in=2, parallel=1, head=0
    )  # only the numbers that stand in the words
    prompts = Prompts(options, language, room)
    if options.depth is Depth.QUICK:
        return (prompts.whole(""),)
    return (prompts.part("", number=100, total=100), prompts.merge(()), prompts.final(()), prompts.whole(""))


def words_for(language: str) -> SummaryWords:
    """The prompts to use for a result in ``language``: Chinese ones for Chinese, English ones for all others."""
    preset = summary_preset()
    return preset.zh if languages.primary(language) == "zh" else preset.en


def language_name(tag: str, words: SummaryWords) -> str:
    """The name of a language in the language of the prompts; a tag that nobody knows stands for itself."""
    if not tag:
        return words.same_language
    known = languages.language_name(tag)
    if known is None:
        return one_line(tag, 40)
    return (known.chinese if words is summary_preset().zh else "") or known.english


def language_tag(words: str) -> str:
    """The tag of a language from what a person calls it ("German", "de", "德语", "简体中文"); empty: unknown."""
    return languages.normalize(words)


def fence_for(texts: Iterable[str]) -> str:
    """A line that is in none of ``texts``, so that no text can pretend to end."""
    holding = [text for text in texts if _FENCE in text]
    if not holding:
        return _FENCE
    return next(fence for number in count(1) if not any((fence := f"{_FENCE} {number}") in text for text in holding))


def filled(words: str, /, **values: object) -> str:
    """``words`` with names in braces replaced, once: what is put in may hold braces itself."""
    return _NAME.sub(lambda found: str(values.get(found[1], found[0])), words)


def one_line(text: str, most: int) -> str:
    """A wish or a title as one line of at most ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _rounded(size: int) -> int:
    return max(10, size // 10 * 10)

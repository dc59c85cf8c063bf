"""A question about a document, turned into a prompt: rules, what was said before, the material, the question.

A document that fits stands whole in the first turn of the user, so that the engine reads it once for all questions.
Of a longer one each question brings its own passages, in the last turn. The links from an answer to its sources are
computed afterwards; the model is not asked for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import primary
from assistant.documents.languages import detect
from assistant.engine.messages import FinishReason
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.tasks.cleaning import clean, shown
from assistant.tasks.presets import AskWords, ask_preset
from assistant.tasks.summary_prompts import fence_for, filled, language_name, one_line, words_for

_LONGEST_PATH = 100  # characters
_SURE = 12  # letters of a question that show its language
_PER_TOKEN = 2  # characters that are counted on for a token of what was said before


@dataclass(frozen=True)
class Passage:
    """A stretch of the document. ``page`` from 1, 0: unknown; ``path``: the headings above it."""

    text: str
    page: int = 0
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskRoom:
    """How the context is shared out, in tokens.

    :ivar whole: a document of at most this is given whole.
    :ivar passages: what the passages of a longer one may have together.
    :ivar history: what was said before.
    :ivar answer: the longest answer.
    """

    whole: int
    passages: int
    history: int
    answer: int


def ask_room(context: int, *, head: int) -> AskRoom:
    """The room for a question.

    :param head: tokens of ``ask_measured``.
    :raises AssistantError: CONTEXT_FULL: nothing useful fits beside the instructions.
    """
    sizes = ask_preset()
    answer = min(sizes.answer_most, context // 4)
    history = min(sizes.history_most, context // 8)
    whole = context - head - answer - history - sizes.own - sizes.margin
    if whole < sizes.least:
        needed = context - whole + sizes.least
        raise AssistantError(ErrorKind.CONTEXT_FULL, needed=needed, available=context)
    return AskRoom(whole, min(whole, sizes.passages_most), history, answer)


def ask_options(room: AskRoom) -> AnswerOptions:
    """How an answer about a document is sampled."""
    sizes = ask_preset()
    return AnswerOptions(
        temperature=sizes.temperature, top_p=sizes.top_p, max_tokens=room.answer, thinking=False, stop=sizes.stop
    )


def ask_turns(
    question: str,
    passages: Sequence[Passage],
    history: Sequence[tuple[str, str]] = (),
    *,
    language: str = "",
    whole: bool = False,
    room: AskRoom | None = None,
) -> tuple[ChatTurn, ...]:
    """The prompt for one question. All of it is rendered as text of a person; nothing of a document is trusted.

    :param passages: in the document's order; the whole document as one passage if ``whole``.
    :param history: earlier questions and their answers, the oldest first; only the last few are shown again.
    :param language: of the document, BCP 47, for a question that is too short to show its own.
    """
    asked = (detect(question) if sum(map(str.isalpha, question)) >= _SURE or _is_eastern(question) else "") or language
    words = _words(asked)
    names = words_for(asked)
    name = language_name(asked, names) if asked else words.same_language
    fence = fence_for(passage.text for passage in passages)
    system = ChatTurn("system", filled(words.whole if whole else words.passages, fence=fence))
    before = _history(history, room)
    last = filled(words.question, question=question.strip(), language=name)
    material = "\n".join((fence, _material(passages, words, whole), fence))
    if not whole:
        return (system, *_said(before), ChatTurn("user", f"{material}\n{last}"))
    # Up to the end of the document every question has the same prompt.
    said = [*_said(before), ChatTurn("user", last)]
    first = ChatTurn("user", f"{material}\n{said[0].text}")
    return (system, first, *said[1:])


def ask_answer(text: str, finish: FinishReason | None) -> str:
    """What is shown of an answer: no reasoning, no announcement, nothing twice once it has ended (``finish``)."""
    if finish is None or finish is FinishReason.CANCELLED:
        return shown(text)
    return clean(text, reason=finish).text or shown(text)


def ask_measured(language: str = "") -> tuple[tuple[ChatTurn, ...], ...]:
    """The prompts without document, history and question: the longest is the ``head`` of the room."""
    return (ask_turns("?", (), language=language), ask_turns("?", (), language=language, whole=True))


def _is_eastern(text: str) -> bool:
    return any("\u3041" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3" for sign in text)


def _words(language: str) -> AskWords:
    preset = ask_preset()
    return preset.zh if primary(language) == "zh" else preset.en


def _material(passages: Sequence[Passage], words: AskWords, whole: bool) -> str:
    if whole:
        return "\n\n".join(passage.text for passage in passages)
    shown = []
    for number, passage in enumerate(passages, 1):
        where = [filled(words.page, page=passage.page)] if passage.page else []
        where += [one_line(" › ".join(passage.path), _LONGEST_PATH)] if passage.path else []
        label = f"[{number}] ({', '.join(where)})" if where else f"[{number}]"
        shown.append(f"{label}\n{passage.text}")
    return "\n\n".join(shown)


def _history(history: Sequence[tuple[str, str]], room: AskRoom | None) -> list[tuple[str, str]]:
    """The last exchanges that fit, the oldest first; a long answer keeps its beginning."""
    sizes = ask_preset()
    left = _PER_TOKEN * (room.history if room else sizes.history_most)
    kept: list[tuple[str, str]] = []
    for question, answer in reversed(history[-sizes.exchanges_most :]):
        if not question.strip() or not answer.strip():
            continue
        most = left // 2
        asked, said = one_line(question, max(40, most // 2)), _shortened(answer.strip(), max(40, most))
        if len(asked) + len(said) > left:
            break
        left -= len(asked) + len(said)
        kept.append((asked, said))
    return kept[::-1]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _said(history: Sequence[tuple[str, str]]) -> list[ChatTurn]:
    return [
        turn for question, answer in history for turn in (ChatTurn("user", question), ChatTurn("assistant", answer))
    ]

"""Answers of models, made fit to be shown: what is not the answer is taken off, and what is wrong with it is said."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.documents.languages import detect
from assistant.documents.reasoned import without_reasoning
from assistant.documents.repetition import (
    END,
    copied,
    goes_in_circles,
    is_eastern,
    units,
    up_to_a_sentence,
    without_loops,
)
from assistant.engine.messages import FinishReason
from assistant.tasks.framing import refuses, without_frame
from assistant.tasks.instructed import NOTHING_TOLD, Instructions
from assistant.tasks.summary import Format, Problem, ProblemKind

_NOTHING = frozenset({"none", "n/a", "na", "nothing", "no summary", "no content", "无", "没有", "空", "無"})
_LETTER = re.compile(r"[^\W\d_]")
_ITEM = re.compile(
    r"^[ \t>]*(?:[-*+•·–—●▪]|[(（]?\d{1,2}[.)、．）](?!\d)|[①-⑳]|[一二三四五六七八九十]{1,3}[、.．])[ \t\u3000]*[^\W_]"
    r"|^[ \t]*\*\*[^\W_]",
    re.MULTILINE,
)
_FORMS = {
    Format.BULLETS: _ITEM,
    Format.MINUTES: _ITEM,
    Format.QA: re.compile(r"[?？؟]\W*\w"),  # a question, and something behind it
    Format.TABLE: re.compile(r"^ *\|.*\|[ \t]*\n[ |:\t]*-[ |:\t-]*\n *\|[^\n]*[^\s|]", re.MULTILINE),
}
_LONG_SOURCE = 60  # units: of so much there is more to say than a word
_SURE = 100  # letters of Latin script that tell one of its languages from another
_SHORT = 40  # units: of an answer no longer than that, half may be names that stand together
_COPY_NOTED = 0.5  # share of an answer that may stand in its source word for word
_COPY_GRAVE = 0.8  # and this, of an answer that is not much shorter, is no summary
_RELATED = (
    {"da", "sv", "nb", "nn", "no"}, {"cs", "sk"}, {"ru", "uk", "bg", "sr", "be", "mk"}, {"ar", "fa", "ur"},
    {"es", "pt", "ca", "gl"}, {"id", "ms"}, {"hi", "mr", "ne"},
)  # fmt: skip
_LATIN = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "cs", "tr", "vi")
_TOLD_APART = (*_LATIN, "zh", "ja", "ko", "ru", "uk", "el", "ar", "he", "th", "hi")


@dataclass(frozen=True)
class Cleaned:
    """What is left of an answer, and what was found."""

    text: str
    problems: tuple[Problem, ...] = ()


def clean(
    text: str,
    *,
    language: str = "",
    source: str = "",
    reason: FinishReason = FinishReason.END,
    final: bool = True,
    instructions: Instructions = NOTHING_TOLD,
) -> Cleaned:
    """What is fit to be shown of an answer.

    :param language: BCP 47 of the answer as it was asked for; empty: any.
    :param source: what it is about.
    :param reason: how it ended.
    :param final: it will be shown as it is: an end that was cut off matters more than in a summary to be merged.
    :param instructions: what the prompt said.
    """
    problems: list[Problem] = []
    text = text.replace("\r\n", "\n").strip()
    for kind, without in ((ProblemKind.REASONING, without_reasoning), (ProblemKind.PREAMBLE, without_frame)):
        less = without(text)
        if less != text:
            problems.append(Problem(kind, mended=True))
        text = less
    less = without_frame(instructions.without(instructions.without_end(text), source))
    if less != text:
        stands = 2 * len(less) >= len(text) and not is_nothing(less, source)
        problems.append(Problem(ProblemKind.INSTRUCTION, mended=stands))
        text = less
    if refuses(text, source):
        return Cleaned("", (*problems, Problem(ProblemKind.REFUSAL)))
    text, bad = without_loops(text, source)
    if reason is FinishReason.LOOP:
        text, bad = _ended(text), 2
    if bad:
        problems.append(Problem(ProblemKind.LOOP, mended=bad == 1))
    elif reason is FinishReason.LIMIT:
        text, harmless = _without_stump(text)
        problems.append(Problem(ProblemKind.CUT, mended=harmless and not final))
    if is_nothing(text, source):
        empty = not _LETTER.search(text) or text.strip(" .。!！*").casefold() in _NOTHING
        return Cleaned("" if empty else text, (*problems, Problem(ProblemKind.EMPTY)))
    if language and _is_foreign(text, language):
        problems.append(Problem(ProblemKind.LANGUAGE, values={"wanted": language}))
    problems += _copy(text, source)
    return Cleaned(text, tuple(problems))


def is_lost(text: str) -> bool:
    """Whether an answer that is still being written only repeats itself: ``clean`` would call the whole a loop."""
    return goes_in_circles(text)


def shown(text: str) -> str:
    """What can be shown of an answer while it is being written: without reasoning and announcement."""
    return without_frame(without_reasoning(text))


def has_form(text: str, form: Format) -> bool:
    """There is something in it by which the form is known: an item of a list, a question that is answered, or a
    Markdown table with a head, the line below it and a row."""
    return form not in _FORMS or _FORMS[form].search(text) is not None


def without_label(text: str, number: int, source: str) -> str:
    """``text`` without the words by which the prompt calls part ``number``, unless the source has them too."""
    found = re.match(
        rf"[\W_]*(?:part\s*{number}\b(?:\s*(?:of|/)\s*\d+)?|第\s*{number}\s*(?:段|部分)(?:[，,]?\s*共\s*\d+\s*(?:段|部分))?)"
        r"[*_\]】)）]*\s*(?:[:：]|\n)[*_\s]*",
        text,
        re.IGNORECASE,
    )
    named = "".join(re.findall(r"\w", found[0])).casefold() if found is not None else ""
    if found is None or named in "".join(re.findall(r"\w", source)).casefold():
        return text
    return text[found.end() :]


def is_nothing(text: str, source: str = "") -> bool:
    """The text says nothing, or a word or two about a source of which there is more to say."""
    words = units(text)
    if not _LETTER.search(text) or text.strip(" .。!！*").casefold() in _NOTHING:
        return True
    few = 7 if is_eastern(words) else 4
    return len(words) < few and len(units(source[: 20 * _LONG_SOURCE])) > _LONG_SOURCE


def _ended(text: str) -> str:
    """``text`` up to the end of its last sentence, if it has one."""
    return text if _ends(text) else up_to_a_sentence(text) or text


def _ends(text: str) -> bool:
    if text.endswith("|"):
        return True
    tail = text.rstrip(" *_")[-8:]
    return any(found.end() == len(tail) for found in END.finditer(tail))


def _without_stump(text: str) -> tuple[str, bool]:
    """Without the sentence, list item or table row that was cut off; and whether most of the text is left."""
    if _ends(text):
        return text, True
    less = up_to_a_sentence(text)
    if len(less) * 3 < len(text):
        return (text.rstrip(" ,;:-，；：、") + "…" if text else text), False
    return less, len(less) * 2 > len(text)


# ---------------------------------------------------------------- the language


def _is_foreign(text: str, language: str) -> bool:
    """Much of the text is in another language than ``language``, as far as that can be told."""
    if _differs(text, language):
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return False
    wrong = sum(len(line) for line in lines if _differs(line, language))
    return wrong * 5 > sum(map(len, lines)) * 2


def _differs(text: str, language: str) -> bool:
    letters = len(_LETTER.findall(text))
    found = detect(text) if letters >= 20 else ""
    wanted, other = language.lower().partition("-")[0], found.lower().partition("-")[0]
    if not found or wanted not in _TOLD_APART:
        return False
    if wanted != other:
        unsure = letters < _SURE and wanted in _LATIN and other in _LATIN
        return not unsure and not any({wanted, other} <= group for group in _RELATED)
    scripts = {tag.lower() for tag in ("Hans", "Hant")} & {part.lower() for part in language.split("-")}
    return bool(scripts) and "-" in found and found.split("-")[1].lower() not in scripts


# ---------------------------------------------------------------- copies


def _copy(text: str, source: str) -> list[Problem]:
    """A long copy is noted; a text that is hardly anything else is no summary."""
    words, known = units(text), units(source)
    if len(words) < _SHORT:
        return []
    share = copied(words, known)
    if share < _COPY_NOTED:
        return []
    grave = share >= _COPY_GRAVE and len(words) * 2 >= len(known) >= 2 * _SHORT
    return [Problem(ProblemKind.ECHO, minor=not grave, values={"percent": round(100 * share)})]

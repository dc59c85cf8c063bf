"""What a translation is made of: its options, its steps and what came of them. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.documents.segments import Finding
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.tasks.summary import Verdict

__all__ = [
    "ATTEMPTS",
    "Expected",
    "Formality",
    "Outcome",
    "PromptStyle",
    "Purpose",
    "TranslateOptions",
    "TranslateStep",
    "Verdict",
    "style_of",
]

ATTEMPTS = 3
"""How often a segment is asked for at most: once, and twice more where the answer was no good."""


class Formality(StrEnum):
    """How a translation addresses its readers."""

    AUTO = "auto"  # as in the source
    FORMAL = "formal"
    INFORMAL = "informal"


@dataclass(frozen=True)
class TranslateOptions:
    """What somebody may choose about a translation.

    :ivar target: BCP 47 of the result ("en", "zh-Hans"); ``source``: of the text, empty: detected.
    :ivar audience: whom it is for, ``domain``: what it is about, both in the user's words.
    :ivar glossary: its number, 0: none.
    :ivar context: show the model the sentences before.
    """

    target: str
    source: str = ""
    formality: Formality = Formality.AUTO
    audience: str = ""
    domain: str = ""
    glossary: int = 0
    context: bool = True


class PromptStyle(StrEnum):
    """The form of the prompts that a model was made for."""

    CHAT = "chat"
    HY_MT2 = "hy-mt2"
    HUNYUAN_MT = "hunyuan-mt"
    TRANSLATE_GEMMA = "translategemma"


class Purpose(StrEnum):
    """What a step is for."""

    TRANSLATE = "translate"
    REFLOW = "reflow"  # the rest of a translation whose beginning was chosen
    VERSION = "version"  # in other words
    BACK = "back"  # from the translation to the source's language


@dataclass(frozen=True)
class TranslateStep:
    """One call to the model: a segment, or a piece of one that is too long for the context.

    :ivar index: of the segment.
    :ivar turns: instructions first where there are any, the text last; all of it is text, none of it trusted.
    :ivar options: ``max_tokens``, sampling, the script lock; reasoning is never asked for.
    :ivar attempt: 0, or which repair of an answer that was no good.
    :ivar piece: of ``pieces``, from 0, which one this is.
    :ivar begun: how the answer begins (tags as the model sees them): it is given to the model as its own, and what the
        model writes comes after it. Empty: it begins by itself.
    :ivar gap: white space that stands between ``begun`` and what comes after it.
    :ivar tagged: the codes are shown to the model.
    """

    index: int
    turns: tuple[ChatTurn, ...]
    options: AnswerOptions
    attempt: int = 0
    piece: int = 0
    pieces: int = 1
    begun: str = ""
    gap: str = ""
    purpose: Purpose = Purpose.TRANSLATE
    tagged: bool = True

    @property
    def max_tokens(self) -> int:
        return self.options.max_tokens

    @property
    def prompt(self) -> tuple[ChatTurn, ...]:
        """What the model is given: with ``begun`` as the last turn, to be resumed there."""
        return (*self.turns, ChatTurn("assistant", self.begun)) if self.begun else self.turns


@dataclass(frozen=True)
class Expected:
    """About how many tokens a segment will take: of its own prompt without the shared head, and of its answer."""

    prompt: int
    answer: int


@dataclass(frozen=True)
class Outcome:
    """What became of one answer.

    :ivar text: what is kept of it, codes included; to be stored for a restart unless the verdict is AGAIN.
    :ivar findings: what is still wrong with it, or was put right; offsets are in ``text``.
    :ivar step: the repair to ask for, when the verdict is AGAIN.
    :ivar attempts: how often the model was asked.
    :ivar kept_source: nothing usable came, and ``text`` is the source.
    :ivar unchanged: nothing usable came of a request: ``text`` and what was found in it before stay.
    """

    index: int
    verdict: Verdict
    text: str = ""
    findings: tuple[Finding, ...] = ()
    step: TranslateStep | None = None
    attempts: int = 1
    kept_source: bool = False
    unchanged: bool = False


_CATALOGUE = {style.value: style for style in PromptStyle}
_NAMES = (
    (("translategemma",), PromptStyle.TRANSLATE_GEMMA),
    (("hymt2", "hymt15"), PromptStyle.HY_MT2),
    (("hunyuanmt", "hymt"), PromptStyle.HUNYUAN_MT),
)


def style_of(architecture: str, name: str, template: str, catalogue_style: str = "") -> PromptStyle:
    """Which prompts a model wants.

    :param architecture: ``general.architecture`` of its file; ``name``: ``general.name``, else the file's name.
    :param template: its chat template.
    :param catalogue_style: what the catalogue says of it, empty: it is not in there.
    """
    known = _CATALOGUE.get(catalogue_style)
    if known is not None and known is not PromptStyle.CHAT:
        return known
    plain = "".join(filter(str.isalnum, name.casefold()))
    if "source_lang_code" in template:
        return PromptStyle.TRANSLATE_GEMMA
    for spellings, style in _NAMES:
        makers = ("gemma",) if style is PromptStyle.TRANSLATE_GEMMA else ("hunyuan", "hyv")
        made = not architecture or architecture.casefold().replace("_", "").startswith(makers)
        if made and any(spelling in plain for spelling in spellings):
            return style
    return PromptStyle.CHAT

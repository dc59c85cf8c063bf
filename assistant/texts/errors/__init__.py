"""What went wrong, in words: one sentence that says what happened, and one that says what can be done about it.

Every kind of error has its words here and nowhere else. A value that is missing (an old record, a failure from a
child) leaves a plainer sentence, never a gap.
"""

from __future__ import annotations

from collections.abc import Mapping

from assistant.base.errors import AssistantError, ErrorKind
from assistant.texts.catalogue import current_language
from assistant.texts.errors import documents, models, network, program
from assistant.texts.errors.values import Values, Words


def sentence(error: AssistantError) -> str:
    """What happened and what can be done, for a person."""
    happened, can_be_done = summary(error), hint(error)
    between = "" if current_language() == "zh_CN" else " "
    return f"{happened}{between}{can_be_done}" if can_be_done else happened


def summary(error: AssistantError) -> str:
    """What happened, without advice."""
    happened, _ = _WORDS[error.kind]
    return happened(Values(error))


def hint(error: AssistantError) -> str:
    """What can be done about it; empty where nothing can."""
    _, advice = _WORDS[error.kind]
    return advice(Values(error)) if advice else ""


_WORDS: Mapping[ErrorKind, Words] = {**models.WORDS, **documents.WORDS, **network.WORDS, **program.WORDS}

"""Words for states that both faces show. States come as their plain values: this room knows no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.texts.catalogue import tr

_PHASES: Mapping[str, Callable[[], str]] = {
    "none": lambda: tr("no model"),
    "asleep": lambda: tr("asleep"),
    "loading": lambda: tr("loading"),
    "ready": lambda: tr("ready"),
    "reading": lambda: tr("reading"),
    "writing": lambda: tr("writing"),
    "measuring": lambda: tr("measuring"),
    "trouble": lambda: tr("trouble"),
}
_ENDINGS: Mapping[str, Callable[[], str]] = {
    "end": lambda: "",
    "stop": lambda: "",
    "limit": lambda: tr("Cut off at the length limit."),
    "loop": lambda: tr("Stopped because it repeated itself."),
    "cancelled": lambda: tr("Stopped."),
}


def phase(value: str, progress: float = 0.0) -> str:
    """One word for what the engine does (a ``core.events.Phase``), with per cent while it loads or reads."""
    word = _PHASES[value]()
    if value in ("loading", "reading") and progress > 0:
        return tr("{word} {percent} %", word=word, percent=int(progress * 100))
    return word


def ending(value: str, text: str = "-") -> str:
    """Why an answer ended (an ``engine.messages.FinishReason``); empty when it simply came to its end.

    :param text: of the answer; where there is none, that is said.
    """
    return _ENDINGS[value]() or ("" if text.strip() else tr("The model ended its answer without a word."))

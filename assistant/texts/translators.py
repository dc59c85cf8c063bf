"""What speaks against translating with a model, and which one would be better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.texts.catalogue import tr

_WORDS: Mapping[str, Callable[[str], str]] = {
    "demo": lambda _: tr("The small English demo model shows that everything works, but it cannot translate."),
    "vectors": lambda _: tr("This model makes vectors for searching. It cannot translate."),
    "base": lambda _: tr("This model only continues texts. It was not made to follow instructions."),
    "language": lambda languages: tr("This model is not known to be good at {languages}.", languages=languages),
    "small": lambda _: tr("This model is very small for translating. Expect mistakes."),
}


def hint(weakness: str, *, languages: Sequence[str] = (), better: str = "") -> str:
    """One or two sentences; empty: there is nothing to be said.

    :param weakness: a value of ``library.translators.Weakness``.
    :param languages: names of the languages that the model is not known for, one or two.
    :param better: the name of the model to take instead.
    """
    words = _WORDS.get(weakness)
    if words is None:
        return ""
    one, other = (*languages, "", "")[:2]
    named = tr("{one} and {other}", one=one, other=other) if other else one
    said = words(named)
    return tr("{reason} {model} would translate better.", reason=said, model=better) if better else said

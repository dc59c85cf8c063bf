"""Words about translations that both faces show. States and kinds come as their plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.texts.catalogue import tr, trn
from assistant.texts.lists import listed, sentences
from assistant.texts.summaries import expected

_QUOTED = 60  # characters of what a finding is about


def plan(
    *,
    segments: int,
    made: int = 0,
    from_memory: int = 0,
    in_file: int = 0,
    seconds: float | None = None,
    measured: bool = True,
    glossary_fits: bool = True,
) -> str:
    """What will be done, before it is done, and how long that takes here.

    :param segments: all of them; ``made``, ``from_memory`` and ``in_file``: those that no model is asked for.
    :param seconds: None: this machine has not been measured with any model.
    :param glossary_fits: it is of these languages, or there is none.
    """
    parts = [trn("{n} sentence", "{n} sentences", segments)]
    if made:
        parts.append(tr("{n} finished earlier", n=made))
    if in_file:
        parts.append(tr("{n} translated in the file", n=in_file))
    if from_memory:
        parts.append(tr("{n} from memory", n=from_memory))
    if not glossary_fits:
        parts.append(tr("the glossary is for other languages"))
    words = " · ".join(parts)
    if segments == made + in_file + from_memory:
        return words
    return f"{words} · {expected(seconds, measured=measured)}"


def columns(chosen: Sequence[str], left: Sequence[str], into: str) -> str:
    """Which columns of a table are translated, and which are not; empty: all of them are.

    :param into: the one of ``left`` that takes what is new, empty: none.
    """
    if not left:
        return ""
    rest = listed(*(name for name in left if name != into))
    if not into:
        return tr("Columns that are translated: {chosen}. Left as they are: {left}.", chosen=listed(*chosen), left=rest)
    words = tr("Columns that are translated: {chosen}, into the column {into}.", chosen=listed(*chosen), into=into)
    return sentences(words, tr("Left as they are: {left}.", left=rest) if rest else "")


def missing(count: int) -> str:
    """What is to be said of a file with this many segments that are not translated; empty: nothing."""
    if not count:
        return ""
    return trn(
        "{n} sentence is not translated yet and stands as it was.",
        "{n} sentences are not translated yet and stand as they were.",
        count,
    )


def state(value: str) -> str:
    """What there is to say about a translation beside its text (a ``storage.rows.JobState``); empty: nothing."""
    return _STATES[value]()


def segment_state(value: str) -> str:
    """How a segment came to what it is (a ``core.translation.views.SegmentState``)."""
    return _SEGMENTS[value]()


def finding(
    kind: str,
    text: str = "",
    *,
    source: bool = True,
    target: bool = False,
    values: Mapping[str, str | int] | None = None,
) -> str:
    """What is wrong with the translation of a segment, in one sentence.

    :param kind: of ``documents.segments.FindingKind``; ``text``: what it is about.
    :param source: it has a place in the source; ``target``: in the translation. With both, one became something else.
    """
    words = text if len(text) <= _QUOTED else f"{text[: _QUOTED - 1].rstrip()}…"
    if kind == "term":
        return _term(words, values or {})
    if kind == "language" and values and values.get("found"):
        return tr("This seems to be in another language ({name}).", name=values["found"])
    if kind in _COUNTED and words:
        there, gone = _COUNTED[kind]
        if source and target:
            return tr("“{text}” is different here.", text=words)
        return there(words) if target else gone(words)
    return _PLAIN.get(kind, _unknown)()


def _term(words: str, values: Mapping[str, str | int]) -> str:
    source, target = str(values.get("source", "")), str(values.get("target", words))
    if values.get("forbidden"):
        return tr("The glossary forbids “{target}” here.", target=target)
    if source and target and source != target:
        return tr("The glossary wants “{target}” for “{source}”.", target=target, source=source)
    return tr("The glossary keeps “{term}” as it is.", term=source or target or words)


def _unknown() -> str:
    return tr("Something is wrong with this translation.")


_STATES: Mapping[str, Callable[[], str]] = {
    "running": lambda: tr("Being translated…"),
    "stopped": lambda: tr("Stopped. When it resumes, what is finished stays."),
    "done": lambda: "",
    "failed": lambda: tr("This translation failed."),
    "waiting": lambda: tr("Interrupted. When it resumes, what is finished stays."),
}

_SEGMENTS: Mapping[str, Callable[[], str]] = {
    "waiting": lambda: tr("Not translated yet"),
    "writing": lambda: tr("Being translated"),
    "done": lambda: tr("Translated"),
    "redone": lambda: tr("Translated again"),
    "marked": lambda: tr("To be checked"),
    "edited": lambda: tr("Edited by you"),
    "memory": lambda: tr("From your translation memory"),
    "in_file": lambda: tr("Translated in the file"),
}

_COUNTED: Mapping[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "number": (
        lambda words: tr("Number {text} is not in the source.", text=words),
        lambda words: tr("Number {text} is missing.", text=words),
    ),
    "unit": (
        lambda words: tr("Unit {text} is not in the source.", text=words),
        lambda words: tr("Unit {text} is missing.", text=words),
    ),
    "date": (
        lambda words: tr("Date {text} is not in the source.", text=words),
        lambda words: tr("Date {text} is missing.", text=words),
    ),
    "link": (
        lambda words: tr("Link {text} is not in the source.", text=words),
        lambda words: tr("Link {text} is missing.", text=words),
    ),
    "email": (
        lambda words: tr("Address {text} is not in the source.", text=words),
        lambda words: tr("Address {text} is missing.", text=words),
    ),
    "code": (
        lambda words: tr("Code {text} is not in the source.", text=words),
        lambda words: tr("Code {text} is missing.", text=words),
    ),
    "placeholder": (
        lambda words: tr("Placeholder {text} is not in the source.", text=words),
        lambda words: tr("Placeholder {text} is missing.", text=words),
    ),
    "omission": (
        lambda _: tr("Something of the source may be missing."),
        lambda words: tr("“{text}” may be missing.", text=words),
    ),
    "emoji": (
        lambda words: tr("{text} is not in the source.", text=words),
        lambda words: tr("{text} is missing.", text=words),
    ),
}

_PLAIN: Mapping[str, Callable[[], str]] = {
    "number": lambda: tr("A number differs."),
    "unit": lambda: tr("A unit differs."),
    "date": lambda: tr("A date differs."),
    "link": lambda: tr("A link differs."),
    "opposite": lambda: tr("It may say the opposite of the source."),
    "email": lambda: tr("An e-mail address differs."),
    "code": lambda: tr("Code differs."),
    "placeholder": lambda: tr("A placeholder differs."),
    "emoji": lambda: tr("An emoji differs."),
    "tag": lambda: tr("Formatting inside the sentence is missing or misplaced."),
    "forged": lambda: tr("There is formatting that the source does not have."),
    "lines": lambda: tr("The line breaks are not those of the source."),
    "loop": lambda: tr("It repeats itself."),
    "commentary": lambda: tr("It contains a remark in addition to the translation."),
    "instruction": lambda: tr("It repeats the instructions to the model."),
    "reasoning": lambda: tr("It contains the model's thoughts."),
    "refusal": lambda: tr("The model refused to translate this."),
    "answer": lambda: tr("The text was answered, not translated."),
    "echo": lambda: tr("The source was not translated."),
    "language": lambda: tr("This seems to be in another language."),
    "script": lambda: tr("There are characters of another script."),
    "empty": lambda: tr("There is no translation."),
    "cut": lambda: tr("It ends too early."),
    "omission": lambda: tr("Something of the source may be missing."),
    "unchecked": lambda: tr("It could not be checked."),
    "length": lambda: tr("Its length is unlikely: something may be missing or added."),
}

"""Can a model be expected to translate between two languages, and which one would do it better: values, no words
(``texts/translators.py`` has those).

What is known of a model of the catalogue are the languages that its makers name; of any other its size and whether it
was made to follow instructions. A hint is given only where something is known: a model that nobody has heard of may
be good.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from assistant.base.languages import normalize, primary
from assistant.library.advice import Grade, Machine, judge
from assistant.library.catalogue import CatalogueModel, catalogue, entry, quick_enough, whole

_TINY = 700_000_000  # parameters: a chat model below that mixes up what it translates in any language
_SMALL = 2_000_000_000  # and one below that does so in languages that it has seen less of
_MOST_SEEN = frozenset(("en", "zh"))
_IN_EVERY_LIST = frozenset(("en", "de", "fr", "es", "it", "pt"))
_MANY = 30  # languages: who names so many but lists few of them here may have any
_SAME = {"fil": "tl", "no": "nb", "nn": "nb", "iw": "he", "in": "id", "wuu": "zh"}
_CONTEXT = 4096  # tokens that a translation counts with


class Weakness(StrEnum):
    """What speaks against translating with a model."""

    NONE = ""
    DEMO = "demo"  # it is there to show that everything works
    VECTORS = "vectors"  # it makes vectors, not text
    BASE = "base"  # it continues texts, and follows no instructions
    LANGUAGE = "language"  # its makers do not name one of the languages
    SMALL = "small"


@dataclass(frozen=True)
class TranslatorHint:
    """What speaks against translating with a model.

    :ivar languages: of the two those that it is not known for, BCP 47.
    :ivar better: None: nothing better in the catalogue fits this machine.
    """

    weakness: Weakness = Weakness.NONE
    languages: tuple[str, ...] = ()
    better: CatalogueModel | None = None


def translator_hint(
    row: CatalogueModel | None,
    pair: tuple[str, str],
    *,
    machine: Machine,
    parameters: int = 0,
    has_template: bool = True,
    demo: bool = False,
    embeds: bool = False,
    translator: bool = False,
) -> TranslatorHint:
    """What is to be said before ``pair`` (from, to) is translated with a model.

    :param row: of the model in the catalogue, None: it is not there.
    :param parameters: 0: not known.
    :param translator: by its file it is a model that was made for translating.
    """
    known = tuple(_plain(tag) for tag in pair if tag)
    translator = translator or (row is not None and "translate" in row.tasks)
    parameters = parameters or (row.parameters if row else 0)
    missing = tuple(tag for tag in pair if tag and row is not None and not _knows(row, _plain(tag)))
    if demo or (row is not None and row.starter):
        weakness = Weakness.DEMO
    elif embeds or (row is not None and row.embed is not None):
        weakness = Weakness.VECTORS
    elif not has_template and not translator:
        weakness = Weakness.BASE
    elif missing:
        weakness = Weakness.LANGUAGE
    elif not translator and 0 < parameters < (_TINY if set(known) <= _MOST_SEEN else _SMALL):
        weakness = Weakness.SMALL
    else:
        return TranslatorHint()
    better = better_translator(known, machine)
    return TranslatorHint(weakness, missing, None if better is row else better)


def better_translator(languages: Iterable[str], machine: Machine) -> CatalogueModel | None:
    """The best model of the catalogue for these languages that runs well here, made for translating if there is one;
    else the smallest that runs at all. None: there is none."""
    wanted = [_plain(tag) for tag in languages]
    ladder = list(filter(None, map(entry, whole().ladders["translate"])))
    others = [row for row in catalogue() if "translate" in row.tasks and row not in ladder]
    chats = list(filter(None, map(entry, whole().ladders["chat"])))
    tight: CatalogueModel | None = None
    for rows in (ladder, others, chats):
        best: CatalogueModel | None = None
        for row in rows:
            if not all(_knows(row, tag) for tag in wanted):
                continue
            if rows is chats and row.parameters < _SMALL:
                continue
            verdict = judge(row.to_fit(), machine=machine, context=_CONTEXT, size=row.size, exact=False)
            if verdict.grade is Grade.WELL and quick_enough(row, machine, verdict):
                best = row
            elif verdict.grade is not Grade.NO and tight is None:
                tight = row
        if best is not None:
            return best
    return tight


def _knows(row: CatalogueModel, language: str) -> bool:
    """As far as its makers say; of a list that is known in part, what is in all of them is believed."""
    if language in {_plain(one) for one in row.languages}:
        return True
    unlisted = row.language_count - len(row.languages)
    if row.language_count and 2 * unlisted <= row.language_count:
        return False  # all or nearly all of its list is here
    return row.language_count >= _MANY or language in _IN_EVERY_LIST


def _plain(tag: str) -> str:
    language = primary(normalize(tag) or tag)
    return _SAME.get(language, language)

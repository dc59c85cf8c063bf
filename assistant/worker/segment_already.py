"""Which segments of a document are in the language of the translation already: they are copied, not written anew."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.base import languages
from assistant.base.scripts import is_traditional, only_simplified, only_traditional, script_of, scripts_of
from assistant.documents.detection import detect_languages
from assistant.documents.segments import without_codes
from assistant.worker.messages import FindTranslated, TranslatedFound
from assistant.worker.segment_language import related

_SURE, _HARDLY = 0.9, 0.02
_LETTERS, _EASTERN = 24, 6  # that a text needs: a name or two are in no language
_APART = 12  # of another script than the source's


def find(request: FindTranslated) -> TranslatedFound:
    """The places of those texts of ``request`` that surely are in its target's language."""
    return TranslatedFound(id=request.id, places=tuple(_places(request)))


def _places(request: FindTranslated) -> Iterator[int]:
    source, target = request.source, request.target
    same = languages.same(source, target)
    mine, theirs = languages.primary(target), languages.primary(source)
    if not same and related(mine, theirs):
        return  # Danish is easily taken for Norwegian, and Simplified Chinese for Traditional
    own, others = scripts_of(target), scripts_of(source) - scripts_of(target)
    least = _EASTERN if "Latn" not in own else _APART if others else _LETTERS
    candidates = []
    for place, text in enumerate(request.texts):
        plain = without_codes(text)
        found = [script_of(character) for character in plain if character.isalpha()]
        written = sum(1 for script in found if script in own or not own)
        if others.isdisjoint(found) and (written >= least or (same and 2 * written > len(found))):
            candidates.append((place, plain, written >= least))
    guesses = detect_languages([plain for _, plain, _ in candidates])
    for (place, plain, tells), guess in zip(candidates, guesses, strict=True):
        mine_share = sum(one.share for one in guess if languages.primary(one.language) == mine)
        others_share = max((one.share for one in guess if languages.primary(one.language) != mine), default=0.0)
        if not _other_characters(target).isdisjoint(plain) or (tells and others_share >= _SURE):
            continue
        doubted = any(one.share > _HARDLY and languages.primary(one.language) == theirs for one in guess)
        # Where all of the document is in the language, so is what is too short to tell.
        if same or (tells and mine_share >= _SURE and not doubted):
            yield place


def _other_characters(target: str) -> frozenset[str]:
    """Those of the other way to write Chinese."""
    if languages.primary(target) not in ("zh", "yue"):
        return frozenset()
    return only_simplified() if is_traditional(target) else only_traditional()

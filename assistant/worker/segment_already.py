"""Which segments of a document are in the language of the translation already: they are copied, not written anew."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.base import languages
from assistant.base.scripts import script_of, scripts_of
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
    mine, theirs = languages.primary(target), languages.primary(source)
    if not languages.same(source, target) and related(mine, theirs):
        return  # Danish is easily taken for Norwegian, and Simplified Chinese for Traditional
    own, others = scripts_of(target), scripts_of(source) - scripts_of(target)
    candidates = []
    for place, text in enumerate(request.texts):
        plain = without_codes(text)
        found = [script_of(character) for character in plain if character.isalpha()]
        if not others.isdisjoint(found):
            continue
        least = _EASTERN if "Latn" not in own else _APART if others else _LETTERS
        if sum(1 for script in found if script in own or not own) >= least:
            candidates.append((place, plain))
    guesses = detect_languages([plain for _, plain in candidates])
    for (place, _), guess in zip(candidates, guesses, strict=True):
        if not guess or guess[0].share < _SURE or not languages.same(guess[0].language, target):
            continue
        if languages.same(source, target) or not any(
            one.share > _HARDLY and languages.primary(one.language) == theirs for one in guess
        ):
            yield place

"""What a model weighed at a place of a translation: the other words that could stand there."""

from __future__ import annotations

from assistant.base.scripts import is_traditional, only_simplified, only_traditional, script_of, scripts_of
from assistant.core.translation_views import Alternative, SegmentView
from assistant.engine.messages import Scored
from assistant.tasks.markers import Markers


def weighed(view: SegmentView, at: int, scored: Scored, language: str) -> tuple[Alternative, ...]:
    """The alternatives to the token that character ``at`` of the target came with."""
    markers = Markers(view.source)

    def shown(place: int) -> int:
        return len(markers.show(view.target[:place]))

    there = shown(min(at, len(view.target)))
    step = next((one for one in scored.steps if one.at <= there < one.at + max(1, len(one.text))), None)
    if step is None:
        return ()
    start = at
    while start > 0 and shown(start) > step.at:
        start -= 1
    return tuple(
        Alternative(one.text, round(one.probability, 4), start)
        for one in step.alternatives
        if one.text and (_fits(one.text, language) or one.text.strip() in view.source)
    )


def _fits(text: str, language: str) -> bool:
    """Whether a text in this language can have these letters; a lock keeps the model from others, too."""
    own = scripts_of(language)
    if not own:
        return True
    others: frozenset[str] = frozenset()
    if "Hani" in own and language.startswith(("zh", "yue")):
        others = only_simplified() if is_traditional(language) else only_traditional()
    return all(
        not character.isalpha() or (script_of(character) in own and character not in others) for character in text
    )

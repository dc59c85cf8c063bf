"""What one should know before relying on a summary, in sentences: the same beside it, in a file and on a terminal."""

from __future__ import annotations

from assistant.core.summary.views import JobState, SummaryView
from assistant.texts import summaries


def remarks(view: SummaryView) -> tuple[str, ...]:
    """What there is to say about the text of a summary, however far it came."""
    told = [summaries.problem(one.kind.value, one.values) for one in view.problems if not one.mended]
    if view.unchecked:
        told.append(summaries.unchecked(view.unlinked))
    if view.share < 1 and view.state is JobState.DONE:
        told.append(summaries.quick_look(view.share))
    return tuple(dict.fromkeys(told))


def caveats(view: SummaryView) -> tuple[str, ...]:
    """What stands above the text where nothing else says how the work went: in a file, which others read."""
    unfinished = () if view.state is JobState.DONE else (summaries.unfinished(),)
    return (*unfinished, *remarks(view))

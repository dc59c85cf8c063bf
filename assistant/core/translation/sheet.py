"""A translation as it stands: each segment with its target, what is being written, and how all of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from assistant.base.errors import AssistantError
from assistant.core.translation.plans import Equipped
from assistant.core.translation.records import with_step
from assistant.core.translation.segment_work import SegmentWork, Settled
from assistant.core.translation.views import ENDED, OpenTranslation, SegmentState, SegmentView, first_view
from assistant.documents.segments import Finding
from assistant.engine.messages import Counts
from assistant.storage.rows import JobStep
from assistant.tasks.translation import TranslateOptions


class Sheet:
    """The segments of one document. Every method runs on the pumping thread, but for the constructor.

    :ivar language: that is translated from.
    :ivar equipped: what a model needs to work on it; None until that is made.
    :ivar works: segments that are on their way.
    :ivar versions: what the model wrote beside a segment's target when it was asked for other words, by that.
    :ivar trouble: why the last request for a segment could not be fulfilled.
    :param keep: called when a segment has ended in another way than before, with its tokens and seconds.
    """

    def __init__(
        self,
        document: OpenTranslation,
        options: TranslateOptions,
        *,
        steps: Iterable[JobStep] = (),
        keep: Callable[[SegmentView, Counts, float], None] = lambda _view, _tokens, _seconds: None,
    ) -> None:
        self.document = document = document.into(options.target)
        self.options = options
        self.language = options.source or document.language
        self.equipped: Equipped | None = None
        self.works: dict[int, SegmentWork] = {}
        self.versions: dict[int, dict[str, Settled]] = {}
        self.trouble: AssistantError | None = None
        self.tokens = Counts()
        self.keep = keep
        self._views = [first_view(index, segment) for index, segment in enumerate(document.segments)]
        for index, view in enumerate(self._views):
            if view.target:
                self._views[index] = replace(view, state=SegmentState.IN_FILE)
        for step in steps:
            if 0 <= step.index < len(self._views):
                self._views[step.index] = with_step(self._views[step.index], step)
            spent = Counts(prompt=step.prompt_tokens, cached=step.cached_tokens, generated=step.generated_tokens)
            self.tokens += spent
        self.done = sum(1 for view in self._views if view.state in ENDED)

    @property
    def total(self) -> int:
        return len(self._views)

    def finished(self) -> Callable[[], dict[int, str]]:
        """What gives the targets of the segments that have one now; it may be called on any thread."""
        views = self.kept_views()
        return lambda: {view.index: view.target for view in views if view.state in ENDED}

    def targets(self) -> tuple[str | None, ...]:
        """For each segment its target, or None."""
        return tuple(view.target if view.state in ENDED else None for view in self._views)

    def doubtful(self) -> tuple[bool, ...]:
        """For each segment whether somebody should look at its target."""
        marked = SegmentState.MARKED
        return tuple(view.state is marked or (bool(view.findings) and view.doubtful) for view in self._views)

    def kept_views(self) -> tuple[SegmentView, ...]:
        """All segments as they were before what is being written now."""
        return tuple(self._views)

    def kept(self, index: int) -> SegmentView:
        """A segment as it was before what is being written now."""
        return self._views[index]

    def view(self, index: int) -> SegmentView:
        """A segment as far as it is."""
        view = self._views[index]
        work = self.works.get(index)
        if work is None:
            return view
        written = work.text
        if view.state in ENDED and not written:
            return replace(view, state=SegmentState.WRITING)
        return replace(view, target=written, state=SegmentState.WRITING, findings=(), confidence=0.0, unsure=())

    def views(self) -> tuple[SegmentView, ...]:
        """All of them."""
        views = list(self._views)
        for index in self.works:
            views[index] = self.view(index)
        return tuple(views)

    def put(self, view: SegmentView, tokens: Counts | None = None, seconds: float = 0.0) -> None:
        """A segment has a target that did not come to an end in the task: somebody wrote or chose it."""
        if self.equipped is not None:
            self.equipped.task.put(view.index, view.target)
        self._take(view, tokens or Counts(), seconds)

    def settle(self, index: int, settled: Settled, *, again: bool = False) -> None:
        """The task has brought a segment to its end.

        :param again: there was something else before.
        """
        if settled.unchanged:
            self._take(self._views[index], settled.tokens, settled.seconds)
            return
        state = SegmentState.REDONE if settled.again or again else SegmentState.DONE
        if settled.doubtful:
            state = SegmentState.MARKED
        view = replace(
            self._views[index],
            target=settled.text,
            state=state,
            findings=settled.findings,
            confidence=settled.confidence,
            unsure=settled.unsure,
        )
        self._take(view, settled.tokens, settled.seconds)

    def give(self, index: int, target: str, state: SegmentState, findings: tuple[Finding, ...] = ()) -> SegmentView:
        """A segment that no model is asked for; it is still to be kept."""
        if self._views[index].state not in ENDED:
            self.done += 1
        view = self._views[index] = replace(self._views[index], target=target, state=state, findings=findings)
        return view

    def _take(self, view: SegmentView, tokens: Counts, seconds: float) -> None:
        if self._views[view.index].state not in ENDED:
            self.done += 1
        self._views[view.index] = view
        self.tokens += tokens
        self.keep(view, tokens, seconds)

"""What somebody may request for one segment: again, by hand, other versions, back again, another word here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel, Later
from assistant.core.scoring import Scoring
from assistant.core.translation.alternatives import Spelling, ranked, visible, weighed
from assistant.core.translation.memory import TranslationMemory
from assistant.core.translation.plans import Equipped, Equipping, Wanted
from assistant.core.translation.segment_work import Bench, Rules, SegmentWork, Settled, untouched
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.views import ENDED, Alternative, SegmentState, SegmentView, Version, Weighed
from assistant.documents.segments import Checked, Pair
from assistant.engine.messages import Scored
from assistant.library.models import InstalledModel
from assistant.tasks.markers import Markers
from assistant.tasks.translate_judging import is_usable
from assistant.tasks.translation import TranslateStep

_T = TypeVar("_T")
_VERSIONS = 2
_TRIES = 4  # to find so many that differ
_WEIGHED = 10


@dataclass(frozen=True)
class Place:
    """A segment of a translation.

    :ivar model: that works on it; None: it is not here any more.
    :ivar origin: title of the document.
    """

    job: int
    index: int
    sheet: Sheet
    model: InstalledModel | None
    origin: str = ""

    @property
    def view(self) -> SegmentView:
        """As it was before what is being written."""
        return self.sheet.kept(self.index)


class _Request(Later):
    """A request on its way; calling it gives it up. ``writes``: what comes of it takes the segment's place."""

    def __init__(self, place: Place, *, writes: bool) -> None:
        self.job = place.job
        self.index = place.index
        self.writes = writes


class SegmentRequests:
    """Every method runs on the pumping thread.

    :param changed: called with a translation's number when one of its segments changed; ``grew``: also with the
        segment, when there is more of it.
    """

    def __init__(
        self,
        bench: Bench,
        equipping: Equipping,
        scoring: Scoring,
        memory: TranslationMemory,
        *,
        changed: Callable[[int], None],
        grew: Callable[[int, int], None],
    ) -> None:
        self._bench = bench
        self._equipping = equipping
        self._scoring = scoring
        self._memory = memory
        self._changed = changed
        self._grew = grew
        self._works: set[SegmentWork | Spelling] = set()
        self._requests: list[_Request] = []

    def close(self) -> None:
        """The program ends."""
        for work in self._works:
            work.drop()
        self._works.clear()
        self._requests.clear()

    def open(self, job: int) -> list[int]:
        """Segments of a translation for which a request is on its way."""
        return sorted({request.index for request in self._requests if request.job == job})

    def stop(self, job: int, index: int | None = None) -> bool:
        """Give up what was requested for a segment, or for all of them; whether there was anything."""
        requests = [request for request in self._requests if request.job == job and index in (None, request.index)]
        for request in requests:
            request()
        return bool(requests)

    # ------------------------------------------------------------ by the model

    def redo(self, place: Place) -> None:
        """Write it again."""
        self._rewrite(place, lambda equipped: equipped.task.again(place.index))

    def choose(self, place: Place, at: int, text: str) -> None:
        """Keep the target up to ``at``, let ``text`` follow, and write the rest."""
        kept = place.view.target[:at] + text
        self._rewrite(place, lambda equipped: equipped.task.reflow(place.index, kept))

    def versions(self, place: Place, done: Callable[[tuple[Version, ...] | AssistantError], None]) -> Cancel:
        """Two more versions, each in other words than the others."""
        found: dict[str, Settled] = {}
        request, ended = self._begin(place, done)

        def next_one(equipped: Equipped, number: int) -> None:
            def came(result: Settled | AssistantError) -> None:
                if isinstance(result, AssistantError):
                    ended(result)
                    return
                had = map(_said, (place.view.target, *found))
                if is_usable(result.text, result.findings) and _said(result.text) not in had:
                    found[result.text] = result
                good = sum(1 for one in found.values() if not one.doubtful)
                if good < _VERSIONS and number < _TRIES:
                    next_one(equipped, number + 1)
                    return
                best = dict(sorted(found.items(), key=lambda entry: entry[1].doubtful)[:_VERSIONS])
                place.sheet.versions[place.index] = best
                ended(tuple(Version(one.text, one.findings, one.confidence) for one in best.values()))

            request.act = self._ask(equipped, equipped.task.version(place.index, number), came)

        self._equip(place, request, lambda equipped: next_one(equipped, 1), ended)
        return request

    def back(self, place: Place, done: Callable[[str | AssistantError], None]) -> Cancel:
        """Its target in the language of the source."""
        request, ended = self._begin(place, done)

        def go(equipped: Equipped) -> None:
            def came(result: Settled | AssistantError) -> None:
                ended(result if isinstance(result, AssistantError) else result.text)

            request.act = self._ask(equipped, equipped.task.back(place.index, place.view.target), came)

        self._equip(place, request, go, ended)
        return request

    def alternatives(self, place: Place, at: int, show: Callable[[Weighed | AssistantError], None]) -> Cancel:
        """What the model weighed at the word with one character of the target; ``show`` may be called several times."""
        view = place.view
        request, ended = self._begin(place, show)

        def go(equipped: Equipped) -> None:
            step = equipped.task.reflow(place.index, view.target)

            def came(result: Scored | AssistantError) -> None:
                if isinstance(result, AssistantError):
                    ended(result)
                    return
                found = weighed(view, at, result, equipped.options.target)
                if all(one.whole for one in found):
                    ended(Weighed(ranked(found)))
                    return
                show(Weighed(visible(found), complete=False))
                self._spell(equipped, view, found, request=request, show=show, ended=ended)

            text = Markers(view.source).show(view.target)
            request.act = self._scoring.score(
                equipped.load, step.turns, text, came, most=_WEIGHED, template=step.options.template
            )

        self._equip(place, request, go, ended)
        return request

    def _spell(
        self,
        equipped: Equipped,
        view: SegmentView,
        found: tuple[Alternative, ...],
        *,
        request: _Request,
        show: Callable[[Weighed | AssistantError], None],
        ended: Callable[[Weighed | AssistantError], None],
    ) -> None:
        """Have what was weighed written on to whole words."""

        def told(known: tuple[Alternative, ...], complete: bool) -> None:
            if not complete:
                show(Weighed(known, complete=False))
                return
            over()
            ended(Weighed(known))

        def over() -> None:
            self._works.discard(spelling)
            request.act = None

        def give_up() -> None:
            over()
            spelling.drop()
            ended(AssistantError(ErrorKind.CANCELLED))

        spelling = Spelling(self._bench, equipped, view, found, told)
        self._works.add(spelling)
        request.act = give_up
        spelling.begin()

    # ------------------------------------------------------------ by hand

    def edit(self, place: Place, text: str) -> None:
        """``text`` is the target now, and is remembered."""
        sheet, view = place.sheet, place.view
        self._put(place, replace(view, target=text, state=SegmentState.EDITED, findings=(), confidence=0.0, unsure=()))
        if text.strip():
            self._memory.remember(view.source, text, sheet.language, sheet.options.target, origin=place.origin)

    def use(self, place: Place, text: str) -> None:
        """``text`` is the target now."""
        known = place.sheet.versions.get(place.index, {}).get(text)
        view = replace(
            place.view,
            target=text,
            state=SegmentState.REDONE,
            findings=known.findings if known is not None else (),
            confidence=known.confidence if known is not None else 0.0,
            unsure=known.unsure if known is not None else (),
        )
        self._put(place, view)

    def _put(self, place: Place, view: SegmentView) -> None:
        sheet = place.sheet
        sheet.trouble = None
        work = sheet.works.pop(place.index, None)
        sheet.put(view)
        if work is not None:
            work.give_up()
        for request in self._writing(place):  # also one that still waits for the model
            request()
        self._changed(place.job)
        line = sheet.document.segments[place.index].line
        pair = Pair(view.source, view.target, line=line)

        def has(rules: Rules) -> None:
            self._bench.check(rules, pair, lambda checked: self._was_checked(place, view, checked))

        self._equipping.rules(sheet.equipped, replace(sheet.options, source=sheet.language), view.source, has)

    def _was_checked(self, place: Place, view: SegmentView, checked: Checked) -> None:
        """What is wrong with a text by hand is said; nothing is put right in it."""
        findings = untouched(checked.findings)
        if findings and place.view == view:
            place.sheet.put(replace(view, findings=findings))
            self._changed(place.job)

    # ------------------------------------------------------------ inside

    def _begin(
        self, place: Place, done: Callable[[_T | AssistantError], None], *, writes: bool = False
    ) -> tuple[_Request, Callable[[_T | AssistantError], None]]:
        """A new request, and what is to be called at its end."""
        request = _Request(place, writes=writes)
        self._requests.append(request)
        self._changed(place.job)

        def ended(result: _T | AssistantError) -> None:
            if request in self._requests:
                self._requests.remove(request)
            done(result)
            self._changed(place.job)

        return request, ended

    def _writing(self, place: Place) -> list[_Request]:
        """What was requested for a segment and will take its place."""
        here = (place.job, place.index)
        return [request for request in self._requests if request.writes and (request.job, request.index) == here]

    def _rewrite(self, place: Place, step: Callable[[Equipped], TranslateStep]) -> None:
        """Have the model write a segment, in its place; ``step``: how."""
        if self._writing(place) or place.index in place.sheet.works or place.view.state not in ENDED:
            return

        def over(result: AssistantError | None) -> None:
            if result is not None:
                self._trouble(place, result)

        request, ended = self._begin(place, over, writes=True)
        self._equip(
            place, request, lambda equipped: self._write(place, equipped, step(equipped), request, ended), ended
        )

    def _trouble(self, place: Place, error: AssistantError) -> None:
        place.sheet.trouble = error if error.kind is not ErrorKind.CANCELLED else None
        self._changed(place.job)

    def _equip(
        self,
        place: Place,
        request: _Request,
        go: Callable[[Equipped], None],
        failed: Callable[[AssistantError], None],
    ) -> None:
        """Call ``go`` with what a model needs to work on the sheet, making it if need be."""
        sheet = place.sheet
        sheet.trouble = None
        if place.model is None:
            failed(AssistantError(ErrorKind.NO_SUCH_MODEL, name=""))
            return

        def has(equipped: Equipped | AssistantError) -> None:
            if isinstance(equipped, AssistantError):
                failed(equipped)
                return
            sheet.equipped = sheet.equipped or equipped
            if place.view.state in ENDED and sheet.equipped.task.result(place.index) is None:
                sheet.equipped.task.put(place.index, place.view.target)  # it ended while this was made
            try:
                go(self._equipping.fresh(sheet.equipped))
            except AssistantError as error:
                failed(error)

        if sheet.equipped is not None and self._equipping.still(sheet.equipped, place.model):
            has(sheet.equipped)
            return
        sheet.equipped = None
        wanted = Wanted(
            sheet.options,
            place.model,
            document=sheet.document,
            done=sheet.finished(),
            remembered=False,
            counted=False,
        )
        cancel = self._equipping.make(wanted, has)
        request.act = request.act or cancel  # it may be over already

    def _write(
        self,
        place: Place,
        equipped: Equipped,
        step: TranslateStep,
        request: _Request,
        ended: Callable[[AssistantError | None], None],
    ) -> None:
        """Have the model write a segment, in its place."""
        sheet = place.sheet

        def done(work: SegmentWork, result: Settled | AssistantError | None) -> None:
            self._works.discard(work)
            if sheet.works.get(place.index) is work:
                del sheet.works[place.index]
            elif not isinstance(result, AssistantError):
                ended(None)
                return  # somebody wrote it by hand meanwhile
            if isinstance(result, AssistantError):
                ended(result)
                return
            following = equipped.task.take_of(place.index) if result is None else None
            if following is not None:
                self._write(place, equipped, following, request, ended)
                return
            if result is not None and step.begun:
                sheet.put(_with(place.view, result), result.tokens, result.seconds)
            elif result is not None:
                before = place.view.target
                sheet.settle(place.index, result, again=True)
                if result.unchanged:
                    sheet.trouble = AssistantError(ErrorKind.NOTHING_BETTER)
                elif result.text == before:
                    sheet.trouble = AssistantError(ErrorKind.NOTHING_NEW)
            ended(None)

        work = self._work(equipped, done, place)
        sheet.works[place.index] = work
        request.act = work.give_up
        work.begin(step)
        self._changed(place.job)

    def _ask(self, equipped: Equipped, step: TranslateStep, done: Callable[[Settled | AssistantError], None]) -> Cancel:
        """Have the model answer beside the sheet."""

        def came(work: SegmentWork, result: Settled | AssistantError | None) -> None:
            self._works.discard(work)
            assert result is not None  # only a translation has pieces
            done(result)

        work = self._work(equipped, came, None)
        work.begin(step)
        return work.give_up

    def _work(
        self,
        equipped: Equipped,
        done: Callable[[SegmentWork, Settled | AssistantError | None], None],
        place: Place | None,
    ) -> SegmentWork:
        def grew(_: SegmentWork) -> None:
            if place is not None:
                self._grew(place.job, place.index)

        work = SegmentWork(self._bench, equipped.task, equipped.load, equipped.rules, bulk=False, done=done, grew=grew)
        self._works.add(work)
        return work


def _with(view: SegmentView, settled: Settled) -> SegmentView:
    """A segment whose rest was written anew."""
    return replace(
        view,
        target=settled.text,
        state=SegmentState.MARKED if settled.doubtful else SegmentState.REDONE,
        findings=settled.findings,
        confidence=settled.confidence,
        unsure=settled.unsure,
    )


def _said(text: str) -> str:
    """What makes one version of a sentence unlike another: a full stop does not."""
    return "".join(sign for sign in text.casefold() if sign.isalnum()) or text

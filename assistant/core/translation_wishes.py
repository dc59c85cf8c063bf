"""What somebody may wish for one segment: again, by hand, other versions, back again, another word here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.scripts import is_traditional, only_simplified, only_traditional, script_of, scripts_of
from assistant.core.jobs import Cancel, Later
from assistant.core.scoring import Scoring
from assistant.core.translation_memory import TranslationMemory
from assistant.core.translation_plans import Equipped, Equipping, Wanted
from assistant.core.translation_sheet import Sheet
from assistant.core.translation_views import ENDED, Alternative, SegmentState, SegmentView
from assistant.core.translation_work import Bench, Rules, SegmentWork, Settled
from assistant.documents.segments import Checked, Finding, Pair
from assistant.engine.messages import Scored
from assistant.library.models import InstalledModel
from assistant.tasks.markers import Markers
from assistant.tasks.translation import TranslateStep

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


class Wishes:
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
        self._works: set[SegmentWork] = set()

    def close(self) -> None:
        """The program ends."""
        for work in self._works:
            work.drop()
        self._works.clear()

    # ------------------------------------------------------------ by the model

    def redo(self, place: Place) -> None:
        """Write it again."""

        def go(equipped: Equipped) -> None:
            self._write(place, equipped, equipped.task.again(place.index))

        self._rewrite(place, go)

    def choose(self, place: Place, at: int, text: str) -> None:
        """Keep the target up to ``at``, let ``text`` follow, and write the rest."""
        kept = place.view.target[:at] + text

        def go(equipped: Equipped) -> None:
            self._write(place, equipped, equipped.task.reflow(place.index, kept))

        self._rewrite(place, go)

    def versions(self, place: Place, done: Callable[[tuple[str, ...] | AssistantError], None]) -> Cancel:
        """Two more versions, each unlike the others."""
        found: dict[str, Settled] = {}
        later = Later()

        def next_one(equipped: Equipped, number: int) -> None:
            def came(result: Settled | AssistantError) -> None:
                if isinstance(result, AssistantError):
                    done(result)
                    return
                if result.text.strip() and result.text != place.view.target:
                    found.setdefault(result.text, result)
                if len(found) < _VERSIONS and number < _TRIES:
                    next_one(equipped, number + 1)
                else:
                    place.sheet.versions[place.index] = found
                    done(tuple(found))

            later.act = self._ask(equipped, equipped.task.version(place.index, number), came)

        return self._first(later, self._equip(place, lambda equipped: next_one(equipped, 1), done))

    def back(self, place: Place, done: Callable[[str | AssistantError], None]) -> Cancel:
        """Its target in the language of the source."""
        later = Later()

        def go(equipped: Equipped) -> None:
            def came(result: Settled | AssistantError) -> None:
                done(result if isinstance(result, AssistantError) else result.text)

            later.act = self._ask(equipped, equipped.task.back(place.index, place.view.target), came)

        return self._first(later, self._equip(place, go, done))

    def alternatives(
        self, place: Place, at: int, done: Callable[[tuple[Alternative, ...] | AssistantError], None]
    ) -> Cancel:
        """What the model weighed at one character of the target."""
        view = place.view
        later = Later()

        def go(equipped: Equipped) -> None:
            step = equipped.task.reflow(place.index, view.target)

            def came(result: Scored | AssistantError) -> None:
                if isinstance(result, AssistantError):
                    done(result)
                else:
                    done(_weighed(view, at, result, equipped.options.target))

            text = Markers(view.source).show(view.target)
            later.act = self._scoring.score(
                equipped.load, step.turns, text, came, most=_WEIGHED, template=step.options.template
            )

        return self._first(later, self._equip(place, go, done))

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
            work.stop()
        self._changed(place.job)
        rules = sheet.equipped.rules if sheet.equipped is not None else Rules(sheet.options.target, sheet.language)
        line = sheet.document.segments[place.index].line
        pair = Pair(view.source, view.target, line=line)
        self._bench.check(rules, pair, lambda checked: self._was_checked(place, view, checked))

    def _was_checked(self, place: Place, view: SegmentView, checked: Checked) -> None:
        """What is wrong with a text by hand is said; nothing is put right in it."""
        findings = tuple(_still(finding) for finding in checked.findings)
        if findings and place.view == view:
            place.sheet.put(replace(view, findings=findings))
            self._changed(place.job)

    # ------------------------------------------------------------ inside

    @staticmethod
    def _first(later: Later, cancel: Cancel) -> Later:
        """What gives a wish up: its first stage, unless that is over already."""
        later.act = later.act or cancel
        return later

    def _rewrite(self, place: Place, go: Callable[[Equipped], None]) -> None:
        if place.index in place.sheet.works or place.view.state not in ENDED:
            return
        self._equip(place, go, lambda error: self._trouble(place, error))

    def _trouble(self, place: Place, error: AssistantError) -> None:
        place.sheet.trouble = error if error.kind is not ErrorKind.CANCELLED else None
        self._changed(place.job)

    def _equip(
        self, place: Place, go: Callable[[Equipped], None], failed: Callable[[AssistantError], None]
    ) -> Cancel:
        """Call ``go`` with what a model needs to work on the sheet, making it if need be."""
        sheet = place.sheet
        sheet.trouble = None
        if place.model is None:
            failed(AssistantError(ErrorKind.NO_SUCH_MODEL, name=""))
            return lambda: None

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
            return lambda: None
        sheet.equipped = None
        wanted = Wanted(
            sheet.options,
            place.model,
            document=sheet.document,
            done=sheet.finished(),
            remembered=False,
            counted=False,
        )
        return self._equipping.make(wanted, has)

    def _write(self, place: Place, equipped: Equipped, step: TranslateStep) -> None:
        """Have the model write a segment, in its place."""
        sheet = place.sheet

        def done(work: SegmentWork, result: Settled | AssistantError | None) -> None:
            self._works.discard(work)
            if sheet.works.get(place.index) is work:
                del sheet.works[place.index]
            elif not isinstance(result, AssistantError):
                return  # somebody wrote it by hand meanwhile
            if isinstance(result, AssistantError):
                self._trouble(place, result)
            elif result is None:
                self._write_on(place, equipped)
            elif step.begun:
                sheet.put(_with(place.view, result), result.tokens, result.seconds)
            else:
                sheet.settle(place.index, result, again=True)
                if result.unchanged:
                    sheet.trouble = AssistantError(ErrorKind.NOTHING_BETTER)
            self._changed(place.job)

        work = self._work(equipped, done, place)
        sheet.works[place.index] = work
        work.begin(step)
        self._changed(place.job)

    def _write_on(self, place: Place, equipped: Equipped) -> None:
        """The next piece of a long segment; another segment's is somebody else's."""
        step = equipped.task.take_of(place.index)
        if step is not None:
            self._write(place, equipped, step)

    def _ask(
        self, equipped: Equipped, step: TranslateStep, done: Callable[[Settled | AssistantError], None]
    ) -> Cancel:
        """Have the model answer beside the sheet."""

        def came(work: SegmentWork, result: Settled | AssistantError | None) -> None:
            self._works.discard(work)
            assert result is not None  # only a translation has pieces
            done(result)

        work = self._work(equipped, came, None)
        work.begin(step)
        return work.stop

    def _work(
        self,
        equipped: Equipped,
        done: Callable[[SegmentWork, Settled | AssistantError | None], None],
        place: Place | None,
    ) -> SegmentWork:
        def grew(_: SegmentWork) -> None:
            if place is not None:
                self._grew(place.job, place.index)

        work = SegmentWork(
            self._bench, equipped.task, equipped.load, equipped.rules, bulk=False, done=done, grew=grew
        )
        self._works.add(work)
        return work


def _with(view: SegmentView, settled: Settled) -> SegmentView:
    """A segment whose rest was written anew."""
    return replace(
        view,
        target=settled.text,
        state=SegmentState.REDONE if not any(not one.mended for one in settled.findings) else SegmentState.MARKED,
        findings=settled.findings,
        confidence=settled.confidence,
        unsure=settled.unsure,
    )


def _still(finding: Finding) -> Finding:
    """What could have been put right, and was not."""
    return Finding(
        finding.kind,
        finding.text,
        start=-1 if finding.mended else finding.start,
        end=-1 if finding.mended else finding.end,
        source_start=finding.source_start,
        source_end=finding.source_end,
        minor=finding.minor,
        values=finding.values,
    )


def _weighed(view: SegmentView, at: int, scored: Scored, language: str) -> tuple[Alternative, ...]:
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

"""The translation of what is being typed: only the latest text counts, and nothing of it is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel, Later
from assistant.core.events import CoreEvent, LiveChanged, TranslationGrew
from assistant.core.translation.plans import Equipped, Equipping, Wanted
from assistant.core.translation.pretranslated import Given, Known
from assistant.core.translation.segment_work import Bench, SegmentWork, Settled
from assistant.core.translation.segmented import opened
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.views import ENDED, JobState, SegmentView, TranslationView
from assistant.core.worker_child import WorkerChild
from assistant.engine.messages import Counts
from assistant.library.models import InstalledModel
from assistant.storage.writing import whole
from assistant.tasks.translation import TranslateOptions, TranslateStep
from assistant.worker.messages import ReadSegments, SegmentsRead

_LIVE = 0
_OF_PLACE = ("index", "block", "before", "after", "kind", "lead", "trail", "things")
_KNOWN = 400  # segments that were translated lately, beside those of the present text


@dataclass(frozen=True)
class Typed:
    """What is translated: a text, and how.

    :ivar text: as it was typed.
    """

    text: str
    options: TranslateOptions
    model: InstalledModel


class Live:
    """Every method runs on the pumping thread.

    :param worker: the child that cuts and checks: one that no long work keeps busy.
    :param model: the one that is used where none is named; raises AssistantError when there is none.
    """

    def __init__(
        self,
        bench: Bench,
        worker: WorkerChild,
        equipping: Equipping,
        *,
        model: Callable[[], InstalledModel],
        emit: Callable[[CoreEvent], None],
    ) -> None:
        self._bench = bench
        self._worker = worker
        self._equipping = equipping
        self._default = model
        self._emit = emit
        self._typed: Typed | None = None
        self._cancel: Cancel = lambda: None
        self._preparing = False
        self._stopped = False
        self._error: AssistantError | None = None
        self._rules: tuple[TranslateOptions, str, int] | None = None  # by which what is known was made
        self._known: OrderedDict[str, SegmentView] = OrderedDict()  # by source
        self._room = _KNOWN
        self._learned: list[SegmentView] = []  # since the present text began to be laid out
        self._works: dict[str, SegmentWork] = {}  # by source
        self._places: dict[str, list[int]] = {}  # where each source stands in the present text
        self._equipped: Equipped | None = None
        self._given: Given | None = None
        self._checked: Known = {}  # of the memory, for this text and those before it
        self.sheet: Sheet | None = None

    @property
    def model(self) -> InstalledModel | None:
        """The model of what is there."""
        return self._typed.model if self._typed is not None else None

    def put(self, text: str, options: TranslateOptions, model: InstalledModel | None = None) -> None:
        """Translate ``text`` in place of the one before it; an empty one ends it."""
        self._cancel()
        self._cancel, self._preparing = lambda: None, False
        self._error, self._stopped = None, False
        if not text.strip():
            self._drop(set())
            self._typed = self.sheet = self._equipped = self._given = None
            self._places = {}
            self._emit(LiveChanged())
            return
        try:
            chosen = model or self._default()
        except AssistantError as error:
            self._fail(error)
            return
        self._typed = typed = Typed(whole(text), options, chosen)
        self._preparing = True
        self._cancel = later = Later()
        data = typed.text.encode("utf-8")
        later.act = self._worker.submit(
            lambda number: ReadSegments(id=number, data=data), lambda answer: self._was_read(typed, later, answer)
        )
        self._emit(LiveChanged())

    def stop(self) -> None:
        """Stop what is being written; what has ended stays."""
        self._cancel()
        self._cancel, self._preparing = lambda: None, False
        self._stopped = True
        self._drop({source for source, work in self._works.items() if work.checking})
        for work in list(self._works.values()):
            work.stop()  # it is kept, if it is good
        self._emit(LiveChanged())

    def close(self) -> None:
        """The program ends."""
        self._cancel()
        self._drop(set())

    def current(self) -> tuple[str, TranslateOptions, Sheet, InstalledModel] | None:
        """The text, how it is translated, and what there is; None: nothing."""
        if self._typed is None or self.sheet is None or self._preparing:
            return None
        return self._typed.text, self._typed.options, self.sheet, self._typed.model

    def view(self) -> TranslationView | None:
        """None: nothing was typed."""
        typed, sheet = self._typed, self.sheet
        if typed is None and self._error is None:
            return None
        state = JobState.RUNNING
        if self._error is not None:
            state = JobState.FAILED
        elif self._stopped:
            state = JobState.STOPPED
        elif sheet is not None and not self._preparing and sheet.done == sheet.total:
            state = JobState.DONE
        options = typed.options if typed is not None else TranslateOptions(target="")
        return TranslationView(
            id=_LIVE,
            state=state,
            document="",
            title="",
            options=options,
            segments=sheet.views() if sheet is not None else (),
            format="text",
            language=sheet.language if sheet is not None else "",
            done=sheet.done if sheet is not None else 0,
            total=sheet.total if sheet is not None else 0,
            error=self._error or (sheet.trouble if sheet is not None else None),
            model=typed.model.name if typed is not None else "",
            finish={JobState.DONE: "end", JobState.STOPPED: "cancelled"}.get(state, ""),
            tokens=sheet.tokens if sheet is not None else Counts(),
        )

    # ------------------------------------------------------------ from a text to its segments

    def _was_read(self, typed: Typed, later: Later, answer: SegmentsRead | AssistantError) -> None:
        if typed is not self._typed:
            return
        if isinstance(answer, AssistantError):
            self._fail(answer)
            return
        assert answer.document is not None
        document = opened(answer.document, read=answer)
        options = replace(typed.options, source=typed.options.source or document.language)
        self._same_rules(options, typed.model)
        sources = {segment.text for segment in document.segments}
        known = {source: self._known[source] for source in sources & self._known.keys()}
        for source in known:
            self._known.move_to_end(source)
        self._learned.clear()
        self._room = _KNOWN + len(document.segments)  # so that nothing of this text is forgotten while it stands
        done = {
            index: known[segment.text].target
            for index, segment in enumerate(document.segments)
            if segment.text in known
        }
        wanted = Wanted(options, typed.model, document=document, done=lambda: done, counted=False)
        later.act = self._equipping.make(wanted, lambda found: self._has(typed, later, known, found))

    def _same_rules(self, options: TranslateOptions, model: InstalledModel) -> None:
        """What was translated otherwise is worth nothing now."""
        rules = (options, model.key, self._equipping.revision(options.glossary))
        if rules != self._rules:
            self._drop(set())
            self._known.clear()
            self._checked.clear()
            self._rules = rules

    def _has(
        self, typed: Typed, later: Later, known: Mapping[str, SegmentView], equipped: Equipped | AssistantError
    ) -> None:
        if typed is not self._typed:
            return
        if isinstance(equipped, AssistantError):
            self._preparing = False
            if equipped.kind is not ErrorKind.CANCELLED:
                self._fail(equipped)
            return
        later.act = self._equipping.threads.run(
            "live", lambda _: _laid_out(equipped, known), lambda laid: self._is_laid_out(typed, equipped, laid)
        )

    def _is_laid_out(self, typed: Typed, equipped: Equipped, laid: _Laid | AssistantError) -> None:
        """Put the new text in the place of the one before."""
        if typed is not self._typed:
            return
        self._preparing = False
        if isinstance(laid, AssistantError):
            if laid.kind is not ErrorKind.CANCELLED:
                self._fail(laid)
            return
        sheet, self._places = laid.sheet, laid.places
        sheet.equipped = self._equipped = equipped
        for view in self._learned:
            for index in self._open(sheet, view.source):
                sheet.put(_moved(view, sheet.kept(index)))
        if self._given is not None:
            self._given.drop()
        self._given = given = Given(sheet, equipped, self._bench, lambda _: self._was_given(), known=self._checked)
        self._drop(self._places.keys())
        for source, work in self._works.items():
            sheet.works.update(dict.fromkeys(self._open(sheet, source), work))
        sheet.keep = lambda view, _tokens, _seconds: self._learn(view)
        self.sheet = sheet
        given.go_on()
        self._emit(LiveChanged())
        self._advance()

    def _was_given(self) -> None:
        self._emit(LiveChanged())
        if self._given is not None:
            self._given.go_on()

    def _learn(self, view: SegmentView) -> None:
        self._learned.append(view)
        self._known[view.source] = view
        self._known.move_to_end(view.source)
        while len(self._known) > self._room:
            self._known.popitem(last=False)

    # ------------------------------------------------------------ from a segment to its translation

    def _advance(self) -> None:
        equipped = self._equipped
        if equipped is None or self._preparing or self._stopped or self._error is not None:
            return
        while len(self._works) < max(1, equipped.parallel):
            steps = equipped.task.take(1)
            if not steps:
                return
            source = equipped.document.segments[steps[0].index].text
            if source not in self._works:  # else it is on its way, since an earlier text or for its twin
                self._ask(equipped, steps[0], source)

    def _ask(self, equipped: Equipped, step: TranslateStep, source: str) -> None:
        work = SegmentWork(
            self._bench,
            equipped.task,
            equipped.load,
            equipped.rules,
            bulk=False,
            done=lambda one, result: self._worked(one, source, result),
            grew=lambda _: self._grew(source),
            changed=lambda _: self._emit(LiveChanged()),
        )
        self._works[source] = work
        if self.sheet is not None:
            self.sheet.works.update(dict.fromkeys(self._open(self.sheet, source), work))
        work.begin(step)

    def _worked(self, work: SegmentWork, source: str, result: Settled | AssistantError | None) -> None:
        if self._works.get(source) is not work:
            return
        del self._works[source]
        sheet, equipped = self.sheet, self._equipped
        if sheet is None or equipped is None:
            return
        for index in self._open(sheet, source):
            sheet.works.pop(index, None)
            if isinstance(result, Settled):
                sheet.settle(index, result)
                if equipped.task.result(index) is None:
                    equipped.task.put(index, result.text)
            elif work.task is not equipped.task:
                equipped.task.put_back(index)  # the next piece is with the task of an older text: it begins anew
        if isinstance(result, AssistantError) and (self._stopped or not work.stopped):
            self._fail(result)
            return
        self._emit(LiveChanged())
        self._advance()

    def _grew(self, source: str) -> None:
        if self.sheet is not None:
            for index in self._open(self.sheet, source):
                self._emit(TranslationGrew(_LIVE, index))

    def _open(self, sheet: Sheet, source: str) -> list[int]:
        """Where this source stands in the present text without a translation."""
        return [index for index in self._places.get(source, ()) if sheet.kept(index).state not in ENDED]

    def _drop(self, still: Collection[str]) -> None:
        """Stop what is on its way to a source that is not wanted any more."""
        for source in [source for source in self._works if source not in still]:
            self._works.pop(source).drop()
        if self.sheet is not None and not still:
            self.sheet.works.clear()
        elif self.sheet is not None:
            left = set(self._works.values())
            self.sheet.works = {index: work for index, work in self.sheet.works.items() if work in left}

    def _fail(self, error: AssistantError) -> None:
        self._preparing = False
        if error.kind is ErrorKind.CANCELLED:
            self._stopped = True
        else:
            self._error = error
        self._drop(set())
        self._emit(LiveChanged())


@dataclass(frozen=True)
class _Laid:
    """A text with what is known of it already. ``places``: where each source stands in it."""

    sheet: Sheet
    places: dict[str, list[int]]


def _laid_out(equipped: Equipped, known: Mapping[str, SegmentView]) -> _Laid:
    """On a thread of its own: a text can have thousands of segments."""
    sheet = Sheet(equipped.document, equipped.options)
    places: dict[str, list[int]] = {}
    for index, segment in enumerate(equipped.document.segments):
        places.setdefault(segment.text, []).append(index)
        if segment.text in known:
            sheet.put(_moved(known[segment.text], sheet.kept(index)))
    return _Laid(sheet, places)


def _moved(known: SegmentView, here: SegmentView) -> SegmentView:
    """A segment that was translated where it stood before, where it stands now."""
    return replace(known, **{name: getattr(here, name) for name in _OF_PLACE})

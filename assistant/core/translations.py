"""Translations: the history, the plan before a start, the ones that are being made, and what becomes of them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer
from assistant.core.documents import SEGMENTS, Documents
from assistant.core.events import CoreEvent, TranslationChanged, TranslationGrew, TranslationsChanged
from assistant.core.job_history import JobHistory, error_of, failed
from assistant.core.jobs import Cancel, Job, Jobs, Later
from assistant.core.keeper import Keeper
from assistant.core.measures import Measures
from assistant.core.segmented import Segmented
from assistant.core.translation_job import TranslationRun
from assistant.core.translation_live import Live
from assistant.core.translation_memory import TranslationMemory
from assistant.core.translation_plans import Equipped, Equipping, Wanted
from assistant.core.translation_records import options_from_json, options_to_json, plain, step_of
from assistant.core.translation_sheet import Sheet
from assistant.core.translation_views import (
    Alternative,
    MemoryMatch,
    OpenTranslation,
    SegmentView,
    TranslationPlan,
    TranslationRow,
    TranslationView,
)
from assistant.core.translation_wishes import Place, Wishes
from assistant.core.translation_work import Bench
from assistant.engine.messages import Counts
from assistant.library.models import InstalledModel
from assistant.library.translators import TranslatorHint
from assistant.storage.jobs import JobKeeper
from assistant.storage.rows import Job as Row
from assistant.storage.rows import JobState
from assistant.tasks.chat import title_from
from assistant.tasks.translation import TranslateOptions
from assistant.worker.messages import WriteTranslation

KIND = "translation"
LIVE = 0
"""The number of the translation of what is being typed, which is not kept: the verbs for segments take it too."""

_TITLE = 60  # characters
_LOADED = 4
_SEARCHED = 100_000  # characters of a translation that a search looks through


@dataclass
class _Running:
    """A translation that is being made.

    :ivar run: None while it is prepared; ``cancel`` gives that up.
    """

    row: Row
    model: InstalledModel
    sheet: Sheet | None = None
    run: TranslationRun | None = None
    cancel: Cancel = lambda: None
    stopped: bool = False


@dataclass
class _Made:
    """A translation that is not being made, as it was read or as it ended.

    :ivar sheet: None: it is being read, or ``error`` says why it cannot be.
    :ivar times: seconds of loading the model, and until the first word.
    """

    row: Row
    sheet: Sheet | None = None
    error: AssistantError | None = None
    loading: bool = False
    times: tuple[float, float] = (0.0, 0.0)


class Translations:
    """Every method runs on the pumping thread.

    :param jobs: keeps them; ``keeper``: through which everything is written.
    :param model: the one that is used where none is named; raises AssistantError when there is none.
    :param find: the installed model with a key; ``hint``: what speaks against translating with it.
    """

    def __init__(
        self,
        jobs: JobKeeper,
        keeper: Keeper,
        documents: Documents,
        segmented: Segmented,
        equipping: Equipping,
        bench: Bench,
        *,
        memory: TranslationMemory,
        measures: Measures,
        threads: Jobs,
        live: Live,
        wishes: Wishes,
        later: Callable[[Callable[[None], None]], None],
        model: Callable[[], InstalledModel],
        find: Callable[[str], InstalledModel | None],
        hint: Callable[[InstalledModel, tuple[str, str]], TranslatorHint],
        emit: Callable[[CoreEvent], None],
    ) -> None:
        self._jobs = jobs
        self._keeper = keeper
        self._documents = documents
        self._segmented = segmented
        self._equipping = equipping
        self._bench = bench
        self._memory = memory
        self._measures = measures
        self._threads = threads
        self._typed = live
        self._wishes = wishes
        self._later = later
        self._model = model
        self._find = find
        self._hint = hint
        self._emit = emit
        self._history = JobHistory(jobs, keeper, (KIND,))
        self._running: dict[int, _Running] = {}
        self._made: OrderedDict[int, _Made] = OrderedDict()

    # ------------------------------------------------------------ opening

    def read(
        self,
        path: Path | None = None,
        *,
        done: Callable[[OpenTranslation | AssistantError], None],
        text: str = "",
        data: bytes = b"",
        name: str = "",
        columns: tuple[str, ...] = (),
    ) -> Cancel:
        """Read a file, a pasted text or the bytes of a file for translation, and call ``done`` once.

        :param name: what it is called, where there is no path; empty: plain text.
        :param columns: of a table: those that are translated; empty: all that hold sentences.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        return self._segmented.read(path, done=done, text=text, data=data, name=name, columns=columns)

    def stored(self, digest: str, *, done: Callable[[OpenTranslation | AssistantError], None]) -> Cancel:
        """Show a document again that was read earlier."""
        return self._segmented.stored(digest, done=done)

    # ------------------------------------------------------------ before a start

    def plan(
        self,
        digest: str,
        options: TranslateOptions,
        done: Callable[[TranslationPlan | AssistantError], None],
        *,
        model: InstalledModel | None = None,
    ) -> Cancel:
        """Find out what a translation would take, loading the model if need be, and call ``done`` once.

        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        try:
            chosen = model or self._model()
        except AssistantError as error:
            done(error)
            return lambda: None

        def equipped(result: Equipped | AssistantError) -> None:
            done(result if isinstance(result, AssistantError) else self._plan_view(result))

        return self._equipping.make(Wanted(options, chosen, digest), equipped)

    # ------------------------------------------------------------ the history

    @property
    def history(self) -> JobHistory:
        return self._history

    def rows(self) -> list[TranslationRow]:
        """All translations, the last changed first."""
        return [_row(row) for row in self._history.heads()]

    def search(self, words: str) -> set[int]:
        """Those of ``rows`` that have ``words`` in their title or text, in whatever case."""
        return self._history.search(words)

    def running(self) -> list[int]:
        """The kept translations that are being made now."""
        return list(self._running)

    def documents(self) -> set[str] | None:
        """Digests of the documents that the history refers to; None: it could not be read, so nobody knows."""
        return self._history.documents()

    def view(self, job: int) -> TranslationView | None:
        """A translation as far as it is; None: there is none with this id."""
        if job == LIVE:
            return self._typed.view()
        running = self._running.get(job)
        if running is not None:
            return _running_view(running)
        made = self._known(job)
        return _made_view(made) if made is not None else None

    def segment(self, job: int, index: int) -> SegmentView | None:
        """One segment as far as it is; None: it is not there, or not read yet."""
        sheet = self._sheet(job)
        return sheet.view(index) if sheet is not None and 0 <= index < sheet.total else None

    def text(self, job: int) -> str:
        """The translation as plain text, for copying: what has no translation stands as it was."""
        sheet = self._sheet(job)
        return flowing(sheet) if sheet is not None else ""

    # ------------------------------------------------------------ making one

    def start(self, digest: str, options: TranslateOptions, *, model: InstalledModel | None = None) -> int:
        """Begin a translation of an open document; its id. What goes wrong is in its view.

        :raises AssistantError: NO_MODEL; INTERNAL: the document is not open.
        """
        chosen = model or self._model()
        document = self._segmented.get(digest)
        if document is None:
            raise AssistantError(ErrorKind.INTERNAL, "the document is not open")
        row = self._new_row(document, options, chosen)
        self._history.create(row)
        self._begin(row, chosen, fresh=True)
        return row.id

    def stop(self, job: int) -> None:
        """Stop; what there is stays, and ``go_on`` takes it up again."""
        running = self._running.get(job)
        if running is None or running.stopped:
            return
        running.stopped = True
        if running.run is not None:
            running.run.stop()
        else:
            running.cancel()  # ends with CANCELLED

    def go_on(self, job: int) -> None:
        """Take up a translation that was stopped or interrupted, without doing a segment twice."""
        head = self._history.head(job)
        if head is None or job in self._running or head.state is JobState.DONE:
            return
        model = self._find(head.model_key)
        if model is None:
            made = self._known(job)
            assert made is not None
            made.error = AssistantError(ErrorKind.NO_SUCH_MODEL, name=head.model)
            self._emit(TranslationChanged(job))
            return
        sheet = self._sheet(job)
        row = replace(head, state=JobState.RUNNING, error="", error_detail="", finish="")
        self._history.keep(row)
        self._begin(row, model, sheet=sheet)

    def remove(self, job: int) -> None:
        """Into the trash, from which ``undo_remove`` brings it back until the program ends."""
        self.stop(job)
        if self._history.remove(job):
            self._emit(TranslationsChanged())

    def undo_remove(self) -> int | None:
        """Bring back what was removed last; its id, or None when nothing was."""
        job = self._history.undo_remove()
        if job is not None:
            self._emit(TranslationsChanged())
        return job

    def export(self, job: int, path: Path, done: Callable[[AssistantError | None], None]) -> Cancel:
        """Write the document in its own format with its translation, and call ``done`` with None or the error.

        What has no translation stands as it was.
        """
        later = Later()

        def loaded(sheet: Sheet | AssistantError) -> None:
            if isinstance(sheet, AssistantError):
                done(sheet)
                return
            target = str(path.absolute())
            kept = str(self._documents.place(sheet.document.digest, SEGMENTS))
            later.act = self._documents.request(
                lambda number: WriteTranslation(
                    id=number,
                    path=kept,
                    target=target,
                    texts=sheet.targets(),
                    language=sheet.options.target,
                    source=sheet.language,
                ),
                lambda answer: done(answer if isinstance(answer, AssistantError) else None),
            )

        self._load(job, loaded)
        return later

    # ------------------------------------------------------------ what is being typed

    def live(self, text: str, options: TranslateOptions, *, model: InstalledModel | None = None) -> None:
        """Translate a text that is being typed, in place of the one before it; nothing is kept.

        Segments that are as they were are not translated again, and nothing of an older text comes after this call.
        ``LiveChanged`` and ``TranslationGrew(LIVE, index)`` tell of ``view(LIVE)``. An empty text ends it.
        """
        self._typed.put(text, options, model)

    def stop_live(self) -> None:
        """Stop what is being written of it; what there is stays in its view."""
        self._typed.stop()

    def keep_live(self, done: Callable[[int | AssistantError], None]) -> Cancel:
        """Put it into the history as it is, and call ``done`` with its id there."""
        typed = self._typed.current()
        if typed is None:
            done(AssistantError(ErrorKind.INPUT_EMPTY))
            return lambda: None
        text, options, sheet, model = typed
        views = [view for view in sheet.views() if view.index in sheet.finished()]

        def read(document: OpenTranslation | AssistantError) -> None:
            if isinstance(document, AssistantError):
                done(document)
                return
            whole = len(views) == len(document.segments)
            state, finish = (JobState.DONE, "end") if whole else (JobState.STOPPED, "cancelled")
            row = replace(self._new_row(document, options, model), state=state, finish=finish)
            row = replace(row, result=plain(view.target for view in views))
            self._history.create(row)
            steps = [step_of(row.id, view, tokens=Counts(), seconds=0.0) for view in views]
            self._keeper.write(partial(self._jobs.add_steps, steps))
            self._remember(row, _Made(row, Sheet(document, options, steps=steps, keep=self._keep_of(row.id))))
            self._emit(TranslationsChanged())
            done(row.id)

        return self._segmented.read(text=text, done=read)

    # ------------------------------------------------------------ single segments

    def redo(self, job: int, index: int) -> None:
        """Have the model write one segment again, otherwise than before. Its view tells."""
        self._at(job, index, self._wishes.redo)

    def edit(self, job: int, index: int, text: str) -> None:
        """Put ``text`` in the place of a target; it is remembered for equal and similar sources."""
        self._at(job, index, lambda place: self._wishes.edit(place, text))

    def versions(self, job: int, index: int, done: Callable[[tuple[str, ...] | AssistantError], None]) -> Cancel:
        """Two more ways to translate one segment; ``done`` is called once. ``use`` takes one."""
        return self._asked(job, index, done, lambda place: self._wishes.versions(place, done))

    def use(self, job: int, index: int, text: str) -> None:
        """Put a version in the place of a target; it is not remembered as an edit is."""
        self._at(job, index, lambda place: self._wishes.use(place, text))

    def back(self, job: int, index: int, done: Callable[[str | AssistantError], None]) -> Cancel:
        """Translate the target of one segment back into the language of the source; ``done`` is called once."""
        return self._asked(job, index, done, lambda place: self._wishes.back(place, done))

    def alternatives(
        self, job: int, index: int, at: int, done: Callable[[tuple[Alternative, ...] | AssistantError], None]
    ) -> Cancel:
        """What the model weighed at character ``at`` of a target, the most probable first; ``done`` is called once."""
        return self._asked(job, index, done, lambda place: self._wishes.alternatives(place, at, done))

    def choose(self, job: int, index: int, at: int, text: str) -> None:
        """Keep the target up to ``at``, let ``text`` follow, and have the model write the rest again.

        :param at: of an ``Alternative``, as ``text``.
        """
        self._at(job, index, lambda place: self._wishes.choose(place, at, text))

    def near(self, job: int, index: int, done: Callable[[tuple[MemoryMatch, ...]], None]) -> Cancel:
        """What was translated by hand and is like the source of one segment, the most alike first."""
        sheet = self._sheet(job)
        if sheet is None or not 0 <= index < sheet.total:
            done(())
            return lambda: None
        return self._memory.near(sheet.kept(index).source, sheet.language, sheet.options.target, done)

    # ------------------------------------------------------------ what the core tells

    def grew(self, answer: Answer) -> None:
        """Text was added to one of the running answers."""
        self._bench.grew(answer)

    def changed(self, answer: Answer) -> None:
        """One of the running answers reached another stage."""
        self._bench.changed(answer)

    def interrupt_all(self) -> None:
        """The program ends: what is being made waits until somebody goes on with it."""
        self._typed.close()
        self._wishes.close()
        for running in list(self._running.values()):
            del self._running[running.row.id]
            row = replace(running.row, state=JobState.WAITING)
            if running.run is not None and running.sheet is not None:
                row = replace(row, seconds=row.seconds + running.run.worked, result=_result(running.sheet))
                running.run.abandon()
            self._history.keep(row)
            running.cancel()

    # ------------------------------------------------------------ the way of a translation

    def _new_row(self, document: OpenTranslation, options: TranslateOptions, model: InstalledModel) -> Row:
        title = document.title or title_from(plain(one.text for one in document.segments[:20])[:2000], _TITLE)
        return Row(
            id=self._jobs.new_id(),
            kind=KIND,
            title=title,
            document=document.digest,
            options=options_to_json(options, document.format, options.source or document.language),
            created=time.time(),
            model=model.name,
            model_key=model.key,
        )

    def _begin(self, row: Row, model: InstalledModel, *, sheet: Sheet | None = None, fresh: bool = False) -> None:
        """Read what there is of it, make what it takes, and run."""
        running = _Running(row, model, sheet)
        self._running[row.id] = running
        self._made.pop(row.id, None)
        if sheet is not None:
            self._equip(running)
        else:
            running.cancel = self._open(row.id, lambda found: self._was_opened(running, found), fresh=fresh)
        self._emit(TranslationsChanged())

    def _was_opened(self, running: _Running, sheet: Sheet | AssistantError) -> None:
        if self._running.get(running.row.id) is not running:
            return
        if isinstance(sheet, AssistantError):
            self._end(running, sheet)
            return
        running.sheet = sheet
        self._emit(TranslationChanged(running.row.id))
        self._equip(running)

    def _equip(self, running: _Running) -> None:
        sheet = running.sheet
        assert sheet is not None
        if running.stopped:
            self._end(running, AssistantError(ErrorKind.CANCELLED))
            return
        if sheet.done == sheet.total:  # nothing is left to be asked
            self._end(running, None)
            return
        wanted = Wanted(sheet.options, running.model, document=sheet.document, done=sheet.finished())
        running.cancel = self._equipping.make(wanted, lambda found: self._was_equipped(running, found))

    def _was_equipped(self, running: _Running, equipped: Equipped | AssistantError) -> None:
        if self._running.get(running.row.id) is not running:
            return
        if isinstance(equipped, AssistantError):
            self._end(running, equipped)
            return
        sheet, job = running.sheet, running.row.id
        assert sheet is not None
        sheet.equipped = equipped
        running.row = replace(running.row, fingerprint=equipped.fingerprint)
        running.run = TranslationRun(
            job,
            sheet,
            equipped,
            bench=self._bench,
            jobs=self._jobs,
            keeper=self._keeper,
            pace=self._measures.pace(running.model.key),
            later=self._later,
            changed=lambda: self._emit(TranslationChanged(job)),
            grew=lambda index: self._emit(TranslationGrew(job, index)),
            ended=lambda error: self._end(running, error),
        )
        running.run.start()
        self._emit(TranslationChanged(job))

    def _end(self, running: _Running, error: AssistantError | None) -> None:
        """It goes no further; why not is in ``error``."""
        job = running.row.id
        if self._running.pop(job, None) is not running:
            return
        row, run, sheet = running.row, running.run, running.sheet
        if sheet is not None:
            row = replace(row, result=_result(sheet))
            sheet.keep = self._keep_of(job)
        if run is not None:
            row = replace(row, seconds=row.seconds + run.worked)
        row = replace(row, state=JobState.DONE, finish="end") if error is None else failed(row, error)
        self._history.keep(row)
        shown = None if error is None or error.kind is ErrorKind.CANCELLED else error
        times = (run.load_seconds, run.first_token) if run is not None else (0.0, 0.0)
        if sheet is not None or shown is not None:
            self._remember(row, _Made(row, sheet, shown, times=times))
        self._emit(TranslationChanged(job))
        self._emit(TranslationsChanged())

    # ------------------------------------------------------------ as they are kept

    def _open(
        self, job: int, done: Callable[[Sheet | AssistantError], None], *, fresh: bool = False
    ) -> Cancel:
        """Read the document of a job and what there is of its translation.

        :param fresh: nothing can be there yet.
        """
        head = self._history.head(job)
        assert head is not None
        options, _, _ = options_from_json(head.options)
        later = Later()

        def opened(document: OpenTranslation | AssistantError) -> None:
            if isinstance(document, AssistantError):
                done(AssistantError(document.kind, document.detail, name=head.title))
                return

            def build(_: Job) -> Sheet:
                steps = [] if fresh else self._jobs.steps(job)
                return Sheet(document, options, steps=steps, keep=self._keep_of(job))

            later.act = self._threads.run("translation", build, done)

        later.act = self._segmented.stored(head.document, done=opened)
        return later

    def _known(self, job: int) -> _Made | None:
        """One that is not being made; it is read if need be, which is told when it has come."""
        made = self._made.get(job)
        if made is not None:
            self._made.move_to_end(job)
            return made
        head = self._history.head(job)
        if head is None:
            return None
        if head.state is JobState.RUNNING:
            head = replace(head, state=JobState.WAITING)
        made = _Made(head, error=error_of(head), loading=True)
        self._remember(head, made)

        def opened(sheet: Sheet | AssistantError) -> None:
            made.loading = False
            if isinstance(sheet, Sheet):
                made.sheet = sheet
            else:
                made.error = sheet
            self._emit(TranslationChanged(job))

        self._open(job, opened)
        return made

    def _load(self, job: int, done: Callable[[Sheet | AssistantError], None]) -> None:
        """Call ``done`` with what there is of a translation, reading it if need be."""
        sheet = self._sheet(job)
        if sheet is not None:
            done(sheet)
        elif self._history.head(job) is None:
            done(AssistantError(ErrorKind.INTERNAL, "no such job"))
        else:
            self._open(job, done)

    def _sheet(self, job: int) -> Sheet | None:
        """What there is of a translation, if it is in memory."""
        if job == LIVE:
            return self._typed.sheet
        running = self._running.get(job)
        if running is not None:
            return running.sheet
        made = self._made.get(job)
        return made.sheet if made is not None else None

    def _remember(self, row: Row, made: _Made) -> None:
        self._made[row.id] = made
        self._made.move_to_end(row.id)
        idle = [job for job, one in self._made.items() if one.sheet is None or not one.sheet.works]
        for job in idle[: max(0, len(self._made) - _LOADED)]:
            if job != row.id:
                del self._made[job]

    def _keep_of(self, job: int) -> Callable[[SegmentView, Counts, float], None]:
        def keep(view: SegmentView, tokens: Counts, seconds: float) -> None:
            step = step_of(job, view, tokens=tokens, seconds=seconds)
            self._keeper.write(partial(self._jobs.add_step, step))

        return keep

    # ------------------------------------------------------------ wishes

    def _place(self, job: int, index: int) -> Place | None:
        sheet = self._sheet(job)
        if sheet is None or not 0 <= index < sheet.total:
            return None
        if job == LIVE:
            model = self._typed.model
        else:
            head = self._history.head(job)
            model = self._find(head.model_key) if head is not None else None
        title = "" if job == LIVE else sheet.document.title
        return Place(job, index, sheet, model, title)

    def _at(self, job: int, index: int, wish: Callable[[Place], None]) -> None:
        place = self._place(job, index)
        if place is not None:
            wish(place)

    def _asked(
        self, job: int, index: int, done: Callable[[AssistantError], None], wish: Callable[[Place], Cancel]
    ) -> Cancel:
        place = self._place(job, index)
        if place is None:
            done(AssistantError(ErrorKind.INTERNAL, "no such segment"))
            return lambda: None
        return wish(place)

    # ------------------------------------------------------------ views

    def _plan_view(self, equipped: Equipped) -> TranslationPlan:
        pace = self._measures.pace(equipped.model.key)
        hint = self._hint(equipped.model, (equipped.options.source, equipped.options.target))
        return TranslationPlan(
            segments=equipped.task.total,
            from_memory=len(equipped.memory),
            in_file=sum(1 for segment in equipped.document.segments if segment.target),
            prompt_tokens=sum(equipped.read),
            answer_tokens=sum(equipped.written),
            seconds=equipped.seconds(pace) if pace is not None else None,
            measured=pace is not None and pace.measured,
            parallel=equipped.parallel,
            language=equipped.options.source,
            hint=hint.better.name if hint.better is not None else "",
            hint_kind=hint.weakness.value,
            hint_languages=hint.languages,
        )


def _row(row: Row) -> TranslationRow:
    options, form, _ = options_from_json(row.options)
    return TranslationRow(row.id, row.title, row.created, row.state, options, row.model, form)


def _result(sheet: Sheet) -> str:
    """What a search in the history looks through."""
    texts: list[str] = []
    size = 0
    for target in sheet.finished().values():
        texts.append(target)
        size += len(target)
        if size > _SEARCHED:
            break
    return plain(texts)


def flowing(sheet: Sheet) -> str:
    """A translation as plain text: the blocks in lines of their own."""
    blocks: dict[int, list[str]] = {}
    for view in sheet.views():
        blocks.setdefault(view.block, []).append(view.target or view.source)
    return plain("".join(_spaced(texts)) for texts in blocks.values())


def _spaced(texts: list[str]) -> list[str]:
    """Sentences with a space between them where their script has one."""
    spaced: list[str] = []
    for text in texts:
        if spaced and not ("\u2e80" <= spaced[-1][-1:] <= "\ud7af" or "\uff00" <= spaced[-1][-1:] <= "\uffef"):
            spaced.append(" ")
        spaced.append(text)
    return spaced


def _running_view(running: _Running) -> TranslationView:
    row, run, sheet = running.row, running.run, running.sheet
    return replace(
        _head_view(row, sheet),
        state=JobState.RUNNING,
        seconds_left=run.seconds_left() if run is not None else None,
        seconds=row.seconds + (run.worked if run is not None else 0.0),
        load_seconds=run.load_seconds if run is not None else 0.0,
        first_token=run.first_token if run is not None else 0.0,
    )


def _made_view(made: _Made) -> TranslationView:
    view = _head_view(made.row, made.sheet)
    return replace(
        view,
        error=made.error or (made.sheet.trouble if made.sheet is not None else None),
        loading=made.loading,
        finish=made.row.finish,
        load_seconds=made.times[0],
        first_token=made.times[1],
    )


def _head_view(row: Row, sheet: Sheet | None) -> TranslationView:
    options, form, language = options_from_json(row.options)
    return TranslationView(
        id=row.id,
        state=row.state,
        document=row.document,
        title=row.title,
        options=options,
        segments=sheet.views() if sheet is not None else (),
        format=form,
        language=language,
        done=sheet.done if sheet is not None else 0,
        total=sheet.total if sheet is not None else 0,
        model=row.model,
        tokens=sheet.tokens if sheet is not None else Counts(),
        seconds=row.seconds,
    )

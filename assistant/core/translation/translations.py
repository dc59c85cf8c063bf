"""Translations: what the faces ask for, passed on to the history, the runs, the cache and the requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer
from assistant.core.cancel import Cancel, Later
from assistant.core.documents import Documents
from assistant.core.events import CoreEvent, TranslationChanged, TranslationsChanged
from assistant.core.job_history import JobHistory
from assistant.core.measures import Measures
from assistant.core.translation.cache import TranslationCache
from assistant.core.translation.exporting import export
from assistant.core.translation.keeping import LiveKeeping
from assistant.core.translation.live import Live
from assistant.core.translation.memory import TranslationMemory
from assistant.core.translation.plans import Equipped, Equipping, Wanted
from assistant.core.translation.records import new_row
from assistant.core.translation.runs import TranslationRuns
from assistant.core.translation.segment_requests import Place, SegmentRequests
from assistant.core.translation.segment_work import Bench
from assistant.core.translation.segmented import Segmented
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.snapshots import flowing, list_row, plan_of
from assistant.core.translation.views import (
    Exported,
    MemoryMatch,
    ModelHint,
    OpenTranslation,
    SegmentView,
    TranslationPlan,
    TranslationRow,
    TranslationView,
    Version,
    Weighed,
)
from assistant.core.unfinished import Unfinished
from assistant.library.models import InstalledModel
from assistant.library.translators import TranslatorHint
from assistant.storage.rows import JobState
from assistant.tasks.translation import TranslateOptions

LIVE = 0
"""The number of the translation of what is being typed, which is not kept: the verbs for segments take it too."""


class Translations:
    """Every method runs on the pumping thread.

    :param history: the list of all of them; ``cache``: has some in memory; ``runs``: those that are being made.
    :param live: what is being typed; ``keeping``: puts that into the history; ``requests``: what is asked for segments.
    :param model: the one that is used where none is named; raises AssistantError when there is none.
    :param find: the installed model with a key; ``hint``: what speaks against translating with it.
    """

    def __init__(
        self,
        history: JobHistory,
        cache: TranslationCache,
        runs: TranslationRuns,
        *,
        documents: Documents,
        segmented: Segmented,
        equipping: Equipping,
        bench: Bench,
        memory: TranslationMemory,
        measures: Measures,
        live: Live,
        keeping: LiveKeeping,
        requests: SegmentRequests,
        model: Callable[[], InstalledModel],
        find: Callable[[str], InstalledModel | None],
        hint: Callable[[InstalledModel, tuple[str, str]], TranslatorHint],
        emit: Callable[[CoreEvent], None],
    ) -> None:
        self._history = history
        self._cache = cache
        self._runs = runs
        self._documents = documents
        self._segmented = segmented
        self._equipping = equipping
        self._bench = bench
        self._memory = memory
        self._measures = measures
        self._typed = live
        self._keeping = keeping
        self._requests = requests
        self._model = model
        self._find = find
        self._hint = hint
        self._emit = emit

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
        format: str = "",
    ) -> Cancel:
        """Read a file, a pasted text or the bytes of a file for translation, and call ``done`` once.

        :param name: what it is called, where there is no path; empty: plain text.
        :param columns: of a table: those that are translated; empty: all that hold sentences.
        :param format: as of the document; empty: as its bytes and its name say.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        return self._segmented.read(path, done=done, text=text, data=data, name=name, columns=columns, format=format)

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
        unfinished: Unfinished | None = None,
    ) -> Cancel:
        """Find out what a translation would take, loading the model if need be, and call ``done`` once.

        :param unfinished: what is there of it already.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        try:
            chosen = model or self._model()
        except AssistantError as error:
            done(error)
            return lambda: None

        def equipped(result: Equipped | AssistantError) -> None:
            if isinstance(result, AssistantError):
                done(result)
                return
            hint = self._hint(result.model, result.pair)
            done(plan_of(result, self._measures.pace(result.model.key, result.pair), hint, made=len(made)))

        made = {step.index: step.text for step in unfinished.steps} if unfinished is not None else {}
        return self._equipping.make(Wanted(options, chosen, digest, done=lambda: made), equipped)

    def hint(self, pair: tuple[str, str]) -> ModelHint:
        """What speaks against translating with the chosen model, without loading it. ``pair``: from, to, BCP 47."""
        try:
            found = self._hint(self._model(), pair)
        except AssistantError:
            return ModelHint()
        return ModelHint(found.weakness.value, found.languages, found.better.name if found.better is not None else "")

    # ------------------------------------------------------------ the history

    @property
    def history(self) -> JobHistory:
        return self._history

    def rows(self) -> list[TranslationRow]:
        """All translations, the last changed first."""
        return [list_row(row) for row in self._history.heads()]

    def search(self, words: str, done: Callable[[set[int]], None]) -> Cancel:
        """Call ``done`` once with those of ``rows`` that have ``words`` in their title or text, in whatever case."""
        return self._history.search(words, done)

    def running(self) -> list[int]:
        """The kept translations that are being made now."""
        return self._runs.ids()

    def documents(self) -> set[str] | None:
        """Digests of the documents that the history refers to; None: it could not be read, so nobody knows."""
        return self._history.documents()

    def view(self, job: int) -> TranslationView | None:
        """A translation as far as it is; None: there is none with this id."""
        if job == LIVE:
            return self._typed.view()
        found = self._runs.get(job) or self._cache.get(job)
        return found.view() if found is not None else None

    def segment(self, job: int, index: int) -> SegmentView | None:
        """One segment as far as it is; None: it is not there, or not read yet."""
        sheet = self._sheet(job)
        return sheet.view(index) if sheet is not None and 0 <= index < sheet.total else None

    def text(self, job: int) -> str:
        """The translation as plain text, for copying: what has no translation stands as it was."""
        sheet = self._sheet(job)
        return flowing(sheet) if sheet is not None else ""

    def original(self, job: int, done: Callable[[str | AssistantError], None]) -> Cancel:
        """Call ``done`` once with the plain text that a translation of the history was made of."""
        head = self._history.head(job)
        return self._segmented.original(head.document if head is not None else "", done)

    # ------------------------------------------------------------ making one

    def start(
        self,
        digest: str,
        options: TranslateOptions,
        *,
        model: InstalledModel | None = None,
        unfinished: Unfinished | None = None,
    ) -> int:
        """Begin a translation of an open document; its id. What goes wrong is in its view.

        :param unfinished: what is there of it already; what ends is added there too.
        :raises AssistantError: NO_MODEL; INTERNAL: the document is not open.
        """
        chosen = model or self._model()
        document = self._segmented.get(digest)
        if document is None:
            raise AssistantError(ErrorKind.INTERNAL, "the document is not open")
        row = new_row(self._history, document, options, chosen)
        self._history.create(row)
        if unfinished is None:
            self._runs.begin(row, chosen, fresh=True)
            return row.id
        self._history.add_steps([replace(step, job=row.id) for step in unfinished.steps])
        self._runs.begin(row, chosen, also=unfinished.add)
        return row.id

    def stop(self, job: int) -> None:
        """Stop, also what was requested for its segments; what there is stays, and ``go_on`` takes it up again."""
        self._requests.stop(job)
        self._runs.stop(job)

    def go_on(self, job: int) -> None:
        """Take up a translation that was stopped or interrupted, without doing a segment twice."""
        head = self._history.head(job)
        if head is None or self._runs.get(job) is not None or head.state is JobState.DONE:
            return
        model = self._find(head.model_key)
        if model is None:
            cached = self._cache.get(job)
            assert cached is not None
            cached.error = AssistantError(ErrorKind.NO_SUCH_MODEL, name=head.model)
            self._emit(TranslationChanged(job))
            return
        sheet = self._sheet(job)
        row = replace(head, state=JobState.RUNNING, error="", error_detail="", finish="")
        self._history.keep(row)
        self._runs.begin(row, model, sheet=sheet)

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

    def export(self, job: int, path: Path, done: Callable[[Exported | AssistantError], None]) -> Cancel:
        """Write the document in its own format with its translation, and call ``done`` once.

        What has no translation stands as it was; ``Exported`` says how much that is.
        """
        later = Later()

        def loaded(sheet: Sheet | AssistantError) -> None:
            if isinstance(sheet, AssistantError):
                done(sheet)
            else:
                later.act = export(self._documents, sheet, path, done)

        sheet = self._sheet(job)
        if sheet is not None:
            loaded(sheet)
        else:
            self._cache.open(job, loaded)
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
        self._requests.stop(LIVE)
        self._typed.stop()

    def keep_live(self, done: Callable[[int | AssistantError], None]) -> Cancel:
        """Put it into the history as it is, and call ``done`` with its id there: what is typed is kept on request only.

        The same text that is kept again takes the place of what was kept of it before.
        """
        return self._keeping.keep(done)

    # ------------------------------------------------------------ single segments

    def redo(self, job: int, index: int) -> None:
        """Have the model write one segment again, otherwise than before. Its view tells."""
        self._at(job, index, self._requests.redo)

    def edit(self, job: int, index: int, text: str) -> None:
        """Put ``text`` in the place of a target; it is remembered for equal and similar sources."""
        self._at(job, index, lambda place: self._requests.edit(place, text))

    def versions(self, job: int, index: int, done: Callable[[tuple[Version, ...] | AssistantError], None]) -> Cancel:
        """Two more ways to translate one segment, those without a doubt first; ``done`` is called once.

        They are fewer where the model knows no others: a face says so. ``use`` takes the text of one.
        """
        return self._asked(job, index, done, lambda place: self._requests.versions(place, done))

    def use(self, job: int, index: int, text: str) -> None:
        """Put a version in the place of a target; it is not remembered as an edit is."""
        self._at(job, index, lambda place: self._requests.use(place, text))

    def back(self, job: int, index: int, done: Callable[[str | AssistantError], None]) -> Cancel:
        """Translate the target of one segment back into the language of the source; ``done`` is called once."""
        return self._asked(job, index, done, lambda place: self._requests.back(place, done))

    def alternatives(self, job: int, index: int, at: int, show: Callable[[Weighed | AssistantError], None]) -> Cancel:
        """What the model weighed at the word with character ``at`` of a target, the most probable beginning first.

        ``show`` is called at once with what is known, and again as the words are written to their ends; the last time
        with something ``complete``, or with an error.
        """
        return self._asked(job, index, show, lambda place: self._requests.alternatives(place, at, show))

    def choose(self, job: int, index: int, at: int, text: str) -> None:
        """Keep the target up to ``at``, let ``text`` follow, and have the model write the rest again.

        :param at: of an ``Alternative``, as ``text``.
        """
        self._at(job, index, lambda place: self._requests.choose(place, at, text))

    def stop_request(self, job: int, index: int | None = None) -> bool:
        """Give up what was requested for a segment (None: for any of them) and is on its way: writing it again or its
        rest, versions, the way back, what was weighed. What there was stays; who asked gets CANCELLED.

        :returns: whether there was anything to give up, so that a key such as Esc can mean something else if not.
        """
        return self._requests.stop(job, index)

    def requested(self, job: int) -> list[int]:
        """The segments for which a request is on its way: a face shows Stop meanwhile. ``TranslationChanged`` tells."""
        return self._requests.open(job)

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
        self._requests.close()
        self._runs.interrupt_all()

    # ------------------------------------------------------------ inside

    def _sheet(self, job: int) -> Sheet | None:
        """What there is of a translation, if it is in memory."""
        if job == LIVE:
            return self._typed.sheet
        running = self._runs.get(job)
        return running.sheet if running is not None else self._cache.sheet(job)

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

    def _at(self, job: int, index: int, request: Callable[[Place], None]) -> None:
        place = self._place(job, index)
        if place is not None:
            request(place)

    def _asked(
        self, job: int, index: int, done: Callable[[AssistantError], None], request: Callable[[Place], Cancel]
    ) -> Cancel:
        place = self._place(job, index)
        if place is None:
            done(AssistantError(ErrorKind.INTERNAL, "no such segment"))
            return lambda: None
        return request(place)

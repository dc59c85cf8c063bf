"""Summaries: the history, the plan before a start, the ones that are being made, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Answers
from assistant.core.cancel import Cancel
from assistant.core.documents import Documents, OpenDocument
from assistant.core.events import CoreEvent, SummariesChanged, SummaryChanged, SummaryGrew
from assistant.core.exports import export
from assistant.core.job_history import ENDED, failed, short
from assistant.core.load_plan import LoadPlan
from assistant.core.measures import Measures
from assistant.core.pending_writes import PendingWrites
from assistant.core.summary.caveats import caveats
from assistant.core.summary.history import KIND, Made, SummaryHistory, links_of
from assistant.core.summary.job import Ending, SummaryRun
from assistant.core.summary.live import Live, live_view, plan_view
from assistant.core.summary.plans import Cut, Planned, Planner
from assistant.core.summary.records import options_from_json, options_to_json, problems_to_json
from assistant.core.summary.views import PlanView, SummaryRow, SummaryView
from assistant.core.threads import Threads
from assistant.core.unfinished import Unfinished
from assistant.library.models import InstalledModel
from assistant.storage.jobs import JobStore
from assistant.storage.rows import Job, JobState, JobStep
from assistant.tasks.summarize import SummaryTask
from assistant.tasks.summary import StepKey, SummaryOptions
from assistant.tasks.summary_prompts import language_tag
from assistant.worker.messages import Link, Linked, pack_linked

_PASSING = (ErrorKind.WORKER_ENDED, ErrorKind.DOCUMENT_MEMORY)  # the machine was short of something: tried once more


class Summaries:
    """Every method runs on the pumping thread.

    :param jobs: keeps them; ``writes``: through which everything is written; ``threads``: for looking through them.
    :param model: the one that is used where none is named; raises AssistantError when there is none.
    :param find: the installed model with a key; ``load``: how it is loaded, raises AssistantError.
    """

    def __init__(
        self,
        jobs: JobStore,
        writes: PendingWrites,
        documents: Documents,
        planner: Planner,
        answers: Answers,
        measures: Measures,
        *,
        threads: Threads,
        model: Callable[[], InstalledModel],
        find: Callable[[str], InstalledModel | None],
        load: Callable[[InstalledModel], LoadPlan],
        emit: Callable[[CoreEvent], None],
    ) -> None:
        self._jobs = jobs
        self._writes = writes
        self._documents = documents
        self._planner = planner
        self._answers = answers
        self._measures = measures
        self._model = model
        self._find = find
        self._load = load
        self._emit = emit
        self._history = SummaryHistory(jobs, writes, threads)
        self._live: dict[int, Live] = {}

    # ------------------------------------------------------------ the history

    @property
    def history(self) -> SummaryHistory:
        """Their list, which has the questions about documents too."""
        return self._history

    def rows(self) -> list[SummaryRow]:
        """All summaries and the documents that were only asked about, the last changed first."""
        return self._history.rows()

    def search(self, words: str, done: Callable[[set[int]], None]) -> Cancel:
        """Call ``done`` once with those of ``rows`` that have ``words`` in their title or text, in whatever case."""
        return self._history.search(words, done)

    def running(self) -> list[int]:
        """The summaries that are being made now."""
        return list(self._live)

    def documents(self) -> set[str] | None:
        """Digests of the documents that the history refers to; None: it could not be read, so nobody knows."""
        return self._history.documents()

    def view(self, job: int) -> SummaryView | None:
        """A summary as far as it is; None: there is none with this id."""
        live = self._live.get(job)
        if live is None:
            return self._history.view(job)
        before = self._history.view(job) if live.linking and live.run is None else None
        return replace(before, state=JobState.RUNNING) if before is not None else live_view(live)

    # ------------------------------------------------------------ before a start

    @staticmethod
    def language(words: str) -> str:
        """The tag of a language from what a person calls it (``German``, ``de``, ``简体中文``); empty: unknown."""
        return language_tag(words)

    def plan(
        self,
        digest: str,
        options: SummaryOptions,
        done: Callable[[PlanView | AssistantError], None],
        *,
        model: InstalledModel | None = None,
    ) -> Cancel:
        """Find out what a summary would take, loading the model if need be, and call ``done`` once.

        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        try:
            chosen = model or self._model()
        except AssistantError as error:
            done(error)
            return lambda: None

        def planned(result: Planned | AssistantError) -> None:
            done(
                result
                if isinstance(result, AssistantError)
                else plan_view(result, self._measures.pace(result.model.key))
            )

        return self._planner.make(digest, options, chosen, planned)

    def start(
        self,
        digest: str,
        options: SummaryOptions,
        *,
        model: InstalledModel | None = None,
        unfinished: Unfinished | None = None,
    ) -> int:
        """Begin a summary of an open document; its id. What goes wrong is in its view.

        :param unfinished: what is there of it already; what ends is added there too.
        :raises AssistantError: NO_MODEL; INTERNAL: the document is not open.
        """
        chosen = model or self._model()
        document = self._documents.get(digest)
        if document is None:
            raise AssistantError(ErrorKind.INTERNAL, "the document is not open")
        row = self._history.new(
            KIND,
            digest,
            document.title,
            text=document.text,
            model=chosen.name,
            model_key=chosen.key,
            options=options_to_json(options),
        )
        kept: list[JobStep] = []
        if unfinished is not None and (begun := _begun(unfinished.plan)) is not None:
            row = replace(row, plan=begun[0], fingerprint=begun[1])
            kept = [replace(step, job=row.id) for step in unfinished.steps]
        self._history.create(row)
        if kept:
            self._history.add_steps(kept)
        self._begin(row, chosen, kept, unfinished)
        return row.id

    def stop(self, job: int) -> None:
        """Stop; what there is stays, and ``go_on`` takes it up again."""
        live = self._live.get(job)
        if live is None or live.stopped:
            return
        live.stopped = True
        if live.run is not None and not live.linking:
            live.run.stop()
        else:
            live.cancel()  # of planning: ends with CANCELLED; of linking: the result stays without links

    def go_on(self, job: int) -> None:
        """Take up a summary that was stopped or interrupted, without doing a step twice."""
        head = self._history.head(job)
        if head is None or job in self._live:
            return
        if head.state is JobState.DONE:
            self._link_again(job)
            return
        try:
            row, steps = self._history.whole(job)
            model = self._find(row.model_key)
            if model is None:
                raise AssistantError(ErrorKind.NO_SUCH_MODEL, name=row.model)
        except AssistantError as error:
            self._history.note(job, error)
            self._emit(SummaryChanged(job))
            return
        row = replace(row, state=JobState.RUNNING, error="", error_detail="", finish="")
        self._history.update(row)
        self._begin(row, model, [step for step in steps if step.state in ENDED])

    def remove(self, job: int) -> None:
        """Into the trash, from which ``undo_remove`` brings it back until the program ends."""
        self.stop(job)
        if self._history.remove(job):
            self._emit(SummariesChanged())

    def undo_remove(self) -> int | None:
        """Bring back what was removed last; its id, or None when nothing was."""
        job = self._history.undo_remove()
        if job is not None:
            self._emit(SummariesChanged())
        return job

    def export(
        self,
        job: int,
        path: Path,
        form: str,
        done: Callable[[AssistantError | None], None],
    ) -> Cancel:
        """Write the text with its links and its caveats into a file, and call ``done`` with None or the error.

        :param form: ``markdown``, ``text``, ``docx`` or ``html``.
        """
        view = self.view(job)
        if view is None:
            done(AssistantError(ErrorKind.INPUT_EMPTY))
            return lambda: None
        sentences = view.linked.sentences if view.linked is not None else ()
        return export(
            self._documents,
            view.document,
            (path, form),
            done,
            title=view.title,
            text=view.text,
            sentences=sentences,
            caveats=caveats(view),
        )

    # ------------------------------------------------------------ what the core tells

    def grew(self, answer: Answer) -> None:
        """Text was added to one of the running answers."""
        live = self._owner(answer)
        if live is not None:
            self._emit(SummaryGrew(live.row.id))

    def changed(self, answer: Answer) -> None:
        """One of the running answers reached another stage."""
        live = self._owner(answer)
        if live is not None and live.run is not None:
            live.run.answer_changed(answer)

    def interrupt_all(self) -> None:
        """The program ends: what is being made waits until somebody goes on with it."""
        for live in list(self._live.values()):
            del self._live[live.row.id]
            row = replace(live.row, state=JobState.WAITING)
            if live.run is not None and not live.linking:
                row = replace(row, result=live.run.text, seconds=row.seconds + live.run.worked)
            if live.run is not None or not live.linking:  # else it was done before, but for its links
                self._history.update(row)
            if live.run is not None:
                live.run.abandon()
            live.cancel()

    # ------------------------------------------------------------ the way of a summary

    def _begin(
        self, row: Job, model: InstalledModel, kept: list[JobStep], unfinished: Unfinished | None = None
    ) -> None:
        """Plan it, or take up its plan; then run."""
        self._measures.stop()  # somebody waits: each count would wait for a step of the self-test
        live = Live(row, model, kept, unfinished)
        self._live[row.id] = live
        if row.plan:
            live.cancel = self._planner.take_up(row, len(live.kept), model, lambda found: self._taken_up(live, found))
        else:
            self._plan_it(live)
        self._emit(SummariesChanged())

    def _plan_it(self, live: Live) -> None:
        assert live.model is not None
        options = options_from_json(live.row.options)
        live.cancel = self._planner.make(
            live.row.document, options, live.model, lambda planned: self._was_planned(live, planned)
        )

    def _was_planned(self, live: Live, planned: Planned | AssistantError) -> None:
        if live.row.id not in self._live:
            return
        if isinstance(planned, AssistantError):
            self._fail(live, planned)
            return
        live.row = replace(live.row, plan=planned.cut.to_json(), fingerprint=planned.fingerprint)
        self._history.update(live.row)
        if live.unfinished is not None:
            live.unfinished.begin(json.dumps((live.row.plan, live.row.fingerprint)))
        self._run(live, planned.cut, planned.cut.texts(planned.document))

    def _taken_up(self, live: Live, found: tuple[OpenDocument, Cut] | AssistantError | None) -> None:
        if self._live.get(live.row.id) is not live:
            return
        if found is None:
            self._plan_it(live)
        elif not isinstance(found, AssistantError):
            document, cut = found
            self._run(live, cut, cut.texts(document))
        elif found.kind is ErrorKind.DOCUMENT_UNREADABLE:
            self._fail(live, AssistantError(found.kind, found.detail, name=live.row.title))
        else:
            self._fail(live, found)

    def _run(self, live: Live, cut: Cut, texts: list[str]) -> None:
        assert live.model is not None
        options = options_from_json(live.row.options)
        done = {StepKey(step.level, step.index): step.text for step in live.kept}
        try:
            task = SummaryTask(texts, cut.titles, options, cut.room, language=cut.language, done=done)
            plan = self._load(live.model)
        except AssistantError as error:
            self._fail(live, error)
            return
        job = live.row.id
        live.cut = cut
        live.run = SummaryRun(
            live.row,
            cut,
            task,
            kept=live.kept,
            plan=plan,
            answers=self._answers,
            jobs=self._jobs,
            writes=self._writes,
            pace=self._measures.pace(live.model.key),
            also=lambda step: live.unfinished.add((step,)) if live.unfinished is not None else None,
            changed=lambda: self._emit(SummaryChanged(job)),
            grew=lambda: self._emit(SummaryGrew(job)),
            ended=lambda ending: self._run_ended(live, ending),
        )
        live.run.start()

    def _run_ended(self, live: Live, ending: Ending) -> None:
        if self._live.get(live.row.id) is not live:
            return
        assert live.run is not None
        worked = live.row.seconds + live.run.worked
        live.row = replace(live.row, result=ending.text, seconds=worked)
        if ending.error is not None:
            self._fail(live, ending.error)
        elif ending.finish == "cancelled":
            self._end(live, replace(live.row, state=JobState.STOPPED, finish="cancelled"))
        else:
            if live.model is not None and (taught := live.run.taught()):
                self._measures.learn_job(live.model.key, **taught)
            live.row = replace(live.row, finish=ending.finish, problems=problems_to_json(ending.problems))
            self._link(live)

    def _link_again(self, job: int) -> None:
        """Check the sentences of a result, if that failed before."""
        view = self._history.view(job)
        if view is None or not view.unchecked:
            return
        try:
            row, _ = self._history.whole(job)
        except AssistantError:
            return
        self._live[job] = live = Live(row, None)
        self._link(live)
        self._emit(SummariesChanged())

    def _link(self, live: Live) -> None:
        live.linking = True
        text = live.row.result
        live.cancel = self._documents.ask(
            live.row.document,
            lambda number, path: Link(id=number, path=path, text=text),
            lambda linked: self._was_linked(live, linked),
        )
        self._emit(SummaryChanged(live.row.id))

    def _was_linked(self, live: Live, linked: Linked | AssistantError) -> None:
        """The result stands, also where it could not be checked; why not is kept with it."""
        if self._live.get(live.row.id) is not live:
            return
        if isinstance(linked, AssistantError) and linked.kind in _PASSING and not live.tried:
            live.tried = True
            self._link(live)
            return
        row = replace(live.row, state=JobState.DONE, error="", error_detail="")
        if not isinstance(linked, AssistantError):
            row = replace(row, linked=pack_linked(linked))
        elif linked.kind is not ErrorKind.CANCELLED:
            row = replace(row, error=linked.kind.value, error_detail=short(linked.detail))
        self._end(live, row)

    def _fail(self, live: Live, error: AssistantError) -> None:
        """Say why it does not go on; what can be mended by waiting waits."""
        self._end(live, failed(live.row, error), None if error.kind is ErrorKind.CANCELLED else error)

    def _end(self, live: Live, row: Job, error: AssistantError | None = None) -> None:
        self._live.pop(row.id, None)
        run, cut = live.run, live.cut
        if run is not None and cut is not None:
            times = (run.load_seconds, run.first_token)
            made = Made(row, run.steps(), run.tokens, links_of(row), cut, error, times)
            self._history.update(row, made)
        else:
            self._history.update(row)
            if error is not None:
                self._history.note(row.id, error)
        self._emit(SummaryChanged(row.id))
        self._emit(SummariesChanged())

    def _owner(self, answer: Answer) -> Live | None:
        if not answer.bulk:
            return None
        return next((one for one in self._live.values() if one.run is not None and one.run.owns(answer)), None)


def _begun(noted: str) -> tuple[str, str] | None:
    """The plan and the fingerprint that were noted when a summary was begun; None: they are not there, or damaged."""
    try:
        plan, fingerprint = json.loads(noted)
        Cut.from_json(plan)
    except (ValueError, TypeError):
        return None
    return str(plan), str(fingerprint)

"""Everything that is done with documents: opening, summing up, asking, translating; wired together in one place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Set
from functools import partial
from pathlib import Path

import psutil

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import Paths
from assistant.core.answers import Answer, Answers
from assistant.core.asking import Asking
from assistant.core.counting import Counting
from assistant.core.documents import Documents
from assistant.core.engines import Engines
from assistant.core.events import CoreEvent, SummariesChanged
from assistant.core.inbox import Inbox
from assistant.core.kept_files import take_over, thin_out
from assistant.core.load_plan import LoadPlan
from assistant.core.meanings import Embedder, Meanings
from assistant.core.measures import Measures
from assistant.core.pending_writes import PendingWrites
from assistant.core.questions import QuestionHistory
from assistant.core.rendering import Rendering
from assistant.core.shelf import Shelf
from assistant.core.source_draft import SourceDraft
from assistant.core.summary.plans import Planner
from assistant.core.summary.summaries import Summaries
from assistant.core.threads import Threads
from assistant.core.translation.services import TranslationServices
from assistant.core.worker_child import Connect
from assistant.library.advice import Machine
from assistant.library.embedders import prefixes
from assistant.library.models import InstalledModel
from assistant.storage.jobs import JobStore
from assistant.storage.words import StoredWords

_CLOCKS_DIFFER = 60.0  # seconds that the start of a process and the time of a file may be told differently


class DocumentServices:
    """Wires the three; every method runs on the pumping thread.

    :param keep: documents are kept beside the database; otherwise they go with the program.
    :param machine: what this computer has to give now.
    :param plan: how a model is loaded; raises AssistantError.
    """

    def __init__(
        self,
        paths: Paths,
        inbox: Inbox,
        threads: Threads,
        *,
        keep: bool,
        models: Shelf,
        engines: Engines,
        answers: Answers,
        rendering: Rendering,
        measures: Measures,
        machine: Callable[[], Machine],
        writes: PendingWrites,
        plan: Callable[[InstalledModel], LoadPlan],
        emit: Callable[[CoreEvent], None],
        connect: Connect | None = None,
    ) -> None:
        self._keep = keep
        self._inbox = inbox
        self._threads = threads
        self._engines = engines
        self._rendering = rendering
        self._connect = connect
        self._logs = paths.logs
        self._passing = paths.cache / "documents"  # of programs that keep nothing, or leave that to another one
        self._models = models
        self._answers = answers
        self._measures = measures
        self._writes = writes
        self._plan = plan
        self._machine = machine
        self._emit = emit
        self._own = self._passing / str(os.getpid())
        folder = paths.data / "documents" if keep else self._own
        self.documents = Documents(inbox, threads, folder, log=paths.logs / "documents.log", connect=connect)
        self._counting = Counting(engines, rendering)
        self._planner = Planner(self.documents, engines, self._counting, load=plan)
        model = partial(self._model, "summarize")
        self._vectors = paths.cache / "vectors"  # of documents that programs without a memory were asked about
        apart = None if keep else self._vectors
        meanings = Meanings(self.documents, engines, threads, embedder=self._embedder, apart=apart)
        self.asking = Asking(
            self.documents, answers, self._counting, engines, model=model, load=plan, meanings=meanings
        )
        self._summaries: Summaries | None = None
        self._translating: TranslationServices | None = None
        self._drafts: dict[str, SourceDraft] = {}
        self._clean = False
        self._kept: JobStore | None = None

    @property
    def summaries(self) -> Summaries:
        if self._summaries is None:
            raise RuntimeError("the core has not been started")
        return self._summaries

    @property
    def translating(self) -> TranslationServices:
        if self._translating is None:
            raise RuntimeError("the core has not been started")
        return self._translating

    def draft(self, kind: str) -> SourceDraft:
        """What was typed and not made into this yet: ``summary``, ``translation``."""
        if not self._drafts:
            raise RuntimeError("the core has not been started")
        return self._drafts[kind]

    def start(self, jobs: JobStore, words: StoredWords, *, clean: bool) -> None:
        """Read the history.

        :param words: glossaries and the translation memory.
        :param clean: files that nothing refers to may be removed: nobody else uses them. Otherwise another program
            may do that, and this one has the documents that it opens in a folder of its own.
        """
        self._clean = clean
        self._kept = jobs
        kinds = ("summary", "translation")
        self._drafts = {kind: SourceDraft(kind, jobs, self._writes, self._threads) for kind in kinds}
        if not clean:
            self.documents.set_apart(self._own)
        self._summaries = Summaries(
            jobs,
            self._writes,
            self.documents,
            self._planner,
            self._answers,
            self._measures,
            threads=self._threads,
            model=partial(self._model, "summarize"),
            find=self._models.get,
            load=self._plan,
            emit=self._emit,
        )
        self._translating = TranslationServices(
            jobs,
            words,
            self._writes,
            self.documents,
            inbox=self._inbox,
            threads=self._threads,
            models=self._models,
            engines=self._engines,
            answers=self._answers,
            rendering=self._rendering,
            counting=self._counting,
            measures=self._measures,
            machine=self._machine,
            model=partial(self._model, "translate"),
            plan=self._plan,
            emit=self._emit,
            log=self._logs / "segments.log",
            connect=self._connect,
        )
        changed = partial(self._emit, SummariesChanged())
        self.asking.start(QuestionHistory(self._summaries.history, jobs, self._writes, changed=changed))
        self._threads.run("documents", lambda _: thin_out(self._vectors), _nothing)
        if clean:
            self.documents.clean(lambda: _in_use(jobs))
            self._rescue(_in_use(jobs))

    def _rescue(self, in_use: Set[str] | None) -> None:
        """Folders of programs that were killed go; what the history refers to is brought over first."""
        if in_use is not None:
            self._threads.run(
                "documents", lambda _: _remove_rests(self._passing, self.documents.folder, in_use), _nothing
            )

    @property
    def apart(self) -> bool:
        """Whether what is opened lies in a folder of its own, and at the end depends on what the store has taken."""
        return self._kept is not None and not self._clean

    def tick(self) -> None:
        self.documents.tick()
        if self._translating is not None:
            self._translating.tick()

    def grew(self, answer: Answer) -> None:
        """Text was added to an answer."""
        self.asking.grew(answer)
        if self._summaries is not None:
            self._summaries.grew(answer)
        if self._translating is not None:
            self._translating.grew(answer)

    def changed(self, answer: Answer) -> None:
        """An answer reached another stage."""
        self.asking.changed(answer)
        if self._summaries is not None:
            self._summaries.changed(answer)
        if self._translating is not None:
            self._translating.changed(answer)

    def interrupt_all(self) -> None:
        """The program ends."""
        self.asking.interrupt_all()
        if self._summaries is not None:
            self._summaries.interrupt_all()
        if self._translating is not None:
            self._translating.interrupt_all()

    def close(self) -> None:
        """End the children, and remove the documents that nothing refers to any more."""
        self.documents.close()
        if self._translating is not None:
            self._translating.close()
        if self._summaries is None or self._kept is None:
            return
        if self._clean:
            self.documents.clean_up(self._referred() if self._keep else set())
        else:
            kept = _in_use(self._kept)  # what the store has not taken is gone with this program
            self.documents.give_over(self._referred() or set() if kept is None else kept)

    def _referred(self) -> set[str] | None:
        """Digests that a history refers to; None: one of them could not be read, so nobody knows."""
        found = [self.summaries.documents(), self.translating.translations.documents()]
        return None if None in found else {digest for one in found if one is not None for digest in one}

    def _embedder(self, language: str) -> Embedder | None:
        """:raises AssistantError: the model cannot be loaded, or there is no memory for it."""
        model = self._models.default_for("embed", language)
        if model is None:
            return None
        engine = self._engines.get(model.key)
        # What other models hold is not counted with: one of them answers, and is not to make way for this.
        plan = self._models.plan(model, spare=engine.memory if engine is not None else 0, embeddings=True)
        query, passage = prefixes(model, self._models.row(model))
        self._models.mark_used(model.key)
        made_by = hashlib.sha256("\n".join((model.key, model.stamp, passage)).encode()).hexdigest()[:16]
        return Embedder(plan, made_by, query, passage)

    def _model(self, task: str) -> InstalledModel:
        model = self._models.default_for(task)
        if model is None:
            raise AssistantError(ErrorKind.NO_MODEL)
        return model


def _in_use(jobs: JobStore) -> Set[str] | None:
    try:
        return jobs.documents()
    except AssistantError:  # a damaged file: perhaps the next start knows
        return None


def _nothing(_: object) -> None:
    pass


def _remove_rests(passing: Path, folder: Path, in_use: Set[str]) -> None:
    """Folders of programs that were killed before they could tidy up."""
    if not passing.is_dir():
        return
    for path in passing.iterdir():
        if path.name.isdecimal() and not _is_in_use(path):
            take_over(path, folder, in_use)


def _is_in_use(folder: Path) -> bool:
    """Does the program whose process id a folder is called by still run? Another one may have its number by now."""
    number = int(folder.name)
    if number == os.getpid():
        return True  # what an earlier program of this number left there goes with this one
    try:
        return psutil.Process(number).create_time() <= folder.stat().st_mtime + _CLOCKS_DIFFER
    except psutil.NoSuchProcess:
        return False
    except (psutil.Error, OSError):
        return True

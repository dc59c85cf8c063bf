"""Everything that is translated with: documents in segments, glossaries, the memory; wired together in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.core.answers import Answer, Answers
from assistant.core.counting import Counting
from assistant.core.documents import Documents
from assistant.core.engines import Engines
from assistant.core.events import CoreEvent, LiveChanged, TranslationChanged, TranslationGrew
from assistant.core.inbox import Inbox
from assistant.core.job_history import JobHistory
from assistant.core.languages import Languages
from assistant.core.load_plan import LoadPlan
from assistant.core.measures import Measures
from assistant.core.pending_writes import PendingWrites
from assistant.core.rendering import Rendering
from assistant.core.scoring import Scoring
from assistant.core.shelf import Shelf
from assistant.core.threads import Threads
from assistant.core.translation.cache import TranslationCache
from assistant.core.translation.glossaries import Glossaries
from assistant.core.translation.keeping import LiveKeeping
from assistant.core.translation.live import Live
from assistant.core.translation.memory import TranslationMemory
from assistant.core.translation.plans import Equipping
from assistant.core.translation.records import KIND
from assistant.core.translation.runs import TranslationRuns
from assistant.core.translation.segment_requests import SegmentRequests
from assistant.core.translation.segment_work import Bench
from assistant.core.translation.segmented import Segmented
from assistant.core.translation.translations import LIVE, Translations
from assistant.core.translation.translators import Translators
from assistant.core.translation.word_services import WordServices
from assistant.core.worker_child import Connect, WorkerChild
from assistant.library.advice import Machine
from assistant.library.models import InstalledModel
from assistant.storage.jobs import JobStore
from assistant.storage.words import StoredWords


class TranslationServices:
    """Wires them; every method runs on the pumping thread.

    :param documents: has the folder and the child for what is as large as a document.
    :param machine: what this computer has to give now.
    :param model: the one that translates; raises AssistantError when there is none.
    :param plan: how a model is loaded; raises AssistantError.
    """

    def __init__(
        self,
        jobs: JobStore,
        words: StoredWords,
        writes: PendingWrites,
        documents: Documents,
        *,
        inbox: Inbox,
        threads: Threads,
        models: Shelf,
        engines: Engines,
        answers: Answers,
        rendering: Rendering,
        counting: Counting,
        measures: Measures,
        machine: Callable[[], Machine],
        model: Callable[[], InstalledModel],
        plan: Callable[[InstalledModel], LoadPlan],
        emit: Callable[[CoreEvent], None],
        log: Path | None = None,
        connect: Connect | None = None,
    ) -> None:
        # A child of its own: what is typed and checked does not wait for a document that is being read.
        self._words = words
        self._worker = WorkerChild(inbox, "segments", log=log, connect=connect)
        self.languages = Languages(self._worker.ask)
        shared = WordServices(words, writes, threads, documents.request, emit)
        self.glossaries, self.memory = Glossaries(shared), TranslationMemory(shared)
        segmented = Segmented(documents, inbox, threads)

        translators = Translators(models.row, machine)

        def changed(job: int) -> None:
            emit(LiveChanged() if job == LIVE else TranslationChanged(job))

        equipping = Equipping(
            segmented,
            engines,
            counting,
            threads,
            self.memory,
            load=plan,
            style=translators.style,
            terms=self.glossaries.terms_for,
            revision=self.glossaries.revision,
            ask=self._worker.ask,
        )
        bench = Bench(answers, self._worker)
        requests = SegmentRequests(
            bench,
            equipping,
            Scoring(engines, rendering),
            self.memory,
            changed=changed,
            grew=lambda job, index: emit(TranslationGrew(job, index)),
        )
        live = Live(bench, self._worker, equipping, model=model, emit=emit)
        history = JobHistory(jobs, writes, threads, (KIND,))
        cache = TranslationCache(jobs, writes, history, segmented, threads, emit)
        runs = TranslationRuns(
            jobs,
            writes,
            history,
            cache,
            equipping=equipping,
            bench=bench,
            measures=measures,
            later=lambda go_on: inbox.put(go_on, None),
            emit=emit,
        )
        keeping = LiveKeeping(
            history,
            cache,
            live=live,
            segmented=segmented,
            threads=threads,
            running=lambda job: runs.get(job) is not None,
            emit=emit,
        )
        self.translations = Translations(
            history,
            cache,
            runs,
            documents=documents,
            segmented=segmented,
            equipping=equipping,
            bench=bench,
            memory=self.memory,
            measures=measures,
            live=live,
            keeping=keeping,
            requests=requests,
            model=model,
            find=models.get,
            hint=translators.hint,
            emit=emit,
        )

    def tick(self) -> None:
        self._worker.tick()

    def grew(self, answer: Answer) -> None:
        """Text was added to an answer."""
        self.translations.grew(answer)

    def changed(self, answer: Answer) -> None:
        """An answer reached another stage."""
        self.translations.changed(answer)

    def interrupt_all(self) -> None:
        """The program ends."""
        self.translations.interrupt_all()

    def close(self) -> None:
        """End the child, and the words that only this program has."""
        self._worker.close()
        self._words.close()

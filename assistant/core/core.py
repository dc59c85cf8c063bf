"""The whole program without a face. ``Core`` only wires: every decision lives in the part that it concerns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import Paths
from assistant.core.answer_options import answer_options, system_prompt
from assistant.core.answers import Answer, Answers
from assistant.core.asking import Asking
from assistant.core.chosen import ChosenModel
from assistant.core.conversations import Conversations
from assistant.core.daily_backup import DailyBackup
from assistant.core.document_services import DocumentServices
from assistant.core.documents import Documents
from assistant.core.downloads import DownloadItem, DownloadList
from assistant.core.engines import Connect, Engines
from assistant.core.events import CoreEvent, ModelsChanged, SettingsChanged
from assistant.core.graphics import built_with
from assistant.core.idle_measuring import IdleMeasuring
from assistant.core.inbox import Inbox
from assistant.core.languages import Languages
from assistant.core.load_plan import LoadPlan
from assistant.core.market import Market
from assistant.core.measures import Circumstances, Measures
from assistant.core.network import Network
from assistant.core.notice_actions import NoticeActions
from assistant.core.notices import Notices
from assistant.core.pending_writes import PendingWrites
from assistant.core.planning import circumstances
from assistant.core.remedies import ContextRemedies
from assistant.core.rendering import Rendering
from assistant.core.replies import AnswerSetup
from assistant.core.selftest import SelfTest
from assistant.core.shelf import Shelf
from assistant.core.slow_loads import SlowLoads
from assistant.core.source_draft import SourceDraft
from assistant.core.summary.summaries import Summaries
from assistant.core.supply import Supply, only_tasks
from assistant.core.threads import Threads
from assistant.core.translation.glossaries import Glossaries
from assistant.core.translation.memory import TranslationMemory
from assistant.core.translation.translations import Translations
from assistant.core.worker_child import Connect as ConnectWorker
from assistant.engine.messages import Device
from assistant.library.advice import Machine
from assistant.library.connections import Make
from assistant.library.fit import total_memory
from assistant.library.models import InstalledModel, Models
from assistant.storage.jobs import MemoryJobs
from assistant.storage.model_settings import ModelSettings
from assistant.storage.rows import Conversation
from assistant.storage.settings import Settings
from assistant.storage.state import StateFile
from assistant.storage.store import IntegrityReport, Store, Stored, StoreFailed
from assistant.storage.words import words_in_memory
from assistant.tasks.chat import AnswerOptions, ChatTurn

_TAKEN_SECONDS = 1.5  # at the end, for the store to take what another program kept it from taking
_NEEDS_NEW_ENGINE = frozenset({"threads", "context", "gpu_layers", "cache_type"})


class Core:
    """Everything behind a face. One thread owns it: the one that calls ``pump``.

    :param wake: called from other threads when ``pump`` has something to do.
    :param keep: False for the command line: no conversations are kept, no database is opened.
    :param connect: how to reach an engine's child; ``connect_net``: a net child; ``connect_worker``: the child that
        works on documents. Tests give their own.
    """

    def __init__(
        self,
        paths: Paths,
        *,
        wake: Callable[[], None] = lambda: None,
        keep: bool = True,
        connect: Connect | None = None,
        connect_net: Make | None = None,
        connect_worker: ConnectWorker | None = None,
    ) -> None:
        self.paths = paths
        self.inbox = Inbox(wake)
        self._listeners: list[Callable[[CoreEvent], None]] = []
        self.settings = Settings(paths.settings, self._settings_changed)
        self.state = StateFile(paths.config / "state.json")
        folder = self.settings["models_folder"]
        models = Models(Path(folder) if folder else paths.models, paths.models / "index.json")
        self.models = Shelf(
            models,
            self.settings,
            self.inbox,
            changed=self._models_changed,
            own=ModelSettings(paths.config / "models.json"),
            gpus=lambda: self._supply.gpus(),  # noqa: PLW0108 (made below)
            check_idle=self._check_idle,
            release=self._release,
            replaced=lambda gone, now: self.notices.replaced(gone, now),  # noqa: PLW0108 (made below)
            returned=lambda model: self.notices.returned(model),  # noqa: PLW0108 (made below)
        )
        self.engines = Engines(
            self.inbox,
            changed=lambda: self.chosen.refresh(),  # noqa: PLW0108 (made below)
            budget=lambda: total_memory() * self.settings["memory_budget"] // 100,
            log=paths.logs,
            connect=connect,
            graphics=lambda: bool(built_with()),
            fell_back=lambda plan, error: self.notices.without_graphics(plan.key, plan.name, error),
        )
        self._rendering = Rendering(self.inbox, log=paths.logs / "worker.log")
        self.answers = Answers(self.engines, self._rendering, grew=self._answer_grew, changed=self._answer_changed)
        self.notices = Notices(self._emit)
        threads = Threads(self.inbox)
        self._supply = Supply(
            paths,
            self.settings,
            self.inbox,
            threads,
            models=self.models,
            notices=self.notices,
            state=self.state,
            emit=self._emit,
            on_graphics=self.engines.on_graphics,
            arrived=self._model_arrived,
            make=connect_net,
        )
        self.measures = Measures(
            paths.data / "measures.json",
            find=self.models.get,
            circumstances=self._circumstances,
            ask=lambda model, turns, options, key, *, bulk: self.answers.start(
                self._plan(model), turns, options, key=key, bulk=bulk
            ),
            stop=self.answers.stop,
            running=lambda: self.answers.running,
            tested=lambda: self._emit(ModelsChanged()),
        )
        self.chosen = ChosenModel(
            self.models,
            self.engines,
            self.answers,
            settings=self.settings,
            state=self.state,
            notices=self.notices,
            plan=self._plan,
            emit=self._emit,
        )
        self._idle_measuring = IdleMeasuring(
            self.measures, self.chosen.engine, wanted=lambda: keep and self.settings["measure_models"]
        )
        self._remedies = ContextRemedies(
            lambda: self.conversations, self.chosen.engine, self.engines, notices=self.notices
        )
        self.actions = NoticeActions(
            self.notices,
            models=self.models,
            chosen=self.chosen,
            engines=self.engines,
            remedies=self._remedies,
            conversations=lambda: self.conversations,
            summaries=lambda: self.summaries,
            translations=lambda: self.translations,
        )
        self._slow_loads = SlowLoads(self.engines, self.notices)
        self._store: Store | None = None
        self._daily_backup: DailyBackup | None = None
        self._writes = PendingWrites(self.notices.not_stored)
        self._conversations: Conversations | None = None
        self._document_services = DocumentServices(
            paths,
            self.inbox,
            threads,
            keep=keep,
            models=self.models,
            engines=self.engines,
            answers=self.answers,
            rendering=self._rendering,
            measures=self.measures,
            machine=self.machine,
            writes=self._writes,
            plan=self._plan,
            emit=self._emit,
            connect=connect_worker,
        )
        if keep:
            self._store = Store(paths.database, lambda event: self.inbox.put(self._stored, event))
            self._daily_backup = DailyBackup(
                self._store, wanted=lambda: self.settings["backups"], busy=lambda: bool(self.answers.running)
            )

    # ------------------------------------------------------------ life

    def start(self) -> None:
        """Open what is kept and look for models; neither waits for a model."""
        if self._store is not None:
            report = self._store.open()
            self._conversations = Conversations(
                self._store,
                self.answers,
                self._writes,
                emit=self._emit,
                setup=self._setup,
                begun=self.notices.settled,
                failed=self._answer_failed,
                filling=self._remedies.filling,
                facts=self.chosen.facts,
            )
            self.notices.opened(report)
            clean = report.kept and not report.read_only
            self._document_services.start(self._store.jobs, self._store.words, clean=clean)
        else:
            deliver = partial(self.inbox.put, self._stored)
            self._document_services.start(MemoryJobs(deliver), words_in_memory(deliver), clean=True)
        self.notices.settings_problem(self.settings.problem)
        if self._store is not None:
            self.models.refresh()
        else:
            self.models.read()
        self._supply.start(go_on=self._store is not None)
        if built_with() and self._store is not None:
            self.engines.survey(self._devices_found)
        self.inbox.start_clock(lambda _: self._tick())

    def close(self) -> None:
        """Stop everything, keep everything; afterwards no child is left."""
        self.inbox.stop_clock()
        if self._conversations is not None:
            self._conversations.replies.interrupt_all()
        self._document_services.interrupt_all()
        self.measures.close()
        for answer in self.answers.running:
            self.answers.stop(answer)
        self._supply.close()
        self.engines.close()
        self._rendering.close()
        if self._store is not None and self._document_services.apart:
            self._store.drain(_TAKEN_SECONDS)
        self._document_services.close()
        self.models.close()
        if self._store is not None:
            self._store.purge_trash()
            if self.settings["backups"]:
                self._store.backup()
            self._store.close()
        self.chosen.close()

    def pump(self, budget: float = 0.002) -> bool:
        """Handle what has arrived, for about ``budget`` seconds; True if more is waiting."""
        return self.inbox.pump(budget)

    def listen(self, listener: Callable[[CoreEvent], None]) -> None:
        """Have ``listener`` called with every event, on the pumping thread."""
        self._listeners.append(listener)

    # ------------------------------------------------------------ how models come here

    @property
    def network(self) -> Network:
        """What the program may do with the network, and what it did."""
        return self._supply.network

    @property
    def downloads(self) -> DownloadList:
        """The queue of downloads."""
        return self._supply.downloads

    @property
    def market(self) -> Market:
        """Models that are not here yet."""
        return self._supply.market

    def machine(self) -> Machine:
        """What this computer has to give now."""
        return self._supply.machine()

    # ------------------------------------------------------------ conversations and answers

    @property
    def conversations(self) -> Conversations:
        """What is talked about; only where the core keeps it, and once it has started."""
        if self._conversations is None:
            raise RuntimeError("this core keeps no conversations")
        return self._conversations

    def ask(self, model: InstalledModel, turns: Sequence[ChatTurn], options: AnswerOptions, *, key: str = "") -> Answer:
        """One answer outside of any conversation (the command line).

        :raises AssistantError: the model's file is known to be unusable or too large.
        """
        return self.answers.start(self._plan(model), turns, options, key=key)

    def answer_options(self, model: InstalledModel) -> AnswerOptions:
        """How ``model`` answers: what was set for it, for all, and what its makers recommend."""
        return answer_options(model, self.models.options(model.key), self.settings, self.models.row(model))

    def system_prompt(self, model: InstalledModel) -> str:
        """What ``model`` is told first where nobody says something else; empty: nothing."""
        return system_prompt(self.models.options(model.key), self.settings)

    # ------------------------------------------------------------ documents

    @property
    def documents(self) -> Documents:
        """The documents that are open."""
        return self._document_services.documents

    @property
    def summaries(self) -> Summaries:
        """The summaries, once the core has started."""
        return self._document_services.summaries

    @property
    def translations(self) -> Translations:
        """The translations, once the core has started."""
        return self._document_services.translating.translations

    @property
    def glossaries(self) -> Glossaries:
        """What words must become in a translation."""
        return self._document_services.translating.glossaries

    @property
    def memory(self) -> TranslationMemory:
        """What was translated by hand."""
        return self._document_services.translating.memory

    @property
    def languages(self) -> Languages:
        """Which language a text is in."""
        return self._document_services.translating.languages

    @property
    def source_draft(self) -> SourceDraft:
        """What was typed or pasted to be summarized, and was not."""
        return self._document_services.draft("summary")

    @property
    def translation_draft(self) -> SourceDraft:
        """What was typed or pasted to be translated, and is not in the history."""
        return self._document_services.draft("translation")

    @property
    def asking(self) -> Asking:
        """Questions about a document."""
        return self._document_services.asking

    # ------------------------------------------------------------ wiring

    def _emit(self, event: CoreEvent) -> None:
        for listener in list(self._listeners):
            listener(event)

    def _tick(self) -> None:
        if self._conversations is not None:
            self._conversations.replies.tick()
        minutes = self.settings["keep_loaded_minutes"]
        if minutes:
            self.engines.unload_idle(minutes * 60)
        self.engines.keep_to_budget()
        self._slow_loads.tick()
        self._supply.tick()
        self._idle_measuring.tick()
        self._document_services.tick()
        if self._daily_backup is not None:
            self._daily_backup.tick()
            self.models.look()

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if keys & _NEEDS_NEW_ENGINE and self.chosen.engine() is not None:
            self.chosen.load()  # a busy engine goes on; the next load takes the new settings
        self._supply.settings_changed(keys)
        self._emit(SettingsChanged(keys))

    def _models_changed(self) -> None:
        if self.models.chosen() is not None:
            self.notices.model_settled()
            if self._conversations is not None:
                self._conversations.model_came()
        self._emit(ModelsChanged())
        self.chosen.refresh()

    def _answer_grew(self, answer: Answer) -> None:
        if self._conversations is not None:
            self._conversations.replies.grew(answer)
        self._document_services.grew(answer)

    def _answer_changed(self, answer: Answer) -> None:
        if answer.ended and answer.finish is not None and not SelfTest.owns(answer):
            self.models.mark_used(answer.plan.key)
        self.measures.answer_changed(answer)
        if self._conversations is not None:
            self._conversations.replies.changed(answer)
        self._document_services.changed(answer)
        self.chosen.answer_changed(answer)

    def _circumstances(self, model: InstalledModel) -> Circumstances:
        """What the speed of ``model`` depends on beside itself."""
        how = circumstances(self.models.options(model.key), self.settings)
        return how if built_with() else replace(how, gpu_layers=0)

    def _release(self, key: str) -> None:
        """Let go of a model's file.

        :raises AssistantError: MODEL_BUSY.
        """
        self._check_idle(key)
        self.engines.unload(key)

    def _check_idle(self, key: str) -> None:
        """:raises AssistantError: MODEL_BUSY."""
        engine = self.engines.get(key)
        if engine is not None and engine.busy:
            raise AssistantError(ErrorKind.MODEL_BUSY, name=engine.plan.name)

    def _devices_found(self, devices: tuple[Device, ...]) -> None:
        self._supply.devices_found(devices)
        self._emit(ModelsChanged())

    def _model_arrived(self, model: InstalledModel, item: DownloadItem) -> bool:
        """A download has become a model: is it the one that answers from now on?"""
        if self.chosen.arrived(model, only_tasks(item)) and self._store is not None and self.settings["load_at_start"]:
            self.chosen.load()
        answers = self.models.chosen()
        return answers is not None and answers.key == model.key

    def _plan(self, model: InstalledModel) -> LoadPlan:
        """:raises AssistantError: the model cannot be loaded, or there is no memory for it."""
        engine = self.engines.get(model.key)
        return self.models.plan(model, loaded=engine.plan if engine else None, spare=self.engines.spare(model.key))

    def _setup(self, row: Conversation) -> AnswerSetup:
        if not self.models.known:
            self.models.read()  # sent within the first moments: headers that were read before are remembered
        model = self.models.chosen()
        if model is None:
            raise AssistantError(ErrorKind.NO_MODEL)
        return AnswerSetup(self._plan(model), self.answer_options(model), row.system or self.system_prompt(model))

    def _answer_failed(self, conversation: int, error: AssistantError) -> None:
        if error.kind is ErrorKind.CONTEXT_FULL:
            self._remedies.full(conversation, error)
        else:
            self.notices.answer_failed(conversation, self.models.chosen(), error)

    def _stored(self, event: Stored | StoreFailed | IntegrityReport) -> None:
        """The store has kept something, could not, or has checked itself."""
        if isinstance(event, StoreFailed):
            self._writes.failed(event)
        elif isinstance(event, Stored):
            self._writes.stored(event)
        elif isinstance(event, IntegrityReport):
            self.notices.integrity(event)

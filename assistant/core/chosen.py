"""The chosen model: loaded ahead of the first answer, let go again, and what the status line says about it."""

from __future__ import annotations

from collections.abc import Callable, Set

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Answers, Stage
from assistant.core.engines import Engine, Engines
from assistant.core.events import CoreEvent, EngineChanged, EngineView, Phase
from assistant.core.load_plan import LoadPlan
from assistant.core.notices import Notices
from assistant.core.selftest import SelfTest
from assistant.core.shelf import Shelf
from assistant.engine.messages import Facts
from assistant.library.models import InstalledModel
from assistant.storage.settings import Settings
from assistant.storage.state import StateFile

_LOADING_MARK = "loading_model"  # in the state file while a model loads: the next start sees a crash at it


class ChosenModel:
    """Loads the model that answers, and says how it is doing: the one that chats, or while a task with a model of its
    own is shown, that one.

    :param plan: how to load a model; raises ``AssistantError`` where it cannot be loaded.
    """

    def __init__(
        self,
        models: Shelf,
        engines: Engines,
        answers: Answers,
        *,
        settings: Settings,
        state: StateFile,
        notices: Notices,
        plan: Callable[[InstalledModel], LoadPlan],
        emit: Callable[[CoreEvent], None],
    ) -> None:
        self._models = models
        self._engines = engines
        self._answers = answers
        self._settings = settings
        self._state = state
        self._notices = notices
        self._plan = plan
        self._emit = emit
        self._view = EngineView()
        self._speeds: dict[str, float] = {}  # of each model's last answer, by its key
        self._task = "chat"

    @property
    def view(self) -> EngineView:
        """As it was when ``EngineChanged`` was last emitted."""
        return self._view

    def engine(self) -> Engine | None:
        model = self._models.chosen()
        return self._engines.get(model.key) if model else None

    def facts(self) -> Facts | None:
        """What is known about the model, while it is loaded."""
        engine = self.engine()
        return engine.facts if engine else None

    def show(self, task: str) -> None:
        """From now on ``view``, ``pick``, ``load_shown``, ``unload`` and ``stop_loading`` are about the model of this
        task (chat, summarize or translate)."""
        self._task = task
        self.refresh()

    def shown(self) -> InstalledModel | None:
        """The model of the task that is shown."""
        return self._models.default_for(self._task)

    def choose(self, key: str) -> None:
        """Use another model from now on, and load it."""
        self._models.choose(key)
        self.load()

    def pick(self, key: str) -> None:
        """Use another model for what is shown: for its task, if that has a model of its own; else for all that have
        none. And load it."""
        model, chats = self.shown(), self._models.chosen()
        if model is None or chats is None or model.key == chats.key:
            self._models.choose(key)
        else:
            self._models.choose_for(self._task, "" if key == chats.key else key)
        self.load_shown()

    def load_shown(self) -> None:
        """Load the model of the task that is shown."""
        self.load(self.shown())

    def load(self, model: InstalledModel | None = None) -> None:
        """Load it now, so that the first answer does not wait for it.

        :param model: None: the one that chats.
        """
        model = model or self._models.chosen()
        if model is None:
            return
        try:
            plan = self._plan(model)
        except AssistantError as error:
            self._notices.model_trouble(model.key, error)
            self.refresh()
            return
        self._mark(model.key)
        self._engines.acquire(plan, lambda result: self._loaded(plan, result))

    def load_at_start(self) -> None:
        """Load it unless the program ended while it was loading it the last time."""
        model = self._models.chosen()
        if model is None or not self._settings["load_at_start"]:
            return
        if self._state.get(_LOADING_MARK) == model.key:
            self._state.set(_LOADING_MARK, "")
            self._notices.crashed_while_loading(model)
            return
        self.load()

    def unload(self) -> None:
        """Free the memory that it takes."""
        model = self.shown()
        if model is not None:
            self._engines.unload(model.key)

    def stop_loading(self) -> None:
        """Give up loading it, if that is what is done."""
        model = self.shown()
        if model is not None:
            self._engines.stop_loading(model.key)

    def arrived(self, model: InstalledModel, tasks: Set[str]) -> bool:
        """A model was downloaded: it answers from now on, where no real model did.

        :param tasks: what alone it is for; empty: everything.
        :returns: whether it is the chosen model now.
        """
        if not model.usable:
            return False
        for task in tasks & {"summarize", "translate"}:
            if not self._settings[f"model_{task}"]:
                self._models.choose_for(task, model.key)
        if tasks or model.demo or not model.has_template:
            return False
        others = (one for one in self._models.installed() if one.key != model.key)
        real = [one for one in others if one.usable and not one.demo and one.has_template]
        if real:
            if self._models.get(self._settings["default_model"]) is None:  # the newest must not push it aside
                self._models.choose(max(real, key=lambda one: (one.last_used, one.added)).key)
            return False
        self._models.choose(model.key)
        return True

    def answer_changed(self, answer: Answer) -> None:
        """An answer began, went on or ended: its speed is what the next view shows."""
        if answer.ended and answer.speed and not SelfTest.owns(answer):
            self._speeds[answer.plan.key] = answer.speed
        self.refresh()

    def refresh(self) -> None:
        """Emit ``EngineChanged`` if something that is shown has changed."""
        view = self._look()
        if view != self._view:
            for key in view.loaded - self._view.loaded:  # by an answer: what was in the way is no more
                self._notices.model_settled(key)
            self._view = view
            self._emit(EngineChanged())

    def close(self) -> None:
        """The program ends in order: the next start sees no crash."""
        self._mark("")

    def _mark(self, key: str) -> None:
        self._state.set(_LOADING_MARK, key)
        self._state.flush()

    def _loaded(self, plan: LoadPlan, result: Engine | AssistantError) -> None:
        self._state.set(_LOADING_MARK, "")
        self._state.flush()  # a program that is killed from now on has not been killed by loading
        if isinstance(result, AssistantError) and result.kind is not ErrorKind.CANCELLED:
            self._notices.model_trouble(plan.key, result)
        elif isinstance(result, Engine):
            self._notices.model_settled(plan.key)
        self.refresh()

    def _in_memory(self) -> frozenset[str]:
        engines = (self._engines.get(model.key) for model in self._models.installed())
        return frozenset(engine.plan.key for engine in engines if engine is not None and not engine.loading)

    def _look(self) -> EngineView:
        model, loaded = self.shown(), self._in_memory()
        if model is None:
            return EngineView(loaded=loaded)
        engine = self._engines.get(model.key)
        if engine is None:
            error = self._engines.errors.get(model.key)
            return EngineView(Phase.TROUBLE if error else Phase.ASLEEP, model.name, error=error, loaded=loaded)
        if engine.loading:
            return EngineView(Phase.LOADING, model.name, progress=round(engine.progress, 2), loaded=loaded)
        assert engine.facts is not None
        phase, progress, speed = Phase.READY, 0.0, self._speeds.get(model.key, 0.0)
        for answer in self._answers.running:
            if answer.plan.key != model.key:
                continue
            if SelfTest.owns(answer):
                phase = Phase.MEASURING
                break  # nothing else runs beside it
            if answer.stage is Stage.WRITING:
                phase, speed = Phase.WRITING, answer.speed or speed
            elif answer.stage is Stage.READING and phase is not Phase.WRITING:
                phase, progress = Phase.READING, round(answer.read, 2)
        facts = engine.facts
        return EngineView(
            phase, model.name, progress, round(speed, 1), facts.context, engine.used, facts.device, loaded=loaded
        )

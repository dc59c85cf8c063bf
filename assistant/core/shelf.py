"""The models on this computer, as a face sees them: which there are, which one is chosen, adding one more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.engines import LoadPlan
from assistant.core.inbox import Inbox
from assistant.library import fit
from assistant.library.models import InstalledModel, Models
from assistant.storage.settings import Settings


class Shelf:
    """Every method runs on the pumping thread; reading headers and copying files happens on threads of its own.

    :param changed: called when the list or the choice changed.
    """

    def __init__(self, models: Models, settings: Settings, inbox: Inbox, *, changed: Callable[[], None]) -> None:
        self._models = models
        self._settings = settings
        self._inbox = inbox
        self._changed = changed
        self._installed: list[InstalledModel] = []
        self._known = False
        self._anyway: set[str] = set()

    @property
    def known(self) -> bool:
        """Whether the folder has been read at least once."""
        return self._known

    def installed(self) -> list[InstalledModel]:
        """What the last look at the folder found."""
        return self._installed

    def read(self) -> list[InstalledModel]:
        """Look at the folder now, on this thread (the command line)."""
        self._installed, self._known = self._models.installed(), True
        return self._installed

    def refresh(self) -> None:
        """Look at the folder on another thread; ``changed`` is called afterwards."""
        threading.Thread(target=self._refresh, name="models-refresh", daemon=True).start()

    def chosen(self) -> InstalledModel | None:
        """The model that answers: the one the user chose, else the best there is."""
        if not self._known:
            return None
        return self._models.default(self._settings["default_model"])

    def find(self, name_or_path: str) -> InstalledModel:
        """A model by key, name, beginning of a name, or path.

        :raises AssistantError: NO_SUCH_MODEL, or what is wrong with the file at that path.
        """
        return self._models.find(name_or_path)

    def used(self, key: str) -> None:
        """The model answered now: without a choice of the user, the last used one is taken."""
        threading.Thread(target=self._models.mark_used, args=(key,), name="models-used", daemon=True).start()

    def choose(self, key: str) -> None:
        self._settings.set("default_model", key)
        self._changed()

    def import_file(
        self,
        path: Path,
        *,
        copy: bool,
        done: Callable[[InstalledModel | AssistantError], None],
        progress: Callable[[float], None] | None = None,
    ) -> Callable[[], None]:
        """Add a model file by link or copy, on another thread.

        ``done`` and ``progress`` are called on the pumping thread.

        :returns: a function that cancels.
        """
        cancelled = threading.Event()

        def report(copied: int, total: int) -> None:
            if progress is not None:
                self._inbox.put(progress, copied / max(total, 1))

        def work() -> None:
            result: InstalledModel | AssistantError
            try:
                result = self._models.import_file(path, copy=copy, progress=report, cancelled=cancelled.is_set)
            except AssistantError as error:
                result = error
            except OSError as error:
                result = AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=path.name)
            found = self._models.installed()
            self._inbox.put(lambda outcome: self._imported(outcome, found, done), result)

        threading.Thread(target=work, name="models-import", daemon=True).start()
        return cancelled.set

    @property
    def folder(self) -> Path:
        """Where models lie."""
        return self._models.folder

    def mark_used(self, key: str) -> None:
        """Remember on another thread that the model has just answered: it is the one to take when none is named."""
        threading.Thread(target=self._models.mark_used, args=(key,), name="models-used").start()

    def load_anyway(self, key: str) -> None:
        """The user wants this model although it seems too large; not asked again until the program ends."""
        self._anyway.add(key)

    def plan(self, model: InstalledModel, *, loaded: LoadPlan | None = None, spare: int = 0) -> LoadPlan:
        """How to load ``model`` with the settings as they are.

        :param loaded: how it is loaded already: where the context is ours to choose, it stays.
        :param spare: bytes that loading it would give back first.
        :raises AssistantError: MODEL_MISSING, MODEL_TOO_LARGE and what else its file is known to suffer from.
        """
        settings = self._settings
        problem = model.error()
        if problem is not None:
            raise problem
        cache_type = settings["cache_type"]
        free = fit.free_memory() + spare
        context = fit.sane_context(model, settings["context"], cache_type, free=free)
        if loaded is not None and not settings["context"]:
            context = loaded.context
        needed = fit.memory_needed(model, context, cache_type)
        if model.key not in self._anyway:
            fit.check_fits(model, context, cache_type, free=free)
        return LoadPlan(
            key=model.key,
            path=model.path,
            name=model.name,
            context=context,
            threads=settings["threads"],
            gpu_layers=settings["gpu_layers"],
            cache_type=cache_type,
            needed=needed,
        )

    def _refresh(self) -> None:
        self._inbox.put(self._refreshed, self._models.installed())

    def _refreshed(self, installed: list[InstalledModel]) -> None:
        self._installed, self._known = installed, True
        self._changed()

    def _imported(
        self,
        outcome: InstalledModel | AssistantError,
        found: list[InstalledModel],
        done: Callable[[InstalledModel | AssistantError], None],
    ) -> None:
        self._refreshed(found)
        done(outcome)

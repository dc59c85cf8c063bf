"""The models on this computer, as a face sees them: which there are, which one answers, adding, keeping, removing."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.inbox import Inbox
from assistant.core.load_plan import LoadPlan
from assistant.core.planning import load_plan
from assistant.core.threads import ThreadJob, Threads
from assistant.library import elsewhere
from assistant.library.advice import Device
from assistant.library.catalogue import CatalogueModel, entry, entry_for, whole
from assistant.library.downloads import DownloadItem, Part
from assistant.library.elsewhere import Elsewhere
from assistant.library.embedders import knows
from assistant.library.hub import RepoFacts
from assistant.library.installed import model_paths
from assistant.library.models import InstalledModel, Models, Newer, Removal, Verified, newer
from assistant.storage.model_settings import ModelOptions, ModelSettings
from assistant.storage.settings import Settings

__all__ = ["Elsewhere", "InstalledModel", "ModelOptions", "Newer", "Removal", "Shelf", "Verified"]

_LOOK_SECONDS = 2.0  # between two looks for what another program did
_MARK_SECONDS = 60.0  # in which the use of a model is noted once
_SWITCH_SECONDS = 20.0  # that the owning thread may take to note the new folder

Result = Callable[[Any], None]


class Shelf:
    """Every method runs on the pumping thread; what reads and writes files happens on threads of its own.

    ``done`` is called once on the pumping thread, with the result or an AssistantError; ``progress`` with the share
    that is done (0 to 1).

    :param changed: called when the list or the choice changed.
    :param own: what the user has set for single models.
    :param gpus: graphics processors that the engine can use.
    :param check_idle: raises MODEL_BUSY where a model is at work. ``release``: unloads it, if it is not.
    :param replaced: called with the name of the model that answered and is gone, and with the one that does now.
    :param returned: called with the chosen model when it is there again, as on a disk that was unplugged.
    """

    def __init__(
        self,
        models: Models,
        settings: Settings,
        inbox: Inbox,
        *,
        changed: Callable[[], None],
        own: ModelSettings | None = None,
        gpus: Callable[[], tuple[Device, ...]] = lambda: (),
        check_idle: Callable[[str], None] = lambda _: None,
        release: Callable[[str], None] = lambda _: None,
        replaced: Callable[[str, InstalledModel], None] = lambda _gone, _now: None,
        returned: Callable[[InstalledModel], None] = lambda _: None,
    ) -> None:
        self._models = models
        self._settings = settings
        self._inbox = inbox
        self._threads = Threads(inbox)
        self._changed = changed
        self._own = own
        self._gpus = gpus
        self._check_idle = check_idle
        self._release = release
        self._replaced = replaced
        self._returned = returned
        self._looking = False
        self._looked = 0.0
        self._marked: dict[str, float] = {}
        self._removing: set[str] = set()
        self._stand_ins: dict[str, tuple[str, str]] = {}  # removal's id -> the choice before it, who answers since
        self._installed: list[InstalledModel] = []
        self._known = False
        self._anyway: set[str] = set()
        self._removed: list[Removal] = []
        self._before_move: Callable[[Callable[[], None]], None] = lambda go: go()
        self._moved: Callable[[Path | None], None] = lambda _: None

    # ------------------------------------------------------------ which there are

    @property
    def known(self) -> bool:
        """Whether the folder has been read at least once."""
        return self._known

    @property
    def folder(self) -> Path:
        """Where models lie."""
        return self._models.folder

    def installed(self) -> list[InstalledModel]:
        """What the last look at the folder found."""
        return self._installed

    def get(self, key: str) -> InstalledModel | None:
        """The installed model with this key."""
        return next((model for model in self._installed if model.key == key), None)

    def read(self) -> list[InstalledModel]:
        """Look at the folder now, on this thread (the command line)."""
        self._installed, self._known = self._models.installed(), True
        return self._installed

    def refresh(self, then: Callable[[], None] = lambda: None) -> None:
        """Look at the folder on another thread; ``changed`` is called afterwards, and then ``then``."""

        def done(found: list[InstalledModel] | AssistantError) -> None:
            if not isinstance(found, AssistantError):
                self._refreshed(found)
            then()

        self._threads.run("models-refresh", lambda _: self._models.installed(), done)

    def look(self) -> None:
        """See whether another program has changed the folder or the index; asked now and then, opens no file where
        nothing has changed."""
        now = time.monotonic()
        if not self._known or self._looking or now - self._looked < _LOOK_SECONDS:
            return
        self._looking, self._looked = True, now

        def work(_: ThreadJob) -> list[InstalledModel] | None:
            return self._models.installed() if self._models.changed_outside() else None

        def done(found: list[InstalledModel] | AssistantError | None) -> None:
            self._looking = False
            if isinstance(found, list) and found != self._installed:
                self._refreshed(found)

        self._threads.run("models-look", work, done)

    def find(self, name_or_path: str) -> InstalledModel:
        """A model by key, name, beginning of a name, or path.

        :raises AssistantError: NO_SUCH_MODEL, or what is wrong with the file at that path.
        """
        return self._models.find(name_or_path)

    def files_at(self, path: Path) -> list[Path]:
        """The model files that a path leads to: itself, or those in a folder and below it, one for each model. From
        any thread; it reads folders."""
        try:
            return model_paths(path) if path.is_dir() else [path]
        except OSError:  # nobody may look there: the file itself will say so
            return [path]

    def by_origin(self) -> dict[str, str]:
        """Keys of the installed models that can be used, by id of their row in the catalogue and by the hashes of all
        their files, separated by spaces."""
        found: dict[str, str] = {}
        for model in self._installed:
            if model.error() is not None:
                continue
            row = self.row(model)
            if row is not None:
                found.setdefault(row.id, model.key)
            if model.upstream is not None and model.upstream.sha256 and all(model.upstream.sha256):
                found.setdefault(" ".join(model.upstream.sha256), model.key)
        return found

    def row(self, model: InstalledModel) -> CatalogueModel | None:
        """The row of the catalogue that an installed model is; None: it is not in it."""
        if model.demo:
            return next((row for row in whole().models if row.starter), None)
        upstream = model.upstream
        if upstream is not None and upstream.catalogue and (row := entry(upstream.catalogue)) is not None:
            return row
        sha256 = upstream.sha256[0] if upstream is not None and len(upstream.sha256) == 1 else ""
        return entry_for(sha256=sha256, size=model.size, file=model.path.name)

    # ------------------------------------------------------------ which one answers

    def chosen(self) -> InstalledModel | None:
        """The model that answers: the one the user chose, else the best there is."""
        if not self._known:
            return None
        return self._models.default(self._settings["default_model"])

    def choose(self, key: str) -> None:
        self._settings.set("default_model", key)
        self._looked = 0.0  # another program may have taken it away: the next look is soon
        self._changed()

    def default_for(self, task: str, language: str = "") -> InstalledModel | None:
        """The model for a task: the one that was chosen for it, else the one that chats. For ``embed``, which no
        chat model does, the smallest one that was made for it, or None.

        :param task: chat, summarize, translate, write or embed.
        :param language: of the texts to embed, BCP 47, empty: not known; one that does not know it is not taken
            unless it was chosen.
        """
        wanted = self._settings[f"model_{task}"] if task != "chat" else ""
        model = self.get(wanted) if wanted else None
        if task != "embed":
            return model if model is not None and model.usable else self.chosen()
        if model is not None and model.refusal("embed") is None:
            return model
        makers = [m for m in self._installed if m.refusal("embed") is None and knows(m, self.row(m), language)]
        return min(makers, key=lambda m: m.size, default=None)

    def choose_for(self, task: str, key: str) -> None:
        """Have a model do a task from now on; an empty key: the one that chats."""
        if task == "chat":
            self.choose(key)
        else:
            self._settings.set(f"model_{task}", key)
            self._changed()

    def mark_used(self, key: str) -> None:
        """Remember on another thread that the model answered now: without a choice, the last used one is taken.

        A job with thousands of answers is remembered once in a while.
        """
        now = time.monotonic()
        if now - self._marked.get(key, -_MARK_SECONDS) < _MARK_SECONDS:
            return
        self._marked[key] = now

        def work() -> None:
            self._models.mark_used(key)
            self._inbox.put(self._used, (key, time.time()))

        threading.Thread(target=work, name="models-used").start()  # a command that ends now waits for it

    def _used(self, use: tuple[str, float]) -> None:
        key, at = use
        self._installed = [replace(m, last_used=max(m.last_used, at)) if m.key == key else m for m in self._installed]
        self._changed()

    # ------------------------------------------------------------ how it is loaded and answers

    def options(self, key: str) -> ModelOptions:
        """What the user has set for this model."""
        return self._own.get(key) if self._own is not None else ModelOptions()

    def set_options(self, key: str, **changes: object) -> None:
        """Set options of one model; None: back to the default.

        :raises AssistantError: SETTING_INVALID.
        """
        if self._own is not None:
            self._own.set(key, **changes)
            self._changed()

    def reset_options(self, key: str) -> None:
        """Back to the defaults for this model."""
        if self._own is not None:
            self._own.reset(key)
            self._changed()

    def load_anyway(self, key: str) -> None:
        """The user wants this model although it seems too large; not asked again until the program ends."""
        self._anyway.add(key)

    def plan(
        self, model: InstalledModel, *, loaded: LoadPlan | None = None, spare: int = 0, embeddings: bool = False
    ) -> LoadPlan:
        """How to load ``model`` with the settings as they are; see ``planning.load_plan``.

        :raises AssistantError: MODEL_MISSING, MODEL_TOO_LARGE and what else its file is known to suffer from.
        """
        return load_plan(
            model,
            self.options(model.key),
            self._settings,
            gpus=self._gpus(),
            loaded=loaded,
            spare=spare,
            anyway=model.key in self._anyway,
            embeddings=embeddings,
        )

    # ------------------------------------------------------------ more of them

    def import_file(
        self, path: Path, *, copy: bool, done: Result, progress: Callable[[float], None] | None = None
    ) -> Cancel:
        """Add a model file by link or copy; ``done`` gets the model."""

        def work(job: ThreadJob) -> InstalledModel:
            try:
                return self._models.import_file(path, copy=copy, progress=job.progress, cancelled=job.cancelled)
            except OSError as error:
                raise AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=path.name) from error

        return self._change("models-import", work, done, progress)

    def elsewhere(self, done: Callable[[Sequence[Elsewhere] | AssistantError], None]) -> Cancel:
        """Models that other programs have on this computer."""

        def work(job: ThreadJob) -> list[Elsewhere]:
            return elsewhere.find(known=self._models.installed(), cancelled=job.cancelled)

        return self._threads.run("models-elsewhere", work, done)

    def adopt(self, found: Elsewhere, done: Result) -> Cancel:
        """Use a model of another program where it lies; ``done`` gets the model. What answers goes on answering, unless
        it is the demo or does not chat."""
        answers = self.chosen()
        if answers is not None and answers.has_template and not answers.demo:
            self._pin(answers)
        return self._change("models-adopt", lambda _: self._models.adopt(found), done)

    def register(self, item: DownloadItem, path: Path) -> None:
        """A download has become a file of the models folder. From any thread."""
        self._models.register(item, path)

    def held(self, parts: Sequence[Part]) -> str:
        """The name of the installed model that these parts would bring once more; empty: it is not here."""
        return self._models.held(parts)

    def arrived(self, path: Path, done: Callable[[InstalledModel], None]) -> None:
        """Look at the folder again; ``done`` gets the model whose first file is at ``path``."""

        def found() -> None:
            model = next((m for m in self._installed if m.path == path), None)
            if model is not None:
                done(model)

        self.refresh(found)

    # ------------------------------------------------------------ keeping and removing

    def verify(self, key: str, done: Result, progress: Callable[[float], None] | None = None) -> Cancel:
        """Read every byte of a model and compare; ``done`` gets a ``Verified``."""

        def work(job: ThreadJob) -> Verified:
            return self._models.verify(key, progress=job.progress, cancelled=job.cancelled)

        return self._change("models-verify", work, done, progress)

    def remove(self, key: str, done: Result = lambda _: None) -> None:
        """Take a model away, which can be undone until the program ends; ``done`` gets a ``Removal``."""

        wanted, answered = self._settings["default_model"], self.chosen()

        def removed(result: Removal | AssistantError) -> None:
            self._removing.discard(key)
            if isinstance(result, Removal):
                self._removed.append(result)
                now = self.chosen()
                if now is not None and answered is not None and answered.key == key:
                    self._pin(now)
                    self._stand_ins[result.id] = (wanted, now.key)
                    self._changed()
            done(result)

        try:
            self._release(key)
        except AssistantError as error:
            done(error)
            return
        self._removing.add(key)
        self._change("models-remove", lambda _: self._models.remove(key), removed)

    def undo_remove(self, done: Result = lambda _: None) -> None:
        """Have the model back that was removed last; ``done`` gets it."""
        if not self._removed:
            done(AssistantError(ErrorKind.NO_SUCH_MODEL))
            return
        removal = self._removed.pop()
        wanted, since = self._stand_ins.pop(removal.id, ("", ""))

        def back(result: InstalledModel | AssistantError) -> None:
            if since and isinstance(result, InstalledModel) and self._settings["default_model"] in (since, ""):
                self.choose(result.key if wanted == removal.key else wanted)
            done(result)

        self._change("models-undo", lambda _: self._models.undo_remove(removal), back)

    def removals(self) -> Sequence[Removal]:
        """What can be had back, the last one last."""
        return list(self._removed)

    def stand_in(self, removal: Removal) -> InstalledModel | None:
        """The model that answers since another was removed; None: that one did not answer, or nothing does now."""
        return self.get(self._stand_ins.get(removal.id, ("", ""))[1])

    def move_folder(self, new: Path, done: Result, progress: Callable[[float], None] | None = None) -> Cancel:
        """Move all models to another folder, which is used from then on; ``done`` gets that folder. What was removed
        before cannot be had back afterwards.

        Downloads wait meanwhile. While a model answers, ``done`` gets MODEL_BUSY; while another program downloads into
        the folder, DOWNLOADS_ELSEWHERE. Loaded models stay so until everything is in the new folder.
        """

        def work(job: ThreadJob) -> Path:
            self._models.move_folder(new, self._switch, progress=job.progress, cancelled=job.cancelled)
            return self._models.folder

        def finished(result: Path | AssistantError) -> None:
            if isinstance(result, Path):
                self._forget_removed()
            self._moved(result if isinstance(result, Path) else None)
            done(result)

        cancels: list[Cancel] = []
        given_up: list[bool] = []

        def go() -> None:
            if given_up:
                finished(AssistantError(ErrorKind.CANCELLED))
            else:
                cancels.append(self._change("models-move", work, finished, progress))

        def cancel() -> None:
            given_up.append(True)
            for one in cancels:
                one()

        try:
            for model in self._installed:
                if not model.linked:
                    self._check_idle(model.key)
            self._before_move(go)
        except AssistantError as error:
            done(error)
        return cancel

    def on_move(self, before: Callable[[Callable[[], None]], None], after: Callable[[Path | None], None]) -> None:
        """Have ``before`` called when the folder is to be moved, with what goes on once nothing writes there any more
        (it may raise an AssistantError instead), and ``after`` with the new folder, or None if it stays."""
        self._before_move, self._moved = before, after

    def newer(self, key: str, facts: RepoFacts) -> Newer | None:
        """The newer version of a model that the Hub's ``facts`` show; None: there is none, or nobody can tell."""
        model = self.get(key)
        return newer(model.upstream, facts) if model is not None else None

    def close(self) -> None:
        """Really remove what was removed, and what was set for it."""
        self._forget_removed()
        self._models.really_remove()

    # ------------------------------------------------------------ inside

    def _forget_removed(self) -> None:
        """What was removed is gone for good, with what was set for it."""
        for removal in self._removed:
            if self._own is not None and self.get(removal.key) is None:
                self._own.forget(removal.key)
        self._removed.clear()
        self._stand_ins.clear()

    def _pin(self, model: InstalledModel) -> None:
        """What answers where the chosen model is gone stays the same, whichever else is used. (A starter makes way.)"""
        self._settings.set("default_model", "" if model.demo else model.key)

    def _change(
        self, name: str, work: Callable[[ThreadJob], Any], done: Result, progress: Callable[[float], None] | None = None
    ) -> Cancel:
        """Do what changes the list: ``done`` is called when the list shows it."""

        def finished(result: Any) -> None:
            self.refresh(lambda: done(result))

        return self._threads.run(name, work, finished, progress=progress)

    def _switch(self, folder: Path) -> None:
        """Have the settings name the new folder; called on a thread of its own, noted on the owning one."""
        noted = threading.Event()
        problems: list[AssistantError] = []

        def note(_: None) -> None:
            try:
                self._settings.set("models_folder", str(folder))
                if self._settings.problem is not None:
                    problems.append(self._settings.problem)
                else:
                    self._let_go()
            except AssistantError as error:
                problems.append(error)
            noted.set()

        self._inbox.put(note, None)
        if not noted.wait(_SWITCH_SECONDS):
            raise AssistantError(ErrorKind.CANCELLED)
        if problems:
            raise problems[0]

    def _let_go(self) -> None:
        """Unload what lies in the folder that is given up. What has begun to answer meanwhile goes on with its file."""
        for model in self._installed:
            if not model.linked:
                with contextlib.suppress(AssistantError):
                    self._release(model.key)

    def _refreshed(self, installed: list[InstalledModel]) -> None:
        wanted = self._settings["default_model"]
        before = self.get(wanted)
        self._installed, self._known = installed, True
        now = self.chosen()
        if now is not None and wanted and now.key != wanted and wanted not in self._removing:
            if self.get(wanted) is None:
                self._pin(now)
            if before is not None and before.usable:
                self._replaced(before.name, now)
        elif now is not None and now.key == wanted and before is not None and not before.usable:
            self._returned(now)
        self._changed()

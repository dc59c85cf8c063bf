"""What can be done with models, with the words about it in the notice bar: use, check, measure, remove, move, get."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtWidgets import QWidget

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import Notice, NoticeAction, NoticeLevel
from assistant.core.notices import token_actions, token_setting
from assistant.core.threads import Threads
from assistant.gui.models.connections import ask
from assistant.gui.models.revealing import open_folder, select_file
from assistant.gui.notices import Choice
from assistant.gui.widgets.models import words
from assistant.gui.widgets.setting_controls import ask_for_folder
from assistant.texts import errors, fit, lists, tr, trn, units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.core.core import Core
    from assistant.core.market import RepoView
    from assistant.gui.notices import NoticeBar
    from assistant.library.downloads import DownloadItem
    from assistant.library.elsewhere import Elsewhere
    from assistant.library.models import InstalledModel

_KEY = "models"
_REMOVED = "removed"
_MUCH = 3_000_000  # bytes of a download that are not thrown away unasked
_NAMED = 5  # leftovers and removed models that are named before they are deleted


class ModelOperations(QObject):
    """The verbs of the models pane.

    Signals: ``busy(verb, key)`` when checking, measuring or asking has gone on; ``done()`` when something is to be
    shown anew; ``unlisted()`` when a model is used no more where it is; ``back(key)`` when a removed one is here again.
    """

    busy = Signal(str, str)
    done = Signal()
    unlisted = Signal()
    back = Signal(str)

    def __init__(self, core: Core, notices: NoticeBar, host: QWidget) -> None:
        super().__init__(host)
        self._core = core
        self._notices = notices
        self._host = host
        self._shares: dict[tuple[str, str], float] = {}
        self._stops: dict[tuple[str, str], Callable[[], None]] = {}
        self._moving = False
        self._wants_token = False  # the last trouble that was told
        self._gone: list[str] = []  # what was said about each removal that can be undone, the last one last

    def share(self, verb: str, key: str) -> float | None:
        """How far a long deed is, 0 to 1; None: it is not being done."""
        return self._shares.get((verb, key))

    def tell(self, what: str | AssistantError, detail: str = "", *, level: NoticeLevel = NoticeLevel.ERROR) -> None:
        """Say something in the bar; what the user stopped is silent."""
        actions: tuple[NoticeAction, ...] = ()
        setting = ""
        if isinstance(what, AssistantError):
            if what.kind is ErrorKind.CANCELLED:
                return
            actions, setting = token_actions(what), token_setting(what)
            self._wants_token = bool(actions)
            what, detail = errors.sentence(what), what.detail
        self._notices.post(Notice(_KEY, level, words.plain_name(what), detail, actions=actions, setting=setting))

    def token_known(self) -> None:
        """That a token is missing, or wrong, is no longer true."""
        if self._wants_token:
            self._wants_token = False
            self._notices.clear(_KEY)

    # -------------------------------------------------------------- using

    def use(self, task: str, key: str) -> None:
        """Have this model do a task from now on. Where it does it already, the one that chats does it again."""
        model = self._model(key)
        if model is None:
            return
        error = model.refusal(task)
        if error is not None:
            self.tell(error)
        elif task == "chat":
            self._core.chosen.choose(key)
            self._say(tr("{name} answers from now on.", name=words.plain_name(model.name)))
        else:
            shelf, chats = self._core.models, self._core.models.chosen()
            does = shelf.default_for(task)
            follows = key in (one.key for one in (does, chats) if one is not None)
            shelf.choose_for(task, "" if follows else key)
            now = shelf.default_for(task) or model
            self._say(tr("{name} is used from now on: {task}.", name=words.plain_name(now.name), task=fit.task(task)))
        self.done.emit()

    # -------------------------------------------------------------- checking and measuring

    def verify(self, key: str) -> None:
        """Read the whole file and compare it with what is known about it; a second time: stop."""
        if self._begin("verify", key):
            self._stops["verify", key] = self._core.models.verify(
                key, partial(self._verified, key), partial(self._progress, "verify", key)
            )

    def _verified(self, key: str, result: Any) -> None:
        self._end("verify", key)
        name = self._name(key)
        if isinstance(result, AssistantError):
            self.tell(result)
        elif not result.ok:
            self.tell(AssistantError(ErrorKind.MODEL_HASH, name=name))
        elif result.known:
            self._say(tr("{name} is intact: its checksum is right.", name=name))
        else:
            sentence = tr("{name} can be read to its end. No checksum is known to compare it with.", name=name)
            self._say(sentence, "\n".join(result.sha256))

    def measure(self, key: str) -> None:
        """Let this machine run the model for some seconds; a second time: stop."""
        if self._begin("measure", key):
            stop = self._core.measures.selftest(
                key, partial(self._measured, key), partial(self._progress, "measure", key)
            )
            if ("measure", key) in self._shares:  # it may be over already
                self._stops["measure", key] = stop

    def _measured(self, key: str, result: Any) -> None:
        self._end("measure", key)
        if isinstance(result, AssistantError):
            self.tell(result)
        self.done.emit()

    def newer(self, key: str) -> None:
        """Ask the Hub whether it has another version of this model by now; it is told, never fetched unasked."""
        model = self._model(key)
        if model is not None and model.upstream is not None and self._begin("newer", key):
            self._core.market.look(model.upstream.repo, partial(self._newer, key))

    def _newer(self, key: str, view: RepoView | AssistantError) -> None:
        self._end("newer", key)
        if isinstance(view, AssistantError):
            self.tell(view)
            return
        newer = self._core.models.newer(key, view.facts)
        name = self._name(key)
        if newer is None:
            self._say(tr("There is no newer version of {name}.", name=name))
            return
        sentence = tr("There is a newer version of {name}.", name=name)
        if newer.size:
            sentence = tr("There is a newer version of {name} ({size}).", name=name, size=units.size(newer.size))
        variants = [
            one.variant for one in view.variants if tuple(file.name for file in one.variant.files) == newer.files
        ]
        choices = [Choice(tr("Get it"), lambda: self.get((view, variants[0])))] if variants else []
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence), *choices)

    # -------------------------------------------------------------- getting and removing

    def get(self, what: Any) -> None:
        """Begin a download: of a row of the catalogue (its id), or of a repository's variant."""
        try:
            self._core.market.get(what)
        except AssistantError as error:
            if error.kind is ErrorKind.MODEL_EXISTS:
                self._here(error)
            else:
                self.tell(error)
        self.done.emit()

    def queue(self, verb: Callable[[str], None], download: str) -> None:
        """Do something with a download."""
        try:
            verb(download)
        except AssistantError as error:
            self.tell(error)

    def _here(self, error: AssistantError) -> None:
        """The model is here: nothing went wrong, and it can be used."""
        name = error.values.get("name")
        model = next((one for one in self._core.models.installed() if name in (one.name, one.key)), None)
        chosen = self._core.models.chosen()
        used = model is None or not model.usable or (chosen is not None and chosen.key == model.key)
        key = model.key if model is not None else ""
        choices = [] if used else [Choice(tr("Use it"), lambda: self.use("chat", key))]
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, words.plain_name(errors.sentence(error))), *choices)

    def give_up(self, download: DownloadItem) -> None:
        """Cancel a download, after asking where much of it is here: that could not be brought back."""
        act = partial(self.queue, self._core.downloads.cancel, download.id)
        if download.done < _MUCH:
            act()
            return
        question = tr("Cancel the download of {name}?", name=words.plain_name(download.name))
        done = units.size(download.done)
        more = tr("The {size} that are here are deleted. Pause the download to keep them.", size=done)
        ask(self._host.window(), question, more, tr("Cancel the download"), act, leaving=tr("Go on downloading"))

    def remove(self, key: str) -> None:
        """Remove a model, with a way back until the program ends."""
        self._core.models.remove(key, self._removed)

    def _removed(self, result: Any) -> None:
        if isinstance(result, AssistantError):
            self.tell(result)
            return
        name = words.plain_name(result.name)
        sentence = (
            tr("{name} is no longer listed; its file stays where it is.", name=name)
            if result.linked
            else tr(
                "{name} is removed; {size} will be free when Lamplight ends.", name=name, size=units.size(result.size)
            )
        )
        now = self._core.models.stand_in(result)
        if now is not None:
            sentence = lists.sentences(sentence, tr("{name} answers now.", name=words.plain_name(now.name)))
        self._gone.append(sentence)
        self._offer_back(sentence)
        self.done.emit()
        if result.linked:
            self.unlisted.emit()

    def undo(self) -> None:
        """Have back the model that was removed last."""
        if self._gone:
            self._gone.pop()
            self._notices.clear(_REMOVED)
            self._core.models.undo_remove(self._back)

    def _offer_back(self, sentence: str) -> None:
        self._notices.post(Notice(_REMOVED, NoticeLevel.INFO, sentence), Choice(tr("Undo"), self.undo))

    def _back(self, result: InstalledModel | AssistantError) -> None:
        if isinstance(result, AssistantError):
            self.tell(result)
        else:
            back = tr("{name} is back.", name=words.plain_name(result.name))
            if self._gone:  # the one that was removed before it can be had back, too
                self._offer_back(lists.sentences(back, self._gone[-1]))
            else:
                self._say(back)
            self.back.emit(result.key)
        self.done.emit()

    def adopt(self, found: Elsewhere, done: Callable[[InstalledModel], None]) -> None:
        """Use another program's model where it is."""
        self._core.models.adopt(found, partial(self._adopted, done))

    def _adopted(self, done: Callable[[InstalledModel], None], result: InstalledModel | AssistantError) -> None:
        if isinstance(result, AssistantError):
            self.tell(result)
            return
        chosen, name = self._core.models.chosen(), words.plain_name(result.name)
        choices = [Choice(tr("Use for chat"), lambda: self.use("chat", result.key))] if result.usable else []
        sentence = tr("{name} is here now.", name=name)
        if chosen is not None and chosen.key == result.key:
            choices, sentence = [], tr("{name} is here and answers from now on.", name=name)
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence), *choices)
        done(result)

    # -------------------------------------------------------------- files

    def reveal(self, key: str) -> None:
        """Show a model's file in the system's file manager."""
        model = self._model(key)
        if model is not None:
            self.show_file(model.path)

    def show_file(self, path: Path) -> None:
        """Show a file in the system's file manager, chosen where that is possible."""
        if sys.platform == "win32":
            shown = QProcess.startDetached("explorer", ["/select,", str(path)])
        elif sys.platform == "darwin":
            shown = QProcess.startDetached("open", ["-R", str(path)])
        else:
            select_file(path, self, otherwise=lambda: self._open_folder(path.parent))
            return
        if not shown:
            self._no_file_manager(path.parent)

    def folder(self, verb: str) -> None:
        """Show the folder of the models, move it, or clean it up."""
        folder: Path = self._core.models.folder
        if verb == "clean":
            self._leftovers()
        elif verb == "show":
            self._open_folder(folder)
        elif not self._moving:
            chosen = ask_for_folder(self._host, str(folder.parent))
            if chosen and Path(chosen) != folder:
                self._ask_to_move(Path(chosen))

    def _open_folder(self, folder: Path) -> None:
        open_folder(folder, self, otherwise=lambda: self._no_file_manager(folder))

    def _no_file_manager(self, folder: Path) -> None:
        self._say(tr("No file manager can be opened here. The folder is: {folder}", folder=str(folder)))

    def _ask_to_move(self, target: Path) -> None:
        """The way back for what was removed ends with the old folder: that is said before."""
        removed = self._core.models.removals()
        if not removed:
            self._move(target)
            return
        names = lists.listed(*(words.plain_name(one.name) for one in removed[-_NAMED:]))
        question = tr("Move the models to {folder}?", folder=words.plain_name(str(target)))
        more = tr("What you removed cannot be brought back after that: {names}", names=names)
        ask(self._host.window(), question, more, tr("Move the folder"), partial(self._move, target))

    def _move(self, target: Path) -> None:
        self._moving = True
        self._stops["move", ""] = self._core.models.move_folder(target, partial(self._moved, target), self._moving_on)

    def _moving_on(self, share: float) -> None:
        if self._moving:
            sentence = tr("Moving the models: {percent} %", percent=round(share * 100))
            stop = self._stops.get(("move", ""), lambda: None)
            self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence), Choice(tr("Stop"), stop))

    def _moved(self, target: Path, result: Any) -> None:
        self._moving = False
        self._stops.pop(("move", ""), None)
        self._notices.clear(_KEY)
        if isinstance(result, AssistantError):
            self.tell(result)
        else:
            self._gone.clear()  # what was removed from the old folder is gone with it
            self._notices.clear(_REMOVED)
            self._say(tr("The models are in {path} now.", path=words.plain_name(str(target))))
        self.done.emit()

    def _leftovers(self) -> None:
        """Offer to delete parts that belong to no download any more."""
        orphans = self._core.downloads.queue.orphans()
        if not orphans:
            self._say(tr("Nothing is left of earlier downloads."))
            return
        size = units.size(sum(orphan.size for orphan in orphans))
        question = trn(
            "Delete what is left of {n} cancelled download?",
            "Delete what is left of {n} cancelled downloads?",
            len(orphans),
        )
        names = lists.listed(*(words.plain_name(orphan.name) for orphan in orphans[:_NAMED]))
        more = tr("This frees {size}: {names}", size=size, names=names)
        ask(self._host.window(), question, more, tr("Delete"), partial(self._delete_leftovers, orphans))

    def _delete_leftovers(self, orphans: Sequence[Any]) -> None:
        queue = self._core.downloads.queue

        def work(_job: object) -> None:
            for orphan in orphans:
                queue.delete_orphan(orphan)

        Threads(self._core.inbox).run("leftovers", work, self._leftovers_gone)

    def _leftovers_gone(self, result: Any) -> None:
        if isinstance(result, AssistantError):
            self.tell(result)
        else:
            self._say(tr("What was left of earlier downloads is deleted."))

    # -------------------------------------------------------------- inside

    def _begin(self, verb: str, key: str) -> bool:
        if (verb, key) in self._shares:
            self._stops.get((verb, key), lambda: None)()
            return False
        self._shares[verb, key] = 0.0
        self.busy.emit(verb, key)
        return True

    def _progress(self, verb: str, key: str, share: float) -> None:
        if (verb, key) in self._shares and share - self._shares[verb, key] >= 0.01:
            self._shares[verb, key] = share
            self.busy.emit(verb, key)

    def _end(self, verb: str, key: str) -> None:
        self._shares.pop((verb, key), None)
        self._stops.pop((verb, key), None)
        self.busy.emit(verb, key)

    def _say(self, sentence: str, detail: str = "") -> None:
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence, detail))

    def _model(self, key: str) -> InstalledModel | None:
        return next((model for model in self._core.models.installed() if model.key == key), None)

    def _name(self, key: str) -> str:
        model = self._model(key)
        return words.plain_name(model.name if model is not None else key)

"""Bringing in model files: chosen in a dialog or dropped on the window, used where they are or copied.

Files are looked at first, on a thread of its own: one that is no model is refused before anything is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import Notice, NoticeAction, NoticeLevel
from assistant.core.threads import Threads
from assistant.gui.notices import Choice, NoticeBar
from assistant.gui.widgets.models.words import plain_name
from assistant.texts import errors, fit, lists, tr, trn, units

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.core.core import Core
    from assistant.library.models import InstalledModel

SUFFIX = ".gguf"
_KEY = "import"
_FOLDER = "import_folder"  # in the state file: where the last files were chosen
_STEP = 5  # per cent between two words about progress


@dataclass
class _Batch:
    """What is being brought in together.

    :ivar waiting: models that are still to come. ``came``: those that have.
    :ivar here: those that were here already. ``refused``: names of files, and what is the matter with each.
    """

    waiting: list[InstalledModel] = field(default_factory=list)
    came: list[InstalledModel] = field(default_factory=list)
    here: list[InstalledModel] = field(default_factory=list)
    refused: list[tuple[str, AssistantError]] = field(default_factory=list)
    copy: bool = False

    @property
    def alone(self) -> bool:
        return len(self.waiting) + len(self.came) + len(self.here) + len(self.refused) == 1


class Importer(QObject):
    """Asks where needed, tells what happens in the notice bar, and chooses the model that came in.

    Signals: ``came(key)`` of the first model that came in.
    """

    came = Signal(str)

    def __init__(self, window: QWidget, core: Core, notices: NoticeBar) -> None:
        super().__init__(window)
        self._window = window
        self._core = core
        self._notices = notices
        self._cancel: Callable[[], None] | None = None
        self._busy = False
        self._next: list[Path] = []  # what came while something else was being brought in
        self._told = -_STEP

    def choose(self) -> None:
        """Let the user pick files and bring them in."""
        state = self._core.state
        files = ask_for_files(self._window, Path(str(state.get(_FOLDER) or Path.home())))
        if files:
            state.set(_FOLDER, str(files[0].parent))
        self.bring_in(*files)

    def bring_in(self, *paths: Path) -> None:
        """Bring in these files, and the models in these folders, after asking once whether to copy them."""
        self._next += paths
        if self._busy or not self._next:
            return
        wanted, self._next = self._next, []
        self._busy = True
        self._notices.clear(_KEY)  # how the last one went is old
        Threads(self._core.inbox).run("import-look", lambda _: self._look(wanted), partial(self._looked, wanted[0]))

    # -------------------------------------------------------------- looking at what it is

    def _look(self, paths: list[Path]) -> _Batch:
        """On a thread of its own: what the files are. Any part of a model in several files leads to the whole."""
        batch, seen = _Batch(), set[str]()
        shelf = self._core.models
        for file in (file for path in paths for file in shelf.files_at(path.absolute())):
            try:
                model = shelf.find(str(file))
            except AssistantError as error:
                batch.refused.append((file.name, _of_a_path(error, file)))
                continue
            except OSError as error:
                batch.refused.append((file.name, AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=file.name)))
                continue
            if model.key in seen:
                continue
            seen.add(model.key)
            if (problem := model.error()) is not None:
                batch.refused.append((file.name, problem))
            else:
                batch.waiting.append(model)
        return batch

    def _looked(self, first: Path, batch: _Batch | AssistantError) -> None:
        if isinstance(batch, AssistantError):
            self._notices.post(Notice(_KEY, NoticeLevel.ERROR, plain_name(errors.sentence(batch)), batch.detail))
            self._rest()
            return
        known = {model.key: model for model in self._core.models.installed()}
        batch.here = [known[model.key] for model in batch.waiting if model.key in known]
        batch.waiting = [model for model in batch.waiting if model.key not in known]
        if not (batch.waiting or batch.here or batch.refused):
            nothing = tr("There is no model file (GGUF) in {name}.", name=plain_name(first.name))
            self._notices.post(Notice(_KEY, NoticeLevel.ERROR, nothing))
            self._rest()
            return
        if batch.waiting:
            size = sum(model.size for model in batch.waiting)
            copy = ask_how(self._window, batch.waiting[0].path.name, size, count=len(batch.waiting))
            if copy is None:
                self._rest()
                return
            batch.copy = copy
        self._pin_what_answers(len(batch.waiting))
        self._bring(batch)

    # -------------------------------------------------------------- bringing in

    def _bring(self, batch: _Batch) -> None:
        """Bring in the next one, or say how it went."""
        self._cancel = None
        if not batch.waiting:
            self._tell(batch)
            self._rest()
            return
        model = batch.waiting.pop(0)
        self._told = -_STEP
        self._cancel = self._core.models.import_file(
            model.path,
            copy=batch.copy,
            done=partial(self._done, batch, model.path.name),
            progress=partial(self._progress, model.path.name),
        )

    def _pin_what_answers(self, count: int) -> None:
        """Of several that come in nobody has said which is to answer: that stays as it is, unless it is the demo."""
        chosen = self._core.models.chosen()
        if count > 1 and chosen is not None and not chosen.demo:
            self._core.models.choose(chosen.key)

    def _progress(self, name: str, share: float) -> None:
        percent = int(share * 100)
        if self._cancel is None or percent < self._told + _STEP:
            return
        self._told = percent
        sentence = tr("Copying {name}: {percent} %", name=plain_name(name), percent=percent)
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence), Choice(tr("Stop"), self._cancel))

    def _done(self, batch: _Batch, name: str, result: InstalledModel | AssistantError) -> None:
        if isinstance(result, AssistantError):
            if result.kind is ErrorKind.CANCELLED:
                batch.waiting.clear()
            elif (twin := self._twin(result)) is not None:
                batch.here.append(twin)
            else:
                batch.refused.append((name, result))
        elif (error := result.error()) is not None:  # gone or changed since it was looked at
            batch.refused.append((name, error))
        else:
            batch.came.append(result)
        self._bring(batch)

    def _twin(self, error: AssistantError) -> InstalledModel | None:
        """The model that is here by another name, found out while it was copied."""
        name = error.values.get("name") if error.kind is ErrorKind.MODEL_EXISTS else None
        return next((model for model in self._core.models.installed() if model.name == name), None)

    def _rest(self) -> None:
        self._busy = False
        self.bring_in()

    # -------------------------------------------------------------- saying how it went

    def _tell(self, batch: _Batch) -> None:
        self._notices.clear(_KEY)
        if batch.alone and batch.here:
            self._offer(batch.here[0])
        elif batch.alone and batch.refused:
            error = batch.refused[0][1]
            self._notices.post(Notice(_KEY, NoticeLevel.ERROR, plain_name(errors.sentence(error)), error.detail))
        elif batch.came or batch.here or batch.refused:
            self._tell_all(batch)
        if batch.came:
            self.came.emit(batch.came[0].key)
        if len(batch.came) == 1 and batch.came[0].usable:
            self._core.chosen.choose(batch.came[0].key)

    def _tell_all(self, batch: _Batch) -> None:
        """One sentence for each way in which it went; details where something went wrong."""
        came, here, refused = len(batch.came), len(batch.here), len(batch.refused)
        said = []
        if came == 1 and batch.came[0].embeds:
            said += [tr("{name} is here now.", name=plain_name(batch.came[0].name)), fit.searcher()]
        elif came == 1:
            said.append(tr("{name} is here and answers from now on.", name=plain_name(batch.came[0].name)))
        elif came:
            said.append(trn("{n} model is here now.", "{n} models are here now.", came))
        if here:
            said.append(trn("{n} model was here already.", "{n} models were here already.", here))
        if refused:
            said.append(trn("{n} file could not be imported.", "{n} files could not be imported.", refused))
        detail = "\n".join(_named(name, plain_name(errors.sentence(error))) for name, error in batch.refused)
        level = NoticeLevel.INFO if not refused else NoticeLevel.WARNING if came else NoticeLevel.ERROR
        actions = (NoticeAction.OPEN_MODELS,) if came > 1 else ()
        self._notices.post(Notice(_KEY, level, lists.sentences(*said), detail, actions=actions))

    def _offer(self, model: InstalledModel) -> None:
        """The model is here: nothing went wrong, and it can be used."""

        def use() -> None:
            self._notices.clear(_KEY)
            self._core.chosen.choose(model.key)

        chosen = self._core.models.chosen()
        sentence = errors.sentence(AssistantError(ErrorKind.MODEL_EXISTS, name=plain_name(model.name)))
        used = not model.usable or (chosen is not None and chosen.key == model.key)
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence), *([] if used else [Choice(tr("Use it"), use)]))


def _named(name: str, sentence: str) -> str:
    """What is the matter with a file, with its name before it where the sentence does not tell it."""
    name = plain_name(name)
    return sentence if name in sentence else lists.labelled(name, sentence)


def _of_a_path(error: AssistantError, path: Path) -> AssistantError:
    """What is about names says of a path that nothing is there."""
    if error.kind is not ErrorKind.NO_SUCH_MODEL:
        return error
    return AssistantError(ErrorKind.FILE_MISSING, error.detail, name=path.name)


def ask_for_files(parent: QWidget, folder: Path) -> list[Path]:
    """The system's dialog for model files; it begins in ``folder``."""
    kinds = f"{tr('Models')} (*{SUFFIX});;{tr('All files')} (*)"
    names, _ = QFileDialog.getOpenFileNames(parent, tr("Import model files"), str(folder), kinds)
    return [Path(name) for name in names]


def ask_how(parent: QWidget, name: str, size: int, *, count: int = 1) -> bool | None:
    """Whether to copy the file (True) or use it where it is (False); None: neither.

    :param size: of all files and their other parts, in bytes. ``count``: how many models there are.
    """
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Import a model file"))
    question = tr("Use {name} where it is, or copy it into the models folder?", name=plain_name(name))
    use = tr("Use where it is")
    if count > 1:
        question = tr("Use these {n} models where they are, or copy them into the models folder?", n=count)
        use = tr("Use where they are")
    box.setText(question)
    more = tr(
        "A copy stays when the original is moved or its disk is unplugged, and takes {size} more.",
        size=units.size(size),
    )
    box.setInformativeText(more)
    where = box.addButton(use, QMessageBox.ButtonRole.AcceptRole)
    copy = box.addButton(tr("Copy"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(where)
    box.exec()
    chosen = box.clickedButton()
    return True if chosen is copy else False if chosen is where else None

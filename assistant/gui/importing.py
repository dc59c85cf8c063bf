"""Bringing in a model file: chosen in a dialog or dropped on the window, used where it is or copied.

The file is looked at first, on a thread of its own: one that is no model is refused before anything is asked.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import Notice, NoticeLevel
from assistant.gui.notices import Choice, NoticeBar
from assistant.gui.widgets.model_words import plain_name
from assistant.texts import errors, tr, units

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.core.core import Core
    from assistant.library.models import InstalledModel

SUFFIX = ".gguf"
_KEY = "import"
_STEP = 5  # per cent between two words about progress


class Importer(QObject):
    """Asks where needed, tells what happens in the notice bar, and chooses the model that came in."""

    def __init__(self, window: QWidget, core: Core, notices: NoticeBar) -> None:
        super().__init__(window)
        self._window = window
        self._core = core
        self._notices = notices
        self._cancel: Callable[[], None] | None = None
        self._looking = False
        self._told = -_STEP

    def choose(self) -> None:
        """Let the user pick a file and bring it in."""
        path = ask_for_file(self._window)
        if path is not None:
            self.bring_in(path)

    def bring_in(self, path: Path) -> None:
        """Bring in this file, if it is a model, after asking whether to copy it. One at a time."""
        if self._cancel is not None or self._looking:
            return
        self._looking = True
        threading.Thread(target=self._look, args=(path,), name="import-look", daemon=True).start()

    def _look(self, path: Path) -> None:
        """On a thread of its own: what the file is."""
        try:
            found: InstalledModel | AssistantError = self._core.models.find(str(path.absolute()))
        except AssistantError as error:
            found = error
        except OSError as error:
            found = AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=path.name)
        self._core.inbox.put(lambda result: self._looked(path, result), found)

    def _looked(self, path: Path, found: InstalledModel | AssistantError) -> None:
        self._looking = False
        if not isinstance(found, AssistantError):
            here = next((model for model in self._core.models.installed() if model.key == found.key), None)
            if here is not None:
                self._offer(here)
                return
            problem = found.error()
            if problem is None:
                self._ask(path, found)
                return
            found = problem
        if found.kind is ErrorKind.NO_SUCH_MODEL:  # which is about names; this was a path
            found = AssistantError(ErrorKind.FILE_MISSING, name=path.name)
        self._refuse(found)

    def _offer(self, model: InstalledModel) -> None:
        """The model is here: nothing went wrong, and it can be used."""

        def use() -> None:
            self._notices.clear(_KEY)
            self._core.choose_model(model.key)

        chosen = self._core.chosen_model()
        sentence = errors.sentence(AssistantError(ErrorKind.MODEL_EXISTS, name=plain_name(model.name)))
        used = chosen is not None and chosen.key == model.key
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence), *([] if used else [Choice(tr("Use it"), use)]))

    def _refuse(self, error: AssistantError) -> None:
        if error.kind is ErrorKind.MODEL_EXISTS:  # found out while it was copied: the same file by another name
            name = error.values.get("name")
            here = next((model for model in self._core.models.installed() if model.name == name), None)
            if here is not None:
                self._offer(here)
                return
        self._notices.post(Notice(_KEY, NoticeLevel.ERROR, plain_name(errors.sentence(error)), error.detail))

    def _ask(self, path: Path, model: InstalledModel) -> None:
        copy = ask_how(self._window, path.name, model.size)
        if copy is None:
            return
        self._told = -_STEP
        self._cancel = self._core.models.import_file(
            path, copy=copy, done=self._done, progress=lambda share: self._progress(path.name, share)
        )

    def _progress(self, name: str, share: float) -> None:
        percent = int(share * 100)
        if self._cancel is None or percent < self._told + _STEP:
            return
        self._told = percent
        sentence = tr("Copying {name}: {percent} %", name=plain_name(name), percent=percent)
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence), Choice(tr("Stop"), self._cancel))

    def _done(self, result: InstalledModel | AssistantError) -> None:
        self._cancel = None
        self._notices.clear(_KEY)
        if isinstance(result, AssistantError):
            if result.kind is not ErrorKind.CANCELLED:
                self._refuse(result)
            return
        error = result.error()
        if error is not None:  # gone or changed since it was looked at
            self._refuse(error)
            return
        sentence = tr("{name} is here and answers from now on.", name=plain_name(result.name))
        self._notices.post(Notice(_KEY, NoticeLevel.INFO, sentence))
        self._core.choose_model(result.key)


def ask_for_file(parent: QWidget) -> Path | None:
    """The system's dialog for one model file."""
    kinds = f"{tr('Models')} (*{SUFFIX});;{tr('All files')} (*)"
    name, _ = QFileDialog.getOpenFileName(parent, tr("Import a model file"), str(Path.home()), kinds)
    return Path(name) if name else None


def ask_how(parent: QWidget, name: str, size: int) -> bool | None:
    """Whether to copy the file (True) or use it where it is (False); None: neither.

    :param size: of the file and its other parts, in bytes.
    """
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Import a model file"))
    box.setText(tr("Use {name} where it is, or copy it into the models folder?", name=plain_name(name)))
    more = tr(
        "A copy stays when the original is moved or its disk is unplugged, and takes {size} more.",
        size=units.size(size),
    )
    box.setInformativeText(more)
    where = box.addButton(tr("Use where it is"), QMessageBox.ButtonRole.AcceptRole)
    copy = box.addButton(tr("Copy"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(where)
    box.exec()
    chosen = box.clickedButton()
    return True if chosen is copy else False if chosen is where else None

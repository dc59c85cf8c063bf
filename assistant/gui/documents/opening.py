"""How a document comes into a pane: typed, pasted, dropped, chosen; or typed before the program was closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Later
from assistant.gui.documents.drafting import Drafting
from assistant.gui.dropping import files_in, text_in
from assistant.gui.widgets.source_editor import fits

if TYPE_CHECKING:
    from assistant.core.cancel import Cancel
    from assistant.core.source_draft import SourceDraft

TYPING_MS = 700


class Opening(QObject):
    """Knows which document is open and shows it in the panel. What differs from pane to pane is in the hooks below.

    Signals: ``changed()`` when another document is open, or none; ``touched()`` when somebody types;
    ``failed(AssistantError)`` when there was nothing to open; ``chosen_one(path, others)`` when a file is pasted, and
    how many there were besides.

    :param panel: where it is shown, with an ``editor`` and a ``stack``.
    :param draft: where what is typed is kept, once the core runs.
    :ivar document: the open one; of what is typed it follows a moment later.
    :ivar restored: it is what was typed before the program was last closed, and nobody has touched it since.
    """

    changed = Signal()
    touched = Signal()
    failed = Signal(object)
    chosen_one = Signal(object, int)

    def __init__(self, panel: Any, parent: QObject, *, draft: Callable[[], SourceDraft]) -> None:
        super().__init__(parent)
        self._panel = panel
        self.document: Any = None
        self.restored = False
        self._typed = True  # the text is the user's own and can be edited again
        self._unfinished = False  # the field, or ``_long``, holds a text that nothing was made of
        self._long = ""  # such a text that is too long for the field
        self._cancel: Callable[[], None] | None = None
        self._asked: dict[str, Any] = {}  # what the last document was opened with
        self._opened: dict[str, Any] = {}  # the last that could be
        self._then: Callable[[], None] | None = None
        self._started = False  # before that the core reads nothing
        self.reads_typed: Callable[[], bool] = lambda: True  # what is typed is read after a pause
        self.draft = Drafting(draft, self._draft_text, self)
        self.draft.came.connect(self._restore)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._read_typed)
        panel.editor.textChanged.connect(self._edited)
        panel.editor.too_long.connect(self.open_text)
        panel.given_up.connect(self.give_up)

    # -------------------------------------------------------------- hooks

    def _request(self, *, done: Callable[[Any], None], **what: Any) -> Cancel:
        """Have the core read this."""
        raise NotImplementedError

    def _show(self, document: Any) -> None:
        """Show an open document in place of the field."""
        raise NotImplementedError

    def _know(self, document: Any) -> None:
        """What is in the field was read as this."""

    def _forget(self) -> None:
        """Let the document go and show the field."""
        self._panel.show_editor()

    def _refuse(self, error: AssistantError, then: Callable[[], None] | None) -> None:
        """It could not be read; ``then`` waited for it."""
        del then
        self._panel.show_problem(error, self.name)
        self._set(None)

    # -------------------------------------------------------------- what is open

    @property
    def name(self) -> str:
        """The name of the file that is open or being opened, or an empty string."""
        return self.path.name if self.path is not None else ""

    @property
    def coming(self) -> str:
        """The name of the file that is being opened, or an empty string."""
        return self.name if self._cancel is not None else ""

    @property
    def path(self) -> Path | None:
        """The file that is open or being opened."""
        return self._asked.get("path")

    @property
    def in_field(self) -> bool:
        """Whether the field to write in is shown."""
        return self._panel.stack.currentWidget() is self._panel.editor

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read."""
        return self.document is None and self._cancel is None and not self.typed_text

    @property
    def typed_text(self) -> bool:
        """Whether there is a text in the field, and the field is shown."""
        return self.in_field and not self._panel.editor.is_empty()

    def start(self) -> None:
        """The core runs: read what came before that."""
        self._started = True
        if self._cancel is not None:
            self._start(**self._asked)
        self.draft.start()

    # -------------------------------------------------------------- ways in

    def open_file(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Open a file; ``then`` is called when it is there."""
        self._typed = False
        self._open(then, path=path)

    def open_text(self, text: str, then: Callable[[], None] | None = None, *, name: str = "") -> None:
        """Read a text that is too long to be edited here, or an example.

        :param name: what it would be called as a file; its ending tells its format.
        """
        self._typed = fits(text)
        self._open(then, text=text, name=name)
        if not name:
            self._unfinished, self._long = True, text
            self.draft.touch()

    def type(self, text: str) -> None:
        """Begin with this text in the field."""
        self._clear()
        self._panel.editor.insert(text)

    def paste(self) -> None:
        """Read what is on the clipboard: a file, or a text in place of what is there."""
        mime = QGuiApplication.clipboard().mimeData()
        files = files_in(mime) if mime is not None else []
        text = text_in(mime) if mime is not None else ""
        if files:
            self.open_file(files[0])
            self.chosen_one.emit(files[0], len(files) - 1)
        elif text.strip():
            self.type(text)
        else:
            self.failed.emit(AssistantError(ErrorKind.INPUT_EMPTY))

    def new(self) -> None:
        """Nothing is open; the field is empty, or has again what was typed before something else was looked at."""
        text = "" if self._shows_own else self._draft_text()
        if text:
            self._take_up(text)
        else:
            self._clear()

    def read(self, then: Callable[[], None]) -> None:
        """Have the document ready, shown as such; then go on. Nothing to read: nothing happens."""
        if self._cancel is not None:
            self._then = then
        elif self.document is not None and not self._typing.isActive():
            self._show(self.document)
            then()
        elif self.typed_text:
            self._then = then
            self._read_typed()

    def give_up(self) -> None:
        """Leave the document that is being read, or that could not be."""
        self._drop()
        if self.document is not None and not self._typed:
            self._asked = self._opened  # it is called by its own name again
            self._show(self.document)
            self._set(self.document)
        else:
            self._asked = {}  # nor is it called by its name any more
            self._panel.show_editor()
            self._panel.focus_text()
            self._set(self.document)

    def finished(self) -> None:
        """What is open is in the history now, which keeps its text: no draft is needed any more."""
        if self._shows_own:
            self._unfinished, self._long = False, ""
            self.draft.keep()

    # -------------------------------------------------------------- what is typed and nothing was made of

    @property
    def _shows_own(self) -> bool:
        """Whether what is typed or pasted is on view, in the field or as a document."""
        return self.in_field or ("text" in self._asked and not self._asked.get("name"))

    def _draft_text(self) -> str:
        text = (self._long or self._panel.editor.toPlainText()) if self._unfinished else ""
        return "" if text.isspace() else text

    def _restore(self, text: str) -> None:
        """This was typed before the program was closed. What was opened meanwhile stays on view."""
        if self._draft_text():
            return
        if self.empty and self.in_field:
            self._take_up(text, restored=True)
        else:
            self._hold(text)

    def _take_up(self, text: str, *, restored: bool = False) -> None:
        self._drop()
        self._hold(text)
        self.restored = restored
        self._typed = not self._long
        self._forget()
        self._set(None)
        if self._long:
            self._panel.show_waiting("")
        if self._long or self.reads_typed():
            self._start(text=text)

    def _hold(self, text: str) -> None:
        self._unfinished = True
        self._long = "" if fits(text) else text
        self._fill("" if self._long else text)

    def _fill(self, text: str) -> None:
        """Put ``text`` into the field, as if nobody had typed it."""
        blocked = self._panel.editor.blockSignals(True)
        self._panel.editor.take(text)
        self._panel.editor.blockSignals(blocked)

    def _clear(self) -> None:
        self._drop()
        self._typed = True
        self._unfinished, self._long, self._asked = False, "", {}
        self._fill("")
        self._forget()
        self._set(None)
        self.draft.touch()

    # -------------------------------------------------------------- inside

    def _edited(self) -> None:
        self._drop()
        self._typed = True
        self._unfinished, self._long = True, ""
        self.draft.touch()
        if self._panel.editor.is_empty():
            self._set(None)
        elif self.reads_typed():
            self._typing.start()
        self.touched.emit()

    def _read_typed(self) -> None:
        self._typing.stop()
        if self._panel.editor.guard.composing and self._then is None:
            self._typing.start()  # what an input method has not finished is no text yet
            return
        self._typed = True
        self._start(text=self._panel.editor.toPlainText())

    def _open(self, then: Callable[[], None] | None, **what: Any) -> None:
        self._drop()
        self._then = then
        self._panel.show_waiting(what["path"].name if what.get("path") is not None else "")
        self._start(**what)

    def _start(self, **what: Any) -> None:
        self._asked = what
        done, cancel = self._once()
        self._cancel = cancel
        if self._started:
            cancel.act = self._request(**what, done=done)

    def _once(self) -> tuple[Callable[[Any], None], Later]:
        """What takes the answer unless something else was opened meanwhile."""
        cancel = Later()

        def done(result: Any) -> None:
            if self._cancel is cancel:
                self._cancel = None
                self._came(result)

        return done, cancel

    def _came(self, result: Any) -> None:
        then, self._then = self._then, None
        if isinstance(result, AssistantError):
            if result.kind is not ErrorKind.CANCELLED:
                self._refuse(result, then)
            return
        self._opened = self._asked
        if self.in_field and then is None:
            self._know(result)
        else:
            self._show(result)
        self._set(result)
        if then is not None:
            then()

    def _set(self, document: Any) -> None:
        self.document = document
        self.changed.emit()

    def _drop(self) -> None:
        """Wait for nothing any more."""
        self.restored = False
        self._typing.stop()
        self._then = None
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()

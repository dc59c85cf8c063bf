"""Asking the Hub: a search with its pages, a look at one repository, a look into one file; one of each at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QTimer, Signal

from assistant.base.errors import AssistantError, ErrorKind
from assistant.texts import errors, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.core.core import Core
    from assistant.core.market import Found, HeaderView, RepoRow, RepoView, VariantView

_SETTINGS = {
    ErrorKind.NET_PROXY: "proxy",
    ErrorKind.NET_CERTIFICATE: "certificates",
    ErrorKind.CERTIFICATE_FILE: "certificates",
    ErrorKind.NET_UNREACHABLE: "hub_endpoint",
    ErrorKind.NET_SERVER: "hub_endpoint",
    ErrorKind.NET_NONSENSE: "hub_endpoint",
    ErrorKind.SETTING_INVALID: "hub_endpoint",
}
LOOK_MS = 250  # somebody who goes through the list by key does not want to see each one


class HubSearch(QObject):
    """What the Hub has said so far. Nothing is asked before the user asks.

    Signals: ``changed()`` when the list or its state has news; ``repo_changed()`` when a look has an answer;
    ``header_came(repo, label, HeaderView)``, ``header_busy(repo, label)`` of the file whose header is being read, both
    empty: of none, ``header_failed(AssistantError)``.
    """

    changed = Signal()
    repo_changed = Signal()
    header_came = Signal(str, str, object)
    header_busy = Signal(str, str)
    header_failed = Signal(object)

    def __init__(self, core: Core, parent: QObject) -> None:
        super().__init__(parent)
        self._core = core
        self._cancel: Callable[[], None] | None = None
        self._turn = 0  # an answer of an earlier search is dropped
        self._text, self._sort, self._next = "", "downloads", ""
        self._asked = False
        self._error: AssistantError | None = None
        self._views: dict[str, RepoView] = {}
        self._errors: dict[str, AssistantError] = {}
        self._wanted = ""  # the repository to be looked at
        self._reading = ("", "")  # repository and label of the file whose header is being read
        self._stop_reading: Callable[[], None] = lambda: None
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(LOOK_MS)
        self._delay.timeout.connect(self._look)
        self.repos: list[RepoRow] = []

    # -------------------------------------------------------------- the list

    @property
    def busy(self) -> bool:
        return self._cancel is not None

    @property
    def has_more(self) -> bool:
        return bool(self._next) and not self.busy

    @property
    def offline(self) -> bool:
        """Whether nothing can be asked because the user wants it so."""
        return self._core.network.offline

    def search(self, text: str, sort: str) -> None:
        """Ask for repositories; what was found before goes."""
        self.stop()
        self._text, self._sort, self._next = what_to_ask(text), sort, ""
        self._asked, self._error, self.repos, self._wanted = True, None, [], ""
        self._ask("")

    def sort(self, sort: str) -> None:
        """Ask again in another order; before the first search nothing is asked."""
        if self._asked:
            self.search(self._text, sort)

    def more(self) -> None:
        """Ask for the next page of what was found."""
        if self.has_more:
            self._ask(self._next)

    def stop(self) -> None:
        """Stop waiting for an answer."""
        self._turn += 1
        cancel, self._cancel = self._cancel, None
        if cancel is not None:
            cancel()
            self._asked = bool(self.repos)
            self.changed.emit()

    def words(self) -> str:
        """What stands in place of a list without rows."""
        if self.busy:
            return tr("Searching…")
        if self._error is not None:
            return ""
        return tr("Nothing found.") if self._asked else ""

    def _ask(self, page: str) -> None:
        self._turn += 1
        self._cancel = lambda: None  # the answer may come before the way to cancel it
        cancel = self._core.market.search(self._text, partial(self._found, self._turn), sort=self._sort, page=page)
        if self._cancel is not None:
            self._cancel = cancel
        self.changed.emit()

    def _found(self, turn: int, answer: Found | AssistantError) -> None:
        if turn != self._turn:
            return
        self._cancel = None
        if isinstance(answer, AssistantError):
            self._error = None if answer.kind is ErrorKind.CANCELLED else answer
            self._next = ""
        else:
            known = {repo.repo for repo in self.repos}
            self.repos += [repo for repo in answer.repos if repo.repo not in known]
            self._next = answer.next
        self.changed.emit()

    # -------------------------------------------------------------- one repository

    def repo(self, name: str) -> RepoView | None:
        """What is known about a repository; if nothing is, it is asked for, and ``repo_changed`` comes."""
        view = self._views.get(name)
        if view is None and name not in self._errors and name != self._wanted:
            self._wanted = name
            self._delay.start()
        return self._now(view) if view is not None else None

    def _now(self, view: RepoView) -> RepoView:
        """The view with what has come or is coming since it was looked at."""
        here = self._core.models.by_origin()
        coming, stopped = self._core.downloads.by_hashes(), self._core.downloads.stopped()

        def now(one: VariantView) -> VariantView:
            hashes = one.variant.hashes  # of every part
            download = coming.get(hashes, "")
            known = {"installed": here.get(hashes, ""), "download": download, "stopped": download in stopped}
            return replace(one, **known) if hashes else one

        return replace(view, variants=tuple(now(one) for one in view.variants))

    def page_words(self, name: str) -> tuple[str, str, str]:
        """Title, text and button of the page where no repository is shown."""
        error = self._errors.get(name) if name else self._error
        if self.offline and not self.busy and (error is not None or not (name or self.repos)):
            refused = AssistantError(ErrorKind.OFFLINE)  # whatever went wrong before it
            return errors.summary(refused), errors.hint(refused), tr("Connections…")
        if error is not None and error.kind is ErrorKind.OFFLINE:  # it was so when this was asked
            return tr("Connections are allowed again"), "", tr("Try again")
        if error is not None:
            return errors.summary(error), errors.hint(error), tr("Try again")
        if name:
            return tr("Looking…"), "", ""
        if self.busy:
            return tr("Searching…"), "", tr("Stop")
        if self.repos:
            return tr("Choose one from the list"), "", ""
        if self._asked:
            return tr("Nothing found."), tr("Try fewer words, or another spelling."), ""
        return (
            tr("Search the Hub"),
            tr("Type the name of a model, for example Qwen or Gemma, and press Enter. Nothing is sent before that."),
            tr("Show the most downloaded"),
        )

    def setting(self, name: str) -> str:
        """The key of the setting that has to do with what ``page_words`` says; empty: none has."""
        error = self._errors.get(name) if name else self._error
        return _SETTINGS.get(error.kind, "") if error is not None and not self.offline else ""

    def again(self, name: str, sort: str) -> None:
        """Try again what has failed: the look at a repository, or the search."""
        if name:
            self._errors.pop(name, None)
            self._wanted = ""
            self.repo_changed.emit()
        else:
            self.search(self._text, sort)

    def forget_looks(self) -> None:
        """What was said about repositories no longer holds: another context, another token."""
        self._views.clear()
        self._errors.clear()
        self._wanted = ""

    def _look(self) -> None:
        name = self._wanted
        if name:
            self._core.market.look(name, partial(self._looked, name))

    def _looked(self, name: str, answer: RepoView | AssistantError) -> None:
        if isinstance(answer, AssistantError):
            self._errors[name] = answer
        else:
            self._views[name] = answer
        if name == self._wanted:
            self._wanted = ""
        self.repo_changed.emit()

    # -------------------------------------------------------------- one file

    def look_into(self, name: str, label: str) -> None:
        """Read the header of the variant with this label, of a repository that was looked at. One at a time; asked
        again while it is being read: stop."""
        again = self._reading == (name, label)
        self._stop_reading()
        self._read_now("", "")
        view = self._views.get(name)
        variants = [one.variant for one in view.variants if one.variant.label == label] if view is not None else []
        if again or view is None or not variants:
            return
        self._read_now(name, label)
        self._stop_reading = self._core.market.header(view, variants[0], partial(self._header, name, label))

    def _read_now(self, name: str, label: str) -> None:
        self._reading, self._stop_reading = (name, label), lambda: None
        self.header_busy.emit(name, label)

    def _header(self, name: str, label: str, answer: HeaderView | AssistantError) -> None:
        self._read_now("", "")
        if isinstance(answer, AssistantError):
            self.header_failed.emit(answer)
        else:
            self.header_came.emit(name, label, answer)


def what_to_ask(text: str) -> str:
    """The words to search for: of a pasted address of a repository, or of a file in it, the repository's name."""
    words = text.strip()
    if "://" not in words:
        return words
    parts = [part for part in urlsplit(words).path.split("/") if part]
    return "/".join(parts[:2]) if len(parts) >= 2 else words

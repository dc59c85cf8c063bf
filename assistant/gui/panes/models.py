"""The models pane: what is here, what suits this computer, what the Hub has; getting, keeping, removing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from assistant.base.errors import AssistantError
from assistant.gui.models.defaults import verdict_of
from assistant.gui.models.hub_search import HubSearch
from assistant.gui.models.operations import ModelOperations
from assistant.gui.panes.pane import Pane
from assistant.gui.widgets.models.downloads import DownloadStrip
from assistant.gui.widgets.models.found import EmptyPage, FoundPage
from assistant.gui.widgets.models.installed import TASKS, InstalledPage
from assistant.gui.widgets.models.lists import catalogue_rows, found_rows, hub_rows, installed_rows
from assistant.gui.widgets.models.offer import OfferPage
from assistant.gui.widgets.models.repo import RepoPage
from assistant.gui.widgets.models.side import ModelSide
from assistant.library.downloads import State
from assistant.texts import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.core.core import Core
    from assistant.core.market import HeaderView, Offer, VariantView
    from assistant.core.network import TokenKept
    from assistant.gui.bridge import Bridge
    from assistant.gui.itemmodels.rows import Row
    from assistant.gui.models.importing import Importer
    from assistant.gui.notices import NoticeBar
    from assistant.gui.theme import Theme
    from assistant.library.downloads import DownloadItem
    from assistant.library.elsewhere import Elsewhere
    from assistant.library.models import InstalledModel

FOUND = "elsewhere:"  # before the path of a model that another program has, as the id of its row


class ModelsPane(Pane):
    """Three views at the side; the page shows what is chosen, the downloads stand at its foot.

    Signals: ``link_wanted(address)`` to be asked about and opened; ``connections_wanted()``; ``token_wanted()``;
    ``options_wanted(key)`` of a model; ``settings_wanted(key)`` of a setting.
    """

    with_model = False
    keeps_list = True

    link_wanted = Signal(str)
    connections_wanted = Signal()
    token_wanted = Signal()
    options_wanted = Signal(str)
    settings_wanted = Signal(str)

    def __init__(self, core: Core, bridge: Bridge, theme: Theme, notices: NoticeBar, importer: Importer) -> None:
        super().__init__()
        self._core = core
        self._importer = importer
        self._context = 0  # tokens that fits are told for, 0: what the program would choose
        self._offers: list[Offer] = []
        self._elsewhere: list[Elsewhere] = []
        self._asked_elsewhere = False
        self._coming: set[tuple[str, bool, bool]] = set()  # the downloads that the lists know: which rest, which wait
        self._seen = False
        self._loaded: frozenset[str] = frozenset()  # the models that are shown as loaded
        self._token: bool | None = None  # None: it was not asked whether there is an access token
        self.side = ModelSide(theme)
        self.operations = ModelOperations(core, notices, self.side)
        self.hub = HubSearch(core, self)
        self.installed, self.offer, self.repo = InstalledPage(theme), OfferPage(theme), RepoPage(theme)
        self.found, self.empty = FoundPage(theme), EmptyPage(theme)
        self.downloads = DownloadStrip(theme)
        self.stack = QStackedWidget()
        self.page = QWidget()
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for page in (self.installed, self.offer, self.repo, self.found, self.empty):
            self.stack.addWidget(page)
        column.addWidget(self.stack, 1)
        column.addWidget(self.downloads)
        self._connect_side()
        self._connect_pages()
        bridge.models_changed.connect(self.refresh)
        bridge.engine_changed.connect(self._engine_changed)
        bridge.downloads_changed.connect(self._downloads_changed)
        bridge.settings_changed.connect(self._settings_changed)
        self._show_get_name()

    def _connect_side(self) -> None:
        side = self.side
        side.view_chosen.connect(self._view_chosen)
        side.row_chosen.connect(lambda _: self._show_page())
        side.row_entered.connect(self._row_entered)
        side.delete_wanted.connect(self._delete_wanted)
        side.lists["installed"].undo_wanted.connect(self.operations.undo)
        side.filtered.connect(self._show_rows)
        side.search_wanted.connect(self._search)
        side.sort_chosen.connect(lambda: self.hub.sort(side.sort.currentData()))
        side.more_wanted.connect(self.hub.more)
        side.import_wanted.connect(self._importer.choose)
        self._importer.came.connect(self._brought_in)
        side.folder_wanted.connect(self.operations.folder)
        self.hub.changed.connect(self._hub_changed)
        self.hub.repo_changed.connect(self._show_page)

    def _connect_pages(self) -> None:
        for page in (self.installed, self.offer, self.repo):
            page.context_chosen.connect(self._context_chosen)
        for page in (self.offer, self.repo):
            page.link_wanted.connect(self.link_wanted)
        self.installed.use_wanted.connect(self._use)
        self.installed.asked.connect(self._installed_asked)
        self.offer.get_wanted.connect(self._get_offer)
        self.offer.use_wanted.connect(self._use_offer)
        self.repo.get_wanted.connect(self._get_variant)
        self.repo.use_wanted.connect(lambda key: self.operations.use("chat", key))
        self.repo.header_wanted.connect(lambda label: self.hub.look_into(self.side.list.current(), label))
        self.repo.token_wanted.connect(self.token_wanted)
        self.repo.settings_wanted.connect(self.settings_wanted)
        self.hub.header_came.connect(self._header_came)
        self.hub.header_busy.connect(self.repo.show_looking)
        self.hub.header_failed.connect(self.operations.tell)
        self.found.adopt_wanted.connect(self._adopt)
        self.found.reveal_wanted.connect(self._reveal_found)
        self.empty.pressed.connect(self._empty_pressed)
        self.empty.settings_wanted.connect(self.settings_wanted)
        self.operations.busy.connect(self._show_busy)
        self.operations.done.connect(self.refresh)
        self.operations.unlisted.connect(self._look_elsewhere)
        self.operations.back.connect(self.side.lists["installed"].choose)
        queue = self._core.downloads
        self.downloads.paused.connect(lambda item: self.operations.queue(queue.pause, item))
        self.downloads.resumed.connect(lambda item: self.operations.queue(queue.resume, item))
        self.downloads.cancelled.connect(self._give_up)
        self.downloads.first_wanted.connect(lambda item: self.operations.queue(queue.first, item))
        self.downloads.left.connect(lambda: self.side.list.setFocus(Qt.FocusReason.OtherFocusReason))

    # -------------------------------------------------------------- Pane

    def title(self) -> str:
        return tr("Models")

    def shown(self) -> None:
        if not self._asked_elsewhere:
            self._asked_elsewhere = True
            self._look_elsewhere()
        if not self._seen:
            self._seen = True
            self.side.show_view("installed" if self._core.models.installed() else "catalog")
        self.refresh()

    def focus(self) -> None:
        self.side.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def search(self) -> None:
        self.side.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.side.search.selectAll()

    def retranslate(self) -> None:
        for part in (self.side, self.installed, self.offer, self.repo, self.found, self.downloads):
            part.retranslate()
        self.stack.setAccessibleName(tr("The chosen model"))
        if self._seen:
            self.refresh()
        self.title_changed.emit()

    # -------------------------------------------------------------- going somewhere

    def show_view(self, view: str) -> None:
        """Show a view: installed, catalog or hub."""
        self._seen = True
        self.side.show_view(view)

    def search_hub(self, text: str) -> None:
        """Ask the Hub for these words, as if they had been typed."""
        self.show_view("hub")
        self.side.search.setText(text)
        self._search(text)

    def show_model(self, key: str) -> None:
        """Show an installed model."""
        self.show_view("installed")
        self.side.list.choose(key)
        self._show_page()

    def token_changed(self) -> None:
        """Another access token is known now, or none."""
        self.operations.token_known()
        self.hub.forget_looks()
        self._ask_token()
        self._show_page()

    def refresh(self) -> None:
        """Ask again for what is here, what suits and what is coming."""
        if not self._seen:
            return
        self._offers = self._core.market.catalogue(self._context)
        rows = self._core.downloads.rows()
        self._coming = _coming(rows)
        self.downloads.show_items(rows)
        self._show_rows()

    # -------------------------------------------------------------- the lists

    def _view_chosen(self, _view: str) -> None:
        self._show_get_name()
        if self._seen:
            self._show_rows()

    def _show_get_name(self) -> None:
        """The button that gets what is shown has the name that scripts know, in either page."""
        hub = self.side.view == "hub"
        self.offer.get.setObjectName("modelsGetOffer" if hub else "modelsGet")
        self.repo.get.setObjectName("modelsGet" if hub else "modelsGetVariant")

    def _show_rows(self) -> None:
        side, view = self.side, self.side.view
        chosen_row, before = side.list.current(), [row.id for row in rows_of(side)]
        models = self._core.models.installed()
        side.show_count("installed", len(models))
        if view == "installed":
            chosen = self._core.models.chosen()
            loaded = self._core.chosen.view.loaded
            rows = installed_rows(models, chosen.key if chosen else "", side.filter_text(view), loaded=loaded)
            here = {model.path for model in models}
            rows += found_rows([one for one in self._elsewhere if one.path not in here], FOUND, side.filter_text(view))
            nothing = tr("Nothing found.") if side.filter_text(view) else tr("No model yet.")
            side.show_rows(view, rows, nothing=nothing)
        elif view == "catalog":
            rows = catalogue_rows(self._offers, side.filter_text(view), side.task.currentData())
            side.show_rows(view, rows, nothing=tr("Nothing found."))
        else:
            side.show_rows(view, hub_rows(self.hub.repos), nothing=self.hub.words(), more=self.hub.has_more)
        if not side.list.current() and rows_of(side) and view != "hub":
            side.list.choose(self._beside(before, chosen_row) or self._best_row())
        self._show_page()

    def _beside(self, before: list[str], gone: str) -> str:
        """The row after one that has gone from this computer, or before it; empty: neither is there."""
        if self.side.view != "installed" or gone not in before:
            return ""
        now = {row.id for row in rows_of(self.side)}
        at = before.index(gone)
        return next((row for row in (*before[at + 1 :], *reversed(before[:at])) if row in now), "")

    def _best_row(self) -> str:
        """What is shown first: the model that answers, or the one to take here."""
        rows = [row.id for row in rows_of(self.side)]
        if self.side.view == "installed":
            chosen = self._core.models.chosen()
            return chosen.key if chosen is not None and chosen.key in rows else rows[0]
        best = next((offer.model.id for offer in self._offers if "chat" in offer.recommended_for), "")
        return best if best in rows else rows[0]

    def _hub_changed(self) -> None:
        if self.side.view == "hub":
            self._show_rows()

    def _search(self, text: str) -> None:
        self.hub.search(text, self.side.sort.currentData())

    def _row_entered(self, _row: str) -> None:
        self._show_page()
        options = self.installed.buttons["options"]  # where the model is in use
        for button in (self.offer.get, self.repo.get, self.installed.use, self.found.adopt, options):
            if button.isVisible() and button.isEnabled():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _delete_wanted(self, row: str) -> None:
        if self.side.view == "installed" and not row.startswith(FOUND):
            self._remove(row)

    # -------------------------------------------------------------- the page

    def _show_page(self) -> None:
        row = self.side.list.current()
        show = {"installed": self._show_installed, "catalog": self._show_offer, "hub": self._show_repo}
        page = show[self.side.view](row) if row or self.side.view == "hub" else None
        if page is None:
            page = self.empty
            self._show_empty()
        if self.stack.currentWidget() is not page:
            self.stack.setCurrentWidget(page)

    def _show_installed(self, row: str) -> QWidget | None:
        if row.startswith(FOUND):
            found = self._found_one(row)
            if found is None:
                return None
            self.found.show_found(found)
            return self.found
        model = self._installed_one(row)
        if model is None:
            return None
        used_for = {task for task in TASKS if (one := self._core.models.default_for(task)) and one.key == model.key}
        self.installed.show_model(
            model,
            verdict=verdict_of(self._core, model, self._context),
            speed=self._core.measures.speed(model.key),
            used_for=frozenset(used_for),
            memory=engine.memory if (engine := self._core.engines.get(model.key)) and not engine.loading else 0,
        )
        for verb in ("verify", "measure", "newer"):
            self.installed.show_busy(verb, self.operations.share(verb, model.key))
        return self.installed

    def _show_offer(self, row: str) -> QWidget | None:
        offer = self._offer(row)
        if offer is None:
            return None
        self.offer.show_offer(offer)
        return self.offer

    def _show_repo(self, row: str) -> QWidget | None:
        if not row:
            return None
        view = self.hub.repo(row)
        if view is None:
            return None
        if view.facts.gated and self._token is None:
            self._ask_token()
        if self._context:
            view = self._core.market.for_context(view, self._context)
        self.repo.show_repo(view, token=bool(self._token), again=self._for_context)
        return self.repo

    def _header_came(self, repo: str, label: str, header: HeaderView) -> None:
        self.repo.show_header(repo, label, self._for_context(header))

    def _for_context(self, header: HeaderView) -> HeaderView:
        return self._core.market.header_for_context(header, self._context) if self._context else header

    def _ask_token(self) -> None:
        self._token = False
        self._core.network.token(self._token_told)

    def _token_told(self, answer: TokenKept | AssistantError) -> None:
        self._token = getattr(answer, "known", False)
        self._show_page()

    def _show_empty(self) -> None:
        view, empty = self.side.view, self.empty
        if view == "hub":
            row = self.side.list.current()
            empty.show_words(*self.hub.page_words(row), setting=self.hub.setting(row))
        elif view == "installed":
            empty.show_words(
                tr("No model yet"),
                tr("Get one that suits this computer, or import a file (GGUF) that you have."),
                tr("See what suits this computer"),
            )
        else:
            empty.show_words(tr("Nothing found."))

    def _empty_pressed(self) -> None:
        if self.side.view != "hub":
            self.show_view("catalog")
        elif self.hub.busy:
            self.hub.stop()
        elif self.hub.offline:
            self.connections_wanted.emit()
        else:
            self.focus()  # the button goes with the page it is on
            self.hub.again(self.side.list.current(), self.side.sort.currentData())

    def _context_chosen(self, tokens: int) -> None:
        self._context = tokens
        self.refresh()

    # --------------------------------------------------------- operations

    def _installed_asked(self, verb: str) -> None:
        model = self._installed_one(self.side.list.current())
        if model is None:
            return
        if verb == "options":
            self.options_wanted.emit(model.key)
        elif verb == "remove":
            self._remove(model.key)
        else:
            getattr(self.operations, verb)(model.key)

    def _remove(self, key: str) -> None:
        """The page shows another model afterwards: neither the next key nor the second half of a double click may hit
        that one's button."""
        self.side.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self.installed.rest()
        self.operations.remove(key)

    def _give_up(self, download: str) -> None:
        item = next((row for row in self._core.downloads.rows() if row.id == download), None)
        if item is not None:
            self.operations.give_up(item)

    def _settings_changed(self, keys: frozenset[str]) -> None:
        if keys & {"hub_endpoint", "hub_fallback"}:  # what another source has said no longer holds
            self.hub.forget_looks()
        if self._seen and keys & {"offline", "hub_endpoint", "hub_fallback"}:
            self._show_page()

    def _engine_changed(self) -> None:
        loaded = self._core.chosen.view.loaded
        if self._seen and loaded != self._loaded and self.side.view == "installed":
            self._loaded = loaded
            self._show_rows()

    def _use(self, task: str) -> None:
        self.operations.use(task, self.side.list.current())
        QTimer.singleShot(0, self, self.refresh)

    def _get_offer(self) -> None:
        offer = self._offer()
        if offer is not None:
            self._get(offer, offer.model.id)

    def _use_offer(self) -> None:
        offer = self._offer()
        if offer is not None:
            self.operations.use("chat" if offer.model.embed is None else "embed", offer.installed)

    def _get_variant(self, _label: str) -> None:
        view, chosen = self.hub.repo(self.side.list.current()), self.repo.chosen()
        if view is not None and chosen is not None:
            self._get(chosen, (view, chosen.variant))

    def _get(self, shown: Offer | VariantView, what: Any) -> None:
        """The button goes to sleep; the focus must not go to whatever stands beside it."""
        self.side.list.setFocus(Qt.FocusReason.OtherFocusReason)
        if shown.download:
            self.operations.queue(self._core.downloads.resume, shown.download)
        else:
            self.operations.get(what)

    def _adopt(self) -> None:
        found = self._found_one(self.side.list.current())
        if found is not None:
            self.side.list.setFocus(Qt.FocusReason.OtherFocusReason)  # the page will be another one
            self.operations.adopt(found, self._adopted)

    def _brought_in(self, key: str) -> None:
        """What was just brought in is what the user wants to see."""
        self.side.lists["installed"].choose(key)
        self.refresh()

    def _adopted(self, model: InstalledModel) -> None:
        self.side.lists["installed"].choose(model.key)
        self.refresh()

    def _reveal_found(self) -> None:
        found = self._found_one(self.side.list.current())
        if found is not None:
            self.operations.show_file(found.path)

    def _show_busy(self, verb: str, key: str) -> None:
        if self.side.view == "installed" and self.side.list.current() == key:
            self.installed.show_busy(verb, self.operations.share(verb, key))

    def _downloads_changed(self) -> None:
        if not self._seen:
            return
        rows = self._core.downloads.rows()
        if _coming(rows) == self._coming:
            self.downloads.show_items(rows)
        else:  # what can be got is another thing now
            self.refresh()

    def _look_elsewhere(self) -> None:
        self._core.models.elsewhere(self._elsewhere_came)

    def _elsewhere_came(self, found: Sequence[Elsewhere] | AssistantError) -> None:
        if not isinstance(found, AssistantError):
            self._elsewhere = [one for one in found if not one.installed]
            self._show_rows()
        else:
            self.operations.tell(found)

    def _offer(self, row: str = "") -> Offer | None:
        """An offer of the catalogue, otherwise the one that is shown."""
        wanted = row or self.side.list.current()
        return next((offer for offer in self._offers if offer.model.id == wanted), None)

    def _installed_one(self, key: str) -> InstalledModel | None:
        return next((model for model in self._core.models.installed() if model.key == key), None)

    def _found_one(self, row: str) -> Elsewhere | None:
        path = row.removeprefix(FOUND)
        return next((found for found in self._elsewhere if str(found.path) == path), None)


def _coming(rows: Sequence[DownloadItem]) -> set[tuple[str, bool, bool]]:
    rests, waits = (State.PAUSED, State.FAILED), (State.QUEUED, State.WAITING)
    return {(row.id, row.state in rests, row.state in waits) for row in rows if row.state is not State.DONE}


def rows_of(side: ModelSide) -> list[Row]:
    """The rows of the view that is shown."""
    return list(side.list.rows.rows)

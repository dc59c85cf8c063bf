"""What the program did with the network, in full, with the switch that refuses all of it; and the Hub's token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from assistant.base.errors import AssistantError
from assistant.gui.dialogs import fit_dialog, foot_line
from assistant.gui.itemmodels.connections import COLUMNS, ConnectionModel
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, TextLine, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.models.words import plain_name
from assistant.gui.widgets.setting_fields import set_outside
from assistant.texts import errors, tr
from assistant.texts.connections import total

if TYPE_CHECKING:
    from assistant.core.core import Core
    from assistant.core.network import TokenKept
    from assistant.gui.theme import Theme

_WATCH_MS = 1000
TOKENS_PAGE = "https://huggingface.co/settings/tokens"


class ConnectionsDialog(QDialog):
    """Every connection: when, where to, why, how many bytes.

    Signals: ``token_wanted()``.
    """

    token_wanted = Signal()

    def __init__(self, parent: QWidget, core: Core, theme: Theme) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("connectionsDialog")
        self._core = core
        self.offline = QCheckBox()
        self.offline.setObjectName("connectionsOffline")
        self.offline.clicked.connect(lambda on: core.settings.set("offline", on))
        self._forced = Label(role="quiet", wrap=True)
        self._intro, self._total = Label(wrap=True), Label(role="quiet", wrap=True)
        self._problem = Label(role="danger", wrap=True)
        self.model = ConnectionModel()
        self.table = QTableView()
        self.table.setObjectName("connectionsList")
        self.table.setModel(self.model)
        self.export, self.clear, self.token, self.close_button = (QPushButton() for _ in range(4))
        self.export.setObjectName("connectionsExport")
        self.clear.setObjectName("connectionsClear")
        self.token.setObjectName("connectionsToken")
        self.export.clicked.connect(self._export)
        self.clear.clicked.connect(self._clear)
        self.token.clicked.connect(self.token_wanted)
        self.close_button.clicked.connect(self.accept)
        self.close_button.setDefault(True)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, self.refresh)
        self._seen_change = 0
        self._watch = QTimer(self)
        self._watch.setInterval(_WATCH_MS)
        self._watch.timeout.connect(self._follow)
        self._build(theme)
        self.retranslate()
        self.refresh()
        self._watch.start()

    def _build(self, theme: Theme) -> None:
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(theme.px(1.9))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        for at, em in enumerate((12, 12, 15, 7, 7, 6)):
            table.setColumnWidth(at, theme.px(em))
        moment = QFontMetrics(theme.font()).horizontalAdvance("0000-00-00 00:00:00")
        table.setColumnWidth(COLUMNS.index("when"), moment + 3 * SPACE)
        header.setSectionResizeMode(COLUMNS.index("where"), QHeaderView.ResizeMode.Stretch)
        heading = Label(tr("Connections"), role="h2")
        buttons = Flow()
        buttons.add(self.export, self.clear, self.token)
        foot = QHBoxLayout()
        foot.addWidget(buttons, 1)
        foot.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + 4)
        self._heading = heading
        for widget in (heading, self._intro, self.offline, self._forced, self.table, self._total, self._problem):
            layout.addWidget(widget, 1 if widget is self.table else 0)
        layout.addLayout(foot)
        self._problem.hide()
        fit_dialog(self, theme.px(68), theme.px(40))

    def refresh(self) -> None:
        """Read the list again."""
        self._seen_change = self._core.network.ledger_changed
        entries = self._core.network.ledger()
        bar = self.table.verticalScrollBar()
        before, rows = bar.value(), self.model.rowCount()
        current = self.table.currentIndex()
        self.model.show(entries)
        if rows and (before or current.isValid()):  # what is looked at stays where it is; the new rows come above it
            more = self.model.rowCount() - rows
            if current.isValid():
                self.table.setCurrentIndex(self.model.index(current.row() + more, current.column()))
            bar.setValue(before + more if before else 0)
        self._total.setText(total(entries))
        forced = self._core.network.offline_by_environment
        self.offline.setChecked(self._core.network.offline)
        self.offline.setEnabled(not forced)
        self._forced.setVisible(bool(forced))
        self.export.setEnabled(bool(entries))
        self.clear.setEnabled(bool(entries))

    def _follow(self) -> None:
        if self._core.network.ledger_changed != self._seen_change:
            self.refresh()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Connections"))
        self._heading.setText(tr("Connections"))
        self._intro.setText(
            tr(
                "Every connection that Lamplight has opened or refused is in this list; consecutive requests share "
                "a line. It opens one only for a search or a download that you start."
            )
        )
        self.offline.setText(tr("Offline: refuse every connection"))
        self._forced.setText(set_outside(self._core.network.offline_by_environment))
        self.table.setAccessibleName(tr("Connections"))
        self.export.setText(tr("Export…"))
        self.clear.setText(tr("Clear the list…"))
        self.token.setText(tr("Access token…"))
        self.close_button.setText(tr("Close"))

    def _export(self) -> None:
        path = ask_where(self)
        if path is not None and self._try(lambda: self._core.network.export(path)):
            self._total.setText(tr("The list is in {path}.", path=plain_name(str(path))))

    def _clear(self) -> None:
        ask(self, tr("Clear the list of connections?"), tr("It cannot be brought back."), tr("Clear"), self._cleared)

    def _cleared(self) -> None:
        self._try(self._core.network.clear)
        self.refresh()

    def _try(self, act) -> bool:
        self._problem.hide()
        try:
            act()
        except AssistantError as error:
            self._problem.setText(errors.sentence(error))
            self._problem.show()
            return False
        return True


class TokenDialog(QDialog):
    """Give or forget the Hub's access token. The one that is kept is never shown.

    Signals: ``link_wanted(address)``; ``changed()`` when another token, or none, is known from now on.
    """

    link_wanted = Signal(str)
    changed = Signal()

    def __init__(self, parent: QWidget, core: Core, theme: Theme) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("tokenDialog")
        self.setWindowTitle(tr("Access token"))
        self._core = core
        self._gone = False
        self.destroyed.connect(self._end)
        self._state = Label(role="strong", wrap=True)
        self._problem = Label(role="danger", wrap=True)
        self._problem.hide()
        self.field = TextLine()
        self.field.setObjectName("tokenField")
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.field.setAccessibleName(tr("Access token"))
        self.field.setPlaceholderText(tr("hf_…"))
        self.field.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.save, self.forget, self.make, self.cancel = (
            QPushButton(words)
            for words in (tr("Keep it"), tr("Forget the token"), tr("Make one on the Hub"), tr("Close"))
        )
        set_role(self.save, "main")
        self.save.setDefault(True)
        self.save.setEnabled(False)
        self.save.clicked.connect(lambda: self._send(self.field.text()))
        self.forget.clicked.connect(lambda: self._send(""))
        self.forget.hide()
        self.make.clicked.connect(lambda: self.link_wanted.emit(TOKENS_PAGE))
        self.cancel.clicked.connect(self.reject)
        self._build(theme)
        self._state.setText(tr("Asking…"))
        core.network.token(self._told)

    def _build(self, theme: Theme) -> None:
        about = tr(
            "Some models need an account on the Hub. Its access token is kept in this system's password store and "
            "sent to huggingface.co alone, never to a mirror."
        )
        buttons = Flow()
        buttons.add(self.make, self.forget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + 4)
        layout.addWidget(Label(tr("Access token"), role="h2"))
        layout.addWidget(Label(about, wrap=True))
        for widget in (self._state, self.field, self._problem, buttons):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(foot_line(self.cancel, self.save))
        self._width = theme.px(38)

    def _end(self) -> None:
        self._gone = True

    def done(self, result: int) -> None:
        self._gone = True
        self.field.clear()
        super().done(result)

    def _send(self, token: str) -> None:
        self.save.setEnabled(False)
        self._problem.hide()
        self.field.clear()
        self._core.network.set_token(token, self._kept)

    def _kept(self, answer: TokenKept | AssistantError) -> None:
        if self._gone:
            return
        if isinstance(answer, AssistantError):  # what was known before is known still
            self._show_problem(answer)
        else:
            self._told(answer)
            self.changed.emit()

    def _told(self, answer: TokenKept | AssistantError) -> None:
        if self._gone:
            return
        if isinstance(answer, AssistantError):
            self._state.setText(tr("It is not known whether there is a token."))
            self._show_problem(answer)
            return
        places = {
            "keyring": tr("The token is kept in this system's password store."),
            "memory": tr("The token is kept until Lamplight ends: this system has no password store."),
            "environment": tr("The token comes from HF_TOKEN in the environment."),
        }
        self._state.setText(places.get(answer.where, "") if answer.known else tr("There is no token."))
        self.forget.setVisible(answer.known and answer.where != "environment")
        self._fit()

    def _show_problem(self, error: AssistantError) -> None:
        self._problem.setText(errors.sentence(error))
        self._problem.show()
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As tall as the words need."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.resize(self._width, max(layout.totalHeightForWidth(self._width), layout.totalMinimumSize().height()))


def ask_where(parent: QWidget) -> Path | None:
    """The system's dialog for the file that the list is written to."""
    start = str(Path.home() / "lamplight-connections.json")
    name, _ = QFileDialog.getSaveFileName(parent, tr("Export the list"), start, "JSON (*.json)")
    return Path(name) if name else None


def ask(parent: QWidget, question: str, more: str, doing: str, act, *, leaving: str = "") -> None:
    """Ask before something that cannot be undone; ``act`` is called if it may be.

    :param leaving: the words of the button that does nothing, where "Cancel" could mean two things.
    """
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Lamplight"))
    box.setText(question)
    box.setInformativeText(more)
    doing_button = box.addButton(doing, QMessageBox.ButtonRole.DestructiveRole)
    leaving_button = box.addButton(leaving or tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(leaving_button)
    box.setEscapeButton(leaving_button)
    doing_button.clicked.connect(lambda _: act())
    box.open()

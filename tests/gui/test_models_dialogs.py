"""Options of a model, the list of connections, the access token, and bringing in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from assistant.base import processors
from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import NoticeLevel
from assistant.gui.models import connections, importing
from assistant.gui.models.options import ModelOptionsDialog
from tests.gui.fakes.models_core import FakeParts, entry
from tests.gui.helpers import SLOW, child
from tests.gui.screen_reader import nameless


@pytest.fixture
def parts(window: Any) -> FakeParts:
    found = FakeParts(window._core)
    found.window = window
    return found


# ---------------------------------------------------------------- options


@pytest.fixture
def options(parts: FakeParts) -> Any:
    parts.window.navigation.show_options("fake")
    dialog = parts.window.findChild(ModelOptionsDialog)
    yield dialog
    dialog.accept()


def test_an_option_is_set_shown_and_taken_back(options: Any, parts: FakeParts) -> None:
    field = options.fields["context"]
    assert not field.reset.isVisible()
    assert "chosen for this computer" in field._help.text()
    box = field.control.widget
    box.activated.emit(box.findData(16384))
    assert parts.models.options("fake").context == 16384
    assert field.reset.isVisible()
    field.reset.click()
    assert parts.models.options("fake").context is None
    assert box.currentText() == "Default"


def test_return_takes_a_number_and_the_dialog_stays(options: Any, parts: FakeParts) -> None:
    box = options.fields["top_k"].control.widget
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "7")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert options.isVisible()
    assert parts.models.options("fake").top_k == 7


def test_an_option_comes_before_the_way_back_to_its_default(parts: FakeParts) -> None:
    parts.models.set_options("fake", context=2048)
    parts.window.navigation.show_options("fake")
    options = parts.window.findChild(ModelOptionsDialog)
    field = options.fields["context"]
    at: Any = field  # the dialog begins with what comes first
    while at not in (field.control.widget, field.reset):
        at = at.nextInFocusChain()
    assert at is field.control.widget
    options.accept()


def test_the_verdict_follows_the_options(options: Any) -> None:
    before = options.verdict.sentence.text()
    box = options.fields["context"].control.widget
    box.activated.emit(box.findData(2048))
    assert options.verdict.sentence.text() != before
    assert "2,048" in options.verdict.sentence.text()


def test_a_default_says_where_it_comes_from(options: Any, parts: FakeParts) -> None:
    assert "from the settings" in options.fields["cache_type"]._help.text()
    parts.real.settings.set("temperature", 0.4)
    options._changed()
    assert "0.4 (from the settings)" in options.fields["temperature"]._help.text()


def test_numbers_and_words_are_kept_as_what_they_are(options: Any, parts: FakeParts) -> None:
    options.fields["temperature"].control.widget.setValue(0.7)
    options.fields["top_k"].control.widget.setValue(20)
    prompt = options.fields["system_prompt"].control.widget
    prompt.setPlainText("Answer briefly.")
    options.fields["system_prompt"].control._delay.timeout.emit()
    own = parts.models.options("fake")
    assert (own.temperature, own.top_k, own.system_prompt) == (0.7, 20, "Answer briefly.")
    options.reset.click()
    own = parts.models.options("fake")
    assert (own.temperature, own.top_k, own.system_prompt) == (None, None, None)
    assert options.fields["temperature"].control.widget.text() == "Default"
    assert prompt.toPlainText() == ""


def test_a_model_can_be_told_nothing_although_the_settings_have_instructions(options: Any, parts: FakeParts) -> None:
    parts.real.settings.set("system_prompt", "Be kind.")
    options._changed()
    prompt, nothing = (options.fields[name].control.widget for name in ("system_prompt", "no_instructions"))
    assert prompt.placeholderText() == "Be kind."
    nothing.click()
    assert parts.models.options("fake").system_prompt == ""
    assert (prompt.isEnabled(), prompt.placeholderText()) == (False, "")
    assert options.fields["no_instructions"].reset.isVisible()
    assert not options.fields["system_prompt"].reset.isVisible()
    nothing.click()
    assert parts.models.options("fake").system_prompt is None
    assert (prompt.isEnabled(), prompt.placeholderText()) == (True, "Be kind.")
    parts.models.set_options("fake", system_prompt="Be brief.")
    nothing.click()
    nothing.click()
    assert (parts.models.options("fake").system_prompt, prompt.toPlainText()) == ("Be brief.", "Be brief.")
    nothing.click()
    options.reset.click()
    assert (parts.models.options("fake").system_prompt, nothing.isChecked(), prompt.isEnabled()) == (None, False, True)


@pytest.mark.parametrize(
    ("name", "general", "least", "words"), [("threads", 1, 0, "Automatic"), ("gpu_layers", 3, -1, "As many as fit")]
)
def test_what_all_models_have_as_a_number_one_can_leave_to_the_program(
    options: Any, parts: FakeParts, name: str, general: int, least: int, words: str
) -> None:
    parts.real.settings.set(name, general)
    box = options.fields[name].control.widget
    assert box.text() == "Default"
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert (getattr(parts.models.options("fake"), name), box.text()) == (least, words)
    box.interpretText()  # as when the box is left
    assert box.text() == words
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert getattr(parts.models.options("fake"), name) == least + 1
    for _ in range(2):
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert getattr(parts.models.options("fake"), name) is None


def test_the_context_of_one_model_can_be_left_to_the_program(options: Any, parts: FakeParts) -> None:
    parts.real.settings.set("context", 2048)
    box = options.fields["context"].control.widget
    box.activated.emit(box.findData(0))
    assert (parts.models.options("fake").context, box.currentText()) == (0, "Automatic")


def test_no_more_threads_can_be_asked_for_than_the_computer_has(
    parts: FakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processors, "usable", lambda: 2)
    parts.models.set_options("fake", threads=8)  # on another computer
    parts.window.navigation.show_options("fake")
    dialog = parts.window.findChild(ModelOptionsDialog)
    field = dialog.fields["threads"]
    box = field.control.widget
    assert (box.text(), parts.models.options("fake").threads) == ("2", 8), "looking changes nothing"
    assert "At most 2: this computer has no more." in field._help.text()
    QTest.keyClick(box, Qt.Key.Key_Up)
    box.selectAll()
    QTest.keyClicks(box, "99")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() <= 2
    box.selectAll()
    QTest.keyClicks(box, "1")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert parts.models.options("fake").threads == 1
    dialog.accept()


def test_every_option_has_a_name(options: Any) -> None:
    assert nameless(options) == []


# ---------------------------------------------------------------- connections


@pytest.fixture
def ledger(parts: FakeParts) -> Any:
    parts.network.entries = [entry(at=1_790_000_000.0 + 100 * at, received=1000) for at in range(1000)]
    parts.window.navigation.show_connections()
    dialog = child(parts.window, "connectionsDialog")
    yield dialog
    dialog.accept()


def test_every_connection_is_listed_the_newest_first(ledger: Any) -> None:
    model = ledger.model
    assert model.rowCount() == 1000
    row = [model.index(0, column).data() for column in range(model.columnCount())]
    assert row[1:] == ["huggingface.co", "Search", "1.0 kB", "812 bytes", "done"]
    assert row[0] > model.index(999, 0).data()
    assert ledger.table.sizeHintForColumn(0) <= ledger.table.columnWidth(0)
    assert "1,000 connections: 1.0 MB received" in ledger._total.text()
    assert nameless(ledger) == []


def test_where_a_connection_led_is_told_in_full_by_the_tip(ledger: Any, parts: FakeParts) -> None:
    parts.network.entries = [entry(host="hub.example", via="<b>proxy.example:3128")]
    ledger.refresh()
    tip = ledger.model.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "hub.example through &lt;b&gt;proxy.example:3128"
    assert ledger.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) is None


def test_requests_that_follow_each_other_share_a_line(ledger: Any, parts: FakeParts) -> None:
    """A download asks for a range at a time; what it did is one thing to a reader."""
    ranges = [entry(at=1_790_000_000.0 + at, received=1_000_000, why="download") for at in range(300)]
    other = entry(at=1_790_000_300.0, received=10, why="download", host="mirror.example")
    later = entry(at=1_790_000_500.0, received=10, why="download", host="mirror.example")
    parts.network.entries = [*ranges, other, later]
    ledger.refresh()
    model = ledger.model
    rows = [[model.index(row, column).data() for column in range(1, 5)] for row in range(model.rowCount())]
    assert rows == [
        ["mirror.example", "Download", "10 bytes", "812 bytes"],
        ["mirror.example", "Download", "10 bytes", "812 bytes"],
        ["huggingface.co", "Download, 300 requests", "300 MB", "244 kB"],
    ]
    assert "302 connections" in ledger._total.text()


def test_the_list_is_exported(ledger: Any, parts: FakeParts, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(connections, "ask_where", lambda _: tmp_path / "list.json")
    ledger.export.click()
    assert parts.network.exported == [tmp_path / "list.json"]
    assert str(tmp_path / "list.json")[:60] in ledger._total.text()


def test_a_list_that_cannot_be_exported_says_so(ledger: Any, parts: FakeParts, monkeypatch: Any, tmp_path: Any) -> None:
    def fail(_: Path) -> None:
        raise AssistantError(ErrorKind.READ_ONLY)

    monkeypatch.setattr(connections, "ask_where", lambda _: tmp_path)
    parts.network.export = fail
    ledger.export.click()
    assert "cannot be written" in ledger._problem.text()


def test_the_list_is_cleared_after_asking(ledger: Any, parts: FakeParts) -> None:
    ledger.clear.click()
    box = ledger.findChild(QMessageBox)
    assert parts.network.entries
    next(button for button in box.buttons() if button.text() == "Clear").click()
    assert parts.network.entries == []
    assert ledger.model.rowCount() == 0
    assert not ledger.clear.isEnabled()


def test_a_thousand_lines_open_quickly(parts: FakeParts, qtbot: Any, heartbeat: Any) -> None:
    parts.network.entries = [entry() for _ in range(1000)]
    qtbot.wait(50)
    heartbeat.restart()
    parts.window.navigation.show_connections()
    qtbot.wait(100)
    child(parts.window, "connectionsDialog").accept()
    assert heartbeat.longest < 0.2


def test_the_settings_lead_to_the_list_and_to_the_token(parts: FakeParts) -> None:
    parts.window.frame.show_pane("settings")
    section = parts.window.settings._sections["connections"]
    for (button, _), name in zip(section._buttons, ("connectionsDialog", "tokenDialog"), strict=True):
        button.click()
        child(parts.window, name).close()


def test_a_token_that_is_kept_is_never_shown(parts: FakeParts) -> None:
    parts.network.where = "keyring"
    parts.window.navigation.show_token()
    dialog = child(parts.window, "tokenDialog")
    assert dialog.field.text() == ""
    assert not dialog.save.isEnabled()
    assert dialog.forget.isVisible()
    assert nameless(dialog) == []
    dialog.field.setText("two words")
    dialog.save.click()
    assert dialog._problem.text().startswith("This cannot be an access token.")
    assert "password store" in dialog._state.text(), "the one that was kept is kept still"
    dialog.forget.click()
    assert not dialog._problem.isVisible()
    assert parts.network.tokens == ["two words", ""]
    assert "There is no token" in dialog._state.text()
    dialog.reject()


# ---------------------------------------------------------------- bringing in a file


def test_how_is_asked_with_the_size_and_in_plain_words(window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(box: QMessageBox) -> int:
        seen.extend([box.text(), box.informativeText(), box.textFormat()])
        return 0

    monkeypatch.setattr(QMessageBox, "exec", look)
    assert importing.ask_how(window, "a\u202eb.gguf", 2_740_000_000) is None
    assert "⟦RLO⟧" in seen[0]
    assert "2.7 GB" in seen[1]


def test_what_is_here_already_is_said_before_asking(home: Any, qtbot: Any, monkeypatch: Any) -> None:
    path = home.model("fake")
    window = home.open()
    monkeypatch.setattr(importing, "ask_how", lambda *_: pytest.fail("there is nothing to ask"))
    window.importer.bring_in(path)
    qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=SLOW)
    assert "already here" in window.notices.notice.sentence
    assert window.notices.notice.level is NoticeLevel.INFO, "nothing went wrong"
    assert not [button for button in window.notices._buttons if button.isVisible()], "it is used already"


def test_what_is_here_already_can_be_used(home: Any, qtbot: Any) -> None:
    home.model("fake")
    other = home.model("fake,words=2")
    window = home.open()
    window._core.chosen.choose(next(m.key for m in window._core.models.installed() if m.path != other))
    window.importer.bring_in(other)
    qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=SLOW)
    (button,) = [button for button in window.notices._buttons if button.isVisible()]
    assert button.text() == "Use it"
    button.click()
    assert window._core.models.chosen().path == other
    qtbot.waitUntil(lambda: window.notices.notice is None, timeout=SLOW)


def test_a_file_that_went_away_is_not_called_a_name(window: Any, qtbot: Any, tmp_path: Path) -> None:
    window.importer.bring_in(tmp_path / "gone.gguf")
    qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=SLOW)
    assert window.notices.notice.sentence.startswith("gone.gguf is not there")


# ---------------------------------------------------------------- where the system has no dialog for files


@pytest.mark.parametrize("size", [100, 200])
def test_a_dialog_for_files_grows_with_the_letters(size: int, home: Any) -> None:
    home.settings(text_size=size)
    window = home.open()
    dialog = QFileDialog(window, options=QFileDialog.Option.DontUseNativeDialog)
    dialog.show()
    em = dialog.fontMetrics().height() * 0.8
    assert dialog.width() >= 40 * em
    assert child(dialog, "sidebar").width() >= 9 * em
    dialog.deleteLater()


@pytest.mark.parametrize("which", ["options", "connections"])
def test_a_dialog_with_large_letters_stays_within_the_window(which: str, home: Any) -> None:
    home.model("fake")
    home.settings(text_size=200)
    window = home.open()
    window.resize(1000, 700)
    if which == "options":
        window.navigation.show_options("fake")
        dialog = window.findChild(ModelOptionsDialog)
    else:
        window.navigation.show_connections()
        dialog = child(window, "connectionsDialog")
    assert dialog.height() <= window.height()
    assert dialog.close_button.isVisible()
    dialog.accept()

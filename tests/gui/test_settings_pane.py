"""The settings pane is what is declared: every setting once, found in both languages, taking effect at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from assistant.gui.widgets import setting_controls
from assistant.storage.settings import PAGES, SETTINGS
from tests.fakes.closed_folder import close_folder
from tests.gui.helpers import SLOW, child


@pytest.fixture
def pane(window: Any) -> Any:
    window.frame.show_pane("settings")
    window.settings.window = window
    return window.settings


def shown(pane: Any) -> set[str]:
    fields = [field for section in pane._sections.values() for field in section.fields]
    return {field.setting.key for field in fields if field.isVisible()}


def test_every_declared_setting_has_its_row_and_its_object_name(pane: Any) -> None:
    everything = set()
    for row, (page, _) in enumerate(PAGES):
        pane.side.pages.setCurrentRow(row)
        assert shown(pane) == {setting.key for setting in SETTINGS if setting.page == page}
        everything |= shown(pane)
    assert everything == {setting.key for setting in SETTINGS if setting.page}
    for name in ("settingsOffline", "settingsLanguage", "settingsTheme", "settingsTextSize"):
        child(pane.page, name)


def test_the_theme_changes_at_once(pane: Any) -> None:
    box = child(pane.page, "settingsTheme")
    box.setCurrentIndex(box.findData("dark"))
    box.activated.emit(box.currentIndex())
    QApplication.processEvents()
    assert pane.window._theme.dark
    box.activated.emit(box.findData("light"))
    QApplication.processEvents()
    assert not pane.window._theme.dark


def test_the_language_changes_at_once_and_says_itself_in_its_own_words(pane: Any) -> None:
    box = child(pane.page, "settingsLanguage")
    box.activated.emit(box.findData("zh_CN"))
    assert pane.side.pages.item(len(PAGES)).text() == "关于"
    assert box.itemText(box.findData("en")) == "English"
    box.activated.emit(box.findData("en"))
    assert pane.side.pages.item(len(PAGES)).text() == "About"


def test_the_size_of_text_changes_at_once_in_steps_of_ten_per_cent(pane: Any) -> None:
    before, box = pane.window._theme.px(1), child(pane.page, "settingsTextSize")
    assert box.text() == "100 %"
    box.stepBy(5)
    assert box.text() == "150 %"
    QApplication.processEvents()
    assert pane.window._theme.px(1) == pytest.approx(before * 1.5, abs=1)


def test_no_choice_is_cut_off(pane: Any) -> None:
    for language in ("en", "zh_CN"):
        pane.window._core.settings.set("language", language)
        for key in ("translate_first", "translate_second", "language", "theme"):
            box = pane.field(key).control.widget
            widest = max(box.fontMetrics().horizontalAdvance(box.itemText(index)) for index in range(box.count()))
            assert widest < box.width(), (language, key)


def test_a_long_text_shows_as_many_lines_in_another_size(pane: Any) -> None:
    field = pane.field("system_prompt").control.widget
    before = field.height()
    pane.window._core.settings.set("text_size", 200)
    QApplication.processEvents()
    assert field.height() > 1.6 * before


def test_steps_that_come_faster_than_the_window_can_be_drawn_are_one(pane: Any) -> None:
    drawn: list[float] = []
    before = pane.window._theme.px(1)
    pane.window._theme.changed.connect(lambda: drawn.append(pane.window._theme.px(1) / before))
    for _ in range(8):
        pane.window.verbs["larger"].trigger()
    pane.window._core.settings.set("theme", "dark")
    QApplication.processEvents()
    assert drawn == [pytest.approx(1.8, abs=0.1)]
    assert pane.window._theme.dark


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing outside says offline, as it does for all other tests; none of these connects."""
    monkeypatch.delenv("HF_HUB_OFFLINE")


@pytest.mark.usefixtures("online")
def test_offline_is_shown_in_the_bottom_line(home: Any) -> None:
    window = home.open()
    window.frame.show_pane("settings")
    pane = window.settings
    child(pane.page, "settingsOffline").click()
    lock = child(window, "statusOffline")
    assert lock.text() == "Offline"
    child(pane.page, "settingsOffline").click()
    assert lock.text() == ""


@pytest.mark.usefixtures("online")
def test_the_lock_leads_to_its_switch(home: Any) -> None:
    window = home.open()
    child(window, "statusOffline").click()
    switch = child(window, "connectionsOffline")
    assert switch.isVisible()
    switch.click()
    assert window._core.settings["offline"]
    assert child(window, "statusOffline").text() == "Offline"
    child(window, "connectionsDialog").accept()


def test_offline_from_outside_cannot_be_switched_off_here(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMPLIGHT_OFFLINE", "1")
    window = home.open()
    assert child(window, "statusOffline").text() == "Offline"
    window.frame.show_pane("settings")
    assert not child(window, "settingsOffline").isEnabled()


SEARCHED = [
    ("memory", {"memory_budget", "keep_loaded_minutes", "context", "cache_type"}),
    ("内存", {"memory_budget", "keep_loaded_minutes", "context", "cache_type"}),
    ("gpu", {"gpu_layers"}),
    ("dark", {"theme"}),
    ("深色", {"theme"}),
    ("size text", {"text_size"}),
    ("dark mode", {"theme"}),
    ("夜间模式", {"theme"}),
    ("video memory", {"gpu_layers"}),
    ("显卡", {"gpu_layers"}),
    ("字体大小", {"text_size"}),
    ("VPN", {"proxy"}),
    ("代理服务器", {"proxy"}),
    ("mother tongue", {"translate_first"}),
    ("nothing like this", set()),
]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_search_finds_in_both_languages_whatever_is_spoken(language: str, pane: Any) -> None:
    pane.window._core.settings.set("language", language)
    search = child(pane.side, "settingsSearch")
    for words, found in SEARCHED:
        search.clear()
        search.setText(words)
        assert found <= shown(pane) if found else shown(pane) == set(), words
        assert len(shown(pane)) <= len(found) + 3, words
        assert pane._nothing.isVisible() is not bool(found), words


def test_what_is_typed_anywhere_is_searched_for(pane: Any) -> None:
    search, pages = child(pane.side, "settingsSearch"), pane.side.pages
    pane.focus()
    assert pane.window.focusWidget() is search, "where an input method can write"
    theme = pane.window._core.settings["theme"]
    for place in (pages, child(pane.page, "settingsSendWithEnter"), child(pane.page, "settingsThinking")):
        pane._show_page("chat")
        place.setFocus()
        QTest.keyClick(place, Qt.Key.Key_G)
        QTest.keyClicks(pane.window.focusWidget(), "pu")
        assert search.text() == "gpu"
        assert shown(pane) == {"gpu_layers"}
        search.clear()
    pane._show_page("general")
    QTest.keyClick(child(pane.page, "settingsTheme"), Qt.Key.Key_D)
    assert pane.window._core.settings["theme"] == theme, "no letter changes a setting"


def test_a_field_keeps_what_is_typed_and_a_shortcut_stays_one(pane: Any) -> None:
    pane.show_setting("system_prompt")
    field = pane.field("system_prompt").control.widget
    QTest.keyClicks(field, "gpu")
    assert field.toPlainText() == "gpu"
    switch = child(pane.page, "settingsSendWithEnter")
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    QTest.keyClick(switch, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert child(pane.side, "settingsSearch").text() == ""


def test_the_next_area_after_the_list_is_the_page(pane: Any) -> None:
    pane.search()
    pane.window.verbs["area"].trigger()
    assert pane.page.isAncestorOf(pane.window.focusWidget())
    pane.window.verbs["area"].trigger()
    assert pane.window.frame.status.isAncestorOf(pane.window.focusWidget())


def test_search_ends_with_the_choice_of_a_page(pane: Any) -> None:
    search = child(pane.side, "settingsSearch")
    search.setText("gpu")
    assert not pane.side.pages.selectedItems(), "what is found may be of any page"
    pages = pane.side.pages
    QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=pages.visualItemRect(pages.item(0)).center())
    assert search.text() == ""
    assert shown(pane) == {setting.key for setting in SETTINGS if setting.page == PAGES[0][0]}
    search.setText("gpu")
    pane.side.pages.setCurrentRow(1)
    assert search.text() == ""
    assert shown(pane) == {setting.key for setting in SETTINGS if setting.page == PAGES[1][0]}


def test_a_setting_goes_back_to_its_default(pane: Any) -> None:
    field = pane.field("theme")
    assert not field.reset.isVisible()
    pane.window._core.settings.set("theme", "dark")
    assert field.reset.isVisible()
    field.reset.click()
    assert pane.window._core.settings["theme"] == "system"
    assert not field.reset.isVisible()
    assert field.control.widget.currentData() == "system"


def test_a_page_goes_back_to_its_defaults_and_the_others_stay(pane: Any) -> None:
    settings = pane.window._core.settings
    settings.set("temperature", 0.5)
    settings.set("max_tokens", 512)
    settings.set("theme", "dark")
    pane.side.pages.setCurrentRow([page for page, _ in PAGES].index("chat"))
    section = pane._sections["chat"]
    assert section.reset.isVisible()
    section.reset.click()
    assert settings.is_default("temperature")
    assert settings.is_default("max_tokens")
    assert settings["theme"] == "dark"
    assert not section.reset.isVisible()


def test_a_number_that_may_be_left_to_the_model(pane: Any) -> None:
    settings, box = pane.window._core.settings, pane.field("temperature").control.widget
    assert settings["temperature"] is None
    assert "model" in box.text()
    box.stepUp()
    assert settings["temperature"] == 0.0
    box.stepDown()
    assert settings["temperature"] is None


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("hub_endpoint", "my mirror", "“my mirror” is not an address that models can come from."),
        ("proxy", "socks5://proxy:1080", "“socks5://proxy:1080” is not the address of a proxy."),
        ("certificates", "ca.pem", "“ca.pem” is not the full path of a file."),
    ],
)
def test_what_cannot_be_an_address_or_a_file_is_said_at_once(pane: Any, key: str, typed: str, sentence: str) -> None:
    pane.show_setting(key)
    field = pane.field(key)
    line = getattr(field.control, "line", field.control.widget)
    line.setText(typed)
    line.editingFinished.emit()
    assert field._problem.text() == sentence
    assert not field._problem.isHidden()
    assert pane.window._core.settings[key] == ""
    assert line.text() == typed  # to be put right


def test_a_certificate_file_can_be_chosen(pane: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chosen = str(tmp_path / "authority.pem")
    monkeypatch.setattr(setting_controls, "ask_for_file", lambda *_: chosen)
    pane.show_setting("certificates")
    field = pane.field("certificates")
    field.control.choose.click()
    assert pane.window._core.settings["certificates"] == chosen
    assert field._problem.text() == "authority.pem is not there. Check the name."  # and is waited for
    assert not field._problem.isHidden()
    Path(chosen).touch()
    field.control.choose.click()
    assert field._problem.isHidden()


def test_a_certificate_file_in_somebody_elses_folder_is_told_and_waited_for(
    pane: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chosen = tmp_path / "closed" / "authority.pem"
    close_folder(chosen.parent, monkeypatch)
    monkeypatch.setattr(setting_controls, "ask_for_file", lambda *_: str(chosen))
    pane.show_setting("certificates")
    field = pane.field("certificates")
    field.control.choose.click()
    assert pane.window._core.settings["certificates"] == str(chosen)
    assert field._problem.text() == "authority.pem is not there. Check the name."


def test_a_folder_that_is_none_is_refused_with_a_sentence(pane: Any) -> None:
    pane.show_setting("models_folder")
    line = pane.field("models_folder").control.line
    line.setText("not/absolute")
    line.editingFinished.emit()
    field = pane.field("models_folder")
    assert field._problem.isVisible()
    assert field._problem.text()
    assert pane.window._core.settings["models_folder"] == ""


def test_a_folder_is_chosen_in_a_dialog(pane: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting_controls, "ask_for_folder", lambda _parent, _start: str(tmp_path))
    pane.field("models_folder").control.choose.click()
    assert pane.window._core.settings["models_folder"] == str(tmp_path)


def test_long_text_is_kept_after_a_pause_and_when_left(pane: Any, qtbot: Any) -> None:
    pane.show_setting("system_prompt")
    field = pane.field("system_prompt").control.widget
    field.setPlainText("Answer in rhymes.")
    qtbot.waitUntil(lambda: pane.window._core.settings["system_prompt"] == "Answer in rhymes.", timeout=SLOW)
    field.setPlainText("Answer in one word.")
    pane.window.frame.show_pane("chat")
    assert pane.window._core.settings["system_prompt"] == "Answer in one word."


def test_scrolling_over_a_box_does_not_change_it(pane: Any) -> None:
    box = child(pane.page, "settingsTheme")
    before = box.currentIndex()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, event)
    assert box.currentIndex() == before


def test_a_change_from_elsewhere_is_shown(pane: Any) -> None:
    pane.window._core.settings.set("text_size", 130)
    assert child(pane.page, "settingsTextSize").text() == "130 %"


def test_what_needs_the_model_to_be_loaded_again_says_so(pane: Any) -> None:
    for setting in SETTINGS:
        if setting.page:
            says = "loads the model again" in pane.field(setting.key)._help.text()
            assert says is bool(setting.restart), setting.key


# ---------------------------------------------------------------- about


def test_about_shows_versions_folders_and_licences(pane: Any, window: Any) -> None:
    window.verbs["about"].trigger()
    words = " ".join(label.text() for label in pane.about.findChildren(QLabel))
    assert "Lamplight 0." in words
    assert str(window._core.paths.models) in words
    pane.about.copy.click()
    assert str(window._core.paths.config) in QApplication.clipboard().text()
    pane.about.notices.click()
    dialog = next(widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget is not window)
    text = dialog.field.toPlainText()
    assert "LGPL" in text or "Lesser General Public" in text
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_the_rows_are_made_bit_by_bit_before_they_are_asked_for(window: Any, qtbot: Any) -> None:
    pane = window.settings
    assert pane._sections == {}
    pane.prepare()
    qtbot.waitUntil(lambda: pane.about is not None, timeout=SLOW)
    assert list(pane._sections) == [page for page, _ in PAGES]
    window.frame.show_pane("settings")
    assert shown(pane) == {setting.key for setting in SETTINGS if setting.page == PAGES[0][0]}


def test_asked_for_half_made_they_are_there(window: Any) -> None:
    window.settings._make_next()
    window.frame.show_pane("settings")
    assert window.settings.about is not None

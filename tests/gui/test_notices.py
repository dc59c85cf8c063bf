"""One sentence at a time at the top of the page, the newest first, and a way out of each."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import Notice, NoticeAction, NoticeLevel
from assistant.gui import notices as notices_module
from assistant.gui.notices import ACTION_WORDS, Choice, NoticeBar
from assistant.gui.theme import Theme
from tests.gui.helpers import SLOW, child


@pytest.fixture
def bar(qapp: QApplication, qtbot: Any) -> Any:
    theme = Theme(qapp)
    theme.apply(wish="light")
    made = NoticeBar(theme)
    made.show_for_test = made.show
    yield made
    made.deleteLater()
    theme.deleteLater()


def notice(key: str, level: NoticeLevel = NoticeLevel.INFO, **fields: Any) -> Notice:
    return Notice(key, level, f"Sentence {key}.", **fields)


def test_the_newest_is_shown_and_the_others_wait_behind_it(bar: NoticeBar) -> None:
    bar.post(notice("one"))
    bar.post(notice("two"))
    assert bar.notice.key == "two"
    bar.post(notice("bad", NoticeLevel.ERROR))
    bar.post(notice("mind", NoticeLevel.WARNING))
    assert bar.notice.key == "mind"
    for expected in ("bad", "two", "one"):
        bar.dismiss()
        assert bar.notice.key == expected
    bar.dismiss()
    assert bar.notice is None
    assert bar.isHidden()


def test_the_same_key_replaces(bar: NoticeBar) -> None:
    bar.post(Notice("k", NoticeLevel.INFO, "40 %"))
    bar.post(Notice("k", NoticeLevel.INFO, "45 %"))
    assert bar._sentence.text() == "45 %"
    bar.clear("k")
    assert bar.notice is None


def test_clearing_what_is_not_up_does_nothing(bar: NoticeBar) -> None:
    bar.post(notice("one"))
    bar.clear("another")
    assert bar.notice.key == "one"


def test_an_action_takes_the_notice_down_and_is_told(bar: NoticeBar) -> None:
    told: list[Any] = []
    bar.chosen.connect(lambda action, about: told.append((action, about.key)))
    bar.post(notice("full", NoticeLevel.WARNING, actions=(NoticeAction.ENLARGE_CONTEXT, NoticeAction.DROP_OLDEST)))
    assert [button.text() for button in bar._buttons] == ["Enlarge the context", "Leave out the oldest turns"]
    bar._buttons[1].click()
    assert told == [(NoticeAction.DROP_OLDEST, "full")]
    assert bar.notice is None


def test_choices_of_the_window_itself_act(bar: NoticeBar) -> None:
    done: list[str] = []
    bar.post(notice("copy"), Choice("Stop", lambda: done.append("stopped")))
    bar._buttons[0].click()
    assert done == ["stopped"]


def test_details_fold_out_and_can_be_copied(bar: NoticeBar) -> None:
    bar.post(notice("bad", NoticeLevel.ERROR, detail="line one\nline two"))
    assert bar._below.isHidden()
    bar._more.click()
    assert not bar._below.isHidden()
    assert bar._detail.toPlainText() == "line one\nline two"
    bar._copy.click()
    assert "line two" in QApplication.clipboard().text()
    assert "Sentence bad." in QApplication.clipboard().text()
    bar.post(notice("worse", NoticeLevel.ERROR))
    assert bar._below.isHidden()  # another notice begins folded


def test_no_details_no_button(bar: NoticeBar) -> None:
    bar.post(notice("plain"))
    assert bar._more.isHidden()


def test_several_can_be_looked_through(bar: NoticeBar) -> None:
    for key in ("one", "two", "three"):
        bar.post(notice(key))
    assert bar._count.text() == "1 of 3"
    seen = [bar.notice.key]
    for _ in range(3):
        bar._next.click()
        seen.append(bar.notice.key)
    assert seen == ["three", "two", "one", "three"]


def test_markup_in_a_sentence_is_shown_as_it_is(bar: NoticeBar) -> None:
    sentence = "<b>bold</b> <img src='file:///dev/zero'>"
    bar.post(Notice("x", NoticeLevel.ERROR, sentence))
    assert bar._sentence.text() == sentence
    assert bar._sentence.textFormat() == Qt.TextFormat.PlainText


def test_a_new_notice_is_announced_as_an_alert(bar: NoticeBar, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(
        notices_module.QAccessible, "updateAccessibility", lambda event: told.append(event.type()), raising=True
    )
    bar.post(notice("one"))
    bar.post(Notice("one", NoticeLevel.INFO, "again"))
    assert told == [QAccessible.Event.Alert]  # progress under the same key does not shout


def test_good_news_goes_by_itself_and_bad_news_stays(bar: NoticeBar) -> None:
    bar.post(notice("good"))
    assert bar._expiry.isActive()
    bar._expire()
    assert bar.notice is None
    bar.post(notice("bad", NoticeLevel.ERROR))
    assert not bar._expiry.isActive()


def test_good_news_stays_under_a_moving_mouse_and_goes_under_a_resting_one(
    bar: NoticeBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [QPoint(5, 5), QPoint(9, 9), QPoint(9, 9)]
    monkeypatch.setattr(notices_module.QCursor, "pos", lambda: places.pop(0))
    monkeypatch.setattr(bar, "underMouse", lambda: True)
    bar.post(notice("good"))
    bar._expire()
    assert bar.notice is not None
    bar._expire()
    assert bar.notice is None


def test_good_news_stays_while_its_details_are_open(bar: NoticeBar) -> None:
    bar.show()
    bar.post(notice("good", detail="more"))
    bar._more.click()
    bar._expire()
    assert bar.notice is not None
    assert bar._expiry.isActive()


def test_every_action_has_words() -> None:
    assert set(ACTION_WORDS) == set(NoticeAction)
    assert all(words() for words in ACTION_WORDS.values())


# ---------------------------------------------------------------- in the window


def test_esc_dismisses_when_there_is_nothing_to_stop(window: Any) -> None:
    window.notices.post(notice("one", NoticeLevel.WARNING))
    QTest.keyClick(child(window, "chatInput"), Qt.Key.Key_Escape)
    assert window.notices.notice is None


@pytest.mark.parametrize(
    ("action", "pane"), [(NoticeAction.OPEN_MODELS, "models"), (NoticeAction.OPEN_SETTINGS, "settings")]
)
def test_buttons_that_lead_somewhere_lead_there(action: NoticeAction, pane: str, window: Any) -> None:
    window.notices.post(notice("go", actions=(action,)))
    window.notices._buttons[0].click()
    assert window.frame.current == pane


def test_a_model_that_came_leads_to_a_conversation_from_everywhere_else(window: Any) -> None:
    window.frame.show_pane("models")
    window.notices.post(notice("arrived", actions=(NoticeAction.OPEN_CHAT,)))
    window.notices._buttons[0].click()
    assert window.frame.current == "chat"
    window.notices.post(notice("arrived", actions=(NoticeAction.OPEN_CHAT,)))
    assert all(button.isHidden() for button in window.notices._buttons)


def test_what_concerns_the_core_reaches_it(window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    monkeypatch.setattr(window._core.actions, "act", lambda action, about: done.append((action, about.subject)))
    window.notices.post(notice("big", actions=(NoticeAction.LOAD_ANYWAY,), subject="a-model"))
    window.notices._buttons[0].click()
    assert done == [(NoticeAction.LOAD_ANYWAY, "a-model")]


def test_the_bar_fits_the_smallest_window(window: Any) -> None:
    window.resize(720, 480)
    sentence = "This conversation nearly fills the model's context: 31 of 8192 tokens are left."
    actions = (NoticeAction.ENLARGE_CONTEXT, NoticeAction.DROP_OLDEST)
    window.notices.post(Notice("full", NoticeLevel.WARNING, sentence, "detail", actions))
    assert window.width() == 720
    for widget in (*window.notices._buttons, window.notices._close):
        right = widget.mapTo(window, widget.rect().topRight()).x()
        assert right <= window.width()


@pytest.mark.parametrize(
    ("pane", "words"),
    [("settings", ["Try again", "Open the models"]), ("models", ["Try again"]), ("chat", ["Open the models"])],
    ids=["away", "at the models", "at the answer"],
)
def test_no_way_is_offered_to_where_one_is(pane: str, words: list[str], window: Any) -> None:
    window.frame.show_pane(pane)
    window.notices.post(notice("failed", actions=(NoticeAction.OPEN_MODELS, NoticeAction.RETRY)))
    shown = [button.text() for button in window.notices._buttons if not button.isHidden()]
    assert sorted(shown) == sorted(words)


def test_a_button_does_what_it_says_beside_one_that_is_left_out(window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Any] = []
    monkeypatch.setattr(window._core.actions, "act", lambda action, _about: done.append(action))
    window.frame.show_pane("models")
    window.notices.post(notice("failed", actions=(NoticeAction.OPEN_MODELS, NoticeAction.LOAD_ANYWAY)))
    window.notices._buttons[0].click()
    assert done == [NoticeAction.LOAD_ANYWAY]


def test_the_bar_covers_nothing_of_the_page(window: Any, qtbot: Any) -> None:
    page, bar = window.frame.pages, window.notices

    def top(widget: QWidget) -> int:
        return widget.mapTo(window, QPoint()).y()

    place = top(page)
    window.notices.post(notice("one", NoticeLevel.WARNING, detail="line"))
    qtbot.waitUntil(lambda: top(page) > place, timeout=SLOW)
    assert (top(bar), top(bar) + bar.height()) == (place, top(page))
    bar._more.click()
    qtbot.waitUntil(lambda: top(page) == place + bar.height() and bar._detail.isVisible(), timeout=SLOW)
    bar.dismiss()
    qtbot.waitUntil(lambda: top(page) == place, timeout=SLOW)


def test_the_way_to_the_settings_leads_to_the_one_that_helps(window: Any) -> None:
    error = AssistantError(ErrorKind.MODEL_TOO_LARGE, model="big", needed=8_000_000_000, free=4_000_000_000)
    window._core.notices.model_trouble("big", error)
    window.frame.show_pane("settings")  # another of its pages
    button = next(each for each in window.notices._buttons if each.text() == "Open the settings")
    button.click()
    assert child(window, "settingsContext").isVisible()
    assert window.settings.side.pages.currentItem().text() == "Memory and speed"

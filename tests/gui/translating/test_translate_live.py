"""Live mode: what is typed is translated after a pause, the latest text only, and typing is never held up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import NoticeLevel
from assistant.core.translation.translations import LIVE
from assistant.core.translation.views import JobState, ModelHint
from assistant.documents.segments import Guess
from assistant.gui.translating import exporting
from assistant.gui.translating.live import MOST
from assistant.gui.widgets.translation.strip import can_be_worked_with
from tests.gui.fakes.translate_desk import BRIDGE, CHINESE, Desk
from tests.gui.helpers import SLOW, child


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.press("Ctrl+Shift+T")
    return desk


def test_live_mode_is_a_setting_with_a_switch(desk: Desk) -> None:
    assert desk.window._core.settings["translate_live"] is True
    assert desk.translateLive.isChecked()
    desk.translateLive.click()
    assert desk.window._core.settings["translate_live"] is False
    assert not desk.pane.live.on


def test_a_pause_hands_the_text_over_and_nothing_is_kept(desk: Desk) -> None:
    desk.type("The old bridge.")
    timer = desk.pane.live._pause
    assert timer.isActive()
    assert timer.interval() == 800
    desk.type("The old bridge was closed.")
    assert desk.core.live_texts == []
    desk.settle()
    assert [text for text, _options in desk.core.live_texts] == ["The old bridge was closed."]
    assert desk.core.live_texts[0][1].target == "zh-Hans"
    assert desk.pane.job == LIVE
    assert desk.core.opened == [], "nothing is read into the store"
    assert desk.translationList.rows.rows == []
    desk.core.finish(LIVE, [CHINESE[0]])
    desk.wait(lambda: desk.said() == CHINESE[0])


def test_that_the_model_is_weak_is_said_while_one_types_too(desk: Desk) -> None:
    desk.core.hint_result = ModelHint("language", ("en",))
    desk.type("The old bridge.")
    desk.settle()
    desk.wait(desk.translateHint.isVisible)
    assert desk.translateHint.text() == "This model is not known to be good at English."
    desk.pane.new()
    assert not desk.translateHint.isVisible()


def test_what_was_said_of_the_text_before_is_not_said_of_what_is_typed(desk: Desk) -> None:
    desk.translateLive.click()
    desk.type()
    desk.settle()
    desk.wait(lambda: "3 sentences" in desk.translateSourceLine.text())
    desk.translateLive.click()
    desk.type("The old bridge.")
    assert desk.translateSourceLine.text() == "Source"


def test_the_delay_is_the_users(desk: Desk) -> None:
    desk.window._core.settings.set("translate_live_delay", 2.5)
    desk.type()
    assert desk.pane.live._pause.interval() == 2500


def test_what_the_input_method_has_not_finished_is_no_text(desk: Desk) -> None:
    desk.type("旧")
    desk.settle()
    field = desk.translateInput
    QApplication.sendEvent(field, QInputMethodEvent("qiao", []))
    desk.pane.live.touch()
    desk.settle()
    assert [text for text, _ in desk.core.live_texts] == ["旧"]
    assert desk.pane.live.waiting, "it is tried again"
    field.moveCursor(field.textCursor().MoveOperation.End)
    end = QInputMethodEvent("", [])
    end.setCommitString("桥")
    QApplication.sendEvent(field, end)
    desk.settle()
    assert [text for text, _ in desk.core.live_texts] == ["旧", "旧桥"]
    assert desk.core.live_texts[-1][1].target == "en"


def test_enter_and_esc_belong_to_the_input_method_while_it_composes(desk: Desk) -> None:
    desk.type()
    desk.settle()
    field = desk.translateInput
    field.setFocus()
    QApplication.sendEvent(field, QInputMethodEvent("qiao", []))
    desk.press("Esc")
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.core.live_stopped == 0
    assert len(desk.core.live_texts) == 1


def test_a_language_that_is_found_out_late_is_of_no_use(desk: Desk) -> None:
    desk.fake.languages.waits = True
    desk.type("First text.")
    desk.settle()
    desk.type("第二")
    desk.settle()
    first, second = desk.fake.languages.pending
    second((Guess("zh-Hans", 0.9),))
    first((Guess("en", 0.9),))
    assert [text for text, _ in desk.core.live_texts] == ["第二"]
    assert desk.translateFrom.currentText() == "Detected: Simplified Chinese"


def test_who_types_on_while_the_language_is_found_out_has_the_text_translated(desk: Desk) -> None:
    desk.fake.languages.waits = True
    desk.type("First text.")
    desk.settle()
    desk.type("First text. And")
    (answer,) = desk.fake.languages.pending
    answer((Guess("en", 0.9),))
    assert [text for text, _ in desk.core.live_texts] == ["First text."]
    desk.settle()
    desk.type("")
    desk.fake.languages.pending[-1]((Guess("en", 0.9),))
    assert [text for text, _ in desk.core.live_texts] == ["First text."], "there is nothing to translate any more"


def test_options_and_languages_translate_anew_and_the_same_is_not_sent_twice(desk: Desk) -> None:
    desk.type()
    desk.settle()
    desk.pane.live.touch()
    desk.settle()
    assert len(desk.core.live_texts) == 1
    desk.translateTo.choose("fr")
    desk.translateTo.picked.emit("fr")
    desk.settle()
    assert desk.core.live_texts[-1][1].target == "fr"


def test_a_glossary_that_changed_translates_anew(desk: Desk) -> None:
    desk.type("The old bridge.")
    desk.settle()
    desk.pane._show_glossaries()
    desk.settle()
    assert len(desk.core.live_texts) == 1
    desk.window._core.glossaries.revised += 1
    desk.pane._show_glossaries()
    desk.settle()
    assert len(desk.core.live_texts) == 2


def test_an_empty_text_ends_it(desk: Desk) -> None:
    desk.type()
    desk.settle()
    desk.type("")
    desk.settle()
    assert desk.pane.job is None
    assert desk.pane.result.welcome.isVisible()


def test_run_hands_over_at_once_and_esc_stops(desk: Desk) -> None:
    desk.type()
    desk.press("Ctrl+Return")
    assert len(desk.core.live_texts) == 1
    desk.wait(desk.translateStop.isVisible)
    desk.press("Esc")
    assert desk.core.live_stopped == 1
    assert desk.core.views[LIVE].state is JobState.STOPPED
    desk.wait(desk.translateRun.isVisible)


LONG = "The old bridge was closed. " * 1200


def test_a_longer_text_than_live_mode_takes_is_translated_when_that_is_asked_for(desk: Desk) -> None:
    desk.type(LONG)
    desk.settle()
    said = "Live mode translates up to 20,000 characters by itself. Press Ctrl+Enter to translate this text."
    assert desk.translatePlan.text().startswith(said)
    assert desk.core.live_texts == []
    desk.press("Ctrl+Return")
    assert desk.core.opened[-1]["text"] == LONG
    assert desk.pane.job not in (None, LIVE)
    desk.wait(desk.translateStop.isVisible)
    assert "Live mode" not in desk.translatePlan.text()
    desk.type(LONG + "One more.")
    assert "Live mode" not in desk.translatePlan.text(), "it is still at the one before"
    desk.press("Esc")
    desk.wait(lambda: desk.translatePlan.text().startswith(said))
    desk.type("The old bridge.")
    desk.settle()
    assert [text for text, _options in desk.core.live_texts] == ["The old bridge."]
    assert desk.pane.job == LIVE
    assert "Live mode" not in desk.translatePlan.text()


def test_the_last_text_that_live_mode_takes(desk: Desk) -> None:
    desk.type("x" * MOST)
    desk.settle()
    assert len(desk.core.live_texts) == 1
    desk.type("x" * (MOST + 1))
    desk.settle()
    assert len(desk.core.live_texts) == 1


def test_a_text_that_grows_too_long_for_live_mode_loses_its_older_translation(desk: Desk) -> None:
    desk.type()
    desk.settle()
    desk.core.finish(LIVE, CHINESE)
    desk.wait(lambda: CHINESE[2] in desk.said())
    desk.type(BRIDGE + LONG)
    assert desk.core.live_stopped == 1
    assert desk.pane.job is None
    assert CHINESE[2] not in desk.said()


def test_the_language_of_a_text_that_has_grown_too_long_is_not_waited_for(desk: Desk) -> None:
    desk.fake.languages.waits = True
    desk.type()
    desk.settle()
    (answer,) = desk.fake.languages.pending
    desk.type(BRIDGE + LONG)
    answer((Guess("en", 0.9),))
    assert desk.core.live_texts == []


def test_sentences_of_a_live_text_can_be_worked_with(desk: Desk) -> None:
    desk.type()
    desk.settle()
    desk.core.finish(LIVE, CHINESE)
    desk.wait(lambda: CHINESE[2] in desk.said())
    desk.rows.choose(1)
    desk.press("F5")
    assert desk.core.done_to[-1] == ("redo", LIVE, 1)


def test_what_was_typed_is_kept_when_that_is_wanted_and_stays_on_the_screen(desk: Desk) -> None:
    desk.type()
    desk.settle()
    keep, verb = desk.translateKeep, desk.window.verbs["translate_keep"]
    assert keep.isVisible()
    assert keep.accessibleName() == "Keep in the history"
    assert not verb.isEnabled(), "it is being written"
    desk.core.finish(LIVE, CHINESE)
    desk.wait(keep.isEnabled)
    desk.press("Ctrl+S")
    desk.wait(lambda: len(desk.translationList.rows.rows) == 1)
    assert desk.window.notices.notice.sentence == "Kept in the history."
    assert desk.pane.job == LIVE
    assert desk.translateInput.toPlainText() == BRIDGE
    desk.window.frame.show_pane("chat")
    assert not verb.isEnabled()
    desk.window.frame.show_pane("translate")
    assert verb.isEnabled()


def test_what_could_not_be_kept_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.core, "keep_live", lambda done: done(AssistantError(ErrorKind.DISK_FULL, path="x")))
    desk.type()
    desk.settle()
    desk.core.finish(LIVE, CHINESE)
    desk.wait(desk.translateKeep.isEnabled)
    desk.translateKeep.click()
    assert desk.window.notices.notice.level is NoticeLevel.ERROR


def test_what_is_in_the_history_is_not_kept_again(desk: Desk) -> None:
    desk.translateLive.click()
    desk.finished()
    assert not desk.translateKeep.isVisible()
    assert not desk.window.verbs["translate_keep"].isEnabled()


def test_exporting_puts_it_into_the_history(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(exporting, "ask_for_target", lambda *_: tmp_path / "out.txt")
    desk.type()
    desk.settle()
    assert not desk.translateExport.isEnabled()
    desk.core.finish(LIVE, CHINESE)
    desk.wait(desk.translateExport.isEnabled)
    desk.translateExport.click()
    assert desk.core.exported == [(desk.pane.job, tmp_path / "out.txt")]
    assert [row.id for row in desk.translationList.rows.rows] == [str(desk.pane.job)]
    desk.wait(lambda: CHINESE[2] in desk.said())


def test_what_the_model_weighed_comes_from_the_real_core(home: Any, qtbot: Any) -> None:
    home.model("fake,words=6")
    home.settings(translate_live=True, translate_live_delay=0.2)
    window = home.open()
    window.frame.show_pane("translate")
    pane = window.translating.pane
    QTest.keyClicks(child(window, "translateInput"), "This is a sentence.")
    qtbot.waitUntil(lambda: pane.job == LIVE and pane.view().state is JobState.DONE, timeout=SLOW)
    qtbot.waitUntil(lambda: can_be_worked_with(next(iter(pane.rows.segments), None)), timeout=SLOW)
    area = pane.result.output.segment_area(0)
    pane.segment_actions.weigh(0, 0, area)
    popover = child(window, "translateAlternatives")
    assert popover.isVisible()
    qtbot.waitUntil(lambda: "Asking" not in popover.accessibleName(), timeout=SLOW)


def test_a_sentence_more_leaves_the_others_where_they_are(desk: Desk) -> None:
    desk.type("\n".join(f"Sentence {n}." for n in range(80)))
    desk.settle()
    desk.core.finish(LIVE)
    desk.wait(lambda: "SENTENCE 3." in desk.said())
    desk.translateInput.setFocus()
    desk.rows.choose(40)
    desk.rows.reveal(40)
    place = (desk.rows.row, desk.rows.into)
    bar = desk.translateInput.verticalScrollBar()
    before = bar.value()
    cursor = desk.translateInput.textCursor()
    cursor.movePosition(cursor.MoveOperation.End)
    cursor.insertText("\nOne more.")
    desk.settle()
    desk.wait(lambda: len(desk.rows.segments) == 81)
    assert (desk.rows.row, desk.rows.into) == place
    assert desk.rows.current == 40
    assert bar.value() == before


def test_live_mode_off_reads_and_keeps_again(desk: Desk) -> None:
    desk.translateLive.click()
    desk.type()
    desk.settle()
    assert desk.core.live_texts == []
    assert desk.core.opened[-1]["text"] == BRIDGE


def test_typing_with_the_real_core_never_shows_an_older_text_again(home: Any, qtbot: Any, heartbeat: Any) -> None:
    """Each text comes while the one before is still being written."""
    home.model("fake,words=12,slow=4")
    home.settings(translate_live=True, translate_live_delay=0.2)
    window = home.open()
    window.frame.show_pane("translate")
    pane = window.translating.pane
    field = child(window, "translateInput")
    texts: list[str] = []
    shown: list[int] = []

    def seen() -> None:
        if pane.rows.segments:
            source = pane.rows.segments[-1].source
            shown.append(max(at for at, text in enumerate(texts) if text.endswith(source)))

    pane.rows.changed.connect(seen)
    heartbeat.restart()
    for number in range(6):
        texts.append(f"{texts[-1] if texts else 'The beginning.'} This is sentence number {number}.")
        with qtbot.waitSignal(pane.live.began, timeout=SLOW):
            for character in texts[-1][len(field.toPlainText()) :]:
                QTest.keyClicks(field, character)
        number_now = number
        qtbot.waitUntil(
            lambda: bool(shown) and shown[-1] == number_now and pane.busy, timeout=SLOW  # noqa: B023 - called at once
        )  # fmt: skip
    qtbot.waitUntil(lambda: not pane.busy and not pane.live.waiting, timeout=SLOW)
    longest = heartbeat.longest
    assert shown == sorted(shown)
    assert shown[-1] == len(texts) - 1
    qtbot.waitUntil(lambda: all(segment.target for segment in pane.rows.segments), timeout=SLOW)
    assert longest < 1.0  # measured on two cores with four busy processes: 0.26 s; a freeze would be many


def test_in_a_narrow_window_one_goes_on_typing(desk: Desk) -> None:
    desk.window.resize(760, 640)
    QApplication.processEvents()
    desk.pane.page.show_view("source")
    desk.type()
    desk.settle()
    desk.core.finish(LIVE, CHINESE)
    desk.wait(lambda: CHINESE[2] in desk.said())
    assert desk.translateInput.isVisible()
    desk.translateResultView.click()
    assert desk.translateOutput.isVisible()

"""Something in the window raises: it is told at once, in words without content, and is no crash of the program."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import QTimer

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import NoticeLevel
from assistant.storage.reports import pending_report
from tests.gui.helpers import SLOW, answered, say

SECRET = "what nobody else may read"


def fail() -> None:
    raise KeyError(SECRET)


def in_a_handler(window: Any) -> None:
    QTimer.singleShot(0, fail)


def behind_a_button(window: Any) -> None:
    window.verbs["about"].triggered.connect(fail)
    window.verbs["about"].trigger()


def while_pumping(window: Any) -> None:
    window._core.inbox.put(lambda _: fail(), None)


def on_another_thread(window: Any) -> None:
    threading.Thread(target=fail).start()


@pytest.mark.parametrize("where", [in_a_handler, behind_a_button, while_pumping, on_another_thread])
def test_a_fault_is_told_and_the_window_goes_on(where: Any, home: Any, qtbot: Any, capsys: Any) -> None:
    home.faulty = True
    window = home.open()
    where(window)
    qtbot.waitUntil(lambda: window.notices.notice is not None and window.notices.notice.key == "fault", timeout=SLOW)
    notice = window.notices.notice
    assert notice.level is NoticeLevel.ERROR
    assert "went wrong inside Lamplight" in notice.sentence
    assert "KeyError" in notice.detail
    window.notices._more_action.trigger()
    assert "KeyError" in window.notices._detail.toPlainText()
    window.frame.show_pane("settings")
    assert window.frame.current == "settings"
    home.close(window)
    assert " fault\n    KeyError" in home.log()
    assert SECRET not in notice.detail + home.log() + "".join(capsys.readouterr())
    assert pending_report(home.paths) is None
    again = home.open()
    assert again.notices.notice is None, "nothing ended unexpectedly"


def test_what_has_a_sentence_of_its_own_is_told_by_that(window: Any, home: Any, qtbot: Any, capsys: Any) -> None:
    home.faulty = True
    say(window, "{{say}}One answer")
    qtbot.waitUntil(lambda: answered(window, "One answer"), timeout=SLOW)
    window.chat.regenerate()
    qtbot.waitUntil(lambda: not window.chat.busy() and window.chat.heads()[-1].siblings == 2, timeout=SLOW)
    qtbot.waitUntil(lambda: answered(window, "One answer"), timeout=SLOW)
    before = list(window.chat.heads())

    def damaged(*_: Any, **__: Any) -> Any:
        raise AssistantError(ErrorKind.DATABASE_DAMAGED)

    window._core._store.path = damaged
    QTimer.singleShot(0, lambda: window.chat.step_version(-1))
    qtbot.waitUntil(lambda: window.notices.notice is not None, timeout=SLOW)
    assert window.notices.notice.sentence.startswith("The file with the conversations is damaged")
    assert list(window.chat.heads()) == before


def test_a_fault_that_comes_with_every_picture_is_told_once(home: Any, qtbot: Any, capsys: Any) -> None:
    home.faulty = True
    window = home.open()
    told: list[object] = []
    window.notices.post = told.append
    for _ in range(50):
        QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: bool(told), timeout=SLOW)
    qtbot.wait(1)
    assert len(told) == 1
    assert home.log().count(" fault") == 1


def test_a_crash_is_offered_for_one_run_and_not_at_every_start(home: Any) -> None:
    home.paths.reports.mkdir(parents=True)
    (home.paths.reports / "crash-1.txt").write_text("2026-01-01, main thread\nKeyError\n")
    window = home.open()
    assert window.notices.notice.key == "report"
    home.close(window)
    assert home.open().notices.notice is None

"""Starting, showing, closing: what a person sees of it, and what a script can rely on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QLabel

from assistant.base.paths import default_paths
from assistant.gui import app as app_module
from assistant.gui import placement
from assistant.gui.app import AlreadyRunning
from assistant.gui.placement import fitted
from assistant.gui.selftest import signals_are_safe
from assistant.texts import set_language
from tests.gui.helpers import SLOW, answered, child, say

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "navChat", "navSettings", "modelPicker", "statusEngine", "noticeBar", "conversationList", "conversationSearch",
    "chatNew", "chatTranscript", "chatInput", "chatSend", "chatStop", "chatContextMeter", "settingsPages",
    "settingsSearch",
]  # fmt: skip


def test_the_names_that_others_rely_on_are_there(window: Any) -> None:
    assert window.objectName() == "mainWindow"
    for name in NAMES:
        child(window, name)
    child(window, "navSettings").click()
    for name in ("settingsOffline", "settingsLanguage", "settingsTheme"):
        child(window, name)


def test_a_question_is_answered_and_kept(home: Any, qtbot: Any) -> None:
    home.model("fake")
    window = home.open()
    say(window, "{{say}}Tides follow the moon.")
    qtbot.waitUntil(lambda: answered(window, "Tides follow the moon."), timeout=SLOW)
    qtbot.waitUntil(lambda: child(window, "statusEngine").text() == "ready", timeout=SLOW)
    home.close(window)
    again = home.open()
    assert "Tides follow the moon." in again.transcript_text()


def test_a_window_in_which_nothing_was_done_leaves_no_further_backup(home: Any, qtbot: Any) -> None:
    home.model("fake")
    window = home.open()
    say(window, "{{say}}Tides follow the moon.")
    qtbot.waitUntil(lambda: answered(window, "Tides follow the moon."), timeout=SLOW)
    copies = home.paths.database.parent / "backups"
    home.close(window)
    before = sorted(copies.iterdir())
    assert len(before) == 1
    home.close(home.open())
    assert sorted(copies.iterdir()) == before


def test_the_window_is_there_before_anything_is_opened(home: Any) -> None:
    home.model("fake")
    window = home.open(started=False)
    assert window.isVisible()
    assert window.windowHandle().isExposed()
    assert not home.paths.database.exists()
    assert not window._core.models.known


def test_what_is_typed_and_sent_before_the_core_has_started_is_sent(home: Any, qtbot: Any) -> None:
    home.model("fake")
    window = home.open(started=False)
    say(window, "{{say}}Here I am.")
    assert child(window, "chatInput").toPlainText() == "{{say}}Here I am."
    qtbot.waitUntil(lambda: answered(window, "Here I am."), timeout=SLOW)
    assert child(window, "chatInput").toPlainText() == ""


def test_build_works_from_a_script_without_a_main_guard(lamplight_home: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from assistant.gui.app import build\n"
        "app, window = build([])\n"
        "while window.chat.conversation is None: app.processEvents()\n"
        "print(window.isVisible(), repr(window.transcript_text()))\n"
        "window.close()\n"
    )
    done = _python(script)
    assert done.stdout.strip() == "True ''", done.stderr


def test_the_windows_process_loads_neither_numpy_nor_the_engine(lamplight_home: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "from assistant.gui.app import build\n"
        "app, window = build([])\n"
        "while window.chat.conversation is None: app.processEvents()\n"
        "window.frame.show_pane('settings')\n"
        "app.processEvents()\n"
        "print(sorted({'numpy', 'llama_cpp', 'jinja2', 'multiprocessing'} & set(sys.modules)))\n"
        "print(sys.getswitchinterval() < 0.001)\n"
        "window.close()\n"
    )
    done = _python(script)
    assert done.stdout.split() == ["[]", "True"], done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_cleanly(number: signal.Signals, lamplight_home: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "assistant"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    state = lamplight_home / "config" / "state.json"
    database = lamplight_home / "data" / "lamplight.sqlite3"
    _wait_for(lambda: database.exists() and database.stat().st_size > 0)
    program.send_signal(number)
    _, complaints = program.communicate(timeout=20)
    assert program.returncode == 0, complaints
    assert complaints == ""
    assert json.loads(state.read_text())["pane"] == "chat"


def test_the_self_test_passes_here_and_finds_a_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    assert signals_are_safe()
    counts = iter([5000, 4890])
    monkeypatch.setattr(sys, "getrefcount", lambda _: next(counts))
    assert not signals_are_safe()


def test_a_faulty_pair_is_made_safe_before_the_window(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(app_module, "signals_are_safe", lambda: False)
    monkeypatch.setattr(app_module, "immortal_true", lambda: done.append("made"))
    home.open(started=False)
    assert done == ["made"]


@pytest.mark.parametrize(("language", "said"), [("en", "already running"), ("zh_CN", "已经在运行")])
def test_main_says_that_another_window_runs(
    language: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def refuse(_argv: object) -> None:
        raise AlreadyRunning(answered=True)

    monkeypatch.setenv("LAMPLIGHT_HOME", str(tmp_path))
    settings = default_paths().settings
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"language": language}), "utf-8")
    monkeypatch.setattr(app_module, "build", refuse)
    try:
        assert app_module.main([]) == 0
    finally:
        set_language("en")
    assert said in capsys.readouterr().err


# ---------------------------------------------------------------- the end


def test_closing_ends_every_child_and_lets_the_next_start_be_the_first(home: Any, qtbot: Any) -> None:
    home.model("fake,slow=20")
    window = home.open()
    say(window, "{{endless}}Go on")
    qtbot.waitUntil(lambda: len(window.transcript_text()) > 40, timeout=SLOW)
    written = window.transcript_text()[:40]
    home.close(window)
    again = home.open()
    assert written in again.transcript_text()


def test_size_place_list_and_pane_come_back(home: Any) -> None:
    window = home.open()
    window.resize(1000, 640)
    window.frame.toggle_list()
    window.frame.show_pane("settings")
    home.close(window)
    again = home.open()
    assert (again.width(), again.height()) == (1000, 640)
    assert again.frame.current == "settings"
    again.frame.show_pane("chat")
    assert not child(again, "conversationList").isVisible()


def test_a_damaged_state_file_troubles_nobody(home: Any) -> None:
    home.paths.config.mkdir(parents=True)
    nonsense = {"window": {"rect": ["x", 1, 2, 1e99]}, "pane": 7, "list_width": []}
    (home.paths.config / "state.json").write_text(json.dumps(nonsense))
    window = home.open()
    assert window.isVisible()
    assert window.frame.current == "chat"


SCREEN = QRect(0, 0, 1920, 1080)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (QRect(100, 100, 1000, 700), QRect(100, 100, 1000, 700)),
        (QRect(-950, 100, 1000, 700), None),  # 50 pixels are left to take hold of
        (QRect(2500, 300, 1000, 700), None),  # on a screen that is gone
        (QRect(100, -400, 1000, 700), None),  # the title is above the upper edge
        (QRect(10, 10, 5000, 4000), QRect(0, 32, 1920, 1048)),  # of a screen that was larger
        (QRect(100, 100, 1800, 4000), QRect(60, 32, 1800, 1048)),
        (QRect(1000, 500, 1000, 700), QRect(1000, 500, 1000, 700)),  # somebody has pushed it aside
    ],
)
def test_a_window_on_a_screen_that_is_gone_is_brought_back(kept: QRect, expected: QRect | None) -> None:
    found = fitted(kept, [SCREEN])
    if expected is not None:
        assert found == expected
    else:
        assert found.size() == kept.size()
        assert SCREEN.contains(found)


def test_a_window_over_two_screens_stays_there() -> None:
    beside = SCREEN.translated(SCREEN.width(), 0)
    over_both = QRect(200, 100, 3000, 900)
    assert fitted(over_both, [SCREEN, beside]) == over_both
    assert SCREEN.contains(fitted(over_both, [SCREEN]))


def test_a_window_fits_on_a_screen_of_few_points(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    small = SimpleNamespace(availableGeometry=lambda: QRect(0, 0, 640, 450))
    monkeypatch.setattr(placement, "QGuiApplication", SimpleNamespace(screens=lambda: [small]))
    window = home.open()
    assert window.width() <= 640
    assert window.height() <= 450 - 32
    assert child(window, "chatSend").mapTo(window, child(window, "chatSend").rect().bottomRight()).x() < 640


# ---------------------------------------------------------------- what there is to say at the start


def test_a_crash_of_the_last_run_is_offered_to_be_shown(home: Any, qtbot: Any) -> None:
    home.paths.reports.mkdir(parents=True)
    for number, error in ((1, "TypeError"), (2, "KeyError")):
        path = home.paths.reports / f"crash-{number}.txt"
        path.write_text(f"2026-01-01, main thread\n{error}\n  assistant.gui.app:1 in x\n")
        os.utime(path, (number, number))
    window = home.open()
    notice = window.notices.notice
    assert notice is not None
    assert notice.key == "report"
    window.notices._buttons[0].click()
    dialog = QApplication.activeModalWidget() or next(
        widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget is not window
    )
    assert "KeyError" in dialog.field.toPlainText()
    assert any("There was 1 crash before this one." in label.text() for label in dialog.findChildren(QLabel))
    dialog.copy.click()
    assert "KeyError" in QApplication.clipboard().text()
    dialog.accept()
    assert not list(home.paths.reports.glob("crash-*"))


def _python(script: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(script)],
        cwd=script.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _wait_for(condition: Any, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_the_rail_has_icons_alone_where_their_words_have_no_room(window: Any) -> None:
    rail, button = child(window, "rail"), child(window, "navChat")
    window.resize(1000, 700)
    assert button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextUnderIcon
    rail.resize(rail.width(), 240)
    assert button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    assert button.accessibleName() == "Chat"
    assert "Chat" in button.toolTip()
    rail.resize(rail.width(), 600)
    assert button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextUnderIcon


def test_the_pane_is_known_also_to_a_program_that_is_killed(window: Any) -> None:
    window.frame.show_pane("translate")
    assert window._core.state.get("pane") == "translate"

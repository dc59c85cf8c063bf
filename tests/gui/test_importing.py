"""Models that are dropped on the window: one, several, a folder, parts, links, what is none, and an address."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from assistant.core.events import NoticeAction, NoticeLevel
from assistant.gui.models import importing
from tests.fakes.tiny_models import write_plain
from tests.gui.helpers import SLOW
from tests.unit.library.handmade import write_parts

Ask = Callable[[bool | None], list[tuple[str, int]]]


@pytest.fixture
def window(home: Any) -> Any:
    home.model("fake")
    return home.open()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Answers how files are to be brought in, and notes for which name, of how many, that was asked."""

    def prepare(copy: bool | None) -> list[tuple[str, int]]:
        asked: list[tuple[str, int]] = []

        def ask_how(_parent: Any, name: str, _size: int, *, count: int = 1) -> bool | None:
            asked.append((name, count))
            return copy

        monkeypatch.setattr(importing, "ask_how", ask_how)
        return asked

    return prepare


def drop(window: Any, *urls: Path | str) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl(url) if isinstance(url, str) else QUrl.fromLocalFile(str(url)) for url in urls])
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)


def told(window: Any, qtbot: Any) -> Any:
    """What the bar says once everything was brought in."""
    qtbot.waitUntil(lambda: not window.importer._busy and window.notices.notice is not None, timeout=SLOW)
    return window.notices.notice


def said(window: Any) -> str:
    """What the notice says, with its details; nothing between two imports."""
    notice = window.notices.notice
    return f"{notice.sentence} {notice.detail}" if notice else ""


def names(window: Any) -> set[str]:
    return {model.path.name for model in window._core.models.installed()}


@pytest.mark.parametrize("copy", [False, True])
def test_several_at_once(copy: bool, window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    asked = answer(copy)
    before = window._core.models.chosen().key
    files = [write_plain(tmp_path / f"{name}.gguf", seed=seed) for name, seed in (("One", 7), ("Two", 8))]
    (tmp_path / "letter.gguf").write_text("Dear reader")
    drop(window, *files, tmp_path / "letter.gguf")
    notice = told(window, qtbot)
    assert asked == [("One.gguf", 2)]
    assert names(window) == {"fake.gguf", "One.gguf", "Two.gguf"}
    assert notice.sentence == "2 models are here now. 1 file could not be imported."
    assert (notice.level, notice.actions) == (NoticeLevel.WARNING, (NoticeAction.OPEN_MODELS,))
    assert notice.detail.startswith("letter.gguf is not a model file")
    assert window._core.models.chosen().key == before, "which of them should answer, nobody has said"
    drop(window, *files)
    qtbot.waitUntil(lambda: "2 models were here already." in said(window), timeout=SLOW)


def test_a_folder_brings_what_is_in_it(window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    asked = answer(False)
    folder = tmp_path / "models of mine"
    (folder / "deeper").mkdir(parents=True)
    write_plain(folder / "One.gguf", seed=7)
    write_plain(folder / "deeper" / "Two.gguf", seed=8)
    (folder / "readme.txt").write_text("Dear reader")
    drop(window, folder)
    assert told(window, qtbot).sentence == "2 models are here now."
    assert len(asked) == 1


def test_a_folder_without_models_says_so_among_the_models(window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    asked = answer(False)
    (tmp_path / "letters").mkdir()
    window.navigation.show_models("installed")
    drop(window, tmp_path / "letters")
    assert told(window, qtbot).sentence == "There is no model file (GGUF) in letters."
    assert asked == []


def test_any_part_brings_the_whole_once(window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    asked = answer(True)
    parts = write_parts(tmp_path, "Large", 3)
    drop(window, *reversed(parts))
    assert "is here and answers" in told(window, qtbot).sentence
    window.navigation.show_models("installed")
    drop(window, write_plain(tmp_path / "Other.gguf", seed=7))
    qtbot.waitUntil(lambda: window.navigation.pane.side.list.current() == "Other", timeout=SLOW)
    assert len(asked) == 2
    assert {path.name for path in window._core.models.folder.glob("Large*")} == {part.name for part in parts}


def test_a_part_alone_names_the_others(window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    asked = answer(True)
    first, second = write_parts(tmp_path, "Large", 2)
    second.unlink()
    drop(window, first)
    assert second.name in told(window, qtbot).sentence
    assert asked == []


@pytest.mark.parametrize("name", ["letter.pdf", "weights.safetensors", "no-ending"])
def test_among_the_models_a_file_that_is_none_is_told_so(name: str, window: Any, qtbot: Any, tmp_path: Path) -> None:
    (tmp_path / name).write_text("Dear reader")
    window.navigation.show_models("installed")
    drop(window, tmp_path / name)
    notice = told(window, qtbot)
    assert notice.sentence.startswith(f"{name} is not a model file")
    assert notice.level is NoticeLevel.ERROR
    assert window.frame.current == "models"


def test_a_link_in_the_file_system_leads_to_its_file(window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    answer(False)
    real = write_plain(tmp_path / "Real.gguf", seed=7)
    (tmp_path / "Link.gguf").symlink_to(real)
    drop(window, tmp_path / "Link.gguf")
    assert "is here and answers" in told(window, qtbot).sentence
    drop(window, real)
    qtbot.waitUntil(lambda: "already here" in said(window), timeout=SLOW)
    (tmp_path / "Broken.gguf").symlink_to(tmp_path / "gone")
    drop(window, tmp_path / "Broken.gguf")
    qtbot.waitUntil(lambda: "Broken.gguf is not there" in said(window), timeout=SLOW)


def test_what_is_dropped_meanwhile_waits_for_its_turn(window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    asked = answer(False)
    for name, seed in (("One", 7), ("Two", 8)):
        write_plain(tmp_path / f"{name}.gguf", seed=seed)
        window.importer.bring_in(tmp_path / f"{name}.gguf")
    qtbot.waitUntil(lambda: names(window) >= {"One.gguf", "Two.gguf"}, timeout=SLOW)
    assert asked == [("One.gguf", 1), ("Two.gguf", 1)]


def test_a_look_that_fails_holds_up_no_other(window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    answer(False)
    window.importer.bring_in(tmp_path / f"{'long' * 100}.gguf")  # the system refuses to look for such a name
    assert told(window, qtbot).detail == "no such file"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window._core.models, "files_at", lambda _: 1 / 0)
        window.importer.bring_in(tmp_path / "One.gguf")
        qtbot.waitUntil(lambda: "ZeroDivisionError" in said(window), timeout=SLOW)
    window.importer.bring_in(write_plain(tmp_path / "One.gguf", seed=7))
    qtbot.waitUntil(lambda: "One.gguf" in names(window), timeout=SLOW)


def test_nothing_happens_to_who_says_neither(window: Any, answer: Ask, qtbot: Any, tmp_path: Path) -> None:
    asked = answer(None)
    drop(window, write_plain(tmp_path / "One.gguf", seed=7))
    qtbot.waitUntil(lambda: bool(asked) and not window.importer._busy, timeout=SLOW)
    assert window.notices.notice is None
    assert names(window) == {"fake.gguf"}


def test_an_address_of_the_hub_is_looked_up_there(window: Any, monkeypatch: pytest.MonkeyPatch, qtbot: Any) -> None:
    asked: list[str] = []
    monkeypatch.setattr(type(window._core.market), "search", lambda _self, text, _done, **_: asked.append(text))
    drop(window, "https://huggingface.co/maker/Little-GGUF/blob/main/Little-Q4_K_M.gguf")
    qtbot.waitUntil(lambda: asked == ["maker/Little-GGUF"], timeout=SLOW)
    assert window.frame.current == "models"
    assert window.navigation.pane.side.view == "hub"
    drop(window, "https://example.org/maker/Little-GGUF")
    qtbot.wait(1)
    assert asked == ["maker/Little-GGUF"]


def test_the_dialog_begins_where_the_last_files_were(
    window: Any, answer: Ask, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(False)
    path = write_plain(tmp_path / "One.gguf", seed=7)
    began: list[Path] = []

    def ask(_parent: Any, folder: Path) -> list[Path]:
        began.append(folder)
        return [path] if len(began) == 1 else []

    monkeypatch.setattr(importing, "ask_for_files", ask)
    window.importer.choose()
    told(window, qtbot)
    window.importer.choose()
    assert began == [Path.home(), tmp_path]


def test_how_the_last_import_went_is_not_said_beside_the_next_question(
    window: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "letter.gguf").write_text("Dear reader")
    drop(window, tmp_path / "letter.gguf")
    assert told(window, qtbot).level is NoticeLevel.ERROR
    beside: list[object] = []

    def ask_how(*_: Any, **__: Any) -> None:
        beside.append(window.notices.notice)

    monkeypatch.setattr(importing, "ask_how", ask_how)
    drop(window, write_plain(tmp_path / "One.gguf", seed=7))
    qtbot.waitUntil(lambda: bool(beside), timeout=SLOW)
    assert beside == [None]

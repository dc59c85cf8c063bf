"""The models pane, over parts of a core that answer by hand: what is here, what suits, what the Hub has."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core import graphics
from assistant.core.events import ModelsChanged, NoticeAction, NoticeLevel
from assistant.core.market import HeaderView
from assistant.gui.models import operations
from assistant.gui.models.hub_search import what_to_ask
from assistant.gui.widgets.models.lists import catalogue_rows
from assistant.gui.widgets.models.words import count, plain_name
from assistant.library.advice import refused
from assistant.library.downloads import State
from assistant.library.fit import Shape
from assistant.texts import set_language
from tests.fakes import tiny_models
from tests.gui.fakes import models_core as parts_of_a_core
from tests.gui.fakes.models_core import HOSTILE, FakeParts, download, found_elsewhere, repo_view, speed, verdict
from tests.gui.helpers import SLOW, child
from tests.gui.screen_reader import nameless


@pytest.fixture
def parts(home: Any) -> FakeParts:
    home.model("fake")
    home.model("other", base=True)
    window = home.open()
    found = FakeParts(window._core)
    found.window = window
    return found


@pytest.fixture
def pane(parts: FakeParts) -> Any:
    parts.window.navigation.show_models("installed")
    return parts.window.navigation.pane


def titles(pane: Any) -> list[str]:
    return [row.title for row in pane.side.list.rows.rows]


def pick(pane: Any, row: str) -> None:
    rows = pane.side.list.rows
    pane.side.list.setCurrentIndex(rows.index(rows.row_of(row)))


def words(widget: Any) -> str:
    """Everything that labels of a page say."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


# ---------------------------------------------------------------- on this computer


def test_each_control_has_the_name_that_scripts_know(pane: Any, parts: FakeParts) -> None:
    parts.downloads.add(parts_of_a_core.download())
    names = ("Installed", "Catalog", "Search", "Get", "Pause", "Cancel", "Remove", "Import", "Progress")
    for view in ("installed", "catalog", "hub"):
        pane.show_view(view)
        for name in names:
            child(parts.window, f"models{name}")
    assert child(parts.window, "navModels").isChecked()


def test_what_is_here_is_listed_and_described(pane: Any, parts: FakeParts) -> None:
    parts.measures.known["other"] = speed()
    pane.show_model("other")
    pane.refresh()
    text = words(pane.installed)
    assert titles(pane) == ["fake", "other"]
    assert "other.gguf" in text
    assert "tokens/s" in text
    assert "continues text, does not chat" in text
    assert pane.installed.verdict.sentence.text().startswith("Fits")


def test_a_model_is_used_for_chat(pane: Any, parts: FakeParts) -> None:
    used = []
    parts.models.choose("fake")
    parts.real.chosen.choose = used.append
    pick(pane, "other")
    use = child(parts.window, "modelsUse")
    use.click()
    assert used == ["other"]
    pick(pane, "fake")
    assert (use.isVisible(), use.isEnabled()) == (True, False)  # it answers; the buttons beside it stay in their places
    assert "other" in parts.window.notices.notice.sentence


def test_a_path_that_no_line_could_hold_is_shown_by_its_ends(pane: Any, parts: FakeParts) -> None:
    facts, path = pane.installed.facts, f"/home/x/.ollama/models/blobs/sha256-{'0123456789abcdef' * 4}"
    facts.show_values(place=path)
    assert facts.value("place") == "/home/x/.ollama/models/blobs/sha256-0123456789abcdef…0123456789abcdef"
    assert facts._lines["place"][1].toolTip() == path
    facts.show_values(place="/home/x/models/m.gguf")
    assert facts._lines["place"][1].toolTip() == ""


@pytest.mark.parametrize(
    "text",
    [
        "中文、English、français、português、Español、日本語，另有 31 种",
        "这台电脑有显卡（NVIDIA），但引擎不支持它。要使用它，请关闭灯下，在安装时的文件夹里运行一次命令。",
    ],
)
def test_words_of_chinese_stand_without_spaces_and_are_shown_in_full(pane: Any, text: str) -> None:
    facts = pane.installed.facts
    facts.show_values(graphics=text)
    assert facts.value("graphics") == text


def test_only_tasks_that_have_a_pane_are_offered(pane: Any, parts: FakeParts) -> None:
    pick(pane, "other")
    assert set(pane.installed._tasks) <= set(parts.window.frame.rail._buttons)
    assert child(parts.window, "modelsUseFor").isEnabled()


def test_a_task_can_have_a_model_of_its_own_and_give_it_up(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    parts.models.choose("other")
    pick(pane, "fake")
    translate = pane.installed._tasks["translate"]
    said = lambda: parts.window.notices.notice.sentence  # noqa: E731
    assert not translate.isChecked()
    translate.trigger()
    assert parts.models.tasks == {"translate": "fake"}
    assert "fake" in said()
    qtbot.waitUntil(lambda: "translates" in words(pane.installed), timeout=SLOW)
    qtbot.waitUntil(translate.isChecked, timeout=SLOW)
    translate.trigger()
    assert parts.models.tasks == {"translate": ""}
    assert "other" in said()
    qtbot.waitUntil(lambda: not translate.isChecked(), timeout=SLOW)


@pytest.mark.parametrize(
    ("built", "missing", "said"),
    [((), "cuda", "packaging/run.py --backend cuda"), (("vulkan",), "", "vulkan"), ((), "", "uses the processor")],
)
def test_a_model_says_whether_a_graphics_card_is_used(
    pane: Any, monkeypatch: pytest.MonkeyPatch, built: tuple[str, ...], missing: str, said: str
) -> None:
    monkeypatch.setattr(graphics, "built_with", lambda: frozenset(built))
    monkeypatch.setattr(graphics, "missing_backend", lambda: missing)
    pick(pane, "other")
    pane.refresh()
    assert said in pane.installed.facts.value("graphics")


def test_models_for_searching_can_be_had_and_listed_alone(pane: Any, parts: FakeParts) -> None:
    pane.show_view("catalog")
    offers = parts.market.catalogue()
    assert {row.id for row in pane.side.list.rows.rows} == {offer.model.id for offer in offers}
    pane.side.task.setCurrentIndex(pane.side.task.findData("embed"))
    pane.side.filtered.emit()
    only = {offer.model.id for offer in offers if offer.model.embed is not None}
    assert only
    assert {row.id for row in pane.side.list.rows.rows} == only


def test_a_model_for_searching_is_used_for_that_alone(pane: Any, parts: FakeParts, home: Any) -> None:
    tiny_models.write_embedding(home.paths.models / "vectors.gguf")
    parts.window._core.models._real.read()
    parts.tell(ModelsChanged())
    pick(pane, "vectors")
    page = pane.installed
    assert "Search by meaning" in pane.side.list.rows.rows[titles(pane).index("vectors")].line
    assert (page.use.text(), page.use.isEnabled()) == ("Use to search by meaning", True)
    assert not page.use_for.isEnabled()
    assert not page.buttons["measure"].isEnabled()
    assert page.buttons["verify"].isEnabled()
    page.use.click()
    assert parts.models.tasks == {"embed": "vectors"}
    assert "Search by meaning" in parts.window.notices.notice.sentence
    parts.tell(ModelsChanged())
    pane.refresh()
    assert not page.use.isEnabled()
    assert "finds the passages" in words(page)
    pane.operations.use("chat", "vectors")
    assert "does not write" in parts.window.notices.notice.sentence
    assert parts.window._core.models._real.chosen().key != "vectors"
    picker = parts.window.frame.header.picker
    assert picker.findData("vectors") == -1
    assert picker.findData("fake") >= 0


def test_a_removed_model_can_be_had_back(pane: Any, parts: FakeParts) -> None:
    pick(pane, "other")
    child(parts.window, "modelsRemove").click()
    assert titles(pane) == ["fake"]
    bar = parts.window.notices
    assert "other is removed" in bar.notice.sentence
    bar._buttons[0].click()
    assert titles(pane) == ["fake", "other"]
    assert "back" in bar.notice.sentence


def test_no_other_model_is_hit_by_the_key_or_click_after_a_removal(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    pick(pane, "fake")
    remove = child(parts.window, "modelsRemove")
    remove.setFocus()
    QTest.mouseDClick(remove, Qt.MouseButton.LeftButton)
    remove.click()
    assert parts.window.focusWidget() is pane.side.list
    QTest.keyClick(parts.window.focusWidget(), Qt.Key.Key_Space)
    assert parts.models.removed == ["fake"]
    assert titles(pane) == ["other"]
    qtbot.waitUntil(remove.isEnabled, timeout=SLOW)


def test_each_of_several_removals_is_undone_the_last_one_first(pane: Any, parts: FakeParts) -> None:
    for name in ("fake", "other"):
        pick(pane, name)
        QTest.keyClick(pane.side.list, Qt.Key.Key_Delete)
    assert titles(pane) == []
    bar = parts.window.notices
    assert "other is removed" in bar.notice.sentence
    bar._buttons[0].click()
    assert titles(pane) == ["other"]
    assert bar.notice.sentence.startswith("other is back. fake is removed")
    bar._buttons[0].click()
    assert titles(pane) == ["fake", "other"]
    assert bar.notice.sentence == "fake is back."
    assert bar._buttons[0].isHidden()


def test_after_a_removal_the_row_beside_it_is_chosen_and_after_undoing_the_one_that_is_back(home: Any) -> None:
    for name in ("a", "b", "c"):
        home.model(name)
    window = home.open()
    parts = FakeParts(window._core)
    window.navigation.show_models("installed")
    rows = window.navigation.pane.side.list
    for gone, beside in (("b", "c"), ("c", "a")):
        rows.choose(gone)
        QTest.keyClick(rows, Qt.Key.Key_Delete)
        assert rows.current() == beside
    QTest.keyClick(rows, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rows.current() == "c"
    assert parts.models.removed == ["b"]


def test_the_keyboard_stays_in_the_list_when_a_download_has_gone(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    strip = pane.downloads
    parts.downloads.add(download("A"), download("B", done=200_000))
    qtbot.waitUntil(lambda: strip._rows[-1].isVisible() and len(strip._rows) == 2, timeout=SLOW)
    child(parts.window, "modelsPause2").setFocus()
    child(parts.window, "modelsPause2").click()
    qtbot.waitUntil(child(parts.window, "modelsResume2").isVisible, timeout=SLOW)
    assert parts.window.focusWidget() is child(parts.window, "modelsResume2")  # a second press goes on, nothing else
    parts.downloads.cancel("B")
    qtbot.waitUntil(lambda: not strip._rows[1].isVisible(), timeout=SLOW)
    assert parts.window.focusWidget() is child(parts.window, "modelsCancel")
    parts.downloads.change("A", state=State.DONE)
    qtbot.waitUntil(lambda: not strip.isVisible(), timeout=SLOW)
    assert parts.window.focusWidget() is pane.side.list


def test_the_keys_come_to_the_downloads_after_the_page(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    parts.downloads.add(download("A"), download("B"))
    qtbot.waitUntil(lambda: len(pane.downloads._rows) == 2 and pane.downloads._rows[1].isVisible(), timeout=SLOW)
    names, at = [], parts.window.nextInFocusChain()
    while at is not parts.window:
        names.append(at.objectName())
        at = at.nextInFocusChain()
    wanted = ["modelsFolder", "modelsRemove", "modelsPause", "modelsCancel", "modelsPause2", "modelsCancel2"]
    assert [name for name in names if name in {*wanted, "statusEngine"}] == [*wanted, "statusEngine"]


def test_the_key_for_undoing_brings_a_model_back(pane: Any, parts: FakeParts) -> None:
    pick(pane, "other")
    QTest.keyClick(pane.side.list, Qt.Key.Key_Delete)
    QTest.keyClick(pane.side.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert titles(pane) == ["fake", "other"]
    QTest.keyClick(pane.side.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert parts.models.undone == 1


def test_who_answers_after_the_removal_is_said(pane: Any, parts: FakeParts) -> None:
    parts.models.instead = SimpleNamespace(name="other")
    pick(pane, "fake")
    child(parts.window, "modelsRemove").click()
    assert parts.window.notices.notice.sentence.endswith("ends. other answers now.")


def test_the_delete_key_removes_too(pane: Any, parts: FakeParts) -> None:
    pick(pane, "fake")
    QTest.keyClick(pane.side.list, Qt.Key.Key_Delete)
    assert parts.models.removed == ["fake"]


def test_a_model_that_answers_is_not_removed(pane: Any, parts: FakeParts) -> None:
    parts.models.busy = True
    pick(pane, "fake")
    child(parts.window, "modelsRemove").click()
    assert titles(pane) == ["fake", "other"]
    assert "at work" in parts.window.notices.notice.sentence


def test_checking_says_how_far_it_is_and_what_it_found(pane: Any, parts: FakeParts) -> None:
    pick(pane, "fake")
    button = child(parts.window, "modelsVerify")
    button.click()
    _key, done, progress = parts.models.verifying
    progress(0.42)
    assert button.text() == "Stop (42 %)"
    done(SimpleNamespace(ok=True, known=True, sha256=("a" * 64,)))
    assert "checksum is right" in parts.window.notices.notice.sentence
    assert button.text() == "Check the file"
    button.click()
    parts.models.verifying[1](AssistantError(ErrorKind.MODEL_HASH, name="fake"))
    assert "checksum is wrong" in parts.window.notices.notice.sentence
    button.click()
    button.click()
    assert parts.models.stopped == ["fake"]


def test_a_newer_version_is_told_and_not_fetched(pane: Any, parts: FakeParts) -> None:
    view = repo_view()
    parts.models.newer_found = SimpleNamespace(size=view.variants[2].variant.size, files=("m-Q4_K_M-0.gguf",))
    pane.operations._newer("fake", view)
    assert "newer version" in parts.window.notices.notice.sentence
    assert parts.market.got == []
    parts.window.notices._buttons[0].click()
    assert parts.market.got == [(view, view.variants[2].variant)]


def test_models_of_other_programs_are_offered_in_place(home: Any) -> None:
    home.model("fake")
    window = home.open()
    parts = FakeParts(window._core)
    first, *others = found_elsewhere()
    parts.models.elsewhere_found = [replace(first, extras=("adapter", "params", "unheard-of")), *others]
    window.navigation.show_models("installed")
    pane = window.navigation.pane
    rows = pane.side.list.rows.rows
    assert [row.section for row in rows] == ["", *["In other programs"] * 3]
    pick(pane, rows[1].id)
    assert "Ollama adds to it what is not used here: an adapter, sampling values." in words(pane.found)
    child(window, "modelsAdopt").setFocus()
    child(window, "modelsAdopt").click()
    assert window.focusWidget() is pane.side.list  # whose page is another one now: no key falls upon that
    assert [found.app for found in parts.models.adopted] == ["ollama"]
    assert "is here and answers from now on" in window.notices.notice.sentence


def test_the_folder_moves_after_asking_where(pane: Any, parts: FakeParts, monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(operations, "ask_for_folder", lambda *_: str(tmp_path))
    pane.side._folder_verbs["move"].trigger()
    assert parts.models.moved == [tmp_path]
    assert "The models are in " in parts.window.notices.notice.sentence


def test_a_move_that_ends_the_way_back_says_so_before(
    pane: Any, parts: FakeParts, monkeypatch: Any, tmp_path: Any
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(operations, "ask_for_folder", lambda *_: str(tmp_path))
    monkeypatch.setattr(operations, "ask", lambda *told: asked.append(told))
    pick(pane, "other")
    QTest.keyClick(pane.side.list, Qt.Key.Key_Delete)
    pane.side._folder_verbs["move"].trigger()
    assert parts.models.moved == []
    _host, question, more, doing, act = asked[0]
    assert (str(tmp_path) in question, more.endswith(": other"), doing) == (True, True, "Move the folder")
    act()
    assert parts.models.moved == [tmp_path]


# ---------------------------------------------------------------- recommended


def test_the_catalogue_tells_what_fits_for_another_context(pane: Any, parts: FakeParts) -> None:
    pane.show_view("catalog")
    rows = pane.side.list.rows.rows
    assert rows[0].section == "For this computer"
    assert {row.section for row in rows} >= {"For this computer", "Fits well", "Does not fit"}
    assert pane.offer.verdict.sentence.text().startswith("Fits well")
    before = {row.id: row.mark for row in rows}
    pane.offer.verdict.context.activated.emit(pane.offer.verdict.context.findData(131072))
    after = {row.id: row.mark for row in pane.side.list.rows.rows}
    assert before != after
    assert pane.offer.verdict.context.currentData() == 131072


def test_licence_size_and_languages_stand_there_before_the_download(pane: Any, parts: FakeParts) -> None:
    pane.show_view("catalog")
    text = words(pane.offer)
    assert "Apache-2.0" in text
    assert pane.offer.facts.value("size") in child(parts.window, "modelsGet").text()
    assert "中文" in text


def test_the_button_that_gets_one_keeps_its_width_whatever_it_says(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    pane.show_view("catalog")
    get, licence = pane.offer.get, pane.offer.licence
    qtbot.waitUntil(lambda: licence.isVisible() and licence.x() > get.width(), timeout=SLOW)
    before = get.text(), get.width(), licence.x()
    get.click()
    qtbot.waitUntil(lambda: get.text() == "In the downloads", timeout=SLOW)
    assert before[0].startswith("Get it (")
    assert get.sizeHint().width() == before[1]
    assert licence.x() == before[2]


def test_getting_one_puts_it_into_the_strip(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    pane.show_view("catalog")
    chosen = pane.side.list.current()
    get = child(parts.window, "modelsGet")
    get.setFocus()
    get.click()
    assert parts.window.focusWidget() is pane.side.list
    assert parts.market.got == [chosen]
    qtbot.waitUntil(pane.downloads.isVisible, timeout=SLOW)
    assert not get.isEnabled()
    assert pane.side.list.rows.rows[0].note == "downloading"


def test_one_that_has_stopped_goes_on_from_its_page_as_well(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    pane.show_view("catalog")
    get = child(parts.window, "modelsGet")
    get.click()
    qtbot.waitUntil(lambda: not get.isEnabled(), timeout=SLOW)
    (item,) = parts.downloads.items
    parts.downloads.change(item.id, state=State.FAILED)
    qtbot.waitUntil(get.isEnabled, timeout=SLOW)
    assert get.text() == "Resume"
    assert pane.side.list.rows.rows[0].note == "stopped"
    get.click()
    assert parts.downloads.asked == [("resume", item.id)]
    qtbot.waitUntil(lambda: get.text() == "In the downloads", timeout=SLOW)


@pytest.mark.parametrize("state", [State.QUEUED, State.WAITING])
def test_one_that_waits_is_not_said_to_be_downloading(pane: Any, parts: FakeParts, qtbot: Any, state: State) -> None:
    pane.show_view("catalog")
    note = lambda: pane.side.list.rows.rows[0].note  # noqa: E731
    child(parts.window, "modelsGet").click()
    qtbot.waitUntil(lambda: note() == "downloading", timeout=SLOW)
    (item,) = parts.downloads.items
    parts.downloads.change(item.id, state=state)
    qtbot.waitUntil(lambda: note() == "waiting", timeout=SLOW)
    assert not child(parts.window, "modelsGet").isEnabled()
    parts.downloads.change(item.id, state=State.DOWNLOADING)
    qtbot.waitUntil(lambda: note() == "downloading", timeout=SLOW)


def test_what_cannot_be_got_is_said(pane: Any, parts: FakeParts) -> None:
    parts.market.fails = AssistantError(ErrorKind.NO_SPACE, needed=5 * 10**9, free=10**9, folder="x")
    pane.show_view("catalog")
    child(parts.window, "modelsGet").click()
    assert "too full" in parts.window.notices.notice.sentence


def test_what_is_here_already_is_no_failure(pane: Any, parts: FakeParts) -> None:
    used = []
    parts.models.choose("fake")
    parts.real.chosen.choose = used.append
    parts.market.fails = AssistantError(ErrorKind.MODEL_EXISTS, name="other")
    pane.show_view("catalog")
    child(parts.window, "modelsGet").click()
    bar = parts.window.notices
    assert bar.notice.level is NoticeLevel.INFO
    assert "already here: other" in bar.notice.sentence
    assert bar._buttons[0].text() == "Use it"
    bar._buttons[0].click()
    assert used == ["other"]


def test_the_filter_finds_by_word_and_task(pane: Any, parts: FakeParts) -> None:
    pane.show_view("catalog")
    everything = len(titles(pane))
    pane.side.search.setText("gemma")
    assert all("gemma" in title.casefold() for title in titles(pane))
    assert titles(pane)
    pane.side.search.clear()
    pane.side.task.setCurrentIndex(pane.side.task.findData("translate"))
    pane.side.task.activated.emit(0)
    assert 0 < len(titles(pane)) < everything
    pane.side.search.setText("nothing is called so")
    assert titles(pane) == []
    assert parts.market.searches == []
    pane.side.hub_instead.click()
    assert parts.market.searches[0][0] == "nothing is called so"


# ---------------------------------------------------------------- the Hub


def search(pane: Any, parts: FakeParts, text: str = "qwen") -> None:
    pane.show_view("hub")
    pane.side.search.setText(text)
    QTest.keyClick(pane.side.search, Qt.Key.Key_Return)


def test_nothing_is_sent_before_enter(pane: Any, parts: FakeParts) -> None:
    pane.show_view("hub")
    QTest.keyClicks(pane.side.search, "qwen")
    assert parts.market.searches == []
    QTest.keyClick(pane.side.search, Qt.Key.Key_Return)
    assert [asked[:3] for asked in parts.market.searches] == [("qwen", "downloads", "")]


def test_the_keys_go_over_the_views_and_stay_among_them(pane: Any, parts: FakeParts) -> None:
    pane.show_view("installed")
    views = pane.side.views
    views.setFocus()
    for view in ("catalog", "hub"):
        QTest.keyClick(views, Qt.Key.Key_Down)
        assert (pane.side.view, parts.window.focusWidget()) == (view, views)
    QTest.keyClick(views, Qt.Key.Key_Return)
    assert parts.window.focusWidget() is pane.side.search


def test_an_order_alone_asks_nothing(pane: Any, parts: FakeParts) -> None:
    pane.show_view("hub")
    pane.side.sort.setCurrentIndex(1)
    pane.side.sort.activated.emit(1)
    pane.side.search.setText("not sent yet")
    pane.side.sort.activated.emit(1)
    assert parts.market.searches == []
    QTest.keyClick(pane.side.search, Qt.Key.Key_Return)
    assert parts.market.searches[0][:2] == ("not sent yet", pane.side.sort.currentData())


def test_a_model_that_does_not_chat_says_so_in_its_row(parts: FakeParts) -> None:
    offers = [replace(offer, installed="key") for offer in parts.market.catalogue()]
    lines = {row.id: row.line for row in catalogue_rows(offers, "", "")}
    for offer in offers:
        purpose = "Search by meaning" if offer.model.embed is not None else "not for chat"
        assert lines[offer.model.id].endswith(purpose) == ("chat" not in offer.model.tasks)


def test_a_search_has_pages_and_an_order(pane: Any, parts: FakeParts) -> None:
    search(pane, parts)
    parts.market.searches[0][3](parts.market.find(30))
    assert len(titles(pane)) == 30
    assert pane.side.more.isVisible()
    pane.side.more.click()
    parts.market.searches[1][3](parts.market.find(30, following=""))
    assert len(titles(pane)) == 60
    assert not pane.side.more.isVisible()
    pane.side.sort.setCurrentIndex(pane.side.sort.findData("likes"))
    pane.side.sort.activated.emit(1)
    assert parts.market.searches[2][:3] == ("qwen", "likes", "")
    assert titles(pane) == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("  qwen 4b ", "qwen 4b"),
        ("https://huggingface.co/Qwen/Qwen3-4B-GGUF", "Qwen/Qwen3-4B-GGUF"),
        ("https://hf-mirror.com/Qwen/Qwen3-4B-GGUF/tree/main?x=1", "Qwen/Qwen3-4B-GGUF"),
        ("https://huggingface.co", "https://huggingface.co"),
    ],
)
def test_a_pasted_address_finds_its_repository(text: str, asked: str) -> None:
    assert what_to_ask(text) == asked


def test_a_search_can_be_stopped(pane: Any, parts: FakeParts) -> None:
    search(pane, parts)
    assert pane.empty.button.text() == "Stop"
    pane.empty.button.click()
    assert parts.market.cancelled == 1
    assert pane.empty.button.text() == "Show the most downloaded"


def test_an_answer_of_an_earlier_search_is_dropped(pane: Any, parts: FakeParts) -> None:
    search(pane, parts, "first")
    search(pane, parts, "second")
    assert parts.market.cancelled == 1
    parts.market.searches[0][3](parts.market.find(5))
    assert titles(pane) == []


def test_a_repository_shows_its_files_and_gets_the_chosen_one(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    search(pane, parts)
    parts.market.searches[0][3](parts.market.find(3))
    pick(pane, pane.side.list.rows.rows[0].id)
    qtbot.waitUntil(lambda: bool(parts.market.looks), timeout=SLOW)
    name, done = parts.market.looks[0]
    view = repo_view(name)
    done(view)
    assert pane.stack.currentWidget() is pane.repo
    assert pane.repo.variants.current() == "Q4_K_M"
    assert "Licence: apache-2.0" in words(pane.repo)
    assert "estimate" in pane.repo.verdict.sentence.text()
    child(parts.window, "modelsLook").click()
    label, told = parts.market.headers[0]
    told(HeaderView(verdict(12 * 10**9)))
    assert label == "Q4_K_M"
    assert "estimate" not in pane.repo.verdict.sentence.text()
    look = child(parts.window, "modelsLook")
    assert (look.isVisible(), look.isEnabled()) == (True, False)
    sentence = pane.repo.verdict.sentence.text()
    box = pane.repo.verdict.context
    box.setCurrentIndex(box.findData(65536))
    box.activated.emit(box.currentIndex())
    assert pane.repo.verdict.sentence.text() != sentence
    assert box.currentData() == 65536
    assert len(parts.market.looks) == len(parts.market.headers) == 1  # nobody was asked again
    assert pane.repo.variants.rows.rows[2].mark == "danger"
    get = child(parts.window, "modelsGet")
    get.click()
    assert [what[1] for what in parts.market.got] == [view.variants[2].variant]
    assert (get.text(), get.isEnabled()) == ("In the downloads", False)
    parts.models.origins = {"Q4_K_M-0": "fake"}
    parts.downloads.cancel("d-Q4_K_M")
    qtbot.waitUntil(lambda: get.text() == "Use for chat", timeout=SLOW)
    assert pane.repo.variants.rows.rows[2].note == "here"


@pytest.mark.parametrize(("template", "words"), [(True, "in the file"), (False, "none: it continues text")])
def test_a_look_into_a_file_tells_what_model_it_is(
    template: bool, words: str, pane: Any, parts: FakeParts, qtbot: Any
) -> None:
    search(pane, parts)
    parts.market.searches[0][3](parts.market.find(1))
    pick(pane, pane.side.list.rows.rows[0].id)
    qtbot.waitUntil(lambda: bool(parts.market.looks), timeout=SLOW)
    name, done = parts.market.looks[0]
    view = repo_view(name)
    done(replace(view, facts=msgspec.structs.replace(view.facts, architecture="", parameters=0, context=0)))
    facts = pane.repo.facts
    assert [facts.value(key) for key in ("kind", "context", "template")] == ["", "", ""]
    child(parts.window, "modelsLook").click()
    _, told = parts.market.headers[0]
    header = HeaderView(verdict(1), "lfm2", 32768, 1_200_000_000, template, shape=Shape.guess(10**9), size=10**9)
    told(header)
    assert facts.value("kind") == "1.2B · lfm2"
    assert facts.value("context").startswith("32,768")
    assert facts.value("template").startswith(words)
    other = next(row.id for row in pane.repo.variants.rows.rows if row.id != pane.repo.variants.current())
    pane.repo.variants.choose(other)
    pane.repo._show_variant()
    assert facts.value("template") == ""  # nobody has looked into that one


def test_what_cannot_run_for_its_kind_is_not_called_an_estimate(pane: Any, parts: FakeParts) -> None:
    view = repo_view()
    pane.repo.show_repo(view, token=False)
    assert pane.repo.verdict.sentence.text().endswith("This is an estimate from its size.")
    unknown = refused(AssistantError(ErrorKind.MODEL_UNSUPPORTED, architecture="futurenet"))
    pane.repo.show_repo(
        replace(view, variants=tuple(replace(one, verdict=unknown) for one in view.variants)), token=False
    )
    assert pane.repo.verdict.sentence.text() == "Cannot run here: this version does not know its kind (futurenet)."


def test_after_a_look_into_a_file_no_key_opens_its_page(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    search(pane, parts)
    parts.market.searches[0][3](parts.market.find(3))
    pick(pane, pane.side.list.rows.rows[0].id)
    qtbot.waitUntil(lambda: bool(parts.market.looks), timeout=SLOW)
    parts.market.looks[0][1](repo_view(parts.market.looks[0][0]))
    look = child(parts.window, "modelsLook")
    look.setFocus()
    look.click()
    parts.market.headers[0][1](HeaderView(verdict(2_740_000_000), "qwen35"))
    assert not look.isEnabled()
    assert parts.window.focusWidget() is pane.repo.variants


def test_where_a_mirror_would_need_the_token_the_way_leads_to_the_source(pane: Any, parts: FakeParts) -> None:
    notices = parts.window.notices
    pane.operations.tell(AssistantError(ErrorKind.HUB_GATED, repo="maker/model", mirror="mirror.example"))
    assert (notices.notice.actions, notices.notice.setting) == ((NoticeAction.OPEN_SETTINGS,), "hub_endpoint")
    pane.operations.tell(AssistantError(ErrorKind.HUB_GATED, repo="maker/model"))
    assert (notices.notice.actions, notices.notice.setting) == ((NoticeAction.GIVE_TOKEN,), "")


def test_that_a_token_is_missing_is_said_no_longer_once_there_is_one(pane: Any, parts: FakeParts) -> None:
    notices = parts.window.notices
    pane.operations.tell(AssistantError(ErrorKind.HUB_GATED, repo="maker/model"))
    assert "terms" in notices.notice.sentence
    pane.token_changed()
    assert notices.notice is None
    pane.operations.tell(AssistantError(ErrorKind.MODEL_HASH, name="other"))
    pane.token_changed()
    assert notices.notice is not None


def test_a_look_into_a_file_can_be_stopped_and_holds_up_no_other(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    search(pane, parts)
    parts.market.searches[0][3](parts.market.find(3))
    pick(pane, pane.side.list.rows.rows[0].id)
    qtbot.waitUntil(lambda: bool(parts.market.looks), timeout=SLOW)
    parts.market.looks[0][1](repo_view(parts.market.looks[0][0]))
    look = child(parts.window, "modelsLook")
    look.click()
    assert (look.text(), look.isEnabled()) == ("Stop looking", True)
    look.click()
    assert parts.market.headers_stopped == ["Q4_K_M"]
    assert look.text() == "Look into the file"
    look.click()
    variants = pane.repo.variants
    variants.setCurrentIndex(variants.rows.index(0))
    assert (look.text(), look.isEnabled()) == ("Look into the file", True)
    look.click()
    assert parts.market.headers_stopped == ["Q4_K_M", "Q4_K_M"]
    assert parts.market.headers[-1][0] == variants.current()
    parts.market.headers[-1][1](AssistantError(ErrorKind.NET_STALLED, host="hub", seconds=60))
    assert look.text() == "Look into the file"
    assert "Nothing has come" in parts.window.notices.notice.sentence


def test_a_file_of_a_repository_that_has_stopped_coming_goes_on_from_its_page(
    pane: Any, parts: FakeParts, qtbot: Any
) -> None:
    search(pane, parts)
    parts.market.searches[0][3](parts.market.find(3))
    pick(pane, pane.side.list.rows.rows[0].id)
    qtbot.waitUntil(lambda: bool(parts.market.looks), timeout=SLOW)
    parts.market.looks[0][1](repo_view(parts.market.looks[0][0]))
    get = child(parts.window, "modelsGet")
    get.click()
    qtbot.waitUntil(lambda: get.text() == "In the downloads", timeout=SLOW)
    parts.downloads.pause("d-Q4_K_M")
    qtbot.waitUntil(lambda: (get.text(), get.isEnabled()) == ("Resume", True), timeout=SLOW)


def test_going_through_the_list_by_key_does_not_ask_for_each(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    search(pane, parts)
    parts.market.searches[0][3](parts.market.find(20))
    for _ in range(10):
        QTest.keyClick(pane.side.list, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bool(parts.market.looks), timeout=SLOW)
    assert len(parts.market.looks) == 1
    assert parts.market.looks[0][0] == pane.side.list.current()


def test_consent_is_explained_and_the_token_asked_for(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    search(pane, parts)
    parts.market.searches[0][3](parts.market.find(3))
    pick(pane, pane.side.list.rows.rows[0].id)
    qtbot.waitUntil(lambda: bool(parts.market.looks), timeout=SLOW)
    name, done = parts.market.looks[0]
    done(repo_view(name, gated=True))
    assert "agree to their terms" in words(pane.repo)
    pane.repo._token.click()
    dialog = child(parts.window, "tokenDialog")
    dialog.field.setText("  hf_secret ")
    dialog.save.click()
    assert parts.network.tokens == ["  hf_secret "]
    assert parts.downloads.gated_resumed == 1
    assert dialog.field.text() == ""
    assert "password store" in dialog._state.text()
    dialog.reject()
    pane.refresh()
    qtbot.waitUntil(lambda: len(parts.market.looks) == 2, timeout=SLOW)
    parts.market.looks[1][1](repo_view(name, gated=True))
    assert "token is set" in words(pane.repo)
    parts.real.settings.set("hub_endpoint", "https://hf-mirror.com")
    qtbot.waitUntil(lambda: len(parts.market.looks) == 3, timeout=SLOW)
    parts.market.looks[2][1](repo_view(name, gated=True, source="hf-mirror.com"))
    assert "hf-mirror.com is a mirror, which never gets an access token" in words(pane.repo)
    assert "token is set" not in words(pane.repo)
    assert not pane.repo._token.isVisibleTo(pane.repo)
    wanted: list[str] = []
    pane.settings_wanted.connect(wanted.append)
    pane.repo._settings.click()
    assert wanted == ["hub_endpoint"]


@pytest.mark.parametrize(
    ("kind", "said", "button"),
    [(ErrorKind.OFFLINE, "offline", "Connections…"), (ErrorKind.NET_UNREACHABLE, "cannot be reached", "Try again")],
)
def test_trouble_is_said_in_the_place_of_the_answer(
    kind: ErrorKind, said: str, button: str, pane: Any, parts: FakeParts
) -> None:
    search(pane, parts)
    parts.network.refuses = kind is ErrorKind.OFFLINE
    parts.market.searches[0][3](AssistantError(kind, host="huggingface.co"))
    assert said in words(pane.empty)
    assert pane.empty.button.text() == button
    pane.empty.button.setFocus()
    pane.empty.button.click()
    if kind is ErrorKind.OFFLINE:
        child(parts.window, "connectionsDialog").accept()
        assert not pane.empty.settings.isVisible()
    else:
        assert len(parts.market.searches) == 2
        assert parts.window.focusWidget() is pane.side.list


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        (ErrorKind.NET_UNREACHABLE, "hub_endpoint"),
        (ErrorKind.NET_PROXY, "proxy"),
        (ErrorKind.NET_CERTIFICATE, "certificates"),
        (ErrorKind.CERTIFICATE_FILE, "certificates"),
        (ErrorKind.NET_PORTAL, ""),
    ],
)
def test_what_a_setting_may_mend_leads_there(
    kind: ErrorKind, setting: str, pane: Any, parts: FakeParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(pane, parts)
    parts.market.searches[0][3](AssistantError(kind, host="huggingface.co"))
    shown: list[str] = []
    monkeypatch.setattr(parts.window.settings, "show_setting", shown.append)
    assert pane.empty.settings.isVisible() is bool(setting)
    if setting:
        pane.empty.settings.click()
        assert parts.window.frame.current == "settings"
        assert shown == [setting]


def test_the_page_follows_the_switch_for_connections(pane: Any, parts: FakeParts) -> None:
    search(pane, parts)
    parts.market.searches[0][3](AssistantError(ErrorKind.NET_UNREACHABLE, host="huggingface.co"))
    assert pane.empty.button.text() == "Try again"
    parts.real.settings.set("offline", True)
    assert "offline" in words(pane.empty)
    assert pane.empty.button.text() == "Connections…"
    parts.real.settings.set("offline", False)
    assert "cannot be reached" in words(pane.empty)
    search(pane, parts)
    parts.market.searches[1][3](AssistantError(ErrorKind.OFFLINE))
    assert "offline" not in words(pane.empty)
    assert pane.empty.button.text() == "Try again"
    assert len(parts.market.searches) == 2  # the switch alone sends nothing


def test_hostile_names_are_shown_harmlessly(pane: Any, parts: FakeParts, qtbot: Any) -> None:
    search(pane, parts)
    found = parts.market.find(1)
    row = msgspec.structs.replace(found.repos[0], repo=f"evil/{HOSTILE}")
    parts.market.searches[0][3](msgspec.structs.replace(found, repos=(row,)))
    (shown,) = titles(pane)
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "⟦RLO⟧" in shown
    pick(pane, row.repo)
    qtbot.waitUntil(lambda: bool(parts.market.looks), timeout=SLOW)
    name, done = parts.market.looks[0]
    assert name == row.repo
    done(repo_view(row.repo))
    for label in parts.window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText, label.text()
    assert "\u202e" not in words(pane.repo)


def test_a_name_without_end_is_cut() -> None:
    assert len(plain_name("x" * 100_000)) == 300
    assert plain_name("two\nlines\tand tabs") == "two lines and tabs"
    assert plain_name(" 空闲\u200921.7 GB\n") == "空闲\u200921.7 GB", "as sentences in Chinese are written"


@pytest.mark.parametrize(
    ("number", "english", "chinese"),
    [
        (9_999, "9,999", "9,999"), (10_000, "10k", "1\u2009万"), (123_456, "123k", "12.3\u2009万"),
        (3_400_000, "3.4M", "340\u2009万"), (120_000_000, "120.0M", "1.2\u2009亿"),
    ],
)  # fmt: skip
def test_large_counts_are_short_as_each_language_counts(number: int, english: str, chinese: str) -> None:
    assert count(number) == english
    set_language("zh_CN")
    assert count(number) == chinese


# ---------------------------------------------------------------- everybody, quickly


@pytest.mark.parametrize("view", ["installed", "catalog", "hub"])
def test_everything_has_a_name_and_keys_reach_it(view: str, pane: Any, parts: FakeParts) -> None:
    parts.downloads.add(parts_of_a_core.download(), parts_of_a_core.download("Second", state="queued", done=0))
    pane.show_view(view)
    assert nameless(parts.window) == []
    parts.window.frame.show_pane("chat")
    parts.window.verbs["models"].trigger()
    assert parts.window.frame.current == "models"
    assert parts.window.focusWidget() is pane.side.list
    parts.window.frame.search()
    assert parts.window.focusWidget() is child(parts.window, "modelsSearch")


def test_words_follow_the_language_in_place(pane: Any, parts: FakeParts) -> None:
    parts.real.settings.set("language", "zh_CN")
    assert child(parts.window, "navModels").text() == "模型"
    parts.real.settings.set("language", "en")
    assert child(parts.window, "navModels").text() == "Models"
    assert pane.side.views.item(1).text() == "Recommended"


def test_long_lists_do_not_hold_the_window(pane: Any, parts: FakeParts, qtbot: Any, heartbeat: Any) -> None:
    pane.show_view("catalog")
    search(pane, parts)
    qtbot.wait(200)
    heartbeat.restart()
    parts.market.searches[0][3](parts.market.find(200))
    qtbot.wait(100)
    parts.tell(ModelsChanged())
    qtbot.wait(100)
    assert len(titles(pane)) == 200
    assert heartbeat.longest < 0.1


def test_what_is_left_of_downloads_goes_after_asking(pane: Any, parts: FakeParts, qtbot: Any, monkeypatch: Any) -> None:
    asked: list[str] = []
    parts.downloads.queue.left = [SimpleNamespace(name="given-up.gguf", size=3_000_000_000)]

    def agree(_host: Any, question: str, more: str, _doing: str, act: Any) -> None:
        asked.extend([question, more])
        act()

    monkeypatch.setattr(operations, "ask", agree)
    pane.side._folder_verbs["clean"].trigger()
    assert "1 cancelled download" in asked[0]
    assert "3.0 GB" in asked[1]
    qtbot.waitUntil(lambda: parts.downloads.queue.left == [], timeout=SLOW)
    bar = parts.window.notices
    qtbot.waitUntil(lambda: bar.notice is not None and "is deleted" in bar.notice.sentence, timeout=SLOW)
    pane.side._folder_verbs["clean"].trigger()
    assert "Nothing is left" in parts.window.notices.notice.sentence


def test_the_chosen_row_stays_in_sight_with_another_size_of_text_or_window(
    pane: Any, parts: FakeParts, qtbot: Any
) -> None:
    window = parts.window
    window.resize(1100, 700)
    window.show()
    pane.show_view("catalog")
    rows = pane.side.list
    rows.setFocus()
    for _ in range(4):
        QTest.keyClick(rows, Qt.Key.Key_Down)

    def in_sight() -> bool:
        return rows.viewport().rect().contains(rows.visualRect(rows.currentIndex()))

    qtbot.waitUntil(in_sight, timeout=SLOW)
    for size, height in ((200, 700), (200, 480), (100, 900), (100, 480)):
        window._core.settings.set("text_size", size)
        window.resize(1100, height)
        qtbot.wait(30)
        qtbot.waitUntil(in_sight, timeout=SLOW)
    rows.verticalScrollBar().setValue(rows.verticalScrollBar().maximum())
    away = rows.verticalScrollBar().value()
    window.resize(1100, 470)
    qtbot.wait(30)
    assert rows.verticalScrollBar().value() >= away, "whoever looks at other rows is not torn away"


def test_a_row_that_is_chosen_by_the_program_comes_into_sight(pane: Any, parts: FakeParts) -> None:
    parts.window.resize(900, 480)
    parts.window.show()
    pane.show_view("catalog")
    rows = pane.side.list
    last = rows.rows.rows[-1].id
    assert rows.choose(last)
    assert rows.visualRect(rows.currentIndex()).intersects(rows.viewport().rect())

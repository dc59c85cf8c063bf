"""Colours that can be read, in both themes; sizes that follow; the system's wishes."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QFontMetricsF
from PySide6.QtWidgets import QApplication

from assistant.base.assets import resources
from assistant.gui import theme as theme_module
from assistant.gui.theme import Theme, contrast, load_tokens
from assistant.gui.widgets.controls import SearchLine

READ = [
    *((text, ground) for text in ("text", "quiet") for ground in ("page", "surface", "rail", "hover")),
    *(("text", wash) for wash in ("lamp_wash", "danger_wash", "good_wash")),
    ("quiet", "lamp_wash"),
    *(("lamp", ground) for ground in ("page", "surface", "rail", "lamp_wash")),
    *(("danger", ground) for ground in ("page", "surface", "rail", "danger_wash")),
    ("good", "page"),
    ("good", "good_wash"),
    ("on_lamp", "lamp"),
    ("on_lamp", "lamp_strong"),
]


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ)
def test_text_can_be_read(name: str, text: str, ground: str) -> None:
    tokens = load_tokens(name)
    assert contrast(QColor(tokens[text]), QColor(tokens[ground])) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("step", ["lamp/12", "lamp/24", "lamp/40"])
def test_text_can_be_read_on_every_step_of_being_unsure(name: str, step: str) -> None:
    tokens = load_tokens(name)
    share = float(step.split("/")[1]) / 100
    page, lamp = QColor(tokens["page"]), QColor(tokens["lamp"])
    mixed = QColor.fromRgbF(
        *(
            (1 - share) * below + share * above
            for below, above in zip(page.getRgbF()[:3], lamp.getRgbF()[:3], strict=True)
        )
    )
    assert contrast(QColor(tokens["text"]), mixed) >= 4.5


def test_contrast_is_counted_as_the_standard_does() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


def test_both_themes_say_the_same_words() -> None:
    assert load_tokens("light").keys() == load_tokens("dark").keys()


def words_of_the_room() -> tuple[set[str], set[str]]:
    """All short strings in the room of the window, and those that name an icon."""
    strings, icons = set(), set()
    for path in (resources().parent / "assistant" / "gui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                at = {"IconButton": 2, "icon": 0, "pixmap": 0}.get(name)
                if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                    icons.add(node.args[at].value)
    return strings, icons


def test_every_icon_that_is_named_is_there_and_every_one_there_is_used() -> None:
    strings, named = words_of_the_room()
    there = {path.stem for path in (resources() / "icons").glob("*.svg")}
    assert len(named) > 8
    assert named <= there
    assert not there - strings - {"lamplight"}


@pytest.fixture
def theme(qapp: QApplication) -> Any:
    made = Theme(qapp)
    made.apply(wish="light", scale=1.0)
    yield made
    made.apply(wish="light", scale=1.0)
    made.deleteLater()


def test_a_wish_is_followed_at_once(theme: Theme, qtbot: Any) -> None:
    assert not theme.dark
    with qtbot.waitSignal(theme.changed, timeout=1000):
        theme.apply(wish="dark")
    assert theme.dark
    assert QApplication.palette().window().color() == QColor(load_tokens("dark")["page"])


def test_without_a_wish_the_system_is_followed(
    theme: Theme, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = [False]
    monkeypatch.setattr(theme_module, "system_is_dark", lambda _app: system[0])
    theme.apply(wish="system")
    for dark in (True, False):
        system[0] = dark
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        assert theme.dark is dark


def test_the_same_wish_twice_changes_nothing(theme: Theme, qtbot: Any) -> None:
    with qtbot.assertNotEmitted(theme.changed, wait=20):
        theme.apply(wish="light", scale=1.0)


def test_everything_grows_with_the_text(theme: Theme) -> None:
    small = (theme.px(1), theme.column_width(), theme.font("reading").pointSizeF())
    theme.apply(scale=2.0)
    large = (theme.px(1), theme.column_width(), theme.font("reading").pointSizeF())
    assert all(1.8 < two / one < 2.2 for one, two in zip(small, large, strict=True))


def test_the_column_holds_72_characters(theme: Theme) -> None:
    line = "The moon pulls on the water nearest to it a little more than on the land"
    assert len(line) == 72
    width = QFontMetricsF(theme.font("reading")).horizontalAdvance(line)
    assert width == pytest.approx(theme.column_width(), rel=0.08)


def test_a_high_contrast_theme_of_the_system_wins(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme_module, "system_wants_contrast", lambda: True)
    theme.apply(wish="dark")
    ours = set(filter(lambda value: isinstance(value, str), load_tokens("dark").values()))
    used = {theme.color(name).name().upper() for name in load_tokens("dark") if name != "dark"}
    assert not used & {value.upper() for value in ours if value.upper() not in ("#FFFFFF", "#000000")}
    for ground in ("page", "surface", "lamp_wash", "danger_wash", "hover"):
        assert contrast(theme.color("text"), theme.color(ground)) >= 4.5
    assert theme.color("lamp_wash") != theme.color("page")


def test_nothing_moves_when_the_system_says_so(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme_module, "system_allows_motion", lambda _app: False)
    assert theme.fade_ms() == 0
    assert not theme.moves()


def test_an_icon_is_drawn_in_the_tokens_colour(theme: Theme) -> None:
    picture = theme.pixmap("plus", "danger", 24, 1).toImage()
    middle = picture.pixelColor(12, 12)
    assert middle.alpha() > 200
    assert abs(middle.red() - theme.color("danger").red()) < 8


def test_the_cross_that_empties_a_search_is_drawn_as_the_icons_are(qapp: QApplication) -> None:
    """Two lines, not the disc of Qt's own."""
    line = SearchLine("search")
    clear = line.findChild(QAction, "_q_qlineeditclearaction")
    assert isinstance(clear, QAction)
    cross = clear.icon().pixmap(16, 16).toImage()
    assert cross.pixelColor(cross.rect().center()).alpha() > 0
    assert cross.pixelColor(cross.width() // 2, cross.height() // 5).alpha() == 0

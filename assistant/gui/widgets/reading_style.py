"""How a conversation is set: fonts, line heights, distances and colours, computed once per theme and size of text."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QGuiApplication, QTextOption

from assistant.base.assets import resources
from assistant.gui.theme import COLUMN_CHARACTERS, TARGET

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

LINE = 1.5  # line heights in units of the font's size
CODE_LINE = 1.45
HEADING_LINE = 1.3
_HEADINGS = {1: "h1", 2: "h2", 3: "h3"}


@cache
def code_tokens(name: str) -> dict[str, str]:
    """The colours of highlighted code in ``light`` or ``dark``."""
    tokens: dict[str, dict[str, str]] = json.loads((resources() / "theme" / "code.json").read_text("utf-8"))
    return tokens[name]


class ReadingStyle:
    """What every part of a transcript asks while it is laid out or painted. Lengths in device-independent pixels."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.reading = theme.font("reading")
        self.code = _resolved(theme.font("code"))
        self.quiet = theme.font("quiet")
        self.em = self.size_of(self.reading)
        self.line = round(self.em * LINE)
        self.baseline = self.line * 0.8  # of the first line, from its top: where Qt puts it in a line of fixed height
        self.code_line = round(self.size_of(self.code) * CODE_LINE)
        self.quiet_line = round(self.size_of(self.quiet) * LINE)
        self.row = max(TARGET, theme.px(2.2))  # of buttons
        self.icon = theme.small_icon()
        self.indent = round(self.em * 1.65)
        self.quote_indent = round(self.em * 1.1)
        self.column = theme.column_width()
        self.character = self.column / COLUMN_CHARACTERS  # the mean width of one
        self.code_character = QFontMetricsF(self.code).horizontalAdvance("0")

        self.page = theme.color("page")
        self.text = theme.color("text")
        self.quiet_text = theme.color("quiet")
        self.hairline = theme.color("hairline")
        self.edge = theme.color("edge")
        self.lamp = theme.color("lamp")
        self.bubble = theme.color("lamp_wash")
        self.danger = theme.color("danger")
        self.selection = theme.color("lamp/28")
        self.selection_away = theme.color("lamp/16")  # while the window is not active
        tokens = code_tokens("dark" if theme.dark else "light")
        if theme.high_contrast:
            tokens = {name: theme.color("text").name() for name in tokens} | {"box": theme.color("surface").name()}
        self.code_colors = {name: QColor(value) for name, value in tokens.items()}
        self.code_box = self.code_colors["box"]
        self.wrap = QTextOption()
        self.wrap.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.wrap.setTabStopDistance(4 * self.code_character)

    def width_of(self, text: str) -> float:
        """How wide ``text`` is in the reading font."""
        return QFontMetricsF(self.reading).horizontalAdvance(text)

    @staticmethod
    def size_of(font: QFont) -> float:
        """The size of ``font`` in pixels."""
        return QFontInfo(font).pixelSize() if font.pointSizeF() <= 0 else font.pointSizeF() * _dpi() / 72

    def heading(self, level: int) -> QFont:
        """The font of a heading of ``level`` 1 to 6."""
        font = self.theme.font(_HEADINGS.get(level, "reading"))
        font.setWeight(QFont.Weight.DemiBold)  # few systems' fonts have a medium weight, which then looks like none
        return font


def _resolved(font: QFont) -> QFont:
    """``font`` with the real name of its first family: an alias (``monospace``) would give way to the second one."""
    first, *others = font.families()
    font.setFamilies([QFontInfo(QFont(first)).family(), *others])
    return font


def _dpi() -> float:
    screen = QGuiApplication.primaryScreen()
    return screen.logicalDotsPerInchY() if screen else 96.0

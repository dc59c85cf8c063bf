"""Colours, sizes and icons of the window, from the tokens in ``resources/theme/``.

One :class:`Theme` belongs to the application. Widgets ask it for a colour, a size or an icon and listen to ``changed``,
which comes when the system or the user switches between light and dark, or changes the size of text. A high-contrast
theme of the system wins: then the tokens are taken from the system's palette and nothing is coloured by us.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from string import Template
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QFontMetrics,
    QFontMetricsF,
    QGuiApplication,
    QIcon,
    QImage,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QWidget

from assistant.base.assets import resources
from assistant.texts import current_language

SPACE = 8  # everything stands on multiples of this, in device-independent pixels (4 inside a control)
FADE_MS = 120
TARGET = 32  # the least side of something to press
COLUMN_CHARACTERS = 72

_SAMPLE = "a quiet desk in the evening, with warm paper and one lamp on it; somebody writes a letter there"
_SIZES = {"quiet": 0.9, "base": 1.0, "reading": 1.07, "code": 0.95, "h3": 1.15, "h2": 1.3, "h1": 1.6}
_HAN_FAMILIES = {
    "zh": ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    "ja": ("Noto Sans CJK JP", "Source Han Sans", "IPAGothic"),
    "ko": ("Noto Sans CJK KR", "Source Han Sans K", "NanumGothic"),
}


def load_tokens(name: str) -> dict[str, Any]:
    """The tokens of ``light`` or ``dark``: name to ``#RRGGBB``, and ``dark`` (bool)."""
    tokens: dict[str, Any] = json.loads((resources() / "theme" / f"{name}.json").read_text("utf-8"))
    return tokens


@cache
def _sheet() -> Template:
    return Template((resources() / "theme" / "window.qss").read_text("utf-8"))


@cache
def _svg(name: str) -> str:
    return (resources() / "icons" / f"{name}.svg").read_text("utf-8")


class Theme(QObject):
    """What the window looks like now.

    Signals: ``changed()`` after colours or sizes have changed and palette, font and style sheet are set.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._wish = "system"
        self._scale = 1.0
        self._system_font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        self._fixed_font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._tokens: dict[str, Any] = load_tokens("light")
        self._applied: tuple[object, ...] = ()
        self._windows: list[QWidget] = []
        self._icons: dict[tuple[str, str, str, int], QIcon] = {}
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    # -------------------------------------------------------------- asking

    @property
    def dark(self) -> bool:
        """Whether light text stands on a dark page."""
        return bool(self._tokens["dark"])

    @property
    def high_contrast(self) -> bool:
        """Whether the system asks for high contrast, so that its own colours are used."""
        return system_wants_contrast()

    def color(self, token: str) -> QColor:
        """The colour of a token; ``lamp/24`` is the lamp at 24 % opacity."""
        name, _, percent = token.partition("/")
        color = QColor(self._tokens[name])
        if percent:
            color.setAlphaF(float(percent) / 100)
        return color

    def font(self, size: str = "base", *, medium: bool = False) -> QFont:
        """The interface font in one of the sizes quiet, base, reading, code (the fixed font), h3, h2, h1."""
        font = QFont(self._app.font())
        if size == "code":
            font.setFamilies(_families(self._fixed_font))
            font.setFixedPitch(True)
        font.setPointSizeF(self._base_points() * _SIZES[size])
        if medium:
            font.setWeight(QFont.Weight.Medium)
        return font

    def px(self, em: float) -> int:
        """``em`` times the height of the interface font, in device-independent pixels."""
        return max(1, round(QFontInfo(self._app.font()).pixelSize() * em))

    def small_icon(self) -> int:
        """The side of an icon beside quiet words."""
        return max(16, self.px(1.15))

    def column_width(self) -> int:
        """The width of the column that is read: 72 characters of reading text, as English has them."""
        metrics = QFontMetricsF(self.font("reading"))
        return round(metrics.horizontalAdvance(_SAMPLE) / len(_SAMPLE) * COLUMN_CHARACTERS)

    def moves(self) -> bool:
        """Whether things may fade in: not when the system asks for less motion."""
        return system_allows_motion(self._app)

    def fade_ms(self) -> int:
        """How long something that appears fades in, 0 when the system asks for less motion."""
        return FADE_MS if self.moves() else 0

    def icon(self, name: str, token: str = "quiet", *, on: str = "", size: int = 20) -> QIcon:
        """The line icon ``name`` coloured by ``token`` (checked: by ``on``); disabled ones are paler."""
        key = (name, token, on, size)
        icon = self._icons.get(key)
        if icon is None:
            icon = QIcon()
            for ratio in sorted({screen.devicePixelRatio() for screen in self._app.screens()} or {1.0}):
                icon.addPixmap(self.pixmap(name, token, size, ratio))
                pale = self.color("quiet" if token == "on_lamp" else token)  # for there the lamp is out as well
                pale.setAlphaF(0.4)
                icon.addPixmap(_render(name, pale, size, ratio), QIcon.Mode.Disabled)
                if on:
                    icon.addPixmap(self.pixmap(name, on, size, ratio), QIcon.Mode.Normal, QIcon.State.On)
            self._icons[key] = icon
        return icon

    def pixmap(self, name: str, token: str, size: int = 20, ratio: float | None = None) -> QPixmap:
        """One icon as a picture of ``size`` device-independent pixels."""
        return _render(name, self.color(token), size, ratio or self._app.devicePixelRatio())

    def lamp(self, size: int, ratio: float | None = None) -> QPixmap:
        """The program's own sign."""
        ratio = ratio or self._app.devicePixelRatio()
        side = size * ratio
        svg = _svg("lamplight").replace('width="256" height="256"', f'width="{side}" height="{side}"', 1)
        pixmap = QPixmap.fromImage(QImage.fromData(svg.encode(), "SVG"))  # type: ignore[call-overload]
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    # -------------------------------------------------------------- changing

    def dress(self, window: QWidget) -> None:
        """Have a window, and every dialog and menu that has it as a parent, look as the style sheet says.

        A sheet of the whole application would look the same, but every widget would be polished several times over:
        another size of text took four times as long.
        """
        self._windows.append(window)
        window.destroyed.connect(lambda: self._windows.remove(window))
        window.setStyleSheet(self._style_sheet())

    def apply(self, *, wish: str | None = None, scale: float | None = None) -> None:
        """Take over a wish (``system``, ``light``, ``dark``) and a size of text (1.0: the system's)."""
        if wish is not None:
            self._wish = wish
        if scale is not None:
            self._scale = scale
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        scheme = schemes.get(self._wish, Qt.ColorScheme.Unknown)
        if self._applied[:1] != (scheme,):  # also turns the title bar, where the platform draws it
            self._app.styleHints().setColorScheme(scheme)
        self._refresh(scheme)

    def _system_changed(self) -> None:
        if self._applied:
            self._refresh(self._applied[0])

    def _refresh(self, scheme: object) -> None:
        contrast = system_wants_contrast()
        state = (scheme, self._is_dark(), contrast, self._scale, _han_families())
        if state == self._applied:
            return
        self._applied = state
        self._icons.clear()
        if contrast:
            self._app.setPalette(QPalette())  # the system's own again
            self._tokens = _palette_tokens(self._app.palette())
        else:
            self._tokens = load_tokens("dark" if self._is_dark() else "light")
        font = QFont(self._system_font)
        font.setFamilies(_families(self._system_font))
        font.setPointSizeF(self._base_points())
        self._app.setFont(font)
        if not contrast:
            self._app.setPalette(self._palette())
        for window in self._windows:
            window.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def _is_dark(self) -> bool:
        if self._wish in ("light", "dark"):
            return self._wish == "dark"
        return system_is_dark(self._app)

    def _base_points(self) -> float:
        size = self._system_font.pointSizeF()
        if size <= 0:  # a font given in pixels
            size = QFontInfo(self._system_font).pointSizeF()
        return size * self._scale

    def _palette(self) -> QPalette:
        palette = QPalette()
        role = QPalette.ColorRole
        colors = {
            role.Window: "page", role.WindowText: "text", role.Base: "surface", role.AlternateBase: "rail",
            role.Text: "text", role.Button: "surface", role.ButtonText: "text", role.BrightText: "danger",
            role.PlaceholderText: "quiet", role.ToolTipBase: "surface", role.ToolTipText: "text",
            role.Highlight: "lamp", role.HighlightedText: "on_lamp", role.Link: "lamp", role.LinkVisited: "lamp",
            role.Light: "surface", role.Midlight: "hairline", role.Mid: "edge", role.Dark: "edge",
            role.Shadow: "hairline", role.Accent: "lamp",
        }  # fmt: skip
        for each, token in colors.items():
            palette.setColor(each, self.color(token))
        for each in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, each, self.color("quiet"))
        return palette

    def _style_sheet(self) -> str:
        values = {name: value for name, value in self._tokens.items() if isinstance(value, str)}
        values |= {f"{name}_size": f"{self._base_points() * factor:.2f}pt" for name, factor in _SIZES.items()}
        folder = resources() / "theme"
        for name, file in (("arrow_down", "arrow-down"), ("arrow_up", "arrow-up")):
            values[name] = (folder / f"{file}.svg").as_posix()
        values |= {"chevron": f"{max(13, self.px(1.05))}px", "tick": f"{max(18, self.px(1.4))}px"}
        line = QFontMetrics(self.font()).height()  # what is too low for its text would be pressed together by a layout
        values |= {"field_line": f"{max(22, line)}px", "button_line": f"{max(24, line)}px"}
        values["check"] = (folder / ("check-dark.svg" if self.dark else "check-light.svg")).as_posix()
        return _sheet().substitute(values)


def system_is_dark(app: QApplication) -> bool:
    """Whether the system shows light on dark; where it does not say, it does not."""
    return app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def system_wants_contrast() -> bool:
    """Whether a high-contrast theme of the system is on (Qt 6.10 and later can tell)."""
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", None)
    if accessibility is None:
        return False
    return bool(accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast)


def system_allows_motion(app: QApplication) -> bool:
    """Whether the system lets widgets animate."""
    from PySide6.QtWidgets import QStyle  # noqa: PLC0415 - a type that takes Qt's binding long to make

    return bool(app.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0)


def _families(font: QFont) -> list[str]:
    """What ``font`` is drawn with, and what draws the characters that it has not.

    A name such as ``Sans Serif`` is no family: in a list it would be passed over for the next one, so the family
    behind it is named.
    """
    extra = _han_families()
    return [QFontInfo(font).family(), *extra] if extra else font.families()


def _han_families() -> list[str]:
    """Fonts for Chinese, Japanese and Korean in the order of the user's language.

    Windows and macOS order their own by the user's language; with fontconfig the first CJK font of the alphabet would
    come, which draws Chinese with Japanese shapes.
    """
    if sys.platform in ("win32", "darwin"):
        return []
    spoken = current_language()[:2]
    if spoken == "en":
        spoken = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")[:2]
    order = sorted(_HAN_FAMILIES, key=lambda language: language != spoken)
    return [family for language in order for family in _HAN_FAMILIES[language]]


def _palette_tokens(palette: QPalette) -> dict[str, Any]:
    """Tokens out of the system's palette, for its high-contrast themes."""
    role = QPalette.ColorRole
    page, text = palette.color(role.Window).name(), palette.color(role.WindowText).name()
    base, chosen, on = (palette.color(each).name() for each in (role.Base, role.Highlight, role.HighlightedText))
    wash = _mixed(QColor(page), QColor(text), 0.2).name()  # what is chosen or said is still told from the page
    return {
        "dark": QColor(page).lightness() < 128,
        "page": page, "surface": base, "rail": page, "hover": wash, "text": text, "quiet": text, "hairline": text,
        "edge": text, "lamp": chosen, "lamp_strong": chosen, "on_lamp": on, "lamp_wash": wash,
        "danger": text, "danger_wash": wash, "good": text, "good_wash": wash,
    }  # fmt: skip


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """``one`` with a ``share`` of ``other``."""
    pairs = zip(one.getRgbF()[:3], other.getRgbF()[:3], strict=True)
    return QColor.fromRgbF(*((1 - share) * mine + share * theirs for mine, theirs in pairs))


def _render(name: str, color: QColor, size: int, ratio: float) -> QPixmap:
    side = round(size * ratio)
    svg = _svg(name).replace("currentColor", color.name()).replace('stroke-width="2"', 'stroke-width="1.75"')
    svg = svg.replace('width="24"', f'width="{side}"', 1).replace('height="24"', f'height="{side}"', 1)
    if color.alphaF() < 1:
        svg = svg.replace("<svg ", f'<svg opacity="{color.alphaF():.2f}" ', 1)
    image = QImage.fromData(svg.encode(), "SVG")  # type: ignore[call-overload]
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two opaque colours as WCAG counts it, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    parts = []
    for value in (color.redF(), color.greenF(), color.blueF()):
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

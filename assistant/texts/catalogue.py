"""The current language and the look-up of one sentence."""

from __future__ import annotations

import gettext
import locale
import os
import re
from collections.abc import Mapping
from functools import cache

from assistant.base.assets import resources

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Code to the language's own name. ``auto`` in the settings means: what the system speaks."""

_MARKS = "\u3001-\u3003\u3008-\u3011\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
_CHINESE = f"\u3400-\u9fff{_MARKS}"
_NO_SPACE = re.compile(
    f"(?<=[{_MARKS}])\N{THIN SPACE}|\N{THIN SPACE}(?=[{_MARKS}])|(?<=[{_CHINESE}])\N{THIN SPACE}(?=[{_CHINESE}])"
)

_current = "en"
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def set_language(language: str) -> str:
    """Make ``language`` (a key of LANGUAGES, or ``auto``) current; returns the code that is now in use."""
    global _current, _catalogue
    _current = resolve_language(language)
    if _current == "en":
        _catalogue = gettext.NullTranslations()
    else:
        with (resources() / "i18n" / f"{_current}.mo").open("rb") as file:
            _catalogue = gettext.GNUTranslations(file)
    return _current


def current_language() -> str:
    """The code of the language in use, a key of LANGUAGES."""
    return _current


def resolve_language(language: str, system: str | None = None) -> str:
    """The code that ``language`` leads to; ``auto`` follows ``system`` (default: what the environment says)."""
    if language in LANGUAGES:
        return language
    spoken = (system if system is not None else system_language()).lower()
    return "zh_CN" if spoken.startswith(("zh", "chinese")) else "en"


def tr(message: str, /, **values: object) -> str:
    """``message`` in the current language, with ``{name}`` filled from ``values``: of numbers, as people read them."""
    text = _catalogue.gettext(message)
    return _spaced(text.format(**_readable(values))) if values else text


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """``one`` or ``many`` by the number ``n``, which is also available as ``{n}``."""
    return _spaced(_catalogue.ngettext(one, many, n).format(**_readable({"n": n, **values})))


def in_every_language(message: str) -> tuple[str, ...]:
    """``message`` as each language says it, the source first: what a search in any language should find."""
    return (message, *(catalogue.gettext(message) for catalogue in _others()))


def _readable(values: Mapping[str, object]) -> dict[str, object]:
    """``values`` with separators between the thousands of whole numbers."""
    return {name: f"{value:,}" if type(value) is int else value for name, value in values.items()}


def _spaced(text: str) -> str:
    """``text`` without the thin spaces beside Chinese marks or between Chinese characters: a sentence has them around a
    name, and does not know with what that ends."""
    return _NO_SPACE.sub("", text) if "\N{THIN SPACE}" in text else text


@cache
def _others() -> tuple[gettext.NullTranslations, ...]:
    found = []
    for language in LANGUAGES:
        path = resources() / "i18n" / f"{language}.mo"
        if path.is_file():
            with path.open("rb") as file:
                found.append(gettext.GNUTranslations(file))
    return tuple(found)


def system_language() -> str:
    """What the system says that its user speaks, as it spells that, without an encoding; empty: it does not say."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
        value = os.environ.get(name, "")
        if value:
            return re.split("[.@:]", value)[0]
    return locale.getlocale()[0] or ""

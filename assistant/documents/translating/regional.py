"""How the files of programs spell a language: by a region where we say the script."""

from __future__ import annotations

from assistant.base.scripts import is_same_written


def regional(language: str, *, separator: str = "_") -> str:
    """A language as gettext names it: ``zh_CN`` for ``zh-Hans``, ``sr@latin`` for ``sr-Latn``.

    :param language: BCP 47.
    :param separator: before the region; with a hyphen it is as Rails names it: ``zh-CN``, and ``sr-Latn``.
    """
    primary, *rest = language.split("-")
    script = next((one for one in rest if len(one) == 4 and one.isalpha()), "")
    region = _region(language)
    if primary == "zh" and script and not region:
        region = "TW" if script == "Hant" else "CN"
    name = f"{primary}{separator}{region}" if region else primary
    if script != "Latn" or primary == "zh":
        return name
    return f"{name}@latin" if separator == "_" else language


def is_named(said: str, language: str) -> bool:
    """Does a file that names ``said`` name ``language``, or is that in another script or for another region?"""
    regions = {_region(said).upper(), _region(language).upper()} - {""}
    return is_same_written(said, language) and len(regions) < 2


def _region(language: str) -> str:
    return next((one for one in language.replace("_", "-").split("-")[1:] if len(one) in (2, 3)), "")

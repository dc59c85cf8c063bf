"""How the files of programs spell a language: by a region where we say the script."""

from __future__ import annotations

from assistant.base.languages import primary
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


def spelled_like(language: str, said: str) -> str:
    """``language`` as a file spells it that names ``said``: ``zh-CN`` for ``zh-Hans`` where that is ``zh-TW`` or
    ``en-US``; ``zh-Hans`` where it is ``zh-Hant``, or a language without region and script. Others than Chinese are
    spelled alike everywhere, but for the underscore of ``zh_TW``.

    :param language: BCP 47.
    """
    by_region = bool(_region(said)) and not any(len(one) == 4 for one in _parts(said)[1:])
    spelled = regional(language, separator="-") if by_region and primary(language) == "zh" else language
    return spelled.replace("-", "_") if "_" in said else spelled


def is_named(said: str, language: str) -> bool:
    """Does a file that names ``said`` name ``language``, or is that in another script or for another region?"""
    regions = {_region(said).upper(), _region(language).upper()} - {""}
    return is_same_written(said, language) and len(regions) < 2


def _region(language: str) -> str:
    return next((one for one in _parts(language)[1:] if len(one) in (2, 3)), "")


def _parts(language: str) -> list[str]:
    return language.replace("_", "-").split("-")

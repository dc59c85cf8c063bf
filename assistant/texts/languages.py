"""Languages as the user reads them: their names in the language of the program, and lists to choose from."""

from __future__ import annotations

from assistant.base import languages
from assistant.base.languages import OFFERED, nearest, normalize, own_name, primary
from assistant.texts.catalogue import current_language, resolve_language, system_language

__all__ = ["OFFERED", "name", "nearest", "normalize", "offered", "own_name", "primary", "search"]


def name(tag: str, in_language: str | None = None) -> str:
    """What a language is called, as the beginning of a line: "German", "德语"; an unknown tag stands for itself.

    :param in_language: ``en`` or ``zh_CN``; None: the one that the program speaks now.
    """
    known = languages.language_name(tag)
    if known is None:
        return tag
    chinese = (in_language or current_language()).startswith("zh")
    return (known.chinese if chinese else known.english) or known.english or tag


def own(wish: str) -> str:
    """The tag of the user's own language: the one that the program was chosen to speak, else the system's.

    :param wish: the setting: ``auto``, or one of the program's languages.
    """
    spoken = system_language() if wish == "auto" else wish
    for words in (spoken, spoken.partition("_")[0]):  # "de_DE", or "German_Germany" as Windows says it
        if tag := next((tag for tag in OFFERED if tag == normalize(words)), ""):
            return tag
    return normalize(resolve_language(wish, spoken))


def offered() -> list[str]:
    """The tags that one can choose from, in the order of their names in the language of the program."""
    return sorted(OFFERED, key=_place)


def search(words: str) -> list[str]:
    """Those that ``words`` could mean (by tag, own name, English and Chinese name), the likeliest first; nothing typed:
    all that are offered, in their order."""
    return languages.found(words) if words.strip() else offered()


def _place(tag: str) -> bytes:
    called = name(tag)
    # GB 2312 has the commoner characters in the order of their sounds, in which Chinese lists are read.
    return called.casefold().encode("gb18030")

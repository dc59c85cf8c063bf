"""Words and clauses after each other, with the marks that the current language has for such."""

from __future__ import annotations

from assistant.texts.catalogue import current_language


def sentences(*parts: str) -> str:
    """Sentences after each other; Chinese has no space between them. Empty ones are left out, here as below."""
    return _joined(parts, " ", "")


def listed(*parts: str) -> str:
    """Words of a list: ``chat, translate``, ``对话、翻译``."""
    return _joined(parts, ", ", "、")


def clauses(*parts: str) -> str:
    """What is said of one thing: ``40 % of 1.3 GB, 2 min left``, ``40%，还需 2 分钟``."""
    return _joined(parts, ", ", "，")


def remarks(*parts: str) -> str:
    """Remarks that have nothing to do with each other: ``demo model; in /models``."""
    return _joined(parts, "; ", "；")


def labelled(words: str, said: str) -> str:
    """What is said of something, behind its name: ``Qwen: loading 40 %``."""
    return _joined((words, said), ": ", "：")


def ended(words: str) -> str:
    """``words`` as a sentence, with its full stop."""
    return words + ("。" if current_language() == "zh_CN" else ".")


def relisted(names: str) -> str:
    """The words of a list that comes as ``one, two``, as ``listed`` has them."""
    return listed(*names.split(", "))


def _joined(parts: tuple[str, ...], english: str, chinese: str) -> str:
    return (chinese if current_language() == "zh_CN" else english).join(part for part in parts if part)

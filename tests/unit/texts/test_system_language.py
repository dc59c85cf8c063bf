"""Which language a system's own word for it leads to."""

from __future__ import annotations

import pytest

from assistant.texts import resolve_language


@pytest.mark.parametrize(
    ("system", "language"),
    [
        ("zh_CN.UTF-8", "zh_CN"),
        ("zh-Hans", "zh_CN"),
        ("Chinese (Simplified)_China", "zh_CN"),  # as Windows says it
        ("en_GB", "en"),
        ("de_DE", "en"),
        ("", "en"),
    ],
)
def test_auto_follows_the_system(system: str, language: str) -> None:
    assert resolve_language("auto", system) == language


def test_a_choice_does_not() -> None:
    assert resolve_language("en", "zh_CN") == "en"

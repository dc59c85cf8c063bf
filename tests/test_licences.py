"""Every part that comes with the program has a licence that we allow, and is named in the notices."""

from __future__ import annotations

import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))

import notices  # noqa: E402


def test_every_licence_is_allowed() -> None:
    found = {key: notices.licence_of(package) for key, package in notices.closure().items()}
    assert len(found) > 8, "the closure is not that of the program"
    assert {key: words for key, words in found.items() if not notices.is_allowed(words)} == {}


def test_the_notices_name_every_part() -> None:
    text = notices.TARGET.read_text("utf-8")
    named, here = notices.named(text), {part.name for part in notices.parts()}
    assert here - named == set(), "run packaging/notices.py"
    assert named - here <= notices.SOMETIMES, "run packaging/notices.py"
    for words in (
        "GNU LESSER GENERAL PUBLIC LICENSE",
        "The ggml authors",
        "Lucide",
        "SmolLM2",
        "replace these libraries",
    ):
        assert words in text


def test_the_closure_is_followed_to_its_ends() -> None:
    assert {"lamplight", "pyside6-essentials", "shiboken6", "llama-cpp-python", "numpy", "markupsafe"} <= set(
        notices.closure()
    )
    assert "pytest" not in notices.closure()


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("MIT AND (Apache-2.0 OR GPL-3.0-only)", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_what_is_allowed(expression: str, allowed: bool) -> None:
    assert notices.is_allowed(expression) is allowed


def test_a_licence_is_read_from_wherever_it_is_said() -> None:
    assert notices.licence_of(distribution("jinja2")) == "BSD-3-Clause"  # only a classifier
    assert notices.licence_of(distribution("diskcache")) == "Apache-2.0"  # free words
    assert notices.licence_of(distribution("msgspec")) == "BSD-3-Clause"  # an expression

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
    """Of what is installed, of what is listed by hand, and of what the file names for other systems."""
    known = [*notices.parts(), *notices.read(notices.TARGET.read_text("utf-8"))[0]]
    assert sum(bool(part.version) for part in known) > 16, "the closure is not that of the program"
    assert sum(not part.version for part in known) > 16, "what is listed by hand is not there, twice"
    assert {part.name: part.licence for part in known if not notices.is_allowed(part.licence)} == {}


def test_the_notices_are_what_is_generated() -> None:
    """To the letter, but for packages that are not installed here, or of which another version or build is."""
    text = notices.TARGET.read_text("utf-8")
    kept, made_on = notices.read(text)
    here = {part.name: part for part in notices.parts()}
    names = {part.name for part in kept}
    assert here.keys() - names == set(), "run packaging/notices.py"
    assert names - here.keys() <= notices.SOMETIMES, "run packaging/notices.py"

    def expected(part: notices.Part) -> notices.Part:
        now = here.get(part.name, part)
        same = not now.version or (now.version == part.version and made_on == notices.computer())
        return now if same else part

    assert text == notices.compose(map(expected, kept), made_on), "run packaging/notices.py"
    assert [part.name for part in kept if not part.text.strip()] == []


def test_what_was_written_is_read() -> None:
    known = [
        notices.Part("one-two", "MIT", "Words\n\n" + "=" * 100 + "\nmore words", "1.2.post1"),
        notices.Part("three", "Apache-2.0 OR MIT", "", "2026.9"),
        notices.Part("Four, in five", "MIT AND (CC-BY-SA-4.0 OR MIT)", "Its text: (a)\n"),
    ]
    text = notices.compose(known, "linux x86_64")
    assert notices.read(text) == (known, "linux x86_64")
    assert text.endswith("linux x86_64: one-two 1.2.post1, three 2026.9.\n")


def test_what_other_systems_need_stays_in_the_file() -> None:
    def named(*names: str) -> list[notices.Part]:
        return [notices.Part(name, "MIT", "Words", "" if name == "Qt" else "1") for name in names]

    before = named("cffi", "gone", "zipp", "Qt")
    found = notices.with_the_others(named("anyio", "numpy", "Qt"), before)
    assert [part.name for part in found] == ["anyio", "cffi", "numpy", "zipp", "Qt"]


def test_a_part_under_another_licence_is_not_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(notices, "TARGET", tmp_path / "NOTICES.txt")
    monkeypatch.setattr(notices, "parts", lambda: [notices.Part("Fonts", "GPL-3.0-only", "Words")])
    assert notices.main() == 1
    assert "Fonts (GPL-3.0-only)" in capsys.readouterr().err
    assert not (tmp_path / "NOTICES.txt").exists()


def test_the_notices_hold_what_has_to_be_said() -> None:
    text = notices.TARGET.read_text("utf-8")
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

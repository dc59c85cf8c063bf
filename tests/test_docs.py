"""The pages for people who come new to the project name only what is there: paths, modules, commands and options."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.cli import parser
from assistant.core.core import Core

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
MADE = ("build/", ".venv")  # by the set-up and by tests
PLACES = ("", "assistant", "assistant/*", "assistant/*/*", "packaging", "tests")  # what paths in the pages start from

_FENCED = re.compile(r"```.*?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#]+)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_COMMAND = re.compile(r"`lamplight ([a-z]+)(?: ([a-z]+))?")


def spoken_of(page: str) -> set[str]:
    """What stands in a page as code."""
    return set(_CODE.findall(_FENCED.sub("", (ROOT / page).read_text("utf-8"))))


def is_there(path: str) -> bool:
    """Whether a path, or a pattern of paths, leads to something."""
    return any(any(ROOT.glob(f"{place}/{path}".strip("/"))) for place in PLACES)


@pytest.mark.parametrize("page", PAGES)
def test_every_path_and_link_leads_somewhere(page: str) -> None:
    named = {one for one in spoken_of(page) if re.fullmatch(r"[\w.*/-]*(?:/[\w.*-]*|\.(?:py|md|json|toml))", one)}
    named = {one for one in named if not one.startswith(MADE)}
    linked = {one for one in _LINK.findall((ROOT / page).read_text("utf-8")) if "://" not in one}
    assert [one for one in sorted(named | linked) if not is_there(one)] == []


def test_every_module_that_the_architecture_names_is_there() -> None:
    rooms = {path.parent.name for path in (ROOT / "assistant").glob("*/__init__.py")}
    named = spoken_of("ARCHITECTURE.md")
    modules = {one for one in named if re.fullmatch(r"[\w.*]+\.[\w*]+", one) and one.split(".")[0] in rooms}
    assert len(modules) > 5
    paths = {one: "assistant/" + one.replace(".", "/") for one in modules}
    assert [one for one in sorted(modules) if not (is_there(paths[one] + ".py") or is_there(paths[one]))] == []
    parts = {one.split(".")[1] for one in named if one.startswith("Core.")}
    assert [one for one in sorted(parts) if not hasattr(Core, one.removesuffix("()"))] == []


def _parsers(one: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield one
    for action in one._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in set(action.choices.values()):
                yield from _parsers(below)


def test_every_command_and_option_of_the_readme_is_there() -> None:
    text = _FENCED.sub("", (ROOT / "README.md").read_text("utf-8"))
    known = {option for one in _parsers(parser.build()) for action in one._actions for option in action.option_strings}
    own = {"--backend", "--install"}  # of run.py and test.py; of xcode-select
    assert sorted(set(_OPTION.findall(text)) - known - own) == []
    commands = {one.prog.removeprefix("lamplight").strip() for one in _parsers(parser.build())}
    named = {" ".join(filter(None, found)) for found in _COMMAND.findall(text)}
    assert len(named) > 10
    assert sorted(named - commands) == []

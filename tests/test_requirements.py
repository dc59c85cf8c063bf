"""What pyproject.toml asks for: everything that the program imports, within bounds that what is installed keeps."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
WITH_ANOTHER = {"shiboken6": "PySide6-Essentials"}
"""Modules of packages that come only with another one, in its very version."""


def required() -> Iterator[Requirement]:
    """Every line of pyproject.toml that counts here, extras included."""
    lines = [*PROJECT["dependencies"], *PYPROJECT["build-system"]["requires"]]
    for extra in PROJECT["optional-dependencies"].values():
        lines += extra
    for line in lines:
        requirement = Requirement(line)
        if requirement.name != "lamplight" and (requirement.marker is None or requirement.marker.evaluate()):
            yield requirement


def imported() -> set[str]:
    """The libraries that the program imports, wherever it does."""
    found = set()
    for path in (ROOT / "assistant").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.split(".")[0])
    return found - sys.stdlib_module_names - {"assistant"}


def test_every_library_that_is_imported_is_asked_for() -> None:
    asked = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    packages = packages_distributions()
    modules = imported()
    assert {"numpy", "msgspec", "PySide6", "yaml"} <= modules
    missing = [
        module
        for module in sorted(modules)
        if not asked & {canonicalize_name(name) for name in (WITH_ANOTHER.get(module), *packages[module]) if name}
    ]
    assert missing == []


@pytest.mark.parametrize("requirement", list(required()), ids=lambda one: one.name)
def test_a_requirement_has_two_ends_and_is_met(requirement: Requirement) -> None:
    """The next major version of a library is taken deliberately."""
    operators = {one.operator for one in requirement.specifier}
    assert operators == {"=="} or (operators & {">=", ">"} and operators & {"<", "<=", "~="})
    assert version(requirement.name) in requirement.specifier

"""The house rules that tools check: lint, types, and what a wheel of the program holds."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def run(*command: str, folder: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_lint() -> None:
    done = run("-m", "ruff", "check", "--no-cache", "--output-format", "concise", ".")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(600)
def test_types(tmp_path: Path) -> None:
    """Strict outside ``gui``; the set-up's scripts are no package and checked by themselves."""
    cache = ("--cache-dir", str(tmp_path))
    done = run("-m", "mypy", *cache)
    assert done.returncode == 0, done.stdout + done.stderr
    scripts = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "packaging").glob("*.py"))
    done = run("-m", "mypy", *cache, "--strict", "--config-file", os.devnull, *scripts)
    assert done.returncode == 0, done.stdout + done.stderr


def _sleeps(tree: ast.AST) -> list[int]:
    """Lines that wait by the clock. A short pause in a loop that asks for a condition is no such wait."""
    asking = [
        loop for loop in ast.walk(tree) if isinstance(loop, ast.While) and not isinstance(loop.test, ast.Constant)
    ]
    pauses = {id(node) for loop in asking for node in ast.walk(loop)}
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep") and id(node) not in pauses
    ]


def test_unit_tests_stay_light() -> None:
    """No window, no waiting by the clock; children belong into ``tests/process``."""
    faults = []
    for path in sorted((ROOT / "tests" / "unit").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        faults += [f"{path.name}:{line} sleeps" for line in _sleeps(tree)]
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            if any(name.startswith("PySide6") for name in [*names, module]):
                faults.append(f"{path.name}:{node.lineno} imports Qt")
    assert not faults, "\n".join(faults)


def test_a_pause_and_a_wait_are_told_apart() -> None:
    assert _sleeps(ast.parse("while not done():\n    time.sleep(0.001)")) == []
    assert _sleeps(ast.parse("time.sleep(1)\nwhile True:\n    sleep(1)")) == [1, 3]


def test_each_test_file_has_a_name_of_its_own() -> None:
    # Without packages pytest takes two files of one name for the same module and collects nothing at all.
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_no_action_that_a_menu_has_made_is_kept() -> None:
    # PySide 6.11 loses its half of such an action after a while, and the next call of it raises.
    kept = []
    for path in sorted((ROOT / "assistant" / "gui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            made = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("addAction", "addMenu")
            if made and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == "":
                kept.append(f"{path.name}:{node.lineno}: an action without a name is given one later")
    assert not kept, "\n".join(kept)


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    pattern = re.compile(r"pytest\.(skip|xfail|importorskip)\(|mark\.(skip|xfail)\b|unittest\.skip")
    own = Path(__file__).name
    found = [
        path.name
        for path in (ROOT / "tests").rglob("*.py")
        if path.name != own and pattern.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_no_test_takes_anything_out_of_the_file_of_another() -> None:
    """What several tests need is a fake, a fixture or a helper."""
    pattern = re.compile(r"^from tests\.(?:\w+\.)*test_\w+ import", re.MULTILINE)
    found = [path.name for path in (ROOT / "tests").rglob("*.py") if pattern.search(path.read_text("utf-8"))]
    assert found == []


# ---------------------------------------------------------------- dependencies


def _qt(python: str) -> Requirement:
    lines = [Requirement(line) for line in PROJECT["dependencies"] if line.startswith("PySide6")]
    (one,) = [line for line in lines if line.marker and line.marker.evaluate({"python_version": python})]
    return one


@pytest.mark.parametrize(("python", "allowed"), [("3.11", False), ("3.12", True), ("3.13", True)])
def test_qt_that_aborts_on_python_3_11_is_not_allowed_there(python: str, allowed: bool) -> None:
    """PySide6 6.12 drops a reference of True with every signal, which Python older than 3.12 does not survive."""
    assert (Version("6.12.0") in _qt(python).specifier) is allowed
    assert Version("6.11.3") in _qt(python).specifier
    assert Version("7.0.0") not in _qt(python).specifier


def test_the_installed_qt_survives_its_signals() -> None:
    code = (
        "from PySide6.QtCore import QObject, Signal\n"
        "class Bell(QObject):\n    rings = Signal(bool)\n    done = Signal()\n"
        "heard = []\nbell = Bell()\nbell.rings.connect(heard.append)\n"
        "for _ in range(2000): bell.rings.emit(True); bell.done.emit()\n"
        "assert len(heard) == 2000\n"
    )
    done = run("-c", code)
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr}"


def test_python_versions_agree_everywhere() -> None:
    sys.path.insert(0, str(ROOT / "packaging"))
    import pythons

    assert PROJECT["requires-python"] == f">=3.{pythons.OLDEST[1]},<3.{pythons.NEWEST[1] + 1}"
    listed = [line.rsplit(".", 1)[1] for line in PROJECT["classifiers"] if "Python :: 3." in line]
    assert listed == [str(minor) for minor in range(pythons.OLDEST[1], pythons.NEWEST[1] + 1)]


# ---------------------------------------------------------------- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done = run("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_program_and_its_resources(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (points,) = [name for name in names if name.endswith("entry_points.txt")]
        assert "lamplight = assistant.__main__:main" in archive.read(points).decode()
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "assistant").rglob("*.py")}
    data = {
        f"assistant/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert ours | data <= names
    assert "assistant/resources/i18n/zh_CN.mo" in names
    assert not [name for name in names if name.split("/")[0] not in ("assistant",) and ".dist-info/" not in name]
    assert not [name for name in names if "__pycache__" in name or name.endswith((".gguf", ".part"))]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_program_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "from assistant.base.assets import resources\n"
        "from assistant.texts import set_language, tr\n"
        "set_language('zh_CN')\n"
        "print(resources(), tr('Copy'), sep='|')"
    )
    done = run("-P", "-X", "utf8", "-c", code, folder=tmp_path, PYTHONPATH=str(tmp_path / "site"))
    place, word = done.stdout.strip().split("|")
    assert Path(place) == tmp_path / "site" / "assistant" / "resources"
    assert word == "复制"

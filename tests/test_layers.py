"""Who may know whom. The table of ARCHITECTURE.md, checked against every import of the program.

Imports inside functions count too, and so do names given to ``import_module``. What a table cannot see (what the
third-party libraries load by themselves) is checked in fresh interpreters at the end.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "assistant"

FACE = (
    "core",
    "texts",
    "base",
    # what a process sets up before there is a core: its log, its crash hooks
    "storage.logbook",
    "storage.reports",
    # value types of the rooms below, no machinery
    "storage.rows",
    "storage.settings",
    "storage.model_settings",
    "library.models",
    "library.catalogue",
    "library.advice",
    "library.downloads",
    "library.elsewhere",
    "tasks.chat",
    "documents.model",
    "documents.segments",
    "tasks.summary",
    "tasks.translation",
)

ROOMS: dict[str, tuple[str, ...]] = {
    "base": (),
    "texts": ("base",),
    "process": ("base",),
    "net": ("process", "base"),
    "documents": ("base",),
    "storage": ("base",),
    "engine": ("process", "base"),
    "worker": ("process", "base", "documents"),
    "library": ("process", "net.client", "net.messages", "net.ledger", "base"),
    "tasks": (
        "engine.messages",
        "documents.languages",
        "documents.reasoned",
        "documents.repetition",
        "documents.segments",
        "base",
    ),
    "core": (
        "tasks",
        "engine.client",
        "engine.messages",
        "worker.client",
        "worker.messages",
        "documents.model",
        "documents.segments",
        "documents.vectors",
        "library",
        "storage",
        "texts",
        "base",
    ),
    "cli": FACE,
    "gui": FACE,
    "__main__": ("base.nonetwork", "cli", "gui", "engine", "worker", "net"),
}
"""Room to the rooms, or single modules of rooms, that it may import. Its own room is always allowed."""

APART: dict[str, tuple[str, ...]] = {
    "core.summary": ("core.translation",),
    "core.translation": ("core.summary",),
    "documents.readers": ("documents.translating",),
    "gui.documents": ("gui.summarizing", "gui.translating", "gui.panes", "gui.main_window", "gui.app", "gui.bridge"),
    "gui.itemmodels": ("gui.panes", "gui.main_window", "gui.app", "gui.bridge"),
    "gui.models": ("gui.summarizing", "gui.translating", "gui.app"),
    "gui.summarizing": ("gui.translating", "gui.main_window", "gui.app"),
    "gui.translating": ("gui.summarizing", "gui.main_window", "gui.app"),
    "gui.widgets": ("gui.panes", "gui.main_window", "gui.app", "gui.bridge"),
}
"""What parts of a room never import of their own room."""

LIBRARIES: dict[str, tuple[str, ...]] = {
    "platformdirs": ("base",),
    "msgspec": ("process", "engine", "worker", "documents", "net", "library", "tasks.presets"),
    "huggingface_hub": ("net",),
    "httpx2": ("net",),
    "httpcore2": ("net",),
    "keyring": ("net",),
    "truststore": ("net",),
    "psutil": ("engine", "worker", "core", "library", "net", "cli"),
    "jinja2": ("worker",),
    "pypdfium2": ("documents.readers.pdf", "documents.readers.pdf_page"),
    "chardet": ("documents.encodings",),
    "py3langid": ("documents.detection",),
    "markdown_it": (
        "documents.readers.markdown",
        "documents.translating.markdown",
        "documents.translating.markdown_inline",
        "worker.exporting",
    ),
    "yaml": ("documents.translating.yaml_strings",),
    "pygments": ("gui",),
    "PySide6": ("gui",),
    "shiboken6": ("gui",),
    "numpy": ("engine.llama", "worker", "documents.detection"),
    "llama_cpp": ("engine.llama",),
}
"""Library to the rooms, or single modules, that may import it. Any other library needs a line here."""

NETWORK = ("socket", "ssl", "http", "urllib.request", "urllib.robotparser", "ftplib", "smtplib", "imaplib", "poplib",
           "socketserver", "xmlrpc", "asyncio")  # fmt: skip
LOCAL_SOCKETS = {"QLocalServer", "QLocalSocket"}
"""What the window may take from QtNetwork: a second start hands over to the first without any network."""

NOWHERE = ("pickle", "cPickle", "marshal", "shelve", "dbm", "multiprocessing", "tkinter", "pip", "ensurepip", "pytest")


@dataclass(frozen=True)
class Import:
    """One import: who imports which module, and what of it."""

    importer: str  # "engine.llama", without the package's name
    module: str
    names: tuple[str, ...]
    where: str

    @property
    def room(self) -> str:
        return self.importer.split(".")[0]


def module_of(path: Path) -> str:
    parts = path.relative_to(PROGRAM).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "__init__"


def imports_of(importer: str, source: str, *, package: bool = False) -> Iterator[Import]:
    """Every import in ``source``, wherever it stands."""
    yield from _imports(importer, ast.parse(source), package=package)


def _imports(importer: str, tree: ast.AST, *, package: bool) -> Iterator[Import]:
    for node in ast.walk(tree):
        where = f"assistant/{importer.replace('.', '/')}: line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(importer, alias.name, (), where)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                own = ["assistant", *importer.split(".")]
                base = own[: len(own) - node.level + (1 if package else 0)]
                module = ".".join([*base, module] if module else base)
            yield Import(importer, module, tuple(alias.name for alias in node.names), where)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__", "run_module"):
            name = _name_given(node)
            if name != "assistant" or importer != "__main__":  # it chooses among children by a checked name
                yield Import(importer, name, (), where)


def _name_given(node: ast.Call) -> str:
    """The module that a call imports; of a computed name the part that is certain (``assistant.cli``)."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant):
        return str(first.value)
    start = first.values[0] if isinstance(first, ast.JoinedStr) else None
    return str(start.value).rstrip(".") if isinstance(start, ast.Constant) else "(computed)"


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _within(module: str, allowed: Iterable[str]) -> bool:
    return any(module == one or module.startswith(one + ".") for one in allowed)


def fault(found: Import) -> str:
    """What is wrong with this import, or an empty string."""
    top = found.module.split(".")[0]
    if top == "assistant":
        return _fault_within(found)
    if _within(found.module, NOWHERE):
        return f"{found.module} is not used anywhere in this program"
    if found.module == "PySide6.QtNetwork" and found.room == "gui":
        extra = set(found.names) - LOCAL_SOCKETS
        return f"QtNetwork only for {sorted(LOCAL_SOCKETS)}, not {sorted(extra)}" if extra or not found.names else ""
    full = (found.module, *(f"{found.module}.{name}" for name in found.names))
    if any(_within(one, NETWORK) for one in full) and found.room != "net":
        return f"{found.module} reaches the network, which only net may"
    if top in sys.stdlib_module_names:
        return ""
    if top not in LIBRARIES:
        return f"{found.module} is not a known library"
    if not _within(found.importer, LIBRARIES[top]):
        return f"{top} is only for {', '.join(LIBRARIES[top])}"
    return ""


def _fault_within(found: Import) -> str:
    if found.room == "__init__":
        return "the package itself imports nothing of its rooms"
    target = found.module.removeprefix("assistant").lstrip(".")
    if not target and found.names in ((), ("__version__",)):
        return ""  # the version
    # ``from assistant.engine import client`` names a module in its last part.
    targets = [f"{target}.{name}" if target else name for name in found.names] or [target]
    allowed = (*ROOMS[found.room], found.room) if found.room in ROOMS else ()
    for one in targets:
        if not _within(one, allowed):
            return f"{found.room} may not know {one}"
        if any(_within(found.importer, (part,)) and _within(one, others) for part, others in APART.items()):
            return f"{found.importer} may not know {one}"
    return ""


def needs(importer: str, source: str, *, package: bool = False) -> set[str]:
    """The modules of the program that have to be loaded before this one: imports that only types or functions need
    are left out."""
    tree = ast.parse(source)
    later = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) or _is_for_types(node)]
    for node in later:
        node.body = [ast.Pass()]
    found = _imports(importer, tree, package=package)
    names = {name for one in found for name in (one.module, *(f"{one.module}.{part}" for part in one.names))}
    return {name.removeprefix("assistant.") for name in names if name.startswith("assistant.")} - {importer}


def _is_for_types(node: ast.AST) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def test_every_import_keeps_to_the_table() -> None:
    faults = []
    for path in sorted(PROGRAM.rglob("*.py")):
        found = imports_of(module_of(path), path.read_text("utf-8"), package=path.name == "__init__.py")
        faults += [f"{one.where}: {words}" for one in found if (words := fault(one))]
    assert not faults, "\n".join(faults)


def test_no_two_modules_need_each_other() -> None:
    paths = {module_of(path): path for path in PROGRAM.rglob("*.py") if path.name != "__init__.py"}
    graph = {module: needs(module, path.read_text("utf-8")) & set(paths) for module, path in paths.items()}
    list(TopologicalSorter(graph).static_order())  # a CycleError names them


def test_what_a_module_needs_is_told_from_what_its_types_and_functions_need() -> None:
    source = (
        "from assistant.base import files\n"
        "if TYPE_CHECKING:\n    from assistant.core.core import Core\n"
        "def f():\n    import assistant.core.answers\n"
    )
    assert needs("core.x", source) == {"base", "base.files"}


def test_every_room_has_its_row() -> None:
    rooms = {path.parent.name for path in PROGRAM.glob("*/__init__.py")}
    assert rooms <= set(ROOMS)
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert not [room for room in rooms if f"`{room}/`" not in text]


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("base.paths", "import assistant.texts"),
        ("core.app", "from PySide6 import QtCore"),
        ("core.app", "def f():\n    import llama_cpp"),
        ("core.app", "from assistant.engine import loop"),
        ("core.app", "from assistant.engine.loop import Loop"),
        ("gui.app", "from assistant.engine.messages import Load"),
        ("gui.app", "from assistant.cli import main"),
        ("gui.app", "from assistant.storage.store import Store"),
        ("gui.panes.chat", "from ...engine import client"),
        ("gui.app", "from PySide6.QtNetwork import QTcpSocket"),
        ("gui.app", "import PySide6.QtNetwork"),
        ("cli.main", "from PySide6.QtWidgets import QApplication"),
        ("cli.main", "import_module('assistant.gui.app')"),
        ("cli.main", "import_module(name)"),
        ("cli.main", "import_module(f'assistant.gui.{name}')"),
        ("engine.loop", "import numpy as np"),
        ("engine.llama", "import PySide6"),
        ("engine.main", "from assistant.core.app import Core"),
        ("library.models", "from assistant.engine.messages import Facts"),
        ("library.get", "import urllib.request"),
        ("library.get", "from urllib import request"),
        ("tasks.chat", "from assistant.storage.rows import Message"),
        ("tasks.chat", "from assistant.engine.client import EngineClient"),
        ("worker.render", "import pickle"),
        ("worker.render", "import socket"),
        ("process.child", "from assistant import engine"),
        ("texts.words", "import requests"),
        ("documents.pdf", "from assistant.tasks.chat import ChatTurn"),
        ("tasks.chat", "from assistant.documents.reading import read"),
        ("core.summary.job", "from assistant.core.translation.job import TranslationJob"),
        ("gui.widgets.composer", "from assistant.gui import main_window"),
        ("gui.translating.exporting", "from assistant.gui.summarizing import exporting"),
    ],
)
def test_the_check_finds_what_it_should(importer: str, source: str) -> None:
    assert any(fault(found) for found in imports_of(importer, source))


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("core.app", "from assistant.engine.client import EngineClient"),
        ("core.app", "from assistant.engine import messages"),
        ("core.app", "from assistant.texts import tr"),
        ("gui.app", "from assistant.core.events import Notice"),
        ("gui.app", "from PySide6.QtNetwork import QLocalServer, QLocalSocket"),
        ("gui.panes.chat", "from ..widgets import labels"),
        ("engine.llama", "import llama_cpp.llama_cpp as native\nimport numpy as np"),
        ("library.models", "from urllib.parse import quote"),
        ("__main__", "import_module('assistant.cli.main')"),
        ("cli.main", "import_module(f'assistant.cli.{name}')"),
        ("gui.panes.about", "import assistant"),
        ("cli.parser", "from assistant import __version__"),
    ],
)
def test_the_check_lets_pass_what_is_right(importer: str, source: str) -> None:
    assert not [words for found in imports_of(importer, source) if (words := fault(found))]


# ---------------------------------------------------------------- what is really loaded


def loaded(*modules: str) -> set[str]:
    """The top-level modules in memory of a fresh interpreter that has imported ``modules``."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def modules_of(*rooms: str) -> tuple[str, ...]:
    paths = (path for room in rooms for path in sorted((PROGRAM / room).rglob("*.py")))
    return tuple(f"assistant.{module_of(path)}" for path in paths)


def test_the_programs_own_process_stays_light() -> None:
    """Neither the window nor the core nor anything that they import loads the engine's libraries."""
    memory = loaded("assistant.core", "assistant.gui.app", *modules_of("core", "gui", "storage", "library", "texts"))
    assert not memory & {"numpy", "llama_cpp", "jinja2", "multiprocessing", "asyncio", "huggingface_hub"}


def test_the_command_line_has_no_window() -> None:
    assert not loaded("assistant.__main__", *modules_of("cli")) & {"PySide6", "shiboken6", "numpy", "llama_cpp"}


@pytest.mark.parametrize("room", ["engine", "net", "worker"])
def test_no_child_has_a_window(room: str) -> None:
    assert not loaded(*modules_of(room)) & {"PySide6", "shiboken6"}


@pytest.mark.parametrize("room", ["engine", "worker"])
def test_a_child_loads_nothing_native_before_its_pipe_is_safe(room: str) -> None:
    assert not loaded(f"assistant.{room}.main") & {"llama_cpp", "numpy"}


def test_the_entry_point_imports_nothing_heavy() -> None:
    memory = loaded("assistant.__main__")
    assert not memory & {"PySide6", "msgspec", "psutil", "sqlite3", "logging", "platformdirs"}

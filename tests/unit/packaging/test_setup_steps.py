"""The set-up with programs that only pretend: what is done, what is kept, and what follows a kill at any point."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import backends
import bootstrap
import console
import machine
import pytest


class KilledError(BaseException):
    """Stands for a kill: nothing of the set-up gets to tidy up after it."""


class World:
    """What the pretended programs have done, and when the set-up is to be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ran: list[str] = []
        self.kill_at: int | None = None
        self.kill_after = False  # the program had done its work before the kill
        self.fails: set[str] = set()
        self.engine_works = True
        self.broken: set[str] = set()  # kinds of wheels that do not start here
        self.missing: list[str] = []

    def run(self, command: Sequence[str]) -> None:
        name = self.name(command)
        self.ran.append(name)
        last = self.kill_at is not None and len(self.ran) == self.kill_at
        if last and not self.kill_after:
            self.touch(command, name, half=True)
            raise KilledError
        if name in self.fails:
            raise console.CommandFailedError(name)
        self.touch(command, name)
        if last:
            raise KilledError

    def name(self, command: Sequence[str]) -> str:
        words = " ".join(command)
        for name, sign in (
            ("venv", "-m venv"),
            ("ready-made", "download --no-deps --only-binary :all: --timeout"),
            ("starter", "download --no-deps --no-cache-dir"),
            ("build", "pip --disable-pip-version-check --no-input wheel"),
            ("engine", "--force-reinstall"),
            ("program", "install -e"),
            ("apt-update", "apt-get update"),
            ("apt-install", "apt-get"),
        ):
            if sign in words:
                return name
        assert command[-1] == bootstrap.engine_requirement()
        return "needs"

    def touch(self, command: Sequence[str], name: str, *, half: bool = False) -> None:
        python = bootstrap.Venv(self.folder).python
        if name == "venv":
            python.parent.mkdir(parents=True, exist_ok=True)
            python.write_text("half" if half else "python")
            (self.folder / "pyvenv.cfg").write_text("")
        elif name in ("engine", "program", "needs"):
            (self.folder / "half" if half else self.folder / f"has-{name}").write_text("")
        elif name in ("build", "ready-made") and not half:
            target = Path(command[command.index("-w" if name == "build" else "-d") + 1])
            (target / "llama_cpp_python-1-py3-none-any.whl").write_text(name)
        if name == "engine" and not half:
            self.engine_works = Path(command[-1]).read_text() not in self.broken


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(tmp_path / ".venv")

    class PretendedConsole(console.Console):
        def __init__(self, log: Path, *, keep: Sequence[int] = ()) -> None:
            super().__init__(log, keep=keep, stream=io.StringIO())

        def run(
            self,
            words: str,
            command: Sequence[str | Path],
            *,
            environ: Mapping[str, str] | None = None,
            folder: Path | None = None,
        ) -> None:
            world.run([str(part) for part in command])

    monkeypatch.setattr(bootstrap, "Console", PretendedConsole)
    monkeypatch.setattr(bootstrap, "_need_venv", lambda _: None)
    monkeypatch.setattr(backends, "works", lambda *_: world.engine_works)
    monkeypatch.setattr(backends, "_reachable", lambda _: False)
    monkeypatch.setattr(machine, "compiler_packages", lambda _: [])
    monkeypatch.setattr(machine, "cuda_driver", lambda: (0, 0))
    monkeypatch.setattr(machine, "missing_libraries", lambda _: list(world.missing))
    monkeypatch.setattr(machine, "may_install", lambda: False)
    monkeypatch.setattr(machine, "MAC", False)
    return world


def setup_in(world: World, extras: str = "", backend: str = "auto") -> bootstrap.Setup:
    return bootstrap.Setup(extras, backend, folder=world.folder)


FRESH = ["venv", "build", "engine", "needs", "program"]


def test_a_fresh_folder_is_set_up_and_then_left_alone(world: World) -> None:
    python = setup_in(world).ensure()
    assert python.read_text() == "python"
    assert world.ran == FRESH
    world.ran.clear()
    setup_in(world).ensure()
    assert world.ran == []
    assert not (world.folder / "scratch").exists()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(1, len(FRESH) + 1))
def test_a_kill_at_any_step_leaves_nothing_half_made(world: World, step: int, after: bool) -> None:
    world.kill_at, world.kill_after = step, after
    with pytest.raises(KilledError):
        setup_in(world).ensure()
    assert not setup_in(world).is_ready(setup_in(world).venv.read())
    built = any((world.folder / "wheels").rglob("*.whl"))
    world.ran.clear()
    world.kill_at = None
    python = setup_in(world).ensure()
    assert python.read_text() == "python"
    assert not (world.folder / "half").exists()
    assert world.ran[-3:] == FRESH[-3:]
    assert ("build" in world.ran) != built  # what was compiled once is not compiled again


def test_a_kill_while_making_the_environment_starts_over(world: World) -> None:
    world.kill_at = 1
    with pytest.raises(KilledError):
        setup_in(world).ensure()
    assert setup_in(world).venv.python.read_text() == "half"
    world.kill_at = None
    assert setup_in(world).ensure().read_text() == "python"


def test_another_python_makes_the_environment_anew_and_keeps_the_wheel(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup_in(world).ensure()
    world.ran.clear()
    monkeypatch.setattr(bootstrap, "identity", lambda: "another")
    setup_in(world).ensure()
    assert world.ran == ["venv", "engine", "needs", "program"]


def test_the_test_extras_come_on_top_and_serve_the_program_too(world: World) -> None:
    setup_in(world).ensure()
    world.ran.clear()
    setup_in(world, "dev").ensure()
    assert world.ran == ["program"]
    setup_in(world).ensure()
    setup_in(world, "dev").ensure()
    assert world.ran == ["program"]


def test_a_changed_project_installs_the_program_again_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    setup_in(world).ensure()
    world.ran.clear()
    monkeypatch.setattr(bootstrap, "fingerprint", lambda extras: f"new {extras}")
    setup_in(world).ensure()
    assert world.ran == ["program"]


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        ('"psutil>=', '"psutil!=1,>=', ["program"]),
        ("dependencies = [", 'dependencies = [ "another>=1,<2",', ["program"]),
        ("line-length = 120", "line-length = 100", []),
        ("llama-cpp-python==", "llama-cpp-python==9", ["build", "engine", "needs", "program"]),
    ],
)
def test_what_a_changed_pyproject_costs(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, steps: list[str]
) -> None:
    """Only another engine is built: that takes minutes."""
    project = (bootstrap.ROOT / "pyproject.toml").read_text("utf-8")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    (tmp_path / "pyproject.toml").write_text(project, "utf-8")
    setup_in(world).ensure()
    world.ran.clear()
    assert project.count(before) >= 1
    (tmp_path / "pyproject.toml").write_text(project.replace(before, after, 1), "utf-8")
    setup_in(world).ensure()
    assert world.ran == steps


def test_a_new_version_of_the_engine_is_built(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    setup_in(world).ensure()
    world.ran.clear()
    monkeypatch.setattr(bootstrap, "engine_requirement", lambda: "llama-cpp-python==9")
    setup_in(world).ensure()
    assert world.ran == ["build", "engine", "needs", "program"]


def test_another_backend_is_built_and_stays(world: World) -> None:
    setup_in(world).ensure()
    world.ran.clear()
    setup_in(world, backend="vulkan").ensure()
    assert world.ran[0] == "build"
    assert setup_in(world).venv.read().engine["backend"] == "vulkan"
    world.ran.clear()
    setup_in(world).ensure()  # no wish: what is there
    assert world.ran == []
    setup_in(world, backend="cpu").ensure()
    assert world.ran == ["engine", "needs", "program"]  # the first wheel was kept


def test_an_unreadable_state_starts_over(world: World) -> None:
    setup_in(world).ensure()
    for content in ("", "{", "[]", '{"format": 0}', '{"format": 1, "what": 2}'):
        (world.folder / "setup.json").write_text(content)
        world.ran.clear()
        setup_in(world).ensure()
        assert world.ran[0] == "venv", content


def test_an_environment_that_is_not_ours_is_put_aside(world: World) -> None:
    (world.folder / "lib").mkdir(parents=True)
    (world.folder / "pyvenv.cfg").write_text("theirs")
    (world.folder / "lib" / "treasure").write_text("kept")
    setup_in(world).ensure()
    (aside,) = world.folder.parent.glob(".venv-*")
    assert (aside / "pyvenv.cfg").read_text() == "theirs"
    assert (aside / "lib" / "treasure").read_text() == "kept"
    assert not (world.folder / "lib" / "treasure").exists()


@pytest.mark.parametrize("step", ["venv", "build", "needs", "program"])
def test_a_failing_step_is_told_in_a_sentence_and_tried_again(world: World, step: str) -> None:
    world.fails = {step}
    with pytest.raises(console.SetupError) as told:
        setup_in(world).ensure()
    assert str(told.value).endswith(".")
    assert told.value.log is not None
    world.fails = set()
    setup_in(world).ensure()
    assert setup_in(world).is_ready(setup_in(world).venv.read())


def test_a_ready_made_engine_saves_the_build(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(backends, "_reachable", lambda address: bool(asked.append(address) or True))
    monkeypatch.delenv("CMAKE_ARGS", raising=False)
    setup_in(world).ensure()
    assert world.ran == ["venv", "ready-made", "engine", "needs", "program"]
    assert asked[0].endswith("/whl/cpu/llama-cpp-python/")


@pytest.mark.parametrize("reason", ["broken", "none", "options", "offline"])
def test_without_a_ready_made_engine_that_starts_it_is_built(
    world: World, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setattr(backends, "_reachable", lambda _: True)
    monkeypatch.delenv("CMAKE_ARGS", raising=False)
    if reason == "broken":
        world.broken = {"ready-made"}
    elif reason == "none":
        world.fails = {"ready-made"}
    elif reason == "options":
        monkeypatch.setenv("CMAKE_ARGS", "-DGGML_BLAS=ON")
    else:
        monkeypatch.setenv("LAMPLIGHT_OFFLINE", "1")
    setup_in(world).ensure()
    assert "build" in world.ran
    assert ("ready-made" in world.ran) == (reason in ("broken", "none"))
    assert setup_in(world).is_ready(setup_in(world).venv.read())


def test_a_graphics_card_without_a_fitting_engine_leaves_the_processor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "cuda_driver", lambda: (12, 4))
    monkeypatch.setattr(machine, "cuda_compiler", lambda: "")
    setup_in(world).ensure()
    assert setup_in(world).venv.read().engine["backend"] == "cpu"
    world.ran.clear()
    setup_in(world).ensure()
    assert world.ran == []


def test_an_engine_that_does_not_start_is_built_once_more_and_then_told(world: World) -> None:
    world.broken = {"build"}
    with pytest.raises(console.SetupError, match="does not start"):
        setup_in(world).ensure()
    assert world.ran.count("build") == 2
    assert not any((world.folder / "wheels").rglob("*.whl"))


def test_missing_system_libraries_are_told_and_do_not_stop_the_set_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(console.Console, "command", lambda _, line: said.append(line))
    monkeypatch.setattr(machine, "family", lambda: "debian")
    monkeypatch.setattr(machine, "is_root", lambda: False)
    world.missing = ["libxcb-cursor.so.0"]
    setup_in(world).ensure()
    assert said == ["sudo apt-get install -y --no-install-recommends libxcb-cursor0"]
    setup_in(world).tell_what_the_window_lacks()
    assert len(said) == 2
    world.missing = []
    setup_in(world).tell_what_the_window_lacks()
    assert len(said) == 2


def test_as_root_on_debian_missing_libraries_are_installed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "may_install", lambda: True)
    monkeypatch.setattr(machine, "family", lambda: "debian")
    world.missing = ["libEGL.so.1"]
    setup_in(world).ensure()
    assert world.ran == [*FRESH, "apt-update", "apt-install"]


def test_the_state_is_written_in_one_step(world: World) -> None:
    setup_in(world).ensure()
    state = json.loads((world.folder / "setup.json").read_text())
    assert state["busy"] == ""
    assert not (world.folder / "setup.json.new").exists()


def test_pip_keeps_the_persons_settings_but_not_another_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    environ = bootstrap.pip_environ()
    assert environ["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert "PIP_TARGET" not in environ
    assert environ["PIP_USER"] == "0"
    assert "PIP_NO_INDEX" not in environ
    monkeypatch.setenv("LAMPLIGHT_OFFLINE", "1")
    assert bootstrap.pip_environ()["PIP_NO_INDEX"] == "1"

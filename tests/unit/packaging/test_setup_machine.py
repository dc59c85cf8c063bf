"""What is missing on which system, and the exact command that installs it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import backends
import bootstrap
import launch
import machine
import pytest
import pythons
from console import SetupError

ROOT = Path(__file__).resolve().parents[3]
DEBIAN = "debian"


def on(monkeypatch: pytest.MonkeyPatch, family: str, *, root: bool = False) -> None:
    monkeypatch.setattr(machine, "family", lambda: family)
    monkeypatch.setattr(machine, "is_root", lambda: root)


@pytest.mark.parametrize(
    ("release", "program", "family"),
    [
        ({"ID": "debian"}, "apt-get", "debian"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "apt-get", "debian"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt-get", "debian"),
        ({"ID": "fedora"}, "dnf", "fedora"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf", "fedora"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "zypper", "suse"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "pacman", "arch"),
        ({"ID": "debian"}, "", ""),
        ({"ID": "void"}, "xbps-install", ""),
    ],
)
def test_families(monkeypatch: pytest.MonkeyPatch, release: dict[str, str], program: str, family: str) -> None:
    monkeypatch.setattr(machine, "LINUX", True)
    monkeypatch.setattr(machine.platform, "freedesktop_os_release", lambda: release)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}" if name == program else None)
    assert machine.family.__wrapped__() == family


@pytest.mark.parametrize(
    ("family", "root", "line"),
    [
        ("debian", False, "sudo apt-get install -y --no-install-recommends libxcb-cursor0 libegl1"),
        ("debian", True, "apt-get install -y --no-install-recommends libxcb-cursor0 libegl1"),
        ("fedora", False, "sudo dnf install -y 'libxcb-cursor.so.0()(64bit)' 'libEGL.so.1()(64bit)'"),
        ("suse", False, "sudo zypper install -y 'libxcb-cursor.so.0()(64bit)' 'libEGL.so.1()(64bit)'"),
        ("arch", False, "sudo pacman -S --needed xcb-util-cursor libglvnd"),
        ("", False, "libxcb-cursor.so.0 libEGL.so.1"),
    ],
)
def test_the_command_for_missing_libraries(monkeypatch: pytest.MonkeyPatch, family: str, root: bool, line: str) -> None:
    on(monkeypatch, family, root=root)
    packages = machine.library_packages(["libxcb-cursor.so.0", "libEGL.so.1"])
    assert machine.install_line(packages) == line


def test_each_package_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, DEBIAN)
    assert machine.library_packages(["libglib-2.0.so.0", "libgthread-2.0.so.0"]) == ["libglib2.0-0"]
    assert machine.library_packages(["libnew-thing.so.5"]) == ["libnew-thing5"]


def test_missing_libraries_are_read_from_ldd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plugin = tmp_path / "libqxcb.so"
    plugin.write_bytes(b"")
    told = (
        "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibxcb-cursor.so.0 => not found\n"
        "\tlibc.so.6 => /lib/libc.so.6 (0x00007f)\n\tlibEGL.so.1 => not found\n\tlibEGL.so.1 => not found\n"
    )
    monkeypatch.setattr(machine, "LINUX", True)
    monkeypatch.setattr(machine.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(machine.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 1, told, ""))
    assert machine.missing_libraries([plugin]) == ["libEGL.so.1", "libxcb-cursor.so.0"]
    assert machine.missing_libraries([tmp_path / "gone.so"]) == []
    monkeypatch.setattr(machine, "LINUX", False)
    assert machine.missing_libraries([plugin]) == []


def test_what_a_build_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, DEBIAN, root=True)
    monkeypatch.setattr(machine, "MAC", False)
    monkeypatch.setattr(machine, "WINDOWS", False)
    monkeypatch.setattr(machine, "_has_compiler", lambda: False)
    monkeypatch.setattr(machine.shutil, "which", lambda _: None)
    assert machine.compiler_packages("cpu") == ["build-essential"]
    assert machine.compiler_line("vulkan") == (
        "apt-get install -y --no-install-recommends build-essential glslc libvulkan-dev spirv-headers"
    )
    monkeypatch.setattr(machine, "_has_compiler", lambda: True)
    assert machine.compiler_packages("cpu") == []


def test_compilers_on_the_other_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MAC", True)
    monkeypatch.setattr(machine, "WINDOWS", False)
    monkeypatch.setattr(machine, "_has_compiler", lambda: False)
    assert machine.compiler_line("metal") == "xcode-select --install"
    monkeypatch.setattr(machine, "WINDOWS", True)
    assert "VCTools" in machine.compiler_line("cpu")


def test_a_compiler_named_in_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"clang-15", "clang++-15"}
    monkeypatch.setattr(machine, "MAC", False)
    monkeypatch.setattr(machine, "WINDOWS", False)
    monkeypatch.setattr(machine.shutil, "which", lambda name: name if name in here else None)
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.delenv("CXX", raising=False)
    assert not machine._has_compiler()
    monkeypatch.setenv("CC", "clang-15 -pipe")
    assert not machine._has_compiler()
    monkeypatch.setenv("CXX", "clang++-15")
    assert machine._has_compiler()


# ---------------------------------------------------------------- backends


@pytest.mark.parametrize(
    ("driver", "name"),
    [((0, 0), ""), ((11, 7), ""), ((11, 8), "cu118"), ((12, 0), "cu118"), ((12, 4), "cu124"), ((12, 9), "cu125"),
     ((13, 1), "cu130"), ((14, 0), "cu132")],
)  # fmt: skip
def test_the_ready_made_build_for_a_driver(driver: tuple[int, int], name: str) -> None:
    assert backends.flavour("cuda", driver) == name


def test_the_driver_is_read_from_its_own_program(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "| NVIDIA-SMI 550.54.14    Driver Version: 550.54.14    CUDA Version: 12.4     |"
    monkeypatch.setattr(machine.shutil, "which", lambda _: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(machine.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, told, ""))
    assert machine.cuda_driver.__wrapped__() == (12, 4)
    monkeypatch.setattr(machine.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 9, "no driver", ""))
    assert machine.cuda_driver.__wrapped__() == (0, 0)
    monkeypatch.setattr(machine.shutil, "which", lambda _: None)
    assert machine.cuda_driver.__wrapped__() == (0, 0)


def test_what_auto_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MAC", False)
    monkeypatch.setattr(machine, "cuda_driver", lambda: (0, 0))
    assert backends.resolve("auto") == "cpu"
    monkeypatch.setattr(machine, "cuda_driver", lambda: (12, 4))
    assert backends.resolve("auto") == "cuda"
    assert backends.resolve("cpu") == "cpu"


def test_the_build_is_for_this_machine_and_the_person_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=OFF")
    monkeypatch.setattr(machine, "memory_gib", lambda: 1.5)
    monkeypatch.setattr(backends.os, "cpu_count", lambda: 8)
    environ = backends._build_environ("vulkan", {"PATH": "x"})
    assert environ["CMAKE_ARGS"] == "-DGGML_NATIVE=ON -DGGML_VULKAN=ON -DGGML_NATIVE=OFF"
    assert environ["CMAKE_BUILD_PARALLEL_LEVEL"] == "1"
    monkeypatch.setattr(machine, "memory_gib", lambda: 16.0)
    assert "CMAKE_BUILD_PARALLEL_LEVEL" not in backends._build_environ("cpu", {})


# ---------------------------------------------------------------- arguments, and Pythons that do not suit


def test_our_own_option_is_taken_from_the_front_only() -> None:
    assert launch.split([]) == ("auto", [])
    assert launch.split(["--backend", "cuda", "chat", "Hello"]) == ("cuda", ["chat", "Hello"])
    assert launch.split(["--backend=cpu"]) == ("cpu", [])
    assert launch.split(["chat", "--backend", "cuda"]) == ("auto", ["chat", "--backend", "cuda"])


@pytest.mark.parametrize("arguments", [["--backend"], ["--backend", "fast"], ["--backend="]])
def test_an_unknown_backend_is_told(arguments: list[str]) -> None:
    with pytest.raises(SetupError, match="auto, cpu, cuda, metal, vulkan"):
        launch.split(arguments)


def test_all_tests_run_on_every_processor_and_chosen_ones_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for processors, workers in ((1, "1"), (2, "2"), (64, "4"), (None, "1")):
        monkeypatch.setattr(launch.os, "cpu_count", lambda processors=processors: processors)
        assert launch.side_by_side([]) == ["-n", workers]
    assert launch.side_by_side(["tests/unit", "-x"]) == []


@pytest.mark.parametrize("start", [launch.run, launch.test])
@pytest.mark.parametrize("arguments", [["-h"], ["--help"], ["--backend", "cpu", "--help"]])
def test_help_sets_nothing_up(
    start: Callable[[list[str]], int], arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(bootstrap.Setup, "is_ready", lambda *_: False)
    monkeypatch.setattr(bootstrap.Setup, "ensure", lambda _: pytest.fail("a set-up"))
    assert start(arguments) == 0
    assert "python3 packaging/" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["run.py", "test.py", "pythons.py"])
def test_an_old_python_gets_as_far_as_the_sentence(name: str) -> None:
    source = (ROOT / "packaging" / name).read_text("utf-8")
    ast.parse(source, feature_version=(3, 7))
    assert "from __future__" not in source


def test_which_pythons_suit() -> None:
    assert [pythons.suits((3, minor)) for minor in (10, 11, 13, 14)] == [False, True, True, False]
    assert pythons.suits(sys.version_info)


def test_a_python_that_does_not_suit_looks_for_one_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(pythons, "suits", lambda _: False)
    monkeypatch.setattr(pythons, "_works", lambda command: command[0])
    monkeypatch.setattr(pythons.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "python3.12" else None)
    monkeypatch.setattr(pythons.subprocess, "call", lambda command: called.append(command) or 7)
    monkeypatch.setattr(sys, "argv", ["run.py", "chat"])
    with pytest.raises(SystemExit) as left:
        pythons.require("run.py")
    assert left.value.code == 7
    assert called == [["/usr/bin/python3.12", "run.py", "chat"]]


def test_without_any_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pythons, "suits", lambda _: False)
    monkeypatch.setattr(pythons.shutil, "which", lambda _: None)
    with pytest.raises(SystemExit):
        pythons.require("run.py")
    said = capsys.readouterr().err
    assert "3.11 to 3.13" in said
    assert "nstall" in said


def test_what_the_tests_need(monkeypatch: pytest.MonkeyPatch) -> None:
    here: set[str] = set()
    monkeypatch.setattr(machine, "LINUX", True)
    monkeypatch.setattr(machine.shutil, "which", lambda name: name if name in here else None)
    monkeypatch.setattr(machine, "_chinese_font", lambda: False)
    assert machine.test_packages() == ["xvfb", "xdotool", "fonts-noto-cjk"]
    here.add("Xvfb")
    monkeypatch.setattr(machine, "_chinese_font", lambda: True)
    assert machine.test_packages() == ["xdotool"]
    monkeypatch.setattr(machine, "LINUX", False)
    assert machine.test_packages() == []

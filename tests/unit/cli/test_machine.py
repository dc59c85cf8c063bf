"""What is told about a computer, and what is kept to oneself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.cli import bandwidth, machine

CPUINFO = {
    "zen4": ("flags\t\t: fpu sse3 ssse3 sse4_2 avx avx2 f16c fma bmi2 avx512f avx512bw avx512_vnni avx512_bf16 xsaves",
             ["ssse3", "sse4_2", "avx", "avx2", "f16c", "fma", "bmi2", "avx512f", "avx512bw", "avx512_vnni",
              "avx512_bf16"]),
    "haswell": ("processor\t: 0\nflags\t\t: sse3 ssse3 sse4_2 avx f16c fma avx2 bmi2\n\nprocessor\t: 1\nflags\t: no",
                ["ssse3", "sse4_2", "avx", "avx2", "f16c", "fma", "bmi2"]),
    "sandy bridge": ("flags\t: sse3 ssse3 sse4_2 avx", ["ssse3", "sse4_2", "avx"]),
    "raspberry pi 5": ("Features\t: fp asimd aes asimdhp cpuid asimdrdm asimddp", ["asimd", "asimdhp", "asimddp"]),
    "atom": ("flags\t: sse3 ssse3", ["ssse3"]),
    "nothing": ("", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CPUINFO)
def test_flags_of_processors(name: str) -> None:
    text, flags = CPUINFO[name]
    assert machine.cpu_flags(text) == flags


def test_home_and_account_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/mingyu"))
    monkeypatch.setattr(machine.getpass, "getuser", lambda: "mingyu")
    assert machine.private("/home/mingyu/models") == "~/models"
    assert machine.private("/media/mingyu/disk") == "/media/user/disk"
    assert machine.private("mingyutan") == "mingyutan"


def test_a_machine_without_account_names_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such uid")

    monkeypatch.setattr(machine.getpass, "getuser", nobody)
    assert machine.private("/data") == "/data"


def test_folders_that_are_not_there_yet(tmp_path: Path) -> None:
    state = machine.folder_state(tmp_path / "a" / "b")
    assert (state["there"], state["writable"]) == ("false", "true")
    assert int(state["free"]) > 0
    (tmp_path / "file").write_text("")
    assert machine.folder_state(tmp_path / "file" / "c")["writable"] == "false"


def test_secrets_in_the_environment_are_not_shown() -> None:
    environ = {
        "HF_TOKEN": "hf_secret", "HTTPS_PROXY": "http://me:secret@host", "DISPLAY": ":0", "LANG": "zh_CN.UTF-8",
        "SSH_AUTH_SOCK": "/x",
    }  # fmt: skip
    assert machine.environment(environ) == {"LANG": "zh_CN.UTF-8", "DISPLAY": "set", "HTTPS_PROXY": "set"}


def test_versions_name_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.versions()["llama-cpp-python"] != "missing"
    monkeypatch.setattr(machine, "_PACKAGES", ("no-such-package",))
    assert machine.versions()["no-such-package"] == "missing"


def test_an_input_method_that_no_window_could_reach_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "_qt_plugins", lambda kind: [tmp_path / kind / "libibusplatforminputcontextplugin.so"])
    assert machine.unreachable_input_method({"XMODIFIERS": "@im=fcitx"}) == "fcitx"
    assert machine.unreachable_input_method({"QT_IM_MODULE": "ibus", "XMODIFIERS": "@im=fcitx"}) == ""
    assert machine.unreachable_input_method({"XMODIFIERS": "@im=fcitx", "WAYLAND_DISPLAY": "wayland-0"}) == ""
    assert machine.unreachable_input_method({}) == ""
    monkeypatch.setattr(machine, "_qt_plugins", lambda kind: [tmp_path / kind / "libfcitx5platform.so"])
    assert machine.unreachable_input_method({"QT_IM_MODULE": "fcitx", "XMODIFIERS": "@im=fcitx"}) == ""
    assert machine.unreachable_input_method({"XMODIFIERS": "@im=fcitx"}) == "fcitx"  # Qt is not told of the plugin


def test_missing_libraries_are_those_that_the_system_does_not_have(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plugin = tmp_path / "libqxcb.so"
    plugin.write_bytes(b"")
    (tmp_path / "libown.so").write_bytes(b"")
    said = "\tlibxcb-cursor.so.0 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x0)\n\tlibown.so => not found\n"
    monkeypatch.setattr(machine.sys, "platform", "linux")
    monkeypatch.setattr(machine.shutil, "which", lambda name: "/usr/bin/ldd")
    monkeypatch.setattr(machine, "_qt_plugins", lambda kind: [plugin])
    monkeypatch.setattr(machine, "_llama_libraries", list)
    monkeypatch.setattr(machine, "_output", lambda command: said)
    assert machine.missing_libraries() == {"Qt": ["libxcb-cursor.so.0"]}
    monkeypatch.setattr(machine, "_output", lambda command: "")
    assert machine.missing_libraries() == {}
    monkeypatch.setattr(machine.sys, "platform", "win32")
    assert machine.missing_libraries() == {}


def test_memory_is_read_by_as_many_threads_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    names: set[int] = set()
    real = threading.Thread.start

    def start(self: threading.Thread) -> None:
        names.add(id(self))
        real(self)

    monkeypatch.setattr(threading.Thread, "start", start)
    speed = bandwidth.read_speed(2, block=4 << 20, rounds=1)
    assert 1e8 < speed < 1e13
    assert len(names) >= 2


def test_memory_is_not_measured_where_there_is_too_little(monkeypatch: pytest.MonkeyPatch) -> None:
    class Little:
        available = 1000

    monkeypatch.setattr(bandwidth.psutil, "virtual_memory", Little)
    assert bandwidth.read_speed(2) == 0.0


def test_it_is_told_where_something_is_set_and_never_what() -> None:
    assert machine.set_where("http://secret.example", "HTTPS_PROXY", environ={}) == "set"
    assert machine.set_where("", "HTTPS_PROXY", environ={"HTTPS_PROXY": "http://secret"}) == "from HTTPS_PROXY"
    assert machine.set_where("", "HTTPS_PROXY", environ={"HTTPS_PROXY": ""}) == "automatic"

"""What this computer has and lacks (compilers, system libraries, programs), and the command that installs it."""

from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

LINUX = sys.platform.startswith("linux")
MAC = sys.platform == "darwin"
WINDOWS = os.name == "nt"

# What Qt's platform plugins and llama.cpp load, by Debian package. Fedora and openSUSE install by library name.
DEBIAN_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libOpenGL.so.0": "libopengl0",
    "libGLX.so.0": "libglx0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
    "libgomp.so.1": "libgomp1",
    "libstdc++.so.6": "libstdc++6",
    "libvulkan.so.1": "libvulkan1",
}
ARCH_LIBRARIES = {
    "libxcb-cursor": "xcb-util-cursor",
    "libxcb-icccm": "xcb-util-wm",
    "libxcb-image": "xcb-util-image",
    "libxcb-keysyms": "xcb-util-keysyms",
    "libxcb-render-util": "xcb-util-renderutil",
    "libxcb-util": "xcb-util",
    "libxkbcommon-x11": "libxkbcommon-x11",
    "libxkbcommon": "libxkbcommon",
    "libxcb": "libxcb",
    "libX11": "libx11",
    "libGL": "libglvnd",
    "libEGL": "libglvnd",
    "libfontconfig": "fontconfig",
    "libdbus-1": "dbus",
    "libwayland": "wayland",
    "libvulkan": "vulkan-icd-loader",
    "libgomp": "gcc-libs",
}


@functools.cache
def family() -> str:
    """``debian``, ``fedora``, ``suse``, ``arch`` or an empty string: whose package manager this is."""
    if not LINUX:
        return ""
    try:
        facts = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = f"{facts.get('ID', '')} {facts.get('ID_LIKE', '')}".split()
    for known, program in (("debian", "apt-get"), ("fedora", "dnf"), ("suse", "zypper"), ("arch", "pacman")):
        if any(name == known or name.startswith(known) or known in name for name in names) and shutil.which(program):
            return known
    return ""


def is_root() -> bool:
    return not WINDOWS and os.geteuid() == 0


def may_install() -> bool:
    """As root on Debian and its relatives the set-up installs system packages by itself."""
    return family() == "debian" and is_root()


def install_line(packages: Iterable[str]) -> str:
    """The command that a person types to install system ``packages`` (names of this system)."""
    names = " ".join(f"'{name}'" if "(" in name else name for name in packages)
    sudo = "" if is_root() else "sudo "
    return {
        "debian": f"{sudo}apt-get install -y --no-install-recommends {names}",
        "fedora": f"{sudo}dnf install -y {names}",
        "suse": f"{sudo}zypper install -y {names}",
        "arch": f"{sudo}pacman -S --needed {names}",
    }.get(family(), names)


# ---------------------------------------------------------------- libraries


def missing_libraries(files: Iterable[Path]) -> list[str]:
    """The names (``libxcb-cursor.so.0``) that the dynamic linker does not find for these files; Linux only."""
    ldd = shutil.which("ldd")
    existing = [str(path) for path in files if path.is_file()]
    if not LINUX or not ldd or not existing:
        return []
    told = subprocess.run(
        [ldd, *existing], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    ).stdout
    return sorted(set(re.findall(r"^\s*(\S+) => not found", told, re.MULTILINE)))


def library_packages(libraries: Iterable[str]) -> list[str]:
    """The packages of this system that hold ``libraries``, in order and once each."""
    own = family()
    found = []
    for name in libraries:
        if own == "debian":
            found.append(DEBIAN_LIBRARIES.get(name) or name.replace(".so.", "").replace("_", "-").lower())
        elif own in ("fedora", "suse"):
            found.append(f"{name}()(64bit)" if sys.maxsize > 2**32 else name)
        elif own == "arch":
            found.append(next((ours for start, ours in ARCH_LIBRARIES.items() if name.startswith(start)), name))
        else:
            found.append(name)
    return list(dict.fromkeys(found))


# ---------------------------------------------------------------- compilers


def compiler_packages(backend: str) -> list[str]:
    """What is missing here to compile llama.cpp for ``backend``, as packages of this system; empty: all is there.

    Where this system's packages are not known, the names say in words what is needed.
    """
    own = family()
    missing: list[str] = []
    if not _has_compiler():
        missing += {
            "debian": ["build-essential"],
            "fedora": ["gcc-c++", "make"],
            "suse": ["gcc-c++", "make"],
            "arch": ["base-devel"],
        }.get(own, ["a C and C++ compiler"])
    if backend == "vulkan" and not shutil.which("glslc"):
        missing += {
            "debian": ["glslc", "libvulkan-dev", "spirv-headers"],
            "fedora": ["glslc", "vulkan-loader-devel", "spirv-headers-devel"],
            "suse": ["shaderc", "vulkan-devel", "spirv-headers"],
            "arch": ["shaderc", "vulkan-headers", "vulkan-icd-loader", "spirv-headers"],
        }.get(own, ["the Vulkan SDK"])
    if backend == "cuda" and not cuda_compiler():
        missing += {"debian": ["nvidia-cuda-toolkit"], "arch": ["cuda"]}.get(own, ["the CUDA toolkit"])
    return missing


def compiler_line(backend: str) -> str:
    """The command that installs what :func:`compiler_packages` misses; the exact one for this system."""
    packages = compiler_packages(backend)
    if WINDOWS:
        if backend == "cuda":
            return "winget install Nvidia.CUDA"
        if backend == "vulkan" and _has_compiler():
            return "winget install KhronosGroup.VulkanSDK"
        return (
            "winget install Microsoft.VisualStudio.2022.BuildTools --override "
            '"--passive --wait --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"'
        )
    if MAC:
        vulkan = "brew install vulkan-headers vulkan-loader shaderc molten-vk"
        return vulkan if backend == "vulkan" else "xcode-select --install"
    return install_line(packages)


def _has_compiler() -> bool:
    if WINDOWS:
        return bool(_visual_studio() or (shutil.which("gcc") and shutil.which("g++")))
    if MAC:  # the commands exist without the tools, so they are asked
        return subprocess.run(["xcode-select", "-p"], capture_output=True, check=False).returncode == 0
    return all(
        shutil.which(os.environ.get(variable, "").split(" ")[0] or usual) or any(map(shutil.which, others))
        for variable, usual, *others in (("CC", "cc", "gcc", "clang"), ("CXX", "c++", "g++", "clang++"))
    )


def _visual_studio() -> str:
    """Where Microsoft's C++ tools are installed, as their own locator says."""
    base = os.environ.get("ProgramFiles(x86)", "C:\\Program Files (x86)")  # noqa: SIM112 - that is its name
    locator = Path(base) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
    if not locator.is_file():
        return ""
    wanted = ["-products", "*", "-requires", "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"]
    told = subprocess.run(
        [str(locator), *wanted, "-property", "installationPath"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


# ---------------------------------------------------------------- graphics processors


@functools.cache
def cuda_driver() -> tuple[int, int]:
    """The newest CUDA version that the NVIDIA driver here can run, (0, 0) without one."""
    program = shutil.which("nvidia-smi")
    if not program:
        return (0, 0)
    try:
        told = subprocess.run([program], capture_output=True, text=True, check=False, timeout=15).stdout
    except (OSError, subprocess.SubprocessError):
        return (0, 0)
    found = re.search(r"CUDA Version:\s*(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def cuda_compiler() -> str:
    """The path of ``nvcc``, or an empty string."""
    return shutil.which("nvcc") or next(
        (str(path) for path in (Path("/usr/local/cuda/bin/nvcc"), Path("/opt/cuda/bin/nvcc")) if path.is_file()), ""
    )


# ---------------------------------------------------------------- for the tests


def test_packages() -> list[str]:
    """What the tests need on Debian and is not here: a screen without a monitor, keys from outside, Chinese fonts."""
    if not LINUX:
        return []
    missing = []
    if not shutil.which("Xvfb"):
        missing.append("xvfb")
    if not shutil.which("xdotool"):
        missing.append("xdotool")
    if not _chinese_font():
        missing.append("fonts-noto-cjk")
    return missing


def _chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister:
        told = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
        return bool(told.stdout.strip())
    return any(Path("/usr/share/fonts").glob("**/*CJK*"))


def memory_gib() -> float:
    """Main memory in GiB; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return 0.0

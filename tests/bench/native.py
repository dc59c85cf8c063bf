"""llama.cpp's own programs, built from the source distribution that the installed wheel was built from.

The flags are those of llama-cpp-python's build (its CMakeLists.txt: shared libraries, Release, no curl, everything else
as it comes, so ``GGML_NATIVE`` on and OpenMP where it is found). Whether both builds really came out the same is asked
of the libraries themselves: ``llama_print_system_info`` must be equal.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

BUILD_ROOT = Path(__file__).resolve().parent / ".build"
TARGETS = ("llama-bench", "llama-batched-bench", "llama-server")
SOURCE_VARIABLE = "LAMPLIGHT_SDIST"

FLAGS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DBUILD_SHARED_LIBS=ON",
    "-DLLAMA_CURL=OFF",
    "-DLLAMA_OPENSSL=OFF",  # only the server's own HTTPS, which is not measured
    "-DLLAMA_BUILD_COMMON=ON",
    "-DLLAMA_BUILD_TOOLS=ON",
    "-DLLAMA_BUILD_SERVER=ON",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_APP=OFF",
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",  # otherwise the build goes to the network for a web page
)


class NativeBuildError(Exception):
    """The programs to compare with could not be built; the text says which step failed and where its log is."""


@dataclass(frozen=True)
class Native:
    """The built programs."""

    folder: Path

    @property
    def bench(self) -> Path:
        return self._program("llama-bench")

    @property
    def batched_bench(self) -> Path:
        return self._program("llama-batched-bench")

    @property
    def server(self) -> Path:
        return self._program("llama-server")

    @property
    def library(self) -> Path:
        """libllama of this build (Linux, macOS)."""
        names = ("libllama.so", "libllama.dylib", "llama.dll")
        return next(path for name in names if (path := self.folder / name).exists())

    def _program(self, name: str) -> Path:
        return self.folder / (f"{name}.exe" if os.name == "nt" else name)


def source_folder() -> Path:
    """The unpacked source distribution of llama-cpp-python: ``LAMPLIGHT_SDIST`` or the one that the tests fetch.

    :raises NativeBuildError: the folder holds no llama.cpp.
    """
    named = os.environ.get(SOURCE_VARIABLE)
    if named:
        folder = Path(named)
    else:
        from tests.fakes.sdist import llama_source

        folder = Path(llama_source())
    for candidate in (folder, folder / "vendor" / "llama.cpp"):
        if (candidate / "ggml" / "CMakeLists.txt").is_file():
            return candidate
    raise NativeBuildError(f"{folder} holds no llama.cpp source")


def build(source: Path | None = None, *, jobs: int = 2, root: Path = BUILD_ROOT) -> Native:
    """Build what is missing (5 to 8 minutes on two cores, seconds when it is there) and say where it is.

    :param jobs: compilers at once.
    :raises NativeBuildError: no CMake, no compiler, or a failing step.
    """
    source = source or source_folder()
    if shutil.which("cmake") is None:
        raise NativeBuildError("cmake is not installed")
    # Named by version, so that a copy of the same sources somewhere else is not built again.
    digest = hashlib.sha256("\n".join(FLAGS).encode()).hexdigest()[:8]
    folder = root / f"{metadata.version('llama-cpp-python')}-{digest}"
    native = Native(folder / "bin")
    done = folder / "built"
    if done.exists():
        return native
    folder.mkdir(parents=True, exist_ok=True)
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    # SOURCE_DATE_EPOCH would switch GGML_NATIVE off behind our back.
    environ = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    nice = ["nice", "-n", "10"] if shutil.which("nice") else []
    log = folder / "build.log"
    steps = [
        ["cmake", "-S", str(source), "-B", str(folder), *generator, *FLAGS],
        [*nice, "cmake", "--build", str(folder), "--config", "Release", "-j", str(jobs), "--target", *TARGETS],
    ]
    with log.open("wb") as file:
        for step in steps:
            result = subprocess.run(step, stdout=file, stderr=subprocess.STDOUT, env=environ, check=False)
            if result.returncode:
                raise NativeBuildError(f"{step[0]} ended with {result.returncode}; see {log}")
    done.write_text("yes\n")
    return native


_ASK = """
import ctypes, sys
ask = ctypes.CDLL(sys.argv[1]).llama_print_system_info
ask.restype = ctypes.c_char_p
print(ask().decode())
"""
_ASK_INSTALLED = "import llama_cpp; print(llama_cpp.llama_print_system_info().decode())"


def system_info(native: Native | None) -> str:
    """``llama_print_system_info`` of a build, or of the installed wheel (None)."""
    arguments = ["-c", _ASK, str(native.library)] if native else ["-c", _ASK_INSTALLED]
    result = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return result.stdout.strip()

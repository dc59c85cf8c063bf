"""Whether llama.cpp was built to use a graphics card here, told by its libraries without loading them."""

from __future__ import annotations

import contextlib
import importlib.util
import platform
import shutil
import sys
from functools import cache
from pathlib import Path

_NAMES = ("cuda", "metal", "vulkan", "hip", "musa", "sycl", "opencl", "cann", "rpc")
_VENDORS = {"0x10de": "nvidia", "0x1002": "amd"}
_BACKENDS = {"nvidia": "cuda", "apple": "metal", "amd": "vulkan"}


@cache
def built_with() -> frozenset[str]:
    """The kinds of graphics cards that the installed llama.cpp can use; empty: it was built for the processor alone."""
    try:
        spec = importlib.util.find_spec("llama_cpp")  # finds, does not import
    except (ImportError, ValueError):
        return frozenset()
    found: set[str] = set()
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        for file in (Path(place) / "lib").glob("*ggml-*"):
            name = file.name.split(".")[0].removeprefix("lib").removeprefix("ggml-")
            found.update(kind for kind in _NAMES if name == kind)
    return frozenset(found)


@cache
def cards() -> frozenset[str]:
    """Makers of the graphics cards in this computer, as far as the system says it without a driver's help."""
    found: set[str] = set()
    if sys.platform == "darwin" and platform.machine() == "arm64":
        found.add("apple")
    for vendor in Path("/sys/class/drm").glob("card*/device/vendor"):
        with contextlib.suppress(OSError):
            found.update(filter(None, (_VENDORS.get(vendor.read_text().strip()),)))
    if shutil.which("nvidia-smi") or Path("/proc/driver/nvidia/version").exists():
        found.add("nvidia")
    return frozenset(found)


def missing_backend() -> str:
    """What the set-up would have to build llama.cpp with so that it can use this computer's graphics card; empty:
    it can already, or there is none that would help."""
    if built_with():
        return ""
    return next((backend for maker, backend in _BACKENDS.items() if maker in cards()), "")

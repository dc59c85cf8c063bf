"""Which architectures the installed llama.cpp can run, told by its library without loading it."""

from __future__ import annotations

import importlib.machinery
import mmap
from functools import cache
from pathlib import Path

_LIBRARIES = ("libllama.so", "libllama.dylib", "llama.dll")


@cache
def is_known(architecture: str) -> bool:
    """Whether llama.cpp knows this architecture; True also where nobody can tell. Reads some megabytes once."""
    library = _library()
    if library is None or not architecture:
        return True
    # Its names are texts that end with a zero, though not all begin after one: a compiler shares what texts end with.
    name = architecture.encode("utf-8", "replace") + b"\0"
    try:
        with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(name) >= 0
    except (OSError, ValueError):
        return True


@cache
def _library() -> Path | None:
    spec = importlib.machinery.PathFinder.find_spec("llama_cpp")  # finds, does not import
    places = [Path(place) / "lib" for place in (spec.submodule_search_locations or ())] if spec is not None else []
    return next((path for place in places for name in _LIBRARIES if (path := place / name).is_file()), None)

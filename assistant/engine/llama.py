"""The one door to llama.cpp: the only file that imports ``llama_cpp`` and ``numpy``. Loaded in engine children only.

``L`` is the low-level module of llama-cpp-python, taken without its package (whose import pulls in templates, caches
and a server). Importing this file raises ImportError when the native library is missing or does not fit the machine.
"""

from __future__ import annotations

import collections
import contextlib
import ctypes
import importlib
import importlib.metadata
import importlib.util
import os
import sys
import types
from pathlib import Path
from typing import Any, Literal

import numpy as np

from assistant.engine.messages import Device

__all__ = ["LOG", "AbortFlag", "L", "Log", "devices", "grammar_of_schema", "np", "versions"]


def _low_level() -> Any:
    """``llama_cpp.llama_cpp`` under an empty package: 30 ms instead of 120 to 300."""
    if "llama_cpp" not in sys.modules:
        spec = importlib.util.find_spec("llama_cpp")
        if spec is None or spec.submodule_search_locations is None:
            raise ImportError("llama-cpp-python is not installed")
        package = types.ModuleType("llama_cpp")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["llama_cpp"] = package
    try:
        return importlib.import_module("llama_cpp.llama_cpp")
    except (OSError, RuntimeError, AttributeError) as error:  # missing, or of another machine or version
        raise ImportError(str(error)) from error


L: Any = _low_level()

_KINDS: dict[int, Literal["gpu", "igpu"]] = {1: "gpu", 2: "igpu"}  # of ggml-backend.h


class AbortFlag:
    """Breaks off a running decode from any thread, without the interpreter's lock.

    llama.cpp asks a C function after every node of the graph. A Python function there waits for the lock each time
    (tokens became thirty times slower beside a busy thread); ``strlen`` of a buffer that holds "" or "x" does not.
    """

    def __init__(self) -> None:
        library = ctypes.CDLL("msvcrt" if os.name == "nt" else None)
        address = ctypes.cast(library.strlen, ctypes.c_void_p).value
        self.callback = L.ggml_abort_callback(address)
        self._buffer = ctypes.create_string_buffer(2)
        self.data = ctypes.c_void_p(ctypes.addressof(self._buffer))

    def set(self, on: bool) -> None:
        LOG.hold(on)
        self._buffer[0] = b"x" if on else b"\0"


class Log:
    """Warnings and errors of the library: to standard error, and the last ones kept for a diagnosis.

    Paths are taken out: the log of a child may be shown to others. There is one, ``LOG``, which lives as long as the
    process, because the library may call it at any time.

    The library calls a decode that was broken off on request an error, in four lines. While one may be (``hold``) its
    words wait for ``forget`` or ``release``.
    """

    def __init__(self) -> None:
        self._last: collections.deque[str] = collections.deque(maxlen=40)
        self._secrets: list[str] = []
        self._holds = False
        self._held: list[str] = []
        self._callback = L.llama_log_callback(self._write)
        L.llama_log_set(self._callback, ctypes.c_void_p(0))
        self._level = 0

    def hide(self, text: str) -> None:
        """``text`` (a path) shall not appear in what is written."""
        # A name like "e" would be found in every word.
        self._secrets = sorted({text, Path(text).name, Path(text).stem}, key=len, reverse=True)
        self._secrets = [secret for secret in self._secrets if len(secret) > 3]

    def tail(self) -> str:
        return "".join(self._last)[-2000:]

    def hold(self, on: bool) -> None:
        """Keep what is said from now on for later; off: say it. May be called from any thread."""
        self._holds = on
        if not on:
            self.release()

    def forget(self) -> None:
        """What is held was about a stop, which is no error."""
        self._held.clear()

    def release(self) -> None:
        """Say what is held."""
        held, self._held = self._held, []
        for line in held:
            self._say(line)

    def _write(self, level: int, text: bytes, _data: Any) -> None:
        if level != 5:  # 5 continues the line before
            self._level = level
        if self._level < 3:
            return
        line = text.decode("utf-8", "replace")
        for secret in self._secrets:
            line = line.replace(secret, "MODEL")
        if self._holds:
            self._held.append(line)
        else:
            self._say(line)

    def _say(self, line: str) -> None:
        self._last.append(line)
        sys.stderr.write(line)
        sys.stderr.flush()


LOG = Log()


def _ggml(name: str, restype: Any, *argtypes: Any) -> Any:
    """A function of ggml, which the binding leaves out."""
    libraries = [L._lib]
    if os.name == "nt":  # pragma: no cover - elsewhere the symbols are found through libllama
        libraries += [ctypes.CDLL(str(path)) for path in sorted(Path(L._base_path).glob("ggml*.dll"))]
    for library in libraries:
        try:
            function = getattr(library, name)
        except AttributeError:
            continue
        function.restype = restype
        function.argtypes = list(argtypes)
        return function
    raise AttributeError(name)


def start() -> None:
    """Prepare the library; a build whose backends are separate files loads them here."""
    L.llama_backend_init()
    try:
        count = _ggml("ggml_backend_dev_count", ctypes.c_size_t)
        if count() == 0:
            _ggml("ggml_backend_load_all_from_path", None, ctypes.c_char_p)(os.fsencode(L._base_path))
    except AttributeError:
        pass


def devices() -> tuple[Device, ...]:
    """The devices other than the processor that layers can be put on, in the library's words, and their memory."""
    try:
        count = _ggml("ggml_backend_dev_count", ctypes.c_size_t)
        get = _ggml("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
        name = _ggml("ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
        about = _ggml("ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
        kind = _ggml("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
        size = ctypes.POINTER(ctypes.c_size_t)
        memory = _ggml("ggml_backend_dev_memory", None, ctypes.c_void_p, size, size)
    except AttributeError:
        return ()
    found = []
    for i in range(count()):
        device = get(i)
        sort = _KINDS.get(kind(device))
        if sort is not None:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            memory(device, ctypes.byref(free), ctypes.byref(total))
            words = f"{name(device).decode('utf-8', 'replace')} ({about(device).decode('utf-8', 'replace')})"
            found.append(Device(name=words, total=total.value, free=free.value, kind=sort))
    return tuple(found)


def versions() -> dict[str, str]:
    found = {"llama.cpp": L.llama_version().decode(), "numpy": np.__version__}
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        found["llama-cpp-python"] = importlib.metadata.version("llama-cpp-python")
    return found


def grammar_of_schema(schema: str) -> str:
    """A GBNF grammar for a JSON schema.

    :raises ValueError: the schema is not one.
    """
    module = importlib.import_module("llama_cpp.llama_grammar")
    try:
        return str(module.json_schema_to_gbnf(schema))
    except Exception as error:  # the converter raises whatever a strange schema makes it stumble over
        raise ValueError(f"{type(error).__name__}: {error}") from error

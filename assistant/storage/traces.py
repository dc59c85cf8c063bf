"""Errors in words that hold no content: types, our own codes, modules and lines. Never a message or a path.

The message of an exception can quote what a person wrote, or name a file; the line it came from cannot.
"""

from __future__ import annotations

import errno
import re
import sqlite3
import sys
from types import TracebackType

from assistant.base.errors import AssistantError

_KNOWN = frozenset(sys.stdlib_module_names) | {
    "assistant",
    "PySide6",
    "huggingface_hub",
    "jinja2",
    "llama_cpp",
    "msgspec",
    "platformdirs",
    "psutil",
    "pygments",
}
_PLAIN = re.compile(r"[A-Za-z0-9_.<>]{1,120}")
_FRAMES = 30
_CHAIN = 5


def describe(error: BaseException) -> str:
    """The error, those that led to it, and where they were raised; several lines."""
    lines: list[str] = []
    current: BaseException | None = error
    for _ in range(_CHAIN):
        if current is None:
            break
        lines.append(name_of(current))
        lines += [f"  {place}" for place in places(current.__traceback__)]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if current is not None:
            lines.append("after")
    return "\n".join(lines)


def name_of(error: BaseException) -> str:
    """The type, and a code where the type has one."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if not _is_known(kind.__module__) or not _PLAIN.fullmatch(name):
        name = "another exception"
    code = _code(error)
    return f"{name} ({code})" if code else name


def places(trace: TracebackType | None) -> list[str]:
    """``module:line in function`` for each frame, the innermost last; the last 30."""
    result = []
    while trace is not None:
        frame = trace.tb_frame
        result.append(place(frame.f_globals.get("__name__"), trace.tb_lineno, frame.f_code.co_name))
        trace = trace.tb_next
    return result[-_FRAMES:]


def place(module: object, line: int, function: str = "") -> str:
    """A place in the program or in a library; of any other module (a script, a template) only the line."""
    if not isinstance(module, str) or not _is_known(module):
        return f"elsewhere:{line}"
    inside = f" in {function}" if _PLAIN.fullmatch(function) else ""
    return f"{module}:{line}{inside}"


def _is_known(module: object) -> bool:
    if not isinstance(module, str) or not _PLAIN.fullmatch(module):
        return False
    return module != "__main__" and module.partition(".")[0] in _KNOWN


def _code(error: BaseException) -> str:
    if isinstance(error, AssistantError):
        return error.kind.value
    if isinstance(error, OSError):
        return errno.errorcode.get(error.errno or 0, "")
    if isinstance(error, sqlite3.Error):
        return str(getattr(error, "sqlite_errorname", ""))
    return ""

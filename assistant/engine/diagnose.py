"""Why a model file could not be loaded, found out by reading its header again, slowly and safely."""

from __future__ import annotations

from pathlib import Path

from assistant.base.container import read_container
from assistant.base.errors import AssistantError, ErrorKind

_NO_MEMORY = ("mmap failed", "MapViewOfFile failed", "to allocate", "insufficient memory", "bad_alloc")
_NEWER = ("unknown model architecture", "unknown tokenizer", "unknown pre-tokenizer")


def diagnose(path: Path, log: str = "") -> AssistantError:
    """The error that says why the library refused ``path``.

    :param log: the library's last words; of these only those about an unknown architecture or tokenizer, a file that
        is too short and memory that it did not get are used, which nothing else can tell.
    """
    name = path.name.encode("utf-8", "replace").decode()  # it may be no text
    try:
        container = read_container(path)
    except AssistantError as error:
        return AssistantError(error.kind, f"{error.detail}\n{log}".strip(), **{**error.values, "name": name})
    if any(words in log for words in _NEWER):
        architecture = str(container.fields.get("general.architecture", ""))
        return AssistantError(ErrorKind.MODEL_UNSUPPORTED, log, name=name, architecture=architecture)
    if "corrupted or incomplete" in log or "not within the file bounds" in log:
        size = container.size
        return AssistantError(ErrorKind.MODEL_TRUNCATED, log, name=name, expected=size + 1, actual=size)
    if any(words in log for words in _NO_MEMORY):
        return AssistantError(ErrorKind.MODEL_TOO_LARGE, log, name=name)
    # Its outer form is sound. What the library misses in it may be broken, or called otherwise by now.
    return AssistantError(ErrorKind.MODEL_DAMAGED, log, name=name, newer=1)

"""What a failure looks like on the command line: an exit code, and one sentence or a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli.terminal import Terminal
from assistant.texts import errors, tr

DONE, FAILED, USAGE, NO_MODEL, CANNOT_LOAD, CANNOT_READ, STOPPED = 0, 1, 2, 3, 4, 5, 130

_CODES: Mapping[ErrorKind, int] = {
    ErrorKind.NO_SUCH_MODEL: NO_MODEL,
    ErrorKind.NO_MODEL: NO_MODEL,
    ErrorKind.HUB_NOT_FOUND: NO_MODEL,
    ErrorKind.MODEL_MISSING: CANNOT_LOAD,
    ErrorKind.MODEL_NOT_A_MODEL: CANNOT_LOAD,
    ErrorKind.MODEL_TRUNCATED: CANNOT_LOAD,
    ErrorKind.MODEL_DAMAGED: CANNOT_LOAD,
    ErrorKind.HUB_DAMAGED: CANNOT_LOAD,
    ErrorKind.MODEL_UNSUPPORTED: CANNOT_LOAD,
    ErrorKind.MODEL_NOT_FOR_TEXT: CANNOT_LOAD,
    ErrorKind.MODEL_EMBEDS: CANNOT_LOAD,
    ErrorKind.MODEL_WRITES: CANNOT_LOAD,
    ErrorKind.MODEL_TOO_LARGE: CANNOT_LOAD,
    ErrorKind.MODEL_LOAD_FAILED: CANNOT_LOAD,
    ErrorKind.ENGINE_MISSING: CANNOT_LOAD,
    ErrorKind.ENGINE_CPU: CANNOT_LOAD,
    ErrorKind.FILE_MISSING: CANNOT_READ,
    ErrorKind.FILE_UNREADABLE: CANNOT_READ,
    ErrorKind.INPUT_TOO_LONG: CANNOT_READ,
    ErrorKind.DOCUMENT_EMPTY: CANNOT_READ,
    ErrorKind.DOCUMENT_NO_TEXT: CANNOT_READ,
    ErrorKind.DOCUMENT_ENCRYPTED: CANNOT_READ,
    ErrorKind.DOCUMENT_DAMAGED: CANNOT_READ,
    ErrorKind.DOCUMENT_UNKNOWN: CANNOT_READ,
    ErrorKind.DOCUMENT_OLD: CANNOT_READ,
    ErrorKind.DOCUMENT_NOT_WRITTEN: CANNOT_READ,
    ErrorKind.DOCUMENT_BOMB: CANNOT_READ,
    ErrorKind.DOCUMENT_TOO_LARGE: CANNOT_READ,
    ErrorKind.DOCUMENT_SLOW: CANNOT_READ,
    ErrorKind.DOCUMENT_MEMORY: CANNOT_READ,
    ErrorKind.DOCUMENT_UNREADABLE: CANNOT_READ,
    ErrorKind.DOCUMENT_FOLDER: CANNOT_READ,
    ErrorKind.INPUT_EMPTY: USAGE,
    ErrorKind.PROMPT_EMPTY: USAGE,
    ErrorKind.SETTING_INVALID: USAGE,
    ErrorKind.CANCELLED: STOPPED,
}
_DIED = frozenset({ErrorKind.ENGINE_MEMORY, ErrorKind.ENGINE_CRASHED, ErrorKind.ENGINE_HUNG})


def exit_code(error: AssistantError, *, loading: bool = False) -> int:
    """The contract's code for ``error``.

    :param loading: it happened before the model was loaded: an engine that dies then could not load it.
    """
    if loading and error.kind in _DIED:
        return CANNOT_LOAD
    return _CODES.get(error.kind, FAILED)


def tell(
    terminal: Terminal,
    error: AssistantError,
    *,
    as_json: bool,
    loading: bool = False,
    more: Mapping[str, Any] | None = None,
) -> int:
    """Say what went wrong and return the exit code.

    :param more: for the JSON object: what there was before it failed.
    """
    sentence = errors.sentence(error)
    if as_json:
        terminal.write_json({"error": {"kind": error.kind.value, "message": sentence}, **(more or {})})
    else:
        terminal.say(tr("lamplight: {sentence}", sentence=sentence))
        if error.kind is ErrorKind.NO_TEMPLATE:
            terminal.say(tr("“lamplight chat --raw TEXT” continues TEXT with it."))
        elif error.kind is ErrorKind.DOCUMENT_ENCRYPTED and error.values.get("password") == "missing":
            terminal.say(tr("“--password-file FILE” takes it from a file; at a terminal it is asked for."))
        elif error.kind is ErrorKind.NO_MODEL:
            terminal.say(tr("“lamplight models catalogue” shows good ones, “lamplight models get NAME” downloads one."))
        elif error.kind in (ErrorKind.HUB_GATED, ErrorKind.HUB_TOKEN) and "mirror" not in error.values:
            terminal.say(
                tr("“lamplight network --token” sets an access token; HF_TOKEN in the environment works, too.")
            )
    return exit_code(error, loading=loading)

"""What can go wrong with what is kept, with settings, and with the program itself."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.base.errors import ErrorKind
from assistant.texts import units
from assistant.texts.catalogue import tr
from assistant.texts.errors.values import Values, Words


def _short(v: Values) -> int:
    """Bytes that are missing; 0: that is not known, or no longer true."""
    return max(v.number("needed") - v.number("free"), 0)


def _no_space_hint(v: Values) -> str:
    if _short(v):
        return tr("Free {size}: remove models, empty the trash, or choose another folder.", size=units.size(_short(v)))
    return tr("Remove models, empty the trash, or choose another folder.")


def _disk_full(v: Values) -> str:
    if _short(v):
        needed, free = v.size("needed"), v.size("free")
        return tr("The disk is too full: {needed} are needed, {free} are free.", needed=needed, free=free)
    return tr("The disk is full.")


def _read_only(v: Values) -> str:
    if v.text("folder"):
        return tr("The folder {path} cannot be written to.", path=v.text("folder"))
    return tr("The folder cannot be written to.")


def _folder_missing(v: Values) -> str:
    name = v.text("name")
    return tr("The folder {name} is not there.", name=name) if name else tr("The folder is not there.")


def _setting_invalid(v: Values) -> str:
    key = v.text("key")
    known = {
        "hub_endpoint": tr("“{value}” is not an address that models can come from.", value=v.text("value")),
        "proxy": tr("“{value}” is not the address of a proxy.", value=v.text("value")),
        "certificates": tr("“{value}” is not the full path of a file.", value=v.text("value")),
        "models_folder": tr(
            "“{value}” cannot be the folder for models: it must lie neither in the present one nor around it.",
            value=v.text("value"),
        ),
        "--to": tr("“{value}” is not a language that Lamplight knows.", value=v.text("value")),
        "--from": tr("“{value}” is not a language that Lamplight knows.", value=v.text("value")),
        "--column": tr("The table has no column “{value}”.", value=v.text("value")),
        "-o": _output_invalid(v),
    }
    if key in known:
        return known[key]
    if key:
        return tr("“{value}” is not a possible value of the setting {key}.", value=v.text("value"), key=key)
    return tr("A setting has an impossible value.")


def _output_invalid(v: Values) -> str:
    if v.text("document"):
        return tr("“{value}” is the document itself.", value=v.text("value"))
    if v.text("ending"):
        return tr("“{value}” is not in the document's format.", value=v.text("value"))
    return tr("“{value}” does not say what kind of file to write.", value=v.text("value"))


def _setting_invalid_hint(v: Values) -> str:
    language = tr("Name a language such as de, zh or German.")
    if v.text("near"):
        language = tr("Did you mean {language} ({tag})?", language=v.text("near"), tag=v.text("tag"))
    output = tr("Use a name that ends in .md, .txt, .docx or .html.")
    if v.text("document"):
        output = tr("Choose another name.")
    elif v.text("ending"):
        output = tr("Use a name that ends in {ending}.", ending=v.text("ending"))
    columns = tr("It has: {columns}.", columns=v.text("known")) if v.text("known") else ""
    hints = {"--to": language, "--from": language, "-o": output, "--column": columns}
    return hints.get(v.text("key"), "")


WORDS: Mapping[ErrorKind, Words] = {
    ErrorKind.DISK_FULL: (
        _disk_full,
        lambda v: _no_space_hint(v) if v.has("needed") else tr("Make room and try again."),
    ),
    ErrorKind.READ_ONLY: (
        _read_only,
        lambda _: tr("Choose another folder, or allow writing there."),
    ),
    ErrorKind.FOLDER_MISSING: (_folder_missing, lambda _: tr("Create it first, or choose another one.")),
    ErrorKind.DATABASE_DAMAGED: (
        lambda _: tr("The file with the conversations is damaged; it was kept."),
        lambda _: tr("A backup can be restored."),
    ),
    ErrorKind.DATABASE_NEWER: (
        lambda _: tr("The conversations were written by a newer Lamplight and are only shown."),
        lambda _: tr("Update Lamplight to continue them."),
    ),
    ErrorKind.DATABASE_BUSY: (
        lambda _: tr("Another program is using the conversations."),
        lambda _: tr("Close it and try again."),
    ),
    ErrorKind.SETTING_INVALID: (_setting_invalid, _setting_invalid_hint),
    ErrorKind.NO_SPACE: (_disk_full, _no_space_hint),
    ErrorKind.WORKER_ENDED: (
        lambda _: tr("A helper process ended, and its work was lost."),
        lambda _: tr("Try again."),
    ),
    ErrorKind.CANCELLED: (lambda _: tr("Stopped."), None),
    ErrorKind.ALREADY_RUNNING: (lambda _: tr("Lamplight is already running."), None),
    ErrorKind.INTERNAL: (
        lambda _: tr("Something went wrong inside Lamplight."),
        lambda _: tr("Try again; “lamplight doctor” collects what a bug report needs."),
    ),
}

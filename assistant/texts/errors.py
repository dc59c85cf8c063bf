"""What went wrong, in words: one sentence that says what happened, and one that says what can be done about it.

Every kind of error has its words here and nowhere else. A value that is missing (an old record, a failure from a
child) leaves a plainer sentence, never a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.base.errors import AssistantError, ErrorKind
from assistant.texts import units
from assistant.texts.catalogue import current_language, tr, trn


def sentence(error: AssistantError) -> str:
    """What happened and what can be done, for a person."""
    happened, can_be_done = summary(error), hint(error)
    between = "" if current_language() == "zh_CN" else " "
    return f"{happened}{between}{can_be_done}" if can_be_done else happened


def summary(error: AssistantError) -> str:
    """What happened, without advice."""
    return _SUMMARIES[error.kind](_Values(error))


def hint(error: AssistantError) -> str:
    """What can be done about it; empty where nothing can."""
    advice = _HINTS.get(error.kind)
    return advice(_Values(error)) if advice else ""


class _Values:
    """The error's values as words; each has an answer when the value is not there."""

    def __init__(self, error: AssistantError) -> None:
        self.all: Mapping[str, object] = error.values
        self.detail = error.detail

    @property
    def model(self) -> str:
        return self.text("name") or tr("The model")

    @property
    def file(self) -> str:
        return self.text("name") or tr("The file")

    def text(self, key: str) -> str:
        value = self.all.get(key)
        return str(value) if value not in (None, "") else ""

    def number(self, key: str) -> int:
        value = self.all.get(key)
        return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0

    def has(self, *keys: str) -> bool:
        return all(self.number(key) > 0 for key in keys)

    def size(self, key: str) -> str:
        return units.size(self.number(key))


# ---------------------------------------------------------------- models


def _no_such_model(v: _Values) -> str:
    name = v.text("name")
    if v.text("candidates"):
        return tr("“{name}” fits more than one model: {names}.", name=name, names=v.text("candidates"))
    return tr("There is no model named “{name}”.", name=name) if name else tr("There is no such model.")


def _model_missing(v: _Values) -> str:
    if v.text("part"):
        part = v.text("part")
        return tr("{name} is in several files, and not all of them are there: {part}.", name=v.model, part=part)
    return tr("{name} is not where it was.", name=v.model)


def _model_missing_hint(v: _Values) -> str:
    if v.text("part"):
        return tr("Put all its files into one folder.")
    return tr("If it is on another disk, connect it; otherwise add it again.")


def _model_truncated(v: _Values) -> str:
    if v.has("expected", "actual"):
        return tr(
            "{name} is incomplete: {actual} of {expected} are there.",
            name=v.model,
            actual=v.size("actual"),
            expected=v.size("expected"),
        )
    return tr("{name} is incomplete: the file ends too early.", name=v.model)


def _model_damaged(v: _Values) -> str:
    if v.all.get("newer"):
        return tr(
            "{name} holds other parts than this version of Lamplight expects: it is damaged, or made for a newer one.",
            name=v.model,
        )
    return tr("{name} is damaged: its parts contradict each other.", name=v.model)


def _model_damaged_hint(v: _Values) -> str:
    if v.all.get("newer"):
        return tr("Choose another model, update Lamplight, or download it again.")
    return tr("Download or copy it again.")


def _model_unsupported(v: _Values) -> str:
    architecture = v.text("architecture")
    if architecture:
        return tr(
            "{name} is of a kind ({architecture}) that this version of Lamplight cannot run.",
            name=v.model,
            architecture=architecture,
        )
    return tr("{name} is of a kind that this version of Lamplight cannot run.", name=v.model)


def _model_not_for_text(v: _Values) -> str:
    architecture = v.text("architecture")
    if architecture:
        return tr("{name} ({architecture}) is not a model that writes text.", name=v.model, architecture=architecture)
    return tr("{name} is not a model that writes text.", name=v.model)


def _model_too_large(v: _Values) -> str:
    if v.has("needed"):
        needed, free = v.size("needed"), v.size("free")
        return tr("{name} needs {needed} of memory, {free} are free.", name=v.model, needed=needed, free=free)
    return tr("{name} needs more memory than is free.", name=v.model)


def _model_exists(v: _Values) -> str:
    name = v.text("name")
    return tr("This model is already here: {name}.", name=name) if name else tr("This model is already here.")


# ---------------------------------------------------------------- the engine, prompts


def _engine_crashed(v: _Values) -> str:
    code = v.text("code")
    return tr("The engine ended unexpectedly ({code}).", code=code) if code else tr("The engine ended unexpectedly.")


def _engine_hung(v: _Values) -> str:
    if v.has("seconds"):
        seconds = units.duration(v.number("seconds"))
        return tr("The engine gave no sign of life for {seconds} and was ended.", seconds=seconds)
    return tr("The engine gave no sign of life and was ended.")


def _context_full(v: _Values) -> str:
    if v.has("needed", "most"):
        return tr(
            "The model is too small for this: it was made for {most} at a time, and {needed} are needed.",
            most=units.tokens(v.number("most")),
            needed=units.tokens(v.number("needed")),
        )
    if v.has("needed", "available"):
        return tr(
            "This no longer fits into the model's context: {needed} are needed, {available} are there.",
            needed=units.tokens(v.number("needed")),
            available=units.tokens(v.number("available")),
        )
    return tr("This no longer fits into the model's context.")


def _not_supported(v: _Values) -> str:
    what = v.text("capability")
    return tr("This model cannot do that ({what}).", what=what) if what else tr("This model cannot do that.")


def _template_refused(v: _Values) -> str:
    if v.detail and len(v.detail) <= 200:
        return tr("The model's chat template refuses this conversation: “{words}”", words=v.detail)
    return tr("The model's chat template refuses this conversation.")


# ---------------------------------------------------------------- the network


def _host(v: _Values) -> str:
    return v.text("host") or tr("The server")


def _net_stalled(v: _Values) -> str:
    if v.has("seconds"):
        seconds = units.duration(v.number("seconds"))
        return tr("Nothing has come from {host} for {seconds}.", host=_host(v), seconds=seconds)
    return tr("Nothing comes from {host} any more.", host=_host(v))


def _net_proxy(v: _Values) -> str:
    proxy, scheme = v.text("proxy"), v.text("scheme")
    if scheme:
        return tr(
            "The proxy {proxy} is of the kind {scheme}; only http proxies can be used.", proxy=proxy, scheme=scheme
        )
    if proxy and v.all.get("unreachable"):
        return tr("The proxy {proxy} cannot be reached.", proxy=proxy)
    return (
        tr("The proxy {proxy} does not let this through.", proxy=proxy) if proxy else tr("The proxy does not answer.")
    )


def _net_server(v: _Values) -> str:
    if v.has("status"):
        return tr("{host} has trouble of its own (error {status}).", host=_host(v), status=v.number("status"))
    return tr("{host} has trouble of its own.", host=_host(v))


def _net_busy_hint(v: _Values) -> str:
    if v.has("seconds"):
        return tr("It can be tried again in {seconds}.", seconds=units.duration(v.number("seconds")))
    return tr("Try again later.")


def _hub_not_found(v: _Values) -> str:
    name = v.text("name")
    return tr("“{name}” is not there.", name=name) if name else tr("There is no such file.")


def _hub_gated_hint(v: _Values) -> str:
    if v.text("mirror"):
        return tr(
            "{host} is a mirror, which never gets your access token: choose the Hub as the source in the settings.",
            host=v.text("mirror"),
        )
    return tr("Agree on its page at huggingface.co, then enter your access token here.")


def _download_size(v: _Values) -> str:
    if v.has("expected", "actual"):
        expected, actual = v.size("expected"), v.size("actual")
        return tr(
            "{name} has another size than announced: {actual} instead of {expected}.",
            name=v.file,
            actual=actual,
            expected=expected,
        )
    return tr("{name} has another size than announced.", name=v.file)


def _no_space_hint(v: _Values) -> str:
    if v.has("needed"):
        short = units.size(max(v.number("needed") - v.number("free"), 1))
        return tr("Free {size}: remove models, empty the trash, or choose another folder.", size=short)
    return tr("Make room and try again.")


# ---------------------------------------------------------------- documents


def _document_no_text(v: _Values) -> str:
    if v.has("pages"):
        pages = v.number("pages")
        return trn(
            "This document has no text: its page is a picture.",
            "This document has no text: its {n} pages are pictures.",
            pages,
        )
    return tr("This document has no text, only pictures.")


def _document_damaged(v: _Values) -> str:
    name = v.text("format")
    if name:
        return tr("The document is damaged: it is no valid {format} file.", format=name.upper())
    return tr("The document is damaged.")


def _document_old(v: _Values) -> str:
    if v.text("format"):
        return tr("This document is of an old kind that cannot be read: {format}.", format=v.text("format"))
    return tr("This document is of an old kind that cannot be read.")


def _document_not_written(v: _Values) -> str:
    if v.text("format"):
        return tr("A document of this kind can be read, but not translated: {format}.", format=v.text("format").upper())
    return tr("A document of this kind can be read, but not translated.")


def _document_too_large(v: _Values) -> str:
    if v.has("size", "limit"):
        size, limit = v.size("size"), v.size("limit")
        return tr("The document is too large: {size}, {limit} are possible.", size=size, limit=limit)
    return tr("The document is too large.")


def _document_slow(v: _Values) -> str:
    if v.has("seconds"):
        seconds = units.duration(v.number("seconds"))
        return tr("The document could not be worked through within {seconds}.", seconds=seconds)
    return tr("The document took too long and was given up.")


# ---------------------------------------------------------------- input, what is kept, the rest


def _input_too_long(v: _Values) -> str:
    if v.has("size", "limit"):
        size, limit = f"{v.number('size'):,}", f"{v.number('limit'):,}"
        return tr("The text is too long: {size} characters, {limit} are possible.", size=size, limit=limit)
    return tr("The text is too long.")


def _disk_full(v: _Values) -> str:
    if v.has("needed"):
        needed, free = v.size("needed"), v.size("free")
        return tr("The disk is too full: {needed} are needed, {free} are free.", needed=needed, free=free)
    return tr("The disk is full.")


def _folder_missing(v: _Values) -> str:
    name = v.text("name")
    return tr("The folder {name} is not there.", name=name) if name else tr("The folder is not there.")


def _setting_invalid(v: _Values) -> str:
    key = v.text("key")
    known = {
        "hub_endpoint": tr("“{value}” is no address that models can come from.", value=v.text("value")),
        "proxy": tr("“{value}” is no address of a proxy.", value=v.text("value")),
        "certificates": tr("“{value}” is no whole path of a file.", value=v.text("value")),
        "models_folder": tr("“{value}” cannot be the folder for models.", value=v.text("value")),
        "--to": tr("“{value}” is no language that Lamplight knows.", value=v.text("value")),
        "--from": tr("“{value}” is no language that Lamplight knows.", value=v.text("value")),
        "--column": tr("The table has no column “{value}”.", value=v.text("value")),
        "-o": _output_invalid(v),
    }
    if key in known:
        return known[key]
    if key:
        return tr("“{value}” is not a possible value of the setting {key}.", value=v.text("value"), key=key)
    return tr("A setting has an impossible value.")


def _output_invalid(v: _Values) -> str:
    if v.text("document"):
        return tr("“{value}” is the document itself.", value=v.text("value"))
    if v.text("ending"):
        return tr("“{value}” would not be of the document's kind.", value=v.text("value"))
    return tr("“{value}” does not say what kind of file to write.", value=v.text("value"))


def _setting_invalid_hint(v: _Values) -> str:
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


def _document_empty(values: _Values) -> str:
    return {
        "glossary": tr("There are no terms in the glossary."),
        "memory": tr("There are no translations in this file."),
    }.get(values.text("what")) or tr("The document is empty.")


def _document_unknown(values: _Values) -> str:
    return {
        "glossary": tr("{name} is no glossary that can be read.", name=values.file),
        "memory": tr("{name} is no translation memory that can be read.", name=values.file),
    }.get(values.text("what")) or tr("{name} is no document that can be read.", name=values.file)


def _hint_empty(values: _Values) -> str:
    return {
        "glossary": tr("Write a term and its translation in each line."),
        "memory": tr("Export it as TMX in two languages that are known here."),
    }.get(values.text("what")) or tr("Choose another one.")


def _hint_unknown(values: _Values) -> str:
    return {
        "glossary": tr("Save it as CSV, TSV or TBX."),
        "memory": tr("Export it as TMX from the program that has it."),
    }.get(values.text("what")) or tr("Save it as PDF, DOCX or text and open that.")


_SUMMARIES: Mapping[ErrorKind, Callable[[_Values], str]] = {
    ErrorKind.NO_SUCH_MODEL: _no_such_model,
    ErrorKind.MODEL_MISSING: _model_missing,
    ErrorKind.MODEL_NOT_A_MODEL: lambda v: tr("{name} is not a model file (GGUF).", name=v.file),
    ErrorKind.MODEL_TRUNCATED: _model_truncated,
    ErrorKind.MODEL_DAMAGED: _model_damaged,
    ErrorKind.MODEL_UNSUPPORTED: _model_unsupported,
    ErrorKind.MODEL_NOT_FOR_TEXT: _model_not_for_text,
    ErrorKind.MODEL_EMBEDS: lambda v: tr(
        "{name} finds passages by their meaning. It does not write, so it cannot do this.", name=v.model
    ),
    ErrorKind.MODEL_WRITES: lambda v: tr(
        "{name} writes. It was not made for finding passages by their meaning.", name=v.model
    ),
    ErrorKind.MODEL_TOO_LARGE: _model_too_large,
    ErrorKind.MODEL_LOAD_FAILED: lambda v: tr("{name} could not be loaded.", name=v.model),
    ErrorKind.NO_MODEL: lambda _: tr("There is no model yet."),
    ErrorKind.MODEL_EXISTS: _model_exists,
    ErrorKind.ENGINE_MISSING: lambda _: tr("The engine (llama.cpp) cannot be started: a part of it is missing."),
    ErrorKind.ENGINE_CPU: lambda _: tr("The engine was built for a newer processor than this one."),
    ErrorKind.ENGINE_MEMORY: lambda _: tr("The system ended the engine, probably because memory ran out."),
    ErrorKind.ENGINE_CRASHED: _engine_crashed,
    ErrorKind.ENGINE_HUNG: _engine_hung,
    ErrorKind.CONTEXT_FULL: _context_full,
    ErrorKind.CONTEXT_SMALLER: lambda _: tr("This was begun with a larger context; a part of it does not fit now."),
    ErrorKind.PROMPT_EMPTY: lambda _: tr("There is nothing to answer."),
    ErrorKind.GRAMMAR_INVALID: lambda _: tr("The grammar for the answer has a mistake."),
    ErrorKind.NOT_SUPPORTED: _not_supported,
    ErrorKind.STATE_UNUSABLE: lambda _: tr("The saved state does not belong to this model."),
    ErrorKind.NO_TEMPLATE: lambda v: tr("{name} is a base model: it can continue a text, but not chat.", name=v.model),
    ErrorKind.TEMPLATE_REFUSED: _template_refused,
    ErrorKind.TEMPLATE_BROKEN: lambda _: tr("The model's chat template has a mistake."),
    ErrorKind.TEMPLATE_SLOW: lambda _: tr("The model's chat template took too long and was stopped."),
    ErrorKind.FILE_MISSING: lambda v: tr("{name} is not there.", name=v.file),
    ErrorKind.FILE_UNREADABLE: lambda v: tr("{name} cannot be read.", name=v.file),
    ErrorKind.INPUT_EMPTY: lambda _: tr("The text is empty."),
    ErrorKind.INPUT_TOO_LONG: _input_too_long,
    ErrorKind.DOCUMENT_EMPTY: _document_empty,
    ErrorKind.DOCUMENT_NO_TEXT: _document_no_text,
    ErrorKind.DOCUMENT_ENCRYPTED: lambda _: tr("The document is protected by a password."),
    ErrorKind.DOCUMENT_DAMAGED: _document_damaged,
    ErrorKind.DOCUMENT_UNKNOWN: _document_unknown,
    ErrorKind.DOCUMENT_NOT_WRITTEN: _document_not_written,
    ErrorKind.DOCUMENT_OLD: _document_old,
    ErrorKind.DOCUMENT_BOMB: lambda _: tr("The document unpacks to far more than any document needs; it was not read."),
    ErrorKind.DOCUMENT_TOO_LARGE: _document_too_large,
    ErrorKind.DOCUMENT_SLOW: _document_slow,
    ErrorKind.DOCUMENT_MEMORY: lambda _: tr("The document needs too much memory and was given up."),
    ErrorKind.DOCUMENT_UNREADABLE: lambda v: tr("{name} cannot be opened.", name=v.file),
    ErrorKind.DOCUMENT_FOLDER: lambda v: tr("{name} is a folder.", name=v.file),
    ErrorKind.NOTHING_BETTER: lambda _: tr("The model wrote nothing that could be used, so the text stays as it was."),
    ErrorKind.GLOSSARY_MISSING: lambda _: tr("The glossary of this translation is not there any more."),
    ErrorKind.DISK_FULL: _disk_full,
    ErrorKind.READ_ONLY: lambda _: tr("The folder cannot be written to."),
    ErrorKind.FOLDER_MISSING: _folder_missing,
    ErrorKind.DATABASE_DAMAGED: lambda _: tr("The file with the conversations is damaged; it was kept."),
    ErrorKind.DATABASE_NEWER: lambda _: tr("The conversations were written by a newer Lamplight and are only shown."),
    ErrorKind.DATABASE_BUSY: lambda _: tr("Another program is using the conversations."),
    ErrorKind.SETTING_INVALID: _setting_invalid,
    ErrorKind.NET_UNREACHABLE: lambda v: tr("{host} cannot be reached.", host=_host(v)),
    ErrorKind.NET_STALLED: _net_stalled,
    ErrorKind.NET_CERTIFICATE: lambda v: tr("{host} cannot prove that it is what it says.", host=_host(v)),
    ErrorKind.NET_PROXY: _net_proxy,
    ErrorKind.NET_PORTAL: lambda _: tr("This network wants you to sign in on a web page first."),
    ErrorKind.NET_SERVER: _net_server,
    ErrorKind.NET_BUSY: lambda v: tr("{host} asks to wait: too many requests.", host=_host(v)),
    ErrorKind.NET_NONSENSE: lambda v: tr("{host} answers something else than what was asked.", host=_host(v)),
    ErrorKind.HUB_NOT_FOUND: _hub_not_found,
    ErrorKind.HUB_DAMAGED: lambda v: tr("The file on the Hub is damaged, or is no model: {name}.", name=v.model),
    ErrorKind.HUB_GATED: lambda v: tr("The makers of {name} want you to agree to their terms first.", name=v.model),
    ErrorKind.HUB_TOKEN: lambda v: tr("{host} does not accept the access token.", host=_host(v)),
    ErrorKind.TOKEN_NOT_KEPT: lambda _: tr("This system has no safe place for the token: it is kept until you quit."),
    ErrorKind.DOWNLOAD_CHANGED: lambda v: tr("{name} was replaced by another version meanwhile.", name=v.file),
    ErrorKind.DOWNLOAD_DAMAGED: lambda v: tr("{name} arrived damaged: its checksum is wrong.", name=v.file),
    ErrorKind.DOWNLOAD_SIZE: _download_size,
    ErrorKind.DOWNLOAD_EXISTS: lambda v: tr("{name} is already among the downloads.", name=v.model),
    ErrorKind.DOWNLOADS_ELSEWHERE: lambda _: tr("Another Lamplight is downloading into the same folder."),
    ErrorKind.NO_SPACE: _disk_full,
    ErrorKind.MODEL_BUSY: lambda v: tr("{name} is answering right now.", name=v.model),
    ErrorKind.MODEL_HASH: lambda v: tr("{name} is not what was downloaded: its checksum is wrong.", name=v.model),
    ErrorKind.WORKER_ENDED: lambda _: tr("A helper process ended, and its work was lost."),
    ErrorKind.OFFLINE: lambda _: tr("Lamplight is offline: it opens no connection."),
    ErrorKind.CANCELLED: lambda _: tr("Stopped."),
    ErrorKind.ALREADY_RUNNING: lambda _: tr("Lamplight is already running."),
    ErrorKind.INTERNAL: lambda _: tr("Something went wrong inside Lamplight."),
}

_HINTS: Mapping[ErrorKind, Callable[[_Values], str]] = {
    ErrorKind.NO_SUCH_MODEL: lambda _: tr("“lamplight models list” shows which there are."),
    ErrorKind.MODEL_MISSING: _model_missing_hint,
    ErrorKind.MODEL_NOT_A_MODEL: lambda _: tr("Models for Lamplight end in .gguf."),
    ErrorKind.MODEL_TRUNCATED: lambda _: tr("Download or copy it again."),
    ErrorKind.MODEL_DAMAGED: _model_damaged_hint,
    ErrorKind.MODEL_UNSUPPORTED: lambda _: tr("Choose another model, or update Lamplight."),
    ErrorKind.MODEL_NOT_FOR_TEXT: lambda _: tr("Choose another model."),
    ErrorKind.MODEL_EMBEDS: lambda _: tr("Choose another model."),
    ErrorKind.MODEL_WRITES: lambda _: tr("Choose another model."),
    ErrorKind.MODEL_TOO_LARGE: lambda _: tr("Close something, choose a smaller context or model, or load anyway."),
    ErrorKind.MODEL_LOAD_FAILED: lambda _: tr("Choose another model, or look at the details."),
    ErrorKind.NO_MODEL: lambda _: tr("Add a model file (GGUF)."),
    ErrorKind.ENGINE_MISSING: lambda _: tr("Install Lamplight again; “lamplight doctor” says what is missing."),
    ErrorKind.ENGINE_CPU: lambda _: tr("Install Lamplight again on this computer, so that the engine is built for it."),
    ErrorKind.ENGINE_MEMORY: lambda _: tr("Close something, or choose a smaller model or context."),
    ErrorKind.ENGINE_CRASHED: lambda _: tr("Try again; if it happens again, choose another model."),
    ErrorKind.ENGINE_HUNG: lambda _: tr("Try again."),
    ErrorKind.CONTEXT_SMALLER: lambda _: tr("Enlarge the context and go on, or start over."),
    ErrorKind.CONTEXT_FULL: lambda v: (
        tr("Choose another model.")
        if v.has("most")
        else tr("Shorten it, leave out the oldest messages, or enlarge the context.")
    ),
    ErrorKind.PROMPT_EMPTY: lambda _: tr("Write something first."),
    ErrorKind.NOT_SUPPORTED: lambda _: tr("Choose another model."),
    ErrorKind.NO_TEMPLATE: lambda _: tr("Choose a chat model, or have it continue your text."),
    ErrorKind.TEMPLATE_BROKEN: lambda _: tr("Choose another model."),
    ErrorKind.TEMPLATE_SLOW: lambda _: tr("Choose another model."),
    ErrorKind.FILE_MISSING: lambda _: tr("Check the name."),
    ErrorKind.FILE_UNREADABLE: lambda _: tr("Check that you may read it and that it is a file of the right kind."),
    ErrorKind.INPUT_EMPTY: lambda _: tr("Write something first."),
    ErrorKind.INPUT_TOO_LONG: lambda _: tr("Shorten it."),
    ErrorKind.DOCUMENT_EMPTY: _hint_empty,
    ErrorKind.DOCUMENT_NO_TEXT: lambda _: tr("Run text recognition (OCR) over it first."),
    ErrorKind.DOCUMENT_ENCRYPTED: lambda _: tr("Save it without the password and open it again."),
    ErrorKind.DOCUMENT_DAMAGED: lambda _: tr("Open it in the program that made it and save it again."),
    ErrorKind.DOCUMENT_UNKNOWN: _hint_unknown,
    ErrorKind.DOCUMENT_NOT_WRITTEN: lambda _: tr("Save it as DOCX or text and open that, or copy its text."),
    ErrorKind.DOCUMENT_OLD: lambda v: tr(
        "Open it in the program that made it and save it as {new}.", new=v.text("new") or "DOCX"
    ),
    ErrorKind.DOCUMENT_BOMB: lambda _: tr("Do not trust this file."),
    ErrorKind.DOCUMENT_TOO_LARGE: lambda _: tr("Split it into smaller documents."),
    ErrorKind.DOCUMENT_SLOW: lambda _: tr("Save it as text, or split it into smaller documents."),
    ErrorKind.DOCUMENT_MEMORY: lambda _: tr("Save it as text, or split it into smaller documents."),
    ErrorKind.DOCUMENT_UNREADABLE: lambda _: tr("Check that it is there and that you may read it."),
    ErrorKind.DOCUMENT_FOLDER: lambda _: tr("Choose one of its files."),
    ErrorKind.NOTHING_BETTER: lambda _: tr("Try again, or choose another model."),
    ErrorKind.GLOSSARY_MISSING: lambda _: tr("Start over with another glossary or with none."),
    ErrorKind.DISK_FULL: lambda _: tr("Make room and try again."),
    ErrorKind.READ_ONLY: lambda _: tr("Choose another folder, or allow writing there."),
    ErrorKind.FOLDER_MISSING: lambda _: tr("Make it first, or choose another one."),
    ErrorKind.SETTING_INVALID: _setting_invalid_hint,
    ErrorKind.DATABASE_DAMAGED: lambda _: tr("A backup can be restored."),
    ErrorKind.DATABASE_NEWER: lambda _: tr("Update Lamplight to go on with them."),
    ErrorKind.DATABASE_BUSY: lambda _: tr("Close it and try again."),
    ErrorKind.NET_UNREACHABLE: lambda _: tr("Check the connection, or choose another source in the settings."),
    ErrorKind.NET_STALLED: lambda _: tr("It goes on as soon as the connection does."),
    ErrorKind.NET_CERTIFICATE: lambda _: tr(
        "Behind a company's proxy, name its certificate file in the settings; otherwise do not trust this network."
    ),
    ErrorKind.NET_PROXY: lambda _: tr("Check the proxy in the settings."),
    ErrorKind.NET_PORTAL: lambda _: tr("Open a web page in the browser, sign in, and try again."),
    ErrorKind.NET_SERVER: lambda _: tr("Try again later, or choose another source in the settings."),
    ErrorKind.NET_BUSY: _net_busy_hint,
    ErrorKind.NET_NONSENSE: lambda _: tr("Choose another source in the settings."),
    ErrorKind.HUB_NOT_FOUND: lambda _: tr("It may have been renamed or removed; search for it."),
    ErrorKind.HUB_DAMAGED: lambda _: tr("Choose another file, or another repository."),
    ErrorKind.HUB_GATED: _hub_gated_hint,
    ErrorKind.HUB_TOKEN: lambda _: tr("Enter it again, or make a new one at huggingface.co."),
    ErrorKind.DOWNLOAD_CHANGED: lambda _: tr("Download it again to have the new version."),
    ErrorKind.DOWNLOAD_DAMAGED: lambda _: tr("It was thrown away; download it again, perhaps from another source."),
    ErrorKind.DOWNLOAD_SIZE: lambda _: tr("It was thrown away; download it again, perhaps from another source."),
    ErrorKind.DOWNLOADS_ELSEWHERE: lambda _: tr("Use that one, or wait until it has finished."),
    ErrorKind.NO_SPACE: _no_space_hint,
    ErrorKind.MODEL_BUSY: lambda _: tr("Stop it first, or wait until it has finished."),
    ErrorKind.MODEL_HASH: lambda _: tr("Remove it and download it again."),
    ErrorKind.WORKER_ENDED: lambda _: tr("Try again."),
    ErrorKind.OFFLINE: lambda _: tr("Allow connections in the settings."),
    ErrorKind.INTERNAL: lambda _: tr("Try again; “lamplight doctor” collects what a bug report needs."),
}

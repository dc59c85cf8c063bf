"""Errors as values: a kind that code can ask for, values for the sentence, and details for the curious.

The sentence itself is written once, in both languages, in :mod:`assistant.texts.errors`; nothing here is shown
to a person. Code asks for the kind and never reads the words of an error.
"""

from __future__ import annotations

from enum import StrEnum


class ErrorKind(StrEnum):
    """What went wrong. The values in brackets are what the sentence needs (see ``AssistantError.values``)."""

    # models: finding and reading the file
    NO_SUCH_MODEL = "no_such_model"  # (name)
    MODEL_MISSING = "model_missing"  # (name) known, but its file is not there now (an unplugged disk)
    MODEL_NOT_A_MODEL = "model_not_a_model"  # (name) not a GGUF file
    MODEL_TRUNCATED = "model_truncated"  # (name, expected, actual) bytes
    MODEL_DAMAGED = "model_damaged"  # (name) header or tensors contradict each other; `newer`: or it is of a later time
    MODEL_UNSUPPORTED = "model_unsupported"  # (name, architecture) this llama.cpp does not know it
    MODEL_NOT_FOR_TEXT = "model_not_for_text"  # (name, architecture) it makes pictures, say; what="ranks": a reranker
    MODEL_EMBEDS = "model_embeds"  # (name) it finds passages by their meaning, and is wanted for something else
    MODEL_WRITES = "model_writes"  # (name) it writes, and is wanted for finding passages by their meaning
    MODEL_TOO_LARGE = "model_too_large"  # (name, needed, free) bytes
    MODEL_LOAD_FAILED = "model_load_failed"  # (name)
    NO_MODEL = "no_model"  # nothing installed, or nothing chosen
    MODEL_EXISTS = "model_exists"  # (name)

    # the engine's child process
    ENGINE_MISSING = "engine_missing"  # the native library cannot be loaded
    ENGINE_CPU = "engine_cpu"  # illegal instruction: built for another processor
    ENGINE_MEMORY = "engine_memory"  # ended by the system, probably for want of memory
    ENGINE_CRASHED = "engine_crashed"  # (code) any other unexpected end
    ENGINE_HUNG = "engine_hung"  # (seconds) gave no sign of life
    CONTEXT_FULL = "context_full"  # (needed, available) tokens; `most`: the model was made for no more
    CONTEXT_STAYS = "context_stays"  # (needed, free) bytes for a larger one, `budget`: of models; or for `most` tokens
    CONTEXT_SMALLER = "context_smaller"  # (available) tokens: of less context than when the work was begun
    PROMPT_EMPTY = "prompt_empty"
    GRAMMAR_INVALID = "grammar_invalid"
    NOT_SUPPORTED = "not_supported"  # (capability)
    STATE_UNUSABLE = "state_unusable"  # a saved sequence state does not belong to this model

    # prompts
    NO_TEMPLATE = "no_template"  # a base model: it can only continue text
    TEMPLATE_REFUSED = "template_refused"  # the template's own raise_exception; its words are the detail
    TEMPLATE_BROKEN = "template_broken"  # syntax or runtime error inside the model's template
    TEMPLATE_SLOW = "template_slow"  # stopped after the time or memory limit

    # input and files
    FILE_MISSING = "file_missing"  # (name)
    FILE_UNREADABLE = "file_unreadable"  # (name); what="password": the first line of the file with a password
    INPUT_EMPTY = "input_empty"
    INPUT_TOO_LONG = "input_too_long"  # (size, limit) characters

    # documents
    DOCUMENT_EMPTY = "document_empty"
    DOCUMENT_NO_TEXT = "document_no_text"  # (pages) only pictures of text
    DOCUMENT_ENCRYPTED = "document_encrypted"  # password=missing or wrong: one opens it; what="rights": a book's
    DOCUMENT_DAMAGED = "document_damaged"  # (format); what="declarations": they could pull in other files
    DOCUMENT_UNKNOWN = "document_unknown"  # (name) of no kind that can be read
    DOCUMENT_NOT_WRITTEN = "document_not_written"  # (format) can be read, but not written in another language
    DOCUMENT_OLD = "document_old"  # (format, new) of a kind that is no longer read, and what to save it as
    DOCUMENT_BOMB = "document_bomb"  # a small file that unpacks to far too much
    DOCUMENT_TOO_LARGE = "document_too_large"  # (size, limit) bytes
    DOCUMENT_SLOW = "document_slow"  # (seconds, format) stopped after that time
    DOCUMENT_MEMORY = "document_memory"  # stopped because it needed too much
    DOCUMENT_UNREADABLE = "document_unreadable"  # (name) not there, or not allowed
    DOCUMENT_FOLDER = "document_folder"  # (name) a folder instead of a file

    # translations
    NOTHING_NEW = "nothing_new"  # a segment was asked for again, and what came is what was there
    NOTHING_BETTER = "nothing_better"  # a segment was asked for again, and what was there is better than what came
    GLOSSARY_MISSING = "glossary_missing"  # the one that a translation was begun with was deleted

    # what is kept
    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"  # (folder?) the folder cannot be written
    FOLDER_MISSING = "folder_missing"  # (name) into which something should be written
    DATABASE_DAMAGED = "database_damaged"
    DATABASE_NEWER = "database_newer"  # written by a newer Lamplight
    DATABASE_BUSY = "database_busy"
    SETTING_INVALID = "setting_invalid"  # (key, value)

    # the network, and what comes through it
    NET_UNREACHABLE = "net_unreachable"  # (host) no address, no route, refused
    NET_STALLED = "net_stalled"  # (host, seconds) connected, but nothing comes any more
    NET_CERTIFICATE = "net_certificate"  # (host) it cannot prove who it is
    CERTIFICATE_FILE = "certificate_file"  # (name) `missing`: it is not there; `variable`: of the environment, names it
    NET_PROXY = "net_proxy"  # (proxy) it refuses, is `unreachable`, or is of a `scheme` that cannot be used
    NET_PORTAL = "net_portal"  # (host) a page of the local network came instead of the answer
    NET_SERVER = "net_server"  # (host, status) it failed by itself
    NET_BUSY = "net_busy"  # (host, seconds) too many requests
    NET_NONSENSE = "net_nonsense"  # (host) an answer that contradicts what was asked or said before
    HUB_NOT_FOUND = "hub_not_found"  # (name) no such repository or file
    HUB_DAMAGED = "hub_damaged"  # (name) a file there is damaged, or none of the kind that its name says
    HUB_GATED = "hub_gated"  # (name; mirror: the host that said so) its makers want an agreement first
    HUB_TOKEN = "hub_token"  # (host) the access token was refused; without a host: it can be none
    DOWNLOAD_CHANGED = "download_changed"  # (name) the file became another one meanwhile
    DOWNLOAD_DAMAGED = "download_damaged"  # (name) what arrived has another hash than announced
    DOWNLOAD_SIZE = "download_size"  # (name, expected, actual) bytes
    DOWNLOAD_EXISTS = "download_exists"  # (name) it is in the queue already
    DOWNLOADS_ELSEWHERE = "downloads_elsewhere"  # another program of this home has the queue
    NO_SPACE = "no_space"  # (needed, free, folder) bytes, before or during a download
    MODEL_BUSY = "model_busy"  # (name) it is loaded, answers or is measured
    MODEL_HASH = "model_hash"  # (name) its bytes are not those that came here

    # the rest
    WORKER_ENDED = "worker_ended"  # the helper process ended and the work was lost
    OFFLINE = "offline"
    CANCELLED = "cancelled"
    ALREADY_RUNNING = "already_running"
    INTERNAL = "internal"  # a defect of ours


class AssistantError(Exception):
    """An error that a face turns into one sentence.

    :param kind: what went wrong.
    :param detail: technical words for the curious, not translated; may be long.
    :param values: what the sentence names, for example ``name`` or ``needed`` (bytes or tokens).
    """

    def __init__(self, kind: ErrorKind, detail: str = "", **values: object) -> None:
        super().__init__(kind.value, detail)
        self.kind = kind
        self.detail = detail
        self.values = values

    @property
    def plain_values(self) -> dict[str, str | int | float]:
        """Those of ``values`` that a message or a file can carry."""
        return {key: value for key, value in self.values.items() if isinstance(value, (str, int, float))}

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.kind, self.detail, self.values))


def _rebuild(kind: ErrorKind, detail: str, values: dict[str, object]) -> AssistantError:
    return AssistantError(kind, detail, **values)

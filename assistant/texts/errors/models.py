"""What can go wrong with a model and its engine."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.base.errors import ErrorKind
from assistant.texts import lists, units
from assistant.texts.catalogue import tr
from assistant.texts.errors.values import Values, Words


def _no_such_model(v: Values) -> str:
    name = v.text("name")
    if v.text("candidates"):
        return tr("“{name}” fits more than one model: {names}.", name=name, names=lists.relisted(v.text("candidates")))
    return tr("There is no model named “{name}”.", name=name) if name else tr("There is no such model.")


def _model_missing(v: Values) -> str:
    if v.text("part"):
        part = v.text("part")
        if part.isdigit():  # how many there are: the file's name does not tell which others belong to it
            return tr("{name} is one part of a model in {n} files, under another name.", name=v.model, n=part)
        return tr("{name} is in several files, of which these are missing: {part}.", name=v.model, part=part)
    return tr("{name} is not where it was.", name=v.model)


def _model_missing_hint(v: Values) -> str:
    if v.text("part").isdigit():
        return tr("Give all its files the names that they had, and put them into one folder.")
    if v.text("part"):
        return tr("Put all its files into one folder.")
    return tr("If it is on another disk, connect it; otherwise add it again.")


def _not_a_model_hint(v: Values) -> str:
    if v.text("name").lower().endswith(".gguf"):
        return tr("Something else was saved under its name. Download or copy it again.")
    return tr("Models for Lamplight end in .gguf.")


def _model_truncated(v: Values) -> str:
    if v.has("expected", "actual"):
        return tr(
            "{name} is incomplete: {actual} of {expected} are there.",
            name=v.model,
            actual=v.size("actual"),
            expected=v.size("expected"),
        )
    return tr("{name} is incomplete: the file ends too early.", name=v.model)


def _model_damaged(v: Values) -> str:
    if v.all.get("newer"):
        return tr(
            "{name} holds other parts than this version of Lamplight expects: it is damaged, or made for a newer one.",
            name=v.model,
        )
    return tr("{name} is damaged: its parts contradict each other.", name=v.model)


def _model_damaged_hint(v: Values) -> str:
    if v.all.get("newer"):
        return tr("Choose another model, update Lamplight, or download it again.")
    return tr("Download or copy it again.")


def _model_unsupported(v: Values) -> str:
    architecture = v.text("architecture")
    if architecture:
        return tr(
            "{name} is of a kind ({architecture}) that this version of Lamplight cannot run.",
            name=v.model,
            architecture=architecture,
        )
    return tr("{name} is of a kind that this version of Lamplight cannot run.", name=v.model)


def _model_not_for_text(v: Values) -> str:
    if v.text("what") == "ranks":
        return tr("{name} puts texts in an order (a reranker). It neither writes nor finds passages.", name=v.model)
    architecture = v.text("architecture")
    if architecture:
        return tr("{name} ({architecture}) is not a model that writes text.", name=v.model, architecture=architecture)
    return tr("{name} is not a model that writes text.", name=v.model)


def _model_too_large(v: Values) -> str:
    if v.has("needed"):
        needed, free = v.size("needed"), v.size("free")
        return tr("{name} needs {needed} of memory, {free} are free.", name=v.model, needed=needed, free=free)
    return tr("{name} needs more memory than is free.", name=v.model)


def _model_exists(v: Values) -> str:
    name = v.text("name")
    return tr("This model is already here: {name}.", name=name) if name else tr("This model is already here.")


def _engine_crashed(v: Values) -> str:
    code = v.text("code")
    return tr("The engine ended unexpectedly ({code}).", code=code) if code else tr("The engine ended unexpectedly.")


def _engine_hung(v: Values) -> str:
    if v.has("seconds"):
        seconds = units.duration(v.number("seconds"))
        return tr("The engine did not respond for {seconds} and was stopped.", seconds=seconds)
    return tr("The engine did not respond and was stopped.")


def _context_full(v: Values) -> str:
    if v.has("needed", "most"):
        return tr(
            "The model is too small for this: it was made for {most} at a time, and {needed} are needed.",
            most=units.tokens(v.number("most")),
            needed=units.tokens(v.number("needed")),
        )
    if v.has("needed", "available"):
        return tr(
            "This no longer fits into the model's context: {needed} are needed, {available} are available.",
            needed=units.tokens(v.number("needed")),
            available=units.tokens(v.number("available")),
        )
    return tr("This no longer fits into the model's context.")


def _context_stays(v: Values) -> str:
    if v.has("most"):
        return tr(
            "The context cannot be enlarged: the model was made for {most} at most.",
            most=units.tokens(v.number("most")),
        )
    if v.all.get("budget"):
        return tr(
            "The context cannot be enlarged: that takes {needed}, and {free} are left of what models may use.",
            needed=v.size("needed"),
            free=v.size("free"),
        )
    if v.has("needed"):
        return tr(
            "The context cannot be enlarged: that takes {needed} of memory, and {free} can be spared.",
            needed=v.size("needed"),
            free=v.size("free"),
        )
    return tr("The context cannot be enlarged now: the model is not loaded.")


def _context_stays_hint(v: Values) -> str:
    if v.has("most"):
        return tr("Shorten it, leave out the oldest messages, or choose another model.")
    if v.all.get("budget"):
        return tr("Allow models more memory in the settings, or leave out the oldest messages.")
    if v.has("needed"):
        return tr("Close something, or leave out the oldest messages.")
    return tr("Load it first.")


def _not_supported(v: Values) -> str:
    what = v.text("capability")
    return tr("This model cannot do that ({what}).", what=what) if what else tr("This model cannot do that.")


def _template_refused(v: Values) -> str:
    if v.detail and len(v.detail) <= 200:
        return tr("The model's chat template refuses this conversation: “{words}”", words=v.detail)
    return tr("The model's chat template refuses this conversation.")


WORDS: Mapping[ErrorKind, Words] = {
    ErrorKind.NO_SUCH_MODEL: (_no_such_model, lambda _: tr("“lamplight models list” shows which there are.")),
    ErrorKind.MODEL_MISSING: (_model_missing, _model_missing_hint),
    ErrorKind.MODEL_NOT_A_MODEL: (
        lambda v: tr("{name} is not a model file (GGUF).", name=v.file),
        _not_a_model_hint,
    ),
    ErrorKind.MODEL_TRUNCATED: (_model_truncated, lambda _: tr("Download or copy it again.")),
    ErrorKind.MODEL_DAMAGED: (_model_damaged, _model_damaged_hint),
    ErrorKind.MODEL_UNSUPPORTED: (_model_unsupported, lambda _: tr("Choose another model, or update Lamplight.")),
    ErrorKind.MODEL_NOT_FOR_TEXT: (_model_not_for_text, lambda _: tr("Choose another model.")),
    ErrorKind.MODEL_EMBEDS: (
        lambda v: tr("{name} finds passages by their meaning. It does not write, so it cannot do this.", name=v.model),
        lambda _: tr("Choose another model."),
    ),
    ErrorKind.MODEL_WRITES: (
        lambda v: tr("{name} writes. It was not made for finding passages by their meaning.", name=v.model),
        lambda _: tr("Choose another model."),
    ),
    ErrorKind.MODEL_TOO_LARGE: (
        _model_too_large,
        lambda _: tr("Close something, choose a smaller context or model, or load anyway."),
    ),
    ErrorKind.MODEL_LOAD_FAILED: (
        lambda v: tr("{name} could not be loaded.", name=v.model),
        lambda _: tr("Choose another model, or look at the details."),
    ),
    ErrorKind.NO_MODEL: (lambda _: tr("There is no model yet."), lambda _: tr("Get one, or add a model file (GGUF).")),
    ErrorKind.MODEL_EXISTS: (_model_exists, None),
    ErrorKind.ENGINE_MISSING: (
        lambda _: tr("The engine (llama.cpp) cannot be started: a part of it is missing."),
        lambda _: tr("Install Lamplight again; “lamplight doctor” says what is missing."),
    ),
    ErrorKind.ENGINE_CPU: (
        lambda _: tr("The engine was built for a newer processor than this one."),
        lambda _: tr("Install Lamplight again on this computer, so that the engine is built for it."),
    ),
    ErrorKind.ENGINE_MEMORY: (
        lambda _: tr("The system ended the engine, probably because memory ran out."),
        lambda _: tr("Close something, or choose a smaller model or context."),
    ),
    ErrorKind.ENGINE_CRASHED: (_engine_crashed, lambda _: tr("Try again; if it happens again, choose another model.")),
    ErrorKind.ENGINE_HUNG: (_engine_hung, lambda _: tr("Try again.")),
    ErrorKind.CONTEXT_FULL: (
        _context_full,
        lambda v: (
            tr("Choose another model.")
            if v.has("most")
            else tr("Shorten it, leave out the oldest messages, or enlarge the context.")
        ),
    ),
    ErrorKind.CONTEXT_STAYS: (_context_stays, _context_stays_hint),
    ErrorKind.CONTEXT_SMALLER: (
        lambda _: tr("This was begun with a larger context; a part of it does not fit now."),
        lambda _: tr("Enlarge the context and resume, or start over."),
    ),
    ErrorKind.PROMPT_EMPTY: (lambda _: tr("There is nothing to answer."), lambda _: tr("Write something first.")),
    ErrorKind.GRAMMAR_INVALID: (lambda _: tr("The grammar for the answer has a mistake."), None),
    ErrorKind.NOT_SUPPORTED: (_not_supported, lambda _: tr("Choose another model.")),
    ErrorKind.STATE_UNUSABLE: (lambda _: tr("The saved state does not belong to this model."), None),
    ErrorKind.NO_TEMPLATE: (
        lambda v: tr("{name} is a base model: it can continue a text, but not chat.", name=v.model),
        lambda _: tr("Choose a chat model, or have it continue your text."),
    ),
    ErrorKind.TEMPLATE_REFUSED: (_template_refused, None),
    ErrorKind.TEMPLATE_BROKEN: (
        lambda _: tr("The model's chat template has a mistake."),
        lambda _: tr("Choose another model."),
    ),
    ErrorKind.TEMPLATE_SLOW: (
        lambda _: tr("The model's chat template took too long and was stopped."),
        lambda _: tr("Choose another model."),
    ),
    ErrorKind.MODEL_BUSY: (
        lambda v: tr("{name} is at work right now.", name=v.model),
        lambda _: tr("Stop it first, or wait until it has finished."),
    ),
}

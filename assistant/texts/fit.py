"""Whether a model fits this machine, in one sentence, and why one is recommended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from assistant.texts import units
from assistant.texts.catalogue import tr


class Verdict(Protocol):
    """What is said about (``library.advice.Verdict``): sizes in bytes, contexts in tokens."""

    @property
    def grade(self) -> str: ...
    @property
    def cause(self) -> str: ...
    @property
    def needed(self) -> int: ...
    @property
    def free(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def context(self) -> int: ...
    @property
    def largest(self) -> int: ...
    @property
    def layers(self) -> int: ...
    @property
    def gpu_layers(self) -> int: ...
    @property
    def on_gpu(self) -> int: ...
    @property
    def device(self) -> str: ...
    @property
    def disk_needed(self) -> int: ...
    @property
    def disk_free(self) -> int: ...
    @property
    def architecture(self) -> str: ...


_LABELS: Mapping[str, Callable[[], str]] = {
    "well": lambda: tr("fits well"),
    "tight": lambda: tr("fits tightly"),
    "no": lambda: tr("does not fit"),
    "unknown": lambda: tr("not known"),
}
_LEAST_CONTEXT = 2048  # tokens: a smaller one is not worth naming


def label(verdict: Verdict) -> str:
    """Two words: fits well, fits tightly, does not fit, not known."""
    if verdict.grade == "no" and verdict.cause not in ("memory", "disk"):
        return tr("cannot run")
    return _LABELS[verdict.grade]()


def sentence(verdict: Verdict) -> str:
    """Whether it fits and why, in one sentence."""
    if verdict.grade == "unknown":
        return tr("Its size is not known, so nobody can say whether it fits.")
    if verdict.grade == "no":
        return _REFUSALS.get(verdict.cause, _damaged)(verdict)
    return _tight(verdict) if verdict.grade == "tight" else _well(verdict)


def reason(value: str) -> str:
    """Why a model is recommended and not a larger one (``library.catalogue.Recommendation.reason``)."""
    return _REASONS[value]()


_REASONS: Mapping[str, Callable[[], str]] = {
    "top": lambda: tr("The best one in the catalogue, and it fits this computer."),
    "memory": lambda: tr("The best one that fits well into this computer's memory."),
    "speed": lambda: tr("The best one that answers quickly enough on this computer."),
    "disk": lambda: tr("The best one that there is room for on the disk."),
    "tight": lambda: tr("The smallest one; it fits only tightly on this computer."),
    "none": lambda: tr("None of the recommended models fits this computer now."),
}


def _well(v: Verdict) -> str:
    if v.gpu_layers >= v.layers > 0:
        return tr("Fits well: all of it goes onto {device} ({size}).", device=v.device, size=units.size(v.on_gpu))
    if v.gpu_layers > 0:
        return tr(
            "Fits well: {part} of {layers} layers go onto {device}, and the rest needs {needed} of memory.",
            part=v.gpu_layers,
            layers=v.layers,
            device=v.device,
            needed=units.size(v.needed),
        )
    return tr(
        "Fits well: it needs {needed} of memory with a context of {context}, and {free} are free.",
        needed=units.size(v.needed),
        context=units.tokens(v.context),
        free=units.size(v.free),
    )


def _tight(v: Verdict) -> str:
    return tr(
        "Fits tightly: it needs {needed} of the {free} of memory that are free, with a context of {context}.",
        needed=units.size(v.needed),
        context=units.tokens(v.context),
        free=units.size(v.free),
    )


def _memory(v: Verdict) -> str:
    if v.largest >= _LEAST_CONTEXT and v.largest < v.context:
        return tr(
            "Does not fit with a context of {context}; with {largest} it would.",
            context=units.tokens(v.context),
            largest=units.tokens(v.largest),
        )
    if v.needed <= v.total:
        return tr(
            "Does not fit now: it needs {needed} of memory, and {free} are free; close other programs first.",
            needed=units.size(v.needed),
            free=units.size(v.free),
        )
    return tr(
        "Does not fit: it needs {needed} of memory, more than this computer has to give ({total}).",
        needed=units.size(v.needed),
        total=units.size(v.total),
    )


def _disk(v: Verdict) -> str:
    return tr(
        "Does not fit on the disk: {needed} are needed, {free} are free.",
        needed=units.size(v.disk_needed),
        free=units.size(v.disk_free),
    )


def _architecture(v: Verdict) -> str:
    if v.architecture:
        return tr("Cannot run here: this version does not know its kind ({kind}).", kind=v.architecture)
    return tr("Cannot run here: this version does not know its kind.")


def _damaged(_: Verdict) -> str:
    return tr("Cannot run here: its file is damaged.")


def _strange(_: Verdict) -> str:
    return tr("Cannot run here: it holds other parts than this version expects; it may be made for a newer one.")


_REFUSALS: Mapping[str, Callable[[Verdict], str]] = {
    "memory": _memory,
    "disk": _disk,
    "architecture": _architecture,
    "not_text": lambda _: tr("Cannot run here: it is not a model that writes text."),
    "split": lambda _: tr("Not available: parts of it are missing where it comes from."),
    "not_model": lambda _: tr("Cannot run here: it is not a model file (GGUF)."),
    "damaged": _damaged,
    "strange": _strange,
}


def searcher() -> str:
    """What a model is for that makes vectors of texts."""
    return tr("It finds passages of documents by their meaning, and does not answer.")


def task(name: str) -> str:
    """What a model is good for, as lists and buttons call it."""
    words = {
        "chat": tr("Chat"),
        "summarize": tr("Summarize"),
        "translate": tr("Translate"),
        "write": tr("Write"),
        "chinese": tr("Chinese"),
        "fast": tr("Fast"),
        "embed": tr("Search by meaning"),
    }
    return words.get(name, name)

"""The catalogue of models that are worth having, as data (``resources/models.json``), checked when read.

What a row says of its file is what was true when it was written. A download takes size and hash from the Hub at that
moment; a row that has become stale is told, and stops nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import msgspec

from assistant.base.assets import resources
from assistant.base.hashes import is_commit, is_sha256
from assistant.library.advice import Grade, Machine, Verdict, judge
from assistant.library.fit import Shape
from assistant.library.starter import starter

Task = Literal["chat", "summarize", "translate", "chinese", "fast", "embed"]
TASKS: tuple[Task, ...] = get_args(Task)

_REPO = re.compile(r"[A-Za-z0-9][\w.\-]*/[A-Za-z0-9][\w.\-]*")
_FILE = re.compile(r"(?:[\w.\-]+/)*[\w.\-]+\.gguf")
_PROCESSOR_READS = 750_000_000  # bytes of weights that a core of an ordinary computer may read for each token
_LEAST_READS = 1_400_000_000  # also on the smallest machine
_CONTEXT = 8192  # tokens that a recommendation counts with


class Thinking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a model's thinking is switched.

    :ivar default: what it does when its template is given nothing.
    :ivar switch: the template's variable, empty: there is none.
    :ivar off: the value of ``switch`` that keeps it from thinking (or has it think least); ``on``: that lets it.
    """

    default: Literal["off", "on", "always", "never", "unknown"]
    switch: str = ""
    off: bool | str | None = None
    on: bool | str | None = None


class SamplingValues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the makers recommend; None: they say nothing about it."""

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None


class Recommended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sampling for answers without and with thinking."""

    plain: SamplingValues = SamplingValues()
    thinking: SamplingValues | None = None


class Embedding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands before a query and before a document whose vectors are wanted."""

    query_prefix: str = ""
    document_prefix: str = ""


class Sizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What memory depends on, until the file's header says it exactly (see ``fit.Shape``).

    :ivar active: share of the weights that is read for each token.
    """

    blocks: int
    cells: int
    width: int
    feed_forward: int
    vocabulary: int
    window_cells: int = 0
    window: int = 0
    state: int = 0
    active: float = 1.0


class CatalogueModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model and the one file of it that is offered.

    :ivar name: what a person reads in every language; ``note``: why one would choose it, in one line.
    :ivar tasks: what it is good for; none: only for trying the program out.
    :ivar size: of the file, in bytes; ``sha256``: when the row was written.
    :ivar accepted_older: hashes of earlier builds of the same file, which are as good.
    :ivar languages: codes of those that are known to be good; ``language_count``: how many the makers name, 0: unsaid.
    :ivar context_max: tokens, 0: not known.
    :ivar licence_note: what a user must know of it, in a few words.
    :ivar revision: where the size and the hash were read.
    :ivar prompt_style: ``chat``, ``embedding``, or which prompts it was trained on (``tasks.translate``).
    :ivar shape: sizes for estimates before the header is read.
    :ivar starter: the demonstration model; its file comes from the package index (``library.starter``).
    """

    id: str
    name: str
    note: str
    note_zh: str
    tasks: frozenset[Task]
    licence: str
    licence_url: str
    licence_note: str = ""
    licence_note_zh: str = ""
    architecture: str
    parameters: int
    quantization: str
    thinking: Thinking
    languages: tuple[str, ...]
    repo: str = ""
    file: str = ""
    revision: str = ""
    size: int = 0
    sha256: str = ""
    accepted_older: tuple[str, ...] = ()
    name_zh: str = ""
    language_count: int = 0
    context_max: int = 0
    sampling: Recommended = Recommended()
    prompt_style: Literal["chat", "embedding", "hy-mt2", "translategemma"] = "chat"
    embed: Embedding | None = None
    shape: Sizes | None = None
    starter: bool = False

    def title(self, language: str) -> str:
        """The name for a reader of ``language`` (``en``, ``zh_CN``)."""
        return (self.name_zh if language.startswith("zh") else "") or self.name

    def about(self, language: str) -> str:
        """The one line for a reader of ``language``."""
        return self.note_zh if language.startswith("zh") else self.note

    def licence_in_words(self, language: str) -> str:
        """The licence for a reader of ``language``, with what must be known of it."""
        if not self.licence_note:
            return self.licence
        chinese = language.startswith("zh")
        return f"{self.licence}（{self.licence_note_zh}）" if chinese else f"{self.licence} ({self.licence_note})"

    def to_fit(self) -> Shape:
        """Its sizes for estimates of memory."""
        if self.shape is None:
            return Shape.guess(self.size, self.parameters, self.context_max)
        s = self.shape
        return Shape(
            weights=self.size,
            weights_per_token=int(self.size * s.active),
            context_trained=self.context_max,
            vocabulary=s.vocabulary,
            width=s.width,
            feed_forward=s.feed_forward,
            blocks=s.blocks,
            cells=s.cells,
            window_cells=s.window_cells,
            window=s.window,
            state=s.state,
        )


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file.

    :ivar mirrors: addresses that serve the Hub's files, tried in this order.
    :ivar ladders: for each task, the models to recommend, from the smallest to the best.
    """

    mirrors: tuple[str, ...]
    ladders: dict[Task, tuple[str, ...]]
    models: tuple[CatalogueModel, ...]


def parse(content: bytes) -> Catalogue:
    """The catalogue in ``content``, with the starter's file filled in.

    :raises msgspec.ValidationError: it is not a catalogue.
    """
    read = msgspec.json.decode(content, type=Catalogue)
    facts = starter()
    models = tuple(
        msgspec.structs.replace(model, file=facts.file, size=facts.size, sha256=facts.sha256)
        if model.starter
        else model
        for model in read.models
    )
    ids = {model.id for model in models}
    if len(ids) != len(models):
        raise msgspec.ValidationError("two rows have the same id")
    unknown = {one for ladder in read.ladders.values() for one in ladder} - ids
    if unknown:
        raise msgspec.ValidationError(f"recommended, but not there: {sorted(unknown)}")
    for model in models:
        _check(model)
    return msgspec.structs.replace(read, models=models)


@cache
def whole() -> Catalogue:
    """The catalogue that ships with the program."""
    return parse((resources() / "models.json").read_bytes())


def catalogue() -> tuple[CatalogueModel, ...]:
    """All rows, from the smallest to the largest of each kind, in the file's order."""
    return whole().models


def entry(model_id: str) -> CatalogueModel | None:
    """The row with this id."""
    return next((model for model in catalogue() if model.id == model_id), None)


def entry_for(*, sha256: str = "", size: int = 0, file: str = "") -> CatalogueModel | None:
    """The row that a file belongs to: by its hash (older builds count), else by name and size."""
    for model in catalogue():
        if sha256 and sha256 in (model.sha256, *model.accepted_older):
            return model
    if not file or not size:
        return None
    name = file.rpartition("/")[2].casefold()
    return next((m for m in catalogue() if m.size == size and m.file.casefold() == name), None)


@dataclass(frozen=True)
class Recommendation:
    """What to take for a task on this machine.

    :ivar best: None: nothing in the catalogue fits.
    :ivar smaller: one that asks for less; ``larger``: one that is better, and may be slower or fit tightly.
    :ivar reason: why ``best`` and not a larger one: ``top`` (it is the best there is), ``memory``, ``speed`` or
        ``disk``; ``tight``: even the smallest fits only tightly; ``none``: not even that.
    """

    task: Task
    best: CatalogueModel | None = None
    smaller: CatalogueModel | None = None
    larger: CatalogueModel | None = None
    reason: Literal["top", "memory", "speed", "disk", "tight", "none"] = "none"
    verdict: Verdict | None = None


def recommend(
    machine: Machine, task: Task = "chat", language: str = "en", *, context: int = 0, cache_type: str = "f16"
) -> Recommendation:
    """The model to take for ``task`` on ``machine``, with a smaller and a larger choice.

    :param language: of the user (``en``, ``zh_CN``); for Chinese, the models that are good at it.
    :param context: tokens to count with, 0: 8192.
    """
    if language.startswith("zh") and task in ("chat", "summarize"):
        return _on_ladder("chinese", task, machine, context or _CONTEXT, cache_type)
    if task == "embed":
        pick = "bge-small-zh-v1.5" if language.startswith("zh") else whole().ladders["embed"][-1]
        model = entry(pick)
        verdict = judge(model.to_fit(), machine=machine, size=model.size, exact=False) if model is not None else None
        if verdict is None or verdict.grade is Grade.NO:
            return Recommendation(task)
        return Recommendation(task, best=model, reason="top", verdict=verdict)
    return _on_ladder(task, task, machine, context or _CONTEXT, cache_type)


def quick_enough(model: CatalogueModel, machine: Machine, verdict: Verdict) -> bool:
    """Can an ordinary computer read the weights often enough to write as quickly as people read?"""
    if verdict.layers and verdict.gpu_layers >= verdict.layers:
        return True
    return model.to_fit().weights_per_token <= max(_LEAST_READS, _PROCESSOR_READS * machine.threads)


def _on_ladder(ladder: Task, task: Task, machine: Machine, context: int, cache_type: str) -> Recommendation:
    rungs = [model for one in whole().ladders[ladder] if (model := entry(one)) is not None]
    verdicts = [judge(model.to_fit(), context=context, cache_type=cache_type, machine=machine, size=model.size,
                      exact=False) for model in rungs]  # fmt: skip
    good = [
        number
        for number, (model, verdict) in enumerate(zip(rungs, verdicts, strict=True))
        if verdict.grade is Grade.WELL and quick_enough(model, machine, verdict)
    ]
    if not good:
        if not rungs or verdicts[0].grade is Grade.NO:
            return Recommendation(task)
        larger = rungs[1] if len(rungs) > 1 else None
        return Recommendation(task, best=rungs[0], larger=larger, reason="tight", verdict=verdicts[0])
    at = good[-1]
    above = at + 1 if at + 1 < len(rungs) else None
    return Recommendation(
        task,
        best=rungs[at],
        smaller=rungs[at - 1] if at else None,
        larger=rungs[above] if above is not None else None,
        reason=_reason(verdicts[above]) if above is not None else "top",
        verdict=verdicts[at],
    )


def _reason(above: Verdict) -> Literal["memory", "speed", "disk"]:
    if above.cause == "disk":
        return "disk"
    return "speed" if above.grade is Grade.WELL else "memory"


def _check(model: CatalogueModel) -> None:
    """What types cannot say.

    :raises msgspec.ValidationError: with the row's id.
    """
    faults = []
    if not model.starter and not _REPO.fullmatch(model.repo):
        faults.append("repo")
    if not model.starter and not is_commit(model.revision):
        faults.append("revision")
    if ".." in model.file or not _FILE.fullmatch(model.file):
        faults.append("file")
    if not all(is_sha256(one) for one in (model.sha256, *model.accepted_older)):
        faults.append("sha256")
    if model.size <= 0 or model.parameters <= 0 or model.context_max < 0:
        faults.append("size, parameters or context_max")
    if bool(model.thinking.switch) != (model.thinking.off is not None):
        faults.append("thinking")
    if ("embed" in model.tasks) != (model.embed is not None):
        faults.append("embed")
    if not (model.note and model.note_zh and model.licence_url.startswith("https://")):
        faults.append("note or licence_url")
    if bool(model.licence_note) != bool(model.licence_note_zh):
        faults.append("licence_note")
    if faults:
        raise msgspec.ValidationError(f"{model.id}: {', '.join(faults)}")

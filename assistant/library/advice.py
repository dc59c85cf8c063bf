"""Does a model fit this machine, how well, and what is in the way: values, no words (``texts/fit.py`` has those).

The numbers are those of :mod:`assistant.library.fit`, with which models are loaded: there is one number everywhere.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import psutil

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import fit
from assistant.library.disk import kept_free
from assistant.library.fit import Shape

_COMFORTABLE = 0.85  # share of the free memory up to which a model fits well: other programs want to grow, too
_SYSTEM = 0.9  # share of all memory that a model may have when everything else is closed


class Grade(StrEnum):
    """How well a model fits the memory of this machine."""

    WELL = "well"
    TIGHT = "tight"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Device:
    """A graphics processor. ``total`` and ``free`` in bytes; ``kind``: gpu, or igpu (shares the machine's memory)."""

    name: str
    total: int
    free: int
    kind: str = "gpu"

    @property
    def shared(self) -> bool:
        return self.kind != "gpu"


@dataclass(frozen=True)
class Machine:
    """What this computer has to give now. Bytes; ``disk_free`` is for the folder of the models (-1: not known), of
    which ``disk_kept`` stay free when a download is done."""

    ram_total: int
    ram_free: int
    gpus: tuple[Device, ...] = ()
    disk_free: int = -1
    disk_kept: int = 0
    threads: int = 1


@dataclass(frozen=True)
class Verdict:
    """Whether a model fits, for one context and one type of cache.

    :ivar cause: what is in the way or unknown: "" (nothing), memory, disk, architecture, not_text, damaged, split,
        size.
    :ivar needed: bytes of the machine's memory that it takes, as it would be loaded; ``on_gpu``: bytes of graphics
        memory beside that.
    :ivar free: bytes of the machine's memory that may be used; ``total``: what could be, if all else were closed.
    :ivar context: tokens that this was judged for; ``largest``: the most that fit now (0: not even the least).
    :ivar gpu_layers: of ``layers``, how many fit on graphics processors; ``device``: the name of the first one.
    :ivar disk_needed: bytes of the download with what must stay free.
    :ivar exact: from the file's header; otherwise from the catalogue's numbers or the size alone.
    """

    grade: Grade
    cause: str = ""
    needed: int = 0
    free: int = 0
    total: int = 0
    context: int = 0
    largest: int = 0
    layers: int = 0
    gpu_layers: int = 0
    on_gpu: int = 0
    device: str = ""
    disk_needed: int = 0
    disk_free: int = 0
    architecture: str = ""
    exact: bool = True


class Sized(Protocol):
    """A row of the catalogue."""

    def to_fit(self) -> Shape: ...


def machine(folder: Path, gpus: tuple[Device, ...] = ()) -> Machine:
    """This computer as it is now.

    :param folder: of the models; it need not exist yet.
    :param gpus: from the engine's facts: only the engine can ask for them.
    """
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        disk = shutil.disk_usage(place)
        disk_free, disk_kept = disk.free, kept_free(disk.total)
    except OSError:
        disk_free, disk_kept = -1, 0
    free = fit.free_memory()
    return Machine(
        ram_total=max(fit.total_memory(), free),
        ram_free=free,
        gpus=gpus,
        disk_free=disk_free,
        disk_kept=disk_kept,
        threads=psutil.cpu_count(logical=False) or psutil.cpu_count() or 1,
    )


def judge(
    model: Shape | Sized | None,
    *,
    machine: Machine,
    context: int = 0,
    cache_type: str = "f16",
    size: int = 0,
    exact: bool = True,
) -> Verdict:
    """Does ``model`` fit ``machine``?

    :param model: its sizes, or a row of the catalogue; None: nothing but ``size`` is known.
    :param context: tokens; 0: what ``fit.sane_context`` would choose here.
    :param size: bytes that have to be downloaded first; 0: it is here already.
    """
    if model is None:
        if size <= 0:
            return Verdict(Grade.UNKNOWN, cause="size", free=machine.ram_free, total=machine.ram_total, exact=False)
        shape, exact = Shape.guess(size), False
    elif isinstance(model, Shape):
        shape = model
    else:
        shape, exact = model.to_fit(), False
    verdict = replace(_memory(shape, machine, context, cache_type), exact=exact)
    if size <= 0:
        return verdict
    needed = size + machine.disk_kept
    verdict = replace(verdict, disk_needed=needed, disk_free=max(machine.disk_free, 0))
    if 0 <= machine.disk_free < needed and verdict.grade is not Grade.NO:
        return replace(verdict, grade=Grade.NO, cause="disk")
    return verdict


def refused(error: AssistantError) -> Verdict:
    """The verdict on a model whose header was refused."""
    causes = {
        ErrorKind.MODEL_UNSUPPORTED: "architecture",
        ErrorKind.MODEL_NOT_FOR_TEXT: "not_text",
        ErrorKind.MODEL_MISSING: "split",
        ErrorKind.MODEL_NOT_A_MODEL: "not_model",
    }
    cause = causes.get(error.kind, "strange" if error.values.get("newer") else "damaged")
    return Verdict(Grade.NO, cause=cause, architecture=str(error.values.get("architecture", "")))


def incomplete() -> Verdict:
    """The verdict on a model of which parts are missing where it comes from."""
    return Verdict(Grade.NO, cause="split")


def gpu_layers(shape: Shape, context: int, cache_type: str, gpus: tuple[Device, ...]) -> int:
    """How many layers (the output counts as one) fit on the graphics processors there are; 0: none, or no such
    device. Several share a model in proportion to their free memory, each with an overhead of its own."""
    if not gpus:
        return 0
    free = sum(device.free for device in gpus) - (len(gpus) - 1) * fit.GPU_PROCESS
    return fit.gpu_layers(shape, context, cache_type, free=free)


def _memory(shape: Shape, machine: Machine, context: int, cache_type: str) -> Verdict:
    free = machine.ram_free
    chosen = bool(context)
    context = fit.sane_context(shape, context, cache_type, free=free + _own(machine))
    layers = gpu_layers(shape, context, cache_type, machine.gpus)
    beside = fit.memory_beside_gpu(shape, context, cache_type, layers=layers)
    on_gpu = fit.gpu_memory(shape, context, cache_type, layers)
    if layers and all(device.shared for device in machine.gpus):
        beside += on_gpu
    verdict = Verdict(
        Grade.WELL,
        needed=beside,
        free=free,
        total=int(machine.ram_total * _SYSTEM),
        context=context,
        largest=_largest(shape, machine, cache_type),
        layers=shape.blocks + 1,
        gpu_layers=layers,
        on_gpu=on_gpu,
        device=machine.gpus[0].name if layers else "",
    )
    if beside > free:
        return replace(verdict, grade=Grade.NO, cause="memory")
    wanted = min(fit.SANE_CONTEXT, shape.context_trained or fit.SANE_CONTEXT)
    if beside > free * _COMFORTABLE or (not chosen and context < wanted):
        return replace(verdict, grade=Grade.TIGHT, cause="memory")
    return verdict


def _own(machine: Machine) -> int:
    """Free bytes of graphics processors that have memory of their own."""
    return sum(device.free for device in machine.gpus if not device.shared)


def _largest(shape: Shape, machine: Machine, cache_type: str) -> int:
    return fit.largest_context(shape, cache_type, free=machine.ram_free + int(_own(machine) * 0.9))

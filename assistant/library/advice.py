"""Does a model fit this machine, how well, and what is in the way: values, no words (``texts/fit.py`` has those)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
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


@dataclass(frozen=True)
class Machine:
    """What this computer has to give now. Bytes; ``disk_free`` is for the folder of the models."""

    ram_total: int
    ram_free: int
    gpus: tuple[Device, ...] = ()
    disk_free: int = 0
    threads: int = 1


@dataclass(frozen=True)
class Verdict:
    """Whether a model fits, for one context and one type of cache.

    :ivar cause: what is in the way or unknown: "" (nothing), memory, disk, architecture, not_text, split, size.
    :ivar needed: bytes of memory, as the engine will be loaded; ``free``: bytes that may be used, the GPUs' included.
    :ivar total: bytes of memory that this machine has: what could be free if everything else were closed.
    :ivar context: tokens that this was judged for; ``largest``: the most that fit now (0: not even the least).
    :ivar gpu_layers: of ``layers``, how many fit on GPUs; ``device``: the first of them.
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
    device: str = ""
    disk_needed: int = 0
    disk_free: int = 0
    architecture: str = ""
    exact: bool = True

"""How a model is to be loaded, as a value, and as what its child is told."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.engine.messages import Load


@dataclass(frozen=True)
class LoadPlan:
    """How a model is to be loaded, from settings and file.

    :ivar context_wanted: somebody has set the context; otherwise it was ours to choose.
    :ivar needed: bytes that it will take of the machine's memory, estimated from its header; ``on_gpu``: and of
        graphics memory.
    :ivar gpu_first: and ``gpu_block``: bytes of graphics memory for the first layer and for each further one.
    :ivar template: name of another chat template in the file; empty: its own.
    :ivar stamp: of the file: another one in its place is loaded anew.
    """

    key: str
    path: Path
    name: str
    context: int = 0
    threads: int = 0
    gpu_layers: int = -1
    cache_type: str = "f16"
    # How the context came about, and what follows from the memory of this moment, are no reason to load again.
    context_wanted: bool = field(default=False, compare=False)
    needed: int = field(default=0, compare=False)
    on_gpu: int = field(default=0, compare=False)
    gpu_first: int = field(default=0, compare=False)
    gpu_block: int = field(default=0, compare=False)
    embeddings: bool = False
    template: str = ""
    stamp: str = ""

    def without_graphics(self) -> LoadPlan:
        """The same on the processor alone."""
        return replace(self, gpu_layers=0, needed=self.needed + self.on_gpu, on_gpu=0)

    def message(self, request_id: str) -> Load:
        """What the model's child is told."""
        path, raw = _spelled(self.path)
        return Load(
            id=request_id,
            path=path,
            raw=raw,
            context=self.context,
            threads=self.threads,
            gpu_layers=self.gpu_layers,
            gpu_first=self.gpu_first,
            gpu_block=self.gpu_block,
            cache_type=self.cache_type,  # type: ignore[arg-type]
            embeddings=self.embeddings,
            template=self.template,
        )


def _spelled(path: Path) -> tuple[str, bytes]:
    """A path for a message, which carries text; and its bytes where it is none (a name in another encoding)."""
    text = str(path)
    shown = text.encode("utf-8", "replace").decode()
    return shown, b"" if shown == text else os.fsencode(path)

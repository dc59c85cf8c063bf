"""The files of a repository on the Hub, as models that can be had: one for each quantization, split files as one."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.net.messages import RemoteFile


@dataclass(frozen=True)
class Variant:
    """One way to have a repository's model.

    :ivar label: what a person chooses by: ``Q4_K_M``, or the file's name where the repository holds several models.
    :ivar files: the file or, in order, all parts of it.
    :ivar size: bytes of all files, 0: the Hub does not say.
    :ivar quantization: as ``Q4_K_M``, empty: the name does not tell.
    :ivar missing: names of parts that the repository lacks: such a variant cannot be had.
    :ivar recommended: the one to take when in doubt; at most one of a repository.
    """

    label: str
    files: tuple[RemoteFile, ...]
    size: int = 0
    quantization: str = ""
    missing: tuple[str, ...] = ()
    recommended: bool = False

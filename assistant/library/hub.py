"""The files of a repository on the Hub, as models that can be had: one for each quantization, split files as one.

Nothing here asks anybody: the net child brings the list of files, this room makes sense of it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.library.advice import Grade, Machine, judge
from assistant.library.fit import Shape
from assistant.net.messages import Found, RemoteFile, RepoFacts, RepoRow

__all__ = ["Found", "RemoteFile", "RepoFacts", "RepoRow", "Variant", "estimate", "quantization_of", "variants"]

_PART = re.compile(r"^(?P<stem>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})$")
_MOST_PARTS = 1000
_QUANTIZATION = re.compile(
    r"(?<![A-Za-z0-9])"
    r"(?P<name>(?:UD-)?(?:I?Q[1-8](?:_(?:K|NL|XXS|XS|S|M|L|XL|[0-9]+))+|TQ[12]_0|BF16|FP?16|FP?32|MXFP4(?:_MOE)?|NVFP4))"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# What helps a model and is none: eyes and ears, heads that guess ahead, statistics for quantizing, bare vocabularies.
_HELPER = re.compile(r"(?:^|[-_.])(?:mmproj|draft|eagle3?|vocab)(?:$|[-_.])|^(?:mtp|imatrix)(?:$|[-_.])", re.IGNORECASE)
_HELPER_FOLDERS = frozenset({"mmproj", "mtp", "imatrix", "draft", "vocab"})
_STATISTICS = re.compile(r"imatrix(?:[-_.]|$)", re.IGNORECASE)
# Made for a fork: llama.cpp gives the numbers of these tensor types another meaning.
_FORK = re.compile(r"(?:^|[-_.])(?:1[._]25|1[._]58|2)-?bits?(?:$|[-_.])", re.IGNORECASE)
_REARRANGED = re.compile(r"^Q4_0_\d_\d$")  # once made for single processors, refused today

# The first that is there is the one to take in doubt: small, and hardly worse than the original.
_PREFERRED = ("Q4_K_M", "UD-Q4_K_XL", "UD-Q4_K_M", "Q4_K_XL", "Q4_K_L", "MXFP4", "MXFP4_MOE", "IQ4_XS", "Q4_K_S",
              "IQ4_NL", "Q4_0", "Q4_1", "Q5_K_M", "UD-Q5_K_XL", "Q5_K_S", "Q5_0",
              "Q5_1", "Q6_K", "Q8_0", "NVFP4")  # fmt: skip
# Where none of those fits: coarser ones, the better first. Below three bits models forget too much.
_COARSER = ("UD-Q3_K_XL", "Q3_K_L", "Q3_K_M", "IQ3_M", "IQ3_S", "Q3_K_S", "IQ3_XS", "IQ3_XXS", "UD-IQ3_XXS")


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

    @property
    def hashes(self) -> str:
        """The SHA-256 of all files, in order, separated by spaces; empty: the Hub does not say every one."""
        return " ".join(file.sha256 for file in self.files) if all(file.sha256 for file in self.files) else ""


def variants(facts: RepoFacts, machine: Machine | None = None) -> tuple[Variant, ...]:
    """What can be had of a repository, from the smallest to the largest; what is incomplete comes last.

    :param machine: the recommended one is the best that fits it; None: the usual one.
    """
    groups: dict[tuple[str, int], dict[int, RemoteFile]] = defaultdict(dict)
    for file in facts.files:
        if _safe(file.name) and _is_model(file.name):
            stem, number, count = _part_of(file.name)
            groups[stem, count].setdefault(number, file)
    found = [_variant(stem, count, parts) for (stem, count), parts in groups.items()]
    labels = Counter(variant.label for variant in found)
    found = [v if labels[v.label] == 1 and v.quantization else replace(v, label=_bare(v)) for v in found]
    labels = Counter(variant.label for variant in found)
    found = [v if labels[v.label] == 1 else replace(v, label=v.files[0].name) for v in found]
    found.sort(key=lambda v: (bool(v.missing), v.size, v.label.casefold()))
    best = _recommended(found, facts, machine)
    return tuple(replace(v, recommended=v is best) for v in found)


def estimate(variant: Variant, facts: RepoFacts) -> Shape:
    """Its sizes for a first verdict, before the header was looked at."""
    return Shape.guess(variant.size, facts.parameters, facts.context)


def quantization_of(name: str) -> str:
    """The quantization that a file's name or folder tells, as ``UD-Q4_K_XL``; empty: none."""
    *folders, last = name.split("/")
    for part in (last, *reversed(folders)):
        matches = list(_QUANTIZATION.finditer(part))
        if matches:
            return matches[-1]["name"].upper().replace("FP16", "F16").replace("FP32", "F32")
    return ""


def _is_model(name: str) -> bool:
    *folders, last = name.split("/")
    stem = last[: -len(".gguf")] if last.lower().endswith(".gguf") else ""
    if not stem or _HELPER.search(stem) or _FORK.search(stem):
        return False
    if any(folder.casefold() in _HELPER_FOLDERS for folder in folders):
        return False
    quantization = quantization_of(name)
    if _REARRANGED.match(quantization):
        return False
    return bool(quantization) or not _STATISTICS.search(stem)


def _safe(name: str) -> bool:
    """Names come from strangers: one that leads out of the folder is not even looked at."""
    parts = name.split("/")
    return (
        0 < len(name) <= 1000
        and "\\" not in name
        and ":" not in name
        and all(part and part not in (".", "..") and not part.startswith(".") and len(part) <= 255 for part in parts)
        and name.isprintable()
    )


def _part_of(name: str) -> tuple[str, int, int]:
    """Name without ending and part number, the number of the part and how many there are (1 of 1: a whole file)."""
    stem = name[: -len(".gguf")]
    match = _PART.match(stem)
    if match is None:
        return stem, 1, 1
    number, count = int(match["number"]), int(match["count"])
    if not 1 <= number <= count <= _MOST_PARTS or count == 1:
        return stem, 1, 1
    return match["stem"], number, count


def _variant(stem: str, count: int, parts: dict[int, RemoteFile]) -> Variant:
    files = tuple(parts[number] for number in sorted(parts))
    quantization = quantization_of(stem)
    missing: Iterable[str] = (
        f"{stem}-{number:05}-of-{count:05}.gguf" for number in range(1, count + 1) if number not in parts
    )
    size = sum(file.size for file in files)
    return Variant(
        label=quantization or stem,
        files=files,
        size=0 if any(file.size <= 0 for file in files) else size,
        quantization=quantization,
        missing=tuple(missing),
    )


def _bare(variant: Variant) -> str:
    """The file's name without folder, part number and ending."""
    return _part_of(variant.files[0].name)[0].rpartition("/")[2]


def _recommended(found: list[Variant], facts: RepoFacts, machine: Machine | None) -> Variant | None:
    whole = [variant for variant in found if not variant.missing]
    if machine is None:
        return _first(whole, _PREFERRED) or (whole[0] if whole else None)
    grades = {
        variant.label: judge(
            estimate(variant, facts) if variant.size else None, machine=machine, size=variant.size, exact=False
        ).grade
        for variant in whole
    }
    for grade in (Grade.WELL, Grade.TIGHT, Grade.UNKNOWN):
        fitting = [variant for variant in whole if grades[variant.label] is grade]
        best = _first(fitting, _PREFERRED) or _first(fitting, _COARSER)
        if best is not None:
            return best
    return next((v for v in reversed(whole) if grades[v.label] is not Grade.NO and not v.quantization), None)


def _first(found: list[Variant], order: tuple[str, ...]) -> Variant | None:
    """Of several models in one repository the largest: a smaller one beside it is there to help it."""
    for quantization in order:
        matches = [variant for variant in found if variant.quantization == quantization]
        if matches:
            return max(matches, key=lambda variant: variant.size)
    return None

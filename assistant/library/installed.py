"""One model on this computer, and how its files are looked at."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library.fit import Shape
from assistant.library.gguf import is_later_part, model_files, model_stem, read_header
from assistant.library.index import HeaderFacts, Record, Upstream, error_of, facts_of, facts_of_error
from assistant.library.starter import is_starter, starter

_DEEPEST = 5  # folders below the models folder: as deep as the Hub's own cache
_MOST_FILES = 5000
_QUANTIZATION = re.compile(
    r"(?:^|[.\-_ ])((?:UD-)?(?:I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|BF16|F16|F32|MXFP4(?:_MOE)?|NVFP4))$", re.IGNORECASE
)
_UNSAFE = re.compile(r"[^\w.\-]+")
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class InstalledModel:
    """One model on this computer.

    :ivar key: stable, safe in file names: what settings and messages of the program call it.
    :ivar name: what a person reads; no two installed models share it.
    :ivar size: bytes of all its files.
    :ivar context_trained: tokens, 0: not known.
    :ivar templates: names of the templates that its file has beside the default one.
    :ivar linked: the file stays where the user has it, outside the models folder.
    :ivar missing: its file is not there now.
    :ivar demo: the starter model.
    :ivar problem: why it cannot be loaded, as far as its header tells.
    :ivar embeds: it makes vectors of texts, by which passages are found, and writes none.
    :ivar upstream: where it was downloaded from, if that is known.
    :ivar verified: when all its bytes were last checked (seconds since 1970), 0: never.
    :ivar stamp: changes when another file comes in the place of its own.
    """

    key: str
    name: str
    path: Path
    size: int
    architecture: str = ""
    quantization: str = ""
    context_trained: int = 0
    parameters: int = 0
    has_template: bool = False
    templates: tuple[str, ...] = ()
    linked: bool = False
    missing: bool = False
    demo: bool = False
    problem: ErrorKind | None = None
    embeds: bool = False
    shape: Shape | None = None
    added: float = 0.0
    last_used: float = 0.0
    upstream: Upstream | None = None
    verified: float = 0.0
    stamp: str = ""
    facts: HeaderFacts = field(default=HeaderFacts(), repr=False, compare=False)

    @property
    def usable(self) -> bool:
        """Whether it can answer."""
        return not self.missing and self.problem is None and not self.embeds

    def error(self) -> AssistantError | None:
        """Why it cannot be loaded, with what the sentence needs; None: nothing is known against it."""
        if self.missing:
            return AssistantError(ErrorKind.MODEL_MISSING, name=self.name)
        error = error_of(self.facts)
        if error is not None:
            error.values["name"] = self.name
        return error

    def refusal(self, task: str = "chat") -> AssistantError | None:
        """Why it cannot do a task; None: nothing is known against it.

        :param task: embed, or one that is done by writing: chat, summarize, translate...
        """
        error = self.error()
        if error is None and self.embeds != (task == "embed"):
            error = AssistantError(ErrorKind.MODEL_EMBEDS if self.embeds else ErrorKind.MODEL_WRITES, name=self.name)
        return error


def installed_model(record: Record, path: Path, *, missing: bool) -> InstalledModel:
    """What a record says, as the program sees it."""
    facts = record.facts
    demo = is_starter(path, record.size)
    stem = _UNSEEN.sub(" ", record.name or os.fsencode(model_stem(path)).decode("utf-8", "replace")).strip()
    match = _QUANTIZATION.search(stem)
    name = stem[: match.start()].strip(" .-_") if match else stem
    error = error_of(facts)
    return InstalledModel(
        key=record.key,
        name=starter().name if demo else name or stem,
        path=path,
        size=record.size,
        architecture=facts.architecture,
        quantization=match[1].upper() if match else facts.quantization,
        context_trained=facts.context_trained,
        parameters=facts.parameters,
        has_template=facts.has_template,
        templates=facts.templates,
        linked=record.linked,
        missing=missing,
        demo=demo,
        problem=ErrorKind.MODEL_MISSING if missing else error.kind if error else None,
        embeds=facts.embeds,
        shape=facts.shape,
        added=record.added,
        last_used=record.last_used,
        upstream=record.upstream,
        verified=record.verified,
        stamp=record.stamp,
        facts=facts,
    )


def told_apart(models: Sequence[InstalledModel]) -> list[InstalledModel]:
    """The models sorted by name, the starter last, with more in the names of those that would share one."""
    names = Counter(model.name.casefold() for model in models)
    models = [
        replace(m, name=f"{m.name} {m.quantization}".strip()) if names[m.name.casefold()] > 1 else m for m in models
    ]
    names = Counter(model.name.casefold() for model in models)
    models = [replace(m, name=m.key) if names[m.name.casefold()] > 1 else m for m in models]
    return sorted(models, key=lambda model: (model.demo, model.name.casefold()))


def model_paths(folder: Path) -> list[Path]:
    """The model files below ``folder``: one for each model, its first part if it has several."""
    found: list[Path] = []
    for _, files in _folders(folder):
        stems: set[str] = set()
        for path in files:  # a later part stands for the model only where the first is missing
            if is_later_part(path) and model_stem(path) in stems:
                continue
            stems.add(model_stem(path))
            found.append(path)
        if len(found) >= _MOST_FILES:
            break
    return found[:_MOST_FILES]


def linked_folders(folder: Path) -> list[Path]:
    """The links below ``folder`` by which other folders are looked through."""
    return [here for here, _ in _folders(folder) if here != folder and here.is_symlink()]


def home_of(folder: Path, path: Path) -> Path:
    """The folder on the same disk that a model at ``path`` belongs to: ``folder``, or the last link on the way."""
    inner = path.relative_to(folder).parts[:-1]
    homes = [folder.joinpath(*inner[: depth + 1]) for depth in range(len(inner))]
    return next((home for home in reversed(homes) if home.is_symlink()), folder)


def is_cut_off(folder: Path, path: Path) -> bool:
    """Is a link on the way to ``path`` broken, as on a disk that is unplugged?"""
    home = home_of(folder, path)
    return home != folder and not home.is_dir()


def _folders(folder: Path) -> Iterator[tuple[Path, list[Path]]]:
    """``folder`` and those below it, each once, with the models' files in it. First those that lie there, then those
    that links lead to: a link may lead in a circle, or to where one has been."""
    seen: set[tuple[int, int]] = set()
    waiting, linked = [(folder, 0)], list[tuple[Path, int]]()
    while waiting or linked:
        here, depth = waiting.pop() if waiting else linked.pop(0)
        try:
            facts = here.stat()
            with os.scandir(here) as entries:
                inside = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda e: e.name)
        except OSError:
            continue
        if (facts.st_dev, facts.st_ino) in seen:
            continue
        seen.add((facts.st_dev, facts.st_ino))
        below = [entry for entry in inside if _is_folder(entry)]
        names = [entry.name for entry in inside if entry.name.lower().endswith(".gguf") and not _is_folder(entry)]
        yield here, [here / name for name in names]
        if depth < _DEEPEST:
            linked += [(here / entry.name, depth + 1) for entry in below if entry.is_symlink()]
            waiting += [(here / entry.name, depth + 1) for entry in reversed(below) if not entry.is_symlink()]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def looked_at(record: Record, path: Path) -> Record:
    """``record`` with the facts of the file as it is now; unchanged when the file is gone. Raises nothing: whatever
    is wrong with a file is one of its facts."""
    try:
        files = model_files(path)
        problem = None
    except AssistantError as error:
        files, problem = (path,), error
    try:
        now = stamp(files)
        size = sum(file.stat().st_size for file in files)
    except OSError:
        return record
    if problem is not None:
        return replace(record, size=size, stamp="", facts=facts_of_error(problem))
    if now == record.stamp and record.facts != HeaderFacts():
        return record
    if now != record.stamp and record.stamp:  # other bytes than those that were checked
        record = replace(record, sha256=(), verified=0.0)
    return replace(record, size=size, stamp=now, facts=_read_facts(path))


def _read_facts(path: Path) -> HeaderFacts:
    try:
        return facts_of(read_header(path))
    except AssistantError as error:
        return facts_of_error(error)
    except Exception as error:  # one file that nobody foresaw must not hide all the others
        return facts_of_error(AssistantError(ErrorKind.MODEL_DAMAGED, repr(error)[:500], name=path.name))


def stamp(files: Iterable[Path]) -> str:
    """Changes whenever one of the files does."""
    stats = [file.stat() for file in files]
    return ";".join(f"{info.st_size}:{info.st_mtime_ns}" for info in stats)


def changed_at(path: Path) -> float:
    """When the file was last written (seconds since 1970), 0: it cannot be asked."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def is_there(path: Path) -> bool:
    """Is there such a file, that can be reached?"""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file; False where that cannot be told."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def files_there(path: Path) -> tuple[Path, ...]:
    """The files of a model as far as they are there."""
    try:
        files = model_files(path)
    except AssistantError:  # parts are missing: those that are not take up room as well
        stem = model_stem(path)
        files = tuple(sorted(p for p in path.parent.glob("*.gguf") if model_stem(p) == stem))
    return tuple(file for file in files if os.path.lexists(file))


def free_key(name: str, taken: Iterable[str]) -> str:
    """A key for a model of that name, other than those ``taken``."""
    safe = safe_text(name)[:80] or "model"
    used = {key.casefold() for key in taken}
    key, number = safe, 2
    while key.casefold() in used:
        key, number = f"{safe}-{number}", number + 1
    return key


def safe_text(name: str) -> str:
    """``name`` without what does not belong into keys and file names."""
    return _UNSAFE.sub("-", name).strip("-.")

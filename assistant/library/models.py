"""The models that are here: a folder that is looked through, and files elsewhere that were adopted."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import adopt
from assistant.library.fit import Shape
from assistant.library.gguf import fingerprint, is_later_part, model_files, model_stem, read_header
from assistant.library.index import HeaderFacts, Index, Record, error_of, facts_of, facts_of_error, now
from assistant.library.starter import is_starter, starter

_DEEPEST = 5  # folders below the models folder: as deep as the Hub's own cache
_MOST_FILES = 5000
_USED_AGAIN = 60.0  # seconds: within them, a use is not worth a write
_QUANTIZATION = re.compile(
    r"(?:^|[.\-_ ])((?:UD-)?(?:I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|BF16|F16|F32|MXFP4(?:_MOE)?|NVFP4))$", re.IGNORECASE
)
_UNSAFE = re.compile(r"[^\w.\-]+")


@dataclass(frozen=True)
class InstalledModel:
    """One model on this computer.

    :ivar key: stable, safe in file names: what settings and messages of the program call it.
    :ivar name: what a person reads; no two installed models share it.
    :ivar size: bytes of all its files.
    :ivar context_trained: tokens, 0: not known.
    :ivar linked: the file stays where the user has it, outside the models folder.
    :ivar missing: its file is not there now.
    :ivar demo: the starter model.
    :ivar problem: why it cannot be loaded, as far as its header tells.
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
    linked: bool = False
    missing: bool = False
    demo: bool = False
    problem: ErrorKind | None = None
    shape: Shape | None = None
    added: float = 0.0
    last_used: float = 0.0
    facts: HeaderFacts = field(default=HeaderFacts(), repr=False, compare=False)

    @property
    def usable(self) -> bool:
        return not self.missing and self.problem is None

    def error(self) -> AssistantError | None:
        """Why it cannot be loaded, with what the sentence needs; None: nothing is known against it."""
        if self.missing:
            return AssistantError(ErrorKind.MODEL_MISSING, name=self.name)
        error = error_of(self.facts)
        if error is not None:
            error.values["name"] = self.name
        return error


class Models:
    """The models folder and the adopted files. Methods may be called from any thread; ``installed`` and ``import_file``
    read headers and may take a while, the others look at what is known.

    :param folder: where models lie; it is made when first written to.
    :param index: the file of the index.
    """

    def __init__(self, folder: Path, index: Path) -> None:
        self._folder = folder
        self._index = Index(index)
        self._lock = threading.RLock()
        self._found: list[InstalledModel] | None = None

    @property
    def folder(self) -> Path:
        return self._folder

    def installed(self) -> list[InstalledModel]:
        """Look through the folder and at the adopted files, sorted by name. Known headers are not read again."""
        with self._lock:
            records = self._scan(self._index.read())
            self._found = self._models(records.values())
            return list(self._found)

    def find(self, name_or_path: str) -> InstalledModel:
        """A model by key, name, file name, the beginning of one of them that fits only one model, or a path.

        A path may lead to a file that is not installed.

        :raises AssistantError: NO_SUCH_MODEL; for a path, what ``read_header`` raises.
        """
        wanted = name_or_path.strip()
        found = self._known()
        for fits in (_is_exactly, _begins_with):
            matches = [model for model in found if fits(model, wanted.casefold())] if wanted else []
            if len(matches) == 1:
                return matches[0]
            if matches:
                names = ", ".join(sorted(model.name for model in matches))
                raise AssistantError(ErrorKind.NO_SUCH_MODEL, f"it fits: {names}", name=wanted, candidates=names)
        path = Path(wanted).expanduser()
        looks_like_path = path.suffix.lower() == ".gguf" or len(path.parts) > 1
        if not wanted or not (looks_like_path or path.is_file()):
            raise AssistantError(ErrorKind.NO_SUCH_MODEL, name=wanted)
        if not path.exists():
            raise AssistantError(ErrorKind.NO_SUCH_MODEL, "no such file", name=wanted)
        return self._at(path.absolute())

    def default(self, preferred: str = "") -> InstalledModel | None:
        """The model to answer when none is named: the preferred one (a key), else the last used or newest real one,
        else the starter. None: nothing here can be loaded."""
        usable = [model for model in self._known() if model.usable]
        for model in usable:
            if model.key == preferred:
                return model
        return max(usable, key=lambda m: (not m.demo, m.last_used, m.added, -m.size, m.key), default=None)

    def mark_used(self, key: str) -> None:
        """Remember that the model was used now (to the minute). A folder that cannot be written is no error."""
        time = now()
        with self._lock:
            known = next((model for model in self._found or () if model.key == key), None)
            if known is None or known.last_used > time - _USED_AGAIN:
                return
            self._found = [replace(m, last_used=time) if m is known else m for m in self._found or ()]

        def update(records: dict[str, Record]) -> None:
            if key in records:
                records[key] = replace(records[key], last_used=time)

        self._remember(update, durable=False)

    def import_file(
        self,
        path: Path,
        *,
        copy: bool,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> InstalledModel:
        """Take in the model at ``path`` (with all its parts), by copying it or by remembering where it is.

        :param progress: called with bytes copied and bytes in all.
        :param cancelled: asked between blocks.
        :raises AssistantError: what ``read_header`` raises, MODEL_EXISTS, DISK_FULL, READ_ONLY, CANCELLED.
        """
        path = path.expanduser().absolute()
        header = read_header(path)
        self._refuse_twin(header.path, header.size)
        if copy:
            target = adopt.copy_files(header.files, self._folder, progress=progress, cancelled=cancelled)
            shown, linked = target.relative_to(self._folder).as_posix(), False
        else:
            target = header.path
            shown, linked = str(target), True
        facts = facts_of(header)

        def update(records: dict[str, Record]) -> None:
            entry = next((r for r in records.values() if r.path == shown and r.linked == linked), None)
            key = entry.key if entry else _free_key(header.path, records)
            stamp = _stamp(model_files(target))
            records[key] = Record(key, shown, linked, header.size, stamp, facts, added=now())

        try:
            self._index.change(update)
        except OSError as error:
            if linked:  # nothing would remember it
                raise AssistantError(ErrorKind.READ_ONLY, str(error)) from error
        return next(model for model in self.installed() if model.path == target)

    # ------------------------------------------------------------ looking

    def _known(self) -> list[InstalledModel]:
        with self._lock:
            return self.installed() if self._found is None else list(self._found)

    def _scan(self, records: dict[str, Record]) -> dict[str, Record]:
        """The records as the files say now; what was learned is written back."""
        seen: dict[str, Record] = {}
        by_path = {record.path: record for record in records.values() if not record.linked}
        for path in _model_paths(self._folder):
            shown = path.relative_to(self._folder).as_posix()
            record = by_path.get(shown) or Record(_free_key(path, {**records, **seen}), shown)
            seen[record.key] = _looked_at(replace(record, added=record.added or _changed(path)), path)
        for record in records.values():
            if record.linked:
                seen[record.key] = _looked_at(record, Path(record.path))
            elif record.key not in seen and not self._folder.is_dir():
                seen[record.key] = record  # an unplugged disk; the models are only out of sight
        if seen != records:
            self._remember(lambda current: _merge(current, records, seen))
        return seen

    def _remember(self, update: Callable[[dict[str, Record]], None], *, durable: bool = True) -> None:
        try:
            self._index.change(update, durable=durable)
        except OSError:
            return  # a read-only folder: everything is found again the next time

    def _models(self, records: Iterable[Record]) -> list[InstalledModel]:
        models = [self._model(record) for record in records]
        names = Counter(model.name.casefold() for model in models)
        models = [
            replace(m, name=f"{m.name} {m.quantization}".strip()) if names[m.name.casefold()] > 1 else m for m in models
        ]
        names = Counter(model.name.casefold() for model in models)
        models = [replace(m, name=m.key) if names[m.name.casefold()] > 1 else m for m in models]
        return sorted(models, key=lambda model: (model.demo, model.name.casefold()))

    def _model(self, record: Record) -> InstalledModel:
        path = Path(record.path) if record.linked else self._folder / record.path
        return _installed(record, path, missing=not path.exists())

    def _at(self, path: Path) -> InstalledModel:
        """The model at ``path``, installed or not."""
        header = read_header(path)
        for model in self._known():
            if _same_file(model.path, header.path):
                return model
        safe = _UNSAFE.sub("-", model_stem(path)).strip("-.") or "model"
        key = f"{safe[:60]}-{hashlib.sha256(os.fsencode(header.path)).hexdigest()[:8]}"
        record = Record(key, str(header.path), linked=True, size=header.size, facts=facts_of(header))
        return _installed(record, header.path, missing=False)

    def _refuse_twin(self, path: Path, size: int) -> None:
        own = ""
        for model in self.installed():
            if model.problem is not None or model.size != size:
                continue
            if _same_file(model.path, path):
                raise AssistantError(ErrorKind.MODEL_EXISTS, name=model.name)
            own = own or fingerprint(path)
            if fingerprint(model.path) == own:
                raise AssistantError(ErrorKind.MODEL_EXISTS, name=model.name)


def _model_paths(folder: Path) -> list[Path]:
    """The model files below ``folder``: one for each model, its first part if it has several."""
    found: list[Path] = []
    for root, folders, files in os.walk(folder):
        here = Path(root)
        depth = len(here.relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if not name.startswith(".")) if depth < _DEEPEST else []
        names = sorted(name for name in files if name.lower().endswith(".gguf") and not name.startswith("."))
        stems: set[str] = set()
        for name in names:  # a later part stands for the model only where the first is missing
            path = here / name
            if is_later_part(path) and model_stem(path) in stems:
                continue
            stems.add(model_stem(path))
            found.append(path)
        if len(found) >= _MOST_FILES:
            break
    return found[:_MOST_FILES]


def _looked_at(record: Record, path: Path) -> Record:
    """``record`` with the facts of the file as it is now; unchanged when the file is gone."""
    try:
        files = model_files(path)
    except AssistantError as error:
        if not path.exists():
            return record
        return replace(record, size=path.stat().st_size, stamp="", facts=facts_of_error(error))
    try:
        stamp = _stamp(files)
        size = sum(file.stat().st_size for file in files)
    except OSError:
        return record
    if stamp == record.stamp and record.facts != HeaderFacts():
        return record
    try:
        facts = facts_of(read_header(path))
    except AssistantError as error:
        facts = facts_of_error(error)
    return replace(record, size=size, stamp=stamp, facts=facts)


def _merge(current: dict[str, Record], before: dict[str, Record], seen: dict[str, Record]) -> None:
    """Bring what was seen into what another program may have written meanwhile."""
    for key in before.keys() - seen.keys():
        current.pop(key, None)
    for key, record in seen.items():
        other = current.get(key)
        last_used = max(record.last_used, other.last_used if other is not None else 0.0)
        current[key] = replace(record, last_used=last_used)


def _installed(record: Record, path: Path, *, missing: bool) -> InstalledModel:
    facts = record.facts
    demo = is_starter(path, record.size)
    stem = model_stem(path)
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
        linked=record.linked,
        missing=missing,
        demo=demo,
        problem=ErrorKind.MODEL_MISSING if missing else error.kind if error else None,
        shape=facts.shape,
        added=record.added,
        last_used=record.last_used,
        facts=facts,
    )


def _is_exactly(model: InstalledModel, wanted: str) -> bool:
    return wanted in (model.key.casefold(), model.name.casefold(), model.path.name.casefold())


def _begins_with(model: InstalledModel, wanted: str) -> bool:
    return any(text.casefold().startswith(wanted) for text in (model.key, model.name, model.path.name))


def _free_key(path: Path, taken: Iterable[str]) -> str:
    safe = _UNSAFE.sub("-", model_stem(path)).strip("-.")[:80] or "model"
    used = {key.casefold() for key in taken}
    key, number = safe, 2
    while key.casefold() in used:
        key, number = f"{safe}-{number}", number + 1
    return key


def _stamp(files: tuple[Path, ...]) -> str:
    """Changes whenever one of the files does."""
    stats = [file.stat() for file in files]
    return ";".join(f"{info.st_size}:{info.st_mtime_ns}" for info in stats)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False

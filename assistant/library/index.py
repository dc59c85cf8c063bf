"""``index.json``: what was learned about model files, and which files elsewhere were adopted.

Headers are read once and remembered with the file's size and time. The file has one writer at a time: each change
takes a lock, reads what is there, changes it and replaces the file, so that the window and the command line can be
open together. A damaged index is put aside and built again from the folder.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import IO, Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import write_atomic
from assistant.library.fit import Shape, shape_of
from assistant.library.gguf import Header
from assistant.library.locks import try_lock, unlock

_VERSION = 5  # the header facts of older ones lack something, and are read again
_TEMPLATE = "tokenizer.chat_template."
_MOST_TEMPLATES = 20
_LOCK_SECONDS = 3.0
_LOCK_STEP = 0.02


@dataclass(frozen=True)
class HeaderFacts:
    """What a header says, small enough to remember.

    :ivar templates: names of the templates beside the default one (``tokenizer.chat_template.NAME``).
    :ivar embeds: it makes vectors of texts, and writes none.
    :ivar problem: an ErrorKind's value, ``values`` are for its sentence.
    """

    architecture: str = ""
    title: str = ""
    quantization: str = ""
    context_trained: int = 0
    parameters: int = 0
    has_template: bool = False
    templates: tuple[str, ...] = ()
    embeds: bool = False
    shape: Shape | None = None
    problem: str = ""
    detail: str = ""
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Upstream:
    """Where a model came from: what a newer one there is compared with.

    :ivar revision: 40 hex digits. ``files``: their names there, in order, ``sha256``: their hashes ("": unknown).
    :ivar catalogue: id of its row in the catalogue, "": it has none.
    """

    repo: str = ""
    revision: str = ""
    files: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()
    catalogue: str = ""


@dataclass(frozen=True)
class Record:
    """One model. ``path`` is relative to the models folder for files in it, absolute for adopted ones (``linked``).

    :ivar stamp: size and time of its files when the header was read.
    :ivar added: seconds since 1970; ``last_used`` and ``verified`` too, 0: never.
    :ivar name: what it is called, where its file name does not say it.
    :ivar sha256: of its files, as they were when they were ``verified``.
    """

    key: str
    path: str
    linked: bool = False
    size: int = 0
    stamp: str = ""
    facts: HeaderFacts = HeaderFacts()
    added: float = 0.0
    last_used: float = 0.0
    name: str = ""
    upstream: Upstream | None = None
    sha256: tuple[str, ...] = ()
    verified: float = 0.0


def facts_of(header: Header) -> HeaderFacts:
    """What the index remembers of a header that was read."""
    named = (key.removeprefix(_TEMPLATE) for key in header.metadata if key.startswith(_TEMPLATE))
    return HeaderFacts(
        architecture=header.architecture,
        title=header.name[:200],
        quantization=header.quantization,
        context_trained=header.context_length,
        parameters=header.parameters,
        has_template=bool(header.template),
        templates=tuple(name for name in named if name and name.isprintable())[:_MOST_TEMPLATES],
        embeds=header.embeds,
        shape=shape_of(header),
    )


def facts_of_error(error: AssistantError) -> HeaderFacts:
    """What the index remembers of a file whose header could not be read."""
    values = error.plain_values
    architecture = str(values.get("architecture", ""))
    return HeaderFacts(architecture=architecture, problem=error.kind.value, detail=error.detail, values=values)


class Index:
    """The file at ``path``. Methods may be called from any thread.

    :ivar folders: models folders that were marked as ours when the index was last read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.folders: frozenset[str] = frozenset()

    @property
    def path(self) -> Path:
        return self._path

    @property
    def folder(self) -> Path:
        """Where the index lies, and what belongs to it."""
        return self._path.parent

    def read(self) -> dict[str, Record]:
        """The records by key; empty when there is no index yet or it cannot be understood (it is then put aside)."""
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
            models = content["models"]
            if not isinstance(models, dict):
                raise TypeError("models is not an object")
        except FileNotFoundError:
            return {}
        except OSError:
            return {}
        except (ValueError, KeyError, TypeError, RecursionError):
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
            return {}
        self.folders = frozenset(_texts(content.get("folders")))
        old = content.get("version") != _VERSION
        found = (_record(key, value, old=old) for key, value in models.items())
        return {record.key: record for record in found if record is not None}

    def change(
        self, update: Callable[[dict[str, Record]], None], *, durable: bool = True, folder: str = ""
    ) -> dict[str, Record]:
        """Let ``update`` alter the records, and keep the result.

        :param durable: wait until the disk has it.
        :param folder: a models folder that has been marked as ours.
        :raises OSError: the folder cannot be written; nothing has changed then.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self._path.with_name(f".{self._path.name}.lock")):
            records = self.read()
            before = dict(records)
            update(records)
            folders = self.folders | ({folder} if folder else set())
            if records != before or folders != self.folders or not self._path.exists():
                models = {key: asdict(record) for key, record in records.items()}
                content = {"version": _VERSION, "folders": sorted(folders), "models": models}
                write_atomic(self._path, _encode(content), durable=durable)
            return records


def drop(records: dict[str, Record], key: str) -> None:
    """Forget a model, if it is known."""
    records.pop(key, None)


def rename(records: dict[str, Record], names: Mapping[str, str]) -> None:
    """Files in the models folder that are called otherwise now: old to new path."""
    for key, record in records.items():
        if not record.linked and record.path in names:
            records[key] = replace(record, path=names[record.path])


def merge(current: dict[str, Record], before: Mapping[str, Record], seen: Mapping[str, Record]) -> None:
    """Bring what was ``seen`` into what another program may have written since the records were as ``before``."""
    for key in before.keys() - seen.keys():
        current.pop(key, None)
    for key, record in seen.items():
        other = current.get(key)
        if other is None or other.path != record.path:
            current[key] = record
            continue
        known = replace(
            record, upstream=other.upstream or record.upstream, last_used=max(record.last_used, other.last_used)
        )
        if other.verified > record.verified and other.stamp == record.stamp:
            known = replace(known, verified=other.verified, sha256=other.sha256)
        current[key] = known


def _encode(content: object) -> bytes:
    try:
        return json.dumps(content, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError:  # a file name that is no text
        return json.dumps(content, indent=1).encode("ascii")


def _record(key: str, value: Any, *, old: bool = False) -> Record | None:
    """A record from JSON, or None. Header facts of another time are dropped and will be read again."""
    if not isinstance(value, dict) or not isinstance(value.get("path"), str):
        return None
    plain = Record(key=key, path=value["path"], linked=bool(value.get("linked")), upstream=_upstream(value))
    try:
        facts = dict(value.get("facts") or {})
        shape = facts.pop("shape", None)
        known = {**_known(HeaderFacts, facts), "templates": _texts(facts.get("templates"))}
        parsed = replace(HeaderFacts(**known), shape=Shape(**shape) if shape else None)
        rest = {"key": key, "facts": parsed, "upstream": plain.upstream, "sha256": _texts(value.get("sha256"))}
        record = Record(**{**_known(Record, value), **rest})
        if old:  # what its header said counts until it can be read again
            record = replace(record, stamp="")
    except (TypeError, ValueError):
        return plain
    if not (_fits(record) and _fits(parsed) and (parsed.shape is None or _fits(parsed.shape))):
        return plain
    return record


def _upstream(value: Mapping[str, Any]) -> Upstream | None:
    """Where the model came from, if the file says it in a way that makes sense."""
    facts = value.get("upstream")
    if not isinstance(facts, dict):
        return None
    lists = {"files": _texts(facts.get("files")), "sha256": _texts(facts.get("sha256"))}
    found = Upstream(**{**_known(Upstream, facts), **lists})
    return found if _fits(found) else None


def _texts(value: Any) -> tuple[str, ...]:
    """A list of texts, which JSON has made of a tuple."""
    return tuple(value) if isinstance(value, list) and all(isinstance(item, str) for item in value) else ()


def _known(kind: type, value: Mapping[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    return {key: item for key, item in value.items() if key in names}


def _fits(value: Any) -> bool:
    """Do the simple fields of a dataclass hold what their annotation says? (The file may have been edited.)"""
    kinds: dict[str, Any] = {"str": str, "int": int, "float": int | float, "bool": bool}
    return all(isinstance(getattr(value, item.name), kinds.get(str(item.type), object)) for item in fields(value))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``. Where locks do not work, or somebody sits on it, go on after a while without:
    the file itself is always replaced as a whole."""
    with path.open("a+b") as file:
        held = _take(file)
        try:
            yield
        finally:
            if held:
                unlock(file)


def _take(file: IO[bytes]) -> bool:
    end = time.monotonic() + _LOCK_SECONDS
    while True:
        with contextlib.suppress(OSError):
            if try_lock(file):
                return True
        if time.monotonic() > end:
            return False
        time.sleep(_LOCK_STEP)


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def error_of(facts: HeaderFacts) -> AssistantError | None:
    """The error that reading the header met, with its values."""
    if not facts.problem:
        return None
    try:
        kind = ErrorKind(facts.problem)
    except ValueError:  # from a newer version
        kind = ErrorKind.MODEL_LOAD_FAILED
    return AssistantError(kind, facts.detail, **dict(facts.values))

"""The models that are here: a folder that is looked through, and files elsewhere that were adopted."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import adopt, keeping
from assistant.library.disk import explain_writing
from assistant.library.download_items import DownloadItem, Part, file_at
from assistant.library.elsewhere import Elsewhere
from assistant.library.gguf import fingerprint, model_files, model_stem, read_header
from assistant.library.index import Index, Record, Upstream, drop, facts_of, merge, now, rename
from assistant.library.installed import (
    InstalledModel,
    changed_at,
    files_there,
    free_key,
    home_of,
    installed_model,
    is_cut_off,
    is_there,
    linked_folders,
    looked_at,
    model_paths,
    safe_text,
    same_file,
    stamp,
    told_apart,
)
from assistant.library.keeping import Newer, Removal, Verified, newer
from assistant.library.moving import Move, settle_move
from assistant.library.origin import upstream_of, upstream_of_download

__all__ = ["InstalledModel", "Models", "Newer", "Removal", "Upstream", "Verified", "newer"]

_USED_AGAIN = 60.0  # seconds: within them, a use is not worth a write
_MARK = ".lamplight-models"  # in a models folder: while it is gone, so is the disk

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


class Models:
    """The models folder and the adopted files. Methods may be called from any thread; ``default``, ``mark_used``,
    ``held`` and ``find`` by name look at what is known, the others read and write files and may take a while.

    :param folder: where models lie; it is made when first written to.
    :param index: the file of the index.
    """

    def __init__(self, folder: Path, index: Path) -> None:
        self._folder = folder
        self._index = Index(index)
        self._changing = threading.Lock()  # held while files come, go or move; before the next one
        self._scanning = threading.RLock()  # held while files are looked at
        self._lock = threading.Lock()  # held for a moment, for what is known
        self._found: list[InstalledModel] | None = None
        self._records: dict[str, Record] = {}
        self._removals: dict[str, Removal] = {}
        self._settled = False
        self._seen: tuple[float, ...] = ()  # when folder and index were last changed, as the last look began

    @property
    def folder(self) -> Path:
        return self._folder

    def installed(self) -> list[InstalledModel]:
        """Look through the folder and at the adopted files, sorted by name. Known headers are not read again."""
        with self._scanning:
            self._settle()
            self._seen = self._changed_at()
            records = self._scan(self._index.read())
            found = told_apart([self._model(record) for record in records.values()])
            with self._lock:
                used = {model.key: model.last_used for model in self._found or ()}
                self._records = records
                self._found = [replace(m, last_used=max(m.last_used, used.get(m.key, 0.0))) for m in found]
                return list(self._found)

    def changed_outside(self) -> bool:
        """Has the folder or the index changed since the last look, or has a model gone or come back? Opens no file."""
        with self._lock:
            found = self._found or ()
        return self._changed_at() != self._seen or any(is_there(model.path) is model.missing for model in found)

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
        if not wanted or not (looks_like_path or is_there(path)):
            raise AssistantError(ErrorKind.NO_SUCH_MODEL, name=wanted)
        if not is_there(path):
            raise AssistantError(ErrorKind.NO_SUCH_MODEL, "no such file", name=wanted)
        return self._at(path.absolute())

    def default(self, preferred: str = "") -> InstalledModel | None:
        """The model to answer when none is named: the preferred one (a key), else the last used or newest real one
        that chats, else the starter, else one that only continues text. None: nothing here can be loaded."""
        usable = [model for model in self._known() if model.usable]
        for model in usable:
            if model.key == preferred:
                return model
        return max(
            usable, key=lambda m: (m.has_template, not m.demo, m.last_used, m.added, -m.size, m.key), default=None
        )

    def mark_used(self, key: str) -> None:
        """Remember that the model was used now (to the minute). A folder that cannot be written is no error."""
        time = now()
        with self._lock:
            known = next((model for model in self._found or () if model.key == key), None)
            if known is None or known.last_used > time - _USED_AGAIN:
                return
            self._found = [replace(m, last_used=time) if m is known else m for m in self._found or ()]
        self._alter(key, durable=False, last_used=time)

    # ------------------------------------------------------------ taking in

    def import_file(
        self,
        path: Path,
        *,
        copy: bool,
        name: str = "",
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> InstalledModel:
        """Take in the model at ``path`` (with all its parts), by copying it or by remembering where it is.

        :param name: what a person reads, where the file's own name does not say it.
        :param progress: called with bytes copied and bytes in all.
        :param cancelled: asked between blocks.
        :raises AssistantError: what ``read_header`` raises, MODEL_EXISTS, DISK_FULL, READ_ONLY, CANCELLED.
        """
        path = path.expanduser().absolute()
        header = read_header(path)
        self._refuse_twin(header.path, header.size)
        if not name and header.path.suffix.lower() != ".gguf":
            name = header.name
        if copy:
            with self._changing:
                target, hashes = adopt.copy_files(
                    header.files, self._folder, name=name, progress=progress, cancelled=cancelled
                )
                shown, linked, name = target.relative_to(self._folder).as_posix(), False, ""
        else:
            target, hashes = header.path, ()
            shown, linked = str(target), True
        facts = facts_of(header)

        def update(records: dict[str, Record]) -> None:
            entry = next((r for r in records.values() if r.path == shown and r.linked == linked), None)
            key = entry.key if entry else free_key(name or model_stem(target), records)
            mark = stamp(model_files(target))
            upstream = upstream_of(header.files)
            record = Record(
                key, shown, linked, header.size, mark, facts, added=now(), name=name[:200], upstream=upstream
            )
            records[key] = replace(record, sha256=hashes, verified=record.added) if hashes else record

        try:
            self._index.change(update)
        except OSError as error:
            if linked:  # nothing would remember it
                raise explain_writing(error, 0, self._index.folder) from error
        return next(model for model in self.installed() if model.path == target)

    def adopt(self, found: Elsewhere) -> InstalledModel:
        """Use a model of another program where it lies.

        :raises AssistantError: as ``import_file``.
        """
        return self.import_file(found.path, copy=False, name="" if found.name == model_stem(found.path) else found.name)

    def register(self, item: DownloadItem, path: Path) -> None:
        """Remember where a file that was downloaded into the folder came from, and that its bytes were checked."""
        upstream = upstream_of_download(item)
        hashes = upstream.sha256
        shown = path.relative_to(self._folder).as_posix()

        def update(records: dict[str, Record]) -> None:
            entry = next((r for r in records.values() if r.path == shown and not r.linked), None)
            record = looked_at(entry or Record(free_key(model_stem(path), records), shown, added=now()), path)
            checked = hashes if all(hashes) else ()
            records[record.key] = replace(
                record, upstream=upstream, sha256=checked, verified=now() if checked else record.verified
            )

        self._remember(update)

    def held(self, parts: Sequence[Part]) -> str:
        """The name of the model that a download of ``parts`` would bring once more; empty: it is not here, or what is
        here cannot be used."""
        hashes = tuple(part.sha256 for part in parts)
        wanted = {file_at(part.place).split("/")[-1] for part in parts}
        size = sum(part.size for part in parts) if all(part.size for part in parts) else 0
        with self._lock:
            for model in self._found or ():
                record = self._records.get(model.key)
                if record is None or model.error() is not None:
                    continue
                known = keeping.known_hashes(record)
                if all(hashes) and all(known) and len(known) == len(hashes):
                    same = known == hashes  # every part: one hash does not stand for all of them
                else:
                    same = size > 0 and model.size == size and model.path.name in wanted
                if same:
                    return model.name
        return ""

    # ------------------------------------------------------------ keeping

    def remove(self, key: str) -> Removal:
        """Take a model away: its files move out of sight until ``really_remove``; of a linked one only the link goes.

        :raises AssistantError: NO_SUCH_MODEL, MODEL_BUSY (name), READ_ONLY.
        """
        with self._changing, self._scanning:
            model = self._by_key(key)
            record = self._records[key]
            removal_id = secrets.token_hex(8)
            files = () if record.linked else files_there(model.path)
            if files:
                keeping.move_aside(self._home(record), files, removal_id)
            try:
                self._index.change(lambda records: drop(records, key))
            except OSError as error:
                if not files:  # it would be there again with the next look
                    raise explain_writing(error, 0, self._index.folder) from error
            removal = Removal(removal_id, key, model.name, model.size if files else 0, record.linked, record)
            self._removals[removal_id] = removal
            self.installed()
            return removal

    def undo_remove(self, removal: Removal) -> InstalledModel:
        """Have a removed model back as it was.

        :raises AssistantError: MODEL_MISSING (name): it is gone for good. READ_ONLY.
        """
        with self._changing, self._scanning:
            record = removal.record
            if removal.id not in self._removals:
                raise AssistantError(ErrorKind.MODEL_MISSING, name=removal.name)
            if not record.linked and removal.size:
                path = keeping.put_back(self._home(record), removal.id)[0]
                record = replace(record, path=path.relative_to(self._folder).as_posix())
            del self._removals[removal.id]

            def update(records: dict[str, Record]) -> None:
                taken = [key for key in records if key.casefold() == record.key.casefold()]
                key = free_key(record.key, records) if taken else record.key
                records[key] = replace(record, key=key)

            self._remember(update)
            found = self.installed()
            return next(
                m for m in found if m.path == (Path(record.path) if record.linked else self._folder / record.path)
            )

    def really_remove(self) -> None:
        """Delete what was removed since the program started; afterwards nothing can be undone."""
        with self._scanning:
            for removal_id, removal in self._removals.items():
                keeping.delete_removed(self._home(removal.record), removal_id)
            self._removals.clear()

    def verify(self, key: str, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> Verified:
        """Read every byte of a model and compare its hash with what it should be.

        :param progress: called with bytes read and bytes in all, ten times a second.
        :raises AssistantError: NO_SUCH_MODEL, MODEL_MISSING, FILE_UNREADABLE, CANCELLED.
        """
        model = self._by_key(key)
        record = self._records[key]
        if model.missing:
            raise AssistantError(ErrorKind.MODEL_MISSING, name=model.name)
        files = model_files(model.path)
        expected = keeping.expected_hashes(record, files)
        hashes = keeping.hash_files(files, progress=progress, cancelled=cancelled)
        ok = hashes == expected if expected else model.problem is None
        if ok:
            self._alter(key, sha256=hashes, verified=now())
        with self._lock:
            self._found = [replace(m, verified=now() if ok else 0.0) if m.key == key else m for m in self._found or ()]
        return Verified(ok=ok, known=bool(expected), sha256=hashes)

    def move_folder(
        self,
        new: Path,
        switch: Callable[[Path], None],
        *,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> None:
        """Move the models to another folder: copied and checked, then ``switch(new)``, then the old ones are removed,
        and with them what was removed before.

        :param switch: has the program use the new folder from now on, also at its next start; if it raises, nothing
            has happened.
        :raises AssistantError: SETTING_INVALID, NO_SPACE, READ_ONLY, FILE_UNREADABLE, CANCELLED; all is then as before.
        """
        new = new.expanduser().absolute()
        with self._changing:
            move = Move(self._folder, new, self._index.folder)
            renamed = move.copy(progress=progress, cancelled=cancelled)
            try:
                switch(new)
            except BaseException:
                move.undo()
                raise
            with self._scanning:
                self.really_remove()
                self._folder = new
                self._remember(lambda records: rename(records, renamed))
                self.installed()
            move.finish()  # which may take a while

    # ------------------------------------------------------------ looking

    def _known(self) -> list[InstalledModel]:
        with self._lock:
            if self._found is not None:
                return list(self._found)
        return self.installed()

    def _home(self, record: Record) -> Path:
        """Where a model is put out of sight: on its own disk, as a renamed file."""
        return self._folder if record.linked else home_of(self._folder, self._folder / record.path)

    def _changed_at(self) -> tuple[float, ...]:
        return changed_at(self._folder), changed_at(self._index.path)

    def _by_key(self, key: str) -> InstalledModel:
        """:raises AssistantError: NO_SUCH_MODEL."""
        for model in self._known():
            if model.key == key:
                return model
        raise AssistantError(ErrorKind.NO_SUCH_MODEL, name=key)

    def _settle(self) -> None:
        """Once: bring to an end what earlier programs could not."""
        if not self._settled:
            self._settled = True
            settle_move(self._folder, self._index.folder)
            for home in (self._folder, *linked_folders(self._folder)):
                keeping.clear_removals(home)

    def _scan(self, records: dict[str, Record]) -> dict[str, Record]:
        """The records as the files say now; what was learned is written back."""
        seen: dict[str, Record] = {}
        by_path = {record.path: record for record in records.values() if not record.linked}
        for path in model_paths(self._folder):
            shown = path.relative_to(self._folder).as_posix()
            record = by_path.get(shown) or Record(free_key(model_stem(path), {**records, **seen}), shown)
            seen[record.key] = looked_at(replace(record, added=record.added or changed_at(path)), path)
        away = self._is_away()
        for record in records.values():
            if record.linked:
                seen[record.key] = looked_at(record, Path(record.path))
            elif record.key not in seen and (away or is_cut_off(self._folder, self._folder / record.path)):
                seen[record.key] = record  # an unplugged disk; the models are only out of sight
        if seen != records:
            self._remember(lambda current: merge(current, records, seen))
        if seen and not away:
            self._mark_folder()
        return seen

    def _is_away(self) -> bool:
        """Is the disk of the models folder not there? An empty folder may be left where it is attached otherwise."""
        if not self._folder.is_dir():
            return True
        return str(self._folder) in self._index.folders and not is_there(self._folder / _MARK)

    def _mark_folder(self) -> None:
        """Leave a sign in a models folder of the user's own, so that its disk is known again. A folder that has the
        index in it needs none."""
        if self._folder == self._index.folder or str(self._folder) in self._index.folders:
            return
        try:
            (self._folder / _MARK).touch()
            self._index.change(lambda _: None, folder=str(self._folder))
        except OSError:
            return

    def _alter(self, key: str, *, durable: bool = True, **changes: object) -> None:
        def update(records: dict[str, Record]) -> None:
            if key in records:
                records[key] = replace(records[key], **changes)  # type: ignore[arg-type]
                self._records[key] = records[key]

        self._remember(update, durable=durable)

    def _remember(self, update: Callable[[dict[str, Record]], None], *, durable: bool = True) -> None:
        try:
            self._index.change(update, durable=durable)
        except OSError:
            return  # a read-only folder: everything is found again the next time

    def _model(self, record: Record) -> InstalledModel:
        path = Path(record.path) if record.linked else self._folder / record.path
        return installed_model(record, path, missing=not is_there(path))

    def _at(self, path: Path) -> InstalledModel:
        """The model at ``path``, installed or not."""
        header = read_header(path)
        for model in self._known():
            if same_file(model.path, header.path):
                return model
        safe = safe_text(model_stem(path)) or "model"
        key = f"{safe[:60]}-{hashlib.sha256(os.fsencode(header.path)).hexdigest()[:8]}"
        name = header.name if header.path.suffix.lower() != ".gguf" else ""
        record = Record(key, str(header.path), linked=True, size=header.size, facts=facts_of(header), name=name)
        return installed_model(record, header.path, missing=False)

    def _refuse_twin(self, path: Path, size: int) -> None:
        own = ""
        for model in self.installed():
            if model.problem is not None or model.size != size:
                continue
            if same_file(model.path, path):
                raise AssistantError(ErrorKind.MODEL_EXISTS, name=model.name)
            own = own or fingerprint(path)
            try:
                twin = fingerprint(model.path)
            except (AssistantError, OSError):  # the other one has become unreadable
                continue
            if twin == own:
                raise AssistantError(ErrorKind.MODEL_EXISTS, name=model.name)


def _is_exactly(model: InstalledModel, wanted: str) -> bool:
    return wanted in (model.key.casefold(), model.name.casefold(), model.path.name.casefold())


def _begins_with(model: InstalledModel, wanted: str) -> bool:
    return any(text.casefold().startswith(wanted) for text in (model.key, model.name, model.path.name))

"""The child's answers about documents: reads files, keeps what was read, and asks the rooms' functions about it."""

from __future__ import annotations

import contextlib
import errno
import gc
import hashlib
import os
import stat
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import write_atomic
from assistant.documents import model
from assistant.documents.model import LARGEST_FILE, Document
from assistant.documents.reading import NO_MEMORY, read, where
from assistant.worker.filewall import Wall
from assistant.worker.messages import (
    CheckSegments,
    CutDocument,
    DetectLanguage,
    DocumentAnswer,
    DocumentCut,
    DocumentRead,
    DocumentRequest,
    Export,
    Exported,
    FindTranslated,
    GlossaryRead,
    LanguageDetected,
    Link,
    Linked,
    ListPassages,
    MemoryRead,
    PassagesListed,
    Ranked,
    RankSentences,
    ReadDocument,
    ReadGlossary,
    ReadMemory,
    ReadSegments,
    Refused,
    Retrieve,
    Retrieved,
    SegmentsChecked,
    SegmentsRead,
    TranslatedFound,
    TranslationWritten,
    WriteTranslation,
    carried,
)

if TYPE_CHECKING:
    from assistant.worker.retrieval import Index

_KEPT = 3  # documents in memory
_KEPT_CHARACTERS = 4_000_000  # and how many characters all but the newest may have
_LARGE = 4 << 20  # bytes of a document that is read with nothing else in memory
_MAX_STORED = 1 << 30  # bytes of a kept document; what ``read`` makes is far below
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Shelf:
    """The documents that were used last, by the path they are kept in, with the indexes made of them."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._indexes: dict[str, Index] = {}

    def get(self, path: str) -> Document:
        """The document kept in ``path``.

        :raises AssistantError: ``DOCUMENT_UNREADABLE``.
        """
        if path in self._documents:
            self._documents.move_to_end(path)
            return self._documents[path]
        try:
            document = model.unpack(_bytes_of(Path(path), _MAX_STORED))
        except ValueError as error:
            raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, str(error)) from error
        self.put(path, document)
        return document

    def put(self, path: str, document: Document) -> None:
        """Keep ``document``, and let go of what is too much."""
        self._documents[path] = document
        self._documents.move_to_end(path)
        self._indexes.pop(path, None)
        others = list(self._documents)[:-1]
        size = sum(len(self._documents[other].text) for other in others)
        for other in others:
            if len(self._documents) > _KEPT or size > _KEPT_CHARACTERS:
                size -= len(self._documents.pop(other).text)
                self._indexes.pop(other, None)

    def index(self, path: str) -> Index:
        """The index of the document kept in ``path``.

        :raises AssistantError: ``DOCUMENT_UNREADABLE``.
        """
        from assistant.worker.retrieval import Index  # noqa: PLC0415 - numpy, which reading does without

        document = self.get(path)
        if path not in self._indexes:
            self._indexes[path] = Index(document)
        return self._indexes[path]

    def clear(self) -> None:
        """Let go of everything."""
        self._documents.clear()
        self._indexes.clear()


_shelf = Shelf()
_wall = Wall()


def serve(request: DocumentRequest) -> DocumentAnswer:
    """The answer to ``request``; whatever goes wrong is one too."""
    try:
        with _wall.around(*_files_of(request)):
            return _served(request)
    except AssistantError as error:
        return Refused.by(request.id, error)
    except NO_MEMORY:
        _shelf.clear()
        gc.collect()
        return Refused(id=request.id, kind=ErrorKind.DOCUMENT_MEMORY, detail="out of memory")
    except RecursionError:
        return Refused(id=request.id, kind=ErrorKind.DOCUMENT_DAMAGED, detail="nested too deeply")
    except Exception as error:
        return Refused(id=request.id, kind=ErrorKind.INTERNAL, detail=where(error))


def _files_of(request: DocumentRequest) -> tuple[list[str], list[str], list[str]]:
    """What ``request`` has to read, the folders that it has to write into, and the files that it has to write."""
    if isinstance(request, ReadDocument | ReadSegments | ReadGlossary | ReadMemory):
        path = _path_of(request)
        store = "" if isinstance(request, ReadGlossary | ReadMemory) else request.store
        return [path] if path else [], [store] if store else [], []
    if isinstance(request, DetectLanguage | CheckSegments | FindTranslated):
        return [], [], []
    targets = [os.path.realpath(request.target)] if isinstance(request, Export | WriteTranslation) else []
    beside = [request.vectors] if isinstance(request, Retrieve) and request.vectors else []
    return [*([request.path] if request.path else []), *beside], [], targets


def _path_of(request: ReadDocument | ReadSegments | ReadGlossary | ReadMemory) -> str:
    return os.fsdecode(request.raw_path) if request.raw_path else request.path


def _served(request: DocumentRequest) -> DocumentAnswer:
    match request:
        case ReadDocument():
            return _read(request)
        case CutDocument():
            return _cut(request)
        case RankSentences():
            return _rank(request)
        case Link():
            return _link(request)
        case ListPassages():
            return _list_passages(request)
        case Retrieve():
            return _retrieve(request)
        case Export():
            return _export(request)
        case ReadSegments():
            return _read_segments(request)
        case WriteTranslation():
            return _write_translation(request)
        case DetectLanguage():
            return _detect(request)
        case CheckSegments():
            return _check(request)
        case FindTranslated():
            return _find_translated(request)
        case ReadGlossary():
            return _read_glossary(request)
        case ReadMemory():
            return _read_memory(request)


# ------------------------------------------------------------ reading


def _read(request: ReadDocument) -> DocumentRead:
    path = _path_of(request)
    name = request.name or carried(Path(path).name if path else "")
    data = _bytes_of(Path(path), LARGEST_FILE, name) if path else request.data
    if len(data) > _LARGE:
        _shelf.clear()
    document = read(data, name, request.password)
    del data
    digest = _digest(document)
    target = Path(request.store) / f"{digest}.document"
    with _writing():
        write_atomic(target, model.pack(document))
    _shelf.put(str(target), document)
    return DocumentRead(
        id=request.id,
        digest=digest,
        path=str(target),
        title=document.title,
        format=document.format,
        encoding=document.encoding,
        language=document.language,
        characters=len(document.text),
        words=document.words,
        paragraphs=len(document.paragraphs),
        sentences=len(document.sentences),
        pages=document.pages,
        notes=document.notes,
    )


def _bytes_of(path: Path, limit: int, name: str = "") -> bytes:
    """What is in the file at ``path``; only an ordinary file is opened: a pipe would never end.

    :raises AssistantError: ``DOCUMENT_UNREADABLE``, ``DOCUMENT_TOO_LARGE``.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, "not a file", name=name)
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > limit:
                raise AssistantError(ErrorKind.DOCUMENT_TOO_LARGE, size=size, limit=limit)
            return file.read(size)
    except (OSError, ValueError) as error:
        detail = (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
        raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, detail, name=name) from error


def _digest(document: Document) -> str:
    """32 hexadecimal digits for the text, its paragraphs and what the document is called: a copy by another name or in
    another format is a document of its own, with its own summaries."""
    found = hashlib.sha256(document.text.encode("utf-8", "replace"))
    found.update(msgspec.msgpack.encode((document.paragraphs, document.title, document.format)))
    return found.hexdigest()[:32]


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    """Turns the system's words about a file that cannot be written into ours."""
    try:
        yield
    except OSError as error:
        kind = ErrorKind.DISK_FULL if error.errno in _FULL else ErrorKind.READ_ONLY
        raise AssistantError(kind, error.strerror or type(error).__name__) from error


# ------------------------------------------------------------ about a document that was read. What each needs is
# loaded with the first request of its kind.


def _with_costs(request: CutDocument | RankSentences) -> Document:
    document = _shelf.get(request.path)
    if len(request.costs) != len(document.sentences):
        words = f"{len(request.costs)} costs for {len(document.sentences)} sentences"
        raise AssistantError(ErrorKind.INTERNAL, words)
    return document


def _cut(request: CutDocument) -> DocumentCut:
    from assistant.documents.parts import cut  # noqa: PLC0415

    return DocumentCut(id=request.id, parts=cut(_with_costs(request), request.costs, request.budget))


def _rank(request: RankSentences) -> Ranked:
    from assistant.worker.ranking import rank  # noqa: PLC0415

    chosen, share = rank(
        _with_costs(request), request.costs, request.budget, request.focus, index=_shelf.index(request.path)
    )
    return Ranked(id=request.id, chosen=chosen, share=share)


def _link(request: Link) -> Linked:
    from assistant.worker.linking import link  # noqa: PLC0415

    found = link(_shelf.get(request.path), request.text, _shelf.index(request.path))
    return Linked(id=request.id, sentences=found.sentences, coverage=found.coverage)


def _list_passages(request: ListPassages) -> PassagesListed:
    from assistant.worker.meaning import division, worth_knowing  # noqa: PLC0415

    index = _shelf.index(request.path)
    passages = worth_knowing(index, request.question, request.history)
    return PassagesListed(id=request.id, passages=passages, division=division(index))


def _retrieve(request: Retrieve) -> Retrieved:
    from assistant.worker.meaning import Fusion  # noqa: PLC0415
    from assistant.worker.retrieval import retrieve  # noqa: PLC0415

    index = _shelf.index(request.path)
    fusion = Fusion(index, request.vectors, request.queries)
    passages = retrieve(index, request.question, request.limit, history=request.history, fuse=fusion)
    return Retrieved(id=request.id, passages=passages, meaning=fusion.known)


def _export(request: Export) -> Exported:
    from assistant.worker.export import write  # noqa: PLC0415

    try:
        document = _shelf.get(request.path) if request.path else None
    except AssistantError:  # it is gone: the text is worth more than nothing, also without the passages
        document = None
    with _writing():
        write(request, document)
    return Exported(id=request.id)


# ------------------------------------------------------------ translation


def _read_segments(request: ReadSegments) -> SegmentsRead:
    from assistant.worker.translating import read_segments  # noqa: PLC0415

    path = _path_of(request)
    name = request.name or carried(Path(path).name if path else "")
    data = _bytes_of(Path(path), LARGEST_FILE, name) if path else request.data
    if len(data) > _LARGE:
        _shelf.clear()
    with _writing():
        return read_segments(request, data, name)


def _write_translation(request: WriteTranslation) -> TranslationWritten:
    from assistant.worker.translating import write_translation  # noqa: PLC0415

    kept = _bytes_of(Path(request.path), _MAX_STORED)
    with _writing():
        return write_translation(request, kept)


def _detect(request: DetectLanguage) -> LanguageDetected:
    from assistant.documents.detection import detect_languages  # noqa: PLC0415

    return LanguageDetected(id=request.id, guesses=detect_languages(request.texts))


def _check(request: CheckSegments) -> SegmentsChecked:
    from assistant.worker.segment_checks import check  # noqa: PLC0415

    return check(request)


def _find_translated(request: FindTranslated) -> TranslatedFound:
    from assistant.worker.segment_already import find  # noqa: PLC0415

    return find(request)


def _read_glossary(request: ReadGlossary) -> GlossaryRead:
    from assistant.worker.glossaries import read as read_terms  # noqa: PLC0415

    path = _path_of(request)
    name = request.name or carried(Path(path).name if path else "")
    return read_terms(request, _bytes_of(Path(path), LARGEST_FILE, name) if path else request.data)


def _read_memory(request: ReadMemory) -> MemoryRead:
    from assistant.worker.memories import read as read_units  # noqa: PLC0415

    return read_units(request, Path(_path_of(request)), LARGEST_FILE)

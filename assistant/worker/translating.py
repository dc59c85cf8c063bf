"""Documents cut into segments for translation, kept with their bytes, and written again in another language."""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import check_folder, write_atomic, write_for_user
from assistant.documents.languages import count_words
from assistant.documents.reading import named_otherwise
from assistant.documents.segments import (
    KeptSegments,
    Segment,
    SegmentedDocument,
    pack_segments,
    unpack_segments,
    without_codes,
)
from assistant.documents.translating.opening import open_translatable
from assistant.worker.messages import ReadSegments, SegmentsRead, TranslationWritten, WriteTranslation

_TITLE = 80  # characters of a title that is taken from the text itself


def read_segments(request: ReadSegments, data: bytes, name: str) -> SegmentsRead:
    """Cut ``data`` into segments and keep them, if the request says where.

    :param name: of the file; empty: a plain text.
    :raises AssistantError: one of the ``DOCUMENT_`` kinds.
    :raises OSError: it cannot be kept.
    """
    document = open_translatable(data, name, columns=request.columns, format=request.format).document
    notes = document.notes if request.format else (*document.notes, *named_otherwise(name, document.format))
    document = replace(document, title=document.title or _title_of(document, name), notes=notes)
    digest = _digest(document, data, request.columns)
    path = ""
    if request.store:
        target = Path(request.store) / f"{digest}.segments"
        write_atomic(target, pack_segments(KeptSegments(document, name, request.columns, data)))
        path = str(target)
    texts = [without_codes(segment.text, segment.things) for segment in document.segments]
    return SegmentsRead(
        id=request.id,
        digest=digest,
        path=path,
        title=document.title,
        format=document.format,
        encoding=document.encoding,
        language=document.language,
        target_language=document.target_language,
        segments=len(texts),
        blocks=document.segments[-1].block + 1,
        characters=sum(map(len, texts)),
        words=sum(map(count_words, texts)),
        columns=document.columns,
        notes=document.notes,
        document=None if request.store else document,
    )


def write_translation(request: WriteTranslation, kept: bytes) -> TranslationWritten:
    """Write the file that ``request`` asks for.

    :param kept: what ``read_segments`` has kept.
    :raises AssistantError: DOCUMENT_UNREADABLE: it is not that. FOLDER_MISSING, READ_ONLY.
    :raises OSError: the file cannot be written; what was there before is then untouched.
    """
    try:
        found = unpack_segments(kept)
    except ValueError as error:
        raise AssistantError(ErrorKind.DOCUMENT_UNREADABLE, type(error).__name__) from error
    if len(request.texts) != len(found.document.segments) or len(request.doubtful) not in (0, len(request.texts)):
        words = f"{len(request.texts)} texts for {len(found.document.segments)} segments"
        raise AssistantError(ErrorKind.INTERNAL, words)
    check_folder(Path(request.target).parent)
    opened = open_translatable(found.data, found.name, columns=found.columns, format=found.document.format)
    segments = found.document.segments
    doubtful = request.doubtful or (False,) * len(segments)
    now = _matched(list(zip(request.texts, doubtful, strict=True)), segments, opened.document.segments)
    written = opened.write(
        [text for text, _ in now],
        language=request.language,
        source=request.source or found.document.language,
        doubtful=[doubts for _, doubts in now],
    )
    write_for_user(Path(request.target), written)
    return TranslationWritten(id=request.id, size=len(written), long_lines=opened.long_lines)


def _matched(
    texts: Sequence[tuple[str | None, bool]], kept: Sequence[Segment], now: Sequence[Segment]
) -> Sequence[tuple[str | None, bool]]:
    """The translations, and whether they are doubtful, for the segments as they are now.

    Another version of the program may cut otherwise.
    """
    if len(kept) == len(now) and all(one.text == other.text for one, other in zip(kept, now, strict=True)):
        return texts
    known: defaultdict[str, deque[tuple[str | None, bool]]] = defaultdict(deque)
    for segment, text in zip(kept, texts, strict=True):
        known[segment.text].append(text)
    return [known[segment.text].popleft() if known[segment.text] else (None, False) for segment in now]


def _digest(document: SegmentedDocument, data: bytes, columns: tuple[str, ...]) -> str:
    """32 hexadecimal digits for the bytes, for how they are read, and for how they were cut: a translation that was
    begun by another version of the program, which may cut otherwise, keeps the segments that it was begun with."""
    found = hashlib.sha256(data)
    found.update("\0".join(("", document.format, *columns)).encode("utf-8", "replace"))
    for segment in document.segments:
        found.update(b"\0" + segment.text.encode("utf-8", "replace"))
    return found.hexdigest()[:32]


def _title_of(document: SegmentedDocument, name: str) -> str:
    """The file's name without its ending, or the first words."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    if stem:
        return stem.rsplit(".", 1)[0] or stem
    first = " ".join(without_codes(document.segments[0].text, document.segments[0].things)[: _TITLE * 2].split())
    return first if len(first) <= _TITLE else first[: _TITLE - 1].rstrip() + "…"
